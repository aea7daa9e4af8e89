"""Rows of a table: added, moved, removed, doubled; many at once from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from cim_tui.core.errors import ValueRefused
from cim_tui.core.session import Session, new_id
from cim_tui.core.spot import Row
from cim_tui.core.workflow import Field
from cim_tui.service.case import Case
from cim_tui.service.place import locate, row_place
from cim_tui.service.reading import raw_from_json


def prescribed_columns(field: Field) -> set[str]:
    """Columns that a prescribed row brings with it."""
    rows_from = field.spec.rows_from
    return {part.into for part in rows_from.parts} if rows_from else set()


def written(session: Session, field: Field, row: Row) -> Session:
    """A session in which a prescribed row is stored, so that the file explains itself."""
    if row.stored:
        return session
    return session.with_row(field.address, row.id, row.cells)


def set_rows(
    case: Case, field: Field, rows: list[dict[str, Any]], rng: Random, *, replace: bool = False
) -> list[str]:
    """Update rows by their `row` id and add those without one, all of them or none.

    Returns:
        Ids of the rows touched, in order.
    """
    touched: list[str] = []
    with case.one_change(field.address, what=f"rows of “{field.label}”"):
        for cells in rows:
            wanted = cells.pop("row", None)
            if wanted is None:
                touched.append(_add(case, field, cells, rng))
            else:
                locate(case, f"{field.address}.{wanted}")
                _fill(case, field, str(wanted), cells, rng)
                touched.append(str(wanted))
        for key in list(case.session.raw(field.address) or {}) if replace else ():
            if key not in touched:
                case.step_to(case.session.without_row(field.address, key), field.address)
    return touched


def _add(case: Case, field: Field, cells: Mapping[str, Any], rng: Random) -> str:
    rows_from = field.spec.rows_from
    if rows_from is not None and not field.spec.extra_rows:
        raise ValueRefused(f"The rows of “{field.label}” are given; none can be added")
    row = new_id(rng, case.situation.rows(field))
    case.step_to(case.session.with_row(field.address, row, {}), field.address)
    _fill(case, field, row, cells, rng)
    return row


def _fill(case: Case, field: Field, row: str, cells: Mapping[str, Any], rng: Random) -> None:
    given = prescribed_columns(field)
    for name, value in cells.items():
        address = f"{field.address}.{row}.{name}"
        place = locate(case, address)
        current = case.situation.rows(field)[row]
        if place.spec.type == "calculated":
            if str(value) != str(case.situation.cell(field, current, name)):
                raise ValueRefused(f"“{place.spec.label}” is calculated; enter what it is made of")
            continue
        if current.prescribed and name in given:
            if str(value) != str(current.cells.get(name)):
                raise ValueRefused(f"“{place.spec.label}” of row {row} is given")
            continue
        raw = raw_from_json(case, place, value, rng)
        session = written(case.session, field, current)
        case.step_to(session.with_value(address, raw), field.address)


def add_row(case: Case, table: str, cells: Mapping[str, Any], rng: Random) -> str:
    """Add a row to a table.

    Returns:
        Its id.

    Raises:
        ValueRefused: a cell does not fit, or the table's rows are given; nothing is changed.
    """
    place = locate(case, table)
    if place.row is not None or not place.field.columns:
        raise ValueRefused(f"{table} is not a table")
    return set_rows(case, place.field, [dict(cells)], rng)[0]


def move_row(case: Case, address: str, places: int) -> None:
    """Move a row up (negative) or down."""
    place = row_place(case, address)
    moved = case.session.with_row_moved(place.field.address, place.row or "", places)
    case.apply(moved, place.field.address, what="a row moved")


def children(case: Case, address: str) -> list[str]:
    """Addresses of rows that belong to a row."""
    place = row_place(case, address)
    found: list[str] = []
    for field in case.workflow.fields.values():
        parent = field.spec.parent
        target = case.workflow.target(parent, field.activity) if parent else None
        if target is None or target.field is not place.field:
            continue
        rows = case.situation.rows(field).values()
        own = (row for row in rows if row.stored and row.cells.get("of") == place.row)
        found += [f"{field.address}.{row.id}" for row in own]
    return found


def remove_row(case: Case, address: str) -> None:
    """Remove a row. What refers to it, or belonged to it, becomes a problem; nothing is lost.

    Raises:
        ValueRefused: the row is given by another table; clear its answers instead.
    """
    place = row_place(case, address)
    row = case.situation.rows(place.field)[place.row or ""]
    if row.prescribed and not row.stored:
        raise ValueRefused("This row is given; it has no answers to remove")
    session = case.session.without_row(place.field.address, row.id)
    case.apply(session, place.field.address, what=f"{place.field.spec.one} removed")


def drop_if_empty(case: Case, address: str) -> None:
    """Take away a row that somebody added and left without a word."""
    place = locate(case, address, row_must_exist=False)
    row = case.situation.rows(place.field).get(place.row or "")
    if row is None or row.prescribed or set(row.cells) - {"of"}:
        return
    if not case.session.absences(address) and not children(case, address):
        session = case.session.without_row(place.field.address, row.id)
        case.apply(session, place.field.address, what=f"an empty {place.field.spec.one}")


def duplicate_row(case: Case, address: str, rng: Random) -> str:
    """Add a row with the same answers right after a row; returns its id."""
    place = row_place(case, address)
    table = place.field.address
    rows = case.situation.rows(place.field)
    if place.field.spec.rows_from is not None and not place.field.spec.extra_rows:
        raise ValueRefused(f"The rows of “{place.field.label}” are given; none can be added")
    key = new_id(rng, rows)
    session = case.session.with_row(table, key, dict(rows[place.row or ""].cells))
    stored = list(session.raw(table))
    back = stored.index(place.row) + 1 - stored.index(key) if place.row in stored else 0
    case.apply(session.with_row_moved(table, key, back), table, what="a row doubled")
    return key
