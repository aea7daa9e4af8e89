"""What happens to one case in a made-up office, and an account of what must never be lost.

Every word that is typed is another one. So it can be told, whatever happened, whether each word
that was acknowledged is there, in its place or among the conflicts, and whether one that was
replaced has come back.
"""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit, apply
from cim_tui.core.errors import CimError, NotSaved
from cim_tui.core.merge import unsettled
from cim_tui.core.session import Session, get, leaves, same
from cim_tui.store import journal, sessions
from cim_tui.store.keeper import Keeper
from tests.faults.simulated import Kernel, System, simulated

Place = tuple[str, ...]
FOLDER = Path("/cases")
CASE = FOLDER / "case.toml"
FORM: Place = ("answers", "gather", "team")
TABLE: Place = (*FORM, "people")
START: dict[str, Any] = {
    "schema": 1,
    "uid": "abcdefghjkmn",
    "id": "case",
    "lea": {"name": "Cedar Flat Unified"},
    "case": {"workflow": "trial", "year": 2025},
    "answers": {"gather": {"team": {"meets": "word0", "people": {"rowaaa": {"name": "word00"}}}}},
}


class Lost(AssertionError):
    """Something that was acknowledged is not there, or something that was replaced is back."""


class Try(NamedTuple):
    """A change whose fate nobody knows: it was on its way, or refused."""

    place: Place
    old: Any
    new: Any


class Account:
    """Keeps the account of every word.

    A word is owed from its acknowledgement until somebody who saw it replaces it.
    """

    def __init__(self) -> None:
        self.owed: dict[str, Place] = {
            "word0": (*FORM, "meets"),
            "word00": (*TABLE, "rowaaa", "name"),
        }
        self.replaced: dict[str, Place] = {}
        self.tries: dict[int, Try] = {}
        """By a number of its own: what may or may not have happened."""
        self._numbers = itertools.count()
        self.age = 0

    def begins(self, place: Place, old: Any, new: Any) -> int:
        """A change is on its way."""
        number = next(self._numbers)
        self.tries[number] = Try(place, old, new)
        self.age += 1
        return number

    def acknowledged(self, number: int) -> None:
        """It was said to be safe."""
        place, old, new = self.tries.pop(number)
        for word, where in words_of(place, old):
            if self.owed.pop(word, None) is not None or word not in self.replaced:
                self.replaced[word] = where
        for word, where in words_of(place, new):
            self.owed[word] = where
            self.replaced.pop(word, None)
        self.age += 1

    def key(self) -> int:
        """Changes with every entry."""
        return self.age

    def settle(self, doc: Mapping[str, Any]) -> None:
        """Everything in doubt has come out one way or the other, as a document shows."""
        here = set(_texts(doc))
        for number, (place, _old, new) in list(self.tries.items()):
            words = [word for word, _ in words_of(place, new)]
            happened = all(word in here for word in words) if words else get(doc, place) is None
            if happened:
                self.acknowledged(number)
            else:
                del self.tries[number]
        self.age += 1

    def check(self, doc: Mapping[str, Any]) -> None:
        """Every word that is owed is there; none that was replaced stands alone in its place.

        Raises:
            Lost: with what is wrong.
        """
        conflicts = unsettled(doc)
        kept = {word for c in conflicts for side in (c.mine, c.theirs) for word in _texts(side)}
        for word, place in self.owed.items():
            if _is_at(doc, place, word) or word in kept or self._may_be_replaced(word, doc, kept):
                continue
            raise Lost(f"{word} was acknowledged at {'.'.join(place)} and is gone")
        for word, place in self.replaced.items():
            if not _is_at(doc, place, word):
                continue
            if any(c.path == place[: len(c.path)] for c in conflicts):
                continue  # both are kept, and a person is asked
            raise Lost(f"{word} was replaced at {'.'.join(place)} and is back")
        for word in _texts(get(doc, ("answers",)) or {}):
            if word not in self.owed and word not in self.replaced and word not in self._tried():
                raise Lost(f"{word!r} was never typed")

    def _tried(self) -> set[str]:
        return {w for t in self.tries.values() for side in (t.old, t.new)
                for w, _ in words_of(t.place, side)}  # fmt: skip

    def _may_be_replaced(self, word: str, doc: Mapping[str, Any], kept: set[str]) -> bool:
        for place, old, new in self.tries.values():
            if all(word != w for w, _ in words_of(place, old)):
                continue
            words = list(words_of(place, new))
            if not words:  # cleared, or about to be: where the word is not, it was
                return True
            if any(_is_at(doc, where, w) or w in kept or self._may_be_replaced(w, doc, kept)
                   for w, where in words):  # fmt: skip
                return True
        return False


