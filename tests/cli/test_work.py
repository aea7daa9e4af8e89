"""done, reopen, elsewhere, sign, submit, waive, unwaive, owner: what people do with a step."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, refusal
from tests.cli.test_check import PROBLEM_KEYS
from tests.cli.test_where_things_stand import status_of, step_of

GOAL = '[{"what": "Fewer days lost"}]'


def document(cim: Cim, case: str) -> Any:
    """The case's file, parsed."""
    return tomllib.loads(cim.file(case).read_text())


# done


def test_done_marks_a_step_and_says_that_nothing_is_sent(cim: Cim) -> None:
    ran = cim("done", HALF, "gather")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Gather: done. This sends nothing to CDE.\n"
    assert step_of(cim, HALF, "gather")["state"] == "done"
    entry = document(cim, HALF)["done"]["gather"]
    assert (entry["by"], str(entry["on"])) == ("Test Person", "2025-11-03")


def test_done_refuses_with_everything_that_is_missing_at_once(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("done", FRESH, "gather")
    assert ran.code == 1
    assert ran.err == "cim: Gather is not complete\n"
    assert ran.lines == [
        "  needed         Add a member: team members",
        "                 gather.team.members  [required]",
        "  needed         Write when the team meets",
        "                 gather.team.meets  [required]",
    ]
    assert cim.snapshot() == before


def test_a_refusal_as_json_holds_the_problems(cim: Cim) -> None:
    ran = cim("done", FRESH, "gather", "--json")
    assert ran.code == 1
    assert ran.json["schema"] == "cim.refusal/1"
    assert ran.json["code"] == 1
    assert [p["address"] for p in ran.json["problems"]] == [
        "gather.team.members", "gather.team.meets",
    ]  # fmt: skip
    assert all(set(problem) >= PROBLEM_KEYS for problem in ran.json["problems"])


def test_done_as_json_names_the_state(cim: Cim) -> None:
    ran = cim("done", HALF, "1", "--json")
    assert ran.json == {"schema": "cim.done/1", "id": HALF, "step": "gather", "state": "done"}


def test_good_practice_that_is_open_does_not_refuse_and_is_said(cim: Cim) -> None:
    cim("row", "set", HALF, "gather.team.members.aaaaaa", "role=teacher")
    ran = cim("done", HALF, "gather")
    assert ran.code == 0
    assert "1 of good practice still open" in ran.err


def test_a_step_done_with_a_new_gap_is_reopened_and_1_again(cim: Cim) -> None:
    cim("clear", WHOLE, "gather.team.meets")
    assert step_of(cim, WHOLE, "gather")["state"] == "reopened"
    assert cim("status", WHOLE).code == 1


def test_an_unknown_step_names_those_there_are(cim: Cim) -> None:
    refusal(cim("done", HALF, "implement"), 2, "There is no step “implement”", "gather, plan")


# reopen


def test_reopen_takes_back_done_with_who_and_why(cim: Cim) -> None:
    ran = cim("reopen", WHOLE, "gather", "--reason", "New data", "--by", "Kim")
    assert (ran.code, ran.err) == (0, "Gather is reopened\n")
    assert step_of(cim, WHOLE, "gather")["state"] == "reopened"
    entry = document(cim, WHOLE)["reopened"]["gather"]
    assert (entry["by"], entry["reason"]) == ("Kim", "New data")


def test_a_reopened_step_can_be_marked_done_again(cim: Cim) -> None:
    cim("reopen", WHOLE, "gather", "--reason", "New data")
    assert cim("done", WHOLE, "gather").code == 0
    assert cim("status", WHOLE).code == 0


def test_reopen_wants_a_step_that_is_done_and_a_reason(cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("reopen", FRESH, "gather", "--reason", "x"), 2, "there is nothing to reopen")
    refusal(cim("reopen", WHOLE, "gather", "--reason", " "), 2, "Say why")
    refusal(cim("reopen", WHOLE, "gather"), 2, "--reason")
    assert cim.snapshot() == before


# sign


def ready_to_sign(cim: Cim) -> None:
    """Bring the half-way case to where the plan can be signed."""
    cim("set", HALF, "plan.goals.goals", GOAL)
    assert cim("done", HALF, "gather").code == 0
    assert cim("done", HALF, "plan").code == 0


def test_a_step_that_is_done_waits_for_the_required_signature(cim: Cim) -> None:
    ready_to_sign(cim)
    plan = step_of(cim, HALF, "plan")
    assert (plan["state"], plan["waiting_on"]) == ("done", "signatures")
    assert cim("status", HALF).code == 1


def test_the_required_signature_completes_the_case(cim: Cim) -> None:
    ready_to_sign(cim)
    ran = cim("sign", HALF, "plan", "--name", "Dr. Lee", "--role", "superintendent",
              "--on", "2025-10-31", "--how", "meeting", "--by", "Kim")  # fmt: skip
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "Plan: signed on Friday 31 October 2025, recorded by Kim. This sends nothing to CDE.\n"
    )
    assert status_of(cim, HALF)["complete"] is True
    assert cim("check", HALF).code == 0
    (entry,) = document(cim, HALF)["signoffs"].values()
    assert (entry["name"], entry["how"], entry["recorded-by"]) == ("Dr. Lee", "meeting", "Kim")
    assert entry["content"].startswith("sha256:")


