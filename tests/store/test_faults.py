"""Every call that writing makes may fail: the old file is intact, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cim_tui.core.errors import DamagedFile, NotSaved
from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.fsops import Disk
from tests.store.files import CALLS, failing, names, put_file, session

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
BROKEN = OSError(errno.EIO, os.strerror(errno.EIO))


def uses(patch: pytest.MonkeyPatch, call: str, act: Callable[[], object]) -> int:
    """How often a call is made when nothing fails."""
    with failing(patch, call, 0, FULL) as seen:
        act()
    return len(seen)


@pytest.fixture
def base(tmp_path: Path) -> Session:
    """A case on the disk, as our own program left it."""
    sessions.write(tmp_path, session(), new=True)
    return sessions.read(tmp_path / "quail.toml")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [FULL, BROKEN], ids=["full", "broken"])
def test_when_any_call_of_a_save_fails_the_file_is_whole_and_no_temp_file_stays(
    base: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    error: OSError,
) -> None:
    changed = base.with_fact("year", 2026)
    old, new = sessions.encode(base), sessions.encode(changed)
    count = uses(monkeypatch, call, lambda: sessions.write(tmp_path, base))
    assert count >= 1

    for number in range(1, count + 1):
        with failing(monkeypatch, call, number, error), pytest.raises((NotSaved, OSError)):
            sessions.write(tmp_path, changed)
        assert names(tmp_path) == {"quail.toml"}
        assert (tmp_path / "quail.toml").read_bytes() in (old, new)
        (tmp_path / "quail.toml").write_bytes(old)


@pytest.mark.parametrize("call", ["write", "fsync", "close", "replace"])
def test_until_the_new_file_is_in_place_the_old_one_is_untouched(
    base: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = (tmp_path / "quail.toml").read_bytes()

    with failing(monkeypatch, call, 1, BROKEN), pytest.raises(NotSaved, match="NOT SAVED"):
        sessions.write(tmp_path, base.with_fact("year", 2026))

    assert (tmp_path / "quail.toml").read_bytes() == before


@pytest.mark.parametrize("call", CALLS)
def test_an_interruption_at_any_call_leaves_the_file_whole(
    base: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    changed = base.with_fact("year", 2026)
    whole = {sessions.encode(base), sessions.encode(changed)}
    count = uses(monkeypatch, call, lambda: sessions.write(tmp_path, base))

    for number in range(1, count + 1):
        with (
            failing(monkeypatch, call, number, KeyboardInterrupt()),
            pytest.raises(KeyboardInterrupt),
        ):
            sessions.write(tmp_path, changed)
        assert names(tmp_path) == {"quail.toml"}
        assert (tmp_path / "quail.toml").read_bytes() in whole
        (tmp_path / "quail.toml").write_bytes(sessions.encode(base))


@pytest.mark.parametrize("call", CALLS)
def test_a_new_case_that_cannot_be_written_leaves_an_empty_folder_or_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    whole = sessions.encode(session())
    for number in (1, 2):
        with failing(monkeypatch, call, number, FULL) as seen:
            try:
                sessions.write(tmp_path, session(), new=True)
            except NotSaved:
                pass
            else:
                assert len(seen) < number
        assert names(tmp_path) <= {"quail.toml"}
        for path in tmp_path.iterdir():
            assert path.read_bytes() == whole
            path.unlink()


def test_a_save_whose_last_call_failed_can_be_tried_again(
    base: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = base.with_fact("year", 2026)
    last = uses(monkeypatch, "fsync", lambda: sessions.write(tmp_path, base))
    with failing(monkeypatch, "fsync", last, BROKEN), pytest.raises(NotSaved):
        sessions.write(tmp_path, changed)

    sessions.write(tmp_path, changed.with_fact("level", "one"))

    assert sessions.read(tmp_path / "quail.toml").fact("level") == "one"


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))

    sessions.write(tmp_path, session(), new=True)

    monkeypatch.undo()
    assert (tmp_path / "quail.toml").read_bytes() == sessions.encode(session())


def test_a_temp_file_of_another_process_is_left_alone(base: Session, tmp_path: Path) -> None:
    other = tmp_path / ".quail.toml.1.tmp"
    other.write_text("theirs", "utf-8")

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert other.read_text("utf-8") == "theirs"


def test_the_file_is_synced_before_it_takes_the_old_ones_place_and_the_folder_after(
    base: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(fd: int) -> None:
        order.append("sync folder" if os.path.isdir(f"/proc/self/fd/{fd}") else "sync file")  # noqa: PTH112 - a descriptor
        real_sync(fd)

    def replace(source: Path, target: Path) -> None:
        order.append("replace")
        real_replace(source, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("what a descriptor stands for is asked of /proc")
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert order == ["sync file", "replace", "sync folder"]


@pytest.mark.parametrize("call", ["open", "close"])
def test_a_file_that_cannot_be_read_is_damaged_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    put_file(tmp_path, "first", uid="a")
    put_file(tmp_path, "second", uid="b")

    with failing(monkeypatch, call, 1, BROKEN):
        shelf = sessions.shelf(tmp_path)

    assert list(shelf.sessions) == ["second"]
    assert "Input/output error" in shelf.damaged[0].reason


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put_file(tmp_path, "quail")
    denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with failing(monkeypatch, "open", 1, denied), pytest.raises(DamagedFile, match="Permission"):
        sessions.read(path)


def test_a_folder_that_cannot_be_made_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")

    with pytest.raises(NotSaved, match="cannot be used"):
        sessions.prepare(tmp_path / "file" / "sessions")


def test_the_disk_can_be_replaced_by_another_of_its_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(Disk):
        def write_atomic(self, path: Path, data: bytes, mode: int | None = None) -> None:
            raise FULL

    monkeypatch.setattr(sessions, "disk", Full())

    with pytest.raises(NotSaved, match="No space left"):
        sessions.write(tmp_path, session())
