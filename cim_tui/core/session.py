"""A session: one LEA's work through one workflow, as the TOML document that is its truth.

A `Session` never changes: each transition returns a new one that shares what did not change.
That is what makes undo a list of sessions, and a comparison a comparison of documents.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cim_tui.core.errors import ValueRefused

SCHEMA = 1
ROW_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

Doc = Mapping[str, Any]


def new_id(rng: random.Random, taken: Mapping[str, Any] | None = None, length: int = 6) -> str:
    """A random id of a-z and 2-7 that is not taken; the generator comes in as an argument."""
    while True:
        found = "".join(rng.choice(ROW_ALPHABET) for _ in range(length))
        if not taken or found not in taken:
            return found


def derived_id(*origin: str) -> str:
    """The id of a prescribed row: the same on every machine, so two people make the same row."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(origin).encode()).digest()[:8], "big")
    letters = []
    for _ in range(6):
        number, place = divmod(number, 32)
        letters.append(ROW_ALPHABET[place])
    return "".join(letters)


def put(doc: Doc, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of a document with a value at a path; None removes it and what becomes empty."""
    if value is None and get(doc, path) is None:
        return dict(doc)
    head, rest = path[0], path[1:]
    changed = dict(doc)
    if rest:
        inner = changed.get(head)
        value = put(inner if isinstance(inner, Mapping) else {}, rest, value) or None
    if value is None:
        changed.pop(head, None)
    else:
        changed[head] = value
    return changed


def get(doc: Doc, path: tuple[str, ...]) -> Any:
    """The value at a path, or None."""
    found: Any = doc
    for part in path:
        # Asking for the very type first is many times faster than asking for a Mapping.
        if (type(found) is not dict and not isinstance(found, Mapping)) or part not in found:
            return None
        found = found[part]
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two documents hold the same in the same order; not-a-number equals itself."""
    if one is other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one.as_tuple() == other.as_tuple()
    return type(one) is type(other) and bool(one == other)


def leaves(value: Any) -> Iterator[Any]:
    """Every value of a document that holds no other, in order."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def day(value: Any) -> date | None:
    """A date out of a file; a moment counts as its day, anything else as none."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


@dataclass(frozen=True)
class Absence:
    """A value that is missing on purpose."""

    code: str
    note: str = ""


@dataclass(frozen=True)
class SignOff:
    """A role signed a step or an activity."""

    id: str
    scope: str
    role: str
    name: str
    on: date
    how: str
    content: str
    recorded_by: str
    evidence: str = ""


@dataclass(frozen=True)
class Session:
    """One case. `doc` is the whole file; everything here only reads it or copies it."""

    doc: Doc

    @property
    def id(self) -> str:
        """The case's id: the file's stem."""
        return str(self.doc.get("id", ""))

    @property
    def uid(self) -> str:
        """Which case this is; never changes, whatever the file is called."""
        return str(self.doc.get("uid", ""))

    @property
    def lea(self) -> str:
        """The district's name."""
        return str(get(self.doc, ("lea", "name")) or "")

    @property
    def workflow(self) -> str:
        """Id of the workflow."""
        return str(get(self.doc, ("case", "workflow")) or "")

    @property
    def edition(self) -> str:
        """Edition of the definitions it started on."""
        return str(get(self.doc, ("case", "edition")) or "")

    @property
    def is_example(self) -> bool:
        """A shipped example: left out of lists and exit codes unless asked for."""
        return self.doc.get("example") is True

    @property
    def is_archived(self) -> bool:
        """Put away; still readable."""
        return self.doc.get("archived") is True

    def fact(self, name: str) -> Any:
        """A fact of the case: workflow, year, level, category, entry, cycle, start-at."""
        return get(self.doc, ("case", name))

    def raw(self, address: str) -> Any:
        """What is stored at an answer's address, as the file holds it; None when nothing is."""
        return get(self.doc, ("answers", *address.split(".")))

    def absence(self, address: str) -> Absence | None:
        """The coded absence at an address."""
        found = get(self.doc, ("absent", address)) if "absent" in self.doc else None
        if found is None or not isinstance(found, Mapping):
            return None
        return Absence(str(found.get("code", "")), str(found.get("note", "")))

    def absences(self, prefix: str) -> dict[str, Absence]:
        """Every absence at or under an address."""
        every = self.doc.get("absent")
        return {
            address: Absence(str(entry.get("code", "")), str(entry.get("note", "")))
            for address, entry in (every.items() if isinstance(every, Mapping) else ())
            if isinstance(entry, Mapping) and (address + ".").startswith(prefix + ".")
        }

    def at(self, *path: str) -> Any:
        """The value at any path of the document."""
        return get(self.doc, path)

    def records(self, table: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Entries of a table of records (waivers, signoffs, submissions), in file order."""
        found = self.doc.get(table)
        for key, entry in found.items() if isinstance(found, Mapping) else ():
            if isinstance(entry, Mapping):
                yield key, entry

    def copied(self, prefix: str) -> dict[str, Mapping[str, Any]]:
        """Answers and rows at or under an address that were copied in and not yet confirmed."""
        return {
            address: entry
            for address, entry in self.records("copied")
            if (address + ".").startswith(prefix + ".")
        }

    def signoffs(self, scope: str) -> list[SignOff]:
        """Sign-offs of a step or activity, in file order."""
        return [
            SignOff(
                id=key,
                scope=scope,
                role=str(e.get("role", "")),
                name=str(e.get("name", "")),
                on=day(e.get("on")) or date.min,
                how=str(e.get("how", "")),
                content=str(e.get("content", "")),
                recorded_by=str(e.get("recorded-by", "")),
                evidence=str(e.get("evidence", "")),
            )
            for key, e in self.records("signoffs")
            if e.get("scope") == scope
        ]

    # Transitions. Each returns a new session; none of them judges.

    def with_value(self, address: str, raw: Any) -> Session:
        """This session with an answer set, or cleared with None. An answer ends an absence."""
        path = ("answers", *address.split("."))
        if len(path) == 6:  # a cell: its row stays when its last cell is cleared
            stored = get(self.doc, path[:5])
            if raw is None and not isinstance(stored, Mapping):
                return self
            row = {**(stored if isinstance(stored, Mapping) else {}), path[5]: raw}
            changed = put(
                self.doc, path[:5], {key: cell for key, cell in row.items() if cell is not None}
            )
        else:
            changed = put(self.doc, path, raw)
        if raw is not None:
            changed = put(changed, ("absent", address), None)
        return Session(changed).with_confirmed(address)

    def with_absence(self, address: str, absence: Absence | None) -> Session:
        """This session with a coded absence in place of an answer."""
        entry = {"code": absence.code, "note": absence.note} if absence else None
        changed = put(self.doc, ("absent", address), entry)
        session = Session(changed).with_confirmed(address)
        if absence is not None and session.raw(address) is not None:
            session = session.with_value(address, None)
        return session

    def with_confirmed(self, address: str) -> Session:
        """This session without the mark that an answer, or its row, was copied in."""
        if "copied" not in self.doc:
            return self
        parts = address.split(".")
        return Session(put(self.doc, ("copied", ".".join(parts[:4])), None))

    def with_fact(self, name: str, value: Any) -> Session:
        """This session with a fact of the case set."""
        return Session(put(self.doc, ("case", name), value))

    def with_entry(self, path: tuple[str, ...], value: Any) -> Session:
        """This session with a value anywhere in the document; None removes it."""
        return Session(put(self.doc, path, value))

    def with_row(self, table: str, row: str, cells: Mapping[str, Any]) -> Session:
        """This session with a row added or replaced, at its place or at the end."""
        return Session(put(self.doc, ("answers", *table.split("."), row), dict(cells)))

    def without_row(self, table: str, row: str) -> Session:
        """This session without a row and its absences."""
        changed = put(self.doc, ("answers", *table.split("."), row), None)
        for address in self.absences(f"{table}.{row}"):
            changed = put(changed, ("absent", address), None)
        return Session(changed).with_confirmed(f"{table}.{row}")

    def with_row_moved(self, table: str, row: str, places: int) -> Session:
        """This session with a row moved up (negative) or down among its table's rows."""
        rows = self.raw(table)
        if not isinstance(rows, Mapping) or row not in rows:
            raise ValueRefused(f"There is no row {row} in {table}")
        order = [key for key in rows if key != row]
        at = max(0, min(len(order), list(rows).index(row) + places))
        order.insert(at, row)
        moved = {key: rows[key] for key in order}
        return Session(put(self.doc, ("answers", *table.split(".")), moved))
