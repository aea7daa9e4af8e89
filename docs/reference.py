"""The reference of the workflow language, made from the models that read it.

A sentence in the code about a key is taken as it stands; `SAID` holds the others.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field
from typing import Any, NamedTuple

from cim_tui.core import language
from cim_tui.core.part import Part, key_of
from cim_tui.service.meanings import SAID

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A workflow", ("WorkflowFile", "StepFile", "Use", "Level", "Option", "Signature", "Setting")),
    ("An activity", ("ActivityFile", "FieldSpec", "Column")),
    ("Where something comes from", ("Source", "Resource")),
    ("Conditions and bounds", ("Condition", "SettingRef", "FieldRef")),
    ("Rows and calculation", ("RowsFrom", "Origin", "Calculate", "Share")),
    ("Rules", ("Rule", "Length", "RowCount", "DateOrder", "WithinDays", "Sum", "Tree", "Covers")),
    ("Lists and calendars", ("ListFile", "Item", "CalendarFile", "Due", "Training")),
    ("How letters are decided", ("CriteriaFile", "Placement", "Reason", "SmallTrack")),
    ("Everything in one file", ("Bundle",)),
)
"""The parts of the language, in the order in which an author meets them."""

TITLES = {
    "WorkflowFile": "Workflow file", "StepFile": "Step", "Use": "Place of an activity",
    "ActivityFile": "Activity file", "Column": "Question", "FieldSpec": "Field",
    "SettingRef": "Bound that is a setting",
    "FieldRef": "Bound that is an answer", "RowsFrom": "Prescribed rows", "RowCount": "Row count",
    "DateOrder": "Date order", "WithinDays": "Within days", "ListFile": "List file",
    "CalendarFile": "Calendar file", "Due": "Due date", "Option": "Value of a fact",
    "CriteriaFile": "Criteria file", "Reason": "Reason to be placed", "SmallTrack": "Small LEAs",
}  # fmt: skip

KINDS = {
    "str": "text", "bool": "true or false", "int": "whole number", "date": "date", "Id": "id",
    "Decimal": "number", "FieldType": "[type](#types)", "AbsentCode": "absence code",
    "Severity": "`error`, `warning` or `info`", "Fact": "name of a fact",
    "Support": "`independent`, `selpa`, `ta` or `cde`", "Scalar": "text, number, date, true, false",
    "LetterFact": "name of a fact of the letter",
    "Bound": "[bound](#bounds-and-settings)", "Where": "[condition](#condition)",
}  # fmt: skip
"""What the annotations of the code are called here."""


class Key(NamedTuple):
    """A key of a part, as its author needs it."""

    name: str
    kind: str
    needed: bool
    default: str
    means: str


def parts() -> dict[str, type[Part]]:
    """Every part of the language, by the name the code gives it."""
    found = vars(language).values()
    return {
        part.__name__: part
        for part in found
        if isinstance(part, type) and issubclass(part, Part) and part is not Part
    }


def keys(part: type[Part]) -> Iterator[Key]:
    """The keys that a part itself brings, in the order of the code."""
    body = ast.parse(inspect.getsource(part)).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - a class is what was asked for
    for at, line in enumerate(body.body):
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)):
            continue
        field = part.__dataclass_fields__[line.target.id]
        name = key_of(line.target.id)
        after = body.body[at + 1] if at + 1 < len(body.body) else None
        own = " ".join(_doc(after).split())
        means = own or SAID.get(f"{part.__name__}.{name}") or SAID.get(f"*.{name}", "")
        yield Key(name, _kind(line.annotation), _needed(field), _default(field), means)


def _doc(line: ast.stmt | None) -> str:
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
        return str(line.value.value)
    return ""


def _kind(note: ast.expr) -> str:
    """An annotation in words."""
    if isinstance(note, ast.Constant):
        return f"`{note.value}`" if isinstance(note.value, str) else ""
    if isinstance(note, ast.Name):
        return KINDS.get(note.id) or f"[{title_of(note.id).lower()}](#{_anchor(note.id)})"
    if isinstance(note, ast.BinOp):
        sides = [_kind(note.left), _kind(note.right)]
        return " or ".join(side for side in sides if side)
    assert isinstance(note, ast.Subscript)  # noqa: S101 - the language knows no other form
    inner = note.slice.elts if isinstance(note.slice, ast.Tuple) else [note.slice]
    words = [_kind(part) for part in inner]
    name = note.value.id if isinstance(note.value, ast.Name) else ""
    if name == "Literal":
        constants = [part.value for part in inner if isinstance(part, ast.Constant)]
        return " or ".join("true" if c is True else f"`{c!s}`" for c in constants)
    if name == "dict":
        return f"by id: {words[1]}"
    return f"list of {words[0]}" if words[-1] == "" else f"two: {words[0]}"


def title_of(name: str) -> str:
    """What a part is called here."""
    return TITLES.get(name, name)


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z ]", "", title_of(name).lower()).replace(" ", "-")


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _default(field: Field[Any]) -> str:
    value = None if field.default is MISSING else field.default
    if value in (None, "", (), False):
        return ""
    return "true" if value is True else f"`{value}`"


def reference() -> str:
    """The tables of every key of every part."""
    known = parts()
    lines: list[str] = []
    for group, names in PARTS:
        lines += [f"### {group}", ""]
        for name in names:
            lines += [f"#### {title_of(name)}", "", *_table(known[name])]
    return "\n".join(lines)


def _table(part: type[Part]) -> list[str]:
    doc = " ".join((inspect.getdoc(part) or "").split())
    parents = [base for base in part.__bases__ if base is not Part]
    if parents:
        doc += f" It has every key of [{title_of(parents[0].__name__).lower()}]"
        doc += f"(#{_anchor(parents[0].__name__)}) too."
    rows = [
        f"| `{key.name}` | {key.kind} | {'**yes**' if key.needed else key.default} | {key.means} |"
        for key in keys(part)
    ]
    return [
        doc,
        "",
        "| key | holds | needed, or default | meaning |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
