"""The rows of a table: those that the workflow prescribes, those that people added.

A prescribed row has the same id on every machine, derived from what prescribes it. A row with
answers whose origin goes is parked, never lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from cim_tui.core.language import Origin
from cim_tui.core.session import derived_id
from cim_tui.core.spot import Row, Spot
from cim_tui.core.workflow import Field

if TYPE_CHECKING:
    from cim_tui.core.situation import Situation

Origins = Iterator[tuple[str, dict[str, Any]]]
"""The ids of what rows are made for, each with the cells it fills."""


def gathered(situation: Situation, field: Field) -> dict[str, Row]:
    """Every row of a table: prescribed ones first, then those people added, parked ones too."""
    raw = situation.session.raw(field.address)
    stored = {
        key: cells
        for key, cells in (raw.items() if isinstance(raw, Mapping) else ())
        if isinstance(cells, Mapping)
    }
    prescribed = _prescribed(situation, field)
    found: dict[str, Row] = {
        key: Row(key, {**stored.get(key, {}), **cells}, prescribed=True, stored=key in stored)
        for key, cells in prescribed.items()
    }
    for key, cells in stored.items():
        if key not in found:
            found[key] = Row(key, cells, parked=_why_parked(situation, field, key, cells))
    return found


def _why_parked(situation: Situation, field: Field, key: str, cells: Mapping[str, Any]) -> str:
    rows_from = field.spec.rows_from
    if rows_from is not None:
        origin = [str(cells.get(part.into, "")) for part in rows_from.parts]
        if not field.spec.extra_rows or key == derived_id(field.address, *origin):
            return "what this row was made for is no longer there"
    if field.spec.parent:
        parent = situation.workflow.target(field.spec.parent, field.activity)
        owner = situation.rows(parent.field).get(str(cells.get("of", ""))) if parent else None
        if owner is not None and owner.parked:
            return "the row it belongs to is kept aside"
    return ""


def _prescribed(situation: Situation, field: Field) -> dict[str, dict[str, Any]]:
    rows_from = field.spec.rows_from
    if rows_from is None:
        return {}
    parts = rows_from.parts
    made: dict[str, dict[str, Any]] = {}
    for combination in product(*(list(_origins(situation, part, field)) for part in parts)):
        cells: dict[str, Any] = {}
        for _, filled in combination:
            cells.update(filled)
        made[derived_id(field.address, *(key for key, _ in combination))] = cells
    return made


def _origins(situation: Situation, part: Origin, field: Field) -> Origins:
    if part.list_ is not None:
        found = situation.workflow.lists.get(part.list_)
        for key in found.items if found else ():
            yield key, {part.into: key}
    elif part.years is not None:
        last = situation.fact("year")
        if isinstance(last, int):
            for year in range(last + part.until - part.years + 1, last + part.until + 1):
                yield str(year), {part.into: year}
    elif part.table is not None:
        yield from _table_origins(situation, part, field)
    else:
        yield from _trainings(situation, part, field)


def _table_origins(situation: Situation, part: Origin, field: Field) -> Origins:
    target = situation.workflow.target(part.table or "", field.activity)
    if target is None or situation.field_applies(target.field).truth is False:
        return
    for key, row in situation.live_rows(target.field).items():
        spot = Spot(target.field.activity, target.field, row)
        if part.where is None or situation.decide(part.where, spot).truth is True:
            yield key, {part.into: key}


def _trainings(situation: Situation, part: Origin, field: Field) -> Origins:
    for key, training in (situation.calendar.trainings if situation.calendar else {}).items():
        if training.workflows and situation.workflow.kind not in training.workflows:
            continue
        if not situation.meant(training):
            continue
        cells: dict[str, Any] = {part.into: training.title}
        if "on" in field.columns and training.on is not None:
            cells["on"] = training.on
        if "required" in field.columns:
            cells["required"] = training.required
        yield key, cells
