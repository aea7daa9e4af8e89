"""A folder of cases made through the shell itself, and ways to run commands on a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, Shell

READY = """\
[answers.gather.team]
meets = "Second Tuesday of the month"

[answers.gather.team.members.aaaaaa]
name = "Ana Ruiz"
role = "selpa"
lead = true
since = 2025-08-11
hours = 12.50

[answers.gather.team.members.bbbbbb]
name = "Bo Lind"
role = "director"
"""

PLAN = """
[answers.plan.goals.goals.gggggg]
what = "Fewer days lost"
owner = "aaaaaa"

[answers.plan.goals.tasks.tttttt]
of = "gggggg"
what = "Look at every referral"
cost = 1200
"""


def must(shell: Shell, *words: str) -> str:
    ran = shell.run(*words)
    assert ran.code == 0, (words, ran.err)
    return ran.out.strip()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cases, made as a user makes them: nothing entered, ready, complete."""
    place = tmp_path_factory.mktemp("made")
    shell = Shell(place / "cases")
    shell.sessions.mkdir()
    (place / "ready.toml").write_text(READY)
    (place / "whole.toml").write_text(READY + PLAN)
    for lea, case, answers in (
        ("Elm Flat", FRESH, ""),
        ("Oak Grove", HALF, "ready.toml"),
        ("Quail Ridge", WHOLE, "whole.toml"),
    ):
        assert must(shell, "new", "--lea", lea, "--workflow", "trial", "--year", "2025") == case
        if answers:
            must(shell, "set", case, "--from", str(place / answers))
    must(shell, "done", WHOLE, "gather")
    must(shell, "done", WHOLE, "plan")
    must(shell, "sign", WHOLE, "plan", "--name", "Dr. Lee", "--role", "superintendent")
    return shell.sessions


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the cases for this test alone."""
    return Path(shutil.copytree(made, tmp_path / "cases"))


@pytest.fixture
def shell(folder: Path) -> Shell:
    """`cim` as a process of its own."""
    return Shell(folder)


@pytest.fixture
def cim(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> Cim:
    """`cim` inside this process; `home` comes first, since it takes every CIM_* away."""
    return Cim(folder, capsys, monkeypatch)
