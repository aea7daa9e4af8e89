"""The program in a real terminal, ended in every way: what was said to be saved is there."""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from cim_tui.store import journal, sessions
from cim_tui.store.keeper import Keeper
from tests.terminal.screen import CIM, PATIENCE, Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300)]

TRIAL = Path(__file__).parent.parent / "tui" / "definitions"
CASE = "elm-flat-2025-trial"
NAME = "gather.kinds.name"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A case of the trial process, made by the program."""
    folder = tmp_path / "cases"
    monkeypatch.setenv("CIM_SESSIONS", str(folder))
    monkeypatch.setenv("CIM_WORKFLOWS", str(TRIAL))
    words = ["new", "--lea", "Elm Flat", "--workflow", "trial", "--year", "2025"]
    with Terminal(*words) as terminal:
        assert terminal.wait_for_end() == 0
    return folder / f"{CASE}.toml"


def at_the_name(terminal: Terminal) -> None:
    """Go to the first question."""
    terminal.wait_for("What this case owes")
    terminal.press("ctrl+n")
    terminal.wait_for("Name of the school")


def acknowledged(path: Path) -> str:
    """What stands at the question after somebody opened the case and looked after it."""
    keeper = Keeper(
        path, sessions.read(path).doc, "Later", lambda: "2026-01-01T00:00:00Z", Random(1)
    )
    keeper.save()
    keeper.close()
    return str(sessions.read(path).raw(NAME))


def in_a_journal(path: Path, word: str) -> bool:
    """Whether a word is on the disk, in anybody's journal."""
    folder = journal.folder_of(path.parent, sessions.read(path).uid)
    return any(word.encode() in found.read_bytes() for found in journal.files(folder))


def on_disk(terminal: Terminal, holds: Callable[[], bool]) -> None:
    """Read what the screen draws until something holds on the disk."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it never came to be on the disk:\n{terminal.text()}"
        terminal._read(0.05)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGHUP, None), (signal.SIGTERM, None), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_what_was_saved_is_there_however_the_program_ended(
    path: Path, number: signal.Signals, code: int | None
) -> None:
    with Terminal("open", CASE) as terminal:
        at_the_name(terminal)
        terminal.type("Tule Bend")
        terminal.wait_for("saved ")
        on_disk(terminal, lambda: in_a_journal(path, "Tule Bend"))
        terminal.send_signal(number)
        ended = terminal.wait_for_end()
        assert ended == code or (code is None and ended != 0)

    assert acknowledged(path) == "Tule Bend"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_what_is_on_the_screen_is_saved_when_a_signal_ends_the_program_at_once(
    path: Path, number: signal.Signals
) -> None:
    with Terminal("open", CASE) as terminal:
        at_the_name(terminal)
        terminal.type("Zebra")  # no word of the form's own
        terminal.wait_for("Zebra")
        terminal.send_signal(number)
        assert terminal.wait_for_end() > 0

    assert sessions.read(path).raw(NAME) == "Zebra"


# Stopped in the middle, as a laptop that is closed, and woken up again

STORY = "gather.kinds.story"


def stopped(terminal: Terminal) -> None:
    """The program is stopped, and the machine says that it is."""
    terminal.send_signal(signal.SIGSTOP)
    stat = Path(f"/proc/{terminal.pid}/stat")
    end = time.monotonic() + PATIENCE
    while stat.read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < end, "it never stopped"


def sets(address: str, text: str) -> None:
    """Somebody else changes an answer from the shell meanwhile."""
    command = [*CIM, "set", CASE, address, text, "--by", "Rosa"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode in (0, 5), done.stderr


def test_what_was_acknowledged_is_there_when_a_stopped_program_is_killed(path: Path) -> None:
    with Terminal("open", CASE) as terminal:
        at_the_name(terminal)
        terminal.type("Tule Bend")
        on_disk(terminal, lambda: in_a_journal(path, "Tule Bend"))
        stopped(terminal)
        sets(STORY, "Written while it was stopped")
        terminal.send_signal(signal.SIGKILL)
        terminal.wait_for_end()

    assert acknowledged(path) == "Tule Bend"
    assert sessions.read(path).raw(STORY) == "Written while it was stopped"
