"""Windows of every size: folded, compact, or a plain notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from cim_tui.service.demo import make_demo
from cim_tui.service.desk import set_up
from cim_tui.tui.app import CimApp
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.too_small import TooSmall


async def opened(tmp_path: Path, width: int, height: int) -> tuple[CimApp, str]:
    desk = set_up(folder=str(tmp_path))
    case = make_demo(desk, tmp_path)
    return CimApp(desk, str(case.path)), "gather.cim-team"


@pytest.mark.parametrize(("width", "height"), [(59, 24), (80, 14), (20, 5)])
async def test_a_window_too_small_for_forms_shows_a_notice_and_takes_it_away_again(
    tmp_path: Path, width: int, height: int
) -> None:
    app, address = await opened(tmp_path, 80, 24)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.case is not None
        app.show_address(app.case, address)
        await pilot.pause()
        await pilot.resize_terminal(width, height)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        assert "Everything is kept" in str(app.screen.query_one(Static).render())

        await pilot.resize_terminal(80, 24)
        await pilot.pause()

        assert isinstance(app.screen, ActivityScreen)


async def test_a_low_window_leaves_the_space_to_the_questions(tmp_path: Path) -> None:
    app, address = await opened(tmp_path, 80, 18)
    async with app.run_test(size=(80, 18)) as pilot:
        assert app.case is not None
        app.show_address(app.case, address)
        await pilot.pause()

        assert not app.screen.query_one("#intro").display


async def test_a_wide_window_has_the_outline_beside_the_form_and_a_narrow_one_folds_it(
    tmp_path: Path,
) -> None:
    app, address = await opened(tmp_path, 120, 36)
    async with app.run_test(size=(120, 36)) as pilot:
        assert app.case is not None
        app.show_address(app.case, address)
        await pilot.pause()
        assert app.screen.query_one("#pane").display
        assert app.screen.query_one("#form").display
