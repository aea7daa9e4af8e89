"""What was worked out before is used again only where a change cannot reach: every way to reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cim_tui.core.progress import Progress, assess
from cim_tui.core.session import derived_id
from tests.core.builders import NEEDED, PUBLISHED, CaseBuilder, case, workflow

NUMBER = {"type": "number"}
DATE = {"type": "date"}
ROWS = {"columns": {"name": {}, "on": {"type": "yes-no"}, "cost": NUMBER}}
READ: dict[str, Any] = {"q": {}, "n": NUMBER, "d": DATE, "t": ROWS}
"""The activity that is changed: `first`."""
HERE: dict[str, Any] = {
    "q": "off",
    "n": 10,
    "d": date(2025, 1, 1),
    "t": {"old": {"name": "Ben", "on": True, "cost": 70}},
}
"""What is answered there to begin with."""
ON = {"field": "first.q", "is": "on"}
WHEN = {"applies-when": ON}
TO = {"type": "reference", "to": "first.t"}
Change = tuple[str, Any]
Q: Change = ("q", "on")
NEW: Change = ("t.new.name", "Ana")


def ruled(on: Any, own: Any, change: Change, **rule: Any) -> Any:
    """An activity with a question `x` of this kind and a rule on it."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in rule.items()}
    doc = {"fields": {"x": on, "z": {}},
           "rules": {"it": {"on": "x", "source": PUBLISHED, **named}}}  # fmt: skip
    return doc, {"x": own, "z": "z"}, change


def asked(fields: Any, own: Any, change: Change, **more: Any) -> Any:
    return {"fields": fields, **more}, own, change


def calculated(change: Change = ("n", 60), **how: Any) -> Any:
    doc = {
        "fields": {"own": NUMBER, "it": {"type": "calculated", "calculate": how}},
        "rules": {"it": {"on": "it", "source": PUBLISHED, "range": {"at-most": 50}}},
    }
    return doc, {"own": 40}, change


