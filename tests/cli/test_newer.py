"""A case of a newer version: what shows it works, what judges or changes it answers 7."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cim_tui.cli.commands import COMMANDS
from cim_tui.store import sessions
from tests.cli.shell import DEFINITIONS, FRESH, HALF, Cim, refusal
from tests.conftest import REPO

MEETS = "gather.team.meets"
MEMBERS = "gather.team.members"
LATER = """
mood = "a key that this version does not know"
waivers = "no table any more"

[answers.later.feelings]
mood = "hopeful"
"""
READS = [
    ("get",), ("get", MEETS), ("get", MEMBERS, "--json"), ("show",), ("show", MEETS), ("show", "--json"),
    ("show", "--at", "{rev}"), ("show", "--file"), ("log",), ("log", MEETS, "--json"), ("diff", "{rev}"),
    ("diff", "{rev}", "--json"), ("case", "show", "{}"), ("case", "show", "{}", "--json"),
    ("owner", "{}", "gather"), ("owner", "{}", "gather.team", "--json"), ("conflicts",),
    ("conflicts", "--json"), ("export",), ("export", "--to", "html"), ("export", "--to", "json"),
]  # fmt: skip
JUDGES = [("check",), ("check", "--json"), ("next",)]
WRITES = [
    ("set", MEETS, "Fridays"), ("set", MEETS, "Second Tuesday of the month"),
    ("set", MEETS, "--absent", "unknown", "--note", "Nobody knows"), ("set", "--from", "{answers}"),
    ("clear", MEETS), ("confirm", MEETS), ("row", "add", "{}", MEMBERS, "name=Cy Moss"),
    ("row", "set", "{}", f"{MEMBERS}.aaaaaa", "name=Cy Moss"),
    ("row", "move", "{}", f"{MEMBERS}.aaaaaa", "--down", "1"),
    ("row", "remove", "{}", f"{MEMBERS}.aaaaaa", "--yes"), ("row", "import", "{}", MEMBERS, "-"),
    ("owner", "{}", "gather", "--to", "Bo Lind"), ("owner", "{}", "gather", "--due", ""),
    ("case", "set", "{}", "level=deep"), ("case", "set", "{}", "level=deep", "--dry-run"),
    ("done", "gather"), ("done", "plan"), ("elsewhere", "gather", "--where", "x", "--on", "2025-09-12"),
    ("elsewhere", "gather", "--undo"), ("reopen", "gather", "--reason", "x"),
    ("sign", "plan", "--name", "Dr. Lee", "--role", "superintendent"),
    ("submit", "plan", "--on", "2025-10-14"), ("submit", "plan", "--undo"),
    ("waive", MEMBERS, "--rule", "lead", "--reason", "x"), ("unwaive", MEMBERS, "--rule", "lead"),
    ("restore", "{rev}"), ("restore", "{rev}", "--dry-run"), ("resolve", MEETS, "--take", "mine"),
    ("send", "-o", "{copy}"), ("merge", "{}", "{file}"), ("merge", "{}", "{file}", "--yes"),
    ("redact", MEETS, "--reason", "x"), ("archive",), ("unarchive",),
]  # fmt: skip
OTHERS = {"open", "demo", "new", "level", "list", "status", "due", "verify", "init", "workflow",
          "completion", "doctor"}  # fmt: skip
"""Commands that are about no single case, or open the screen."""


@pytest.fixture
def rev(cim: Cim) -> str:
    """A case that was changed once and is a newer version's since; the revision of the change."""
    assert cim("set", HALF, MEETS, "Fridays").code == 0
    found = cim("log", HALF, "--json").json["changes"][-1]["rev"]
    make_newer(cim)
    return str(found)


def make_newer(cim: Cim, more: str = LATER) -> None:
    """Write the case as a version that does not exist yet would."""
    path = cim.file(HALF)
    top, rest = more.partition("\n[")[::2]
    text = path.read_text().replace("schema = 1\n", f"schema = 9\n{top}\n", 1)
    path.write_text(text + (f"\n[{rest}" if rest else ""))


def ask(cim: Cim, words: tuple[str, ...], rev: str = "") -> list[str]:
    """A command line; the case's id comes second where it has no place of its own."""
    known = {"{}": HALF, "{rev}": rev, "{copy}": str(cim.sessions.parent / "copy.toml"),
             "{file}": str(cim.sessions.parent / "other.toml"),
             "{answers}": str(cim.sessions.parent / "answers.toml")}  # fmt: skip
    line = [known.get(word, word) for word in words]
    return line if "{}" in words else [line[0], HALF, *line[1:]]


def tree(folder: Path) -> dict[str, bytes]:
    """Everything beside and around the cases, byte by byte."""
    return {
        str(path): path.read_bytes() if path.is_file() else b"" for path in folder.parent.rglob("*")
    }


def ids(lines: list[tuple[str, ...]]) -> list[str]:
    return [" ".join(words)[:60] for words in lines]


def test_every_command_is_in_one_of_these_lists() -> None:
    listed = {words[0] for words in (*READS, *JUDGES, *WRITES)}

    assert listed | OTHERS == set(COMMANDS)
    assert not listed & OTHERS


