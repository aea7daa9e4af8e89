"""The rules of an activity, one function a kind. A rule that cannot be evaluated is a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cim_tui.core.calculate import EXACT
from cim_tui.core.language import Rule
from cim_tui.core.problems import DECIDES, Ledger, Problem
from cim_tui.core.session import Absence
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row, Spot
from cim_tui.core.truth import Tri
from cim_tui.core.values import Misfit
from cim_tui.core.workflow import Activity, Target

_BLANKS = re.compile(r"\{(row|found|wanted)\}")


class Undecided(Exception):
    """A rule met something it needs and cannot read."""


class Reading:
    """A rule, where it stands, and what it reads."""

    def __init__(
        self, situation: Situation, activity: Activity, key: str, rule: Rule, target: Target
    ) -> None:
        self.situation, self.activity, self.key, self.rule = situation, activity, key, rule
        self.target, self.field = target, target.field

    def rows(self, where: Any = None) -> Iterator[Row]:
        """Live rows of the rule's table; an undecided `where` cannot be counted."""
        for row in self.situation.live_rows(self.field).values():
            if where is None:
                yield row
                continue
            truth = self.situation.decide(where, self.spot(row)).truth
            if truth is True:
                yield row

    def undecided(self, where: Any) -> int:
        """Rows of which nobody can tell yet whether they count."""
        rows = self.situation.live_rows(self.field).values() if where is not None else ()
        return sum(self.situation.decide(where, self.spot(row)).truth is None for row in rows)

    def spot(self, row: Row | None = None) -> Spot:
        """Where conditions and names of this rule are read."""
        return Spot(self.activity, self.field if row else None, row)

    def bound(self, bound: Any, row: Row | None = None) -> Any:
        """The number of a bound; a bound that cannot be read makes the rule undecided."""
        if bound is None:
            return None
        number = self.situation.bound(bound, self.spot(row))
        if number is None:
            raise Undecided("it is measured against an answer or a setting that is missing")
        return number

    def places(self) -> Iterator[tuple[str, Row | None, Any]]:
        """Address, row and value of each place the rule looks at: one, or one for each row."""
        if self.target.column is None:
            yield self.field.address, None, self.situation.value(self.field)
            return
        for row in self.rows():
            if self.situation.column_applies(self.field, row, self.target.column).truth is True:
                address = f"{self.field.address}.{row.id}.{self.target.column}"
                yield address, row, self.situation.cell(self.field, row, self.target.column)

    def fail(
        self, ledger: Ledger, address: str, at: Row | None = None, which: str = "", **words: Any
    ) -> None:
        """Report the rule at an address, its message filled in.

        Args:
            ledger: what collects it.
            address: where the person can mend it.
            at: the row it is about.
            which: a row of another table that it is about, where one address has several.
            words: what fills `{row}`, `{found}` and `{wanted}`.
        """
        label = self.target.spec.label
        if at is not None:
            name = self.situation.row_label(self.field, at)
            words.setdefault("row", name)
            label = f"{name}: {label}" if self.target.column else name
        message = _BLANKS.sub(lambda blank: str(words.get(blank[1], "")), self.rule.message)
        ledger.fail(
            Problem(address, self.activity.address, label, self.rule.weight, message,
                    f"{self.key}:{which}" if which else self.key,
                    self.rule.source, self.rule.may_be_waived)
        )  # fmt: skip

    def cannot_check(self, ledger: Ledger, address: str, why: Undecided) -> None:
        """Report that the rule met something it needs and cannot read: that keeps it open."""
        rule = self.rule
        ledger.fail(
            Problem(address, self.activity.address, self.target.spec.label, rule.weight,
                    f"{_plain(rule.message)} (cannot be checked yet: {why})", self.key,
                    rule.source, rule.may_be_waived)
        )  # fmt: skip


