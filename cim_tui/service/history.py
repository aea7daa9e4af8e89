"""What a case held before, who changed it, and the way back: read from the journals beside it.

A journal is a run of states with edits between them; where it was opened or written to the file,
its state has the name of a version. One version in two journals is one state. From what the file
holds now, every state that hangs together with it can be worked out exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, address_of, apply, changes, take_back
from cim_tui.core.errors import NoDefinition, UnknownAddress, UsageError
from cim_tui.core.session import Session, same
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import ABSENT, counted
from cim_tui.core.workflow import Field
from cim_tui.service.case import Case, Definitions
from cim_tui.service.changed import name_of
from cim_tui.service.desk import Desk
from cim_tui.service.place import locate
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.journal import HEAD, Record, Redacted
from cim_tui.store.keeper import EXTERNAL

Doc = Mapping[str, Any]
NOW = "now"
"""What the file holds, as the name of a revision."""
SENT = "sent-"
"""How the name of a file begins that keeps what a copy was made from."""
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


class Line(NamedTuple):
    """One thing that differs, in people's words."""

    address: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Version:
    """What a case held at a revision."""

    rev: str
    doc: Doc
    checked: bool
    """Whether the name of a version beside it was recomputed and fits."""
    at: str = ""
    by: str = ""


class Run:
    """Records of one writer without a gap between them."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.at = -1
        self.doc: Doc | None = None
        """The state after the record `at`, once it is known."""

    def state(self, index: int) -> Doc:
        """The state after a record."""
        assert self.doc is not None  # noqa: S101 - asked only of runs that are known
        if index >= self.at:
            return apply(
                self.doc, (e for r in self.records[self.at + 1 : index + 1] for e in r.edits)
            )
        return take_back(
            self.doc, [e for r in self.records[index + 1 : self.at + 1] for e in r.edits]
        )

    @cached_property
    def anchors(self) -> list[tuple[int, str]]:
        """Records whose state has the name of a version."""
        return [(i, r.version) for i, r in enumerate(self.records)
                if r.kind in ("open", "wrote") and r.version]  # fmt: skip

    @cached_property
    def taken(self) -> list[tuple[int, str]]:
        """Records that took a version in with nothing of their own to add: the same state."""
        found, own = [], False
        for i, r in enumerate(self.records):
            if r.kind == "took" and not own:
                found.append((i, r.version))
            own = r.kind in ("edit", "rolled") or (own and r.kind != "wrote")
        return [(i, version) for i, version in found if version]


class History:
    """Everything the journals tell of one case.

    Args:
        doc: what its file holds.
        folder: where its journals are.
    """

    def __init__(self, doc: Doc, folder: Path, *, trusting: bool = False) -> None:
        self.trusting = trusting
        """Take the names of versions as they stand: something was just taken out of all of them."""
        self.doc = sessions.as_filed(doc)
        self.folder = folder
        self.version = journal.version_of(self.doc)
        self.writers = journal.every(folder)
        self.runs = [run for own in self.writers.values() for run in _runs(own)]
        self.strange: list[str] = []
        """Revisions whose recorded version is not what the records make of them."""

    @cached_property
    def known(self) -> dict[str, Doc]:
        """States by the name of their version: those kept as documents, then all that hang on them.

        Asking for it works out every run that can be reached.
        """
        known = {self.version: self.doc, **dict(kept(self.folder, trusting=self.trusting))}
        waiting = list(known)
        by_version: dict[str, list[tuple[Run, int, bool]]] = {}
        for run in self.runs:
            for exact, anchors in ((True, run.anchors), (False, run.taken)):
                for index, version in anchors:
                    by_version.setdefault(version, []).append((run, index, exact))
        for only_exact in (True, False):
            waiting = list(known) if not only_exact else waiting
            while waiting:
                version = waiting.pop()
                for run, index, exact in by_version.get(version, ()):
                    if run.doc is None and (exact or not only_exact):
                        run.at, run.doc = index, known[version]
                        waiting += self._reached(run, by_version, known)
        return known

    def _reached(
        self, run: Run, by_version: Mapping[str, list[tuple[Run, int, bool]]], known: dict[str, Doc]
    ) -> Iterator[str]:
        """Versions of a run that lead on to other runs."""
        for index, version in (*run.anchors, *run.taken):
            leads = any(other.doc is None for other, _, _ in by_version[version])
            if version in known or not leads:
                continue
            state = run.state(index)
            if self._fits(state, version):
                known[version] = state
                yield version

    def of_version(self, version: str) -> Doc | None:
        """What a version held, by its name; None where no journal tells."""
        if version in self.known:
            return self.known[version]
        for run in self.runs:
            for index, name in (*run.anchors, *run.taken):
                if name == version and run.doc is not None:
                    state = run.state(index)
                    if self._fits(state, version):
                        return state
        return None

    def _fits(self, state: Doc, version: str) -> bool:
        return self.trusting or journal.version_of(state) == version

    def names(self) -> dict[str, str]:
        """What each version that can be worked out has to be called, by what it is called."""
        found = {version: journal.version_of(doc) for version, doc in self.known.items()}
        for run in self.runs:
            for index, version in run.anchors if run.doc is not None else ():
                if version not in found:
                    found[version] = journal.version_of(run.state(index))
        return found

    def check(self) -> None:
        """Recompute the name of every version that can be worked out; fills `strange`."""
        assert self.known  # noqa: S101 - asking works them out
        for run in self.runs:
            if run.doc is None:
                continue
            state, at = run.state(0), 0
            for index, version in run.anchors:
                state = apply(state, (e for r in run.records[at + 1 : index + 1] for e in r.edits))
                at = index
                if journal.version_of(state) != version:
                    self.strange.append(run.records[index].rev)

    def entries(self) -> list[Entry]:
        """Every change, each behind those its writer had seen; the newest last."""
        found, taken = [], set()
        for record in journal.in_order(self.writers):
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


def _runs(records: list[Record]) -> Iterator[Run]:
    run: list[Record] = []
    for record in records:
        if run and record.n != run[-1].n + 1:
            yield Run(run)
            run = []
        run.append(record)
    if run:
        yield Run(run)


def kept_document(path: Path, *, trusting: bool = False) -> tuple[str, Doc] | None:
    """A whole document that is kept beside the journals, with the name of its version."""
    with suppress(OSError):
        record = journal.decode(disk.read(path, journal.LONGEST).rstrip(b"\n"))
        if record is not None and record.edits:
            doc = apply({}, record.edits)
            if trusting or journal.version_of(doc) == record.version:
                return record.version, doc
    return None


def head(folder: Path) -> Doc | None:
    """What was written to the file last."""
    found = kept_document(folder / HEAD)
    return found[1] if found else None


def sent_files(folder: Path) -> list[Path]:
    """What copies that were sent out were made from."""
    if not disk.is_folder(folder):
        return []
    return [path for path in disk.list(folder, "") if path.name.startswith(SENT)]


def kept(folder: Path, *, trusting: bool = False) -> Iterator[tuple[str, Doc]]:
    """Whole documents beside the journals, by the names of their versions."""
    for path in (*sent_files(folder), folder / HEAD):
        found = kept_document(path, trusting=trusting)
        if found is not None:
            yield found


TAKEN_OUT = "taken out: "
"""How a change is called that takes something out; why stands behind it."""
MARK = "[taken out]"
"""What stands in a longer text where a piece was taken out."""


def was_cut(value: Any) -> bool:
    """Whether something was taken out of a value, or seems to have been."""
    if isinstance(value, str):
        return MARK in value
    if isinstance(value, Redacted):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    return any(map(was_cut, inner)) if isinstance(value, Mapping | list) else False


def holds_redacted(value: Any) -> bool:
    """Whether something in a value was taken out on purpose."""
    if isinstance(value, Redacted):
        return True
    inner = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    return any(map(holds_redacted, inner))


# In people's words


def place_of(edit: Edit) -> str:
    """The address that an edit is about: a reason for a missing answer is about that answer."""
    if edit.path[0] == "absent" and len(edit.path) > 1:
        return edit.path[1]
    return address_of(edit.path)


def telling(edits: Iterable[Edit]) -> list[Edit]:
    """Edits without those that only keep a file's keys in order; the order of rows is people's.

    Nor is it told where somebody only made sure of what stands.
    """
    every = [edit for edit in edits if not same(edit.old, edit.new)]
    gone = {edit.path[:4] for edit in every if edit.new is None and len(edit.path) > 4}
    return [
        edit
        for edit in every
        if not edit.is_order
        or (edit.path[0] == "answers" and len(edit.path) == 5 and edit.path[:4] not in gone)
    ]


def lines(case: Case, edits: Iterable[Edit]) -> list[Line]:
    """Edits in people's words, one for each thing that differs; orders without what stood there."""
    found = []
    for edit in telling(edits):
        label = name_of(case, edit)
        if edit.is_order:
            found.append(Line(place_of(edit), f"{label}: the order", "", ""))
            continue
        path = edit.path
        found.append(Line(place_of(edit), label, words(case, path, edit.old),
                          words(case, path, edit.new)))  # fmt: skip
    return found


