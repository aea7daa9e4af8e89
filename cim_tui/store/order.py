"""The order of records: each behind those its writer had seen, whatever the clocks say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from cim_tui.store.journal import Record


def in_order(writers: Mapping[str, list[Record]]) -> Iterator[Record]:
    """Every record, each behind those it had seen; between strangers, the earlier clock first.

    Args:
        writers: the records of each.
    """
    queue = _Queue(writers)
    while (writer := queue.next()) is not None:
        yield queue.take(writer)


class _Queue:
    """Whose record comes next: whose next one waits for nobody, by clock and name."""

    def __init__(self, writers: Mapping[str, list[Record]]) -> None:
        self.writers = writers
        self.place = dict.fromkeys(writers, 0)
        self.waits: dict[str, int] = {}
        """By a writer who waits: for how many others."""
        self.waited_for: dict[str, list[tuple[int, str]]] = {}
        """By a writer: up to which of their records somebody waits, and who."""
        self.ready: list[tuple[str, str]] = []
        for writer in writers:
            self._line_up(writer)

    def _front(self, writer: str) -> Record | None:
        own, at = self.writers[writer], self.place[writer]
        return own[at] if at < len(own) else None

    def _line_up(self, writer: str) -> None:
        record = self._front(writer)
        if record is None:
            return
        ahead = 0
        for other, n in record.seen.items():
            front = self._front(other) if other != writer and other in self.writers else None
            if front is not None and front.n <= n:
                self.waited_for.setdefault(other, []).append((n, writer))
                ahead += 1
        if ahead:
            self.waits[writer] = ahead
        else:
            heappush(self.ready, (record.at, writer))

    def next(self) -> str | None:
        """Whose record is next; None at the end."""
        if self.ready:
            return heappop(self.ready)[1]
        if not self.waits:
            return None
        # All wait for each other: something is missing between them.
        writer = min(self.waits, key=lambda name: (self._at(name), name))
        del self.waits[writer]
        for waiting in self.waited_for.values():
            waiting[:] = [entry for entry in waiting if entry[1] != writer]
        return writer

    def _at(self, writer: str) -> str:
        front = self._front(writer)
        return front.at if front is not None else ""

    def take(self, writer: str) -> Record:
        """Take the next record of a writer; who waited for it alone comes into line."""
        record = self.writers[writer][self.place[writer]]
        self.place[writer] += 1
        front = self._front(writer)
        still = []
        for n, other in self.waited_for.pop(writer, ()):
            if front is not None and front.n <= n:
                still.append((n, other))
                continue
            self.waits[other] -= 1
            if not self.waits[other]:
                del self.waits[other]
                heappush(self.ready, (self._at(other), other))
        if still:
            self.waited_for[writer] = still
        self._line_up(writer)
        return record
