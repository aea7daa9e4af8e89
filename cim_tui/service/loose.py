"""A workflow in which nothing is required: for trying its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cim_tui.core.language import (
    ActivityFile,
    Condition,
    FieldRef,
    Rule,
    Signature,
    StepFile,
)
from cim_tui.core.part import Part
from cim_tui.core.workflow import Activity, Workflow

WHOLE = frozenset({"sum", "unique", "tree", "holds"})
"""Rules that have something to say about an empty table."""


def nothing_required(workflow: Workflow) -> Workflow:
    """The same questions under an edition of its own, with required turned off.

    No question, activity or signature is required. Rules that ask for an answer or a row are left
    out; the others look at what is entered. One about a question that is asked only sometimes is
    for information: as long as nobody can tell whether it is asked, it says what decides that.
    """
    steps = {key: _step(step.spec) for key, step in workflow.steps.items()}
    edition = f"{workflow.edition}-no-required"
    spec = replace(workflow.spec, edition=edition, steps=steps)
    activities = {a.id: _activity(a, workflow) for a in workflow.each_activity()}
    return Workflow(spec, activities, workflow.lists)


def _step(step: StepFile) -> StepFile:
    activities = {
        key: replace(use, required=False, required_when=None)
        for key, use in step.activities.items()
    }
    return replace(step, activities=activities, signatures=_optional(step.signatures))


def _optional(signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
    return tuple(replace(signature, required=False) for signature in signatures)


def _activity(activity: Activity, workflow: Workflow) -> ActivityFile:
    fields = {
        key: replace(
            spec,
            required=False,
            because="",
            columns={
                name: replace(column, required=False, because="")
                for name, column in spec.columns.items()
            },
        )
        for key, spec in activity.spec.fields.items()
    }
    rules = {
        key: _on_what_is_entered(rule, activity, workflow)
        for key, rule in activity.spec.rules.items()
        if not _asks_for_more(rule)
    }
    signatures = _optional(activity.spec.signatures)
    return replace(activity.spec, fields=fields, rules=rules, signatures=signatures)


def _asks_for_more(rule: Rule) -> bool:
    """Whether a rule is there to have something entered."""
    count = rule.rows
    more_rows = count is not None and (count.at_least is not None or count.exactly is not None)
    return more_rows or rule.kind in ("required", "any_of", "covers")


def _on_what_is_entered(rule: Rule, activity: Activity, workflow: Workflow) -> Rule:
    """The rule, in force only where everything it looks at is answered."""
    target = workflow.target(rule.on, activity)
    columns = target.field.columns if target else {}
    sometimes = target is not None and (
        target.field.spec.applies_when is not None
        or target.field.activity.use.applies_when is not None
    )
    needs = {rule.on: "field"} if rule.kind in WHOLE else {}
    for name in _looked_at(rule):
        by_row = name in columns and rule.kind not in ("sum", "unique", "tree", "rows")
        needs[name] = "column" if by_row else "field"
    tests = [
        Condition(column=name, answered=True)
        if kind == "column"
        else Condition(field=name, answered=True)
        for name, kind in needs.items()
        if kind == "column" or name not in columns
    ]
    own = [] if rule.applies_when is None else [rule.applies_when]
    asked = Condition(all_=(*tests, *own)) if tests else rule.applies_when
    return replace(rule, applies_when=asked, severity="info" if sometimes else rule.weight)


def _looked_at(part: Any) -> Iterator[str]:
    """What the bounds and tests of a rule name; a test of "answered" waits for nothing."""
    if isinstance(part, FieldRef):
        yield part.field
    elif isinstance(part, Condition) and (part.field or part.column) and part.answered is None:
        yield part.subject
    if isinstance(part, Part):
        for name, inner in part:
            if name not in ("where", "by_where"):
                yield from _looked_at(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from _looked_at(inner)
