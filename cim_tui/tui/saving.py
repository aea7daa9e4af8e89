"""Saving off the screen's thread: one writer, newest state wins, every result is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from cim_tui.core.errors import CimError
from cim_tui.core.session import Session, same
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.store import sessions


@dataclass(frozen=True)
class Saved:
    """What a save came to."""

    case: Case
    session: Session
    wrote: bool = True
    """Whether there was anything to write."""
    wrong: str = ""
    """Why it is NOT SAVED; empty when it is on the disk."""


class Saver:
    """Writes sessions in a thread of its own.

    Args:
        desk: where they belong.
        report: told of every result, from the writing thread.
    """

    def __init__(self, desk: Desk, report: Callable[[Saved], None]) -> None:
        self._desk, self._report = desk, report
        self._wanted: dict[int, tuple[Case, Session]] = {}
        self._wake = threading.Condition()
        self._busy = False
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="saver", daemon=True)
        self._thread.start()

    def save(self, case: Case) -> None:
        """Have the case written soon; returns at once."""
        with self._wake:
            self._wanted[id(case)] = (case, case.session)
            self._wake.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all that was asked for is written or refused; False when it took long."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._wanted and not self._busy, timeout)

    def end(self) -> None:
        """Stop the thread after what is wanted is written."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()
        self._thread.join(10)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted or self._ended)
                if not self._wanted:
                    return
                key = next(iter(self._wanted))
                case, session = self._wanted.pop(key)
                self._busy = True
            try:
                self._report(self._write(case, session))
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _write(self, case: Case, session: Session) -> Saved:
        if same(session.doc, case.saved.doc):
            return Saved(case, session, wrote=False)
        try:
            sessions.write(case.path.parent, session, base=case.saved)
        except CimError as wrong:
            return Saved(case, session, wrong=str(wrong))
        case.saved = session
        return Saved(case, session)
