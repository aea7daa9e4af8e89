"""A released edition of a workflow means what it meant when it was released."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli

from cim_tui.store.workflows import Library

ROOT = Path(__file__).resolve().parents[2]
RELEASED: dict[str, dict[str, str]] = tomli.loads(
    Path(__file__).with_name("released.toml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library((ROOT / "workflows",))


EDITIONS = [(name, edition) for name, known in RELEASED.items() for edition in known]


@pytest.mark.parametrize(("name", "edition"), EDITIONS)
def test_a_released_edition_keeps_its_meaning(library: Library, name: str, edition: str) -> None:
    now = library.workflow(name, edition).digest

    assert now == RELEASED[name][edition], (
        f"{name}, edition {edition}, means something else now: give it a new edition, "
        f"or, before the first release, write {now} into released.toml"
    )


def test_every_shipped_workflow_has_a_released_digest(library: Library) -> None:
    shipped = {(name, library.workflow(name).edition) for name in library.workflow_ids()}

    assert shipped <= set(EDITIONS)


def test_a_changed_requirement_is_a_change_of_meaning(library: Library) -> None:
    workflow = library.workflow("intensive")
    activity = workflow.activities["cim-team"].spec
    field = activity.fields["members"]
    changed: dict[str, Any] = {**activity.fields, "members": replace(
        field, required=not field.required)}  # fmt: skip
    other = Library((ROOT / "workflows",))
    other._parsed["activity:cim-team"] = replace(activity, fields=changed)

    assert other.workflow("intensive").digest != workflow.digest
