"""What applies and what is answered, right now: the one place where conditions are decided.

A `Situation` is a workflow, a session and a day. It decides lazily and remembers; it never changes.
Truth has three values: a condition on something unanswered is unknown, and says what is unanswered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core import values
from cim_tui.core.calculate import calculated
from cim_tui.core.language import (
    CalendarFile,
    Column,
    Condition,
    Due,
    Fact,
    FieldRef,
    Level,
    Option,
    SettingRef,
    Training,
)
from cim_tui.core.prescribed import gathered
from cim_tui.core.session import Absence, Session
from cim_tui.core.spot import Row, Spot
from cim_tui.core.text import shorten
from cim_tui.core.truth import YES, Leaf, Tri, both, every, some, tested
from cim_tui.core.values import Misfit
from cim_tui.core.words import counted
from cim_tui.core.workflow import Activity, Field, Step, Target, Workflow


class Situation:
    """A workflow, a session and a day; everything completeness may look at.

    Args:
        workflow: the definitions the session is pinned to.
        session: the case.
        today: for due dates and waivers with an end.
        calendar: what was published for the case's year, when there is such a file.
    """

    def __init__(
        self,
        workflow: Workflow,
        session: Session,
        today: date,
        calendar: CalendarFile | None = None,
    ) -> None:
        self.workflow = workflow
        self.session = session
        self.today = today
        self.calendar = calendar
        self._applies: dict[str, Tri] = {}
        self._rows: dict[str, dict[str, Row]] = {}
        self._labels: dict[tuple[str, str, int], str] = {}
        self._offered: dict[tuple[int, str, int], dict[str, str]] = {}
        self._deciding: set[str] = set()

    # Facts and settings

    def fact(self, name: str) -> Any:
        """A fact of the case."""
        return self.workflow.kind if name == "workflow" else self.session.fact(name)

    def meant(self, published: Due | Training) -> bool:
        """Whether a date or training of the calendar is meant for this case's level and entry."""
        level, entry = self.fact("level"), self.fact("entry")
        return (not published.levels or level in published.levels) and (
            not published.entries or entry in published.entries
        )

    def setting(self, name: str) -> Decimal | int | None:
        """A bound: the case's own, else the year's calendar's, else the workflow's."""
        own = self.session.at("settings", name, "value")
        number = isinstance(own, int | Decimal) and not isinstance(own, bool)
        if number and Decimal(own).is_finite():
            return own  # type: ignore[no-any-return]
        if self.calendar is not None and name in self.calendar.settings:
            return self.calendar.settings[name].default
        found = self.workflow.settings.get(name)
        return found.default if found else None

    def bound(self, bound: Any, spot: Spot) -> Any:
        """The number a bound stands for; None when the answer it names is missing."""
        if isinstance(bound, SettingRef):
            return self.setting(bound.setting)
        if isinstance(bound, FieldRef):
            found = self.answer(bound.field, spot)
            return found if isinstance(found, int | Decimal) else None
        return bound

    @contextmanager
    def deciding(self, key: str) -> Iterator[bool]:
        """Work on something that may come round to itself: False when it already is worked on."""
        first = key not in self._deciding
        self._deciding.add(key)
        try:
            yield first
        finally:
            if first:
                self._deciding.discard(key)

    # Applicability

    def step_required(self, step: Step) -> bool:
        """Whether the step is asked of this case at all."""
        spec = step.spec
        if not spec.required:
            return False
        if spec.required_when is None:
            return True
        return self.decide(spec.required_when, Spot(None)).truth is not False

    def activity_applies(self, activity: Activity) -> Tri:
        """Whether an activity is asked of this case."""
        condition = activity.use.applies_when
        if condition is None:
            return YES
        return self._remember(activity.address, condition, Spot(None))

    def activity_required(self, activity: Activity) -> bool:
        """Whether an activity counts toward its step; an undecided one does."""
        use = activity.use
        if not use.required or not self.step_required(activity.step):
            return False
        if use.required_when is None:
            return True
        return self.decide(use.required_when, Spot(None)).truth is not False

    def field_applies(self, field: Field) -> Tri:
        """Whether a field is asked, its activity included."""
        outer = self.activity_applies(field.activity)
        condition = field.spec.applies_when
        if condition is None or outer.truth is False:
            return outer
        inner = self._remember(field.address, condition, Spot(field.activity))
        return both(outer, inner)

    def column_applies(self, field: Field, row: Row, column: str) -> Tri:
        """Whether a cell is asked, its field aside."""
        condition = field.columns[column].applies_when
        if condition is None:
            return YES
        key = f"{field.address}.{row.id}.{column}"
        return self._remember(key, condition, Spot(field.activity, field, row))

    def _remember(self, key: str, condition: Condition, spot: Spot) -> Tri:
        if key not in self._applies:
            if key in self._deciding:  # a cycle: lint refuses it; here it stays unknown
                return Tri(None, (Leaf(key, lambda: "it depends on itself"),))
            self._deciding.add(key)
            self._applies[key] = self.decide(condition, spot)
            self._deciding.discard(key)
        return self._applies[key]

    # Answers in force

    def answer(self, ref: str, spot: Spot) -> Any:
        """What a reference in a definition amounts to here: a value, an Absence, a Misfit, None."""
        if spot.table is not None and spot.row is not None and ref in spot.table.columns:
            return self.cell(spot.table, spot.row, ref)
        target = self.workflow.target(ref, spot.activity)
        return None if target is None else self._of_target(target)

    def _of_target(self, target: Target) -> Any:
        if target.column is None:
            return self.value(target.field)
        if self.field_applies(target.field).truth is False:
            return None
        cells = (
            self.cell(target.field, row, target.column)
            for row in self.live_rows(target.field).values()
        )
        return [cell for cell in cells if cell is not None] or None

    def value(self, field: Field) -> Any:
        """A field's value in force: hidden is None, missing on purpose is its Absence."""
        if self.field_applies(field).truth is False:
            return None
        return self.stored(field)

    def stored(self, field: Field) -> Any:
        """A field's value whether or not it applies."""
        spec = field.spec
        if spec.type == "calculated":
            return calculated(self, field, None)
        absence = self.session.absence(field.address)
        if absence is not None:
            return absence
        if spec.fact is not None:
            return values.read(spec, self.session.fact(spec.fact))
        if field.columns:
            raw = self.session.raw(field.address)
            if raw is not None and isinstance(values.read(spec, raw), Misfit):
                return values.read(spec, raw)
            rows = self.live_rows(field)
            return {row.id: row.cells for row in rows.values() if row.stored} or None
        raw = self.session.raw(field.address)
        return None if values.is_empty(raw) else values.read(spec, raw)

    def cell(self, field: Field, row: Row, column: str) -> Any:
        """A cell's value in force."""
        spec = field.columns.get(column)
        if spec is None or self.column_applies(field, row, column).truth is False:
            return None
        if spec.type == "calculated":
            return calculated(self, field, row, column)
        absence = self.session.absence(f"{field.address}.{row.id}.{column}")
        if absence is not None:
            return absence
        raw = row.cells.get(column)
        return None if values.is_empty(raw) else values.read(spec, raw)

    # Rows

    def live_rows(self, field: Field) -> dict[str, Row]:
        """Rows that count, prescribed ones first, in order."""
        return {key: row for key, row in self.rows(field).items() if not row.parked}

    def rows(self, field: Field) -> dict[str, Row]:
        """Every row, the parked ones with the reason."""
        if field.address not in self._rows:
            if f"rows:{field.address}" in self._deciding:
                return {}
            self._deciding.add(f"rows:{field.address}")
            self._rows[field.address] = gathered(self, field)
            self._deciding.discard(f"rows:{field.address}")
        return self._rows[field.address]

    def row_label(self, field: Field, row: Row, depth: int = 0) -> str:
        """What a row is called: its first words, or its place in the table."""
        key = (field.address, row.id, depth)
        if key not in self._labels:
            self._labels[key] = self._find_label(field, row, depth)
        return self._labels[key]

    def _find_label(self, field: Field, row: Row, depth: int) -> str:
        parts = []
        for name in field.row_label:
            raw = row.cells.get(name)
            if not values.is_empty(raw):
                parts.append(self.show(field.columns[name], raw, field, depth))
        text = shorten(" · ".join(part for part in parts if part), 48)
        if text:
            return text
        order = list(self.live_rows(field))
        number = order.index(row.id) + 1 if row.id in order else 0
        return f"{field.spec.one} {number}" if number else field.spec.one

    def show(self, spec: Column, raw: Any, field: Field, depth: int = 0) -> str:
        """A raw value in people's words: labels of choices and of the rows referred to."""
        if spec.type == "reference" and depth < 3:
            ids = raw if isinstance(raw, list) else [raw]
            labels = self.choices_of(spec, field, depth + 1)
            return ", ".join(labels.get(str(i), f"{i} (no longer there)") for i in ids)
        if spec.type in ("people", "evidence") and isinstance(raw, Mapping):
            return "; ".join(self._entry_label(entry) for entry in raw.values())
        return values.show(spec, raw, self.workflow.choices(spec))

    def _entry_label(self, entry: Any) -> str:
        if not isinstance(entry, Mapping):
            return str(entry)
        roster = self.workflow.roster
        if roster is not None and entry.get("person"):
            row = self.rows(roster).get(str(entry["person"]))
            if row is not None:
                return self.row_label(roster, row, 2)
        return str(
            entry.get("name") or entry.get("what") or entry.get("path") or entry.get("url") or ""
        )

    def choices_of(self, spec: Column, field: Field, depth: int = 0) -> dict[str, str]:
        """Ids and labels of what a choice or a reference may take right now."""
        if spec.type != "reference":
            return self.workflow.choices(spec)
        key = (id(spec), field.address, depth)
        if key not in self._offered:
            self._offered[key] = {
                row.id: self.row_label(table, row, depth)
                for table in self.targets_of(spec, field)
                for row in self.live_rows(table).values()
            }
        return self._offered[key]

    def targets_of(self, spec: Column, field: Field) -> list[Field]:
        """The tables a reference may point to in this workflow."""
        found = []
        for ref in spec.targets:
            if ref == "roster":
                if self.workflow.roster is not None:
                    found.append(self.workflow.roster)
                continue
            target = self.workflow.target(ref, field.activity)
            if target is not None and self.field_applies(target.field).truth is not False:
                found.append(target.field)
        return found

    # Conditions

    def decide(self, condition: Condition, spot: Spot) -> Tri:
        """Decide a condition: true, false, or unknown because something is unanswered."""
        if condition.all_ is not None:
            return every([self.decide(part, spot) for part in condition.all_])
        if condition.any_ is not None:
            return some([self.decide(part, spot) for part in condition.any_])
        if condition.not_ is not None:
            inner = self.decide(condition.not_, spot)
            return Tri(None if inner.truth is None else not inner.truth, inner.leaves)
        return self._decide_subject(condition, spot)

    def _decide_subject(self, condition: Condition, spot: Spot) -> Tri:
        if condition.fact is not None:
            return self._decide_fact(condition, condition.fact, spot)
        if condition.column is not None:
            return self._decide_column(condition, spot)
        target = self.workflow.target(condition.field or "", spot.activity)
        if target is None:
            gone = Leaf("", lambda: "that question is not part of this process")
            return Tri(False, (gone,))
        return self._decide_value(
            condition,
            target.spec,
            target.field,
            target.field.address,
            self.field_applies(target.field),
            lambda: self._of_target(target),
            spot,
        )

    def _decide_fact(self, condition: Condition, fact: Fact, spot: Spot) -> Tri:
        value = self.fact(fact)
        known = value is not None or not self._must_know(fact)
        label = f"the {fact.replace('-', ' ')}"
        leaf = Leaf(f"case.{fact}", lambda: f"{label} {self._fact_words(fact, value)}")
        return tested(condition, value, leaf, known, lambda want: self.bound(want, spot))

    def _decide_column(self, condition: Condition, spot: Spot) -> Tri:
        table, row, name = spot.table, spot.row, condition.column or ""
        if table is None or row is None or name not in table.columns:
            return Tri(False, (Leaf("", lambda: "that column is not there"),))
        return self._decide_value(
            condition,
            table.columns[name],
            table,
            f"{table.address}.{row.id}.{name}",
            self.column_applies(table, row, name),
            lambda: self.cell(table, row, name),
            spot,
        )

    def _decide_value(
        self,
        condition: Condition,
        spec: Column,
        field: Field,
        address: str,
        applies: Tri,
        read: Callable[[], Any],
        spot: Spot,
    ) -> Tri:
        """A test on an answer: hidden, every test but "not answered" is false."""
        if applies.truth is None:
            return applies
        if applies.truth is False:
            hidden = Leaf(address, lambda: f"“{spec.label}” does not apply")
            return Tri(condition.answered is False, (hidden,))
        value = read()
        leaf = Leaf(address, lambda: f"“{spec.label}” {self._value_words(spec, value, field)}")
        return tested(condition, value, leaf, None, lambda want: self.bound(want, spot))

    def _must_know(self, fact: str) -> bool:
        spec = self.workflow.spec
        named = {"level": spec.level_required, "category": bool(spec.categories),
                 "entry": bool(spec.entries), "cycle": bool(spec.cycles)}  # fmt: skip
        return named.get(fact, fact == "year")

    def _fact_words(self, fact: str, value: Any) -> str:
        if value is None:
            return "is not known"
        spec = self.workflow.spec
        named: dict[str, Mapping[str, Level | Option]] = {
            "level": spec.levels, "category": spec.categories,
            "entry": spec.entries, "cycle": spec.cycles,
        }  # fmt: skip
        found = named.get(fact, {}).get(str(value))
        return f"is {found.title if found is not None else value}"

    def _value_words(self, spec: Column, value: Any, field: Field) -> str:
        if value is None:
            return "is not answered"
        if isinstance(value, Absence):
            return "is marked as missing"
        if isinstance(value, Misfit):
            return "cannot be read"
        if isinstance(value, dict) or (isinstance(value, list) and spec.type == "table"):
            return f"has {counted(len(value), 'row')}"
        if isinstance(value, list):
            value = [item for item in value if not isinstance(item, Absence | Misfit)]
            if not value:
                return "is marked as missing"
        return f"is {shorten(self.show(spec, value, field), 40)}"
