"""Mistakes that somebody could make in the store, as small patches: the suite has to catch each.

Each is a name, what goes wrong, and the check that finds it. A check runs the stories of
`story.py`, or looks at values and bytes, and raises `Lost` or fails an assertion.
"""

# ruff: noqa: ARG005 - what is replaced takes what it took

from __future__ import annotations

import os as real_os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cim_tui.core import merge as merging
from cim_tui.core import origin
from cim_tui.core.changes import apply, changes
from cim_tui.core.merge import Merged
from cim_tui.store import fsops, journal, keeper, sessions
from cim_tui.store.fsops import Disk
from cim_tui.store.keeper import Keeper
from cim_tui.store.ledger import Ledger

Patch = Callable[[pytest.MonkeyPatch], None]


class Planted(NamedTuple):
    """One mistake.

    Args:
        name: in a few words.
        check: the check that has to catch it, by its name in `checks.py`.
        plant: makes it.
    """

    name: str
    check: str
    plant: Patch


PLANTED: list[Planted] = []


def mistake(name: str, check: str) -> Callable[[Patch], Patch]:
    """Put a mistake on the list."""

    def put(plant: Patch) -> Patch:
        PLANTED.append(Planted(name, check, plant))
        return plant

    return put


@contextmanager
def planted(one: Planted) -> Iterator[None]:
    """The store with a mistake in it."""
    with pytest.MonkeyPatch.context() as patch:
        one.plant(patch)
        yield


def _sys() -> Any:
    """What stands for the module `os` just now."""
    return getattr(fsops, "os")  # noqa: B009 - it is nobody's to export


def _write(disk: Disk, path: Path, data: bytes, **skip: bool) -> None:
    """`write_atomic` with something left out."""
    temp, fd = disk._temporary(path, 0o600)
    disk._put(fd, data)
    if not skip.get("file"):
        _sys().fsync(fd)
    _sys().close(fd)
    _sys().replace(temp, path)
    if not skip.get("folder"):
        disk.sync_folder(path.parent)


# The disk


@mistake("a journal that is not synced", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Disk, "grow", lambda self, handle, data: self._put(handle, data))


