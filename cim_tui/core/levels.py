"""Which level the facts of a letter lead to, under what was published for its year.

The criteria are tables (`workflows/criteria/<year>.toml`); here they are only looked up. The
letter itself always decides: this is for those who cannot find it, and for noticing that it says
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from cim_tui.core.language import CriteriaFile, LetterFact, Placement, Reason, SmallTrack, Source
from cim_tui.core.values import digits

Number = int | Decimal

FACT_WORDS: dict[LetterFact, str] = {
    "elements-missed": "{} elements missed",
    "disproportionate-years": "disproportionate for {} years",
    "intensive-percentile": "{} percent on the Intensive Evaluation",
    "preschool-percentile": "{} percent on the Preschool Intensive Evaluation",
    "lre-percentile": "{} percent on an LRE indicator",
    "significantly-disproportionate": "significantly disproportionate",
}
"""What each fact says, in words, with its number."""

OF_A_SMALL_LEA: frozenset[LetterFact] = frozenset({"significantly-disproportionate"})
"""What counts for a small LEA too: it is not selected on indicators."""


@dataclass(frozen=True)
class LetterFacts:
    """What a letter, or the public data behind it, says of a district.

    Args:
        numbers: by fact: counts, years, percentiles from 0 to 100; 1 for significantly
            disproportionate.
        students_with_disabilities: on census day.
        cycle: of a small LEA: `a`, `b` or `c`.
    """

    numbers: Mapping[LetterFact, Number] = field(default_factory=dict)
    students_with_disabilities: int | None = None
    cycle: str = ""


@dataclass(frozen=True)
class Verdict:
    """Where the facts lead."""

    level: str | None = None
    workflow: str | None = None
    title: str = ""
    also: tuple[str, ...] = ()
    """Other levels, or processes that name none, that apply at the same time."""
    because: tuple[str, ...] = ()
    source: tuple[Source, ...] = ()
    confirmed: bool = True
    """Whether the criteria were published for the year that was asked for."""
    next_turn: int | None = None
    """Of a small LEA's cycle: the year in which it is next monitored, this one included."""


class Found(NamedTuple):
    """A placement, and the reason that leads to it."""

    key: str
    placement: Placement
    reason: Reason


class _Gap(NamedTuple):
    """A number that lies between two published bands."""

    says: str
    beside: tuple[Found, Found]


def level_of(year: int, facts: LetterFacts, criteria: Mapping[int, CriteriaFile]) -> Verdict:
    """The level that the facts lead to under the criteria of a year.

    Args:
        year: of the letter.
        facts: what is known; a fact that is not given leads nowhere.
        criteria: every criteria file, by year. A year whose criteria were not published takes the
            newest ones before it, unconfirmed.

    Returns:
        The level with its reasons. Where published bands leave a gap, no level and the gap; where
        two processes apply, the one of the higher rank, and the other in `also`.
    """
    levels = _newest(criteria, year, "placements")
    small = _newest(criteria, year, "small")
    if levels is None or small is None or small.small is None:
        first = min(criteria, default=None)
        before = f" before {first}" if first else ""
        return Verdict(because=(f"No criteria are known for letters{before}",), confirmed=False)
    track, is_small = small.small, _is_small(facts, small.small)
    used = [f for f in facts.numbers if not is_small or f in OF_A_SMALL_LEA]
    said: list[str] = []
    found: list[Found] = []
    gaps: list[_Gap] = []
    for fact in used:
        own = list(_matching(levels, fact, facts.numbers[fact]))
        found += own
        gap = None if own else _gap(levels, fact, facts.numbers[fact])
        if gap is not None:
            gaps.append(gap)
        elif not own:
            said.append(_leads_nowhere(levels, fact, facts.numbers[fact]))
    asked_small = facts.students_with_disabilities is not None or bool(facts.cycle)
    notes = [
        f"The criteria of {year} {what} were not published; those of {file.year} are used, and are "
        f"not confirmed for {year}"
        for what, file, asked in (
            ("for levels", levels, bool(used)),
            ("for small LEAs", small, asked_small),
        )
        if asked and file.year != year
    ]
    skipped = [_words(f, facts.numbers[f]) for f in facts.numbers if f not in used]
    if skipped:
        said.append(f"Small LEAs are not selected on indicators, so this does not count: "
                    f"{'; '.join(skipped)}")  # fmt: skip
    placed = _place(found, gaps, track if is_small else None, year, facts)
    return Verdict(
        level=placed.level,
        workflow=placed.workflow,
        title=placed.title,
        also=placed.also,
        because=(*placed.because, *said, *_about_size(facts, track), *notes),
        source=placed.source or ((track.source,) if asked_small else ()),
        confirmed=not notes,
        next_turn=placed.next_turn,
    )


def _newest(criteria: Mapping[int, CriteriaFile], year: int, what: str) -> CriteriaFile | None:
    known = [y for y, file in criteria.items() if y <= year and getattr(file, what)]
    return criteria[max(known)] if known else None


def _matching(criteria: CriteriaFile, fact: LetterFact, number: Number) -> Iterator[Found]:
    for one in _bands(criteria, fact):
        least, most = one.reason.at_least, one.reason.at_most
        if (least is None or least <= number) and (most is None or number <= most):
            yield one


def _bands(criteria: CriteriaFile, fact: LetterFact) -> list[Found]:
    every = [
        Found(key, placement, reason)
        for key, placement in criteria.placements.items()
        for reason in placement.reasons
        if reason.fact == fact
    ]
    return sorted(every, key=lambda one: one.reason.at_least or 0)


