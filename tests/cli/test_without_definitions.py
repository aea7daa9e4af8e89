"""A case whose definitions are not here: it can be read and edited, and nothing is judged."""

from __future__ import annotations

import pytest

from tests.cli.shell import HALF, WHOLE, Cim, refusal

MISSING = "The process “trial”, edition 1 is not here"


@pytest.fixture
def cim(cim: Cim, monkeypatch: pytest.MonkeyPatch) -> Cim:
    """The shell, with the definitions neither named nor beside the cases."""
    monkeypatch.delenv("CIM_WORKFLOWS")
    for path in (cim.sessions / "workflows").rglob("*.toml"):
        path.unlink()
    return cim


def test_status_says_so_and_counts_the_case_as_not_complete(cim: Cim) -> None:
    ran = cim("status", WHOLE)
    assert ran.code == 1
    assert MISSING in ran.out
    (found,) = cim("status", WHOLE, "--json").json["sessions"]
    assert (found["complete"], found["steps"], found["next"]) == (False, [], None)
    assert found["missing_definition"].startswith(MISSING)
    assert cim("status", WHOLE, "--short").lines == ["Quail Ridge: its definitions are not here"]


def test_nothing_is_called_late(cim: Cim) -> None:
    assert cim("status", "--fail-on", "overdue").code == 0
    assert cim("status", "--fail-on", "needed").code == 1


def test_due_names_the_cases_it_cannot_judge(cim: Cim) -> None:
    ran = cim("due")
    assert ran.out == ""
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == [
        path.stem for path in sorted(cim.sessions.glob("*.toml"))
    ]


def test_answers_are_shown_as_they_are_stored(cim: Cim) -> None:
    ran = cim("get", HALF)
    assert ran.code == 0
    assert "gather.team.meets: Second Tuesday of the month" in ran.lines
    assert "gather.team.members.aaaaaa.role: selpa" in ran.lines
    assert MISSING in ran.err


def test_one_answer_as_json_has_the_keys_it_always_has(cim: Cim) -> None:
    found = cim("get", HALF, "gather.team.meets", "--json").json
    assert found == {
        "schema": "cim.get/1", "address": "gather.team.meets",
        "value": "Second Tuesday of the month", "absent": None, "note": None,
    }  # fmt: skip


def test_an_answer_that_is_not_stored_is_refused(cim: Cim) -> None:
    refusal(cim("get", HALF, "gather.team.story"), 2, "Nothing is stored at gather.team.story")


def test_a_stored_text_can_be_changed(cim: Cim) -> None:
    assert cim("set", HALF, "gather.team.meets", "Fridays").code == 0
    assert cim.value(HALF, "gather.team.meets") == "Fridays"


def test_a_stored_text_can_be_changed_from_stdin(cim: Cim) -> None:
    assert cim("set", HALF, "gather.team.meets", "-", stdin=b"Fridays").code == 0
    assert cim.value(HALF, "gather.team.meets") == "Fridays"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["set", HALF, "gather.team.story", "x"], 2),
        (["set", HALF, "gather.team.members.aaaaaa.lead", "no"], 2),
        (["set", HALF, "gather.team.meets", ""], 2),
        (["row", "add", HALF, "gather.team.members", "name=Kim"], 1),
        (["check", HALF], 1),
        (["next", HALF], 1),
        (["done", HALF, "gather"], 1),
        (["sign", WHOLE, "plan", "--name", "Kim", "--role", "board"], 1),
        (["waive", HALF, "gather.team.members", "--rule", "selpa-member", "--reason", "x"], 1),
        (["case", "set", HALF, "level=deep"], 1),
        (["export", HALF], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_judged_is_refused_in_one_line(
    words: list[str], code: int, cim: Cim
) -> None:
    before = cim.snapshot()
    refusal(cim(*words), code)
    assert cim.snapshot() == before
