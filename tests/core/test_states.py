"""The ten states of a step, each reached as people reach it; and which goes before which."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cim_tui.core.words import ACTIVITY_STATE, STEP_STATE
from tests.core.builders import (
    GOOD,
    NEEDED,
    PRACTICE,
    PUBLISHED,
    TODAY,
    CaseBuilder,
    calendar,
    case,
    workflow,
)

SIGNS = [
    {"role": "director", "title": "the director", "source": PUBLISHED},
    {"role": "selpa", "title": "the SELPA", "required": False, "source": PRACTICE},
]
TIER = {"type": "choice", "choices": {"big": "Big", "small": "Small"}}


def two_steps(**gather: Any) -> CaseBuilder:
    """Gather: a needed answer and a good one. Plan, after it: one needed answer."""
    return case(
        workflow(
            {
                "gather.first": {"fields": {"tier": TIER, "name": NEEDED, "note": GOOD}},
                "plan.second": {"fields": {"goal": NEEDED}},
            },
            steps={"gather": gather},
        )
    )


def signed_steps() -> CaseBuilder:
    return two_steps(signatures=SIGNS)


def done_and_signed() -> CaseBuilder:
    return signed_steps().answer("name", "Rosa").done().sign("gather", "director")


# Each state


def test_an_untouched_first_step_is_not_started() -> None:
    assert two_steps().state("gather") == "not-started"


def test_an_untouched_step_after_one_that_is_not_done_cannot_start_yet() -> None:
    assert two_steps().state("plan") == "cannot-start-yet"


def test_an_untouched_step_after_one_that_is_done_is_not_started() -> None:
    assert two_steps().answer("name", "Rosa").done().state("plan") == "not-started"


def test_a_step_with_something_entered_and_something_needed_is_in_progress() -> None:
    assert two_steps().answer("note", "x").state("gather") == "in-progress"


def test_a_step_that_waits_can_be_worked_on_all_the_same() -> None:
    assert two_steps().answer("plan.second.goal", "Read").state("plan") == "ready"


def test_a_step_with_nothing_needed_open_is_ready_even_with_good_practice_open() -> None:
    step = two_steps().answer("name", "Rosa").step()

    assert (step.state, step.count("error"), step.count("warning")) == ("ready", 0, 1)


def test_a_step_that_was_marked_done_is_done() -> None:
    assert two_steps().answer("name", "Rosa").done().state() == "done"


def test_a_done_step_with_every_required_signature_is_signed() -> None:
    assert done_and_signed().state() == "signed"


def test_a_done_step_that_only_optional_roles_signed_is_done() -> None:
    at = signed_steps().answer("name", "Rosa").done().sign("gather", "selpa")

    assert at.state() == "done"


def test_a_done_step_without_any_role_that_must_sign_is_done() -> None:
    at = two_steps(signatures=SIGNS[1:]).answer("name", "Rosa").done().sign("gather", "selpa")

    assert at.state() == "done"


def test_a_step_that_a_person_reopened_is_reopened() -> None:
    assert two_steps().answer("name", "Rosa").done().reopen().state() == "reopened"


def test_a_reopened_step_that_is_marked_done_again_is_done() -> None:
    assert two_steps().answer("name", "Rosa").done().reopen().done().state() == "done"


def test_a_done_step_whose_needed_answer_is_cleared_is_reopened() -> None:
    done = two_steps().answer("name", "Rosa").done()

    assert done.clear("name").state() == "reopened"
    assert done.clear("name").answer("name", "Ana").state() == "done"


def test_a_done_step_that_lost_only_good_practice_stays_done() -> None:
    done = two_steps().answer("name", "Rosa").answer("note", "x").done()

    assert done.clear("note").state() == "done"


def test_a_signed_step_that_changes_says_so() -> None:
    assert done_and_signed().answer("note", "new").state() == "changed-since-sign-off"


def test_a_signature_before_done_does_not_hide_what_is_open() -> None:
    assert signed_steps().answer("note", "x").sign("gather", "director").state() == "in-progress"


def test_a_step_done_elsewhere_says_so() -> None:
    assert two_steps().elsewhere("gather").state() == "elsewhere"


def test_a_step_none_of_whose_activities_is_asked_is_not_required() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"tier": TIER}},
            "plan.second": {
                "fields": {"goal": NEEDED},
                "use": {"applies-when": {"field": "first.tier", "is": "big"}},
            },
            "implement.third": {"fields": {"x": NEEDED}, "use": {"required": False}},
        }
    )
    at = case(made).answer("tier", "small")

    assert at.state("plan") == "not-required"
    assert at.state("implement") == "not-required"
    assert case(made).answer("tier", "big").state("plan") == "cannot-start-yet"


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        ({"required": False}, "not-required"),
        ({"required-when": {"fact": "year", "at-least": 2026}}, "not-required"),
        ({"required-when": {"fact": "year", "at-least": 2025}}, "cannot-start-yet"),
        ({"required-when": {"field": "first.tier", "is": "big"}}, "cannot-start-yet"),
    ],
)
def test_a_step_is_required_always_never_or_when_its_condition_is_not_false(
    use: dict[str, Any], wanted: str
) -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"tier": TIER, "name": NEEDED}},
            "plan.second": {"fields": {"goal": NEEDED}},
        },
        steps={"plan": use},
    )

    assert case(made).state("plan") == wanted


def test_a_step_that_is_not_required_can_be_worked_on_and_blocks_nothing() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"name": NEEDED}},
            "plan.second": {"fields": {"goal": NEEDED}},
        },
        steps={"plan": {"required": False}},
    )
    at = case(made).answer("name", "Rosa").done().answer("plan.second.goal", "")

    assert at.progress.complete
    assert at.progress.count("error") == 0


@pytest.mark.parametrize(
    ("depends", "wanted"),
    [([], "not-started"), (["gather"], "cannot-start-yet"), (["no-such-step"], "not-started")],
)
def test_a_step_waits_for_the_steps_it_says_it_depends_on(depends: list[str], wanted: str) -> None:
    made = workflow(
        {"gather.first": {"fields": {"name": NEEDED}}, "plan.second": {"fields": {"goal": NEEDED}}},
        steps={"plan": {"depends-on": depends}},
    )

    assert case(made).state("plan") == wanted


def test_a_step_waits_for_no_step_that_is_not_required_or_was_done_elsewhere() -> None:
    optional = two_steps(required=False)

    assert optional.state("plan") == "not-started"
    assert two_steps().elsewhere("gather").state("plan") == "not-started"


# Which goes before which

BEFORE: list[tuple[str, CaseBuilder]] = [
    ("elsewhere", done_and_signed().answer("note", "new").reopen().elsewhere("gather")),
    ("changed-since-sign-off", done_and_signed().answer("note", "new").reopen()),
    ("changed-since-sign-off", done_and_signed().clear("name")),
    ("changed-since-sign-off", signed_steps().answer("note", "x").sign("gather", "selpa")
     .answer("note", "y")),
    ("reopened", done_and_signed().reopen()),
    ("signed", done_and_signed()),
    ("done", signed_steps().answer("name", "Rosa").done()),
    ("ready", signed_steps().answer("name", "Rosa")),
    ("in-progress", signed_steps().answer("note", "x")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "at"), BEFORE, ids=[f"{n}-{s}" for n, (s, _) in enumerate(BEFORE)]
)
def test_the_first_state_that_fits_is_the_one(wanted: str, at: CaseBuilder) -> None:
    assert at.state() == wanted


def test_not_required_goes_before_elsewhere_and_sign_offs() -> None:
    made = workflow(
        {"gather.first": {"fields": {"name": NEEDED}}},
        steps={"gather": {"required": False, "signatures": SIGNS}},
    )
    at = case(made).answer("name", "Rosa").done().sign("gather", "director").answer("name", "Ana")

    assert at.elsewhere("gather").state() == "not-required"


def test_every_state_has_its_words() -> None:
    assert {state for state, _ in BEFORE} <= set(STEP_STATE)
    assert {two_steps().check(a).state for a in ("gather.first", "plan.second")} <= set(
        ACTIVITY_STATE
    )


# Optional activities


def test_an_optional_activity_never_blocks_and_untouched_says_nothing() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"name": NEEDED}},
            "gather.second": {"fields": {"x": NEEDED, "y": {}}, "use": {"required": False}},
        }
    )
    at = case(made).answer("name", "Rosa")

    assert (at.problems(), str(at.step().activities)) == ([], "1 of 1")
    begun = at.answer("second.y", "x")
    assert [p.severity for p in begun.problems()] == ["warning"]
    assert (begun.state(), begun.check("gather.second").state) == ("ready", "in-progress")


# Complete, due, late


def test_a_case_is_complete_when_every_required_step_is_done_and_signed_where_it_must_be() -> None:
    at = (
        signed_steps().answer("name", "Rosa").done().answer("plan.second.goal", "Read").done("plan")
    )

    assert not at.progress.complete
    assert at.sign("gather", "director").progress.complete


def test_a_step_is_late_when_due_and_neither_submitted_nor_done() -> None:
    at = two_steps().entry("step", "gather", value={"due": date(2025, 11, 2)})

    assert at.step().late
    assert not at.on(date(2025, 11, 2)).step().late
    assert not at.submit().step().late
    assert not at.answer("name", "Rosa").done().step().late


def test_a_due_date_of_the_case_goes_before_the_published_one() -> None:
    published = {
        "workflow": "trial",
        "step": "gather",
        "on": date(2026, 1, 30),
        "source": PUBLISHED,
    }
    at = two_steps()
    at = CaseBuilder(at.workflow, at.session, TODAY, calendar(due=[published]))

    assert (at.step().due, at.step().due_source) == (date(2026, 1, 30), "https://example.org/rule")
    own = at.entry("step", "gather", value={"due": date(2026, 2, 1)}).step()
    assert (own.due, own.due_source) == (date(2026, 2, 1), "entered in this case")


def test_a_published_date_is_for_the_levels_it_names() -> None:
    due = {
        "workflow": "trial",
        "step": "gather",
        "levels": ["one"],
        "on": TODAY,
        "source": PUBLISHED,
    }
    at = two_steps()
    at = CaseBuilder(at.workflow, at.session, TODAY, calendar(due=[due]))

    assert at.step().due is None
    assert at.fact("level", "one").step().due == TODAY


def test_a_step_without_a_due_date_is_undated_until_it_is_closed() -> None:
    at = two_steps()

    assert at.progress.undated == ["gather", "plan"]
    assert at.answer("name", "Rosa").done().progress.undated == ["plan"]


def test_a_due_date_with_a_time_of_day_breaks_nothing() -> None:
    due = {"due": datetime(2025, 1, 1, 12, tzinfo=UTC)}

    assert two_steps().entry("step", "gather", value=due).state() == "not-started"
