"""Shared papers as a whole: what is withheld cannot be told from them, in any format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.session import Absence
from cim_tui.reports import html, json_, markdown
from cim_tui.reports.paper import Paper
from cim_tui.service.case import Case
from cim_tui.service.demo import example_names
from tests.reports.material import areas, case, every_answer, results, shared, worked, working

RENDERERS: dict[str, Callable[[Paper], str]] = {
    "markdown": markdown.render,
    "html": html.render,
    "json": json_.render,
}
EVERY_FORMAT = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)

NAMES = st.from_regex(r"\A[A-Z][a-z]{4,9} Zz[a-z]{3,8}\Z")
IDS = st.from_regex(r"\A[0-9]{10}\Z")
SMALL = st.integers(1, 10)
LARGE = st.integers(11, 900)


def case_with(
    name: str, other: str, free: str, student: str, counts: list[int], large: list[int]
) -> Case:
    """A case full of what may not leave the house, and of words that could repeat it."""
    found = case(
        team={
            "members": {
                "m1": {"name": name, "role": "selpa"},
                "m2": {"name": other},
                "m3": {"name": name, "role": "a role that is gone"},
            },
            "meets": "Tuesdays",
            "backing": name,
            "heard": {"p1": {"person": "m1"}, "p2": {"name": other}, "p3": {"person": "m2"}},
            "lead": "m2",
            "voices": f"The student {name} has the number {student}",
            "money": True,
        },
        counts={
            "read": counts[0],
            "right": large[0],
            "areas": areas("Math", "Reading"),
            "results": results(
                ("a1", 2024, "x", counts[1], large[1]),
                ("a1", 2024, "y", large[2], counts[2]),
                ("a2", 2024, "x", min(counts[3:5]), max(counts[3:5])),
                ("a2", 2024, "y", large[3], None),
                ("a2", 2024, "z", large[4], None),
            ),
            "schools": {
                "s1": {"school": "Oak", "students": counts[5]},
                "s2": {"school": "Elm", "students": large[5]},
                "s3": {"school": "Ash", "students": large[6]},
            },
            "named": "s1",
        },
        done={"gather": {"by": name, "on": date(2025, 10, 1)}},
        reopened={"plan": {"by": free, "on": date(2025, 10, 2), "reason": f"The student {name}"}},
        elsewhere={"gather.extra": {"where": "Paper", "on": date(2025, 9, 1), "by": free}},
        step={"gather": {"owner": free}, "plan": {"owner": other}},
        activity={
            "gather": {"team": {"owner": "m1"}, "counts": {"owner": other}},
            "plan": {"plan": {"owner": free}},
        },
        submissions={"x1": {"step": "gather", "on": date(2025, 10, 3), "by": free, "content": "-"}},
        waivers={
            "w1": {"address": "plan.plan.goal", "rule": "required", "by": name,
                   "reason": f"id {student}", "on": date(2025, 10, 2)},
            "w2": {"address": "gather.counts.results.r1.met", "rule": "part", "by": free,
                   "reason": "Asked for", "on": date(2025, 10, 2)},
        },
    )  # fmt: skip
    found.session = found.session.with_absence(
        "gather.team.members.m2.role", Absence("will-return", f"The student {name}")
    )
    return found


CASES = st.builds(
    case_with,
    name=NAMES,
    other=NAMES,
    free=NAMES,
    student=IDS,
    counts=st.lists(SMALL, min_size=6, max_size=6),
    large=st.lists(LARGE, min_size=7, max_size=7),
)


def secrets(found: Case) -> Iterator[str]:
    """Names and ids of a case made here."""
    team: Any = found.session.at("answers", "gather", "team")
    yield team["backing"]
    yield team["members"]["m2"]["name"]
    yield found.session.at("step", "gather", "owner")
    yield re.findall(r"\d{10}", team["voices"])[0]


@EVERY_FORMAT
@given(found=CASES)
def test_no_personal_text_is_in_a_shared_paper(render: Callable[[Paper], str], found: Case) -> None:
    text = render(shared(found)).casefold()

    assert [secret for secret in secrets(found) if secret.casefold() in text] == []


@given(found=CASES)
def test_a_working_paper_does_hold_them(found: Case) -> None:
    text = json_.render(working(found))

    assert [secret for secret in secrets(found) if secret not in text] == []


@given(found=CASES)
def test_no_count_of_children_of_ten_and_under_is_in_a_shared_paper(found: Case) -> None:
    exported = json.loads(json_.render(shared(found)))

    counts = [value for label, value in _answers(exported) if label in COUNTED]

    assert [value for value in counts if value in range(1, 11)] == []


COUNTED = {"Files read", "Files right", "Files wrong", "Students", "Out of", "In all"}


def _answers(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        if "value" in node:
            yield node["label"], node["value"]
        for inner in node.values():
            yield from _answers(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _answers(inner)


@EVERY_FORMAT
@given(
    names=st.tuples(NAMES, NAMES),
    students=st.tuples(IDS, IDS),
    counts=st.tuples(*[st.lists(SMALL, min_size=6, max_size=6)] * 2),
    large=st.lists(LARGE, min_size=7, max_size=7),
)
def test_two_cases_that_differ_in_what_is_withheld_make_the_same_shared_paper(
    render: Callable[[Paper], str],
    names: tuple[str, str],
    students: tuple[str, str],
    counts: tuple[list[int], list[int]],
    large: list[int],
) -> None:
    papers = [
        render(shared(case_with(name, f"{name} Junior", f"{name} Free", student, small, large)))
        for name, student, small in zip(names, students, counts, strict=True)
    ]

    assert papers[0] == papers[1]


# The worked examples, which are as full as cases get


@pytest.fixture(scope="module", params=example_names())
def example(request: pytest.FixtureRequest) -> Case:
    return worked(request.param)


def names_in(example: Case) -> set[str]:
    """Every name, telephone and address of a person in an example who has not signed in it."""
    signed = {str(entry["name"]) for _, entry in example.session.records("signoffs")}
    found = {
        str(row.cells[column])
        for field in example.workflow.fields.values()
        for row in example.situation.live_rows(field).values()
        for column, spec in field.columns.items()
        if spec.personal and spec.type == "text" and column in row.cells
    }
    return {name for name in found - signed if not name.endswith("@cde.ca.gov")}  # an office's own


@EVERY_FORMAT
def test_an_example_names_nobody(render: Callable[[Paper], str], example: Case) -> None:
    names = names_in(example)

    text = render(shared(example))

    assert names
    assert [name for name in names if name in text] == []


def test_an_example_shows_no_small_count(example: Case) -> None:
    counting = {
        f"{field.address}.{name}" if name else field.address
        for field in example.workflow.fields.values()
        for name, spec in (("", field.spec), *field.columns.items())
        if spec.counts_children
    }
    shown = [
        answer.value
        for answer in every_answer(shared(example))
        if ".".join(p for i, p in enumerate(answer.address.split(".")) if i != 3) in counting
    ]

    assert shown
    assert [value for value in shown if value in range(1, 11)] == []


@EVERY_FORMAT
def test_an_example_says_of_each_withheld_answer_that_it_is(
    render: Callable[[Paper], str], example: Case
) -> None:
    paper = shared(example)

    assert paper.withheld >= sum(answer.withheld for answer in every_answer(paper)) > 0
    assert render(paper).count("withheld") >= paper.withheld
