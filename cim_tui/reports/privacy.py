"""What a shared copy says: nobody's name, and no small count of children, in any of its words.

Counts of ten and under are withheld because the California Department of Education withholds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from cim_tui.core import values
from cim_tui.core.language import Calculate, Column, FieldRef, Rule
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row
from cim_tui.core.text import looks_personal, one_line
from cim_tui.core.workflow import PEOPLE_COLUMNS, Activity, Field

WITHHELD = "withheld"
SMALL = 10
"""The largest count of children that is withheld; a true 0 is shown."""

_SMALL_NUMBER = re.compile(r"(?<![\d.,])0*(?:[1-9]|10)(?![\d]|[.,]\d)")
_QUOTING = frozenset({"range_", "pattern", "date_order", "within_days", "sum"})
"""Kinds of rules whose message may quote an answer."""


class Discreet(Situation):
    """A situation whose every word may be read by anybody.

    It decides what any other decides. What it says of an answer that is personal, or that counts
    children, is "withheld"; somebody on the roster is called by role.
    """

    def show(self, spec: Column, raw: Any, field: Field, depth: int = 0) -> str:
        """A raw value in people's words, or that it is withheld."""
        if not values.is_empty(raw):
            if names_somebody(spec, raw):
                return WITHHELD
            if raw != 0 and tells_a_count(self, spec, field):
                return WITHHELD
            if spec.type == "people" and isinstance(raw, Mapping):
                return "; ".join(self.person(entry) for entry in raw.values())
        return super().show(spec, raw, field, depth)

    def row_label(self, field: Field, row: Row, depth: int = 0) -> str:
        """What a row is called, without what is withheld: its role on the roster, its place."""
        told = {
            name: raw
            for name, raw in row.cells.items()
            if name not in field.row_label
            or self.show(field.columns[name], raw, field, depth) != WITHHELD
        }
        if field is self.workflow.roster and not any(name in told for name in field.row_label):
            return self._role(field, row) or super().row_label(field, replace(row, cells={}), depth)
        return super().row_label(field, replace(row, cells=told), depth)

    def person(self, entry: object) -> str:
        """An entry of a `people` field: a role, or that the name is withheld."""
        found = self._on_roster(entry.get("person")) if isinstance(entry, Mapping) else None
        if found is not None:
            return self.row_label(*found, 2)
        if PEOPLE_COLUMNS["name"].personal is None and isinstance(entry, Mapping):
            return str(entry.get("name") or "")
        return WITHHELD

    def somebody(self, name: str) -> str:
        """Who did or carries something, by role: of the roster, or what was written is one."""
        role = self.role_of_name(name)
        if role is None and self._is_a_role(name.casefold()):
            return name
        return role or WITHHELD

    def _is_a_role(self, text: str) -> bool:
        """Whether a text is a role that the definitions name, or how they begin to name one."""
        return any(
            known.startswith(text) and not known[len(text) : len(text) + 1].isalnum()
            for known in self._roles
        )

    @cached_property
    def _roles(self) -> frozenset[str]:
        """Every role that the definitions name: on the roster, who signs, who takes part."""
        workflow, found = self.workflow, set[str]()
        for column in workflow.roster.columns.values() if workflow.roster else ():
            if column.type == "choice" and not column.personal:
                found.update(workflow.choices(column).values())
        for step in workflow.steps.values():
            found.update(signature.title for signature in step.spec.signatures)
        for activity in workflow.each_activity():
            found.update(signature.title for signature in activity.spec.signatures)
            found.update(activity.spec.takes_part)
        return frozenset(one_line(role).casefold() for role in found)

    def role_of_name(self, name: str) -> str | None:
        """The role of whoever on the roster has this name; None for anybody else."""
        roster, wanted = self.workflow.roster, name.strip().casefold()
        if roster is None or not wanted:
            return None
        for row in self.rows(roster).values():
            if wanted in (str(row.cells.get(c, "")).strip().casefold() for c in roster.row_label):
                return self.row_label(roster, row)
        return None

    def _on_roster(self, key: object) -> tuple[Field, Row] | None:
        roster = self.workflow.roster
        row = self.rows(roster).get(str(key)) if roster is not None and key else None
        return (roster, row) if roster is not None and row is not None else None

    def _role(self, roster: Field, row: Row) -> str:
        """The column called `role`, else the first choice that anybody may see."""
        for name in sorted(roster.columns, key=lambda name: name != "role"):
            column, raw = roster.columns[name], row.cells.get(name)
            if column.type != "choice" or column.personal:
                continue
            label = self.workflow.choices(column).get(str(raw))
            if label:
                return label
        return ""


def names_somebody(spec: Column, raw: object) -> bool:
    """Whether a value is personal: by its question, or because a text about children names one."""
    if spec.personal:
        return True
    return spec.about_children and any(looks_personal(text) for text in _texts(raw))


def _texts(raw: object) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        for inner in raw.values():
            yield from _texts(inner)
    elif isinstance(raw, list | tuple):
        for inner in raw:
            yield from _texts(inner)


def tells_a_count(situation: Situation, spec: Column, field: Field, depth: int = 0) -> bool:
    """Whether a question counts children, or is calculated from one that does."""
    if spec.counts_children or spec.calculate is None or depth > 8:
        return spec.counts_children
    for ref in parts_of(spec.calculate):
        if ref in field.columns:
            part, home = field.columns[ref], field
        elif (target := situation.workflow.target(ref, field.activity)) is not None:
            part, home = target.spec, target.field
        else:
            continue
        if part.personal or tells_a_count(situation, part, home, depth + 1):
            return True
    return False


def parts_of(how: Calculate) -> tuple[str, ...]:
    """The references a calculated value is made of."""
    if isinstance(how.sum, str):
        return (how.sum,)
    if how.share is not None:
        percent = how.share.percent
        return (*how.share.of, *((percent.field,) if isinstance(percent, FieldRef) else ()))
    return tuple(how.sum or how.difference or how.rate or how.score or ())


def note_is_personal(spec: Column, note: str) -> bool:
    """Whether the note of an absence says what the answer would have."""
    if spec.personal or looks_personal(note):
        return True
    return spec.counts_children and _SMALL_NUMBER.search(note) is not None


def quotes_an_answer(situation: Situation, activity: Activity, rule: Rule) -> bool:
    """Whether a rule's message may quote an answer that a shared copy withholds."""
    if rule.kind not in _QUOTING:
        return False
    for ref in _read_by(rule):
        target = situation.workflow.target(ref, activity)
        if target is None:
            # A bound may name a column of the rule's own table.
            home = situation.workflow.target(rule.on, activity)
            spec = home.field.columns.get(ref) if home else None
            field = home.field if home else None
        else:
            spec, field = target.spec, target.field
        if spec is None or field is None:
            continue
        if spec.personal or spec.about_children or tells_a_count(situation, spec, field):
            return True
    return False


def _read_by(rule: Rule) -> Iterable[str]:
    yield rule.on
    for length in (rule.length, rule.range_):
        bounds = (length.at_least, length.at_most) if length else ()
        yield from (bound.field for bound in bounds if isinstance(bound, FieldRef))
    if rule.date_order is not None:
        yield from (ref for ref in (rule.date_order.not_before, rule.date_order.not_after) if ref)
    if rule.within_days is not None:
        yield rule.within_days.of
    if rule.sum is not None:
        yield f"{rule.on.partition('.')[0]}.{rule.sum.of}"
        limits = (rule.sum.equals, rule.sum.at_most)
        yield from (bound.field for bound in limits if isinstance(bound, FieldRef))
