"""Several `cim set` at the same moment, each a process: nothing that was said to be saved is lost."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cim_tui.core.merge import unsettled
from cim_tui.store import journal, sessions

CIM = (sys.executable, "-m", "cim_tui")
TRIAL = Path(__file__).parent.parent / "tui" / "definitions"
CASE = "elm-flat-2025-trial"
NAME = "gather.kinds.name"

_shares = itertools.count(1)

Locks = Callable[[Path], None]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`cim`, and what came of it."""
    return subprocess.run([*CIM, *words], capture_output=True, text=True, check=False, timeout=120)


def at_once(*commands: list[str]) -> list[int]:
    """Commands that are begun together; their exit codes."""
    begun = [
        subprocess.Popen([*CIM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in commands
    ]
    return [process.wait(120) for process in begun]


def the_next_one_comes() -> None:
    """Somebody writes to the case, alone."""
    share = str(next(_shares))
    assert run("set", CASE, "gather.kinds.share", share).returncode in (0, 5)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A case of the trial process."""
    folder = tmp_path / "cases"
    monkeypatch.setenv("CIM_SESSIONS", str(folder))
    monkeypatch.setenv("CIM_WORKFLOWS", str(TRIAL))
    made = run("new", "--lea", "Elm Flat", "--workflow", "trial", "--year", "2025")
    assert made.returncode == 0, made.stderr
    return folder / f"{CASE}.toml"


def as_usual(path: Path) -> None:
    """The lock locks."""


def without_a_lock(path: Path) -> None:
    """The lock cannot be taken: something else stands in its place.

    Whoever is overwritten as they leave has their words in a journal, and the next one brings them
    into the file.
    """
    place = journal.folder_of(path.parent, sessions.read(path).uid) / "lock"
    place.mkdir(parents=True)
    place.parent.chmod(0o700)


@pytest.mark.parametrize("locks", [as_usual, without_a_lock])
def test_answers_of_different_questions_are_all_there(path: Path, locks: Locks) -> None:
    locks(path)
    for number in range(3):
        texts = {
            "gather.kinds.name": f"Name {number}", "gather.kinds.story": f"Story {number}",
            "gather.kinds.count": str(100 + number), "gather.kinds.day": f"2025-10-0{1 + number}",
        }  # fmt: skip
        codes = at_once(*(["set", CASE, where, text] for where, text in texts.items()))

        assert codes == [0, 0, 0, 0]
        the_next_one_comes()
        saved = sessions.read(path)
        assert [str(saved.raw(where)) for where in texts] == list(texts.values())
        assert unsettled(saved.doc) == []


@pytest.mark.parametrize("locks", [as_usual, without_a_lock])
def test_rows_that_are_added_at_once_are_all_there(path: Path, locks: Locks) -> None:
    locks(path)
    names = [f"Person {number}" for number in range(6)]
    for first in range(0, 6, 3):
        added = [["row", "add", CASE, "gather.people.members", f"name={name}"]
                 for name in names[first : first + 3]]  # fmt: skip
        assert at_once(*added) == [0, 0, 0]

    the_next_one_comes()
    table = json.loads(run("get", CASE, "gather.people.members", "--json").stdout)
    assert sorted(row["name"] for row in table["value"]) == names


@pytest.mark.parametrize("locks", [as_usual, without_a_lock])
def test_answers_of_one_question_all_stand_in_its_place_or_wait_to_be_settled(
    path: Path, locks: Locks
) -> None:
    """Whoever comes later and has seen the one before replaces it: that is no conflict."""
    locks(path)
    for number in range(3):
        texts = [f"Answer {number} {letter}" for letter in "abc"]
        codes = at_once(*(["set", CASE, NAME, text] for text in texts))

        assert set(codes) <= {0, 5}
        the_next_one_comes()
        saved = sessions.read(path)
        kept = {str(saved.raw(NAME)), *(str(c.theirs) for c in unsettled(saved.doc)),
                *(str(c.mine) for c in unsettled(saved.doc))}  # fmt: skip
        log = run("log", CASE, "--json").stdout
        for text in texts:
            assert text in log
        assert str(saved.raw(NAME)) in texts
        if 5 in codes:
            assert len(kept & {*texts}) > 1


def test_the_file_reads_whole_at_every_moment(path: Path) -> None:
    begun = [
        subprocess.Popen([*CIM, "set", CASE, where, "2025-10-01"], stdout=subprocess.DEVNULL)
        for where in (NAME, "gather.kinds.story", "gather.kinds.day")
    ]
    looks = 0
    while any(process.poll() is None for process in begun):
        assert sessions.read(path).id == CASE
        looks += 1

    assert looks > 10
    assert [process.returncode for process in begun] == [0, 0, 0]
