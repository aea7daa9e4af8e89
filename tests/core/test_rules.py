"""Rules on one answer at a time: each kind holds, fails, and says what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.core.builders import PRACTICE, PUBLISHED, CaseBuilder, one

CHOICES = {"a": "A", "b": "B", "c": "C"}
TEXT: dict[str, Any] = {"type": "text"}
DATE: dict[str, Any] = {"type": "date"}


def ruled(fields: dict[str, Any], on: str, **rule: Any) -> CaseBuilder:
    """A case with one rule, called `it`."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in rule.items()}
    return one(fields, {"it": {"on": on, **named}})


def in_rows(fields: dict[str, Any]) -> dict[str, Any]:
    return {"t": {"columns": fields, "one": "member", "label": "Team"}}


# A rule on a field, and the same rule on a column, row by row

Case = tuple[dict[str, Any], dict[str, Any], Any, Any]
KINDS: dict[str, Case] = {
    # fields, rule on `x`, what holds, what fails
    "length at-least": ({"x": TEXT}, {"length": {"at-least": 3}}, "abc", "ab"),
    "length at-most": ({"x": {"type": "long-text"}}, {"length": {"at-most": 3}}, "abc", "abcd"),
    "length of a list": (
        {"x": {"type": "choices", "choices": CHOICES}}, {"length": {"at-most": 1}}, ["a"], ["a", "b"],
    ),
    "range at-least": ({"x": {"type": "integer"}}, {"range": {"at-least": 1}}, 1, 0),
    "range at-most": (
        {"x": {"type": "percent"}}, {"range": {"at-most": 100}}, Decimal(100), Decimal("100.01"),
    ),
    "pattern": ({"x": TEXT}, {"pattern": "[0-9]{7}"}, "1234567", "12345678"),
    "holds": ({"x": TEXT}, {"holds": {"field": "x", "is": "yes"}}, "yes", "no"),
    "required": ({"x": TEXT}, {"required": True}, "x", None),
    "any-of": ({"x": TEXT, "y": TEXT}, {"any-of": ["x", "y"]}, "x", None),
}  # fmt: skip
each_kind = pytest.mark.parametrize(("fields", "rule", "holds", "fails"), KINDS.values(), ids=KINDS)


@each_kind
def test_a_rule_that_holds_says_nothing(
    fields: dict[str, Any], rule: dict[str, Any], holds: Any, fails: Any
) -> None:
    assert ruled(fields, "x", **rule).answer("x", holds).places("it") == []


@each_kind
def test_a_rule_that_fails_is_one_problem_at_its_question(
    fields: dict[str, Any], rule: dict[str, Any], holds: Any, fails: Any
) -> None:
    at = ruled(fields, "x", **rule).answer("x", fails)

    assert at.places("it") == ["gather.first.x"]
    assert at.messages("it") == ["Mend it"]


IN_ROWS = {k: v for k, v in KINDS.items() if k not in ("holds", "any-of")}


@pytest.mark.parametrize(("fields", "rule", "holds", "fails"), IN_ROWS.values(), ids=IN_ROWS)
def test_a_rule_on_a_column_fails_only_in_the_rows_that_break_it(
    fields: dict[str, Any], rule: dict[str, Any], holds: Any, fails: Any
) -> None:
    at = ruled(in_rows(fields), "t.x", **rule).row("t", "aaaaaa", x=holds)
    at = at.row("t", "aaaaab", **({"x": fails} if fails is not None else {}))

    assert at.places("it") == ["gather.first.t.aaaaab.x"]


@pytest.mark.parametrize(
    "rule", [KINDS[k] for k in KINDS if k not in ("holds", "any-of", "required")]
)
@pytest.mark.parametrize("mark", ["nothing", "absence"])
def test_a_rule_on_a_value_has_nothing_to_say_where_there_is_none(mark: str, rule: Case) -> None:
    at = ruled(rule[0], "x", **rule[1])

    assert (at if mark == "nothing" else at.absent("x", "unknown")).places("it") == []