def words(case: Case, path: tuple[str, ...], value: Any) -> str:
    """A stored value as people read it; what was taken out says so."""
    if value is None:
        return ""
    value = spoken(value)
    if path[0] == "absent" and isinstance(value, Mapping):
        code = str(value.get("code", ""))
        return f"({ABSENT.get(code, code)}: {value.get('note', '')})"
    if (
        path[0] == "conflicts"
        and isinstance(value, Mapping)
        and isinstance(value.get("path"), list)
    ):
        about = (*map(str, value["path"]), "")[:-1] or ("",)
        return " or ".join(words(case, about, value.get(key)) or "(nothing)"
                           for key in ("mine", "theirs"))  # fmt: skip
    field = _field(case, path)
    if field is None:
        return _plain_words(value)
    column = field.columns.get(path[5]) if len(path) > 5 else None
    if isinstance(value, str | Mapping) and column is None and field.type == "table":
        return _plain_words(value)
    return case.situation.show(column or field.spec, value, field)


def _field(case: Case, path: tuple[str, ...]) -> Field | None:
    if not case.has_definition or path[0] != "answers":
        return None
    return case.workflow.fields.get(".".join(path[1:4]))


def _plain_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain_words, value))
    return str(value)


def spoken(value: Any) -> Any:
    """A value in which a text says what was taken out, and why."""
    if isinstance(value, Redacted):
        return f"(taken out: {value.reason})"
    if isinstance(value, Mapping):
        return {key: spoken(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoken(inner) for inner in value]
    return value


def for_json(value: Any) -> Any:
    """A value for programs: what was taken out is an object that says why; numbers are text."""
    if isinstance(value, Redacted):
        return {"redacted": value.reason}
    if isinstance(value, Mapping):
        return {str(key): for_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [for_json(inner) for inner in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


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
