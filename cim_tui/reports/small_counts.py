"""Which numbers a shared copy withholds: small counts of children, and what would give one back.

Worked out over the whole case, also where only one step goes on paper: a number shown in one step
may not give back what is withheld in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from cim_tui.core.language import Calculate, Column
from cim_tui.core.session import Absence
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row, Spot
from cim_tui.core.workflow import Activity, Field
from cim_tui.reports.privacy import SMALL, parts_of, tells_a_count


class Made(NamedTuple):
    """A calculated number and the addresses of what it is made of."""

    value: Decimal | None
    parts: tuple[str, ...]
    is_count: bool
    """A sum or difference of counts of children, which is one itself."""


@dataclass(frozen=True)
class Scope:
    """Numbers that stand beside each other: those of a row, or of an activity outside tables."""

    counts: tuple[str, ...]
    percents: Mapping[str, Decimal]


def withheld_numbers(situation: Situation) -> frozenset[str]:
    """Addresses of the numbers that a shared copy withholds.

    They are the counts of children from 1 to 10; with exactly one cell of a column of counts
    withheld, the next smallest; what is calculated from any of these; and a percent that would
    turn a count that is shown into one that is not.
    """
    return frozenset(_Ledger(situation).settle())


class _Ledger:
    """Every number that matters, and which of them are withheld so far."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.withheld: set[str] = set()
        self.counts: dict[str, Decimal] = {}
        self.made: dict[str, Made] = {}
        self.scopes: list[Scope] = []
        self.groups: list[list[str]] = []
        for activity in situation.workflow.each_activity():
            self._read_activity(activity)

    def settle(self) -> set[str]:
        """Withhold until nothing more has to be; each thing withheld may ask for another."""
        before = -1
        while len(self.withheld) != before:
            before = len(self.withheld)
            self._with_what_is_made_of_them()
            for group in self.groups:
                self._never_alone(group)
            for scope in self.scopes:
                self._percents(scope)
        return self.withheld

    # Reading

    def _read_activity(self, activity: Activity) -> None:
        singles: dict[str, tuple[Column, Any]] = {}
        for field in activity.fields.values():
            if self.situation.field_applies(field).truth is False:
                continue
            if field.type == "table":
                self._read_table(field)
            elif not field.columns:
                singles[field.address] = (field.spec, self.situation.value(field))
                self._read(field.address, field.spec, self.situation.value(field), field, None)
        self.scopes.append(self._scope(singles))

    def _read_table(self, field: Field) -> None:
        rows = self.situation.live_rows(field)
        for row in rows.values():
            cells: dict[str, tuple[Column, Any]] = {}
            for name, spec in field.columns.items():
                address = f"{field.address}.{row.id}.{name}"
                cells[address] = (spec, self.situation.cell(field, row, name))
                self._read(address, spec, cells[address][1], field, row)
            self.scopes.append(self._scope(cells))
        for name, spec in field.columns.items():
            if spec.counts_children:
                self._read_groups(field, name, rows)

    def _read(self, address: str, spec: Column, value: Any, field: Field, row: Row | None) -> None:
        if value is None or isinstance(value, Absence):
            # The team itself withheld it: the rest of its column may not give it back.
            if isinstance(value, Absence) and value.code == "withheld" and spec.counts_children:
                self.withheld.add(address)
            return
        number = _number(value)
        if spec.personal:
            self.withheld.add(address)
        if spec.calculate is not None:
            parts = tuple(self._parts(spec.calculate, field, row))
            adds_up = spec.calculate.sum is not None or spec.calculate.difference is not None
            is_count = spec.counts_children or (adds_up and self._all_counts(spec, field))
            self.made[address] = Made(number, parts, is_count)
            if is_count and _is_small(number):
                self.withheld.add(address)
        elif spec.counts_children:
            if number is not None:
                self.counts[address] = number
            if number is None or _is_small(number):  # a count that cannot be read may be small
                self.withheld.add(address)

    def _all_counts(self, spec: Column, field: Field) -> bool:
        for ref in parts_of(spec.calculate) if spec.calculate is not None else ():
            target = self.situation.workflow.target(ref, field.activity)
            part = field.columns.get(ref) or (target.spec if target else None)
            home = target.field if target and ref not in field.columns else field
            if part is None or not tells_a_count(self.situation, part, home):
                return False
        return True

    def _parts(self, how: Calculate, field: Field, row: Row | None) -> Iterator[str]:
        for ref in parts_of(how):
            if row is not None and ref in field.columns:
                yield f"{field.address}.{row.id}.{ref}"
                continue
            target = self.situation.workflow.target(ref, field.activity)
            if target is None:
                continue
            if target.column is None:
                yield target.field.address
                continue
            for other in self.situation.live_rows(target.field).values():
                spot = Spot(target.field.activity, target.field, other)
                if how.where is not None and self.situation.decide(how.where, spot).truth is False:
                    continue
                if how.per is None or (row is not None and other.cells.get(how.per) == row.id):
                    yield f"{target.field.address}.{other.id}.{target.column}"

    def _scope(self, cells: Mapping[str, tuple[Column, Any]]) -> Scope:
        percents = {
            address: number
            for address, (spec, value) in cells.items()
            if (spec.type == "percent" or (spec.type == "number" and spec.unit == "%"))
            and (number := _number(value)) is not None
        }
        return Scope(tuple(a for a in cells if a in self.counts), percents)

    def _read_groups(self, field: Field, name: str, rows: Mapping[str, Row]) -> None:
        """Cells that may add up to a known total: a table's, a parent's, each start of its key."""
        lead = ["of"] if "of" in field.columns else []
        key = [*lead, *(column for column in field.spec.key if column != "of")]
        for length in range(len(lead), max(len(lead) + 1, len(key))):
            groups: dict[tuple[str, ...], list[str]] = {}
            for row in rows.values():
                place = tuple(str(row.cells.get(column, "")) for column in key[:length])
                groups.setdefault(place, []).append(f"{field.address}.{row.id}.{name}")
            self.groups.extend(groups.values())

    # Withholding

    def _with_what_is_made_of_them(self) -> None:
        for _ in self.made:  # a chain of calculations is never longer than all of them
            before = len(self.withheld)
            for address, made in self.made.items():
                if made.value is not None and any(part in self.withheld for part in made.parts):
                    self.withheld.add(address)
            if len(self.withheld) == before:
                break
        for address, made in self.made.items():
            if made.is_count and address in self.withheld and _is_small(made.value):
                self._break_up(made.parts)

    def _break_up(self, parts: tuple[str, ...]) -> None:
        """A small sum or difference is given back by its parts when all of them are shown."""
        shown = [part for part in parts if self.counts.get(part) and part not in self.withheld]
        if shown and not any(part in self.withheld for part in parts):
            self.withheld.add(min(shown, key=self.counts.__getitem__))

    def _never_alone(self, group: list[str]) -> None:
        """With exactly one cell withheld, a total gives it back: withhold the next smallest."""
        if sum(address in self.withheld for address in group) != 1:
            return
        shown = [a for a in group if self.counts.get(a) and a not in self.withheld]
        if shown:
            self.withheld.add(min(shown, key=self.counts.__getitem__))

    def _percents(self, scope: Scope) -> None:
        """A percent of a count that is shown is a count; so is one of two that are withheld."""
        for part in scope.counts:
            for whole in scope.counts:
                if part == whole or not {part, whole} & self.withheld:
                    continue
                for address, percent in scope.percents.items():
                    if _gives_back(percent, self.counts[part], self.counts[whole]):
                        self.withheld.add(address)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _is_small(number: Decimal | None) -> bool:
    return number is not None and 0 < abs(number) <= SMALL


def _gives_back(percent: Decimal, part: Decimal, whole: Decimal) -> bool:
    """Whether this percent of the whole, or what it leaves, comes out at the part."""
    if part <= 0 or whole <= 0:
        return False
    ratio = 100 * part / whole
    near = max(Decimal("0.5"), 50 / whole)
    return abs(percent - ratio) <= near or abs(100 - percent - ratio) <= near
