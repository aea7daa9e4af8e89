"""`cim new`: start a case."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.values import parse_date
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase, start

EXAMPLE = "cim new --lea 'Quail Ridge Unified' --workflow intensive --level intensive-2 --year 2025"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "--lea", metavar="NAME", required=True, help="the district, county or charter"
    )
    parser.add_argument("--workflow", metavar="ID", required=True, help="cim workflow list")
    parser.add_argument("--year", type=int, required=True, help="the year of the letter")
    parser.add_argument("--level", default="", help="as the letter names it")
    parser.add_argument("--cds", default="", help="county-district-school code")
    parser.add_argument("--selpa", default="", help="the SELPA's name")
    parser.add_argument("--opened", metavar="DATE", help="when the case was opened; today")
    parser.add_argument(
        "--start-at", metavar="STEP", default="", help="steps before: done elsewhere"
    )
    parser.add_argument("--entry", default="", help="full or amendment, where there are both")
    parser.add_argument("--category", default="", help="the area, where the letter names one")
    parser.add_argument("--cycle", default="", help="of a small LEA: a, b or c")
    parser.add_argument(
        "--copy-from", metavar="ID", default="",
        help="bring rosters, policies and infrastructure over from this case",
    )  # fmt: skip
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Make the case and print its id."""
    case = start(
        desk,
        NewCase(
            lea=args.lea,
            workflow=args.workflow,
            year=args.year,
            level=args.level,
            cds=args.cds,
            selpa=args.selpa,
            opened=parse_date(args.opened) if args.opened else None,
            start_at=args.start_at,
            category=args.category,
            entry=args.entry,
            cycle=args.cycle.lower(),
            copy_from=args.copy_from,
        ),
    )
    if args.json:
        put_json("new", {"id": case.id, "path": str(case.path)}, desk)
    else:
        say(case.id)
    for remark in desk.remarks_once():
        narrate(remark)
    return Exit.OK
