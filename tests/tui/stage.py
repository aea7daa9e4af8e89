"""The app on a screen of its own in memory: opened on a folder, driven by keys, read as text."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import tomli
from rich.console import Console
from textual.content import Content
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

from cim_tui.core.session import Session
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk, set_up
from cim_tui.store import sessions
from cim_tui.store.paths import Folder
from cim_tui.tui.app import CimApp
from cim_tui.tui.fields.box import FieldBox
from cim_tui.tui.screens.base import CaseScreen
from cim_tui.tui.screens.form import FormScreen

NARROW = (80, 24)
WIDE = (120, 36)
PRINTED = {
    "space": " ", "slash": "/", "comma": ",", "full_stop": ".", "question_mark": "?",
    "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+",
}  # fmt: skip
"""What keys with a longer name print."""
LONGEST = 20.0
"""Seconds until a wait gives up; only a broken program waits so long."""

W = TypeVar("W", bound=Widget)
S = TypeVar("S", bound=Screen[Any])


@dataclass
class StillDesk(Desk):
    """A desk whose clock stands still and whose ids are the same in every run."""

    def now(self) -> datetime:
        """Always the same moment."""
        return datetime(2025, 11, 3, 9, 30, tzinfo=UTC)


def desk_for(folder: Path, workflows: Path | None = None) -> StillDesk:
    """A desk over a folder of sessions, with a user's own definitions where some are given."""
    env = dict(os.environ)
    if workflows is not None:
        env["CIM_WORKFLOWS"] = str(workflows)
    found = set_up(env)
    return StillDesk(
        Folder(folder, "the test"), found.library, found.settings, found.by, found.as_of, env,
        Random(7),  # noqa: S311 - nothing secret is drawn from it
    )  # fmt: skip


