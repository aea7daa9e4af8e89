"""level: which level the facts of a letter lead to, why, and where that is published."""

from __future__ import annotations

import pytest

from cim_tui.core.words import SOURCE_TAG
from tests.cli.shell import Cim, harmless, refusal


def test_a_level_is_said_with_its_reason_and_its_source(cim: Cim) -> None:
    ran = cim("level", "--year", "2023", "--elements-missed", "2")

    assert ran.code == 0
    assert ran.lines[0] == "Targeted 1"
    assert "  because  The target was missed on one or two elements: Targeted 1" in ran.lines
    assert (
        f"  source   {SOURCE_TAG['published']} California Department of Education, https:"
        in ran.out
    )
    assert ran.lines[-1].startswith("The letter decides.")


def test_as_json_it_holds_the_contract(cim: Cim) -> None:
    found = cim("level", "--year", "2023", "--intensive-percentile", "5",
                "--significantly-disproportionate", "--json").json  # fmt: skip

    assert found["schema"] == "cim.level/1"
    assert (found["level"], found["workflow"]) == ("intensive-2", "intensive")
    assert found["also"] == ["significant-disproportionality"]
    assert len(found["because"]) == 2
    assert [set(source) for source in found["source"]] == [{"tag", "at", "note"}] * 2


def test_a_gap_has_no_level_and_the_reason(cim: Cim) -> None:
    found = cim("level", "--year", "2023", "--intensive-percentile", "3.995%", "--json").json

    assert found["level"] is None
    assert "leave a gap" in found["because"][0]
    assert cim("level", "--year", "2023", "--intensive-percentile", "3.995").lines[0] == (
        "No level can be given"
    )


def test_the_boundary_of_small_leas(cim: Cim) -> None:
    small = cim("level", "--year", "2022", "--students-with-disabilities", "100", "--cycle", "A")
    large = cim("level", "--year", "2022", "--students-with-disabilities", "101")

    assert small.lines[0] == "Small LEA"
    assert "Cycle A is monitored every 3 years from 2022: this year" in small.out
    assert "more than 100, so this is not a small LEA" in large.out


def test_a_year_that_was_not_published_says_so(cim: Cim) -> None:
    ran = cim("level", "--year", "2025", "--elements-missed", "3")

    assert ran.lines[0] == "Targeted 2"
    assert "not confirmed for 2025" in ran.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--year", "2023"), "Give at least one fact of the letter"),
        (("--elements-missed", "2"), "--year"),
        (("--year", "23", "--elements-missed", "2"), "such as 2025"),
        (("--year", "2023", "--elements-missed", "-1"), "--elements-missed"),
        (("--year", "2023", "--elements-missed", "2.5"), "“2.5” is not a number that fits"),
        (("--year", "2023", "--elements-missed", "²"), "is not a number that fits"),
        (("--year", "2023", "--lre-percentile", "101"), "“101” is not from 0 to 100"),
        (("--year", "2023", "--lre-percentile", "nan"), "“nan” is not a number"),
        (("--year", "2023", "--lre-percentile", "1e9999"), "“1e9999” is not"),
        (("--year", "2023", "--cycle", "d"), "--cycle"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_clear_line(cim: Cim, words: tuple[str, ...], says: str) -> None:
    ran = cim("level", *words)

    refusal(ran, 2, says)
    harmless(ran)
