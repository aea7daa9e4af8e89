"""What each key of the workflow language means, in a sentence: for editors and for the reference.

A sentence in the code about a key is taken as it stands; `SAID` holds the others. A key is written
`Part.key`, or `*.key` for every part that has it. Links are those of `docs/workflow-file.md`.
"""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from itertools import pairwise

from cim_tui.core import language
from cim_tui.core.part import key_of

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


def meaning(part: str, key: str) -> str:
    """What a key of a part means, as plain text; empty where nobody said it.

    Args:
        part: the name of its class in `core.language`.
        key: as it is written in a file.
    """
    for name in _line_of(part):
        said = _in_the_code().get(f"{name}.{key}") or SAID.get(f"{name}.{key}")
        if said:
            return _plain(said)
    return _plain(SAID.get(f"*.{key}", ""))


def about(part: str) -> str:
    """What a part is, as plain text."""
    return _plain(" ".join((inspect.getdoc(getattr(language, part, None)) or "").split()))


def _line_of(part: str) -> list[str]:
    """A part and those it takes keys from."""
    found = getattr(language, part, None)
    return [each.__name__ for each in found.__mro__] if isinstance(found, type) else [part]


@cache
def _in_the_code() -> dict[str, str]:
    """The sentences in the code, by `Part.key`; none where only compiled files are installed."""
    try:
        tree = ast.parse(inspect.getsource(language))
    except OSError:
        return {}
    found = {}
    for part in tree.body:
        lines = part.body if isinstance(part, ast.ClassDef) else []
        for line, after in pairwise(lines):
            if (
                isinstance(part, ast.ClassDef)
                and isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                key = f"{part.name}.{key_of(line.target.id)}"
                found[key] = " ".join(str(after.value.value).split())
    return found


def _plain(text: str) -> str:
    """Without the marks of a document."""
    return re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text).replace("`", "")
