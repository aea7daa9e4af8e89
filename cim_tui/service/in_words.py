"""What changed, in people's words: addresses, labels, values, and what was taken out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, address_of
from cim_tui.core.session import same
from cim_tui.core.words import ABSENT
from cim_tui.core.workflow import Field
from cim_tui.service.case import Case
from cim_tui.service.changed import name_of
from cim_tui.store.journal import Redacted


class Line(NamedTuple):
    """One thing that differs, in people's words."""

    address: str
    label: str
    old: str
    new: str


def place_of(edit: Edit) -> str:
    """The address that an edit is about: a reason for a missing answer is about that answer."""
    if edit.path[0] == "absent" and len(edit.path) > 1:
        return edit.path[1]
    return address_of(edit.path)


def telling(edits: Iterable[Edit]) -> list[Edit]:
    """Edits without those that only keep a file's keys in order; the order of rows is people's.

    Nor is it told where somebody only made sure of what stands.
    """
    every = [edit for edit in edits if not same(edit.old, edit.new)]
    gone = {edit.path[:4] for edit in every if edit.new is None and len(edit.path) > 4}
    return [
        edit
        for edit in every
        if not edit.is_order
        or (edit.path[0] == "answers" and len(edit.path) == 5 and edit.path[:4] not in gone)
    ]


def lines(case: Case, edits: Iterable[Edit]) -> list[Line]:
    """Edits in people's words, one for each thing that differs; orders without what stood there."""
    found = []
    for edit in telling(edits):
        label = name_of(case, edit)
        if edit.is_order:
            found.append(Line(place_of(edit), f"{label}: the order", "", ""))
            continue
        path = edit.path
        found.append(Line(place_of(edit), label, words(case, path, edit.old),
                          words(case, path, edit.new)))  # fmt: skip
    return found


def words(case: Case, path: tuple[str, ...], value: Any) -> str:
    """A stored value as people read it; what was taken out says so."""
    if value is None:
        return ""
    value = spoken(value)
    if path[0] == "absent" and isinstance(value, Mapping):
        code = str(value.get("code", ""))
        return f"({ABSENT.get(code, code)}: {value.get('note', '')})"
    if (
        path[0] == "conflicts"
        and isinstance(value, Mapping)
        and isinstance(value.get("path"), list)
    ):
        about = (*map(str, value["path"]), "")[:-1] or ("",)
        return " or ".join(words(case, about, value.get(key)) or "(nothing)"
                           for key in ("mine", "theirs"))  # fmt: skip
    field = _field(case, path)
    if field is None:
        return _plain_words(value)
    column = field.columns.get(path[5]) if len(path) > 5 else None
    if isinstance(value, str | Mapping) and column is None and field.type == "table":
        return _plain_words(value)
    return case.situation.show(column or field.spec, value, field)


def _field(case: Case, path: tuple[str, ...]) -> Field | None:
    if not case.has_definition or path[0] != "answers":
        return None
    return case.workflow.fields.get(".".join(path[1:4]))


def _plain_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain_words, value))
    return str(value)


def spoken(value: Any) -> Any:
    """A value in which a text says what was taken out, and why."""
    if isinstance(value, Redacted):
        return f"(taken out: {value.reason})"
    if isinstance(value, Mapping):
        return {key: spoken(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoken(inner) for inner in value]
    return value


def for_json(value: Any) -> Any:
    """A value for programs: what was taken out is an object that says why; numbers are text."""
    if isinstance(value, Redacted):
        return {"redacted": value.reason}
    if isinstance(value, Mapping):
        return {str(key): for_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [for_json(inner) for inner in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
