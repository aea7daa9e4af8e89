"""Done elsewhere, and begun in the middle: what it satisfies, and what is still asked for."""

from __future__ import annotations

from typing import Any

import pytest

from cim_tui.core.words import STEP_STATE
from tests.core.builders import (
    NEEDED,
    PUBLISHED,
    CaseBuilder,
    case,
    workflow,
)


def several() -> CaseBuilder:
    return case(
        workflow(
            {
                "gather.first": {"fields": {"name": NEEDED}},
                "gather.second": {"fields": {"date": {**NEEDED, "type": "date"}}},
            }
        )
    )


def test_an_activity_done_elsewhere_asks_nothing_and_counts() -> None:
    at = several().elsewhere("gather.second").answer("name", "Rosa")

    assert at.check("gather.second").state == "elsewhere"
    assert (at.state(), str(at.step().activities)) == ("ready", "2 of 2")


def test_a_step_whose_activities_were_all_done_elsewhere_is_ready() -> None:
    at = several().elsewhere("gather.first").elsewhere("gather.second")

    assert at.state() == "ready"


def test_a_step_with_an_activity_done_elsewhere_is_begun() -> None:
    assert several().elsewhere("gather.first").state() == "in-progress"


def test_a_step_done_elsewhere_asks_only_for_the_rows_later_steps_refer_to() -> None:
    made = workflow(
        {
            "gather.first": {
                "fields": {
                    "name": NEEDED,
                    "areas": {"columns": {"title": {}, "why": NEEDED}, "source": PUBLISHED},
                }
            },
            "plan.second": {
                "fields": {
                    "goals": {"columns": {"area": {"type": "reference", "to": "first.areas"}}}
                }
            },
        }
    )
    at = case(made).elsewhere("gather")

    assert at.places() == ["gather.first.areas", "plan.second"]
    assert not at.step().closed
    named = at.row("areas", "aaaaaa", title="Reading")
    assert named.step().problems == []
    assert named.step().closed


def test_what_only_a_step_done_elsewhere_refers_to_is_not_asked_for() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"areas": {"columns": {"title": {}}}}},
            "plan.second": {"fields": {"area": {"type": "reference", "to": "first.areas"}}},
        }
    )

    assert case(made).elsewhere("gather").elsewhere("plan").problems() == []


def with_letter() -> CaseBuilder:
    return case(
        workflow(
            {
                "gather.letter": {"fields": {"received": NEEDED}, "always": True},
                "gather.second": {"fields": {"name": NEEDED}},
                "plan.third": {"fields": {"goal": NEEDED}},
            }
        )
    )


def test_an_activity_for_always_is_asked_even_where_its_step_was_done_elsewhere() -> None:
    at = with_letter().elsewhere("gather")

    assert (at.state(), at.places()[0]) == ("elsewhere", "gather.letter.received")
    assert not at.step().closed
    assert at.answer("received", "x").step().closed


def test_an_activity_for_always_can_itself_be_done_elsewhere() -> None:
    at = with_letter().elsewhere("gather").elsewhere("gather.letter")

    assert at.step().closed


def test_a_case_that_starts_in_the_middle_asks_for_the_letter_and_its_own_step() -> None:
    at = with_letter().elsewhere("gather").fact("start-at", "plan")

    assert at.state("plan") == "not-started"
    assert at.places() == ["gather.letter.received", "plan.third.goal"]


@pytest.mark.parametrize("junk", [5, "gather", ["gather"], {"gather": {"first": {}}}])
def test_junk_about_elsewhere_breaks_nothing(junk: Any) -> None:
    at = several()

    assert at.now(at.session.with_entry(("elsewhere",), junk)).state() in STEP_STATE
