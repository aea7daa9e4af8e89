"""Every call that touches the disk, in one place, and each as a call of the system's.

Tests put a simulated system under this module: its `os`. Nothing goes past it.
"""

# ruff: noqa: PTH101, PTH102, PTH105, PTH108, PTH116 - what `pathlib` calls is not seen here

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
TEAM_FILE = 0o660
TEAM_FOLDER = 0o2770
TEMPORARY = ".tmp"


class Look(NamedTuple):
    """What tells without reading whether a file is still the same."""

    modified: int
    """In nanoseconds."""
    size: int
    inode: int


class Disk:
    """The real disk. A test replaces `disk` with another object of this shape."""

    # Reading

    def read(self, path: Path, limit: int) -> bytes:
        """Read a regular file of at most `limit` bytes; one byte more tells that it is larger."""
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(f"not a regular file: {path.name}")
            return self._rest(fd, limit + 1)
        finally:
            os.close(fd)

    def look(self, path: Path) -> Look | None:
        """What a file looks like from outside; None when it is not there."""
        try:
            found = os.lstat(path)
        except (OSError, ValueError):  # no such file, or a name that no file can have
            return None
        return Look(found.st_mtime_ns, found.st_size, found.st_ino)

    def list(self, folder: Path, suffix: str) -> Iterator[Path]:
        """Direct children of a folder with this suffix, by name; hidden files are not ours."""
        with os.scandir(folder) as entries:
            names = sorted(
                e.name for e in entries if e.name.endswith(suffix) and not e.name.startswith(".")
            )
        for name in names:
            yield folder / name

    def is_plain(self, path: Path) -> bool:
        """Whether this is a regular file and no link."""
        try:
            return stat.S_ISREG(os.lstat(path).st_mode)
        except (OSError, ValueError):
            return False

    def is_folder(self, path: Path) -> bool:
        """Whether this is a folder."""
        try:
            return stat.S_ISDIR(os.stat(path).st_mode)
        except (OSError, ValueError):
            return False

    def modified(self, path: Path) -> float:
        """When the file was last written, in seconds since 1970."""
        return os.stat(path).st_mtime

    def may_write(self, path: Path) -> bool:
        """Whether we may change a file, or put files into a folder."""
        return os.access(path, os.W_OK | os.X_OK if self.is_folder(path) else os.W_OK)

    # Writing

    def write_atomic(self, path: Path, data: bytes, mode: int | None = None) -> None:
        """Write a whole file: temp file, fsync, read back, rename, fsync of the folder.

        Until the rename the old file is untouched; a failure leaves no half file behind.

        Raises:
            OSError: what was read back is not what was written, or any call failed.
        """
        if mode is None:
            mode = self._file_mode(path)
        temp, fd = self._temporary(path, mode)
        try:
            try:
                if hasattr(os, "fchmod"):
                    os.fchmod(fd, mode)
                self._put(fd, data)
                os.fsync(fd)
                os.lseek(fd, 0, os.SEEK_SET)
                if self._rest(fd, len(data) + 1) != data:
                    raise OSError("the disk gave back something else than was written")
            finally:
                os.close(fd)
            os.replace(temp, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temp)
            raise
        self.sync_folder(path.parent)

    def _temporary(self, path: Path, mode: int) -> tuple[Path, int]:
        """A new file beside another; two machines may have processes of one number."""
        temp = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}{TEMPORARY}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return temp, os.open(temp, flags, mode)

    def _put(self, fd: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]

    def _rest(self, fd: int, most: int) -> bytes:
        parts = []
        while most > 0 and (part := os.read(fd, min(most, 1 << 18))):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)

    def _file_mode(self, path: Path) -> int:
        """That of the file that is replaced; else a team's in a team's folder, else private."""
        with suppress(OSError):
            return stat.S_IMODE(os.stat(path).st_mode) & TEAM_FILE  # a group's, never everybody's
        return TEAM_FILE if self._is_team(path.parent) else PRIVATE_FILE

    def _is_team(self, folder: Path) -> bool:
        with suppress(OSError):
            return bool(os.stat(folder).st_mode & stat.S_ISGID)
        return False

    def write_loose(self, path: Path, data: bytes) -> None:
        """Write a whole file that nothing rests on: replaced at once, not waited for."""
        mode = TEAM_FILE if self._is_team(path.parent) else PRIVATE_FILE
        temp, fd = self._temporary(path, mode)
        try:
            try:
                if hasattr(os, "fchmod"):
                    os.fchmod(fd, mode)
                self._put(fd, data)
            finally:
                os.close(fd)
            os.replace(temp, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temp)
            raise

    def unfinished(self, folder: Path, name: str = "") -> tuple[Path, ...]:
        """Temp files of a folder, or of one file: of writers who are at it, or were killed."""
        with os.scandir(folder) as entries:
            names = [e.name for e in entries]
        fits = (n for n in names if n.startswith(f".{name}") and n.endswith(TEMPORARY))
        return tuple(folder / n for n in sorted(fits))

    def sync_folder(self, folder: Path) -> None:
        """Make a rename durable; Windows cannot open a folder, and needs nothing."""
        if os.name != "posix":
            return
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def create(self, path: Path, data: bytes, mode: int | None = None) -> None:
        """Write a file that must not exist yet.

        Raises:
            FileExistsError: it does.
        """
        if self.look(path) is not None:
            raise FileExistsError(path)
        self.write_atomic(path, data, mode)

    def make_folder(self, path: Path, mode: int | None = None) -> None:
        """Make a folder and those above it; beneath a team's folder it is the team's."""
        given = mode
        if mode is None:
            mode = TEAM_FOLDER if self._is_team(path.parent) else PRIVATE_FOLDER
        try:
            os.mkdir(path, mode)
            self.sync_folder(path.parent)
        except FileNotFoundError:
            if path.parent == path:
                raise
            self.make_folder(path.parent, given)  # which says whose it is
            self.make_folder(path, given)
            return
        except FileExistsError:
            if not self.is_folder(path):
                raise
        with suppress(OSError):
            if stat.S_IMODE(os.stat(path).st_mode) != mode and mode == TEAM_FOLDER:
                os.chmod(path, mode)

    def remove(self, path: Path) -> None:
        """Remove a file; one that is gone already is fine."""
        with suppress(FileNotFoundError):
            os.unlink(path)

    def touch(self, path: Path) -> None:
        """Say with the time of a file that somebody is still there."""
        os.utime(path)

    # Files that only grow

    def open_growing(self, path: Path) -> int:
        """Open a file of one's own to add to its end; made when it is not there.

        Returns:
            A handle for `grow`, `still_there` and `close`.
        """
        mode = TEAM_FILE if self._is_team(path.parent) else PRIVATE_FILE
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL
        fd = os.open(path, flags | getattr(os, "O_BINARY", 0), mode)
        if hasattr(os, "fchmod"):
            os.fchmod(fd, mode)
        self.sync_folder(path.parent)
        return fd

    def grow(self, handle: int, data: bytes) -> None:
        """Add to the end and wait until it is on the disk."""
        self._put(handle, data)
        getattr(os, "fdatasync", os.fsync)(handle)

    def still_there(self, handle: int, path: Path) -> bool:
        """Whether the name still leads to the file that is open: somebody may have removed it."""
        with suppress(OSError):
            here, named = os.fstat(handle), os.stat(path)
            return (here.st_ino, here.st_dev) == (named.st_ino, named.st_dev)
        return False

    def close(self, handle: int) -> None:
        """Close a file that grew."""
        with suppress(OSError):
            os.close(handle)


disk = Disk()
