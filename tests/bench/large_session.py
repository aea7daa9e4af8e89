"""A session of a given size: the worked example, gone on with as people would."""

from __future__ import annotations

from datetime import date
from itertools import cycle
from pathlib import Path
from random import Random

from cim_tui.core.workflow import Field
from cim_tui.service import edit
from cim_tui.service.case import Case
from cim_tui.service.demo import make_demo
from cim_tui.service.desk import Desk, set_up
from cim_tui.service.rows import add_row
from cim_tui.store.sessions import encode

PROSE = (
    "The three middle schools differ more from each other than the district does from the state. ",
    "Families of students in the upper grades told us that meetings are held while they work. ",
    "We looked at last year's files once more and found the same pattern in two of the grades. ",
    "The teachers ask for time to plan together; the schedule of next year could give it. ",
    "What is written in the board's policy and what is done at the sites are not the same. ",
)


def make_large(folder: Path, size: int) -> Path:
    """Write the worked example into a folder, filled through the program until it has its size.

    Every long answer that is open is written; then each table gets one row after the other.

    Args:
        folder: where to; made when it is not there.
        size: of the file, in bytes, at least.

    Returns:
        The case's file.
    """
    desk = set_up(folder=str(folder), as_of=date.today().isoformat())  # noqa: DTZ011
    case = make_demo(desk, folder)
    for field in case.workflow.fields.values():
        if field.spec.type == "long-text" and case.session.raw(field.address) is None:
            edit.set_text(case, field.address, "".join(PROSE) * 2, Random(1))  # noqa: S311
    _fill_tables(case, size)
    _keep(desk, case)
    return case.path


def _fill_tables(case: Case, size: int) -> None:
    chance = Random(1)  # noqa: S311 - nothing secret is drawn from it
    tables = [field for field in case.workflow.fields.values() if _takes_rows(field)]
    for number, field in enumerate(cycle(tables)):
        if number % 20 == 0 and len(encode(case.session)) >= size:
            return
        add_row(case, field.address, _cells(field, number), chance)


def _takes_rows(field: Field) -> bool:
    """Whether rows of prose can be added to it: none are given, and they belong to no other row."""
    spec = field.spec
    own = spec.type == "table" and not spec.parent and (not spec.rows_from or spec.extra_rows)
    return own and bool(_cells(field, 0))


def _cells(field: Field, number: int) -> dict[str, str]:
    """Two or three sentences in each long cell, a few words in each short one."""
    cells = {}
    for at, (name, column) in enumerate(field.columns.items()):
        if column.type == "long-text":
            cells[name] = "".join(PROSE[(number + at + n) % len(PROSE)] for n in range(2)).strip()
        elif column.type == "text":
            cells[name] = f"{column.label}, as of meeting {number + 1}"
    return cells


def _keep(desk: Desk, case: Case) -> None:
    desk.save(case)
    if case.unsaved:
        raise AssertionError("The large session could not be written")
