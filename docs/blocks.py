"""Blocks of a document: code between fences, and what the commands in it answer."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docs.picture import world


class Block(NamedTuple):
    """Code between fences."""

    language: str
    text: str
    line: int


class Said(NamedTuple):
    """A command in a console block, and what the document says it answers."""

    command: str
    answer: list[str]
    line: int


def blocks(document: str, language: str = "") -> list[Block]:
    """The code blocks of a document, of one language or of all."""
    found: list[Block] = []
    inside: list[str] = []
    start, fence, kind = 0, "", ""
    for number, line in enumerate(document.splitlines(), start=1):
        mark = re.match(r"(`{3,})(\w*)$", line)
        if mark and not fence:
            fence, kind, start, inside = mark[1], mark[2], number + 1, []
        elif fence and line == fence:
            found.append(Block(kind, "\n".join(inside) + "\n", start))
            fence = ""
        elif fence:
            inside.append(line)
    return [block for block in found if language in ("", block.language)]


def commands(block: Block) -> Iterator[Said]:
    """The commands of a console block: each begins with `$ `, its answer follows."""
    current: Said | None = None
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        if line.startswith("$ "):
            if current:
                yield current
            current = Said(line[2:], [], number)
        elif current and current.command.endswith("\\"):
            longer = current.command.removesuffix("\\").rstrip() + " " + line.strip()
            current = current._replace(command=longer)
        elif current:
            current.answer.append(line)
    if current:
        yield current


def agrees(said: list[str], real: list[str]) -> bool:
    """Whether an answer is what a document says; `...` stands for any lines, or any text in one."""
    if not said:
        return not real
    if said[0].strip() == "...":
        return any(agrees(said[1:], real[n:]) for n in range(len(real) + 1))
    if not real or not _same(said[0], real[0]):
        return False
    return agrees(said[1:], real[1:])


def _same(said: str, real: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in said.rstrip().split("..."))
    return re.fullmatch(pattern, real.rstrip()) is not None


class Shell:
    """One shell that a whole document is followed in: folder, variables and files stay.

    Args:
        folder: an empty folder to start in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "here"
        self.folder.mkdir()
        programs, scratch = folder / "bin", folder / "tmp"
        programs.mkdir()
        scratch.mkdir()
        cim = programs / "cim"
        root = Path(__file__).resolve().parent.parent
        cim.write_text(
            f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -u -m cim_tui "$@"\n'
        )
        cim.chmod(cim.stat().st_mode | stat.S_IXUSR)
        path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        self._shell = subprocess.Popen(
            ["/bin/bash", "--norc", "--noprofile"],
            cwd=self.folder,
            env={**world(folder / "home"), "PATH": path, "TMPDIR": str(scratch)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def answer(self, command: str) -> list[str]:
        """Run a command as a person types it; what it prints, on both channels, line by line."""
        mark = "-- that was all --"  # `$last` keeps what `$?` is asked for in the next command
        assert self._shell.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._shell.stdout is not None  # noqa: S101 - the same
        self._shell.stdin.write(
            f"{{ (exit $last); {command}\n}} </dev/null\nlast=$?; printf '%s\\n' '{mark}'\n"
        )
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            if line.rstrip("\n").endswith(mark):
                last = line.rstrip("\n").removesuffix(mark)
                return [*lines, last] if last else lines
            lines.append(line.rstrip("\n"))
        raise EOFError(f"the shell ended at: {command}")

    def write(self, name: str, text: str) -> None:
        """Put a file where the document says it is."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def close(self) -> None:
        """End the shell."""
        self._shell.communicate("exit\n", timeout=10)


class Stale(NamedTuple):
    """A command that answers something else than the document says."""

    said: Said
    real: list[str]

    def __str__(self) -> str:
        shown = "\n    ".join(self.real)
        return f"line {self.said.line}: {self.said.command}\n  really answers:\n    {shown}"


FILE = re.compile(r"# (\S+\.(?:toml|csv))(, at the end)?\n")
"""The first line of a block that is a file: its name, and whether it goes behind what is there."""


def follow(document: str, folder: Path) -> Iterator[Stale]:
    """Do everything a document says, in its order; what turns out otherwise.

    Console blocks are run. A block whose first line is a comment with a file's name is written to
    that file.
    """
    shell = Shell(folder)
    try:
        for block in blocks(document):
            named = FILE.match(block.text)
            if block.language == "console":
                for said in commands(block):
                    real = shell.answer(said.command)
                    if not agrees(said.answer, real):
                        yield Stale(said, real)
            elif named:
                path = shell.folder / named[1]
                before = path.read_text(encoding="utf-8") + "\n" if named[2] else ""
                note = "" if path.suffix == ".csv" else named[0]
                shell.write(named[1], before + note + block.text[named.end() :])
    finally:
        shell.close()
