"""Typed text: cleaned once at the boundary, looked through for what should not be there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.text import REPLACEMENT, clean, looks_personal, one_line, shorten, shorten_both

LINE_ENDS = ("\r\n", "\r", "\x85", "\u2028", "\u2029")
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BOM = "\ufeff"
ANY_TEXT = st.text(st.characters(), max_size=60)
"""Every code point, lone surrogates among them."""


def unsafe(char: str) -> bool:
    """Said again, from Unicode's own tables: what may never reach a terminal or a file."""
    if char in "\t\n":
        return False
    return unicodedata.category(char) in ("Cc", "Cs") or char in BIDI or char == BOM


@pytest.fixture(scope="module")
def every_char() -> str:
    ends = "".join(LINE_ENDS)
    return "".join(c for c in map(chr, range(0x110000)) if c not in ends)


def test_every_control_surrogate_bidi_control_and_bom_becomes_the_replacement_character(
    every_char: str,
) -> None:
    wrong = "".join(c for c in every_char if unsafe(c))

    assert clean(wrong) == REPLACEMENT * len(wrong)


def test_every_other_character_stays_as_it_is(every_char: str) -> None:
    right = "".join(c for c in every_char if not unsafe(c))

    assert clean(right) == right


@pytest.mark.parametrize("end", LINE_ENDS, ids=[ascii(end) for end in LINE_ENDS])
def test_every_kind_of_line_end_becomes_one_newline(end: str) -> None:
    assert clean(f"first{end}second") == "first\nsecond"


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_cleaned_text_holds_nothing_unsafe_and_can_be_encoded(text: str) -> None:
    cleaned = clean(text)

    assert not any(unsafe(char) for char in cleaned)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


@given(ANY_TEXT)
def test_one_line_has_no_line_ends_and_no_white_space_around(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert one_line(line) == line


@given(ANY_TEXT, st.integers(1, 30))
def test_a_shortened_text_fits_and_says_when_something_was_cut(text: str, width: int) -> None:
    short = shorten(text, width)

    assert len(short) <= width
    assert short == one_line(text) or short.endswith("…")


def test_a_colour_escape_cannot_get_through() -> None:
    assert clean("\x1b]52;c;aGk=\x07red\x1b[31m") == "\ufffd]52;c;aGk=\ufffdred\ufffd[31m"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("His id is 1234567890, he says", "a student id"),
        ("ids 1234567890, 2345678901", "a student id"),
        ("The child was born on 3 May 2014", "a birth date"),
        ("DOB 5/3/14", "a birth date"),
        ("Date of birth: 2014-05-03", "a birth date"),
        ("SSN 123-45-6789", "a social security number"),
        ("We met student Maria Lopez in May", "a child's name"),
        ("the student's name is Maria Lopez", "a child's name"),
        ("her son, Jo Q.", "a child's name"),
        ("a pupil named Ana Ruiz left", "a child's name"),
    ],
)
def test_what_looks_like_a_child_is_named(text: str, what: str) -> None:
    assert what in looks_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Four of nine records had no signature.",
        "The student Study Team meets on Tuesdays.",
        "We spoke with student Support Services.",
        "students in grade 4 read at 41.5 percent",
        "Call 555-0100 before the meeting.",
        "CDS code 99123450000000",
        "Spent 1234567890.50 in all",
        "The goal was reached on 2025-10-01.",
        "Every child is Born to learn",
        "student IEP meetings",
    ],
)
def test_ordinary_sentences_raise_no_alarm(text: str) -> None:
    assert looks_personal(text) == ()


@pytest.mark.parametrize(
    "text", ["Student Maria Lopez was late", "The student’s name is Maria Lopez"]
)
def test_a_child_is_named_at_the_start_of_a_sentence_too(text: str) -> None:
    assert "a child's name" in looks_personal(text)


def test_a_student_id_at_the_end_of_a_sentence_is_seen() -> None:
    assert "a student id" in looks_personal("His id is 1234567890.")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.integers(8, 60))
def test_two_texts_that_are_shortened_fit_and_still_differ(
    start: str, one: str, other: str, width: int
) -> None:
    whole = one_line(start + one), one_line(start + other)
    short = shorten_both(*whole, width)

    assert all(len(text) <= width for text in short)
    assert (short[0] == short[1]) == (whole[0] == whole[1])


def test_what_differs_at_the_end_of_two_long_answers_is_in_sight() -> None:
    start = "Second and fourth Tuesday, 3:30 to 5:00, district office and online"

    assert shorten_both(f"{start} B1", f"{start} A1", 40) == (
        "…t office and online B1",
        "…t office and online A1",
    )
    assert shorten_both("Mondays", "Fridays", 40) == ("Mondays", "Fridays")
