"""What an activity costs before it is seen: counted, since time is another on every machine."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.geometry import Size
from textual.screen import Screen

from cim_tui.tui.screens.activity import ActivityScreen, Pane
from tests.tui.stage import Kept

TEAM = "gather.cim-team"
LATER = ["screens.acts", "screens.ask", "screens.check", "screens.reading", "screens.row"]
"""Screens and acts that nothing needs before somebody acts."""


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an activity is laid out, and how often anything is styled."""
    found: Counter[str] = Counter()
    lay_out, style = Screen._refresh_layout, Stylesheet.apply

    def laid_out(self: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:
        found["layouts"] += isinstance(self, ActivityScreen)
        lay_out(self, size, scroll)

    def styled(self: Stylesheet, *args: Any, **how: Any) -> None:
        found["styles"] += 1
        style(self, *args, **how)

    monkeypatch.setattr(Screen, "_refresh_layout", laid_out)
    monkeypatch.setattr(Stylesheet, "apply", styled)
    return found


async def test_an_activity_is_laid_out_twice_and_styled_once(
    example: Kept, counted: Counter[str]
) -> None:
    """Once when it is shown, once more when long texts know how wide they are."""
    async with example.opened() as stage:
        counted.clear()
        await stage.go(TEAM)

        assert counted["layouts"] <= 2, counted
        styled = counted["styles"]
        widgets = len(list(stage.screen.walk_children(with_self=True)))
        assert styled < 5 * widgets, (styled, widgets)


async def test_coming_back_to_an_activity_styles_it_again(
    example: Kept, counted: Counter[str]
) -> None:
    """The theme may be another one by now."""
    async with example.opened(TEAM) as stage:
        await stage.press("f1")
        counted.clear()
        await stage.press("escape")

        stage.on(ActivityScreen)
        assert counted["styles"] > 0


async def test_the_pane_is_there_once_it_was_asked_for(example: Kept) -> None:
    async with example.opened(TEAM) as stage:
        assert not stage.screen.query(Pane)
        await stage.press("escape", "o")

        assert stage.screen.query_one(Pane).display


async def test_a_window_of_another_size_is_laid_out(example: Kept, counted: Counter[str]) -> None:
    async with example.opened(TEAM) as stage:
        counted.clear()
        await stage.pilot.resize_terminal(90, 30)
        await stage.rest()

        assert counted["layouts"] > 0
        assert stage.screen.query_one("#form").size.width > 80


def test_what_acts_need_is_not_loaded_to_show_an_activity() -> None:
    code = (
        "import sys\n"
        "import cim_tui.tui.screens.activity\n"
        f"print([name for name in {LATER!r} if 'cim_tui.tui.' + name in sys.modules],\n"
        "      [name for name in sys.modules if name.startswith('cim_tui.store.keeper')])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert found.split() == ["[]", "[]"], found
