"""Every call that touches the disk, in one place: tests put a simulated disk under it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class Disk:
    """The real disk. A test replaces `disk` with another object of this shape."""

    def read(self, path: Path, limit: int) -> bytes:
        """Read a regular file of at most `limit` bytes; one byte more tells that it is larger."""
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(f"not a regular file: {path.name}")
            with os.fdopen(fd, "rb", closefd=False) as file:
                return file.read(limit + 1)
        finally:
            os.close(fd)

    def write_atomic(self, path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
        """Write a whole file: temp file, fsync, rename, fsync of the folder.

        Until the rename the old file is untouched; a failure leaves no half file behind.
        """
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode) & 0o660  # shared by a group, never by all
        temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with suppress(FileNotFoundError):
            temp.unlink()
        fd = os.open(temp, flags, mode)
        try:
            try:
                if hasattr(os, "fchmod"):
                    os.fchmod(fd, mode)
                view = memoryview(data)
                while view:
                    view = view[os.write(fd, view) :]
                os.fsync(fd)
            finally:
                os.close(fd)
            temp.replace(path)
        except BaseException:
            with suppress(OSError):
                temp.unlink()
            raise
        self.sync_folder(path.parent)

    def sync_folder(self, folder: Path) -> None:
        """Make a rename durable; Windows cannot open a folder, and needs nothing."""
        if os.name != "posix":
            return
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def create(self, path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
        """Write a file that must not exist yet.

        Raises:
            FileExistsError: it does.
        """
        if path.exists() or path.is_symlink():
            raise FileExistsError(path)
        self.write_atomic(path, data, mode)

    def make_folder(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        """Make a folder and those above it."""
        path.mkdir(mode=mode, parents=True, exist_ok=True)

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
        except (OSError, ValueError):  # no such file, or a name that no file can have
            return False

    def modified(self, path: Path) -> float:
        """When the file was last written, in seconds since 1970."""
        return path.stat().st_mtime


disk = Disk()
