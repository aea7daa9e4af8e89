"""What an activity asks for, and where each thing comes from, whether or not it is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cim_tui.core.content import signatures_of
from cim_tui.core.language import Column, Condition, Severity, Source
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Spot
from cim_tui.core.workflow import Activity, Field


class Requirement(NamedTuple):
    """Something that is asked for."""

    address: str
    title: str
    """The label of a question, the message of a rule, the role that signs."""
    severity: Severity | None
    """None for what is offered, and asked of nobody."""
    source: Source


def requirements(situation: Situation, activity: Activity) -> Iterator[Requirement]:
    """Everything an activity can ask of this case, in the order of the form.

    What the facts of the case exclude is left out; what an answer may still bring in is not.

    Args:
        situation: the case.
        activity: one that applies to it.
    """
    counts = situation.activity_required(activity)
    for field in activity.fields.values():
        if _by_facts(situation, field.spec.applies_when) is not False:
            yield from _of_field(situation, field, counts=counts)
    for key, rule in activity.spec.rules.items():
        target = situation.workflow.target(rule.on, activity)
        conditions = [rule.applies_when, target.field.spec.applies_when if target else None]
        if target and all(_by_facts(situation, c) is not False for c in conditions):
            weight = rule.weight if counts or rule.weight != "error" else "warning"
            yield Requirement(f"{activity.address}#{key}", rule.message, weight, rule.source)
    for line in signatures_of(situation, activity):
        severity: Severity = "error" if line.source.tag == "published" and counts else "warning"
        yield Requirement(
            activity.address, line.title, severity if line.required else None, line.source
        )


def _of_field(situation: Situation, field: Field, *, counts: bool) -> Iterator[Requirement]:
    spec = field.spec
    if spec.source is not None or spec.required:
        source = spec.source or field.activity.source
        yield Requirement(field.address, spec.label, _weight(spec, spec, counts=counts), source)
    for name, column in spec.columns.items():
        if column.source is None and not column.required:
            continue
        if _by_facts(situation, column.applies_when) is False:
            continue
        source = column.source or spec.source or field.activity.source
        title = f"{spec.label}: {column.label}"
        weight = _weight(column, spec, counts=counts)
        yield Requirement(f"{field.address}.{name}", title, weight, source)


def _weight(question: Column, table: Column, *, counts: bool) -> Severity | None:
    """How much it weighs; a column without a source of its own stands under its table's."""
    if not question.required:
        return None
    own = question.source is not None or question.because
    severity = question.severity if own else table.severity
    return severity if counts or severity != "error" else "warning"


def _by_facts(situation: Situation, condition: Condition | None) -> bool | None:
    """What the facts of the case alone say of a condition; None where an answer decides."""
    if condition is None:
        return True
    if condition.fact is not None:
        return situation.decide(condition, Spot(None)).truth
    if condition.not_ is not None:
        inner = _by_facts(situation, condition.not_)
        return None if inner is None else not inner
    parts = [_by_facts(situation, part) for part in condition.all_ or condition.any_ or ()]
    decides = condition.any_ is not None
    if decides in parts:
        return decides
    return None if not parts or None in parts else not decides
