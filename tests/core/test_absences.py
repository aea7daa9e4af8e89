"""Missing on purpose: which reasons satisfy a question, of fields and of cells; and waivers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from cim_tui.core.language import AbsentCode
from tests.core.builders import (
    GOOD,
    NEEDED,
    PRACTICE,
    PUBLISHED,
    TODAY,
    CaseBuilder,
    case,
    one,
    workflow,
)

CODES = get_args(AbsentCode)
FINAL = {"not-applicable", "not-provided", "withheld", "not-calculated", "no-data"}
REASON = {**GOOD, "because": "The plan rests on it"}


def asked(**spec: Any) -> CaseBuilder:
    """A question `x`, and another one that is answered, so that the activity is begun."""
    return one({"x": spec, "other": {}}).answer("other", "something")


# Fields


@pytest.mark.parametrize("code", CODES)
def test_good_practice_is_satisfied_by_any_final_reason(code: str) -> None:
    satisfied = asked(**GOOD).absent("x", code).problems("required") == []

    assert satisfied == (code in FINAL)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("spec", [NEEDED, REASON], ids=["published", "with a reason"])
def test_what_is_needed_is_satisfied_by_no_reason_unless_the_workflow_says_so(
    spec: dict[str, Any], code: str
) -> None:
    assert len(asked(**spec).absent("x", code).problems("required")) == 1
    assert asked(**spec, absent=[code]).absent("x", code).problems("required") == []


def test_a_reason_the_workflow_names_is_the_only_one_it_takes() -> None:
    at = asked(**GOOD, absent=["withheld"])

    assert at.absent("x", "withheld").problems("required") == []
    assert len(at.absent("x", "not-applicable").problems("required")) == 1


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_reason_without_a_note_asks_for_the_note(note: str) -> None:
    at = asked(**GOOD).absent("x", "no-data", note)

    assert at.messages("required") == ["Say in a note why it is missing (marked: no data)"]


def test_a_reason_that_does_not_satisfy_is_said_with_what_to_do() -> None:
    at = asked(**NEEDED, label="Date received").absent("x", "will-return")

    assert at.messages("required") == ["Enter: date received (marked: will come back to it)"]


def test_a_reason_from_a_newer_version_is_shown_and_satisfies_nothing() -> None:
    at = asked(**GOOD).absent("x", "on-holiday")

    assert at.messages("required") == ["Enter: X (marked: on-holiday)"]


def test_an_unasked_question_may_be_missing_without_a_word() -> None:
    assert asked().absent("x", "unknown", "").problems() == []


def test_a_table_missing_for_good_asks_for_no_rows() -> None:
    at = one({"x": {**GOOD, "columns": {"name": {}}}})

    assert len(at.absent("x", "will-return").problems("required")) == 1
    assert at.absent("x", "not-applicable").problems() == []


def test_a_marked_question_counts_as_something_entered() -> None:
    at = one({"x": {}}).absent("x", "not-applicable")

    assert at.check().touched
    assert at.state() == "ready"


# Empty shells

SHELLS: dict[str, tuple[dict[str, Any], Any]] = {
    "a row": ({"columns": {"name": {}}}, {"aaaaaa": {}}),
    "a row of blanks": ({"columns": {"name": {}}}, {"aaaaaa": {"name": " "}}),
    "nobody": ({"type": "people"}, {"aaaaaa": {}}),
    "a file without a path": ({"type": "evidence"}, {"aaaaaa": {"what": "The letter"}}),
}


@pytest.mark.parametrize(("spec", "raw"), SHELLS.values(), ids=SHELLS)
def test_an_entry_that_says_nothing_is_no_answer_to_a_needed_question(
    spec: dict[str, Any], raw: Any
) -> None:
    assert len(asked(**NEEDED, **spec).answer("x", raw).problems("required")) == 1


@pytest.mark.parametrize("raw", ["", " \n", [], {}])
def test_a_blank_answer_does_not_make_an_activity_begun(raw: Any) -> None:
    at = one({"x": {}})
    at = at.now(at.session.with_entry(("answers", "gather", "first", "x"), raw))

    assert (at.check().touched, at.state()) == (False, "not-started")


@pytest.mark.parametrize("kind", ["people", "evidence"])
def test_several_where_one_is_asked_for_are_something_to_mend(kind: str) -> None:
    entries = {"aaaaaa": {"name": "Ana", "path": "a"}, "aaaaab": {"name": "Ben", "path": "b"}}

    assert len(asked(type=kind, many=False).answer("x", entries).problems()) == 1


# Cells


def table(under: dict[str, Any], **cell: Any) -> CaseBuilder:
    columns = {"name": {}, "x": {"required": True, **cell}}
    return one({"t": {"columns": columns, "source": under}}).row("t", "aaaaaa", name="Ana")


def test_an_empty_cell_is_open_and_named_by_its_row() -> None:
    at = table(PRACTICE)

    assert at.places("required") == ["gather.first.t.aaaaaa.x"]
    assert at.messages("required") == ["Ana: Enter: X"]


@pytest.mark.parametrize("code", CODES)
def test_a_cell_of_good_practice_is_satisfied_by_any_final_reason(code: str) -> None:
    satisfied = table(PRACTICE).absent("t.aaaaaa.x", code).problems("required") == []

    assert satisfied == (code in FINAL)


@pytest.mark.parametrize("code", CODES)
def test_a_cell_of_a_published_table_is_needed_and_takes_no_reason(code: str) -> None:
    at = table(PUBLISHED).absent("t.aaaaaa.x", code)

    assert [p.severity for p in at.problems("required")] == ["error"]


def test_a_cell_with_a_source_of_its_own_stands_under_that() -> None:
    lighter = table(PUBLISHED, source=PRACTICE)
    heavier = table(PRACTICE, source=PUBLISHED)

    assert [p.severity for p in lighter.problems("required")] == ["warning"]
    assert [p.severity for p in heavier.problems("required")] == ["error"]


def test_a_reason_the_column_names_satisfies_its_cells() -> None:
    at = table(PUBLISHED, absent=["withheld"])

    assert at.absent("t.aaaaaa.x", "withheld").problems("required") == []


def test_a_reason_in_one_row_satisfies_no_other() -> None:
    at = table(PRACTICE).row("t", "aaaaab", name="Ben").absent("t.aaaaaa.x", "no-data")

    assert at.places("required") == ["gather.first.t.aaaaab.x"]


# Accepted as is


def open_practice() -> CaseBuilder:
    return asked(**GOOD)


def test_what_is_accepted_as_is_is_no_longer_open_and_says_by_whom() -> None:
    at = open_practice().waive("x", "required")

    assert at.problems() == []
    assert [p.waived_by for p in at.progress.problems] == ["Rosa"]
    assert at.step().waived == 1


def test_it_stays_accepted_through_its_last_day_and_is_open_again_on_the_next() -> None:
    at = open_practice().waive("x", "required", until=TODAY)

    assert at.problems() == []
    assert len(at.on(TODAY + timedelta(days=1)).problems()) == 1


def test_the_longest_acceptance_counts() -> None:
    at = open_practice().waive("x", "required", until=date(2025, 1, 1)).waive("x", "required")

    assert at.problems() == []


def test_another_rule_or_another_place_is_not_accepted_with_it() -> None:
    at = open_practice().waive("other", "required").waive("x", "length")

    assert len(at.problems()) == 1


def test_what_the_state_published_cannot_be_accepted_even_by_hand_in_the_file() -> None:
    at = asked(**NEEDED).waive("x", "required")

    assert [p.severity for p in at.problems()] == ["error"]


def test_what_is_needed_for_a_reason_of_practice_can_be_accepted() -> None:
    at = asked(**REASON)

    assert [(p.severity, p.waivable) for p in at.problems()] == [("error", True)]
    assert at.waive("x", "required").state() == "ready"


def test_an_unreadable_answer_cannot_be_accepted() -> None:
    at = asked(type="integer").answer("x", "many").waive("x", "type")

    assert [p.severity for p in at.problems()] == ["error"]


def test_one_row_of_a_cover_is_accepted_and_the_other_stays_open() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"causes": {"columns": {"what": {}}}}},
            "plan.second": {
                "fields": {
                    "work": {"columns": {"for": {"type": "reference", "to": "first.causes"}}}
                },
                "rules": {
                    "it": {"on": "work", "covers": {"each": "first.causes", "by": "work.for"}}
                },
            },
        }
    )
    at = case(made).row("causes", "aaaaaa", what="x").row("causes", "aaaaab", what="y")
    at = at.row("plan.second.work", "bbbbbb")

    accepted = at.waive("plan.second.work", "it:aaaaaa")

    assert [p.rule for p in accepted.problems("it")] == ["it:aaaaab"]


@pytest.mark.parametrize("junk", [5, "text", [1], {"a": 5}, {"a": {}}])
def test_junk_among_the_acceptances_accepts_nothing(junk: Any) -> None:
    at = open_practice().now(open_practice().session.with_entry(("waivers",), junk))

    assert len(at.problems()) == 1


def test_an_end_with_a_time_of_day_breaks_nothing() -> None:
    until = datetime(2025, 1, 1, 12, tzinfo=UTC)

    assert len(open_practice().waive("x", "required", until=until).problems()) == 1


def test_an_end_that_cannot_be_read_accepts_nothing_for_ever() -> None:
    assert len(open_practice().waive("x", "required", until="2025-01-01").problems()) == 1
