"""What changed between two versions of a case, in people's words."""

from __future__ import annotations

from datetime import datetime

from cim_tui.core.changes import Edit, address_of, changes
from cim_tui.core.session import Session
from cim_tui.core.text import shorten
from cim_tui.service.case import Case

TABLES = {
    "case": "facts of the case", "lea": "the district", "waivers": "what is accepted as is",
    "signoffs": "sign-offs", "submissions": "submissions", "done": "a step marked done",
    "reopened": "a step reopened", "elsewhere": "what was done elsewhere", "step": "dates of steps",
    "activity": "owners and dates", "conflicts": "what waits to be settled",
    "copied": "copies confirmed", "settings": "settings", "archived": "whether it is put away",
}  # fmt: skip
"""What the tables of a file are called, where something in them changed."""


def moment(stamp: str) -> str:
    """A moment of a record as people read it, in the time of this place; empty for none."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return ""


def name_of(case: Case, edit: Edit) -> str:
    """What an edit changes, by the label people know."""
    address = (
        edit.path[1] if edit.path[0] == "absent" and len(edit.path) > 1 else address_of(edit.path)
    )
    if edit.path[0] not in ("answers", "absent"):
        return TABLES.get(edit.path[0], edit.path[0])
    parts = address.split(".")
    field = case.workflow.fields.get(".".join(parts[:3])) if case.has_definition else None
    if field is None:
        return address
    column = field.columns.get(parts[4]) if len(parts) > 4 else None
    return f"{field.label}: {column.label}" if column is not None else field.label


def changed_words(case: Case, before: Session, after: Session, most: int = 3) -> str:
    """What differs between two versions: the first few by name, the others as a count."""
    names = list(dict.fromkeys(name_of(case, e) for e in changes(before.doc, after.doc)))
    shown = ", ".join(f"“{shorten(name, 40)}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
