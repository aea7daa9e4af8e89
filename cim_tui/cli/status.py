"""`cim status`: the truth about every case, with an exit code."""

from __future__ import annotations

import argparse

from cim_tui.cli.list_ import put_nothing, put_unreadable
from cim_tui.cli.output import put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.text import shorten
from cim_tui.core.words import GLYPH, NO_DUE_DATE, STEP_STATE, counted
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.standing import counts_as, iso, look, session_json

EXAMPLE = "cim status quail-ridge --fail-on overdue"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="cases; all when none is named")
    with_json(parser)
    parser.add_argument("--short", action="store_true", help="one line a case, for a prompt")
    parser.add_argument("--examples", action="store_true", help="the worked examples too")
    parser.add_argument(
        "--fail-on",
        choices=("damaged", "overdue", "needed", "incomplete"),
        default="incomplete",
        help="what makes the exit code 1 (cron wants overdue)",
    )


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Say where cases stand."""
    standing = look(desk, args.ids, examples=args.examples)
    if args.json:
        content = {
            "as_of": desk.today.isoformat(),
            "unreadable": [entry.as_json() for entry in standing.unreadable],
            "copies": standing.copies,
            "sessions": [session_json(case) for case in standing.cases],
        }
        put_json("status", content, desk)
        return counts_as(standing, args.fail_on)
    for case in standing.cases:
        if args.short:
            say(short(case))
        else:
            _put(case)
    put_unreadable(standing)
    if not standing.cases and not standing.unreadable:
        put_nothing(standing, desk)
    return counts_as(standing, args.fail_on)


def short(case: Case) -> str:
    """One case in one line of at most 80 columns."""
    name = shorten(case.session.lea, 26)
    if not case.has_definition:
        return f"{name}: its definitions are not here"
    progress = case.progress
    step = progress.current
    if step is None:
        return f"{name}: complete"
    late = " LATE" if step.late else ""
    return (
        f"{name}: step {step.step.number} {STEP_STATE[step.state]}, {step.activities} activities, "
        f"{progress.count('error')} needed{late}"
    )


def _put(case: Case) -> None:
    session = case.session
    level = session.fact("level")
    say(f"{session.lea} · {session.fact('year')} · {level or 'no level'} · {case.id}")
    if not case.has_definition:
        say(f"  {case.missing}")
        return
    progress = case.progress
    for step in progress.steps.values():
        due = iso(step.due) or (NO_DUE_DATE if step.step.id in progress.undated else "")
        line = (
            f"  {GLYPH[step.state]} {step.step.number} {step.step.title:<20} "
            f"{STEP_STATE[step.state]:<26}"
        )
        if step.state != "not-required":
            line += f" {step.activities!s:<9} {step.count('error')} needed, "
            line += f"{step.count('warning')} good practice"
        say(line.rstrip())
        extra = [f"due {due}{' (late)' if step.late else ''}"] if step.due else [due]
        if step.submitted:
            extra.append(f"submitted {iso(step.submitted.get('on'))}")
        if step.changed_since_submission:
            extra.append("changed since submission")
        if step.cde:
            extra.append(f"CDE {step.cde.get('cde')} {iso(step.cde.get('on'))}")
        if shown := "; ".join(part for part in extra if part):
            say(f"      {shown}")
    if progress.next:
        say(f"  Next: {progress.next.message}")
        say(f"        {progress.next.address}")
    if progress.parked:
        say(f"  {counted(len(progress.parked), 'answer')} kept aside: see cim check")
