"""Changing answers: every way in, from a key to a table in JSON, goes through here."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

from cim_tui.core.errors import ValueRefused
from cim_tui.core.session import Absence, Session
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.core.words import ABSENT
from cim_tui.service.case import Case
from cim_tui.service.place import Place, locate
from cim_tui.service.reading import as_object, raw_from_json, raw_from_text
from cim_tui.service.rows import prescribed_columns, remove_row, set_rows, written

TAKES_A_LIST = frozenset({"choices", "checklist", "people", "evidence", "reference"})


def set_text(case: Case, address: str, text: str, rng: Random) -> None:
    """Set an answer from what a person typed; a table or list may be JSON.

    Raises:
        ValueRefused: the text does not fit; nothing is changed.
    """
    place = locate(case, address)
    spec = place.spec
    stripped = text.strip()
    holds_rows = place.column is None and (place.row is not None or spec.type == "table")
    if holds_rows or (stripped.startswith("[") and spec.type in TAKES_A_LIST):
        set_json(case, address, _json(stripped, spec.label), rng)
    else:
        store(case, place, raw_from_text(case, place, text, rng))


def _json(text: str, label: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise ValueRefused(f"{label} holds rows: give them as a JSON list ({wrong})") from wrong


def store(case: Case, place: Place, raw: Any, *, typing: bool = False) -> None:
    """Put a raw value at a place; a prescribed row is written with what prescribes it.

    Raises:
        ValueRefused: the place is calculated, or prescribed by another table.
    """
    session = _stored_in(case, place, raw)
    if typing:
        case.apply_typing(session, place.address)
    else:
        case.apply(session, place.address, what=f"“{place.spec.label}”")


def _stored_in(case: Case, place: Place, raw: Any) -> Session:
    spec, session = place.spec, case.session
    if spec.type == "calculated":
        raise ValueRefused("This is calculated from other answers; enter those instead")
    if place.column is None:
        if place.field.spec.fact is not None:
            session = session.with_absence(place.address, None) if raw is not None else session
            return session.with_fact(place.field.spec.fact, raw)
        return session.with_value(place.address, raw)
    row = case.situation.rows(place.field).get(place.row or "")
    if row is not None and row.prescribed:
        if place.column in prescribed_columns(place.field):
            raise ValueRefused(f"“{spec.label}” of this row is given; it cannot be changed here")
        session = written(session, place.field, row)
    return session.with_value(place.address, raw)


def set_json(
    case: Case, address: str, value: Any, rng: Random, *, replace: bool = False
) -> list[str]:
    """Set an answer from JSON. A table's rows are updated by `row`; those without one are added.

    Args:
        case: the open case.
        address: a field, a row or a cell.
        value: as JSON gives it, decimals exact.
        rng: for new row ids.
        replace: remove the rows that are not named.

    Returns:
        Ids of the rows touched, in order.

    Raises:
        ValueRefused: something does not fit; nothing is changed.
    """
    place = locate(case, address)
    if place.column is None and place.row is not None:
        return set_rows(case, place.field, [{**as_object(value), "row": place.row}], rng)
    if place.column is None and place.spec.type == "table":
        if not isinstance(value, list):
            raise ValueRefused(f"{place.spec.label} holds rows: give a JSON list of objects")
        return set_rows(case, place.field, [as_object(row) for row in value], rng, replace=replace)
    store(case, place, raw_from_json(case, place, value, rng))
    return []


def set_absent(case: Case, address: str, code: str, note: str) -> None:
    """Mark an answer as missing on purpose.

    Raises:
        ValueRefused: no such code, or the note says nothing.
    """
    place = locate(case, address)
    if code not in ABSENT:
        raise ValueRefused(f"“{shorten(code, 40)}” is no reason; use {', '.join(ABSENT)}")
    if place.row is not None and place.column is None:
        raise ValueRefused("Mark a field or a cell as missing, not a row")
    if place.field.spec.fact is not None and place.spec.absent is None:
        raise ValueRefused(f"“{place.spec.label}” is a fact of the case; clear it instead")
    if not one_line(note):
        raise ValueRefused("Say in a note why it is missing")
    session = case.session
    if place.row is not None:
        session = written(session, place.field, case.situation.rows(place.field)[place.row])
    absence = Absence(code, clean(note).strip())
    if place.field.spec.fact is not None:
        session = session.with_fact(place.field.spec.fact, None)
        case.apply(session.with_absence(place.address, absence), what="a reason")
        return
    case.apply(session.with_absence(place.address, absence), place.address, what="a reason")


def clear(case: Case, address: str) -> None:
    """Clear an answer and its absence; a row's address clears the row's answers."""
    place = locate(case, address)
    if place.row is not None and place.column is None:
        remove_row(case, address)
        return
    session = case.session.with_absence(address, None)
    case.apply(session, address, what=f"“{place.spec.label}” cleared")
    if place.field.spec.fact is not None or case.session.raw(address) is not None:
        store(case, place, None)
