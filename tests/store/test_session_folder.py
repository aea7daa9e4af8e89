"""The folder of sessions: which files are cases, how one is found, what is never followed."""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from cim_tui.core.errors import (
    DamagedFile,
    Exit,
    NoSession,
    NotSaved,
    UsageError,
)
from cim_tui.store import sessions
from cim_tui.store.keeper import Keeper
from tests.store.files import names, put_file, session, text

# The folder


def test_one_damaged_file_hides_no_other_and_is_listed_with_line_and_reason(
    tmp_path: Path,
) -> None:
    put_file(tmp_path, "good", uid="a")
    (tmp_path / "bad.toml").write_text("schema = 1\n[lea\n", "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert list(shelf.sessions) == ["good"]
    assert [d.as_json()["line"] for d in shelf.damaged] == [2]
    assert shelf.damaged[0].reason


def test_files_that_are_not_cases_are_not_looked_at(tmp_path: Path) -> None:
    for name in (".quail.toml.1.tmp", ".hidden.toml", "notes.txt", "quail.toml.bak"):
        (tmp_path / name).write_text("junk", "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert (shelf.sessions, shelf.damaged) == ({}, [])


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert sessions.shelf(tmp_path / "none").sessions == {}


def test_two_files_of_one_case_are_one_case_and_one_copy(tmp_path: Path) -> None:
    put_file(tmp_path, "quail")
    (tmp_path / "quail2.toml").write_text(text("quail"), "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert list(shelf.sessions) == ["quail"]
    assert [path.name for path in shelf.copies] == ["quail2.toml"]


@pytest.mark.parametrize(
    "copy", ["quail-copy", "quail (conflicted copy)", "a quail", "Copy of quail"]
)
def test_the_file_that_bears_its_own_id_is_the_case_and_the_other_the_copy(
    tmp_path: Path, copy: str
) -> None:
    put_file(tmp_path, "quail")
    (tmp_path / f"{copy}.toml").write_text(text("quail"), "utf-8")

    assert list(sessions.shelf(tmp_path).sessions) == ["quail"]


def test_what_is_listed_is_what_stands_in_the_case_not_in_its_copy(tmp_path: Path) -> None:
    put_file(tmp_path, "quail")
    for name in ("a-copy", "z-copy"):
        other = text("quail").replace("Quail Ridge Unified", "Another district")
        (tmp_path / f"{name}.toml").write_text(other, "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert shelf.sessions["quail"].lea == "Quail Ridge Unified"
    assert {path.stem for path in shelf.copies} == {"a-copy", "z-copy"}


def test_two_files_without_a_uid_are_not_copies_of_each_other(tmp_path: Path) -> None:
    put_file(tmp_path, "one", uid="")
    put_file(tmp_path, "two", uid="")

    assert sessions.shelf(tmp_path).copies == []


# Found by id, prefix or path


def test_a_case_is_found_by_its_id_a_unique_prefix_or_its_path(tmp_path: Path) -> None:
    quail = put_file(tmp_path, "quail-2025", uid="a")
    put_file(tmp_path, "owl-2025", uid="b")

    for wanted in ("quail-2025", "qu", str(quail)):
        assert sessions.find(tmp_path, wanted) == quail


def test_an_id_goes_before_a_longer_one_that_begins_with_it(tmp_path: Path) -> None:
    quail = put_file(tmp_path, "quail", uid="a")
    put_file(tmp_path, "quail-2", uid="b")

    assert sessions.find(tmp_path, "quail") == quail


@pytest.mark.parametrize("wanted", ["", "zzz", "q", "none.toml", "a/b"])
def test_what_fits_nothing_or_several_is_refused(tmp_path: Path, wanted: str) -> None:
    put_file(tmp_path, "quail-1", uid="a")
    put_file(tmp_path, "quail-2", uid="b")

    with pytest.raises(NoSession):
        sessions.find(tmp_path, wanted)


def test_a_near_miss_is_answered_with_what_may_have_been_meant(tmp_path: Path) -> None:
    put_file(tmp_path, "quail-2025")

    with pytest.raises(NoSession, match="did you mean quail-2025"):
        sessions.find(tmp_path, "quial-2025")


# Names and links

BAD_IDS = ["../x", "a/b", "/etc/x", "..", ".", "", ".hidden", "con", "NUL", "com1.backup", "a\\b",
           "a\nb", "a b", "x" * 101, "a..b", "é", "a\x00b"]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD_IDS)
def test_an_id_that_could_leave_the_folder_or_is_no_name_everywhere_is_refused(
    tmp_path: Path, wrong: str
) -> None:
    with pytest.raises(UsageError):
        sessions.path_of(tmp_path, wrong)
    with pytest.raises(UsageError):
        sessions.write(tmp_path, session(wrong))
    assert names(tmp_path) == set()


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "device"])
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text(text("quail"), "utf-8")
    path = tmp_path / "quail.toml"
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "none")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(DamagedFile, match="not a regular file"):
        sessions.read(path)
    assert sessions.shelf(tmp_path).damaged[0].code == Exit.DAMAGED


@pytest.mark.parametrize(
    "kind",
    ["link", "pipe", "folder"],
)
def test_a_save_never_writes_through_what_took_the_files_place(tmp_path: Path, kind: str) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    keeper = Keeper(path, base.doc, "Ana", lambda: "2025-11-03T09:30:00Z", Random(1))
    path.unlink()
    victim = tmp_path / "victim.txt"
    victim.write_text("mine", "utf-8")
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()

    with pytest.raises(NotSaved):
        keeper.save(base.with_fact("year", 2026).doc)
    keeper.close()

    assert victim.read_text("utf-8") == "mine"
    assert names(tmp_path) == {"quail.toml", "victim.txt", ".cim"}


@pytest.mark.parametrize("name", ["my case", "Übung", "_draft", "x" * 101])
def test_a_case_that_can_be_opened_can_be_saved(tmp_path: Path, name: str) -> None:
    base = sessions.read(put_file(tmp_path, name))

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert sessions.read(tmp_path / f"{name}.toml").fact("year") == 2026