READERS: dict[str, tuple[dict[str, Any], dict[str, Any], Change]] = {
    # what `second` says, what is answered there, and a change of `first` that is felt there
    "a question that applies": asked({"x": {**NEEDED, **WHEN}}, {}, Q),
    "a column that applies": asked(
        {"x": {"columns": {"c": {**NEEDED, **WHEN}}}}, {"x": {"r": {}}}, Q
    ),
    "an activity that applies": asked({"x": NEEDED}, {}, Q, use=WHEN),
    "an activity that is required": asked({"x": NEEDED}, {}, Q, use={"required-when": ON}),
    "a rule that applies": ruled({}, None, Q, required=True, applies_when=ON),
    "a rule that holds": ruled({}, "x", Q, holds=ON),
    "a signature": asked(
        {"x": {}}, {"x": "x"}, Q,
        signatures=[{"role": "lead", "title": "L", "source": PUBLISHED, **WHEN}],
    ),
    "a condition deep inside": ruled({}, "x", Q, holds={"any": [{"all": [{"not": ON}]}]}),
    "a bound": ruled(NUMBER, 5, ("n", 1), range_={"at-most": {"field": "first.n"}}),
    "a bound in a condition": asked(
        {"x": NUMBER, "y": {**NEEDED, "applies-when": {
            "field": "x", "at-least": {"field": "first.n"}}}}, {"x": 40}, ("n", 99),
    ),
    "a number of rows": ruled(
        {"columns": {"c": {}}}, {"r": {"c": "c"}}, ("n", 1), rows={"at-least": {"field": "first.n"}}
    ),
    "an order of dates": ruled(
        DATE, date(2025, 6, 1), ("d", date(2026, 1, 1)), date_order={"not-before": "first.d"}
    ),
    "days after": ruled(
        DATE, date(2025, 1, 2), ("d", date(2020, 1, 1)), within_days={"of": "first.d", "days": 3}
    ),
    "one of several": ruled({}, None, ("q", None), any_of=["x", "first.q"]),
    "what has to be covered": ruled(
        {"columns": {"for": TO}}, {"r": {"for": "old"}}, NEW, covers={"each": "first.t", "by": "x.for"}
    ),
    "what covers": ruled(
        {"columns": {"name": {}}}, {"r": {"name": "Ana"}}, NEW,
        covers={"each": "x.name", "by": "first.t.name"},
    ),
    "which rows have to be covered": ruled(
        {"columns": {"for": TO}}, {"r": {}}, ("t.old.on", False),
        covers={"each": "first.t", "by": "x.for", "where": {"on": True}},
    ),
    "an explanation": ruled(
        {"columns": {"name": {}}}, {"r": {"name": "x"}}, ("q", None),
        covers={"each": "x", "by": "x.name", "or-answered": "first.q"},
    ),
    "a reference": asked({"x": TO}, {"x": "new"}, NEW),
    "a reference in a row": asked({"x": {"columns": {"c": TO}}}, {"x": {"r": {"c": "new"}}}, NEW),
    "a parent": asked(
        {"x": {"columns": {"c": {}}, "parent": "first.t"}}, {"x": {"r": {"of": "new"}}}, NEW
    ),
    "rows made from another table": asked(
        {"x": {"columns": {"of": TO, "c": NEEDED}, "rows-from": {"table": "first.t"}}}, {}, NEW
    ),
    "rows made from some rows of another table": asked(
        {"x": {"columns": {"of": TO, "c": NEEDED},
               "rows-from": {"table": "first.t", "where": {"on": True}}}}, {}, ("t.old.on", False),
    ),
    "people of the roster": asked({"x": {"type": "people"}}, {"x": {"p": {"person": "new"}}}, NEW),
    "people in a column": asked(
        {"x": {"columns": {"c": {"type": "people"}, "d": NEEDED}, "row-label": ["c"]}},
        {"x": {"r": {"c": {"p": {"person": "old"}}}}}, ("t.old.name", "another"),
    ),
    "a name of a row": asked(
        {"x": {"columns": {"c": TO, "d": NEEDED}}}, {"x": {"r": {"c": "old"}}},
        ("t.old.name", "another"),
    ),
    "calculated as sum": calculated(sum=["first.n", "own"]),
    "calculated as one sum": calculated(sum="first.n"),
    "calculated as difference": calculated(("n", 99), difference=["first.n", "own"]),
    "calculated as rate": calculated(rate=["first.n", "own"]),
    "calculated as score": calculated(score={"first.n": 5, "own": -1}),
    "calculated as share": calculated(share={"of": ["first.n"], "percent": 100}),
    "calculated as share of a percent": calculated(
        ("n", 200), share={"of": ["own"], "percent": {"field": "first.n"}}
    ),
    "calculated over rows": calculated(("t.old.cost", 5), sum="first.t.cost"),
    "calculated over some rows": calculated(
        ("t.old.on", False), sum="first.t.cost", where={"on": True}
    ),
}  # fmt: skip


def filled(second: dict[str, Any], own: dict[str, Any], **steps: Any) -> CaseBuilder:
    """Both activities, with something answered in each."""
    made = workflow(
        {"gather.first": {"fields": READ}, "plan.second": second}, steps, roster="first.t"
    )
    at = case(made)
    for key, value in HERE.items():
        at = at.answer(key, value)
    for key, value in own.items():
        at = at.answer(f"second.{key}", value)
    return at


def differs(one: Progress, two: Progress) -> bool:
    return one.steps != two.steps or one.checks != two.checks


@pytest.mark.parametrize(
    ("second", "own", "change"),
    [pytest.param(*reader, id=name) for name, reader in READERS.items()],
)
def test_a_change_that_reaches_another_activity_is_seen_there(
    second: dict[str, Any], own: dict[str, Any], change: Change
) -> None:
    before = filled(second, own)
    after = before.answer(*change)
    known, whole = before.progress, after.progress
    assert known.checks["plan.second"] != whole.checks["plan.second"], "the test changes nothing"

    again = assess(after.situation, known, (after.at(change[0]),))

    assert not differs(again, whole)


