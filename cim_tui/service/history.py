"""What a case held before, who changed it, and the way back: read from the journals beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.changes import Edit, apply, changes
from cim_tui.core.errors import NoDefinition, UnknownAddress, UsageError
from cim_tui.core.session import Session, same
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import counted
from cim_tui.service.bases import Bases, Doc, head
from cim_tui.service.case import Case, Definitions
from cim_tui.service.desk import Desk
from cim_tui.service.in_words import for_json, lines, place_of, telling, words
from cim_tui.service.place import locate
from cim_tui.service.states import Run, States, Writers
from cim_tui.service.taken_out import holds_redacted
from cim_tui.store import journal, sessions
from cim_tui.store.keeper import EXTERNAL
from cim_tui.store.order import in_order

__all__ = [
    "NOW", "Entry", "History", "Return", "Version", "chosen", "for_json", "go_back", "history",
    "is_about", "left_words", "lines", "way_back", "words",
]  # fmt: skip

NOW = "now"
"""What the file holds, as the name of a revision."""
STAYS = ("schema", "uid", "id", "origin", "conflicts")
"""What going back never touches: which document this is, and what waits for a person."""


class Entry(NamedTuple):
    """One change, as the history tells it."""

    rev: str
    at: str
    by: str
    kind: str
    """`change`; `by-hand`: the file was changed with another program; `recovered`: somebody had
    typed it and never got to write it into the file, and the next one did."""
    what: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Version:
    """What a case held at a revision."""

    rev: str
    doc: Doc
    checked: bool
    """Whether the name of a version beside it was recomputed and fits."""
    at: str = ""
    by: str = ""


class History(States):
    """Everything the journals tell of one case.

    Args:
        doc: what its file holds.
        folder: where its journals are.
        writers: what they tell, where somebody has read them already.
    """

    def __init__(self, doc: Doc, folder: Path, writers: Writers | None = None) -> None:
        told = journal.every(folder) if writers is None else writers
        super().__init__(doc, told, Bases(folder))
        self.folder = folder

    def entries(self) -> list[Entry]:
        """Every change, each behind those its writer had seen; the newest last."""
        found, taken = [], set()
        for record in in_order(self.writers):
            if record.kind == "edit":
                kind = "change"
            elif record.kind == "rolled":
                kind = "recovered"
            elif record.kind == "took" and record.by == EXTERNAL and record.version not in taken:
                kind = "by-hand"
                taken.add(record.version)
            else:
                continue
            if telling(record.edits):
                found.append(
                    Entry(record.rev, record.at, record.by, kind, record.what, record.edits)
                )
        return [*found, *self._by_hand()]

    def _by_hand(self) -> Iterator[Entry]:
        """What was changed in the file with another program and stands in no journal yet."""
        written = any(r.version == self.version for own in self.writers.values() for r in own)
        last = None if written or not self.writers else head(self.folder)
        edits = changes(last, self.doc) if last is not None else []
        if edits:
            yield Entry(NOW, "", EXTERNAL, "by-hand", "", tuple(edits))

    def at(self, rev: str) -> Version:
        """What the case held at a revision.

        Args:
            rev: `WRITER.N` as the log names it, `now`, or the name of a version.

        Raises:
            UnknownAddress: there is none, or the history does not reach there.
        """
        if rev == NOW:
            return Version(NOW, self.doc, checked=True)
        named = self.of_version(rev) if len(rev) == len(self.version) else None
        if named is not None:
            return Version(rev, named, checked=True)
        run, index = self._find(rev)
        record = run.records[index]
        if self.known and run.doc is None:
            raise UnknownAddress(
                f"The history does not reach {record.rev}: what stood between it and today "
                "is damaged or was put away; cim verify says more"
            )
        near = min(run.anchors, key=lambda a: abs(a[0] - index), default=None)
        state = run.state(index)
        checked = near is not None and journal.version_of(run.state(near[0])) == near[1]
        by = next((r.by for r in reversed(run.records[: index + 1]) if r.by), "")
        return Version(record.rev, state, checked, record.at, by)

    def _find(self, rev: str) -> tuple[Run, int]:
        writer, dot, number = rev.rpartition(".")
        fits = {w for w in self.writers if w == writer} or {
            w for w in self.writers if writer and w.startswith(writer)
        }
        if dot and number.isascii() and number.isdigit() and len(number) < 10 and len(fits) == 1:
            for run in self.runs:
                first = run.records[0]
                index = int(number) - first.n
                if first.writer in fits and 0 <= index < len(run.records):
                    return run, index
        if len(fits) > 1:
            raise UnknownAddress(f"“{shorten(rev, 40)}” fits several writers; give more letters")
        raise UnknownAddress(f"There is no revision “{shorten(rev, 40)}”; cim log shows them")


def history(case: Case) -> History:
    """The history of an open case, as far as its journals tell it."""
    return History(case.saved.doc, journal.folder_of(case.path.parent, case.session.uid))


# Choosing


def chosen(
    entries: Iterable[Entry],
    case: Case,
    *,
    address: str = "",
    by: str = "",
    since: date | None = None,
) -> list[Entry]:
    """The changes that are about an address, by a person, since a day; with only what fits.

    Raises:
        UnknownAddress: nothing has this address, neither now nor in the history.
    """
    every = list(entries)
    if address:
        _must_be_known(case, address, every)
    found = []
    for entry in every:
        if by and by.casefold() not in entry.by.casefold():
            continue
        if since is not None and entry.at and day_of(entry.at) < since:
            continue
        edits = tuple(e for e in entry.edits if not address or is_about(case, e, address))
        if edits:
            found.append(entry._replace(edits=edits))
    return found


def is_about(case: Case, edit: Edit, address: str) -> bool:
    """Whether an edit is about what has an address, or about something in it."""
    if (place_of(edit) + ".").startswith(address + "."):
        return True
    field = case.workflow.fields.get(address) if case.has_definition else None
    fact = field.spec.fact if field is not None else None
    return fact is not None and edit.path == ("case", fact)


def _must_be_known(case: Case, address: str, entries: Iterable[Entry]) -> None:
    if any(is_about(case, edit, address) for entry in entries for edit in entry.edits):
        return
    parts = address.split(".")
    known = case.workflow.fields if case.has_definition else {}
    if len(parts) < 3 and any((known_one + ".").startswith(address + ".") for known_one in known):
        return
    if case.has_definition:
        locate(case, address)
    elif case.session.raw(address) is None:
        raise UnknownAddress(f"Nothing is stored at {shorten(address, 80)}")


def day_of(stamp: str) -> date:
    """The day of a moment in a journal, where we are."""
    with suppress(ValueError):
        return datetime.fromisoformat(stamp).astimezone().date()
    return date.min


# Going back


@dataclass(frozen=True)
class Return:
    """What going back would change."""

    rev: str
    session: Session
    edits: tuple[Edit, ...]
    left_out: tuple[str, ...]
    """Addresses of what stood there then and was taken out on purpose since: they stay."""
    definitions: Definitions | None = None


def way_back(case: Case, desk: Desk, rev: str, field: str = "") -> Return:
    """Work out what changes when a case, or one answer, goes back to a revision.

    Raises:
        UnknownAddress: no such revision or address, or the history does not reach there.
        NoDefinition: what it was judged by then is not here.
    """
    told = history(case)
    then = told.at(rev)
    if field:
        every = [Entry("", "", "", "", "", tuple(changes({}, then.doc))), *told.entries()]
        _must_be_known(case, field, every)
    wanted = [
        edit for edit in changes(case.session.doc, then.doc)
        if edit.path[0] not in STAYS and edit.path != ("\x00order",)
        and (not field or is_about(case, edit, field))
    ]  # fmt: skip
    left_out = tuple(dict.fromkeys(place_of(e) for e in wanted if holds_redacted(e.new)))
    edits = tuple(journal.cleaned(e) for e in wanted if not holds_redacted(e.new))
    session = Session(sessions.as_filed(apply(case.session.doc, edits)))
    definitions = None
    if any(edit.path[0] == "case" for edit in edits):
        fresh = desk.take_up(case.path, session)
        if not fresh.has_definition:
            raise NoDefinition(fresh.missing)
        definitions = Definitions(fresh.workflow, fresh.calendar)
    if same(session.doc, case.session.doc):
        edits = ()
    return Return(then.rev, session, edits, left_out, definitions)


def go_back(case: Case, way: Return) -> None:
    """Go back, as one change that is undone like any other.

    Raises:
        UsageError: there is nothing to change.
    """
    if not way.edits:
        raise UsageError(f"Nothing differs from {way.rev}{left_words(way)}")
    case.apply(way.session, what=f"back to {one_line(way.rev)}", definitions=way.definitions)


def left_words(way: Return) -> str:
    """That something taken out on purpose does not come back; empty when nothing was."""
    if not way.left_out:
        return ""
    many = counted(len(way.left_out), "answer")
    return f"; {many} taken out on purpose since then stay as they are"
