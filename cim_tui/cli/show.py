"""`cim show`: a case as it was."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cim_tui.cli.get import for_json, in_words, read
from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.session import Session
from cim_tui.core.text import one_line
from cim_tui.service import undefined
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.history import NOW, Version, history
from cim_tui.service.in_words import spoken
from cim_tui.service.place import Place, locate
from cim_tui.store import sessions

EXAMPLE = "cim show quail-ridge --at k7f3q2mn.12"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument(
        "address", metavar="ADDRESS", nargs="?", default="", help="only this answer"
    )
    parser.add_argument("--at", metavar="REV", default=NOW, help="as cim log names it")
    parser.add_argument("--file", action="store_true", help="the whole file, as it was")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Show every answer as it stood after a change."""
    case = open_to_read(desk, args.id)
    version = history(case).at(args.at)
    if args.file:
        sys.stdout.flush()
        sys.stdout.buffer.write(sessions.encode(Session(spoken(version.doc))))
        return Exit.OK
    then = desk.take_up(case.path, Session(spoken(version.doc)))
    found = _answers(then, args.address)
    if args.json:
        content = {
            "id": case.id, "rev": version.rev, "at": version.at or None,
            "by": version.by or None, "checked": version.checked,
            "address": args.address or None,
            "answers": {address: value for address, (value, _) in found.items()},
        }  # fmt: skip
        put_json("show", content)
        return Exit.OK
    for address, (_, text) in found.items():
        say(f"{address}: {text}" if "\n" not in text else f"{address}:\n{text}")
    _remark(version, then)
    return Exit.OK


def _remark(version: Version, then: Case) -> None:
    if version.at:
        by = one_line(version.by) or "somebody"
        narrate(f"As it was after {version.rev} ({version.at}, {by})")
    if not version.checked:
        narrate("It could not be checked against a version that was written: cim verify says more")
    if not then.has_definition:
        narrate(then.missing)


def _answers(then: Case, wanted: str) -> dict[str, tuple[Any, str]]:
    """Answers by address: for programs, and in words."""
    found: dict[str, tuple[Any, str]] = {}
    if not then.has_definition:
        for address, value in undefined.answers(then):
            if not wanted or (address + ".").startswith(wanted + "."):
                found[address] = ({"value": value, "absent": None, "note": None},
                                  undefined.in_words(value))  # fmt: skip
        return found
    if wanted:
        place = locate(then, wanted)
        return {wanted: _one(then, place)}
    for address, field in then.workflow.fields.items():
        one = _one(then, Place(address, field))
        if one[0]["absent"] or one[0]["value"] not in (None, [], {}):
            found[address] = one
    return found


def _one(then: Case, place: Place) -> tuple[dict[str, Any], str]:
    value, absence = read(then, place)
    plain = {"value": for_json(place, value), "absent": absence.code if absence else None,
             "note": absence.note if absence else None}  # fmt: skip
    return plain, in_words(then, place, value, absence)
