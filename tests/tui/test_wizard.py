"""A new case: asked in one form, written to a file, opened."""

from __future__ import annotations

import pytest
import tomli

from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import StillDesk, staged


async def test_a_case_is_started_with_what_the_letter_says(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await stage.press("n")
        assert stage.sees("Start a new case", "What does the letter say")
        await stage.press("down", "down", "tab")
        await stage.write("Elm Flat Unified")
        await stage.press("tab", "tab")
        await stage.write("99-12345-0000000")
        await stage.press("enter")
        await stage.write("North Fork SELPA")
        await stage.press("ctrl+s")

        stage.on(Overview)
        doc = tomli.loads(stage.case.path.read_text())
        assert doc["lea"] == {
            "name": "Elm Flat Unified", "cds": "99123450000000", "selpa": "North Fork SELPA",
        }  # fmt: skip
        assert (doc["case"]["workflow"], doc["case"]["level"]) == ("intensive", "intensive-2")
        assert doc["case"]["year"] == 2025
        assert "Elm Flat Unified · 2025 · Intensive 2" in stage.header()


async def test_a_case_that_starts_in_the_middle_counts_the_steps_before_as_done(
    desk: StillDesk,
) -> None:
    async with staged(desk) as stage:
        await stage.press("n", "tab")
        await stage.write("Elm Flat")
        await stage.press("tab", "tab", "tab", "tab", "down", "down")
        assert stage.sees("(•) In step 3, Plan; the steps before are done")
        await stage.press("ctrl+s")

        elsewhere = tomli.loads(stage.case.path.read_text())["elsewhere"]
        assert list(elsewhere) == ["gather", "investigate"]
        assert stage.sees("↗ 1 Gather and Inquire  done elsewhere")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"lea": ""}, "Enter the name of the district"),
        ({"year": "twenty"}, "Enter the year of the letter in four digits"),
        ({"year": "1885"}, "The year is that of the Annual Determination Letter"),
        ({"cds": "12345"}, "is not a CDS code"),
    ],
)
async def test_what_cannot_be_is_refused_and_everything_typed_stays(
    desk: StillDesk, typed: dict[str, str], said: str
) -> None:
    wanted = {"lea": "Elm Flat", "year": "2025", "cds": "", "selpa": "North Fork", **typed}
    async with staged(desk) as stage:
        await stage.press("n")
        for name, text in wanted.items():
            stage.screen.query_one(f"#q-{name}").focus()
            await stage.press("end", "ctrl+u")
            await stage.write(text)
        await stage.press("ctrl+s")

        assert stage.sees(said)
        assert stage.on(Ask).answers()["selpa"] == "North Fork"
        assert not list(desk.folder.path.glob("*.toml"))


async def test_giving_up_makes_nothing(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await stage.press("n", "tab")
        await stage.write("Elm Flat")
        await stage.press("escape")
        assert stage.sees("What you typed here is not kept")
        await stage.press("escape")

        stage.on(Home)
        assert not desk.folder.path.exists()


async def test_two_cases_of_one_district_get_files_of_their_own(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        for _ in range(2):
            await stage.press("n", "tab")
            await stage.write("Elm Flat")
            await stage.press("ctrl+s", "escape")

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
        assert stage.sees("Left out: own/halfway.toml", "Intensive 1")


async def test_without_any_process_it_says_why_and_asks_nothing(desk: StillDesk) -> None:
    desk.library.files.clear()
    async with staged(desk) as stage:
        await stage.press("n")

        stage.on(Home)
        assert stage.notices() == ["There is no process to start."]


async def test_an_error_is_said_where_it_can_be_seen(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await stage.press("n", "ctrl+s")

        assert stage.sees("Enter the name of the district", "ctrl+s does it")
