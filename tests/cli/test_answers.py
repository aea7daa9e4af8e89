"""get, set, clear: answers of every type, in and out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import HALF, WHOLE, Cim, refusal

FACTS = "gather.facts"

# What is typed, what JSON shows, what people read.
FITS: list[tuple[str, str, Any, str]] = [
    ("word", "Hello  there ", "Hello there", "Hello there"),
    ("prose", "One line\nand another", "One line\nand another", "One line\nand another"),
    ("whole", "1,234", 1234, "1234"),
    ("whole", "-5", -5, "-5"),
    ("exact", "1,234.500", "1234.500", "1234.500"),
    ("exact", "7", "7", "7"),
    ("part", "12.5%", "12.5", "12.5%"),
    ("part", "12", "12", "12%"),
    ("cost", "$1,000", "1000", "$1,000"),
    ("cost", "0.10", "0.10", "$0.10"),
    ("day", "2025-10-01", "2025-10-01", "2025-10-01"),
    ("day", "10/1/2025", "2025-10-01", "2025-10-01"),
    ("day", "October 1, 2025", "2025-10-01", "2025-10-01"),
    ("day", "1 Oct 2025", "2025-10-01", "2025-10-01"),
    ("color", "red", "red", "Bright red"),
    ("color", "bright RED", "red", "Bright red"),
    ("colors", "red, Deep blue", ["red", "blue"], "Bright red, Deep blue"),
    ("colors", '["blue"]', ["blue"], "Deep blue"),
    ("done-things", "phoned", ["phoned"], "Phoned the families"),
    ("agreed", "Yes", True, "Yes"),
    ("agreed", "n", False, "No"),
    ("confidence", "4", 4, "4"),
    ("keeper", "bbbbbb", "bbbbbb", "Bo Lind"),
    ("keeper", "ana ruiz", "aaaaaa", "Ana Ruiz"),
    ("helpers", "Ana Ruiz, bbbbbb", ["aaaaaa", "bbbbbb"], "Ana Ruiz, Bo Lind"),
    ("helpers", '["Bo Lind"]', ["bbbbbb"], "Bo Lind"),
]

# What does not fit, and what the refusal has to say.
REFUSED: list[tuple[str, str, str]] = [
    ("whole", "many", '"many" is not a whole number'),
    ("whole", "1.5", '"1.5" is not a whole number'),
    ("exact", "1,23", '"1,23" is not a number'),
    ("exact", "1e5", '"1e5" is not a number'),
    ("part", "half", '"half" is not a number'),
    ("cost", "$", '"$" is not a number'),
    ("day", "yesterday", '"yesterday" is not a date; write it as 2025-10-01'),
    ("day", "2025-02-30", 'There is no day "2025-02-30"'),
    ("color", "green", '"green" is not a choice here; choose one of: red, blue'),
    ("colors", "red, green", '"green" is not a choice here'),
    ("colors", '["green"]', '"green" is not a choice here'),
    ("done-things", "slept", '"slept" is not a choice here; choose one of: phoned, wrote'),
    ("agreed", "perhaps", '"perhaps" is neither yes nor no'),
    ("confidence", "6", "6 is not on the scale; choose 1 to 5"),
    ("keeper", "Nobody", "“Nobody” is no row there; there are: aaaaaa (Ana Ruiz)"),
    ("helpers", '["Nobody"]', "“Nobody” is no row there"),
    ("left", "12", "calculated from other answers"),
    ("present", '[{"color": "red"}]', "knows person, name, not “color”"),
    ("proof", '[{"date": "soon"}]', '"soon" is not a date'),
]


@pytest.mark.parametrize(("field", "typed", "as_json", "read"), FITS)
def test_an_answer_that_fits_is_kept_and_shown(
    field: str, typed: str, as_json: Any, read: str, cim: Cim
) -> None:
    ran = cim("set", HALF, f"{FACTS}.{field}", typed)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert cim.value(HALF, f"{FACTS}.{field}") == as_json
    assert cim("get", HALF, f"{FACTS}.{field}").out == read + "\n"


@pytest.mark.parametrize(("field", "typed", "says"), REFUSED)
def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(
    field: str, typed: str, says: str, cim: Cim
) -> None:
    before = cim.snapshot()
    refusal(cim("set", HALF, f"{FACTS}.{field}", typed), 2, says)
    assert cim.snapshot() == before


def test_get_as_json_holds_address_value_absence_and_note(cim: Cim) -> None:
    assert cim("get", HALF, "gather.team.meets", "--json").json == {
        "schema": "cim.get/1",
        "address": "gather.team.meets",
        "value": "Second Tuesday of the month",
        "absent": None,
        "note": None,
    }


def test_an_answer_that_is_not_there_is_null_and_an_empty_line(cim: Cim) -> None:
    assert cim("get", HALF, "gather.team.story").out == "\n"
    assert cim.value(HALF, "gather.team.story") is None


def test_a_table_is_a_list_of_objects_with_their_row_ids(cim: Cim) -> None:
    assert cim.value(HALF, "gather.team.members") == [
        {"row": "aaaaaa", "name": "Ana Ruiz", "role": "selpa", "lead": True,
         "since": "2025-08-11", "hours": "12.50"},
        {"row": "bbbbbb", "name": "Bo Lind", "role": "director"},
    ]  # fmt: skip


def test_one_row_and_one_cell_can_be_asked_for(cim: Cim) -> None:
    row = cim.value(HALF, "gather.team.members.bbbbbb")
    assert row == {"row": "bbbbbb", "name": "Bo Lind", "role": "director"}
    assert cim.value(HALF, "gather.team.members.aaaaaa.hours") == "12.50"
    assert cim("get", HALF, "gather.team.members.aaaaaa.role").out == "SELPA representative\n"


def test_rows_are_read_with_labels_and_ids(cim: Cim) -> None:
    assert cim("get", HALF, "gather.team.members").lines == [
        (
            "aaaaaa  Name: Ana Ruiz | Role: SELPA representative | Leads the team: Yes | "
            "On the team since: 2025-08-11 | Hours a week: 12.50"
        ),
        "bbbbbb  Name: Bo Lind | Role: Director",
    ]


def test_get_without_an_address_shows_every_answer_there_is(cim: Cim) -> None:
    ran = cim("get", WHOLE, "--json")
    answers = ran.json["answers"]
    assert {"gather.team.members", "gather.team.meets", "plan.goals.goals"} <= set(answers)
    assert "gather.team.story" not in answers
    for answer in answers.values():
        assert set(answer) == {"value", "absent", "note"}
    text = cim("get", WHOLE).out
    assert "gather.team.meets: Second Tuesday of the month\n" in text


def test_a_calculated_answer_is_exact_and_text_in_json(cim: Cim) -> None:
    cim("set", HALF, f"{FACTS}.cost", "1000")
    cim("set", HALF, f"{FACTS}.spent", "0.10")
    assert cim.value(HALF, f"{FACTS}.left") == "999.90"


def test_a_decimal_never_passes_through_a_binary_float(cim: Cim) -> None:
    number = "0.100000000000000005551115123125"
    cim("set", HALF, f"{FACTS}.exact", number)
    assert cim.value(HALF, f"{FACTS}.exact") == number
    assert f"exact = {number}\n" in cim.file(HALF).read_text()


# Addresses


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gather.team.meet", "did you mean gather.team.meets"),
        ("gather.teem.meets", "did you mean gather.team.meets"),
        ("meets", "did you mean gather.team.meets"),
        ("xyzzy", "There is no answer “xyzzy” in this process"),
        ("gather.team.members.zzzzzz", "in gather.team.members (rows: aaaaaa, bbbbbb)"),
        ("gather.team.members.aaaaaa.age", "has no column “age”; it has name, role, lead"),
        ("gather.team.members.aaaaaa.name.x", "There is no answer"),
        ("gather.team.meets.zzzzzz", "There is no row “zzzzzz”"),
        ("", "There is no answer “”"),
        ("...", "There is no answer “...”"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["get", "set", "clear"])
def test_an_unknown_address_is_refused_with_the_nearest_ones(
    command: str, address: str, says: str, cim: Cim
) -> None:
    before = cim.snapshot()
    words = [command, HALF, address, *(["x"] if command == "set" else [])]
    refusal(cim(*words), 2, says)
    assert cim.snapshot() == before


def test_an_address_of_an_activity_is_not_answered_with_itself(cim: Cim) -> None:
    ran = cim("get", HALF, "gather.team")
    refusal(ran, 2, "There is no answer “gather.team”", "gather.team.members")
    assert "did you mean gather.team," not in ran.err


# From stdin, and wrong usage


def test_a_dash_reads_the_answer_from_stdin(cim: Cim) -> None:
    ran = cim("set", HALF, f"{FACTS}.prose", "-", stdin="Línea uno\nLínea dos\n".encode())
    assert ran.code == 0
    assert cim.value(HALF, f"{FACTS}.prose") == "Línea uno\nLínea dos\n"


def test_a_byte_order_mark_from_a_windows_editor_is_no_letter(cim: Cim) -> None:
    cim("set", HALF, f"{FACTS}.word", "-", stdin=b"\xef\xbb\xbfhello\r\n")
    assert cim.value(HALF, f"{FACTS}.word") == "hello"


def test_stdin_that_is_not_utf8_is_refused_with_its_line(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("set", HALF, f"{FACTS}.prose", "-", stdin="Sra.\nMuñoz\n".encode("latin-1"))
    refusal(ran, 2, "stdin, line 2: not UTF-8 text")
    assert cim.snapshot() == before


def test_stdin_without_end_is_refused_at_four_mebibytes(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("set", HALF, f"{FACTS}.prose", "-", stdin=b"x" * (4 * 1024 * 1024 + 1))
    refusal(ran, 2, "stdin is larger than 4 MiB")
    assert cim.snapshot() == before


@pytest.mark.parametrize("value", ["", "   ", "\n"])
def test_setting_nothing_points_to_clear(value: str, cim: Cim) -> None:
    refusal(cim("set", HALF, "gather.team.meets", value), 2, "cim clear ID gather.team.meets")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Say which answer"),
        (["gather.team.meets"], "Give the value, or --absent CODE --note TEXT"),
        (["gather.team.meets", "x", "--absent", "unknown", "--note", "y"], "not both"),
        (["gather.team.meets", "--from", "a.toml"], "--from takes a file and nothing else"),
        (["gather.team.meets", "x", "y"], "unrecognized arguments: y"),
    ],
)
def test_set_refuses_what_is_half_said(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("set", HALF, *words), 2, says)
    assert cim.snapshot() == before


def test_a_value_that_begins_with_a_dash_stands_after_two_dashes(cim: Cim) -> None:
    assert cim("set", HALF, f"{FACTS}.word", "--", "--loud").code == 0
    assert cim.value(HALF, f"{FACTS}.word") == "--loud"


def test_the_same_answer_again_leaves_the_file_as_it_is(cim: Cim) -> None:
    before = cim.snapshot()
    assert cim("set", HALF, "gather.team.meets", "Second Tuesday of the month").code == 0
    assert cim.snapshot() == before


# Missing on purpose


def test_an_answer_can_be_missing_on_purpose_with_a_note(cim: Cim) -> None:
    words = ["--absent", "will-return", "--note", "Asked the county office"]
    assert cim("set", HALF, "gather.team.meets", *words).code == 0
    assert cim("get", HALF, "gather.team.meets", "--json").json == {
        "schema": "cim.get/1",
        "address": "gather.team.meets",
        "value": None,
        "absent": "will-return",
        "note": "Asked the county office",
    }
    read = cim("get", HALF, "gather.team.meets").out
    assert read == "(will come back to it: Asked the county office)\n"


def test_only_an_absence_that_satisfies_the_question_lets_the_step_be_done(cim: Cim) -> None:
    cim("set", HALF, "gather.team.meets", "--absent", "unknown", "--note", "Nobody knows")
    assert cim("done", HALF, "gather").code == 1
    cim("set", HALF, "gather.team.meets", "--absent", "not-applicable", "--note", "One person")
    assert cim("done", HALF, "gather").code == 0


def test_an_answer_ends_an_absence(cim: Cim) -> None:
    cim("set", HALF, "gather.team.meets", "--absent", "unknown", "--note", "Nobody knows")
    cim("set", HALF, "gather.team.meets", "Fridays")
    found = cim("get", HALF, "gather.team.meets", "--json").json
    assert (found["value"], found["absent"]) == ("Fridays", None)


def test_one_cell_can_be_missing_on_purpose(cim: Cim) -> None:
    address = "gather.team.members.bbbbbb.hours"
    assert cim("set", HALF, address, "--absent", "unknown", "--note", "Not yet said").code == 0
    assert cim("get", HALF, address, "--json").json["absent"] == "unknown"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--absent", "lost", "--note", "x"], "“lost” is no reason; use not-applicable, unknown"),
        (["--absent", "unknown"], "Say in a note why it is missing"),
        (["--absent", "unknown", "--note", "  "], "Say in a note why it is missing"),
    ],
)
def test_an_absence_needs_a_known_code_and_a_note(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("set", HALF, "gather.team.meets", *words), 2, says)
    assert cim.snapshot() == before


def test_a_row_cannot_be_missing_on_purpose(cim: Cim) -> None:
    words = ["gather.team.members.bbbbbb", "--absent", "unknown", "--note", "x"]
    refusal(cim("set", HALF, *words), 2, "Mark a field or a cell as missing, not a row")


# clear


def test_clear_takes_the_answer_and_the_absence_away(cim: Cim) -> None:
    assert cim("clear", HALF, "gather.team.meets").code == 0
    assert cim.value(HALF, "gather.team.meets") is None
    cim("set", HALF, "gather.team.meets", "--absent", "unknown", "--note", "x")
    assert cim("clear", HALF, "gather.team.meets").code == 0
    assert cim("get", HALF, "gather.team.meets", "--json").json["absent"] is None


def test_clear_of_a_cell_keeps_the_row(cim: Cim) -> None:
    assert cim("clear", HALF, "gather.team.members.aaaaaa.role").code == 0
    row = cim.value(HALF, "gather.team.members.aaaaaa")
    assert row["name"] == "Ana Ruiz"
    assert "role" not in row


def test_clear_of_what_is_not_answered_leaves_the_file_as_it_is(cim: Cim) -> None:
    before = cim.snapshot()
    assert cim("clear", HALF, "gather.team.story").code == 0
    assert cim.snapshot() == before


# People and evidence


def test_people_are_roster_members_by_name_and_else_free_names(cim: Cim) -> None:
    cim("set", HALF, f"{FACTS}.present", "ANA RUIZ; A guest")
    found = cim.value(HALF, f"{FACTS}.present")
    assert [{k: v for k, v in entry.items() if k != "row"} for entry in found] == [
        {"person": "aaaaaa"},
        {"name": "A guest"},
    ]


def test_people_that_stay_keep_their_rows(cim: Cim) -> None:
    cim("set", HALF, f"{FACTS}.present", "Ana Ruiz; A guest")
    before = cim.value(HALF, f"{FACTS}.present")
    cim("set", HALF, f"{FACTS}.present", "Bo Lind; A guest")
    after = cim.value(HALF, f"{FACTS}.present")
    assert after[1] == before[1]
    assert after[0]["person"] == "bbbbbb"


def test_a_person_in_json_has_to_be_on_the_roster(cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("set", HALF, f"{FACTS}.present", '[{"person": "nobody"}]'), 2, "nobody")
    assert cim.snapshot() == before


def test_evidence_is_a_path_or_a_link_with_what_it_shows(cim: Cim) -> None:
    (cim.sessions / "minutes.txt").write_text("We met.\n")
    cim("set", HALF, f"{FACTS}.proof", "minutes.txt | Minutes of May\nhttps://example.org/a")
    first, second = cim.value(HALF, f"{FACTS}.proof")
    assert (first["path"], first["what"]) == ("minutes.txt", "Minutes of May")
    assert len(first["sha256"]) == 64
    assert second["url"] == "https://example.org/a"
