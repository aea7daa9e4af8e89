"""The worked examples: one of each process, sound, near today, each at another stage."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest

from cim_tui.core.problems import READABLE
from cim_tui.service.case import Case
from cim_tui.service.demo import FIRST, WRITTEN_ON, example, example_names, make_demo
from cim_tui.service.desk import Desk
from cim_tui.store import toml
from cim_tui.store.paths import definitions_folder
from cim_tui.store.workflows import Library
from tests.core.builders import TODAY

EACH = pytest.mark.parametrize("name", example_names())


@pytest.fixture
def shipped(desk: Desk) -> Desk:
    """A desk with the definitions that come with the program."""
    return dataclasses.replace(desk, library=Library((definitions_folder(),)))


def opened(desk: Desk, name: str, tmp_path: Path) -> Case:
    return make_demo(desk, tmp_path / "demo", name)


def test_each_shipped_process_has_an_example_and_the_first_one_comes_first(shipped: Desk) -> None:
    assert sorted(example_names()) == shipped.library.workflow_ids()
    assert example_names()[0] == FIRST


@EACH
def test_the_day_it_was_written_does_not_land_in_the_file(
    shipped: Desk, name: str, tmp_path: Path
) -> None:
    case = opened(shipped, name, tmp_path)

    assert WRITTEN_ON not in toml.load(case.path.read_bytes(), name)
    assert case.session.is_example
    assert case.session.fact("digest") == case.workflow.digest


@EACH
@pytest.mark.parametrize("today", [date(2025, 11, 3), date(2026, 2, 28), date(2031, 7, 1)], ids=str)
def test_no_example_is_late_whatever_the_day(
    shipped: Desk, name: str, today: date, tmp_path: Path
) -> None:
    case = opened(dataclasses.replace(shipped, as_of=today), name, tmp_path)

    assert not any(step.late for step in case.progress.steps.values())
    following = case.progress.next_due
    assert following is not None
    assert following.due is not None
    assert today <= following.due <= today + timedelta(days=60)


@EACH
def test_every_answer_of_an_example_can_be_read_and_none_is_kept_aside(
    shipped: Desk, name: str, tmp_path: Path
) -> None:
    case = opened(shipped, name, tmp_path)

    assert [str(p) for p in case.progress.problems if p.source is READABLE] == []
    assert case.progress.parked == []


def test_the_examples_stand_at_different_stages(shipped: Desk, tmp_path: Path) -> None:
    stages = {
        name: (current.step.number, current.activities.met, len(case.workflow.steps))
        for name in example_names()
        for case in [opened(shipped, name, tmp_path)]
        for current in [case.progress.current]
        if current is not None
    }

    assert len(set(stages.values())) == len(example_names()), stages
    assert {step for step, _, _ in stages.values()} == {1, 2, 3}


def test_dates_move_with_the_day_and_answers_do_not() -> None:
    before, after = example(FIRST, TODAY), example(FIRST, TODAY + timedelta(days=10))

    assert after.at("step", "plan", "due") - before.at("step", "plan", "due") == timedelta(days=10)
    assert after.at("answers") == before.at("answers")