def words_of(place: Place, value: Any) -> Iterator[tuple[str, Place]]:
    """Every word of a value with the place of its unit."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from words_of((*place, key), inner)
    elif isinstance(value, list):
        for inner in value:
            yield inner, place
    elif value is not None:
        yield value, place


def _texts(value: Any) -> Iterator[str]:
    return (one for one in leaves(value) if isinstance(one, str))


def _is_at(doc: Mapping[str, Any], place: Place, word: str) -> bool:
    found = get(doc, place)
    return found == word or (isinstance(found, list) and word in found)


class Writer:
    """Somebody who has the case open: a process of its own.

    Args:
        office: where.
        pid: which process.
    """

    def __init__(self, office: Office, pid: int) -> None:
        self.office, self.pid = office, pid
        self.busy = False
        self.waiting: list[int] = []
        """Changes that nobody acknowledged yet."""
        with self.acting():
            self.keeper = office.open(pid)
        self.doc: Mapping[str, Any] = self.keeper.state
        """What stands on the screen."""

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Whatever happens meanwhile is done by this process."""
        kernel = self.office.system.kernel
        before, kernel.pid, self.busy = kernel.pid, self.pid, True
        try:
            yield
        finally:
            kernel.pid, self.busy = before, False

    def type(self, place: Place, new: Any) -> None:
        """Change something, and have it acknowledged."""
        account = self.office.account
        number = account.begins(place, get(self.doc, place), new)
        self.doc = apply(self.doc, [Edit(place, None, None), *_edits(place, new)])
        self.waiting = [*self.waiting, number]
        with self.acting():
            self.keeper.acknowledge(self.doc)
        self._told()

    def save(self) -> None:
        """Bring the file up to date; what others changed comes in."""
        with self.acting():
            # What the screen has that is not acknowledged yet goes first, by itself.
            self.keeper.acknowledge(self.doc)
            self._told()
            taken = self.keeper.save(None)
        self.doc = taken.doc

    def _told(self) -> None:
        for number in self.waiting:
            self.office.account.acknowledged(number)
        self.waiting = []

    def leave(self) -> None:
        """Close the case."""
        with self.acting():
            self.keeper.close()
        self.office.system.kernel.alive.pop(self.pid, None)


def _edits(place: Place, new: Any) -> list[Edit]:
    if isinstance(new, Mapping):
        return [Edit((*place, key), None, inner) for key, inner in new.items()]
    return [Edit(place, None, new)]


