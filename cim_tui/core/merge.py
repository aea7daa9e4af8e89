"""Two documents made from one, put together again.

What only one side changed is taken. What both changed alike is taken. What both changed
differently is kept twice: one side stands in its place, the other in `conflicts`, until a person
settles it. Rows go by their ids, never by their place. Nothing that anybody wrote is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, Path, address_of, apply, is_unit, units
from cim_tui.core.session import day, derived_id, get, same

Doc = Mapping[str, Any]
OWN = ("schema", "uid", "id")
"""What says which document this is: never merged, always ours."""
ROW = 5
"""Parts of the path of a table's row: answers, step, activity, field, row."""


class Side(NamedTuple):
    """Who made the other version, and when: shown beside a conflict."""

    by: str = ""
    on: date | None = None


class Conflict(NamedTuple):
    """Two people changed one thing: what stands in its place, and the other."""

    id: str
    path: Path
    mine: Any
    theirs: Any
    by: str = ""
    on: date | None = None

    @property
    def address(self) -> str:
        """What it is about, as people write it."""
        return address_of(self.path)

    def as_entry(self) -> dict[str, Any]:
        """How a file keeps it. What is not there (removed, cleared) is left out."""
        entry: dict[str, Any] = {"path": list(self.path)}
        if self.theirs is not None:
            entry["theirs"] = self.theirs
        if self.mine is not None:
            entry["mine"] = self.mine
        if self.by:
            entry["by"] = self.by
        if self.on is not None:
            entry["on"] = self.on
        return entry


class Merged(NamedTuple):
    """Both sides in one document."""

    doc: dict[str, Any]
    conflicts: tuple[Conflict, ...]
    """Those that this merge found; they stand in the document too."""


def merge(base: Doc, ours: Doc, theirs: Doc, side: Side = Side()) -> Merged:  # noqa: B008 - never changes
    """Put two versions together.

    Args:
        base: what both were made from.
        ours: one version; where both changed the same, this one stays in its place.
        theirs: the other.
        side: whose the other is.

    Returns:
        A document in which every word of either side stands, in its place or in `conflicts`.
    """
    theirs = _under_our_name(theirs, ours)
    clashes: Clashes = {}
    doc = _node((), base, ours, theirs, clashes) or {}
    doc = _settle_absences(doc, ours, clashes)
    found = tuple(_conflict(path, mine, other, side) for path, (mine, other) in clashes.items())
    known = doc.get("conflicts", {})
    fresh = {c.id: c.as_entry() for c in found if c.id not in known}
    if fresh:
        doc = {**doc, "conflicts": {**known, **fresh}}
    return Merged(dict(doc), found)


def merge_without_base(ours: Doc, theirs: Doc, side: Side = Side()) -> Merged:  # noqa: B008
    """Put two versions together of which nobody knows what they were made from.

    What one side has is kept, what differs is kept twice, and nothing counts as deleted.
    """
    o, t = dict(units(ours)), dict(units(theirs))
    both = {path: value for path, value in o.items() if path in t and same(value, t[path])}
    common: dict[str, Any] = apply({}, [Edit(path, None, value) for path, value in both.items()])
    return merge(common, ours, theirs, side)


Clashes = dict[Path, tuple[Any, Any]]
"""By path: what stands in its place, and the other."""


def _node(path: Path, base: Any, ours: Any, theirs: Any, clashes: Clashes) -> Any:
    """One place of the two versions: nothing, a unit, or a table with what is in it."""
    if same(ours, theirs) or same(theirs, base):
        return ours
    if same(ours, base):
        return theirs
    tables = [_table(path, side) for side in (base, ours, theirs)]
    if path[:1] == ("conflicts",) and len(path) == 2:  # the same clash, found from both sides
        return ours if ours is not None else theirs
    removed = ours is None or theirs is None
    if removed and path[:1] == ("answers",) and len(path) == ROW and tables[0]:
        # A row that one side removed and the other changed stays whole.
        clashes[path] = (ours, theirs)
        return ours if ours is not None else theirs
    if tables[1] is not None and tables[2] is not None and not (removed and tables[0] is None):
        return _inside(path, tables, (ours, theirs), clashes)
    clashes[path] = (ours, theirs)
    return ours if ours is not None else theirs


def _table(path: Path, value: Any) -> Mapping[str, Any] | None:
    """A value as a table: what is not there is an empty one, what is a unit is none."""
    if value is None or (isinstance(value, Mapping) and not value):
        return {}
    return None if is_unit(path, value) else value


