"""`cim row`: add, change, move, remove or import rows of a table."""

from __future__ import annotations

import argparse

from cim_tui.cli.intake import text_of
from cim_tui.cli.output import narrate, say, with_id
from cim_tui.cli.personal import warn_of_names
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.words import counted
from cim_tui.service import paste, rows
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import set_text
from cim_tui.service.place import locate

EXAMPLE = "cim row add quail-ridge gather.cim-team.members name='Ana Ruiz' role=selpa"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "what", choices=("add", "set", "move", "remove", "import"), help="what to do"
    )
    with_id(parser)
    parser.add_argument("address", metavar="TABLE[.ROW]", help="STEP.ACTIVITY.FIELD[.ROW]")
    parser.add_argument(
        "cells", metavar="COLUMN=VALUE | FILE.csv", nargs="*", help="or - for stdin"
    )
    parser.add_argument("--of", metavar="ROW", help="the row it belongs to")
    parser.add_argument("--up", type=int, metavar="N", help="move up so many places")
    parser.add_argument("--down", type=int, metavar="N", help="move down so many places")
    parser.add_argument("--yes", action="store_true", help="import for real; else a dry run")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Change rows; `add` prints the new id."""
    case = desk.open(args.id)
    if args.what == "import":
        return _import(case, args, desk)
    made = ""
    if args.what == "add":
        cells = _cells(args.cells)
        if args.of:
            cells["of"] = args.of
        made = rows.add_row(case, args.address, cells, desk.chance)
    elif args.what == "set":
        _set(case, args, desk)
    elif args.what == "move":
        if (args.up is None) == (args.down is None):
            raise UsageError("Say how far: --up N or --down N")
        rows.move_row(case, args.address, -args.up if args.up is not None else args.down)
    else:
        own = rows.children(case, args.address)
        if own and not args.yes:
            raise UsageError(
                f"{counted(len(own), 'row belongs', 'rows belong')} to it "
                f"({', '.join(own[:3])}); what belongs to it stays and becomes a to do. "
                "Add --yes to remove it all the same"
            )
        rows.remove_row(case, args.address)
    warn_of_names(case)
    desk.save(case)
    if made:
        say(made)  # only now it is there
    return Exit.OK


def _cells(pairs: list[str]) -> dict[str, object]:
    cells: dict[str, object] = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found:
            raise UsageError(f"Write cells as COLUMN=VALUE, not “{pair[:40]}”")
        if name in cells:
            raise UsageError(f"“{name[:40]}” is given twice")
        cells[name] = value
    return cells


def _set(case: Case, args: argparse.Namespace, desk: Desk) -> None:
    cells = _cells(args.cells)
    if not cells:
        raise UsageError("Say what to change: COLUMN=VALUE")
    with case.one_change(what="a row"):
        for name, value in cells.items():
            set_text(case, f"{args.address}.{name}", str(value), desk.chance)


def _import(case: Case, args: argparse.Namespace, desk: Desk) -> Exit:
    if len(args.cells) != 1:
        raise UsageError("Name one file, or - for stdin")
    place = locate(case, args.address)
    if place.row is not None or not place.field.columns:
        raise UsageError(f"{place.address} is not a table")
    plan = paste.plan(case, place.field, text_of(args.cells[0]), desk.chance)
    for line in plan.in_words():
        say(line)
    if not args.yes:
        narrate("A dry run: nothing was changed. Add --yes to import")
        return Exit.OK if not plan.refused else Exit.INCOMPLETE
    if plan.refused:
        narrate(
            f"{counted(len(plan.refused), 'cell does', 'cells do')} not fit; nothing was changed"
        )
        return Exit.INCOMPLETE
    paste.carry_out(case, plan, desk.chance)
    warn_of_names(case)
    desk.save(case)
    narrate(f"{counted(len(plan.rows), 'row')} imported")
    return Exit.OK
