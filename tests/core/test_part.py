"""Parts of the language: read with and without a check, written back, compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.language import (
    ActivityFile,
    CalendarFile,
    Condition,
    CriteriaFile,
    FieldSpec,
    ListFile,
    Rule,
    WorkflowFile,
)
from cim_tui.core.part import Part
from cim_tui.store import toml
from tests.conftest import REPO

KINDS: dict[str, type[Part]] = {
    "": WorkflowFile, "activities": ActivityFile, "lists": ListFile, "calendars": CalendarFile,
    "criteria": CriteriaFile,
}  # fmt: skip
FILES = [
    pytest.param(path, kind, id=f"{under}/{path.stem}")
    for under, kind in KINDS.items()
    for path in sorted((REPO / "workflows" / under).glob("*.toml"))
]
SOURCE = {"tag": "practice", "note": "We say so"}


@pytest.mark.parametrize(("path", "kind"), FILES)
def test_a_file_built_without_a_check_is_the_same_as_one_that_was_checked(
    path: Any, kind: type[Part]
) -> None:
    doc = toml.load(path.read_bytes(), path.name)

    assert kind.built(doc) == kind.checked(doc)


BOUNDS = st.one_of(
    st.integers(-9, 9), st.just({"setting": "most"}), st.just({"field": "other"})
)  # fmt: skip
WHERES = st.one_of(
    st.just({"role": "selpa"}), st.just({"role": ["a", "b"]}), st.just({"role": "a", "kind": "b"}),
    st.just({"any": [{"column": "role", "is": "a"}, {"fact": "year", "at-least": 2024}]}),
)  # fmt: skip


@given(least=BOUNDS, where=WHERES)
def test_bounds_and_short_conditions_are_built_as_they_are_checked(least: Any, where: Any) -> None:
    rows = {"at-least": least, "where": where}
    doc = {"on": "x", "message": "Add one", "source": SOURCE, "rows": rows}

    assert Rule.built(doc) == Rule.checked(doc)


@pytest.mark.parametrize(
    ("kind", "doc"),
    [
        (Condition, {"fact": "level", "iz": "a"}),
        (Condition, {"fact": "level"}),
        (FieldSpec, {"type": "table", "label": "T"}),
        (FieldSpec, {"label": "T"}),
        (Rule, {"on": "x", "message": "m", "source": {"tag": "published"}, "required": True}),
    ],
)
def test_what_breaks_a_shape_is_refused_without_a_check_too(kind: type[Part], doc: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        kind.built(doc)


def test_two_parts_that_say_the_same_are_equal_and_others_are_not() -> None:
    doc = {"field": "a", "is": "x"}

    assert Condition.checked(doc) == Condition.checked(dict(doc))
    assert Condition.checked(doc) != Condition.checked({**doc, "is": "y"})
    assert Condition.checked(doc) != doc
    assert repr(Condition.checked(doc)) == "Condition(field='a', is_='x')"
