"""The suite catches mistakes: with each of them planted in the store, its check fails."""

from __future__ import annotations

import pytest

from cim_tui.core.errors import CimError
from tests.faults.checks import CHECKS
from tests.faults.planted import PLANTED, Planted, planted

CAUGHT = (AssertionError, CimError, LookupError, OSError, TypeError, ValueError)
"""How a check fails: it says what was lost, a save is refused that nothing stood against, or the mistake is so gross that the store breaks."""


def test_there_are_enough_mistakes_and_no_two_alike() -> None:
    assert len({one.name for one in PLANTED}) == len(PLANTED) >= 20


@pytest.mark.parametrize("one", PLANTED, ids=[one.name for one in PLANTED])
def test_a_planted_mistake_is_caught(one: Planted) -> None:
    with planted(one), pytest.raises(CAUGHT):
        CHECKS[one.check]()
