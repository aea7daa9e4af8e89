"""A session as a document: every transition gives a new one and leaves the old one alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cim_tui.core.errors import ValueRefused
from cim_tui.core.session import (
    ROW_ALPHABET,
    Absence,
    Session,
    derived_id,
    get,
    leaves,
    new_id,
    put,
)
from tests.core.builders import chance

KEYS = st.sampled_from(["a", "b", "c", "d-e"])
PATHS = st.lists(KEYS, min_size=1, max_size=4).map(tuple)
LEAVES = st.integers() | st.text(max_size=3) | st.booleans() | st.lists(st.integers(), max_size=2)
DOCS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(KEYS, LEAVES, min_size=1, max_size=3),
    lambda inner: st.dictionaries(KEYS, inner | LEAVES, min_size=1, max_size=3),
    max_leaves=12,
)
"""Documents without empty tables, as `put` leaves them."""
TABLE = "gather.cim-team.members"


def with_rows(*rows: str) -> Session:
    made = Session({"lea": {"name": "Quail Ridge"}})
    for row in rows:
        made = made.with_row(TABLE, row, {"name": row})
    return made


def rows_of(session: Session) -> list[str]:
    return list(session.raw(TABLE) or {})


# put and get


@given(DOCS, PATHS, LEAVES)
def test_what_was_put_is_got(doc: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    assert get(put(doc, path, value), path) == value


@given(DOCS, PATHS, LEAVES, LEAVES)
def test_the_second_put_at_a_place_wins(
    doc: dict[str, Any], path: tuple[str, ...], first: Any, second: Any
) -> None:
    assert put(put(doc, path, first), path, second) == put(doc, path, second)


@given(DOCS, PATHS)
def test_putting_back_what_is_there_changes_nothing(
    doc: dict[str, Any], path: tuple[str, ...]
) -> None:
    assume(get(doc, path) is not None)

    assert put(doc, path, get(doc, path)) == doc


@given(DOCS, PATHS, LEAVES, PATHS)
def test_a_put_changes_no_other_place(
    doc: dict[str, Any], path: tuple[str, ...], value: Any, other: tuple[str, ...]
) -> None:
    shared = min(len(path), len(other))
    assume(path[:shared] != other[:shared])
    # A scalar on the way has to give way to a table: that is a change of this place, not another.
    assume(all(isinstance(get(doc, path[:n]), dict | None) for n in range(1, len(path))))

    assert get(put(doc, path, value), other) == get(doc, other)


@given(DOCS, PATHS)
def test_what_was_taken_out_is_gone_and_leaves_no_empty_table(
    doc: dict[str, Any], path: tuple[str, ...]
) -> None:
    assume(get(doc, path) is not None)
    left = put(doc, path, None)

    assert get(left, path) is None
    for length in range(1, len(path)):
        assert get(left, path[:length]) != {}


@given(DOCS, PATHS, LEAVES | st.none())
def test_a_put_leaves_the_old_document_as_it_was(
    doc: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    before = copy.deepcopy(doc)

    put(doc, path, value)

    assert doc == before


@given(DOCS, PATHS)
def test_get_finds_nothing_beyond_what_is_there(doc: dict[str, Any], path: tuple[str, ...]) -> None:
    found: Any = doc
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None

    assert get(doc, path) == found


def test_taking_out_what_is_not_there_changes_nothing() -> None:
    doc = {"answers": {"gather": "not a table"}}

    assert put(doc, ("answers", "gather", "team", "name"), None) == doc


# Ids


def test_a_new_id_is_six_letters_and_digits_that_cannot_be_confused() -> None:
    found = new_id(chance())

    assert len(found) == 6
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_a_new_id_is_never_one_that_is_taken() -> None:
    taken = dict.fromkeys(list(ROW_ALPHABET)[:-1])

    assert {new_id(chance(n), taken, length=1) for n in range(20)} == {"7"}


def test_a_derived_id_is_the_same_on_every_machine_for_ever() -> None:
    assert derived_id("gather.data-drilldown.results", "k7f3q2", "2024") == "jjyhr5"
    assert derived_id("gather.a.t", "x") == "mpuk57"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), max_size=4))
def test_a_derived_id_looks_like_any_row_id(origin: list[str]) -> None:
    found = derived_id(*origin)

    assert found == derived_id(*origin)
    assert len(found) == 6
    assert set(found) <= set(ROW_ALPHABET)


@given(st.lists(st.text("abc", max_size=4), min_size=1, max_size=3, unique=True))
def test_the_parts_of_an_origin_are_not_run_together(origin: list[str]) -> None:
    joined = "".join(origin)
    assume([joined] != origin)

    assert derived_id(*origin) != derived_id(joined)


# Answers


def test_an_answer_ends_an_absence_at_the_same_address() -> None:
    address = "gather.cim-team.charter"
    absent = Session({}).with_absence(address, Absence("will-return", "Asked"))

    answered = absent.with_value(address, "Signed in May")

    assert answered.absence(address) is None
    assert answered.raw(address) == "Signed in May"


def test_an_absence_takes_the_place_of_an_answer() -> None:
    address = "gather.cim-team.charter"
    answered = Session({}).with_value(address, "Signed in May")

    absent = answered.with_absence(address, Absence("no-data", "Lost"))

    assert absent.raw(address) is None
    assert absent.absence(address) == Absence("no-data", "Lost")


def test_clearing_the_last_cell_keeps_the_row() -> None:
    session = with_rows("aaaaaa").with_value(f"{TABLE}.aaaaaa.name", None)

    assert session.raw(TABLE) == {"aaaaaa": {}}


def test_clearing_a_field_leaves_no_empty_tables_behind() -> None:
    session = Session({"id": "x"}).with_value("gather.a.b", "x").with_value("gather.a.b", None)

    assert session.doc == {"id": "x"}


def test_a_removed_row_takes_its_absences_with_it_and_no_others() -> None:
    session = with_rows("aaaaaa", "aaaaab")
    session = session.with_absence(f"{TABLE}.aaaaaa.role", Absence("unknown", "x"))
    session = session.with_absence(f"{TABLE}.aaaaab.role", Absence("unknown", "x"))

    left = session.without_row(TABLE, "aaaaaa")

    assert list(left.absences(TABLE)) == [f"{TABLE}.aaaaab.role"]


def test_absences_under_an_address_do_not_take_in_a_longer_name() -> None:
    session = Session({}).with_absence("gather.team.chart", Absence("unknown"))
    session = session.with_absence("gather.team.charter", Absence("unknown"))

    assert list(session.absences("gather.team.chart")) == ["gather.team.chart"]


def test_what_a_newer_version_wrote_stays_through_every_transition() -> None:
    session = Session({"weather": {"x": 1}, "answers": {"gather": {"a": {"unheard": [1, 2]}}}})

    changed = session.with_value("gather.a.b", 1).with_fact("level", "x").with_row(TABLE, "r", {})

    assert changed.at("weather", "x") == 1
    assert changed.raw("gather.a.unheard") == [1, 2]


def test_a_cell_can_be_set_where_the_file_holds_junk_for_a_row() -> None:
    session = Session({"answers": {"gather": {"a": {"t": {"aaaaaa": 5}}}}})

    assert session.with_value("gather.a.t.aaaaaa.name", "x").raw("gather.a.t.aaaaaa.name") == "x"


def test_clearing_a_cell_of_a_row_that_is_not_there_makes_no_row() -> None:
    session = with_rows("aaaaaa")

    assert session.with_value(f"{TABLE}.zzzzzz.name", None).doc == session.doc


# Moving rows


@given(st.integers(1, 6), st.integers(0, 5), st.integers(-9, 9))
def test_a_moved_row_keeps_every_row_and_the_order_of_the_others(
    count: int, which: int, places: int
) -> None:
    names = [f"row{n}" for n in range(count)]
    session = with_rows(*names)
    moving = names[which % count]

    after = session.with_row_moved(TABLE, moving, places)

    assert after.raw(TABLE) == session.raw(TABLE)
    assert [r for r in rows_of(after) if r != moving] == [r for r in names if r != moving]
    wanted = max(0, min(count - 1, names.index(moving) + places))
    assert rows_of(after).index(moving) == wanted


@given(st.integers(2, 6), st.integers(0, 5))
def test_up_and_down_again_is_where_it_was(count: int, which: int) -> None:
    names = [f"row{n}" for n in range(count)]
    moving = names[which % count]
    back = -1 if moving != names[-1] else 1
    session = with_rows(*names).with_row_moved(TABLE, moving, -back)

    assert rows_of(session.with_row_moved(TABLE, moving, back)) == names


def test_a_row_that_is_not_there_cannot_be_moved() -> None:
    with pytest.raises(ValueRefused, match="no row zzzzzz"):
        with_rows("aaaaaa").with_row_moved(TABLE, "zzzzzz", 1)


# Junk is read as nothing


@pytest.mark.parametrize("junk", [5, "text", [1], None, {"aaaaaa": 5}])
def test_records_that_are_no_tables_are_passed_over(junk: Any) -> None:
    session = Session({"waivers": junk, "signoffs": junk, "absent": junk})

    assert list(session.records("waivers")) == []
    assert session.signoffs("gather") == []
    assert session.absences("gather") == {}
    assert session.absence("gather.a.b") is None


def test_leaves_are_what_holds_nothing_else_in_the_order_of_the_document() -> None:
    doc = {"a": [1, {"b": "two"}, []], "c": {}, "d": None, "e": {"f": ["", False]}}

    assert list(leaves(doc)) == [1, "two", None, "", False]
    assert list(leaves("x")) == ["x"]
