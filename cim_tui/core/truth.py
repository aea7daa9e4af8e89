"""Three-valued truth: true, false, or unknown because something is unanswered.

Every truth carries the tests that decided it, so that it can be said in words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cim_tui.core.language import Condition
from cim_tui.core.session import Absence
from cim_tui.core.values import Misfit


class Leaf:
    """One test that decided a condition: where its answer stands, and the test in words.

    Args:
        address: of the answer; `case.level` and the like for facts.
        say: makes the words, when somebody reads them.
    """

    __slots__ = ("_say", "address")

    def __init__(self, address: str, say: Callable[[], str]) -> None:
        self.address, self._say = address, say

    @property
    def words(self) -> str:
        """The test with its answer: "“Tier” is Intensive"."""
        return self._say()


class Tri(NamedTuple):
    """True, false, or unknown (None), and the tests that made it so."""

    truth: bool | None
    leaves: tuple[Leaf, ...] = ()

    @property
    def sentence(self) -> str:
        """Why, in words: `“Tier” is Intensive and the level is Intensive 2`."""
        return " and ".join(dict.fromkeys(leaf.words for leaf in self.leaves))


YES = Tri(True)


def both(first: Tri, second: Tri) -> Tri:
    """Two conditions that must both hold."""
    return second if first is YES else every([first, second])


def every(parts: list[Tri]) -> Tri:
    """True when all are; false when one is, whatever is unknown."""
    for wanted in (False, None):
        found = [part for part in parts if part.truth is wanted]
        if found:
            return Tri(wanted, tuple(leaf for part in found for leaf in part.leaves))
    return Tri(True, tuple(leaf for part in parts for leaf in part.leaves))


def some(parts: list[Tri]) -> Tri:
    """True when one is; false when all are."""
    for wanted in (True, None):
        found = [part for part in parts if part.truth is wanted]
        if found:
            return Tri(wanted, tuple(leaf for part in found for leaf in part.leaves))
    return Tri(False, tuple(leaf for part in parts for leaf in part.leaves))


def tested(
    condition: Condition,
    value: Any,
    leaf: Leaf,
    known: bool | None,
    bound: Callable[[Any], Any],
) -> Tri:
    """Every test of a condition on one value.

    Args:
        condition: a condition with a subject.
        value: what the subject amounts to: a value, an Absence, a Misfit, or None.
        leaf: says where the value stands.
        known: a missing value is a real "none", not something unanswered.
        bound: finds the number a bound stands for.
    """
    if condition.answered is not None and (value is not None) is not condition.answered:
        return Tri(False, (leaf,))
    tests = condition.tests
    if not tests:
        return Tri(True, (leaf,))
    if value is None and known is not True:
        return Tri(None, (leaf,))
    if isinstance(value, Misfit):
        return Tri(None, (leaf,))
    if value is None or isinstance(value, Absence):
        return Tri(False, (leaf,))
    results = [_compare(test, value, want, bound) for test, want in tests]
    if False in results:
        return Tri(False, (leaf,))
    return Tri(None if None in results else True, (leaf,))


def _compare(test: str, value: Any, want: Any, bound: Callable[[Any], Any]) -> bool | None:
    several = _flat(value) if isinstance(value, list | dict) else None
    if test == "contains":
        return want in several if several is not None else str(want) in str(value)
    if several is not None and test in ("is", "in", "is-not"):
        found = any(_same(item, option) for item in several for option in _options(test, want))
        return not found if test == "is-not" else found
    if test in ("is", "in"):
        return any(_same(value, option) for option in _options(test, want))
    if test == "is-not":
        return not _same(value, want)
    if test == "at-least":
        least = bound(want)
        size = len(several) if several is not None else value
        if least is None or not isinstance(size, int | Decimal):
            return None
        return bool(size >= least)
    if not isinstance(value, date):
        return None
    return bool(value < want if test == "before" else value > want)


def _flat(value: Any) -> list[Any]:
    """What a list holds, the items of lists in it included; for rows, their ids."""
    flat: list[Any] = []
    for item in value:
        flat += item if isinstance(item, list) else [item]
    return flat


def _options(test: str, want: Any) -> tuple[Any, ...]:
    return tuple(want) if test == "in" else (want,)


def _same(value: Any, want: Any) -> bool:
    if isinstance(value, bool) or isinstance(want, bool):
        return value is want
    return bool(value == want)
