"""set with a whole table, with a file of answers, about children, and with somebody in between."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, refusal

FACTS = "gather.facts"

# JSON tables


def test_json_updates_rows_by_id_and_adds_those_without_one(cim: Cim) -> None:
    rows = [{"row": "bbbbbb", "role": "teacher"}, {"name": "Cy Ode", "hours": 1.10}]
    assert cim("set", HALF, "gather.team.members", json.dumps(rows)).code == 0
    found = cim.value(HALF, "gather.team.members")
    assert [row["name"] for row in found] == ["Ana Ruiz", "Bo Lind", "Cy Ode"]
    assert found[1]["role"] == "teacher"
    assert found[2]["hours"] == "1.1"


def test_json_removes_no_row_unless_told_to_replace(cim: Cim) -> None:
    only = '[{"row": "bbbbbb", "name": "Bo"}]'
    cim("set", HALF, "gather.team.members", only)
    assert len(cim.value(HALF, "gather.team.members")) == 2
    cim("set", HALF, "gather.team.members", only, "--replace")
    assert cim.value(HALF, "gather.team.members") == [
        {"row": "bbbbbb", "name": "Bo", "role": "director"}
    ]


def test_what_get_prints_set_takes_back_unchanged(cim: Cim) -> None:
    before = cim.snapshot()
    rows = json.dumps(cim.value(HALF, "gather.team.members"))
    assert cim("set", HALF, "gather.team.members", rows, "--replace").code == 0
    assert cim.snapshot() == before


def test_what_get_prints_set_takes_back_with_what_is_calculated(cim: Cim) -> None:
    before = cim.snapshot()
    rows = cim.value(WHOLE, "plan.goals.tasks")
    assert rows[0]["twice"] == "2400"
    assert cim("set", WHOLE, "plan.goals.tasks", json.dumps(rows), "--replace").code == 0
    assert cim.snapshot() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Ana Ruiz", "give them as a JSON list"),
        ('{"name": "Kim"}', "give a JSON list of objects"),
        ('["Kim"]', "Each row is a JSON object"),
        ('[{"name": "Kim"', "give them as a JSON list"),
        ('[{"age": 3}]', "has no column “age”"),
        ('[{"row": "zzzzzz", "name": "Kim"}]', "There is no row “zzzzzz”"),
        ('[{"name": "Kim"}, {"role": "pilot"}]', '"pilot" is not a choice here'),
        ('[{"name": ["Kim"]}]', "Name takes one value, not a list"),
        ('[{"hours": NaN}]', "is not a number"),
        ('[{"lead": 3}]', '"3" is neither yes nor no'),
        ("[" * 100_000, "give them as a JSON list"),
    ],
)
def test_json_that_does_not_fit_changes_no_row_at_all(text: str, says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("set", HALF, "gather.team.members", text), 2, says)
    assert cim.snapshot() == before


def test_replace_takes_json_and_nothing_else(cim: Cim) -> None:
    refusal(cim("set", HALF, "gather.team.members", "Kim", "--replace"), 2, "JSON list")


# From a file: all or none

GOOD = '[answers.gather.team]\nmeets = "Fridays"\n[answers.gather.facts]\ncost = 10.50\n'


def test_answers_come_from_a_file(cim: Cim, tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(GOOD + '[absent."gather.team.story"]\ncode = "unknown"\nnote = "Ask Kim"\n')
    ran = cim("set", FRESH, "--from", str(file))
    assert (ran.code, ran.err) == (0, "3 answers set\n")
    assert cim.value(FRESH, "gather.team.meets") == "Fridays"
    assert cim.value(FRESH, "gather.facts.cost") == "10.50"
    assert cim("get", FRESH, "gather.team.story", "--json").json["absent"] == "unknown"


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        ("whole = 1.5\n", 2, "“A whole number” takes a whole number"),
        ("nothing = 1\n", 2, "There is no answer “gather.facts.nothing”"),
        ('day = "soon"\n', 2, "“A day” takes a date"),
        ("left = 3\n", 2, "calculated"),
        ('present = "Kim"\n', 2, "“Who was there” takes rows"),
        ('word = """\n', 4, "answers.toml, line 6"),
        ('[lea]\nname = "X"\n', 2, "nothing else"),
        ('[absent."gather.team.story"]\ncode = "lost"\nnote = "x"\n', 2, "“lost” is no reason"),
    ],
)
def test_one_answer_that_does_not_fit_keeps_the_whole_file_out(
    wrong: str, code: int, says: str, cim: Cim, tmp_path: Path
) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(GOOD + wrong)
    before = cim.snapshot()
    refusal(cim("set", FRESH, "--from", str(file)), code, says)
    assert cim.snapshot() == before


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_refused(name: str, cim: Cim, tmp_path: Path) -> None:
    refusal(cim("set", FRESH, "--from", str(tmp_path / name)), 2, "cannot be read")


# Texts about children

PERSONAL = "Student Ana Smith, born 3/4/2012, id 1234567890"


def test_a_text_that_looks_personal_is_saved_with_a_warning(cim: Cim) -> None:
    ran = cim("set", HALF, "gather.team.story", PERSONAL)
    assert (ran.code, ran.out) == (0, "")
    warnings = ran.err.splitlines()
    assert len(warnings) == 3
    assert all(line.startswith("gather.team.story: this looks like a ") for line in warnings)
    assert all("No names, ids or birth dates" in line for line in warnings)
    assert cim.value(HALF, "gather.team.story") == PERSONAL


def test_the_warning_comes_for_a_file_and_for_stdin_too(cim: Cim, tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(f'[answers.gather.team]\nstory = "{PERSONAL}"\n')
    assert "a birth date" in cim("set", FRESH, "--from", str(file)).err
    assert "a birth date" in cim("set", HALF, "gather.team.story", "-", stdin=PERSONAL.encode()).err


def test_a_text_that_was_there_before_is_not_warned_about_again(cim: Cim) -> None:
    cim("set", HALF, "gather.team.story", PERSONAL)
    assert cim("set", HALF, "gather.team.meets", "Fridays").err == ""


def test_a_text_that_is_not_about_children_is_not_looked_at(cim: Cim) -> None:
    assert cim("set", HALF, f"{FACTS}.prose", PERSONAL).err == ""


# Somebody else in between


class Meddling(io.BytesIO):
    """A pipe whose reader finds, when done, that another program has written the case."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(b"Mine")
        self.path, self.text = path, text

    def read(self, size: int | None = -1, /) -> bytes:
        """Let the other program write, then hand out what was asked for."""
        self.path.write_text(self.text)
        return super().read(size)


def test_what_another_program_wrote_meanwhile_is_kept_beside_ours(cim: Cim) -> None:
    path = cim.file(HALF)
    theirs = path.read_text().replace("Second Tuesday of the month", "Theirs")
    pipe = io.TextIOWrapper(Meddling(path, theirs))
    ran = cim("set", HALF, "gather.team.meets", "-", stdin=pipe)
    assert (ran.code, ran.out) == (5, "")
    assert "gather.team.meets was changed by another program too; both are kept" in ran.err
    [conflict] = cim("conflicts", HALF, "--json").json["conflicts"]
    assert (conflict["mine"], conflict["theirs"], conflict["by"]) == ("Mine", "Theirs", "external")