def test_sign_as_json_names_what_was_signed(cim: Cim) -> None:
    ran = cim("sign", WHOLE, "plan", "--name", "M. Ode", "--role", "board", "--json")
    assert ran.json == {
        "schema": "cim.sign/1", "id": WHOLE, "address": "plan", "role": "board", "on": "2025-11-03",
    }  # fmt: skip


def test_editing_what_was_signed_is_said_and_signing_again_mends_it(cim: Cim) -> None:
    cim("row", "add", WHOLE, "plan.goals.goals", "what=More days in class")
    assert step_of(cim, WHOLE, "plan")["state"] == "changed-since-sign-off"
    assert "changed since sign-off" in cim("status", WHOLE).out
    assert cim("status", WHOLE).code == 1
    assert cim("sign", WHOLE, "plan", "--name", "Dr. Lee", "--role", "superintendent").code == 0
    assert step_of(cim, WHOLE, "plan")["state"] == "signed"


def test_sign_refuses_before_done_and_says_which_of_the_two_is_missing(cim: Cim) -> None:
    words = ["--name", "Dr. Lee", "--role", "superintendent"]
    ran = cim("sign", HALF, "plan", *words)
    assert (ran.code, ran.err) == (1, "cim: Plan is not complete\n")
    assert "plan.goals.goals" in ran.out
    cim("set", HALF, "plan.goals.goals", GOAL)
    ran = cim("sign", HALF, "plan", *words)
    assert ran.code == 1
    assert "not marked done yet" in ran.err
    assert cim("sign", HALF, "plan", *words, "--json").json["schema"] == "cim.refusal/1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plan", "--name", "Kim", "--role", "janitor"], "it takes: superintendent, board"),
        (["gather", "--name", "Kim", "--role", "board"], "it takes: nobody"),
        (["plan", "--name", " ", "--role", "board"], "Say who signed"),
        (["plan", "--name", "Kim", "--role", "board", "--on", "soon"], '"soon" is not a date'),
        (["plan", "--name", "Kim", "--role", "board", "--how", "mail"], "'mail'"),
        (["plan", "--name", "Kim"], "--role"),
        (["plan.nothing", "--name", "Kim", "--role", "board"], "no step or activity"),
    ],
)
def test_sign_refuses_what_does_not_fit(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("sign", WHOLE, *words), 2, says)
    assert cim.snapshot() == before


def test_the_signed_page_is_kept_with_its_fingerprint(cim: Cim) -> None:
    (cim.sessions / "page.txt").write_text("signed")
    cim("sign", WHOLE, "plan", "--name", "M. Ode", "--role", "board", "--evidence", "page.txt")
    entry = list(document(cim, WHOLE)["signoffs"].values())[-1]
    assert entry["evidence"] == "page.txt"
    assert len(entry["sha256"]) == 64


# submit


def test_submit_is_never_refused_and_remembers_what_was_open(cim: Cim) -> None:
    ran = cim("submit", FRESH, "gather", "--on", "2025-10-14", "--ref", "SW-1042")
    assert ran.code == 0
    assert ran.err == (
        "Gather: recorded as submitted on Tuesday 14 October 2025, with 2 needed still open. "
        "This command sends nothing itself.\n"
    )
    gather = step_of(cim, FRESH, "gather")
    assert gather["submitted"] == {
        "on": "2025-10-14", "ref": "SW-1042",
        "open": ["gather.team.members", "gather.team.meets"],
    }  # fmt: skip
    assert gather["waiting_on"] == "cde"
    assert gather["state"] == "not-started"