def test_a_change_that_decides_whether_a_step_is_required_is_seen_there() -> None:
    before = filled({"fields": {"x": NEEDED}}, {}, plan={"required-when": ON})
    after = before.answer(*Q)
    assert before.state("plan") != after.state("plan")

    again = assess(after.situation, before.progress, ("gather.first.q",))

    assert not differs(again, after.progress)


CHAINS: dict[str, tuple[dict[str, Any], Any, Change]] = {
    # a question `m` in between, what is answered there, and a change of `first` that shows or
    # hides it, gives or takes its result or its rows
    "hidden by something": (WHEN, "words", Q),
    "calculated from something": (
        {"type": "calculated", "calculate": {"sum": ["first.n"]}}, None, ("n", None),
    ),
    "calculated from a score": (
        {"type": "calculated", "calculate": {"score": {"first.n": 1}}}, None, ("n", None),
    ),
    "made of rows": (
        {"columns": {"of": TO}, "rows-from": {"table": "first.t", "where": {"on": True}}},
        {derived_id("plan.second.m", "old"): {"of": "old"}}, ("t.old.on", False),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("middle", "own", "change"),
    [pytest.param(*chain, id=name) for name, chain in CHAINS.items()],
)
def test_a_change_is_seen_through_an_activity_in_between(
    middle: dict[str, Any], own: Any, change: Change
) -> None:
    last = {"x": {**NEEDED, "applies-when": {"field": "second.m", "answered": False}}}
    made = workflow(
        {
            "gather.first": {"fields": READ},
            "plan.second": {"fields": {"m": middle}},
            "implement.third": {"fields": last},
        }
    )
    before = case(made).answer("second.m", own)
    for key, value in HERE.items():
        before = before.answer(key, value)
    after = before.answer(*change)
    assert before.check("implement.third") != after.check("implement.third"), "nothing changes"

    again = assess(after.situation, before.progress, (after.at(change[0]),))

    assert not differs(again, after.progress)


def test_a_change_is_seen_through_an_activity_that_it_shows_or_hides() -> None:
    last = {"x": {**NEEDED, "applies-when": {"field": "second.m", "answered": False}}}
    made = workflow(
        {
            "gather.first": {"fields": READ},
            "plan.second": {"fields": {"m": {}}, "use": WHEN},
            "implement.third": {"fields": last},
        }
    )
    before = case(made).answer("q", "off").answer("second.m", "kept")
    after = before.answer(*Q)
    assert before.check("implement.third") != after.check("implement.third"), "nothing changes"

    again = assess(after.situation, before.progress, ("gather.first.q",))

    assert not differs(again, after.progress)


@pytest.mark.parametrize("address", ["waivers.w.by", "case.level", "step.gather.due", "gather", "",
                                     "gather.first.none", "settings.most.value"])  # fmt: skip
def test_a_change_outside_the_answers_is_checked_everywhere(address: str) -> None:
    before = filled({"fields": {"x": {**NEEDED, **WHEN}}}, {})
    after = before.answer(*Q)

    assert not differs(assess(after.situation, before.progress, (address,)), after.progress)


def test_a_fact_that_changes_is_checked_everywhere() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"year": {"type": "integer", "fact": "year"}}},
            "plan.second": {
                "fields": {"x": {**NEEDED, "applies-when": {"fact": "year", "is": 2024}}}
            },
        }
    )
    before = case(made)
    after = before.fact("year", 2024)

    again = assess(after.situation, before.progress, ("gather.first.year",))

    assert not differs(again, after.progress)


def test_what_cannot_have_changed_is_not_checked_again() -> None:
    before = filled({"fields": {"x": NEEDED}}, {})
    known = before.progress
    after = before.answer("n", 3)

    again = assess(after.situation, known, ("gather.first.n",))

    assert again.checks["plan.second"] is known.checks["plan.second"]
