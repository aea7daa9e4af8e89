"""Session files: found, read, checked for shape, written. One folder, one file a case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cim_tui.core.errors import (
    CimError,
    DamagedFile,
    NewerFile,
    NoSession,
    NotSaved,
    UsageError,
)
from cim_tui.core.session import SCHEMA, Session
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.store import toml
from cim_tui.store.fsops import PRIVATE_FOLDER, disk
from cim_tui.store.migrations import migrated

STEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z", re.IGNORECASE)
DEVICE_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))]
)
ORDER = (
    "schema", "uid", "id", "example", "archived", "origin", "lea", "case", "settings", "step",
    "activity", "elsewhere", "answers", "absent", "copied", "waivers", "done", "reopened",
    "signoffs", "submissions",
)  # fmt: skip
"""The order of the tables in a file; what a newer version adds comes after."""
TABLES = ORDER[6:]
"""Those of them that are tables in any case."""


@dataclass(frozen=True)
class Damaged:
    """A file in the folder that cannot be read. It is never treated as absent."""

    path: Path
    reason: str
    line: int | None
    code: int

    def as_json(self) -> dict[str, Any]:
        """The shell contract's form."""
        return {"path": str(self.path), "line": self.line, "reason": self.reason,
                "code": self.code}  # fmt: skip


@dataclass
class Shelf:
    """What a folder of sessions holds."""

    folder: Path
    sessions: dict[str, Session] = field(default_factory=dict)
    damaged: list[Damaged] = field(default_factory=list)
    copies: list[Path] = field(default_factory=list)
    """Files with the uid of another case: copies to merge, not cases."""
    copy_of: dict[str, str] = field(default_factory=dict)
    """By the name of such a file: the id of the case that it is a copy of."""


def read(path: Path, *, newer: bool = False) -> Session:
    """Read one session file; its id is the file's stem, whatever stands inside.

    Args:
        path: the file.
        newer: take one of a newer version too, whole; `understood` is what can be shown of it.

    Raises:
        DamagedFile: it cannot be read or is not a session; with the line.
        NewerFile: a newer version of this program wrote it, and it was not asked for, or is
            nothing that this version could show.
    """
    return _read(path, newer=newer)[0]


def _read(path: Path, *, newer: bool = False) -> tuple[Session, str]:
    """A session, and the id that stands inside its file."""
    shown = one_line(path.name)
    if not disk.is_plain(path):
        raise DamagedFile(shown, "not a regular file (a link, a folder or a pipe)")
    try:
        data = disk.read(path, toml.LIMIT)
    except OSError as wrong:
        raise DamagedFile(shown, f"cannot be read: {wrong.strerror or wrong}") from wrong
    doc = toml.load(data, shown)
    if newer_schema(doc):
        doc = _newer(doc, shown, wanted=newer)
    else:
        doc = migrated(doc, shown)
        _check_shape(doc, shown, data.decode("utf-8-sig"))
        doc = toml.cleaned(doc, shown)
    named = doc.get("id")
    doc["id"] = path.stem
    return Session(doc), str(named)


def _newer(doc: dict[str, Any], name: str, *, wanted: bool) -> dict[str, Any]:
    """The whole document of a newer version, cleaned, where it is wanted and can be shown.

    Raises:
        NewerFile: else.
    """
    with suppress(DamagedFile):
        if wanted:
            _check_shape({**understood(Session(doc)).doc, "schema": SCHEMA}, name, "")
            found: dict[str, Any] = toml.cleaned(doc, name)
            return found
    raise NewerFile(
        f"{name} was written by a newer version (schema {doc['schema']}); update cim-tui to open it"
    )


def newer_schema(doc: Mapping[str, Any]) -> int:
    """The schema of a document that a newer version wrote; 0 for any other."""
    schema = doc.get("schema")
    return schema if isinstance(schema, int) and schema > SCHEMA else 0


def understood(session: Session) -> Session:
    """What can be shown of a session: of a newer version's, only what has the shape of ours.

    Keys that are unknown hurt nobody and stay.
    """
    if not newer_schema(session.doc):
        return session
    doc = {
        key: value
        for key, value in session.doc.items()
        if key not in TABLES or isinstance(value, Mapping)
    }
    if "answers" in doc:
        doc["answers"] = {
            step: {key: fields for key, fields in found.items() if isinstance(fields, Mapping)}
            for step, found in doc["answers"].items()
            if isinstance(found, Mapping)
        }
    return Session(doc)


