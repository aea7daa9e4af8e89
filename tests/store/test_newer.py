"""A file of a newer version: whole where it is asked for, and what this version can show of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import tomli

from cim_tui.core.errors import DamagedFile, NewerFile
from cim_tui.store import sessions
from cim_tui.store.fsops import disk
from tests.nobody import asked_as_nobody, way_to
from tests.store.files import put_file, session, text

MORE = """
waivers = "none any more"
mood = { weather = "fine" }

[answers]
gather = { team = { meets = "Fridays" }, notes = "of another shape" }
plan = "of another shape too"

[signoffs.aaaaaa]
scope = "gather"
"""


def newer(folder: Path, content: str = "", schema: str = "9") -> Path:
    """A file of a version that does not exist yet; `content` stands in the place of its end."""
    path = put_file(folder, "quail")
    own = content or text("quail").replace("[lea]", MORE.partition("[answers]")[0] + "[lea]")
    own += "" if content else "[answers]" + MORE.partition("[answers]")[2]
    path.write_text(own.replace("schema = 1", f"schema = {schema}"), "utf-8")
    return path


def test_it_is_refused_where_nobody_asked_for_it(tmp_path: Path) -> None:
    path = newer(tmp_path)

    with pytest.raises(NewerFile, match="schema 9"):
        sessions.read(path)
    assert not sessions.shelf(tmp_path).sessions


def test_where_it_is_asked_for_it_is_read_whole(tmp_path: Path) -> None:
    path = newer(tmp_path)

    assert sessions.read(path, newer=True).doc == tomli.loads(path.read_text())


def test_what_has_another_shape_is_left_out_of_what_is_shown_and_what_is_unknown_stays(
    tmp_path: Path,
) -> None:
    whole = sessions.read(newer(tmp_path), newer=True)
    shown = sessions.understood(whole)

    assert set(whole.doc) - set(shown.doc) == {"waivers"}
    assert shown.doc["answers"] == {"gather": {"team": {"meets": "Fridays"}}}
    assert shown.doc["mood"] == {"weather": "fine"}
    assert [signed.id for signed in shown.signoffs("gather")] == ["aaaaaa"]


def test_a_session_of_ours_is_shown_as_it_is() -> None:
    ours = session(waivers={"aaaaaa": {"rule": "x"}})

    assert sessions.understood(ours) is ours


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[lea]\nname", "[lea]\ncalled"),
        ("[lea]\nname", "[district]\nname"),
        ('workflow = "trial"', "workflow = 3"),
        ('uid = "q7m2x4k9c3bd"', "uid = { case = 7 }"),
        ("[lea]", f"deep = {'[' * 80}{']' * 80}\n[lea]"),
        ("[lea]", f"long = 1{'0' * 90}\n[lea]"),
    ],
)
def test_what_cannot_be_a_session_of_ours_stays_a_file_of_a_newer_version(
    old: str, new: str, tmp_path: Path
) -> None:
    assert old in text("quail")
    path = newer(tmp_path, text("quail").replace(old, new))

    with pytest.raises(NewerFile, match="update cim-tui"):
        sessions.read(path, newer=True)


def test_asking_for_it_makes_no_session_of_a_damaged_file(tmp_path: Path) -> None:
    for content in ("schema = 9\n[lea", "", 'schema = "9"\n'):
        path = put_file(tmp_path, "quail")
        path.write_text(content)
        with pytest.raises(DamagedFile):
            sessions.read(path, newer=True)


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
@pytest.mark.parametrize(
    ("folder", "file", "may"),
    [(0o777, 0o666, (True, True)), (0o555, 0o666, (False, True)), (0o777, 0o444, (True, False)),
     (0o666, 0o666, (False, False))],
)  # fmt: skip
def test_the_disk_says_what_may_be_written(
    folder: int, file: int, may: tuple[bool, bool], tmp_path: Path
) -> None:
    """Into a folder that may not be entered nothing can be written either."""
    way_to(tmp_path)
    path = put_file(tmp_path, "quail")
    path.chmod(file)
    tmp_path.chmod(folder)
    try:
        with asked_as_nobody():
            assert (disk.may_write(tmp_path), disk.may_write(path)) == may
            assert not disk.may_write(tmp_path / "nothing")
    finally:
        tmp_path.chmod(0o700)