def check_rules(situation: Situation, activity: Activity, ledger: Ledger) -> None:
    """Check every rule of an activity whose question is shown and whose condition holds."""
    for key, rule in activity.spec.rules.items():
        target = situation.workflow.target(rule.on, activity)
        if target is None:
            continue
        applies = situation.field_applies(target.field)
        if applies.truth is None:
            _say_perhaps(ledger, applies, rule, target)
        if applies.truth is not True:
            continue
        reading = Reading(situation, activity, key, rule, target)
        by_row = rule.applies_when is not None and _names_a_column(rule.applies_when)
        if rule.applies_when is not None and not by_row:
            truth = situation.decide(rule.applies_when, reading.spot()).truth
            if truth is False:
                continue
            if truth is None:
                _say_undecided(reading, ledger)
                continue
        if _missing_for_good(situation.stored(target.field), target):
            continue
        ledger.ask(_question(target), key, rule.weight)
        try:
            KINDS[rule.kind](reading, ledger)
        except Undecided as why:
            reading.cannot_check(ledger, target.field.address, why)


def _missing_for_good(value: Any, target: Target) -> bool:
    """A coded absence that satisfies the question leaves nothing for rules to look at."""
    if not isinstance(value, Absence):
        return False
    return value.code in target.field.spec.satisfied_by() and bool(value.note.strip())


def _question(target: Target) -> str:
    address = target.field.address
    return f"{address}.{target.column}" if target.column else address


def _plain(message: str) -> str:
    return _BLANKS.sub("…", message)


def _say_undecided(reading: Reading, ledger: Ledger) -> None:
    rule, situation = reading.rule, reading.situation
    assert rule.applies_when is not None
    tri = situation.decide(rule.applies_when, reading.spot())
    ledger.ask(_question(reading.target), reading.key, rule.weight)
    for leaf in tri.leaves[:1]:
        ledger.fail(
            Problem(reading.field.address, reading.activity.address, reading.target.spec.label,
                    rule.weight, f"{_plain(rule.message)} (if it applies: {leaf.words})",
                    reading.key, rule.source, rule.may_be_waived)
        )  # fmt: skip


def _say_perhaps(ledger: Ledger, applies: Tri, rule: Rule, target: Target) -> None:
    """Nobody can tell yet whether the rule's question is asked: ask for what decides it."""
    label = target.spec.label
    for leaf in applies.leaves:
        message = f"Answer this first, it decides whether “{label}” is asked: {leaf.words}"
        address = leaf.address or target.field.address
        ledger.fail(
            Problem(address, ledger.activity.address, label, rule.weight, message, "undecided",
                    DECIDES)
        )  # fmt: skip


def _skips(reading: Reading, row: Row | None) -> bool:
    """Whether the rule's condition leaves this row out; an undecided one does not."""
    condition = reading.rule.applies_when
    if condition is None:
        return False
    return reading.situation.decide(condition, reading.spot(row)).truth is False


def _hides(reading: Reading, row: Row | None) -> bool:
    """Whether the row does not ask the column that the rule is shown on."""
    column = reading.target.column
    if row is None or column is None:
        return False
    return reading.situation.column_applies(reading.field, row, column).truth is False


def _number(value: Any) -> int | Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return value


def _present(value: Any) -> bool:
    return value is not None and not isinstance(value, Absence | Misfit)


def _each(
    test: Callable[[Reading, Any, Row | None], tuple[bool, dict[str, Any]]],
) -> Callable[[Reading, Ledger], None]:
    """A kind that looks at one value at a time and has nothing to say where there is none."""

    def check(reading: Reading, ledger: Ledger) -> None:
        for address, row, value in reading.places():
            if not _present(value) or _skips(reading, row):
                continue
            try:
                holds, words = test(reading, value, row)
            except Undecided as why:
                reading.cannot_check(ledger, address, why)
                continue
            if not holds:
                reading.fail(ledger, address, row, **words)

    return check


def _required(reading: Reading, ledger: Ledger) -> None:
    for address, row, value in reading.places():
        if _skips(reading, row):
            continue
        satisfied = reading.target.spec.satisfied_by(reading.rule.weight)
        if isinstance(value, Absence):
            if value.code not in satisfied or not value.note.strip():
                reading.fail(ledger, address, row)
        elif value is None:
            reading.fail(ledger, address, row)


def _length(reading: Reading, value: Any, row: Row | None) -> tuple[bool, dict[str, Any]]:
    length = reading.rule.length
    assert length is not None
    size = len(value) if isinstance(value, str | list | dict) else 0
    return _between(reading, length.at_least, length.at_most, size, row)


def _range(reading: Reading, value: Any, row: Row | None) -> tuple[bool, dict[str, Any]]:
    wanted = reading.rule.range_
    assert wanted is not None
    number = _number(value)
    if number is None:
        return True, {}
    return _between(reading, wanted.at_least, wanted.at_most, number, row)


