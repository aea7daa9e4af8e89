"""`cim clear`: clear an answer."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import with_id
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.words import counted
from cim_tui.service import edit, rows
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.place import locate

EXAMPLE = "cim clear quail-ridge gather.cim-team.meets"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="STEP.ACTIVITY.FIELD...")
    parser.add_argument("--yes", action="store_true", help="for a table: with all its rows")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Clear an answer and its reason for being missing."""
    case = desk.open(args.id)
    if case.has_definition and not args.yes:
        _ask_first(case, args.address)
    edit.clear(case, args.address)
    desk.save(case)
    return Exit.OK


def _ask_first(case: Case, address: str) -> None:
    """A table goes with all its rows, and what belongs to them: not without a second word."""
    place = locate(case, address)
    if place.column is not None or not place.field.columns:
        return
    tables = [place.row] if place.row else list(case.situation.live_rows(place.field))
    stored = [row for row in tables if case.situation.rows(place.field)[row].stored]
    own = [a for row in stored for a in rows.children(case, f"{place.field.address}.{row}")]
    if len(stored) > 1 or own:
        more = f" and {counted(len(own), 'row')} of other tables belong to them" if own else ""
        raise UsageError(
            f"{counted(len(stored), 'row')} would go{more}. Add --yes to clear it all the same"
        )
