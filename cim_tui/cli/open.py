"""`cim open`: the screen. The one place where the shell reaches it."""

from __future__ import annotations

import argparse
import sys

from cim_tui.core.errors import Exit, UsageError
from cim_tui.service.desk import Desk

EXAMPLE = "cim open quail-ridge"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("id", metavar="ID", nargs="?", help="a case; without one, the list")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Open the list, or one case."""
    path = desk.open(args.id, newer=True).path if args.id else None
    return open_screen(desk, str(path) if path else None)


def open_screen(desk: Desk, path: str | None) -> Exit:
    """Open the app on the list or on a case's file; returns its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The screen needs a terminal; cim --help lists what works without one")
    from cim_tui.tui.app import CimApp

    app = CimApp(desk, path)
    try:
        app.run()
    finally:
        app.saver.end()
    if app.fault is not None:
        raise app.fault
    if app.return_code:
        sys.exit(app.return_code)
    return Exit.OK
