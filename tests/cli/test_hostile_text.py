"""Text that is out to harm: through every command that takes text, and in files written by hand."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import ACTS_ON_TERMINALS, FRESH, HALF, WHOLE, Cim, Ran, Shell, harmless

HOSTILE = {
    "markup": "[/] [/foo] [/ [type=x, v={'a[0]'}] 日本[/語] [@click=app.quit]x[/]",
    "escapes": "\x1b]52;c;aGVsbG8=\x07 \x1b[2J \x1bP+q\x1b\\ \x1b]0;title\x07 \x0e\x08\x7f",
    "C1": "\x9b31m \x9d52;c;aGk=\x9c \x85 \x90",
    "bidi": "\u202egnp.exe\u202c \u2066a\u2069 \u200f\u061c\ufeff",
    "line ends": "a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch",
    "bytes that are no text": "\udcff\udc80 x",
    "formats": "%s%n%99999d {0} {x.__class__} $(touch pwned) `id` ; rm -rf . | ../../x",
    "quotes": "'\"\\ \\u001b = a=b \t",
    "wide": "👩‍👩‍👧 é 日本 " + "̀" * 50,
    "long": "x" * 1_000_000,
}
EVERYTHING = " ".join(text for name, text in HOSTILE.items() if name != "long")
"""All of it in one text; a megabyte goes alone, since it hides nothing."""

NEW = ("new", "--lea", "Pine", "--workflow", "trial", "--year", "2025")
FIELD, ROW, DAY = "gather.team.meets", "gather.team.members.aaaaaa", "2025-10-14"

# Every place of the shell that takes a text of the user's: `{}` stands for it.
LINES: list[tuple[str, ...]] = [
    ("{}",),
    ("list", "{}"),
    ("--by", "{}", "doctor"),
    ("--as-of", "{}", "list"),
    ("new", "--lea", "{}", "--workflow", "trial", "--year", "2025"),
    ("new", "--lea", "Pine", "--workflow", "{}", "--year", "2025"),
    ("new", "--lea", "Pine", "--workflow", "trial", "--year", "{}"),
    *((*NEW, option, "{}") for option in ("--level", "--cds", "--selpa", "--opened", "--start-at")),
    ("status", "{}"),
    ("status", "--fail-on", "{}"),
    ("due", "--within", "{}"),
    ("check", HALF, "--step", "{}"),
    ("check", HALF, "--activity", "{}"),
    ("get", HALF, "{}"),
    ("get", HALF, "gather.team.members.{}"),
    ("get", HALF, f"{ROW}.{{}}"),
    *(("set", HALF, f"gather.facts.{name}", "{}") for name in (
        "word", "prose", "whole", "exact", "part", "cost", "day", "color", "colors",
        "done-things", "agreed", "confidence", "keeper", "helpers", "present", "proof",
    )),
    ("set", HALF, "{}", "x"),
    ("set", HALF, "gather.team.story", "{}"),
    ("set", HALF, "gather.team.members", "{}"),
    ("set", HALF, "gather.team.members", "{}", "--replace"),
    ("set", HALF, FIELD, "--absent", "{}", "--note", "x"),
    ("set", HALF, FIELD, "--absent", "unknown", "--note", "{}"),
    ("set", HALF, "--from", "{}"),
    ("clear", HALF, "{}"),
    ("row", "{}", HALF, "gather.team.members"),
    ("row", "add", HALF, "{}", "name=x"),
    ("row", "add", HALF, "gather.team.members", "{}"),
    ("row", "add", HALF, "gather.team.members", "name={}"),
    ("row", "add", HALF, "gather.team.members", "role={}"),
    ("row", "add", WHOLE, "plan.goals.tasks", "--of", "{}"),
    ("row", "set", HALF, "gather.team.members.{}", "name=x"),
    ("row", "set", HALF, ROW, "name={}"),
    ("row", "move", HALF, ROW, "--up", "{}"),
    ("row", "remove", HALF, "{}"),
    ("row", "import", HALF, "gather.team.members", "{}"),
    ("owner", HALF, "{}"),
    ("owner", HALF, "gather", "--to", "{}"),
    ("owner", HALF, "gather", "--due", "{}"),
    ("done", HALF, "{}"),
    ("reopen", WHOLE, "gather", "--reason", "{}"),
    ("elsewhere", HALF, "{}", "--where", "x", "--on", DAY),
    ("elsewhere", HALF, "gather", "--where", "{}", "--on", DAY),
    ("elsewhere", HALF, "gather", "--where", "x", "--on", DAY, "--link", "{}"),
    ("sign", WHOLE, "plan", "--name", "{}", "--role", "board"),
    ("sign", WHOLE, "plan", "--name", "x", "--role", "{}"),
    ("sign", WHOLE, "plan", "--name", "x", "--role", "board", "--evidence", "{}"),
    ("submit", HALF, "gather", "--on", DAY, "--ref", "{}"),
    ("submit", HALF, "gather", "--on", DAY, "--cde", "returned", "--note", "{}"),
    ("waive", FRESH, "gather.team.members", "--rule", "{}", "--reason", "x"),
    ("waive", FRESH, "gather.team.members", "--rule", "selpa-member", "--reason", "{}"),
    ("waive", FRESH, "{}", "--rule", "selpa-member", "--reason", "x"),
    ("unwaive", FRESH, "{}", "--rule", "selpa-member"),
    ("case", "set", HALF, "{}"),
    ("case", "set", HALF, "level={}"),
    ("case", "set", HALF, "year={}"),
    ("log", WHOLE, "{}"),
    ("log", WHOLE, "--by", "{}"),
    ("log", WHOLE, "--since", "{}"),
    ("show", WHOLE, "--at", "{}"),
    ("show", WHOLE, "{}"),
    ("diff", WHOLE, "{}"),
    ("diff", WHOLE, "now", "now", "--field", "{}"),
    ("restore", WHOLE, "{}"),
    ("restore", WHOLE, "now", "--field", "{}"),
    ("conflicts", "{}"),
    ("resolve", HALF, "{}", "--take", "mine"),
    ("resolve", HALF, FIELD, "--take", "{}"),
    ("resolve", HALF, FIELD, "--take", "text", "--text", "{}"),
    ("send", HALF, "-o", "{}"),
    ("merge", HALF, "{}"),
    ("merge", HALF, f"{WHOLE}.toml", "--from", "{}"),
    ("verify", "{}"),
    ("redact", HALF, "{}", "--reason", "x"),
    ("redact", HALF, FIELD, "--reason", "{}"),
    ("redact", HALF, "--text", "{}", "--reason", "x"),
    ("doctor", "--verify-fs", "{}"),
    ("init", "{}", "--team", "no-such-group-here"),
    ("init", ".", "--team", "{}"),
    ("export", WHOLE, "--step", "{}"),
    ("export", WHOLE, "-o", "{}"),
    ("workflow", "show", "{}"),
    ("workflow", "lint", "{}"),
    ("workflow", "schema", "{}"),
    ("workflow", "new", "{}"),
    ("workflow", "copy", "trial", "{}"),
    ("workflow", "try", "{}", "--no-open"),
    ("completion", "{}"),
]  # fmt: skip

READING: list[tuple[str, ...]] = [
    ("list",), ("list", "--json"), ("status",), ("status", "--json"), ("status", "--short"),
    ("due",), ("due", "--json"), ("doctor",), ("doctor", "--json"), ("verify",),
    ("verify", "--json"),
]  # fmt: skip
READING_ONE: list[tuple[str, ...]] = [
    ("status", "{}"), ("next", "{}"), ("next", "{}", "--json"), ("check", "{}", "--sources"),
    ("check", "{}", "--json"), ("get", "{}"), ("get", "{}", "--json"), ("case", "show", "{}"),
    ("case", "show", "{}", "--json"), ("owner", "{}", "gather"),
    ("log", "{}"), ("log", "{}", "--json"), ("show", "{}"), ("show", "{}", "--json"),
    ("show", "{}", "--file"), ("diff", "{}", "now"), ("conflicts", "{}"), ("verify", "{}"),
    ("export", "{}", "--to", "md", "--working-copy"),
    ("export", "{}", "--to", "html", "--working-copy"),
    ("export", "{}", "--to", "json", "--working-copy"),
]  # fmt: skip


def says_little(ran: Ran) -> None:
    """Assert that an answer is harmless, and that a refusal is one line."""
    harmless(ran)
    assert len(ran.err) < 3000
    if ran.err.startswith("cim: "):
        assert ran.err.count("\n") == 1


def still_whole(cim: Cim) -> None:
    """Assert that every file of the folder can be read, and shown without harm."""
    for words in (("status",), ("list", "--json")):
        ran = cim(*words)
        says_little(ran)
        assert ran.code in (0, 1), ran.err


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_hostile_text_is_taken_or_refused_and_harms_nothing(
    line: tuple[str, ...], cim: Cim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for text in (EVERYTHING, HOSTILE["long"]):
        says_little(cim(*(word.replace("{}", text) for word in line)))
    still_whole(cim)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_in_an_answer_is_kept_clean_and_shown_without_harm(
    name: str, cim: Cim
) -> None:
    says_little(cim("set", WHOLE, "gather.facts.prose", HOSTILE[name]))
    says_little(cim("row", "add", WHOLE, "gather.team.members", f"name={HOSTILE[name]}"))
    says_little(cim("owner", WHOLE, "gather", "--to", HOSTILE[name]))
    assert not ACTS_ON_TERMINALS.search(cim.file(WHOLE).read_text())
    for words in READING_ONE:
        harmless(cim(*(word.replace("{}", WHOLE) for word in words)))


def test_hostile_bytes_come_through_real_arguments(shell: Shell) -> None:
    raw = b"\xff\xfe \x1b]52;c;aGk=\x07 \xc2\x9b31m \xe2\x80\xae"
    assert shell.run("set", HALF, FIELD, raw).code == 0
    ran = shell.run("get", HALF, FIELD)
    harmless(ran)
    assert "\ufffd" in ran.out


def test_nul_and_escapes_come_through_a_real_pipe(shell: Shell) -> None:
    ran = shell.run("set", HALF, "gather.facts.prose", "-", stdin=b"a\0b\x1b[2Jc\r\nd")
    assert ran.code == 0
    shown = shell.run("get", HALF, "gather.facts.prose")
    assert shown.out == "a\ufffdb\ufffd[2Jc\nd\n"


def test_a_lone_surrogate_in_json_does_not_keep_the_case_from_being_saved(cim: Cim) -> None:
    assert cim("set", HALF, "gather.team.members", '[{"name": "a\\ud800b"}]').code == 0
    assert cim.value(HALF, "gather.team.members")[2]["name"] == "a\ufffdb"


def test_a_megabyte_comes_through_a_pipe_and_back_unchanged(shell: Shell) -> None:
    text = "Zeile mit Umläuten äöü.\n" * 42_000
    assert shell.run("set", HALF, "gather.facts.prose", "-", stdin=text.encode()).code == 0
    assert shell.run("get", HALF, "gather.facts.prose").out == text + "\n"


def test_a_case_that_would_grow_over_four_mebibytes_is_not_saved(cim: Cim) -> None:
    part = b"x" * 2_200_000
    assert cim("set", HALF, "gather.facts.prose", "-", stdin=part).code == 0
    before = cim.snapshot()
    ran = cim("set", HALF, "gather.team.story", "-", stdin=part)
    assert ran.code == 6
    assert ran.err == "cim: NOT SAVED: the case is larger than 4 MiB; shorten the longest texts\n"
    assert cim.snapshot() == before


# Files written by hand: TOML may carry every control legally, as an escape

ESCAPED = "\\u001b]52;c;aGk=\\u0007\\u009b31m\\u202e\\ufeff\\r\\n[/]\\u0000"


def written_by_hand(cim: Cim) -> str:
    """A case in which every text and every key that may be free is hostile."""
    case = "by-hand"
    cim.file(case).write_text(
        f'schema = 1\nuid = "{ESCAPED}"\nid = "{ESCAPED}"\n'
        f'[lea]\nname = "{ESCAPED}"\nselpa = "{ESCAPED}"\ncds = "{ESCAPED}"\n'
        '[case]\nworkflow = "trial"\nedition = "1"\nyear = 2025\n'
        f'level = "{ESCAPED}"\ncategory = "{ESCAPED}"\n'
        f'[step.gather]\nowner = "{ESCAPED}"\n'
        f'[elsewhere."gather.facts"]\nwhere = "{ESCAPED}"\non = 2025-10-01\nby = "{ESCAPED}"\n'
        f'[answers.gather.team]\nmeets = "{ESCAPED}"\nstory = "{ESCAPED}"\n"{ESCAPED}" = 1\n'
        f'[answers.gather.team.members."{ESCAPED}"]\nname = "{ESCAPED}"\nrole = "{ESCAPED}"\n'
        f'"{ESCAPED}" = "{ESCAPED}"\nlead = "{ESCAPED}"\n'
        f'[answers.gather.facts]\nwhole = "{ESCAPED}"\nday = "{ESCAPED}"\ncolor = "{ESCAPED}"\n'
        f'colors = ["{ESCAPED}"]\nkeeper = "{ESCAPED}"\n'
        f'[answers."{ESCAPED}"."{ESCAPED}"]\nx = "{ESCAPED}"\n'
        f'[absent."{ESCAPED}"]\ncode = "{ESCAPED}"\nnote = "{ESCAPED}"\n'
        f'[absent."gather.team.story"]\ncode = "{ESCAPED}"\nnote = "{ESCAPED}"\n'
        f'[waivers."{ESCAPED}"]\naddress = "{ESCAPED}"\nrule = "{ESCAPED}"\nby = "{ESCAPED}"\n'
        f'[signoffs."{ESCAPED}"]\nscope = "plan"\nrole = "board"\nname = "{ESCAPED}"\n'
        f'[submissions."{ESCAPED}"]\nstep = "gather"\non = 2025-10-01\nref = "{ESCAPED}"\n'
        f'[newer-table]\n"{ESCAPED}" = "{ESCAPED}"\n'
    )
    return case


@pytest.mark.parametrize("words", [*READING, *READING_ONE], ids=" ".join)
def test_a_hostile_file_is_shown_without_harm(words: tuple[str, ...], cim: Cim) -> None:
    case = written_by_hand(cim)
    harmless(cim(*(word.replace("{}", case) for word in words)))


def test_a_hostile_file_can_be_worked_on(cim: Cim) -> None:
    case = written_by_hand(cim)
    assert cim("set", case, FIELD, "Fridays").code == 0
    assert cim("clear", case, "gather.facts.whole").code == 0
    assert cim.value(case, FIELD) == "Fridays"


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_hostile_file_name_is_shown_without_harm(words: tuple[str, ...], cim: Cim) -> None:
    for name in (b"\x1b]52;c;aGk=\x07\x9b\xff.toml", "\u202egnp\x9b\n.toml".encode()):
        Path(os.fsdecode(os.fsencode(cim.sessions) + b"/" + name)).write_text("broken =\n")
    ran = cim(*words)
    harmless(ran)
    assert ran.code == 4


def test_a_hostile_path_arrives_exactly_in_json(cim: Cim) -> None:
    path = cim.sessions / "\x1b[31m\u202e.toml"
    path.write_text("broken =\n")
    ran = cim("list", "--json")
    harmless(ran)
    assert ran.json["unreadable"][0]["path"] == str(path)


def test_a_hostile_damaged_file_is_described_without_harm(cim: Cim) -> None:
    cim.file("broken").write_bytes(b'schema = 1\n"\x1b]52;c;aGk=\x07" = \x1b\n')
    ran = cim("status")
    harmless(ran)
    assert ran.code == 4


def test_a_hostile_folder_name_is_shown_without_harm(cim: Cim, tmp_path: Path) -> None:
    place = tmp_path / "\x1b]0;x\x07\u202e\n"
    for words in (("list",), ("list", "--json"), ("doctor",), NEW, ("status",), ("status", "x")):
        harmless(cim("--sessions", str(place), *words))


@pytest.mark.parametrize("variable", ["CIM_USER", "CIM_TODAY", "CIM_SESSIONS", "CIM_WORKFLOWS",
                                      "CIM_SETTINGS", "TERM"])  # fmt: skip
def test_a_hostile_environment_harms_nothing(
    variable: str, cim: Cim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, EVERYTHING)
    for words in (("doctor",), ("doctor", "--json"), ("done", HALF, "gather"), ("status",)):
        harmless(cim(*words))


# Numbers that are small to write and huge to write out

HUGE = "1e999999999"


def with_little_memory(shell: Shell, *words: str) -> Ran:
    """Run a command that may take a quarter of a gibibyte beyond what it needs to start."""
    done = subprocess.run(
        [sys.executable, "-m", "cim_tui", *words],
        env={**os.environ, **shell.env},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def holding_a_huge_number(shell: Shell, field: str) -> str:
    """A case in which somebody wrote such a number by hand."""
    path = shell.sessions / "huge.toml"
    text = (shell.sessions / f"{HALF}.toml").read_text()
    path.write_text(text + f"\n[answers.gather.facts]\n{field} = {HUGE}\n")
    return "huge"


@pytest.mark.parametrize(
    "words",
    [
        "exact",
        "part",
        "cost",
        "exact --json",
        "cost --json",
    ],
)
def test_a_huge_number_in_a_file_is_shown_without_writing_it_out(words: str, shell: Shell) -> None:
    field, *options = words.split()
    case = holding_a_huge_number(shell, field)
    ran = with_little_memory(shell, "get", case, f"gather.facts.{field}", *options)
    harmless(ran)
    assert ran.code == 0, ran.err


def test_a_huge_number_in_a_step_that_is_done_does_not_stop_status(shell: Shell) -> None:
    case = holding_a_huge_number(shell, "cost")
    assert with_little_memory(shell, "submit", case, "gather", "--on", DAY).code == 0
    harmless(with_little_memory(shell, "status", case))


def test_a_huge_number_in_json_is_refused_without_writing_it_out(shell: Shell) -> None:
    ran = with_little_memory(shell, "set", HALF, "gather.team.members", f'[{{"hours": {HUGE}}}]')
    assert ran.code == 2
    assert ran.err.count("\n") == 1
