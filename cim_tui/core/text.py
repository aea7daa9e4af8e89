"""Text that people typed: cleaned once at the boundary, checked for what should not be there."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import NewType

CleanText = NewType("CleanText", str)
"""Text without terminal controls, safe to show; mypy tells it from raw text."""

REPLACEMENT = "\ufffd"

_NEWLINES = re.compile("\r\n|\r|\x85|\u2028|\u2029")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def clean(text: str) -> CleanText:
    """Make text safe to store and to show.

    C0 controls but tab and newline, DEL, C1, surrogates, bidi controls and BOM become U+FFFD;
    every kind of line end becomes a newline. Cleaning twice changes nothing.

    Args:
        text: anything, from a key, a paste, a file, an argument or an exception.

    Returns:
        The cleaned text.
    """
    if text.isascii() and text.isprintable():
        return CleanText(text)
    return CleanText(_UNSAFE.sub(REPLACEMENT, _NEWLINES.sub("\n", text)))


def one_line(text: str) -> CleanText:
    """Clean text and fold every run of white space into one blank: names, titles, choices."""
    return CleanText(" ".join(clean(text).split()))


def shorten(text: str, width: int) -> str:
    """Cut text to a width in characters, with an ellipsis when something was cut."""
    line = one_line(text)
    return line if len(line) <= width else line[: max(0, width - 1)].rstrip() + "…"


def shorten_both(one: str, other: str, width: int) -> tuple[str, str]:
    """Cut two texts to a width each, so that the first place where they differ is in sight."""
    first: str = one_line(one)
    second: str = one_line(other)
    if max(len(first), len(second)) > width:
        pairs = zip(first, second, strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        skipped = max(0, alike - width // 2)
        if skipped:
            first, second = f"…{first[skipped:]}", f"…{second[skipped:]}"
    return shorten(first, width), shorten(second, width)


_LOOKS_LIKE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a student id", re.compile(r"(?<![\d.,])\d{10}(?!\d|[.,]\d)")),
    (
        "a birth date",
        re.compile(
            r"\b(?:born|dob|birth ?date|date of birth|birthday)\b[^\n]{0,20}\d"
            r"|\b(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:19|20)\d\d\b",
            re.IGNORECASE,
        ),
    ),
    ("a social security number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    (
        "a child's name",
        re.compile(
            r"\b(?i:students?|child|children|pupils?|sons?|daughters?)"
            r"(?:['’]s name)?(?: is| was|,|:| named)? "
            r"(?!(?:[A-Z]{2,}|With|Who|Study|Success|Services|Support|Record|Review|Outcomes)\b)"
            r"[A-Z][a-z]+ [A-Z](?:[a-z]+|\.)"
        ),
    ),
)


def looks_personal(text: str) -> tuple[str, ...]:
    """What in a text about children looks like it names one: "a student id", "a birth date".

    A warning, never a refusal: it finds what commonly goes wrong, not everything.
    """
    return tuple(what for what, pattern in _LOOKS_LIKE if pattern.search(text))