def _check_shape(doc: Mapping[str, Any], name: str, text: str) -> None:
    """Refuse a file whose skeleton is not a session's; what stands inside is judged later."""
    line: int | None
    if doc.get("schema") != SCHEMA:
        line = toml.line_of(text, ("schema",)) or 1
        raise DamagedFile(name, "not a session file: it has no “schema = 1”", line)
    for table in ("lea", "case"):
        if not isinstance(doc.get(table), Mapping):
            raise DamagedFile(name, f"the table [{table}] is missing", 1)
    for table in TABLES:
        if table in doc and not isinstance(doc[table], Mapping):
            line = toml.line_of(text, (table,))
            raise DamagedFile(name, f"“{table}” has to be a table", line)
    for path, wanted in ((("case", "workflow"), str), (("lea", "name"), str), (("uid",), str)):
        found: Any = doc
        for part in path:
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, wanted):
            line = toml.line_of(text, path)
            raise DamagedFile(name, f"“{'.'.join(path)}” is missing or not a text", line)
    answers = doc.get("answers", {})
    for step, activities in answers.items():
        for activity, fields in (
            activities if isinstance(activities, Mapping) else {"": 0}
        ).items():
            if not isinstance(fields, Mapping):
                line = toml.line_of(text, ("answers", step, activity))
                raise DamagedFile(name, f"“answers.{step}” has to hold tables of answers", line)


def write(folder: Path, session: Session, *, new: bool = False) -> Path:
    """Write a session to its file; nothing else in the folder is touched.

    Args:
        folder: where its file is.
        session: what to write.
        new: the file must not exist yet. A case that others may have open is saved with a
            `Keeper` instead, which overwrites nobody.

    Raises:
        NotSaved: with the reason; the old file is intact.
    """
    path = path_of(folder, session.id) if new else _own_path(folder, session.id)
    data = encode(session)
    try:
        if new:
            disk.create(path, data)
        else:
            disk.write_atomic(path, data)
    except FileExistsError as wrong:
        raise CimError(f"There is already a case {session.id} in {folder}") from wrong
    except OSError as wrong:
        raise NotSaved(f"NOT SAVED: {wrong.strerror or wrong} ({path})") from wrong
    return path


def _own_path(folder: Path, session_id: str) -> Path:
    """The file a session was read from, under any name that a direct child can have."""
    path = folder / f"{session_id}.toml"
    if path.name == f"{session_id}.toml" and path.parent == folder and disk.is_plain(path):
        return path
    return path_of(folder, session_id)


def encode(session: Session) -> bytes:
    """A session as the bytes of its file.

    Raises:
        NotSaved: it would not read back the same, or is larger than a session may be.
    """
    try:
        data = toml.dump(as_filed(session.doc))
    except (UnicodeEncodeError, TypeError, ValueError) as wrong:
        raise NotSaved(f"NOT SAVED: something in the case cannot be written ({wrong})") from wrong
    if len(data) > toml.LIMIT:
        raise NotSaved("NOT SAVED: the case is larger than 4 MiB; shorten the longest texts")
    return data


