"""`cim send`: a copy for somebody else, which can come back."""

from __future__ import annotations

import argparse

from cim_tui.cli.output import narrate, say, with_id
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk
from cim_tui.service.travel import send

EXAMPLE = "cim send quail-ridge -o for-the-district.toml"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="where to write it")


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Write the copy; what it was made from is kept, so that it can be compared later."""
    case = desk.open(args.id)
    sent = send(case, desk, args.output)
    say(str(sent.path))
    narrate(
        "The whole case, with personal fields and small counts: send it only to those who may see "
        f"them. When it comes back: cim merge {case.id} FILE"
    )
    return Exit.OK
