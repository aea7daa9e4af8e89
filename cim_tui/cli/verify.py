"""`cim verify`: whether everything that is kept is whole."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.service.verify import LEVELS, verify

EXAMPLE = "cim verify"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="cases; all when none is named")
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Look over files, journals and permissions; 4 when something is damaged, 1 for remarks."""
    found = verify(desk, args.ids)
    findings = sorted(found.findings, key=lambda f: LEVELS.index(f.level))
    if args.json:
        content = {
            "cases": found.cases, "journals": found.journals, "records": found.records,
            "findings": [finding.as_json() for finding in findings],
        }  # fmt: skip
        put_json("verify", content, desk)
        return found.exit
    for finding in findings:
        say(finding.in_words())
    narrate(
        f"{counted(found.cases, 'case')}, {counted(found.journals, 'journal')}, "
        f"{counted(found.records, 'record')} looked over in {desk.folder.path}"
    )
    return found.exit
