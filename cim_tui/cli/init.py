"""`cim init`: a folder for cases, private or a team's."""

from __future__ import annotations

import argparse
from pathlib import Path

from cim_tui.cli.output import narrate, put_json, say, with_json
from cim_tui.core.errors import Exit
from cim_tui.core.words import counted
from cim_tui.service.desk import Desk
from cim_tui.store.ground import lay
from cim_tui.store.sessions import prepare

EXAMPLE = "cim init --team sped /srv/cim/cases"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("dir", metavar="DIR", help="the folder; one that is there is set right")
    parser.add_argument(
        "--team", metavar="GROUP", default="", help="share it with a group of this machine"
    )
    with_json(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:  # noqa: ARG001 - every command takes both
    """Make the folder, and say how to use it."""
    made = lay(Path(args.dir).absolute(), args.team)
    prepare(made.path)
    shared = f"the group {args.team}" if args.team else None
    if args.json:
        put_json("init", {"path": str(made.path), "team": args.team or None, "new": made.new,
                          "changed": made.changed, "foreign": made.foreign})  # fmt: skip
        return Exit.INCOMPLETE if made.foreign else Exit.OK
    say(str(made.path))
    who = f"You and {shared} can" if shared else "Only you can"
    narrate(f"{who} read and write here. Use it with --sessions, or CIM_SESSIONS={made.path}")
    if made.changed:
        narrate(f"{counted(made.changed, 'file or folder', 'files and folders')} set right")
    if made.foreign:
        narrate(
            f"{counted(made.foreign, 'file belongs', 'files belong')} to somebody else and stay as "
            "they are: whoever owns them runs the same command"
        )
        return Exit.INCOMPLETE
    return Exit.OK
