"""Conditions: true, false, or unknown because something is unanswered; and their sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from cim_tui.core.language import Condition
from cim_tui.core.spot import Spot
from cim_tui.core.truth import Tri
from tests.core.builders import CaseBuilder, case, one, workflow

LEVELS = {"targeted": {"title": "Targeted 2"}, "intensive-2": {"title": "Intensive 2"}}
CHOICES = {"go": "Go on", "stop": "Stop here", "wait": "Wait"}
FIELDS: dict[str, Any] = {
    "gate": {"type": "yes-no", "label": "Gate"},
    "text": {},
    "number": {"type": "number"},
    "date": {"type": "date"},
    "choice": {"type": "choice", "choices": CHOICES, "label": "Tier"},
    "choices": {"type": "choices", "choices": CHOICES},
    "yes": {"type": "yes-no"},
    "table": {"columns": {"role": {"type": "choice", "choices": CHOICES, "label": "Role"}}},
    "people": {"type": "people", "label": "Readers"},
}
HIDDEN = {key: {**spec, "applies-when": {"field": "gate", "is": True}}
          for key, spec in FIELDS.items() if key != "gate"}  # fmt: skip


def decide(at: CaseBuilder, condition: dict[str, Any], row: str = "") -> Tri:
    activity = next(at.workflow.each_activity())
    table = activity.fields.get("table")
    spot = Spot(activity)
    if row and table is not None:
        spot = Spot(activity, table, at.situation.rows(table)[row])
    return at.situation.decide(Condition.checked(condition), spot)


# all, any and not

TRUE, FALSE, UNKNOWN = (
    {"field": "gate", "is": True},
    {"field": "gate", "is": False},
    {"field": "text", "is": "x"},
)
LEAVES = {True: TRUE, False: FALSE, None: UNKNOWN}
PAIRS = list(product(LEAVES, LEAVES))


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_all_is_false_when_one_is_false_and_true_only_when_both_are(
    first: bool | None, second: bool | None
) -> None:
    found = decide(one(FIELDS).answer("gate", True), {"all": [LEAVES[first], LEAVES[second]]})

    both = {first, second}
    assert found.truth is (False if False in both else None if None in both else True)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_any_is_true_when_one_is_true_and_false_only_when_both_are(
    first: bool | None, second: bool | None
) -> None:
    found = decide(one(FIELDS).answer("gate", True), {"any": [LEAVES[first], LEAVES[second]]})

    both = {first, second}
    assert found.truth is (True if True in both else None if None in both else False)


@pytest.mark.parametrize(("inner", "outer"), [(True, False), (False, True), (None, None)])
def test_not_turns_true_and_false_round_and_leaves_unknown_unknown(
    inner: bool | None, outer: bool | None
) -> None:
    assert decide(one(FIELDS).answer("gate", True), {"not": LEAVES[inner]}).truth is outer


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_all_and_any_are_each_others_mirror_under_not(
    first: bool | None, second: bool | None
) -> None:
    at, parts = one(FIELDS).answer("gate", True), [LEAVES[first], LEAVES[second]]

    mirrored = {"not": {"any": [{"not": part} for part in parts]}}

    assert decide(at, {"all": parts}).truth is decide(at, mirrored).truth


# Each test on a value that fits, one that does not, and on no value

DAY = date(2025, 10, 1)
TESTS: list[tuple[str, dict[str, Any], Any, Any]] = [
    # field, test, an answer it holds for, an answer it does not hold for
    ("text", {"is": "x"}, "x", "y"),
    ("text", {"is-not": "x"}, "y", "x"),
    ("text", {"in": ["x", "z"]}, "z", "y"),
    ("text", {"contains": "ell"}, "hello", "hallo"),
    ("number", {"is": 2}, Decimal("2.0"), 3),
    ("number", {"is-not": 2}, 3, 2),
    ("number", {"in": [1, 2]}, 2, 3),
    ("number", {"at-least": 2}, 2, Decimal("1.99")),
    ("choice", {"is": "go"}, "go", "stop"),
    ("choice", {"is-not": "go"}, "stop", "go"),
    ("choice", {"in": ["go", "wait"]}, "wait", "stop"),
    ("yes", {"is": True}, True, False),
    ("yes", {"is": False}, False, True),
    ("yes", {"is-not": True}, False, True),
    ("date", {"is": DAY}, DAY, date(2025, 10, 2)),
    ("date", {"before": DAY}, date(2025, 9, 30), DAY),
    ("date", {"after": DAY}, date(2025, 10, 2), DAY),
    ("choices", {"contains": "go"}, ["stop", "go"], ["stop"]),
    ("choices", {"is": "go"}, ["go", "stop"], ["stop"]),
    ("choices", {"in": ["go", "wait"]}, ["wait"], ["stop"]),
    ("choices", {"is-not": "go"}, ["stop"], ["go", "stop"]),
    ("choices", {"at-least": 2}, ["go", "stop"], ["go"]),
    ("table", {"at-least": 2}, {"aaaaaa": {}, "aaaaab": {}}, {"aaaaaa": {}}),
    ("people", {"at-least": 2}, {"aaaaaa": {}, "aaaaab": {}}, {"aaaaaa": {}}),
]
NAMED = [f"{field} {next(iter(test))}" for field, test, _, _ in TESTS]
WITH_MISFITS = [row for row in TESTS if row[0] not in ("table", "people")]
each_test = pytest.mark.parametrize(("field", "test", "fits", "fails"), TESTS, ids=NAMED)


@each_test
def test_a_test_holds_for_an_answer_that_meets_it(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    assert decide(one(FIELDS).answer(field, fits), {"field": field, **test}).truth is True


@each_test
def test_a_test_is_false_for_an_answer_that_does_not_meet_it(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    assert decide(one(FIELDS).answer(field, fails), {"field": field, **test}).truth is False


@each_test
def test_a_test_on_something_unanswered_is_unknown_and_says_what_is_unanswered(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    found = decide(one(FIELDS), {"field": field, **test})

    assert found.truth is None
    assert [leaf.address for leaf in found.leaves] == [f"gather.first.{field}"]
    assert "is not answered" in found.sentence


@each_test
def test_a_test_on_something_missing_on_purpose_is_false(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    assert decide(one(FIELDS).absent(field, "no-data"), {"field": field, **test}).truth is False


@each_test
def test_a_test_on_something_hidden_is_false_whatever_is_kept_there(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    hidden = one({"gate": FIELDS["gate"], **HIDDEN}).answer("gate", False)

    assert decide(hidden.answer(field, fits), {"field": field, **test}).truth is False


@pytest.mark.parametrize(("field", "test", "fits", "fails"), WITH_MISFITS)
def test_a_test_on_something_unreadable_is_unknown(
    field: str, test: dict[str, Any], fits: Any, fails: Any
) -> None:
    junk = one(FIELDS).answer(field, {"not": "this"})

    assert decide(junk, {"field": field, **test}).truth is None


@pytest.mark.parametrize("kind", list(FIELDS))
def test_answered_is_true_for_answers_absences_and_unreadable_values(kind: str) -> None:
    value = {"aaaaaa": {"name": "x"}} if kind in ("table", "people") else {"junk": 1}
    yes = {"field": kind, "answered": True}

    assert decide(one(FIELDS).answer(kind, value), yes).truth is True
    assert decide(one(FIELDS).absent(kind, "unknown"), yes).truth is True
    assert decide(one(FIELDS), yes).truth is False


@pytest.mark.parametrize("kind", list(HIDDEN))
def test_not_answered_is_true_for_nothing_and_for_what_is_hidden(kind: str) -> None:
    no = {"field": kind, "answered": False}
    hidden = one({"gate": FIELDS["gate"], **HIDDEN}).answer("gate", False)

    assert decide(one(FIELDS), no).truth is True
    assert decide(hidden, no).truth is True
    assert decide(hidden.answer(kind, "kept"), no).truth is True


def test_yes_is_not_the_number_one() -> None:
    assert decide(one(FIELDS).answer("number", 1), {"field": "number", "is": True}).truth is False
    assert decide(one(FIELDS).answer("yes", True), {"field": "yes", "is": 1}).truth is False


def test_every_test_of_one_condition_has_to_hold() -> None:
    between = {"field": "date", "after": date(2025, 1, 1), "before": date(2025, 12, 31)}

    assert decide(one(FIELDS).answer("date", DAY), between).truth is True
    assert decide(one(FIELDS).answer("date", date(2026, 1, 1)), between).truth is False
    assert decide(one(FIELDS).answer("date", date(2024, 1, 1)), between).truth is False


def test_an_answer_compared_with_another_that_is_missing_is_unknown() -> None:
    condition = {"field": "number", "at-least": {"field": "other"}}
    at = one({**FIELDS, "other": {"type": "number"}}).answer("number", 5)

    assert decide(at, condition).truth is None
    assert decide(at.answer("other", 4), condition).truth is True


def test_what_is_hidden_only_perhaps_decides_nothing() -> None:
    at = one({"gate": FIELDS["gate"], **HIDDEN}).answer("text", "x")

    found = decide(at, {"field": "text", "is": "x"})

    assert found.truth is None
    assert found.leaves[0].address == "gather.first.gate"


def test_a_question_this_process_does_not_have_makes_a_test_false() -> None:
    assert decide(one(FIELDS), {"field": "elsewhere.tier", "is": "x"}).truth is False


# Columns of a table, from outside and from the row itself


def test_a_row_tests_its_own_columns() -> None:
    at = one(FIELDS).row("table", "aaaaaa", role="go").row("table", "aaaaab", role="stop")
    condition = {"column": "role", "is": "go"}

    assert decide(at, condition, "aaaaaa").truth is True
    assert decide(at, condition, "aaaaab").truth is False


def test_an_empty_cell_of_the_row_is_unknown_and_named_by_its_address() -> None:
    found = decide(one(FIELDS).row("table", "aaaaaa"), {"column": "role", "is": "go"}, "aaaaaa")

    assert found.truth is None
    assert found.leaves[0].address == "gather.first.table.aaaaaa.role"


def test_a_column_seen_from_outside_holds_when_some_row_meets_it() -> None:
    at = one(FIELDS).row("table", "aaaaaa", role="go").row("table", "aaaaab", role="stop")

    assert decide(at, {"field": "table.role", "is": "stop"}).truth is True
    assert decide(at, {"field": "table.role", "is": "wait"}).truth is False
    assert decide(one(FIELDS), {"field": "table.role", "is": "wait"}).truth is None


def test_a_cell_missing_on_purpose_is_false_and_answered() -> None:
    at = one(FIELDS).row("table", "aaaaaa").absent("table.aaaaaa.role", "unknown")

    assert decide(at, {"column": "role", "is": "go"}, "aaaaaa").truth is False
    assert decide(at, {"column": "role", "answered": True}, "aaaaaa").truth is True


def test_a_column_test_without_a_row_is_false() -> None:
    assert decide(one(FIELDS), {"column": "role", "is": "go"}).truth is False


def test_a_missing_cell_is_spoken_of_in_words() -> None:
    at = one(FIELDS).row("table", "aaaaaa").absent("table.aaaaaa.role", "unknown")

    assert "Absence(" not in decide(at, {"field": "table.role", "is": "go"}).sentence


def test_contains_looks_into_the_choices_of_every_row() -> None:
    fields = {"t": {"columns": {"c": {"type": "choices", "choices": CHOICES}}}}
    at = one(fields).row("t", "aaaaaa", c=["go", "stop"])

    assert decide(at, {"field": "t.c", "contains": "go"}).truth is True


# Facts


def with_levels(**spec: Any) -> CaseBuilder:
    return case(workflow({"gather.first": {"fields": FIELDS}}, levels=LEVELS, **spec))


def test_a_fact_is_tested_like_an_answer() -> None:
    at = with_levels().fact("level", "intensive-2")

    assert decide(at, {"fact": "level", "is": "intensive-2"}).truth is True
    assert decide(at, {"fact": "year", "at-least": 2025}).truth is True
    assert decide(at, {"fact": "year", "at-least": 2026}).truth is False
    assert decide(at, {"fact": "workflow", "is": "trial"}).truth is True


def test_a_level_that_has_to_be_known_is_unknown_until_it_is() -> None:
    found = decide(with_levels(**{"level-required": True}), {"fact": "level", "is": "targeted"})

    assert found.truth is None
    assert found.leaves[0].address == "case.level"
    assert found.sentence == "the level is not known"


def test_a_level_that_need_not_be_known_is_none_of_them() -> None:
    assert decide(with_levels(), {"fact": "level", "is": "targeted"}).truth is False


def test_a_year_that_is_missing_is_unknown() -> None:
    at = with_levels().fact("year", None)

    assert decide(at, {"fact": "year", "at-least": 2024}).truth is None


def test_a_fact_of_another_shape_is_not_that_fact() -> None:
    at = with_levels().fact("level", ["intensive-2"]).fact("year", "2025")

    assert decide(at, {"fact": "year", "is": 2025}).truth is False
    assert decide(at, {"fact": "year", "at-least": 2025}).truth is None


# Sentences


def test_the_sentence_names_the_answer_that_hides() -> None:
    fields = {"tier": FIELDS["choice"],
              "more": {"applies-when": {"field": "tier", "is": "go"}}}  # fmt: skip

    found = one(fields).answer("tier", "stop").shown("more")

    assert (found.truth, found.sentence) == (False, "“Tier” is Stop here")


def test_the_sentence_of_a_false_all_names_only_what_is_false() -> None:
    at = one(FIELDS).answer("gate", True).answer("choice", "stop").answer("text", "x")

    found = decide(
        at, {"all": [TRUE, {"field": "choice", "is": "go"}, {"field": "text", "is": "x"}]}
    )

    assert found.sentence == "“Tier” is Stop here"


def test_the_sentence_of_a_true_any_names_only_what_is_true() -> None:
    at = one(FIELDS).answer("gate", True).answer("choice", "stop")

    found = decide(at, {"any": [TRUE, {"field": "choice", "is": "go"}]})

    assert found.sentence == "“Gate” is Yes"


def test_the_sentence_of_a_level_uses_its_title() -> None:
    found = decide(with_levels().fact("level", "intensive-2"), {"fact": "level", "is": "targeted"})

    assert found.sentence == "the level is Intensive 2"


def test_a_sentence_says_the_same_thing_once() -> None:
    at = one(FIELDS).answer("gate", True)

    assert decide(at, {"all": [TRUE, TRUE]}).sentence == "“Gate” is Yes"


def test_a_question_hidden_by_a_hidden_one_says_which_does_not_apply() -> None:
    fields = {"a": {"type": "yes-no"},
              "b": {"applies-when": {"field": "a", "is": True}, "label": "Second"},
              "c": {"applies-when": {"field": "b", "is": "x"}}}  # fmt: skip

    assert one(fields).answer("a", False).shown("c").sentence == "“Second” does not apply"


def test_one_row_is_one_row() -> None:
    at = one(FIELDS).row("table", "aaaaaa", role="go")

    assert decide(at, {"field": "table", "at-least": 2}).sentence == "“Table” has 1 row"


# Circles


def test_questions_that_wait_for_each_other_stay_unknown_and_nothing_breaks() -> None:
    fields = {
        "a": {"applies-when": {"field": "b", "is": "x"}},
        "b": {"applies-when": {"field": "a", "is": "x"}},
    }

    at = one(fields).answer("a", "x").answer("b", "x")

    assert at.shown("a").truth is None
    assert at.shown("b").truth is None
    assert at.problems() == []
