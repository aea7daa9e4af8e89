"""`cim unwaive`: open again what was accepted as is."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.work import unwaive

EXAMPLE = "cim unwaive quail-ridge gather.cim-team.members --rule selpa-member"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="as cim check shows it")
    parser.add_argument("--rule", required=True, help="as cim check shows it")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Open it again."""
    case = desk.open(args.id)
    unwaive(case, args.address, args.rule)
    desk.save(case)
    narrate("Open again")
    return Exit.OK
