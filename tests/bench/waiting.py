"""What somebody at the screen waits for, in wall time: a key to be seen, an edit to be saved."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual._compositor import CompositorUpdate
from textual.events import Key
from textual.screen import Screen

from cim_tui.service.desk import set_up
from cim_tui.tui.app import CimApp
from cim_tui.tui.fields.text import LineField
from cim_tui.tui.saving import Saved
from tests.bench.disks import LOOKING, SYNCING, LateDisk, under
from tests.bench.table import Row

ENTRY = "gather.cim-team.meets"
KEYS = 100
EDITS = 150
PAUSE = 0.2
"""Seconds between two keys: five a second, as people type."""
LATE = 2.0
"""Seconds of each call of the slow disk."""
LONGEST = 60.0
"""Seconds until a wait gives up."""
START = "Every week: "
"""What stands in the entry at first: a key is looked for behind it."""
LETTERS = "the quick brown fox jumps over a lazy dog "


class Watched(CimApp):
    """The app; what it paints is made into text as for a terminal, and looked at."""

    sought: Callable[[str], bool] | None = None
    saved: Saved | None = None
    """What the header was told last."""

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if not isinstance(renderable, CompositorUpdate):
            return
        painted = renderable.render_segments(self.console)
        if self.sought is not None and self.sought(painted):
            self.sought = None
            self.seen.set_result(time.perf_counter())

    def _saved(self, saved: Saved) -> None:
        super()._saved(saved)
        self.saved = saved

    def seek(self, sought: Callable[[str], bool]) -> asyncio.Future[float]:
        """The moment at which something was painted: told what a paint put on the terminal."""
        self.seen: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.sought = sought
        return self.seen

    def send(self, key: str, character: str | None = None) -> float:
        """A key, as the terminal sends it; returns when."""
        driver = self._driver
        if driver is None:
            raise AssertionError("The app does not run")
        event = Key(key, character)
        event.set_sender(self)
        start = time.perf_counter()
        driver.send_message(event)
        return start

    async def key(self, letter: str, entry: LineField) -> float:
        """Seconds of a letter from the key until it is painted, behind those before it."""
        wanted = (entry.value + letter)[-8:]
        seen = self.seek(lambda painted: entry.value.endswith(wanted) and wanted in painted)
        start = self.send("space" if letter == " " else letter, letter)
        return await asyncio.wait_for(seen, LONGEST) - start


async def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("What is waited for never came")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _typing(path: Path) -> AsyncIterator[tuple[Watched, LineField]]:
    """The app on an entry of a case, everything saved."""
    app = Watched(set_up(folder=str(path.parent)), str(path))
    try:
        async with app.run_test(size=(80, 24)):
            await _until(lambda: app.case is not None)
            assert app.case is not None
            app.show_address(app.case, ENTRY)
            await _until(lambda: isinstance(app.focused, LineField))
            entry = app.focused
            assert isinstance(entry, LineField)
            entry.value = START
            await _until(lambda: _holds(path, START))
            await _until(lambda: app.case is not None and not app.case.unsaved)
            yield app, entry
    finally:
        app.saver.end()


def _p99(found: list[float]) -> float:
    """In milliseconds, by nearest rank."""
    return sorted(found)[math.ceil(len(found) * 0.99) - 1] * 1000


def _words(found: list[float]) -> str:
    ordered = sorted(found)
    median, longest = ordered[len(ordered) // 2] * 1000, ordered[-1] * 1000
    return f"median {median:.0f}, longest {longest:.0f} ms of {len(ordered)}"


# A key while the disk is slow


async def _keys(path: Path, late: frozenset[str]) -> tuple[list[float], str]:
    """Seconds of each key with a disk whose calls of some kinds are late; what was called."""
    took = []
    async with _typing(path) as (app, entry):
        with under(LateDisk(late, LATE)) as disk:
            for number in range(KEYS):
                took.append(await app.key(LETTERS[number % len(LETTERS)], entry))
                await asyncio.sleep(PAUSE)
            called = _called(disk)
            disk.release()
            await _until(lambda: app.case is not None and not app.case.unsaved)
        _in_file(path, entry.value)
    return took, called


def _called(disk: LateDisk) -> str:
    names = (("syncs", SYNCING), ("looks", {"look"}), ("signs", {"touch"}))
    counts = ", ".join(f"{disk.count(which)} {name}" for name, which in names)
    return f"{counts} meanwhile, called by {', '.join(sorted(disk.threads))}"


def slow_disk_rows(path: Path) -> list[Row]:
    """A key in the worked example while saves go on, and while the disk is looked at."""
    rows = []
    for what, late in (
        ("a key, each fsync takes 2 s, p99", SYNCING),
        ("a key, each look takes 2 s, p99", LOOKING),
    ):
        took, called = asyncio.run(_keys(path, late))
        note = f"from the key to its paint, wall; {_words(took)}; {called}"
        rows.append(Row(what, _p99(took), 50.0, "ms", note))
    return rows


# From an edit to "saved"


async def _edits(path: Path) -> list[float]:
    """Seconds from accepting an edit until the header says saved; each is then in the file."""
    took = []
    async with _typing(path) as (app, entry):
        for number in range(EDITS):
            await app.key(LETTERS[number % len(LETTERS)], entry)
            app.saved = None
            seen = app.seek(lambda painted: _says_saved(app, entry, painted))
            start = app.send("tab" if number % 2 else "ctrl+s")
            took.append(await asyncio.wait_for(seen, LONGEST) - start)
            _in_file(path, entry.value)
            entry.focus()
            await _until(lambda: app.focused is entry)
    return took


def _says_saved(app: Watched, entry: LineField, painted: str) -> bool:
    """Whether a paint that came after the news of this save says so."""
    saved = app.saved
    if saved is None or saved.session.raw(ENTRY) != (entry.value.strip() or None):
        return False
    return not saved.wrong and "saved" in painted and "NOT SAVED" not in painted


def _holds(path: Path, text: str) -> bool:
    """Whether a case's file holds an answer of this text."""
    return f'"{text.strip()}"' in path.read_text("utf-8")


def _in_file(path: Path, text: str) -> None:
    if not _holds(path, text):
        raise AssertionError("It was said to be saved and is not in the file")


def edit_row(path: Path) -> Row:
    """From leaving an entry, or ctrl+s, until "saved" is painted; the file holds it by then."""
    took = asyncio.run(_edits(path))
    note = (
        f"from leaving the entry or ctrl+s, by turns, to “saved” painted, the file holding it; "
        f"wall, on the disk of {path.parent.parent}; {_words(took)}"
    )
    return Row("an edit to “saved”, p99", _p99(took), 600.0, "ms", note)
