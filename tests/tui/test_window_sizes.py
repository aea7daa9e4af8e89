"""Windows of every size: folded, compact, or a plain notice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Static

from cim_tui.service.demo import make_demo
from cim_tui.service.desk import set_up
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.too_small import TooSmall
from tests.tui.stage import Stage, staged


@asynccontextmanager
async def team_form(tmp_path: Path, width: int, height: int) -> AsyncIterator[Stage]:
    """An activity of the worked example in a window of this size."""
    desk = set_up(folder=str(tmp_path))
    case = make_demo(desk, tmp_path)
    async with staged(desk, case.path, (width, height)) as stage:
        await stage.go("gather.cim-team")
        yield stage


@pytest.mark.parametrize(("width", "height"), [(59, 24), (80, 14), (20, 5)])
async def test_a_window_too_small_for_forms_shows_a_notice_and_takes_it_away_again(
    tmp_path: Path, width: int, height: int
) -> None:
    async with team_form(tmp_path, 80, 24) as stage:
        await stage.pilot.resize_terminal(width, height)
        await stage.rest()
        assert isinstance(stage.app.screen, TooSmall)
        assert "Everything is kept" in str(stage.app.screen.query_one(Static).render())

        await stage.pilot.resize_terminal(80, 24)
        await stage.rest()

        assert isinstance(stage.app.screen, ActivityScreen)


async def test_a_low_window_leaves_the_space_to_the_questions(tmp_path: Path) -> None:
    async with team_form(tmp_path, 80, 18) as stage:
        assert not stage.app.screen.query_one("#intro").display


async def test_a_wide_window_has_the_outline_beside_the_form_and_a_narrow_one_folds_it(
    tmp_path: Path,
) -> None:
    async with team_form(tmp_path, 120, 36) as stage:
        assert stage.app.screen.query_one("#pane").display
        assert stage.app.screen.query_one("#form").display
