"""A real terminal: the program in a pty, and a screen that keeps what it draws.

Nothing here sleeps. What a test waits for is read until it is there, or until a deadline that is
far beyond anything a healthy run takes.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import pexpect
import pyte

CIM = (sys.executable, "-m", "cim_tui")
PATIENCE = 60.0
"""Seconds until something that was waited for counts as missing."""

KEYS = {
    "enter": b"\r", "tab": b"\t", "shift+tab": b"\x1b[Z", "esc": b"\x1b", "space": b" ",
    "backspace": b"\x7f", "delete": b"\x1b[3~", "insert": b"\x1b[2~",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D",
    "home": b"\x1b[H", "end": b"\x1b[F", "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS", "f5": b"\x1b[15~",
    "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f9": b"\x1b[20~",
    "f10": b"\x1b[21~",
}  # fmt: skip

# pyte draws the rest of these as text: CSI with a private mark, and strings with an end of their
# own (DCS, APC, PM, SOS). A terminal that does not know them swallows them whole.
_UNKNOWN = re.compile(rb"\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b[P_^X][^\x1b]*\x1b\\")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^X][^\x1b]*\x1b?)?\Z")


class Place(NamedTuple):
    """Where the cursor is, from 0."""

    row: int
    column: int


def bytes_of(key: str) -> bytes:
    """What a terminal sends for a key: `enter`, `f4`, `ctrl+s`, `alt+b`, or a character."""
    if key in KEYS:
        return KEYS[key]
    if key.startswith("ctrl+") and len(key) == len("ctrl+") + 1:
        return bytes([ord(key[-1].upper()) & 0x1F])
    if key.startswith("alt+"):
        return b"\x1b" + bytes_of(key.removeprefix("alt+"))
    if len(key) != 1:
        raise ValueError(f"no such key: {key}")
    return key.encode()


class _Screen(pyte.Screen):  # type: ignore[misc, unused-ignore]
    """A screen that answers what a program asks its terminal."""

    answer: Callable[[bytes], object]

    def write_process_input(self, data: str) -> None:
        """Send an answer, such as where the cursor is."""
        self.answer(data.encode())


class Terminal:
    """A program that runs in a terminal of its own.

    Use it in a `with`: leaving it ends the program, however the test went.

    Args:
        words: the arguments of `cim`; of another program when `program` is given.
        size: columns and rows.
        env: variables beside the frozen ones; None takes one away.
        program: what to run.
        cwd: where.
    """

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str | None] | None = None,
        program: Sequence[str] = CIM,
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        columns, rows = size
        wanted: dict[str, str | None] = {**os.environ, **(env or {})}
        self.raw = b""
        """Everything the program wrote, as it came."""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._ended = False
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            program[0],
            [*program[1:], *words],
            dimensions=(rows, columns),
            env={key: value for key, value in wanted.items() if value is not None},
            cwd=os.fspath(cwd) if cwd is not None else None,
            timeout=PATIENCE,
        )
        # Otherwise every key waits 50 ms, for the sake of programs that turn the echo off late.
        self._child.delaybeforesend = None
        self._screen.answer = self._child.send

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program, if it still runs."""
        self._child.close(force=True)

    # What the screen shows

    def lines(self) -> list[str]:
        """What the screen shows, line by line, without blanks at the ends."""
        return [line.rstrip() for line in self._screen.display]

    def text(self) -> str:
        """What the screen shows, in one text."""
        return "\n".join(self.lines()).rstrip()

    def cursor(self) -> Place:
        """Where the cursor is."""
        return Place(self._screen.cursor.y, self._screen.cursor.x)

    def cell(self, row: int, column: int) -> Any:
        """One cell with its colors: pyte's `Char`."""
        return self._screen.buffer[row][column]

    @property
    def title(self) -> str:
        """The window's title, as the program set it."""
        return str(self._screen.title)

    # What a person does

    def press(self, *keys: str) -> None:
        """Press keys, one after the other.

        After `esc`, wait for what it does: a key that follows at once is taken as alt and key.
        """
        for key in keys:
            self._child.send(bytes_of(key))

    def type(self, text: str) -> None:
        """Type a text."""
        self._child.send(text.encode())

    def paste(self, text: str) -> None:
        """Paste a text, in the brackets a terminal puts around it."""
        self._child.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    @property
    def pid(self) -> int:
        """The program's process."""
        assert self._child.pid is not None
        return self._child.pid

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._child.kill(number)

    # Waiting

    def wait_for(self, *texts: str, within: float = PATIENCE) -> None:
        """Read until every text is on the screen at once.

        Raises:
            AssertionError: the time is over or the program ended first; shows the screen.
        """
        self.wait_until(
            lambda: all(text in self.text() for text in texts), f"{texts!r} to appear", within
        )

    def wait_until_gone(self, text: str, within: float = PATIENCE) -> None:
        """Read until a text is no longer on the screen."""
        self.wait_until(lambda: text not in self.text(), f"{text!r} to go", within)

    def wait_until(
        self, holds: Callable[[], bool], what: str = "the screen to fit", within: float = PATIENCE
    ) -> None:
        """Read until something holds.

        Raises:
            AssertionError: the time is over or the program ended first; shows the screen.
        """
        deadline = time.monotonic() + within
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0 or self._ended:
                why = "the program ended" if self._ended else f"{within:.0f} seconds went by"
                raise AssertionError(f"waited for {what}, and {why}. The screen:\n{self.text()}")
            self._read(left)

    def wait_for_end(self, within: float = PATIENCE) -> int:
        """Read until the program ends.

        Returns:
            Its exit code; minus the signal's number where a signal ended it.
        """
        deadline = time.monotonic() + within
        while not self._ended:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"the program did not end. The screen:\n{self.text()}")
            self._read(left)
        self._child.close()
        if self._child.signalstatus is not None:
            return -int(self._child.signalstatus)
        return int(self._child.exitstatus or 0)

    def _read(self, within: float) -> None:
        try:
            data = self._child.read_nonblocking(65_536, timeout=within)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            self._ended = True
            return
        self.raw += data
        # A sequence may be cut anywhere: its beginning waits for the rest.
        whole = self._held + data
        cut = _UNFINISHED.search(whole)
        whole, self._held = (whole[: cut.start()], whole[cut.start() :]) if cut else (whole, b"")
        self._stream.feed(_UNKNOWN.sub(b"", whole))
