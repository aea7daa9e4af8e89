"""The words people see: where code says session, people read case; for waiver, accepted as is.

The field's own words already mean other things (a California waiver is an act of the State Board),
so what is shown comes from these tables and from nowhere else.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cim_tui.core.language import Source

SEVERITY = {"error": "needed", "warning": "good practice", "info": "note"}

STEP_STATE = {
    "not-required": "not required",
    "elsewhere": "done elsewhere",
    "changed-since-sign-off": "changed since sign-off",
    "reopened": "reopened",
    "signed": "signed",
    "done": "done",
    "ready": "complete, not marked done",
    "in-progress": "in progress",
    "cannot-start-yet": "waits for the step before",
    "not-started": "not started",
}

ACTIVITY_STATE = {
    "not-applicable": "does not apply",
    "elsewhere": "done elsewhere",
    "complete": "complete",
    "in-progress": "in progress",
    "not-started": "not started",
}

GLYPH = {
    "not-required": "–",
    "not-applicable": "–",
    "elsewhere": "↗",
    "changed-since-sign-off": "△",
    "reopened": "△",
    "signed": "✓",
    "done": "✓",
    "complete": "✓",
    "ready": "◉",
    "in-progress": "◐",
    "cannot-start-yet": "·",
    "not-started": "○",
}

SUPPORT = {
    "independent": "on your own",
    "selpa": "with your SELPA",
    "ta": "with your TA provider",
    "cde": "alongside CDE",
}

ABSENT = {
    "not-applicable": "does not apply",
    "unknown": "not known",
    "will-return": "will come back to it",
    "not-provided": "was asked for, not provided",
    "withheld": "withheld (small group)",
    "not-calculated": "not calculated",
    "no-data": "no data",
}

SOURCE_TAG = {
    "published": "Published by",
    "practice": "Common practice",
    "to-verify": "To be verified",
}

AFTER_DONE = "This sends nothing to CDE."
NO_DUE_DATE = "no due date entered"
NO_NAMES = "No names, ids or birth dates"
DRAFT = "DRAFT: not an official CDE form"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 answer", "2 answers"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def a(noun: str) -> str:
    """A noun with its article: "an element", "a member"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def source_words(source: Source) -> str:
    """Where a requirement comes from, with the address.

    Only what was published names a publisher; what was not only says what to compare it with.
    """
    at = f"{source.at}{' (a copy)' if source.copy_ else ''}"
    if source.tag == "published":
        return f"{SOURCE_TAG[source.tag]} {source.publisher or 'the publisher'}, {at}"
    words = f"{SOURCE_TAG[source.tag]}: {source.note}" if source.note else SOURCE_TAG[source.tag]
    return f"{words.rstrip('.')}. Compare {at}" if source.at else words


def long_date(day: date) -> str:
    """A date in words, so that a mistyped one is seen: "Friday 30 January 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"
