"""An open case: every change can be undone, and what is shown is always what is."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim_tui.core.progress import assess
from cim_tui.core.session import Session
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Workflow
from cim_tui.service.case import Case
from cim_tui.service.definitions import lint_all
from cim_tui.service.desk import Desk
from tests.core.builders import TODAY
from tests.core.builders import case as built
from tests.core.strategies import apply, edits, workflows

NOTE = "gather.letter.note"


def note(case: Case, text: str | None) -> Session:
    return case.session.with_value(NOTE, text)


def test_a_change_can_be_undone_and_done_again(case: Case) -> None:
    before = case.session
    case.apply(note(case, "first"), NOTE, what="a note")
    after = case.session

    undone = case.undo()
    assert undone is not None
    assert (undone.what, case.session.doc) == ("a note", before.doc)
    case.redo()

    assert case.session.doc == after.doc


def test_a_change_that_changes_nothing_is_none(case: Case) -> None:
    case.apply(note(case, None), NOTE)

    assert case.undo() is None


def test_a_new_change_ends_what_could_be_done_again(case: Case) -> None:
    case.apply(note(case, "first"), NOTE)
    case.undo()
    case.apply(note(case, "second"), NOTE)

    assert case.redo() is None
    assert case.session.raw(NOTE) == "second"


def test_keys_of_one_answer_are_undone_together(case: Case) -> None:
    for text in ("a", "ab", "abc"):
        case.apply_typing(note(case, text), NOTE)

    case.undo()

    assert case.session.raw(NOTE) is None


def test_typing_elsewhere_or_after_a_pause_is_undone_apart(case: Case) -> None:
    case.apply_typing(note(case, "a"), NOTE)
    case.apply_typing(case.session.with_value("plan.goals.goal", "b"), "plan.goals.goal")
    case.settle()
    case.apply_typing(case.session.with_value("plan.goals.goal", "bc"), "plan.goals.goal")

    case.undo()
    assert case.session.raw("plan.goals.goal") == "b"
    case.undo()
    assert (case.session.raw("plan.goals.goal"), case.session.raw(NOTE)) == (None, "a")


def test_five_hundred_changes_can_be_undone_and_no_more(case: Case) -> None:
    for number in range(510):
        case.apply(note(case, str(number)), NOTE)

    count = 0
    while case.undo() is not None:
        count += 1

    assert (count, case.session.raw(NOTE)) == (500, "9")


def test_a_case_knows_whether_memory_holds_more_than_the_file(case: Case, desk: Desk) -> None:
    seen = [case.unsaved]
    case.apply(note(case, "first"), NOTE)
    seen.append(case.unsaved)
    desk.save(case)
    seen.append(case.unsaved)
    case.undo()
    seen.append(case.unsaved)

    assert seen == [False, True, False, True]


def test_what_was_saved_is_what_is_opened_again(case: Case, desk: Desk) -> None:
    case.apply(note(case, "One\nTwo “three”"), NOTE)
    desk.save(case)

    assert desk.open(case.id).session.raw(NOTE) == "One\nTwo “three”"


@settings(
    max_examples=settings().max_examples * 2 // 5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(workflows(), st.data())
def test_after_any_edits_undos_and_redos_what_is_shown_is_what_is(
    made: Workflow, data: st.DataObject
) -> None:
    case = Case(__file__, built(made).session, made, TODAY, None)  # type: ignore[arg-type]
    for _ in range(data.draw(st.integers(1, 8))):
        act = data.draw(st.sampled_from(["edit", "edit", "type", "undo", "redo", "look"]))
        if act in ("edit", "type"):
            edit = data.draw(edits(made))
            change = case.apply if act == "edit" else case.apply_typing
            change(apply(case.session, edit), edit[0])
        elif act == "undo":
            case.undo()
        elif act == "redo":
            case.redo()
        else:
            assert case.progress.steps
    whole = assess(Situation(made, case.session, TODAY))
    assert case.progress.checks == whole.checks
    assert case.progress.steps == whole.steps


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=6), st.integers(0, 8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_many_redos_as_undos_bring_back_the_last_state(
    trial: Workflow, texts: list[str | None], count: int
) -> None:
    case = Case(__file__, built(trial).session, trial, TODAY, None)  # type: ignore[arg-type]
    for text in texts:
        case.apply(note(case, text), NOTE)
    last = case.session

    done = sum(case.undo() is not None for _ in range(count))
    for _ in range(done):
        case.redo()

    assert case.session.doc == last.doc


# Definitions that are not here


def test_a_case_without_its_workflow_can_be_read_and_says_what_is_missing(
    case: Case, desk: Desk
) -> None:
    (desk.library.folders[0] / "trial.toml").unlink()
    elsewhere = Desk(desk.folder, type(desk.library)(desk.library.folders), desk.settings, "Rosa")

    opened = elsewhere.open(case.id)

    assert not opened.has_definition
    assert opened.session.lea == "Quail Ridge"
    assert "trial" in opened.missing


def test_a_workflow_that_names_an_activity_that_is_not_there_hides_no_case(
    case: Case, desk: Desk
) -> None:
    (desk.library.folders[0] / "activities" / "goals.toml").unlink()
    elsewhere = Desk(desk.folder, type(desk.library)(desk.library.folders), desk.settings, "Rosa")

    assert not elsewhere.open(case.id).has_definition


def test_the_trial_workflow_is_sound(desk: Desk) -> None:
    assert [f for f in lint_all(desk.library) if f.severity == "error"] == []
