"""Journals: what each writer changed, in a file that only it writes and that only grows.

A line is a checksum and a record. A line that is torn or flipped is found by its checksum, is
passed over and left where it is; the good ones after it count. What a case's file held before
and who changed it can be told from these files alone; the file itself never needs them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.core.changes import ORDER, Edit, apply, changes, take_back
from cim_tui.core.session import same
from cim_tui.core.text import clean
from cim_tui.store.fsops import disk

FOLDER = ".cim"
SUFFIX = ".log"
HEAD = "head"
"""The file that keeps what was written to the case last."""
ARCHIVE = "archive-"
"""How the name of a file begins that holds the journals of several."""
LONGEST = 64 * 1024 * 1024
"""The largest journal that is read, in bytes."""
UID = re.compile(r"[a-z0-9]{6,32}\Z")

TABLES = frozenset(
    {"lea", "case", "settings", "step", "activity", "elsewhere", "answers", "absent", "copied",
     "waivers", "done", "reopened", "signoffs", "submissions", "conflicts"}
)  # fmt: skip
"""What is a table in every case that has it."""

KINDS = ("open", "edit", "took", "rolled", "wrote")
"""Opened a version; changed it; took in what the file held; took in what another writer had left
behind; wrote a version to the case's file."""


class Redacted(NamedTuple):
    """A value that was taken out of the history on purpose."""

    reason: str


class Record(NamedTuple):
    """One thing a writer did."""

    writer: str
    n: int
    """Its place in the writer's journal, from 1, without a gap."""
    kind: str
    at: str
    """When, by the writer's clock: for people. What came first is told by `n` and `seen`."""
    by: str = ""
    what: str = ""
    edits: tuple[Edit, ...] = ()
    version: str = ""
    seen: Mapping[str, int] = {}
    """Of the other writers, and of this one: how far what it held contained their records."""

    @property
    def rev(self) -> str:
        """How people name it."""
        return f"{self.writer}.{self.n}"


