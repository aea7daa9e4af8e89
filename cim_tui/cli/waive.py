"""`cim waive`: accept something open as is, with who, why and until when."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.core.values import parse_date
from cim_tui.service.desk import Desk
from cim_tui.service.work import waive

EXAMPLE = (
    "cim waive quail-ridge gather.cim-team.members --rule selpa-member --reason 'Joins in May'"
)


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="as cim check shows it")
    parser.add_argument("--rule", required=True, help="as cim check shows it")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why")
    parser.add_argument("--until", metavar="DATE", help="open again after this day")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Accept it; what the state published cannot be accepted away."""
    case = desk.open(args.id)
    until = parse_date(args.until) if args.until else None
    waive(case, args.address, args.rule, args.reason, desk, until)
    desk.save(case)
    narrate(f"Accepted as is by {desk.by}")
    return Exit.OK
