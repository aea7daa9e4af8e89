"""What stands on a paper: answers in words, what is open and why, who signs, what is left out."""

from __future__ import annotations

import html
import json
from datetime import date
from decimal import Decimal

import pytest

from cim_tui.core.errors import NoDefinition
from cim_tui.core.lint import lint
from cim_tui.core.session import Absence
from cim_tui.reports import json_, markdown
from cim_tui.reports.html import render as to_html
from cim_tui.reports.model import compose
from cim_tui.reports.paper import Answer
from cim_tui.reports.wording import source
from cim_tui.service.case import Case
from cim_tui.service.demo import example_names
from tests.reports.material import (
    TODAY,
    activity,
    areas,
    case,
    members,
    problems,
    results,
    shared,
    signed,
    table,
    texts,
    worked,
    workflow,
    working,
)

FULL_TEAM = {
    "members": members(("Dana Whitfield", "director")),
    "meets": "Tuesdays",
    "kinds": ["b", "a"],
    "on": date(2025, 10, 1),
}


def test_a_choice_is_shown_by_its_labels() -> None:
    assert texts(shared(case(team=FULL_TEAM)))["kinds"] == "Beta, Alpha"


def test_a_reference_is_shown_by_the_row_it_names() -> None:
    found = case(team={**FULL_TEAM, "lead": "m1"})

    assert texts(working(found))["lead"] == "Dana Whitfield"


def test_a_person_on_the_roster_is_shown_by_name_in_a_working_copy() -> None:
    found = case(team={**FULL_TEAM, "heard": {"p1": {"person": "m1"}, "p2": {"name": "Lee"}}})

    assert texts(working(found))["heard"] == "Dana Whitfield; Lee"


def test_a_piece_of_evidence_says_what_where_and_of_when() -> None:
    entry = {"path": "papers/charter.pdf", "what": "The charter", "date": date(2025, 9, 1)}
    found = case(team={**FULL_TEAM, "charter": {"e1": entry}})

    assert texts(shared(found))["charter"] == "The charter (papers/charter.pdf), dated 2025-09-01"


def test_a_coded_absence_is_said_in_words_with_its_note() -> None:
    found = case(team=FULL_TEAM)
    found.session = found.session.with_absence(
        "gather.team.charter", Absence("not-provided", "Asked twice")
    )

    answer = next(
        a
        for a in activity(shared(found), "team").answers
        if isinstance(a, Answer) and a.address == "gather.team.charter"
    )

    assert (answer.text, answer.note) == ("was asked for, not provided", "Asked twice")


def test_calculated_values_are_shown() -> None:
    found = case(counts={"areas": areas("Math"), "results": results(("a1", 2024, "x", 30, 40))})

    shown = texts(shared(found))

    assert (shown["results.r1.rate"], shown["areas.a1.in-all"], shown["all-met"]) == (
        "75.00%", "30", "30",
    )  # fmt: skip


def test_rows_stand_under_the_row_they_belong_to() -> None:
    rows = results(("a2", 2024, "x", 30, 40), ("a1", 2024, "x", 50, 60), ("a2", 2023, "x", 20, 90))
    found = case(counts={"areas": areas("Math", "Reading"), "results": rows})

    groups = table(shared(found), "results").groups

    assert [(g.label, [r.id for r in g.rows]) for g in groups] == [
        ("Math", ["r2"]), ("Reading", ["r1", "r3"]),
    ]  # fmt: skip


def test_a_row_whose_parent_is_gone_still_stands_on_the_paper() -> None:
    found = case(
        counts={"areas": areas("Math"), "results": results(("gone", 2024, "x", 30, 40))},
    )

    assert [g.label for g in table(shared(found), "results").groups] == [
        "Belongs to a row that is gone"
    ]


def test_a_hidden_answer_is_left_out_and_counted_as_kept_aside() -> None:
    found = case(team={**FULL_TEAM, "money": False, "amount": Decimal("12.50")})

    paper = working(found)

    assert "amount" not in texts(paper)
    assert (paper.kept_aside, activity(paper, "team").kept_aside) == (1, 1)


def test_answers_of_an_activity_that_does_not_apply_are_left_out() -> None:
    found = case(team={**FULL_TEAM, "money": False}, extra={"note": "Kept for later"})

    paper = working(found)

    assert activity(paper, "extra").answers == ()
    assert paper.kept_aside == 1


def test_answers_to_an_activity_that_the_process_does_not_have_are_kept_aside() -> None:
    found = case(team=FULL_TEAM)
    found.session = found.session.with_value("gather.gone.note", "From an older process")

    assert working(found).kept_aside == 1


def test_a_paper_about_one_step_counts_what_is_kept_aside_there() -> None:
    found = case(team={**FULL_TEAM, "money": False, "amount": Decimal("12.50")})

    steps = found.workflow.steps

    assert [compose(found, TODAY, steps[name]).kept_aside for name in steps] == [1, 0]


