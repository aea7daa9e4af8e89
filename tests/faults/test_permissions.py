"""Who may read and write: as a user that is not root, since root passes every check."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cim_tui.core.session import Session
from cim_tui.store import journal, sessions
from tests.conftest import REPO
from tests.faults.story import START

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")

SCRIPT = """\
import os
import sys
from pathlib import Path
from random import Random
from cim_tui.core.errors import CimError
from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.keeper import Keeper
import filelock
path, user = Path(sys.argv[1]), int(sys.argv[2])
sessions.encode(sessions.read(path))
if os.geteuid() == 0:  # what the program needs is loaded by now
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
try:
    keeper = Keeper(path, sessions.read(path).doc, "x", lambda: "2026-01-01T00:00:00Z", Random(1))
    keeper.save(Session(keeper.state).with_value("gather.team.meets", "word1").doc)
    print("saved")
except CimError as wrong:
    print(wrong)
"""


def as_nobody(folder: Path) -> str:
    """What a keeper says that somebody else runs, or ourselves where we are not root."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder / "case.toml"), str(pwd.getpwnam("nobody").pw_uid)],
        cwd=REPO, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A private folder with a case, that belongs to whoever is asked."""
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == os.geteuid() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    folder = tmp_path / "cases"
    sessions.prepare(folder)
    sessions.write(folder, Session(START), new=True)
    _give(folder)
    return folder


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for place in (folder, *folder.rglob("*")):
            os.chown(place, nobody.pw_uid, nobody.pw_uid)


def modes(folder: Path) -> set[tuple[str, int]]:
    """Every kind of thing with its permissions."""
    return {
        ("folder" if place.is_dir() else "file", stat.S_IMODE(place.stat().st_mode))
        for place in (folder, *folder.rglob("*"))
        if place.name != ".gitignore"
    }


def test_everything_of_a_private_case_is_for_its_owner_alone(folder: Path) -> None:
    assert as_nobody(folder).strip() == "saved"

    assert {m for m in modes(folder) if m[1] & 0o077} <= {("file", 0o660)}, "only the lock"
    private = {m for m in modes(folder) if m != ("file", 0o660)}
    assert private == {("folder", 0o700), ("file", 0o600)}


def test_everything_in_a_teams_folder_is_the_groups(folder: Path) -> None:
    folder.chmod(0o2770)
    (folder / "case.toml").chmod(0o660)

    assert as_nobody(folder).strip() == "saved"

    assert modes(folder) == {("folder", 0o2770), ("file", 0o660)}


def test_a_folder_that_cannot_be_written_to_is_said_and_the_file_is_as_it_was(folder: Path) -> None:
    before = (folder / "case.toml").read_bytes()
    folder.chmod(0o500)

    said = as_nobody(folder)

    assert "NOT SAVED: Permission denied" in said
    assert (folder / "case.toml").read_bytes() == before


def test_a_folder_that_everybody_can_write_to_is_refused_with_the_reason(folder: Path) -> None:
    folder.chmod(0o777)

    assert "everybody" in as_nobody(folder)


def test_a_journal_that_cannot_be_read_hides_no_case(folder: Path) -> None:
    inner = journal.folder_of(folder, str(START["uid"]))
    inner.mkdir(parents=True)
    (inner / "abcdefgh.log").write_text("secret")
    _give(folder)
    for place in (folder / ".cim", inner):
        place.chmod(0o700)
    (inner / "abcdefgh.log").chmod(0)

    assert as_nobody(folder).strip() == "saved"
    assert sessions.read(folder / "case.toml").raw("gather.team.meets") == "word1"
