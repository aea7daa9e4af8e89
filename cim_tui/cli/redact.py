"""`cim redact`: take a text out of everything that is kept of a case."""

from __future__ import annotations

import argparse

from cim_tui.cli.intake import text_of
from cim_tui.cli.output import narrate, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.text import one_line
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.redact import ELSEWHERE, redact, summary

EXAMPLE = "cim redact quail-ridge gather.parent-input.summary --reason 'Named a child'"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument(
        "address", metavar="ADDRESS", nargs="?", default="",
        help="the answer: everything that ever stood there goes",
    )  # fmt: skip
    parser.add_argument(
        "--text", metavar="TEXT", default="",
        help="a piece of text that goes wherever it stands; - reads it from stdin",
    )  # fmt: skip
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why; it stays on record")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Take it out, search every byte of the folder for it, and say where else it may be.

    1: it still stands somewhere; 6: somebody has the case open. Killed in the middle, it is
    finished by doing it again; until then cim verify says so, with 1.
    """
    case = desk.open(args.id)
    text = text_of("-") if args.text == "-" else args.text
    outcome = redact(case, desk, args.reason, args.address, text)
    code = Exit.INCOMPLETE if outcome.found else Exit.OK
    if args.json:
        content = {
            "id": case.id, "values": outcome.values, "files": [str(p) for p in outcome.files],
            "dropped": outcome.dropped, "finished": outcome.finished,
            "searched": outcome.searched, "looked": outcome.looked,
            "found": [str(p) for p in outcome.found], "elsewhere": ELSEWHERE,
        }  # fmt: skip
        put_json("redact", content)
        return code
    say(summary(outcome))
    if not outcome.looked and outcome.finished:
        say("What it was about is not known any more, so it cannot be looked for: --text looks for "
            "a piece of text in every file")  # fmt: skip
    elif not outcome.looked:
        say("What stood there is a single plain word, which can stand in many places: it was taken "
            "out of this answer only. --text takes a text out wherever it stands")  # fmt: skip
    elif not outcome.found:
        files = counted(outcome.searched, "file")
        say(f"It is gone: {files} of the folder were searched, byte by byte")
    for path in outcome.found:
        say(f"It still stands in {one_line(str(path))}")
    narrate(ELSEWHERE)
    return code
