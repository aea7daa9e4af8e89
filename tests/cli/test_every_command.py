"""What holds for every command: help, an example that parses, unknown options, the same refusals."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cim_tui.cli.commands import COMMANDS
from cim_tui.cli.run import _decoded, parser_for
from tests.cli.shell import FRESH, HALF, WHOLE, Cim, Shell, harmless, refusal

NAMES = sorted(COMMANDS)

# A command line for each command that must answer on the folder of three cases, with its code.
LINES: dict[str, tuple[str, int]] = {
    "archive": (f"archive {FRESH}", 0),
    "case": (f"case show {FRESH}", 0),
    "check": (f"check {FRESH}", 1),
    "clear": (f"clear {HALF} gather.team.meets", 0),
    "completion": ("completion fish", 0),
    "confirm": (f"confirm {HALF} gather", 2),  # nothing was copied in
    "conflicts": (f"conflicts {HALF}", 0),
    "demo": ("demo --no-open --sessions {new}", 0),
    "diff": (f"diff {HALF} now", 0),
    "doctor": ("doctor", 0),
    "done": (f"done {HALF} gather", 0),
    "due": ("due", 0),
    "elsewhere": (f"elsewhere {FRESH} gather --where County --on 2025-09-12", 0),
    "export": (f"export {WHOLE} --to md", 0),
    "get": (f"get {HALF} gather.team.meets", 0),
    "init": ("init {new}", 0),
    "level": ("level --year 2023 --elements-missed 2", 0),
    "list": ("list", 0),
    "log": (f"log {HALF}", 0),
    "merge": (f"merge {HALF} nothing.toml", 3),  # no such file
    "new": ("new --lea Pine --workflow trial --year 2025", 0),
    "next": (f"next {FRESH}", 1),
    "open": ("open", 2),  # no terminal here
    "owner": (f"owner {HALF} gather.team --to 'Ana Ruiz'", 0),
    "redact": (f"redact {HALF} --text 'Bo Lind' --reason 'A child'", 1),  # in another case too
    "reopen": (f"reopen {WHOLE} gather --reason 'New data'", 0),
    "resolve": (f"resolve {HALF} gather.team.meets --take mine", 2),  # nothing waits
    "restore": (f"restore {HALF} now", 2),  # nothing differs
    "row": (f"row add {HALF} gather.team.members name=Kim", 0),
    "send": (f"send {HALF} -o /dev/null", 2),  # not a file
    "set": (f"set {HALF} gather.team.meets Monday", 0),
    "show": (f"show {HALF}", 0),
    "sign": (f"sign {WHOLE} plan --name 'M. Board' --role board", 0),
    "status": ("status", 1),
    "submit": (f"submit {FRESH} gather --on 2025-10-14", 0),
    "unarchive": (f"unarchive {FRESH}", 0),
    "unwaive": (f"unwaive {FRESH} gather.team.members --rule selpa-member", 2),  # nothing waived
    "verify": ("verify", 1),  # the folder of this test can be read by others
    "waive": (f"waive {FRESH} gather.team.members --rule selpa-member --reason 'In May'", 0),
    "workflow": ("workflow list", 0),
}

TAKES_A_CASE = {
    name: line.replace(FRESH, "{id}").replace(HALF, "{id}").replace(WHOLE, "{id}")
    for name, (line, _) in LINES.items()
    if any(case in line for case in (FRESH, HALF, WHOLE))
}


def test_every_command_of_the_table_is_tried_here() -> None:
    assert sorted(LINES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_command_runs_as_a_process_of_its_own(name: str, shell: Shell, tmp_path: Path) -> None:
    line, code = LINES[name]
    ran = shell.run(*shlex.split(line.format(new=tmp_path / "new")))
    assert ran.code == code, ran.err
    harmless(ran)


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_purpose_and_an_example(name: str, cim: Cim) -> None:
    ran = cim(name, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith(f"usage: cim {name}")
    assert COMMANDS[name].does[1:] in ran.out
    assert f"\nExample:\n  cim {name}" in ran.out


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_the_help_parses(name: str, cim: Cim) -> None:
    example = cim(name, "--help").out.split("Example:\n  ")[1].splitlines()[0]
    words = shlex.split(example.partition(" > ")[0])
    assert words[:2] == ["cim", name]
    parser_for(COMMANDS[name]).parse_args(words[2:])


def test_the_example_of_the_overview_parses(cim: Cim) -> None:
    line = next(line for line in cim("--help").lines if line.startswith("Example: "))
    words = shlex.split(line.removeprefix("Example: "))
    parser_for(COMMANDS[words[1]]).parse_args(words[2:])


def test_the_overview_names_every_command_with_what_it_does(cim: Cim) -> None:
    ran = cim("--help")
    assert ran.code == 0
    for entry in COMMANDS.values():
        assert f"  {entry.name:<12}{entry.does}" in ran.lines


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_the_overview_is_reached_in_three_ways(words: list[str], cim: Cim) -> None:
    assert cim(*words).out.startswith("cim walks a team through")


@pytest.mark.parametrize("words", [["--version"], ["-V"]])
def test_the_version_is_one_line(words: list[str], cim: Cim) -> None:
    ran = cim(*words)
    assert ran.code == 0
    assert ran.out.startswith("cim ")
    assert len(ran.lines) == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_does_not_exist_is_refused_in_one_line(name: str, cim: Cim) -> None:
    line, _ = LINES[name]
    before = cim.snapshot()
    ran = cim(*shlex.split(line.format(new="new")), "--no-such-option")
    refusal(ran, 2, "--no-such-option", f"See: cim {name} --help")
    assert cim.snapshot() == before


@pytest.mark.parametrize("name", NAMES)
def test_an_option_is_not_guessed_from_its_beginning(name: str, cim: Cim) -> None:
    line, _ = LINES[name]
    refusal(cim(*shlex.split(line.format(new="new")), "--sess", "x"), 2, "--sess")


@pytest.mark.parametrize("name", sorted(TAKES_A_CASE))
def test_an_unknown_case_is_refused_with_3_and_the_nearest_names(name: str, cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim(*shlex.split(TAKES_A_CASE[name].format(id="oak-grov-2025")))
    refusal(ran, 3, "There is no case", "did you mean", HALF)
    assert cim.snapshot() == before


@pytest.mark.parametrize("name", sorted(TAKES_A_CASE))
def test_a_prefix_that_fits_two_cases_is_refused_and_names_both(name: str, cim: Cim) -> None:
    other = cim.file("oak-meadow-2025-trial")
    other.write_bytes(cim.file(HALF).read_bytes())
    ran = cim(*shlex.split(TAKES_A_CASE[name].format(id="oak")))
    refusal(ran, 3, "fits 2 cases", HALF, "oak-meadow-2025-trial")


@pytest.mark.parametrize("name", sorted(TAKES_A_CASE))
def test_a_prefix_that_fits_one_case_names_it(name: str, cim: Cim) -> None:
    line, code = LINES[name]
    words = [word.partition("-")[0] if word.endswith("-2025-trial") else word
             for word in shlex.split(line)]  # fmt: skip
    ran = cim(*words)
    assert ran.code == code, ran.err


def test_a_case_is_found_by_its_path_from_anywhere(cim: Cim, tmp_path: Path) -> None:
    path = cim.file(HALF)
    ran = cim("--sessions", str(tmp_path / "empty"), "get", str(path), "gather.team.meets")
    assert ran.out == "Second Tuesday of the month\n"


def test_a_path_to_nothing_is_refused_with_3(cim: Cim) -> None:
    refusal(cim("check", "./nothing.toml"), 3, "There is no file ./nothing.toml")


def test_a_change_by_path_is_written_to_that_file(cim: Cim, tmp_path: Path) -> None:
    own = tmp_path / "elsewhere.toml"
    own.write_bytes(cim.file(HALF).read_bytes())
    before = cim.snapshot()
    assert cim("set", str(own), "gather.team.meets", "Friday").code == 0
    assert b'meets = "Friday"' in own.read_bytes()
    assert cim.snapshot() == before


def test_an_unknown_command_names_the_nearest(cim: Cim) -> None:
    refusal(cim("statsu"), 2, "There is no command “statsu”; did you mean status")


def test_a_word_that_is_like_no_command_points_to_the_help(cim: Cim) -> None:
    refusal(cim("xyzzy"), 2, "There is no command “xyzzy”; see: cim --help")


def test_without_a_command_the_screen_is_asked_for_and_needs_a_terminal(cim: Cim) -> None:
    refusal(cim(), 2, "The screen needs a terminal", "cim --help")


@pytest.mark.parametrize("words", [["list", "--sessions", "{}"], ["--sessions", "{}", "list"],
                                   ["--sessions={}", "list"], ["list", "--sessions={}"]])  # fmt: skip
def test_global_options_stand_before_or_after_the_command(
    words: list[str], cim: Cim, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    ran = cim(*(word.format(empty) for word in words))
    assert ran.code == 0
    assert ran.out == ""
    assert ran.err == f"No cases in {empty} (--sessions)\n"


def test_what_stands_after_the_command_wins(cim: Cim, tmp_path: Path) -> None:
    ran = cim("--sessions", str(tmp_path), "list", "--sessions", str(cim.sessions))
    assert len(ran.lines) == 3


def test_all_three_global_options_go_in_front_together(cim: Cim) -> None:
    words = ["--by", "Kim", "--as-of", "2025-12-24", "--sessions", str(cim.sessions)]
    ran = cim(*words, "doctor", "--json")
    assert ran.json["you"] == "Kim"
    assert ran.json["today"] == "2025-12-24"
    assert ran.json["sessions"] == f"{cim.sessions} (--sessions)"


def test_global_options_alone_open_the_screen() -> None:
    assert _decoded(["--by", "Kim"]) == ["open", "--by", "Kim"]


def test_a_global_option_without_its_value_is_refused(cim: Cim) -> None:
    refusal(cim("--sessions"), 2, "--sessions: expected one argument")


@pytest.mark.parametrize("day", ["tomorrow", "2025-13-01", "2025-02-30", "1.2.2025"])
def test_a_day_that_cannot_be_read_is_refused(day: str, cim: Cim) -> None:
    refusal(cim("--as-of", day, "list"), 2, day, "2025-10-01", "--as-of")


def test_a_bad_day_in_the_environment_is_refused_too(
    cim: Cim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIM_TODAY", "soon")
    refusal(cim("list"), 2, "soon", "CIM_TODAY")


SOMEWHERE_ELSE = {"open", "demo", "completion", "init", "workflow"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - SOMEWHERE_ELSE))
def test_nothing_is_left_behind_but_what_the_command_is_for(name: str, cim: Cim) -> None:
    """Reading writes nothing; a change touches one file and leaves no half file beside it."""
    before = cim.snapshot()
    line, _ = LINES[name]
    cim(*shlex.split(line))
    after = cim.snapshot()
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert len(changed) <= 1
    known = {".cim", ".gitignore", "workflows", *after}
    assert {path.name for path in cim.sessions.iterdir()} <= known
    assert not list(cim.sessions.rglob("*.tmp"))
