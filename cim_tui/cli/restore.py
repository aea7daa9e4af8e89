"""`cim restore`: go back to what was, as a new change."""

from __future__ import annotations

import argparse

from cim_tui.cli.log import line_words
from cim_tui.cli.output import narrate, say, with_id
from cim_tui.core.errors import Exit
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.history import go_back, left_words, way_back
from cim_tui.service.in_words import lines

EXAMPLE = "cim restore quail-ridge k7f3q2mn.12 --field gather.cim-team.meets"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("rev", metavar="REV", help="as cim log names it")
    parser.add_argument(
        "--field", metavar="ADDRESS", default="", help="only what is at or under it"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Make it so again; what stood there until now stays in the history."""
    case = desk.open(args.id)
    way = way_back(case, desk, args.rev, args.field)
    shown = lines(case, way.edits)
    if args.dry_run:
        for line in shown:
            say(line_words(line))
        narrate(f"A dry run: {counted(len(shown), 'thing')} would change{left_words(way)}")
        return Exit.OK
    go_back(case, way)
    desk.save(case)
    for line in shown:
        say(line_words(line))
    narrate(
        f"Back to {way.rev}: {counted(len(shown), 'change')}{left_words(way)}. "
        "What stood there until now is in cim log"
    )
    return Exit.OK
