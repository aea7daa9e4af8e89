"""What a case is about: corrected after a preview, undone as a whole; copies are confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from textual.widgets import OptionList

from cim_tui.service.carry import confirm
from cim_tui.service.start import NewCase, start
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.row import RowForm
from tests.tui.stage import Kept, Stage, StillDesk

MEMBERS = "gather.cim-team.members"
COPIED = "look whether this still holds"


def listing(stage: Stage, name: str) -> OptionList:
    """A choice of the question on top."""
    return stage.screen.query_one(f"#q-{name}", OptionList)


async def choose(stage: Stage, name: str, label: str) -> None:
    """Move the cursor of a choice to the line that has a label."""
    found = listing(stage, name)
    found.focus()
    lines = [str(found.get_option_at_index(n).prompt) for n in range(found.option_count)]
    at = next(n for n, line in enumerate(lines) if line.endswith(f") {label}"))
    await stage.press("home", *["down"] * at)


async def say(stage: Stage, name: str, text: str) -> None:
    """Write into an entry, in place of what stands there."""
    stage.screen.query_one(f"#q-{name}").focus()
    await stage.press("end", "ctrl+u")
    await stage.write(text)


async def facts(stage: Stage) -> None:
    """Open the facts from the case's first screen."""
    await stage.press("f")
    stage.on(Ask)
    assert stage.sees("Facts of this case")


# The facts


async def test_the_facts_stand_in_the_form_as_they_are(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)

        answers = stage.on(Ask).answers()
    assert answers == {
        "lea": "Quail Ridge Unified", "cds": "99123450000000", "selpa": "North Fork SELPA",
        "year": "2025", "workflow": "intensive", "level": "intensive-2",
    }  # fmt: skip


