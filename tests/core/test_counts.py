"""What is asked and what is met: "7 of 9" does not change its end while rows are filled in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.builders import GOOD, NEEDED, PRACTICE, PUBLISHED, CaseBuilder, case, one, workflow


def counts(at: CaseBuilder) -> tuple[str, str]:
    return str(at.check().needed), str(at.check().good)


def test_needed_and_good_practice_are_counted_apart() -> None:
    at = one({"a": NEEDED, "b": NEEDED, "c": GOOD, "d": {}})

    assert counts(at) == ("0 of 2", "0 of 1")
    assert counts(at.answer("a", "x").answer("c", "x")) == ("1 of 2", "1 of 1")


def test_a_rule_is_one_thing_asked() -> None:
    at = one({"a": NEEDED}, {"it": {"on": "a", "length": {"at-least": 3}}}).answer("a", "ab")

    assert counts(at) == ("1 of 1", "0 of 1")
    assert counts(at.answer("a", "abc")) == ("1 of 1", "1 of 1")


def test_a_column_is_one_thing_asked_however_many_rows() -> None:
    columns = {"name": {"required": True}, "role": {"required": True}}
    at = one({"t": {**NEEDED, "columns": columns}}).row("t", "aaaaaa", name="Ana")

    assert counts(at) == ("2 of 3", "0 of 0")
    more = at.row("t", "aaaaab", name="Ben", role="x").row("t", "aaaaac")
    assert counts(more) == ("1 of 3", "0 of 0")


def test_what_is_accepted_as_is_counts_as_met() -> None:
    assert counts(one({"a": GOOD, "b": {}}).answer("b", "x").waive("a", "required")) == (
        "0 of 0",
        "1 of 1",
    )


def test_what_is_hidden_is_not_asked() -> None:
    fields = {"q": {}, "a": {**NEEDED, "applies-when": {"field": "q", "is": "on"}}}

    assert counts(one(fields).answer("q", "off")) == ("0 of 0", "0 of 0")
    assert counts(one(fields).answer("q", "on")) == ("0 of 1", "0 of 0")


def test_an_untouched_activity_without_a_needed_question_still_asks_for_something() -> None:
    at = one({"a": {}})

    assert (counts(at), at.messages()) == (
        ("0 of 1", "0 of 0"),
        ["Nothing is entered in “First” yet"],
    )


def test_a_rule_over_uncovered_rows_is_one_thing_asked() -> None:
    fields = {"causes": {"columns": {"x": {}}}, "work": {"columns": {"for": {"type": "reference",
              "to": "causes"}}}}  # fmt: skip
    rule = {"on": "causes", "covers": {"each": "causes", "by": "work.for"}}
    at = one(fields, {"it": rule}).row("causes", "aaaaaa").row("causes", "aaaaab")

    assert (len(at.problems("it")), counts(at)) == (2, ("0 of 0", "0 of 1"))


COUNTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a field": ({"a": {}}, {"on": "a", "required": True}),
    "a column": ({"t": {"columns": {"c": {}}}}, {"on": "t.c", "required": True}),
    "holds in rows": ({"t": {"columns": {"c": {}}}}, {"on": "t", "holds": {"column": "c", "is": "x"}}),
    "holds on a column": (
        {"t": {"columns": {"c": {}}}}, {"on": "t.c", "holds": {"column": "c", "is": "x"}},
    ),
    "rows": ({"t": {"columns": {"c": {}}}}, {"on": "t", "rows": {"at-least": 9}}),
    "any-of in rows": ({"t": {"columns": {"c": {}}}}, {"on": "t", "any-of": ["c"]}),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "rule"), COUNTED.values(), ids=COUNTED)
def test_a_rule_that_is_open_is_not_counted_as_met(
    fields: dict[str, Any], rule: dict[str, Any]
) -> None:
    at = one({**fields, "z": {}}, {"it": {**rule, "source": PUBLISHED}}).answer("z", "x")
    at = at.row("t", "aaaaaa") if "t" in fields else at

    assert (len(at.problems("it")), counts(at)[0]) == (1, "0 of 1")


@pytest.mark.parametrize(
    ("fields", "rule", "row"),
    [
        ({"t": {"columns": {"c": {}}}}, {"on": "t.c", "any-of": ["c"]}, {}),
        (
            {"q": {}, "t": {"columns": {"c": {}}}},
            {"on": "t.c", "holds": {"field": "q", "is": "x"}},
            {},
        ),
        (
            {"t": {"columns": {"c": {"type": "integer"}}}},
            {"on": "t.c", "range": {"at-least": {"setting": "none"}}},
            {"c": 1},
        ),
    ],
    ids=["any-of on a column", "holds on a column about a field", "a bound that is missing"],
)
def test_a_rule_on_a_column_that_is_open_is_not_counted_as_met(
    fields: dict[str, Any], rule: dict[str, Any], row: dict[str, Any]
) -> None:
    at = one(fields, {"it": {**rule, "source": PUBLISHED}}).row("t", "aaaaaa", **row)

    assert (len(at.problems("it")), counts(at)[0]) == (1, "0 of 1")


def test_a_needed_answer_that_cannot_be_read_is_not_counted_as_met() -> None:
    assert counts(one({"a": {**NEEDED, "type": "integer"}}).answer("a", "many"))[0] == "0 of 1"


def test_an_activity_of_facts_alone_is_complete_when_they_are_known() -> None:
    at = one({"year": {"type": "integer", "fact": "year", **NEEDED}})

    assert at.check().state == "complete"


# Of a step


def four() -> CaseBuilder:
    made = workflow(
        {
            "gather.a": {"fields": {"x": NEEDED}},
            "gather.b": {"fields": {"x": NEEDED}},
            "gather.c": {"fields": {"x": NEEDED}, "use": {"required": False}},
            "gather.d": {
                "fields": {"x": NEEDED},
                "use": {"applies-when": {"field": "a.x", "is": "more"}},
            },
        }
    )
    return case(made)


def test_activities_count_when_they_are_required_and_apply() -> None:
    assert str(four().answer("a.x", "less").step().activities) == "1 of 2"
    assert str(four().answer("a.x", "more").step().activities) == "1 of 3"


def test_an_activity_that_may_apply_counts() -> None:
    assert str(four().step().activities) == "0 of 3"


def test_the_next_thing_to_do_is_the_first_needed_one_then_good_practice() -> None:
    at = one({"a": GOOD, "b": NEEDED})

    following = at.progress.next
    assert following is not None
    assert following.address == "gather.first.b"
    later = at.answer("b", "x").progress.next
    assert later is not None
    assert later.address == "gather.first.a"


def test_nothing_is_next_when_everything_is_closed() -> None:
    assert one({"a": NEEDED}).answer("a", "x").done().progress.next is None


# How an open question is put


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"label": "Name of the lead"}, "Enter: name of the lead"),
        ({"label": "IEP team"}, "Enter: IEP team"),
        ({"label": "Who reads it?"}, "Answer “Who reads it?”"),
        ({"label": "Meets monthly", "type": "yes-no"}, "Answer yes or no: meets monthly"),
        ({"label": "Tier", "type": "choice", "choices": {"a": "A"}}, "Choose: tier"),
        ({"label": "Parts", "type": "checklist", "choices": {"a": "A"}}, "Go through the list: parts"),
        ({"label": "Areas", "columns": {"x": {}}, "one": "area"}, "Add an area: areas"),
        ({"label": "Members", "columns": {"x": {}}, "one": "member"}, "Add a member: members"),
        ({"label": "Readers", "type": "people"}, "Name who: readers"),
        ({"label": "The letter", "type": "evidence"}, "Add a file or a link: the letter"),
        ({"label": "X", "ask": "Enter the date the letter was received"},
         "Enter the date the letter was received"),
    ],
)  # fmt: skip
def test_an_open_question_says_what_to_do(spec: dict[str, Any], words: str) -> None:
    at = one({"x": {**spec, "required": True, "source": PRACTICE}, "z": {}}).answer("z", "z")

    assert at.messages() == [words]


@pytest.mark.parametrize("title", ["", "X", "é", "İ", "A?", "?"])
def test_any_label_makes_a_sentence(title: str) -> None:
    assert len(one({"x": {**NEEDED, "label": title}}).messages()) == 1
