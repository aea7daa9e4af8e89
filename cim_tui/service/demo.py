"""The worked examples: one case of each process, each at another stage. Nobody in them exists."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from cim_tui.core.session import Session
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.store import sessions, toml

FIRST = "intensive"
"""The example that stands for all of them: Quail Ridge Unified, half way through."""

WRITTEN_ON = "written-on"
"""The key of an example that says on which day it was at its stage; no case has it."""

_EXAMPLES = resources.files("cim_tui.service").joinpath("examples")


def example_names() -> list[str]:
    """The processes that have an example, the first one first."""
    found = (entry.name for entry in _EXAMPLES.iterdir())
    names = sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))
    return sorted(names, key=lambda name: name != FIRST)


def example(name: str, today: date) -> Session:
    """The worked example of a process, its dates as near to today as they were when it was written.

    Args:
        name: the process's id.
        today: the day.
    """
    doc = toml.load(_EXAMPLES.joinpath(f"{name}.toml").read_bytes(), name)
    later = today - doc.pop(WRITTEN_ON)
    for table in ("step", "activity"):
        _move_dates(doc.get(table, {}), later)
    return Session(doc)


def _move_dates(table: dict[str, Any], later: timedelta) -> None:
    """Move due and target dates along, so that no example is years late."""
    for key, value in table.items():
        if isinstance(value, dict):
            _move_dates(value, later)
        elif key in ("due", "target") and isinstance(value, date):
            table[key] = value + later


def make_demo(desk: Desk, folder: Path, name: str = FIRST) -> Case:
    """Write the worked example of a process into a folder and open it.

    Args:
        desk: whose day and definitions it takes.
        folder: where to; made when it is not there.
        name: the process's id.
    """
    session = example(name, desk.today)
    workflow = desk.library.workflow(session.workflow)
    for fact in ("edition", "digest"):
        session = session.with_fact(fact, getattr(workflow, fact))
    sessions.prepare(folder)
    path = sessions.write(folder, session, new=True)
    return desk.take_up(path, sessions.read(path))
