"""Values of each type: typed, kept, read, and shown again."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core import values
from cim_tui.core.errors import ValueRefused
from cim_tui.core.language import Column
from cim_tui.core.text import clean, one_line
from cim_tui.core.values import Misfit

CHOICES = {"targeted": "Targeted", "intensive": "Intensive 1", "other": "Something else"}
TYPES = [
    "text", "long-text", "integer", "number", "percent", "money", "date", "choice", "choices",
    "yes-no", "checklist", "rating", "people", "evidence", "reference", "calculated",
]  # fmt: skip


def spec(kind: str, **more: Any) -> Column:
    doc: dict[str, Any] = {"type": kind, "label": "It", **more}
    if kind in ("choice", "choices", "checklist"):
        doc["choices"] = CHOICES
    if kind == "reference":
        doc["to"] = "members"
    if kind == "calculated":
        doc["calculate"] = {"sum": ["a", "b"]}
    return Column.checked(doc)


def parse(kind: str, text: str, **more: Any) -> Any:
    return values.parse(spec(kind, **more), text, CHOICES)


# What is typed


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  Second   Tuesday ", "Second Tuesday"),
        ("long-text", "One\r\nTwo  ", "One\nTwo  "),
        ("integer", "42", 42),
        ("integer", "-7", -7),
        ("integer", "1,234", 1234),
        ("integer", "+007", 7),
        ("rating", "5", 5),
        ("number", "12.50", Decimal("12.50")),
        ("number", "-0.1", Decimal("-0.1")),
        ("number", "12", 12),
        ("percent", "41.5%", Decimal("41.5")),
        ("percent", "41.5 %", Decimal("41.5")),
        ("money", "$1,234.50", Decimal("1234.50")),
        ("money", "$ 12", 12),
        ("date", "2025-10-01", date(2025, 10, 1)),
        ("yes-no", "Y", True),
        ("yes-no", "no", False),
        ("choice", "targeted", "targeted"),
        ("choice", "INTENSIVE 1", "intensive"),
        ("choices", "targeted, something else", ["targeted", "other"]),
        ("checklist", "other", ["other"]),
        ("reference", "k7f3q2", "k7f3q2"),
    ],
)
def test_what_is_typed_is_kept_in_the_form_of_its_type(kind: str, typed: str, kept: Any) -> None:
    found = parse(kind, typed)

    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize("kind", [k for k in TYPES if k not in ("people", "evidence")])
@pytest.mark.parametrize("blank", ["", "   ", "\n\t "])
def test_blank_text_is_no_answer_whatever_the_type(kind: str, blank: str) -> None:
    assert parse(kind, blank) is None


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "4.5"),
        ("integer", "four"),
        ("integer", "1e3"),
        ("integer", "\u0664\u0662"),
        ("integer", "9" * 19),
        ("rating", "0"),
        ("rating", "6"),
        ("number", "1,23"),
        ("number", "1.2.3"),
        ("number", "1e5"),
        ("number", "nan"),
        ("number", "Infinity"),
        ("number", ".5"),
        ("money", "$"),
        ("money", "12 dollars"),
        ("percent", "%"),
        ("yes-no", "maybe"),
        ("yes-no", "1"),
        ("choice", "Gold"),
        ("choices", "targeted, gold"),
        ("calculated", "12"),
        ("people", "Rosa"),
        ("evidence", "a.pdf"),
    ],
)
def test_what_does_not_fit_its_type_is_refused_with_a_reason(kind: str, typed: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse(kind, typed)

    assert str(refused.value)


def test_a_refused_choice_names_the_choices_there_are() -> None:
    with pytest.raises(ValueRefused, match="targeted, intensive, other"):
        parse("choice", "Gold")


def test_terminal_controls_never_get_into_an_answer() -> None:
    assert parse("text", "a\x1b[31m\u202eb") == "a\ufffd[31m\ufffdb"
    assert parse("long-text", "a\x1b\nb") == "a\ufffd\nb"


def test_a_comma_that_groups_no_thousands_is_refused() -> None:
    with pytest.raises(ValueRefused):
        parse("integer", "1,5")


def test_a_lone_comma_refers_to_nothing() -> None:
    assert parse("reference", ",") is None


@pytest.mark.parametrize("kind", ["choices", "checklist"])
def test_a_lone_comma_chooses_nothing(kind: str) -> None:
    assert parse(kind, " , ") is None


@pytest.mark.parametrize("kind", ["choices", "checklist"])
def test_a_choice_whose_label_holds_a_comma_can_be_typed_by_its_label(kind: str) -> None:
    known = {"race": "Race, or ethnic group", "sex": "Sex"}
    column = Column.checked({"type": kind, "label": "It", "choices": known})

    assert values.parse(column, "Race, or ethnic group, Sex", known) == ["race", "sex"]


# Dates


@pytest.mark.parametrize(
    "typed",
    ["2025-10-01", "2025-10-1", "10/1/2025", "10/01/2025", "October 1, 2025", "Oct. 1 2025",
     "1 October 2025", "1. Oct 2025", "sept 1, 2025", "OCTOBER 1, 2025"],
)  # fmt: skip
def test_a_date_is_read_in_the_four_explicit_forms(typed: str) -> None:
    month = 9 if typed.startswith("sept") else 10

    assert values.parse_date(typed) == date(2025, month, 1)


@pytest.mark.parametrize(
    "typed",
    ["10/1/25", "1.10.2025", "2025/10/01", "20251001", "Oct 2025", "tomorrow", "2025-10",
     "October 1st, 2025", "1-10-2025", "2025-10-01T00:00", "10-1-2025", "Oktober 1, 2025",
     "2025-02-29", "13/1/2025", "0000-01-01", "31 April 2025", "-2025-10-01", ""],
)  # fmt: skip
def test_any_other_form_or_day_is_refused_not_guessed(typed: str) -> None:
    with pytest.raises(ValueRefused, match="2025-10-01"):
        values.parse_date(typed)


@given(st.dates())
def test_each_form_of_any_date_is_read_back(day: date) -> None:
    month = day.strftime("%B")
    year = f"{day.year:04d}"

    for typed in (
        day.isoformat(),
        f"{day.month}/{day.day}/{year}",
        f"{month} {day.day}, {year}",
        f"{day.day} {month} {year}",
    ):
        assert values.parse_date(typed) == day


@given(st.text(max_size=16))
def test_text_is_a_date_or_refused_and_nothing_else_happens(text: str) -> None:
    with suppress(ValueRefused):
        assert isinstance(values.parse_date(text), date)


def test_a_date_in_digits_of_another_script_is_refused() -> None:
    with pytest.raises(ValueRefused):
        values.parse_date("\u0662\u0660\u0662\u0665-\u0661\u0660-\u0660\u0661")


# Round trips

DIGITS = st.integers(-(10**17), 10**17)
DECIMALS = st.decimals(
    min_value=Decimal(-(10**12)), max_value=Decimal(10**12), places=None,
    allow_nan=False, allow_infinity=False,
).filter(lambda d: -12 <= int(d.as_tuple().exponent) < 0)  # fmt: skip
KEPT: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(max_size=40).map(one_line).filter(bool),
    "long-text": st.text(max_size=80).map(clean).filter(lambda t: bool(t.strip())),
    "integer": DIGITS,
    "rating": st.integers(1, 5),
    "number": DIGITS | DECIMALS,
    "percent": DIGITS | DECIMALS,
    "money": DIGITS | DECIMALS,
    "date": st.dates(),
    "yes-no": st.booleans(),
    "choice": st.sampled_from(list(CHOICES)),
    "choices": st.lists(st.sampled_from(list(CHOICES)), min_size=1, unique=True),
    "checklist": st.lists(st.sampled_from(list(CHOICES)), min_size=1, unique=True),
}


@given(st.data(), st.sampled_from(list(KEPT)))
def test_what_is_shown_can_be_typed_again_and_is_the_same(data: st.DataObject, kind: str) -> None:
    raw = data.draw(KEPT[kind])
    shown = values.show(spec(kind), raw, CHOICES)

    assert values.parse(spec(kind), shown, CHOICES) == raw


@given(st.data(), st.sampled_from(list(KEPT)))
def test_what_is_kept_fits_its_own_type(data: st.DataObject, kind: str) -> None:
    raw = data.draw(KEPT[kind])

    assert not isinstance(values.read(spec(kind), raw), Misfit)


@given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", fullmatch=True))
def test_every_digit_of_a_typed_number_is_kept(typed: str) -> None:
    kept = parse("number", typed)

    assert Decimal(kept) == Decimal(typed)
    assert isinstance(kept, int) == ("." not in typed)
    if isinstance(kept, Decimal):
        assert str(kept) == str(Decimal(typed))


def test_a_tenth_is_a_tenth() -> None:
    tenth = Decimal(parse("number", "0.1"))

    assert tenth + tenth + tenth == Decimal("0.3")


# What a file holds

STRANGE: list[Any] = [
    "text", "", 7, True, Decimal("1.5"), Decimal("NaN"), Decimal("Infinity"), date(2025, 1, 2),
    datetime(2025, 1, 2, 3, 4, tzinfo=UTC), time(5, 6), [], ["a"], [1], [["a"]], {}, {"a": {}}, {"a": 1},
]  # fmt: skip
FITS = {
    "text": {0, 1}, "long-text": {0, 1}, "choice": {0, 1}, "yes-no": {3}, "integer": {2},
    "rating": {2}, "number": {2, 4}, "percent": {2, 4}, "money": {2, 4}, "date": {7},
    "choices": {10, 11}, "checklist": {10, 11}, "reference": {0, 1}, "people": {14, 15},
    "evidence": {14, 15}, "calculated": set(),
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_a_stored_value_of_another_type_is_a_misfit_kept_as_it_is(kind: str) -> None:
    for place, raw in enumerate(STRANGE):
        found = values.read(spec(kind), raw)
        if place in FITS[kind]:
            assert not isinstance(found, Misfit), raw
        else:
            assert isinstance(found, Misfit), raw
            assert found.raw is raw
            assert found.wanted


def test_a_reference_to_many_takes_a_list_and_a_single_one_a_text() -> None:
    assert values.read(spec("reference", many=True), ["a", "b"]) == ["a", "b"]
    assert isinstance(values.read(spec("reference", many=True), "a"), Misfit)
    assert isinstance(values.read(spec("reference"), ["a"]), Misfit)


@pytest.mark.parametrize("raw", [None, "", "  \n", [], {}])
def test_nothing_blank_text_and_empty_lists_say_nothing(raw: Any) -> None:
    assert values.is_empty(raw)


@pytest.mark.parametrize("raw", [0, False, Decimal(0), "x", [""], {"a": {}}, date(2025, 1, 1)])
def test_zero_and_no_are_answers(raw: Any) -> None:
    assert not values.is_empty(raw)


# What people read


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        ("yes-no", True, "Yes"),
        ("yes-no", False, "No"),
        ("choice", "intensive", "Intensive 1"),
        ("choice", "gone", "gone"),
        ("choices", ["targeted", "gone"], "Targeted, gone"),
        ("money", Decimal("1234567.50"), "$1,234,567.50"),
        ("percent", Decimal("41.5"), "41.5%"),
        ("number", Decimal("0.0000001"), "0.0000001"),
        ("date", date(2025, 10, 1), "2025-10-01"),
        ("text", None, ""),
        ("integer", "junk", "junk"),
    ],
)
def test_a_value_is_shown_in_peoples_words(kind: str, raw: Any, shown: str) -> None:
    assert values.show(spec(kind), raw, CHOICES) == shown


def test_a_calculated_rate_is_shown_as_a_percent() -> None:
    rate = Column.checked(
        {"type": "calculated", "label": "Rate", "calculate": {"rate": ["a", "b"]}}
    )

    assert values.show(rate, Decimal("12.34")) == "12.34%"


@pytest.mark.parametrize("text", ["1e1000000000", "1e-1000000000"])
def test_a_number_that_nobody_could_write_out_is_a_misfit(text: str) -> None:
    assert isinstance(values.read(spec("number"), Decimal(text)), Misfit)
