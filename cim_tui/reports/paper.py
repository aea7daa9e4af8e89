"""A case on paper: what every format lays out, and nothing that a format decides.

Every text here was cleaned, and in a shared copy nothing here is personal: what is withheld never
gets this far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cim_tui.core.language import Severity
from cim_tui.core.problems import NOTHING, Count
from cim_tui.core.words import DRAFT, NO_DUE_DATE, SEVERITY, long_date

WORKING_COPY = "WORKING COPY"
MARKS: dict[Severity, str] = {"error": "■", "warning": "□", "info": "ℹ"}
"""A glyph beside the word, so that neither colour nor shape alone carries it."""

_WEIGHT = {"long-text": 5, "text": 2, "people": 2, "evidence": 2, "reference": 2, "choices": 2}
_ROOM = 13


@dataclass(frozen=True)
class Citation:
    """Where a requirement comes from. Only `published` is shown as the state's."""

    tag: str
    words: str
    """ "Published by CalTAN", "Common practice", "To be verified"."""
    at: str = ""
    note: str = ""
    is_copy: bool = False
    """The address is a copy, not the publisher's own."""


@dataclass(frozen=True)
class Answer:
    """A question and what was answered."""

    address: str
    label: str
    kind: str
    """The field's type."""
    text: str = ""
    """As people read it; empty when it is not answered."""
    value: Any = None
    """As programs read it: dates, decimals, ids; None when withheld, absent or unanswered."""
    absent: str = ""
    """The code of an absence; `text` has it in words."""
    note: str = ""
    """Why it is absent."""
    withheld: bool = False
    """Something of it is left out of this copy."""
    required: bool = False
    asked: bool = True
    """False for a cell that does not apply to its row."""

    @property
    def is_open(self) -> bool:
        """Asked for, and not answered."""
        return self.required and self.asked and not self.text


@dataclass(frozen=True)
class Heading:
    """A column."""

    id: str
    label: str
    kind: str


@dataclass(frozen=True)
class Row:
    """A row of a table: one cell a heading."""

    id: str
    label: str
    cells: tuple[Answer, ...]


@dataclass(frozen=True)
class Group:
    """The rows that belong to one row of the parent table; one without a label otherwise."""

    label: str
    of: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """Rows, grouped under the rows they belong to."""

    address: str
    label: str
    headings: tuple[Heading, ...]
    groups: tuple[Group, ...]

    @property
    def rows(self) -> Iterator[Row]:
        """Every row, in order."""
        for group in self.groups:
            yield from group.rows

    @property
    def fits_a_page(self) -> bool:
        """Whether its columns fit beside each other; else each row stands by itself."""
        return sum(_WEIGHT.get(heading.kind, 1) for heading in self.headings) <= _ROOM


@dataclass(frozen=True)
class Accepted:
    """Something open was accepted as is."""

    by: str
    reason: str
    until: date | None


@dataclass(frozen=True)
class OpenItem:
    """Something open, or accepted as is, and where it is asked for."""

    address: str
    activity: str
    label: str
    severity: Severity
    message: str
    rule: str
    source: Citation
    waivable: bool = False
    accepted: Accepted | None = None

    @property
    def word(self) -> str:
        """How much it weighs, in a word."""
        return SEVERITY[self.severity]

    @property
    def mark(self) -> str:
        """The glyph that goes with the word."""
        return MARKS[self.severity]


@dataclass(frozen=True)
class Signatory:
    """A line to sign on."""

    role: str
    title: str
    required: bool
    name: str
    on: date | None
    current: bool
    source: Citation

    @property
    def changed(self) -> bool:
        """Signed, and what was signed has changed since."""
        return bool(self.name) and not self.current


@dataclass(frozen=True)
class Elsewhere:
    """A step or an activity that was done outside this program."""

    where: str
    on: date | None
    by: str
    link: str


@dataclass(frozen=True)
class Act:
    """Something a person did with a step: marked it done, reopened it, sent it, heard back."""

    what: str
    on: date | None
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """Something that is asked for, met or not, and where that comes from."""

    address: str
    label: str
    severity: Severity | None
    """None for what is only offered."""
    source: Citation

    @property
    def word(self) -> str:
        """How much it weighs, in words."""
        return SEVERITY[self.severity] if self.severity else "offered"


@dataclass(frozen=True)
class ActivityReport:
    """One activity."""

    id: str
    address: str
    title: str
    purpose: str
    state: str
    glyph: str
    applies: bool
    required: bool
    support: str
    source: Citation
    why: str = ""
    """Why it applies or does not, where a condition says so."""
    needed: Count = NOTHING
    good: Count = NOTHING
    owner: str = ""
    target: date | None = None
    due: date | None = None
    elsewhere: Elsewhere | None = None
    answers: tuple[Answer | Table, ...] = ()
    problems: tuple[OpenItem, ...] = ()
    signatures: tuple[Signatory, ...] = ()
    asked: tuple[Asked, ...] = ()
    kept_aside: int = 0


@dataclass(frozen=True)
class StepReport:
    """One step with its activities."""

    id: str
    number: int
    title: str
    purpose: str
    state: str
    state_id: str
    glyph: str
    required: bool
    done: Count
    """Activities complete, of those that count."""
    due: date | None
    due_from: str
    late: bool
    owner: str = ""
    target: date | None = None
    elsewhere: Elsewhere | None = None
    acts: tuple[Act, ...] = ()
    activities: tuple[ActivityReport, ...] = ()
    signatures: tuple[Signatory, ...] = ()
    source: Citation | None = None

    @property
    def needed(self) -> Count:
        """What is needed in all its activities."""
        return _add(activity.needed for activity in self.activities)

    @property
    def good(self) -> Count:
        """What is good practice in all its activities."""
        return _add(activity.good for activity in self.activities)

    @property
    def kept_aside(self) -> int:
        """Answers that are kept but do not count."""
        return sum(activity.kept_aside for activity in self.activities)

    @property
    def due_words(self) -> str:
        """The due date, or that there is none."""
        if self.due is None:
            return NO_DUE_DATE
        late = " (late)" if self.late else ""
        return f"{long_date(self.due)}{late}"


@dataclass(frozen=True)
class Paper:
    """A case, or one step of it, on paper."""

    id: str
    lea: str
    title: str
    """The process."""
    scope: str
    """The step, when the paper is about one; else empty."""
    facts: tuple[tuple[str, str], ...]
    """What the case is about: labels with their values."""
    as_of: date
    working_copy: bool
    complete: bool
    steps: tuple[StepReport, ...]
    withheld: int = 0
    """Answers left out of this copy."""
    kept_aside: int = 0
    """Answers that are kept but do not count."""
    sources: tuple[Citation, ...] = ()
    marks: tuple[str, ...] = (DRAFT,)
    """What stands on every page."""

    @property
    def heading(self) -> str:
        """The title of the paper."""
        return ": ".join(part for part in (self.lea, self.title, self.scope) if part)


def _add(counts: Iterator[Count]) -> Count:
    every = list(counts)
    return Count(sum(c.met for c in every), sum(c.of for c in every))
