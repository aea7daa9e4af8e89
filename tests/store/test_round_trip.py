"""Any case that can be drawn is the same after it was written and read, and stands where it stood."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim_tui.core.content import content_hash
from cim_tui.core.session import Session
from cim_tui.core.workflow import Workflow
from cim_tui.store import sessions
from tests.core.builders import CaseBuilder
from tests.core.strategies import cases, workflows


def through_the_disk(session: Session) -> Session:
    with tempfile.TemporaryDirectory() as folder:
        path = sessions.write(Path(folder), session, new=True)
        return sessions.read(path)


def comparable(value: Any) -> Any:
    """A document in which NaN is like itself."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return "nan" if isinstance(value, Decimal) and value.is_nan() else value


def standing(case: CaseBuilder) -> list[Any]:
    """Where a case stands; without words, which show a junk table as the file has ordered it."""
    found = case.progress
    steps = [(s.step.id, s.state, s.activities, s.signatures) for s in found.steps.values()]
    checks = [(c.state, c.needed, c.good, c.why) for c in found.checks.values()]
    problems = [(p.address, p.rule, p.severity, p.waived_by) for p in found.problems]
    return [steps, checks, problems, sorted(found.parked)]


drawn = settings(
    max_examples=settings().max_examples * 2 // 5,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@drawn
@given(workflows(), st.data())
def test_a_case_comes_back_from_the_disk_as_it_was(made: Workflow, data: st.DataObject) -> None:
    before = data.draw(cases(made))

    after = through_the_disk(before)

    assert comparable(after.doc) == comparable(before.doc)


@drawn
@given(workflows(), st.data())
def test_a_case_stands_where_it_stood_after_it_was_written_and_read(
    made: Workflow, data: st.DataObject
) -> None:
    before = CaseBuilder(made, data.draw(cases(made)))
    after = before.now(through_the_disk(before.session))

    assert standing(after) == standing(before)
    for step in made.steps.values():
        assert content_hash(after.situation, step) == content_hash(before.situation, step)
