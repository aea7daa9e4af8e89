"""`cim next`: the next thing to do in a case."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import put_json, say, with_id, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.words import SEVERITY, source_words
from cim_tui.service.desk import Desk

EXAMPLE = "cim next quail-ridge"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Say the next thing to do, and where it comes from."""
    case = desk.open(args.id)
    found = case.progress.next
    if args.json:
        content = {"id": case.id, "complete": case.progress.complete, "next": None}
        if found:
            content["next"] = {
                "address": found.address, "label": found.label, "message": found.message,
                "severity": found.severity, "source": found.source.as_json(),
            }  # fmt: skip
        put_json("next", content)
    elif found is None:
        step = case.progress.current
        say("Nothing is open" + (f"; mark {step.step.title} done" if step else ""))
    else:
        say(found.message)
        say(f"{found.address}  ({SEVERITY[found.severity]})")
        say(source_words(found.source))
    return Exit.OK if case.progress.complete else Exit.INCOMPLETE
