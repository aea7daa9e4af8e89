"""TOML in and out: every text and every digit comes back; what is wrong has a line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.errors import DamagedFile
from cim_tui.core.session import Session
from cim_tui.core.text import clean
from cim_tui.store import sessions, toml
from tests.store.files import session

TEXTS = st.text(max_size=40).map(clean)
SPECIAL = st.sampled_from(
    ['"""', "'''", "\\", "\\n", '"', "\n", "\n\n", " \n ", "\t", "#", "= x", "[a]", "\\u0041",
     'end"""\n', "\\\n", "  lead", "trail  ", "\U0001f426", "é", "e\u0301", ""]
)  # fmt: skip
PROSE = st.lists(TEXTS | SPECIAL, max_size=4).map("".join)
KEYS = st.text(max_size=8).map(clean) | SPECIAL
WHOLE = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda d: abs(d.adjusted()) < 60
)
PLAIN = (
    PROSE | WHOLE | DECIMALS | st.booleans() | st.dates() | st.times() | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)
DOCS = st.dictionaries(KEYS, VALUES, max_size=4)


def again(doc: dict[str, Any]) -> dict[str, Any]:
    return toml.load(toml.dump(doc), "it")


@given(DOCS)
def test_any_document_comes_back_the_same(doc: dict[str, Any]) -> None:
    assert again(doc) == doc


@given(PROSE)
def test_any_text_comes_back_letter_for_letter(text: str) -> None:
    made = session().with_value("gather.team.note", text)

    assert toml.load(sessions.encode(made), "it")["answers"]["gather"]["team"]["note"] == text


@given(DECIMALS)
def test_any_decimal_comes_back_digit_for_digit(number: Decimal) -> None:
    found = again({"x": number})["x"]

    assert found == number
    assert isinstance(found, Decimal)
    assert abs(Decimal(found).as_tuple().exponent) <= abs(number.as_tuple().exponent) + 1  # type: ignore[arg-type]


@given(st.from_regex(r"-?[0-9]{1,20}\.[0-9]{1,20}", fullmatch=True))
def test_a_decimal_as_people_write_it_keeps_its_zeros(typed: str) -> None:
    number = Decimal(typed)

    assert str(again({"x": number})["x"]) == str(number)


@given(st.dictionaries(KEYS, DOCS, max_size=4))
def test_tables_stay_in_their_order(doc: dict[str, Any]) -> None:
    assert list(again(doc)) == list(doc)


@given(DOCS)
def test_writing_what_was_read_is_the_same_bytes(doc: dict[str, Any]) -> None:
    once = toml.dump(again(doc))

    assert toml.dump(toml.load(once, "it")) == once


@given(DOCS)
def test_an_encoded_session_reads_back_the_same(doc: dict[str, Any]) -> None:
    made = Session({**session().doc, "answers": {"gather": {"team": doc}}, "zoo": doc})

    assert toml.load(sessions.encode(made), "it") == made.doc


def test_one_key_a_line_and_prose_in_lines_as_it_was_written() -> None:
    text = toml.dump({"a": {"x": 1, "note": 'Said "yes"\nand left', "who": ["b", "c"]}}).decode()

    assert text == (
        '[a]\nx = 1\nnote = """\nSaid \\"yes\\"\nand left"""\nwho = [\n    "b",\n    "c",\n]\n'
    )


def test_rows_without_answers_are_kept() -> None:
    doc = {"t": {"aaaaaa": {}, "aaaaab": {"x": 1}}}

    assert again(doc) == doc
    assert list(again(doc)["t"]) == ["aaaaaa", "aaaaab"]


# What is wrong


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a = 1\nb = \n", 2),
        (b"a = 1\na = 2\n", 2),
        (b'a = "open\n', 1),
        (b'a = """open\n\n', 3),
        (b"[a]\n[a]\n", 2),
        (b"x = 2025-02-30\n", 1),
        (b"a = 1\n\nx = \xff\n", 3),
        (b"\xff\xfea\x00", 1),
        (b"x = 1" + b"0" * 5000, 1),
    ],
)
def test_what_is_no_toml_is_damage_with_a_line(data: bytes, line: int) -> None:
    with pytest.raises(DamagedFile) as refused:
        toml.load(data, "it")

    assert refused.value.line == line
    assert refused.value.reason
    assert str(refused.value).startswith(f"it, line {line}: ")


@pytest.mark.parametrize(
    "data",
    [b"x = " + b"[" * 100_000, b"x = " + b"{a=" * 100_000, b"a." * 100_000 + b"a = 1",
     b"[" + b"a." * 100_000 + b"a]", b"x = [" + b"[]," * 200_000],
    ids=["arrays", "tables", "a dotted key", "a dotted header", "half a list"],
)  # fmt: skip
def test_what_is_nested_without_end_is_damage(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        toml.load(data, "it")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_damage(data: bytes) -> None:
    try:
        found = toml.load(data, "it")
    except DamagedFile:
        return
    assert isinstance(found, dict)


@given(st.lists(st.sampled_from(
    ["[", "]", "{", "}", "=", ".", ",", '"', "'", "\n", "a", "b", "1", "-", "e", "nan", "inf",
     '"""', "2025-01-01", "T00:00", "true", "#", " "]), max_size=20).map("".join))  # fmt: skip
def test_any_crumbs_of_toml_are_a_document_or_damage(text: str) -> None:
    try:
        found = toml.load(text.encode(), "it")
    except DamagedFile:
        return
    assert isinstance(found, dict)


def test_numbers_with_a_point_are_never_binary() -> None:
    found = toml.load(b"a = 0.1\nb = 1e-7\nc = 3.0\n", "it")

    assert found == {"a": Decimal("0.1"), "b": Decimal("1E-7"), "c": Decimal("3.0")}
    assert all(isinstance(value, Decimal) for value in found.values())


def test_dates_and_times_are_told_apart() -> None:
    found = toml.load(b"a = 2025-01-02\nb = 2025-01-02T03:04:05Z\nc = 03:04:05\n", "it")

    assert found == {
        "a": date(2025, 1, 2),
        "b": datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        "c": time(3, 4, 5),
    }
    assert type(found["a"]) is date


# Lines of keys

LINES = """\
id = "x"

[fields.a]
label = "A"
choices = { one = "1" }

# [fields.commented]
[fields."b.c"]
label = "B"

[[rules]]
on = "a"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 1),
        (("fields", "a"), 3),
        (("fields", "a", "label"), 4),
        (("fields", "a", "choices", "one"), 5),
        (("fields", "a", "no-such-key"), 3),
        (("fields", "b.c", "label"), 9),
        (("fields", "b.c"), 8),
        (("rules", "on"), 12),
        (("nothing", "here"), None),
        (("fields", "commented"), None),
    ],
)
def test_a_key_is_found_at_its_line_or_at_its_nearest_header(
    path: tuple[str, ...], line: int | None
) -> None:
    assert toml.line_of(LINES, path) == line


def test_words_inside_a_text_are_no_keys() -> None:
    text = 'guidance = """\nlabel = the words\n"""\nlabel = "A"\n'

    assert toml.line_of(text, ("label",)) == 4
