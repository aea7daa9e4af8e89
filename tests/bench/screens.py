"""What a key and a change of activity cost, in CPU seconds of this process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from cim_tui.service.desk import set_up
from cim_tui.tui.app import CimApp
from cim_tui.tui.fields.text import LineField, QuietInput
from cim_tui.tui.screens.activity import ActivityScreen


class Form(App[None]):
    """A form of so many one-line entries; ours when there are many, Textual's own when one."""

    def __init__(self, fields: int) -> None:
        super().__init__()
        self.fields = fields

    def compose(self) -> ComposeResult:
        entry = Input if self.fields == 1 else QuietInput
        with VerticalScroll():
            for _ in range(self.fields):
                yield entry()


async def _settled(app: App[None]) -> None:
    """Wait until what was asked for is drawn, without visiting every widget as a pilot does."""
    drawn = asyncio.Event()
    app.screen.call_after_refresh(drawn.set)
    await drawn.wait()


async def _cost(app: App[None], entry: Input) -> float:
    costs = []
    for _ in range(8):
        start = time.process_time()
        for _ in range(12):
            entry.insert_text_at_cursor("x")
            await _settled(app)
        costs.append((time.process_time() - start) / 12)
    return min(costs)


async def _keys(fields: int) -> float:
    app = Form(fields)
    async with app.run_test(size=(80, 24)) as pilot:
        entry = app.query(Input).first()
        entry.focus()
        await pilot.pause()
        return await _cost(app, entry)


def key_cost(fields: int) -> float:
    """CPU seconds of one key in a form of so many fields."""
    return asyncio.run(_keys(fields))


async def _real_key(folder: Path) -> float:
    desk = set_up(folder=str(folder))
    case = desk.open(next(folder.glob("*.toml")).stem)
    app = CimApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        app.case = case
        await app.push_screen(ActivityScreen(case, "gather.letter-intake"))
        await pilot.pause()
        entry = app.screen.query(LineField).last()
        entry.focus()
        await pilot.pause()
        return await _cost(app, entry)


def real_key(folder: Path) -> float:
    """CPU seconds of one key in an activity of the worked example, taken in and checked."""
    return asyncio.run(_real_key(folder))


async def _swaps(folder: Path) -> list[float]:
    desk = set_up(folder=str(folder))
    case = desk.open(next(folder.glob("*.toml")).stem)
    app = CimApp(desk)
    costs = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.case = case
        screen = ActivityScreen(case, "gather.cim-team")
        await app.push_screen(screen)
        await pilot.pause()
        addresses = [a.address for a in case.workflow.each_activity()]
        for address in (*addresses, *addresses):
            start = time.process_time()
            await screen.show_activity(address)
            await _settled(app)
            costs.append(time.process_time() - start)
    return sorted(costs)


def next_activity(folder: Path) -> float:
    """CPU seconds of going to another activity, the 95th of a hundred."""
    costs = asyncio.run(_swaps(folder))
    return costs[int(len(costs) * 0.95)]
