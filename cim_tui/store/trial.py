"""Trying out what the safety of a case rests on, on the disk where the cases are to lie.

Network shares and synced folders promise less than a local disk, and do not say so. Everything is
tried in a folder of its own, which is removed afterwards.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.errors import ReadOnly
from cim_tui.core.text import shorten

PATIENCE = 3.0
"""Seconds to wait until the disk's clock moves."""
OTHER_PROCESS = """\
import sys
from filelock import FileLock, Timeout
try:
    FileLock(sys.argv[1], timeout=0).acquire()
except Timeout:
    print("kept out")
else:
    print("let in")
"""


class Trial(NamedTuple):
    """One thing that was tried."""

    id: str
    what: str
    holds: bool
    needed: bool
    """Whether nothing typed is ever lost only where it holds."""
    says: str
    """What that means here, in plain words."""


def try_out(folder: Path) -> list[Trial]:
    """Try a folder's disk out.

    Raises:
        ReadOnly: nothing can be made there at all.
    """
    place = folder / f".cim-trial-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        place.mkdir(0o700)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        raise ReadOnly(f"{shorten(str(folder), 200)} cannot be tried out: {why}") from wrong
    try:
        return [_tried(place, *row) for row in TRIALS]
    finally:
        shutil.rmtree(place, ignore_errors=True)


Tried = tuple[bool, str]
Row = tuple[str, str, bool, Callable[[Path], Tried], str]


def _tried(place: Path, name: str, what: str, needed: bool, act: Callable[[Path], Tried],
           otherwise: str) -> Trial:  # fmt: skip
    here = place / name
    try:
        here.mkdir()
        holds, says = act(here)
    except (OSError, ValueError, subprocess.SubprocessError) as wrong:
        holds, says = False, f"{getattr(wrong, 'strerror', None) or wrong}"
    if not holds:
        says = f"{otherwise}{f' ({says})' if says else ''}"
    return Trial(name, what, holds, needed, says)


def _write(path: Path, data: bytes, flags: int = os.O_CREAT | os.O_TRUNC) -> None:
    fd = os.open(path, os.O_WRONLY | flags, 0o600)
    try:
        os.write(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)


