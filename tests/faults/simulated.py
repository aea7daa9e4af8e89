"""A simulated system under the real `Disk`: files and folders that a power cut can tear apart.

It stands in for the module `os` of `store.fsops` and `store.presence`, so that what runs is the
program's own code down to the single call. It knows of every byte whether it is only in memory
or on the disk:

* what was written and not synced may survive a power cut whole, torn, as zeros or not at all,
  each write by itself;
* a name is on the disk only after its folder was synced; a rename happens as a whole or not;
* a sync that failed has dropped what it was to write: a later one that succeeds does not bring
  it back, though everybody who reads still sees it;
* the clock that stamps files is coarse, and numbers of inodes are used again.
"""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from cim_tui.store import fsops, presence

Write = tuple[int, bytes]
"""Where, and what."""


@dataclass
class File:
    """One file: what programs see, and what is on the disk."""

    number: int
    mode: int
    seen: bytes = b""
    kept: bytes = b""
    pending: tuple[Write, ...] = ()
    stamp: int = 0


@dataclass
class Folder:
    """One folder; its entries are keys of the system's files and folders."""

    number: int
    mode: int
    seen: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    pending: tuple[tuple[tuple[str, int | None], ...], ...] = ()
    """Changes of entries since the last sync; each happens as a whole or not at all."""


@dataclass
class Handle:
    """An open file."""

    key: int
    flags: int
    place: int = 0


class Killed(BaseException):
    """The process is gone: nothing after this call happens."""


@dataclass
class Plan:
    """What goes wrong, and when.

    Args:
        error: the errno.
        first: the number of the call at which it begins, from 1.
        count: how many calls it lasts.
        calls: which calls fail; all that change anything when empty.
    """

    error: int
    first: int
    count: int = 1
    calls: tuple[str, ...] = ()


CHANGING = ("open", "write", "fsync", "fdatasync", "replace", "unlink", "mkdir")
"""Calls that change what is on the disk, or whether it is there."""


