"""`cim confirm`: say that what was copied from another case still holds."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.core.words import counted
from cim_tui.service.carry import confirm
from cim_tui.service.desk import Desk

EXAMPLE = "cim confirm quail-ridge gather.cim-team"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="an answer, a row, an activity, a step")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Take the marks off."""
    case = desk.open(args.id)
    done = confirm(case, args.address)
    desk.save(case)
    narrate(f"{counted(done, 'copy', 'copies')} confirmed")
    return Exit.OK
