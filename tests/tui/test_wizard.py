"""A new case: asked in one form, written to a file, opened."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import tomli
from textual.widgets import OptionList

from cim_tui.service.demo import make_demo
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import Stage, StillDesk, staged


async def choose(stage: Stage, name: str, label: str) -> None:
    """Move the cursor of a choice to the line that has a label."""
    listing = stage.screen.query_one(f"#q-{name}", OptionList)
    listing.focus()
    lines = [str(listing.get_option_at_index(n).prompt) for n in range(listing.option_count)]
    at = next(n for n, line in enumerate(lines) if line.endswith(f") {label}"))
    await stage.press("home", *["down"] * at)


async def say(stage: Stage, **entries: str) -> None:
    """Write into entries, in place of what stands there."""
    for name, text in entries.items():
        stage.screen.query_one(f"#q-{name.replace('_', '-')}").focus()
        await stage.press("end", "ctrl+u")
        await stage.write(text)


def reads(stage: Stage, *texts: str) -> bool:
    """Whether all of these stand on the screen, wherever their lines are broken."""
    inside = " ".join(re.findall("│(.*)│", stage.text))
    shown = " ".join(re.sub("[▁▂▃▄▅▆▇█]", " ", inside).split())
    return all(text in shown for text in texts)


async def letter_says(stage: Stage, label: str) -> None:
    """Open the wizard and answer its first page."""
    await stage.press("n")
    assert stage.sees("Start a new case", "What does the letter say")
    await choose(stage, "letter", label)
    await stage.press("enter")


def only_case(desk: StillDesk) -> dict[str, Any]:
    """The one case in the folder."""
    (path,) = desk.folder.path.glob("*.toml")
    return tomli.loads(path.read_text())


async def test_a_case_is_started_with_what_the_letter_says(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat Unified", year="2025")
        await choose(stage, "level-intensive", "Intensive 2")
        await say(stage, cds="99-12345-0000000", selpa="North Fork SELPA")
        await stage.press("ctrl+s")
        assert stage.sees("When is each step due", "no due date entered")
        await say(stage, due_plan="2026-01-30")
        await stage.press("ctrl+s")

        stage.on(Overview)
        doc = tomli.loads(stage.case.path.read_text())
        assert doc["lea"] == {
            "name": "Elm Flat Unified", "cds": "99123450000000", "selpa": "North Fork SELPA",
        }  # fmt: skip
        assert (doc["case"]["workflow"], doc["case"]["level"]) == ("intensive", "intensive-2")
        assert doc["case"]["year"] == 2025
        assert doc["step"] == {"plan": {"due": date(2026, 1, 30)}}
        assert "Elm Flat Unified · 2025 · Intensive 2" in stage.header()


async def test_a_case_that_starts_in_the_middle_counts_the_steps_before_as_done(
    desk: StillDesk,
) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat")
        await choose(stage, "start", "In step 3, Plan; the steps before are done")
        await stage.press("ctrl+s")
        assert stage.sees("3 Plan", "4 Implement")
        assert not stage.sees("2 Investigate")
        await stage.press("ctrl+s")

        elsewhere = tomli.loads(stage.case.path.read_text())["elsewhere"]
        assert list(elsewhere) == ["gather", "investigate"]
        assert stage.sees("↗ 1 Gather and Inquire  done elsewhere")


async def test_entry_area_and_cycle_are_asked_where_a_process_has_them(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Significant disproportionality")
        await say(stage, lea="Elm Flat", year="2024")
        spec = desk.library.workflow("significant-disproportionality").spec
        await choose(stage, "entry-significant-disproportionality", spec.entries["amendment"].title)
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)
        assert only_case(desk)["case"]["entry"] == "amendment"


async def test_a_published_date_is_shown_where_a_step_has_one(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Significant disproportionality")
        await say(stage, lea="Elm Flat", year="2024")
        await stage.press("ctrl+s")

        assert stage.sees("1 Gather and Inquire  published: 2024-07-10")


async def test_a_case_starts_with_what_still_holds_of_an_earlier_one(desk: StillDesk) -> None:
    earlier = make_demo(desk, desk.folder.path)
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat", year="2026")
        await choose(stage, "copy-from", earlier.id)
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)
        doc = tomli.loads(stage.case.path.read_text())
        assert {entry["from"] for entry in doc["copied"].values()} == {earlier.id}
        assert doc["answers"]["gather"]["cim-team"]["members"]
        assert "done" not in doc


async def test_without_an_earlier_case_none_is_offered(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")

        assert not stage.screen.query("#q-copy-from")


# Several


async def test_a_letter_that_names_several_makes_a_case_of_each(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Several of these")
        await stage.press("ctrl+s")
        assert reads(stage, "Answer yes to each one")
        await choose(stage, "is-intensive", "Yes")
        await choose(stage, "is-significant-disproportionality", "Yes")
        await stage.press("ctrl+s")
        await say(stage, lea="Elm Flat", year="2025")
        await choose(stage, "level-intensive", "Intensive 1")
        await stage.press("ctrl+s")

        stage.on(Overview)
        names = sorted(path.stem for path in desk.folder.path.glob("*.toml"))
        assert names == [
            "elm-flat-2025-intensive", "elm-flat-2025-significant-disproportionality",
        ]  # fmt: skip
        assert any("2 cases started" in notice for notice in stage.notices())


# The letter, the facts, and which of them wins


async def test_who_cannot_find_the_letter_is_told_where_the_facts_lead_and_why(
    desk: StillDesk,
) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "I cannot find it")
        await stage.press("ctrl+s")
        assert stage.sees("Enter at least one of these")
        await say(stage, year="2023", elements_missed="3")
        await stage.press("ctrl+s")
        assert reads(stage, "Targeted 2", "The target was missed on three or more elements",
                          "Published by California Department of Education, https://www.cde.ca.gov")  # fmt: skip
        await stage.press("enter")
        await say(stage, lea="Elm Flat")
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)
        case = only_case(desk)["case"]
        assert (case["workflow"], case["level"], case["year"]) == ("targeted", "targeted-2", 2023)


async def test_a_gap_between_the_bands_is_said_and_the_person_chooses(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "I cannot find it")
        await say(stage, year="2023", intensive_percentile="10.5")
        await stage.press("ctrl+s")
        assert reads(stage, "No level can be given", "leave a gap")
        await choose(stage, "leads", "Choose it myself")
        await stage.press("enter")

        assert stage.sees("What does the letter say")


async def test_where_letter_and_facts_disagree_it_is_said_and_the_letter_is_followed(
    desk: StillDesk,
) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Targeted monitoring")
        await say(stage, lea="Elm Flat", year="2023", elements_missed="4")
        await choose(stage, "level-targeted", "Targeted 1")
        await stage.press("ctrl+s")
        assert reads(stage, "The letter says targeted-1", "leads to targeted-2", "The letter holds")
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)
        assert only_case(desk)["case"]["level"] == "targeted-1"


async def test_the_boundary_of_small_leas_is_explained_where_it_is_asked(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, desk.library.workflow("small-lea").title)
        assert reads(stage, "100 or fewer are a small LEA")
        await say(stage, lea="Elm Flat", year="2024", students="101")
        await stage.press("ctrl+s")
        assert reads(stage, "more than 100, so this is not a small LEA", "Press ctrl+s again")
        await stage.press("ctrl+s", "ctrl+s")

        stage.on(Overview)


async def test_esc_goes_back_a_page_and_finds_what_was_said(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat")
        await stage.press("ctrl+s")
        assert stage.sees("When is each step due", "esc goes one page back")
        await stage.press("escape")

        assert stage.sees("New case: Intensive monitoring")
        assert stage.on(Ask).answers()["lea"] == "Elm Flat"
        await stage.press("escape", "escape")
        stage.on(Home)


# What is refused


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"lea": ""}, "Enter the name of the district"),
        ({"year": "twenty"}, "Enter the year of the letter in four digits"),
        ({"year": "1885"}, "The year is that of the Annual Determination Letter"),
        ({"cds": "12345"}, "is not a CDS code"),
        ({"intensive-percentile": "x"}, "enter a number from 0 to 100"),
        ({"intensive-percentile": "101"}, "enter a number from 0 to 100"),
    ],
)
async def test_what_cannot_be_is_refused_and_everything_typed_stays(
    desk: StillDesk, typed: dict[str, str], said: str
) -> None:
    wanted = {"lea": "Elm Flat", "year": "2025", "cds": "", "selpa": "North Fork", **typed}
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, **wanted)
        await stage.press("ctrl+s")

        assert stage.sees(said)
        assert stage.on(Ask).answers()["selpa"] == "North Fork"
        assert not list(desk.folder.path.glob("*.toml"))


async def test_a_date_that_cannot_be_is_refused_and_nothing_is_made(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat")
        await stage.press("ctrl+s")
        await say(stage, due_gather="before winter")
        await stage.press("ctrl+s")

        assert stage.sees("“before winter” is not a date") or stage.sees('"before winter" is not')
        assert not list(desk.folder.path.glob("*.toml"))


async def test_giving_up_makes_nothing(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await say(stage, lea="Elm Flat")
        await stage.press("escape")
        assert stage.sees("What you typed here is not kept")
        await stage.press("escape", "escape")

        stage.on(Home)
        assert not desk.folder.path.exists()


async def test_two_cases_of_one_district_get_files_of_their_own(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        for _ in range(2):
            await letter_says(stage, "Intensive monitoring")
            await say(stage, lea="Elm Flat", year="2025")
            await stage.press("ctrl+s", "ctrl+s", "escape")

        names = sorted(path.name for path in desk.folder.path.glob("*.toml"))
        assert names == ["elm-flat-2025-intensive-2.toml", "elm-flat-2025-intensive.toml"]


async def test_a_process_whose_file_is_broken_is_left_out_and_said(
    desk: StillDesk,
) -> None:
    own = desk.folder.path.parent / "own"
    own.mkdir()
    (own / "halfway.toml").write_text('id = "halfway"\n')
    desk.library.files["workflow:halfway"] = own / "halfway.toml"
    async with staged(desk) as stage:
        await stage.press("n")

        stage.on(Ask)
        assert stage.sees("Left out: own/halfway.toml", "Intensive monitoring")


async def test_without_any_process_it_says_why_and_asks_nothing(desk: StillDesk) -> None:
    desk.library.files.clear()
    async with staged(desk) as stage:
        await stage.press("n")

        stage.on(Home)
        assert stage.notices() == ["There is no process to start."]


async def test_an_error_is_said_where_it_can_be_seen(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await letter_says(stage, "Intensive monitoring")
        await stage.press("ctrl+s")

        assert stage.sees("Enter the name of the district", "ctrl+s does it")
