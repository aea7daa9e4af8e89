"""`cim list`: the cases in the folder, one line each."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.standing import Standing, counts_as, look
from cim_tui.store.sessions import Damaged

EXAMPLE = "cim list"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_json(parser)
    parser.add_argument("--examples", action="store_true", help="the worked examples too")
    parser.add_argument("--archived", action="store_true", help="what was put away too")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List the cases, and the files that cannot be read."""
    standing = look(desk, examples=args.examples, archived=args.archived)
    newer = [
        case for case in desk.newer(standing.unreadable, standing.cases)
        if (args.examples or not case.session.is_example)
        and (args.archived or not case.session.is_archived)
    ]  # fmt: skip
    if args.json:
        sessions = [
            {"id": c.id, "path": str(c.path), "lea": c.session.lea, "workflow": c.session.workflow,
             "year": c.session.fact("year"), "level": c.session.fact("level"),
             "archived": c.session.is_archived, "example": c.session.is_example,
             "newer": c.is_newer}
            for c in (*standing.cases, *newer)
        ]  # fmt: skip
        unreadable = [entry.as_json() for entry in standing.unreadable]
        put_json(
            "list",
            {"sessions": sessions, "unreadable": unreadable, "copies": standing.copies},
            desk,
        )
    else:
        for case in (*standing.cases, *newer):
            year = case.session.fact("year")
            say(f"{case.id:<44} {shorten(case.session.lea, 28):<28} {year}")
        put_unreadable(standing)
        if not standing.cases and not standing.unreadable:
            put_nothing(standing, desk)
    return counts_as(standing, "damaged")


def unreadable_words(entry: Damaged) -> str:
    """A file that cannot be read, in one line."""
    if entry.code == Exit.NEWER:
        return f"newer: {one_line(entry.reason)}"
    line = f", line {entry.line}" if entry.line else ""
    return f"damaged: {one_line(entry.path.name)}{line}: {one_line(entry.reason)}"


def copy_words(standing: Standing, name: str) -> str:
    """A copy of another case, in one line, with what takes in what is new in it."""
    case = standing.copy_of.get(name, "ID")
    return (
        f"copy: {one_line(name)} has the uid of another case here; it is not listed as a case. "
        f"What is new in it: cim merge {one_line(case)} {one_line(name)}"
    )


def put_nothing(standing: Standing, desk: Desk) -> None:
    """Name the empty folder, and the worked examples in it."""
    there = counted(standing.examples, "worked example")
    hint = f"; --examples shows {there}" if standing.examples else ""
    narrate(f"No cases in {desk.folder.path} ({desk.folder.why}){hint}")


def put_unreadable(standing: Standing) -> None:
    """Name the files that cannot be read, and the copies."""
    for entry in standing.unreadable:
        narrate(unreadable_words(entry))
    for name in standing.copies:
        narrate(copy_words(standing, name))
