"""A disk that notes who calls it, and that can be made to answer late, or not for now."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from cim_tui.store import fsops
from cim_tui.store.fsops import Disk

SYNCING = frozenset({"grow", "sync_folder", "write_atomic"})
"""Calls that wait once for the disk themselves; what they call of these waits once more."""
LOOKING = frozenset({"look", "touch", "list", "is_folder", "modified", "still_there"})
"""Calls of the saver's look at the disk, and of the signs that somebody is here."""
LONGEST = 20.0
"""Seconds after which a disk that does not answer goes on: only a frozen screen waits so long."""

D = TypeVar("D", bound="NotingDisk")


class Call(NamedTuple):
    """A call of the disk."""

    name: str
    thread: str


def _noted(name: str) -> Callable[..., Any]:
    real = getattr(Disk, name)

    def call(self: NotingDisk, *args: Any, **how: Any) -> Any:
        made = Call(name, threading.current_thread().name)
        self.calls.append(made)
        self.hold(made)
        return real(self, *args, **how)

    return call


class NotingDisk(Disk):
    """The real disk; each call is noted, and held before it is made."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def hold(self, call: Call) -> None:
        """Wait before a call, as long as this disk makes it wait: not at all."""

    def release(self) -> None:
        """Hold no call any longer."""

    def count(self, names: Collection[str]) -> int:
        """How many calls of these names were made."""
        return sum(call.name in names for call in self.calls)

    @property
    def threads(self) -> set[str]:
        """The names of the threads that called."""
        return {call.thread for call in self.calls}


for _name, _part in vars(Disk).items():
    if callable(_part) and not _name.startswith("_"):
        setattr(NotingDisk, _name, _noted(_name))


class LateDisk(NotingDisk):
    """A disk whose calls of some kinds take long, until it is in a hurry.

    Args:
        late: the names of the calls.
        seconds: how long each of them takes before it is made.
    """

    def __init__(self, late: Collection[str], seconds: float) -> None:
        super().__init__()
        self.late, self.seconds = late, seconds
        self.hurry = threading.Event()

    def hold(self, call: Call) -> None:
        """Take long."""
        if call.name in self.late:
            self.hurry.wait(self.seconds)

    def release(self) -> None:
        """Be in a hurry."""
        self.hurry.set()


class StoppedDisk(NotingDisk):
    """A disk that does not answer until it is told to.

    Args:
        stopped: the names of the calls it does not answer; None stands for all.
    """

    def __init__(self, stopped: Collection[str] | None = None) -> None:
        super().__init__()
        self.stopped = stopped
        self.answers = threading.Event()
        self.waiting = threading.Event()
        """Whether somebody has called and waits."""
        self.gave_up = False
        """Whether a call waited for so long that it was let through: something was frozen."""

    def hold(self, call: Call) -> None:
        """Wait until the disk answers; the screen's own thread is noted, and let through."""
        stops = self.stopped is None or call.name in self.stopped
        if stops and call.thread != threading.main_thread().name and not self.answers.is_set():
            self.waiting.set()
            if not self.answers.wait(LONGEST):
                self.gave_up = True
                self.answers.set()

    def release(self) -> None:
        """Answer."""
        self.answers.set()


@contextmanager
def under(put: D) -> Iterator[D]:
    """Put a disk under the whole program for a while; a module that is loaded then has it too."""
    real = fsops.disk
    _replace(real, put)
    try:
        yield put
    finally:
        put.release()
        _replace(put, real)


def _replace(old: Disk, new: Disk) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("cim_tui.") and vars(module).get("disk") is old:
            setattr(module, "disk", new)  # noqa: B010 - a module's name, which no type knows
