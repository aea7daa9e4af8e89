"""`cim demo`: worked examples in a fresh folder, opened."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from cim_tui.cli.output import say
from cim_tui.core.errors import Exit
from cim_tui.service.demo import FIRST, example_names, make_demo
from cim_tui.service.desk import Desk
from cim_tui.store.paths import Folder

EXAMPLE = "cim demo --no-open"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--no-open", action="store_true", help="only make it and print its folder")
    parser.add_argument(
        "--all", action="store_true", help="a case of each process, each at another stage"
    )


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Make Quail Ridge Unified, which does not exist, half way through; or an example of each."""
    made = Path(args.folder) if args.folder else Path(tempfile.mkdtemp(prefix="cim-demo-"))
    folder = made.absolute()
    cases = [make_demo(desk, folder, name) for name in (example_names() if args.all else (FIRST,))]
    if args.no_open:
        say(str(folder))
        return Exit.OK
    from cim_tui.cli.open import open_screen

    own = replace(desk, folder=Folder(folder, "cim demo made it"))
    return open_screen(own, None if args.all else str(cases[0].path))
