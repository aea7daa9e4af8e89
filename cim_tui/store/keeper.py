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
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, apply, changes, net, onto, take_back
from cim_tui.core.errors import DamagedFile, NewerFile, NotSaved, ReadOnly
from cim_tui.core.merge import Side, merge
from cim_tui.core.session import Session, get, new_id, same
from cim_tui.core.text import one_line
from cim_tui.store import journal, sessions, toml
from cim_tui.store.fsops import Look, disk
from cim_tui.store.ground import refuse_unsafe
from cim_tui.store.journal import Pen, Record
from cim_tui.store.migrations import keep_original

Doc = Mapping[str, Any]

ROTATE = 1024 * 1024
"""Bytes of a journal after which a new one is begun."""
LOOSE = 32
"""Closed journals of a case that are kept as files of their own; more become one archive."""
ARCHIVES = 16 * 1024 * 1024
"""Bytes of archives that are kept of one case; the oldest go first."""
SILENT = 30
"""Seconds without a sign after which a writer on another machine counts as gone."""
LEFT = 3600
"""Seconds after which a half-written file was left by somebody who was killed."""
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
        """Of each writer's records: how far our state contains them."""
        self._archived: set[str] = set()
        """Writers whose records are in an archive that we have seen."""
        self._held: Mapping[str, int] = {}
        """The same of the file, when we last saw it."""
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
        edits = journal.both_ways(self.state, doc)
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
            self._leave_journal()
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

    def _leave_journal(self) -> None:
        """Never touch it again: after a failed write nobody knows what of it is on the disk."""
        if self._pen is None:
            return
        pen, self._pen = self._pen, None
        ours = pen.is_open  # else the name may be somebody else's
        pen.close()
        with suppress(OSError):
            disk.remove(self.folder / f"{pen.writer}{HERE}")
            if ours and not pen.n:  # nothing in it was ever acknowledged
                disk.remove(pen.path)

    def _begin_anew(self) -> None:
        """Begin a journal of our own, from what the file held when we last saw it."""
        self._leave_journal()
        try:
            refuse_unsafe(self.path.parent, self.folder)
        except ReadOnly as wrong:
            raise NotSaved(f"NOT SAVED: {wrong}") from wrong
        writer = new_id(self.chance, length=8)
        self._pen, self._own = Pen(self.folder, writer), []
        journal.make_folders(self.folder)
        self._say_here()
        self._sweep()
        first = Record(writer, 1, "open", self.now(), self.by, "", (), self.version,
                       self._held)  # fmt: skip
        self._first = [first]
        held = journal.both_ways(self.on_disk, self.state)
        if held:  # acknowledged before, in a journal that is gone or could not go on
            seen = self._kept_seen()
            self._first.append(
                first._replace(n=2, kind="edit", edits=tuple(held), version="", seen=seen)
            )

    def _sweep(self) -> None:
        """Remove half files of writers who were killed; one who is still at it takes no hour."""
        with suppress(OSError):
            now = self._clock()
            left = disk.unfinished(self.folder)
            for path in (*left, *disk.unfinished(self.path.parent, f"{self.path.name}.")):
                if now - disk.modified(path) > LEFT:
                    disk.remove(path)

    def _know_the_file(self) -> None:
        """Whose version the file holds; one that nobody wrote here was changed by hand."""
        record = self._written(self.version)
        if record is not None:
            self.seen |= dict(record.seen)
            self._held = record.seen
            return
        head = self._head()
        if head is None or journal.version_of(head) == self.version:
            return
        if (
            self.look is None or disk.look(self.path) != self.look
        ):  # somebody wrote since; what is kept may be newer
            return
        edits = journal.both_ways(head, self.on_disk)
        version, opened = self.version, self.on_disk
        self.version = journal.version_of(head)
        self.on_disk = self.state = head
        known = self._written(self.version)
        self._held = known.seen if known is not None else {}
        self.seen |= dict(self._held)
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
        seen = {**self._kept_seen(), self._pen.writer: pen_n}
        self._add("wrote", version=version, seen=seen)
        keep_original(self.path, self.folder)
        disk.write_atomic(self.path, data)
        self.on_disk, self.version, self._held = self.state, version, seen
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
        edits = journal.both_ways(self.state, merged)
        seen = record.seen if record is not None else {}
        if self._pen is not None or not same(merged, theirs):
            self._add("took", edits, by=side.by, version=version, seen=seen)
        for writer, n in seen.items():
            self.seen[writer] = max(n, self.seen.get(writer, 0))
        self.state, self.on_disk, self.version, self._held = merged, theirs, version, seen

    def _common(self, record: Record) -> Doc:
        """What their version and ours were both made from: ours without what they had not seen."""
        me = self._own[0].writer if self._own else ""
        known = record.seen.get(me, 0)
        base: Doc = take_back(self.state, [e for r in self._own if r.n > known for e in r.edits])
        undone = [s for s in journal.carried(self._own) if s.n > known]
        unseen: dict[str, list[Record]] = {}
        for own, upto in self._known_of_others(me, record.seen):
            known = record.seen.get(own[0].writer, 0)
            unseen[own[0].writer] = [r for r in own if known < r.n <= upto]
            undone += [s for s in journal.carried(own) if known < s.n <= upto]
        order = list(journal.in_order(unseen))
        base = onto(base, [e.back for r in reversed(order) for e in reversed(r.edits)])
        return self._with_known(base, undone, record.seen)

    def _known_of_others(
        self, me: str, seen: Mapping[str, int]
    ) -> Iterator[tuple[list[Record], int]]:
        """The records of each writer of whom we have seen more than somebody else, and how far."""
        archives = []
        for path in journal.files(self.folder):
            name = path.stem
            if name.startswith(ARCHIVE):
                archives.append(name)
            elif name != me and self.seen.get(name, 0) > seen.get(name, 0):
                with suppress(OSError):
                    if own := self._records(name).get(name):
                        yield own, self.seen[name]
        fresh = [name for name in archives if name in self.seen and name not in seen]
        if fresh:  # two may have put the same journals into archives of their own
            old = {w for name in archives if name in seen for w in self._records(name)}
            for name in fresh:
                for writer, own in self._records(name).items():
                    if writer not in old:
                        yield own, own[-1].n

    def _records(self, name: str) -> dict[str, list[Record]]:
        """The records of a journal, or of each writer in an archive."""
        found: dict[str, list[Record]] = {}
        for record in journal.read(self.folder / f"{name}{journal.SUFFIX}").records:
            if record.writer == name or name.startswith(ARCHIVE):
                found.setdefault(record.writer, []).append(record)
        return found

    def _with_known(self, base: Doc, undone: list[journal.Span], seen: Mapping[str, int]) -> Doc:
        """With what they had seen themselves of what somebody else had taken in."""
        spans = [s._replace(upto=min(s.upto, seen.get(s.writer, 0))) for s in undone]
        again: dict[str, list[Record]] = {}
        wanted = {s.writer for s in spans if s.upto > s.behind}
        there = {path.stem for path in journal.files(self.folder)}
        every = journal.every(self.folder) if wanted - there else {}
        for writer in wanted:
            with suppress(OSError):
                path = self.folder / f"{writer}{journal.SUFFIX}"
                own = journal.read(path).records if writer in there else every.get(writer, [])
                again[writer] = [r for r in own if any(
                    s.writer == writer and s.behind < r.n <= s.upto for s in spans)]  # fmt: skip
        return onto(base, [e for r in journal.in_order(again) for e in r.edits])

    def _roll_forward(self) -> None:
        """Take in what writers who are gone had acknowledged and the file does not have."""
        sizes, found = self._left_behind()
        spans = [span for own in found.values() for span in journal.carried(own)]
        left = self._not_carried(found, spans)
        for writer, group in groupby(journal.in_order(left, runs=True), key=lambda r: r.writer):
            run = list(group)
            there = {r.n for r in left[writer]}
            seen, upto = self.seen.get(writer, 0), run[-1].n
            behind = [r.n for r in found[writer] if seen < r.n <= upto and r.n not in there]
            self._roll_in(writer, run, spans, min(behind, default=run[-1].n + 1) - 1)
        for writer, own in found.items():  # all of it is in, by whomever
            self.seen[writer] = max(self.seen.get(writer, 0), *(r.n for r in own))
        self._examined |= sizes
        self.seen |= {name: 1 for name in sizes if name.startswith(ARCHIVE)}
        self._archived |= found.keys() - sizes.keys()

    def _left_behind(self) -> tuple[dict[str, int], dict[str, list[Record]]]:
        """Journals of writers who are gone, by size as far as not yet examined, and by writer."""
        sizes: dict[str, int] = {}
        found: dict[str, list[Record]] = {}
        for path in journal.files(self.folder):
            look, name = disk.look(path), path.stem
            if look is None or self._examined.get(name) == look.size:
                continue
            if self._pen is not None and name == self._pen.writer:
                continue
            self._begin_quietly()
            archived = name.startswith(ARCHIVE)
            if self.seen.get(name) if archived else self._is_alive(name):
                continue
            with suppress(OSError):
                for writer, own in self._records(name).items():
                    found.setdefault(writer, []).extend(own)
                sizes[name] = look.size
        if any(name.startswith(ARCHIVE) for name in sizes):
            for name in (n for n in self.seen if n.startswith(ARCHIVE)):
                for writer in self._records(name):
                    found.pop(writer, None)
        return sizes, found

    def _not_carried(
        self, found: dict[str, list[Record]], spans: list[journal.Span]
    ) -> dict[str, list[Record]]:
        """What we have not seen, without what another of them had taken into its own edits."""
        left = {
            writer: {
                r.n: r for r in sorted(own, key=lambda r: r.n) if r.n > self.seen.get(writer, 0)
            }
            for writer, own in found.items()
        }
        kept = set()
        for span in spans:
            if span.n not in left.get(span.by, {}):
                continue
            kept.add((span.by, span.n))
            for n in list(left.get(span.writer, {})):
                if span.behind < n <= span.upto and (span.writer, n) not in kept:
                    del left[span.writer][n]
        return {writer: list(own.values()) for writer, own in left.items() if own}

    def _roll_in(
        self, writer: str, pending: list[Record], spans: list[journal.Span], upto: int
    ) -> None:
        ops = [journal.cleaned(e) for e in net(e for r in pending for e in r.edits)
               if not e.is_order]  # fmt: skip
        last = pending[-1]
        seen = {writer: max(upto, self.seen.get(writer, 0))}
        for span in spans:
            known = max(self.seen.get(span.writer, 0), seen.get(span.writer, 0))
            if span.by == writer and span.n <= upto and span.behind <= known:
                seen[span.writer] = max(known, span.upto)
        before = apply(self.state, [Edit(e.path, None, e.old) for e in ops])
        theirs = apply(before, [Edit(e.path, None, e.new) for e in ops])
        own = {r.n for r in pending}
        took = [s for s in spans if s.by == writer and s.n in own]
        if took:  # what of it we had seen, and perhaps changed, is no news
            news = self._with_known(before, took, self.seen)
            before = apply(before, [Edit(e.path, None, get(news, e.path)) for e in ops])
        merged = merge(before, self.state, theirs, Side(last.by, _day(last.at))).doc
        merged = sessions.as_filed(merged)
        edits = changes(self.state, merged)
        if edits:
            self._add("rolled", edits, by=last.by, what=writer, seen=seen)
            self.recovered.append(Recovered(last.by, last.at, tuple(edits)))
        self.seen |= seen
        self.state = merged

    # What is known of versions

    def _written(self, version: str) -> Record | None:
        """The record with which a version was written, from whichever journal."""
        wanted = f'"v":"{version}"'.encode()
        for record in self._own[::-1]:
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
        """What we have seen: of journals, and of archives instead of what is in them."""
        there = {path.stem for path in journal.files(self.folder)}
        return {
            writer: n for writer, n in self.seen.items()
            if writer not in self._archived and (writer in there or not writer.startswith(ARCHIVE))
        }  # fmt: skip

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
        # With somebody else at work, a version may be on its way that has seen none of it.
        if len(loose) > LOOSE and not any(other.alive for other in self.others()):
            with suppress(OSError):
                self._archive(loose)

    def _archive(self, loose: list[Path]) -> None:
        closed: dict[Path, bytes] = {}
        for path in loose:
            own = self._pen is not None and path.stem == self._pen.writer
            if own or self._is_alive(path.stem):
                continue
            data = disk.read(path, journal.LONGEST)
            records = journal.records_of(data)
            if not records or records[-1].n <= self.seen.get(path.stem, 0):
                closed[path] = data if data.endswith(b"\n") else data + b"\n"  # a torn last line
        if not any(closed.values()):
            return
        name = f"{ARCHIVE}{new_id(self.chance, length=8)}"
        disk.write_atomic(self.folder / f"{name}{journal.SUFFIX}", b"".join(closed.values()))
        self.seen[name] = 1
        for path, data in closed.items():
            look = disk.look(path)
            if look is None or look.size > len(data):  # somebody woke up who had seemed dead
                continue
            self._archived.add(path.stem)
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
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
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
