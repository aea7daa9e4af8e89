"""Copies that travel: sent out with what they were made from, and taken in against exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, apply, changes, units
from cim_tui.core.errors import CimError, NoDefinition, UsageError
from cim_tui.core.merge import Conflict, Side, merge, merge_without_base
from cim_tui.core.session import Session, get, new_id
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import counted
from cim_tui.service.bases import SENT, kept_document, sent_files
from cim_tui.service.case import Case, Definitions
from cim_tui.service.changed import TABLES
from cim_tui.service.desk import Desk, utc_stamp
from cim_tui.service.history import History, history
from cim_tui.service.in_words import place_of
from cim_tui.service.taken_out import was_cut
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import Look, disk
from cim_tui.store.ground import refuse_unsafe
from cim_tui.store.journal import Record

Doc = Mapping[str, Any]
KEPT = 50
"""How many of the documents that copies were made from are kept; the oldest go first."""
TRAIL = 20
"""How many earlier origins a copy names."""
MERGED = "merged"
"""The folder beside the journals for copies that were taken in."""


class Sent(NamedTuple):
    """A copy that was sent out."""

    path: Path
    version: str


def send(case: Case, desk: Desk, name: str) -> Sent:
    """Write a copy that names what it was made from, and keep that.

    What somebody who was killed had entered and not written comes into the case first: it was said
    to be saved, so the copy has to hold it.

    Raises:
        UsageError: the place is a case's, or no file.
        ReadOnly: the folder of the case is open to everybody.
        NotSaved: what was left behind cannot be written into the case.
        CimError: the copy cannot be written.
    """
    path = _free_place(name, case.path)
    refuse_unsafe(case.path.parent, journal.folder_of(case.path.parent, case.session.uid))
    desk.save(case, always=True)
    doc = sessions.as_filed(case.session.doc)
    version = journal.version_of(doc)
    before = doc.get("origin")
    trail = [version_named for version_named in _trail(before) if version_named != version]
    origin: dict[str, Any] = {
        "version": version,
        "id": case.id,
        "at": desk.now().astimezone(UTC).replace(microsecond=0),
        "by": one_line(desk.by),
    }
    if trail:
        origin["from"] = trail[:TRAIL]
    data = sessions.encode(Session({**doc, "origin": origin}))
    folder = journal.folder_of(case.path.parent, case.session.uid)
    try:
        journal.make_folders(folder)
        record = Record(SENT.rstrip("-"), 1, "wrote", utc_stamp(desk.now()), one_line(desk.by),
                        edits=tuple(changes({}, doc)), version=version)  # fmt: skip
        disk.write_atomic(folder / f"{SENT}{version}", journal.encode(record))
        _bound(folder)
        disk.write_atomic(path, data)
    except OSError as wrong:
        raise CimError(f"{one_line(name)} cannot be written: {wrong.strerror or wrong}") from wrong
    return Sent(path, version)


def _free_place(name: str, case: Path) -> Path:
    try:
        path = Path(name).resolve()
        taken = path.exists() and not path.is_file()
    except (OSError, ValueError) as wrong:
        raise CimError(f"{shorten(name, 80)} cannot be written: {wrong}") from wrong
    if taken:
        raise UsageError(f"{shorten(name, 80)} is not a file")
    if path.parent == case.parent.resolve() and path.suffix == ".toml":
        raise UsageError(
            f"{shorten(name, 80)} would lie among the cases; write the copy somewhere else"
        )
    return path


def _bound(folder: Path) -> None:
    looks = [(disk.look(path), path) for path in sent_files(folder)]
    known = sorted((look.modified, path) for look, path in looks if look is not None)
    for _, path in known[:-KEPT]:
        disk.remove(path)


def _trail(origin: Any) -> list[str]:
    """Every version that an origin names, the latest first."""
    if not isinstance(origin, Mapping):
        return []
    earlier = origin.get("from")
    named = [origin.get("version"), *(earlier if isinstance(earlier, list) else ())]
    return [version for version in named if isinstance(version, str)]


# Taking in


@dataclass(frozen=True)
class Arrival:
    """A copy, and what taking it in would do."""

    path: Path
    sender: str
    base: str
    """How the version that both were made from is known: `sent`, `history`, `same` (nothing is new
    in it), or `none`."""
    remark: str
    """What should be known before it is taken in; empty for nothing."""
    session: Session
    """Both in one."""
    edits: tuple[Edit, ...]
    conflicts: tuple[Conflict, ...]
    kept_out: tuple[str, ...]
    """Addresses of what was taken out here on purpose: what the copy holds there stays out."""
    definitions: Definitions | None
    look: Look | None
    before: Session

    @property
    def answers(self) -> int:
        """How many answers come in or change."""
        found = {place_of(e) for e in self.edits
                 if e.path[0] in ("answers", "absent") and not e.is_order}  # fmt: skip
        return len(found - {conflict.address for conflict in self.conflicts})

    @property
    def others(self) -> list[str]:
        """What else comes in, in words."""
        tables = dict.fromkeys(
            edit.path[0] for edit in self.edits
            if edit.path[0] not in ("answers", "absent", "conflicts") and not edit.is_order
        )  # fmt: skip
        return [TABLES.get(table, table) for table in tables]

    def in_words(self) -> str:
        """What it brings, in one line."""
        if not self.edits:
            return f"Nothing in it is new: everything from {self.sender} is here"
        text = f"{counted(self.answers, 'answer')} from {self.sender}"
        if self.conflicts:
            text += f", {len(self.conflicts)} both changed"
        return f"{text}; also {', '.join(self.others)}" if self.others else text


def look_into(case: Case, desk: Desk, path: Path, sender: str = "") -> Arrival:
    """Work out what taking a copy in would do; changes nothing.

    Args:
        case: the open case.
        desk: where we work.
        path: the copy's file.
        sender: who made it; else the copy says, or the district.

    Raises:
        UsageError: it is the case itself, or a copy of another case; says why.
        DamagedFile, NewerFile: it cannot be read.
        NoDefinition: it changes the case's process to one that is not here.
    """
    if path.absolute() == case.path.absolute() or _same_file(path, case.path):
        raise UsageError("That is the case itself, not a copy of it")
    look = disk.look(path)
    theirs = dict(sessions.read(path).doc)
    remark = _same_case(case.session, Session(theirs))
    origin = theirs.pop("origin", None)
    ours = sessions.as_filed(case.session.doc)
    theirs = _in_our_place(theirs, ours)
    base, how = _base(case, theirs, origin)
    kept_out = _kept_out(base, theirs) if base is not None and how == "cut" else {}
    how = "sent" if how == "cut" else how
    for at, value in kept_out.items():
        theirs = sessions.as_filed(apply(theirs, [Edit(at, value, get(ours, at))]))
    sender = one_line(sender) or _sender(case, desk, origin) or Session(theirs).lea
    side = Side(shorten(sender, 80), desk.today)
    merged = (
        merge(base, ours, theirs, side) if base is not None
        else merge_without_base(ours, theirs, side)
    )  # fmt: skip
    session = Session(sessions.as_filed(merged.doc))
    if base is None:
        remark = " ".join(filter(None, (remark, NO_BASE)))
    return Arrival(
        path, side.by, how, remark, session, tuple(changes(ours, session.doc)),
        tuple(c for c in merged.conflicts if c.id not in case.session.doc.get("conflicts", {})),
        tuple(dict.fromkeys(place_of(Edit(at, None, None)) for at in kept_out)),
        _definitions(case, desk, session), look, case.session,
    )  # fmt: skip


NO_BASE = (
    "Nobody knows what this copy was made from: nothing counts as removed, and what differs is "
    "kept twice until somebody settles it."
)


def _in_our_place(theirs: dict[str, Any], ours: Doc) -> dict[str, Any]:
    """A copy as if it lay where the case lies: its name and where ours came from are not merged."""
    own = {key: ours[key] for key in ("id", "uid", "origin") if key in ours}
    return sessions.as_filed({**theirs, **own})


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _same_case(ours: Session, theirs: Session) -> str:
    """A remark where the uid is another and it is plainly the same case all the same.

    Raises:
        UsageError: it is another case.
    """
    if ours.uid == theirs.uid:
        return ""
    differs = [
        f"the {name} is {shorten(str(there), 40) or 'not given'}, here {shorten(str(here), 40)}"
        for name, here, there in (
            ("district", ours.lea, theirs.lea),
            ("process", ours.workflow, theirs.workflow),
            ("year", ours.fact("year"), theirs.fact("year")),
        )
        if one_line(str(here)).casefold() != one_line(str(there)).casefold()
    ]
    cds = [str(s.at("lea", "cds") or "") for s in (ours, theirs)]
    if all(cds) and cds[0] != cds[1]:
        differs.append(f"the CDS code is {shorten(cds[1], 20)}, here {shorten(cds[0], 20)}")
    if differs:
        raise UsageError(f"That is a copy of another case (uid): {'; '.join(differs)}")
    return "It has another uid; district, process and year are the same, so it is the same case."


def _base(case: Case, theirs: Doc, origin: Any) -> tuple[Doc | None, str]:
    """What both were made from, and how that is known."""
    told = history(case)
    if told.of_version(journal.version_of(theirs)) is not None:
        return theirs, "same"
    folder = told.folder
    for version in _trail(origin):
        name = f"{SENT}{version}"
        kept = kept_document(folder / name) if _is_version(version) else None
        if kept is not None and kept[0] == version:
            return _like(kept[1], theirs), "sent"
        if kept is not None and was_cut(kept[1]):
            return _like(kept[1], theirs), "cut"
        held = told.of_version(version)
        if held is not None:
            return _like(held, theirs), "history"
        if isinstance(origin, Mapping):
            arrived = _as_it_arrived(told, version, str(origin.get("id", "")))
            if arrived is not None:
                return _like(arrived, theirs), "history"
    return None, "none"


def _is_version(text: str) -> bool:
    return len(text) == 32 and text.isascii() and text.isalnum()


def _like(base: Doc, theirs: Doc) -> Doc:
    own = {key: theirs[key] for key in ("id", "uid", "origin") if key in theirs}
    rest = {key: value for key, value in base.items() if key != "origin"}
    return sessions.as_filed({**rest, **own})


def _as_it_arrived(told: History, version: str, named: str) -> Doc | None:
    """What our own copy was when it came here, where both are copies of one version."""
    for doc in _earliest(told):
        origin = doc.get("origin")
        if version not in _trail(origin):
            continue
        bare: dict[str, Any] = {key: value for key, value in doc.items() if key != "origin"}
        ids = dict.fromkeys(
            (named, str(origin.get("id", "")) if isinstance(origin, Mapping) else "")
        )
        for one in ids:
            if journal.version_of(sessions.as_filed({**bare, "id": one})) == version:
                return doc
    return None


def _earliest(told: History) -> Iterator[Doc]:
    yield told.doc
    for run in told.runs if told.known else ():
        if run.doc is not None:
            yield run.state(0)


def _kept_out(base: Doc, theirs: Doc) -> dict[tuple[str, ...], Any]:
    """Where something was taken out of the base on purpose, and what the copy holds there."""
    return {
        path: get(theirs, path)
        for path, value in units(base)
        if was_cut(value) and get(theirs, path) is not None
    }


def _sender(case: Case, desk: Desk, origin: Any) -> str:
    """Who sent it: the copy says so where it was made by somebody else than us."""
    if not isinstance(origin, Mapping) or not isinstance(origin.get("by"), str):
        return ""
    by = one_line(origin["by"])
    folder = journal.folder_of(case.path.parent, case.session.uid)
    version = origin.get("version")
    made_here = (
        isinstance(version, str)
        and _is_version(version)
        and disk.look(folder / f"{SENT}{version}") is not None
    )
    return "" if made_here or by == one_line(desk.by) else by


def _definitions(case: Case, desk: Desk, session: Session) -> Definitions | None:
    if session.at("case") == case.session.at("case"):
        return None
    fresh = desk.take_up(case.path, session)
    if not fresh.has_definition and case.has_definition:
        raise NoDefinition(fresh.missing)
    return Definitions(fresh.workflow if fresh.has_definition else None, fresh.calendar)


def take_in(case: Case, arrival: Arrival) -> None:
    """Take a copy in, as one change that is undone like any other.

    Args:
        case: the open case.
        arrival: what `look_into` found; where the case changed since, both are merged.
    """
    ours, session = case.session.doc, arrival.session
    if ours is not arrival.before.doc:
        session = Session(sessions.as_filed(merge(arrival.before.doc, ours, session.doc).doc))
    what = f"a copy from {shorten(arrival.sender, 40)}"
    case.apply(session, what=what, definitions=arrival.definitions)


def put_aside(case: Case, desk: Desk, arrival: Arrival) -> Path | None:
    """Move a copy that lay among the cases to those that were taken in; it is never deleted.

    Returns:
        Where it is now; None when it lies somewhere else, or was changed meanwhile.
    """
    path = arrival.path.absolute()
    if path.parent.resolve() != case.path.parent.resolve() or path.suffix != ".toml":
        return None
    if disk.look(path) != arrival.look:
        return None
    folder = case.path.parent / journal.FOLDER / MERGED
    try:
        journal.make_folders(folder)
        place = folder / path.name
        while disk.look(place) is not None:
            place = folder / f"{path.stem}-{new_id(desk.chance)}.toml"
        disk.create(place, disk.read(path, journal.LONGEST))
        disk.remove(path)
    except OSError:
        return None
    return place