class Stage:
    """An app that runs, and hands that press keys.

    Args:
        app: the app.
        pilot: Textual's own driver.
    """

    def __init__(self, app: CimApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    # Hands

    async def press(self, *keys: str) -> None:
        """Press keys by their names, each after all that the one before it brought about."""
        for key in keys:
            self._send(key, key if len(key) == 1 else PRINTED.get(key))
            await self.rest()

    async def write(self, text: str) -> None:
        """Type a text into whatever has the focus, as fast as a terminal sends it."""
        for character in text:
            self._send(_character_to_key(character), character)
        await self.rest()

    async def burst(self, *keys: str) -> None:
        """Press keys that arrive all at once, as over a slow line."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self._send(name, key if len(key) == 1 else PRINTED.get(key))
        await self.rest()

    def _send(self, key: str, character: str | None) -> None:
        driver = self.app._driver
        assert driver is not None
        event = Key(key, character)
        event.set_sender(self.app)
        driver.send_message(event)

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal sends it between brackets."""
        driver = self.app._driver
        assert driver is not None
        event = Paste(text)
        event.set_sender(self.app)
        driver.send_message(event)
        await self.rest()

    async def rest(self) -> None:
        """Wait until every message is handled, and what was asked to be saved is on the disk.

        Textual's pilot guesses from the processor's load whether anything is left to do, which is
        slow, and wrong on a busy machine; here the queues are looked at.
        """
        end = time.monotonic() + LONGEST
        while self.app.is_running:
            assert time.monotonic() < end, f"It never comes to rest:\n{self.text}"
            if not await self.pilot._wait_for_screen():
                return
            self.app.saver.flush()
            await asyncio.sleep(0)
            if not self.app.screen_stack:
                return
            self.app.screen._on_timer_update()
            if self._is_quiet:
                return

    @property
    def _is_quiet(self) -> bool:
        screen = self.app.screen
        pumps: list[MessagePump] = [self.app, *screen.walk_children(with_self=True)]
        if any(len(pump._next_callbacks) + pump._message_queue.qsize() for pump in pumps):
            return False
        if any(worker.is_running for worker in self.app.workers):
            return False
        waiting = (screen._layout_required, screen._callbacks, screen._dirty_widgets)
        return not any(waiting)

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something holds.

        Raises:
            AssertionError: it did not within a time that is long for any machine.
        """
        end = time.monotonic() + LONGEST
        while not holds():
            assert time.monotonic() < end, f"{what or 'It'} never came to be:\n{self.text}"
            await asyncio.sleep(0.01)
        await self.rest()

    async def saved(self) -> None:
        """Wait until what was typed is in the file."""
        await self.until(lambda: self.case.session.doc == self.case.saved.doc, "A save")

    async def settled(self) -> None:
        """Wait until what is open was worked out again after typing."""
        await self.until(lambda: not getattr(self.screen, "_settling", False), "A pause in typing")

    async def go(self, address: str) -> None:
        """Go to an activity or an answer, as the check list does."""
        self.app.show_address(self.case, address)
        await self.until(lambda: self._arrived(address), f"The form of {address}")

    def _arrived(self, address: str) -> bool:
        screen = self.app.screen
        if not isinstance(screen, FormScreen) or screen.activity is None:
            return False
        if screen.activity.address != ".".join(address.split(".")[:2]) or screen.focused is None:
            return False
        return address.count(".") < 2 or screen.where().startswith(address)

    # Eyes

    @property
    def screen(self) -> Screen[Any]:
        """What is on top."""
        return self.app.screen

    def on(self, kind: type[S]) -> S:
        """The screen on top, which has to be of a kind."""
        assert isinstance(self.app.screen, kind), f"{self.app.screen} is on top:\n{self.text}"
        return self.app.screen

    @property
    def case(self) -> Case:
        """The open case."""
        assert self.app.case is not None
        return self.app.case

    @property
    def text(self) -> str:
        """The whole screen as a person sees it, without colour."""
        width, height = self.app.size
        console = Console(
            width=width, height=height, file=io.StringIO(), force_terminal=True,
            color_system="truecolor", record=True, legacy_windows=False, safe_box=False,
        )  # fmt: skip
        picture = self.app.screen._compositor.render_update(
            full=True, screen_stack=self.app._background_screens
        )
        console.print(picture)
        lines = console.export_text(styles=False).split("\n")
        return "\n".join(line.rstrip() for line in lines).rstrip("\n")

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return self.text.split("\n")

    def sees(self, *texts: str) -> bool:
        """Whether all of these stand on the screen."""
        shown = self.text
        return all(text in shown for text in texts)

    async def sees_soon(self, *texts: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: self.sees(*texts), f"“{', '.join(texts)}”")

    def box(self, address: str) -> FieldBox:
        """The box of a field or a cell on the form."""
        return self.on(FormScreen).boxes[address]

    def editor(self, address: str, kind: type[W]) -> W:
        """The editor of a field or a cell, which has to be of a kind."""
        editor = self.box(address).editor
        assert isinstance(editor, kind)
        return editor

    def options(self) -> list[str]:
        """The lines of the list on top."""
        listing = self.app.screen.query_one(OptionList)
        shown = [listing.get_option_at_index(n).prompt for n in range(listing.option_count)]
        return [p.plain if isinstance(p, Content) else str(p) for p in shown]

    def notices(self) -> list[str]:
        """What was said, oldest first."""
        return [str(notice.message) for notice in self.app._notifications]

    # What is on the disk

    def raw(self, address: str) -> Any:
        """What is stored in memory at an address."""
        return self.case.session.raw(address)

    def file(self) -> dict[str, Any]:
        """The case as any TOML parser reads it."""
        return tomli.loads(self.case.path.read_text("utf-8"))

    def in_file(self, address: str) -> Any:
        """What the file holds at an answer's address."""
        found: Any = self.file().get("answers", {})
        for part in address.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def header(self) -> str:
        """The two lines at the top."""
        return "\n".join(self.lines[:2])

    @property
    def is_case(self) -> bool:
        """Whether a screen of a case is on top."""
        return isinstance(self.app.screen, CaseScreen)


@dataclass
class Kept:
    """A case in a folder: prepared on the disk, then opened on a screen.

    Args:
        desk: the desk of the folder.
        path: the case's file.
    """

    desk: StillDesk
    path: Path

    @property
    def case(self) -> Case:
        """The case as it is on the disk now."""
        return self.desk.open(str(self.path))

    def change(self, how: Callable[[Session], Session]) -> Kept:
        """Write a changed case to the disk, as another program would."""
        case = self.case
        sessions.write(self.path.parent, how(case.session))
        return self

    def answer(self, address: str, raw: Any) -> Kept:
        """Write an answer to the disk."""
        return self.change(lambda session: session.with_value(address, raw))

    def row(self, table: str, key: str, **cells: Any) -> Kept:
        """Write a row to the disk."""
        return self.change(lambda session: session.with_row(table, key, cells))

    @asynccontextmanager
    async def opened(
        self, address: str = "", size: tuple[int, int] = NARROW
    ) -> AsyncIterator[Stage]:
        """The case on a screen, at an address when one is given."""
        async with staged(self.desk, self.path, size) as stage:
            if address:
                await stage.go(address)
            yield stage


@asynccontextmanager
async def staged(
    desk: Desk,
    path: Path | str | None = None,
    size: tuple[int, int] = NARROW,
    kind: type[CimApp] = CimApp,
) -> AsyncIterator[Stage]:
    """The app over a desk, on the list or on a case."""
    app = kind(desk, str(path) if path else None)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            stage = Stage(app, pilot)
            await stage.rest()
            yield stage
    finally:
        app.saver.end()
