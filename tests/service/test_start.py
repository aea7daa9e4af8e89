"""Starting a case, correcting its facts, and where many cases stand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from cim_tui.core.errors import CimError, Exit, NoSession, UsageError
from cim_tui.core.merge import unsettled
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import set_text
from cim_tui.service.standing import counts_as, look, session_json, turn
from cim_tui.service.start import NewCase, archive, cds_code, correct, start
from cim_tui.service.work import assign, mark_done, step_of, submit
from cim_tui.store import sessions
from tests.core.builders import TODAY, chance

QUAIL = NewCase(lea="Quail Ridge", workflow="trial", year=2025)


def another(desk: Desk, lea: str) -> Case:
    return start(desk, dataclasses.replace(QUAIL, lea=lea))


# A new case


def test_a_new_case_is_a_private_file_named_after_district_year_and_process(desk: Desk) -> None:
    case = start(desk, QUAIL)

    assert case.path == desk.folder.path / "quail-ridge-2025-trial.toml"
    assert case.path.stat().st_mode & 0o777 == 0o600
    assert case.session.fact("digest") == case.workflow.digest
    assert case.session.fact("opened") == TODAY


def test_two_cases_never_have_the_same_uid(desk: Desk) -> None:
    assert start(desk, QUAIL).session.uid != another(desk, "Owl Creek").session.uid


@pytest.mark.parametrize(
    "wrong",
    [
        {"lea": " "},
        {"workflow": "none"},
        {"year": 1999},
        {"level": "three"},
        {"cds": "12"},
        {"cds": "1234567\u0661"},
        {"start_at": "none"},
    ],
    ids=str,
)
def test_a_case_that_cannot_be_is_not_made(desk: Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(CimError):
        start(desk, dataclasses.replace(QUAIL, **wrong))  # type: ignore[arg-type]

    assert not list(desk.folder.path.glob("*.toml")) if desk.folder.path.exists() else True


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("99123450000000", "99123450000000"), ("99-12345-0000000", "99123450000000"),
     ("0123456", "0123456"), ("", "")],
)  # fmt: skip
def test_a_district_code_keeps_its_zeros(typed: str, kept: str) -> None:
    assert cds_code(typed) == kept


def test_a_case_that_starts_in_the_middle_has_its_earlier_steps_done_elsewhere(
    desk: Desk,
) -> None:
    case = start(desk, dataclasses.replace(QUAIL, start_at="plan"))

    states = {name: step.state for name, step in case.progress.steps.items()}
    assert states == {"gather": "elsewhere", "plan": "not-started"}
    following = case.progress.next
    assert following is not None
    assert following.address == "gather.letter.received"


# Facts


def test_a_preview_of_a_fact_changes_nothing(case: Case, desk: Desk) -> None:
    before = case.session

    found = correct(case, {"level": "two"}, desk)

    assert case.session is before
    assert found.session.fact("level") == "two"


@pytest.mark.parametrize("facts", [{"level": "three"}, {"colour": "red"}, {"year": "soon"},
                                   {"workflow": "none"}])  # fmt: skip
def test_a_fact_that_cannot_be_is_refused(case: Case, desk: Desk, facts: dict[str, str]) -> None:
    with pytest.raises(CimError):
        correct(case, facts, desk)


# Opening and saving


def test_a_case_is_opened_by_a_prefix_that_fits_one(case: Case, desk: Desk) -> None:
    assert desk.open("quail").path == case.path
    with pytest.raises(NoSession):
        desk.open("owl")


def test_two_people_saving_the_same_case_never_overwrite_each_other(case: Case, desk: Desk) -> None:
    theirs = desk.open(case.id)
    set_text(theirs, "plan.goals.goal", "theirs", chance())
    desk.save(theirs)
    set_text(case, "plan.goals.goal", "mine", chance())

    desk.save(case)

    saved = sessions.read(case.path)
    [conflict] = unsettled(saved.doc)
    assert saved.raw("plan.goals.goal") == "mine"
    assert (conflict.address, conflict.theirs) == ("plan.goals.goal", "theirs")
    assert case.session.doc == saved.doc


def test_saving_twice_in_a_row_is_no_conflict_with_oneself(case: Case, desk: Desk) -> None:
    for text in ("one", "two", "three"):
        set_text(case, "plan.goals.goal", text, chance())
        desk.save(case)

    assert sessions.read(case.path).raw("plan.goals.goal") == "three"


def test_a_note_added_to_the_file_in_an_editor_is_no_conflict(case: Case, desk: Desk) -> None:
    table = case.session.with_row("gather.team.members", "aaaaaa", {"name": "Ana"})
    case.apply(table.with_value("gather.team.lead", "aaaaaa"))
    desk.save(case)
    case.path.write_text("# a note\n" + case.path.read_text("utf-8"), "utf-8")
    set_text(case, "plan.goals.goal", "mine", chance())

    desk.save(case)

    assert sessions.read(case.path).raw("plan.goals.goal") == "mine"


def test_a_case_that_did_not_change_is_not_written(case: Case, desk: Desk) -> None:
    case.path.write_text(case.path.read_text("utf-8") + "# a note\n", "utf-8")

    desk.save(case)

    assert case.path.read_text("utf-8").endswith("# a note\n")


# Many cases


def test_one_damaged_file_hides_no_case_and_is_the_exit_code(case: Case, desk: Desk) -> None:
    (desk.folder.path / "bad.toml").write_text("schema = 1\n[lea\n", "utf-8")

    standing = look(desk)

    assert [c.id for c in standing.cases] == [case.id]
    assert [d.line for d in standing.unreadable] == [2]
    for fail_on in ("incomplete", "needed", "overdue", "damaged"):
        assert counts_as(standing, fail_on) == Exit.DAMAGED


def test_a_newer_file_counts_before_an_incomplete_case(case: Case, desk: Desk) -> None:
    text = case.path.read_text("utf-8").replace("schema = 1", "schema = 2")
    (desk.folder.path / "newer.toml").write_text(text, "utf-8")

    assert counts_as(look(desk), "incomplete") == Exit.NEWER


def test_what_counts_as_failing_is_chosen(case: Case, desk: Desk) -> None:
    assign(case, step_of(case, "gather"), due=date(2025, 11, 30))
    desk.save(case)
    late = dataclasses.replace(desk, as_of=date(2025, 12, 1))

    assert counts_as(look(desk), "incomplete") == Exit.INCOMPLETE
    assert counts_as(look(desk), "needed") == Exit.INCOMPLETE
    assert counts_as(look(desk), "overdue") == Exit.OK
    assert counts_as(look(late), "overdue") == Exit.INCOMPLETE
    assert counts_as(look(late), "damaged") == Exit.OK


def test_no_cases_are_no_alarm(desk: Desk) -> None:
    assert counts_as(look(desk), "incomplete") == Exit.OK


def test_examples_and_what_was_put_away_are_left_out_unless_asked_for(
    case: Case, desk: Desk
) -> None:
    archive(case, put_away=True)
    desk.save(case)
    example = another(desk, "Example")
    example.apply(example.session.with_entry(("example",), True))
    desk.save(example)

    assert look(desk).cases == []
    assert [c.id for c in look(desk, archived=True).cases] == [case.id]
    assert [c.id for c in look(desk, examples=True).cases] == [example.id]
    assert [c.id for c in look(desk, [case.id]).cases] == [case.id]


def test_a_case_asked_for_by_name_that_is_damaged_is_said_not_raised(
    case: Case, desk: Desk
) -> None:
    case.path.write_text("half", "utf-8")

    assert len(look(desk, [case.id]).unreadable) == 1


def test_a_case_as_other_programs_see_it_holds_the_keys_of_the_contract(case: Case) -> None:
    found = session_json(case)

    assert {"id", "uid", "path", "lea", "cds", "selpa", "year", "workflow", "edition", "level",
            "updated", "complete", "steps", "next", "next_due", "undated"} <= set(found)  # fmt: skip
    assert {"id", "number", "title", "state", "activities", "errors", "warnings", "waived", "due",
            "signatures", "submitted", "cde", "review", "waiting_on"} <= set(found["steps"][0])  # fmt: skip


def test_whose_turn_it_is_follows_what_was_done_and_sent(case: Case, desk: Desk) -> None:
    assert turn(case.progress) == "district"
    step = step_of(case, "gather")
    set_text(case, "gather.letter.received", "2025-10-01", chance())
    set_text(case, "gather.team.readers", "Ana", chance())
    mark_done(case, step, desk)

    assert turn(case.progress) == "signers"
    submit(case, step, TODAY, desk)
    assert case.progress.steps["gather"].submitted


def test_usage_errors_are_their_own_kind() -> None:
    assert UsageError("x").exit == Exit.USAGE
