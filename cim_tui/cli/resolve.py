"""`cim resolve`: settle what two people changed apart."""

from __future__ import annotations

import argparse

from cim_tui.cli.intake import text_of
from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.settle import TAKES, conflicts, find, settle

EXAMPLE = "cim resolve quail-ridge gather.cim-team.meets --take theirs"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="or the id, as cim conflicts shows them")
    parser.add_argument(
        "--take", choices=TAKES, required=True,
        help="what stands there, what the other wrote, or another text",
    )  # fmt: skip
    parser.add_argument("--text", metavar="TEXT", help="with --take text; - reads it from stdin")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Put one of both, or something else, in its place."""
    case = desk.open(args.id)
    if (args.take == "text") != (args.text is not None):
        raise UsageError("--take text and --text TEXT go together")
    text = text_of("-") if args.text == "-" else args.text or ""
    conflict = find(case, args.address)
    settle(case, conflict, args.take, desk.chance, text)
    desk.save(case)
    left = len(conflicts(case))
    narrate(f"Settled; {counted(left, 'other waits', 'others wait')}" if left else "Settled")
    return Exit.OK
