"""What changed between two documents, as edits that can be made, taken back and kept on record.

The unit is what one person changes at a time: an answer, a cell, a mark, a fact. Lists are one
unit; so is a record of an act (a waiver, a sign-off), which nobody changes in part. The order of
rows is kept too, since it is the order people see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cim_tui.core.session import get, same

Path = tuple[str, ...]
Doc = Mapping[str, Any]

WHOLE = frozenset(
    {"absent", "copied", "waivers", "done", "reopened", "elsewhere", "signoffs", "submissions",
     "conflicts", "settings", "origin"}
)  # fmt: skip
"""Tables whose entries are one unit each."""

ORDER = "\x00order"
"""Last part of the path of an edit that changes the order of a table's keys; no key of a file."""


class Edit(NamedTuple):
    """One unit that changed: None stands for nothing there."""

    path: Path
    old: Any
    new: Any

    @property
    def back(self) -> Edit:
        """What takes this back."""
        return Edit(self.path, self.new, self.old)

    @property
    def is_order(self) -> bool:
        """Whether only the order of a table's keys changes."""
        return self.path[-1] == ORDER


def is_unit(path: Path, value: Any) -> bool:
    """Whether a value at a path is changed as a whole."""
    if not isinstance(value, Mapping) or not value:
        return True
    return len(path) >= 2 and path[0] in WHOLE


def units(doc: Doc, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every unit of a document with its path, in order."""
    for key, value in doc.items():
        here = (*path, key)
        if is_unit(here, value):
            yield here, value
        else:
            yield from units(value, here)


def changes(before: Doc, after: Doc) -> list[Edit]:
    """The edits that make one document into another; making them gives exactly the other."""
    found = list(_changed(before, after, ()))
    made = apply(before, found)
    return found + list(_orders(made, after, ()))


def _changed(before: Doc, after: Doc, path: Path) -> Iterator[Edit]:
    if before is after:
        return
    for key in (*before, *(key for key in after if key not in before)):
        here = (*path, key)
        old, new = before.get(key), after.get(key)
        if old is new:
            continue
        whole_old, whole_new = old is None or is_unit(here, old), new is None or is_unit(here, new)
        if whole_old and whole_new:
            if not same(old, new):
                yield Edit(here, old, new)
            continue
        # A table on one side at least; what is none is taken away or put there as a whole first.
        if whole_old and old is not None and old != {}:
            yield Edit(here, old, None)
        if whole_new and new == {} and old:
            yield from _changed(old, {}, here)
            yield Edit(here, None, {})
            continue
        if old == {} and isinstance(new, Mapping):
            yield Edit(here, {}, None)
        tables = [side if isinstance(side, Mapping) and not whole else {}
                  for side, whole in ((old, whole_old), (new, whole_new))]  # fmt: skip
        yield from _changed(tables[0], tables[1], here)
        if whole_new and new is not None and new != {}:
            yield Edit(here, None, new)


def _orders(before: Any, after: Any, path: Path) -> Iterator[Edit]:
    """Tables whose keys are the same and stand in another order."""
    if before is after or not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return
    if path and is_unit(path, after):
        return
    if list(before) != list(after):
        yield Edit((*path, ORDER), list(before), list(after))
    for key in after:
        yield from _orders(before.get(key), after[key], (*path, key))


def apply(doc: Doc, edits: Iterable[Edit]) -> dict[str, Any]:
    """A document with edits made, whatever stood there before; shares what did not change."""
    made = dict(doc)
    for edit in edits:
        if edit.is_order:
            made = _in_order(made, edit.path[:-1], edit.new or [])
        else:
            made = _put(made, edit.path, edit.new)
    return made


def onto(doc: Doc, edits: Iterable[Edit]) -> Doc:
    """A document with edits made where it still holds what stood there before them."""
    for edit in edits:
        if edit.is_order or same(get(doc, edit.path), edit.old):
            doc = apply(doc, [edit])
    return doc


def take_back(doc: Doc, edits: Iterable[Edit]) -> dict[str, Any]:
    """A document with edits taken back, the last one first."""
    return apply(doc, [edit.back for edit in reversed(list(edits))])


def _put(doc: Doc, path: Path, value: Any) -> dict[str, Any]:
    head, rest = path[0], path[1:]
    changed = dict(doc)
    if rest:
        inner = changed.get(head)
        value = _put(inner if isinstance(inner, Mapping) else {}, rest, value) or None
    if value is None:
        changed.pop(head, None)
    else:
        changed[head] = value
    return changed


def _in_order(doc: Doc, path: Path, keys: list[str]) -> dict[str, Any]:
    """A document in which the keys of a table stand in an order; others keep theirs, behind."""
    if not path:
        wanted = [key for key in keys if key in doc]
        return {key: doc[key] for key in (*wanted, *(k for k in doc if k not in set(wanted)))}
    inner = doc.get(path[0])
    if not isinstance(inner, Mapping):
        return dict(doc)
    return {**doc, path[0]: _in_order(inner, path[1:], keys)}


def net(edits: Iterable[Edit]) -> list[Edit]:
    """A run of edits as one edit for each path: from what stood there first to what stands last."""
    first: dict[Path, Any] = {}
    last: dict[Path, Any] = {}
    for edit in edits:
        first.setdefault(edit.path, edit.old)
        last.pop(edit.path, None)
        last[edit.path] = edit.new
    return [Edit(p, first[p], new) for p, new in last.items() if not same(first[p], new)]


def address_of(path: Path) -> str:
    """A path as people write it: an answer's address without `answers`."""
    parts = path[1:] if path[0] == "answers" else path
    return ".".join(part for part in parts if part != ORDER)
