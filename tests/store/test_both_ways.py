"""Edits on record lead exactly forward and exactly back, down to the order of rows."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from cim_tui.core.changes import apply, take_back
from cim_tui.core.session import same
from cim_tui.store.journal import Record, both_ways, decode, encode
from tests.core.test_merge import DOCS


@given(DOCS, DOCS)
def test_what_is_recorded_leads_forward_and_back_exactly(before: Any, after: Any) -> None:
    edits = both_ways(before, after)
    assert same(apply(before, edits), after)
    assert same(take_back(after, edits), before)


@given(DOCS, DOCS)
def test_it_does_so_after_it_was_in_a_journal(before: Any, after: Any) -> None:
    record = Record(
        "a" * 8, 1, "edit", "2025-11-03T09:30:00Z", edits=tuple(both_ways(before, after))
    )
    read = decode(encode(record).rstrip(b"\n"))
    assert read == record
    assert same(take_back(apply(before, read.edits), read.edits), before)


def test_a_row_that_was_removed_comes_back_in_its_place() -> None:
    table = {"k2": {"name": "elm"}, "k3": {"name": "fir"}, "k4": {"name": "oak"}}
    before = {"answers": {"gather": {"team": {"t": table}}}}
    left = {key: row for key, row in table.items() if key != "k3"}
    after = {"answers": {"gather": {"team": {"t": left}}}}
    assert same(take_back(after, both_ways(before, after)), before)
