"""`cim doctor`: what this program found on this machine."""

from __future__ import annotations

import argparse
import platform
import sys
from typing import Any

from cim_tui import __version__
from cim_tui.cli.list_ import unreadable_words
from cim_tui.cli.output import put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.service.definitions import lint_all
from cim_tui.service.desk import Desk
from cim_tui.service.standing import look
from cim_tui.store.paths import remarks, settings_path

EXAMPLE = "cim doctor"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Say what is where, and what looks wrong."""
    standing = look(desk, examples=True, archived=True)
    wrong = [finding for finding in lint_all(desk.library) if finding.severity == "error"]
    path = settings_path(desk.env)
    facts: dict[str, Any] = {
        "version": __version__,
        "python": platform.python_version(),
        "terminal": desk.env.get("TERM", ""),
        "encoding": sys.stdout.encoding or "",
        "you": desk.by,
        "today": desk.today.isoformat(),
        "sessions": f"{desk.folder.path} ({desk.folder.why})",
        "settings": f"{path}{'' if path.exists() else ' (not there: the defaults hold)'}",
        "definitions": ", ".join(str(folder) for folder in desk.library.folders),
        "cases": len(standing.cases),
        "damaged": [entry.as_json() for entry in standing.unreadable],
        "copies": standing.copies,
        "definition_errors": [str(finding) for finding in wrong],
        "remarks": remarks(desk.folder.path),
    }
    if args.json:
        put_json("doctor", facts)
    facts["damaged"] = [unreadable_words(entry) for entry in standing.unreadable]
    for name, value in () if args.json else facts.items():
        for line in (value or ["none"]) if isinstance(value, list) else [value]:
            say(f"{name.replace('_', ' '):<18} {line}")
    return Exit.DAMAGED if standing.unreadable else Exit.INCOMPLETE if wrong else Exit.OK
