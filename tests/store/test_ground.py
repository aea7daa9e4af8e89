"""Who may write where cases lie, and folders made for one person or for a team."""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path
from random import SystemRandom

import pytest

from cim_tui.core.errors import NotSaved, ReadOnly, UsageError
from cim_tui.core.session import Session
from cim_tui.store import ground, sessions
from cim_tui.store.ground import lay, refuse_unsafe, unsafe
from cim_tui.store.keeper import Keeper
from tests.store.files import names, put_file, session

GROUP = grp.getgrgid(os.getegid()).gr_name


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "cases"
    place.mkdir(0o700)
    return place


def saves(path: Path) -> None:
    """Somebody changes an answer and saves."""
    keeper = Keeper(
        path, sessions.read(path).doc, "Ana", lambda: "2025-11-03T09:30:00Z", SystemRandom()
    )
    try:
        keeper.save(Session(keeper.state).with_value("gather.team.meets", "Mondays").doc)
    finally:
        keeper.close()


@pytest.mark.parametrize("bits", [0o700, 0o750, 0o755, 0o2770])
def test_a_folder_that_not_everybody_can_write_to_is_fine(bits: int, folder: Path) -> None:
    folder.chmod(bits)
    assert unsafe(folder) == []
    saves(put_file(folder, "quail"))


@pytest.mark.parametrize("bits", [0o777, 0o1777, 0o702])
def test_a_folder_that_everybody_can_write_to_is_refused_with_the_reason(
    bits: int, folder: Path
) -> None:
    path = put_file(folder, "quail")
    before = path.read_bytes()
    folder.chmod(bits)
    with pytest.raises(NotSaved, match="everybody on this machine"):
        saves(path)
    with pytest.raises(ReadOnly, match="cim init"):
        sessions.prepare(folder)
    assert path.read_bytes() == before
    assert names(folder) == {"quail.toml"}


def test_the_journals_folder_is_looked_at_too(folder: Path) -> None:
    path = put_file(folder, "quail")
    (folder / ".cim").mkdir()
    (folder / ".cim").chmod(0o777)
    with pytest.raises(NotSaved, match="everybody"):
        saves(path)


@pytest.mark.parametrize("name", [".cim", ".cim/q7m2x4k9c3bd"])
def test_a_link_in_the_place_of_a_folder_is_refused_and_its_victim_untouched(
    name: str, folder: Path, tmp_path: Path
) -> None:
    path = put_file(folder, "quail")
    (tmp_path / "victim").mkdir()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(tmp_path / "victim")
    with pytest.raises(NotSaved, match="is a link"):
        saves(path)
    assert names(tmp_path / "victim") == set()


def test_ones_own_link_to_a_folder_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    refuse_unsafe(tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a link in somebody else's name")
def test_a_link_that_somebody_else_made_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    os.chown(tmp_path / "link", 12345, 12345, follow_symlinks=False)
    with pytest.raises(ReadOnly, match="somebody else made"):
        refuse_unsafe(tmp_path / "link")


def test_a_folder_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    refuse_unsafe(tmp_path / "not there", tmp_path / "not there" / ".cim")
    refuse_unsafe(Path("/\0"))


# Making one


def test_a_private_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    made = lay(tmp_path / "a" / "cases")
    assert made.new
    assert mode(made.path) == 0o700


def test_a_teams_folder_belongs_to_its_group_and_so_does_what_is_made_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o077)
    try:
        made = lay(tmp_path / "cases", GROUP)
        assert mode(made.path) == 0o2770
        assert made.path.stat().st_gid == os.getegid()
        path = sessions.write(made.path, session("quail"), new=True)
        saves(path)
    finally:
        os.umask(before)
    assert mode(path) == 0o660
    for place in made.path.rglob("*"):
        assert mode(place) == (0o2770 if place.is_dir() else 0o660), place
    assert unsafe(made.path) == []


def test_a_folder_that_is_there_is_set_right_with_what_lies_in_it(folder: Path) -> None:
    path = put_file(folder, "quail")
    saves(path)
    path.chmod(0o644)
    made = lay(folder, GROUP)
    assert not made.new
    assert made.changed > 2
    assert {mode(p) for p in folder.rglob("*") if p.is_file()} == {0o660}
    lay(folder)
    assert {mode(p) for p in folder.rglob("*") if p.is_file()} == {0o600}
    assert {mode(p) for p in (folder, *folder.rglob("*")) if p.is_dir()} == {0o700}


def test_links_in_a_folder_are_left_alone(folder: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("x")
    victim.chmod(0o644)
    (folder / "link.toml").symlink_to(victim)
    lay(folder, GROUP)
    assert mode(victim) == 0o644


def test_a_group_that_does_not_exist_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    for name in ("no-such-group-here", "x\x1b[2J", "\0"):
        with pytest.raises(UsageError, match="no group"):
            lay(tmp_path / "cases", name)
    assert names(tmp_path) == set()


def test_something_else_in_its_place_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(folder)
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="is no folder"):
            lay(tmp_path / name)


def test_a_disk_that_does_not_keep_permissions_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground, "_set", lambda *_: None)
    with pytest.raises(ReadOnly, match="does not keep the permissions"):
        lay(tmp_path / "cases", GROUP)
