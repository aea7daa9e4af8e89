"""Who changed what and had seen what, read from journals and archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim_tui.core.changes import Edit
from cim_tui.core.origin import Change
from cim_tui.store import journal
from cim_tui.store.journal import ARCHIVE, Record
from cim_tui.store.ledger import Ledger, Span, changes_in

PATH = ("answers", "gather", "team", "meets")
EDIT = (Edit(PATH, None, "Mondays"),)


def record(writer: str, n: int, kind: str = "edit", **more: object) -> Record:
    """A record that changes one answer."""
    edits = EDIT if kind != "wrote" else ()
    return Record(writer, n, kind, "2025-11-03T09:30:00Z", edits=edits)._replace(**more)  # type: ignore[arg-type]


def put(folder: Path, name: str, *records: Record) -> None:
    """A journal, or an archive."""
    data = b"".join(map(journal.encode, records))
    (folder / f"{name}{journal.SUFFIX}").write_bytes(data)


def test_what_one_has_seen_and_another_has_not_is_told_by_writer(tmp_path: Path) -> None:
    put(tmp_path, "ana", *(record("ana", n) for n in range(1, 6)))
    ledger = Ledger(tmp_path)

    assert ledger.ahead({"ana": 5}, {"ana": 2}) == [Span("ana", 2, 5)]
    assert ledger.ahead({"ana": 2}, {"ana": 5}) == []
    assert [r.n for r in ledger.records(Span("ana", 2, 4))] == [3, 4]


def test_our_own_records_hold_though_the_journal_is_gone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, [record("me", n) for n in range(1, 4)])

    assert [r.n for r in ledger.records(Span("me", 1, 3))] == [2, 3]


def test_who_had_seen_what_is_told_by_the_last_that_was_said(tmp_path: Path) -> None:
    put(
        tmp_path, "ben", record("ben", 1, "open", seen={"ana": 1}), record("ben", 2),
        record("ben", 3, "took", seen={"ana": 4}), record("ben", 4),
    )  # fmt: skip
    put(tmp_path, "ana", *(record("ana", n) for n in range(1, 6)))
    ledger = Ledger(tmp_path)

    def knew(n: int, of_ana: int) -> bool:
        return ledger.knew(Change(PATH, "ben", n), Change(PATH, "ana", of_ana))

    assert [knew(2, 1), knew(2, 2), knew(4, 4), knew(4, 5)] == [True, False, True, False]
    assert ledger.knew(Change(PATH, "ana", 5), Change(PATH, "ana", 4))


def test_a_version_that_was_written_says_all_that_was_seen(tmp_path: Path) -> None:
    """What was put away since is not counted again from what was said before."""
    put(
        tmp_path, "ben", record("ben", 1, "open", seen={"old": 9}),
        record("ben", 2, "wrote", seen={"ana": 2, "ben": 2}), record("ben", 3),
    )  # fmt: skip

    assert Ledger(tmp_path).context("ben", 3) == {"ana": 2, "ben": 3}


def test_what_stands_in_an_archive_is_seen_by_whoever_has_seen_the_archive(tmp_path: Path) -> None:
    archive = f"{ARCHIVE}zz"
    put(tmp_path, archive, *(record("ana", n) for n in range(1, 4)), record("eva", 1))
    put(tmp_path, "ben", record("ben", 1, "open", seen={archive: 1}), record("ben", 2))
    ledger = Ledger(tmp_path)

    assert ledger.ahead({archive: 1, "ben": 2}, {archive: 1}) == [Span("ben", 0, 2)]
    assert ledger.ahead({archive: 1}, {"ana": 1}) == [Span("ana", 1, 3), Span("eva", 0, 1)]
    assert ledger.ahead({"ana": 3}, {archive: 1}) == []
    # Both have the archive, and one still names a writer who is in it.
    assert ledger.ahead({archive: 1, "ana": 3}, {archive: 1}) == []
    assert [r.n for r in ledger.records(Span("ana", 1, 3))] == [2, 3]
    assert ledger.knew(Change(PATH, "ben", 2), Change(PATH, "ana", 3))


def test_a_damaged_line_hides_no_other(tmp_path: Path) -> None:
    lines = [journal.encode(record("ana", n)) for n in (1, 2, 3)]
    lines[1] = lines[1].replace(b'"n":2', b'"n":3')
    (tmp_path / f"ana{journal.SUFFIX}").write_bytes(b"".join(lines))

    assert [r.n for r in Ledger(tmp_path).records(Span("ana", 0, 9))] == [1, 3]


@pytest.mark.parametrize(
    ("kind", "seen", "derived"),
    [("edit", {}, False), ("took", {}, False), ("took", {"ana": 1}, True), ("rolled", {"a": 1}, True)],
)  # fmt: skip
def test_what_was_taken_in_from_others_is_theirs(
    kind: str, seen: dict[str, int], derived: bool
) -> None:
    clash = Edit(("conflicts", "abcdef"), None, {"path": list(PATH)})
    found = list(changes_in(record("ben", 2, kind, seen=seen, edits=(*EDIT, clash))))

    assert [c.derived for c in found] == [derived, False]
