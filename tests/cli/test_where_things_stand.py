"""list, status, next, due: what they say, their JSON, their exit codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, refusal

SESSION_KEYS = {
    "id", "uid", "path", "lea", "cds", "selpa", "year", "workflow", "edition", "level", "updated",
    "complete", "steps", "next", "next_due", "undated",
}  # fmt: skip
STEP_KEYS = {
    "id", "number", "title", "state", "activities", "errors", "warnings", "waived", "due",
    "signatures", "submitted", "cde", "review", "waiting_on",
}  # fmt: skip


def status_of(cim: Cim, case: str) -> Any:
    """One case as `cim status --json` shows it."""
    return cim("status", case, "--json").json["sessions"][0]


def step_of(cim: Cim, case: str, step: str) -> Any:
    """One step as `cim status --json` shows it."""
    return next(s for s in status_of(cim, case)["steps"] if s["id"] == step)


# list


def test_list_shows_each_case_with_district_and_year(cim: Cim) -> None:
    ran = cim("list")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.lines] == [FRESH, HALF, WHOLE]
    assert ran.lines[2].split()[1:] == ["Quail", "Ridge", "2025"]


def test_list_as_json_names_the_folder_and_why(cim: Cim) -> None:
    found = cim("list", "--json").json
    assert found["schema"] == "cim.list/1"
    assert (found["folder"], found["why"]) == (str(cim.sessions), "CIM_SESSIONS")
    assert [s["id"] for s in found["sessions"]] == [FRESH, HALF, WHOLE]
    assert found["unreadable"] == found["copies"] == []


def test_an_empty_folder_is_said_with_its_name(cim: Cim) -> None:
    for path in cim.sessions.glob("*.toml"):
        path.unlink()
    ran = cim("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"No cases in {cim.sessions} (CIM_SESSIONS)\n"


def test_a_folder_that_is_not_there_holds_no_cases_and_is_not_made(cim: Cim) -> None:
    missing = cim.sessions / "nowhere"
    ran = cim("status", "--sessions", str(missing))
    assert ran.code == 0
    assert str(missing) in ran.err
    assert not missing.exists()


def test_a_case_put_away_is_left_out_until_it_is_asked_for(cim: Cim) -> None:
    assert cim("archive", FRESH).err == (
        f"{FRESH} is put away; cim unarchive {FRESH} takes it out again\n"
    )
    assert FRESH not in cim("list").out
    assert FRESH not in cim("status").out
    assert FRESH in cim("list", "--archived").out
    assert cim("unarchive", FRESH).code == 0
    assert FRESH in cim("list").out


def test_an_example_is_left_out_of_lists_and_exit_codes_until_it_is_asked_for(cim: Cim) -> None:
    for case in (FRESH, HALF):
        path = cim.file(case)
        path.write_text(path.read_text().replace("schema = 1", "schema = 1\nexample = true", 1))
    ran = cim("status")
    assert ran.code == 0
    assert FRESH not in ran.out
    assert cim("status", "--examples").code == 1
    assert FRESH in cim("list", "--examples").out


# status


def test_status_says_state_counts_and_the_next_thing(cim: Cim) -> None:
    ran = cim("status", HALF)
    assert ran.code == 1
    assert ran.err == ""
    assert ran.out == (
        "Oak Grove · 2025 · no level · oak-grove-2025-trial\n"
        "  ◉ 1 Gather               complete, not marked done  1 of 1    "
        "0 needed, 0 good practice\n"
        "      no due date entered\n"
        "  · 2 Plan                 waits for the step before  0 of 1    "
        "1 needed, 0 good practice\n"
        "      no due date entered\n"
        "  Next: Add a goal: goals\n"
        "        plan.goals.goals\n"
    )


def test_status_of_a_complete_case_is_0(cim: Cim) -> None:
    assert cim("status", WHOLE).code == 0


def test_status_over_all_cases_is_1_while_one_is_not_complete(cim: Cim) -> None:
    ran = cim("status")
    assert ran.code == 1
    for lea in ("Elm Flat", "Oak Grove", "Quail Ridge"):
        assert lea in ran.out


def test_status_as_json_holds_the_contract(cim: Cim) -> None:
    found = cim("status", "--json").json
    assert found["schema"] == "cim.status/1"
    assert found["as_of"] == "2025-11-03"
    assert (found["folder"], found["why"]) == (str(cim.sessions), "CIM_SESSIONS")
    assert found["unreadable"] == []
    for session in found["sessions"]:
        assert set(session) >= SESSION_KEYS
        assert [step["id"] for step in session["steps"]] == ["gather", "plan"]
        for step in session["steps"]:
            assert set(step) >= STEP_KEYS
            assert set(step["activities"]) == {"complete", "of"}


def test_status_as_json_tells_three_cases_apart(cim: Cim) -> None:
    found = {s["id"]: s for s in cim("status", "--json").json["sessions"]}
    assert [s["state"] for s in found[FRESH]["steps"]] == ["not-started", "cannot-start-yet"]
    assert [s["state"] for s in found[HALF]["steps"]] == ["ready", "cannot-start-yet"]
    assert [s["state"] for s in found[WHOLE]["steps"]] == ["done", "signed"]
    assert [found[case]["complete"] for case in (FRESH, HALF, WHOLE)] == [False, False, True]
    assert found[FRESH]["next"] == {"address": "gather.team.members", "label": "Team members"}
    assert found[WHOLE]["next"] is None


def test_status_names_who_signed_and_who_still_may(cim: Cim) -> None:
    assert step_of(cim, WHOLE, "plan")["signatures"] == [
        {"role": "superintendent", "required": True, "name": "Dr. Lee", "on": "2025-11-03",
         "current": True},
        {"role": "board", "required": False, "name": None, "on": None, "current": False},
    ]  # fmt: skip


def test_a_date_of_the_case_is_due_and_a_missing_one_is_said(cim: Cim) -> None:
    cim("owner", HALF, "plan", "--due", "2026-01-30")
    found = status_of(cim, HALF)
    assert found["next_due"] == {"date": "2026-01-30", "what": "Plan"}
    assert found["undated"] == ["gather"]
    text = cim("status", HALF).out
    assert "due 2026-01-30" in text
    assert "no due date entered" in text


def test_a_published_date_of_the_year_is_due_with_its_source(cim: Cim) -> None:
    cim("case", "set", HALF, "year=2031")
    gather = step_of(cim, HALF, "gather")
    assert (gather["due"], gather["due_source"]) == ("2031-01-30", "https://example.org/due")


def test_a_short_status_is_one_line_of_at_most_80_columns_a_case(cim: Cim) -> None:
    cim("new", "--lea", "A district with " + "a long name " * 9, "--workflow", "trial",
        "--year", "2025")  # fmt: skip
    lines = cim("status", "--short").lines
    assert len(lines) == 4
    assert all(len(line) <= 80 for line in lines)
    assert "Quail Ridge: complete" in lines
    ready = "Oak Grove: step 1 complete, not marked done, 1 of 1 activities, 1 needed"
    assert ready in lines


def test_a_short_status_says_late(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2025-10-01")
    assert cim("status", FRESH, "--short").lines[0].endswith(" LATE")


@pytest.mark.parametrize(
    ("fail_on", "codes"),
    [
        # nothing entered, ready but not done, complete
        ("incomplete", [1, 1, 0]),
        ("needed", [1, 1, 0]),
        ("overdue", [0, 0, 0]),
        ("damaged", [0, 0, 0]),
    ],
)
def test_fail_on_chooses_what_counts(fail_on: str, codes: list[int], cim: Cim) -> None:
    found = [cim("status", case, "--fail-on", fail_on).code for case in (FRESH, HALF, WHOLE)]
    assert found == codes


def test_overdue_fails_on_a_step_that_is_late_and_not_on_one_that_is_due_today(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2025-11-03")
    assert cim("status", "--fail-on", "overdue").code == 0
    assert cim("status", "--fail-on", "overdue", "--as-of", "2025-11-04").code == 1


def test_a_step_done_or_submitted_is_not_late(cim: Cim) -> None:
    cim("owner", WHOLE, "gather", "--due", "2025-10-01")
    cim("owner", FRESH, "gather", "--due", "2025-10-01")
    assert cim("status", WHOLE, "--fail-on", "overdue").code == 0
    cim("submit", FRESH, "gather", "--on", "2025-09-30")
    assert cim("status", FRESH, "--fail-on", "overdue").code == 0


def test_needed_passes_when_only_marking_done_is_left(cim: Cim) -> None:
    cim("set", HALF, "plan.goals.goals", '[{"what": "Fewer days lost"}]')
    assert cim("status", HALF, "--fail-on", "needed").code == 0
    assert cim("status", HALF).code == 1


def test_a_fail_on_that_does_not_exist_names_those_that_do(cim: Cim) -> None:
    ran = cim("status", "--fail-on", "everything")
    refusal(ran, 2, "--fail-on", "everything", "damaged", "overdue", "needed", "incomplete")


def test_an_unknown_case_among_known_ones_is_refused(cim: Cim) -> None:
    refusal(cim("status", HALF, "nowhere-at-all"), 3, "nowhere-at-all")


def test_a_definition_beside_the_cases_is_enough(cim: Cim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIM_WORKFLOWS")
    assert cim("status", WHOLE).code == 0


# next


def test_next_says_what_to_do_where_and_why(cim: Cim) -> None:
    ran = cim("next", FRESH)
    assert ran.code == 1
    assert ran.lines == [
        "Add a member: team members",
        "gather.team.members  (needed)",
        "Common practice: made for the tests",
    ]


def test_next_as_json_holds_the_problem(cim: Cim) -> None:
    found = cim("next", FRESH, "--json").json
    assert found == {
        "schema": "cim.next/1",
        "id": FRESH,
        "complete": False,
        "next": {
            "address": "gather.team.members",
            "label": "Team members",
            "message": "Add a member: team members",
            "severity": "error",
            "source": {"tag": "practice", "at": "", "note": "made for the tests"},
        },
    }


def test_next_of_a_complete_case_has_nothing_to_say(cim: Cim) -> None:
    ran = cim("next", WHOLE)
    assert (ran.code, ran.out) == (0, "Nothing is open\n")
    assert cim("next", WHOLE, "--json").json["next"] is None


def test_next_says_to_mark_done_when_that_is_all(cim: Cim) -> None:
    cim("done", HALF, "gather")
    cim("set", HALF, "plan.goals.goals", '[{"what": "Fewer days lost"}]')
    ran = cim("next", HALF)
    assert (ran.code, ran.out) == (1, "Nothing is open; mark Plan done\n")


# due


def test_due_lists_the_nearest_first_and_what_has_no_date(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2026-02-01")
    cim("owner", FRESH, "gather.team", "--target", "2025-12-01", "--to", "Kim")
    assert cim("due", FRESH).lines == [
        f"2025-12-01  target: Team · Kim  ({FRESH})",
        f"2026-02-01  due: Gather  ({FRESH})",
        f"no due date entered  due: Plan  ({FRESH})",
    ]


def test_due_is_1_when_something_is_late(cim: Cim) -> None:
    assert cim("due").code == 0
    cim("owner", FRESH, "gather.team", "--target", "2025-11-02")
    ran = cim("due")
    assert ran.code == 1
    assert f"2025-11-02 late  target: Team  ({FRESH})" in ran.lines


def test_due_within_leaves_out_what_is_later_and_keeps_what_has_no_date(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2025-11-17")
    assert "2025-11-17" in cim("due", FRESH, "--within", "14d").out
    later = cim("due", FRESH, "--within", "13").out
    assert "2025-11-17" not in later
    assert "no due date entered" in later


def test_due_mine_is_what_i_own(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2026-02-01", "--to", "Kim Lee")
    ran = cim("due", "--mine", "--by", "kim lee")
    assert ran.lines == [f"2026-02-01  due: Gather · Kim Lee  ({FRESH})"]
    assert cim("due", "--mine", "--by", "Nobody").out == ""


def test_due_as_json_holds_date_kind_and_owner(cim: Cim) -> None:
    cim("owner", FRESH, "gather", "--due", "2026-02-01", "--to", "Kim")
    found = cim("due", FRESH, "--json").json
    assert found["schema"] == "cim.due/1"
    assert (found["as_of"], found["why"]) == ("2025-11-03", "CIM_SESSIONS")
    assert found["due"][0] == {
        "date": "2026-02-01", "kind": "due", "id": FRESH, "what": "Gather", "owner": "Kim",
        "late": False, "source": "entered in this case",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["soon", "-3d", "14 d", "1w", "99999"])
def test_a_number_of_days_that_cannot_be_read_is_refused(text: str, cim: Cim) -> None:
    refusal(cim("due", f"--within={text}"), 2, "is not a number of days; write 14d")
