"""What a save costs against what the disk itself takes, in wall time: the disk decides."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from random import Random

from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.keeper import Keeper
from tests.bench.table import Row

ROUNDS = 200


def save_row(folder: Path) -> Row:
    """A save's durable part against an append and fdatasync in the folder of the journals."""
    path = next(folder.glob("*.toml"))
    keeper = Keeper(
        path, sessions.read(path).doc, "bench", lambda: "2026-01-01T00:00:00Z",
        Random(1),  # noqa: S311 - nothing secret is drawn from it
    )  # fmt: skip
    keeper.acknowledge(Session(keeper.state).with_value("gather.bench.x", "begun").doc)
    fd = os.open(keeper.folder / "append.bin", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    base, ours = [], []
    for number in range(ROUNDS):
        start = time.perf_counter()
        os.write(fd, b"x" * 200)
        os.fdatasync(fd)
        base.append(time.perf_counter() - start)
        changed = Session(keeper.state).with_value("gather.bench.x", f"word {number}").doc
        start = time.perf_counter()
        keeper.acknowledge(changed)
        ours.append(time.perf_counter() - start)
    keeper.close()
    os.close(fd)
    (keeper.folder / "append.bin").unlink()
    took, least = statistics.median(ours), statistics.median(base)
    note = f"{took * 1000:.2f} against {least * 1000:.2f} ms"
    return Row("a save's durable part", took / least, 4.0, "append + fdatasync", note)
