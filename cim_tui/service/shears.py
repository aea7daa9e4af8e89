"""Taking texts out of values, edits and documents, without a trace of them left in what stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cim_tui.core.changes import ORDER, Edit
from cim_tui.service.in_words import place_of
from cim_tui.service.taken_out import MARK
from cim_tui.store.journal import Record, Redacted

SHORTEST = 4
"""Characters of the shortest text that is looked for inside of others; a shorter one stands in
half of all words."""
NEVER = ("schema", "uid", "id", "case")
"""What says which case this is; nobody types a child's name there."""
NEEDED = (("lea", "name"),)
"""What a file cannot be without: marked, not cleared."""
WORD = re.compile(r"[a-z0-9._-]*\Z")
"""An id or a single plain word: it may stand in many places and mean something else."""
ROW = 5
"""Parts of the path of a row: a row stays when its last cell is cleared."""


class Shears:
    """Takes texts out of values.

    Args:
        reason: why, as it stays on record.
        texts: which; where a value holds one, it goes.
        address: everything that ever stood there goes, whatever it was.
        pieces: take only the text itself out of a longer one.
    """

    def __init__(
        self, reason: str, texts: list[str], address: str = "", *, pieces: bool = False
    ) -> None:
        self.gone = Redacted(reason)
        self.texts = sorted(dict.fromkeys(filter(None, texts)), key=len, reverse=True)
        self.address, self.pieces = address, pieces
        self.cuts = 0
        self.typed: set[tuple[str, ...]] = set()
        """Where a piece was typed, key by key: what was kept on the way holds parts of it."""

    def edit(self, edit: Edit) -> Edit:
        """An edit without the text."""
        if edit.path[0] in NEVER:
            return edit
        if edit.is_order or edit.path[-1] == ORDER:
            return Edit(self._path(edit.path), self._keys(edit.old), self._keys(edit.new))
        if self.is_meant(edit):
            return Edit(edit.path, self._whole(edit.old), self._whole(edit.new))
        path = self._path(edit.path)
        old, new = self.value(edit.old, path), self.value(edit.new, path)
        if edit.path in self.typed:
            old, new = self._half(old), self._half(new)
        return Edit(path, old, new)

    def record(self, record: Record) -> Record:
        """A record without the text; the very same where it does not hold it."""
        before = self.cuts
        edits = tuple(map(self.edit, record.edits))
        by, what = self.plain(record.by), self.plain(record.what)
        return record if self.cuts == before else record._replace(edits=edits, by=by, what=what)

    def note(self, edit: Edit) -> None:
        """Remember where a piece stood, before anything is taken out."""
        if self.pieces and any(
            one in value for value in (edit.old, edit.new) if isinstance(value, str)
            for one in self.texts
        ):  # fmt: skip
            self.typed.add(edit.path)

    def _half(self, value: Any) -> Any:
        """A value of the time when the piece was being typed, without the part that was there."""
        if not isinstance(value, str):
            return value
        for one in self.texts:
            parts = [one[:size] for size in range(len(one) - 1, SHORTEST - 1, -1)]
            for part in parts:
                if part in value:
                    self.cuts += 1
                    value = value.replace(part, MARK)
            for size in range(SHORTEST - 1, 1, -1):
                if value.endswith(one[:size]):
                    self.cuts += 1
                    return value[:-size] + MARK
        return value

    def is_meant(self, edit: Edit) -> bool:
        """Whether an edit is about the answer of which everything goes."""
        return bool(self.address) and (place_of(edit) + ".").startswith(self.address + ".")

    def _whole(self, value: Any) -> Any:
        if value is None or value == {} or isinstance(value, Redacted):
            return value
        self.cuts += 1
        return self.gone

    def _path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part if part == ORDER else self._key(part) for part in path)

    def _keys(self, keys: Any) -> Any:
        return [self._key(str(key)) for key in keys] if isinstance(keys, list) else keys

    def _key(self, key: str) -> str:
        made = self._cut(key) if self.pieces and not WORD.match(key) else key
        return made if isinstance(made, str) else MARK

    def value(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        """A value without the text; what held it is replaced, or only the piece of it."""
        if isinstance(value, str):
            return self._cut(value)
        if isinstance(value, Mapping):
            about = _about(path, value)
            if self.address and about and (about + ".").startswith(self.address + "."):
                return {k: self._whole(v) if k in ("mine", "theirs", "note") else self.value(v)
                        for k, v in value.items()}  # fmt: skip
            return {self._key(str(key)): self.value(inner, (*path, str(key)))
                    for key, inner in value.items()}  # fmt: skip
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return value

    def _cut(self, text: str) -> Any:
        for one in self.texts:
            if one == text:
                self.cuts += 1
                return self.gone
            if one in text:
                self.cuts += 1
                return self._cut(text.replace(one, MARK))
        return text

    def plain(self, text: str) -> str:
        """A text of a record's own, such as who did it."""
        made = self._cut(text) if self.pieces else text
        return made if isinstance(made, str) else MARK

    def document(self, doc: Mapping[str, Any]) -> dict[str, Any]:
        """A document without the text: what was one answer is cleared, a longer text is marked."""
        kept = {key: value for key, value in doc.items() if key in NEVER}
        rest = {key: value for key, value in doc.items() if key not in NEVER}
        made = _cleared(self._walk((), rest))
        return {key: kept.get(key, made.get(key)) for key in doc if key in kept or key in made}

    def _walk(self, path: tuple[str, ...], value: Any) -> Any:
        if (
            len(path) > 1
            and path[0] in ("answers", "absent")
            and self.is_meant(Edit(path, None, None))
        ):
            return self._whole(value)
        if isinstance(value, Mapping):
            if self.address and (_about(path, value) + ".").startswith(self.address + "."):
                return self.value(value, path)
            return {self._key(str(key)): self._walk((*path, str(key)), inner)
                    for key, inner in value.items()}  # fmt: skip
        return self.value(value, path)


def _about(path: tuple[str, ...], value: Mapping[str, Any]) -> str:
    """The answer that a conflict or an absence is about; empty for anything else."""
    if path[:1] == ("absent",) and len(path) == 2:
        return path[1]
    named = value.get("path")
    if path[:1] == ("conflicts",) and isinstance(named, list) and named:
        return ".".join(map(str, named[1:]))
    return ""


def _cleared(value: Any, path: tuple[str, ...] = ()) -> Any:
    """A document's value without marks: a file holds answers, the history says what was taken."""
    if isinstance(value, Mapping):
        made: dict[str, Any] = {}
        for key, inner in value.items():
            here = (*path, str(key))
            if isinstance(inner, Redacted):
                if here in NEEDED:
                    made[key] = MARK
                continue
            left = _cleared(inner, here)
            if left or not isinstance(left, dict) or not inner or len(here) >= ROW:
                made[key] = left
        return made
    if isinstance(value, list):
        return [MARK if isinstance(inner, Redacted) else _cleared(inner, path) for inner in value]
    return value
