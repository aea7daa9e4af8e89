"""What is known of the versions of a case: who wrote one, and documents that are kept whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cim_tui.core.changes import apply, changes
from cim_tui.store import archives, journal
from cim_tui.store.fsops import disk
from cim_tui.store.journal import HEAD, Record


def written(folder: Path, version: str, own: Iterable[Record] = ()) -> Record | None:
    """The record with which a version was written to the case's file, from whichever journal.

    Args:
        folder: of the case's journals.
        version: its name.
        own: the writer's own records, which need no reading.
    """
    for record in own:
        if record.kind == "wrote" and record.version == version:
            return record
    wanted = f'"v":"{version}"'.encode()
    looks = {path: disk.look(path) for path in journal.files(folder)}
    newest = sorted(((look.modified, path) for path, look in looks.items() if look), reverse=True)
    for _, path in newest:
        with suppress(OSError):
            for line in reversed(disk.read(path, journal.LONGEST).split(b"\n")):
                found = journal.decode(line) if wanted in line else None
                if found is not None and (found.kind, found.version) == ("wrote", version):
                    return found
    return None


def opened(folder: Path) -> set[str]:
    """The versions that journals begin with; an empty name for one that cannot be read."""
    found = set()
    for path in archives.loose_in(folder):
        with suppress(OSError):
            first = journal.decode(disk.read(path, journal.LONGEST).partition(b"\n")[0])
            found.add(first.version if first is not None and first.kind == "open" else "")
    return found


def kept(path: Path) -> Record | None:
    """A record that holds a whole document, when it is the version that it names."""
    with suppress(OSError):
        record = journal.decode(disk.read(path, journal.LONGEST).rstrip(b"\n"))
        if record is not None and record.edits:
            doc = apply({}, record.edits)
            return record if journal.version_of(doc) == record.version else None
    return None


def keep_head(
    folder: Path, doc: Mapping[str, Any], version: str, seen: Mapping[str, int], at: str
) -> None:
    """Keep beside the journals what was written last: a change by hand can then be told.

    Args:
        folder: of the case's journals.
        doc: what was written.
        version: its name.
        seen: how far it contains each writer's records.
        at: when.
    """
    edits = tuple(changes({}, doc))
    record = Record("head", 1, "wrote", at, edits=edits, version=version, seen=seen)
    with suppress(OSError):
        disk.write_loose(folder / HEAD, journal.encode(record))
