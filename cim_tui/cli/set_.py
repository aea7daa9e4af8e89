"""`cim set`: set an answer, or say why it is missing."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path

from cim_tui.cli.intake import text_of
from cim_tui.cli.output import narrate, with_id
from cim_tui.cli.personal import warn_of_names
from cim_tui.core.errors import Exit, UsageError, ValueRefused
from cim_tui.core.words import counted
from cim_tui.service import edit, undefined
from cim_tui.service.answers_file import set_from_file
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk

EXAMPLE = "cim set quail-ridge gather.cim-team.meets 'Second Tuesday of the month'"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="STEP.ACTIVITY.FIELD...")
    parser.add_argument(
        "value", metavar="VALUE", nargs="?", help="the answer; - reads it from stdin"
    )
    parser.add_argument("--absent", metavar="CODE", help="why it is missing, with --note")
    parser.add_argument("--note", metavar="TEXT", default="", help="in words")
    parser.add_argument("--from", dest="file", metavar="FILE.toml", help="[answers...] of a file")
    parser.add_argument("--replace", action="store_true", help="remove rows that are not named")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Change one answer, or many from a file: all of them or none."""
    case = desk.open(args.id)
    if args.file:
        if args.address or args.absent:
            raise UsageError("--from takes a file and nothing else")
        done = set_from_file(case, Path(args.file))
        warn_of_names(case)
        desk.save(case)
        narrate(f"{counted(len(done), 'answer')} set")
        return Exit.OK
    if args.address is None:
        raise UsageError("Say which answer: cim set ID ADDRESS VALUE")
    if args.absent is not None:
        if args.value is not None:
            raise UsageError("Give a value or --absent, not both")
        edit.set_absent(case, args.address, args.absent, args.note)
    elif args.value is None:
        raise UsageError("Give the value, or --absent CODE --note TEXT")
    elif not case.has_definition:
        undefined.replace_text(case, args.address, _text(args))
    else:
        _set(case, args, desk)
        warn_of_names(case)
    desk.save(case)
    return Exit.OK


def _text(args: argparse.Namespace) -> str:
    text = text_of("-") if args.value == "-" else str(args.value)
    if not text.strip():
        raise UsageError(f"To take an answer away: cim clear ID {args.address}")
    return text


def _set(case: Case, args: argparse.Namespace, desk: Desk) -> None:
    text = _text(args)
    if args.replace:
        try:
            rows = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as wrong:
            raise ValueRefused(f"--replace takes a table as a JSON list ({wrong})") from wrong
        edit.set_json(case, args.address, rows, desk.chance, replace=True)
    else:
        edit.set_text(case, args.address, text, desk.chance)
