"""`cim doctor`: what this program found on this machine."""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path
from typing import Any

from cim_tui import __version__
from cim_tui.cli.list_ import copy_words, unreadable_words
from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.service.definitions import lint_all
from cim_tui.service.desk import Desk
from cim_tui.service.standing import look
from cim_tui.store.paths import remarks, settings_path

EXAMPLE = "cim doctor"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_json(parser)
    parser.add_argument(
        "--verify-fs", metavar="DIR", help="try out what a case rests on, on the disk of a folder"
    )


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Say what is where, and what looks wrong; or what a disk keeps and does not."""
    if args.verify_fs is not None:
        return _verify_fs(args.verify_fs, as_json=args.json)
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
    facts["copies"] = [copy_words(standing, name) for name in standing.copies]
    for name, value in () if args.json else facts.items():
        for line in (value or ["none"]) if isinstance(value, list) else [value]:
            say(f"{name.replace('_', ' '):<18} {line}")
    return Exit.DAMAGED if standing.unreadable else Exit.INCOMPLETE if wrong else Exit.OK


def _verify_fs(name: str, *, as_json: bool) -> Exit:
    """Try a disk out: what holds there, and what will not."""
    from cim_tui.store.trial import holds, try_out

    folder = Path(name).absolute()
    trials = try_out(folder)
    fine = holds(trials)
    if as_json:
        content = {"path": str(folder), "safe": fine, "trials": [t._asdict() for t in trials]}
        put_json("verify-fs", content)
        return Exit.OK if fine else Exit.INCOMPLETE
    for trial in trials:
        verdict = "holds" if trial.holds else "FAILS" if trial.needed else "does not hold"
        say(f"{verdict:<14} {trial.what}")
        say(f"{'':<14} {trial.says}")
    if fine:
        narrate("Cases are safe here, as far as this can be tried")
    else:
        narrate("Something that the safety of a case rests on fails here: keep cases elsewhere")
    return Exit.OK if fine else Exit.INCOMPLETE
