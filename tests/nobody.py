"""Being somebody to whom something is forbidden, inside of this process: nothing is to root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def way_to(folder: Path) -> None:
    """Let everybody reach a folder of a test, as far as its parents are ours."""
    for place in (folder, *folder.parents):
        if place.stat().st_uid == os.geteuid() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)


@contextmanager
def asked_as_nobody() -> Iterator[None]:
    """Whoever asks the system what we may do hears what holds for a user that is not root.

    What is done is still done by us: something that is written all the same can be seen.
    """
    if os.geteuid() != 0:
        yield
        return
    import pwd

    os.setresuid(pwd.getpwnam("nobody").pw_uid, 0, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