def _between(
    reading: Reading, least: Any, most: Any, number: Any, row: Row | None
) -> tuple[bool, dict[str, Any]]:
    low, high = reading.bound(least, row), reading.bound(most, row)
    wanted = low if low is not None and number < low else high
    holds = (low is None or number >= low) and (high is None or number <= high)
    return holds, {"found": number, "wanted": wanted}


def _pattern(reading: Reading, value: Any, row: Row | None) -> tuple[bool, dict[str, Any]]:
    return re.fullmatch(reading.rule.pattern or "", str(value)) is not None, {"found": value}


def _date_order(reading: Reading, value: Any, row: Row | None) -> tuple[bool, dict[str, Any]]:
    order = reading.rule.date_order
    assert order is not None
    if not isinstance(value, date):
        return True, {}
    for ref, wrong in ((order.not_before, value.__lt__), (order.not_after, value.__gt__)):
        other = reading.situation.answer(ref, reading.spot(row)) if ref else None
        if isinstance(other, date) and wrong(other):
            return False, {"found": value, "wanted": other}
    return True, {}


def _within_days(reading: Reading, value: Any, row: Row | None) -> tuple[bool, dict[str, Any]]:
    within = reading.rule.within_days
    assert within is not None
    start = reading.situation.answer(within.of, reading.spot(row))
    if not isinstance(value, date) or not isinstance(start, date):
        return True, {}
    most = int(reading.bound(within.days, row))
    late = (value - start).days - most
    return late <= 0, {"found": value, "wanted": value - timedelta(days=max(0, late))}


def _said(reading: Reading, row: Row, column: str) -> str:
    """A cell in force as text to compare: case and blanks at the ends do not count."""
    value = reading.situation.cell(reading.field, row, column)
    return str(value).strip().casefold() if _present(value) else ""


def _unique(reading: Reading, ledger: Ledger) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in reading.rows():
        key = tuple(_said(reading, row, name) for name in reading.rule.unique or ())
        if all(key) and key in seen:
            reading.fail(ledger, f"{reading.field.address}.{row.id}", row)
        seen.add(key)


def _holds(reading: Reading, ledger: Ledger) -> None:
    condition = reading.rule.holds
    assert condition is not None
    by_row = bool(reading.field.columns) and _names_a_column(condition)
    for row in reading.rows() if by_row else [None]:
        if _skips(reading, row) or _hides(reading, row):
            continue
        tri = reading.situation.decide(condition, reading.spot(row))
        if tri.truth is True:
            continue
        address = reading.field.address
        if row is not None:
            column = f".{reading.target.column}" if reading.target.column else ""
            address = f"{address}.{row.id}{column}"
        reading.fail(ledger, address, row)


def _names_a_column(condition: Any) -> bool:
    if condition.column is not None:
        return True
    parts = (*(condition.all_ or ()), *(condition.any_ or ()))
    return any(map(_names_a_column, parts)) or (
        condition.not_ is not None and _names_a_column(condition.not_)
    )


def _rows(reading: Reading, ledger: Ledger) -> None:
    count = reading.rule.rows
    assert count is not None
    rows = list(reading.rows(count.where))
    found = len(rows)
    if count.distinct is not None:
        found = len({_said(reading, row, count.distinct) for row in rows} - {""})
    least = count.exactly if count.exactly is not None else count.at_least
    most = count.exactly if count.exactly is not None else count.at_most
    holds, words = _between(reading, least, most, found, None)
    if holds and most is not None and count.distinct is None:
        holds, words = _between(reading, None, most, found + reading.undecided(count.where), None)
    if not holds:
        reading.fail(ledger, reading.field.address, **words)


def _sum(reading: Reading, ledger: Ledger) -> None:
    wanted = reading.rule.sum
    assert wanted is not None
    totals: dict[str, Decimal] = {} if wanted.per else {"": Decimal(0)}
    for row in reading.rows(wanted.where):
        cell = _number(reading.situation.cell(reading.field, row, wanted.of))
        if cell is None:
            continue
        key = _said(reading, row, wanted.per) if wanted.per else ""
        totals[key] = EXACT.add(totals.get(key, Decimal(0)), Decimal(cell))
    for total in totals.values():
        equals, most = reading.bound(wanted.equals), reading.bound(wanted.at_most)
        off = equals is not None and abs(total - equals) > wanted.tolerance
        over = most is not None and total > most + wanted.tolerance
        if off or over:
            limit = equals if equals is not None else most
            reading.fail(ledger, reading.field.address, found=f"{total:,}", wanted=f"{limit:,}")


