"""Writing again, without a text, all that is kept of a case: safe to be killed at any instant.

The names of versions are hashes of all of their text, so they change in every file when a text goes
from one. What every line becomes is worked out before the first file is touched, and kept on the
disk as a plan: each line by its hash, with what stands in its place. The plan does not hold the
text. Whoever is killed in the middle leaves the plan, and who comes next only has to go on:
a line that was replaced already is not in the plan, wherever it lies by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.changes import apply
from cim_tui.core.errors import DamagedFile, ReadOnly
from cim_tui.core.text import one_line
from cim_tui.service.bases import SENT, Doc, Given, sent_files
from cim_tui.service.search import forms
from cim_tui.service.shears import Shears
from cim_tui.service.states import States
from cim_tui.service.travel import MERGED
from cim_tui.store import journal, toml
from cim_tui.store.fsops import disk
from cim_tui.store.journal import ARCHIVE, HEAD, Record
from cim_tui.store.presence import Signs

PLAN = "redaction"
"""The file beside the journals that says what is still to be done."""


@dataclass
class Plan:
    """What is to be written in the place of what.

    Args:
        reason: why, as it stays on record.
        address: the answer that it began with; empty for a piece of text.
        instead: by the hash of a line of a journal or of a whole copy: what stands there from now
            on; None for a damaged line that goes as a whole.
    """

    reason: str
    address: str = ""
    instead: dict[str, str | None] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """How many damaged lines go."""
        return sum(new is None for new in self.instead.values())

    def line(self, line: bytes) -> bytes | None:
        """A line as it will be; None when it goes."""
        key = _hash(line)
        if not line or key not in self.instead:
            return line
        made = self.instead[key]
        return None if made is None else made.encode("utf-8", "replace")

    def lines(self, data: bytes) -> bytes:
        """A journal as it will be."""
        made = (self.line(line) for line in data.split(b"\n"))
        return b"\n".join(line for line in made if line is not None)

    def copy(self, data: bytes) -> bytes:
        """A whole document as it will be."""
        made = self.instead.get(_hash(data))
        return data if made is None else made.encode("utf-8", "replace")

    def puts(self, old: bytes, new: bytes | None) -> None:
        """Put something in the place of what is there."""
        self.instead[_hash(old)] = None if new is None else new.decode()

    def encode(self) -> bytes:
        """As its file holds it: a checksum in front."""
        body = json.dumps(vars(self), ensure_ascii=False, separators=(",", ":")).encode()
        return _hash(body).encode() + b"\n" + body


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def plan_left(folder: Path) -> Plan | None:
    """The plan that somebody who was killed left behind; None where there is none to go by."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        checksum, _, body = disk.read(folder / PLAN, journal.LONGEST).partition(b"\n")
        if _hash(body).encode() == checksum:
            found = json.loads(body)
            instead = {str(key): None if new is None else str(new)
                       for key, new in found["instead"].items()}  # fmt: skip
            return Plan(str(found["reason"]), str(found["address"]), instead)
    return None


# Working it out


class Place(NamedTuple):
    """Where a case and what is kept of it lie."""

    path: Path
    """The case's file."""
    uid: str

    @property
    def folder(self) -> Path:
        """Of its journals."""
        return journal.folder_of(self.path.parent, self.uid)

    def lined(self) -> list[Path]:
        """Files of records: journals, what copies were made from, and the head."""
        head = self.folder / HEAD
        found = [*journal.files(self.folder), *sent_files(self.folder)]
        return [*found, head] if disk.look(head) else found

    def copies(self) -> Iterator[Path]:
        """Whole documents that were put aside, of this case and of others."""
        for place in (self.path.parent / journal.FOLDER / MERGED, self.folder):
            yield from disk.list(place, ".toml") if disk.is_folder(place) else ()