def _exclusive(place: Path) -> Tried:
    _write(place / "one", b"first", os.O_CREAT | os.O_EXCL)
    try:
        _write(place / "one", b"second", os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return True, "Of two programs that make one file, one is told that it is there already"
    return False, ""


def _fsync(place: Path) -> Tried:
    _write(place / "one", b"x" * 4096)
    same = (place / "one").read_bytes() == b"x" * 4096
    says = "The disk says when what was written is safe; whether it is true only a power cut shows"
    return same, says


def _rename(place: Path) -> Tried:
    _write(place / "case", b"old")
    _write(place / "temp", b"new")
    with (place / "case").open("rb") as reader:
        (place / "temp").replace(place / "case")
        was = reader.read()
    holds = was == b"old" and (place / "case").read_bytes() == b"new"
    return holds and not (place / "temp").exists(), (
        "A file is replaced in one moment: whoever reads it gets the old or the new, whole"
    )


def _folder(place: Path) -> Tried:
    if os.name != "posix":
        return True, "Not needed on this system"
    fd = os.open(place, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return True, "The disk also says when the name of a file is safe"


def _append(place: Path) -> Tried:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    fds = [os.open(place / "grows", flags, 0o600) for _ in range(2)]
    try:
        for number in range(100):
            os.write(fds[number % 2], b"%03d\n" % number)
        os.fsync(fds[0])
    finally:
        for fd in fds:
            os.close(fd)
    lines = (place / "grows").read_bytes().split()
    return lines == [
        b"%03d" % n for n in range(100)
    ], "What is added stands at the end, nothing over it"


def _lock(place: Path) -> Tried:
    from filelock import FileLock

    with FileLock(place / "lock", timeout=5):
        done = subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS, str(place / "lock")],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    said = done.stdout.strip()
    if said == "kept out":
        says = "While one program writes, another on this machine waits"
        return True, f"{says}; between two machines it has to be tried from the second one"
    return False, "" if said == "let in" else done.stderr.strip()[-120:]


def _gone(place: Path) -> Tried:
    path = place / "grows"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        path.unlink()
        _write(path, b"")
        one, other = os.fstat(fd), path.stat()
    finally:
        os.close(fd)
    return (one.st_ino, one.st_dev) != (other.st_ino, other.st_dev), (
        "A program notices when the file it writes to was removed behind its back"
    )


def _clock(place: Path) -> Tried:
    path = place / "ticks"
    _write(path, b"0")
    first = path.stat().st_mtime_ns
    begun = time.monotonic()
    count = 0
    while time.monotonic() - begun < PATIENCE:
        count += 1
        _write(path, b"%d" % count)
        step = path.stat().st_mtime_ns - first
        if step:
            seconds = step / 1e9
            return (
                0 < seconds <= 2.5,
                f"The time of a file moves in steps of {_seconds(seconds)} or less",
            )
    return False, ""


def _seconds(number: float) -> str:
    return (
        f"{number * 1000:.0f} ms"
        if number < 1 and number >= 0.001
        else (f"{number:.1f} s" if number >= 1 else "a millisecond")
    )


def _skew(place: Path) -> Tried:
    path = place / "now"
    _write(path, b"")
    apart = abs(path.stat().st_mtime - time.time())
    return apart < 10, f"The disk's clock and this machine's are {apart:.0f} s apart"


def _modes(place: Path) -> Tried:
    if os.name != "posix":
        return False, "this system keeps permissions in another way"
    path = place / "private"
    _write(path, b"")
    path.chmod(0o600)
    place.chmod(0o700)
    kept = (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(place.stat().st_mode))
    return kept == (0o600, 0o700), "Files and folders can be private"


def _setgid(place: Path) -> Tried:
    if os.name != "posix":
        return False, ""
    place.chmod(0o2770)
    inner = place / "inner"
    inner.mkdir()
    both = place.stat().st_mode & inner.stat().st_mode
    return bool(both & stat.S_ISGID), "What is made in a team's folder belongs to the team"


def _link(place: Path) -> Tried:
    _write(place / "one", b"x")
    (place / "two").hardlink_to(place / "one")
    return (place / "one").stat().st_nlink == 2, "A file can have two names"


def _case(place: Path) -> Tried:
    _write(place / "one", b"x")
    return not (place / "ONE").exists(), "Names that differ in capitals only are two files"


def _big(place: Path) -> Tried:
    data = os.urandom(1024) * 4096
    _write(place / "big", data)
    got = (place / "big").read_bytes() == data
    with suppress(OSError):
        (place / "big").unlink()
    return got, "A case of the largest size, 4 MiB, comes back as it was written"


TRIALS: tuple[Row, ...] = (
    ("exclusive", "Making a file that must be new", True, _exclusive,
     "Two programs may take one file for their own: let one person at a time work here"),
    ("fsync", "Waiting until a file is on the disk", True, _fsync,
     "What is called saved may be gone after a power cut"),
    ("rename", "Replacing a file in one moment", True, _rename,
     "A case may be found half written: do not keep cases here"),
    ("folder", "Waiting until a name is on the disk", True, _folder,
     "A case may be back in its older state after a power cut; its journal brings the rest back"),
    ("append", "Adding to the end of a file", True, _append,
     "Journals may be damaged: do not keep cases here"),
    ("removed", "Noticing that a file was removed", True, _gone,
     "If somebody removes the folder .cim while a case is open, what is typed then may be lost"),
    ("size", "Reading back what was written", True, _big,
     "Cases may be damaged: do not keep cases here"),
    ("lock", "Keeping a second program out", False, _lock,
     "Locks keep nobody out. Nothing is lost by that: both may write, and both are put together"),
    ("time", "Telling from its time that a file changed", False, _clock,
     "A change by somebody else may be noticed late"),
    ("clock", "One clock for the disk and this machine", False, _skew,
     "Whether somebody on another machine still works may be judged wrongly; nothing is lost"),
    ("private", "Private files", False, _modes,
     "Files cannot be made private here: whoever reaches the folder can read the cases"),
    ("team", "Folders that belong to a team", False, _setgid,
     "cim init --team does not work here"),
    ("names", "Names with small and capital letters", False, _case,
     "Two cases whose names differ in capitals only would be one file"),
    ("link", "A second name for a file", False, _link,
     "Links are not kept here; the program does not need them"),
)  # fmt: skip


def holds(trials: list[Trial]) -> bool:
    """Whether everything holds without which something could be lost."""
    return all(trial.holds for trial in trials if trial.needed)