def test_a_value_that_cannot_be_read_is_a_problem_of_its_own() -> None:
    at = ruled({"x": {"type": "integer"}}, "x", range={"at-least": 1}).answer("x", "many")

    assert at.messages() == ["Enter a whole number; “many” cannot be read as one"]
    assert at.problems()[0].severity == "error"


# Messages


def test_a_message_names_the_row_what_was_found_and_what_was_wanted() -> None:
    columns = {"name": TEXT, "share": {"type": "percent"}}
    at = ruled(
        in_rows(columns), "t.share", range={"at-most": 100},
        message="{row}: {found} is more than {wanted}",
    ).row("t", "aaaaaa", name="Rosa", share=Decimal("100.5"))  # fmt: skip

    assert at.messages("it") == ["Rosa: 100.5 is more than 100"]
    assert at.problems("it")[0].label == "Rosa: Share"


def test_a_row_without_a_name_is_called_by_its_number() -> None:
    columns = {"name": TEXT, "share": {"type": "integer"}}
    at = ruled(in_rows(columns), "t.share", range={"at-most": 1}, message="{row} is over")
    at = at.row("t", "aaaaaa", share=1).row("t", "aaaaab", share=2)

    assert at.messages("it") == ["member 2 is over"]


def test_braces_in_an_answer_are_not_filled_in() -> None:
    at = ruled({"x": TEXT}, "x", pattern="[a-z]+", message="Mend {found}").answer("x", "{wanted}")

    assert at.messages("it") == ["Mend {wanted}"]


def test_a_range_says_which_end_was_missed() -> None:
    at = ruled({"x": {"type": "integer"}}, "x", message="{wanted}",
               range={"at-least": 1, "at-most": 9})  # fmt: skip

    assert at.answer("x", 0).messages("it") == ["1"]
    assert at.answer("x", 10).messages("it") == ["9"]


# Dates

FIRST = date(2025, 3, 1)
TWO_DATES: dict[str, Any] = {"a": DATE, "b": DATE}


@pytest.mark.parametrize(
    ("rule", "day", "open_"),
    [
        ({"not-before": "a"}, date(2025, 3, 1), False),
        ({"not-before": "a"}, date(2025, 2, 28), True),
        ({"not-after": "a"}, date(2025, 3, 1), False),
        ({"not-after": "a"}, date(2025, 3, 2), True),
    ],
)
def test_a_date_stands_before_or_after_another(
    rule: dict[str, Any], day: date, open_: bool
) -> None:
    at = ruled(TWO_DATES, "b", date_order=rule, message="{found} and {wanted}")

    assert at.answer("a", FIRST).answer("b", day).messages("it") == (
        [f"{day} and 2025-03-01"] if open_ else []
    )


@pytest.mark.parametrize(("day", "open_"), [(date(2025, 3, 31), False), (date(2025, 4, 1), True)])
def test_a_date_lies_within_so_many_days_of_another(day: date, open_: bool) -> None:
    at = ruled(TWO_DATES, "b", within_days={"of": "a", "days": 30}, message="by {wanted}")

    assert at.answer("a", FIRST).answer("b", day).messages("it") == (
        ["by 2025-03-31"] if open_ else []
    )


def test_dates_of_a_row_are_compared_with_the_row_itself_or_with_a_field() -> None:
    fields = {"start": DATE, "t": {"columns": {"a": DATE, "b": DATE}}}
    own = ruled(fields, "t.b", date_order={"not-before": "a"})
    outer = ruled(fields, "t.b", date_order={"not-before": "start"})

    late = {"a": date(2025, 5, 1), "b": date(2025, 4, 1)}

    assert own.row("t", "aaaaaa", **late).places("it") == ["gather.first.t.aaaaaa.b"]
    assert outer.answer("start", FIRST).row("t", "aaaaaa", **late).places("it") == []


def test_a_date_with_nothing_to_compare_it_with_is_left_alone() -> None:
    for rule in ({"date_order": {"not-before": "a"}}, {"within_days": {"of": "a", "days": 3}}):
        at = ruled(TWO_DATES, "b", **rule).answer("b", FIRST)

        assert at.places("it") == []
        assert at.absent("a", "unknown").places("it") == []


