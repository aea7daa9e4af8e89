"""Changing answers: every way in, cleaned and checked, all of a change or none of it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.errors import CimError, UnknownAddress, ValueRefused
from cim_tui.core.session import Absence, derived_id
from cim_tui.service.answers_file import set_from_file
from cim_tui.service.case import Case
from cim_tui.service.edit import clear, set_absent, set_json, set_text
from cim_tui.service.place import locate
from cim_tui.service.rows import add_row, children, duplicate_row, move_row, remove_row
from tests.core.builders import chance

LETTER = "gather.letter"
TEAM = "gather.team"
MEMBERS = f"{TEAM}.members"


def typed(case: Case, address: str, text: str) -> Any:
    """What is stored after somebody types something."""
    set_text(case, address, text, chance())
    return case.session.raw(address)


def member(case: Case, name: str) -> str:
    return add_row(case, MEMBERS, {"name": name}, chance(sum(map(ord, name))))


# Typed


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("received", "10/1/2025", date(2025, 10, 1)),
        ("tier", "Big one", "big"),
        ("note", "One\r\nTwo\x1b", "One\nTwo\ufffd"),
        ("cost", "$1,234.50", Decimal("1234.50")),
        ("parts", "First, b", ["a", "b"]),
        ("parts", '["b"]', ["b"]),
        ("sure", "yes", True),
        ("note", "   ", None),
    ],
)
def test_what_is_typed_is_stored_in_its_form(case: Case, field: str, text: str, kept: Any) -> None:
    assert typed(case, f"{LETTER}.{field}", text) == kept


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (f"{LETTER}.received", "soon"),
        (f"{LETTER}.tier", "huge"),
        (f"{LETTER}.double", "4"),
        (f"{TEAM}.lead", "nobody"),
        (MEMBERS, "Ana"),
        (MEMBERS, "{}"),
        (MEMBERS, "[1]"),
        (f"{LETTER}.parts", '["a", "z"]'),
        (f"{LETTER}.level", "three"),
    ],
)
def test_what_does_not_fit_changes_nothing(case: Case, address: str, text: str) -> None:
    before = case.session

    with pytest.raises(ValueRefused):
        set_text(case, address, text, chance())

    assert case.session is before
    assert case.undo() is None


@pytest.mark.parametrize(
    "address",
    ["", "x", "gather", LETTER, f"{LETTER}.none", f"{LETTER}.note.x", f"{MEMBERS}.zzzzzz",
     f"{MEMBERS}.zzzzzz.name", f"{LETTER}.note.a.b.c", "plan.letter.note"],
)  # fmt: skip
def test_an_address_that_names_nothing_is_refused(case: Case, address: str) -> None:
    with pytest.raises(UnknownAddress):
        set_text(case, address, "x", chance())


def test_a_fact_is_kept_in_the_case_and_nowhere_else(case: Case) -> None:
    set_text(case, f"{LETTER}.level", "Level two", chance())

    assert case.session.fact("level") == "two"
    assert case.session.raw(f"{LETTER}.level") is None


def test_a_reference_takes_an_id_or_a_name(case: Case) -> None:
    ana = member(case, "Ana")

    assert typed(case, f"{TEAM}.lead", "ana") == ana
    assert typed(case, f"{TEAM}.lead", ana) == ana


def test_a_reference_to_an_empty_list_is_cleared(case: Case) -> None:
    member(case, "Ana")

    assert typed(case, f"{TEAM}.lead", "[]") is None


def test_people_are_roster_members_or_free_names_and_keep_their_ids(case: Case) -> None:
    ana = member(case, "Ana")
    first = typed(case, f"{TEAM}.readers", "Ana; Ben Roe")

    assert list(first.values()) == [{"person": ana}, {"name": "Ben Roe"}]
    again = typed(case, f"{TEAM}.readers", "Ben Roe")
    assert list(again.items()) == list(first.items())[1:]


def test_evidence_is_a_path_or_a_link_with_what_it_shows(case: Case, tmp_path: Path) -> None:
    (case.path.parent / "letter.pdf").write_bytes(b"the letter")

    found = typed(case, f"{TEAM}.proof", "letter.pdf | The letter\nhttps://example.org/x")

    first, second = found.values()
    assert (first["path"], first["what"], len(first["sha256"])) == ("letter.pdf", "The letter", 64)
    assert second == {"url": "https://example.org/x"}


# JSON


def test_rows_are_updated_by_their_id_and_added_without_one(case: Case) -> None:
    ana = member(case, "Ana")

    touched = set_json(
        case, MEMBERS, [{"row": ana, "role": "big"}, {"name": "Ben", "years": 3}], chance(7)
    )

    rows = case.session.raw(MEMBERS)
    assert list(rows) == touched
    assert rows[ana] == {"name": "Ana", "role": "big"}
    assert rows[touched[1]] == {"name": "Ben", "years": 3}


def test_rows_that_are_not_named_stay_unless_all_are_replaced(case: Case) -> None:
    ana, ben = member(case, "Ana"), member(case, "Ben")

    set_json(case, MEMBERS, [{"row": ben, "years": 1}], chance())
    assert list(case.session.raw(MEMBERS)) == [ana, ben]
    set_json(case, MEMBERS, [{"row": ben, "years": 2}], chance(), replace=True)

    assert list(case.session.raw(MEMBERS)) == [ben]


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "Ben"}, {"name": "Cy", "years": "many"}],
        [{"name": "Ben"}, {"nme": "Cy"}],
        [{"name": "Ben"}, {"row": "zzzzzz", "name": "Cy"}],
        [{"name": "Ben"}, "Cy"],
        [{"name": ["Ben"]}],
        [{"years": True}],
    ],
)
def test_one_row_that_does_not_fit_leaves_all_as_they_were(case: Case, rows: list[Any]) -> None:
    member(case, "Ana")
    before = case.session

    with pytest.raises(CimError):
        set_json(case, MEMBERS, rows, chance())

    assert case.session.doc == before.doc
    case.undo()
    assert case.session.raw(MEMBERS) is None


def test_many_rows_are_one_change(case: Case) -> None:
    set_json(case, MEMBERS, [{"name": "Ana"}, {"name": "Ben"}], chance())

    case.undo()

    assert case.session.raw(MEMBERS) is None


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("cost", Decimal("1.10"), Decimal("1.10")),
        ("cost", 7, 7),
        ("parts", ["a"], ["a"]),
        ("parts", [], None),
        ("note", None, None),
        ("note", 5, "5"),
        ("received", "2025-10-01", date(2025, 10, 1)),
    ],
)
def test_json_values_are_stored_in_their_form(
    case: Case, field: str, value: Any, kept: Any
) -> None:
    set_json(case, f"{LETTER}.{field}", value, chance())

    assert case.session.raw(f"{LETTER}.{field}") == kept


# Missing on purpose, and cleared


def test_a_reason_takes_the_place_of_an_answer_and_an_answer_that_of_a_reason(case: Case) -> None:
    address = f"{LETTER}.note"
    typed(case, address, "x")
    set_absent(case, address, "will-return", " Asked Ana ")
    assert case.session.raw(address) is None
    assert case.session.absence(address) == Absence("will-return", "Asked Ana")

    typed(case, address, "y")

    assert case.session.absence(address) is None


@pytest.mark.parametrize(("code", "note"), [("gone", "x"), ("unknown", " "), ("", "x")])
def test_a_reason_needs_a_known_code_and_a_note(case: Case, code: str, note: str) -> None:
    with pytest.raises(ValueRefused):
        set_absent(case, f"{LETTER}.note", code, note)


def test_a_row_cannot_be_marked_missing_but_a_cell_can(case: Case) -> None:
    ana = member(case, "Ana")

    with pytest.raises(ValueRefused):
        set_absent(case, f"{MEMBERS}.{ana}", "unknown", "x")
    set_absent(case, f"{MEMBERS}.{ana}.years", "unknown", "x")

    assert case.session.absence(f"{MEMBERS}.{ana}.years") == Absence("unknown", "x")


def test_clearing_takes_away_the_answer_or_the_reason(case: Case) -> None:
    typed(case, f"{LETTER}.note", "x")
    set_absent(case, f"{LETTER}.received", "unknown", "x")

    clear(case, f"{LETTER}.note")
    clear(case, f"{LETTER}.received")

    assert case.session.at("answers") is None
    assert case.session.at("absent") is None


# Rows


def test_a_prescribed_row_is_written_with_what_prescribes_it(case: Case) -> None:
    key = derived_id(f"{TEAM}.given", "math")

    typed(case, f"{TEAM}.given.{key}.note", "Strong")

    assert case.session.raw(f"{TEAM}.given") == {key: {"of": "math", "note": "Strong"}}


def test_what_prescribes_a_row_cannot_be_changed_and_none_can_be_added(case: Case) -> None:
    key = derived_id(f"{TEAM}.given", "math")

    with pytest.raises(ValueRefused, match="given"):
        set_text(case, f"{TEAM}.given.{key}.of", "read", chance())
    with pytest.raises(ValueRefused, match="none can be added"):
        add_row(case, f"{TEAM}.given", {"note": "x"}, chance())


def test_a_removed_row_leaves_what_belonged_to_it_as_something_to_mend(case: Case) -> None:
    ana = member(case, "Ana")
    task = add_row(case, f"{TEAM}.tasks", {"of": ana, "what": "Call"}, chance())
    assert children(case, f"{MEMBERS}.{ana}") == [f"{TEAM}.tasks.{task}"]

    remove_row(case, f"{MEMBERS}.{ana}")

    assert case.session.raw(f"{TEAM}.tasks.{task}.what") == "Call"
    assert [p.rule for p in case.progress.problems if p.address.endswith(".of")] == ["orphan"]
    case.undo()
    assert case.session.raw(f"{MEMBERS}.{ana}.name") == "Ana"


def test_a_row_is_moved_and_doubled_in_its_place(case: Case) -> None:
    ana, ben = member(case, "Ana"), member(case, "Ben")

    twin = duplicate_row(case, f"{MEMBERS}.{ana}", chance(3))
    assert list(case.session.raw(MEMBERS)) == [ana, twin, ben]
    move_row(case, f"{MEMBERS}.{ben}", -5)

    assert list(case.session.raw(MEMBERS)) == [ben, ana, twin]


def test_a_place_says_what_it_is(case: Case) -> None:
    ana = member(case, "Ana")

    place = locate(case, f"{MEMBERS}.{ana}.role")

    assert (place.row, place.column, place.spec.label) == (ana, "role", "Role")


# From a file: all or none


def from_file(case: Case, folder: Path, text: str) -> list[str]:
    path = folder / "in.toml"
    path.write_text(text, "utf-8")
    return set_from_file(case, path)


SOUND = """
[answers.gather.letter]
received = 2025-10-01
cost = 1.50
[answers.gather.team.members.aaaaaa]
name = "Ana"
years = 3
[absent."gather.letter.note"]
code = "no-data"
note = "Lost"
"""


def test_answers_of_a_file_are_taken_in_as_one_change(case: Case, tmp_path: Path) -> None:
    done = from_file(case, tmp_path, SOUND)

    assert set(done) == {f"{LETTER}.received", f"{LETTER}.cost", MEMBERS, f"{LETTER}.note"}
    assert case.session.raw(f"{LETTER}.cost") == Decimal("1.50")
    assert case.session.raw(f"{MEMBERS}.aaaaaa") == {"name": "Ana", "years": 3}
    case.undo()
    assert case.session.at("answers") is None


@pytest.mark.parametrize(
    "wrong",
    [
        '[answers.gather.letter]\ncost = 2\nreceived = "soon"\n',
        "[answers.gather.letter]\ncost = 2\nnone = 3\n",
        "[answers.gather.letter]\ncost = 2\n[answers.gather.team]\nmembers = 4\n",
        '[answers.gather.letter]\ncost = 2\n[absent."gather.letter.note"]\ncode = "gone"\n',
        "[answers.gather.letter]\ncost = 2\n[extra]\nx = 1\n",
        "",
    ],
)
def test_one_answer_that_does_not_fit_takes_in_none(case: Case, tmp_path: Path, wrong: str) -> None:
    before = case.session

    with pytest.raises(CimError):
        from_file(case, tmp_path, wrong)

    assert case.session.doc == before.doc


IN_STEPS = """
[answers.gather.letter]
received = 2025-10-01
level = "one"
[absent."gather.letter.note"]
code = "no-data"
note = "Lost"
"""


@pytest.mark.parametrize("last", ["", '[absent."plan.goals.goal"]\ncode = "no-data"\n'])
def test_what_was_taken_in_or_refused_leaves_no_half_state_to_undo(
    case: Case, tmp_path: Path, last: str
) -> None:
    before = case.session.doc
    with nullcontext() if not last else pytest.raises(CimError):
        from_file(case, tmp_path, IN_STEPS + last)
    after = case.session.doc

    seen = [after]
    while case.undo() is not None:
        seen.append(case.session.doc)

    assert all(doc in (before, after) for doc in seen)


@pytest.mark.parametrize("text", ["[answers]\ngather = 5\n", "[answers.gather]\nletter = 5\n"])
def test_answers_that_are_no_tables_are_refused(case: Case, tmp_path: Path, text: str) -> None:
    with pytest.raises(CimError):
        from_file(case, tmp_path, text)
