"""Text that comes in from a file or through a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

from cim_tui.core.errors import UsageError
from cim_tui.core.text import shorten
from cim_tui.store import toml
from cim_tui.store.fsops import disk


def text_of(name: str) -> str:
    """The whole text of a file, or of stdin for `-`.

    Raises:
        UsageError: it cannot be read, is larger than a case may be, or is not UTF-8. Nothing is
            cut off and no letter is guessed: a name would come in maimed, and nobody would see.
    """
    shown = "stdin" if name == "-" else shorten(name, 80)
    try:
        if name == "-":
            data = sys.stdin.buffer.read(toml.LIMIT + 1)
        else:
            data = disk.read(Path(name), toml.LIMIT)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise UsageError(f"{shown} cannot be read: {why}") from wrong
    if len(data) > toml.LIMIT:
        raise UsageError(f"{shown} is larger than 4 MiB; bring it in in parts")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise UsageError(
            f"{shown}, line {line}: not UTF-8 text; save it as UTF-8 (a spreadsheet calls it "
            "“CSV UTF-8”)"
        ) from wrong