class Office:
    """One case, and those who work on it.

    Args:
        system: what they work on.
        seed: of everything that is left to chance.
        writers: how many.
    """

    def __init__(self, system: System, seed: int, writers: int = 1) -> None:
        self.system, self.rng = system, Random(seed)
        self.account = Account()
        self.words = itertools.count(1)
        self._pids = itertools.count(200)
        self._clock = itertools.count()
        system.kernel.mkdir(FOLDER)
        sessions.write(FOLDER, Session(START), new=True)
        root = system.kernel.open("/", 0)
        system.kernel.fsync(root)
        system.kernel.close(root)
        self.writers = [self.hire() for _ in range(writers)]

    def now(self) -> str:
        """A clock that jumps: nothing may rest on it."""
        tick = next(self._clock)
        day = 1 + (tick * 7919) % 28
        return f"2026-01-{day:02d}T00:00:{tick % 60:02d}Z"

    def open(self, pid: int) -> Keeper:
        """A keeper of the case as it is now."""
        kernel = self.system.kernel
        kernel.alive[pid] = f"since {kernel.clock}"
        from cim_tui.store.fsops import disk

        look = disk.look(CASE) if self.rng.random() < 0.5 else None
        doc = sessions.read(CASE).doc
        return Keeper(CASE, doc, f"Writer {pid}", self.now, Random(self.rng.random()),
                      look=look, locks=False)  # fmt: skip

    def hire(self) -> Writer:
        """Somebody more."""
        return Writer(self, next(self._pids))

    def step(self, writer: Writer) -> None:
        """Somebody does something."""
        roll = self.rng.random()
        if roll < 0.6:
            writer.type(*self.change(writer.doc))
        else:
            writer.save()

    def change(self, doc: Mapping[str, Any]) -> tuple[Place, Any]:
        """A change that somebody could make to a document."""
        word = f"word{next(self.words)}"
        roll = self.rng.random()
        rows = list(get(doc, TABLE) or {})
        if roll < 0.45:
            return (*FORM, self.rng.choice(["meets", "when", "why"])), word
        if roll < 0.55:
            return (*FORM, "tags"), [word, f"word{next(self.words)}"]
        if roll < 0.62:
            return (*FORM, self.rng.choice(["meets", "when", "why"])), None
        if roll < 0.8 and rows:
            row = self.rng.choice(rows)
            return (*TABLE, row, self.rng.choice(["name", "role"])), word
        if roll < 0.87 and len(rows) > 1:
            return (*TABLE, self.rng.choice(rows)), None
        return (*TABLE, f"row{word}"), {"name": word}

    def reopened(self, kernel: Kernel, *, twice: bool = False) -> Mapping[str, Any]:
        """What somebody finds who opens the case on a system and saves it.

        Raises:
            Lost: the file cannot be read, or something that must be there is not.
        """
        before, self.system.kernel = self.system.kernel, kernel
        kernel.pid = 9999
        doc: Mapping[str, Any] = {}
        try:
            for _ in range(1 + twice):
                keeper = self.open(9999)
                keeper.save()
                keeper.close()
                doc = sessions.read(CASE).doc
                if not same(dict(doc), dict(sessions.as_filed(keeper.state))):
                    raise Lost("the file is not what was saved")
                self.account.check(doc)
        except CimError as wrong:
            raise Lost(f"the case cannot be opened: {wrong}") from wrong
        finally:
            self.system.kernel = before
        return doc

    def finish(self) -> Mapping[str, Any]:
        """Everybody saves until nothing changes any more, and leaves; then the account is made."""
        for _ in range(3):
            for writer in self.writers:
                writer.save()
        for writer in self.writers:
            writer.leave()
        return self.reopened(self.system.kernel, twice=True)


class Watch:
    """Looks, after every call, at what crashes would leave.

    Args:
        office: the office.
        rng: which crashes.
        each: how many power cuts after every call.
    """

    def __init__(self, office: Office, rng: Random, each: int) -> None:
        self.office, self.rng, self.each = office, rng, each
        self.states = 0
        """Crashes that were looked at."""
        self._known: set[tuple[int, bytes]] = set()
        """What was found good: the account's age, and what was on the disk."""
        self._inside = False

    @property
    def distinct(self) -> int:
        """How many of them left something else than one before."""
        return len(self._known)

    def __call__(self, call: str) -> None:
        """A call was made."""
        kernel = self.office.system.kernel
        if self._inside:
            return
        self._inside = True
        after, kernel.after = kernel.after, None
        try:
            self._look(kernel.killed(*kernel.alive))
            for _ in range(self.each if kernel.unsure() else 1):
                self._look(kernel.crashed(self.rng))
        finally:
            self._inside = False
            kernel.after = after

    def _look(self, kernel: Kernel) -> None:
        self.states += 1
        digest = hashlib.blake2b(repr(kernel.tree()).encode(), digest_size=12).digest()
        key = (self.office.account.key(), digest)
        if key in self._known:
            return
        self.office.reopened(kernel, twice=self.rng.random() < 0.1)
        self._known.add(key)