def as_filed(doc: Mapping[str, Any], like: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A document in the order in which its file holds it: values before tables, at every level.

    Args:
        doc: any document.
        like: one that is in this order already; what `doc` shares with it is not looked at.

    Returns:
        The document; what was in order is the same object, and cheap to compare.
    """
    ordered = {key: doc[key] for key in ORDER if key in doc}
    ordered |= {key: value for key, value in doc.items() if key not in ordered}
    filed: dict[str, Any] = _values_first(ordered, like)
    return filed


def _values_first(table: Mapping[str, Any], like: Any) -> Any:
    known = like if isinstance(like, Mapping) else {}
    made = {
        key: _values_first(value, known.get(key))
        if isinstance(value, Mapping) and value is not known.get(key)
        else value
        for key, value in table.items()
    }
    keys = sorted(made, key=lambda key: isinstance(made[key], Mapping))
    if keys == list(made) and all(made[key] is table[key] for key in made):
        return table
    return {key: made[key] for key in keys}


def path_of(folder: Path, session_id: str) -> Path:
    """The file of a case: always a direct child of the folder.

    Raises:
        UsageError: the id could leave the folder or is no file name everywhere.
    """
    plain = session_id.lower()
    if not STEM.match(session_id) or plain.split(".")[0] in DEVICE_NAMES or ".." in plain:
        raise UsageError(
            f'"{shorten(session_id, 60)}" cannot be the id of a case: use letters, digits, '
            "dots and hyphens"
        )
    return folder / f"{session_id}.toml"


def shelf(folder: Path) -> Shelf:
    """Read every session of a folder. One damaged file never hides the others."""
    found = Shelf(folder)
    by_uid: dict[str, list[tuple[bool, str, Session]]] = {}
    if not folder.is_dir():
        return found
    for path in disk.list(folder, ".toml"):
        try:
            session, named = _read(path)
        except (DamagedFile, NewerFile) as wrong:
            reason = wrong.reason if isinstance(wrong, DamagedFile) else str(wrong)
            line = wrong.line if isinstance(wrong, DamagedFile) else None
            found.damaged.append(Damaged(path, clean(reason), line, int(wrong.exit)))
            continue
        uid = session.uid or path.stem
        by_uid.setdefault(uid, []).append((named != path.stem, path.stem, session))
    for same_case in by_uid.values():
        first, *copies = sorted(same_case, key=lambda entry: entry[:2])
        found.sessions[first[1]] = first[2]
        found.copies += [folder / f"{stem}.toml" for _, stem, _ in copies]
        found.copy_of |= {f"{stem}.toml": first[1] for _, stem, _ in copies}
    found.sessions = dict(sorted(found.sessions.items()))
    return found


def ids(folder: Path) -> list[str]:
    """Ids of the files of a folder, by name, without reading them."""
    return [path.stem for path in disk.list(folder, ".toml")] if folder.is_dir() else []


def find(folder: Path, wanted: str) -> Path:
    """The file of a case: by path, by id, or by a prefix that fits only one.

    Raises:
        NoSession: nothing fits, or several do; says which.
    """
    if "/" in wanted or wanted.endswith(".toml"):
        path = Path(wanted).absolute()
        if path.exists():
            return path
        raise NoSession(f"There is no file {shorten(wanted, 80)}")
    names = ids(folder)
    if wanted in names:
        return folder / f"{wanted}.toml"
    fits = [name for name in names if name.startswith(wanted)] if wanted else []
    if len(fits) == 1:
        return folder / f"{fits[0]}.toml"
    if fits:
        raise NoSession(f"“{wanted}” fits {len(fits)} cases: {', '.join(fits[:6])}")
    import difflib

    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4)
    hint = f"; did you mean {', '.join(near)}?" if near else f" in {folder}"
    raise NoSession(f"There is no case “{shorten(wanted, 60)}”{hint}")


def free_id(folder: Path, lea: str, year: int, workflow: str) -> str:
    """An id made from the district's name, the year and the process, that no file has."""
    folded = unicodedata.normalize("NFKD", lea).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:40].strip("-") or "case"
    stem = f"{words}-{year}-{workflow}"
    candidate, number = stem, 2
    while (folder / f"{candidate}.toml").exists():
        candidate, number = f"{stem}-{number}", number + 1
    return candidate


def updated(path: Path) -> str:
    """When a file was last written, in UTC."""
    moment = datetime.fromtimestamp(int(disk.modified(path)), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def prepare(folder: Path) -> None:
    """Make the sessions folder, private, with a .gitignore that keeps cases out of a history.

    Raises:
        ReadOnly: everybody may write there; with the reason.
        NotSaved: it cannot be used.
    """
    from cim_tui.store.ground import refuse_unsafe

    refuse_unsafe(folder)
    try:
        if not folder.is_dir():
            disk.make_folder(folder, PRIVATE_FOLDER)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            disk.write_atomic(ignore, b"*\n!.gitignore\n")
    except OSError as wrong:
        raise NotSaved(f"The folder {folder} cannot be used: {wrong.strerror or wrong}") from wrong
