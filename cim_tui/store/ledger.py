"""What the journals of a case tell of who changed what and had seen what, read where it is asked.

How far somebody had seen each writer's records is a table of numbers by writer. What stands in an
archive is meant by the archive's name, as long as nobody asks for more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.origin import Change
from cim_tui.store import journal
from cim_tui.store.fsops import disk
from cim_tui.store.journal import ARCHIVE, Record

_WHICH = re.compile(rb'[0-9a-f]{16} \{"w":"([^"\\]*)","n":(\d+),"k":"(\w+)"')

Seen = Mapping[str, int]


class Span(NamedTuple):
    """Records of one writer: those behind one number, up to another."""

    writer: str
    behind: int
    upto: int


class Ledger:
    """The journals of a case at one moment.

    Args:
        folder: where they are.
        own: our own records, which need no reading, and hold though the journal were removed.
    """

    def __init__(self, folder: Path, own: Iterable[Record] = ()) -> None:
        self.folder = folder
        self._own = list(own)
        self._me = self._own[0].writer if self._own else ""
        self._there = {path.stem for path in journal.files(folder)}
        self._lines: dict[str, dict[str, dict[int, bytes]]] = {}
        self._contexts: dict[tuple[str, int], Seen] = {}

    def ahead(self, one: Seen, other: Seen) -> list[Span]:
        """What one has seen and the other has not."""
        fresh = {name for name in {*one} ^ {*other} if name.startswith(ARCHIVE)}
        spans = list(_between(self._spread(one, fresh), self._spread(other, fresh)))
        if all(self._is_there(span.writer) for span in spans):
            return spans
        every = {name for name in self._there if name.startswith(ARCHIVE)}
        return list(_between(self._spread(one, every), self._spread(other, every)))

    def _is_there(self, writer: str) -> bool:
        """Whether a writer's records stand in a file of their own."""
        return writer == self._me or writer in self._there

    def _spread(self, seen: Seen, archives: set[str]) -> Seen:
        """With what stands in archives under its writers' names."""
        found = {name: n for name, n in seen.items() if name not in archives}
        for name in archives & {*seen}:
            for writer, lines in self._of(name).items():
                found[writer] = max(found.get(writer, 0), *lines)
        return {name: n for name, n in found.items() if not name.startswith(ARCHIVE)}

    def changes(self, spans: Iterable[Span]) -> list[Change]:
        """Every place that was changed in some records."""
        return [change for span in spans for r in self.records(span) for change in changes_in(r)]

    def records(self, span: Span) -> list[Record]:
        """The records of a span that can be read, in order."""
        if span.writer == self._me:
            return [r for r in self._own if span.behind < r.n <= span.upto]
        lines = self._lines_of(span.writer)
        wanted = sorted(n for n in lines if span.behind < n <= span.upto)
        return [r for n in wanted if (r := journal.decode(lines[n])) is not None]

    def knew(self, later: Change, earlier: Change) -> bool:
        """Whether who made one change had seen another."""
        if later.writer == earlier.writer:
            return later.n >= earlier.n
        seen = self.context(later.writer, later.n)
        if earlier.writer not in seen and not self._is_there(earlier.writer):
            seen = self._spread(seen, {name for name in seen if name.startswith(ARCHIVE)})
        return earlier.n <= seen.get(earlier.writer, 0)

    def context(self, writer: str, upto: int) -> Seen:
        """How far a writer had seen each at one of its records."""
        key = writer, upto
        if key not in self._contexts:
            found: dict[str, int] = {}
            for record in self._sightings(writer, upto):
                for name, n in record.seen.items():
                    found[name] = max(found.get(name, 0), n)
            self._contexts[key] = {**found, writer: upto}
        return self._contexts[key]

    def _sightings(self, writer: str, upto: int) -> Iterator[Record]:
        """Records that say what was seen: back to the last one that says all of it."""
        if writer == self._me:
            records: Iterable[Record] = (r for r in reversed(self._own) if r.n <= upto)
        else:
            lines = self._lines_of(writer)
            order = sorted((n for n in lines if n <= upto), reverse=True)
            decoded = (journal.decode(lines[n]) for n in order if b'"seen":{' in lines[n])
            records = (r for r in decoded if r is not None)
        for record in records:
            yield record
            if record.kind == "wrote":
                return

    def _lines_of(self, writer: str) -> dict[int, bytes]:
        if writer in self._there:
            return self._of(writer).get(writer, {})
        found: dict[int, bytes] = {}
        for name in sorted(self._there):
            if name.startswith(ARCHIVE):
                found |= self._of(name).get(writer, {})
        return found

    def _of(self, name: str) -> dict[str, dict[int, bytes]]:
        """The lines of a journal or an archive by writer and number, not yet looked at closely."""
        if name not in self._lines:
            found: dict[str, dict[int, bytes]] = {}
            with suppress(OSError):
                data = disk.read(self.folder / f"{name}{journal.SUFFIX}", journal.LONGEST)
                for line in data.split(b"\n"):
                    match = _WHICH.match(line)
                    if match and journal.is_whole(line):
                        writer, n = match[1].decode("utf-8", "replace"), int(match[2])
                        found.setdefault(writer, {})[n] = line
            self._lines[name] = found
        return self._lines[name]


def _between(one: Seen, other: Seen) -> Iterator[Span]:
    for writer, n in one.items():
        if n > other.get(writer, 0):
            yield Span(writer, other.get(writer, 0), n)


def changes_in(record: Record) -> Iterator[Change]:
    """The places that a record changed.

    What it took in from others is theirs, and stands in their own journals; what it found in
    conflict on the way, and what no journal tells of, is its own.
    """
    own = record.kind == "edit" or (record.kind == "took" and not record.seen)
    for edit in record.edits:
        derived = not own and edit.path[0] != "conflicts"
        yield Change(edit.path, record.writer, record.n, derived)
