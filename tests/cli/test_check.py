"""check: everything open, where each rule comes from, and whether what was asked about is complete."""

from __future__ import annotations

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, refusal

PROBLEM_KEYS = {
    "address", "activity", "label", "severity", "message", "rule", "source", "waivable",
}  # fmt: skip


def test_check_lists_everything_open_with_its_address_and_rule(cim: Cim) -> None:
    ran = cim("check", FRESH)
    assert ran.code == 1
    assert ran.lines == [
        "Gather · Team · 0 of 2 needed",
        "  needed         Add a member: team members",
        "                 gather.team.members  [required]",
        "  needed         Write when the team meets",
        "                 gather.team.meets  [required]",
        "  good practice  Add a SELPA representative to the team",
        "                 gather.team.members  [selpa-member]",
        "Plan · Goals · 0 of 1 needed",
        "  needed         Add a goal: goals",
        "                 plan.goals.goals  [required]",
    ]
    assert ran.err == "3 needed, 1 good practice, 0 answers kept aside\n"


def test_check_names_sources_when_asked_and_only_the_published_name_a_publisher(cim: Cim) -> None:
    text = cim("check", FRESH, "--sources").out
    assert "Published by the publisher, https://example.org/team" in text
    assert "Common practice: made for the tests" in text
    assert "example.org" not in cim("check", FRESH).out


def test_check_shows_tag_and_address_of_each_requirement_of_a_shipped_process(cim: Cim) -> None:
    words = ("--lea", "Pine", "--workflow", "significant-disproportionality", "--year", "2025")
    case = cim("new", *words, "--entry", "full").out.strip()
    problems = cim("check", case, "--json").json["problems"]
    lines = cim("check", case, "--sources").lines
    said = {"published": "Published by ", "practice": "Common practice",
            "to-verify": "To be verified"}  # fmt: skip
    assert {p["source"]["tag"] for p in problems} == set(said)
    for problem in problems:
        at = next(n for n, line in enumerate(lines)
                  if f"{problem['address']}  [{problem['rule']}]" in line)  # fmt: skip
        below = lines[at + 1].strip()
        assert below.startswith(said[problem["source"]["tag"]])
        assert problem["source"]["at"] in below
        assert ("Published by" in below) is (problem["source"]["tag"] == "published")


def test_check_as_json_holds_the_contract(cim: Cim) -> None:
    found = cim("check", FRESH, "--json").json
    assert (found["schema"], found["id"], found["complete"]) == ("cim.check/1", FRESH, False)
    assert len(found["problems"]) == 4
    for problem in found["problems"]:
        assert set(problem) >= PROBLEM_KEYS
        assert set(problem["source"]) == {"tag", "at", "note"}
        assert problem["severity"] in ("error", "warning", "info")


def test_check_of_a_complete_case_is_0(cim: Cim) -> None:
    ran = cim("check", WHOLE)
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize(
    ("narrowed", "code"),
    [
        (["--step", "gather"], 1),  # complete, and not marked done
        (["--activity", "team"], 0),
        (["--activity", "gather.team"], 0),
        (["--activity", "goals"], 1),
        (["--step", "2"], 1),
        (["--step", "plan", "--activity", "goals"], 1),
        (["--step", "gather", "--activity", "team"], 0),
    ],
)
def test_check_says_whether_what_was_asked_about_is_complete(
    narrowed: list[str], code: int, cim: Cim
) -> None:
    ran = cim("check", HALF, *narrowed, "--json")
    assert ran.code == code
    assert ran.json["complete"] is (code == 0)


def test_check_of_one_step_leaves_the_others_out(cim: Cim) -> None:
    found = cim("check", FRESH, "--step", "plan", "--json").json["problems"]
    assert [problem["address"] for problem in found] == ["plan.goals.goals"]


def test_check_refuses_an_activity_that_stands_in_another_step(cim: Cim) -> None:
    ran = cim("check", HALF, "--step", "gather", "--activity", "goals")
    refusal(ran, 2, "“goals” does not stand in Gather")


def test_an_unknown_step_names_those_there_are(cim: Cim) -> None:
    refusal(cim("check", HALF, "--step", "implement"), 2, "“implement”", "gather, plan")


def test_an_unknown_activity_names_the_nearest(cim: Cim) -> None:
    refusal(cim("check", HALF, "--activity", "gather.teem"), 2, "gather.teem", "gather.team")


def test_a_parked_answer_is_listed_with_its_reason(cim: Cim) -> None:
    cim("case", "set", HALF, "level=deep")
    cim("set", HALF, "gather.survey.asked", "40")
    cim("case", "set", HALF, "level=light")
    ran = cim("check", HALF)
    assert "  kept aside     Families asked: hidden because the level is Light" in ran.lines
    assert "1 answer kept aside" in ran.err
    parked = cim("check", HALF, "--json").json["parked"]
    assert parked[0]["address"] == "gather.survey.asked"
