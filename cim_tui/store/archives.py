"""Closed journals put together when they are many, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from cim_tui.store import journal
from cim_tui.store.fsops import disk
from cim_tui.store.journal import ARCHIVE

LOOSE = 32
"""Closed journals of a case that are kept as files of their own; more become one archive."""
ARCHIVES = 16 * 1024 * 1024
"""Bytes of archives that are kept of one case; the oldest go first."""


def loose_in(folder: Path) -> list[Path]:
    """Journals that are files of their own."""
    return [p for p in journal.files(folder) if not p.stem.startswith(ARCHIVE)]


def put_together(
    paths: list[Path], name: str, seen: Mapping[str, int], in_use: Callable[[str], bool]
) -> list[str] | None:
    """Put closed journals into one archive, and remove them.

    Args:
        paths: journals, all in one folder.
        name: of the archive, without its prefix.
        seen: how far what is written contains each writer's records; one that holds more stays.
        in_use: whether a writer may still add to its journal.

    Returns:
        The writers whose journals are in the archive alone; None where there was nothing to do.

    Raises:
        OSError: the archive is not there, or not all that is in it was removed.
    """
    closed: dict[Path, bytes] = {}
    for path in paths:
        if in_use(path.stem):
            continue
        data = disk.read(path, journal.LONGEST)
        records = journal.records_of(data)
        if not records or records[-1].n <= seen.get(path.stem, 0):
            closed[path] = data if data.endswith(b"\n") else data + b"\n"  # a torn last line
    if not any(closed.values()):
        return None
    folder = paths[0].parent
    disk.write_atomic(folder / f"{ARCHIVE}{name}{journal.SUFFIX}", b"".join(closed.values()))
    gone = []
    for path, data in closed.items():
        look = disk.look(path)
        if look is None or look.size > len(data):  # somebody woke up who had seemed dead
            continue
        gone.append(path.stem)
        disk.remove(path)
    _keep_within_bounds(folder)
    return gone


def _keep_within_bounds(folder: Path) -> None:
    archives = [p for p in journal.files(folder) if p.stem.startswith(ARCHIVE)]
    looks = {path: disk.look(path) for path in archives}
    known = [(look.modified, look.size, path) for path, look in looks.items() if look]
    total = sum(size for _, size, _ in known)
    for _, size, path in sorted(known)[:-1]:
        if total <= ARCHIVES:
            return
        disk.remove(path)
        total -= size
