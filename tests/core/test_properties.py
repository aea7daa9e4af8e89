"""What holds for every workflow and every case that can be drawn."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cim_tui.core.check import question
from cim_tui.core.content import content_hash
from cim_tui.core.language import Bundle
from cim_tui.core.problems import Problem
from cim_tui.core.progress import Progress, affected, assess
from cim_tui.core.session import Absence
from cim_tui.core.situation import Situation
from cim_tui.core.words import ACTIVITY_STATE, STEP_STATE
from cim_tui.core.workflow import Field, Workflow
from tests.core.builders import TODAY, CaseBuilder
from tests.core.strategies import FITTING, apply, cases, edits, places, valid, workflows

drawn = settings(
    max_examples=settings().max_examples * 2 // 5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Drawing a workflow takes longer than checking it."""
pytestmark = pytest.mark.timeout(1800)


def at(made: Workflow, data: st.DataObject, most: int = 12, junk: bool = True) -> CaseBuilder:
    return CaseBuilder(made, data.draw(cases(made, most, junk)))


def same(one: Progress, two: Progress) -> bool:
    return one.steps == two.steps and one.checks == two.checks


# Nothing breaks, and what comes out is well formed


@drawn
@given(workflows(), st.data())
def test_a_check_never_raises_and_every_problem_can_be_shown(
    made: Workflow, data: st.DataObject
) -> None:
    found = at(made, data).progress

    for step in found.steps.values():
        assert step.state in STEP_STATE
        assert 0 <= step.activities.met <= step.activities.of
    for check in found.checks.values():
        assert check.state in ACTIVITY_STATE
        for count in (check.needed, check.good):
            assert 0 <= count.met <= count.of
    for problem in found.problems:
        assert problem.address
        assert problem.message
        assert problem.rule


@drawn
@given(workflows(), st.data())
def test_checking_twice_says_the_same(made: Workflow, data: st.DataObject) -> None:
    case = at(made, data)

    assert same(case.progress, case.progress)


@drawn
@given(workflows(), st.data())
def test_an_activity_is_complete_just_when_nothing_needed_is_open_in_it(
    made: Workflow, data: st.DataObject
) -> None:
    for check in at(made, data).progress.checks.values():
        if check.complete:
            assert check.open("error") == []
            assert check.needed.met == check.needed.of
        if check.required and check.state == "in-progress":
            assert check.open("error")


@drawn
@given(workflows(), st.data())
def test_a_rule_that_is_open_is_never_counted_as_met(made: Workflow, data: st.DataObject) -> None:
    for check in at(made, data).progress.checks.values():
        own = check.activity
        rules = {p.rule.partition(":")[0] for p in check.open("error") if p.rule in own.spec.rules}
        fields = {question(p.address, own) for p in check.open("error") if p.rule == "required"}
        assert check.needed.of - check.needed.met >= len(rules | fields) * bool(check.problems)


# Hidden


@drawn
@given(workflows(), st.data())
def test_nothing_is_ever_open_at_a_hidden_question(made: Workflow, data: st.DataObject) -> None:
    case = at(made, data)
    situation = case.situation

    for problem in case.progress.problems:
        parts = problem.address.split(".")
        field = made.fields.get(".".join(parts[:3]))
        if field is None:
            continue
        assert situation.field_applies(field).truth is not False, problem
        row = situation.rows(field).get(parts[3]) if len(parts) > 3 and field.columns else None
        if row is not None:
            assert not row.parked, problem
        if row is not None and len(parts) > 4 and parts[4] in field.columns:
            assert situation.column_applies(field, row, parts[4]).truth is not False, problem


@drawn
@given(workflows(), st.data())
def test_the_reason_a_question_is_hidden_names_the_answer_that_hides_it(
    made: Workflow, data: st.DataObject
) -> None:
    situation = at(made, data).situation

    for field in made.fields.values():
        shown = situation.field_applies(field)
        if shown.truth is not False:
            continue
        assert shown.leaves
        for leaf in shown.leaves:
            decider = made.fields.get(leaf.address)
            specs = [decider.spec, *decider.columns.values()] if decider else []
            labels = [f"“{spec.label}”" for spec in specs]
            labels += [] if decider else ["the " + leaf.address.partition(".")[2]]
            assert any(label in shown.sentence for label in labels)


@drawn
@given(workflows(), st.data())
def test_the_answers_that_are_named_hide_a_question_all_by_themselves(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data)

    for field in made.fields.values():
        if case.situation.field_applies(field).truth is False:
            alone = only(case, deciders(case, field))
            assert alone.situation.field_applies(field).truth is False


