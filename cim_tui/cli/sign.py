"""`cim sign`: record a sign-off, or say what is missing first."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, put_json, put_refusal, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.values import parse_date
from cim_tui.core.words import AFTER_DONE, long_date
from cim_tui.service.desk import Desk
from cim_tui.service.work import HOW, Refused, Signing, part_of, sign

EXAMPLE = "cim sign quail-ridge plan --name 'Dr. Lee' --role superintendent --how paper"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="STEP[.ACTIVITY]", help="what is signed")
    parser.add_argument("--name", required=True, help="who signed")
    parser.add_argument("--role", required=True, help="in which role")
    parser.add_argument("--on", metavar="DATE", help="when; today if not given")
    parser.add_argument("--how", choices=HOW, default="paper", help="on paper, in a meeting, here")
    parser.add_argument("--evidence", metavar="PATH", default="", help="the signed page")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Record who signed what stands there now, and who recorded it."""
    case = desk.open(args.id)
    part = part_of(case, args.address)
    on = parse_date(args.on) if args.on else desk.today
    signing = Signing(args.name, args.role, on, args.how, args.evidence)
    outcome = sign(case, part, signing, desk)
    if isinstance(outcome, Refused):
        return put_refusal(outcome, as_json=args.json)
    desk.save(case)
    if args.json:
        put_json("sign", {"id": case.id, "address": args.address, "role": args.role, "on": on})
    narrate(f"{part.title}: signed on {long_date(on)}, recorded by {desk.by}. {AFTER_DONE}")
    return Exit.OK
