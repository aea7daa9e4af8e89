"""A desk with a workflow of its own, and cases on a real disk."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.workflow import Workflow
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase, start
from cim_tui.store import toml
from cim_tui.store.paths import Folder, Settings
from cim_tui.store.workflows import Library
from tests.core.builders import (
    GOOD,
    NEEDED,
    PRACTICE,
    PUBLISHED,
    TODAY,
    activity_doc,
    chance,
    workflow_doc,
)

TIER = {"type": "choice", "choices": {"big": "Big one", "small": "Small one"}}
MEMBERS: dict[str, Any] = {
    "columns": {"name": {}, "role": TIER, "years": {"type": "integer"}},
    "one": "member", "label": "Team members",
}  # fmt: skip
SIGNS = [{"role": "lead", "title": "the lead", "source": PUBLISHED}]
ACTIVITIES: dict[str, Any] = {
    "gather.letter": {
        "fields": {
            "received": {"type": "date", **NEEDED},
            "tier": TIER,
            "level": {"type": "choice", "choices": "levels", "fact": "level"},
            "note": {"type": "long-text", **GOOD},
            "cost": {"type": "money"},
            "double": {"type": "calculated", "calculate": {"sum": ["cost", "cost"]}},
            "parts": {"type": "choices", "choices": {"a": "First", "b": "Second"}},
            "sure": {"type": "yes-no"},
            "more": {"applies-when": {"field": "tier", "is": "big"}},
        },
        "always": True,
    },
    "gather.team": {
        "fields": {
            "members": MEMBERS,
            "lead": {"type": "reference", "to": "members"},
            "readers": {"type": "people"},
            "proof": {"type": "evidence"},
            "tasks": {"columns": {"what": {}}, "parent": "members"},
            "given": {
                "columns": {"of": {"type": "choice", "choices": "list:areas"}, "note": {}},
                "rows-from": {"list": "areas"},
            },
        }
    },
    "plan.goals": {"fields": {"goal": NEEDED}},
}
EXTRA = {
    "levels": {"one": {"title": "Level one"}, "two": {"title": "Level two"}},
    "roster": "team.members",
    "aims": ["To try it out"],
    "resources": [{"title": "Monitoring", "at": "https://caltan.info/monitoring"}],
}
AREAS = {"id": "areas", "title": "Areas", "source": PRACTICE,
         "items": {"read": "Reading", "math": "Mathematics"}}  # fmt: skip


def write_definitions(folder: Path) -> None:
    """The trial workflow as files."""
    for name in ("activities", "lists"):
        (folder / name).mkdir(parents=True)
    steps = {"gather": {"signatures": SIGNS}}
    whole = workflow_doc(ACTIVITIES, steps, **EXTRA)
    (folder / "trial.toml").write_bytes(toml.dump(whole))
    (folder / "lists" / "areas.toml").write_bytes(toml.dump(AREAS))
    for address, spec in ACTIVITIES.items():
        key = address.partition(".")[2]
        path = folder / "activities" / f"{key}.toml"
        path.write_bytes(toml.dump(activity_doc(key, spec)))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Somebody at work: a folder for cases, the trial workflow, a day and a name."""
    definitions, cases = tmp_path / "definitions", tmp_path / "sessions"
    write_definitions(definitions)
    return Desk(
        folder=Folder(cases, "the test"),
        library=Library((definitions,)),
        settings=Settings(),
        by="Rosa",
        as_of=TODAY,
        env={},
        chance=chance(),
    )


@pytest.fixture
def trial(desk: Desk) -> Workflow:
    """The trial workflow, put together."""
    return desk.library.workflow("trial")


@pytest.fixture
def case(desk: Desk) -> Case:
    """A new case on the disk, opened."""
    return start(desk, NewCase(lea="Quail Ridge", workflow="trial", year=2025))


@pytest.fixture
def tomorrow(desk: Desk) -> Desk:
    """The same desk, a day later."""
    return dataclasses.replace(desk, as_of=date(2025, 11, 4))
