"""A writer's hold on one case: acknowledged in a journal, written to the file, merged with others.

What is acknowledged stands in our own journal, on the disk, in a file that nobody else writes.
Then the case's file is brought up to date. Whatever stands in it by then was made by somebody who
had seen so much of each writer's journal; what they had not seen is taken off our version to find
what both were made from, and both are merged. So it does not matter whether a lock held: a version
that was overwritten is found missing, by its writer or by the next one, and goes in again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, apply, changes, net, onto, take_back
from cim_tui.core.errors import DamagedFile, NewerFile, NotSaved
from cim_tui.core.merge import Side, merge
from cim_tui.core.session import Session, new_id, same
from cim_tui.core.text import one_line
from cim_tui.store import journal, sessions, toml
from cim_tui.store.fsops import Look, disk
from cim_tui.store.journal import Pen, Record

Doc = Mapping[str, Any]

ROTATE = 1024 * 1024
"""Bytes of a journal after which a new one is begun."""
LOOSE = 32
"""Closed journals of a case that are kept as files of their own; more become one archive."""
ARCHIVES = 16 * 1024 * 1024
"""Bytes of archives that are kept of one case; the oldest go first."""
SILENT = 30
"""Seconds without a sign after which a writer on another machine counts as gone."""
LOCK_WAIT = 2.0
"""Seconds to wait for the lock. It spares work; nothing rests on it."""
HERE = ".here"
EXTERNAL = "external"
"""Who changed the file by hand, or with another program."""


class Presence(NamedTuple):
    """Somebody who has the case open."""

    writer: str
    who: str
    host: str
    pid: int
    since: str
    alive: bool


class Recovered(NamedTuple):
    """What another writer had acknowledged and not yet written to the file."""

    by: str
    at: str
    edits: tuple[Edit, ...]


class Taken(NamedTuple):
    """What a save brought in from others."""

    before: Doc
    """What we had."""
    doc: Doc
    """What the file holds now."""

    @property
    def foreign(self) -> bool:
        """Whether somebody else's changes came in."""
        return not same(self.before, self.doc)


