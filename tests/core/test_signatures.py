"""Signatures cover what stands in force, by role; submissions remember what was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cim_tui.core.content import content_hash
from tests.core.builders import (
    GOOD,
    NEEDED,
    PRACTICE,
    PUBLISHED,
    CaseBuilder,
    case,
    one,
    workflow,
)

BOTH = [
    {"role": "director", "title": "the director", "source": PUBLISHED},
    {"role": "parent", "title": "a parent", "source": PRACTICE},
]
FIELDS: dict[str, Any] = {
    "gate": {"type": "yes-no"},
    "name": GOOD,
    "more": {"applies-when": {"field": "gate", "is": True}},
    "cost": {"type": "money"},
    "double": {"type": "calculated", "calculate": {"sum": ["cost", "cost"]}},
    "team": {
        "columns": {
            "who": {},
            "lead": {"type": "yes-no"},
            "of": {"applies-when": {"column": "lead", "is": True}},
        }
    },
}


def gathered(**activity: Any) -> CaseBuilder:
    """Everything in force, one answer parked in the form and one in a row."""
    made = workflow(
        {"gather.first": {"fields": FIELDS, **activity}, "plan.second": {"fields": {"goal": {}}}},
        steps={"gather": {"signatures": BOTH}},
    )
    at = case(made).answer("gate", False).answer("name", "Rosa").answer("more", "parked")
    at = at.answer("cost", Decimal("1.50")).row(
        "team", "aaaaaa", who="Ana", lead=False, of="parked"
    )
    return at.row("team", "aaaaab", who="Ben", lead=True, of="it")


def signed() -> CaseBuilder:
    return gathered().done().sign("gather", "director").sign("gather", "parent")


def current(at: CaseBuilder) -> dict[str, bool]:
    return {line.role: line.current for line in at.step().signatures}


# By role


def test_each_role_signs_for_itself() -> None:
    at = gathered().done().sign("gather", "director")

    assert current(at) == {"director": True, "parent": False}
    assert at.state() == "done"


def test_every_required_role_makes_it_signed() -> None:
    assert signed().state() == "signed"


def test_a_signature_of_a_role_nobody_asked_for_changes_nothing() -> None:
    assert current(gathered().sign("gather", "mayor")) == {"director": False, "parent": False}


def test_a_line_shows_who_signed_last_and_keeps_the_name_when_it_is_stale() -> None:
    at = gathered().sign("gather", "director", "Ana").sign("gather", "director", "Ben")
    stale = at.answer("name", "Sam")

    assert [line.name for line in at.step().signatures] == ["Ben", ""]
    assert [(line.name, line.current) for line in stale.step().signatures] == [
        ("Ben", False),
        ("", False),
    ]


def test_a_role_that_signs_only_sometimes_is_asked_only_then() -> None:
    sometimes = {**BOTH[1], "applies-when": {"field": "first.gate", "is": True}}
    made = workflow(
        {"gather.first": {"fields": FIELDS}}, steps={"gather": {"signatures": [sometimes]}}
    )

    assert case(made).answer("gate", False).step().signatures == ()
    assert len(case(made).answer("gate", True).step().signatures) == 1
    assert len(case(made).step().signatures) == 1


# What makes a signature stale

CHANGES = {
    "an answer": lambda at: at.answer("name", "Sam"),
    "an answer cleared": lambda at: at.clear("cost"),
    "an absence": lambda at: at.absent("name", "unknown"),
    "a cell": lambda at: at.answer("team.aaaaaa.who", "Sam"),
    "a cell cleared": lambda at: at.clear("team.aaaaab.of"),
    "a cell missing on purpose": lambda at: at.absent("team.aaaaab.of", "unknown"),
    "a new row": lambda at: at.row("team", "aaaaac", who="Cy"),
    "a row gone": lambda at: at.now(at.session.without_row("gather.first.team", "aaaaab")),
    "a parked answer come back": lambda at: at.answer("gate", True),
    "a parked cell come back": lambda at: at.answer("team.aaaaaa.lead", True),
    "a cent": lambda at: at.answer("cost", Decimal("1.51")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_is_in_force_makes_every_signature_stale(change: Any) -> None:
    after = change(signed())

    assert current(after) == {"director": False, "parent": False}
    assert after.state() == "changed-since-sign-off"


HARMLESS = {
    "a parked answer": lambda at: at.answer("more", "other words"),
    "a parked cell": lambda at: at.answer("team.aaaaaa.of", "other words"),
    "a calculated answer's setting": lambda at: at.entry("settings", "x", value={"value": 3}),
    "an acceptance": lambda at: at.waive("name", "required"),
    "another signature": lambda at: at.sign("gather", "director", "Ben"),
    "a submission": lambda at: at.submit(),
    "a row moved": lambda at: at.now(at.session.with_row_moved("gather.first.team", "aaaaab", -1)),
    "another step": lambda at: at.answer("plan.second.goal", "Read"),
    "an owner": lambda at: at.entry("activity", "gather", "first", value={"owner": "Ana"}),
    "what a newer version wrote": lambda at: at.entry("weather", value="fine"),
    "a question of another edition": lambda at: at.answer("no-such", "x"),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_nothing_else_makes_a_signature_stale(change: Any) -> None:
    assert change(signed()).state() == "signed"


def test_a_calculated_answer_is_no_part_of_what_is_signed() -> None:
    plain = {k: v for k, v in FIELDS.items() if k != "double"}
    with_it = one(FIELDS).answer("cost", 2)
    without = one(plain).answer("cost", 2)

    assert content_hash(with_it.situation, with_it.part("gather")) == content_hash(
        without.situation, without.part("gather")
    )


def test_what_changed_since_is_signed_again_only_by_signing() -> None:
    changed = signed().answer("name", "Sam")

    assert changed.done().state() == "changed-since-sign-off"
    again = changed.sign("gather", "director").sign("gather", "parent")
    assert again.state() == "signed"


def test_one_of_two_signing_again_is_not_enough() -> None:
    assert signed().answer("name", "Sam").sign("gather", "director").state() == (
        "changed-since-sign-off"
    )


def test_what_is_changed_back_is_what_was_signed() -> None:
    assert signed().answer("name", "Sam").answer("name", "Rosa").state() == "signed"


def test_another_edition_is_another_content() -> None:
    made: dict[str, Any] = {"gather.first": {"fields": {"name": {}}}}
    first = case(workflow(made)).answer("name", "Rosa")
    second = case(workflow(made, edition="2")).answer("name", "Rosa")

    assert content_hash(first.situation, first.part("gather")) != content_hash(
        second.situation, second.part("gather")
    )


@pytest.mark.parametrize(
    ("one_way", "other"),
    [(1, "1"), (True, "true"), (["a", "b"], "a,b"), (Decimal("1.5"), Decimal("1.50"))],
)
def test_answers_that_read_alike_and_are_not_the_same_are_told_apart(
    one_way: Any, other: Any
) -> None:
    def content(raw: Any) -> str:
        at = one({"x": {}}).answer("x", raw)
        return content_hash(at.situation, at.part("gather"))

    assert content(one_way) != content(other)


# Signatures of an activity


def activity_signed_by(source: dict[str, Any], required: bool = True) -> CaseBuilder:
    line = {"role": "director", "title": "the director", "source": source, "required": required}
    return one({"name": NEEDED}, signatures=[line]).answer("name", "Rosa")


def test_a_published_signature_of_an_activity_is_needed_for_done() -> None:
    at = activity_signed_by(PUBLISHED)

    assert (at.state(), at.messages()) == ("in-progress", ["Have the director sign"])
    assert at.sign("gather.first", "director").state() == "ready"


def test_a_signature_from_practice_is_good_practice_and_an_optional_one_is_nothing() -> None:
    assert [p.severity for p in activity_signed_by(PRACTICE).problems()] == ["warning"]
    assert activity_signed_by(PUBLISHED, required=False).problems() == []


def test_a_changed_activity_asks_for_its_signature_again_and_says_why() -> None:
    at = activity_signed_by(PUBLISHED).sign("gather.first", "director").answer("name", "Ana")

    assert at.messages() == ["Have the director sign again: it changed since it was signed"]


def test_a_done_step_is_reopened_when_its_activitys_signature_gets_stale() -> None:
    at = activity_signed_by(PUBLISHED).sign("gather.first", "director").done()

    assert at.state() == "done"
    assert at.answer("name", "Ana").state() == "reopened"


# Submissions


def test_a_submission_remembers_what_was_sent() -> None:
    at = gathered().submit()

    assert not at.step().changed_since_submission
    assert at.answer("name", "Sam").step().changed_since_submission
    assert not at.answer("more", "parked words").step().changed_since_submission


def test_the_last_submission_counts() -> None:
    at = gathered().submit().answer("name", "Sam").submit()

    assert not at.step().changed_since_submission


def test_what_the_state_answered_stands_until_the_next_submission() -> None:
    returned = gathered().submit().cde_says("returned")

    assert (returned.step().cde or {})["cde"] == "returned"
    assert returned.submit().step().cde is None
    assert (returned.submit().cde_says("accepted").step().cde or {})["cde"] == "accepted"


def test_a_submission_of_one_step_says_nothing_about_another() -> None:
    at = gathered().submit()

    assert at.step("plan").submitted is None


def test_submitting_marks_nothing_done() -> None:
    assert gathered().submit().state() == "ready"


@pytest.mark.parametrize("junk", [5, "text", {"a": 5}, {"a": {"scope": "gather"}}])
def test_junk_among_sign_offs_and_submissions_breaks_nothing(junk: Any) -> None:
    at = gathered()
    for table in ("signoffs", "submissions"):
        at = at.now(at.session.with_entry((table,), junk))

    assert at.state() == "ready"