@pytest.mark.parametrize("words", READS, ids=ids(READS))
def test_what_shows_a_case_shows_what_it_can_and_says_it_in_one_line(
    words: tuple[str, ...], cim: Cim, rev: str
) -> None:
    before = tree(cim.sessions)
    ran = cim(*ask(cim, words, rev))

    assert ran.code == 0, ran.err
    told = [line for line in ran.err.splitlines() if "newer version (schema 9)" in line]
    assert len(told) == 1, ran.err
    assert f"{HALF}.toml was written by a newer version" in told[0]
    assert tree(cim.sessions) == before


@pytest.mark.parametrize(
    "words", [w for w in READS if w[0] not in ("log", "diff") and "--file" not in w]
)
def test_what_is_shown_is_what_would_be_shown_of_a_case_of_this_version(
    words: tuple[str, ...], cim: Cim
) -> None:
    assert cim("set", HALF, MEETS, "Fridays").code == 0
    rev = cim("log", HALF, "--json").json["changes"][-1]["rev"]
    of_ours = cim(*ask(cim, words, rev))
    make_newer(cim, LATER.partition("\n[")[0])

    assert cim(*ask(cim, words, rev)).out == of_ours.out


def test_the_log_tells_what_was_changed(cim: Cim, rev: str) -> None:
    assert "Second Tuesday of the month → Fridays" in cim("log", HALF, MEETS).out
    assert cim("diff", HALF, rev).code == 0


def test_the_whole_file_can_be_had_with_what_is_not_shown(cim: Cim, rev: str) -> None:
    whole = cim.sessions.parent / "whole.toml"
    whole.write_text(cim("show", HALF, "--file").out)

    def doc(path: Path) -> dict[str, object]:
        return {**sessions.read(path, newer=True).doc, "id": ""}

    assert doc(whole) == doc(cim.file(HALF))
    assert doc(whole)["waivers"] == "no table any more"


@pytest.mark.parametrize("words", JUDGES, ids=ids(JUDGES))
def test_what_judges_a_case_refuses_with_7(words: tuple[str, ...], cim: Cim, rev: str) -> None:
    ran = cim(*ask(cim, words, rev))

    assert ran.code == 7
    assert "written by a newer version (schema 9)" in ran.err


def test_status_says_that_it_cannot_judge_it(cim: Cim, rev: str) -> None:
    for words in (("status",), ("status", HALF)):
        found = cim(*words, "--json")
        assert found.code == 7
        assert [(e["path"], e["code"]) for e in found.json["unreadable"]] == [
            (str(cim.file(HALF)), 7)
        ]
        assert HALF not in [s["id"] for s in found.json["sessions"]]


@pytest.mark.parametrize("words", WRITES, ids=ids(WRITES))
def test_what_changes_a_case_refuses_with_7_and_touches_nothing(
    words: tuple[str, ...], cim: Cim, rev: str
) -> None:
    beside = cim.sessions.parent
    (beside / "answers.toml").write_text('[answers.gather.team]\nmeets = "Mondays"\n')
    (beside / "other.toml").write_bytes(cim.file(FRESH).read_bytes())
    before = tree(cim.sessions)

    refusal(
        cim(*ask(cim, words, rev)), 7, "written by a newer version (schema 9)", "update cim-tui"
    )
    assert tree(cim.sessions) == before


def test_the_list_has_it_and_still_answers_7(cim: Cim, rev: str) -> None:
    ran = cim("list")
    assert ran.code == 7
    assert [line.split()[0] for line in ran.lines].count(HALF) == 1
    assert [line for line in ran.err.splitlines() if "newer" in line] == [
        f"newer: {HALF}.toml was written by a newer version (schema 9); update cim-tui to open it"
    ]

    found = cim("list", "--json").json
    assert {s["id"]: s["newer"] for s in found["sessions"]} == {
        s["id"]: s["id"] == HALF for s in found["sessions"]
    }
    assert len(found["sessions"]) == 3


def test_the_list_has_no_copy_and_nothing_that_was_put_away(cim: Cim) -> None:
    make_newer(cim, "archived = true\n")
    copy = cim.sessions / "copy.toml"
    copy.write_text(cim.file(FRESH).read_text().replace("schema = 1", "schema = 9", 1))

    assert [s["newer"] for s in cim("list", "--json").json["sessions"]] == [False, False]
    put_away = cim("list", "--archived", "--json").json["sessions"]
    assert [s["id"] for s in put_away if s["newer"]] == [HALF]


def test_a_file_that_is_nothing_to_this_version_is_refused_everywhere(cim: Cim) -> None:
    cim.file(HALF).write_text("schema = 9\n[district]\ncalled = 'Oak Grove'\n")

    for words in (*READS, *JUDGES, *WRITES):
        assert cim(*ask(cim, words, "aaaaaaaa.1")).code == 7, words
    assert HALF not in cim("list").out


