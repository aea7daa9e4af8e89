"""`cim diff`: what differs between two moments of a case."""

from __future__ import annotations

import argparse

from cim_tui.cli.log import edits_json, line_words
from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.changes import changes
from cim_tui.core.errors import Exit
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.history import NOW, Entry, history, is_about
from cim_tui.service.in_words import lines

EXAMPLE = "cim diff quail-ridge k7f3q2mn.12"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("rev", metavar="REV", help="as cim log names it")
    parser.add_argument("other", metavar="REV", nargs="?", default=NOW, help="else: now")
    parser.add_argument("--field", metavar="ADDRESS", default="", help="only at or under it")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List what became of what, from the first revision to the second."""
    case = open_to_read(desk, args.id)
    told = history(case)
    one, other = told.at(args.rev), told.at(args.other)
    edits = tuple(
        edit for edit in changes(one.doc, other.doc)
        if not args.field or is_about(case, edit, args.field)
    )  # fmt: skip
    if args.json:
        found = edits_json(case, Entry("", "", "", "change", "", edits))
        put_json("diff", {"id": case.id, "from": one.rev, "to": other.rev, "edits": found})
        return Exit.OK
    shown = lines(case, edits)
    for line in shown:
        say(line_words(line))
    narrate(f"{counted(len(shown), 'difference')} from {one.rev} to {other.rev}")
    return Exit.OK
