"""row add, set, move, remove, import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, refusal

MEMBERS, GOALS, TASKS = "gather.team.members", "plan.goals.goals", "plan.goals.tasks"
PAGES = "plan.pages.read"


def names(cim: Cim) -> list[str]:
    """The members' names, in their order."""
    return [row.get("name", "") for row in cim.value(HALF, MEMBERS)]


def page(cim: Cim, of: str) -> Any:
    """The given row of a page."""
    return next(row for row in cim.value(HALF, PAGES) if row["of"] == of)


# add


def test_add_prints_the_new_id_and_nothing_else(cim: Cim) -> None:
    ran = cim("row", "add", HALF, MEMBERS, "name=Cy Ode", "role=SELPA representative", "hours=1.50")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch("[a-z2-7]{6}\n", ran.out)
    assert cim.value(HALF, f"{MEMBERS}.{ran.out.strip()}") == {
        "row": ran.out.strip(), "name": "Cy Ode", "role": "selpa", "hours": "1.50",
    }  # fmt: skip


def test_add_without_cells_makes_an_empty_row(cim: Cim) -> None:
    ran = cim("row", "add", HALF, MEMBERS)
    assert cim.value(HALF, f"{MEMBERS}.{ran.out.strip()}") == {"row": ran.out.strip()}


def test_a_value_may_hold_an_equals_sign(cim: Cim) -> None:
    cim("row", "add", HALF, MEMBERS, "name=a=b=c")
    assert names(cim)[-1] == "a=b=c"


def test_add_puts_a_row_under_its_parent_by_id_or_by_label(cim: Cim) -> None:
    by_id = cim("row", "add", WHOLE, TASKS, "what=One", "--of", "gggggg").out.strip()
    by_label = cim("row", "add", WHOLE, TASKS, "what=Two", "--of", "fewer days lost").out.strip()
    for row in (by_id, by_label):
        assert cim.value(WHOLE, f"{TASKS}.{row}.of") == "gggggg"


def test_add_takes_a_reference_by_label(cim: Cim) -> None:
    row = cim("row", "add", HALF, GOALS, "what=Fewer days lost", "owner=bo lind").out.strip()
    assert cim.value(HALF, f"{GOALS}.{row}.owner") == "bbbbbb"


def test_add_refuses_a_row_where_rows_are_given(cim: Cim) -> None:
    refusal(cim("row", "add", HALF, PAGES, "found=x"), 2, "are given; none can be added")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([MEMBERS, "name"], "Write cells as COLUMN=VALUE, not “name”"),
        ([MEMBERS, "name=A", "name=B"], "“name” is given twice"),
        ([MEMBERS, "age=3"], "has no column “age”; it has name, role"),
        ([MEMBERS, "=3"], "has no column “”"),
        ([MEMBERS, "name=Kim", "role=pilot"], '"pilot" is not a choice here'),
        ([MEMBERS, "hours=long"], '"long" is not a number'),
        ([MEMBERS, "--of", "aaaaaa"], "has no column “of”"),
        ([TASKS, "what=x", "--of", "nothing"], "“nothing” is no row there"),
        ([f"{MEMBERS}.aaaaaa", "name=Kim"], "is not a table"),
        (["gather.team.meets", "name=Kim"], "gather.team.meets is not a table"),
        (["gather.team.membres", "name=Kim"], "did you mean gather.team.members"),
    ],
)
def test_add_refuses_what_does_not_fit_and_adds_nothing(
    words: list[str], says: str, cim: Cim
) -> None:
    before = cim.snapshot()
    refusal(cim("row", "add", HALF, *words), 2, says)
    assert cim.snapshot() == before


# set


def test_set_changes_the_named_cells_and_keeps_the_others(cim: Cim) -> None:
    assert cim("row", "set", HALF, f"{MEMBERS}.aaaaaa", "role=teacher", "lead=no").code == 0
    row = cim.value(HALF, f"{MEMBERS}.aaaaaa")
    assert (row["name"], row["role"], row["lead"]) == ("Ana Ruiz", "teacher", False)


