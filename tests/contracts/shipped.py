"""The definitions that come with the program, whole or with one fault planted in them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cim_tui.core.language import ActivityFile, CalendarFile, CriteriaFile, ListFile, WorkflowFile
from cim_tui.core.session import Session, put
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Workflow
from cim_tui.store import toml
from cim_tui.store.workflows import Library

FOLDER = Path(__file__).resolve().parents[2] / "workflows"
DAY = date(2025, 11, 3)
KINDS: dict[str, tuple[str, Any]] = {
    "workflow": ("", WorkflowFile),
    "activity": ("activities", ActivityFile),
    "list": ("lists", ListFile),
    "calendar": ("calendars", CalendarFile),
    "criteria": ("criteria", CriteriaFile),
}


class Definitions:
    """Every shipped definition, as a case sees it.

    Args:
        library: where they are read.
    """

    def __init__(self, library: Library) -> None:
        self.library = library

    def __getitem__(self, name: str) -> Workflow:
        return self.library.workflow(name)

    def names(self) -> list[str]:
        """Ids of the workflows."""
        return self.library.workflow_ids()

    def case(self, name: str, answers: dict[str, Any] | None = None, **facts: Any) -> Situation:
        """A case with these answers, by address, and these facts; the year is 2023 unless given."""
        workflow = self[name]
        facts = {"year": 2023, **facts}
        session = Session(
            {
                "schema": 1, "uid": "abcdefghijkl", "id": "cedar-flat",
                "lea": {"name": "Cedar Flat Unified"},
                "case": {"workflow": name, "edition": workflow.edition, **facts},
            }
        )  # fmt: skip
        for address, value in (answers or {}).items():
            session = session.with_entry(("answers", *address.split(".")), value)
        return Situation(workflow, session, DAY, self.library.calendar(facts["year"]))


@cache
def shipped() -> Definitions:
    """The definitions as they are shipped."""
    return Definitions(Library((FOLDER,), trusted=FOLDER))


def doc_of(kind: str, name: str) -> dict[str, Any]:
    """A definition file as a document."""
    under, _ = KINDS[kind]
    path = FOLDER / under / f"{name}.toml"
    return toml.load(path.read_bytes(), path.name)


def planted(kind: str, name: str, path: str, value: Any = None) -> Definitions:
    """The shipped definitions with one key changed, or taken away.

    Args:
        kind: of the file.
        name: its id.
        path: keys joined by dots.
        value: what stands there; None takes it away.

    Raises:
        ValueError: the language itself refuses it.
    """
    changed = put(doc_of(kind, name), tuple(path.split(".")), value)
    assert changed != doc_of(kind, name), f"{kind} {name} has no {path} to change"
    library = Library((FOLDER,), trusted=FOLDER)
    library._parsed[f"{kind}:{name}"] = KINDS[kind][1].checked(changed)
    return Definitions(library)
