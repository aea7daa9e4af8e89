"""A case that can only be read: it says why, shows everything, and nothing is ever written."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList

from cim_tui.core.session import Session
from cim_tui.service.start import NewCase, start
from cim_tui.store import sessions
from cim_tui.tui.commands import COMMANDS, WORK, Scope
from cim_tui.tui.fields.table import TableField
from cim_tui.tui.screens.activity import ActivityScreen, Pane
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.changes import Changes
from cim_tui.tui.screens.check import Check
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.review import Review
from cim_tui.tui.screens.row import RowForm
from cim_tui.tui.screens.search import Search
from cim_tui.tui.screens.undefined import Undefined
from cim_tui.tui.widgets.bars import Header
from tests.nobody import asked_as_nobody, way_to
from tests.tui.stage import NARROW, Kept, Stage, StillDesk, staged

NAME = "gather.kinds.name"
MEMBERS = "gather.people.members"
WHY = "Written by a newer version (schema 9): update cim-tui to change it"
ACTS = {"mark-done", "sign", "submit", "reopen", "elsewhere", "assign", "correct", "confirm",
        "take-in", "mark-missing", "undo", "redo", "save"}  # fmt: skip
READS = {"next-missing", "overview", "toggle-outline", "toggle-guidance", "toggle-sources",
         "toggle-missing", "previous-activity", "next-activity", "check", "changes", "settle",
         "save-copy", "review", "search", "help", "theme", "palette", "leave"}  # fmt: skip


def newer(kept: Kept) -> Kept:
    """The case as a version that does not exist yet would write it."""
    text = kept.path.read_text().replace("schema = 1\n", 'schema = 9\nmood = "fine"\n', 1)
    kept.path.write_text(text)
    return kept


@pytest.fixture
def later(trial: Kept) -> Kept:
    """A case of a newer version with a few answers in it."""
    trial.answer(NAME, "Tule Bend").answer("gather.kinds.story", "First\nSecond")
    trial.row(MEMBERS, "aaaaaa", name="Ana Ruiz", role="lead")
    return newer(trial.row(MEMBERS, "bbbbbb", name="Ben Ortiz", role="helper"))


def tree(kept: Kept) -> dict[str, bytes]:
    """Everything in the folder of the cases, byte by byte."""
    folder = kept.path.parent
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


@asynccontextmanager
async def untouched(
    kept: Kept, address: str = "", size: tuple[int, int] = NARROW
) -> AsyncIterator[Stage]:
    """The case on a screen; whatever is done there, nothing of the folder is written."""
    before = tree(kept)
    async with staged(kept.desk, kept.path, size) as stage:
        if address:
            await show(stage, address)
        yield stage
        assert stage.case.keeper is None
    assert tree(kept) == before


async def show(stage: Stage, address: str) -> None:
    """Go to an activity; its entries take no focus."""
    stage.app.show_address(stage.case, address)
    await stage.rest()
    assert stage.on(ActivityScreen).step.id == address.partition(".")[0]


def test_every_command_of_a_case_acts_or_only_reads() -> None:
    own = {c.id for c in COMMANDS if c.scope & (WORK | Scope.ACTIVITY)}

    assert own == ACTS | READS
    assert not ACTS & READS


async def test_it_opens_and_says_on_every_screen_of_it_why_it_cannot_be_changed(
    later: Kept,
) -> None:
    async with untouched(later) as stage:
        stage.on(Overview)
        assert stage.lines[0].strip() == f"READ-ONLY: {WHY}", "all of it fits"
        for keys, kind in ((["f4"], Check), (["r"], Review), (["slash"], Search), (["c"], Changes)):
            await stage.press(*keys)
            stage.on(kind)
            assert stage.lines[0].strip() == f"READ-ONLY: {WHY}"
            await stage.press("escape")
        await show(stage, MEMBERS)
        assert stage.lines[0].strip() == f"READ-ONLY: {WHY}"
        assert "Step 1 of 2" in stage.lines[1], "where one is stays in sight"


async def test_the_banner_outlives_a_save_of_another_case(later: Kept) -> None:
    async with untouched(later) as stage:
        for header in stage.screen.query(Header):
            header.warn("NOT SAVED: no room")
            header.warn("")
        await stage.rest()
        assert stage.sees("READ-ONLY")


async def test_a_case_that_can_be_changed_has_no_banner_afterwards(
    later: Kept, desk: StillDesk
) -> None:
    other = start(desk, NewCase("Alder Creek", "trial", 2025))
    async with staged(desk, later.path) as stage:
        assert stage.sees("READ-ONLY")
        await stage.press("escape")
        assert not stage.sees("READ-ONLY")
        stage.app.open_case(str(other.path))
        await stage.rest()
        assert stage.sees("Alder Creek")
        assert not stage.sees("READ-ONLY")


async def test_answers_are_shown_and_no_entry_takes_a_key(later: Kept) -> None:
    async with untouched(later, NAME) as stage:
        form = stage.on(ActivityScreen)
        assert stage.sees("Tule Bend")
        assert form.boxes
        for box in form.boxes.values():
            assert box.editor.is_disabled or isinstance(box.editor, TableField)
        assert stage.screen.focused is None
        before = stage.case.session
        for key in ("tab", "enter", "1", "7", "backspace", "delete", "space"):
            await stage.press(key)
        await stage.paste("Pasted over it")
        assert stage.case.session is before
        assert stage.sees("Tule Bend")


async def test_a_long_text_is_shown_to_its_end(later: Kept) -> None:
    """Nobody can move in an entry that takes no focus."""
    words = "\n".join(f"Line {n}" for n in range(40))
    session = sessions.read(later.path, newer=True)
    story = session.with_value("gather.kinds.story", words)
    later.path.write_bytes(sessions.encode(story.with_value(NAME, "A long name " * 12 + "of it")))
    async with untouched(later, NAME) as stage:
        assert stage.sees("of it")
        for _ in range(60):
            await stage.press("down")
            if stage.sees("Line 39"):
                break
        assert stage.sees("Line 38", "Line 39")


@pytest.mark.parametrize("where", ["", NAME])
@pytest.mark.parametrize("command", [c for c in COMMANDS if c.id in ACTS], ids=lambda c: c.id)
async def test_what_acts_says_the_reason_and_does_nothing(
    command: Any, where: str, later: Kept
) -> None:
    if not command.scope & (Scope.FORM if where else Scope.CASE):
        pytest.skip("no command of this screen")
    async with untouched(later, where) as stage:
        before, screen = stage.case.session, stage.screen
        for number, key in enumerate(command.keys.split(","), start=1):
            await stage.press(key)
            assert len(stage.notices()) == number, (key, stage.notices())
            assert WHY in stage.notices()[-1]
            assert "F11" in stage.notices()[-1]
            assert stage.screen is screen
        assert stage.case.session is before


@pytest.mark.parametrize("key", ["a", "insert", "space", "c", "delete", "comma", "full_stop", "b"])
async def test_no_key_of_a_table_changes_its_rows(key: str, later: Kept) -> None:
    async with untouched(later, MEMBERS) as stage:
        stage.editor(MEMBERS, TableField).focus()
        await stage.rest()
        before = stage.case.session
        await stage.press("down", key)
        assert [WHY in notice for notice in stage.notices()] == [True]
        stage.on(ActivityScreen)
        assert stage.case.session is before


async def test_cells_pasted_onto_a_table_are_refused(later: Kept) -> None:
    async with untouched(later, MEMBERS) as stage:
        stage.editor(MEMBERS, TableField).focus()
        await stage.rest()
        await stage.paste("Cy Moss\tLead")
        assert [WHY in notice for notice in stage.notices()] == [True]
        stage.on(ActivityScreen)


async def test_a_row_opens_to_be_read_and_the_next_one_too(later: Kept) -> None:
    async with untouched(later, MEMBERS) as stage:
        stage.editor(MEMBERS, TableField).focus()
        await stage.press("enter")
        form = stage.on(RowForm)
        assert stage.sees("READ-ONLY", "Ana Ruiz")
        assert all(box.editor.is_disabled for box in form.boxes.values())
        await stage.press("full_stop")
        stage.on(RowForm)
        assert stage.sees("Ben Ortiz")
        await stage.press("x")
        assert WHY in stage.notices()[-1]
        await stage.press("escape")
        stage.on(ActivityScreen)


async def test_an_empty_row_is_left_where_it_is(later: Kept) -> None:
    """A row without a word that somebody began is taken away elsewhere when its form is left."""
    session = sessions.read(later.path, newer=True)
    later.path.write_bytes(sessions.encode(session.with_row(MEMBERS, "aaaaaa", {})))
    async with untouched(later, MEMBERS) as stage:
        stage.editor(MEMBERS, TableField).focus()
        await stage.press("enter")
        stage.on(RowForm)
        await stage.press("escape")
        stage.on(ActivityScreen)
        assert stage.raw(f"{MEMBERS}.aaaaaa") == {}
        assert stage.notices() == []


async def test_what_is_open_can_be_looked_at_and_not_be_accepted(later: Kept) -> None:
    async with untouched(later) as stage:
        await stage.press("f4")
        assert stage.options()
        await stage.press("a")
        assert WHY in stage.notices()[-1]
        stage.on(Check)
        await stage.press("enter")
        stage.on(ActivityScreen)


async def test_ways_around_the_case_work(later: Kept) -> None:
    async with untouched(later) as stage:
        await stage.press("n")
        first = stage.on(ActivityScreen).activity
        for key, pane in (("o", "outline"), ("g", "guidance"), ("s", "sources"), ("m", "missing")):
            await stage.press(key)
            assert stage.on(ActivityScreen).pane == pane
            assert stage.screen.query_one(Pane).display
            await stage.press("escape")
            assert stage.on(ActivityScreen).pane == ""
        await stage.press("left_square_bracket")
        assert stage.on(ActivityScreen).activity is not first
        await stage.press("slash")
        stage.on(Search)
        await stage.write("Tule")
        await stage.press("enter")
        assert stage.on(ActivityScreen).step.id == "gather"
        await stage.press("escape")
        stage.on(Overview)
        await stage.press("escape")
        stage.on(Home)


async def test_its_history_can_be_read_and_brings_nothing_back(trial: Kept) -> None:
    case = trial.case
    for name in ("Tule Bend", "Alder Creek"):
        case.apply(case.session.with_value(NAME, name), NAME, what="an answer")
        trial.desk.save(case)
    later = newer(trial)
    before = tree(later)
    async with staged(later.desk, later.path) as stage:
        await stage.press("c")
        assert stage.sees("Tule Bend → Alder Creek")
        await stage.press("end", "enter")
        assert WHY in stage.notices()[-1]
        stage.on(Changes)
        assert not stage.app.saver.others
    assert tree(later) == before


async def test_a_copy_of_a_newer_case_is_the_file_byte_by_byte(later: Kept, tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    async with untouched(later) as stage:
        await stage.press("f11")
        stage.on(Ask)
        await stage.write(str(copy))
        await stage.press("ctrl+s")
        stage.on(Overview)
        assert f"A copy is in {copy}" in stage.notices()[-1]
    assert copy.read_bytes() == later.path.read_bytes()


async def test_without_its_definitions_it_can_be_read_and_copied(
    trial: Kept, tmp_path: Path
) -> None:
    """A newer version brings newer processes: that these are not here is what comes most often."""
    trial.answer(NAME, "Tule Bend").change(lambda s: s.with_fact("workflow", "elsewhere"))
    copy = tmp_path / "copy.toml"
    async with untouched(newer(trial)) as stage:
        stage.on(Undefined)
        assert stage.sees("READ-ONLY", "Tule Bend")
        await stage.press("home", "enter")
        assert WHY in stage.notices()[-1]
        stage.on(Undefined)
        await stage.press("f11")
        await stage.write(str(copy))
        await stage.press("ctrl+s")
    assert copy.read_bytes() == trial.path.read_bytes()


# The list


async def test_the_list_has_it_and_enter_opens_it(later: Kept) -> None:
    before = tree(later)
    async with staged(later.desk) as stage:
        assert stage.options() == ["? Quail Ridge Unified   of a newer version, read-only"]
        await stage.press("a")
        assert WHY in stage.notices()[-1]
        assert len(stage.options()) == 1
        await stage.press("enter")
        stage.on(Overview)
        assert stage.sees("READ-ONLY")
    assert tree(later) == before


async def test_a_newer_copy_of_a_case_and_one_that_cannot_be_shown_are_said_as_ever(
    trial: Kept,
) -> None:
    folder = trial.path.parent
    text = trial.path.read_text()
    (folder / "copy.toml").write_text(text.replace("schema = 1", "schema = 9", 1))
    (folder / "odd.toml").write_text("schema = 9\n")
    async with staged(trial.desk) as stage:
        assert len(stage.app.screen.query_one(OptionList).options) == 3
        assert stage.sees("✗ copy.toml", "✗ odd.toml")


# Shapes that this version does not know


@pytest.mark.parametrize("shape", [3, "text", [1, 2], {"a": 1}, {"a": {"b": {"c": {"d": 1}}}}])
async def test_no_shape_of_what_it_holds_makes_a_screen_crash(shape: Any, later: Kept) -> None:
    session = sessions.read(later.path, newer=True)
    doc = {**session.doc, **{t: shape for t in sessions.TABLES[2:] if t != "answers"}}
    doc |= {"conflicts": shape, "origin": shape}
    strange = Session(doc)
    for address in later_fields(later):
        strange = strange.with_value(address, shape)
    later.path.write_bytes(sessions.encode(Session({**strange.doc, "absent": shape})))
    async with untouched(later) as stage:
        for activity in stage.case.workflow.each_activity():
            await show(stage, activity.address)
            for key in ("g", "s", "m", "m"):
                await stage.press(key)
        for key in ("r", "f4", "slash", "c", "j"):
            await stage.press(key)
            assert isinstance(stage.screen, Screen)
            await stage.press("escape")


def later_fields(kept: Kept) -> list[str]:
    """Every question of the case's process."""
    case = kept.desk.open(str(kept.path), newer=True)
    return [a for a, f in case.workflow.fields.items() if f.spec.fact is None]


