"""What is open in an activity: the result of checking it. Computed, never stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cim_tui.core.language import Severity, Source
from cim_tui.core.workflow import Activity

READABLE = Source(
    tag="practice", note="An answer has to be readable and point somewhere before it can count"
)
"""Why an answer that cannot be read blocks: there is nothing to check without it."""

DECIDES = Source(tag="practice", note="Until this is answered, nobody can tell what else is asked")


TWICE = Source(
    tag="practice", note="Two people changed the same thing; only a person can say which holds"
)
"""Why an answer that was changed twice blocks: nobody knows which of them would be done."""

COPIED = Source(
    tag="practice", note="What held last year may not hold now, so somebody looks at each copy once"
)
"""Why an answer that was copied from another case stays open until it is confirmed."""


class Count(NamedTuple):
    """So many of so many."""

    met: int
    of: int

    def __str__(self) -> str:
        return f"{self.met} of {self.of}"


NOTHING = Count(0, 0)


@dataclass(frozen=True)
class Problem:
    """Something still open, and how to get there."""

    address: str
    activity: str
    label: str
    severity: Severity
    message: str
    rule: str
    source: Source
    waivable: bool = False
    waived_by: str = ""
    """Who accepted it as is; empty when it is open."""

    @property
    def open(self) -> bool:
        """Not accepted as is."""
        return not self.waived_by


class Parked(NamedTuple):
    """An answer that is kept but does not count, and why."""

    address: str
    label: str
    why: str


@dataclass(frozen=True)
class ActivityCheck:
    """One activity, checked."""

    activity: Activity
    state: str
    """A key of `words.ACTIVITY_STATE`."""
    required: bool
    touched: bool
    problems: tuple[Problem, ...] = ()
    needed: Count = NOTHING
    good: Count = NOTHING
    parked: tuple[Parked, ...] = ()
    why: str = ""
    """Why it applies or does not, where a condition says so."""

    def open(self, severity: Severity) -> list[Problem]:
        """Open problems of one severity."""
        return [p for p in self.problems if p.open and p.severity == severity]

    @property
    def complete(self) -> bool:
        """Nothing needed is open, and something is there."""
        return self.state in ("complete", "elsewhere")


@dataclass
class Ledger:
    """Collects problems of one activity and counts what is asked and met.

    What is asked is counted once for each question and rule, whatever the number of rows, so
    that "7 of 9" does not change its end while a table is being filled.
    """

    activity: Activity
    asked: dict[tuple[str, str], Severity] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)

    def ask(self, address: str, rule: str, severity: Severity) -> None:
        """Note that something is asked; `address` is a question's, without a row."""
        self.asked.setdefault((address, rule), severity)

    def fail(self, problem: Problem) -> None:
        """Note that something asked is open."""
        self.problems.append(problem)
