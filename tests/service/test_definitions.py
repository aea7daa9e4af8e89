"""Definitions told to people and programs, begun by authors, and kept beside their cases."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.errors import CimError, UsageError
from cim_tui.core.language import Condition
from cim_tui.core.workflow import Workflow
from cim_tui.service.authoring import copy_workflow, new_workflow
from cim_tui.service.case import Case
from cim_tui.service.definitions import MODELS, describe, in_words, lint_all, schema
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase, start
from cim_tui.store.workflows import Library

# In words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"fact": "level", "is": "one"}, "level"),
        ({"fact": "level", "in": ["one", "two"]}, " or "),
        ({"field": "letter.tier", "is-not": "big"}, "not"),
        ({"field": "letter.note", "answered": True}, "answered"),
        (
            {"all": [{"fact": "year", "at-least": 2024}, {"field": "letter.sure", "is": True}]},
            " and ",
        ),
        (
            {"any": [{"fact": "year", "is": 2024}, {"not": {"field": "letter.sure", "is": True}}]},
            " or ",
        ),
    ],
)
def test_a_condition_is_a_sentence_whatever_the_answers_are(
    trial: Workflow, condition: dict[str, Any], words: str
) -> None:
    assert words in in_words(trial, Condition.checked(condition))


def test_no_condition_has_no_words(trial: Workflow) -> None:
    assert in_words(trial, None) == ""


# For programs


@pytest.mark.parametrize("kind", ["workflow", *MODELS])
def test_every_kind_of_file_has_a_schema_that_editors_can_read(kind: str) -> None:
    found = json.loads(json.dumps(schema(kind)))

    assert found["$schema"].startswith("https://json-schema.org/")
    assert found["properties"]
    assert found["additionalProperties"] is False


def test_keys_of_a_schema_are_those_of_the_files() -> None:
    text = json.dumps(schema("activity"))

    for key in ("applies-when", "rows-from", "have-ready", "about-minutes", "is-not", "at-least"):
        assert f'"{key}"' in text


def test_a_described_field_says_what_it_takes(trial: Workflow) -> None:
    described = json.loads(json.dumps(describe(trial)))

    fields = described["steps"][0]["activities"][0]["fields"]
    tier = next(f for f in fields if f["address"] == "gather.letter.tier")
    assert tier["choices"] == [
        {"id": "big", "label": "Big one"},
        {"id": "small", "label": "Small one"},
    ]
    more = next(f for f in fields if f["address"] == "gather.letter.more")
    assert "Tier" in more["applies_when"] or "tier" in more["applies_when"]


# For authors


@pytest.fixture
def author(desk: Desk, tmp_path: Path) -> Desk:
    """Somebody with a workflows folder of their own."""
    return dataclasses.replace(desk, env={"CIM_WORKFLOWS": str(tmp_path / "own")})


def test_a_new_workflow_lints_clean_from_the_first_moment(author: Desk, tmp_path: Path) -> None:
    made = new_workflow(author, "our-plan")

    assert [path.name for path in made] == ["our-plan.toml", "our-plan-first.toml"]
    assert lint_all(Library((tmp_path / "own",))) == []


def test_a_copied_workflow_has_a_name_of_its_own_and_the_same_activities(
    author: Desk, tmp_path: Path
) -> None:
    copy_workflow(author, "trial", "our-trial")

    library = Library((*author.library.folders, tmp_path / "own"))
    assert list(library.workflow("our-trial").fields) == list(library.workflow("trial").fields)


@pytest.mark.parametrize("name", ["trial", "Our Plan", "../x", "", "a/b"])
def test_a_workflow_gets_a_good_name_that_is_not_taken(
    author: Desk, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError):
        new_workflow(author, name)

    assert not (tmp_path / "own").exists()


def test_a_file_of_an_author_is_never_overwritten(author: Desk, tmp_path: Path) -> None:
    first = new_workflow(author, "our-plan")[0]
    first.write_text("mine", "utf-8")

    with pytest.raises(CimError, match="already"):
        new_workflow(author, "our-plan")

    assert first.read_text("utf-8") == "mine"


def test_without_a_folder_of_ones_own_it_is_said_how_to_name_one(desk: Desk) -> None:
    with pytest.raises(UsageError, match="CIM_WORKFLOWS"):
        new_workflow(desk, "our-plan")


# Kept beside the cases


def test_a_users_own_definition_is_kept_beside_its_cases(case: Case, desk: Desk) -> None:
    beside = Library((desk.folder.path / "workflows",))

    assert beside.workflow("trial", "1").digest == case.workflow.digest


def test_a_case_can_be_opened_where_only_its_folder_is(case: Case, desk: Desk) -> None:
    beside = Library((desk.folder.path / "workflows",))

    opened = dataclasses.replace(desk, library=beside).open(case.id)

    assert opened.has_definition
    assert list(opened.workflow.fields) == list(case.workflow.fields)


def test_a_definition_changed_in_place_does_not_change_what_older_cases_are_kept_with(
    case: Case, desk: Desk
) -> None:
    first = case.workflow.digest
    path = desk.library.folders[0] / "activities" / "goals.toml"
    path.write_text(path.read_text("utf-8").replace('type = "text"', 'type = "date"'), "utf-8")
    changed = dataclasses.replace(desk, library=Library(desk.library.folders))
    second = start(changed, NewCase(lea="Owl Creek", workflow="trial", year=2025))
    assert second.workflow.digest != first

    beside = Library((desk.folder.path / "workflows",))

    assert beside.workflow("trial", "1").digest == first
    assert beside.workflow("trial", "1", second.workflow.digest).digest == second.workflow.digest
    again = dataclasses.replace(
        changed, library=Library((*desk.library.folders, desk.folder.path / "workflows"))
    )
    assert again.open(case.id).workflow.digest == first
    assert again.open(second.id).workflow.digest == second.workflow.digest