def planned(place: Place, doc: Doc, shears: Shears) -> Plan:
    """Work out what every line becomes; changes nothing.

    Args:
        place: where all lies.
        doc: what the case's file holds, without the text.
        shears: what takes the text out.

    Raises:
        ReadOnly: a file cannot be read, and so not be freed of the text.
    """
    plan = Plan(shears.gone.reason, shears.address)
    records: list[tuple[bytes, Record]] = []
    writers: dict[str, dict[int, Record]] = {}
    docs: dict[str, Doc] = {}
    for path in place.lined():
        whole = path.name == HEAD or path.name.startswith(SENT)
        for line in filter(None, _read(path).split(b"\n")):
            record = journal.decode(line)
            if record is None:
                if any(form in line for one in shears.texts for form in forms(one)):
                    plan.puts(line, None)
                continue
            made = shears.record(record)
            records.append((line, made))
            if made is not record:
                plan.puts(line, _line(made))
            if whole:
                docs[made.version] = apply({}, made.edits)
            else:
                writers.setdefault(made.writer, {})[made.n] = made
    told = {writer: [own[n] for n in sorted(own)] for writer, own in writers.items()}
    if any(plan.instead.values()):
        _rename(plan, records, States(doc, told, Given(docs), trusting=True).names())
    for path in place.copies():
        _plan_copy(plan, path, place.uid, shears)
    return plan


def _rename(plan: Plan, records: list[tuple[bytes, Record]], names: Mapping[str, str]) -> None:
    """Give versions the names they have now: a hash of the old text would tell it to a guess."""
    for line, record in records:
        name = names.get(record.version, record.version)
        if name != record.version:
            plan.puts(line, _line(record._replace(version=name)))


def _line(record: Record) -> bytes:
    return journal.encode(record).rstrip(b"\n")


def _plan_copy(plan: Plan, path: Path, uid: str, shears: Shears) -> None:
    data = _read(path)
    try:
        doc = toml.load(data, path.name)
    except DamagedFile:
        return
    before = shears.cuts
    made = shears.document(doc) if doc.get("uid") == uid else doc
    if shears.cuts != before:
        plan.puts(data, toml.dump(made))


def _read(path: Path) -> bytes:
    try:
        return disk.read(path, journal.LONGEST)
    except OSError as wrong:
        raise _still_there(path, wrong) from wrong


def _still_there(path: Path, wrong: OSError) -> ReadOnly:
    return ReadOnly(
        f"{one_line(str(path))} still holds it: {wrong.strerror or wrong}. Run it again when "
        "that file can be written"
    )


# Doing it


def keep(place: Place, plan: Plan) -> None:
    """Put a plan on the disk, before the first file is touched.

    Raises:
        ReadOnly: it cannot be written; nothing was touched.
    """
    try:
        journal.make_folders(place.folder)
        disk.write_atomic(place.folder / PLAN, plan.encode())
    except OSError as wrong:
        raise _still_there(place.folder, wrong) from wrong


def carry_out(place: Place, plan: Plan) -> list[Path]:
    """Write everything again as planned, remove what was half written, and then the plan.

    Returns:
        The files that were written.

    Raises:
        ReadOnly: a file cannot be written, or somebody adds to it just now; the plan stays.
    """
    signs = Signs(place.folder)
    written = []
    for path in place.lined():
        own = not path.stem.startswith(ARCHIVE) and signs.is_alive(path.stem)
        if _replace(path, plan.lines, in_use=own):
            written.append(path)
    written += [path for path in place.copies() if _replace(path, plan.copy)]
    try:
        _clear_away(place)
    except OSError as wrong:
        raise _still_there(place.folder, wrong) from wrong
    return written


def _clear_away(place: Place) -> None:
    """Remove half-written files, which may hold the text, and then the plan, for good."""
    cases = place.path.parent
    left = list(disk.unfinished(cases, f"{place.path.name}."))
    if disk.is_folder(place.folder):
        left += disk.unfinished(place.folder)
    for path in left:
        disk.remove(path)
    for folder in dict.fromkeys(path.parent for path in left):
        disk.sync_folder(folder)
    if disk.look(place.folder / PLAN) is not None:
        disk.remove(place.folder / PLAN)
        disk.sync_folder(place.folder)


def _replace(path: Path, change: Callable[[bytes], bytes], *, in_use: bool = False) -> bool:
    data = _read(path)
    made = change(data)
    if made == data:
        return False
    try:
        if in_use:
            raise OSError("somebody is writing to it")  # noqa: TRY301 - said like any other reason
        disk.write_atomic(path, made)
    except OSError as wrong:
        raise _still_there(path, wrong) from wrong
    return True
