"""A change re-evaluates only what it can affect: the checks made after one, counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from cim_tui.core import progress
from cim_tui.core.check import check_activity
from cim_tui.core.progress import assess
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Activity
from cim_tui.service.case import Case
from cim_tui.service.demo import example_names, make_demo
from cim_tui.service.desk import Desk
from cim_tui.service.edit import set_text
from cim_tui.service.start import correct, take
from cim_tui.store.paths import definitions_folder
from cim_tui.store.workflows import Library
from tests.core.builders import chance

Counter = Callable[[], list[str]]


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The activities that were checked since it was last asked."""
    made: list[str] = []

    def counting(situation: Situation, activity: Activity) -> Any:
        made.append(activity.id)
        return check_activity(situation, activity)

    def since() -> list[str]:
        found = list(made)
        made.clear()
        return found

    monkeypatch.setattr(progress, "check_activity", counting)
    return since


def opened(desk: Desk, name: str = "intensive") -> Case:
    """A worked example, checked once."""
    library = Library((definitions_folder(),), trusted=definitions_folder())
    case = make_demo(dataclasses.replace(desk, library=library), desk.folder.path, name)
    assert case.progress.steps
    return case


def test_at_first_each_activity_is_checked_once(desk: Desk, checked: Counter) -> None:
    case = opened(desk)

    assert checked() == [activity.id for activity in case.workflow.each_activity()]


@pytest.mark.parametrize(
    ("address", "text", "again"),
    [
        ("gather.cim-team.meets", "Every other Monday", {"cim-team"}),
        ("gather.webinar-and-trainings.questions", "Whom to ask", {"webinar-and-trainings"}),
        ("plan.plan-approval.signing", "On paper", {"plan-approval"}),
        ("plan.high-leverage-activities.left-out", "A tutor", {"high-leverage-activities"}),
    ],
)
def test_an_answer_that_nobody_else_reads_checks_its_own_activity_alone(
    desk: Desk, checked: Counter, address: str, text: str, again: set[str]
) -> None:
    case = opened(desk)
    checked()
    set_text(case, address, text, chance())

    assert case.progress.steps
    assert set(checked()) == again


def test_an_answer_that_others_read_checks_those_too_and_no_more(
    desk: Desk, checked: Counter
) -> None:
    case = opened(desk)
    checked()
    rows = case.session.raw("gather.parent-input.themes")
    set_text(case, f"gather.parent-input.themes.{next(iter(rows))}.theme", "Later buses", chance())

    assert case.progress.steps
    again = checked()
    assert "parent-input" in again
    assert "consolidation" in again  # it may point to a theme as its source
    assert len(again) == len(set(again)) < len(case.progress.checks) / 2


def test_looking_again_checks_nothing(desk: Desk, checked: Counter) -> None:
    case = opened(desk)
    checked()
    assert case.progress is case.progress
    assert case.progress.complete is False

    assert checked() == []


def test_several_keys_are_checked_together(desk: Desk, checked: Counter) -> None:
    case = opened(desk)
    checked()
    for length in range(1, 9):
        typed = case.session.with_value("gather.cim-team.meets", "Mondays"[:length])
        case.apply_typing(typed, "gather.cim-team.meets")

    assert case.progress.steps
    assert checked() == ["cim-team"]


def test_undo_checks_what_the_change_did(desk: Desk, checked: Counter) -> None:
    case = opened(desk)
    set_text(case, "gather.cim-team.meets", "Every other Monday", chance())
    assert case.progress.steps
    checked()
    case.undo()

    assert case.progress.steps
    assert checked() == ["cim-team"]


def test_a_fact_of_the_case_checks_everything(desk: Desk, checked: Counter) -> None:
    case = opened(desk)
    taken = dataclasses.replace(
        desk, library=Library((definitions_folder(),), trusted=definitions_folder())
    )
    preview = correct(case, {"level": "intensive-1"}, taken)
    checked()
    take(case, preview, taken)

    assert case.progress.steps
    assert len(checked()) == len(case.progress.checks)


@pytest.mark.parametrize("name", example_names())
def test_what_was_not_checked_again_is_as_if_it_had_been(desk: Desk, name: str) -> None:
    case = opened(desk, name)
    for field in case.workflow.fields.values():
        if field.type != "text" or field.spec.fact is not None:
            continue
        set_text(case, field.address, "Something else", chance())
        whole = assess(Situation(case.workflow, case.session, case.today, case.calendar))

        assert case.progress.checks == whole.checks
        assert case.progress.steps == whole.steps
