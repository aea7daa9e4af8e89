"""TOML in and out: exact decimals, stable order, a cap on size, and a line for what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import tomli
import tomli_w

from cim_tui.core.errors import DamagedFile
from cim_tui.core.text import clean

LIMIT = 4 * 1024 * 1024
"""The largest session file, in bytes."""

_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def load(data: bytes, name: str) -> dict[str, Any]:
    """Parse a TOML file.

    Args:
        data: the file's bytes.
        name: what to call it in messages.

    Raises:
        DamagedFile: too large, not UTF-8, or not TOML; with the line where it is known.
    """
    if len(data) > LIMIT:
        raise DamagedFile(name, f"larger than {LIMIT // 1024 // 1024} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise DamagedFile(name, "not UTF-8 text", line) from wrong
    try:
        return tomli.loads(text, parse_float=Decimal)
    except RecursionError as wrong:
        raise DamagedFile(name, "nested too deeply") from wrong
    except (ValueError, ArithmeticError) as wrong:
        found = _LINE.search(str(wrong))
        reason = _LINE.sub("", str(wrong)).strip() or "not TOML"
        line = int(found[1]) if found else text.count("\n") + 1
        raise DamagedFile(name, reason, line) from wrong


LONGEST_NUMBER = 256
"""Bits of a whole number; a longer one was not typed by anybody."""

DEEPEST = 64
"""Tables and lists inside each other; a case needs eight."""


def cleaned(value: Any, name: str, depth: int = 0) -> Any:
    """Every text of a file, cleaned at the boundary: a file may carry escapes legally.

    Raises:
        DamagedFile: nested without end, a number without end, or two keys that look alike.
    """
    if depth > DEEPEST:
        raise DamagedFile(name, "nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        made = {clean(str(key)): cleaned(inner, name, depth + 1) for key, inner in value.items()}
        if len(made) < len(value):
            raise DamagedFile(name, "two keys differ only in characters that cannot be shown")
        return made
    if isinstance(value, list):
        return [cleaned(inner, name, depth + 1) for inner in value]
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        raise DamagedFile(name, "a whole number of more than 77 digits")
    return value


def dump(doc: dict[str, Any]) -> bytes:
    """Write a document: one key a line, prose in multi-line strings."""
    return tomli_w.dumps(_multiline_safe(doc), multiline_strings=True).encode("utf-8")


def _multiline_safe(value: Any) -> Any:
    """Decimals written exactly: tomli-w writes what `str` gives, which must be plain TOML."""
    if isinstance(value, dict):
        return {key: _multiline_safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_multiline_safe(inner) for inner in value]
    return value


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line of a key in a TOML text, or of its nearest header; None when neither is there.

    A small index over the source lines, good enough for messages: headers and `key =` lines.
    """
    header: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    prose = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        inside, prose = prose, _prose_after(bare, prose)
        if inside:
            continue
        if bare.startswith("["):
            header = _keys(bare.strip("[]").split("]")[0])
            here = header
        elif "=" in bare and not bare.startswith("#"):
            here = header + _keys(bare.split("=", 1)[0])
        else:
            continue
        depth = len(here)
        if here[: len(path)] == path and best is None:
            best = (0, number)  # a key inside what is looked for: its table has no line of its own
        if here == path[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _prose_after(line: str, prose: str) -> str:
    """The quotes of the text in several lines that is open after a line; empty for none."""
    while True:
        quotes = [prose] if prose else ['"""', "'''"]
        found = [(line.index(q), q) for q in quotes if q in line]
        if not found:
            return prose
        at, quote = min(found)
        line = line[at + 3 :]
        prose = "" if prose else quote


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(
        quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([A-Za-z0-9_-]+)', dotted)
    )
