"""Answers on paper: labels for ids, words for absences, and "withheld" where a copy says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core import values
from cim_tui.core.language import Column
from cim_tui.core.session import Absence
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row as LiveRow
from cim_tui.core.text import clean, looks_personal, one_line, shorten
from cim_tui.core.values import Misfit
from cim_tui.core.words import ABSENT
from cim_tui.core.workflow import Activity, Field
from cim_tui.reports.paper import Answer, Group, Heading, Row, Table
from cim_tui.reports.privacy import (
    WITHHELD,
    Discreet,
    names_somebody,
    note_is_personal,
    tells_a_count,
)
from cim_tui.reports.small_counts import withheld_numbers

GONE = "Belongs to a row that is gone"


class Pen:
    """Writes answers down, and keeps count of what it leaves out.

    Args:
        situation: a `Discreet` one writes a shared copy, any other a working copy.
    """

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.discreet = situation if isinstance(situation, Discreet) else None
        self.hidden = withheld_numbers(situation) if self.discreet else frozenset()
        self.withheld: set[str] = set()
        """Addresses of what was left out so far."""

    # People and free text outside answers

    def who(self, name: object, address: str) -> str:
        """Who did or carries something: by name; in a shared copy by role, or withheld."""
        text = one_line(str(name or ""))
        roster = self.situation.workflow.roster
        row = self.situation.rows(roster).get(text) if roster is not None and text else None
        if roster is not None and row is not None:
            return one_line(self.situation.row_label(roster, row))
        if self.discreet is None or not text:
            return text
        told = self.discreet.somebody(text)
        return self._withhold(address) if told == WITHHELD else one_line(told)

    def prose(self, text: object, address: str) -> str:
        """Free text that is no answer, such as a reason; withheld when it seems to name a child."""
        cleaned = clean(str(text or "")).strip()
        if self.discreet and looks_personal(cleaned):
            return self._withhold(address)
        return cleaned

    def _withhold(self, address: str) -> str:
        self.withheld.add(address)
        return WITHHELD

    # Fields

    def activity(self, activity: Activity) -> tuple[Answer | Table, ...]:
        """The answers of an activity in the order of its form; none when nothing is entered."""
        written = [self._field(field) for field in activity.fields.values()]
        entered = any(
            isinstance(part, Table) or (part.text and field.spec.fact is None)
            for field, part in zip(activity.fields.values(), written, strict=True)
            if part is not None
        )
        return tuple(part for part in written if part is not None) if entered else ()

    def _field(self, field: Field) -> Answer | Table | None:
        applies = self.situation.field_applies(field).truth
        if applies is False:
            return None
        value = self.situation.value(field)
        if field.type == "table" and not isinstance(value, Absence):
            table = self._table(field)
            if table is not None:
                return table
            value = value if isinstance(value, Misfit) else None
        answer = self._answer(field.address, field.spec, value, field, asked=applies is True)
        return answer if answer.text or answer.is_open else None

    def _answer(
        self, address: str, spec: Column, value: Any, field: Field, *, asked: bool = True
    ) -> Answer:
        blank = Answer(
            address, one_line(spec.label), spec.type, required=spec.required, asked=asked
        )
        if value is None:
            return blank
        if isinstance(value, Absence):
            return self._absence(blank, spec, value)
        if self.discreet and self._is_withheld(address, spec, value, field):
            return replace(blank, text=self._withhold(address), withheld=True)
        if isinstance(value, Misfit):
            found = shorten(str(value.raw), 200)
            return replace(blank, text=f"“{found}” (cannot be read as {value.wanted})")
        return self._shown(blank, spec, value, field)

    def _is_withheld(self, address: str, spec: Column, value: Any, field: Field) -> bool:
        if isinstance(value, Misfit):
            risky = [spec, *field.columns.values()] if spec is field.spec else [spec]
            if spec.type == "people" or any(
                c.personal or tells_a_count(self.situation, c, field) for c in risky
            ):
                return True
            return any(c.about_children and looks_personal(str(value.raw)) for c in risky)
        return address in self.hidden or names_somebody(spec, value)

    def _absence(self, blank: Answer, spec: Column, absence: Absence) -> Answer:
        note, withheld = clean(absence.note).strip(), False
        if self.discreet and note and note_is_personal(spec, note):
            note, withheld = self._withhold(blank.address), True
        words = ABSENT.get(absence.code, one_line(absence.code))
        return replace(blank, text=words, absent=absence.code, note=note, withheld=withheld)

    def _shown(self, blank: Answer, spec: Column, value: Any, field: Field) -> Answer:
        if spec.type == "people" and isinstance(value, Mapping):
            return self._people(blank, spec, value, field)
        if spec.type == "evidence" and isinstance(value, Mapping):
            entries = list(value.items())
            text = "; ".join(_evidence(entry) for _, entry in entries)
            return replace(blank, text=text, value=[_plain_entry(k, e) for k, e in entries])
        if tells_a_count(self.situation, spec, field):
            # Decided above by address: a discreet situation says no count at all in prose.
            text = values.show(spec, value, self.situation.workflow.choices(spec))
        else:
            text = self.situation.show(spec, value, field)
        return replace(blank, text=clean(text), value=_plain(value))

    def _people(
        self, blank: Answer, spec: Column, value: Mapping[str, Any], field: Field
    ) -> Answer:
        names = [
            one_line(self.situation.show(spec, {"": entry}, field)) for entry in value.values()
        ]
        if self.discreet is None or WITHHELD not in names:
            return replace(blank, text="; ".join(names), value=names)
        self._withhold(blank.address)
        told = [None if name == WITHHELD else name for name in names]
        return replace(blank, text="; ".join(names), value=told, withheld=True)

    # Tables

    def _table(self, field: Field) -> Table | None:
        rows = list(self.situation.live_rows(field).values())
        parent = self._parent(field)
        names = [name for name in field.columns if not (parent and name == "of")]
        written = {row.id: self._cells(field, row, names) for row in rows}
        if not any(_entered(field, row, written[row.id]) for row in rows):
            return None
        kept = [
            name
            for name in names
            if any(
                cells[name].text or (cells[name].required and cells[name].asked)
                for cells in written.values()
            )
        ]
        made = {
            row.id: Row(
                row.id,
                one_line(self.situation.row_label(field, row)),
                tuple(written[row.id][name] for name in kept),
            )
            for row in rows
        }
        headings = tuple(
            Heading(name, one_line(field.columns[name].label), field.columns[name].type)
            for name in kept
        )
        label = one_line(field.label)
        return Table(field.address, label, headings, tuple(self._groups(parent, rows, made)))

    def _cells(self, field: Field, row: LiveRow, names: list[str]) -> dict[str, Answer]:
        return {
            name: self._answer(
                f"{field.address}.{row.id}.{name}",
                field.columns[name],
                self.situation.cell(field, row, name),
                field,
                asked=self.situation.column_applies(field, row, name).truth is True,
            )
            for name in names
        }

    def _parent(self, field: Field) -> Field | None:
        if not field.spec.parent:
            return None
        target = self.situation.workflow.target(field.spec.parent, field.activity)
        return target.field if target else None

    def _groups(
        self, parent: Field | None, rows: list[LiveRow], made: Mapping[str, Row]
    ) -> Iterator[Group]:
        if parent is None:
            yield Group("", "", tuple(made.values()))
            return
        owners = self.situation.live_rows(parent)
        by_owner: dict[str, list[Row]] = {key: [] for key in owners}
        for row in rows:
            owner = str(row.cells.get("of", ""))
            by_owner.setdefault(owner if owner in owners else "", []).append(made[row.id])
        for key, own in by_owner.items():
            if own:
                label = self.situation.row_label(parent, owners[key]) if key else GONE
                yield Group(one_line(label), key, tuple(own))


def _entered(field: Field, row: LiveRow, cells: Mapping[str, Answer]) -> bool:
    """Whether a row holds more than it was prescribed with."""
    if not row.prescribed or field.spec.rows_from is None:
        return True
    given = {part.into for part in field.spec.rows_from.parts}
    if any(part.calendar for part in field.spec.rows_from.parts):
        given |= {"on", "required"}
    return any(
        cell.text and cell.kind != "calculated" for name, cell in cells.items() if name not in given
    )


def _evidence(entry: object) -> str:
    """A file or link: what it shows, where it lies, its date."""
    if not isinstance(entry, Mapping):
        return one_line(str(entry))
    what = one_line(str(entry.get("what") or ""))
    where = one_line(str(entry.get("path") or entry.get("url") or ""))
    dates = [
        f"{word} {entry[key]}"
        for key, word in (("date", "dated"), ("expires", "good until"))
        if isinstance(entry.get(key), date)
    ]
    shown = f"{what} ({where})" if what and where else what or where
    return ", ".join([shown, *dates])


def _plain_entry(key: str, entry: object) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        return {"row": key}
    known = ("path", "url", "what", "date", "expires", "sha256")
    return {"row": key, **{k: _plain(entry[k]) for k in known if k in entry}}


def _plain(value: Any) -> Any:
    """A value without terminal controls, whatever its shape."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | Decimal | date):
        return value
    return clean(str(value))
