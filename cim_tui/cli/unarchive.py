"""`cim unarchive`: take a case out again."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.start import archive

EXAMPLE = "cim unarchive quail-ridge"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Bring a case back into the lists."""
    case = desk.open(args.id)
    archive(case, put_away=False)
    desk.save(case)
    narrate(f"{case.id} is back")
    return Exit.OK