# Places that cannot be written


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
@pytest.mark.parametrize("which", ["folder", "file"])
async def test_where_one_may_not_write_the_same_holds_and_the_reason_is_another(
    which: str, trial: Kept, tmp_path: Path
) -> None:
    trial.answer(NAME, "Tule Bend")
    copy = tmp_path / "copy.toml"
    place = trial.path if which == "file" else trial.path.parent
    before, mode = trial.case.session.doc, place.stat().st_mode
    why = f"{trial.path.name} is read-only" if which == "file" else "You may not write in "
    way_to(tmp_path)
    trial.path.parent.chmod(0o777 if which == "file" else 0o555)
    trial.path.chmod(0o444 if which == "file" else 0o666)
    try:
        with asked_as_nobody():
            async with untouched(trial, NAME) as stage:
                assert stage.lines[0].strip().startswith(f"READ-ONLY: {why}")
                assert stage.sees("Tule Bend")
                for key in ("d", "x", "ctrl+s"):
                    await stage.press(key)
                    assert why in stage.notices()[-1]
                await stage.press("f11")
                await stage.write(str(copy))
                await stage.press("ctrl+s")
            async with staged(trial.desk) as stage:
                assert "(read-only)" in stage.options()[0]
    finally:
        trial.path.parent.chmod(0o700)
        place.chmod(mode)
    assert sessions.read(copy).doc == {**before, "id": "copy"}


async def test_what_could_be_changed_before_is_not_saved_but_kept_where_it_became_newer(
    trial: Kept,
) -> None:
    """Words that are in memory stay there: the file is nothing they could be merged with."""
    async with trial.opened(NAME) as stage:
        await stage.write("Tule Bend")
        await stage.saved()
        newer(trial)
        before = trial.path.read_bytes()
        await stage.write(" School")
        await stage.sees_soon("NOT SAVED")
        assert stage.editor(NAME, Input).value == "Tule Bend School"
        assert trial.path.read_bytes() == before