def _gap(criteria: CriteriaFile, fact: LetterFact, number: Number) -> _Gap | None:
    bands = _bands(criteria, fact)
    for below, above in pairwise(bands):
        least, most = above.reason.at_least, below.reason.at_most
        if least is not None and most is not None and most < number < least:
            says = (
                f"{_words(fact, number)}: the published bands leave a gap between "
                f"{_digits(most)} ({below.placement.title}) and {_digits(least)} "
                f"({above.placement.title}); take the band from the letter"
            )
            return _Gap(says, (below, above))
    return None


def _leads_nowhere(criteria: CriteriaFile, fact: LetterFact, number: Number) -> str:
    why = criteria.not_used.get(fact)
    if why:
        return f"{_words(fact, number)}: {why[:1].lower()}{why[1:]}"
    return f"{_words(fact, number)}: the criteria of {criteria.year} name no level for it"


def _digits(number: Number) -> str:
    return digits(Decimal(number))


def _words(fact: LetterFact, number: Number) -> str:
    words = FACT_WORDS[fact].format(_digits(number))
    if number == 1:
        words = words.replace("1 elements", "1 element").replace("1 years", "1 year")
    return words[:1].upper() + words[1:]


# Small LEAs


def _is_small(facts: LetterFacts, track: SmallTrack) -> bool:
    if facts.students_with_disabilities is None:
        return bool(facts.cycle)
    return facts.students_with_disabilities <= track.at_most


def _about_size(facts: LetterFacts, track: SmallTrack) -> Iterator[str]:
    count = facts.students_with_disabilities
    if count is not None and count > track.at_most:
        yield (
            f"{count} students with disabilities: more than {track.at_most}, so this is not a "
            "small LEA"
        )


def next_turn(track: SmallTrack, cycle: str, year: int) -> int:
    """The year, this one included, in which a cycle of small LEAs is next monitored."""
    first = track.cycles[cycle]
    turns = max(0, -(-(year - first) // track.every))
    return first + turns * track.every


def _small_words(facts: LetterFacts, track: SmallTrack, year: int) -> Iterator[str]:
    count = facts.students_with_disabilities
    if count is not None:
        yield f"{count} students with disabilities: {track.at_most} or fewer are a small LEA"
    if facts.cycle:
        turn = next_turn(track, facts.cycle, year)
        every = f"every {track.every} years from {track.cycles[facts.cycle]}"
        when = "this year" if turn == year else f"next in {turn}, not in {year}"
        yield f"Cycle {facts.cycle.upper()} is monitored {every}: {when}"


# Putting it together


def _place(
    found: list[Found], gaps: list[_Gap], small: SmallTrack | None, year: int, facts: LetterFacts
) -> Verdict:
    highest: dict[str, Found] = {}
    for one in found:
        known = highest.get(one.placement.workflow)
        if known is None or one.placement.rank > known.placement.rank:
            highest[one.placement.workflow] = one
    order = sorted(highest.values(), key=lambda one: -one.placement.rank)
    because = [
        _reason_words(one, highest) for one in sorted(found, key=lambda one: -one.placement.rank)
    ]
    sources = [one.reason.source for one in sorted(found, key=lambda one: -one.placement.rank)]
    names = tuple(one.placement.level or one.placement.workflow for one in order)
    if small is not None:
        return Verdict(
            workflow="small-lea",
            title="Small LEA",
            also=names,
            because=(*_small_words(facts, small, year), *because),
            source=_once([small.source, *sources]),
            next_turn=next_turn(small, facts.cycle, year) if facts.cycle else None,
        )
    if gaps:
        beside = [one for gap in gaps for one in gap.beside]
        tiers = {one.placement.workflow for one in beside}
        return Verdict(
            workflow=tiers.pop() if len(tiers) == 1 else None,
            also=names,
            because=(*(gap.says for gap in gaps), *because),
            source=_once([*(one.reason.source for one in beside), *sources]),
        )
    if not order:
        return Verdict()
    first = order[0].placement
    return Verdict(
        level=first.level,
        workflow=first.workflow,
        title=first.title,
        also=names[1:],
        because=tuple(because),
        source=_once(sources),
    )


def _reason_words(one: Found, highest: Mapping[str, Found]) -> str:
    says = f"{one.reason.says[:1].upper()}{one.reason.says[1:]}"
    counts = highest[one.placement.workflow].key == one.key
    if not counts:
        return f"{says}: by itself {one.placement.title}"
    unnamed = "" if one.placement.level else ", which names no level"
    return f"{says}: {one.placement.title}{unnamed}"


def _once(sources: list[Source]) -> tuple[Source, ...]:
    """Each source once, in order."""
    kept: list[Source] = []
    for source in sources:
        if source not in kept:
            kept.append(source)
    return tuple(kept)


def disagreement(verdict: Verdict, workflow: str, level: str) -> str:
    """What to say where the facts lead elsewhere than the letter; empty where they agree.

    The letter is followed all the same: it is the state's decision, and criteria change by year.
    """
    names = {verdict.level or verdict.workflow, *verdict.also} - {None}
    letter = level or workflow
    agrees = letter in names or (not level and verdict.workflow == workflow)
    if not names or agrees or (verdict.level is None and verdict.workflow == workflow):
        return ""
    reasons = "; ".join(verdict.because)
    found = " and ".join(sorted(str(name) for name in names))
    return (
        f"The letter says {letter}, and what you entered leads to {found} ({reasons}). The letter "
        "holds; ask your contact if you think that it is wrong."
    )
