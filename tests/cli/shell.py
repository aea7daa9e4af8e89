"""The shell as the tests speak to it: as a process of its own, or inside this one."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cim_tui.__main__ import main

DEFINITIONS = Path(__file__).resolve().parent / "definitions"
"""A small process of the tests' own, `trial`: prose and rules of the shipped ones may change."""

FRESH, HALF, WHOLE = "elm-flat-2025-trial", "oak-grove-2025-trial", "quail-ridge-2025-trial"
"""Cases of the folder: nothing entered, the first step ready, everything done and signed."""

DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 7}
"""Exit codes of a command that ran to its end without a fault of the program."""

ACTS_ON_TERMINALS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)
"""Characters that no output may hold: all controls but newline and tab."""


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stdout holds: the one JSON object it has to be."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The data, line by line."""
        return self.out.splitlines()


def refusal(ran: Ran, code: int, *wanted: str) -> None:
    """Assert that a command refused as it should: one clear line, and nothing as data."""
    assert ran.code == code, (ran.out, ran.err)
    assert ran.out == ""
    assert ran.err.startswith("cim: ")
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1, ran.err
    assert len(ran.err) < 1000
    for text in wanted:
        assert text in ran.err


def harmless(ran: Ran) -> None:
    """Assert that an answer cannot act on a terminal, and that nothing crashed."""
    assert ran.code in DOCUMENTED, ran.err
    assert "Traceback" not in ran.err
    for text in (ran.out, ran.err):
        assert not ACTS_ON_TERMINALS.search(text), ascii(text[:400])


class Shell:
    """Runs `cim` as a process of its own.

    Args:
        sessions: the folder of cases.
        env: variables beside the frozen ones.
    """

    def __init__(self, sessions: Path, env: Mapping[str, str] | None = None) -> None:
        self.sessions = sessions
        self.env = {"CIM_SESSIONS": str(sessions), "CIM_WORKFLOWS": str(DEFINITIONS), **(env or {})}

    def run(
        self,
        *words: str | bytes,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
    ) -> Ran:
        """Run a command to its end.

        Args:
            words: the arguments; surrogates stand for bytes, as `os.fsencode` has it.
            stdin: what comes through the pipe.
            env: variables for this run.
            encoding: what stdout and stderr have to be, strictly.
        """
        done = subprocess.run(
            [sys.executable, "-m", "cim_tui", *(os.fsencode(word) for word in words)],
            cwd=self.sessions,
            env={**os.environ, **self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


class Cim:
    """Runs `cim` inside this process: the same code from the same door, without the start-up."""

    def __init__(
        self,
        sessions: Path,
        capsys: pytest.CaptureFixture[str],
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.sessions = sessions
        self._capsys, self._patch = capsys, patch
        patch.setattr(tempfile, "tempdir", str(sessions.parent))
        patch.setenv("CIM_SESSIONS", str(sessions))
        patch.setenv("CIM_WORKFLOWS", str(DEFINITIONS))

    def __call__(self, *words: str, stdin: bytes | io.TextIOBase = b"") -> Ran:
        """Run a command to its end."""
        pipe = io.TextIOWrapper(io.BytesIO(stdin)) if isinstance(stdin, bytes) else stdin
        self._patch.setattr(sys, "stdin", pipe)
        self._capsys.readouterr()
        try:
            code = main(list(words))
        finally:
            gc.enable()  # a command turns it off for its short life
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def file(self, case: str) -> Path:
        """The file of a case."""
        return self.sessions / f"{case}.toml"

    def snapshot(self) -> dict[str, bytes]:
        """Every file of the folder, byte by byte."""
        return {path.name: path.read_bytes() for path in sorted(self.sessions.glob("*.toml"))}

    def value(self, case: str, address: str) -> Any:
        """A stored answer, as `cim get --json` shows it."""
        ran = self("get", case, address, "--json")
        assert ran.code == 0, ran.err
        return ran.json["value"]