def deciders(case: CaseBuilder, field: Field) -> set[str]:
    """The answers named as hiding a question, and those that hide these in turn."""
    found: set[str] = set()
    waiting = [field]
    while waiting:
        for leaf in case.situation.field_applies(waiting.pop()).leaves:
            decider = case.workflow.fields.get(leaf.address)
            if decider is not None and leaf.address not in found:
                found.add(leaf.address)
                waiting.append(decider)
    return found


def only(case: CaseBuilder, kept: set[str]) -> CaseBuilder:
    """The case with nothing answered but these."""
    for field in case.workflow.fields.values():
        if field.address not in kept:
            cleared = case.session.with_value(field.address, None)
            case = case.now(cleared.with_absence(field.address, None))
    return case


@drawn
@given(workflows(), st.data())
def test_whatever_is_stored_is_in_force_or_listed_as_parked(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data)
    situation = case.situation
    parked = {entry.address for entry in case.progress.parked}

    for field in made.fields.values():
        if case.session.raw(field.address) is not None:
            hidden = situation.field_applies(field).truth is False
            assert hidden == (field.address in parked)


@drawn
@given(workflows(), st.data())
def test_what_is_parked_has_no_influence_on_anything(made: Workflow, data: st.DataObject) -> None:
    case = at(made, data, most=20)
    after = case
    for address in (address for address, _ in places(made) if is_hidden(case, address)):
        after = after.answer(address, data.draw(st.sampled_from(["other", 7, True, ["one"]])))

    for name, check in case.progress.checks.items():
        changed = after.progress.checks[name]
        assert [gist(p) for p in changed.problems] == [gist(p) for p in check.problems]
        assert (changed.state, changed.needed, changed.good) == (
            check.state, check.needed, check.good,
        )  # fmt: skip
    for step in made.steps.values():
        assert content_hash(after.situation, step) == content_hash(case.situation, step)


def is_hidden(case: CaseBuilder, address: str) -> bool:
    """Whether what is stored at an address would be parked; its row, if any, is there already."""
    parts = address.split(".")
    field, situation = case.workflow.fields[".".join(parts[:3])], case.situation
    if situation.field_applies(field).truth is False:
        return True
    row = situation.rows(field).get(parts[3]) if len(parts) == 5 else None
    return (
        row is not None
        and row.stored
        and (bool(row.parked) or situation.column_applies(field, row, parts[4]).truth is False)
    )


def gist(problem: Problem) -> tuple[str, str, str]:
    """A problem without its words: rows are called by what is written in them, parked or not."""
    return problem.address, problem.rule, problem.severity


# Answering


@drawn
@given(workflows(), st.data())
def test_answering_changes_nothing_in_an_activity_that_does_not_look_there(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data)
    empty = [
        (address, kind)
        for address, kind in places(made)
        if case.session.raw(address) is None and kind != "reference"
    ]
    assume(empty)
    address, kind = data.draw(st.sampled_from(empty))
    before = case.progress

    after = case.answer(address, data.draw(valid(kind))).progress

    touched = affected(made, (address,)) or set()
    for name, check in before.checks.items():
        if check.activity.id not in touched:
            assert after.checks[name] == check


@drawn
@given(workflows(ruled=False), st.data())
def test_answering_what_is_asked_never_makes_an_activity_less_complete(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data, junk=False)
    open_fields = [
        (address, kind)
        for address, kind in places(made)
        if address in made.fields
        and kind != "reference"
        and case.session.raw(address) is None
        and case.session.absence(address) is None
        and case.situation.field_applies(made.fields[address]).truth is True
        and not (made.feeds.get(address) or made.readers.get(address))
    ]
    assume(open_fields)
    address, kind = data.draw(st.sampled_from(open_fields))
    before = case.progress.checks

    after = case.answer(address, data.draw(valid(kind))).progress.checks

    for name, check in before.items():
        assert len(after[name].open("error")) <= len(check.open("error"))
        assert after[name].needed.met >= check.needed.met


