"""Trying out a disk: what holds, and what will not, in plain words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cim_tui.core.errors import ReadOnly
from cim_tui.store import trial
from cim_tui.store.trial import TRIALS, Trial, holds, try_out
from tests.store.files import names


def found(folder: Path, name: str) -> Trial:
    return next(one for one in try_out(folder) if one.id == name)


def test_what_the_safety_of_a_case_rests_on_holds_here(tmp_path: Path) -> None:
    trials = try_out(tmp_path)
    assert [one.id for one in trials] == [row[0] for row in TRIALS]
    assert [one.what for one in trials if one.needed and not one.holds] == []
    assert holds(trials)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    try_out(tmp_path)
    assert names(tmp_path) == {"mine"}


def test_every_answer_is_a_sentence_for_people(tmp_path: Path) -> None:
    for one in try_out(tmp_path):
        assert one.says[0].isupper()
        assert "Errno" not in one.says


def test_a_lock_without_effect_is_seen_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "OTHER_PROCESS", "print('let in')")
    one = found(tmp_path, "lock")
    assert not one.holds
    assert not one.needed
    assert "Nothing is lost" in one.says


def test_a_disk_that_overwrites_what_must_be_new_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    monkeypatch.setattr(os, "open", lambda p, f, m=0o777: real(p, f & ~os.O_EXCL, m))
    one = found(tmp_path, "exclusive")
    assert (one.holds, one.needed) == (False, True)
    assert not holds([one])


@pytest.mark.parametrize(("call", "name"), [("fsync", "fsync"), ("fsync", "folder")])
def test_a_disk_that_refuses_to_say_when_something_is_safe_is_seen(
    call: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, call, fails)
    one = found(tmp_path, name)
    assert not one.holds
    assert "Invalid argument" in one.says


def test_a_disk_that_gives_back_something_else_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", lambda n: b"\xab" * n)
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:100].ljust(len(data))))
    assert not found(tmp_path, "size").holds


def test_a_folder_where_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "not there", Path("/proc"), Path("/\0x")):
        with pytest.raises(ReadOnly, match="cannot be tried out"):
            try_out(path)
