"""Saving: soon, in the background, said; and never lost when it cannot be done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import tomli

from cim_tui.core.merge import unsettled
from cim_tui.store import journal, keeper
from cim_tui.store.fsops import Disk
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import Kept

NAME = "gather.kinds.name"
FULL = "NOT SAVED: No space left on device"


class Brim(Disk):
    """A disk that takes nothing more, for the case or its journal, until there is room."""

    full = True

    def write_atomic(self, path: Path, data: bytes, mode: int | None = None) -> None:
        """Refuse."""
        self._refuse()
        super().write_atomic(path, data, mode)

    def grow(self, handle: int, data: bytes) -> None:
        """Refuse."""
        self._refuse()
        super().grow(handle, data)

    def _refuse(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Brim:
    """A disk that is full."""
    brim = Brim()
    for module in (keeper, journal):
        monkeypatch.setattr(module, "disk", brim)
    return brim


async def test_typing_reaches_the_file_without_leaving_the_entry(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.saved()

        assert stage.in_file(NAME) == "Tule"
        assert "saved 09:30" in stage.header()


async def test_a_save_that_fails_says_why_until_one_succeeds(trial: Kept, full: Brim) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.sees_soon(FULL)
        await stage.press("escape", "g")
        assert FULL in stage.header()
        full.full = False
        await stage.press("g", "enter")
        await stage.write(" Bend")
        await stage.saved()

        assert FULL not in stage.text
        assert stage.in_file(NAME) == "Tule Bend"


async def test_what_could_not_be_saved_is_tried_again_without_another_key(
    trial: Kept, full: Brim
) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.sees_soon(FULL)
        full.full = False
        await stage.saved()

        assert FULL not in stage.text
        assert stage.in_file(NAME) == "Tule"


async def test_a_fault_of_the_program_while_saving_is_said_and_the_next_try_saves(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(*_: object, **__: object) -> None:
        raise KeyError("tripped")

    async with trial.opened(NAME) as stage:
        with monkeypatch.context() as patch:
            patch.setattr(keeper.Keeper, "save", trip)
            await stage.write("Tule")
            await stage.sees_soon("NOT SAVED: a fault of the program (KeyError")
        await stage.saved()

        assert stage.in_file(NAME) == "Tule"
        assert "NOT SAVED" not in stage.text


async def test_what_could_not_be_saved_stays_in_memory_and_on_screen(
    trial: Kept, full: Brim
) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.sees_soon(FULL)
        await stage.press("escape", "right_square_bracket")
        await stage.go(NAME)

        assert stage.raw(NAME) == "Tule"
        assert stage.sees("Tule")


async def test_quitting_with_something_unsaved_offers_a_copy(
    trial: Kept, full: Brim, tmp_path: Path
) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("ctrl+q")
        stage.on(Ask)
        assert stage.sees("Everything is still here", "No space left")
        await stage.write(str(tmp_path / "copy.toml"))
        await stage.press("ctrl+s")

        assert stage.app._exit
    copy = tomli.loads((tmp_path / "copy.toml").read_text())
    assert copy["answers"]["gather"]["kinds"]["name"] == "Tule"


async def test_a_copy_that_cannot_be_written_is_said_and_nothing_is_lost(
    trial: Kept, full: Brim, tmp_path: Path
) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("ctrl+q")
        await stage.write(str(tmp_path / "no" / "such" / "copy.toml"))
        await stage.press("ctrl+s")
        stage.on(Ask)
        assert stage.sees("cannot be written")
        await stage.press("escape")

        assert stage.raw(NAME) == "Tule"


async def test_a_copy_never_overwrites_a_file(trial: Kept, full: Brim, tmp_path: Path) -> None:
    there = tmp_path / "there.toml"
    there.write_text("precious")
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("ctrl+q")
        await stage.write(str(there))
        await stage.press("ctrl+s")

        stage.on(Ask)
        assert there.read_text() == "precious"


async def test_going_back_to_the_list_loses_nothing_that_could_not_be_saved(
    trial: Kept, full: Brim
) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("escape", "escape", "escape")
        stage.on(Home)
        await stage.press("enter")

        assert stage.raw(NAME) == "Tule"


async def test_opening_another_case_asks_before_it_loses_what_could_not_be_saved(
    trial: Kept, full: Brim
) -> None:
    other = trial.path.read_text().replace('uid = "', 'uid = "x')
    trial.path.with_name("another.toml").write_text(other)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("escape", "escape", "escape", "home", "enter")
        stage.on(Ask)
        assert stage.sees("Not saved", "No space left")
        await stage.press("escape")
        assert stage.raw(NAME) == "Tule"
        await stage.press("enter", "shift+tab", "down", "ctrl+s")

        stage.on(Overview)
        assert stage.case.id == "another"


async def test_quitting_without_a_copy_is_possible_once_it_is_said(trial: Kept, full: Brim) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("ctrl+q", "ctrl+q", "shift+tab", "down")
        assert stage.sees("(•) Go on without the last changes")
        await stage.press("ctrl+s")

        assert stage.app._exit


async def test_a_change_by_another_program_comes_in_and_is_not_overwritten(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        trial.answer("gather.kinds.story", "From elsewhere")
        await stage.write("Tule")
        await stage.saved()

        assert stage.in_file("gather.kinds.story") == "From elsewhere"
        assert stage.in_file(NAME) == "Tule"
        assert stage.raw("gather.kinds.story") == "From elsewhere"


async def test_both_answers_are_kept_where_another_program_answered_the_same(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        trial.answer(NAME, "Alder")
        await stage.write("Tule")
        await stage.saved()

        [conflict] = unsettled(stage.file())
        assert (stage.in_file(NAME), conflict.theirs) == ("Tule", "Alder")


async def test_quitting_right_after_a_key_writes_it(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cim_tui.tui.app.SAVE_AFTER", 3600)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("ctrl+q")

        assert stage.in_file(NAME) == "Tule"


async def test_opening_another_case_writes_the_first_one(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cim_tui.tui.app.SAVE_AFTER", 3600)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        stage.app.open_case(str(trial.path))
        await stage.rest()

        assert stage.in_file(NAME) == "Tule"


async def test_a_file_that_is_gone_is_written_again(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        trial.path.unlink()
        await stage.write("Tule")
        await stage.saved()

        assert stage.in_file(NAME) == "Tule"


async def test_the_file_is_for_its_owner_alone(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.saved()

        assert trial.path.stat().st_mode & 0o777 == 0o600
