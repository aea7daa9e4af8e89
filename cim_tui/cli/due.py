"""`cim due`: what is due, and what has no date."""

from __future__ import annotations

import argparse
import re
from datetime import date, timedelta
from typing import NamedTuple

from cim_tui.cli.list_ import put_unreadable
from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.progress import due_date
from cim_tui.core.words import NO_DUE_DATE
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.reading import owner_name
from cim_tui.service.standing import counts_as, look

EXAMPLE = "cim due --within 14d --mine"


class Line(NamedTuple):
    """Something with a date: the state's, or the team's own."""

    on: date | None
    kind: str
    case: str
    what: str
    owner: str
    late: bool
    source: str


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="cases; all when none is named")
    with_json(parser)
    parser.add_argument("--within", metavar="DAYS", help="only what is due in so many days: 14d")
    parser.add_argument("--mine", action="store_true", help="only what I own")
    parser.add_argument("--examples", action="store_true", help="the worked examples too")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List due dates and target dates, the nearest first; what has none is named too."""
    horizon = desk.today + timedelta(days=_days(args.within)) if args.within else None
    standing = look(desk, args.ids, examples=args.examples)
    lines = [line for case in standing.cases if case.has_definition for line in _lines(case)]
    if args.mine:
        lines = [line for line in lines if line.owner.casefold() == desk.by.casefold()]
    if horizon is not None:
        lines = [line for line in lines if line.on is None or line.on <= horizon]
    lines.sort(key=lambda line: (line.on or date.max, line.case))
    if args.json:
        content = {
            "as_of": desk.today,
            "unreadable": [entry.as_json() for entry in standing.unreadable],
            "due": [_json(line) for line in lines],
        }
        put_json("due", content, desk)
    for line in () if args.json else lines:
        when = line.on.isoformat() if line.on else NO_DUE_DATE
        late = " late" if line.late else ""
        owner = f" · {line.owner}" if line.owner else ""
        say(f"{when}{late}  {line.kind}: {line.what}{owner}  ({line.case})")
    put_unreadable(standing)
    for case in standing.cases:
        if not case.has_definition:
            narrate(f"{case.id}: {case.missing}")
    unreadable = counts_as(standing, "damaged")
    return unreadable or (Exit.INCOMPLETE if any(line.late for line in lines) else Exit.OK)


def _json(line: Line) -> dict[str, object]:
    return {"date": line.on.isoformat() if line.on else None, "kind": line.kind, "id": line.case,
            "what": line.what, "owner": line.owner or None, "late": line.late,
            "source": line.source or None}  # fmt: skip


def _days(text: str) -> int:
    found = re.fullmatch(r"(\d{1,4})d?", text)
    if not found:
        raise UsageError(f"“{text[:20]}” is not a number of days; write 14d")
    return int(found[1])


def _lines(case: Case) -> list[Line]:
    lines: list[Line] = []
    today = case.today
    for step in case.progress.steps.values():
        if step.state == "not-required" or step.closed:
            continue
        owner = owner_name(case, step.step)
        lines.append(
            Line(step.due, "due", case.id, step.step.title, owner, step.late, step.due_source)
        )
        target = case.session.at("step", step.step.id, "target")
        if isinstance(target, date):
            late = target < today
            lines.append(Line(target, "target", case.id, step.step.title, owner, late, ""))
        for check in step.checks:
            activity = check.activity
            if check.complete or check.state == "not-applicable":
                continue
            owner = owner_name(case, activity)
            due, source = due_date(case.situation, activity)
            if due is not None:
                late = due < today
                lines.append(Line(due, "due", case.id, activity.title, owner, late, source))
            target = case.session.at("activity", activity.step.id, activity.id, "target")
            if isinstance(target, date):
                late = target < today
                lines.append(Line(target, "target", case.id, activity.title, owner, late, ""))
    return lines
