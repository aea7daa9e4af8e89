"""`cim check`: everything open in a case, and where each rule comes from."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import (
    narrate,
    problem_json,
    put_json,
    put_problems,
    say,
    with_id,
    with_json,
)
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.text import shorten
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.work import part_of, step_of

EXAMPLE = "cim check quail-ridge --step gather --sources"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    with_json(parser)
    parser.add_argument("--step", metavar="S", help="only this step")
    parser.add_argument("--activity", metavar="A", help="only this activity")
    parser.add_argument("--sources", action="store_true", help="where each rule comes from")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List what is open, needed first; the exit code says whether what was asked is complete."""
    case = desk.open(args.id)
    progress = case.progress
    checks = list(progress.checks.values())
    complete = progress.complete
    if args.activity:
        part = part_of(case, args.activity)
        checks = [c for c in checks if part in (c.activity, c.activity.step)]
        complete = all(c.complete or not c.required for c in checks)
    if args.step:
        step = step_of(case, args.step)
        checks = [c for c in checks if c.activity.step is step]
        if not checks:
            raise UsageError(f"“{shorten(args.activity, 40)}” does not stand in {step.title}")
        complete = progress.steps[step.id].closed if not args.activity else complete
    problems = [p for c in checks for p in c.problems]
    parked = [p for c in checks for p in c.parked]
    if args.json:
        content = {
            "id": case.id,
            "complete": complete,
            "problems": [problem_json(p) for p in problems],
            "parked": [p._asdict() for p in parked],
        }
        put_json("check", content)
        return Exit.OK if complete else Exit.INCOMPLETE
    for check in checks:
        if not check.problems:
            continue
        say(f"{check.activity.step.title} · {check.activity.title} · {check.needed} needed")
        put_problems(check.problems, sources=args.sources)
    for entry in parked:
        say(f"  kept aside     {entry.label}: {entry.why}")
        say(f"  {'':<14} {entry.address}")
    needed = sum(p.open and p.severity == "error" for p in problems)
    good = sum(p.open and p.severity == "warning" for p in problems)
    narrate(f"{needed} needed, {good} good practice, {counted(len(parked), 'answer')} kept aside")
    return Exit.OK if complete else Exit.INCOMPLETE
