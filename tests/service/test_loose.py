"""A workflow with required turned off: the same questions, and nothing open for being empty."""

from __future__ import annotations

from typing import Any

import pytest

from cim_tui.core.workflow import Workflow
from cim_tui.service.loose import nothing_required
from cim_tui.store.workflows import Library
from tests.conftest import REPO
from tests.core.builders import GOOD, NEEDED, PRACTICE, CaseBuilder, case, workflow

LIBRARIES = (Library((REPO / "workflows",)), Library((REPO / "docs/examples/household-survey",)))
ALL = [library.workflow(name) for library in LIBRARIES for name in library.workflow_ids()]
each_workflow = pytest.mark.parametrize("strict", ALL, ids=[w.id for w in ALL])


def facts(of: Workflow) -> dict[str, str]:
    """Each fact that a case of a process may need."""
    spec = of.spec
    named = {
        "level": list(spec.levels),
        "entry": list(spec.entries),
        "category": list(spec.categories),
        "cycle": list(spec.cycles),
    }
    return {fact: there[0] for fact, there in named.items() if there}


@each_workflow
def test_an_empty_case_has_nothing_open(strict: Workflow) -> None:
    assert case(strict, **facts(strict)).problems() != []

    loose = nothing_required(strict)

    assert case(loose, **facts(loose)).problems() == []


@each_workflow
def test_the_questions_and_their_conditions_are_the_same(strict: Workflow) -> None:
    loose = nothing_required(strict)

    assert list(loose.fields) == list(strict.fields)
    for address, field in loose.fields.items():
        own = strict.fields[address].spec
        assert (field.spec.type, field.spec.applies_when) == (own.type, own.applies_when)
        assert list(field.spec.columns) == list(own.columns)
        assert not any(spec.required for spec in (field.spec, *field.spec.columns.values()))


@each_workflow
def test_it_is_another_edition_with_another_meaning(strict: Workflow) -> None:
    loose = nothing_required(strict)

    assert loose.edition == f"{strict.edition}-no-required"
    assert loose.digest != strict.digest


TABLE = {"columns": {"name": GOOD, "age": {"type": "integer", **NEEDED}, "of": {"to": "t", "type":
         "reference"}}}  # fmt: skip


def loose(fields: dict[str, Any], **rules: Any) -> CaseBuilder:
    named = {key: {"message": "Mend it", **rule} for key, rule in rules.items()}
    made = workflow({"gather.first": {"fields": fields, "rules": named}})
    return case(nothing_required(made))


@pytest.mark.parametrize(
    "rule",
    [
        {"on": "q", "required": True},
        {"on": "q", "any-of": ["q", "n"]},
        {"on": "t", "rows": {"at-least": 2}},
        {"on": "t", "rows": {"exactly": 2}},
        {"on": "t", "covers": {"each": "t", "by": "t.of"}},
    ],
)
def test_a_rule_that_asks_for_more_is_left_out(rule: dict[str, Any]) -> None:
    at = loose({"q": NEEDED, "n": {"type": "integer"}, "t": TABLE}, it=rule)

    assert at.answer("n", 1).row("t", "aaaaaa", name="Ana").problems() == []


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ({"on": "n", "range": {"at-most": 5}}, {"n": 9}),
        ({"on": "n", "range": {"at-most": {"field": "m"}}}, {"n": 9, "m": 5}),
        ({"on": "q", "length": {"at-least": 5}}, {"q": "abc"}),
        ({"on": "q", "holds": {"field": "n", "is": 1}}, {"q": "abc", "n": 2}),
        ({"on": "t", "rows": {"at-most": 0}}, {"t.aaaaaa.name": "Ana"}),
        ({"on": "t", "holds": {"column": "age", "at-least": 5}}, {"t.aaaaaa.age": 3}),
        ({"on": "t", "sum": {"of": "age", "equals": 7}}, {"t.aaaaaa.age": 3}),
        ({"on": "t", "unique": ["name"]}, {"t.aaaaaa.name": "Ana", "t.bbbbbb.name": "Ana"}),
    ],
)
def test_a_rule_on_what_is_entered_still_speaks_and_never_on_what_is_not(
    rule: dict[str, Any], answers: dict[str, Any]
) -> None:
    fields = {"q": NEEDED, "n": {"type": "integer"}, "m": {"type": "integer"}, "t": TABLE,
              "other": {}}  # fmt: skip
    at = loose(fields, it=rule).answer("other", "Something")
    assert at.problems() == []

    for number, (address, value) in enumerate(answers.items()):
        at = at.answer(address, value)
        wanted = ["it"] if number == len(answers) - 1 else []
        assert [p.rule for p in at.problems()] == wanted


def test_a_rule_on_a_question_that_is_asked_sometimes_is_a_note() -> None:
    fields = {"q": {"type": "yes-no"}, "n": {"type": "integer", "applies-when": {"field": "q", "is": True}},
              "other": {}}  # fmt: skip
    at = loose(fields, it={"on": "n", "range": {"at-most": 5}, "source": PRACTICE})

    assert {p.severity for p in at.answer("other", "x").problems()} == {"info"}
    assert [p.rule for p in at.answer("q", True).answer("n", 9).problems()] == ["it"]


def test_signatures_are_not_waited_for() -> None:
    signs = [{"role": "lead", "title": "the lead", "source": PRACTICE}]
    made = workflow({"gather.first": {"fields": {"q": NEEDED}, "signatures": signs}})

    assert case(made).problems("signature-lead") != []
    assert case(nothing_required(made)).answer("q", "Something").problems() == []
