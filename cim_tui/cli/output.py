"""What commands print. stdout is data, stderr is narration.

Answers are cleaned on entry; names of files and folders are not ours, so what is printed passes
here once more.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core.errors import Exit
from cim_tui.core.problems import Problem
from cim_tui.core.text import clean, one_line
from cim_tui.core.words import SEVERITY, source_words
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.work import Refused

MOST_DIGITS = 100

_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff]"
)


def say(text: str = "") -> None:
    """Print a line of data."""
    sys.stdout.write(clean(text) + "\n")


def narrate(text: str) -> None:
    """Tell what happened, beside the data."""
    sys.stderr.write(clean(text) + "\n")


def open_to_read(desk: Desk, wanted: str) -> Case:
    """Open a case that is only shown: one of a newer version too, which is said beside the data."""
    case = desk.open(wanted, newer=True)
    if case.is_newer:
        schema = case.session.at("schema")
        narrate(
            f"{one_line(case.path.name)} was written by a newer version (schema {schema}): it can "
            "only be read, and what only that version knows is not shown"
        )
    return case


def put_json(command: str, content: Mapping[str, Any], desk: Desk | None = None) -> None:
    """Print one JSON object with its schema, and the folder with why it is that one."""
    found: dict[str, Any] = {"schema": f"cim.{command}/1", **content}
    if desk is not None:
        found |= {"folder": str(desk.folder.path), "why": desk.folder.why}
    text = json.dumps(found, ensure_ascii=False, indent=2, default=plain)
    # A path has to arrive as it is, so what a terminal would act on is escaped, not replaced.
    say(_CONTROLS.sub(lambda control: f"\\u{ord(control[0]):04x}", text))


def plain(value: Any) -> str:
    """Decimals as strings of digits, dates as ISO."""
    if isinstance(value, Decimal):
        # A file may hold 1e999999999: written out, its digits would fill the memory.
        return format(value, "f") if abs(value.adjusted()) < MOST_DIGITS else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def with_json(parser: ArgumentParser) -> None:
    """Add `--json` to a reading command."""
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def with_id(parser: ArgumentParser) -> None:
    """Add the case's ID."""
    parser.add_argument("id", metavar="ID", help="a case: its id, a unique prefix, or a path")


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as the shell contract shows it."""
    return {
        "address": problem.address,
        "activity": problem.activity,
        "label": problem.label,
        "severity": problem.severity,
        "message": problem.message,
        "rule": problem.rule,
        "source": problem.source.as_json(),
        "waivable": problem.waivable,
        "waived_by": problem.waived_by or None,
    }


def put_problems(problems: Iterable[Problem], *, sources: bool = False) -> None:
    """Print problems, needed ones first."""
    order = {"error": 0, "warning": 1, "info": 2}
    for problem in sorted(problems, key=lambda p: order[p.severity]):
        word = SEVERITY[problem.severity] if problem.open else "accepted as is"
        say(f"  {word:<14} {problem.message}")
        say(f"  {'':<14} {problem.address}  [{problem.rule}]")
        if sources:
            say(f"  {'':<14} {source_words(problem.source)}")


def put_refusal(refused: Refused, *, as_json: bool) -> Exit:
    """Say everything that keeps a gate shut."""
    if as_json:
        problems = [problem_json(p) for p in refused.problems]
        put_json("refusal", {"code": 1, "why": refused.why, "problems": problems})
    narrate(f"cim: {refused.why}")
    if not as_json:
        put_problems(refused.problems)
    return Exit.INCOMPLETE
