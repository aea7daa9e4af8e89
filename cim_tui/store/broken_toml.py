"""What to do about a definition file that is not TOML, for an author who is no programmer."""

from __future__ import annotations

import re
from collections.abc import Callable

DATE = "write a date as 2025-10-01, without quotes"
KEY = 'write a key, then =, then its value: label = "like this"'
BACKSLASH = r"write \\ for one \, or put the text in single quotes"
_HALF_A_DATE = re.compile(r"=\s*(\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d{1,2}-\d{1,2}\b)")
_WHOLE_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_CURLY = re.compile("[“”„‘’«»]")
_WORD = re.compile(r"=\s*(True|False|TRUE|FALSE|[Yy]es|[Nn]o|YES|NO|[Oo]n|[Oo]ff)\s*([,}#]|$)")
_HEADING = re.compile(r"\s*\[+([^]\n]*)")


def in_toml(reason: str, line: int | None, text: str) -> str:
    """What to do about a file that is not TOML.

    Args:
        reason: what the parser said.
        line: where it gave up.
        text: the whole file.
    """
    if reason == "not UTF-8 text":
        return "save the file as UTF-8: an editor offers it as the encoding, under Save as"
    lines = text.splitlines()
    here = lines[line - 1] if line is not None and 0 < line <= len(lines) else ""
    for sign, say in _SAID_BY_THE_PARSER.items():
        if sign in reason:
            said = say if isinstance(say, str) else say(here)
            return f"{said} (in the words of TOML: {reason})"
    return reason


def _value(here: str) -> str:
    word = _WORD.search(here)
    if word:
        truth = "true" if word[1].lower() in ("true", "yes", "on") else "false"
        return f"write {truth}, in small letters and without quotes"
    if re.search(r"=\s*(#|$)", here):
        return 'write something behind the =; an empty text is ""'
    return _quotes_or_date(here) or 'put a text in straight quotes: label = "like this"'


def _open_text(here: str) -> str:
    closing = 'close the text with the quote it began with; one of several lines stands between """'
    return _quotes_or_date(here) or closing


def _after_key(here: str) -> str:
    if re.match(r"\s*[\w-]+\s*:", here):
        return "write = instead of the colon"
    return KEY


def _heading(here: str) -> str:
    name = _HEADING.match(here)
    if name and re.search(r"\w\s+\w", name[1]):
        return "join the words of an id by hyphens: a heading has no blanks"
    return "close the heading with ], or with ]] where it began with [["


def _braces(here: str) -> str:
    return _quotes_or_date(here) or (
        "look at this line and the one above: { } needs a comma between two keys, and } at its end"
    )


def _twice(here: str) -> str:
    name = _HEADING.match(here)
    if name is None:
        return "this key is there twice; keep one of them"
    return f"{name[1].strip()} is there twice; give one of them another id, or put them together"


def _left_over(here: str) -> str:
    return _quotes_or_date(here) or "write one key a line; something is left over behind the value"


def _quotes_or_date(here: str) -> str:
    half = _HALF_A_DATE.search(here)
    if half and not _WHOLE_DATE.match(half[1]):
        return DATE
    return 'use straight quotes: "like this"' if _CURLY.search(here) else ""


_SAID_BY_THE_PARSER: dict[str, str | Callable[[str], str]] = {
    "Invalid value": _value,
    r"Illegal character '\n'": _open_text,
    "Illegal character": "take out the character that cannot stand in such a file",
    "Unterminated string": _open_text,
    "Found invalid character": "take out the character that cannot stand in such a file",
    "Expected '=' after a key": _after_key,
    "Expected ']'": _heading,
    "Expected ']]'": _heading,
    "Invalid initial character": _heading,
    "Unclosed inline table": _braces,
    "Unclosed array": "close the list with ], with a comma between two items",
    "twice": _twice,
    "Cannot overwrite": _twice,
    "Cannot redefine": _twice,
    "Cannot mutate": _twice,
    "Duplicate": "this key is there twice; keep one of them",
    "Expected newline": _left_over,
    "Invalid date": f"there is no such day or time; {DATE}",
    "Unescaped": BACKSLASH,
    "Invalid hex": BACKSLASH,
    "Escaped character": BACKSLASH,
    "Invalid statement": KEY,
}
"""What the parser says, and what to tell the author about the line."""