def _above(reading: Reading, row: Row, column: str) -> str:
    value = reading.situation.cell(reading.field, row, column)
    return value if isinstance(value, str) else ""


def _tree(reading: Reading, ledger: Ledger) -> None:
    wanted = reading.rule.tree
    assert wanted is not None
    rows = {row.id: row for row in reading.rows()}
    deepest = 0
    for row in rows.values():
        seen, at = [row.id], row
        while (up := _above(reading, at, wanted.column)) in rows and up not in seen:
            seen.append(up)
            at = rows[up]
        if up in seen:
            reading.fail(ledger, f"{reading.field.address}.{row.id}", row, found="a circle")
        deepest = max(deepest, len(seen))
    least = reading.bound(wanted.depth_at_least)
    if rows and deepest < least:
        reading.fail(ledger, reading.field.address, found=deepest, wanted=least)


def _covers(reading: Reading, ledger: Ledger) -> None:
    covers = reading.rule.covers
    assert covers is not None
    situation = reading.situation
    each = situation.workflow.target(covers.each, reading.activity)
    by = situation.workflow.target(covers.by, reading.activity)
    if each is None or by is None or by.column is None:
        return
    if situation.field_applies(each.field).truth is not True:
        return
    named = _named_by(situation, by, covers.by_where)
    least = reading.bound(covers.at_least)
    done: set[str] = set()
    for row in situation.live_rows(each.field).values():
        spot = Spot(each.field.activity, each.field, row)
        if covers.where is not None and situation.decide(covers.where, spot).truth is False:
            continue
        explained = covers.or_answered is not None and any(
            situation.answer(covers.or_answered, at) is not None for at in (spot, reading.spot())
        )
        for key in [] if explained else _keys_of(situation, each, row):
            if key in done or named.get(key, 0) >= least:
                continue
            done.add(key)
            name = situation.row_label(each.field, row)
            if each.column is not None:
                name = situation.show(each.spec, key, each.field)
            own = each.field is reading.field and reading.target.column is None
            reading.fail(
                ledger,
                f"{each.field.address}.{row.id}" if own else reading.field.address,
                which="" if own else key,
                row=name,
                found=named.get(key, 0),
                wanted=least,
            )


def _keys_of(situation: Situation, each: Target, row: Row) -> list[str]:
    """What of a row has to be covered: the row itself, or each value of a column in force."""
    if each.column is None:
        return [row.id]
    value = situation.cell(each.field, row, each.column)
    return [str(v) for v in (value if isinstance(value, list) else [value]) if _present(v)]


def _named_by(situation: Situation, by: Target, where: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    if situation.field_applies(by.field).truth is False:
        return counts
    for row in situation.live_rows(by.field).values():
        spot = Spot(by.field.activity, by.field, row)
        if where is not None and situation.decide(where, spot).truth is not True:
            continue
        value = situation.cell(by.field, row, by.column or "")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                counts[item] = counts.get(item, 0) + 1
    return counts


def _any_of(reading: Reading, ledger: Ledger) -> None:
    names = reading.rule.any_of or ()
    by_row = bool(reading.field.columns) and all(n in reading.field.columns for n in names)
    for row in reading.rows() if by_row else [None]:
        if _skips(reading, row):
            continue
        spot = reading.spot(row)
        if all(reading.situation.answer(name, spot) is None for name in names):
            address = f"{reading.field.address}.{row.id}" if row else reading.field.address
            reading.fail(ledger, address, row)


KINDS: dict[str, Callable[[Reading, Ledger], None]] = {
    "required": _required,
    "length": _each(_length),
    "range_": _each(_range),
    "pattern": _each(_pattern),
    "date_order": _each(_date_order),
    "within_days": _each(_within_days),
    "unique": _unique,
    "holds": _holds,
    "rows": _rows,
    "sum": _sum,
    "tree": _tree,
    "covers": _covers,
    "any_of": _any_of,
}
