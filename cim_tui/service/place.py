"""Addresses: what each names in an open case, or the nearest ones that exist."""

from __future__ import annotations

from dataclasses import dataclass

from cim_tui.core.errors import UnknownAddress
from cim_tui.core.language import Column
from cim_tui.core.text import shorten
from cim_tui.core.workflow import Field
from cim_tui.service.case import Case


@dataclass(frozen=True)
class Place:
    """What an address names: a field, a row of it, or a cell."""

    address: str
    field: Field
    row: str | None = None
    column: str | None = None

    @property
    def spec(self) -> Column:
        """The specification of the field or the column."""
        return self.field.columns[self.column] if self.column else self.field.spec


def locate(case: Case, address: str, *, row_must_exist: bool = True) -> Place:
    """Find what an address names.

    Raises:
        UnknownAddress: with the nearest ones that exist.
    """
    workflow = case.workflow
    parts = address.split(".")
    field = workflow.fields.get(".".join(parts[:3]))
    if field is None or len(parts) > 5:
        near = workflow.suggest(address, answers=True)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownAddress(f"There is no answer “{shorten(address, 80)}” in this process{hint}")
    if len(parts) == 3:
        return Place(address, field)
    rows = case.situation.rows(field)
    if not field.columns or (row_must_exist and parts[3] not in rows):
        known = ", ".join(list(rows)[:8]) or "none yet"
        raise UnknownAddress(f"There is no row “{parts[3]}” in {field.address} (rows: {known})")
    if len(parts) == 4:
        return Place(address, field, parts[3])
    if parts[4] not in field.columns:
        raise UnknownAddress(
            f"{field.address} has no column “{parts[4]}”; it has {', '.join(field.columns)}"
        )
    return Place(address, field, parts[3], parts[4])


def row_place(case: Case, address: str) -> Place:
    """The place of a row.

    Raises:
        UnknownAddress: the address is not of the form TABLE.ROW.
    """
    place = locate(case, address)
    if place.row is None or place.column is not None:
        raise UnknownAddress(f"{address} is not the address of a row: TABLE.ROW")
    return place
