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

SAID: dict[str, str] = {
    "ActivityFile.source": "Where it comes from. A field without a source stands under this one.",
    "*.id": "The name of the file, without `.toml`.",
    "*.title": "What people see.",
    "*.label": "What people see; up to 60 characters.",
    "*.source": "Where this comes from: [source](#source).",
    "*.applies-when": "Asked only when this holds.",
    "*.signatures": "Who signs.",
    "*.settings": "Bounds with their defaults, by id.",
    "*.resources": "What to read elsewhere.",
    "*.activities": "The activities, by id, in their order.",
    "*.severity": "How much it weighs; see [needed or good practice](#needed-or-good-practice).",
    "*.where": "Only rows for which this holds.",
    "*.at-least": "Not less, or not fewer.",
    "*.at-most": "Not more.",
    "*.on": "The date.",
    "*.workflows": "Only in these workflows; default: all.",
    "*.levels": "Only at these levels; default: all.",
    "*.entries": "Only for these entries; default: all.",
    "*.copy": "The address is a copy on a document-sharing host, not the publisher's own.",
    "*.publisher": "Who published it.",
    "*.workflow": "Id of the workflow.",
    "*.step": "Id of the step.",
    "*.hint": "One sentence beside it.",
    "*.note": "What is found there.",
    "*.per": "One sum for each value of this column.",
    "*.of": "What it is counted from.",
    "*.because": "Why it blocks although it was not published.",
    "*.many": "Takes more than one. `false` on people and evidence: only one.",
    "*.summary": "A few sentences for people.",
    "*.support": "With whom it is done.",
    "*.year": "The monitoring year: the year of the letter.",
    "*.percent": "How many percent: a [bound](#bounds-and-settings).",
    "*.setting": "Id of the setting.",
    "WorkflowFile.edition": "The release of the definitions: [editions](#editions-and-digest).",
    "WorkflowFile.aims": "What the process is for, a line each.",
    "WorkflowFile.contact": "Whom to ask.",
    "WorkflowFile.levels": "The levels a letter can name, by id.",
    "WorkflowFile.level-required": "Whether a case has to have a level.",
    "WorkflowFile.categories": "What the fact `category` can be.",
    "WorkflowFile.entries": "What the fact `entry` can be: a full submission, an amendment.",
    "WorkflowFile.cycles": "What the fact `cycle` can be.",
    "WorkflowFile.steps": "The steps, by id.",
    "StepFile.number": "Its place, from 1, without a gap.",
    "StepFile.purpose": "What it is for, in a sentence.",
    "StepFile.required": "Whether it is asked at all.",
    "StepFile.required-when": "Asked only when this holds.",
    "Use.required": "Whether it counts toward the step. An optional activity never blocks.",
    "Level.source": "Who named the level.",
    "Signature.role": "Id of the role.",
    "Signature.required": "Whether its absence is a to do.",
    "Setting.default": "The number that holds where nothing overrides it.",
    "ActivityFile.purpose": "Why people do this, in a sentence.",
    "ActivityFile.guidance": "How to go about it, in prose.",
    "ActivityFile.takes-part": "Who takes part.",
    "ActivityFile.evidence": "What counts as evidence.",
    "ActivityFile.have-ready": "What to have at hand before starting.",
    "ActivityFile.about-minutes": "How long it takes in a meeting.",
    "ActivityFile.fields": "The questions, by id, in their order.",
    "ActivityFile.rules": "What must hold, by id.",
    "Column.type": "One of the [types](#types).",
    "Column.example": "An answer such as people give.",
    "Column.required": "Whether it has to be answered.",
    "Column.personal": "Whose personal data this is; stays out of shared papers.",
    "Column.to": "For a reference: the tables whose rows may be chosen, or `roster`.",
    "Column.unit": "Shown after the label.",
    "Column.scale": "For a rating: 1 to this.",
    "Column.calculate": "For a calculated field: [how](#calculate).",
    "FieldSpec.columns": "For a table: the columns, by id, in their order.",
    "FieldSpec.parent": "The table whose rows these belong to; its id stands in the column `of`.",
    "FieldSpec.key": "Columns whose combination may stand only once.",
    "FieldSpec.rows-from": "Where its rows come from: [prescribed rows](#prescribed-rows).",
    "Source.tag": "See [where a requirement comes from](#where-a-requirement-comes-from).",
    "Resource.at": "The address.",
    "Condition.all": "Holds when every one of these holds.",
    "Condition.any": "Holds when one of these holds.",
    "Condition.not": "Holds when this does not.",
    "Condition.field": "Tests this field: see [naming a field](#naming-a-field).",
    "Condition.column": "Tests this column of the row at hand.",
    "Condition.fact": "Tests this fact of the case.",
    "Condition.is": "Equal.",
    "Condition.is-not": "Not equal.",
    "Condition.in": "One of these.",
    "Condition.contains": "Holds this item, or this piece of text.",
    "Condition.answered": "Answered, or marked as missing on purpose; `false`: neither.",
    "Condition.at-least": "A number, or a count of rows or items, not smaller.",
    "Condition.before": "A date before this one.",
    "Condition.after": "A date after this one.",
    "FieldRef.field": "The field or column that holds the number.",
    "RowsFrom.product": "Every combination of several origins.",
    "Origin.list": "A row for each item of this list.",
    "Origin.calendar": "A row for each training of the year.",
    "Origin.table": "A row for each row of this table.",
    "Origin.where": "With `table`: only its rows for which this holds.",
    "Origin.years": "A row for each of so many years.",
    "Calculate.difference": "The first less the second.",
    "Calculate.share": "A [share](#share).",
    "Calculate.places": "With `rate`: decimal places, rounded half up.",
    "Calculate.where": "With `sum = \"table.column\"`: only rows for which this holds.",
    "Share.of": "The fields to add.",
    "Rule.waivable": "Whether a person may accept it as is; default: yes, unless it was published.",
    "Rule.required": "Has to be answered.",
    "Rule.length": "Characters of a text, items of a list, rows.",
    "Rule.range": "How large a number.",
    "Rule.pattern": "A regular expression that the whole text has to match.",
    "Rule.date-order": "Not before, or not after, another date.",
    "Rule.within-days": "So many days after another date at most.",
    "Rule.unique": "No two rows have the same in these columns.",
    "Rule.holds": "This condition holds, for each row where it names a column.",
    "Rule.rows": "How many rows.",
    "Rule.sum": "What a column adds up to.",
    "Rule.tree": "A self-reference without circles.",
    "Rule.covers": "Every row is referred to by some row elsewhere.",
    "Rule.any-of": "At least one of these is answered.",
    "RowCount.exactly": "Neither more nor fewer.",
    "DateOrder.not-before": "The date this one may not lie before.",
    "DateOrder.not-after": "The date this one may not lie after.",
    "WithinDays.of": "The date it is counted from.",
    "WithinDays.days": "How many days at most.",
    "Sum.of": "The column to add up.",
    "Sum.equals": "What it has to come to.",
    "Sum.tolerance": "How far off it may be.",
    "Tree.column": "The column that refers to a row of the same table.",
    "Tree.depth-at-least": "How many levels the deepest branch needs.",
    "Covers.by-where": "Only rows of `by` for which this holds count.",
    "Covers.at-least": "How often each has to be referred to.",
    "ListFile.items": "The choices, by id: a label, or a table with `label`, `hint`, `group`.",
    "Item.group": "The heading it stands under.",
    "CalendarFile.due": "Due dates that were published.",
    "CalendarFile.trainings": "Trainings that were published, by id.",
    "CalendarFile.settings": "Bounds of that year; they override those of the workflow.",
    "Due.activity": "Id of the activity, where the date is not the whole step's.",
    "Training.on": "The date, when one was published.",
    "Training.required": "Whether it has to be attended.",
    "CriteriaFile.placements": "Where letters place a district, by id.",
    "CriteriaFile.small": "Who is a small LEA, and its [cycles](#small-leas).",
    "Placement.title": "The level, or the process, as people call it.",
    "Placement.level": "Id of the level; none where the process has none.",
    "Placement.reasons": "Each one alone is enough.",
    "Reason.fact": "Which fact of the letter it looks at.",
    "Bundle.workflow": "A whole [workflow file](#workflow-file).",
    "Bundle.activities": "Whole [activity files](#activity-file), by id.",
    "Bundle.lists": "Whole [list files](#list-file), by id.",
}  # fmt: skip
"""What a key means, where the code has no sentence of its own about it."""


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
