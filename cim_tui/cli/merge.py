"""`cim merge`: take in a copy that comes back."""

from __future__ import annotations

import argparse
from pathlib import Path

from cim_tui.cli.log import edits_json, line_words
from cim_tui.cli.output import narrate, put_json, say, with_id, with_json
from cim_tui.core.errors import Exit, NoSession
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import counted
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.history import Entry
from cim_tui.service.in_words import for_json, lines
from cim_tui.service.travel import Arrival, look_into, put_aside, take_in

EXAMPLE = "cim merge quail-ridge from-the-district.toml --yes"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("file", metavar="FILE", help="the copy; or its name among the cases")
    parser.add_argument("--from", dest="sender", metavar="NAME", default="", help="who made it")
    parser.add_argument("--yes", action="store_true", help="take it in; else a dry run")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Show what comes in; with --yes, take it in. 5: something was changed on both sides."""
    case = desk.open(args.id)
    arrival = look_into(case, desk, _path(args.file, desk), args.sender)
    fresh = [
        line for line in lines(case, arrival.edits) if line.address.split(".")[0] != "conflicts"
    ]
    aside = None
    found = edits_json(case, Entry("", "", "", "change", "", arrival.edits)) if args.json else []
    if args.yes:
        if arrival.edits:
            take_in(case, arrival)
            desk.save(case)
        aside = put_aside(case, desk, arrival)
    if args.json:
        content = {
            "id": case.id, "file": str(arrival.path), "from": arrival.sender, "base": arrival.base,
            "remark": arrival.remark or None, "done": args.yes, "new_answers": arrival.answers,
            "edits": [e for e in found if not e["address"].startswith("conflicts.")],
            "conflicts": [{"id": c.id, "address": c.address, "mine": for_json(c.mine),
                           "theirs": for_json(c.theirs)} for c in arrival.conflicts],
            "kept_out": list(arrival.kept_out), "put_aside": str(aside) if aside else None,
        }  # fmt: skip
        put_json("merge", content)
        return Exit.CONFLICT if arrival.conflicts else Exit.OK
    say(arrival.in_words())
    for line in fresh:
        say(f"  {line_words(line)}")
    for conflict in arrival.conflicts:
        say(f"  both changed: {shorten(conflict.address, 120)}")
    _tell(case, arrival, done=args.yes)
    if aside is not None:
        narrate(f"The copy was put aside: {one_line(str(aside))}")
    return Exit.CONFLICT if arrival.conflicts else Exit.OK


def _path(name: str, desk: Desk) -> Path:
    """The copy's file: where it is named, or among the cases."""
    path = Path(name)
    try:
        if path.exists():
            return path
        among = desk.folder.path / name
        if "/" not in name and among.exists():
            return among
    except (OSError, ValueError):
        pass
    raise NoSession(f"There is no file {shorten(name, 80)}")


def _tell(case: Case, arrival: Arrival, *, done: bool) -> None:
    if arrival.remark:
        narrate(arrival.remark)
    if arrival.kept_out:
        many = counted(len(arrival.kept_out), "answer")
        narrate(f"{many} taken out here on purpose: what the copy holds there stays out")
    if not done:
        narrate("A dry run: nothing was changed. Add --yes to take it in")
    elif arrival.conflicts:
        many = counted(len(arrival.conflicts), "answer waits", "answers wait")
        narrate(f"Taken in; {many} to be settled: cim conflicts {case.id}")
    elif arrival.edits:
        narrate("Taken in")
