"""A block of cells from a spreadsheet into a table: matched, previewed, then taken in whole."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cim_tui.core.errors import CimError, ValueRefused
from cim_tui.core.session import new_id
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.core.words import counted
from cim_tui.core.workflow import Field
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.service.reading import raw_from_text
from cim_tui.service.rows import prescribed_columns, written

MOST_ROWS = 5_000


@dataclass(frozen=True)
class Misplaced:
    """A cell that does not fit its column."""

    row: int
    column: str
    text: str
    why: str


@dataclass
class Plan:
    """What a paste would do. Nothing has changed yet."""

    table: Field
    columns: list[str | None]
    """The column each pasted column goes to; None where nothing fits."""
    headers: list[str]
    """The first line, when it names columns."""
    rows: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    """The prescribed row each line belongs to (None: a new row), and its cells."""
    refused: list[Misplaced] = field(default_factory=list)

    def in_words(self) -> list[str]:
        """The preview, line by line."""
        labels = self.table.columns
        matched = [labels[c].label if c else "(left out)" for c in self.columns]
        lines = [f"{counted(len(self.rows), 'row')} for “{self.table.label}”"]
        lines += [f"  line {w.row}, {w.column}: {w.why}" for w in self.refused[:20]]
        if len(self.refused) > 20:
            lines.append(f"  and {len(self.refused) - 20} more")
        for number, label in enumerate(matched):
            head = self.headers[number] if number < len(self.headers) else f"column {number + 1}"
            lines.append(f"  {shorten(head, 30)} → {label}")
        return lines


def split(text: str) -> list[list[str]]:
    """Cells of a pasted block: tab-separated as spreadsheets give it, else comma-separated."""
    cleaned = clean(text)
    first = cleaned.split("\n", 1)[0]
    delimiter = "\t" if "\t" in cleaned else ";" if first.count(";") > first.count(",") else ","
    csv.field_size_limit(1_000_000)
    try:
        lines = list(csv.reader(io.StringIO(cleaned), delimiter=delimiter))
    except csv.Error as wrong:
        raise ValueRefused(f"This does not look like cells of a spreadsheet ({wrong})") from wrong
    return [line for line in lines if any(cell.strip() for cell in line)]


def plan(case: Case, table: Field, text: str, rng: Random) -> Plan:
    """Match columns and check every cell.

    Args:
        case: the open case.
        table: where the rows go.
        text: the pasted block, with or without a first line that names columns.
        rng: for ids of people and evidence.

    Raises:
        ValueRefused: there is nothing to take in, or far too much.
    """
    lines = split(text)
    if not lines:
        raise ValueRefused("There are no cells in what was pasted")
    if len(lines) > MOST_ROWS:
        raise ValueRefused(f"More than {MOST_ROWS} rows at once; paste them in parts")
    columns, headers = _match(table, lines)
    found = Plan(table, columns, headers)
    given = prescribed_columns(table)
    known = _prescribed(case, table, given)
    for number, line in enumerate(lines[1:] if headers else lines, start=2 if headers else 1):
        cells: dict[str, Any] = {}
        origin: dict[str, str] = {}
        for column, cell in zip(columns, line, strict=False):
            if column is None or not cell.strip():
                continue
            if column in given:
                origin[column] = one_line(cell).casefold()
                continue
            place = Place(f"{table.address}.new.{column}", table, "new", column)
            try:
                cells[column] = raw_from_text(case, place, cell, rng)
            except CimError as wrong:
                label = table.columns[column].label
                found.refused.append(Misplaced(number, label, cell, str(wrong)))
        row = known.get(tuple(origin.get(name, "") for name in sorted(given))) if given else None
        if row is None and table.spec.rows_from is not None and not table.spec.extra_rows:
            why = "no row here is meant for this line"
            found.refused.append(Misplaced(number, table.label, " ".join(line), why))
        found.rows.append((row, cells))
    return found


def _match(table: Field, lines: list[list[str]]) -> tuple[list[str | None], list[str]]:
    """Columns by the names in the first line, else by their order."""
    fillable = [name for name, c in table.columns.items() if c.type != "calculated"]
    names = {one_line(table.columns[n].label).casefold(): n for n in fillable}
    names |= {name.casefold(): name for name in fillable}
    names |= {name.replace("-", " ").casefold(): name for name in fillable}
    first = [one_line(cell).casefold() for cell in lines[0]]
    hits = [names.get(cell) for cell in first]
    filled = [cell for cell in first if cell]
    if filled and sum(hit is not None for hit in hits) * 2 >= len(filled):
        seen: set[str] = set()
        columns: list[str | None] = []
        for hit in hits:
            columns.append(hit if hit and hit not in seen else None)
            seen.add(hit or "")
        return columns, [one_line(cell) for cell in lines[0]]
    width = max(len(line) for line in lines)
    own = [name for name in fillable if name != "of"]
    return [own[i] if i < len(own) else None for i in range(width)], []


def _prescribed(case: Case, table: Field, given: set[str]) -> dict[tuple[str, ...], str]:
    """Prescribed rows by what prescribes them, as people read it."""
    found: dict[tuple[str, ...], str] = {}
    for row in case.situation.live_rows(table).values() if given else ():
        shown = [
            one_line(case.situation.show(table.columns[n], row.cells.get(n), table)).casefold()
            for n in sorted(given)
        ]
        found[tuple(shown)] = row.id
    return found


def carry_out(case: Case, planned: Plan, rng: Random) -> None:
    """Take the rows in, as one change that can be undone.

    Raises:
        ValueRefused: some cell does not fit.
    """
    if planned.refused:
        many = len(planned.refused)
        raise ValueRefused(f"{counted(many, 'cell')} {'does' if many == 1 else 'do'} not fit")
    table, session = planned.table, case.session
    taken = dict(case.situation.rows(table))
    for row, cells in planned.rows:
        if row is not None:
            session = written(session, table, taken[row])
            stored = session.raw(f"{table.address}.{row}") or {}
            session = session.with_row(table.address, row, {**stored, **cells})
        else:
            key = new_id(rng, {**taken, **(session.raw(table.address) or {})})
            session = session.with_row(table.address, key, cells)
    what = f"{counted(len(planned.rows), 'row')} pasted"
    case.apply(session, table.address, what=what)
