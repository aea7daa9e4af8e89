"""`cim conflicts`: what two people changed apart, and nobody has settled."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, open_to_read, put_json, say, with_id, with_json
from cim_tui.core.changes import Edit
from cim_tui.core.errors import Exit
from cim_tui.core.text import shorten
from cim_tui.service.changed import name_of
from cim_tui.service.desk import Desk
from cim_tui.service.history import for_json, words
from cim_tui.service.settle import conflicts

EXAMPLE = "cim conflicts quail-ridge"
WIDTH = 300


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """List both sides of each; the exit code says whether something waits."""
    case = open_to_read(desk, args.id)
    found = conflicts(case)
    code = Exit.CONFLICT if found else Exit.OK
    if args.json:
        content = [
            {"id": c.id, "address": c.address, "label": name_of(case, Edit(c.path, None, None)),
             "mine": for_json(c.mine), "theirs": for_json(c.theirs), "by": c.by or None,
             "on": c.on.isoformat() if c.on else None}
            for c in found
        ]  # fmt: skip
        put_json("conflicts", {"id": case.id, "conflicts": content})
        return code
    for conflict in found:
        label = name_of(case, Edit(conflict.path, None, None))
        say(f"{shorten(label, 80)}  {shorten(conflict.address, 120)}  ({conflict.id})")
        on = f", {conflict.on.isoformat()}" if conflict.on else ""
        for name, value in (("mine", conflict.mine), ("theirs", conflict.theirs)):
            text = shorten(words(case, conflict.path, value), WIDTH) or "(nothing)"
            who = f"  ({shorten(conflict.by, 40)}{on})" if name == "theirs" and conflict.by else ""
            say(f"  {name:<7} {text}{who}")
    if found:
        narrate(f"Settle each: cim resolve {case.id} ADDRESS --take mine|theirs|text")
    else:
        narrate("Nothing waits to be settled")
    return code
