"""The workflows that are shipped: sound, and usable from the first minute of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cim_tui.core.language import Bundle
from cim_tui.core.progress import assess
from cim_tui.core.session import Session
from cim_tui.core.situation import Situation
from cim_tui.core.words import STEP_STATE
from cim_tui.core.workflow import Workflow
from cim_tui.service.definitions import describe, lint_all
from cim_tui.store import toml
from cim_tui.store.workflows import Library
from tests.conftest import REPO

LIBRARY = Library((REPO / "workflows",))
IDS = LIBRARY.workflow_ids()
YEARS = [int(year) for year in LIBRARY.ids("calendar")]
each_workflow = pytest.mark.parametrize("name", IDS)


def session(workflow: Workflow, **facts: Any) -> Session:
    return Session(
        {
            "schema": 1,
            "uid": "q7m2x4k9c3bd",
            "id": "quail-ridge",
            "lea": {"name": "Quail Ridge Unified"},
            "case": {"workflow": workflow.id, "edition": workflow.edition, **facts},
        }
    )


def test_there_are_workflows_and_calendars() -> None:
    assert IDS
    assert YEARS


def test_no_definition_has_an_error() -> None:
    errors = [str(found) for found in lint_all(LIBRARY) if found.severity == "error"]

    assert errors == []


@each_workflow
@pytest.mark.parametrize("year", [None, *YEARS, 2100])
def test_an_empty_case_stands_somewhere_in_every_year_and_at_every_level(
    name: str, year: int | None
) -> None:
    workflow = LIBRARY.workflow(name)
    for level in (None, *workflow.spec.levels):
        facts = {key: value for key, value in (("year", year), ("level", level)) if value}
        situation = Situation(
            workflow, session(workflow, **facts), date(2025, 11, 3), LIBRARY.calendar(year)
        )

        progress = assess(situation)

        assert {step.state for step in progress.steps.values()} <= set(STEP_STATE)
        assert not progress.complete


@each_workflow
def test_the_first_thing_to_do_is_something_that_can_be_answered(name: str) -> None:
    workflow = LIBRARY.workflow(name)
    situation = Situation(workflow, session(workflow, year=2025), date(2025, 11, 3), None)

    following = assess(situation).next

    assert following is not None
    assert following.severity == "error"
    assert following.message


@each_workflow
def test_the_first_step_can_be_worked_on_at_once(name: str) -> None:
    workflow = LIBRARY.workflow(name)
    situation = Situation(workflow, session(workflow, year=2025), date(2025, 11, 3), None)

    assert next(iter(assess(situation).steps.values())).state == "not-started"


@each_workflow
def test_a_workflow_copied_into_one_file_means_the_same(name: str) -> None:
    workflow = LIBRARY.workflow(name)

    text = toml.dump(workflow.bundle())
    bundle = Bundle.checked(toml.load(text, "bundle"))
    again = Workflow(bundle.workflow, bundle.activities, bundle.lists)

    assert again.digest == workflow.digest
    assert list(again.fields) == list(workflow.fields)


@each_workflow
def test_a_workflow_can_be_described_to_other_programs(name: str) -> None:
    described = describe(LIBRARY.workflow(name))

    addresses = [f["address"] for s in described["steps"] for a in s["activities"]
                 for f in a["fields"]]  # fmt: skip
    assert addresses == list(LIBRARY.workflow(name).fields)
    assert all(f["source"]["tag"] in ("published", "practice", "to-verify")
               for s in described["steps"] for a in s["activities"] for f in a["fields"])  # fmt: skip


def test_no_needed_requirement_from_practice_is_without_a_reason() -> None:
    silent = [
        field.address
        for name in IDS
        for field in LIBRARY.workflow(name).fields.values()
        if field.spec.required and field.spec.severity == "error"
        and not field.spec.because
        and (field.spec.source is None or field.spec.source.tag != "published")
    ]  # fmt: skip

    assert silent == []
