"""`cim clear`: clear an answer."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import with_id
from cim_tui.core.errors import Exit
from cim_tui.service import edit
from cim_tui.service.desk import Desk

EXAMPLE = "cim clear quail-ridge gather.cim-team.meets"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="STEP.ACTIVITY.FIELD...")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Clear an answer and its reason for being missing."""
    case = desk.open(args.id)
    edit.clear(case, args.address)
    desk.save(case)
    return Exit.OK
