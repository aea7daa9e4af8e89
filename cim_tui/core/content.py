"""What a signature covers: the answers in force, as one hash; and whose signatures are current."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core.language import Signature, Source
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Spot
from cim_tui.core.values import digits
from cim_tui.core.workflow import Activity, Field, Step


@dataclass(frozen=True)
class SignatureLine:
    """A role that signs, and whether it has signed what stands there now."""

    role: str
    title: str
    required: bool
    source: Source
    name: str = ""
    on: date | None = None
    current: bool = False

    def as_json(self) -> dict[str, Any]:
        """The shell contract's form."""
        return {
            "role": self.role,
            "required": self.required,
            "name": self.name or None,
            "on": self.on.isoformat() if self.on else None,
            "current": self.current,
        }


def content_hash(situation: Situation, part: Step | Activity) -> str:
    """SHA-256 over canonical JSON of the answers and absences in force in a step or activity.

    Parked, calculated, waived and signed things are left out, so that none of them can make a
    signature stale.
    """
    activities = part.activities.values() if isinstance(part, Step) else [part]
    covered = {
        "workflow": situation.workflow.id,
        "edition": situation.workflow.edition,
        "answers": {a.address: _answers(situation, a.fields.values()) for a in activities},
    }
    text = json.dumps(
        covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return digits(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _answers(situation: Situation, fields: Iterable[Field]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    session = situation.session
    for field in fields:
        if field.type == "calculated" or situation.field_applies(field).truth is False:
            continue
        absence = session.absence(field.address)
        if absence is not None:
            found[field.id] = {"absent": absence.code, "note": absence.note}
        elif field.spec.fact is not None:
            if session.fact(field.spec.fact) is not None:
                found[field.id] = session.fact(field.spec.fact)
        elif field.columns:
            rows = {
                row.id: _cells(situation, field, row.id)
                for row in situation.live_rows(field).values()
                if row.stored
            }
            if rows:
                found[field.id] = rows
        elif session.raw(field.address) is not None:
            found[field.id] = session.raw(field.address)
    return found


def _cells(situation: Situation, field: Field, row_id: str) -> dict[str, Any]:
    row = situation.live_rows(field)[row_id]
    cells: dict[str, Any] = {}
    for name, spec in field.columns.items():
        if spec.type == "calculated":
            continue
        if situation.column_applies(field, row, name).truth is False:
            continue
        absence = situation.session.absence(f"{field.address}.{row_id}.{name}")
        if absence is not None:
            cells[name] = {"absent": absence.code, "note": absence.note}
        elif name in row.cells:
            cells[name] = row.cells[name]
    return cells


def signatures_of(situation: Situation, part: Step | Activity) -> list[SignatureLine]:
    """Every role that signs a step or an activity, with its latest sign-off."""
    scope = part.id if isinstance(part, Step) else part.address
    asked = [s for s in part.spec.signatures if _asked(situation, s, part)]
    if not asked:
        return []
    now = content_hash(situation, part)
    signed = situation.session.signoffs(scope)
    lines = []
    for signature in asked:
        own = [s for s in signed if s.role == signature.role]
        fresh = [s for s in own if s.content == now]
        latest = (fresh or own)[-1] if own else None
        lines.append(
            SignatureLine(
                signature.role, signature.title, signature.required, signature.source,
                latest.name if latest else "", latest.on if latest else None, bool(fresh),
            )
        )  # fmt: skip
    return lines


def _asked(situation: Situation, signature: Signature, part: Step | Activity) -> bool:
    if signature.applies_when is None:
        return True
    spot = Spot(part if isinstance(part, Activity) else None)
    return situation.decide(signature.applies_when, spot).truth is not False