def test_a_required_question_without_an_answer_is_shown_as_open() -> None:
    paper = shared(case(team={"members": members(("A", "selpa"))}))

    meets = next(a for a in activity(paper, "team").answers if a.address == "gather.team.meets")

    assert isinstance(meets, Answer)
    assert meets.is_open


def test_an_optional_question_without_an_answer_takes_no_room() -> None:
    assert "on" not in texts(shared(case(team={"meets": "Tuesdays"})))


def test_an_activity_without_answers_lists_no_questions() -> None:
    assert activity(shared(case()), "team").answers == ()


def test_an_activity_counts_what_is_needed_and_what_is_good_practice() -> None:
    found = activity(shared(case(team={"members": members(("A", "selpa"))})), "team")

    assert (str(found.needed), str(found.good)) == ("2 of 2", "0 of 1")


def test_only_a_published_source_names_who_published_it() -> None:
    paper = shared(case(team={"members": members(("A", "selpa"))}, plan={}))

    words = {s.tag: s.words for s in paper.sources}

    assert words == {
        "published": "Published by The publisher",
        "practice": "Common practice",
        "to-verify": "To be verified",
    }


def test_what_is_open_carries_its_source() -> None:
    goal = next(p for p in problems(shared(case())) if p.address == "plan.plan.goal")

    assert (goal.word, goal.source.tag, goal.source.at) == (
        "needed", "published", "https://example.org/rule",
    )  # fmt: skip


def test_an_activity_says_where_each_of_its_requirements_comes_from_met_or_not() -> None:
    found = activity(shared(case(team={"members": members(("A", "selpa"))})), "team")

    told = {a.address.rpartition(".")[2]: (a.word, a.source.tag) for a in found.asked}

    assert told["members"] == ("needed", "published")
    assert told["name"] == ("needed", "published")  # stands under its table's
    assert told["meets"] == ("good practice", "practice")


def test_an_activity_that_does_not_apply_asks_for_nothing() -> None:
    found = worked("intensive")
    studied, not_studied = (
        activity(shared(Case(found.path, found.session.with_fact("level", level), found.workflow,
                             TODAY, None)), "case-study")
        for level in ("intensive-2", "intensive-1")
    )  # fmt: skip

    assert studied.asked
    assert not not_studied.applies
    assert not_studied.asked == ()


@pytest.mark.parametrize("name", example_names())
def test_every_requirement_of_an_example_is_in_its_papers_with_tag_and_address(name: str) -> None:
    found = worked(name)
    paper = shared(found)
    texts_of = {"md": markdown.render(paper), "html": html.unescape(to_html(paper))}
    exported = json.loads(json_.render(paper))
    listed = {
        (entry["label"], entry["source"]["tag"], entry["source"]["at"])
        for step in exported["steps"] for part in step["contents"]
        for entry in part["requirements"]
    }  # fmt: skip
    for part in (a for step in paper.steps for a in step.activities if a.applies):
        assert part.asked
        for asked in part.asked:
            assert (asked.label, asked.source.tag, asked.source.at) in listed
            assert all(asked.source.at in text for text in texts_of.values())


@pytest.mark.parametrize("name", example_names())
def test_nothing_of_common_practice_is_said_on_paper_to_be_the_states(name: str) -> None:
    paper = shared(worked(name))
    for citation in paper.sources:
        told = source(citation)

        assert told.startswith("Published by") is (citation.tag == "published")
        assert ("compare" in told) is (citation.tag != "published" and bool(citation.at))


def test_what_was_accepted_as_is_says_by_whom_and_why() -> None:
    waiver = {"address": "gather.team.meets", "rule": "required", "reason": "No fixed day",
              "by": "Ann", "on": TODAY, "until": date(2026, 1, 31)}  # fmt: skip
    found = case(team={"members": members(("A", "selpa"))}, waivers={"w1": waiver})

    accepted = next(p.accepted for p in problems(working(found)) if p.accepted)

    assert (accepted.by, accepted.reason, accepted.until) == (
        "Ann", "No fixed day", date(2026, 1, 31),
    )  # fmt: skip


def test_a_step_says_its_due_date_in_words() -> None:
    found = case(step={"gather": {"due": date(2026, 1, 30)}})

    assert shared(found).steps[0].due_words == "Friday 30 January 2026"


def test_a_due_date_that_has_passed_is_late() -> None:
    found = case(step={"gather": {"due": date(2025, 10, 31)}})

    assert shared(found).steps[0].due_words == "Friday 31 October 2025 (late)"


def test_a_step_without_a_due_date_says_that_none_was_entered() -> None:
    assert shared(case()).steps[0].due_words == "no due date entered"


