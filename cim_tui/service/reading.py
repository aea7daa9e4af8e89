"""From what a person typed, or JSON, to what a file holds. Nothing here changes a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from cim_tui.core import values
from cim_tui.core.errors import ValueRefused
from cim_tui.core.language import Column
from cim_tui.core.session import new_id
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.core.workflow import Activity, Step
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.store.fsops import disk


def as_object(value: Any) -> dict[str, Any]:
    """A row as JSON gives it, or a refusal."""
    if not isinstance(value, dict):
        raise ValueRefused("Each row is a JSON object: column names with their values")
    return {str(key): inner for key, inner in value.items()}


def raw_from_text(case: Case, place: Place, text: str, rng: Random) -> Any:
    """What a file holds for what a person typed; None for blank.

    Raises:
        ValueRefused: says what would fit.
    """
    spec = place.spec
    if spec.type == "people":
        return people_from_text(case, place, text, rng)
    if spec.type == "evidence":
        return evidence_from_text(case, place, text, rng)
    choices = case.situation.choices_of(spec, place.field)
    raw = values.parse(spec, text, choices)
    return _known_rows(case, place, raw) if spec.type == "reference" else raw


def _known_rows(case: Case, place: Place, raw: Any) -> Any:
    """A reference names rows by id or by label."""
    if raw is None:
        return None
    known = case.situation.choices_of(place.spec, place.field)
    by_label = {label.casefold(): key for key, label in known.items()}
    found: list[str] = []
    for item in raw if isinstance(raw, list) else [raw]:
        key = item if item in known else by_label.get(str(item).casefold())
        if key is None:
            offered = ", ".join(f"{k} ({v})" for k, v in list(known.items())[:6]) or "none yet"
            raise ValueRefused(f"“{shorten(str(item), 40)}” is no row there; there are: {offered}")
        found.append(key)
    return found if isinstance(raw, list) else found[0]


def people_from_text(case: Case, place: Place, text: str, rng: Random) -> Any:
    """Names separated by semicolons or line ends: roster members, else free names."""
    names = [one_line(part) for part in clean(text).replace("\n", ";").split(";")]
    names = [name for name in names if name]
    if len(names) > 1 and place.spec.many is False:
        raise ValueRefused(f"{place.spec.label} takes one person")
    roster = case.workflow.roster
    members: dict[str, str] = {}
    for row in case.situation.live_rows(roster).values() if roster else ():
        members[case.situation.row_label(roster, row).casefold()] = row.id  # type: ignore[arg-type]
        members[str(row.cells.get("name", "")).casefold()] = row.id
    entries: list[dict[str, Any]] = [
        {"person": members[name.casefold()]} if name.casefold() in members else {"name": name}
        for name in names
    ]
    return _keyed(entries, _stored(case, place), rng)


def evidence_from_text(case: Case, place: Place, text: str, rng: Random) -> Any:
    """One path or link a line, then what it shows, its date, until when it is good.

    ` | ` separates the parts: `minutes.pdf | Team agreed on areas | 2025-10-01 | 2026-10-01`.
    A file that is there is hashed.
    """
    if len(text) > 20_000:
        raise ValueRefused("Give one path or link a line")
    entries: list[dict[str, Any]] = []
    for line in clean(text).replace(";", "\n").split("\n"):
        where, *rest = re.split(r"\s*\|\s*", one_line(line))
        if not where:
            continue
        entry: dict[str, Any] = {}
        entry["url" if where.startswith(("http://", "https://")) else "path"] = where
        if rest and rest[0]:
            entry["what"] = rest[0]
        for name, day in zip(("date", "expires"), rest[1:], strict=False):
            if day:
                entry[name] = values.parse_date(day)
        if "path" in entry:
            entry |= fingerprint(case.path.parent, where)
        entries.append(entry)
    if len(entries) > 1 and place.spec.many is False:
        raise ValueRefused(f"{place.spec.label} takes one file or link")
    return _keyed(entries, _stored(case, place), rng)


def fingerprint(folder: Path, path: str) -> dict[str, str]:
    """SHA-256 of a piece of evidence, when it is there and not larger than 64 MiB."""
    try:
        data = disk.read(folder / path, 64 * 1024 * 1024)
    except (OSError, ValueError):
        return {}
    return {"sha256": sha256(data).hexdigest()} if len(data) <= 64 * 1024 * 1024 else {}


def _keyed(entries: list[dict[str, Any]], stored: Any, rng: Random) -> Any:
    """Entries with ids: that of the entry that says the same, else of the one in its place."""
    old = dict(stored) if isinstance(stored, Mapping) else {}
    ids: list[str | None] = []
    for entry in entries:
        found = (k for k, e in old.items() if k not in ids and _same(e, entry))
        ids.append(next(found, None))
    places = list(old)
    keyed: dict[str, dict[str, Any]] = {}
    for number, (entry, known) in enumerate(zip(entries, ids, strict=True)):
        place = places[number] if number < len(places) else ""
        free = place not in ids and place not in keyed and _goes_on(old.get(place), entry)
        keyed[known or (place if free else new_id(rng, {**old, **keyed}))] = entry
    return keyed or None


def _goes_on(stored: Any, entry: Mapping[str, Any]) -> bool:
    """Whether an entry is a stored one with a few keys more or less: a file, a name half typed."""
    if not isinstance(stored, Mapping) or "person" in stored or "person" in entry:
        return False
    old, new = str(stored.get("name", "")), str(entry.get("name", ""))
    return old.startswith(new) or new.startswith(old)


def _same(stored: Any, entry: Mapping[str, Any]) -> bool:
    """Whether a stored entry is about the same person, file or link."""
    names = ("person", "name", "path", "url")
    return isinstance(stored, Mapping) and all(stored.get(n) == entry.get(n) for n in names)


def _stored(case: Case, place: Place) -> Any:
    return case.session.raw(place.address)


def raw_from_json(case: Case, place: Place, value: Any, rng: Random) -> Any:
    """What a file holds for a JSON value."""
    spec = place.spec
    if value is None:
        return None
    if isinstance(value, bool):
        if spec.type != "yes-no":
            raise ValueRefused(f"{spec.label} is not a yes-or-no question")
        return value
    if spec.type in ("people", "evidence") and isinstance(value, list | dict):
        return _entries_from_json(case, place, value, rng)
    if isinstance(value, list):
        if spec.type not in ("choices", "checklist", "reference"):
            raise ValueRefused(f"{spec.label} takes one value, not a list")
        choices = case.situation.choices_of(spec, place.field)
        if spec.type == "reference":
            found = _known_rows(case, place, [str(item) for item in value])
            if not found:
                return None
            return found if spec.many else found[0]
        one = Column(type="choice", label=spec.label, choices=choices)
        return [values.parse(one, str(item), choices) for item in value] or None
    if isinstance(value, dict):
        raise ValueRefused(f"{spec.label} takes a value, not an object")
    return raw_from_text(case, place, _plain(value), rng)


def _plain(value: Any) -> str:
    return values.digits(value) if isinstance(value, Decimal) else str(value)


def _entries_from_json(case: Case, place: Place, value: Any, rng: Random) -> Any:
    entries = list(value.values()) if isinstance(value, dict) else value
    kept: list[dict[str, Any]] = []
    known = ("person", "name") if place.spec.type == "people" else (
        "path", "url", "what", "date", "expires", "sha256",
    )  # fmt: skip
    for entry in entries:
        if isinstance(entry, str):
            found = raw_from_text(case, place, entry, rng)
            kept += list(found.values()) if isinstance(found, dict) else []
            continue
        item = as_object(entry)
        item.pop("row", None)
        for key, inner in item.items():
            if key not in known:
                raise ValueRefused(f"{place.spec.label} knows {', '.join(known)}, not “{key}”")
            if inner is not None and not isinstance(inner, str):
                raise ValueRefused(f"“{key}” of {place.spec.label} has to be a text")
        roster = case.workflow.roster
        known_people = case.situation.live_rows(roster) if roster else {}
        if item.get("person") and item["person"] not in known_people:
            raise ValueRefused(f"“{shorten(str(item['person']), 40)}” is nobody on the roster")
        kept.append({k: _entry_value(k, v) for k, v in item.items() if v})
    return _keyed(kept, _stored(case, place), rng)


def _entry_value(key: str, text: str) -> Any:
    return values.parse_date(text) if key in ("date", "expires") else one_line(text)


def owner_name(case: Case, part: Step | Activity) -> str:
    """Who carries a step or an activity, by name; empty for nobody."""
    at = ("step", part.id) if isinstance(part, Step) else ("activity", part.step.id, part.id)
    key = case.session.at(*at, "owner")
    roster = case.workflow.roster
    row = case.situation.rows(roster).get(str(key)) if roster else None
    return str(row.cells.get("name", "")) if row is not None else str(key or "")
