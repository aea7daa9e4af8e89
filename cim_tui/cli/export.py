"""`cim export`: a case on paper."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cim_tui.cli.output import narrate, open_to_read, with_id
from cim_tui.core.errors import CimError, Exit, UsageError
from cim_tui.core.words import counted
from cim_tui.reports import html, json_, markdown
from cim_tui.reports.model import compose
from cim_tui.service.desk import Desk
from cim_tui.service.work import step_of
from cim_tui.store.fsops import disk

EXAMPLE = "cim export quail-ridge --to html -o plan.html"
RENDERERS = {"md": markdown.render, "html": html.render, "json": json_.render}


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    with_id(parser)
    parser.add_argument("--step", metavar="S", help="only this step")
    parser.add_argument("--to", choices=tuple(RENDERERS), default="md", help="the format")
    parser.add_argument("-o", "--output", metavar="FILE", help="else it is printed")
    parser.add_argument(
        "--working-copy", action="store_true", help="with personal fields and small counts"
    )


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Write a shared copy, or a working copy when asked; says how much was left out."""
    case = open_to_read(desk, args.id)
    step = step_of(case, args.step) if args.step else None
    paper = compose(case, desk.today, step, working_copy=args.working_copy)
    data = RENDERERS[args.to](paper).encode("utf-8")
    if args.output:
        _write(args.output, data, case.path, desk.folder.path)
        narrate(f"Written: {args.output}")
    else:
        sys.stdout.buffer.write(data)
    if paper.withheld:
        narrate(
            f"{counted(paper.withheld, 'answer')} left out (personal, or counts of ten and under); "
            "--working-copy shows them"
        )
    return Exit.OK


def _write(name: str, data: bytes, case: Path, folder: Path) -> None:
    """Write a paper where it was asked for, but never over a case or in the place of a device."""
    try:
        path = Path(name).resolve()
        if path.exists() and not path.is_file():
            raise UsageError(f"{name} is not a file; without -o the paper is printed")
        if path == case.resolve() or (path.parent == folder.resolve() and path.suffix == ".toml"):
            raise UsageError(f"{name} is where a case lies; write the paper somewhere else")
        disk.write_atomic(path, data)
    except OSError as wrong:
        raise CimError(f"{name} cannot be written: {wrong.strerror or wrong}") from wrong
