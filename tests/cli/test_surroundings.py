"""Locales, pipes, interrupts and completion: the shell as other programs meet it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cim_tui.cli.commands import COMMANDS
from tests.cli.shell import HALF, WHOLE, Cim, Shell, harmless

PROSE = "Muñoz – 日本 → “quoted”"

# What cron, containers and old servers set.
POOR = {
    "C": {"LANG": "C", "LC_ALL": "C"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "strict ascii": {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
}
TALKING = [
    ("--help",), ("set", "--help"), ("status",), ("status", "--json"), ("get", HALF),
    ("get", HALF, "gather.team.meet"),
]  # fmt: skip


@pytest.mark.parametrize("name", POOR)
def test_no_encoding_of_the_terminal_stops_a_command(name: str, shell: Shell) -> None:
    shell.run("set", HALF, "gather.team.meets", PROSE)
    shell.run("new", "--lea", PROSE, "--workflow", "trial", "--year", "2025")
    for words in TALKING:
        ran = shell.run(*words, env=POOR[name], encoding="latin-1")
        assert "Encode" not in ran.err, words
        assert "Traceback" not in ran.err, words
        assert ran.code in (0, 1, 2), (words, ran.err)


@pytest.mark.parametrize("name", POOR)
def test_what_is_typed_under_a_poor_encoding_is_kept_whole(name: str, shell: Shell) -> None:
    assert shell.run("set", HALF, "gather.team.meets", PROSE, env=POOR[name]).code == 0
    assert shell.run("get", HALF, "gather.team.meets").out == PROSE + "\n"


@pytest.mark.parametrize("name", POOR)
def test_what_comes_through_a_pipe_is_utf8_whatever_the_locale(name: str, shell: Shell) -> None:
    words = ("set", HALF, "gather.facts.prose", "-")
    assert shell.run(*words, stdin=PROSE.encode(), env=POOR[name]).code == 0
    assert shell.run("get", HALF, "gather.facts.prose").out == PROSE + "\n"


def test_a_machine_without_a_home_or_a_user_still_answers(shell: Shell) -> None:
    empty = {name: value for name, value in shell.env.items() if name.startswith("CIM_")}
    done = subprocess.run(
        [sys.executable, "-m", "cim_tui", "status", WHOLE],
        env=empty,
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_traceback(closed: str, shell: Shell) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"$0" -m cim_tui status {WHOLE} {closed}', sys.executable],
        env={**os.environ, **shell.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


def test_an_interrupt_answers_130_and_changes_nothing(shell: Shell) -> None:
    """It waits for stdin when the signal comes."""
    path = shell.sessions / f"{HALF}.toml"
    before = path.read_bytes()
    # The program tells through the pipe that it is reading, before it is interrupted.
    code = (
        "import io, os, sys\n"
        "class Told(io.BytesIO):\n"
        "    def read(self, size=-1):\n"
        "        os.write(1, b'reading')\n"
        "        return os.read(0, size)\n"
        "class Stdin:\n"
        "    buffer = Told()\n"
        "sys.stdin = Stdin()\n"
        "from cim_tui.__main__ import main\n"
        f"sys.exit(main(['set', '{HALF}', 'gather.team.meets', '-']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **shell.env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(7) == b"reading"
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 130
        assert running.stderr.read() == b""
    assert path.read_bytes() == before


# Completion


def completed(shell: Shell, line: str) -> list[str]:
    """What bash offers for a line, from the script sourced as a user sources it."""
    script = (
        'source <("$PYTHON" -m cim_tui completion bash) || exit 9\n'
        f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        f"COMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}\n"
        "spec=$(complete -p cim) || exit 8\n"
        'function=${spec##*-F }; function=${function%% *}\n'
        '"$function" cim "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )  # fmt: skip
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**os.environ, **shell.env, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_the_name_of_a_command(shell: Shell) -> None:
    assert completed(shell, "cim stat") == ["status"]


def test_bash_offers_every_command(shell: Shell) -> None:
    assert set(completed(shell, "cim ''")) >= set(COMMANDS)


def test_bash_completes_an_option_of_the_command(shell: Shell) -> None:
    assert completed(shell, "cim status --fail") == ["--fail-on"]


def test_bash_completes_the_choices_of_an_option(shell: Shell) -> None:
    assert completed(shell, "cim status --fail-on over") == ["overdue"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_completion_script_is_text_that_names_every_command(name: str, cim: Cim) -> None:
    ran = cim("completion", name)
    assert ran.code == 0
    harmless(ran)
    for command in COMMANDS:
        assert command in ran.out


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_completion_script_is_understood_by_its_shell(
    name: str, cim: Cim, tmp_path: Path, needs: Callable[[str], str]
) -> None:
    program = needs(name)
    file = tmp_path / "cim"
    file.write_text(cim("completion", name).out)
    done = subprocess.run(
        [program, "-n", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_shell_that_is_not_known_is_refused(cim: Cim) -> None:
    ran = cim("completion", "csh")
    assert ran.code == 2
    assert "bash" in ran.err
