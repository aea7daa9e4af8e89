"""Taking a text out of everything that is kept of a case: its file, journals, bases and copies.

Journals only ever grow, but for this: a child's name that was typed by mistake has to go. Each
record keeps its number and says why something is missing; a search over every byte of the folder
shows that the text is gone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cim_tui.core.changes import ORDER, Edit, units
from cim_tui.core.errors import DamagedFile, ReadOnly, UnknownAddress, UsageError
from cim_tui.core.session import Session, get
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.core.words import counted
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.history import MARK, TAKEN_OUT, History, place_of, sent_files
from cim_tui.service.place import locate
from cim_tui.service.travel import MERGED
from cim_tui.store import journal, sessions, toml
from cim_tui.store.fsops import disk
from cim_tui.store.ground import refuse_unsafe
from cim_tui.store.journal import HEAD, Record, Redacted

SHORTEST = 4
"""Characters of the shortest text that is looked for inside of others; a shorter one stands in
half of all words."""
SHORTEST_PIECE = 3
NEVER = ("schema", "uid", "id", "case")
"""What says which case this is; nobody types a child's name there."""
NEEDED = (("lea", "name"),)
"""What a file cannot be without: marked, not cleared."""
WORD = re.compile(r"[a-z0-9._-]*\Z")
"""An id or a single plain word: it may stand in many places and mean something else."""
ELSEWHERE = (
    "It may still be in papers that were exported, in copies and mails that were sent, in backups "
    "and snapshots of this disk, and in a terminal's scroll-back"
)


@dataclass
class Outcome:
    """What was taken out, and whether it is gone."""

    values: int = 0
    """Values that were replaced, in every file together."""
    files: list[Path] = field(default_factory=list)
    """Files that were written again."""
    dropped: int = 0
    """Damaged lines that held the text and could not be read."""
    searched: int = 0
    """Files that were looked through, byte by byte."""
    found: list[Path] = field(default_factory=list)
    """Where the text stands all the same."""
    looked: bool = True
    """Whether the text could be looked for: a single plain word stands in many places."""


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
        if self._is_meant(edit):
            return Edit(edit.path, self._whole(edit.old), self._whole(edit.new))
        path = self._path(edit.path)
        old, new = self.value(edit.old, path), self.value(edit.new, path)
        if edit.path in self.typed:
            old, new = self._half(old), self._half(new)
        return Edit(path, old, new)

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

    def _is_meant(self, edit: Edit) -> bool:
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
            and self._is_meant(Edit(path, None, None))
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


ROW = 5
"""Parts of the path of a row: a row stays when its last cell is cleared."""


# Doing it


def redact(case: Case, desk: Desk, reason: str, address: str = "", text: str = "") -> Outcome:
    """Take a text out of a case and of everything that is kept of it.

    Args:
        case: the open case.
        desk: where we work.
        reason: why; it stays on record.
        address: the answer that holds it: everything that ever stood there goes.
        text: a piece of text that goes wherever it stands.

    Raises:
        UsageError: no reason, or nothing that could be taken out.
        UnknownAddress: nothing has ever stood there, or the text stands nowhere.
        ReadOnly: somebody has the case open, who would write it again.
    """
    reason = shorten(reason, 200)
    if not reason:
        raise UsageError("Say why with --reason: it stays on record in the place of the text")
    text = clean(text).strip()
    if bool(address) == bool(text):
        raise UsageError("Name an answer's address, or --text and the piece of text; not both")
    folder = journal.folder_of(case.path.parent, case.session.uid)
    refuse_unsafe(case.path.parent, folder)
    _nobody_else(case, desk)
    if text and len(text) < SHORTEST_PIECE:
        raise UsageError("Give more of the text: three characters stand in half of all words")
    texts = [text] if text else [
        one for one in _texts_of(case, folder, address)
        if len(one) >= SHORTEST and not WORD.match(one)
    ]  # fmt: skip
    if any(one in reason for one in texts if len(one) >= SHORTEST):
        raise UsageError("The reason stays on record: say it without the text itself")
    shears = Shears(reason, texts, address, pieces=bool(text))
    for record in _records(folder):
        for edit in record.edits:
            shears.note(edit)
    for path, value in units(case.session.doc):
        shears.note(Edit(path, None, value))
    session = Session(sessions.as_filed(shears.document(case.session.doc)))
    outcome = Outcome(values=shears.cuts, looked=bool(texts))
    case.apply(session, what=f"{TAKEN_OUT}{reason}")
    desk.save(case)
    _write_again(case, folder, shears, outcome)
    outcome.values = max(shears.cuts, outcome.values)
    if not shears.cuts and not outcome.dropped:
        raise UnknownAddress("The text stands nowhere in this case or in what is kept of it")
    _search(case.path.parent, texts, outcome)
    return outcome


def _nobody_else(case: Case, desk: Desk) -> None:
    for other in desk.keeper(case).others():
        if other.alive:
            raise ReadOnly(
                f"{other.who or 'Somebody'} has the case open on {other.host} since {other.since}, "
                "and would write the text again. Close it there first"
            )