def test_an_activity_done_elsewhere_says_where_when_and_by_whom() -> None:
    entry = {"where": "The state's portal", "on": date(2025, 9, 1), "by": "Ann",
             "link": "https://example.org/x"}  # fmt: skip
    found = case(elsewhere={"gather.team": entry})

    done = activity(working(found), "team").elsewhere

    assert done is not None
    assert (done.where, done.on, done.by, done.link) == tuple(entry.values())


def test_a_step_done_elsewhere_says_so() -> None:
    found = case(elsewhere={"gather": {"where": "Paper", "on": TODAY, "by": "Ann"}})

    step = shared(found).steps[0]

    assert step.elsewhere is not None
    assert (step.state, step.elsewhere.where) == ("done elsewhere", "Paper")


def test_what_was_sent_and_what_came_back_is_told() -> None:
    found = case(
        submissions={
            "x1": {"step": "gather", "on": TODAY, "by": "Ann", "content": "old", "open": ["a"]},
            "x2": {"step": "gather", "cde": "returned", "on": TODAY, "by": "Ann", "note": "Dates"},
        }
    )

    acts = shared(found).steps[0].acts

    assert [(act.what, act.note) for act in acts] == [
        ("Sent to CDE", "with 1 answer needed and open; changed since submission"),
        ("CDE: returned", "Dates"),
    ]


def test_every_role_that_signs_a_step_has_its_line() -> None:
    lines = shared(case()).steps[1].signatures

    assert [(line.title, line.required, line.name) for line in lines] == [
        ("Superintendent", True, ""), ("Governing board", False, ""),
    ]  # fmt: skip


def test_a_signature_over_what_stands_there_has_name_and_date() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))

    line = shared(found).steps[1].signatures[0]

    assert (line.current, line.name, line.on) == (True, "Ann Lee", date(2025, 10, 2))


def test_a_signature_over_what_has_changed_says_so() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))
    found.session = found.session.with_value("plan.plan.goal", "Different")

    line = shared(found).steps[1].signatures[0]

    assert (line.current, line.changed) == (False, True)


def test_an_activity_that_is_signed_has_its_own_lines() -> None:
    assert [line.title for line in activity(shared(case()), "plan").signatures] == ["Team lead"]


def test_an_owner_on_the_roster_is_named_in_a_working_copy() -> None:
    found = case(team=FULL_TEAM, activity={"gather": {"team": {"owner": "m1", "target": TODAY}}})

    team = activity(working(found), "team")

    assert (team.owner, team.target) == ("Dana Whitfield", TODAY)


def test_a_paper_can_be_about_one_step() -> None:
    found = case(plan={"goal": "Better"})

    paper = compose(found, TODAY, found.workflow.steps["plan"])

    assert [step.id for step in paper.steps] == ["plan"]
    assert paper.heading == "Quail Ridge Unified: Trial process: Step 2, Plan"


def test_the_facts_of_the_case_stand_at_the_front() -> None:
    assert dict(shared(case()).facts) == {
        "CDS code": "99123450000000",
        "Process": "Trial process, edition 1",
        "Monitoring year": "2025",
        "Level": "Level one",
    }


def test_a_value_that_does_not_fit_its_question_is_shown_as_it_is() -> None:
    found = case(team={**FULL_TEAM, "on": "next week"})

    assert texts(working(found))["on"] == (
        "“next week” (cannot be read as a date such as 2025-10-01)"
    )


def test_a_table_that_cannot_be_read_is_said_and_loses_no_row_that_can() -> None:
    found = case(team={**FULL_TEAM, "members": {**members(("A", "selpa")), "m9": "a text"}})

    assert [row.id for row in table(working(found), "members").rows] == ["m1"]


def test_a_shared_copy_and_a_working_copy_say_the_same_of_what_is_open() -> None:
    found = case(team={"members": members(("A", "selpa"))}, counts={"read": 4})

    assert [p.address for p in problems(shared(found))] == [
        p.address for p in problems(working(found))
    ]


def test_composing_changes_nothing_in_the_case() -> None:
    found = case(team=FULL_TEAM)
    before = found.session

    shared(found)
    working(found)

    assert found.session is before


def test_composing_looks_at_the_day_it_is_given() -> None:
    found = case(step={"gather": {"due": date(2025, 11, 10)}})

    assert compose(found, date(2025, 11, 11)).steps[0].late


def test_without_its_definitions_a_case_has_no_paper() -> None:
    known = case()
    bare = Case(known.path, known.session, None, TODAY, None, "The process is not here")

    with pytest.raises(NoDefinition, match="not here"):
        compose(bare, TODAY)


def test_the_process_of_these_tests_is_one_that_could_be_shipped() -> None:
    about_the_state = {("aims",), ("resources",)}

    remarks = [r for r in lint(workflow(), ()) if r.path not in about_the_state]

    assert [r for r in remarks if r.severity == "error"] == []
