"""The shell where people meet it: in a terminal of 80 by 24, with somebody at the keys."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cim_tui.cli.commands import COMMANDS
from tests.terminal.screen import Terminal

pytestmark = pytest.mark.terminal

LEA = "Elm Flat"
CASE = "elm-flat-2023-intensive"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one case, made in a terminal."""
    place = tmp_path_factory.mktemp("cases")
    words = ["new", "--lea", LEA, "--workflow", "intensive", "--year", "2023"]
    with Terminal(*words, env={"CIM_SESSIONS": str(place)}) as terminal:
        assert terminal.wait_for_end() == 0
        assert terminal.text() == CASE
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A copy of the folder for this test alone, named in the environment."""
    place = tmp_path / "cases"
    place.mkdir()
    (place / f"{CASE}.toml").write_bytes((made / f"{CASE}.toml").read_bytes())
    monkeypatch.setenv("CIM_SESSIONS", str(place))
    return place


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., Terminal]]:
    """Run a command to its end and keep the screen it left."""
    opened: list[Terminal] = []

    def to_the_end(*words: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        terminal = Terminal(*words, size=size)
        opened.append(terminal)
        terminal.wait_for_end()
        return terminal

    yield to_the_end
    for terminal in opened:
        terminal.close()


def test_the_overview_fits_80_columns(run: Callable[..., Terminal]) -> None:
    lines = run("--help", size=(80, 60)).lines()
    assert "Usage: cim [COMMAND] [OPTIONS]        cim COMMAND --help explains one" in lines
    for entry in COMMANDS.values():
        assert f"  {entry.name:<12}{entry.does}" in lines


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (132, 50)])
def test_status_is_readable_at_any_size(
    size: tuple[int, int], run: Callable[..., Terminal]
) -> None:
    assert "Next:" in run("status", size=size).text()


def test_a_short_status_takes_one_line_of_80(run: Callable[..., Terminal]) -> None:
    screen = run("status", "--short")
    assert screen.text().startswith(f"{LEA}: step 1 not started, ")
    assert screen.cursor() == (1, 0)


@pytest.mark.parametrize(
    "words", [["--help"], ["status"], ["check", CASE], ["list"], ["statsu"], ["status", "--help"]]
)
def test_no_command_but_the_screen_sends_a_single_escape(
    words: list[str], run: Callable[..., Terminal]
) -> None:
    assert b"\x1b" not in run(*words).raw


def test_hostile_text_acts_on_no_terminal(run: Callable[..., Terminal]) -> None:
    hostile = "\x1b]0;taken over\x07\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\u202eend"
    run("set", CASE, "gather.cim-team.meets", hostile)
    screen = run("get", CASE, "gather.cim-team.meets")
    assert screen.title == ""
    assert (
        screen.text()
        == "\ufffd]0;taken over\ufffd\ufffd]52;c;aGk=\ufffd\ufffd[2J\ufffd31m\ufffdend"
    )


def test_an_answer_is_typed_and_ended_with_ctrl_d(
    folder: Path, run: Callable[..., Terminal]
) -> None:
    with Terminal("set", CASE, "gather.cim-team.missing-voices", "-") as terminal:
        terminal.type("Nobody from the middle school.\n")
        terminal.wait_for("Nobody from the middle school.")  # the terminal's own echo
        terminal.press("ctrl+d")
        assert terminal.wait_for_end() == 0
    assert run("get", CASE, "gather.cim-team.missing-voices").lines()[0] == (
        "Nobody from the middle school."
    )


def test_ctrl_c_ends_a_command_with_130_and_without_a_word(folder: Path) -> None:
    before = (folder / f"{CASE}.toml").read_bytes()
    # The program tells when it waits for input, so that the key does not come too early.
    code = (
        "import sys, io\n"
        "real = sys.stdin.buffer\n"
        "class Told:\n"
        "    class buffer:\n"
        "        @staticmethod\n"
        "        def read(size=-1):\n"
        "            sys.stdout.write('reading'); sys.stdout.flush()\n"
        "            return real.read(size)\n"
        "sys.stdin = Told\n"
        "from cim_tui.__main__ import main\n"
        f"sys.exit(main(['set', '{CASE}', 'gather.cim-team.meets', '-']))\n"
    )
    with Terminal(program=(sys.executable, "-c", code)) as terminal:
        terminal.wait_for("reading")
        terminal.press("ctrl+c")
        assert terminal.wait_for_end() == 130
        assert terminal.text() == "reading^C"
    assert (folder / f"{CASE}.toml").read_bytes() == before


def test_tab_completes_a_command_in_a_real_bash(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "bin"
    place.mkdir()
    cim = place / "cim"
    cim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cim_tui "$@"\n')
    cim.chmod(0o755)
    env = {"PATH": f"{place}{os.pathsep}{os.environ['PATH']}", "PS1": "$ ", "INPUTRC": os.devnull}
    with Terminal("--norc", "--noprofile", "-i", program=("bash",), env=env) as terminal:
        terminal.wait_for("$")
        terminal.type('source <(cim completion bash) && echo "ready"\n')
        terminal.wait_until(lambda: "ready" in terminal.lines(), "the completion to load")
        terminal.type("cim stat")
        terminal.press("tab")
        terminal.wait_for("cim status")
        terminal.type("--sh")
        terminal.press("tab")
        terminal.wait_for("cim status --short")
        terminal.press("enter")
        terminal.wait_for(f"{LEA}: step 1 not started")


# The one command that draws: that it opens, and leaves the terminal as it found it


@pytest.mark.parametrize("words", [[], ["open"], ["open", CASE], ["open", "elm"]])
def test_the_screen_opens_in_a_terminal(words: list[str], folder: Path) -> None:
    with Terminal(*words) as terminal:
        terminal.wait_for(LEA)
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0


def test_a_case_that_is_not_there_opens_no_screen(run: Callable[..., Terminal]) -> None:
    screen = run("open", "nowhere")
    assert screen.text().startswith("cim: There is no case “nowhere”")
    assert b"\x1b" not in screen.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_screen_and_gives_the_terminal_back(
    number: signal.Signals, folder: Path
) -> None:
    with Terminal() as terminal:
        terminal.wait_for(LEA)
        terminal.send_signal(number)
        assert terminal.wait_for_end() > 0
        assert b"\x1b[?1049l" in terminal.raw
        assert b"\x1b[?25h" in terminal.raw


def test_the_demo_opens_in_a_terminal(folder: Path, tmp_path: Path) -> None:
    with Terminal("demo", "--sessions", str(tmp_path / "demo")) as terminal:
        terminal.wait_for("Quail Ridge")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0