@drawn
@given(workflows(ruled=False), st.data())
def test_a_done_step_whose_needed_answer_is_cleared_is_reopened(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data, junk=False)
    case = filled(filled(case))  # what is answered can bring up more to answer
    ready = [name for name, step in case.progress.steps.items() if step.state == "ready"]
    assume(ready)
    step = data.draw(st.sampled_from(ready))
    needed = [
        field.address
        for activity in made.steps[step].activities.values()
        for field in activity.fields.values()
        if field.spec.required and field.spec.severity == "error"
        and field.spec.rows_from is None  # such a table is never without rows
        and case.session.raw(field.address) is not None
        and case.situation.field_applies(field).truth is True
        and case.situation.activity_required(activity)
    ]  # fmt: skip
    assume(needed)
    done = case.done(step)
    assert done.state(step) in ("done", "signed")

    cleared = done.clear(data.draw(st.sampled_from(needed)))

    assert cleared.state(step) == "reopened"


def filled(case: CaseBuilder) -> CaseBuilder:
    """Every question that is unanswered gets an answer that fits."""
    for address, kind in places(case.workflow):
        if case.session.raw(address) is None and kind != "reference":
            case = case.answer(address, FITTING[kind])
    return case


# What was worked out before is used again


@drawn
@given(workflows(), st.data())
def test_after_any_edits_a_check_of_what_changed_equals_a_check_of_everything(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data, most=6)
    known = case.progress
    session = case.session

    for _ in range(data.draw(st.integers(1, 6))):
        changed = data.draw(st.lists(edits(made), min_size=1, max_size=2))
        for edit in changed:
            session = apply(session, edit)
        situation = Situation(made, session, TODAY)
        known = assess(situation, known, tuple(address for address, _ in changed))
        full = assess(Situation(made, session, TODAY))
        assert known.checks == full.checks
        assert known.steps == full.steps


# Signatures


@drawn
@given(workflows(), st.data())
def test_the_content_of_a_step_changes_only_with_what_is_in_force_there(
    made: Workflow, data: st.DataObject
) -> None:
    case = at(made, data)
    edit = data.draw(edits(made))
    after = CaseBuilder(made, apply(case.session, edit))

    for step in made.steps.values():
        hashes = [content_hash(c.situation, step) for c in (case, after)]
        if _in_force(case, step.id) == _in_force(after, step.id):
            assert hashes[0] == hashes[1]


def _in_force(case: CaseBuilder, step: str) -> dict[str, object]:
    """Everything shown and stored in a step, as it is stored: said again, without the hash."""
    found: dict[str, object] = {}
    situation = case.situation
    for address, _ in places(case.workflow):
        parts = address.split(".")
        field = case.workflow.fields[".".join(parts[:3])]
        if parts[0] == step:
            raw = case.session.raw(address)
            found[f"{address} stored"] = repr(raw)
            found[f"{address} missing"] = repr(case.session.absence(address))
            found[f"{field.address} missing"] = repr(case.session.absence(field.address))
            found[f"{field.address} shown"] = situation.field_applies(field).truth
            found[f"{field.address} rows"] = repr(
                {k: (dict(r.cells), r.parked) for k, r in situation.rows(field).items()}
            )
            if len(parts) == 5 and parts[3] in situation.rows(field):
                row = situation.rows(field)[parts[3]]
                found[f"{address} shown"] = situation.column_applies(field, row, parts[4]).truth
    return found


@drawn
@given(workflows(), st.data())
def test_a_signed_step_is_stale_just_when_its_content_is_another(
    made: Workflow, data: st.DataObject
) -> None:
    signing = [s for s, step in made.steps.items() if step.spec.signatures]
    assume(signing)
    step = data.draw(st.sampled_from(signing))
    signed = at(made, data, most=6).done(step).sign(step, "lead")
    assume(signed.step(step).signatures)
    part = made.steps[step]

    after = signed.now(apply(signed.session, data.draw(edits(made))))

    content = content_hash(signed.situation, part), content_hash(after.situation, part)
    for line in after.step(step).signatures:
        assert line.current == (content[0] == content[1])


# Definitions


@drawn
@given(workflows())
def test_a_workflow_put_into_one_file_means_the_same(made: Workflow) -> None:
    bundle = Bundle.checked(made.bundle())

    again = Workflow(bundle.workflow, bundle.activities, bundle.lists)

    assert again.digest == made.digest
    assert list(again.fields) == list(made.fields)


@drawn
@given(workflows(), st.data())
def test_an_absence_is_never_open_where_it_satisfies(made: Workflow, data: st.DataObject) -> None:
    case = at(made, data)

    for field in made.fields.values():
        for code in field.spec.satisfied_by() if field.spec.required else ():
            absent = case.session.with_absence(field.address, Absence(code, "Asked twice"))
            assert field.address not in case.now(absent).places("required")
