"""Changes on the screen: who, when, what stood there; the way back; copies that come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.changes import Changes
from cim_tui.tui.screens.overview import Overview
from tests.tui.stage import Kept, Stage

NAME = "gather.kinds.name"
STORY = "gather.kinds.story"


async def written(stage: Stage, *texts: str) -> None:
    """Write one after the other into the focused entry, each saved."""
    for text in texts:
        await stage.press("end", "ctrl+u")
        await stage.write(text)
        await stage.saved()


async def test_the_changes_of_an_answer_are_listed_with_who_and_what(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await written(stage, "Tule", "Tule Bend")
        await stage.press("ctrl+f")

        stage.on(Changes)
        assert "Tule Bend" in stage.options()[0]
        assert "Test Person" in stage.options()[0]
        assert "nothing → Tule" in "\n".join(stage.options())
        assert not any("What happened" in line for line in stage.options())


async def test_an_earlier_answer_comes_back_as_a_change_that_can_be_undone(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await written(stage, "Tule", "Tule Bend")
        await stage.press("ctrl+f")
        count = len(stage.options())
        await stage.press("end")
        while "→ Tule" not in stage.options()[count - 1]:
            count -= 1
        at = next(n for n, line in enumerate(stage.options()) if line.endswith("→ Tule"))
        await stage.press("home", *["down"] * at, "enter")
        assert stage.sees("Bring back what held after", "Tule Bend → Tule")
        await stage.press("ctrl+s")

        assert stage.raw(NAME) == "Tule"
        await stage.saved()
        assert stage.in_file(NAME) == "Tule"
        await stage.press("ctrl+z")
        assert stage.raw(NAME) == "Tule Bend"


async def test_the_first_screen_tells_of_every_change_of_the_case(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await written(stage, "Tule")
        await stage.press("escape", "escape")
        stage.on(Overview)
        await stage.press("c")

        assert stage.sees("Changes · Quail Ridge Unified")
        assert any("Name of the school" in line for line in stage.options())


async def test_without_any_journal_nothing_is_on_record_and_nothing_breaks(trial: Kept) -> None:
    async with trial.opened(NAME) as stage:
        await stage.press("ctrl+f")

        assert stage.sees("Nothing is on record here")
        await stage.press("enter", "escape")
        assert stage.is_case


@pytest.fixture
def copy(trial: Kept, tmp_path: Path) -> Path:
    """A copy of the case that somebody edited at home."""
    trial.answer(NAME, "Tule")
    doc: dict[str, Any] = dict(trial.case.session.with_value(STORY, "Their story").doc)
    path = tmp_path / "back.toml"
    path.write_bytes(sessions.encode(Session(doc)))
    return path


async def test_a_copy_is_taken_in_after_saying_what_it_brings(trial: Kept, copy: Path) -> None:
    async with trial.opened() as stage:
        await stage.press("b")
        await stage.write(str(copy))
        await stage.press("tab")
        await stage.write("Owl Creek")
        await stage.press("ctrl+s")
        assert stage.sees("What this copy brings", "1 answer from Owl Creek", "Their story")
        await stage.press("ctrl+s")

        assert (stage.raw(NAME), stage.raw(STORY)) == ("Tule", "Their story")
        await stage.saved()
        assert stage.in_file(STORY) == "Their story"


@pytest.mark.parametrize("name", ["", "nowhere.toml"])
async def test_a_copy_that_cannot_be_read_is_refused_and_nothing_changes(
    trial: Kept, name: str
) -> None:
    async with trial.opened() as stage:
        await stage.press("b")
        await stage.write(name)
        await stage.press("ctrl+s")

        stage.on(Ask)
        await stage.press("escape", "escape")
        assert not stage.case.unsaved