def test_editing_what_was_submitted_is_said(cim: Cim) -> None:
    cim("submit", WHOLE, "gather", "--on", "2025-10-14")
    assert step_of(cim, WHOLE, "gather")["changed_since_submission"] is False
    cim("set", WHOLE, "gather.team.meets", "Fridays")
    assert step_of(cim, WHOLE, "gather")["changed_since_submission"] is True
    assert "changed since submission" in cim("status", WHOLE).out


@pytest.mark.parametrize(("verdict", "turn"), [("returned", "district"), ("accepted", None)])
def test_what_came_back_from_the_state_is_recorded(
    verdict: str, turn: str | None, cim: Cim
) -> None:
    cim("submit", WHOLE, "gather", "--on", "2025-10-14")
    ran = cim("submit", WHOLE, "gather", "--cde", verdict, "--on", "2025-10-20", "--note", "Read")
    assert ran.err == f"Gather: {verdict} by CDE on Monday 20 October 2025\n"
    gather = step_of(cim, WHOLE, "gather")
    assert gather["cde"] == {"verdict": verdict, "on": "2025-10-20", "note": "Read"}
    assert gather["waiting_on"] == turn


def test_a_new_submission_ends_the_old_answer(cim: Cim) -> None:
    cim("submit", WHOLE, "gather", "--cde", "returned", "--on", "2025-10-20")
    cim("submit", WHOLE, "gather", "--on", "2025-10-21")
    gather = step_of(cim, WHOLE, "gather")
    assert (gather["submitted"]["on"], gather["cde"]) == ("2025-10-21", None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gather"], "--on"),
        (["gather", "--on", "soon"], '"soon" is not a date'),
        (["gather", "--on", "2025-10-14", "--cde", "lost"], "'lost'"),
        (["implement", "--on", "2025-10-14"], "gather, plan"),
    ],
)
def test_submit_refuses_what_cannot_be_read(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("submit", FRESH, *words), 2, says)
    assert cim.snapshot() == before


# elsewhere


def test_a_step_done_elsewhere_is_not_counted_as_empty(cim: Cim) -> None:
    ran = cim("elsewhere", FRESH, "gather", "--where", "County survey", "--on", "9/12/2025",
              "--link", "https://example.org/s")  # fmt: skip
    assert ran.err == "Gather: done elsewhere on Friday 12 September 2025\n"
    assert step_of(cim, FRESH, "gather")["state"] == "elsewhere"
    entry = document(cim, FRESH)["elsewhere"]["gather"]
    assert (entry["where"], entry["link"]) == ("County survey", "https://example.org/s")
    # What depends on it no longer waits.
    assert step_of(cim, FRESH, "plan")["state"] == "not-started"


@pytest.mark.parametrize("address", ["gather.team", "team"])
def test_an_activity_can_be_done_elsewhere(address: str, cim: Cim) -> None:
    assert cim("elsewhere", FRESH, address, "--where", "County", "--on", "2025-09-12").code == 0
    assert "gather.team" in document(cim, FRESH)["elsewhere"]
    assert step_of(cim, FRESH, "gather")["errors"] == 0


def test_done_elsewhere_can_be_taken_back(cim: Cim) -> None:
    cim("elsewhere", FRESH, "gather", "--where", "County", "--on", "2025-09-12")
    assert cim("elsewhere", FRESH, "gather", "--undo").code == 0
    assert step_of(cim, FRESH, "gather")["state"] == "not-started"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gather"], "--where TEXT --on DATE"),
        (["gather", "--where", "County"], "--where TEXT --on DATE"),
        (["gather", "--where", " ", "--on", "2025-09-12"], "Say where it was done"),
        (["gather", "--where", "County", "--on", "soon"], '"soon" is not a date'),
        (["gather.nothing", "--where", "x", "--on", "2025-09-12"], "no step or activity"),
    ],
)
def test_elsewhere_wants_a_place_and_a_day(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("elsewhere", FRESH, *words), 2, says)
    assert cim.snapshot() == before


# waive, unwaive

RULE = ["gather.team.members", "--rule", "selpa-member"]


def test_waive_accepts_as_is_with_who_why_and_until_when(cim: Cim) -> None:
    ran = cim("waive", FRESH, *RULE, "--reason", "Joins in May", "--until", "2025-12-01")
    assert (ran.code, ran.err) == (0, "Accepted as is by Test Person\n")
    (entry,) = document(cim, FRESH)["waivers"].values()
    assert (entry["reason"], entry["by"]) == ("Joins in May", "Test Person")
    gather = step_of(cim, FRESH, "gather")
    assert (gather["warnings"], gather["waived"]) == (0, 1)
    assert "accepted as is Add a SELPA" in cim("check", FRESH).out


