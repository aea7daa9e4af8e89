"""`cim reopen`: take back that a step is done."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.work import reopen, step_of

EXAMPLE = "cim reopen quail-ridge gather --reason 'New suspension data arrived'"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("step", metavar="STEP", help="gather, investigate, plan, implement")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Reopen a step, with a reason; sign-offs stay on record."""
    case = desk.open(args.id)
    step = step_of(case, args.step)
    reopen(case, step, args.reason, desk)
    desk.save(case)
    narrate(f"{step.title} is reopened")
    return Exit.OK