async def test_a_correction_says_first_what_it_changes_and_then_does_it(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await choose(stage, "level", "Intensive 1")
        await stage.press("ctrl+s")
        assert stage.sees("This changes what the case owes", "Applies no longer: Case Study")
        assert stage.case.session.fact("level") == "intensive-2"

        await stage.press("ctrl+s")

        stage.on(Overview)
        assert stage.file()["case"]["level"] == "intensive-1"
        assert "Intensive 1" in stage.header()
        assert stage.notices()[-1] == "Corrected; ctrl+z takes it back"


async def test_a_correction_is_undone_and_done_again_as_a_whole(example: Kept) -> None:
    async with example.opened() as stage:
        before = stage.file()
        await facts(stage)
        await say(stage, "lea", "Quail Ridge Elementary")
        await choose(stage, "level", "Intensive 3")
        await stage.press("ctrl+s", "ctrl+s")
        after = stage.file()

        await stage.press("ctrl+z")
        assert stage.file() == before
        assert "Quail Ridge Unified · 2025 · Intensive 2" in stage.header()

        await stage.press("ctrl+y")
        assert stage.file() == after
        assert "Quail Ridge Elementary · 2025 · Intensive 3" in stage.header()


@pytest.mark.parametrize("keys", [["escape"], ["ctrl+s", "escape"]], ids=["form", "preview"])
async def test_leaving_the_form_or_the_preview_changes_nothing(
    example: Kept, keys: list[str]
) -> None:
    async with example.opened() as stage:
        before = stage.file()
        await facts(stage)
        await choose(stage, "level", "Intensive 1")
        await stage.press(*keys)

        stage.on(Overview)
        assert stage.file() == before
        assert stage.case.undo() is None


async def test_a_correction_of_nothing_is_refused(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await stage.press("ctrl+s")

        stage.on(Ask)
        assert stage.sees("Nothing was changed")


async def test_a_year_that_cannot_be_is_refused_and_stays_typed(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await say(stage, "year", "soon")
        await stage.press("ctrl+s")

        assert stage.sees("The year is four digits, not “soon”")
        assert stage.on(Ask).answers()["year"] == "soon"


async def test_a_district_without_a_name_is_refused(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await say(stage, "lea", " ")
        await stage.press("ctrl+s")

        assert stage.sees("The district needs a name")


async def test_a_name_alone_changes_nothing_that_is_owed(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await say(stage, "selpa", "South Fork SELPA")
        await stage.press("ctrl+s")
        assert stage.sees("No question begins or ends, no answer is kept aside.")
        await stage.press("ctrl+s")

        assert stage.file()["lea"]["selpa"] == "South Fork SELPA"


async def test_what_is_kept_aside_is_listed_and_returns(example: Kept) -> None:
    example.row("gather.case-study.cases", "aaaaaa", pseudonym="A")
    async with example.opened() as stage:
        for level, says in (("Intensive 1", "Kept aside: "), ("Intensive 3", "Returns: ")):
            await facts(stage)
            await choose(stage, "level", level)
            await stage.press("ctrl+s")
            assert stage.sees("This changes what the case owes", says)
            await stage.press("ctrl+s")

        assert stage.raw("gather.case-study.cases.aaaaaa") == {"pseudonym": "A"}


# Another process


async def test_a_case_moves_to_another_process_and_back(example: Kept) -> None:
    async with example.opened() as stage:
        before = stage.file()
        await facts(stage)
        await choose(stage, "workflow", "Targeted monitoring")
        await stage.press("ctrl+s")
        assert stage.sees("This changes what the case owes", "Applies no longer: Implement")
        assert stage.sees("Not known in this process: level Intensive 2")
        await stage.press("ctrl+s")

        stage.on(Overview)
        assert stage.case.workflow.id == "targeted"
        assert stage.sees("– 4 Implement  not required")
        assert stage.file()["case"]["workflow"] == "targeted"
        assert "level" not in stage.file()["case"]
        assert "Intensive 2" not in stage.header()
        assert stage.file()["case"]["digest"] == stage.case.workflow.digest
        assert stage.file()["answers"] == before["answers"]

        await stage.press("ctrl+z")
        assert stage.case.workflow.id == "intensive"
        assert stage.file() == before


async def test_what_the_other_process_asks_is_asked_there(example: Kept) -> None:
    async with example.opened() as stage:
        await facts(stage)
        await choose(stage, "workflow", "Significant disproportionality")
        await choose(stage, "level", "Intensive 1")
        await stage.press("ctrl+s", "ctrl+s")
        await facts(stage)

        answers = stage.on(Ask).answers()
        assert {"entry", "category"} <= set(answers)
        assert "level" not in answers


async def test_a_form_of_the_process_that_was_left_is_closed(example: Kept) -> None:
    async with example.opened("gather.case-study.cases") as stage:
        await stage.press("escape", "f")
        await choose(stage, "workflow", "Targeted monitoring")
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)
        assert stage.case.workflow.id == "targeted"
        await stage.press("ctrl+z")
        await stage.go("gather.case-study.cases")
        stage.on(ActivityScreen)


async def test_the_year_brings_its_own_calendar(desk: StillDesk) -> None:
    wanted = NewCase("Elm Flat", "significant-disproportionality", 2025, entry="full")
    async with Kept(desk, start(desk, wanted).path).opened() as stage:
        assert stage.case.progress.steps["gather"].due is None
        await facts(stage)
        await say(stage, "year", "2024")
        await stage.press("ctrl+s", "ctrl+s")

        assert stage.case.progress.steps["gather"].due == date(2024, 7, 10)
        await stage.press("ctrl+z")
        assert stage.case.progress.steps["gather"].due is None


# A fact that a form asks for


async def test_a_fact_in_a_form_says_first_what_it_changes(example: Kept) -> None:
    async with example.opened("gather.letter-intake.level") as stage:
        await stage.press("up", "space")
        assert stage.sees("this changes what the case owes", "Applies no longer: Case Study")
        await stage.press("escape")
        assert stage.case.session.fact("level") == "intensive-2"


# What was copied


@pytest.fixture
def copied(desk: StillDesk, example: Kept) -> Kept:
    """This year's case, started from last year's."""
    wanted = NewCase("Quail Ridge Unified", "intensive", 2026, copy_from=example.path.stem)
    return Kept(desk, start(desk, wanted).path)


def marks(stage: Stage, place: str) -> list[str]:
    """What waits to be confirmed at a place."""
    return list(stage.case.session.copied(place))


async def test_a_copy_is_shown_on_the_form_and_in_the_check_list(copied: Kept) -> None:
    async with copied.opened("gather.cim-team.meets") as stage:
        assert stage.sees(f"When the team meets: {COPIED}"[:40], "esc v confirms it")
        assert stage.sees("copied rows: look whether each still holds; ctrl+d confirms one")
        await stage.press("f4")
        await stage.sees_soon("Marisol Ibarra: look whether this still holds")


async def test_the_copy_under_the_cursor_is_confirmed(copied: Kept) -> None:
    async with copied.opened("gather.cim-team.meets") as stage:
        before = len(marks(stage, "gather.cim-team"))
        await stage.press("escape", "v")

        assert stage.notices()[-1] == "Confirmed"
        assert len(marks(stage, "gather.cim-team")) == before - 1
        assert marks(stage, "gather.cim-team.meets") == []
        assert not any(key == "gather.cim-team.meets" for key in stage.file()["copied"])


async def test_the_row_under_the_cursor_is_confirmed(copied: Kept) -> None:
    async with copied.opened(MEMBERS) as stage:
        row = stage.on(ActivityScreen).where().split(".")[3]
        before = len(marks(stage, MEMBERS))
        await stage.press("ctrl+d")

        assert f"{MEMBERS}.{row}" not in marks(stage, MEMBERS)
        assert len(marks(stage, MEMBERS)) == before - 1


async def test_all_copies_of_an_activity_are_confirmed_after_a_question(copied: Kept) -> None:
    async with copied.opened("gather.cim-team.meetings") as stage:
        before = marks(stage, "gather.cim-team")
        await stage.press("ctrl+d")
        assert stage.sees("Does what was copied still hold?", f"{len(before)} copies here")
        assert stage.sees("Marisol Ibarra")
        await stage.press("escape")
        assert marks(stage, "gather.cim-team") == before

        await stage.press("ctrl+d", "ctrl+s")
        assert marks(stage, "gather.cim-team") == []
        await stage.press("escape", "ctrl+z")
        assert marks(stage, "gather.cim-team") == before


async def test_with_nothing_copied_confirming_says_so(example: Kept) -> None:
    async with example.opened(MEMBERS) as stage:
        await stage.press("ctrl+d")

        assert "was copied and waits to be confirmed" in stage.notices()[-1]


async def test_a_row_is_confirmed_from_its_form(copied: Kept) -> None:
    async with copied.opened(MEMBERS) as stage:
        await stage.press("enter")
        stage.on(RowForm)
        row = stage.on(RowForm).where().split(".")[3]
        await stage.press("escape", "v")

        assert f"{MEMBERS}.{row}" not in marks(stage, MEMBERS)


async def test_what_is_typed_over_a_copy_takes_its_mark_away(copied: Kept) -> None:
    async with copied.opened("gather.cim-team.meets") as stage:
        await stage.write("!")
        await stage.settled()

        assert marks(stage, "gather.cim-team.meets") == []
        await stage.saved()
        assert "gather.cim-team.meets" not in stage.file()["copied"]


async def test_copies_count_as_good_practice_only(copied: Kept) -> None:
    case = copied.case
    before = case.progress.steps["gather"]
    confirm(case, "gather")
    after = case.progress.steps["gather"]

    assert before.count("warning") > after.count("warning")
    assert before.count("error") == after.count("error")
