"""`cim owner`: who carries a step or an activity, by when, and the date the state set."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import open_to_read, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.progress import due_date
from cim_tui.core.values import parse_date
from cim_tui.core.words import NO_DUE_DATE, long_date
from cim_tui.core.workflow import Step
from cim_tui.service.desk import Desk
from cim_tui.service.reading import owner_name
from cim_tui.service.work import assign, part_of

EXAMPLE = "cim owner quail-ridge gather.cim-team --to 'Ana Ruiz' --target 2025-10-01"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", help="STEP or STEP.ACTIVITY")
    parser.add_argument("--to", metavar="NAME", help="who carries it; empty takes it away")
    parser.add_argument("--target", metavar="DATE", help="the team's own date; empty takes it away")
    parser.add_argument("--due", metavar="DATE", help="the date the state set")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Set what is given, then show it; dates are said in words, so that a slip is seen."""
    given = {"target": args.target, "due": args.due}
    asked = args.to is not None or any(text is not None for text in given.values())
    case = desk.open(args.id) if asked else open_to_read(desk, args.id)
    part = part_of(case, args.address)
    dates = {
        name: parse_date(text) if text.strip() else None
        for name, text in given.items()
        if text is not None
    }
    if asked:
        assign(case, part, args.to, **dates)
        desk.save(case)
    set_on, source = due_date(case.situation, part)
    at = ("step", part.id) if isinstance(part, Step) else ("activity", part.step.id, part.id)
    planned = case.session.at(*at, "target")
    if args.json:
        content = {"id": case.id, "address": args.address, "owner": owner_name(case, part) or None,
                   "target": planned, "due": set_on, "due_source": source or None}  # fmt: skip
        put_json("owner", content)
        return Exit.OK
    say(f"{part.title}: {owner_name(case, part) or 'nobody yet'}")
    if planned:
        say(f"  target {long_date(planned)}")
    say(f"  due {long_date(set_on)} ({source})" if set_on else f"  {NO_DUE_DATE}")
    return Exit.OK
