"""`cim done`: mark a step done, or say everything that is missing."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, put_json, put_refusal, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.words import AFTER_DONE, STEP_STATE
from cim_tui.service.desk import Desk
from cim_tui.service.work import Refused, mark_done, step_of

EXAMPLE = "cim done quail-ridge gather"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("step", metavar="STEP", help="gather, investigate, plan, implement")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Mark a step done, or refuse with the whole list."""
    case = desk.open(args.id)
    step = step_of(case, args.step)
    outcome = mark_done(case, step, desk)
    if isinstance(outcome, Refused):
        return put_refusal(outcome, as_json=args.json)
    desk.save(case)
    state = case.progress.steps[step.id].state
    if args.json:
        put_json("done", {"id": case.id, "step": step.id, "state": state})
    narrate(f"{step.title}: {STEP_STATE[state]}. {AFTER_DONE}")
    if outcome.good_practice_open:
        narrate(
            f"{outcome.good_practice_open} of good practice still open; "
            "CDE did not publish these as requirements"
        )
    return Exit.OK
