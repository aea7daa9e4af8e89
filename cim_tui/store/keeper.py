"""A writer's hold on one case: acknowledged in a journal, written to the file, merged with others.

What is acknowledged stands in our own journal, on the disk, in a file that nobody else writes.
Then the case's file is brought up to date. Whatever stands in it by then was made by somebody who
had seen so much of each writer's journal; what only they have seen, and what only we have, tells
what both versions were made from, and both are merged. So it does not matter whether a lock held: a
version that was overwritten is found missing, by its writer or by the next one, and goes in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, apply, units
from cim_tui.core.errors import DamagedFile, NewerFile, NotSaved, ReadOnly
from cim_tui.core.merge import Side, merge
from cim_tui.core.origin import Change, common
from cim_tui.core.session import Session, get, new_id, same
from cim_tui.core.text import one_line
from cim_tui.store import archives, journal, sessions, toml, versions
from cim_tui.store.fsops import Look, disk
from cim_tui.store.ground import refuse_unsafe
from cim_tui.store.journal import ARCHIVE, HEAD, Pen, Record
from cim_tui.store.ledger import Ledger
from cim_tui.store.left import Left, untold
from cim_tui.store.migrations import keep_original
from cim_tui.store.presence import Presence, Signs

Doc = Mapping[str, Any]

ROTATE = 1024 * 1024
"""Bytes of a journal after which a new one is begun."""
LEFT = 3600
"""Seconds after which a half-written file was left by somebody who was killed."""
LOCK_WAIT = 2.0
"""Seconds to wait for the lock. It spares work; nothing rests on it."""
EXTERNAL = "external"
"""Who changed the file by hand, or with another program."""


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
        self.held: Doc = self.doc
        """What whoever we keep for has before them: what they gave us last, with what they took."""
        self.on_disk: Doc = self.doc
        self.version = journal.version_of(self.doc)
        """Of what the file held when we last saw it."""
        self.seen: dict[str, int] = {}
        """Of each writer's records: how far our state contains them."""
        self._archived: set[str] = set()
        """Writers whose records are in an archive that we have seen."""
        self._signs = Signs(self.folder)
        self._file_seen: Mapping[str, int] = {}
        """The same of the file, when we last saw it."""
        self._refused: set[tuple[str, ...]] = set()
        """Places whose last change could not be acknowledged."""
        self._untold = self._stray = False
        """Whether no journal tells of the version that was opened; whether that is certain."""
        self._side = Side()
        """Who changed what came in last."""
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
        doc = sessions.as_filed(doc, self.held)
        edits = journal.both_ways(self.held, doc)
        if not edits and not self._refused:
            return
        made: Doc = doc
        if self.held is not self.state:  # what came from others is not before them yet
            made = sessions.as_filed(merge(self.held, doc, self.state, self._side).doc, self.state)
            edits = journal.both_ways(self.state, made)
        edits += self._against_refused(made, edits)
        if edits:
            try:
                self._add("edit", edits, by=by or self.by, what=what)
            except NotSaved:
                self._refused |= {edit.path for edit in edits if not edit.is_order}
                raise
        self._refused.clear()
        self.held, self.state = doc, made

    def _against_refused(self, doc: Doc, edits: list[Edit]) -> list[Edit]:
        """What stands now where a write failed: of what failed, some may be on the disk.

        An edit that changes nothing, and yet is newer than what may be there.
        """
        fresh = self._refused - {edit.path for edit in edits}
        found = [Edit(path, get(doc, path), get(doc, path)) for path in sorted(fresh)]
        return [edit for edit in found if same(apply(doc, [edit]), doc)]

    def accept(self, taken: Taken) -> None:
        """Whoever we keep for has taken in what a save brought from others."""
        if self.held is taken.before:
            self.held = taken.doc
        else:  # they went on meanwhile
            merged = merge(taken.before, self.held, taken.doc).doc
            self.held = sessions.as_filed(merged, self.state)

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
            pen = self._pen
            assert pen is not None  # noqa: S101 - just begun
            record = Record(
                pen.writer, len(self._first) + pen.n + 1, kind, self.now(), one_line(by),
                one_line(what), tuple(edits), version, seen or {},
            )  # fmt: skip
            pen.write([*self._first, record])
        except OSError as wrong:
            if self._pen is not None and self._pen.is_open:
                # Whatever of it is on the disk, it is nobody else's news.
                self.seen[self._pen.writer] = self._pen.n + len(self._first) + 1
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
        """Know what is there before anything rests on it; looking on leaves no trace."""
        if not self._begun:
            self._begun = True
            self._know_the_file()
        if self._pen is not None and self._pen.gone():
            self._begin_anew()

    def _leave_journal(self) -> None:
        """Never touch it again: after a failed write nobody knows what of it is on the disk."""
        if self._pen is None:
            return
        pen, self._pen = self._pen, None
        ours = pen.is_open  # else the name may be somebody else's
        pen.close()
        self._signs.take_away()
        with suppress(OSError):
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
        self._signs.say(writer, self.by, self.now())
        self._sweep()
        first = Record(writer, 1, "open", self.now(), self.by, "", (), self.version,
                       self._file_seen)  # fmt: skip
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
            now = self._signs.clock()
            left = disk.unfinished(self.folder)
            for path in (*left, *disk.unfinished(self.path.parent, f"{self.path.name}.")):
                if now - disk.modified(path) > LEFT:
                    disk.remove(path)

    def _know_the_file(self) -> None:
        """Whose version the file holds; one that nobody wrote here was changed by hand."""
        record = self._written(self.version)
        if record is not None:
            self.seen |= dict(record.seen)
            self._file_seen = record.seen
            return
        head = versions.kept(self.folder / HEAD)
        if head is not None and self._is_in_the_file():  # else what is kept may be newer
            opened, version = self.on_disk, self.version
            self._file_seen = (self._written(head.version) or head).seen
            self.seen |= dict(self._file_seen)
            if version != head.version:  # our journal begins with the head, and then takes it in
                self.version, self.on_disk = head.version, apply({}, head.edits)
                self.state = self.on_disk
                edits = journal.both_ways(self.on_disk, opened)
                self._add("took", edits, by=EXTERNAL, version=version)
                self.version, self.on_disk, self.state = version, opened, opened
            return
        opened_by_others = versions.opened(self.folder)
        self._untold = bool(opened_by_others) and self.version not in opened_by_others
        # A journal whose beginning is damaged may have begun with this very version.
        self._stray = self._untold and "" not in opened_by_others

    def _is_in_the_file(self) -> bool:
        """Whether the file still holds what was read from it."""
        look = disk.look(self.path)
        if self.look is None and look is not None:
            with suppress(DamagedFile, NewerFile, OSError):
                if (
                    journal.version_of(sessions.as_filed(sessions.read(self.path).doc))
                    == self.version
                ):
                    self.look = look
        return look is not None and look == self.look

    # Writing

    def save(
        self, doc: Doc | None = None, *, by: str = "", what: str = "", later: bool = False
    ) -> Taken:
        """Acknowledge, and bring the case's file up to date with it and with others.

        Args:
            doc: what is to be kept; None only brings both together.
            by: who changed it.
            what: in a few words.
            later: what came from others is taken in later, and `accept` called then; until it is,
                what is given to be kept is known not to have it.

        Returns:
            What we had, and what the file holds now: with what others changed meanwhile.

        Raises:
            NotSaved: with the reason. What was acknowledged is in the journal all the same.
        """
        if doc is not None:
            self.acknowledge(doc, by=by, what=what)
        with self._lock():
            try:
                self._bring_together()
            except (DamagedFile, NewerFile) as wrong:
                raise NotSaved(f"NOT SAVED: {wrong}") from wrong
            except OSError as wrong:
                raise NotSaved(f"NOT SAVED: {wrong.strerror or wrong} ({self.path})") from wrong
        taken = Taken(self.held, self.state)
        if not later:
            self.accept(taken)
        return taken

    def behind(self) -> bool:
        """Whether file, keeper and whoever we keep for differ, by its looks: nothing is read."""
        if not same(self.held, self.state) or not same(self.state, self.on_disk):
            return True
        return disk.look(self.path) != self.look

    def _bring_together(self) -> None:
        wrote = False
        for _ in range(8):
            look = disk.look(self.path)
            if look is not None and look != self.look:
                self._take_in(sessions.as_filed(sessions.read(self.path).doc))
                self.look = look  # from before it was read: what came since is seen next time
            # After writing too: whose version ours replaced may be gone by now, and not notice.
            self._roll_forward()
            if look is not None and same(self.state, self.on_disk):
                break
            self._write_file()
            wrote = True
        if wrote:
            self._tidy()

    def _write_file(self) -> None:
        """Write our state to the file."""
        session = Session(self.state)
        data = sessions.encode(session)
        version = journal.version_of(self.state)
        self._begin()
        assert self._pen is not None  # noqa: S101 - just begun
        if self._untold:  # all that still stands counts as put there by hand, for others to see
            told = ((p, v) for p, v in units(self.doc) if same(get(self.state, p), v))
            self._add("took", [Edit(p, v, v) for p, v in told], by=EXTERNAL, version=self.version)
        pen_n = self._pen.n + 1
        seen = {**self._kept_seen(), self._pen.writer: pen_n}
        self._add("wrote", by=self.by, version=version, seen=seen)
        keep_original(self.path, self.folder)
        disk.write_atomic(self.path, data)
        self.on_disk, self.version, self._file_seen = self.state, version, seen
        self.look = disk.look(self.path)
        self._untold = self._stray = False
        versions.keep_head(self.folder, self.state, version, seen, self.now())
        if disk.read(self.path, toml.LIMIT) != data:
            self.look = None  # another version stands there already: it is read next

    def _take_in(self, theirs: Doc) -> None:
        version = journal.version_of(theirs)
        if version == self.version:
            return
        self._begin_quietly()
        record = self._written(version)
        if record is None:
            base, side = self.on_disk, Side(EXTERNAL, None)
        else:
            base, side = self._common(theirs, record.seen), Side(record.by, _day(record.at))
        self._side = side
        merged = sessions.as_filed(merge(base, self.state, theirs, side).doc)
        edits = journal.both_ways(self.state, merged)
        seen = record.seen if record is not None else {}
        # A change by hand stands in no journal but ours; otherwise looking on leaves no trace.
        if record is None or self._pen is not None or not same(merged, theirs):
            self._add("took", edits, by=side.by, version=version, seen=seen)
        for writer, n in seen.items():
            self.seen[writer] = max(n, self.seen.get(writer, 0))
        self.state, self.on_disk, self.version, self._file_seen = merged, theirs, version, seen

    def _common(self, theirs: Doc, seen: Mapping[str, int]) -> Doc:
        """What their version and ours were both made from, where they differ."""
        ledger = Ledger(self.folder, self._own)
        own, other = ledger.ahead(self.seen, seen), ledger.ahead(seen, self.seen)
        if not own or not other:  # one of them was made from the other
            return theirs if own else self.state
        return common(self.state, theirs, ledger.changes(own), ledger.changes(other), ledger.knew)

    def _roll_forward(self) -> None:
        """Take in what writers who are gone had acknowledged and the file does not have."""
        sizes, found = self._left_behind()
        unseen = [[r for r in own if r.n > self.seen.get(r.writer, 0)] for own in found.values()]
        every = [Left(records) for records in unseen if records]
        strange = list(untold(self.state, every, stray=self._stray))
        for left in every:
            self._roll_in(left, strange)
        self._examined |= sizes
        self.seen |= {name: 1 for name in sizes if name.startswith(ARCHIVE)}
        self._archived |= found.keys() - sizes.keys()

    def _left_behind(self) -> tuple[dict[str, int], dict[str, list[Record]]]:
        """Journals of writers who are gone, by size as far as not yet examined, and by writer."""
        sizes: dict[str, int] = {}
        found: dict[str, dict[int, Record]] = {}
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
                for record in journal.read(path).records:
                    if record.writer == name or archived:
                        found.setdefault(record.writer, {})[record.n] = record
                sizes[name] = look.size
        return sizes, {w: [own[n] for n in sorted(own)] for w, own in found.items()}

    def _roll_in(self, left: Left, strange: list[Change]) -> None:
        """Take in what a writer did last, unless whoever did something there later had seen it."""
        last = left.last
        seen = {last.writer: last.n}
        if left.news:
            ledger = Ledger(self.folder, self._own)
            known = ledger.context(last.writer, left.records[0].n)
            own = [*ledger.changes(ledger.ahead(self.seen, known)), *strange]
            theirs = apply(self.state, left.edits)
            base = common(self.state, theirs, own, left.news, ledger.knew)
            self._side = Side(last.by, _day(last.at))
            merged = sessions.as_filed(merge(base, self.state, theirs, self._side).doc)
            edits = journal.both_ways(self.state, merged)
            if edits:
                self._add("rolled", edits, by=last.by, what=last.writer, seen=seen)
                self.recovered.append(Recovered(last.by, last.at, tuple(edits)))
                self.state = merged
        self.seen |= seen

    # What is known of versions

    def _written(self, version: str) -> Record | None:
        """The record with which a version was written."""
        return versions.written(self.folder, version, reversed(self._own))

    def _kept_seen(self) -> dict[str, int]:
        """What we have seen: of journals, and of archives instead of what is in them."""
        there = {path.stem for path in journal.files(self.folder)}
        return {
            writer: n for writer, n in self.seen.items()
            if writer not in self._archived and (writer in there or not writer.startswith(ARCHIVE))
        }  # fmt: skip

    # Who else

    def be_here(self) -> None:
        """Say that we have the case open, and again from time to time that we still do."""
        with suppress(OSError, NotSaved):
            self._begin()
            self._signs.again()

    def others(self) -> list[Presence]:
        """Who else has the case open."""
        return self._signs.others()

    def _is_alive(self, writer: str) -> bool:
        return self._signs.is_alive(writer)

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
        self._pen.close()
        self._pen = None
        self._signs.take_away()

    def _tidy(self) -> None:
        """Begin a new journal when ours is large; put closed ones together when they are many."""
        if self._pen is not None and self._pen.size > ROTATE:
            self.close()
            self._own = []
        loose = archives.loose_in(self.folder)
        # With somebody else at work, a version may be on its way that has seen none of it.
        if len(loose) > archives.LOOSE and not any(other.alive for other in self.others()):
            with suppress(OSError):
                self._archive(loose)

    def _archive(self, loose: list[Path]) -> None:
        own = self._pen.writer if self._pen is not None else ""
        name = new_id(self.chance, length=8)
        gone = archives.put_together(
            loose, name, self.seen, lambda writer: writer == own or self._is_alive(writer)
        )
        if gone is None:
            return
        self.seen[f"{ARCHIVE}{name}"] = 1
        self._archived |= set(gone)
        for writer in gone:
            self._signs.forget(writer)


def _day(stamp: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(stamp[:10])
    return None
