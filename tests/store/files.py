"""Session files for tests, and a disk whose calls fail when told to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.session import Session

TEXT = """\
schema = 1
uid = "{uid}"
id = "{id}"

[lea]
name = "Quail Ridge Unified"

[case]
workflow = "trial"
edition = "1"
year = 2025
"""
CALLS = ("open", "write", "fsync", "close", "replace")
"""What writing a file does, as the system sees it."""


def text(key: str, uid: str = "q7m2x4k9c3bd", more: str = "") -> str:
    """The text of a session file."""
    return TEXT.format(id=key, uid=uid) + more


def put_file(folder: Path, key: str, uid: str = "q7m2x4k9c3bd", more: str = "") -> Path:
    """A session file in a folder."""
    path = folder / f"{key}.toml"
    path.write_text(text(key, uid, more), "utf-8")
    return path


def session(key: str = "quail", **more: Any) -> Session:
    """A session in memory."""
    doc = {
        "schema": 1,
        "uid": "q7m2x4k9c3bd",
        "id": key,
        "lea": {"name": "Quail Ridge Unified"},
        "case": {"workflow": "trial", "edition": "1", "year": 2025},
    }
    return Session({**doc, **more})


def names(folder: Path) -> set[str]:
    """Every name in a folder, hidden ones too."""
    return {entry.name for entry in os.scandir(folder)}


@contextmanager
def failing(
    patch: pytest.MonkeyPatch, call: str, number: int, error: BaseException
) -> Iterator[list[int]]:
    """Let the n-th use of a system call fail, counted from 1; gives the list of its uses."""
    seen: list[int] = []
    real = getattr(os, call)

    def counted(*args: Any, **kwargs: Any) -> Any:
        seen.append(len(seen) + 1)
        if seen[-1] == number:
            if call == "close":  # the descriptor is gone either way, as the system has it
                real(*args, **kwargs)
            raise error
        return real(*args, **kwargs)

    with patch.context() as inner:
        inner.setattr(os, call, counted)
        yield seen
