"""`cim elsewhere`: record what was done outside this program."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.values import parse_date
from cim_tui.core.words import long_date
from cim_tui.service.desk import Desk
from cim_tui.service.work import mark_elsewhere, not_elsewhere, part_of

EXAMPLE = "cim elsewhere quail-ridge gather.parent-input --where 'County survey' --on 2025-09-12"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="STEP[.ACTIVITY]", help="what was done")
    parser.add_argument("--where", metavar="TEXT", help="where it was done")
    parser.add_argument("--on", metavar="DATE", help="when")
    parser.add_argument("--link", metavar="URL", default="", help="where it can be read")
    parser.add_argument("--undo", action="store_true", help="it is done here after all")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Record it; it is never counted as empty, and asks only for what later steps refer to."""
    case = desk.open(args.id)
    part = part_of(case, args.address)
    if args.undo:
        not_elsewhere(case, part)
        desk.save(case)
        return Exit.OK
    if not args.where or not args.on:
        raise UsageError("Say where and when it was done: --where TEXT --on DATE")
    on = parse_date(args.on)
    mark_elsewhere(case, part, args.where, on, desk, args.link)
    desk.save(case)
    narrate(f"{part.title}: done elsewhere on {long_date(on)}")
    return Exit.OK
