"""What people do with a step from the screen: check, accept, done, sign, submit, reopen, assign."""

from __future__ import annotations

import re
from datetime import date

import pytest
from textual.widgets import OptionList

from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.check import Check, Completed
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import Kept, Stage

KINDS = "gather.kinds"
MEMBERS = "gather.people.members"
TEXT = "agree.agreement.text"
ON = date(2025, 11, 3)


def filled(trial: Kept) -> Kept:
    """A case in which nothing needed is open in the first step."""
    trial.answer(f"{KINDS}.name", "Tule Bend")
    return trial.row(MEMBERS, "aaaaaa", name="Ana Ruiz", role="lead")


def done(trial: Kept) -> Kept:
    """A case whose first step is done."""
    entry = {"by": "Rosa", "on": ON}
    return filled(trial).change(lambda session: session.with_entry(("done", "gather"), entry))


async def put_cursor_on(stage: Stage, text: str) -> None:
    """Move the cursor of the list on top to the line that has a text."""
    wanted = next(n for n, line in enumerate(stage.options()) if text in line)
    await stage.press("home")
    for _ in range(len(stage.options())):
        if listing_at(stage) == wanted:
            return
        await stage.press("down")
    raise AssertionError(f"{text} cannot be reached:\n{stage.text}")


def listing_at(stage: Stage) -> int | None:
    """The line under the cursor of the list on top."""
    return stage.screen.query_one(OptionList).highlighted


async def test_the_check_list_goes_to_the_field_under_the_cursor(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("f4")
        assert stage.sees("What is open in Gather", "2 needed, 1 good practice")
        await put_cursor_on(stage, "name of the school")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.screen, ActivityScreen))

        assert stage.on(ActivityScreen).where() == f"{KINDS}.name"


