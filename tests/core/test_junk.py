"""Whatever a file holds, by whatever hand, a case can be checked and shown."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim_tui.core.content import content_hash, signatures_of
from cim_tui.core.session import Session, put
from cim_tui.core.words import STEP_STATE
from cim_tui.core.workflow import Activity, Step, Workflow
from tests.core.builders import NEEDED, PRACTICE, PUBLISHED, CaseBuilder, case, workflow
from tests.core.strategies import CHOICES, JUNK, SCALARS, typed, workflows

RULES: dict[str, Any] = {
    "length": {"on": "text", "length": {"at-least": 2}},
    "range": {"on": "integer", "range": {"at-most": {"field": "number"}}},
    "setting": {"on": "money", "range": {"at-most": {"setting": "most"}}},
    "pattern": {"on": "text", "pattern": "[a-z]+"},
    "order": {"on": "date", "date-order": {"not-after": "table.date"}},
    "within": {"on": "table.date", "within-days": {"of": "date", "days": {"field": "integer"}}},
    "unique": {"on": "table", "unique": ["text", "choice"]},
    "holds": {"on": "table", "holds": {"column": "number", "at-least": {"field": "number"}}},
    "rows": {"on": "table", "rows": {"at-most": 1, "where": {"choice": "one"}}},
    "distinct": {"on": "table", "rows": {"at-least": 1, "distinct": "date"}},
    "sum": {"on": "table", "sum": {"of": "money", "per": "text", "equals": {"field": "money"}}},
    "tree": {"on": "table", "tree": {"column": "up"}},
    "covers": {"on": "table", "covers": {"each": "table", "by": "child.many"}},
    "kinds": {"on": "table", "covers": {"each": "table.choices", "by": "child.many"}},
    "any-of": {"on": "table", "any-of": ["text", "date"]},
}
CELLS: dict[str, Any] = {
    **{kind: {**typed(kind), **NEEDED} for kind in SCALARS},
    "up": {"type": "reference", "to": "table"},
    "who": {"type": "people"},
    "proof": {"type": "evidence"},
    "sum": {"type": "calculated", "calculate": {"sum": ["number", "integer"]}},
    "shown": {**NEEDED, "applies-when": {"column": "date", "before": date(2025, 6, 1)}},
}
EVERYTHING: dict[str, Any] = {
    **{kind: {**typed(kind), **NEEDED} for kind in SCALARS},
    "people": {"type": "people"},
    "evidence": {"type": "evidence"},
    "table": {"columns": CELLS, "key": ["text"], "row-label": ["up", "who", "text"]},
    "child": {"columns": {"many": {"type": "reference", "to": "table", "many": True}},
              "parent": "table"},
    "given": {"columns": {"of": {"type": "reference", "to": "table"}, "year": {"type": "integer"}},
              "rows-from": {"product": [{"table": "table", "where": {"choice": "one"}},
                                        {"years": 2, "into": "year"}]}},
    "share": {"type": "calculated",
              "calculate": {"share": {"of": ["money"], "percent": {"setting": "most"}}}},
    "rate": {"type": "calculated", "calculate": {"rate": ["number", "integer"]}},
    "total": {"type": "calculated", "calculate": {"sum": "table.money", "where": {"yes-no": True}}},
    "year": {"type": "integer", "fact": "year"},
    "level": {"type": "choice", "choices": "levels", "fact": "level"},
    "shown": {**NEEDED, "applies-when": {"all": [{"field": "number", "at-least": 2},
                                                 {"not": {"field": "table.text", "is": "x"}},
                                                 {"fact": "level", "is": "one"}]}},
}  # fmt: skip
SIGNS = [{"role": "lead", "title": "the lead", "source": PUBLISHED}]
WHOLE = case(
    workflow(
        {
            "gather.first": {"fields": EVERYTHING, "rules": RULES, "signatures": SIGNS},
            "plan.second": {
                "fields": {"x": NEEDED},
                "use": {"applies-when": {"field": "first.people", "at-least": 1}},
            },
        },
        steps={"gather": {"signatures": SIGNS}},
        levels={key: {"title": label} for key, label in CHOICES.items()},
        settings={"most": {"label": "Most", "default": 3, "source": PRACTICE}},
        roster="first.table",
    )
)
ROWS = ["aaaaaa", "aaaaab"]
ANSWERS = [
    *((name,) for name in EVERYTHING),
    *(("table", row, column) for row in ROWS for column in CELLS),
    *(("table", row) for row in ROWS),
    *(("child", "b", column) for column in ("of", "many")),
    *(("people", "p", key) for key in ("person", "name")),
    *(("evidence", "e", key) for key in ("path", "date", "what")),
    ("table", "aaaaaa", "who", "p"),
    ("no-such",),
]
ELSEWHERE = [
    ("case", "year"), ("case", "level"), ("case", "entry"), ("settings",), ("settings", "most"),
    ("settings", "most", "value"), ("step",), ("step", "gather"), ("step", "gather", "due"),
    ("activity",), ("activity", "gather"), ("activity", "gather", "first"), ("done",),
    ("done", "gather"), ("reopened",), ("reopened", "gather"), ("elsewhere",),
    ("elsewhere", "gather"), ("elsewhere", "gather.first"), ("absent",),
    ("absent", "gather.first.text"), ("absent", "gather.first.text", "code"),
    ("absent", "gather.first.text", "note"), ("absent", "gather.first.table.aaaaaa.text"),
    ("absent", "gather"), ("absent", ""), ("waivers",), ("waivers", "w"), ("waivers", "w", "until"),
    ("waivers", "w", "address"), ("signoffs",), ("signoffs", "s"), ("signoffs", "s", "scope"),
    ("signoffs", "s", "on"), ("signoffs", "s", "name"), ("submissions",), ("submissions", "t"),
    ("submissions", "t", "step"), ("submissions", "t", "cde"), ("example",), ("archived",),
]  # fmt: skip
PLACES = [*(("answers", "gather", "first", *path) for path in ANSWERS), *ELSEWHERE]


def everything_is_said(at: CaseBuilder) -> None:
    """Everything that screen, shell and reports ask of a case, once."""
    found = at.progress
    situation = at.situation
    assert {step.state for step in found.steps.values()} <= set(STEP_STATE)
    assert all(problem.message for problem in found.problems)
    assert all(parked.why for parked in found.parked)
    assert isinstance(found.complete, bool)
    assert found.next is None or found.next.open
    assert isinstance(found.undated, list)
    assert found.next_due is None or found.next_due.due
    for field in at.workflow.fields.values():
        assert situation.field_applies(field).sentence is not None
        for row in situation.rows(field).values():
            assert isinstance(situation.row_label(field, row), str)
            for name, spec in field.columns.items():
                assert isinstance(situation.show(spec, row.cells.get(name), field), str)
        if field.type != "table":
            assert isinstance(situation.show(field.spec, at.session.raw(field.address), field), str)
    for step in at.workflow.steps.values():
        parts: list[Step | Activity] = [step, *step.activities.values()]
        for part in parts:
            assert content_hash(situation, part).startswith("sha256:")
            assert all(line.as_json() for line in signatures_of(situation, part))


def full() -> CaseBuilder:
    """A case in which everything is answered, so that junk stands among sense."""
    at = WHOLE.fact("level", "one")
    for row in ROWS:
        at = at.row("table", row, text=row, number=2, choice="one", money=3, date=date(2025, 3, 1))
    return at.row("child", "b", of="aaaaaa", many=ROWS).answer("number", 5).answer("text", "abc")


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), max_size=6))
def test_junk_anywhere_in_a_case_breaks_nothing(
    junk: list[tuple[tuple[str, ...], Any]],
) -> None:
    doc: Any = full().session.doc
    for path, value in junk:
        doc = put(doc, path, value)

    everything_is_said(full().now(Session(doc)))


@settings(
    max_examples=settings().max_examples * 2 // 5, suppress_health_check=[HealthCheck.too_slow]
)
@given(workflows(), st.data())
def test_junk_in_any_answer_of_any_workflow_breaks_nothing(
    made: Workflow, data: st.DataObject
) -> None:
    doc: Any = case(made).session.doc
    fields = [tuple(address.split(".")) for address in made.fields]
    for path in data.draw(st.lists(st.sampled_from(fields), max_size=4)):
        deeper = data.draw(st.sampled_from([(), ("aaaaaa",), ("aaaaaa", "c0"), ("aaaaaa", "of")]))
        doc = put(doc, ("answers", *path, *deeper), data.draw(JUNK))

    everything_is_said(CaseBuilder(made, Session(doc)))


@pytest.mark.parametrize(
    "value",
    [None, "", "junk", 7, True, [], ["x"], [[1]], [{}], {}, {"x": 1}, {"aaaaaa": {"x": {}}},
     date(2025, 1, 1), datetime(2025, 1, 1, 2, 3), time(4, 5)],  # noqa: DTZ001 - TOML has moments without a zone
    ids=repr,
)  # fmt: skip
def test_one_piece_of_junk_at_any_place_breaks_nothing(value: Any) -> None:
    at = full()

    for path in PLACES:
        everything_is_said(at.now(Session(put(at.session.doc, path, value))))


def test_a_case_with_sense_alone_is_said_too() -> None:
    everything_is_said(full())