def test_set_with_nothing_after_the_equals_sign_clears_the_cell(cim: Cim) -> None:
    cim("row", "set", HALF, f"{MEMBERS}.aaaaaa", "role=")
    assert "role" not in cim.value(HALF, f"{MEMBERS}.aaaaaa")


def test_set_of_several_cells_is_all_or_none(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("row", "set", HALF, f"{MEMBERS}.aaaaaa", "name=Kim", "role=pilot")
    refusal(ran, 2, '"pilot" is not a choice here')
    assert cim.snapshot() == before


def test_set_writes_a_given_row_with_what_gives_it(cim: Cim) -> None:
    row = page(cim, "first")["row"]
    assert cim("row", "set", HALF, f"{PAGES}.{row}", "found=A gap", "count=3").code == 0
    assert page(cim, "first") == {"row": row, "of": "first", "found": "A gap", "count": 3}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([f"{MEMBERS}.aaaaaa"], "Say what to change: COLUMN=VALUE"),
        ([f"{MEMBERS}.zzzzzz", "name=Kim"], "There is no row “zzzzzz”"),
        ([f"{MEMBERS}.aaaaaa", "age=3"], "has no column “age”"),
        ([MEMBERS, "name=Kim"], "There is no row “name”"),
    ],
)
def test_set_refuses_a_row_or_column_that_is_not_there(
    words: list[str], says: str, cim: Cim
) -> None:
    refusal(cim("row", "set", HALF, *words), 2, says)


def test_what_gives_a_row_cannot_be_changed(cim: Cim) -> None:
    row = page(cim, "first")["row"]
    refusal(
        cim("row", "set", HALF, f"{PAGES}.{row}", "of=second"), 2, "“Page” of this row is given"
    )


# move


def test_rows_move_up_and_down_and_stop_at_the_ends(cim: Cim) -> None:
    assert names(cim) == ["Ana Ruiz", "Bo Lind"]
    cim("row", "move", HALF, f"{MEMBERS}.aaaaaa", "--down", "1")
    assert names(cim) == ["Bo Lind", "Ana Ruiz"]
    cim("row", "move", HALF, f"{MEMBERS}.aaaaaa", "--up", "9")
    assert names(cim) == ["Ana Ruiz", "Bo Lind"]


@pytest.mark.parametrize("words", [[], ["--up", "1", "--down", "1"]])
def test_move_wants_one_direction(words: list[str], cim: Cim) -> None:
    refusal(cim("row", "move", HALF, f"{MEMBERS}.aaaaaa", *words), 2, "--up N or --down N")


@pytest.mark.parametrize("address", [MEMBERS, f"{MEMBERS}.aaaaaa.name"])
def test_only_a_row_can_be_moved(address: str, cim: Cim) -> None:
    refusal(cim("row", "move", HALF, address, "--up", "1"), 2, "is not the address of a row")


def test_a_distance_that_is_no_number_is_refused(cim: Cim) -> None:
    refusal(cim("row", "move", HALF, f"{MEMBERS}.aaaaaa", "--up", "far"), 2, "'far'")


# remove


def test_remove_takes_a_row_away(cim: Cim) -> None:
    assert cim("row", "remove", HALF, f"{MEMBERS}.bbbbbb").code == 0
    assert names(cim) == ["Ana Ruiz"]


