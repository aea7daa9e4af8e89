"""`cim archive`: put a case away. The file stays where it is."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, with_id
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.start import archive

EXAMPLE = "cim archive quail-ridge"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Leave a case out of lists and exit codes."""
    case = desk.open(args.id)
    archive(case, put_away=True)
    desk.save(case)
    narrate(f"{case.id} is put away; cim unarchive {case.id} takes it out again")
    return Exit.OK
