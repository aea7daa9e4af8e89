"""Saving in the background: the screen never waits for the disk, and newest state wins.

The same thread looks at the disk from time to time: what others saved comes in, what could not be
written is tried again, and others can see that somebody is here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cim_tui.core.errors import CimError
from cim_tui.core.session import Session, same
from cim_tui.core.text import one_line
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk

if TYPE_CHECKING:  # the thread loads it, once there is something to keep
    from cim_tui.store.keeper import Keeper, Recovered, Taken
    from cim_tui.store.presence import Presence

LOOK_EVERY = 1.0
"""Seconds between two looks at the disk."""
SIGN_EVERY = 5.0
"""Seconds between two signs that somebody is here."""


@dataclass(frozen=True)
class Saved:
    """What a save came to."""

    case: Case
    session: Session
    wrote: bool = True
    """Whether there was anything to write."""
    wrong: str = ""
    """Why it is NOT SAVED; empty when it is on the disk."""
    taken: Taken | None = None
    """What others changed meanwhile, when they did."""
    recovered: tuple[Recovered, ...] = ()
    """What somebody had typed, who never got to write it into the file."""


class Wanted(NamedTuple):
    """A case as it is to be written.

    What came from others and was taken in goes with the session that has it: a session from before
    does not, and that is no change of anybody's.
    """

    case: Case
    session: Session
    accepted: tuple[Taken, ...]

    @classmethod
    def of(cls, case: Case, before: tuple[Taken, ...] = ()) -> Wanted:
        """A case as it is now, with what it has taken in since it was last asked about."""
        accepted = (*before, *case.accepted)
        del case.accepted[: len(accepted) - len(before)]
        return cls(case, case.session, accepted)


class Saver:
    """Writes sessions in a thread of its own.

    Args:
        desk: where they belong.
        report: told of every result, from the writing thread.
        met: told when somebody else came or went, from that thread too.
    """

    def __init__(
        self, desk: Desk, report: Callable[[Saved], None], met: Callable[[], None]
    ) -> None:
        self._desk, self._report, self._met = desk, report, met
        self.by = desk.by
        """Who acts: the screen asks again on sign and accept, since logins are shared."""
        self.others: list[Presence] = []
        """Who else has the watched case open, as far as we know."""
        self._wanted: dict[int, Wanted] = {}
        self._watched: Case | None = None
        self._left: list[Case] = []
        """Cases that are left as soon as all of them is written."""
        self._signed = 0.0
        self._trouble = False
        self._wake = threading.Condition()
        self._busy = False
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="saver", daemon=True)
        self._thread.start()

    def save(self, case: Case) -> None:
        """Have the case written soon; returns at once. One that can only be read never is."""
        if case.read_only:
            return
        with self._wake:
            self._want(case)
            self._wake.notify_all()

    def _want(self, case: Case) -> None:
        before = self._wanted.get(id(case))
        self._wanted[id(case)] = Wanted.of(case, before.accepted if before else ())

    def watch(self, case: Case | None) -> None:
        """Look after one case from now on: what others do to it, and that we have it open.

        One that can only be read is shown as it was opened: nobody hears of it.
        """
        if case is not None and case.read_only:
            case = None
        with self._wake:
            left, self._watched = self._watched, case
            if left is not None and left is not case:
                self._left.append(left)
            self._signed = 0.0
            self.others = []
            if case is not None:
                self._want(case)
            self._wake.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all that was asked for is written or refused; False when it took long."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._wanted and not self._busy, timeout)

    def end(self) -> None:
        """Stop the thread after what is wanted is written, and leave the case."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        self._thread.join(10)
        self._leave(self._left)
        if self._watched is not None and self._watched.keeper is not None:
            self._watched.keeper.close()

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted or self._ended, LOOK_EVERY)
                if not self._wanted and self._ended:
                    return
                left: list[Case] = []
                asked, wanted = bool(self._wanted), None
                if asked:
                    wanted = self._wanted.pop(next(iter(self._wanted)))
                else:
                    left, self._left = self._left, []
                    wanted = Wanted.of(self._watched) if self._watched is not None else None
                self._busy = True
            try:
                self._leave(left)
                if wanted is not None:
                    self._tend(wanted, asked)
            except Exception as fault:  # noqa: BLE001 - the thread goes on: it is tried again
                self._trouble = True
                wrong = f"NOT SAVED: a fault of the program ({type(fault).__name__}: {fault})"
                if wanted is not None:
                    self._report(Saved(wanted.case, wanted.session, wrong=one_line(wrong)))
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _tend(self, wanted: Wanted, asked: bool) -> None:
        """Write a case that somebody asked for, or see what others did to it."""
        keeper = self._desk.keeper(wanted.case)
        for taken in wanted.accepted:
            keeper.accept(taken)
        saved = None
        if asked or self._trouble:
            saved = self._write(wanted.case, wanted.session)
        elif keeper.behind():
            # What is being typed is saved by its own clock: here only what is on its way.
            saved = self._write(wanted.case, None)
        if saved is not None:
            self._trouble = bool(saved.wrong)
            self._report(saved)
        self._sign(wanted.case)

    def _leave(self, left: list[Case]) -> None:
        """Put the pen down for cases that are not open any more, with nothing to write for them."""
        for case in left:
            if case is not self._watched and case.keeper is not None:
                case.keeper.close()

    def _sign(self, case: Case) -> None:
        if case is not self._watched or time.monotonic() - self._signed < SIGN_EVERY:
            return
        self._signed = time.monotonic()
        keeper = self._desk.keeper(case)
        keeper.be_here()
        here = [other for other in keeper.others() if other.alive]
        if [o.writer for o in here] != [o.writer for o in self.others]:
            self.others = here
            self._met()

    def _write(self, case: Case, session: Session | None) -> Saved:
        keeper = self._desk.keeper(case)
        asked, session = session is not None, session or case.saved
        wrote = not same(session.doc, case.saved.doc)
        if not wrote and not keeper.behind() and not self._is_new(keeper):
            return Saved(case, session, wrote=False)
        doc = session.doc if asked else None
        try:
            taken = keeper.save(doc, by=self.by, what=case.last_change, later=True)
        except CimError as wrong:
            return Saved(case, session, wrote=wrote, wrong=str(wrong))
        if asked:
            case.saved = session
        recovered, keeper.recovered = tuple(keeper.recovered), []
        return Saved(case, session, wrote, "", taken if taken.foreign else None, recovered)

    def _is_new(self, keeper: Keeper) -> bool:
        """Whether this case was never looked after: something may be left to recover."""
        fresh, keeper.looked_after = not keeper.looked_after, True
        return fresh