def test_remove_of_a_row_that_others_belong_to_asks_first_and_names_them(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("row", "remove", WHOLE, f"{GOALS}.gggggg")
    refusal(ran, 2, "1 row belongs to it", f"{TASKS}.tttttt", "Add --yes")
    assert cim.snapshot() == before


def test_what_belonged_to_a_removed_row_stays_and_becomes_a_to_do(cim: Cim) -> None:
    assert cim("row", "remove", WHOLE, f"{GOALS}.gggggg", "--yes").code == 0
    assert cim.value(WHOLE, f"{TASKS}.tttttt")["what"] == "Look at every referral"
    found = {p["address"]: p["rule"] for p in cim("check", WHOLE, "--json").json["problems"]}
    assert found[f"{TASKS}.tttttt.of"] == "orphan"


def test_a_given_row_has_its_answers_removed_and_stays(cim: Cim) -> None:
    row = page(cim, "first")["row"]
    cim("row", "set", HALF, f"{PAGES}.{row}", "found=A gap")
    assert cim("row", "remove", HALF, f"{PAGES}.{row}").code == 0
    assert page(cim, "first") == {"row": row, "of": "first"}
    refusal(cim("row", "remove", HALF, f"{PAGES}.{row}"), 2, "no answers to remove")


# import


def imported(cim: Cim, text: str | bytes, *words: str, table: str = MEMBERS) -> Any:
    """Import from stdin."""
    data = text.encode() if isinstance(text, str) else text
    return cim("row", "import", HALF, table, "-", *words, stdin=data)


NAMED = "Name,Role,Hours a week\nKim Po,SELPA representative,1.50\nLu Ma,teacher,\n"


def test_import_is_a_dry_run_that_shows_which_column_goes_where(cim: Cim) -> None:
    before = cim.snapshot()
    ran = imported(cim, NAMED)
    assert ran.code == 0
    assert ran.lines == [
        "2 rows for “Team members”",
        "  Name → Name",
        "  Role → Role",
        "  Hours a week → Hours a week",
    ]
    assert ran.err == "A dry run: nothing was changed. Add --yes to import\n"
    assert cim.snapshot() == before


def test_import_with_yes_takes_the_rows_in(cim: Cim) -> None:
    ran = imported(cim, NAMED, "--yes")
    assert (ran.code, ran.err) == (0, "2 rows imported\n")
    rows = cim.value(HALF, MEMBERS)[2:]
    assert [{k: v for k, v in row.items() if k != "row"} for row in rows] == [
        {"name": "Kim Po", "role": "selpa", "hours": "1.50"},
        {"name": "Lu Ma", "role": "teacher"},
    ]


def test_import_reads_a_file(cim: Cim, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_bytes(b"\xef\xbb\xbf" + NAMED.replace("\n", "\r\n").encode())
    assert cim("row", "import", HALF, MEMBERS, str(file), "--yes").code == 0
    assert names(cim)[2:] == ["Kim Po", "Lu Ma"]


def test_import_without_names_goes_by_the_order_of_columns(cim: Cim) -> None:
    imported(cim, "Kim Po,selpa,yes\nLu Ma,teacher,no\n", "--yes")
    assert [(r["name"], r["role"], r["lead"]) for r in cim.value(HALF, MEMBERS)[2:]] == [
        ("Kim Po", "selpa", True),
        ("Lu Ma", "teacher", False),
    ]


def test_import_matches_columns_in_any_order_and_leaves_out_what_it_does_not_know(cim: Cim) -> None:
    ran = imported(cim, "role,Shoe size,NAME,hours\nselpa,44,Kim Po,2\n", "--yes")
    assert "  Shoe size → (left out)" in ran.lines
    assert cim.value(HALF, MEMBERS)[2]["name"] == "Kim Po"


@pytest.mark.parametrize("cells", ["Name\tRole\nKim, Po\tselpa\n", "Name;Role\nKim, Po;selpa\n"])
def test_import_takes_tabs_and_semicolons(cells: str, cim: Cim) -> None:
    imported(cim, cells, "--yes")
    assert names(cim)[2:] == ["Kim, Po"]


def test_import_takes_quoted_cells_with_line_ends_and_quotes(cim: Cim) -> None:
    imported(cim, 'What was found,Page\n"Two\nlines, and ""quotes""",First page\n', "--yes",
             table=PAGES)  # fmt: skip
    assert page(cim, "first")["found"] == 'Two lines, and "quotes"'


def test_import_says_every_cell_that_does_not_fit_with_its_line(cim: Cim) -> None:
    ran = imported(cim, "Name,Role,Hours a week\nKim,pilot,1\nLu,teacher,long\n")
    assert ran.code == 1
    assert ran.lines[1:3] == [
        '  line 2, Role: "pilot" is not a choice here; choose one of: director, selpa, teacher',
        '  line 3, Hours a week: "long" is not a number; write it as 12 or 12.5',
    ]


def test_one_cell_that_does_not_fit_keeps_every_row_out(cim: Cim) -> None:
    before = cim.snapshot()
    ran = imported(cim, "Name,Role\nKim,selpa\nLu,pilot\n", "--yes")
    assert (ran.code, ran.err) == (1, "1 cell does not fit; nothing was changed\n")
    assert cim.snapshot() == before


def test_import_finds_the_given_rows_by_what_people_read(cim: Cim) -> None:
    imported(cim, "Page,How many\nsecond page,4\nFIRST PAGE,3\n", "--yes", table=PAGES)
    assert (page(cim, "first")["count"], page(cim, "second")["count"]) == (3, 4)


def test_import_refuses_a_line_that_no_given_row_is_meant_for(cim: Cim) -> None:
    ran = imported(cim, "Page,How many\nThird page,4\n", table=PAGES)
    assert ran.code == 1
    assert "no row here is meant for this line" in ran.out


def test_import_finds_the_parent_by_label(cim: Cim) -> None:
    text = b"What is done,Belongs to\nCall,fewer days lost\n"
    cim("row", "import", WHOLE, TASKS, "-", "--yes", stdin=text)
    assert cim.value(WHOLE, TASKS)[1]["of"] == "gggggg"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "no cells"),
        (b" , ,\n\n", "no cells"),
        (b"Name\nMu\xf1oz\n", "stdin, line 2: not UTF-8 text; save it as UTF-8"),
        (b"Name\n" + b"x\n" * 5001, "More than 5000 rows"),
        (b'Name\n"' + b"x" * 1_200_000 + b'"\n', "does not look like cells"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MiB"),
    ],
)
def test_import_refuses_what_is_no_table_of_cells(text: bytes, says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(imported(cim, text, "--yes"), 2, says)
    assert cim.snapshot() == before


@pytest.mark.parametrize("address", ["gather.team.meets", f"{MEMBERS}.aaaaaa"])
def test_import_goes_into_tables_only_and_overwrites_no_answer(address: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(imported(cim, "Kim\n", "--yes", table=address), 2, f"{address} is not a table")
    assert cim.snapshot() == before


@pytest.mark.parametrize("words", [[], ["a.csv", "b.csv"]])
def test_import_wants_one_file(words: list[str], cim: Cim) -> None:
    refusal(cim("row", "import", HALF, MEMBERS, *words), 2, "Name one file, or - for stdin")


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_import_refuses_a_file_that_cannot_be_read(name: str, cim: Cim, tmp_path: Path) -> None:
    refusal(cim("row", "import", HALF, MEMBERS, str(tmp_path / name)), 2, "cannot be read")


def test_a_first_line_of_which_half_is_known_is_not_taken_for_a_row(cim: Cim) -> None:
    imported(cim, "Name,School\nKim Po,\n", "--yes")
    assert names(cim)[2:] == ["Kim Po"]


def test_rows_about_children_are_looked_at_for_names(cim: Cim) -> None:
    """The trial process has no such column; the shipped one does."""
    new = cim("new", "--lea", "Pine", "--workflow", "intensive", "--year", "2023").out.strip()
    ran = cim("row", "add", new, "gather.cim-team.meetings", "on=2025-10-01",
              "decisions=Look at student Ana Smith, born 3/4/2012")  # fmt: skip
    assert ran.code == 0
    assert "gather.cim-team.meetings." in ran.err
    assert "this looks like a birth date" in ran.err


def test_an_unknown_act_names_those_there_are(cim: Cim) -> None:
    refusal(cim("row", "drop", FRESH, MEMBERS), 2, "'drop'", "add", "import")
