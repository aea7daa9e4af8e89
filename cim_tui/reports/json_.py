"""A paper as JSON, for programs: `cim.export/1`.

Decimals are strings of digits, so that no reader turns them into binary floats; dates are ISO.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core.problems import Count
from cim_tui.core.values import digits
from cim_tui.reports.paper import (
    Accepted,
    Act,
    ActivityReport,
    Answer,
    Asked,
    Citation,
    Elsewhere,
    OpenItem,
    Paper,
    Row,
    Signatory,
    StepReport,
    Table,
)

SCHEMA = "cim.export/1"


def render(paper: Paper) -> str:
    """A paper as one JSON object, with a line end."""
    return json.dumps(_paper(paper), ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return digits(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "copy": "working" if paper.working_copy else "shared",
        "marks": list(paper.marks),
        "id": paper.id,
        "lea": paper.lea,
        "process": paper.title,
        "scope": paper.scope or None,
        "facts": dict(paper.facts),
        "as_of": paper.as_of,
        "complete": paper.complete,
        "withheld": paper.withheld,
        "kept_aside": paper.kept_aside,
        "steps": [_step(step) for step in paper.steps],
        "sources": [_source(source) for source in paper.sources],
    }


def _step(step: StepReport) -> dict[str, Any]:
    return {
        "id": step.id,
        "number": step.number,
        "title": step.title,
        "state": step.state_id,
        "state_words": step.state,
        "required": step.required,
        "activities": {"complete": step.done.met, "of": step.done.of},
        "needed": _count(step.needed),
        "good_practice": _count(step.good),
        "due": step.due,
        "due_words": step.due_words,
        "due_from": step.due_from or None,
        "late": step.late,
        "owner": step.owner or None,
        "target": step.target,
        "elsewhere": _elsewhere(step.elsewhere),
        "acts": [_act(act) for act in step.acts],
        "signatures": [_signatory(line) for line in step.signatures],
        "kept_aside": step.kept_aside,
        "contents": [_activity(activity) for activity in step.activities],
    }


def _activity(activity: ActivityReport) -> dict[str, Any]:
    return {
        "id": activity.id,
        "address": activity.address,
        "title": activity.title,
        "state": activity.state,
        "applies": activity.applies,
        "why": activity.why or None,
        "required": activity.required,
        "support": activity.support,
        "source": _source(activity.source),
        "needed": _count(activity.needed),
        "good_practice": _count(activity.good),
        "owner": activity.owner or None,
        "target": activity.target,
        "due": activity.due,
        "elsewhere": _elsewhere(activity.elsewhere),
        "answers": [
            _table(part) if isinstance(part, Table) else _answer(part) for part in activity.answers
        ],
        "problems": [_problem(problem) for problem in activity.problems],
        "requirements": [_asked(asked) for asked in activity.asked],
        "signatures": [_signatory(line) for line in activity.signatures],
        "kept_aside": activity.kept_aside,
    }


def _count(count: Count) -> dict[str, int]:
    return {"met": count.met, "of": count.of}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "address": answer.address,
        "label": answer.label,
        "type": answer.kind,
        "value": answer.value,
        "text": answer.text or None,
        "absent": answer.absent or None,
        "note": answer.note or None,
        "withheld": answer.withheld,
        "required": answer.required,
        "asked": answer.asked,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "address": table.address,
        "label": table.label,
        "type": "table",
        "columns": [
            {"id": heading.id, "label": heading.label, "type": heading.kind}
            for heading in table.headings
        ],
        "rows": [
            {"row": row.id, "label": row.label, **_group(group.of, group.label), **_cells(row)}
            for group in table.groups
            for row in group.rows
        ],
    }


def _group(of: str, label: str) -> dict[str, Any]:
    return {"of": of or None, "of_label": label} if label else {}


def _cells(row: Row) -> dict[str, Any]:
    return {"cells": [_answer(cell) for cell in row.cells]}


def _problem(problem: OpenItem) -> dict[str, Any]:
    return {
        "address": problem.address,
        "activity": problem.activity,
        "label": problem.label,
        "severity": problem.severity,
        "message": problem.message,
        "rule": problem.rule,
        "source": _source(problem.source),
        "waivable": problem.waivable,
        "accepted": _accepted(problem.accepted),
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "address": asked.address,
        "label": asked.label,
        "severity": asked.severity,
        "source": _source(asked.source),
    }


def _accepted(accepted: Accepted | None) -> dict[str, Any] | None:
    if accepted is None:
        return None
    return {"by": accepted.by, "reason": accepted.reason, "until": accepted.until}


def _signatory(line: Signatory) -> dict[str, Any]:
    return {
        "role": line.role,
        "title": line.title,
        "required": line.required,
        "name": line.name or None,
        "on": line.on,
        "current": line.current,
    }


def _elsewhere(elsewhere: Elsewhere | None) -> dict[str, Any] | None:
    if elsewhere is None:
        return None
    return {
        "where": elsewhere.where,
        "on": elsewhere.on,
        "by": elsewhere.by,
        "link": elsewhere.link or None,
    }


def _act(act: Act) -> dict[str, Any]:
    return {"what": act.what, "on": act.on, "by": act.by, "note": act.note or None}


def _source(source: Citation) -> dict[str, Any]:
    return {"tag": source.tag, "at": source.at, "note": source.note}
