"""Crashes, errors and races on a simulated disk: nothing that was acknowledged is lost."""

from __future__ import annotations

import errno
from random import Random

import pytest

from cim_tui.store import keeper
from tests.faults.checks import CHECKS, flips, torn_toml
from tests.faults.story import Lost, crashes, errors, race

CRASHES, DEEP_CRASHES = 10_000, 1_000_000
PARTS = 5
"""Tests among which the crashes are divided, so that they can run side by side."""


def _crash(first: int, wanted: int) -> tuple[int, int]:
    states = distinct = 0
    seed = first
    while states < wanted:
        found = crashes(seed, writers=1 + seed % 3)
        states, distinct = states + found[0], distinct + found[1]
        seed += 1
    return states, distinct


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(300)
def test_after_every_call_a_crash_leaves_every_acknowledged_word(part: int) -> None:
    states, distinct = _crash(part * 1000, CRASHES // PARTS)

    assert states >= CRASHES // PARTS
    assert distinct > states / 3


@pytest.mark.deep
@pytest.mark.timeout(3 * 3600)
def test_a_million_crashes_lose_nothing() -> None:
    states, distinct = _crash(Random().randrange(10**6, 10**7), DEEP_CRASHES)  # noqa: S311

    assert states >= DEEP_CRASHES
    print(f"{states} crashes, {distinct} distinct")  # noqa: T201 - the figures of the deep run


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("count", [1, 3, 1000])
def test_whichever_call_fails_all_is_there_once_there_is_room_again(error: int, count: int) -> None:
    number = 1
    while errors(3, number, error, count=count):
        number += 1

    assert number > 40 or count == 1000


@pytest.mark.parametrize("seed", range(30))
def test_two_and_three_who_save_into_each_other_at_every_call_lose_nothing(seed: int) -> None:
    assert race(seed, writers=2 + seed % 2, steps=60) > 5


@pytest.mark.parametrize("seed", range(30, 40))
def test_nor_do_they_when_journals_are_closed_all_the_time(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "ROTATE", 3_000)

    assert race(seed, writers=3, steps=60) > 5


@pytest.mark.parametrize("name", ["flips", "seen", "turns", "values"])
def test_the_checks_that_mistakes_are_caught_by_find_none_in_the_store_itself(name: str) -> None:
    CHECKS[name]()


@pytest.mark.timeout(300)
def test_a_flipped_bit_of_a_journal_never_becomes_a_wrong_value() -> None:
    assert flips(every=3) > 1000


@pytest.mark.deep
def test_no_flipped_bit_of_a_journal_becomes_a_wrong_value() -> None:
    assert flips(every=1) > 5000


@pytest.mark.timeout(300)
def test_a_flipped_bit_of_a_file_is_refused_or_said_to_be_somebody_elses_change() -> None:
    flipped, refused, told = torn_toml()

    assert flipped > 1500
    assert refused > 0
    assert told > 0


def test_an_account_notices_what_is_missing_and_what_is_back() -> None:
    from tests.faults.story import FORM, START, Account

    account = Account()
    account.check(START)
    account.acknowledged(account.begins((*FORM, "meets"), "word0", "word1"))
    with pytest.raises(Lost):
        account.check(START)