def version_of(doc: Mapping[str, Any]) -> str:
    """The name of a version: a hash of what the file means, not of its bytes."""
    text = json.dumps(_plain(doc), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def both_ways(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """The edits that make one document into another, and taken back exactly the first again.

    What was removed comes back at the end of its table; where that matters, an edit in front of the
    others keeps the order in which things stood.
    """
    edits = changes(before, after)
    back = take_back(after, edits)
    if same(back, before):
        return edits
    ordered = [*(edit.back for edit in changes(back, before)), *edits]
    return ordered if same(apply(before, ordered), after) else edits


def folder_of(sessions: Path, uid: str) -> Path:
    """Where the journals of a case are: never outside of the sessions folder."""
    name = (
        uid if UID.match(uid) else hashlib.sha256(uid.encode("utf-8", "replace")).hexdigest()[:24]
    )
    return sessions / FOLDER / name


# Lines


def encode(record: Record) -> bytes:
    """A record as a line."""
    body: dict[str, Any] = {"w": record.writer, "n": record.n, "k": record.kind, "at": record.at}
    said = {"by": record.by, "what": record.what, "v": record.version}
    body |= {key: value for key, value in said.items() if value}
    if record.seen:
        body["seen"] = dict(record.seen)
    if record.edits:
        body["edits"] = [[list(e.path), _plain(e.old), _plain(e.new)] for e in record.edits]
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    data = text.encode("utf-8", "replace")
    return _sum(data) + b" " + data + b"\n"


def decode(line: bytes) -> Record | None:
    """The record of a line, or None when the line is not what was written."""
    if not is_whole(line):
        return None
    data = line.partition(b" ")[2]
    with suppress(
        ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError
    ):
        body = json.loads(data)
        return Record(
            str(body["w"]), int(body["n"]), str(body["k"]), str(body["at"]),
            str(body.get("by", "")), str(body.get("what", "")),
            tuple(_edit(*one) for one in body.get("edits", ())),
            str(body.get("v", "")),
            {str(w): int(n) for w, n in body.get("seen", {}).items()},
        )  # fmt: skip
    return None


def is_whole(line: bytes) -> bool:
    """Whether a line is what was written, by its checksum."""
    checksum, space, data = line.partition(b" ")
    return bool(space) and _sum(data) == checksum


def _edit(path: list[Any], old: Any, new: Any) -> Edit:
    """An edit as it stands in a line.

    Raises:
        ValueError: it could not be made in the document of a case.
    """
    parts = tuple(map(str, path))
    edit = Edit(parts, _back(old), _back(new))
    if not parts or (len(parts) == 1 and not all(_may_stand(parts[0], v) for v in edit[1:])):
        raise ValueError("no place in the document of a case")
    return edit


def cleaned(edit: Edit) -> Edit:
    """An edit that can be made in a case: a journal may have been written to harm.

    Texts are cleaned as those of a file are; what was taken out on purpose is nothing there.
    """
    path = tuple(part if part == ORDER else clean(part) for part in edit.path)
    return Edit(path, _cleaned(edit.old), _cleaned(edit.new))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        found = {clean(str(key)): _cleaned(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not None}
    if isinstance(value, list):
        return [inner for inner in map(_cleaned, value) if inner is not None]
    return None if isinstance(value, Redacted) else value


def _may_stand(key: str, value: Any) -> bool:
    """Whether a value can stand at the top of a document, where most keys are tables."""
    return value is None or isinstance(value, Mapping) or key not in TABLES


def _sum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).hexdigest().encode()


def _plain(value: Any) -> Any:
    """A value as JSON can hold it exactly: what JSON has no type for says which it is."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Redacted):
        return {"$redacted": value.reason}
    if isinstance(value, Decimal | float):
        return {"$n": str(value)}
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, date):
        return {"$d": value.isoformat()}
    if isinstance(value, time):
        return {"$c": value.isoformat()}
    if isinstance(value, Mapping):
        if any(str(key).startswith("$") for key in value):
            return {"$m": [[key, _plain(inner)] for key, inner in value.items()]}
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value]


def _back(value: Any) -> Any:
    if isinstance(value, list):
        return [_back(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        made = _TYPED.get(key)
        if made is not None:
            return made(inner)
    return {key: _back(inner) for key, inner in value.items()}


_TYPED: dict[str, Any] = {
    "$n": Decimal,
    "$t": datetime.fromisoformat,
    "$d": date.fromisoformat,
    "$c": time.fromisoformat,
    "$redacted": lambda reason: Redacted(str(reason)),
    "$m": lambda pairs: {str(key): _back(inner) for key, inner in pairs},
}


# Files


def records_of(data: bytes) -> list[Record]:
    """The good records of a journal's bytes, in order."""
    return [record for line in data.split(b"\n") if line and (record := decode(line)) is not None]


@dataclass
class Journal:
    """One file of records, as it can be read.

    Args:
        path: the file.
        records: the good ones, in order.
        damaged: numbers of the lines that are not what was written.
    """

    path: Path
    records: list[Record] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)


def read(path: Path) -> Journal:
    """Read a journal; a line that is damaged is passed over."""
    found = Journal(path)
    for number, line in enumerate(disk.read(path, LONGEST).split(b"\n"), start=1):
        if not line:
            continue
        record = decode(line)
        if record is None:
            found.damaged.append(number)
        else:
            found.records.append(record)
    return found


def files(folder: Path) -> list[Path]:
    """The journals of a case."""
    return list(disk.list(folder, SUFFIX)) if disk.is_folder(folder) else []


def every(folder: Path) -> dict[str, list[Record]]:
    """The records of every writer of a case, in their own order, each once."""
    found: dict[str, dict[int, Record]] = {}
    for path in files(folder):
        with suppress(OSError):
            for record in read(path).records:
                found.setdefault(record.writer, {})[record.n] = record
    return {writer: [own[n] for n in sorted(own)] for writer, own in found.items()}


class Pen:
    """Adds to the journal of one writer. It is opened with the first record.

    Args:
        folder: of the case's journals.
        writer: whose; no other process may have the same.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        self.folder, self.writer, self.n = folder, writer, 0
        self.size = 0
        self._handle: int | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self.writer}{SUFFIX}"

    @property
    def is_open(self) -> bool:
        """Whether something was written with it."""
        return self._handle is not None

    def gone(self) -> bool:
        """Whether the file was removed behind our back: what is added would be nowhere."""
        return self._handle is not None and not disk.still_there(self._handle, self.path)

    def write(self, records: Iterable[Record]) -> None:
        """Add records, and return when they are on the disk.

        Raises:
            OSError: they may not be; nothing more may be added with this pen.
        """
        data = b"".join(encode(record) for record in records)
        if self._handle is None:
            make_folders(self.folder)
            self._handle = disk.open_growing(self.path)
            # Whoever made the folders may not have come so far, or failed.
            for place in (self.folder.parent, self.folder.parent.parent):
                disk.sync_folder(place)
        disk.grow(self._handle, data)
        self.size += len(data)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            disk.close(self._handle)
            self._handle = None


def make_folders(folder: Path) -> None:
    """Make the folder of a case's journals."""
    for place in (folder.parent, folder):
        if not disk.is_folder(place):
            disk.make_folder(place)