async def test_the_check_list_says_where_each_requirement_comes_from(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("f4")
        await put_cursor_on(stage, "name of the school")
        assert stage.sees("Published by The example, https://example.org/name")
        await put_cursor_on(stage, "how many")

        assert stage.sees("Common practice: People ask", "a accepts it as is, with a reason")


async def test_the_check_list_looks_at_the_activity_the_step_or_the_case(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("f4")
        assert stage.sees("What is open in Every kind of field", "1 needed, 1 good practice")
        await stage.press("2")
        assert stage.sees("What is open in Gather", "2 needed, 1 good practice")
        await stage.press("3")
        assert stage.sees("What is open in the case")
        await stage.press("1", "escape")

        stage.on(ActivityScreen)


async def test_good_practice_is_accepted_as_is_with_a_reason_and_opened_again(
    trial: Kept,
) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        await stage.press("f4")
        await put_cursor_on(stage, "how many")
        await stage.press("a")
        await stage.write("Nobody counts them")
        await stage.press("tab", "tab", *["backspace"] * len("Test Person"))
        await stage.write("Rosa")
        await stage.press("ctrl+s")

        (entry,) = stage.file()["waivers"].values()
        assert entry["address"] == f"{KINDS}.count"
        assert (entry["by"], entry["reason"]) == ("Rosa", "Nobody counts them")
        assert stage.sees("Accepted as is · 1")
        await put_cursor_on(stage, "how many")
        await stage.press("a")

        assert "waivers" not in stage.file()


async def test_what_is_needed_cannot_be_accepted_as_is(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("f4")
        await put_cursor_on(stage, "name of the school")
        await stage.press("a")

        assert stage.notices() == ["This cannot be accepted as is: it is needed"]
        stage.on(Check)


async def test_accepting_without_a_reason_is_refused(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("f4")
        await put_cursor_on(stage, "how many")
        await stage.press("a", "ctrl+s")

        stage.on(Ask)
        assert stage.sees("Say why it is accepted as is")


async def test_done_is_refused_with_everything_that_is_missing(example: Kept) -> None:
    async with example.opened() as stage:
        await put_cursor_on(stage, "3 Plan")
        await stage.press("d")
        stage.on(Check)
        missing = [
            p.message for p in stage.case.progress.steps["plan"].problems
            if p.open and p.severity == "error"
        ]  # fmt: skip

        assert stage.sees("Plan is not complete yet")
        assert stage.options()[0] == f"Needed · {len(missing)}"
        listed = [line.split("…")[0][2:30].strip() for line in stage.options()[1:]]
        assert all(any(m.startswith(text) for text in listed) for m in missing)
        assert "done" not in stage.file() or "plan" not in stage.file()["done"]


async def test_a_complete_step_is_done_after_the_question(trial: Kept) -> None:
    async with filled(trial).opened() as stage:
        await stage.press("d")
        stage.on(Completed)
        assert stage.sees("Have you completed this step?", "Step 1: Gather", "2 of 2")
        assert stage.sees("1 thing of good practice is", "This sends nothing to CDE.")
        await stage.press("enter")

        assert stage.file()["done"]["gather"]["by"] == "Test Person"
        assert stage.file()["done"]["gather"]["on"] == ON
        assert stage.notices()[-1] == "Gather: done. This sends nothing to CDE."
        assert stage.sees("✓ 1 Gather  done")


@pytest.mark.parametrize("keys", [["n"], ["escape"], ["down", "enter"]])
async def test_a_step_stays_as_it_was_when_the_question_is_answered_no(
    trial: Kept, keys: list[str]
) -> None:
    async with filled(trial).opened() as stage:
        await stage.press("d", *keys)

        stage.on(Overview)
        assert "done" not in stage.file()


async def test_a_step_that_is_done_is_not_asked_about_again(trial: Kept) -> None:
    async with done(trial).opened() as stage:
        await put_cursor_on(stage, "1 Gather")
        await stage.press("d")

        stage.on(Overview)
        assert stage.notices() == ["Gather is marked done already; e reopens it"]


async def test_a_mark_of_done_is_taken_back_by_undo(trial: Kept) -> None:
    async with filled(trial).opened() as stage:
        await stage.press("d", "y", "ctrl+z")

        assert "done" not in stage.file()
        assert stage.notices()[-1] == "Undone: Gather marked done"


async def test_a_step_is_reopened_with_a_reason(trial: Kept) -> None:
    async with done(trial).opened() as stage:
        await put_cursor_on(stage, "1 Gather")
        await stage.press("e", "ctrl+s")
        assert stage.sees("Say why the step is reopened")
        await stage.write("A row was forgotten")
        await stage.press("ctrl+s")

        assert stage.file()["reopened"]["gather"]["reason"] == "A row was forgotten"
        assert "done" not in stage.file()
        assert stage.sees("△ 1 Gather  reopened")


async def test_a_step_that_is_not_done_has_nothing_to_reopen(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("e")
        await stage.write("Why")
        await stage.press("ctrl+s")

        assert stage.sees("Gather is not marked done; there is nothing to reopen")


async def test_an_activity_is_signed_once_it_is_complete(trial: Kept) -> None:
    async with done(trial).opened(TEXT) as stage:
        await stage.press("escape", "i")
        assert stage.sees("Sign Agreement", "(•) Director")
        await stage.press("tab")
        await stage.write("Rosa Lind")
        await stage.press("ctrl+s")
        stage.on(Ask)
        assert stage.sees("Agreement is not complete", "what we agreed")
        await stage.press("escape", "escape", "enter")
        await stage.write("To meet again")
        await stage.press("escape", "i", "tab")
        await stage.write("Rosa Lind")
        await stage.press("ctrl+s")

        (entry,) = stage.file()["signoffs"].values()
        assert (entry["scope"], entry["role"], entry["name"]) == (
            "agree.agreement", "director", "Rosa Lind",
        )  # fmt: skip
        assert (entry["how"], entry["on"], entry["recorded-by"]) == ("paper", ON, "Test Person")
        assert re.fullmatch(r"sha256:[0-9a-f]{64}|[0-9a-f]{64}", entry["content"])


async def test_a_step_is_signed_after_it_is_marked_done_and_not_before(trial: Kept) -> None:
    done(trial).answer(TEXT, "To meet again")
    async with trial.opened(TEXT) as stage:
        await stage.press("escape", "i", "tab")
        await stage.write("Rosa Lind")
        await stage.press("ctrl+s", "escape")
        await put_cursor_on(stage, "2 Agree")
        await stage.press("i", "tab")
        await stage.write("Tom Hash")
        await stage.press("ctrl+s")
        assert stage.sees("complete, but not marked done yet", "mark it done first")
        await stage.press("escape", "escape", "d", "y", "i", "tab")
        await stage.write("Tom Hash")
        await stage.press("ctrl+s")

        roles = {entry["role"]: entry["scope"] for entry in stage.file()["signoffs"].values()}
        assert roles == {"director": "agree.agreement", "superintendent": "agree"}
        assert stage.sees("✓ 2 Agree  signed")


async def test_an_edit_after_signing_voids_nothing_silently(trial: Kept) -> None:
    done(trial).answer(TEXT, "To meet again")
    async with trial.opened(TEXT) as stage:
        await stage.press("escape", "i", "tab")
        await stage.write("Rosa Lind")
        await stage.press("ctrl+s", "escape")
        await put_cursor_on(stage, "2 Agree")
        await stage.press("d", "y", "i", "tab")
        await stage.write("Tom Hash")
        await stage.press("ctrl+s")
        await stage.go(TEXT)
        await stage.write(" in May")
        await stage.press("escape", "escape")

        assert len(stage.file()["signoffs"]) == 2
        assert stage.sees("△ 2 Agree  changed since sign-off")


async def test_signing_where_nobody_signs_says_so(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("i")

        assert stage.notices() == ["Nobody signs Gather"]


async def test_a_sign_off_with_a_date_that_is_none_is_refused_and_kept(trial: Kept) -> None:
    done(trial).answer(TEXT, "To meet again")
    async with trial.opened(TEXT) as stage:
        await stage.press("escape", "i", "tab")
        await stage.write("Rosa Lind")
        await stage.press("tab", *["backspace"] * 10)
        await stage.write("May Day")
        await stage.press("ctrl+s")

        stage.on(Ask)
        assert stage.sees('"May Day" is not a date', "Rosa Lind")
        assert "signoffs" not in stage.file()


async def test_a_submission_is_recorded_whatever_is_open(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("u")
        assert stage.sees("It sends nothing itself.")
        await stage.press("tab", "tab")
        await stage.write("SUB-17")
        await stage.press("ctrl+s")

        (entry,) = stage.file()["submissions"].values()
        assert (entry["step"], entry["on"], entry["ref"]) == ("gather", ON, "SUB-17")
        assert sorted(entry["open"]) == [f"{KINDS}.name", MEMBERS]
        assert stage.notices()[-1] == "Recorded; 2 needed were open"
        assert stage.sees("submitted 2025-11-03")


async def test_what_the_state_answered_is_recorded_with_its_words(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("u", "ctrl+s", "u", "down", "down", "tab", "tab", "tab")
        await stage.write("Add the dates")
        await stage.press("ctrl+s")

        answers = [e for e in stage.file()["submissions"].values() if "cde" in e]
        assert [(e["cde"], e["note"]) for e in answers] == [("returned", "Add the dates")]
        assert stage.sees("CDE returned")


async def test_an_edit_after_a_submission_is_said(trial: Kept) -> None:
    async with filled(trial).opened() as stage:
        await stage.press("u", "ctrl+s")
        await stage.go(f"{KINDS}.name")
        await stage.write(" School")
        await stage.press("escape", "escape")

        assert stage.sees("changed since submission")


async def test_a_step_done_elsewhere_is_recorded_and_taken_back(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("down")
        await put_cursor_on(stage, "1 Gather")
        await stage.press("l")
        await stage.write("In the county plan")
        await stage.press("tab", *["backspace"] * 10)
        await stage.write("9/1/2025")
        await stage.press("tab")
        await stage.write("https://example.org/plan")
        await stage.press("ctrl+s")

        assert stage.file()["elsewhere"]["gather"] == {
            "where": "In the county plan", "on": date(2025, 9, 1), "by": "Test Person",
            "link": "https://example.org/plan",
        }  # fmt: skip
        assert stage.sees("↗ 1 Gather  done elsewhere")
        await stage.press("l")

        assert "elsewhere" not in stage.file()


async def test_an_owner_on_the_roster_is_kept_as_its_row(trial: Kept) -> None:
    async with filled(trial).opened(f"{KINDS}.name") as stage:
        await stage.press("escape", "w")
        await stage.write("ana ruiz")
        await stage.press("tab")
        await stage.write("2025-12-01")
        await stage.press("tab")
        await stage.write("January 30, 2026")
        await stage.press("ctrl+s")

        assert stage.file()["activity"]["gather"]["kinds"] == {
            "owner": "aaaaaa", "target": date(2025, 12, 1), "due": date(2026, 1, 30),
        }  # fmt: skip
        assert "Ana Ruiz · due 2026-01-30" in stage.header()


async def test_a_date_that_was_entered_by_mistake_can_be_emptied(trial: Kept) -> None:
    entry = {"owner": "Ana", "due": ON}
    trial.change(lambda session: session.with_entry(("step", "gather"), entry))
    async with trial.opened() as stage:
        await put_cursor_on(stage, "1 Gather")
        await stage.press("w", "tab")
        assert getattr(stage.screen.focused, "id", "") == "q-due"
        await stage.press("end", *["backspace"] * 10)
        await stage.press("ctrl+s")

        assert "due" not in stage.file()["step"]["gather"]


async def test_a_wrong_date_for_a_step_is_refused_and_the_rest_stays_typed(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("w")
        await stage.write("Ana")
        await stage.press("tab")
        await stage.write("next week")
        await stage.press("ctrl+s")

        assert stage.sees('"next week" is not a date', "Ana")
        assert "step" not in stage.file()


async def test_who_is_asked_on_signing_and_stays_for_the_next_act(trial: Kept) -> None:
    done(trial).answer(TEXT, "To meet again")
    async with trial.opened(TEXT) as stage:
        await stage.press("escape", "i", "tab")
        await stage.write("Rosa Lind")
        for _ in range(12):
            if getattr(stage.screen.focused, "id", "") == "q-by":
                break
            await stage.press("tab")
        await stage.press("end", *["backspace"] * len("Test Person"))
        await stage.write("Grace")
        await stage.press("ctrl+s")

        (entry,) = stage.file()["signoffs"].values()
        assert entry["recorded-by"] == "Grace"
        assert "You are Grace" in stage.header()


async def test_what_arrives_together_with_ctrl_s_is_part_of_what_is_saved(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("w")
        await stage.burst(*"Ana", "ctrl+s")

        assert stage.file()["step"]["gather"]["owner"] == "Ana"


async def test_a_wrong_date_that_arrives_together_with_ctrl_s_is_refused(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("w", "tab")
        await stage.burst(*"31 February", "ctrl+s")

        assert stage.sees('"31 February" is not a date')
