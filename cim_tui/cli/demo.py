"""`cim demo`: a worked example in a fresh folder, opened."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from cim_tui.cli.output import say
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.start import make_demo
from cim_tui.store.paths import Folder

EXAMPLE = "cim demo --no-open"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--no-open", action="store_true", help="only make it and print its folder")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Make the example: Quail Ridge Unified, which does not exist, half way through."""
    folder = Path(args.folder) if args.folder else Path(tempfile.mkdtemp(prefix="cim-demo-"))
    case = make_demo(desk, folder.absolute())
    if args.no_open:
        say(str(folder.absolute()))
        return Exit.OK
    from cim_tui.cli.open import open_screen

    own = replace(desk, folder=Folder(folder.absolute(), "cim demo made it"))
    return open_screen(own, str(case.path))