EACH = [("get",), ("show",), ("show", "--file"), ("log",), ("diff", "now"), ("case", "show", "{}"),
        ("owner", "{}", "gather.team"), ("conflicts",), ("export",)]  # fmt: skip
SHAPES = ["3", '"text"', "[1, 2]", "{ a = 1 }", "{ a = { b = { c = { d = 1 } } } }", "[{ x = 1 }]"]
TABLES = [*sessions.TABLES[2:], "conflicts", "origin", "archived", "example"]


@pytest.mark.parametrize("table", TABLES)
def test_no_shape_of_a_table_makes_a_reading_command_crash(table: str, cim: Cim) -> None:
    own = cim.file(HALF).read_text()
    for shape in SHAPES:
        text = own if table != "answers" else own.partition("[answers")[0]
        cim.file(HALF).write_text(text)
        make_newer(cim, f"{table} = {shape}\n")
        before = tree(cim.sessions)
        for words in EACH:
            ran = cim(*ask(cim, words, "now"))
            assert ran.code in (0, 5), (words, shape, ran.err)
        assert tree(cim.sessions) == before


@pytest.mark.parametrize("shape", [*SHAPES, "true", "1.5", "2025-11-03", "nan"])
def test_no_shape_of_an_answer_makes_a_reading_command_crash(shape: str, cim: Cim) -> None:
    own = cim.file(HALF).read_text().partition("[answers")[0]
    fields = {"team": ("meets", "members"), "facts": ("size", "kinds", "proof")}
    for activity, names in fields.items():
        for name in names:
            cim.file(HALF).write_text(f"{own}\n[answers.gather.{activity}]\n{name} = {shape}\n")
            make_newer(cim, "")
            for words in EACH:
                ran = cim(*ask(cim, words, "now"))
                assert ran.code in (0, 1, 2), (words, name, ran.err)


# Places that cannot be written, as a user who is not root

AS_NOBODY = """\
import os, pkgutil, sys
import cim_tui.cli
from importlib import import_module
from cim_tui.__main__ import main
for module in pkgutil.walk_packages(cim_tui.cli.__path__, "cim_tui.cli."):
    import_module(module.name)
main(["get", "oak-grove-2025-trial"])  # what the program needs is loaded by now
sys.stdout.flush()
if os.geteuid() == 0:
    import pwd
    os.setgroups([])
    nobody = pwd.getpwnam("nobody")
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
os.dup2(2, 1)
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def shared(folder: Path) -> Iterator[Path]:
    """The cases where everybody may read them and only we may change them.

    Not in pytest's own folder, which every run of it closes again for everybody else.
    """
    place = Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR", "/tmp")))  # noqa: S108
    place.chmod(0o755)
    cases = Path(shutil.copytree(folder, place / "cases"))
    for found in (cases, *cases.rglob("*")):
        found.chmod(0o755 if found.is_dir() else 0o644)
    yield cases
    shutil.rmtree(place)


def as_nobody(cases: Path, *words: str) -> tuple[int, str]:
    """What a command answers to somebody who may not do everything."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *words],
        cwd=REPO, capture_output=True, text=True, check=False,
        env={**os.environ, "CIM_SESSIONS": str(cases), "CIM_WORKFLOWS": str(DEFINITIONS),
             "XDG_CONFIG_HOME": str(cases.parent)},
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
@pytest.mark.parametrize("words", [("set", HALF, MEETS, "Fridays"), ("archive", HALF),
                                   ("case", "set", HALF, "level=deep"), ("done", HALF, "gather")])  # fmt: skip
def test_a_change_where_one_may_not_write_is_refused_with_6_and_the_folder(
    words: tuple[str, ...], shared: Path
) -> None:
    shared.chmod(0o555)
    before = tree(shared)
    code, said = as_nobody(shared, *words)
    shared.chmod(0o755)

    assert code == 6, said
    assert f"cim: You may not write in {shared}" in said
    assert f"cim show {HALF} --file" in said
    assert tree(shared) == before


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_a_file_that_may_only_be_read_is_left_alone_in_a_folder_that_is_ones_own(
    shared: Path,
) -> None:
    """The folder alone would do to put a new file in its place: that is not what was meant."""
    path = shared / f"{HALF}.toml"
    path.chmod(0o444)
    if os.geteuid() == 0:
        os.chown(shared, pwd.getpwnam("nobody").pw_uid, -1)
    code, said = as_nobody(shared, "set", HALF, MEETS, "Fridays")

    assert code == 6, said
    assert f"cim: {HALF}.toml is read-only" in said
    assert "Second Tuesday" in path.read_text()


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
@pytest.mark.parametrize("words", [("get", HALF, MEETS), ("check", HALF), ("export", HALF)])
def test_what_may_not_be_changed_can_be_read_and_judged(
    words: tuple[str, ...], cim: Cim, shared: Path
) -> None:
    """A user's right to write is no matter of how complete a case is."""
    shared.chmod(0o555)
    code, said = as_nobody(shared, *words)
    shared.chmod(0o755)

    assert code == cim(*words).code, said
    assert "read-only" not in said
    assert "may not" not in said
