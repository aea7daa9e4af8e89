"""`cim submit`: record what went to the state, and what came back. Sends nothing; never refused."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.values import parse_date
from cim_tui.core.words import long_date
from cim_tui.service.desk import Desk
from cim_tui.service.work import record_answer_of_cde, step_of, submit, take_back_submission

EXAMPLE = "cim submit quail-ridge gather --on 2025-10-14 --ref SW-1042"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("step", metavar="STEP", help="gather, investigate, plan, implement")
    parser.add_argument("--on", metavar="DATE", help="when")
    parser.add_argument("--ref", metavar="TEXT", default="", help="the portal's reference")
    parser.add_argument("--cde", choices=("accepted", "returned"), help="what came back")
    parser.add_argument("--undo", action="store_true", help="take the last record back")
    parser.add_argument("--note", metavar="TEXT", default="", help="what CDE wrote")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Record a submission with what was open, or CDE's answer to it."""
    case = desk.open(args.id)
    step = step_of(case, args.step)
    if args.undo:
        take_back_submission(case, step)
        desk.save(case)
        narrate(f"{step.title}: the last record is taken back")
        return Exit.OK
    if not args.on:
        raise UsageError("Say when: --on DATE")
    on = parse_date(args.on)
    if args.cde:
        record_answer_of_cde(case, step, args.cde, on, desk, args.note)
        narrate(f"{step.title}: {args.cde} by CDE on {long_date(on)}")
    else:
        outcome = submit(case, step, on, desk, args.ref)
        still = f", with {outcome.good_practice_open} needed still open"
        narrate(
            f"{step.title}: recorded as submitted on {long_date(on)}"
            f"{still if outcome.good_practice_open else ''}. This command sends nothing itself."
        )
    desk.save(case)
    return Exit.OK
