"""What people do with a step: only done and sign may refuse, and they say everything at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cim_tui.core.errors import UnknownAddress, UsageError
from cim_tui.core.problems import Problem
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import set_text
from cim_tui.service.reading import owner_name
from cim_tui.service.rows import add_row
from cim_tui.service.work import (
    Done,
    Refused,
    Signing,
    assign,
    mark_done,
    mark_elsewhere,
    not_elsewhere,
    part_of,
    record_answer_of_cde,
    reopen,
    sign,
    step_of,
    submit,
    unwaive,
    waive,
)
from tests.core.builders import TODAY, chance

LETTER = "gather.letter"


def complete(case: Case) -> Case:
    """Everything that Gather needs."""
    set_text(case, f"{LETTER}.received", "2025-10-01", chance())
    add_row(case, "gather.team.members", {"name": "Ana"}, chance())
    return case


def state(case: Case, step: str = "gather") -> str:
    return case.progress.steps[step].state


def open_now(case: Case, step: str = "gather") -> list[Problem]:
    return [p for p in case.progress.steps[step].problems if p.open and p.severity == "error"]


def lead(name: str = "Rosa Diaz", role: str = "lead", how: str = "paper") -> Signing:
    return Signing(name=name, role=role, on=TODAY, how=how)


# Done


def test_done_is_refused_with_everything_that_is_needed(case: Case, desk: Desk) -> None:
    wanted = tuple(open_now(case))

    outcome = mark_done(case, step_of(case, "gather"), desk)

    assert isinstance(outcome, Refused)
    assert outcome.problems == wanted
    assert {p.address for p in wanted} == {f"{LETTER}.received", "gather.team"}
    assert case.session.at("done") is None


def test_done_is_refused_by_no_good_practice_and_counts_what_is_open(
    case: Case, desk: Desk
) -> None:
    outcome = mark_done(complete(case), step_of(case, "gather"), desk)

    assert isinstance(outcome, Done)
    assert (state(case), outcome.good_practice_open) == ("done", 1)
    entry = case.session.at("done", "gather")
    assert (entry["by"], entry["on"], entry["open-good-practice"]) == ("Rosa", TODAY, 1)


def test_done_can_be_undone_like_anything_else(case: Case, desk: Desk) -> None:
    mark_done(complete(case), step_of(case, "gather"), desk)

    case.undo()

    assert state(case) == "ready"


def test_a_step_is_reopened_for_a_reason_and_marked_done_again(case: Case, desk: Desk) -> None:
    step = step_of(case, "gather")
    mark_done(complete(case), step, desk)
    with pytest.raises(UsageError, match="why"):
        reopen(case, step, " \n", desk)

    reopen(case, step, "A row was forgotten", desk)
    assert state(case) == "reopened"
    mark_done(case, step, desk)

    assert state(case) == "done"


def test_a_step_that_is_not_done_cannot_be_reopened(case: Case, desk: Desk) -> None:
    with pytest.raises(UsageError, match="not marked done"):
        reopen(case, step_of(case, "gather"), "x", desk)


# Sign


def test_signing_before_done_is_refused_and_says_which_comes_first(case: Case, desk: Desk) -> None:
    step = step_of(complete(case), "gather")

    outcome = sign(case, step, lead(), desk)

    assert isinstance(outcome, Refused)
    assert (outcome.problems, "mark it done first" in outcome.why) == ((), True)


def test_signing_what_is_incomplete_is_refused_with_everything_missing(
    case: Case, desk: Desk
) -> None:
    outcome = sign(case, step_of(case, "gather"), lead(), desk)

    assert isinstance(outcome, Refused)
    assert outcome.problems == tuple(open_now(case))


def test_a_done_step_is_signed_and_says_by_whom_and_who_recorded_it(case: Case, desk: Desk) -> None:
    step = step_of(complete(case), "gather")
    mark_done(case, step, desk)

    sign(case, step, lead(), desk)

    assert state(case) == "signed"
    entry = next(iter(case.session.at("signoffs").values()))
    assert (entry["name"], entry["recorded-by"], entry["how"]) == ("Rosa Diaz", "Rosa", "paper")


@pytest.mark.parametrize(
    "wrong", [lead(role="mayor"), lead(name="  "), lead(how="phone")], ids=["role", "name", "how"]
)
def test_a_sign_off_without_a_role_a_name_or_a_way_is_refused(
    case: Case, desk: Desk, wrong: Signing
) -> None:
    step = step_of(complete(case), "gather")
    mark_done(case, step, desk)

    with pytest.raises(UsageError):
        sign(case, step, wrong, desk)

    assert case.session.at("signoffs") is None


def test_what_changed_is_signed_again(case: Case, desk: Desk) -> None:
    step = step_of(complete(case), "gather")
    mark_done(case, step, desk)
    sign(case, step, lead(), desk)
    set_text(case, f"{LETTER}.note", "new", chance())
    assert state(case) == "changed-since-sign-off"

    sign(case, step, lead(), desk)

    assert state(case) == "signed"
    assert len(case.session.at("signoffs")) == 2


# Submit


def test_a_submission_is_never_refused_and_remembers_what_was_open(case: Case, desk: Desk) -> None:
    wanted = [p.address for p in open_now(case)]

    submit(case, step_of(case, "gather"), TODAY, desk, ref="CDE-7")

    progress = case.progress.steps["gather"]
    assert progress.submitted is not None
    assert (progress.submitted["open"], progress.submitted["ref"]) == (wanted, "CDE-7")
    assert state(case) == "not-started"


@pytest.mark.parametrize("verdict", ["accepted", "returned"])
def test_the_answer_of_the_state_is_recorded(case: Case, desk: Desk, verdict: str) -> None:
    step = step_of(case, "gather")
    submit(case, step, TODAY, desk)

    record_answer_of_cde(case, step, verdict, TODAY, desk, note="See page 2")

    cde = case.progress.steps["gather"].cde
    assert cde is not None
    assert (cde["cde"], cde["note"]) == (verdict, "See page 2")


def test_the_state_answers_accepted_or_returned_and_nothing_else(case: Case, desk: Desk) -> None:
    with pytest.raises(UsageError):
        record_answer_of_cde(case, step_of(case, "gather"), "maybe", TODAY, desk)


# Accept as is


def test_something_open_is_accepted_as_is_and_opened_again(case: Case, desk: Desk) -> None:
    complete(case)
    waive(case, f"{LETTER}.note", "required", "It is short", desk, until=date(2026, 1, 1))
    assert case.progress.steps["gather"].waived == 1

    unwaive(case, f"{LETTER}.note", "required")

    assert case.progress.steps["gather"].waived == 0


@pytest.mark.parametrize(
    ("address", "rule", "reason"),
    [
        (f"{LETTER}.note", "required", " "),
        (f"{LETTER}.note", "length", "x"),
        (f"{LETTER}.received", "required", "x"),
        (f"{LETTER}.cost", "required", "x"),
    ],
    ids=["no reason", "another rule", "published", "not open"],
)
def test_only_what_is_open_and_not_published_is_accepted_and_for_a_reason(
    case: Case, desk: Desk, address: str, rule: str, reason: str
) -> None:
    with pytest.raises(UsageError):
        waive(case, address, rule, reason, desk)

    assert case.session.at("waivers") is None


def test_what_was_not_accepted_cannot_be_opened_again(case: Case) -> None:
    with pytest.raises(UsageError):
        unwaive(case, f"{LETTER}.note", "required")


# Elsewhere


@pytest.mark.parametrize("scope", ["gather", "gather.team", "team"])
def test_a_step_or_an_activity_is_done_elsewhere_and_here_after_all(
    case: Case, desk: Desk, scope: str
) -> None:
    part = part_of(case, scope)
    before = case.session.doc
    mark_elsewhere(case, part, "A shared drive", TODAY, desk, link="https://example.org")
    assert case.progress.checks["gather.team"].state in ("elsewhere", "in-progress")

    not_elsewhere(case, part)

    assert case.session.doc == before


def test_doing_elsewhere_needs_a_place(case: Case, desk: Desk) -> None:
    with pytest.raises(UsageError):
        mark_elsewhere(case, step_of(case, "gather"), " ", TODAY, desk)


# Names of parts, owners and dates


@pytest.mark.parametrize(
    ("name", "address"),
    [("gather", "gather"), ("1", "gather"), ("2", "plan"), ("gather.team", "gather.team"),
     ("goals", "plan.goals")],
)  # fmt: skip
def test_a_part_is_named_by_id_number_or_address(case: Case, name: str, address: str) -> None:
    part: Any = part_of(case, name)

    assert getattr(part, "address", part.id) == address


@pytest.mark.parametrize("name", ["", "none", "3", "plan.team", "gather.team.members", "."])
def test_a_part_that_is_not_there_is_refused(case: Case, name: str) -> None:
    with pytest.raises(UnknownAddress):
        part_of(case, name)


@pytest.mark.parametrize("name", ["er.team", ".team", "ather.team"])
def test_half_a_name_is_no_name(case: Case, name: str) -> None:
    with pytest.raises(UnknownAddress):
        part_of(case, name)


def test_an_owner_on_the_roster_is_kept_as_the_row_and_follows_its_name(case: Case) -> None:
    complete(case)
    part = part_of(case, "gather.team")

    assign(case, part, owner="ana", target=date(2025, 12, 1))
    row = next(iter(case.session.raw("gather.team.members")))
    set_text(case, f"gather.team.members.{row}.name", "Ana Ruiz", chance())

    assert case.session.at("activity", "gather", "team", "owner") == row
    assert owner_name(case, part) == "Ana Ruiz"
    assign(case, part, owner="Somebody else")
    assert owner_name(case, part) == "Somebody else"
    assign(case, part, owner="")
    assert owner_name(case, part) == ""


def test_a_date_the_state_set_is_the_steps_due_date(case: Case) -> None:
    assign(case, step_of(case, "gather"), due=date(2026, 1, 30))

    assert case.progress.steps["gather"].due == date(2026, 1, 30)