def test_days_after_the_last_day_of_the_calendar_break_nothing() -> None:
    at = ruled(TWO_DATES, "b", within_days={"of": "a", "days": 30})

    assert at.answer("a", date.max).answer("b", FIRST).places("it") == []


# holds and any-of, row by row


def test_holds_is_judged_for_each_row_that_it_names_a_column_of() -> None:
    at = ruled(in_rows({"x": TEXT, "y": TEXT}), "t", holds={"column": "x", "is": "yes"})
    at = at.row("t", "aaaaaa", x="yes").row("t", "aaaaab", x="no").row("t", "aaaaac")

    assert at.places("it") == ["gather.first.t.aaaaab", "gather.first.t.aaaaac"]


def test_holds_on_a_column_points_at_the_cell() -> None:
    at = ruled(in_rows({"x": TEXT, "y": TEXT}), "t.y", holds={"column": "x", "is": "yes"})

    assert at.row("t", "aaaaaa", x="no", y="b").places("it") == ["gather.first.t.aaaaaa.y"]


def test_what_holds_on_no_column_is_judged_once() -> None:
    at = ruled({**in_rows({"x": TEXT}), "q": TEXT}, "t", holds={"field": "q", "is": "yes"})
    at = at.row("t", "aaaaaa", x="1").row("t", "aaaaab", x="2")

    assert at.places("it") == ["gather.first.t"]


def test_one_of_several_columns_is_enough_in_each_row() -> None:
    at = ruled(in_rows({"x": TEXT, "y": TEXT}), "t", any_of=["x", "y"])
    at = at.row("t", "aaaaaa", x="1").row("t", "aaaaab", y="2").row("t", "aaaaac")

    assert at.places("it") == ["gather.first.t.aaaaac"]


def test_an_absence_counts_as_one_of_several() -> None:
    at = ruled({"x": TEXT, "y": TEXT}, "x", any_of=["x", "y"]).absent("y", "unknown")

    assert at.places("it") == []


# When a rule applies

WHEN = {"applies-when": {"field": "q", "is": "on"}}


@each_kind
def test_a_rule_whose_condition_is_false_asks_nothing(
    fields: dict[str, Any], rule: dict[str, Any], holds: Any, fails: Any
) -> None:
    at = ruled({**fields, "q": TEXT}, "x", **rule, **WHEN).answer("x", fails)

    assert at.answer("q", "off").places("it") == []
    assert at.answer("q", "on").places("it") == ["gather.first.x"]


@each_kind
def test_a_rule_whose_condition_is_undecided_is_open_and_says_what_decides(
    fields: dict[str, Any], rule: dict[str, Any], holds: Any, fails: Any
) -> None:
    at = ruled({**fields, "q": TEXT}, "x", **rule, **WHEN).answer("x", holds)

    assert at.messages("it") == ["Mend it (if it applies: “Q” is not answered)"]


def test_a_condition_on_columns_picks_the_rows_a_rule_is_for() -> None:
    at = ruled(in_rows({"x": TEXT, "y": TEXT}), "t.x", required=True,
               applies_when={"column": "y", "is": "on"})  # fmt: skip
    at = at.row("t", "aaaaaa", y="on").row("t", "aaaaab", y="off")

    assert at.places("it") == ["gather.first.t.aaaaaa.x"]


def test_a_row_that_the_condition_cannot_decide_is_judged() -> None:
    at = ruled(in_rows({"x": TEXT, "y": TEXT}), "t.x", required=True,
               applies_when={"column": "y", "is": "on"})  # fmt: skip

    assert at.row("t", "aaaaaa").places("it") == ["gather.first.t.aaaaaa.x"]


def test_a_rule_on_a_hidden_question_says_nothing() -> None:
    fields = {"q": TEXT, "x": {**TEXT, **WHEN}}
    at = ruled(fields, "x", length={"at-least": 3}).answer("x", "ab")

    assert at.answer("q", "on").places("it") == ["gather.first.x"]
    assert at.answer("q", "off").places("it") == []


