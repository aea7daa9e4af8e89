"""Whole documents that are kept beside the journals: what copies were made from, and the head.

What a copy was made from lies in a file that has the name of its version. So it is read only when
somebody asks for that version: there may be fifty, each as large as a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cim_tui.core.changes import apply
from cim_tui.store.fsops import disk
from cim_tui.store.journal import HEAD
from cim_tui.store.versions import kept

Doc = Mapping[str, Any]
SENT = "sent-"
"""How the name of a file begins that keeps what a copy was made from."""


class Bases:
    """The documents kept beside the journals of one case, each read when it is first needed.

    Args:
        folder: of the case's journals.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._strays: list[tuple[str, Doc]] = []
        """What was read and has another name than its file: something was taken out of it."""

    @cached_property
    def _unread(self) -> dict[str, Path]:
        """Files by the names of the versions that they were made from; the head has none."""
        names = {path.name.removeprefix(SENT): path for path in sent_files(self.folder)}
        return {**names, HEAD: self.folder / HEAD}

    def of(self, version: str) -> Doc | None:
        """What a copy was made from, by the name of its version; None where that is not kept."""
        if version == HEAD or version not in self._unread:
            return None
        found = kept_document(self._unread.pop(version))
        if found is not None and found[0] != version:
            self._strays.append(found)
            return None
        return found[1] if found is not None else None

    def rest(self) -> Iterator[tuple[str, Doc]]:
        """Documents that nobody asked for yet, one after the other, the head first."""
        while self._strays:
            yield self._strays.pop()
        while self._unread:
            _, path = self._unread.popitem()
            found = kept_document(path)
            if found is not None:
                yield found


class Given(Bases):
    """Documents that are at hand already.

    Args:
        docs: by the names of their versions.
    """

    def __init__(self, docs: Mapping[str, Doc]) -> None:
        super().__init__(Path())
        self.docs = docs

    def of(self, version: str) -> Doc | None:
        """A document by the name of its version."""
        return self.docs.get(version)

    def rest(self) -> Iterator[tuple[str, Doc]]:
        """All of them."""
        yield from self.docs.items()


def kept_document(path: Path) -> tuple[str, Doc] | None:
    """A whole document that is kept beside the journals, with the name of its version."""
    record = kept(path)
    return (record.version, apply({}, record.edits)) if record is not None else None


def head(folder: Path) -> Doc | None:
    """What was written to the file last."""
    found = kept_document(folder / HEAD)
    return found[1] if found else None


def sent_files(folder: Path) -> list[Path]:
    """What copies that were sent out were made from."""
    if not disk.is_folder(folder):
        return []
    return [path for path in disk.list(folder, "") if path.name.startswith(SENT)]