@dataclass
class Keeper:
    """Keeps one case for one writer.

    Args:
        path: the case's file.
        doc: as it was read.
        by: who writes.
        now: the moment in UTC, as text, for people.
        chance: for the writer's name.
        look: how the file looked before it was read.
        locks: whether to ask for the lock; it is right without.
    """

    path: Path
    doc: Doc
    by: str
    now: Callable[[], str]
    chance: Random
    look: Look | None = None
    """How the file looked before `doc` was read; None has it read again."""
    locks: bool = True
    recovered: list[Recovered] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is written yet: looking at a case leaves no trace."""
        self.doc = sessions.as_filed(self.doc)
        self.folder = journal.folder_of(self.path.parent, str(self.doc.get("uid", "")))
        self.state: Doc = self.doc
        """What our journal, from its first record to its last, makes of what was opened."""
        self.on_disk: Doc = self.doc
        self.version = journal.version_of(self.doc)
        """Of what the file held when we last saw it."""
        self.seen: dict[str, int] = {}
        self._own: list[Record] = []
        self._first: list[Record] = []
        """Records that go before the next one, in one write."""
        self._pen: Pen | None = None
        self._examined: dict[str, int] = {}
        self._begun = False
        self.looked_after = False
        """Whether somebody looked for what others had left behind."""

    # Acknowledging

    def acknowledge(self, doc: Doc, *, by: str = "", what: str = "") -> None:
        """Put what changed since the last time onto the disk, in our journal.

        Raises:
            NotSaved: it is not there; the next try begins a new journal.
        """
        doc = sessions.as_filed(doc)
        edits = changes(self.state, doc)
        if not edits:
            return
        self._add("edit", edits, by=by or self.by, what=what)
        self.state = doc

    def _add(
        self,
        kind: str,
        edits: list[Edit] | tuple[Edit, ...] = (),
        *,
        by: str = "",
        what: str = "",
        version: str = "",
        seen: Mapping[str, int] | None = None,
    ) -> None:
        try:
            self._begin()
            if self._pen is not None and self._pen.gone():
                self._begin_anew()
            pen = self._pen
            assert pen is not None  # noqa: S101 - just begun
            record = Record(
                pen.writer, len(self._first) + pen.n + 1, kind, self.now(), one_line(by),
                one_line(what), tuple(edits), version, seen or {},
            )  # fmt: skip
            pen.write([*self._first, record])
        except OSError as wrong:
            self._pen = None
            raise NotSaved(f"NOT SAVED: {wrong.strerror or wrong} ({self.folder})") from wrong
        self._own += [*self._first, record]
        self._first = []
        pen.n = record.n
        self.seen[pen.writer] = record.n

    def _begin(self) -> None:
        self._begin_quietly()
        if self._pen is None:
            self._begin_anew()

    def _begin_quietly(self) -> None:
        if not self._begun:
            self._begun = True
            self._know_the_file()

    def _begin_anew(self) -> None:
        """Begin a journal of our own, from what the file held when we last saw it."""
        if self._pen is not None:
            self._pen.close()
        writer = new_id(self.chance, length=8)
        self._pen, self._own = Pen(self.folder, writer), []
        journal.make_folders(self.folder)
        self._say_here()
        first = Record(writer, 1, "open", self.now(), self.by, "", (), self.version,
                       self._kept_seen())  # fmt: skip
        self._first = [first]
        held = changes(self.on_disk, self.state)
        if held:  # acknowledged before, in a journal that is gone
            self._first.append(
                first._replace(n=2, kind="edit", edits=tuple(held), version="", seen={})
            )

    def _know_the_file(self) -> None:
        """Whose version the file holds; one that nobody wrote here was changed by hand."""
        record = self._written(self.version)
        if record is not None:
            self.seen |= dict(record.seen)
            return
        head = self._head()
        if head is None or journal.version_of(head) == self.version:
            return
        if (
            self.look is None or disk.look(self.path) != self.look
        ):  # somebody wrote since; what is kept may be newer
            return
        edits = changes(head, self.on_disk)
        version, opened = self.version, self.on_disk
        self.version = journal.version_of(head)
        self.on_disk = self.state = head
        known = self._written(self.version)
        self.seen |= dict(known.seen) if known is not None else {}
        self._add("took", edits, by=EXTERNAL, version=version)
        self.version, self.on_disk, self.state = version, opened, opened

    # Writing

    def save(self, doc: Doc | None = None, *, by: str = "", what: str = "") -> Taken:
        """Acknowledge, and bring the case's file up to date with it and with others.

        Args:
            doc: what is to be kept; None only brings both together.
            by: who changed it.
            what: in a few words.

        Returns:
            What we had, and what the file holds now: with what others changed meanwhile.

        Raises:
            NotSaved: with the reason. What was acknowledged is in the journal all the same.
        """
        if doc is not None:
            self.acknowledge(doc, by=by, what=what)
        before = self.state
        with self._lock():
            try:
                self._bring_together()
            except (DamagedFile, NewerFile) as wrong:
                raise NotSaved(f"NOT SAVED: {wrong}") from wrong
            except OSError as wrong:
                raise NotSaved(f"NOT SAVED: {wrong.strerror or wrong} ({self.path})") from wrong
        return Taken(before, self.state)

    def behind(self) -> bool:
        """Whether the file does not hold our version, by its looks: nothing is read."""
        return disk.look(self.path) != self.look or not same(self.state, self.on_disk)

    def _bring_together(self) -> None:
        for _ in range(8):
            look = disk.look(self.path)
            if look is not None and look != self.look:
                self._take_in(sessions.as_filed(sessions.read(self.path).doc))
                self.look = look  # from before it was read: what came since is seen next time
            self._roll_forward()
            if look is not None and same(self.state, self.on_disk):
                return
            if self._write_file():
                break
        self._tidy()

    def _write_file(self) -> bool:
        """Write our state to the file; False when another version stands there right after."""
        session = Session(self.state)
        data = sessions.encode(session)
        version = journal.version_of(self.state)
        self._begin()
        assert self._pen is not None  # noqa: S101 - just begun
        pen_n = self._pen.n + 1
        self._add("wrote", version=version, seen={**self._kept_seen(), self._pen.writer: pen_n})
        disk.write_atomic(self.path, data)
        self.on_disk, self.version = self.state, version
        self.look = disk.look(self.path)
        self._keep_head(self.state)
        return disk.read(self.path, toml.LIMIT) == data

    def _take_in(self, theirs: Doc) -> None:
        version = journal.version_of(theirs)
        if version == self.version:
            return
        self._begin_quietly()
        record = self._written(version)
        if record is None:
            base, side = self.on_disk, Side(EXTERNAL, None)
        else:
            base, side = self._common(record), Side(record.by, _day(record.at))
        merged = sessions.as_filed(merge(base, self.state, theirs, side).doc)
        edits = changes(self.state, merged)
        seen = record.seen if record is not None else {}
        if self._pen is not None or not same(merged, theirs):
            self._add("took", edits, by=side.by, version=version, seen=seen)
        for writer, n in seen.items():
            self.seen[writer] = max(n, self.seen.get(writer, 0))
        self.state, self.on_disk, self.version = merged, theirs, version

    def _common(self, record: Record) -> Doc:
        """What their version and ours were both made from: ours without what they had not seen."""
        me = self._pen.writer if self._pen is not None else ""
        unseen = [r for r in self._own if r.n > record.seen.get(me, 0)]
        base: Doc = take_back(self.state, [e for r in unseen for e in r.edits])
        others = {w: n for w, n in self.seen.items() if w != me and record.seen.get(w, 0) < n}
        for writer, n in others.items():
            path = self.folder / f"{writer}{journal.SUFFIX}"
            if disk.look(path) is None:  # in an archive: every version contains it
                continue
            with suppress(OSError):
                theirs = [r for r in journal.read(path).records
                          if record.seen.get(writer, 0) < r.n <= n]  # fmt: skip
                base = onto(base, [e.back for r in reversed(theirs) for e in reversed(r.edits)])
        return base

    def _roll_forward(self) -> None:
        """Take in what writers who are gone had acknowledged and the file does not have."""
        for path in journal.files(self.folder):
            look = disk.look(path)
            writer = path.stem
            if look is None or self._examined.get(writer) == look.size:
                continue
            if self._pen is not None and writer == self._pen.writer:
                continue
            if writer.startswith(ARCHIVE):
                continue
            self._begin_quietly()
            if self._is_alive(writer):
                continue
            self._examined[writer] = look.size
            with suppress(OSError):
                records = journal.read(path).records
                self._roll_in(writer, [r for r in records if r.n > self.seen.get(writer, 0)])

    def _roll_in(self, writer: str, pending: list[Record]) -> None:
        ops = [e for e in net(e for r in pending for e in r.edits) if not e.is_order]
        if not pending:
            return
        last = pending[-1]
        before = apply(self.state, [Edit(e.path, None, e.old) for e in ops])
        theirs = apply(before, [Edit(e.path, None, e.new) for e in ops])
        merged = merge(before, self.state, theirs, Side(last.by, _day(last.at))).doc
        merged = sessions.as_filed(merged)
        edits = changes(self.state, merged)
        seen = {writer: last.n}
        self.seen |= seen
        if not edits:
            return
        self._add("rolled", edits, by=last.by, what=writer, seen=seen)
        self.state = merged
        self.recovered.append(Recovered(last.by, last.at, tuple(edits)))

    # What is known of versions

    def _written(self, version: str) -> Record | None:
        """The record with which a version was written, from whichever journal."""
        wanted = f'"v":"{version}"'.encode()
        for record in reversed(self._own):
            if record.kind == "wrote" and record.version == version:
                return record
        looks = {path: disk.look(path) for path in journal.files(self.folder)}
        newest = sorted(
            ((look.modified, path) for path, look in looks.items() if look), reverse=True
        )
        for _, path in newest:
            with suppress(OSError):
                for line in reversed(disk.read(path, journal.LONGEST).split(b"\n")):
                    found = journal.decode(line) if wanted in line else None
                    if found is not None and (found.kind, found.version) == ("wrote", version):
                        return found
        return None

    def _kept_seen(self) -> dict[str, int]:
        """What we have seen of the journals that are still files of their own."""
        there = {path.stem for path in journal.files(self.folder)}
        return {writer: n for writer, n in self.seen.items() if writer in there}

    def _head(self) -> Doc | None:
        with suppress(OSError):
            record = journal.decode(disk.read(self.folder / HEAD, journal.LONGEST).rstrip(b"\n"))
            if record is not None and record.edits:
                return apply({}, record.edits)
        return None

    def _keep_head(self, doc: Doc) -> None:
        """Keep beside the journals what we wrote: a change by hand can then be told."""
        record = Record("head", 1, "wrote", self.now(), edits=tuple(changes({}, doc)),
                        version=self.version)  # fmt: skip
        with suppress(OSError):
            disk.write_loose(self.folder / HEAD, journal.encode(record))

    # Who else

    def _say_here(self) -> None:
        assert self._pen is not None  # noqa: S101 - called with a pen
        found = {"who": self.by, "host": _host(), "pid": os.getpid(),
                 "start": _started(os.getpid()), "since": self.now()}  # fmt: skip
        with suppress(OSError):
            data = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
            disk.write_loose(self.folder / f"{self._pen.writer}{HERE}", data)

    def be_here(self) -> None:
        """Say that we have the case open, and again from time to time that we still do."""
        try:
            self._begin()
        except (OSError, NotSaved):
            return
        if self._pen is not None:
            with suppress(OSError):
                disk.touch(self.folder / f"{self._pen.writer}{HERE}")

    def others(self) -> list[Presence]:
        """Who else has the case open."""
        if not disk.is_folder(self.folder):
            return []
        own = self._pen.writer if self._pen is not None else ""
        found = []
        for path in disk.list(self.folder, HERE):
            presence = _presence(path, self._clock())
            if presence is not None and presence.writer != own:
                found.append(presence)
        return found

    def _is_alive(self, writer: str) -> bool:
        presence = _presence(self.folder / f"{writer}{HERE}", self._clock())
        return presence is not None and presence.alive

    def _clock(self) -> float:
        """The time by the clock that stamps files in the folder: that of the disk, not ours."""
        if self._pen is not None:
            here = self.folder / f"{self._pen.writer}{HERE}"
            with suppress(OSError):
                disk.touch(here)
                return disk.modified(here)
        import time

        return time.time()

    # Locking, closing, tidying

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if not self.locks:
            yield
            return
        from filelock import FileLock

        lock = None
        try:
            if disk.is_folder(self.folder) or self.state is not self.doc:
                journal.make_folders(self.folder)
                lock = FileLock(self.folder / "lock", timeout=LOCK_WAIT, mode=0o660)
                lock.acquire()
        except (OSError, TimeoutError, NotImplementedError):
            lock = None
        try:
            yield
        finally:
            if lock is not None:
                with suppress(OSError):
                    lock.release()

    def close(self) -> None:
        """Leave: everything acknowledged is in the file, or waits in our journal."""
        if self._pen is None:
            return
        writer = self._pen.writer
        self._pen.close()
        self._pen = None
        with suppress(OSError):
            disk.remove(self.folder / f"{writer}{HERE}")

    def _tidy(self) -> None:
        """Begin a new journal when ours is large; put closed ones together when they are many."""
        if self._pen is not None and self._pen.size > ROTATE:
            self.close()
            self._own = []
        loose = [p for p in journal.files(self.folder) if not p.stem.startswith(ARCHIVE)]
        if len(loose) > LOOSE:
            with suppress(OSError):
                self._archive(loose)

    def _archive(self, loose: list[Path]) -> None:
        closed = []
        for path in loose:
            own = self._pen is not None and path.stem == self._pen.writer
            if own or self._is_alive(path.stem):
                continue
            records = journal.read(path).records
            if not records or records[-1].n <= self.seen.get(path.stem, 0):
                closed.append(path)
        data = b"".join(disk.read(path, journal.LONGEST) for path in closed)
        if not data:
            return
        name = f"{ARCHIVE}{new_id(self.chance, length=8)}{journal.SUFFIX}"
        disk.write_atomic(self.folder / name, data)
        for path in closed:
            disk.remove(path)
            disk.remove(path.with_suffix(HERE))
        self._bound_archives()

    def _bound_archives(self) -> None:
        archives = [p for p in journal.files(self.folder) if p.stem.startswith(ARCHIVE)]
        looks = {path: disk.look(path) for path in archives}
        known = [(look.modified, look.size, path) for path, look in looks.items() if look]
        total = sum(size for _, size, _ in known)
        for _, size, path in sorted(known)[:-1]:
            if total <= ARCHIVES:
                return
            disk.remove(path)
            total -= size


HEAD = "head"
ARCHIVE = "archive-"


def _host() -> str:
    """The name of this machine."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _day(stamp: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(stamp[:10])
    return None


def _presence(path: Path, clock: float) -> Presence | None:
    try:
        found = json.loads(disk.read(path, 10_000))
        host, pid = str(found["host"]), int(found["pid"])
        if host == _host():
            alive = _runs(pid, str(found.get("start", "")))
        else:
            alive = clock - disk.modified(path) < SILENT
    except (OSError, ValueError, KeyError, TypeError):
        return None
    who, since = one_line(str(found.get("who", ""))), one_line(str(found.get("since", "")))
    return Presence(path.stem, who, one_line(host), pid, since, alive)


def _runs(pid: int, start: str) -> bool:
    """Whether a process of this machine runs, and is the one that was meant."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError, ValueError):
        pass
    return not start or _started(pid) in ("", start)


def _started(pid: int) -> str:
    """When a process began, as the machine counts it; empty where it does not tell."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    return ""
