"""Who has a case open: a small file for each writer beside its journal, touched now and then."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.text import one_line
from cim_tui.store.fsops import disk

HERE = ".here"
SILENT = 30
"""Seconds without a sign after which a writer on another machine counts as gone."""


class Presence(NamedTuple):
    """Somebody who has the case open."""

    writer: str
    who: str
    host: str
    pid: int
    since: str
    alive: bool


class Signs:
    """The signs that writers of one case give.

    Args:
        folder: of the case's journals.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = ""
        """Our name as a writer, while we give a sign."""

    def _path(self, writer: str) -> Path:
        return self.folder / f"{writer}{HERE}"

    def say(self, writer: str, who: str, since: str) -> None:
        """Say that we are here, under a writer's name."""
        pid = os.getpid()
        found = {"who": who, "host": _host(), "pid": pid, "start": _started(pid), "since": since}
        self.own = writer
        with suppress(OSError):
            data = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
            disk.write_loose(self._path(writer), data)

    def again(self) -> None:
        """Say that we still are."""
        if self.own:
            with suppress(OSError):
                disk.touch(self._path(self.own))

    def take_away(self) -> None:
        """Leave."""
        own, self.own = self.own, ""
        if own:
            with suppress(OSError):
                disk.remove(self._path(own))

    def forget(self, writer: str) -> None:
        """Remove what a writer who is gone left.

        Raises:
            OSError: it cannot be removed.
        """
        disk.remove(self._path(writer))

    def others(self) -> list[Presence]:
        """Who else gives a sign, or did until they were gone."""
        if not disk.is_folder(self.folder):
            return []
        clock = self.clock()
        found = [_presence(path, clock) for path in disk.list(self.folder, HERE)]
        return [one for one in found if one is not None and one.writer != self.own]

    def is_alive(self, writer: str) -> bool:
        """Whether a writer is still there."""
        presence = _presence(self._path(writer), self.clock())
        return presence is not None and presence.alive

    def clock(self) -> float:
        """The time by the clock that stamps files in the folder: that of the disk, not ours."""
        if self.own:
            here = self._path(self.own)
            with suppress(OSError):
                disk.touch(here)
                return disk.modified(here)
        import time

        return time.time()


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


def _host() -> str:
    """The name of this machine."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


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
