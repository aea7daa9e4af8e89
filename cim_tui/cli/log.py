"""`cim log`: who changed what, and when."""

from __future__ import annotations

import argparse
from typing import Any

from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.text import one_line, shorten
from cim_tui.core.values import parse_date
from cim_tui.core.words import counted
from cim_tui.service.case import Case
from cim_tui.service.changed import name_of
from cim_tui.service.desk import Desk
from cim_tui.service.history import Entry, chosen, history
from cim_tui.service.in_words import Line, for_json, lines, place_of, telling

EXAMPLE = "cim log quail-ridge gather.cim-team --by 'Ana Ruiz' --since 2025-10-01"
KIND = {"change": "", "by-hand": "changed in the file, by hand", "recovered": "recovered"}
WIDTH = 60


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument(
        "address", metavar="ADDRESS", nargs="?", default="", help="only what is at or under it"
    )
    parser.add_argument("--since", metavar="DATE", help="only from this day on")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List the changes, the newest last; here `--by` says whose, not who acts."""
    case = open_to_read(desk, args.id)
    since = parse_date(args.since) if args.since else None
    every = history(case).entries()
    entries = chosen(every, case, address=args.address, by=args.by or "", since=since)
    if args.json:
        content = {"id": case.id, "uid": case.session.uid, "order": "newest last",
                   "changes": [_json(case, entry) for entry in entries]}  # fmt: skip
        put_json("log", content)
        return Exit.OK
    for entry in entries:
        what = " · ".join(filter(None, (KIND[entry.kind], one_line(entry.what)[:WIDTH])))
        when = entry.at.replace("T", " ").replace("Z", "")[:16]
        by = shorten(entry.by, 30) or "somebody"
        say(f"{entry.rev:<12} {when:<16} {by}{f'  ({what})' if what else ''}")
        for line in lines(case, entry.edits):
            say(f"    {line_words(line)}")
    narrate(f"{counted(len(entries), 'change')}, the newest last. Times are in UTC")
    return Exit.OK


def line_words(line: Line) -> str:
    """One thing that differs, in one line."""
    label = f"{shorten(line.label, WIDTH)} [{shorten(line.address, 100)}]"
    if not line.old and not line.new:
        return label
    old = shorten(line.old, WIDTH) or "(nothing)"
    return f"{label}: {old} → {shorten(line.new, WIDTH) or '(nothing)'}"


def _json(case: Case, entry: Entry) -> dict[str, Any]:
    return {
        "rev": entry.rev, "at": entry.at or None, "by": entry.by, "kind": entry.kind,
        "what": entry.what,
        "edits": edits_json(case, entry),
    }  # fmt: skip


def edits_json(case: Case, entry: Entry) -> list[dict[str, Any]]:
    """What an entry changed, for programs: values as the file holds them."""
    return [
        {"address": place_of(edit), "label": name_of(case, edit),
         "kind": "order" if edit.is_order else "reason" if edit.path[0] == "absent" else "value",
         "old": for_json(edit.old), "new": for_json(edit.new)}
        for edit in telling(entry.edits)
    ]  # fmt: skip