@mistake("a journal that is only closed, as if that wrote it", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def grow(self: Disk, handle: int, data: bytes) -> None:
        self._put(handle, data)
        _sys().fstat(handle)

    patch.setattr(Disk, "grow", grow)


@mistake("a new journal whose folder is not synced", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def open_growing(self: Disk, path: Path) -> int:
        flags = real_os.O_WRONLY | real_os.O_CREAT | real_os.O_APPEND | real_os.O_EXCL
        return int(_sys().open(path, flags, 0o600))

    patch.setattr(Disk, "open_growing", open_growing)


@mistake("folders of journals that are not synced", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    real = Disk.sync_folder

    def sync_folder(self: Disk, folder: Path) -> None:
        if folder.parent.name == journal.FOLDER:
            real(self, folder)

    patch.setattr(Disk, "sync_folder", sync_folder)


@mistake("a file that is not synced before the rename", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Disk,
        "write_atomic",
        lambda self, path, data, mode=None: _write(self, path, data, file=True),
    )


@mistake("a file that takes the old one's place before it is written", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def write_atomic(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        temp, fd = self._temporary(path, 0o600)
        _sys().replace(temp, path)
        self._put(fd, data)
        _sys().fsync(fd)
        _sys().close(fd)
        self.sync_folder(path.parent)

    patch.setattr(Disk, "write_atomic", write_atomic)


@mistake("a file that is emptied before the new one takes its place", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def write_atomic(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        _sys().close(_sys().open(path, real_os.O_WRONLY | real_os.O_CREAT | real_os.O_TRUNC, 0o600))
        _write(self, path, data)

    patch.setattr(Disk, "write_atomic", write_atomic)


@mistake("a file that is written in its place", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def write_atomic(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        fd = _sys().open(path, real_os.O_WRONLY | real_os.O_CREAT | real_os.O_TRUNC, 0o600)
        self._put(fd, data)
        _sys().fsync(fd)
        _sys().close(fd)

    patch.setattr(Disk, "write_atomic", write_atomic)


@mistake("a file that is removed before the rename", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def write_atomic(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        with suppress(OSError):
            _sys().unlink(path)
        _write(self, path, data)

    patch.setattr(Disk, "write_atomic", write_atomic)


@mistake("a failed sync that is tried again on the same file", "errors")
def _(patch: pytest.MonkeyPatch) -> None:
    def grow(self: Disk, handle: int, data: bytes) -> None:
        self._put(handle, data)
        try:
            _sys().fdatasync(handle)
        except OSError:
            _sys().fdatasync(handle)

    patch.setattr(Disk, "grow", grow)


@mistake("an error while writing the journal that is swallowed", "errors")
def _(patch: pytest.MonkeyPatch) -> None:
    real = Disk.grow

    def grow(self: Disk, handle: int, data: bytes) -> None:
        with suppress(OSError):
            real(self, handle, data)

    patch.setattr(Disk, "grow", grow)


@mistake("a temp file with one name for everybody", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    def temporary(self: Disk, path: Path, mode: int) -> tuple[Path, int]:
        temp = path.with_name(f".{path.name}.tmp")
        flags = real_os.O_RDWR | real_os.O_CREAT | real_os.O_TRUNC
        return temp, _sys().open(temp, flags, mode)

    patch.setattr(Disk, "_temporary", temporary)


# The journal


@mistake("a line without a checksum", "flips")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "_sum", lambda data: b"0" * 16)


@mistake("a field that is left out of a record", "values")
def _(patch: pytest.MonkeyPatch) -> None:
    real = journal.encode
    patch.setattr(journal, "encode", lambda record: real(record._replace(what="")))


@mistake("the old value that is left out of a record", "values")
def _(patch: pytest.MonkeyPatch) -> None:
    real = journal.encode

    def encode(record: journal.Record) -> bytes:
        return real(record._replace(edits=tuple(e._replace(old=None) for e in record.edits)))

    patch.setattr(journal, "encode", encode)


@mistake("decimals that go through a float", "values")
def _(patch: pytest.MonkeyPatch) -> None:
    from decimal import Decimal

    patch.setitem(journal._TYPED, "$n", lambda text: Decimal(float(text)))


@mistake("keys that look like a type and are not told from it", "values")
def _(patch: pytest.MonkeyPatch) -> None:
    real = journal._plain

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): plain(inner) for key, inner in value.items()}
        return real(value)

    patch.setattr(journal, "_plain", plain)


@mistake("a reader that stops at the first damaged line", "flips")
def _(patch: pytest.MonkeyPatch) -> None:
    def records_before(path: Path) -> journal.Journal:
        found = journal.Journal(path)
        for line in fsops.disk.read(path, journal.LONGEST).split(b"\n"):
            record = journal.decode(line)
            if record is None:
                break
            found.records.append(record)
        return found

    patch.setattr(journal, "read", records_before)


# The keeper


@mistake("acknowledged before it is written", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    def acknowledge(self: Keeper, doc: Any, *, by: str = "", what: str = "") -> None:
        self.state = sessions.as_filed(doc)

    patch.setattr(Keeper, "acknowledge", acknowledge)


@mistake("a merge that is left out: ours over theirs", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keeper, "merge", lambda base, ours, theirs, side=None: Merged(dict(ours), ()))


@mistake("a merge that is left out: theirs over ours", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keeper, "merge", lambda base, ours, theirs, side=None: Merged(dict(theirs), ()))


@mistake("a merge against what the file held when it was last seen", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keeper, "_common", lambda self, theirs, seen: self.on_disk)


@mistake("a merge against what stands in the file now", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    real = Keeper._take_in

    def take_in(self: Keeper, theirs: Any) -> None:
        patch.setattr(Keeper, "_common", lambda self, theirs, seen: theirs)
        real(self, theirs)

    patch.setattr(Keeper, "_take_in", take_in)


@mistake("what the dead left behind is forgotten", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keeper, "_roll_forward", lambda self: None)


@mistake("the dead count as alive", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keeper, "_is_alive", lambda self, writer: True)


@mistake("a version that claims to have seen everything", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    def kept_seen(self: Keeper) -> dict[str, int]:
        return {path.stem: 10**6 for path in journal.files(self.folder)}

    patch.setattr(Keeper, "_kept_seen", kept_seen)


@mistake("a version that says of nobody what it had seen", "turns")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keeper, "_kept_seen", lambda self: {})


@mistake("a file that is not looked at before it is written", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    def bring_together(self: Keeper) -> None:
        self._begin_quietly()
        self._write_file()

    patch.setattr(Keeper, "_bring_together", bring_together)


@mistake("only the last edit of an acknowledgement is written", "crashes")
def _(patch: pytest.MonkeyPatch) -> None:
    real = Keeper._add

    def add(self: Keeper, kind: str, edits: Any = (), **more: Any) -> None:
        real(self, kind, list(edits)[:1] if kind == "edit" else edits, **more)

    patch.setattr(Keeper, "_add", add)


@mistake("conflicts that are not kept", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    real = merging.merge

    def merge(base: Any, ours: Any, theirs: Any, side: Any = None) -> Merged:
        made = real(base, ours, theirs)
        return Merged({k: v for k, v in made.doc.items() if k != "conflicts"}, ())

    patch.setattr(keeper, "merge", merge)


@mistake("what came in while a save failed counts as seen by whoever saved", "errors")
def _(patch: pytest.MonkeyPatch) -> None:
    real = Keeper.acknowledge

    def acknowledge(self: Keeper, doc: Any, **said: str) -> None:
        self.held = self.state
        real(self, doc, **said)

    patch.setattr(Keeper, "acknowledge", acknowledge)


@mistake("a change that both made is laid to one of them", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(origin, "_who_moved", lambda own, other, knew: {"ours"} if own else {"theirs"})


@mistake("nobody is asked who had seen what", "seen")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "knew", lambda self, later, earlier: False)


@mistake("everybody is taken to have seen everything", "races")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ledger, "knew", lambda self, later, earlier: True)


@mistake("after a failed write the same journal goes on", "errors")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Keeper, "_leave_journal", lambda self: None)


__all__ = ["PLANTED", "Planted", "apply", "changes", "planted"]
