"""`cim level`: the level that facts of a letter lead to, with the reason and the source."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from cim_tui.cli.output import put_json, say, with_json
from cim_tui.core.errors import Exit, UsageError
from cim_tui.core.language import LetterFact
from cim_tui.core.levels import FACT_WORDS, LetterFacts, Number, level_of
from cim_tui.core.text import shorten
from cim_tui.core.words import source_words
from cim_tui.service.desk import Desk

EXAMPLE = "cim level --year 2023 --elements-missed 2"
PERCENTILES: dict[LetterFact, str] = {
    "intensive-percentile": "on the Intensive Evaluation, from the bottom",
    "preschool-percentile": "on the Preschool Intensive Evaluation, from the bottom",
    "lre-percentile": "the lowest on an LRE indicator, from the bottom",
}
LETTER = "The letter decides. Where it says otherwise, follow the letter."


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("--year", type=int, required=True, help="the year of the letter")
    parser.add_argument("--elements-missed", metavar="N", type=_count, help="targets missed")
    parser.add_argument(
        "--disproportionate-years", metavar="N", type=_count, help="years running, this one too"
    )
    for name, what in PERCENTILES.items():
        parser.add_argument(f"--{name}", metavar="P", type=_percentile, help=what)
    parser.add_argument(
        "--significantly-disproportionate", action="store_true", help="the letter calls it so"
    )
    parser.add_argument(
        "--students-with-disabilities", metavar="N", type=_count, help="on census day"
    )
    parser.add_argument("--cycle", type=str.lower, choices=("a", "b", "c"), metavar="A|B|C",
                        help="of a small LEA")  # fmt: skip
    with_json(parser)


def _count(text: str) -> int:
    return int(_number(text, str.isdigit))


def _percentile(text: str) -> Decimal:
    found = _number(text.removesuffix("%"), lambda _: True)
    if not 0 <= found <= 100:
        raise argparse.ArgumentTypeError(f"“{shorten(text, 20)}” is not from 0 to 100")
    return found


def _number(text: str, fits: Callable[[str], bool]) -> Decimal:
    try:
        found = Decimal(text) if text.isascii() and len(text) <= 12 and fits(text) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise argparse.ArgumentTypeError(f"“{shorten(text, 20)}” is not a number that fits here")
    return found


def run(args: argparse.Namespace, desk: Desk) -> Exit:
    """Say the level, why, and where that is published."""
    if not 2000 <= args.year <= 2100:
        raise UsageError("The year is that of the Annual Determination Letter, such as 2025")
    numbers: dict[LetterFact, Number] = {}
    for fact in FACT_WORDS:
        given = getattr(args, fact.replace("-", "_"))
        if given is not None and given is not False:
            numbers[fact] = 1 if given is True else given
    facts = LetterFacts(numbers, args.students_with_disabilities, args.cycle or "")
    if not numbers and facts.students_with_disabilities is None and not facts.cycle:
        raise UsageError(f"Give at least one fact of the letter, as in: {EXAMPLE}")
    found = level_of(args.year, facts, desk.library.criteria())
    if args.json:
        put_json("level", {
            "year": args.year, "level": found.level, "workflow": found.workflow,
            "also": list(found.also), "because": list(found.because),
            "source": [source.as_json() for source in found.source],
            "confirmed": found.confirmed, "next_turn": found.next_turn,
        })  # fmt: skip
        return Exit.OK
    say(found.title or "No level can be given")
    for name in found.also:
        say(f"also: {name}")
    for reason in found.because:
        say(f"  because  {reason}")
    for source in found.source:
        say(f"  source   {source_words(source)}")
    say(LETTER)
    return Exit.OK
