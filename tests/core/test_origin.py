"""What two versions were made from, told by who changed what: as good as knowing it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.changes import ORDER, Edit, apply, changes
from cim_tui.core.merge import merge, unsettled
from cim_tui.core.origin import Change, Touched, common
from cim_tui.core.session import get
from tests.core.test_merge import LEAF, TABLE, versions_of

MEETS = ("answers", "gather", "team", "meets")


def strangers(later: Change, earlier: Change) -> bool:
    """Nobody had seen what the other did."""
    return later.writer == earlier.writer and later.n >= earlier.n


def made(before: Any, after: Any, writer: str) -> list[Change]:
    """The changes of somebody who made one document into another."""
    return [Change(edit.path, writer, 1) for edit in changes(before, after)]


def in_any_order(doc: Any) -> Any:
    """A document without the order of its keys."""
    if isinstance(doc, dict):
        return {key: in_any_order(doc[key]) for key in sorted(doc)}
    return doc


FIELDS = st.fixed_dictionaries({}, optional={"a": LEAF, "b": LEAF, "t": TABLE, "u": TABLE})
"""A field is a table or it is not: people change answers, not what is asked."""
DOCS = st.builds(
    lambda fields: {"uid": "q", "answers": {"gather": {"team": {"n": 1} | fields}}}, FIELDS
)


@given(versions_of(DOCS))
def test_merging_from_what_the_changes_tell_is_merging_from_what_both_were_made_from(
    found: tuple[Any, Any, Any],
) -> None:
    base, ours, theirs = found
    told = common(ours, theirs, made(base, ours, "a"), made(base, theirs, "b"), strangers)

    by_base, by_changes = merge(base, ours, theirs), merge(told, ours, theirs)

    assert in_any_order(by_changes.doc) == in_any_order(by_base.doc)
    assert {c.id for c in by_changes.conflicts} == {c.id for c in by_base.conflicts}


def meets(words: str | None) -> dict[str, Any]:
    """A case with one answer."""
    return apply(
        {"uid": "q", "answers": {"gather": {"team": {"n": 1}}}}, [Edit(MEETS, None, words)]
    )


OURS, THEIRS = Change(MEETS, "ana", 3), Change(MEETS, "ben", 5)


def result(own: list[Change], other: list[Change], **how: Any) -> tuple[Any, int]:
    """What stands at the question after both are put together, and how many conflicts there are."""
    knew = how.get("knew", strangers)
    ours, theirs = how.get("ours", meets("Mondays")), how.get("theirs", meets("Fridays"))
    doc = merge(common(ours, theirs, own, other, knew), ours, theirs).doc
    return get(doc, MEETS), len(unsettled(doc))


def test_where_only_one_side_moved_it_is_taken() -> None:
    assert result([OURS], []) == ("Mondays", 0)
    assert result([], [THEIRS]) == ("Fridays", 0)


def test_where_both_moved_both_are_kept() -> None:
    assert result([OURS], [THEIRS]) == ("Mondays", 1)


def test_what_was_changed_by_somebody_who_had_seen_the_other_is_newer() -> None:
    assert result([OURS], [THEIRS], knew=lambda a, b: (a, b) == (THEIRS, OURS)) == ("Fridays", 0)
    assert result([OURS], [THEIRS], knew=lambda a, b: (a, b) == (OURS, THEIRS)) == ("Mondays", 0)


def test_what_was_cleared_stays_cleared_unless_somebody_changed_it() -> None:
    assert result([OURS], [], ours=meets(None)) == (None, 0)
    assert result([OURS], [THEIRS], ours=meets(None)) == ("Fridays", 1)


def test_what_people_did_counts_before_what_came_of_putting_together() -> None:
    derived = OURS._replace(derived=True)
    assert result([derived], [THEIRS]) == ("Fridays", 0)
    assert result([derived], []) == ("Mondays", 0)


def test_a_difference_that_nobody_tells_of_is_kept_twice_once() -> None:
    value, conflicts = result([], [])
    assert (value, conflicts) == ("Mondays", 1)
    ours = merge(meets(None), meets("Mondays"), meets("Fridays")).doc
    assert result([], [], ours=ours) == ("Fridays", 1)


def test_the_order_of_rows_is_that_of_whoever_moved_them() -> None:
    table = ("answers", "gather", "team", "people")
    rows = {"ka": {"name": "Ana"}, "kb": {"name": "Ben"}}
    ours = apply(meets(None), [Edit(table, None, dict(reversed(rows.items())))])
    theirs = apply(meets("Fridays"), [Edit(table, None, rows)])
    turned, said = Change((*table, ORDER), "ana", 3), THEIRS

    for own, other, order in (([turned], [said], ["kb", "ka"]), ([], [said], ["ka", "kb"])):
        doc = merge(common(ours, theirs, own, other, strangers), ours, theirs).doc
        assert list(get(doc, table)) == order
        assert get(doc, MEETS) == "Fridays"


def test_a_change_touches_what_it_lies_in_and_what_lies_in_it() -> None:
    row = ("answers", "gather", "team", "people", "ka")
    touched = Touched([Change((*row, "name"), "ana", 1), Change(row, "ben", 2)])

    assert [c.writer for c in touched.at((*row, "name"))] == ["ana"]
    assert [c.writer for c in touched.about((*row, "name"))] == ["ben"]
    assert [c.writer for c in touched.about((*row, "role"))] == ["ben"]
    assert [c.writer for c in touched.about(row[:4])] == ["ana", "ben"]
    assert touched.at(MEETS) == touched.about(MEETS) == []


def test_two_who_fill_one_empty_row_do_not_meet() -> None:
    row = ("answers", "gather", "team", "people", "ka")
    base = apply(meets(None), [Edit(row, None, {})])
    ours, theirs = (apply(base, [Edit((*row, name), None, "x")]) for name in ("name", "role"))
    told = common(ours, theirs, made(base, ours, "a"), made(base, theirs, "b"), strangers)

    assert merge(told, ours, theirs).conflicts == ()
