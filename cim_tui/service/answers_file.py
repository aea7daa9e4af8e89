"""Answers from a TOML file: all of them, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cim_tui.core import values
from cim_tui.core.errors import CimError, ValueRefused
from cim_tui.core.text import clean, one_line
from cim_tui.service.case import Case
from cim_tui.service.edit import set_absent, store
from cim_tui.service.place import Place, locate
from cim_tui.store import toml
from cim_tui.store.fsops import disk


def set_from_file(case: Case, path: Path) -> list[str]:
    """Take in the `[answers]` of a TOML file, all of them or none.

    Returns:
        The addresses that were set.

    Raises:
        CimError: anything that does not fit, with its address; nothing is changed.
    """
    try:
        doc = toml.load(disk.read(path, toml.LIMIT), one_line(path.name))
    except OSError as wrong:
        raise CimError(f"{path} cannot be read: {wrong.strerror or wrong}") from wrong
    unknown = set(doc) - {"answers", "absent"}
    if unknown or not doc:
        raise ValueRefused("The file holds [answers...] and [absent...] tables, nothing else")
    done: list[str] = []
    try:
        with case.one_change(what=f"answers from {one_line(path.name)}"):
            for address, value in _flat(doc.get("answers", {})):
                _set_raw(case, address, value)
                done.append(address)
            for address, found in _table(doc.get("absent", {}), "absent").items():
                entry = _table(found, f"absent.{address}")
                set_absent(case, address, str(entry.get("code", "")), str(entry.get("note", "")))
                done.append(address)
    except CimError as wrong:
        raise type(wrong)(f"Nothing was changed. {wrong}") from wrong
    return done


def _table(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueRefused(f"[{name}] has to be a table")
    return value


def _flat(answers: Any) -> list[tuple[str, Any]]:
    return [
        (f"{step}.{activity}.{name}", value)
        for step, activities in _table(answers, "answers").items()
        for activity, fields in _table(activities, f"answers.{step}").items()
        for name, value in _table(fields, f"answers.{step}.{activity}").items()
    ]


def _set_raw(case: Case, address: str, value: Any) -> None:
    """A value in the file's own form, checked against its field."""
    place = locate(case, address)
    if place.field.type == "table":
        if not isinstance(value, dict):
            raise ValueRefused(f"{address}: a table holds rows by id")
        for row, cells in value.items():
            if not isinstance(cells, dict):
                raise ValueRefused(f"{address}.{row}: a row holds columns")
            for name, cell in cells.items():
                cell_place = locate(case, f"{address}.{row}.{name}", row_must_exist=False)
                _fits(cell_place, cell)
                known = case.session.raw(f"{address}.{row}") or {}
                changed = case.session.with_row(address, row, {**known, name: _clean(cell)})
                case.step_to(changed)
        return
    _fits(place, value)
    if place.field.spec.fact is not None:
        store(case, place, value)
    else:
        case.step_to(case.session.with_value(address, _clean(value)))


def _fits(place: Place, value: Any) -> None:
    read = values.read(place.spec, value)
    if isinstance(read, values.Misfit):
        raise ValueRefused(f"{place.address}: “{place.spec.label}” takes {read.wanted}")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(k)): _clean(v) for k, v in value.items()}
    return [_clean(v) for v in value] if isinstance(value, list) else value
