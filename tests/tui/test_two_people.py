"""Two people on one case: what the other saved comes in, and nothing of either is lost."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.fsops import disk
from cim_tui.store.keeper import Keeper
from cim_tui.tui import saving
from cim_tui.tui.app import CimApp
from cim_tui.tui.fields.text import LineField
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.twice import ChangedTwice
from tests.tui.stage import Kept, Stage

NAME = "gather.kinds.name"
STORY = "gather.kinds.story"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is looked at more often than with people; the order of events stays the same."""
    monkeypatch.setattr(saving, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(saving, "SIGN_EVERY", 0.05)


def somebody(kept: Kept, name: str = "Rosa") -> Keeper:
    """Somebody else with the case open, on another machine as far as this one can tell."""
    doc = sessions.read(kept.path).doc
    return Keeper(kept.path, doc, name, lambda: "2025-11-03T09:31:00Z", Random(99))  # noqa: S311


def saves(other: Keeper, how: Callable[[Session], Session]) -> None:
    """Somebody else changes something and saves."""
    other.save()
    other.save(how(Session(other.state)).doc, by=other.by)


async def file_holds(stage: Stage, address: str, value: Any) -> None:
    await stage.until(lambda: stage.in_file(address) == value, f"{address} in the file")


async def test_what_somebody_else_saved_comes_in_with_the_focus_where_it_was(trial: Kept) -> None:
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("left", "left")
        entry = stage.editor(NAME, LineField)
        saves(other, lambda s: s.with_value(STORY, "Their story"))
        await stage.until(lambda: stage.raw(STORY) == "Their story", "Their answer")

        assert stage.app.focused is entry
        assert (entry.value, entry.cursor_position) == ("Tule", 2)
        assert stage.raw(NAME) == "Tule"
        await file_holds(stage, NAME, "Tule")
        await file_holds(stage, STORY, "Their story")
        assert any("Somebody else changed" in notice for notice in stage.notices())


async def test_an_answer_on_screen_shows_what_somebody_else_made_of_it(trial: Kept) -> None:
    trial.answer(NAME, "Tule")
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        saves(other, lambda s: s.with_value(NAME, "Tule Bend"))
        await stage.until(lambda: stage.editor(NAME, LineField).value == "Tule Bend", "The answer")

        assert stage.case.progress is not None
        assert not stage.case.unsaved


async def test_the_same_answer_changed_by_both_waits_to_be_settled_and_blocks(trial: Kept) -> None:
    trial.answer(NAME, "Tule")
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        await stage.press("end")
        await stage.write(" Bend")
        await stage.saved()
        # They had it open from before, and save only now.
        other.acknowledge(Session(other.state).with_value(NAME, "Tule Creek").doc)
        other.save()
        await stage.until(lambda: stage.case.session.at("conflicts"), "The conflict")

        needed = [p for p in stage.case.progress.problems if p.rule == "conflict"]
        assert [(p.address, p.severity) for p in needed] == [(NAME, "error")]
        await stage.press("escape", "escape")
        stage.on(Overview)
        assert stage.sees("1 answer changed by two people: j settles them")
        await stage.press("j")
        stage.on(ChangedTwice)
        assert stage.sees("Tule Bend", "Tule Creek")
        await stage.press("enter", "down", "ctrl+s")
        assert stage.sees("Nothing waits to be settled")
        await stage.press("escape")

        assert {stage.raw(NAME)} <= {"Tule Bend", "Tule Creek"}
        assert stage.case.session.at("conflicts") is None
        await stage.saved()
        assert "conflicts" not in stage.file()


async def test_something_else_can_settle_what_two_people_wrote(trial: Kept) -> None:
    conflict = {"path": ["answers", *NAME.split(".")], "mine": "A", "theirs": "B", "by": "Rosa"}
    trial.change(lambda s: s.with_value(NAME, "A").with_entry(("conflicts", "abcdef"), conflict))
    async with trial.opened() as stage:
        await stage.press("j")
        assert stage.sees("here    A", "Rosa:  B")
        await stage.press("enter", "down", "down", "tab")
        await stage.press("delete")
        await stage.write("Both of them")
        await stage.press("ctrl+s", "escape")

        assert stage.raw(NAME) == "Both of them"
        assert stage.case.session.at("conflicts") is None
        await stage.press("ctrl+z")
        assert stage.case.session.at("conflicts") is not None


async def test_undo_takes_back_what_was_done_here_and_not_what_somebody_else_did(
    trial: Kept,
) -> None:
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.saved()
        saves(other, lambda s: s.with_value(STORY, "Their story"))
        await stage.until(lambda: stage.raw(STORY) == "Their story", "Their answer")
        await stage.press("ctrl+z")

        assert stage.raw(NAME) is None
        assert stage.raw(STORY) == "Their story"
        await stage.press("ctrl+y")
        assert (stage.raw(NAME), stage.raw(STORY)) == ("Tule", "Their story")


async def test_who_else_has_the_case_open_is_said(trial: Kept) -> None:
    other = somebody(trial)
    other.be_here()
    async with trial.opened() as stage:
        await stage.sees_soon("Rosa has this case open too")
        other.close()
        await stage.until(lambda: not stage.sees("Rosa has this case open too, on"), "Leaving")


async def test_what_a_crash_left_behind_is_recovered_and_said(trial: Kept) -> None:
    other = somebody(trial)
    other.acknowledge(
        Session(other.state).with_value(STORY, "Typed before the lights went out").doc
    )
    assert other._pen is not None
    writer = other._pen.writer
    other._pen.close()
    (other.folder / f"{writer}.here").unlink()  # they are gone
    async with trial.opened() as stage:
        await file_holds(stage, STORY, "Typed before the lights went out")

        assert stage.raw(STORY) == "Typed before the lights went out"
        assert any("Recovered what Rosa had typed" in notice for notice in stage.notices())


async def test_a_copy_can_be_saved_elsewhere_at_any_time(trial: Kept, tmp_path: Any) -> None:
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.press("f11")
        await stage.write(str(tmp_path / "copy.toml"))
        await stage.press("ctrl+s")

        assert "Tule" in (tmp_path / "copy.toml").read_text()


async def test_what_could_not_be_written_is_tried_again_by_itself(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    grow = disk.grow

    def refuse(handle: int, data: bytes) -> None:
        if full:
            raise OSError(28, "No space left on device")
        grow(handle, data)

    monkeypatch.setattr(disk, "grow", refuse)
    async with trial.opened(NAME) as stage:
        await stage.write("Tule")
        await stage.sees_soon("NOT SAVED: No space left on device")
        full = False
        await file_holds(stage, NAME, "Tule")

        await stage.until(lambda: "NOT SAVED" not in stage.text, "The banner to go")


async def test_what_is_typed_before_their_answer_is_on_screen_does_not_undo_it(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their answer waits to be shown; what is saved meanwhile does not have it."""
    waiting: list[Any] = []
    took = CimApp._took
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        monkeypatch.setattr(CimApp, "_took", lambda _, saved: waiting.append(saved))
        saves(other, lambda s: s.with_value(STORY, "Their story"))
        await stage.until(lambda: bool(waiting), "Their answer")
        await stage.write("Tule")
        await file_holds(stage, NAME, "Tule")
        assert stage.in_file(STORY) == "Their story"
        assert stage.raw(STORY) is None
        monkeypatch.setattr(CimApp, "_took", took)
        await stage.until(lambda: stage.raw(STORY) == "Their story", "Their answer on screen")

        stage.case.apply(stage.case.session.with_value(STORY, None), STORY)
        stage.app.save_soon(stage.case, at_once=True)
        await file_holds(stage, STORY, None)
        assert stage.raw(STORY) is None


@pytest.mark.parametrize(("address", "theirs"), [(NAME, STORY), (STORY, NAME)])
async def test_a_space_just_typed_stays_when_somebody_elses_answer_comes_in(
    trial: Kept, address: str, theirs: str
) -> None:
    other = somebody(trial)
    async with trial.opened(address) as stage:
        await stage.write("Tule ")
        await stage.saved()
        saves(other, lambda s: s.with_value(theirs, "Theirs"))
        await stage.until(lambda: stage.raw(theirs) == "Theirs", "Their answer")
        await stage.write("Bend")

        await file_holds(stage, address, "Tule Bend")


async def test_two_long_answers_that_differ_at_the_end_can_be_told_apart(trial: Kept) -> None:
    start = "Second and fourth Tuesday, 3:30 to 5:00, in the district office and online"
    trial.answer(NAME, start)
    other = somebody(trial)
    async with trial.opened(NAME) as stage:
        await stage.press("end")
        await stage.write(" with Ana")
        await stage.saved()
        other.acknowledge(Session(other.state).with_value(NAME, f"{start} with Ben").doc)
        other.save()
        await stage.until(lambda: stage.case.session.at("conflicts"), "The conflict")
        await stage.press("escape", "escape", "j")

        assert stage.sees("online with Ben", "Test Person:", "online with Ana")
        await stage.press("enter")
        assert stage.sees("online with Ben", "What Test Person wrote", "online with Ana")
