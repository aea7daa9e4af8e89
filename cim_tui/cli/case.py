"""`cim case`: show or correct the facts of a case."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit, UsageError
from cim_tui.service.desk import Desk
from cim_tui.service.start import FACTS, NAMES, Preview, correct, take

EXAMPLE = "cim case set quail-ridge level=intensive-3 --dry-run"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("what", choices=("show", "set"), help="show the facts, or set some")
    with_id(parser)
    parser.add_argument(
        "facts", metavar="FACT=VALUE", nargs="*", help=f"of {', '.join((*FACTS, *NAMES))}"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Show the facts, or correct them after saying what is parked and what returns."""
    if args.what == "show" and args.facts:
        raise UsageError("cim case show takes no facts; cim case set ID FACT=VALUE sets one")
    if args.what == "show":
        case = open_to_read(desk, args.id)
        facts = {
            name: case.session.fact(name) for name in (*FACTS, "edition", "start-at", "opened")
        }
        if args.json:
            put_json("case", {"id": case.id, "facts": facts, "lea": case.session.at("lea")})
        for name, value in () if args.json else facts.items():
            if value is not None:
                say(f"{name}: {value}")
        return Exit.OK
    case = desk.open(args.id)
    facts = {}
    for pair in args.facts:
        name, found, value = pair.partition("=")
        if not found:
            raise UsageError(f"Write it as FACT=VALUE, not “{pair[:40]}”")
        facts[name] = value
    if not facts:
        raise UsageError(f"Say which fact: one of {', '.join((*FACTS, *NAMES))}, as FACT=VALUE")
    if not args.dry_run:
        case.must_be_writable()  # before its definitions are kept beside it
    preview = correct(case, facts, desk)
    _put(preview, args)
    if not args.dry_run:
        take(case, preview, desk)
        desk.save(case)
    return Exit.OK


def _put(preview: Preview, args: argparse.Namespace) -> None:
    if args.json:
        content = {
            "dry_run": args.dry_run,
            "applies": list(preview.begins),
            "applies_no_longer": list(preview.ends),
            "parked": [p._asdict() for p in preview.parked],
            "returned": [p._asdict() for p in preview.returned],
            "unnamed": list(preview.unnamed),
        }
        put_json("case", content)
        return
    for title in preview.begins:
        say(f"applies now: {title}")
    for title in preview.ends:
        say(f"applies no longer: {title}")
    for fact in preview.unnamed:
        say(f"not known in this process: {fact}")
    for parked in preview.parked:
        say(f"kept aside: {parked.label} ({parked.why})")
    for parked in preview.returned:
        say(f"returns: {parked.label}")
    if not preview.in_words():
        narrate("No answer is parked, none returns")
