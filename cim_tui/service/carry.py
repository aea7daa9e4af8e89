"""Bringing over from an earlier case what commonly still holds: rosters, policies, infrastructure.

Which answers these are is said in the definitions (`carry`). Verdicts, states, dates of work and
signatures are never among them. What was brought is marked until somebody has looked at it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from cim_tui.core.errors import UsageError
from cim_tui.core.language import Column
from cim_tui.core.session import Absence, Session
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row
from cim_tui.core.values import Misfit
from cim_tui.core.workflow import Field, Workflow
from cim_tui.service.case import Case
from cim_tui.service.place import locate


def brought_over(source: Case, into: Session, workflow: Workflow, today: date) -> Session:
    """A new case's session with what carries over from another case.

    Args:
        source: the case to copy from; of the same process or another one that shares activities.
        into: the new session.
        workflow: its definitions.
        today: the day, for the mark.

    Raises:
        UsageError: nothing there carries over.
    """
    mark = {"from": source.id, "on": today}
    before = into
    for field in workflow.fields.values():
        earlier = _same_question(source.workflow, field)
        if not field.spec.carry or earlier is None or field.spec.fact is not None:
            continue
        asked = Situation(workflow, into, today, None)
        if asked.field_applies(field).truth is False:
            continue
        found = source.situation.value(earlier)
        if found is None or isinstance(found, Absence | Misfit) or field.type != earlier.type:
            continue
        if field.columns:
            into = _rows_brought_over(source, earlier, field, asked, mark)
        else:
            into = into.with_value(field.address, source.session.raw(earlier.address))
            into = into.with_entry(("copied", field.address), mark)
    if into is before:
        raise UsageError(f"Nothing in {source.id} carries over into this process")
    return into


def _rows_brought_over(
    source: Case, earlier: Field, field: Field, asked: Situation, mark: Any
) -> Session:
    into = asked.session
    carried = [
        name
        for name, column in field.columns.items()
        if name in earlier.columns
        and column.carry is not False
        and column.type == earlier.columns[name].type
        and _points_to_what_carries(asked.workflow, field, column)
    ]
    for row in source.situation.live_rows(earlier).values():
        key = _same_row(row, field, asked)
        if not key or not row.stored:
            continue
        given = field.spec.rows_from.parts if row.prescribed and field.spec.rows_from else ()
        own = set(carried) - {part.into for part in given}
        # Judged by the whole row: a question that another one opens comes along behind it.
        whole = Row(key, {name: row.cells[name] for name in field.columns if name in row.cells})
        cells = {
            name: cell
            for name, cell in whole.cells.items()
            if name in own and asked.column_applies(field, whole, name).truth is not False
        }
        if cells:
            into = into.with_row(field.address, key, cells)
            into = into.with_entry(("copied", f"{field.address}.{key}"), mark)
    return into


def _same_row(row: Row, field: Field, asked: Situation) -> str:
    """The id of a row in the new case; empty where nothing there would ask for it.

    A prescribed row is made for the same thing in both, but its id says in which step it stands.
    """
    if not row.prescribed or field.spec.rows_from is None:
        return row.id
    made_for = [row.cells.get(part.into) for part in field.spec.rows_from.parts]
    for key, other in asked.rows(field).items():
        own = [other.cells.get(part.into) for part in field.spec.rows_from.parts]
        if other.prescribed and own == made_for:
            return key
    return ""


def _same_question(workflow: Workflow, field: Field) -> Field | None:
    """The same question in another process, in whatever step it stands there."""
    activity = workflow.activities.get(field.activity.id)
    return activity.fields.get(field.id) if activity is not None else None


def _points_to_what_carries(workflow: Workflow, field: Field, column: Column) -> bool:
    """Whether what a column refers to comes along too; a reference to a lost row says nothing."""
    refs = ("roster",) if column.type == "people" else column.targets
    tables = [
        workflow.roster
        if ref == "roster"
        else getattr(workflow.target(ref, field.activity), "field", None)
        for ref in refs
    ]
    return all(table is not None and bool(table.spec.carry) for table in tables)


def confirm(case: Case, address: str) -> int:
    """Take the marks off what was copied at or under an address; returns how many there were.

    Args:
        case: the open case.
        address: an answer, a row, an activity or a step.

    Raises:
        UsageError: nothing there waits to be confirmed.
        UnknownAddress: there is no such place.
    """
    if address not in case.workflow.steps and address not in {
        activity.address for activity in case.workflow.each_activity()
    }:
        locate(case, address)
    marked = case.session.copied(address)
    if not marked:
        raise UsageError(f"Nothing at {address} was copied and waits to be confirmed")
    session = case.session
    for own in marked:
        session = session.with_entry(("copied", own), None)
    case.apply(session, *marked, what="copies confirmed")
    return len(marked)
