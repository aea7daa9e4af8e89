"""The laws of merging, over generated documents: nothing anybody wrote is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.changes import Edit, apply, changes, net, take_back, units
from cim_tui.core.merge import Side, merge, merge_without_base, settled, unsettled
from cim_tui.core.session import get, same

WORDS = st.sampled_from(["alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel"])
LEAF = st.one_of(WORDS, st.integers(0, 9), st.lists(WORDS, max_size=2))
CELLS = st.dictionaries(st.sampled_from(["name", "role", "note"]), LEAF, max_size=3)
TABLE = st.dictionaries(st.sampled_from(["k2", "k3", "k4", "k5"]), CELLS, min_size=1, max_size=4)
FIELDS = st.dictionaries(st.sampled_from(["a", "b", "t", "u"]), st.one_of(LEAF, TABLE), max_size=4)
REASON = st.fixed_dictionaries({"code": st.sampled_from(["unknown", "no-data"]), "note": WORDS})
ABSENT = st.dictionaries(
    st.sampled_from(["gather.team.a", "gather.team.t.k2.name", "gather.team.b"]), REASON, max_size=2
)


def _document(fields: Any, absent: Any, level: Any) -> dict[str, Any]:
    doc: dict[str, Any] = {"uid": "q", "case": {"level": level}}
    if fields:
        doc["answers"] = {"gather": {"team": fields}}
    reasons = _reasons(doc, absent)
    if reasons:
        doc["absent"] = reasons
    return doc


def _reasons(doc: Any, absent: Any) -> dict[str, Any]:
    """Reasons that can stand: of what has no answer, and of cells of rows that are there."""
    return {
        address: reason
        for address, reason in absent.items()
        if get(doc, ("answers", *address.split("."))) is None
        and (
            address.count(".") < 3
            or isinstance(get(doc, ("answers", *address.split(".")[:4])), dict)
        )
    }


DOCS = st.builds(_document, FIELDS, ABSENT, st.sampled_from(["one", "two", "three"]))


@st.composite
def versions_of(draw: st.DrawFn, docs: st.SearchStrategy[Any]) -> tuple[Any, Any, Any]:
    """A document and two made from it, so that most of them is the same."""
    base = draw(docs)
    sides = []
    for _ in range(2):
        other = draw(docs)
        edits = changes(base, other)
        picked = [edit for edit in edits if not edit.is_order and draw(st.booleans())]
        made = apply(base, picked)
        absent = _reasons(made, made.get("absent", {}))
        sides.append({**{k: v for k, v in made.items() if k != "absent"},
                      **({"absent": absent} if absent else {})})  # fmt: skip
    return base, sides[0], sides[1]


def versions() -> st.SearchStrategy[tuple[Any, Any, Any]]:
    """Versions of any document."""
    return versions_of(DOCS)


def words_in(value: Any) -> set[str]:
    """Every text that stands in a value."""
    return {word for word in WORDS_ALL if json.dumps(word) in json.dumps(value, default=str)}


WORDS_ALL = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel"]


# Changes


@given(DOCS, DOCS)
def test_edits_made_lead_from_one_document_to_the_other_exactly(one: Any, other: Any) -> None:
    edits = changes(one, other)

    assert same(apply(one, edits), other)
    assert changes(one, one) == []


@given(DOCS, DOCS)
def test_edits_taken_back_lead_to_where_they_came_from(one: Any, other: Any) -> None:
    assert same(take_back(other, changes(one, other)), one) or list(units(one)) != []
    back = take_back(other, changes(one, other))
    assert dict(units(back)) == dict(units(one))


@given(DOCS, DOCS, DOCS)
def test_a_run_of_edits_has_one_net_effect(one: Any, two: Any, three: Any) -> None:
    run = [*changes(one, two), *changes(two, three)]
    plain = [edit for edit in net(run) if not edit.is_order]

    assert {edit.path: edit.new for edit in plain} == {
        edit.path: edit.new for edit in net(changes(one, three)) if not edit.is_order
    }


# Merging


@given(versions())
def test_a_side_that_changed_nothing_yields_to_the_other(made: tuple[Any, Any, Any]) -> None:
    base, ours, theirs = made

    assert same(merge(base, ours, base).doc, ours)
    assert same(merge(base, base, theirs).doc, theirs)
    assert same(merge(base, ours, ours).doc, ours)


@given(versions())
def test_every_word_of_either_side_is_in_its_place_or_among_the_conflicts(
    made: tuple[Any, Any, Any],
) -> None:
    base, ours, theirs = made
    merged = merge(base, ours, theirs).doc

    for side in (ours, theirs):
        written = {path: value for path, value in units(side) if not same(value, get(base, path))}
        for path, value in written.items():
            here = get(merged, path)
            clashed = list(merged.get("conflicts", {}).values())
            assert same(here, value) or words_in(value) <= words_in(clashed), (path, value)


@given(versions())
def test_nothing_untouched_by_both_is_changed(made: tuple[Any, Any, Any]) -> None:
    base, ours, theirs = made
    merged = merge(base, ours, theirs)
    clashed = [conflict.path for conflict in merged.conflicts]

    for path, value in units(base):
        if same(get(ours, path), value) and same(get(theirs, path), value):
            inside = any(path[: len(p)] == p or p[: len(path)] == path for p in clashed)
            assert same(get(merged.doc, path), value) or inside


@given(versions())
def test_both_sides_find_the_same_up_to_whose_is_shown(made: tuple[Any, Any, Any]) -> None:
    base, ours, theirs = made
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)

    assert {c.id for c in one.conflicts} == {c.id for c in other.conflicts}
    assert {(c.path, json.dumps(c.mine, default=str), json.dumps(c.theirs, default=str))
            for c in one.conflicts} == {
        (c.path, json.dumps(c.theirs, default=str), json.dumps(c.mine, default=str))
        for c in other.conflicts
    }  # fmt: skip
    if not one.conflicts:
        assert same(one.doc, other.doc)


@given(versions())
def test_merging_twice_changes_nothing(made: tuple[Any, Any, Any]) -> None:
    base, ours, theirs = made
    once = merge(base, ours, theirs).doc

    assert same(merge(base, once, theirs).doc, once)
    assert same(merge(theirs, once, theirs).doc, once)


@given(versions())
def test_a_merged_document_can_be_written_and_holds_no_table_beside_a_value(
    made: tuple[Any, Any, Any],
) -> None:
    base, ours, theirs = made
    merged = merge(base, ours, theirs).doc
    paths = [path for path, _ in units(merged)]

    assert len(paths) == len(set(paths))
    for address in merged.get("absent", {}):
        assert get(merged, ("answers", *address.split("."))) is None


@given(versions(), st.booleans())
def test_settled_conflicts_leave_the_side_that_was_taken(
    made: tuple[Any, Any, Any], take: bool
) -> None:
    base, ours, theirs = made
    merged = merge(base, ours, theirs)
    doc = merged.doc
    for conflict in unsettled(doc):
        doc = settled(doc, conflict, theirs=take)

    assert unsettled(doc) == []
    for conflict in merged.conflicts if take else ():
        inner = conflict.theirs
        if not (isinstance(inner, dict) and set(inner) == {"absent"}):
            assert get(doc, conflict.path) == inner


@given(DOCS, DOCS)
def test_without_a_base_nothing_counts_as_deleted(one: Any, other: Any) -> None:
    merged = merge_without_base(one, other)
    clashed = json.dumps(merged.doc.get("conflicts", {}), default=str)

    for path, value in (*units(one), *units(other)):
        assert same(get(merged.doc, path), value) or words_in(value) <= {
            word for word in WORDS_ALL if json.dumps(word) in clashed
        }


# By example


BASE: dict[str, Any] = {
    "uid": "q",
    "answers": {"gather": {"team": {
        "meets": "Tuesdays",
        "members": {"aaaaaa": {"name": "Ana", "role": "lead"}, "bbbbbb": {"name": "Ben"}},
    }}},
}  # fmt: skip
TEAM = ("answers", "gather", "team")


def changed(*edits: tuple[tuple[str, ...], Any]) -> dict[str, Any]:
    return apply(BASE, [Edit((*TEAM, *path), None, value) for path, value in edits])


def test_cells_of_one_row_merge() -> None:
    ours = changed((("members", "aaaaaa", "name"), "Ana Ruiz"))
    theirs = changed((("members", "aaaaaa", "role"), "chair"))
    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    assert get(merged.doc, (*TEAM, "members", "aaaaaa")) == {"name": "Ana Ruiz", "role": "chair"}


def test_rows_added_by_both_are_both_there_each_behind_what_it_followed() -> None:
    ours = changed((("members", "cccccc"), {}), (("members", "cccccc", "name"), "Cruz"))
    theirs = changed((("members", "dddddd"), {}), (("members", "dddddd", "name"), "Dee"))
    merged = merge(BASE, ours, theirs)

    assert merged.conflicts == ()
    assert sorted(get(merged.doc, (*TEAM, "members"))) == ["aaaaaa", "bbbbbb", "cccccc", "dddddd"]


def test_the_same_answer_changed_by_both_is_kept_twice() -> None:
    ours, theirs = changed((("meets",), "Mondays")), changed((("meets",), "Fridays"))
    merged = merge(BASE, ours, theirs, Side("Rosa"))
    (conflict,) = unsettled(merged.doc)

    assert get(merged.doc, (*TEAM, "meets")) == "Mondays"
    assert (conflict.address, conflict.mine, conflict.theirs, conflict.by) == (
        "gather.team.meets", "Mondays", "Fridays", "Rosa",
    )  # fmt: skip
    assert get(settled(merged.doc, conflict, theirs=True), (*TEAM, "meets")) == "Fridays"


@pytest.mark.parametrize("swap", [False, True])
def test_a_row_that_one_removed_and_the_other_changed_stays_whole(swap: bool) -> None:
    removed = apply(BASE, [Edit((*TEAM, "members", "aaaaaa"), None, None)])
    edited = changed((("members", "aaaaaa", "role"), "chair"))
    sides = (edited, removed) if swap else (removed, edited)
    merged = merge(BASE, *sides)
    (conflict,) = merged.conflicts

    assert get(merged.doc, (*TEAM, "members", "aaaaaa")) == {"name": "Ana", "role": "chair"}
    assert conflict.address == "gather.team.members.aaaaaa"
    gone = settled(merged.doc, conflict, theirs=swap)
    assert (get(gone, (*TEAM, "members", "aaaaaa")) is None) == swap


def test_a_row_moved_by_one_and_changed_by_the_other_is_moved_and_changed() -> None:
    rows = BASE["answers"]["gather"]["team"]["members"]
    moved = apply(BASE, [Edit((*TEAM, "members", "\x00order"), None, list(reversed(rows)))])
    edited = changed((("members", "bbbbbb", "role"), "notes"))
    merged = merge(BASE, moved, edited)

    assert merged.conflicts == ()
    assert list(get(merged.doc, (*TEAM, "members"))) == ["bbbbbb", "aaaaaa"]
    assert get(merged.doc, (*TEAM, "members", "bbbbbb", "role")) == "notes"


def test_an_answer_and_a_reason_why_it_is_missing_are_a_conflict() -> None:
    base = apply(BASE, [Edit((*TEAM, "meets"), None, None)])
    reason = {"code": "unknown", "note": "Nobody knows"}
    theirs = apply(base, [Edit(("absent", "gather.team.meets"), None, reason)])
    merged = merge(base, BASE, theirs)
    (conflict,) = merged.conflicts

    assert get(merged.doc, (*TEAM, "meets")) == "Tuesdays"
    assert "absent" not in merged.doc
    taken = settled(merged.doc, conflict, theirs=True)
    assert taken["absent"] == {"gather.team.meets": reason}
    assert get(taken, (*TEAM, "meets")) is None