class Kernel:
    """The system: files, folders, processes, and a clock.

    Args:
        host: the name of the machine.
        chance: where its random bytes come from.
    """

    def __init__(self, host: str = "here", chance: Random | None = None) -> None:
        self.host, self.pid = host, 100
        self.alive: dict[int, str] = {}
        """Processes that run, with when they began."""
        self.things: dict[int, File | Folder] = {0: Folder(1, 0o700)}
        self.handles: dict[int, Handle] = {}
        self.calls = 0
        self.log: list[str] = []
        self.clock = 1_000_000
        self.plan: Plan | None = None
        self.after: Callable[[str], None] | None = None
        self._chance = chance or Random(1)
        self._next = 1

    # Processes

    def getpid(self) -> int:
        """Whoever acts just now."""
        return self.pid

    def kill(self, pid: int, number: int) -> None:
        """Whether a process runs."""
        if pid not in self.alive:
            raise ProcessLookupError(errno.ESRCH, "No such process")

    def uname(self) -> Any:
        """This machine."""
        return SimpleNamespace(nodename=self.host)

    def urandom(self, count: int) -> bytes:
        """Bytes that are the same in every run."""
        return self._chance.randbytes(count)

    # Files

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        """Open a file or a folder."""
        folder, name = self._split(path)
        key = folder.seen.get(name) if name else 0
        if key is None:
            if not flags & os.O_CREAT:
                raise _wrong(errno.ENOENT, path)
            self._enter("open")
            key = self._make(File(self._number(), mode, stamp=self.clock))
            self._change(folder, ((name, key),))
        elif flags & os.O_EXCL:
            raise _wrong(errno.EEXIST, path)
        handle = 3
        while handle in self.handles:
            handle += 1
        self.handles[handle] = Handle(key, flags)
        thing = self.things[key]
        if flags & os.O_TRUNC and isinstance(thing, File):
            self._enter("open")
            thing.seen, thing.pending = b"", (*thing.pending, (-1, b""))
        self._leave("open")
        return handle

    def close(self, handle: int) -> None:
        """Close it."""
        self.handles.pop(handle)
        self._leave("close")

    def read(self, handle: int, most: int) -> bytes:
        """Read on."""
        found = self.handles[handle]
        data = self._file(handle).seen[found.place : found.place + most]
        found.place += len(data)
        return data

    def lseek(self, handle: int, place: int, how: int) -> int:
        """Go to a place, counted from the beginning."""
        self.handles[handle].place = place
        return place

    def write(self, handle: int, data: Any) -> int:
        """Write; where it fails, half of it is written all the same."""
        file, found, data = self._file(handle), self.handles[handle], bytes(data)
        wrong: OSError | None = None
        try:
            self._enter("write")
        except OSError as failed:
            wrong, data = failed, data[: len(data) // 2]
        place = len(file.seen) if found.flags & os.O_APPEND else found.place
        if data:
            file.seen = _put(file.seen, place, data)
            file.pending = (*file.pending, (place, data))
            file.stamp = self.clock
            found.place = place + len(data)
        if wrong is not None:
            raise wrong
        self._leave("write")
        return len(data)

    def fsync(self, handle: int, call: str = "fsync") -> None:
        """Bring what was written onto the disk; where it fails, that is dropped for good."""
        thing = self.things[self.handles[handle].key]
        if isinstance(thing, File):
            pending, thing.pending = thing.pending, ()
            self._enter(call)
            thing.kept = _after(thing.kept, pending)
        else:  # names are kept in a journal of the system's own, and tried again
            self._enter(call)
            thing.kept, thing.pending = _entries(thing.kept, thing.pending), ()
        self._leave(call)

    def fdatasync(self, handle: int) -> None:
        """The same."""
        self.fsync(handle, "fdatasync")

    def fchmod(self, handle: int, mode: int) -> None:
        """Change who may do what."""
        self.things[self.handles[handle].key].mode = mode

    def chmod(self, path: Any, mode: int) -> None:
        """The same, by name."""
        self._at(path).mode = mode

    def fstat(self, handle: int) -> os.stat_result:
        """What an open file looks like."""
        return _looks(self.things[self.handles[handle].key])

    def stat(self, path: Any) -> os.stat_result:
        """What a file looks like."""
        return _looks(self._at(path))

    lstat = stat

    def utime(self, path: Any) -> None:
        """Stamp it with the time."""
        thing = self._at(path)
        if isinstance(thing, File):
            thing.stamp = self.clock

    # Names

    @contextmanager
    def scandir(self, path: Any) -> Iterator[Iterator[Any]]:
        """What is in a folder."""
        folder = self._at(path)
        if not isinstance(folder, Folder):
            raise _wrong(errno.ENOTDIR, path)
        yield iter([SimpleNamespace(name=name) for name in folder.seen])

    def mkdir(self, path: Any, mode: int = 0o777) -> None:
        """Make a folder."""
        folder, name = self._split(path)
        if name in folder.seen:
            raise _wrong(errno.EEXIST, path)
        self._enter("mkdir")
        self._change(folder, ((name, self._make(Folder(self._number(), mode))),))
        self._leave("mkdir")

    def unlink(self, path: Any) -> None:
        """Remove a name."""
        folder, name = self._split(path)
        if name not in folder.seen:
            raise _wrong(errno.ENOENT, path)
        self._enter("unlink")
        self._change(folder, ((name, None),))
        self._leave("unlink")

    def replace(self, source: Any, target: Any) -> None:
        """Give a file another name, over what has it, as one act."""
        folder, old = self._split(source)
        other, new = self._split(target)
        if old not in folder.seen:
            raise _wrong(errno.ENOENT, source)
        self._enter("replace")
        assert folder is other, "renames go on inside of one folder"
        self._change(folder, ((old, None), (new, folder.seen[old])))
        self._leave("replace")

    # After a crash

    def killed(self, *pids: int) -> Kernel:
        """A copy in which these processes are gone: what they wrote is seen, as after kill -9."""
        made = self._copy()
        made.things = {
            key: replace(thing) if isinstance(thing, File)
            else replace(thing, seen=dict(thing.seen), kept=dict(thing.kept))
            for key, thing in self.things.items()
        }  # fmt: skip
        made.alive = {pid: since for pid, since in self.alive.items() if pid not in pids}
        return made

    def crashed(self, rng: Random) -> Kernel:
        """The machine after a power cut: of what was not synced, any part."""
        made = self._copy()
        made.things = {}
        for key, thing in self.things.items():
            if isinstance(thing, File):
                data = thing.kept
                for write in thing.pending:
                    data = _torn(data, write, rng)
                made.things[key] = replace(thing, seen=data, kept=data, pending=())
            else:
                some = tuple(change for change in thing.pending if rng.random() < 0.5)
                entries = _entries(thing.kept, some)
                made.things[key] = replace(thing, seen=entries, kept=dict(entries), pending=())
        return made

    def unsure(self) -> int:
        """How many things a power cut would decide about."""
        return sum(len(thing.pending) for thing in self.things.values())

    def tree(self) -> tuple[tuple[str, bytes], ...]:
        """Every file by its path."""
        return tuple(self._walk(0, ""))

    def _walk(self, key: int, path: str) -> Iterator[tuple[str, bytes]]:
        thing = self.things[key]
        if isinstance(thing, File):
            yield path, thing.seen
            return
        for name in sorted(thing.seen):
            yield from self._walk(thing.seen[name], f"{path}/{name}")

    def _copy(self) -> Kernel:
        made = Kernel(self.host, Random(self.clock))
        made.clock, made._next = self.clock + 1000, self._next
        return made

    # Within

    def _enter(self, call: str) -> None:
        self.calls += 1
        self.log.append(call)
        if self.calls % 5 == 0:  # a clock that stamps several writes alike
            self.clock += 4
        plan = self.plan
        if plan is None or (plan.calls and call not in plan.calls):
            return
        if plan.first <= self.calls < plan.first + plan.count:
            raise OSError(plan.error, os.strerror(plan.error))

    def _leave(self, call: str) -> None:
        if self.after is not None and call in CHANGING:
            self.after(call)

    def _make(self, thing: File | Folder) -> int:
        self._next += 1
        self.things[self._next] = thing
        return self._next

    def _number(self) -> int:
        """The lowest number of an inode that no name leads to any more."""
        held = {h.key for h in self.handles.values()}
        for thing in self.things.values():
            if isinstance(thing, Folder):
                held |= set(thing.seen.values())
        used = {self.things[key].number for key in held} | {1}
        number = 2
        while number in used:
            number += 1
        return number

    def _change(self, folder: Folder, entries: tuple[tuple[str, int | None], ...]) -> None:
        folder.seen = _entries(folder.seen, (entries,))
        folder.pending = (*folder.pending, entries)

    def _file(self, handle: int) -> File:
        thing = self.things[self.handles[handle].key]
        assert isinstance(thing, File)
        return thing

    def _at(self, path: Any) -> File | Folder:
        folder, name = self._split(path)
        if not name:
            return folder
        if name not in folder.seen:
            raise _wrong(errno.ENOENT, path)
        return self.things[folder.seen[name]]

    def _split(self, path: Any) -> tuple[Folder, str]:
        parts = Path(path).parts[1:]
        folder = self.things[0]
        for part in parts[:-1]:
            if not isinstance(folder, Folder) or part not in folder.seen:
                raise _wrong(errno.ENOENT, path)
            folder = self.things[folder.seen[part]]
        if not isinstance(folder, Folder):
            raise _wrong(errno.ENOTDIR, path)
        return folder, parts[-1] if parts else ""


def _wrong(number: int, path: Any) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def _put(data: bytes, place: int, more: bytes) -> bytes:
    if place < 0:
        return b""
    return data[:place].ljust(place, b"\0") + more + data[place + len(more) :]


def _after(data: bytes, pending: tuple[Write, ...]) -> bytes:
    for place, more in pending:
        data = _put(data, place, more)
    return data


def _torn(data: bytes, write: Write, rng: Random) -> bytes:
    """What one write left: all, nothing, its beginning, its beginning and zeros, or zeros."""
    place, more = write
    how = rng.randrange(5)
    if how == 0:
        return _put(data, place, more)
    if how == 1:
        return data
    if place < 0:
        return b""
    cut = rng.randrange(len(more) + 1)
    if how == 2:
        return _put(data, place, more[:cut])
    if how == 3:
        return _put(data, place, more[:cut] + bytes(len(more) - cut))
    return _put(data, place, bytes(len(more)))


def _entries(
    entries: dict[str, int], changes: tuple[tuple[tuple[str, int | None], ...], ...]
) -> dict[str, int]:
    made = dict(entries)
    for change in changes:
        for name, key in change:
            if key is None:
                made.pop(name, None)
            else:
                made[name] = key
    return made


def _looks(thing: File | Folder) -> os.stat_result:
    if isinstance(thing, Folder):
        return os.stat_result((thing.mode | stat.S_IFDIR, thing.number, 1, 1, 0, 0, 0, 0, 0, 0))
    return SimpleNamespace(  # type: ignore[return-value]
        st_mode=(thing.mode & 0o7777) | stat.S_IFREG, st_ino=thing.number, st_dev=1,
        st_size=len(thing.seen), st_mtime=thing.stamp / 1000, st_mtime_ns=thing.stamp * 1_000_000,
    )  # fmt: skip


class System:
    """Stands for the module `os`: what a system does is done by a kernel, the rest is as it is.

    Args:
        kernel: the one that acts; a test puts another in its place to look at what a crash left.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kernel if name in _OURS else os, name)


_OURS = frozenset(name for name in vars(Kernel) if not name.startswith("_"))


@contextmanager
def simulated(kernel: Kernel) -> Iterator[System]:
    """Have the program's store work on a simulated system."""
    system = System(kernel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fsops, "os", system)
        patch.setattr(presence, "os", system)
        patch.setattr(presence, "_started", lambda pid: system.kernel.alive.get(pid, ""))
        yield system