def test_a_waiver_is_open_again_after_its_last_day(cim: Cim) -> None:
    cim("waive", FRESH, *RULE, "--reason", "Joins in May", "--until", "2025-12-01")
    problems = {day: cim("check", FRESH, "--json", "--as-of", day).json["problems"]
                for day in ("2025-12-01", "2025-12-02")}  # fmt: skip
    who = {day: next(p["waived_by"] for p in found if p["rule"] == "selpa-member")
           for day, found in problems.items()}  # fmt: skip
    assert who == {"2025-12-01": "Test Person", "2025-12-02": None}


def test_unwaive_opens_it_again(cim: Cim) -> None:
    cim("waive", FRESH, *RULE, "--reason", "Joins in May")
    assert cim("unwaive", FRESH, *RULE).err == "Open again\n"
    assert step_of(cim, FRESH, "gather")["warnings"] == 1
    assert "waivers" not in document(cim, FRESH)


def test_what_was_published_cannot_be_accepted_away(cim: Cim) -> None:
    before = cim.snapshot()
    words = ["gather.team.meets", "--rule", "required", "--reason", "Too busy"]
    refusal(cim("waive", FRESH, *words), 2, "cannot be accepted as is", "https://example.org/team")
    assert cim.snapshot() == before


def test_a_needed_rule_of_common_practice_can_be_waived_and_lets_the_step_be_done(cim: Cim) -> None:
    cim("set", FRESH, "gather.team.meets", "Fridays")
    cim("waive", FRESH, "gather.team.members", "--rule", "required", "--reason", "One person")
    assert cim("done", FRESH, "gather").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gather.team.members", "--rule", "nothing", "--reason", "x"],
         "“nothing” is not open at gather.team.members; open there: required, selpa-member"),
        (["nowhere", "--rule", "required", "--reason", "x"], "open there: nothing"),
        ([*RULE, "--reason", " "], "Say why"),
        ([*RULE, "--reason", "x", "--until", "soon"], '"soon" is not a date'),
        ([*RULE], "--reason"),
    ],
)  # fmt: skip
def test_waive_refuses_what_is_not_open(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("waive", FRESH, *words), 2, says)
    assert cim.snapshot() == before


def test_unwaive_refuses_what_is_not_accepted(cim: Cim) -> None:
    refusal(cim("unwaive", FRESH, *RULE), 2, "Nothing is accepted as is")


# owner


def test_owner_is_shown_and_dates_are_said_in_words(cim: Cim) -> None:
    ran = cim("owner", FRESH, "gather", "--to", "Kim", "--target", "2025-12-01",
              "--due", "2026-01-30")  # fmt: skip
    assert ran.lines == [
        "Gather: Kim",
        "  target Monday 1 December 2025",
        "  due Friday 30 January 2026 (entered in this case)",
    ]


def test_owner_without_options_changes_nothing(cim: Cim) -> None:
    before = cim.snapshot()
    ran = cim("owner", FRESH, "gather.team")
    assert ran.lines == ["Team: nobody yet", "  no due date entered"]
    assert cim.snapshot() == before


def test_an_owner_on_the_roster_is_kept_as_the_row(cim: Cim) -> None:
    cim("owner", HALF, "gather.team", "--to", "ana ruiz")
    assert document(cim, HALF)["activity"]["gather"]["team"]["owner"] == "aaaaaa"
    assert cim("owner", HALF, "gather.team", "--json").json["owner"] == "Ana Ruiz"


def test_an_empty_name_takes_the_owner_away(cim: Cim) -> None:
    cim("owner", HALF, "gather", "--to", "Kim")
    cim("owner", HALF, "gather", "--to", "")
    assert cim("owner", HALF, "gather", "--json").json["owner"] is None


def test_owner_as_json_holds_name_dates_and_source(cim: Cim) -> None:
    found = cim("owner", FRESH, "gather", "--to", "Kim", "--due", "2026-01-30", "--json").json
    assert found == {
        "schema": "cim.owner/1", "id": FRESH, "address": "gather", "owner": "Kim",
        "target": None, "due": "2026-01-30", "due_source": "entered in this case",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "“nowhere”"),
        (["gather.teem"], "gather.team"),
        (["gather", "--due", "soon"], '"soon" is not a date'),
        (["gather", "--target", "2025-02-30"], "There is no day"),
    ],
)
def test_owner_refuses_what_is_not_there(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("owner", FRESH, *words), 2, says)
    assert cim.snapshot() == before
