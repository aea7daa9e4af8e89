"""The list of cases: what it shows, filters, puts away; and what it cannot read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Input

from cim_tui.service.start import NewCase, start
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import Kept, StillDesk, staged


def made(desk: StillDesk, lea: str) -> Kept:
    """A case of a district."""
    return Kept(desk, start(desk, NewCase(lea, "trial", 2025)).path)


async def test_an_empty_folder_says_its_name_and_how_to_begin(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        assert stage.sees("No case here yet. Press n to start one.", "sessions")


async def test_the_folder_is_read_once_and_not_for_a_case_that_is_opened_over_the_list(
    desk: StillDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, read = made(desk, "Alder Creek"), Home.read
    reads: list[Home] = []

    def noted(self: Home) -> None:
        reads.append(self)
        read(self)

    monkeypatch.setattr(Home, "read", noted)
    async with staged(desk):
        assert len(reads) == 1
    reads.clear()
    async with staged(desk, kept.path) as stage:
        stage.on(Overview)
        assert reads == []
        await stage.press("escape")
        assert stage.options()[0].split()[:2] == ["Alder", "Creek"]
        assert len(reads) == 1


async def test_every_case_stands_on_a_line_with_its_counts(desk: StillDesk) -> None:
    for lea in ("Tule Bend", "Alder Creek"):
        made(desk, lea)
    async with staged(desk) as stage:
        lines = [line.split() for line in stage.options()]

        assert lines[0] == ["Alder", "Creek", "trial", "1", "not", "started", "3", "district",
                            "no", "date"]  # fmt: skip
        assert lines[1][:2] == ["Tule", "Bend"]
        assert stage.sees("2 cases")


async def test_the_columns_stand_under_their_headings(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    async with staged(desk) as stage:
        heading = next(line for line in stage.lines if "District" in line)
        row = next(line for line in stage.lines if "Alder Creek" in line)

        assert heading.index("District") == row.index("Alder")
        assert heading.index("Level") == row.index("trial")
        assert heading.index("Step") == row.index("1 not")
        assert heading.index("To do") + len("To do") == row.index(" district")
        assert heading.index("Turn") == row.index("district")
        assert heading.index("Due") == row.index("no date")


async def test_what_is_late_stands_first_with_a_mark(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    late = made(desk, "Tule Bend")
    late.change(lambda session: session.with_entry(("step", "gather", "due"), date(2025, 9, 30)))
    async with staged(desk) as stage:
        assert stage.options()[0].startswith("! Tule Bend")
        assert "2025-09-30" in stage.options()[0]


async def test_enter_opens_the_case_under_the_cursor(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    made(desk, "Tule Bend")
    async with staged(desk) as stage:
        await stage.press("down", "enter")

        stage.on(Overview)
        assert "Tule Bend" in stage.header()


async def test_coming_back_shows_what_changed(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    async with staged(desk) as stage:
        await stage.press("enter")
        await stage.go("gather.kinds.name")
        await stage.write("Tule")
        await stage.press("escape", "escape", "escape")

        stage.on(Home)
        assert "1 in progress" in stage.options()[0]


async def test_the_filter_keeps_what_has_every_word(desk: StillDesk) -> None:
    for lea in ("Alder Creek", "Tule Bend", "Tule Lake"):
        made(desk, lea)
    async with staged(desk) as stage:
        await stage.press("slash")
        await stage.write("tule la")
        assert [line.split()[:2] for line in stage.options()] == [["Tule", "Lake"]]
        await stage.press("enter")

        assert "Tule Lake" in stage.header()


async def test_esc_leaves_the_filter_and_a_second_esc_empties_it(desk: StillDesk) -> None:
    for lea in ("Alder Creek", "Tule Bend"):
        made(desk, lea)
    async with staged(desk) as stage:
        await stage.press("slash")
        await stage.write("tule")
        await stage.press("escape")
        assert len(stage.options()) == 1
        await stage.press("escape")

        assert len(stage.options()) == 2
        assert stage.screen.query_one(Input).value == ""


async def test_letters_in_the_filter_are_letters(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    async with staged(desk) as stage:
        await stage.press("slash")
        await stage.write("naqvt")

        stage.on(Home)
        assert stage.screen.query_one(Input).value == "naqvt"


async def test_a_case_is_put_away_and_taken_out_again(desk: StillDesk) -> None:
    away = made(desk, "Alder Creek")
    made(desk, "Tule Bend")
    async with staged(desk) as stage:
        await stage.press("a")
        assert len(stage.options()) == 1
        assert away.case.session.is_archived
        await stage.press("v")
        assert stage.options()[1].endswith("(away)")
        await stage.press("end", "a", "v")

        assert len(stage.options()) == 2
        assert not away.case.session.is_archived


async def test_a_damaged_file_is_listed_with_its_line_and_hides_nothing(desk: StillDesk) -> None:
    made(desk, "Alder Creek")
    (desk.folder.path / "broken.toml").write_text("schema = 1\n[lea\nname = 3\n")
    async with staged(desk) as stage:
        assert stage.sees("Alder Creek", "✗ broken.toml, line 2")


async def test_a_file_of_a_newer_version_says_so(desk: StillDesk) -> None:
    desk.folder.path.mkdir(exist_ok=True)
    (desk.folder.path / "later.toml").write_text("schema = 99\n")
    async with staged(desk) as stage:
        assert stage.sees("✗ later.toml", "newer version")


async def test_a_copy_of_a_case_is_said_to_be_one(desk: StillDesk) -> None:
    first = made(desk, "Alder Creek")
    first.path.with_name("zz-copy.toml").write_bytes(first.path.read_bytes())
    async with staged(desk) as stage:
        assert stage.sees("= zz-copy.toml: a copy of another case")


def unknown_process(desk: StillDesk) -> Kept:
    """A case of a process that is not here."""
    case = made(desk, "Alder Creek").answer("gather.kinds.name", "Tule Bend")
    return case.change(lambda session: session.with_fact("workflow", "elsewhere"))


async def test_a_case_whose_process_is_not_here_is_listed_and_can_be_read(
    desk: StillDesk,
) -> None:
    unknown_process(desk)
    async with staged(desk) as stage:
        assert stage.sees("? Alder Creek", "its process is not here")
        await stage.press("enter")

        assert stage.sees("The process “elsewhere”", "gather.kinds.name: Tule Bend")


async def test_a_text_of_a_case_whose_process_is_not_here_can_be_edited(
    desk: StillDesk,
) -> None:
    kept = unknown_process(desk)
    async with staged(desk) as stage:
        await stage.press("enter", "down", "enter")
        await stage.write("The ")
        await stage.press("ctrl+s")

        assert kept.case.session.raw("gather.kinds.name") == "The Tule Bend"


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_help_on_the_list_names_its_keys(desk: StillDesk, key: str) -> None:
    made(desk, "Alder Creek")
    async with staged(desk) as stage:
        await stage.press(key)

        assert stage.sees("Start a new case", "Filter the list")


async def test_a_link_in_the_folder_is_no_case(desk: StillDesk, tmp_path: Path) -> None:
    kept = made(desk, "Alder Creek")
    kept.path.with_name("link.toml").symlink_to(tmp_path / kept.path)
    async with staged(desk) as stage:
        assert stage.sees("✗ link.toml: not a regular file")


async def test_cases_that_were_renamed_by_hand_can_still_be_saved(desk: StillDesk) -> None:
    kept = made(desk, "Alder Creek")
    other = kept.path.with_name("Alder Creek (final).toml")
    kept.path.rename(other)
    async with staged(desk) as stage:
        await stage.press("enter")
        await stage.go("gather.kinds.name")
        await stage.write("Tule")
        await stage.press("tab")

        assert stage.app.trouble == ""
        assert 'name = "Tule"' in other.read_text()
