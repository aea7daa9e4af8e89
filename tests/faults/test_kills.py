"""Real processes: killed at any instant, failing at any call, two at once."""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from cim_tui.core.merge import unsettled
from cim_tui.core.session import Session
from cim_tui.store import archives, journal, sessions
from cim_tui.store import keeper as keeping
from tests.conftest import REPO
from tests.faults.office_worker import missing, opened
from tests.faults.story import START

KILLS, DEEP_KILLS = 500, 10_000
EDITS = 4


class Worker:
    """The script of `office_worker.py`, loaded once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.office_worker", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPO,
        )  # fmt: skip

    def ask(self, text: str) -> str:
        """Say a line, get a line."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def rest(self) -> list[str]:
        """Begin what waits; every line until the end."""
        lines = []
        line = self.ask("")
        assert self._process.stdout is not None
        while line != "end":
            lines.append(line)
            line = self._process.stdout.readline().strip()
        return lines

    def close(self) -> None:
        """Let it go."""
        self._process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A case on a real disk."""
    folder = tmp_path / "cases"
    sessions.prepare(folder)
    return sessions.write(folder, Session(START), new=True)


@pytest.fixture
def worker(path: Path) -> Iterator[Worker]:
    """A worker at it."""
    found = Worker(path)
    yield found
    found.close()


def _kill(worker: Worker, seeds: range) -> int:
    acknowledged = 0
    for seed in seeds:
        answer = worker.ask(f"kill {seed}")
        assert answer.startswith("ok "), f"seed {seed}: {answer}"
        acknowledged += int(answer.split()[1])
    return acknowledged


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(2))
def test_a_process_killed_at_any_instant_loses_nothing_acknowledged(
    worker: Worker, part: int
) -> None:
    assert _kill(worker, range(part * KILLS // 2, (part + 1) * KILLS // 2)) > KILLS // 2


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_ten_thousand_kills_lose_nothing(worker: Worker) -> None:
    first = Random().randrange(10**6, 10**8)
    assert _kill(worker, range(first, first + DEEP_KILLS)) > DEEP_KILLS


# At every system call


def _traced(worker: Worker, tracer: str, *options: str) -> tuple[list[str], str]:
    pid = worker.ask(f"wait {EDITS}")
    log = worker.path.parent.parent / "trace.txt"
    with subprocess.Popen(
        [tracer, "-p", pid, "-o", str(log), *options], stderr=subprocess.PIPE, text=True
    ) as trace:
        assert trace.stderr is not None
        said = trace.stderr.readline()
        if "attached" not in said:
            trace.kill()
            worker.rest()
            pytest.skip(f"processes cannot be traced here: {said.strip()}")
        words = worker.rest()
    return [w for w in words if w], log.read_text()


def _look(path: Path, words: list[str]) -> None:
    after = opened(path, Random(1))
    after.save()
    after.close()
    assert missing(path, "m0", [w for w in words if w.startswith("m0-")]) == []


CALLS = "write,fdatasync,fsync,rename,openat,unlink,mkdir,close"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", ["signal=KILL", "error=ENOSPC", "error=EIO"])
def test_whichever_system_call_is_the_last_or_fails_nothing_acknowledged_is_lost(
    worker: Worker, needs: Callable[[str], str], what: str
) -> None:
    tracer = needs("strace")
    whole = worker.path.read_bytes()
    _, log = _traced(worker, tracer, "-e", f"trace={CALLS}")
    made = {call: log.count(f"{call}(") for call in CALLS.split(",")}
    assert made["fdatasync"] >= EDITS
    tried = 0
    for call, count in made.items():
        if call == "close" and what != "signal=KILL":
            continue
        for number in range(1, count + 1):
            _clear(worker.path, whole)
            words, _ = _traced(
                worker, tracer, "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={number}"
            )
            _look(worker.path, words)
            tried += 1
    assert tried > 40


def _clear(path: Path, whole: bytes) -> None:
    import shutil

    shutil.rmtree(path.parent / ".cim", ignore_errors=True)
    for left in path.parent.glob(".case*"):
        left.unlink()
    path.write_bytes(whole)


# Two at once


@pytest.mark.timeout(300)
@pytest.mark.parametrize("locks", ["on", "off", "without effect"])
def test_two_who_edit_a_thousand_times_each_lose_nothing(
    path: Path, locks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if locks == "off":
        monkeypatch.setenv("CIM_LOCKS", "off")
    if locks == "without effect":
        import filelock

        monkeypatch.setattr(filelock, "FileLock", filelock.SoftFileLock)
        monkeypatch.setattr(filelock.SoftFileLock, "acquire", lambda *a, **k: None)
    said: list[list[str]] = [[], []]

    def edit(who: int) -> None:
        keeper = opened(path, Random(who))
        doc = keeper.state
        for number in range(1000):
            word = f"w{who}-{number}"
            doc = Session(doc).with_value(f"gather.team.{who}x{number % 5}", word).doc
            if number % 10 == 0:
                doc = Session(doc).with_value("gather.team.both", word).doc
            keeper.acknowledge(doc)
            said[who].append(word)
            if number % 4 == 0:
                doc = keeper.save(None).doc
        keeper.save(doc)
        keeper.close()

    threads = [Thread(target=edit, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = opened(path, Random(9))
    after.save()
    after.close()

    doc = sessions.read(path)
    assert [len(words) for words in said] == [1000, 1000]
    for who in (0, 1):
        for number in range(995, 1000):
            assert doc.raw(f"gather.team.{who}x{number % 5}") == f"w{who}-{number}"
    kept = {doc.raw("gather.team.both")} | {c.theirs for c in unsettled(doc.doc)} | {
        c.mine for c in unsettled(doc.doc)}  # fmt: skip
    assert kept & {"w0-990", "w1-990"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("locks", ["on", "off"])
def test_two_processes_that_set_answers_at_once_lose_none(path: Path, locks: str) -> None:
    env = {**os.environ, "CIM_SESSIONS": str(path.parent), "CIM_LOCKS": locks}
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from random import Random\n"
        "from tests.faults.office_worker import opened\n"
        "from cim_tui.core.session import Session\n"
        "who, path = sys.argv[1], Path(sys.argv[2])\n"
        "for number in range(40):\n"
        "    keeper = opened(path, Random(f'{who}{number}'))\n"
        "    keeper.save(Session(keeper.state).with_value(f'gather.team.{who}{number}', who).doc)\n"
        "    keeper.close()\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, who, str(path)], env=env, cwd=REPO)
        for who in ("a", "b")
    ]
    assert [process.wait() for process in running] == [0, 0]
    after = opened(path, Random(9))
    after.save()
    after.close()

    doc = sessions.read(path)
    lost = [
        f"{who}{n}" for who in "ab" for n in range(40) if doc.raw(f"gather.team.{who}{n}") != who
    ]
    assert lost == []
    assert unsettled(doc.doc) == []


# Space


def _soak(path: Path, edits: int) -> None:
    keeper = opened(path, Random(edits))  # another name for each run
    doc, largest = keeper.state, 0
    for number in range(edits):
        doc = (
            Session(doc).with_value(f"gather.team.f{number % 40}", f"word {number} " + "x" * 60).doc
        )
        keeper.acknowledge(doc)
        if number % 10 == 0:
            doc = keeper.save(None).doc
            largest = max(largest, len(keeper._own))
        if number % 50 == 49:
            keeper.close()
    keeper.save(doc)
    keeper.close()
    folder = keeper.folder
    closed = [p for p in folder.glob("*.log") if not p.name.startswith(journal.ARCHIVE)]
    kept = [p.stat().st_size for p in folder.glob(f"{journal.ARCHIVE}*.log")]
    assert len(closed) <= archives.LOOSE + 1
    assert sum(kept) <= archives.ARCHIVES + archives.LOOSE * keeping.ROTATE
    assert len(list(folder.iterdir())) <= len(closed) + len(kept) + 8
    assert largest < keeping.ROTATE / 100
    assert (
        sessions.read(path).raw(f"gather.team.f{(edits - 1) % 40}").startswith(f"word {edits - 1} ")
    )


def test_many_edits_keep_descriptors_and_disk_within_their_bounds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "ROTATE", 20_000)
    monkeypatch.setattr(archives, "ARCHIVES", 200_000)
    before = len(list(Path("/proc/self/fd").iterdir()))
    _soak(path, 5_000)

    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_edits_stay_within_their_bounds(path: Path) -> None:
    import resource

    _soak(path, 1_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _soak(path, 100_000)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
