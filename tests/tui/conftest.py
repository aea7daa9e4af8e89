"""Cases to show: an empty one of the trial process, and the worked example."""

from pathlib import Path

import pytest

from cim_tui.service.demo import make_demo
from cim_tui.service.start import NewCase, start
from cim_tui.tui import app
from cim_tui.tui.screens import form
from tests.tui.stage import Kept, StillDesk, desk_for

DEFINITIONS = Path(__file__).parent / "definitions"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typing pauses sooner than with people; the order of events stays the same."""
    monkeypatch.setattr(app, "SAVE_AFTER", 0.03)
    monkeypatch.setattr(form, "SETTLE", 0.02)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StillDesk:
    """A desk over an empty folder, with the trial process at hand."""
    # A relative folder reads the same on every machine, and the home screen shows it.
    monkeypatch.chdir(tmp_path)
    return desk_for(Path("sessions"), DEFINITIONS)


@pytest.fixture
def trial(desk: StillDesk) -> Kept:
    """An empty case of the trial process."""
    return Kept(desk, start(desk, NewCase("Quail Ridge Unified", "trial", 2025)).path)


@pytest.fixture
def example(desk: StillDesk) -> Kept:
    """The worked example, half way through."""
    return Kept(desk, make_demo(desk, desk.folder.path).path)
