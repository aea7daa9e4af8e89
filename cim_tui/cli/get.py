"""`cim get`: an answer, or every answer."""

from __future__ import annotations

import argparse
from typing import Any

from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit, UnknownAddress
from cim_tui.core.language import Column
from cim_tui.core.session import Absence
from cim_tui.core.text import shorten
from cim_tui.core.values import DECIMALS, Misfit
from cim_tui.core.words import ABSENT
from cim_tui.core.workflow import Field
from cim_tui.service import undefined
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.place import Place, locate

EXAMPLE = "cim get quail-ridge gather.cim-team.members"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="STEP.ACTIVITY.FIELD...")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Show an answer; without an address, every answer there is."""
    case = open_to_read(desk, args.id)
    if not case.has_definition:
        return _undefined(case, args)
    if args.address is None:
        return _all(case, args.json)
    place = locate(case, args.address)
    value, absence = read(case, place)
    if args.json:
        return _put(place.address, for_json(place, value), absence)
    say(in_words(case, place, value, absence))
    return Exit.OK


def _put(address: str, value: Any, absence: Absence | None) -> Exit:
    content = {
        "address": address,
        "value": value,
        "absent": absence.code if absence else None,
        "note": absence.note if absence else None,
    }
    put_json("get", content)
    return Exit.OK


def _undefined(case: Case, args: argparse.Namespace) -> Exit:
    """The answers as they are stored, where the definitions are not here."""
    wanted = args.address or ""
    found = {
        address: value
        for address, value in undefined.answers(case)
        if not wanted or (address + ".").startswith(wanted + ".")
    }
    absence = case.session.absence(wanted)
    if wanted and not found and absence is None:
        raise UnknownAddress(f"Nothing is stored at {shorten(wanted, 80)}. {case.missing}")
    narrate(case.missing)
    if args.json and (absence or wanted in found):
        return _put(wanted, found.get(wanted), absence)
    if args.json:
        shown = {a: {"value": v, "absent": None, "note": None} for a, v in found.items()}
        put_json("get", {"id": case.id, "address": args.address, "answers": shown})
    elif absence:
        say(_absence_words(absence))
    for address, value in () if args.json else found.items():
        say(f"{address}: {undefined.in_words(value)}")
    return Exit.OK


def _absence_words(absence: Absence) -> str:
    return f"({ABSENT.get(absence.code, absence.code)}: {absence.note})"


def for_json(place: Place, value: Any) -> Any:
    """A stored value as the shell contract shows it: decimals are text, with or without places."""
    if place.column is None and place.field.columns and isinstance(value, list):
        return [for_json(place, row) for row in value]
    if place.column is None and place.field.columns and isinstance(value, dict):
        known = place.field.columns
        return {k: _exact(known[k], cell) if k in known else cell for k, cell in value.items()}
    return _exact(place.spec, value)


def _exact(spec: Column, value: Any) -> Any:
    decimal = spec.type in DECIMALS or spec.type == "calculated"
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if decimal and whole else value


def read(case: Case, place: Place) -> tuple[Any, Absence | None]:
    """The stored value at a place, rows as a list, and its absence."""
    absence = case.session.absence(place.address)
    if absence is not None:
        return None, absence
    field, situation = place.field, case.situation
    if place.row is None:
        if field.type == "table":
            rows = situation.rows(field).values()
            return [{"row": r.id, **_cells(case, field, r.id)} for r in rows], None
        if field.type == "calculated":
            return situation.stored(field), None
        if field.spec.fact is not None:
            return case.session.fact(field.spec.fact), None
        raw = case.session.raw(field.address)
        if field.columns and isinstance(raw, dict):
            kept = {key: cells for key, cells in raw.items() if isinstance(cells, dict)}
            return [{"row": key, **cells} for key, cells in kept.items()], None
        return raw, None
    cells = _cells(case, field, place.row)
    if place.column is None:
        return {"row": place.row, **cells}, None
    return cells.get(place.column), None


def _cells(case: Case, field: Field, row_id: str) -> dict[str, Any]:
    row = case.situation.rows(field)[row_id]
    cells = dict(row.cells)
    for name, column in field.columns.items():
        if column.type == "calculated":
            found = case.situation.cell(field, row, name)
            if found is not None and not isinstance(found, Misfit):
                cells[name] = found
    return cells


def in_words(case: Case, place: Place, value: Any, absence: Absence | None) -> str:
    """An answer as people read it."""
    if absence is not None:
        return _absence_words(absence)
    if value is None:
        return ""
    if place.column is None and place.field.columns:
        rows = value if isinstance(value, list) else [value]
        if all(isinstance(row, dict) and "row" in row for row in rows):
            return "\n".join(_row_words(case, place.field, row) for row in rows)
    return case.situation.show(place.spec, value, place.field)


def _row_words(case: Case, field: Field, row: dict[str, Any]) -> str:
    shown = [
        f"{field.columns[name].label}: {case.situation.show(field.columns[name], cell, field)}"
        for name, cell in row.items()
        if name in field.columns
    ]
    return f"{row['row']}  " + " | ".join(shown)


def _all(case: Case, as_json: bool) -> Exit:
    found = {}
    for address, field in case.workflow.fields.items():
        place = Place(address, field)
        value, absence = read(case, place)
        if absence is not None:
            found[address] = {"value": None, "absent": absence.code, "note": absence.note}
        elif value not in (None, [], {}):
            found[address] = {"value": for_json(place, value), "absent": None, "note": None}
    if as_json:
        put_json("get", {"id": case.id, "address": None, "answers": found})
        return Exit.OK
    for address in found:
        place = locate(case, address)
        text = in_words(case, place, *read(case, place))
        say(f"{address}: {text}" if "\n" not in text else f"{address}:\n{text}")
    return Exit.OK