def _inside(
    path: Path, tables: list[Mapping[str, Any] | None], sides: tuple[Any, Any], clashes: Clashes
) -> Any:
    base, ours, theirs = (table or {} for table in tables)
    made = {}
    for key in dict.fromkeys((*ours, *theirs, *base)):
        value = _node((*path, key), base.get(key), ours.get(key), theirs.get(key), clashes)
        if value is not None:
            made[key] = value
    if not made:
        row = len(path) == ROW and path[0] == "answers" and None not in sides
        return {} if row or {} in sides else None
    return {key: made[key] for key in _order(made, base, ours, theirs)}


def _settle_absences(doc: Doc, ours: Doc, clashes: Clashes) -> Doc:
    """An answer by one side and a reason why it is missing by the other: both are kept."""
    for address, reason in dict(doc.get("absent", {})).items():
        answer = ("answers", *address.split("."))
        value = get(doc, answer)
        own = get(ours, ("absent", address)) is not None
        if value is None or (own and get(ours, answer) is not None):
            continue
        missing = {"absent": reason}
        clashes[answer] = (missing, value) if own else (value, missing)
        gone = answer if own else ("absent", address)
        doc = apply(doc, [Edit(gone, None, None)])
    return doc


def _conflict(path: Path, mine: Any, theirs: Any, side: Side) -> Conflict:
    """A conflict with an id that is the same from whichever side it is found."""
    texts = sorted(json.dumps(value, sort_keys=True, default=str) for value in (mine, theirs))
    return Conflict(derived_id("conflict", *path, *texts), path, mine, theirs, *side)


# Order


def _under_our_name(theirs: Doc, ours: Doc) -> Doc:
    """Theirs with our own schema, uid and id: which document this is, is not merged."""
    named = {key: ours[key] for key in OWN if key in ours}
    return {**named, **{key: named.get(key, value) for key, value in theirs.items()}}


def _order(made: Doc, base: Doc, ours: Doc, theirs: Doc) -> list[str]:
    """The order of a table's keys: as the side that moved something has it.

    What was added stands behind what it followed. The result is the same whichever side is ours.
    """
    stayed = [key for key in base if key in made]

    def order_of(side: Doc) -> list[str]:
        own = [key for key in side if key in base and key in made]
        return own + [key for key in stayed if key not in side]

    one, other = order_of(ours), order_of(theirs)
    order = other if one == stayed else one if other == stayed else min(one, other)
    runs = [_added(side, base, made) for side in (ours, theirs)]
    found: list[str] = []
    for place in (None, *order):
        found += [place] if place is not None else []
        for run in sorted(own[place] for own in runs if place in own):
            found += run
    return list(dict.fromkeys(found))


def _added(side: Doc, base: Doc, made: Doc) -> dict[str | None, list[str]]:
    """What a side added to a table, by the key of the base that it stands behind."""
    found: dict[str | None, list[str]] = {}
    before: str | None = None
    for key in side:
        if key in base:
            before = key if key in made else before
        elif key in made:
            found.setdefault(before, []).append(key)
    return found


def settled(doc: Doc, conflict: Conflict, *, theirs: bool) -> dict[str, Any]:
    """A document with a conflict settled: what stands there stays, or theirs takes its place."""
    made = apply(doc, [Edit(("conflicts", conflict.id), None, None)])
    if not theirs:
        return made
    path = conflict.path
    edits = [Edit(path, None, None)]
    if path[0] == "answers":
        absence = ("absent", ".".join(path[1:]))
        edits.append(Edit(absence, None, None))
        if isinstance(conflict.theirs, Mapping) and set(conflict.theirs) == {"absent"}:
            return apply(made, [*edits, Edit(absence, None, conflict.theirs["absent"])])
    if isinstance(conflict.theirs, Mapping) and not is_unit(path, conflict.theirs):
        edits += [Edit((*path, *p), None, value) for p, value in units(conflict.theirs)]
    else:
        edits.append(Edit(path, None, conflict.theirs))
    return {key: value for key, value in apply(made, edits).items() if value != {}}


def unsettled(doc: Doc) -> list[Conflict]:
    """Every conflict of a document, in file order."""
    found = doc.get("conflicts")
    return [
        Conflict(
            key, tuple(map(str, entry["path"])), entry.get("mine"), entry.get("theirs"),
            str(entry.get("by", "")), day(entry.get("on")),
        )
        for key, entry in (found.items() if isinstance(found, Mapping) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("path"), list) and entry["path"]
    ]  # fmt: skip
