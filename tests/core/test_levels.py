"""The level that facts of a letter lead to, under the criteria that are shipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.language import CriteriaFile
from cim_tui.core.levels import FACT_WORDS, LetterFacts, Verdict, disagreement, level_of, next_turn
from cim_tui.store import toml
from tests.conftest import REPO

CRITERIA = {
    int(path.stem): CriteriaFile.checked(toml.load(path.read_bytes(), path.name))
    for path in (REPO / "workflows" / "criteria").glob("*.toml")
}


def led(year: int, students: int | None = None, cycle: str = "", **numbers: Any) -> Verdict:
    given = {name.replace("_", "-"): value for name, value in numbers.items()}
    return level_of(year, LetterFacts(given, students, cycle), CRITERIA)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "facts", "level"),
    [
        (2023, {"elements_missed": 0}, None),
        (2023, {"elements_missed": 1}, "targeted-1"),
        (2023, {"elements_missed": 2}, "targeted-1"),
        (2023, {"elements_missed": 3}, "targeted-2"),
        (2023, {"elements_missed": 14}, "targeted-2"),
        # Each reason alone is enough for Targeted 3.
        (2023, {"disproportionate_years": 1}, None),
        (2023, {"disproportionate_years": 2}, "targeted-3"),
        (2023, {"intensive_percentile": 11}, "targeted-3"),
        (2023, {"intensive_percentile": 20}, "targeted-3"),
        (2023, {"intensive_percentile": Decimal("20.01")}, None),
        (2023, {"preschool_percentile": 15}, "targeted-3"),
        (2023, {"preschool_percentile": 10}, None),
        (2023, {"lre_percentile": 10}, "targeted-3"),
        (2023, {"lre_percentile": Decimal("10.1")}, None),
        (2023, {"intensive_percentile": 10}, "intensive-1"),
        (2023, {"intensive_percentile": 8}, "intensive-1"),
        (2023, {"intensive_percentile": Decimal("7.99")}, "intensive-2"),
        (2023, {"intensive_percentile": 4}, "intensive-2"),
        (2023, {"intensive_percentile": Decimal("3.99")}, "intensive-3"),
        (2023, {"intensive_percentile": 0}, "intensive-3"),
        # The letters of 2022 looked at other things.
        (2022, {"disproportionate_years": 1}, "targeted-2"),
        (2022, {"disproportionate_years": 2}, "targeted-3"),
        (2022, {"elements_missed": 2}, None),
        (2022, {"lre_percentile": 5}, None),
        (2022, {"intensive_percentile": 5}, "intensive-2"),
    ],
)  # fmt: skip
def test_a_fact_leads_to_the_level_that_its_year_published(
    year: int, facts: dict[str, Any], level: str | None
) -> None:
    found = led(year, **facts)

    assert found.level == level
    assert found.confirmed
    assert found.because
    assert bool(found.source) == (level is not None)


@pytest.mark.parametrize(
    ("percentile", "beside", "workflow"),
    [
        ("3.995", ("3.99", "Intensive 3", "Intensive 2"), "intensive"),
        ("7.995", ("7.99", "Intensive 2", "Intensive 1"), "intensive"),
        ("10.5", ("10", "Intensive 1", "Targeted 3"), None),
    ],
)
def test_a_gap_between_published_bands_is_said_and_nothing_is_guessed(
    percentile: str, beside: tuple[str, ...], workflow: str | None
) -> None:
    found = led(2023, intensive_percentile=Decimal(percentile))

    assert (found.level, found.workflow) == (None, workflow)
    assert all(words in found.because[0] for words in ("leave a gap", *beside))
    assert len(found.source) == 2


def test_a_gap_leaves_no_level_also_when_another_fact_has_one() -> None:
    found = led(2023, intensive_percentile=Decimal("10.5"), elements_missed=2)

    assert (found.level, found.also) == (None, ("targeted-1",))


def test_of_two_reasons_for_one_process_the_higher_level_counts_and_both_are_said() -> None:
    found = led(2023, elements_missed=1, lre_percentile=3)

    assert (found.level, found.also) == ("targeted-3", ())
    assert "bottom 10 percent: Targeted 3" in found.because[0]
    assert "by itself Targeted 1" in found.because[1]


def test_where_two_tiers_apply_both_are_named() -> None:
    found = led(2023, intensive_percentile=2, significantly_disproportionate=1)

    assert (found.level, found.workflow) == ("intensive-3", "intensive")
    assert found.also == ("significant-disproportionality",)


def test_significant_disproportionality_names_no_level_and_says_so() -> None:
    found = led(2023, significantly_disproportionate=1, elements_missed=4)

    assert (found.level, found.workflow) == (None, "significant-disproportionality")
    assert found.also == ("targeted-2",)
    assert "names no level" in found.because[0]


@pytest.mark.parametrize("year", [2024, 2025, 2099])
def test_a_year_without_criteria_takes_the_newest_known_ones_unconfirmed(year: int) -> None:
    found = led(year, elements_missed=2)

    assert (found.level, found.confirmed) == ("targeted-1", False)
    assert f"not confirmed for {year}" in found.because[-1]
    assert "those of 2023" in found.because[-1]


def test_before_the_first_known_criteria_there_is_no_level() -> None:
    found = led(2021, elements_missed=2)

    assert (found.level, found.workflow, found.confirmed) == (None, None, False)
    assert "before 2022" in found.because[0]


# Small LEAs


def test_a_hundred_students_are_a_small_lea_and_a_hundred_and_one_are_not() -> None:
    assert led(2024, students=100).workflow == "small-lea"
    found = led(2024, students=101)
    assert (found.workflow, found.level) == (None, None)
    assert "101 students with disabilities: more than 100" in found.because[0]


def test_a_small_lea_is_not_selected_on_indicators() -> None:
    found = led(2023, students=40, elements_missed=5, intensive_percentile=2)

    assert (found.workflow, found.level, found.also) == ("small-lea", None, ())
    assert "5 elements missed; 2 percent" in " ".join(found.because)


def test_a_small_lea_can_be_significantly_disproportionate_too() -> None:
    found = led(2023, students=40, significantly_disproportionate=1)

    assert (found.workflow, found.also) == ("small-lea", ("significant-disproportionality",))


@pytest.mark.parametrize(
    ("year", "cycle", "turn"),
    [
        (2022, "a", 2022), (2023, "a", 2025), (2023, "b", 2023), (2022, "c", 2024),
        # From the later pages on, six years.
        (2024, "a", 2028), (2024, "b", 2024), (2024, "c", 2026), (2026, "c", 2026),
        (2027, "c", 2032), (2029, "b", 2030),
    ],
)  # fmt: skip
def test_the_turn_of_a_cycle_follows_the_years_that_were_published(
    year: int, cycle: str, turn: int
) -> None:
    found = led(year, students=60, cycle=cycle)

    assert found.next_turn == turn
    said = "this year" if turn == year else f"next in {turn}, not in {year}"
    assert any(reason.endswith(said) for reason in found.because)


@given(year=st.integers(2022, 2200), cycle=st.sampled_from("abc"))
def test_a_turn_is_never_past_and_at_most_one_round_away(year: int, cycle: str) -> None:
    track = CRITERIA[2024].small
    assert track is not None
    turn = next_turn(track, cycle, year)

    first = track.cycles[cycle]
    assert turn >= max(year, first)
    assert turn == first or turn - year < track.every
    assert (turn - first) % track.every == 0


# Whatever is asked


NUMBERS = st.dictionaries(
    st.sampled_from(sorted(FACT_WORDS)),
    st.one_of(st.integers(0, 100), st.decimals(0, 100, places=2)),
    max_size=6,
)


@given(
    year=st.integers(2000, 2100), numbers=NUMBERS,
    students=st.none() | st.integers(0, 5000), cycle=st.sampled_from(("", "a", "b", "c")),
)  # fmt: skip
def test_every_verdict_has_its_reason_and_every_level_its_source(
    year: int, numbers: Any, students: int | None, cycle: str
) -> None:
    found = level_of(year, LetterFacts(numbers, students, cycle), CRITERIA)

    asked = bool(numbers) or students is not None or bool(cycle)
    assert bool(found.because) == (asked or year < 2022)
    if found.level is not None or found.also:
        assert found.source
    assert found.confirmed or any("not confirmed" in r or "known" in r for r in found.because)
    assert not any(
        source.tag == "published" and not source.at for source in found.source
    )  # fmt: skip


# The letter holds


@pytest.mark.parametrize(
    ("facts", "workflow", "level", "says"),
    [
        ({"elements_missed": 2}, "targeted", "targeted-1", False),
        ({"elements_missed": 2}, "targeted", "", False),
        ({"elements_missed": 3}, "targeted", "targeted-1", True),
        ({"elements_missed": 3}, "intensive", "intensive-2", True),
        ({"intensive_percentile": 2, "significantly_disproportionate": 1},
         "significant-disproportionality", "", False),
        ({"elements_missed": 0}, "targeted", "targeted-1", False),
        ({"intensive_percentile": Decimal("7.995")}, "intensive", "intensive-1", False),
        ({}, "targeted", "targeted-1", False),
    ],
)  # fmt: skip
def test_where_letter_and_facts_disagree_it_is_said_and_the_letter_holds(
    facts: dict[str, Any], workflow: str, level: str, says: bool
) -> None:
    said = disagreement(led(2023, **facts), workflow, level)

    assert bool(said) == says
    if says:
        assert "The letter holds" in said
        assert level in said
