"""The folder that cases lie in: who else may write there, and making it for one or for a team."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cim_tui.core.errors import ReadOnly, UsageError
from cim_tui.core.text import one_line, shorten
from cim_tui.store.fsops import PRIVATE_FILE, PRIVATE_FOLDER, TEAM_FILE, TEAM_FOLDER


class Fault(NamedTuple):
    """Something about a folder or a file that others could use."""

    path: Path
    why: str


def unsafe(folder: Path, *below: Path) -> list[Fault]:
    """Why nothing may be written into a folder of cases; nothing when it may.

    Args:
        folder: the folder of the cases.
        below: folders in it that would be written to.
    """
    if os.name != "posix":
        return []
    found = []
    with suppress(OSError, ValueError):
        link = os.lstat(folder)
        if stat.S_ISLNK(link.st_mode) and link.st_uid not in (os.geteuid(), 0):
            found.append(Fault(folder, "is a link that somebody else made; name the folder itself"))
    for place in (folder, folder / ".cim", *below):
        with suppress(OSError, ValueError):
            look = os.lstat(place)
            if stat.S_ISLNK(look.st_mode) and place != folder:
                found.append(Fault(place, "is a link; put the folder itself there"))
            elif stat.S_IMODE(place.stat().st_mode) & stat.S_IWOTH:
                found.append(Fault(place, OPEN))
    return list(dict.fromkeys(found))


OPEN = (
    "can be written to by everybody on this machine, so anybody could change a case unseen; "
    "cim init DIR makes it private, cim init --team GROUP DIR shares it with a group"
)


def refuse_unsafe(folder: Path, *below: Path) -> None:
    """See that cases may be written into a folder.

    Raises:
        ReadOnly: everybody may write there, or a link leads somewhere else; with the reason.
    """
    for fault in unsafe(folder, *below):
        raise ReadOnly(f"{one_line(str(fault.path))} {fault.why}")


class Made(NamedTuple):
    """A folder that was made, or brought into order."""

    path: Path
    new: bool
    changed: int
    """How many files and folders in it have other permissions now."""
    foreign: int
    """How many belong to somebody else and stayed as they were."""


def lay(folder: Path, group: str = "") -> Made:
    """Make a folder for cases: private, or a team's.

    Args:
        folder: where; one that is there already is brought into order, with what lies in it.
        group: the team's group; empty for a private folder.

    Raises:
        UsageError: no such group, or something else stands there.
        ReadOnly: the machine does not let us.
    """
    if os.name != "posix":
        raise UsageError(
            "Folders for a team are made with the permissions of this system, not here"
        )
    number = _group(group) if group else None
    folder_mode, file_mode = (
        (TEAM_FOLDER, TEAM_FILE) if number is not None else (PRIVATE_FOLDER, PRIVATE_FILE)
    )
    shown = shorten(str(folder), 120)
    new = not os.path.lexists(folder)
    if not new and (folder.is_symlink() or not folder.is_dir()):
        raise UsageError(f"{shown} is there and is no folder")
    try:
        if new:
            folder.mkdir(PRIVATE_FOLDER, parents=True)
        made = _bring_into_order(folder, number, folder_mode, file_mode)
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or wrong
        belongs = f"; you have to belong to the group {group}" if group else ""
        raise ReadOnly(f"{shown} cannot be made so: {why}{belongs}") from wrong
    if stat.S_IMODE(folder.stat().st_mode) != folder_mode:
        raise ReadOnly(
            f"{shown}: this disk does not keep the permissions that are needed; cim doctor "
            "--verify-fs tells more"
        )
    return made._replace(new=new)


def _group(name: str) -> int:
    import grp

    try:
        return grp.getgrnam(name).gr_gid
    except (KeyError, ValueError, OSError) as wrong:
        raise UsageError(f"There is no group “{shorten(name, 40)}” on this machine") from wrong


def _bring_into_order(folder: Path, group: int | None, folder_mode: int, file_mode: int) -> Made:
    changed = foreign = 0
    _set(folder, group, folder_mode)
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not Path(above, name).is_symlink()]
        for name, mode in (*((n, folder_mode) for n in folders), *((n, file_mode) for n in files)):
            path = Path(above, name)
            look = path.lstat()
            if not (stat.S_ISREG(look.st_mode) or stat.S_ISDIR(look.st_mode)):
                continue
            if look.st_uid != os.geteuid():
                foreign += 1
                continue
            if stat.S_IMODE(look.st_mode) != mode or group not in (None, look.st_gid):
                _set(path, group, mode)
                changed += 1
    return Made(folder, False, changed, foreign)


def _set(path: Path, group: int | None, mode: int) -> None:
    if group is not None:
        os.chown(path, -1, group, follow_symlinks=False)
    path.chmod(mode)
