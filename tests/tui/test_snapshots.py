"""What each screen looks like, as text: alignment, words cut short, what stands first.

A change here is meant to be looked at: `pytest tests/tui/test_snapshots.py --snapshot-update`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from cim_tui.service.demo import example_names, make_demo
from cim_tui.service.start import NewCase, start
from tests.tui.stage import NARROW, WIDE, Kept, Stage, StillDesk, staged


class ScreenText(SingleFileSnapshotExtension):
    """One text file a screen, to be read as it is."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares a screen with how it looked when somebody last looked at it."""
    return snapshot.use_extension(ScreenText)


PLACES: dict[str, tuple[str, Sequence[str]]] = {
    "home": ("", ["escape"]),
    "overview": ("", []),
    "cim-team": ("gather.cim-team.members", []),
    "data-drilldown": ("gather.data-drilldown.indicators", []),
    "root-cause-analysis": ("investigate.root-cause-analysis.causes", []),
    "row-form": ("gather.cim-team.members", ["enter"]),
    "cell": ("gather.cim-team.members", ["space"]),
    "guidance": ("gather.cim-team.members", ["f2"]),
    "outline": ("gather.cim-team.members", ["f6"]),
    "check": ("", ["f4", "3"]),
    "review": ("", ["r"]),
    "search": ("", ["slash", "b", "u", "s"]),
    "help": ("gather.cim-team.meets", ["f1"]),
    "sources": ("gather.cim-team.members", ["f7"]),
    "wizard": ("", ["escape", "n"]),
    "wizard-district": ("", ["escape", "n", "enter"]),
    "wizard-several": ("", ["escape", "n", "end", "up", "enter"]),
    "wizard-dates": ("", ["escape", "n", "enter", "E", "l", "m", "ctrl+s"]),
    "wizard-facts": ("", ["escape", "n", "end", "enter"]),
    "wizard-leads-to": ("", ["escape", "n", "end", "enter", "2", "tab", "3", "ctrl+s"]),
    "facts": ("", ["f"]),
    "facts-preview": ("", ["f", *["tab"] * 5, "up", "ctrl+s"]),
    "sign": ("plan.plan-approval", ["escape", "i"]),
    "missing-on-purpose": ("gather.cim-team.meets", ["f10"]),
    "refused": ("", ["d"]),
}


async def arrive(stage: Stage, place: str) -> None:
    """Go to a place of the example."""
    address, keys = PLACES[place]
    if address:
        await stage.go(address)
    await stage.press(*keys)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("place", PLACES)
async def test_a_screen_looks_as_it_did(
    example: Kept, screen: SnapshotAssertion, place: str, size: tuple[int, int]
) -> None:
    async with example.opened(size=size) as stage:
        await arrive(stage, place)

        assert stage.text == screen


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_the_question_before_done_looks_as_it_did(
    trial: Kept, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    trial.answer("gather.kinds.name", "Tule Bend")
    async with trial.row("gather.people.members", "aaaaaa", name="Ana").opened(size=size) as stage:
        await stage.press("d")

        assert stage.text == screen


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_what_was_copied_looks_as_it_did(
    example: Kept, desk: StillDesk, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    wanted = NewCase("Quail Ridge Unified", "intensive", 2026, copy_from=example.path.stem)
    copied = Kept(desk, start(desk, wanted).path)
    async with copied.opened("gather.cim-team.meets", size) as stage:
        assert stage.text == screen


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_the_list_of_all_examples_looks_as_it_did(
    desk: StillDesk, screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    for name in example_names():
        make_demo(desk, desk.folder.path, name)
    async with staged(desk, size=size) as stage:
        assert stage.text == screen


@pytest.mark.parametrize("place", ["overview", "cim-team", "check"])
async def test_without_colour_the_screen_says_the_same(
    example: Kept, screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async with example.opened() as stage:
        await arrive(stage, place)
        coloured = stage.text
    monkeypatch.setenv("NO_COLOR", "1")
    async with example.opened() as stage:
        await arrive(stage, place)

        assert stage.text == coloured
        assert stage.text == screen
