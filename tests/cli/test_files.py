"""Files of the folder that are damaged, newer, links or copies; places that cannot be written."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, Shell, refusal

BROKEN = "schema = 1\nuid = \n"
READING = ["status", "list", "due"]
ONE = ["check", "next", "get"]


def put(cim: Cim, name: str, text: str | bytes) -> Path:
    """Write a file into the folder."""
    path = cim.sessions / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def newer(cim: Cim, name: str = "newer.toml") -> Path:
    """A file of a version that does not exist yet."""
    text = cim.file(FRESH).read_text()
    return put(cim, name, text.replace("schema = 1", "schema = 2", 1))


# Damaged


@pytest.mark.parametrize("command", READING)
def test_a_damaged_file_is_named_with_its_line_and_hides_no_other(command: str, cim: Cim) -> None:
    put(cim, "broken.toml", BROKEN)
    ran = cim(command)
    assert ran.code == 4
    assert "damaged: broken.toml, line 2: Invalid value" in ran.err.splitlines()
    for case in (FRESH, HALF) if command == "due" else (FRESH, HALF, WHOLE):
        assert case in ran.out


@pytest.mark.parametrize("command", READING)
def test_a_damaged_file_is_in_the_json_with_its_line_and_code(command: str, cim: Cim) -> None:
    path = put(cim, "broken.toml", BROKEN)
    ran = cim(command, "--json")
    assert ran.code == 4
    assert ran.json["unreadable"] == [
        {"path": str(path), "line": 2, "reason": "Invalid value", "code": 4}
    ]


@pytest.mark.parametrize("command", ONE)
def test_a_damaged_file_that_is_asked_for_is_refused_with_4_and_its_line(
    command: str, cim: Cim
) -> None:
    put(cim, "broken.toml", BROKEN)
    refusal(cim(command, "broken"), 4, "broken.toml, line 2: Invalid value")


def test_a_change_to_a_damaged_file_is_refused_and_leaves_it_as_it_is(cim: Cim) -> None:
    path = put(cim, "broken.toml", BROKEN)
    refusal(cim("set", "broken", "gather.team.meets", "Fridays"), 4)
    assert path.read_text() == BROKEN


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it has no “schema = 1”"),
        (b"hello", "line 1"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b"schema = 1\nuid = 'x'\n", "[lea] is missing"),
        (b"schema = 1\nuid = 1\n[lea]\nname='x'\n[case]\nworkflow='y'\n", "“uid” is missing"),
        (b"schema = 1\nuid = 'x'\nanswers = 3\n[lea]\nname='x'\n[case]\nworkflow='y'\n", "“answers”"),
        (b"schema = 1\nuid = 'x'\n[lea]\nname='x'\n[case]\nworkflow='y'\n[answers]\na = 1\n", "answers.a"),
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"x = '" + b"x" * (4 * 1024 * 1024) + b"'", "larger than 4 MiB"),
    ],
)  # fmt: skip
def test_every_kind_of_damage_is_one_line_and_4(content: bytes, says: str, cim: Cim) -> None:
    put(cim, "broken.toml", content)
    ran = cim("status", "broken")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("damaged: broken.toml")
    assert says in ran.err


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to(f"{HALF}.toml"),
        lambda path: path.symlink_to("nowhere.toml"),
        lambda path: path.mkdir(),
        os.mkfifo,
    ],
    ids=["link", "dead link", "folder", "pipe"],
)
def test_what_is_no_regular_file_is_damaged_and_never_followed(make: object, cim: Cim) -> None:
    assert callable(make)
    make(cim.sessions / "odd.toml")
    ran = cim("status")
    assert ran.code == 4
    assert "damaged: odd.toml: not a regular file" in ran.err
    refusal(cim("set", "odd", "gather.team.meets", "Fridays"), 4, "not a regular file")
    assert "Second Tuesday" in cim.file(HALF).read_text()


# Newer


@pytest.mark.parametrize("command", READING)
def test_a_newer_file_is_named_and_the_others_still_listed(command: str, cim: Cim) -> None:
    newer(cim)
    ran = cim(command)
    assert ran.code == 7
    assert (
        "newer: newer.toml was written by a newer version (schema 2); update cim-tui to open it"
        in ran.err.splitlines()
    )
    assert HALF in ran.out


def test_a_newer_file_is_not_touched(cim: Cim) -> None:
    path = newer(cim)
    before = path.read_bytes()
    refusal(cim("set", "newer", "gather.team.meets", "Fridays"), 7, "written by a newer version")
    assert cim("get", "newer").code == 0
    assert path.read_bytes() == before


# The first of 4, 7, 1, 0


def test_damaged_comes_before_newer_before_incomplete_before_complete(cim: Cim) -> None:
    broken, later = put(cim, "broken.toml", BROKEN), newer(cim)
    assert cim("status").code == 4
    broken.unlink()
    assert cim("status").code == 7
    later.unlink()
    assert cim("status").code == 1
    for case in (FRESH, HALF):
        cim.file(case).unlink()
    assert cim("status").code == 0


@pytest.mark.parametrize("fail_on", ["damaged", "overdue", "needed", "incomplete"])
def test_no_choice_of_what_counts_hides_damage(fail_on: str, cim: Cim) -> None:
    put(cim, "broken.toml", BROKEN)
    assert cim("status", "--fail-on", fail_on).code == 4


def test_named_cases_are_judged_alone(cim: Cim) -> None:
    put(cim, "broken.toml", BROKEN)
    assert cim("status", WHOLE).code == 0
    assert cim("status", WHOLE, "broken").code == 4


# Copies


def test_a_copy_is_offered_and_not_listed_as_a_case(cim: Cim) -> None:
    shutil.copy(cim.file(FRESH), cim.sessions / "zz-copy.toml")
    ran = cim("list")
    assert ran.code == 0
    assert len(ran.lines) == 3
    assert ran.err == (
        "copy: zz-copy.toml has the uid of another case here; it is not listed as a case. "
        f"What is new in it: cim merge {FRESH} zz-copy.toml\n"
    )
    assert cim("status", "--json").json["copies"] == ["zz-copy.toml"]


def test_the_file_whose_name_is_the_id_inside_is_the_case_and_the_other_the_copy(cim: Cim) -> None:
    shutil.copy(cim.file(FRESH), cim.sessions / "a-copy.toml")
    assert cim("list", "--json").json["copies"] == ["a-copy.toml"]


def test_a_copy_can_be_read_when_it_is_named(cim: Cim) -> None:
    shutil.copy(cim.file(HALF), cim.sessions / "zz-copy.toml")
    assert cim("get", "zz-copy", "gather.team.meets").out == "Second Tuesday of the month\n"


def test_hidden_and_other_files_are_not_ours(cim: Cim) -> None:
    put(cim, ".hidden.toml", "x")
    put(cim, "notes.txt", "x")
    put(cim, f"{HALF}.toml~", "x")
    assert len(cim("list").lines) == 3


# Places that cannot be read or written


def test_a_disk_that_takes_no_more_leaves_the_old_file_whole(shell: Shell) -> None:
    path = shell.sessions / f"{HALF}.toml"
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "cim_tui", "set", HALF, "gather.team.meets", "Fridays"],
        env={**os.environ, **shell.env},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 6
    assert done.stderr.startswith("cim: NOT SAVED: File too large (")
    assert done.stderr.count("\n") == 1
    assert path.read_bytes() == before
    assert sorted(p.name for p in shell.sessions.iterdir() if p.suffix == ".tmp") == []


def test_a_folder_under_a_file_cannot_be_used(cim: Cim, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ["--lea", "Pine", "--workflow", "trial", "--year", "2025"]
    ran = cim("new", *words, "--sessions", str(tmp_path / "file" / "cases"))
    refusal(ran, 6, "cannot be used: Not a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_read_is_said_with_its_name(cim: Cim) -> None:
    cim.sessions.chmod(0o000)
    try:
        refusal(cim("status"), 6, str(cim.sessions), "Permission denied")
    finally:
        cim.sessions.chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_said_and_can_still_be_read(cim: Cim) -> None:
    cim.sessions.chmod(0o500)
    try:
        refusal(cim("set", HALF, "gather.team.meets", "Fridays"), 6, "You may not write in")
        assert cim("status").code == 1
    finally:
        cim.sessions.chmod(0o700)


def test_a_path_that_no_system_takes_is_refused_in_one_line(cim: Cim) -> None:
    refusal(cim("list", "--sessions", "x" * 5000), 6, "File name too long")
    refusal(cim("check", "x" * 5000 + ".toml"), 6, "File name too long")


def test_a_full_disk_behind_stdout_is_no_success(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cim_tui", "list"],
            env={**os.environ, **shell.env},
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 6
    assert done.stderr == "cim: No space left on device\n"


def test_a_full_disk_behind_the_help_shows_no_traceback(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cim_tui", "--help"],
            env={**os.environ, **shell.env},
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault(shell: Shell) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cim_tui", "status", "--json"],
            env={**os.environ, **shell.env},
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_case_is_private(cim: Cim) -> None:
    ran = cim("new", "--lea", "Pine", "--workflow", "trial", "--year", "2025")
    assert cim.file(ran.out.strip()).stat().st_mode & 0o777 == 0o600


# Settings


def test_the_settings_file_names_the_folder_and_who_acts(
    cim: Cim, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home / ".config" / "cim" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'by = "Kim Po"\nsessions = "{cim.sessions}"\n')
    monkeypatch.delenv("CIM_SESSIONS")
    monkeypatch.delenv("CIM_USER")
    found = cim("doctor", "--json").json
    assert found["you"] == "Kim Po"
    assert found["sessions"] == f"{cim.sessions} (the settings file)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 'red'\n", '"colour" is not a setting; these are: by, sessions'),
        ("by = 3\n", '"by" is not a setting'),
        ("by = \n", "line 1"),
    ],
)
def test_settings_that_cannot_be_understood_are_refused_and_not_guessed(
    text: str, says: str, cim: Cim, home: Path
) -> None:
    settings = home / ".config" / "cim" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(text)
    refusal(cim("list"), 2, "settings.toml", says)
    assert cim("--version").code == 0


def test_a_sessions_folder_in_the_working_folder_comes_before_the_users_own(
    cim: Cim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIM_SESSIONS")
    monkeypatch.chdir(tmp_path)
    assert cim("list", "--json").json["why"] == "the user's data folder"
    (tmp_path / "sessions").mkdir()
    assert cim("list", "--json").json["why"] == "./sessions is here"
