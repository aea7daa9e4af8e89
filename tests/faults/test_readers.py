"""The readers of journals and of cases: whatever bytes there are, an answer or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim_tui.core.changes import Edit
from cim_tui.core.errors import CimError
from cim_tui.core.session import same
from cim_tui.store import journal, sessions
from tests.store.files import text

SCALARS = (
    st.booleans() | st.integers(-(2**200), 2**200) | st.decimals(allow_nan=False) | st.dates()
    | st.datetimes() | st.times() | st.text(st.characters(exclude_categories=["C", "Z"]))
)  # fmt: skip
KEYS = st.text(st.sampled_from("ab$ntdcm-."), max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
LINE = journal.encode(
    journal.Record("w", 1, "edit", "2026-01-01T00:00:00Z", "Ana", "x",
                   (Edit(("answers", "a", "b"), None, "word"),), "v", {"o": 3})
)  # fmt: skip


@given(VALUES, VALUES)
def test_a_value_comes_back_from_a_journal_exactly(old: Any, new: Any) -> None:
    record = journal.Record("w", 1, "edit", "now", edits=(Edit(("answers", "$a"), old, new),))

    back = journal.decode(journal.encode(record).rstrip(b"\n"))

    assert back is not None
    assert same(list(back.edits[0]), [("answers", "$a"), old, new])


@given(st.binary(max_size=400))
def test_any_bytes_are_a_record_or_none(data: bytes) -> None:
    assert journal.decode(data) is None


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["w", "n", "k", "at", "edits", "seen", "v", "$n", "$m", "$d"]),
                      inner, max_size=9),
    max_leaves=20,
)  # fmt: skip


@given(st.fixed_dictionaries({"w": JSON, "n": JSON, "k": JSON, "at": JSON},
                             optional={"edits": JSON, "seen": JSON, "v": JSON, "by": JSON}) | JSON)  # fmt: skip
def test_a_line_with_a_good_checksum_and_nonsense_in_it_is_a_record_or_none(body: Any) -> None:
    data = json.dumps(body).encode()

    found = journal.decode(journal._sum(data) + b" " + data)

    if found is not None:
        journal.encode(found)


@given(st.integers(0, len(LINE) - 2), st.integers(1, 255))
def test_a_byte_that_changed_makes_a_line_no_record(at: int, how: int) -> None:
    assert journal.decode(LINE[:at] + bytes([LINE[at] ^ how]) + LINE[at + 1 : -1]) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 200), st.binary(max_size=12),
    st.sampled_from([b"", b"[answers.a.b]\nx = ", b"[a]\n", b"\xef\xbb\xbf", b'"""', b"{", b"[["]),
)  # fmt: skip
def test_a_case_with_any_bytes_in_it_is_read_or_refused(
    tmp_path: Path, at: int, junk: bytes, start: bytes
) -> None:
    whole = text("quail").encode()
    path = tmp_path / "quail.toml"
    path.write_bytes(whole[:at] + start + junk + whole[at:])

    try:
        sessions.read(path)
    except CimError:
        return


def test_good_records_after_a_damaged_one_count(tmp_path: Path) -> None:
    second = journal.encode(journal.Record("w", 2, "edit", "now"))
    path = tmp_path / "w.log"
    path.write_bytes(LINE[:-20] + b"\n" + b"\0" * 50 + b"\n" + second)

    found = journal.read(path)

    assert ([r.n for r in found.records], found.damaged) == ([2], [1, 2])
    assert path.read_bytes().startswith(LINE[:-20])