def _texts_of(case: Case, folder: Path, address: str) -> list[str]:
    """What stands or ever stood at an address: each text that is not the beginning of another."""
    found = list(_strings(get(case.session.doc, ("answers", *address.split(".")))))
    absence = case.session.absence(address)
    found += [absence.note] if absence else []
    now = list(found)
    stood = False
    shears = Shears("", [], address)
    for record in _records(folder):
        for edit in record.edits:
            if shears._is_meant(edit):  # noqa: SLF001 - the same question, asked by the same module
                stood = stood or edit.old is not None or edit.new is not None
                found += [*_strings(edit.old), *_strings(edit.new)]
    if not now and not stood:
        if case.has_definition:
            locate(case, address)
        raise UnknownAddress(f"Nothing stands or ever stood at {shorten(address, 80)}")
    return [
        one for one in dict.fromkeys(found)
        if one in now or (
            len(one) >= SHORTEST and not any(o != one and o.startswith(one) for o in found)
        )
    ]  # fmt: skip


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Redacted):
        return
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _records(folder: Path) -> Iterator[Record]:
    for path in journal.files(folder):
        with suppress(OSError):
            yield from journal.read(path).records


def _write_again(case: Case, folder: Path, shears: Shears, outcome: Outcome) -> None:
    cases, uid = case.path.parent, case.session.uid
    lined = [*journal.files(folder), *sent_files(folder)]
    lined += [folder / HEAD] if disk.look(folder / HEAD) else []
    for path in lined:
        _replace(path, lambda data: _lines(data, shears, outcome), outcome)
    # The name of a version is a hash of all of its text: it would tell a guess from another.
    names = History(case.session.doc, folder, trusting=True).names()
    for path in lined:
        _replace(path, lambda data: _named(data, names), outcome)
    outcome.files = list(dict.fromkeys(outcome.files))
    for place in (cases / journal.FOLDER / MERGED, folder):
        for path in disk.list(place, ".toml") if disk.is_folder(place) else ():
            _replace(path, partial(_copy, name=path.name, uid=uid, shears=shears), outcome)
    half = disk.unfinished(folder) if disk.is_folder(folder) else []
    for left in (*half, *disk.unfinished(cases, f"{case.path.name}.")):
        disk.remove(left)


def _replace(path: Path, change: Callable[[bytes], bytes], outcome: Outcome) -> None:
    try:
        data = disk.read(path, journal.LONGEST)
        made = change(data)
        if made != data:
            disk.write_atomic(path, made)
            outcome.files.append(path)
    except OSError as wrong:
        raise ReadOnly(
            f"{one_line(str(path))} still holds it: {wrong.strerror or wrong}. Run it again when "
            "that file can be written"
        ) from wrong


def _lines(data: bytes, shears: Shears, outcome: Outcome) -> bytes:
    made = []
    for line in data.split(b"\n"):
        record = journal.decode(line) if line else None
        if record is None:
            if line and any(form in line for one in shears.texts for form in forms(one)):
                outcome.dropped += 1
                continue
            made.append(line)
            continue
        before = shears.cuts
        edits = tuple(map(shears.edit, record.edits))
        by, what = shears.plain(record.by), shears.plain(record.what)
        if shears.cuts == before:
            made.append(line)
        else:
            fresh = record._replace(edits=edits, by=by, what=what)
            made.append(journal.encode(fresh).rstrip(b"\n"))
    return b"\n".join(made)


def _named(data: bytes, names: Mapping[str, str]) -> bytes:
    """Records under the names that their versions have now."""
    made = []
    for line in data.split(b"\n"):
        record = journal.decode(line) if line else None
        new = names.get(record.version) if record is not None else None
        if record is None or new is None or new == record.version:
            made.append(line)
        else:
            made.append(journal.encode(record._replace(version=new)).rstrip(b"\n"))
    return b"\n".join(made)


def _copy(data: bytes, name: str, uid: str, shears: Shears) -> bytes:
    try:
        doc = toml.load(data, name)
    except DamagedFile:
        return data
    if doc.get("uid") != uid:
        return data
    before = shears.cuts
    made = shears.document(doc)
    return data if shears.cuts == before else toml.dump(made)


# The proof


def forms(text: str) -> list[bytes]:
    """The ways in which a text can stand in a file: as it is, and escaped."""
    plain = text.encode("utf-8", "replace")
    escaped = [json.dumps(text, ensure_ascii=plainly)[1:-1].encode("utf-8", "replace")
               for plainly in (True, False)]  # fmt: skip
    in_toml = toml.dump({"x": text.replace("\n", " ") if "\n" in text else text})
    bare = re.sub(rb'^x = "|"\n\Z', b"", in_toml)
    quoted = text.replace("\\", "\\\\").encode("utf-8", "replace")
    return list(dict.fromkeys((plain, *escaped, quoted, *(() if "\n" in text else (bare,)))))


def _search(cases: Path, texts: list[str], outcome: Outcome) -> None:
    wanted = [form for text in texts for form in forms(text)]
    for above, folders, files in os.walk(cases):
        folders.sort()
        for name in sorted(files):
            path = Path(above, name)
            if not disk.is_plain(path):
                continue
            try:
                data = disk.read(path, journal.LONGEST)
            except OSError:
                outcome.found.append(path)  # what cannot be looked at is not shown to be free of it
                continue
            outcome.searched += 1
            if any(form in data for form in wanted):
                outcome.found.append(path)


def summary(outcome: Outcome) -> str:
    """What was done, in a sentence."""
    text = (
        f"{counted(outcome.values, 'value')} taken out of {counted(len(outcome.files) + 1, 'file')}"
    )
    if outcome.dropped:
        lines = counted(outcome.dropped, "damaged line")
        text += f"; {lines} that held the text went as a whole"
    return text