def test_a_rule_on_a_column_passes_over_the_rows_that_hide_it() -> None:
    columns = {"y": TEXT, "x": {**TEXT, "applies-when": {"column": "y", "is": "on"}}}
    at = ruled(in_rows(columns), "t.x", length={"at-least": 3})
    at = at.row("t", "aaaaaa", y="on", x="ab").row("t", "aaaaab", y="off", x="ab")

    assert at.places("it") == ["gather.first.t.aaaaaa.x"]


def test_holds_on_a_column_passes_over_the_rows_that_hide_it() -> None:
    columns = {"y": TEXT, "x": {**TEXT, "applies-when": {"column": "y", "is": "on"}}}
    at = ruled(in_rows(columns), "t.x", holds={"column": "y", "is": "on"})

    assert at.row("t", "aaaaaa", y="off").places("it") == []


def test_a_needed_rule_is_open_while_nobody_knows_whether_its_question_is_asked() -> None:
    fields = {"q": TEXT, "x": {**TEXT, **WHEN}, "z": TEXT}
    at = ruled(fields, "x", required=True, source=PUBLISHED).answer("z", "something")

    assert at.check().complete is False


def test_a_rule_about_something_this_process_does_not_have_stops_no_other_rule() -> None:
    rules = {
        "gone": {"on": "no-such-activity.x", "required": True},
        "it": {"on": "x", "required": True},
    }

    assert one({"x": TEXT, "y": TEXT}, rules).answer("y", "z").places() == ["gather.first.x"]


# Failing closed

WITH_LIMIT: dict[str, Any] = {"x": {"type": "integer"}, "limit": {"type": "integer"}}


@pytest.mark.parametrize("end", ["at-least", "at-most"])
def test_a_bound_that_is_not_answered_leaves_the_rule_open(end: str) -> None:
    at = ruled(WITH_LIMIT, "x", range={end: {"field": "limit"}}, message="Keep to {wanted}")

    why = "it is measured against an answer or a setting that is missing"
    assert at.answer("x", 5).messages("it") == [f"Keep to … (cannot be checked yet: {why})"]
    assert at.answer("x", 5).answer("limit", 5).messages("it") == []


@pytest.mark.parametrize("how", ["absent", "junk"])
def test_a_bound_that_is_missing_on_purpose_or_unreadable_leaves_it_open(how: str) -> None:
    at = ruled(WITH_LIMIT, "x", range={"at-most": {"field": "limit"}}).answer("x", 5)

    bad = at.absent("limit", "no-data") if how == "absent" else at.answer("limit", "lots")

    assert bad.places("it") == ["gather.first.x"]


def test_a_setting_that_does_not_exist_leaves_the_rule_open() -> None:
    at = ruled(WITH_LIMIT, "x", range={"at-most": {"setting": "no-such"}}).answer("x", 5)

    assert at.places("it") == ["gather.first.x"]


# What a rule weighs


@pytest.mark.parametrize(
    ("rule", "weight"),
    [
        ({"source": PUBLISHED}, "error"),
        ({"source": PRACTICE}, "warning"),
        ({"source": {"tag": "to-verify"}}, "warning"),
        ({"source": PRACTICE, "because": "Nothing works without it"}, "error"),
        ({"source": PUBLISHED, "severity": "warning"}, "warning"),
        ({"source": PUBLISHED, "severity": "info"}, "info"),
        ({"source": PRACTICE, "because": "x", "severity": "error"}, "error"),
    ],
)
def test_a_rule_weighs_what_its_source_or_its_reason_says(
    rule: dict[str, Any], weight: str
) -> None:
    at = ruled({"x": TEXT, "y": TEXT}, "x", required=True, **rule).answer("y", "z")

    assert [p.severity for p in at.problems("it")] == [weight]


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        ({"source": PUBLISHED}, False),
        ({"source": PRACTICE}, True),
        ({"source": PUBLISHED, "waivable": True}, True),
        ({"source": PRACTICE, "waivable": False}, False),
    ],
)
def test_only_what_was_not_published_may_be_accepted_as_is_unless_it_says_so(
    rule: dict[str, Any], may: bool
) -> None:
    at = ruled({"x": TEXT, "y": TEXT}, "x", required=True, **rule).answer("y", "z")

    assert [p.waivable for p in at.problems("it")] == [may]