def told(seed: int, *, writers: int = 1, steps: int = 12) -> Iterator[tuple[Office, Writer]]:
    """A story step by step, on a system of its own."""
    with simulated(Kernel(chance=Random(seed))) as system:
        office = Office(system, seed, writers)
        for _ in range(steps):
            yield office, office.rng.choice(office.writers)


Check = Callable[[int], int]
"""Does something with a seed, answers how many states it looked at, raises `Lost`."""


def crashes(seed: int, *, writers: int = 1, steps: int = 12, each: int = 6) -> tuple[int, int]:
    """A story in which after every call the power may fail or the process be killed.

    Returns:
        How many crashes were looked at, and how many of them left something different.
    """
    watch: Watch | None = None
    with simulated(Kernel(chance=Random(seed))) as system:
        office = Office(system, seed, writers)
        watch = Watch(office, Random(seed + 1), each)
        system.kernel.after = watch
        for _ in range(steps):
            office.step(office.rng.choice(office.writers))
            _mishap(office, watch)
        for writer in office.writers:
            writer.save()
        system.kernel.after = None
        office.finish()
    return watch.states, watch.distinct


def _mishap(office: Office, watch: Watch) -> None:
    """Now and then somebody is killed, or the power fails for all, and work goes on."""
    roll, kernel = office.rng.random(), office.system.kernel
    if roll < 0.1:
        at = office.rng.randrange(len(office.writers))
        kernel.alive.pop(office.writers[at].pid)
        office.writers[at] = office.hire()
    elif roll < 0.2:
        office.system.kernel = kernel.crashed(office.rng)
        kernel.after = None
        office.system.kernel.after = watch
        office.writers = [office.hire() for _ in office.writers]


def errors(seed: int, number: int, error: int, *, count: int = 1, steps: int = 10) -> bool:
    """A story in which calls fail from the n-th on; what was refused is tried again.

    Returns:
        Whether so many calls were made at all.
    """
    from tests.faults.simulated import Plan

    with simulated(Kernel(chance=Random(seed))) as system:
        office = Office(system, seed, 2)
        kernel = system.kernel
        dead = office.writers.pop()  # somebody was killed, and what they wrote waits in a journal
        dead.type((*FORM, "left"), "wordleft")
        kernel.alive.pop(dead.pid)
        kernel.plan = Plan(error, kernel.calls + number, count)
        last = kernel.calls + number + count
        for _ in range(steps):
            try:
                office.step(office.writers[0])
            except NotSaved:
                pass
            except OSError as wrong:
                raise Lost(f"an error that nobody caught: {wrong!r}") from wrong
            office.reopened(kernel.crashed(office.rng))
            office.reopened(kernel.killed(*kernel.alive))
        kernel.plan = None
        office.finish()
        return kernel.calls >= last


def race(seed: int, *, writers: int = 3, steps: int = 60, often: float = 0.15) -> int:
    """Several who save into each other at every call, without a lock; some are killed or leave.

    Returns:
        How many words were acknowledged.
    """
    with simulated(Kernel(chance=Random(seed))) as system:
        office = Office(system, seed, writers)
        kernel, rng = system.kernel, Random(seed + 1)

        def meanwhile(call: str) -> None:
            free = [w for w in office.writers if not w.busy]
            if free and rng.random() < often:
                try:
                    office.step(rng.choice(free))
                except OSError as wrong:  # must not look like an error of whoever is interrupted
                    raise Lost(f"an error that nobody caught: {wrong!r}") from wrong

        kernel.after = meanwhile
        for _ in range(steps):
            writer = office.rng.choice(office.writers)
            office.step(writer)
            roll = office.rng.random()
            if roll < 0.05:
                writer.busy = True  # the dead do nothing any more
                kernel.alive.pop(writer.pid)
                office.writers[office.writers.index(writer)] = office.hire()
            elif roll < 0.1:
                writer.save()
                writer.leave()
                writer.busy = True
                office.writers[office.writers.index(writer)] = office.hire()
        kernel.after = None
        office.finish()
        return len(office.account.owed)


__all__ = ["Account", "Lost", "Office", "Writer", "crashes", "errors", "journal", "race"]
