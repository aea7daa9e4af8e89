"""What an activity asks for, and where each thing comes from, whether or not it is met."""

from __future__ import annotations

from typing import Any

import pytest

from cim_tui.core.language import Source
from cim_tui.core.requirements import requirements
from cim_tui.core.words import source_words
from tests.core.builders import GOOD, NEEDED, PRACTICE, PUBLISHED, CaseBuilder, case, one, workflow

SMALL = {"fact": "level", "is": "small"}
LEVELS = {"levels": {"small": {"title": "Small"}, "big": {"title": "Big"}}}


def asked(made: CaseBuilder) -> dict[str, str | None]:
    """What the first activity asks for, with its weight."""
    first = next(made.workflow.each_activity())
    found = requirements(made.situation, first)
    return {r.address.removeprefix("gather.first"): r.severity for r in found}


def leveled(fields: dict[str, Any], rules: dict[str, Any] | None = None, **use: Any) -> CaseBuilder:
    """A case of a process with two levels."""
    spec = {"fields": fields, "rules": rules or {}, "use": use}
    return case(workflow({"gather.first": spec}, **LEVELS), level="big")


def test_questions_weigh_as_their_source_says() -> None:
    made = one({"name": NEEDED, "note": GOOD, "free": {}, "kind": {"source": PRACTICE}})

    assert asked(made) == {".name": "error", ".note": "warning", ".kind": None}


def test_a_met_requirement_is_still_there() -> None:
    made = one({"name": NEEDED})

    assert asked(made.answer("name", "Ana")) == asked(made) == {".name": "error"}


def test_a_column_stands_under_its_table_unless_it_says_otherwise() -> None:
    columns = {"a": {"required": True}, "b": GOOD, "c": {"required": True, "because": "So it is"},
               "d": {}}  # fmt: skip
    made = one({"rows": {**NEEDED, "columns": columns}, "others": {**GOOD, "columns": columns}})

    assert asked(made) == {
        ".rows": "error", ".rows.a": "error", ".rows.b": "warning", ".rows.c": "error",
        ".others": "warning", ".others.a": "warning", ".others.b": "warning",
        ".others.c": "error",
    }  # fmt: skip


def test_a_column_without_a_source_of_its_own_names_its_tables() -> None:
    made = one({"rows": {**NEEDED, "columns": {"a": {"required": True}}}})
    found = list(requirements(made.situation, made.check().activity))

    assert [requirement.source.tag for requirement in found] == ["published", "published"]
    assert found[1].title == "Rows: A"


def test_rules_and_signatures_are_asked_for_too() -> None:
    made = one(
        {"name": {}}, {"short": {"on": "name", "length": {"at-most": 9}},
                       "long": {"on": "name", "length": {"at-least": 2}, "source": PUBLISHED}},
        signatures=[{"role": "lead", "title": "Lead", "source": PUBLISHED},
                    {"role": "aide", "title": "Aide", "source": PRACTICE, "required": False}],
    )  # fmt: skip
    found = list(requirements(made.situation, made.check().activity))

    assert [(r.title, r.severity) for r in found] == [
        ("Mend short", "warning"), ("Mend long", "error"), ("Lead", "error"), ("Aide", None),
    ]  # fmt: skip


def test_an_optional_activity_asks_for_nothing_that_blocks() -> None:
    rules = {"long": {"on": "name", "length": {"at-least": 2}, "source": PUBLISHED}}

    assert asked(leveled({"name": NEEDED}, rules, required=False)) == {
        ".name": "warning", "#long": "warning",
    }  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [SMALL, {"all": [SMALL, {"field": "first", "answered": True}]}, {"any": [SMALL, SMALL]},
     {"not": {"fact": "level", "is": "big"}}],
    ids=str,
)  # fmt: skip
def test_what_the_facts_exclude_is_left_out(condition: dict[str, Any]) -> None:
    fields = {"first": GOOD, "second": {**GOOD, "applies-when": condition},
              "rows": {**GOOD, "columns": {"c": {**GOOD, "applies-when": condition}}}}  # fmt: skip
    rules = {"one": {"on": "first", "length": {"at-least": 2}, "applies-when": condition},
             "two": {"on": "second", "length": {"at-least": 2}}}  # fmt: skip
    made = leveled(fields, rules)

    assert set(asked(made)) == {".first", ".rows"}
    assert set(asked(made.fact("level", "small"))) == {
        ".first", ".second", ".rows", ".rows.c", "#one", "#two",
    }  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [{"field": "first", "is": "x"}, {"any": [SMALL, {"field": "first", "is": "x"}]},
     {"not": {"field": "first", "is": "x"}}],
    ids=str,
)  # fmt: skip
def test_what_an_answer_may_bring_in_is_there(condition: dict[str, Any]) -> None:
    made = leveled({"first": GOOD, "second": {**GOOD, "applies-when": condition}})

    assert set(asked(made)) == {".first", ".second"}


# In words

AT = "https://example.org/rule"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"tag": "published", "at": AT, "publisher": "CalTAN", "note": "Read there"},
         f"Published by CalTAN, {AT}"),
        ({"tag": "published", "at": AT}, f"Published by the publisher, {AT}"),
        ({"tag": "published", "at": AT, "publisher": "CDE", "copy": True},
         f"Published by CDE, {AT} (a copy)"),
        ({"tag": "practice"}, "Common practice"),
        ({"tag": "practice", "note": "Teams find it useful."},
         "Common practice: Teams find it useful."),
        ({"tag": "practice", "at": AT, "publisher": "CDE", "note": "Our reading."},
         f"Common practice: Our reading. Compare {AT}"),
        ({"tag": "to-verify", "at": AT, "copy": True}, f"To be verified. Compare {AT} (a copy)"),
    ],
)  # fmt: skip
def test_only_what_was_published_is_said_to_be(source: dict[str, Any], words: str) -> None:
    assert source_words(Source.checked(source)) == words
