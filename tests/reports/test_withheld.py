"""What a shared copy withholds: each rule by itself, with a test that fails without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.language import Column
from cim_tui.core.session import Absence
from cim_tui.core.workflow import PEOPLE_COLUMNS
from cim_tui.reports import json_
from cim_tui.reports.model import compose
from cim_tui.reports.paper import Paper
from cim_tui.reports.privacy import WITHHELD
from tests.reports.material import (
    TODAY,
    activity,
    areas,
    case,
    every_answer,
    members,
    problems,
    results,
    shared,
    signed,
    table,
    texts,
    working,
)

MATH = areas("Math")


def counted(*cells: tuple[str, int, str, int | None, int | None], **more: Any) -> Paper:
    """The shared copy of a case with these results."""
    return shared(case(counts={"areas": MATH, "results": results(*cells), **more}))


def met(paper: Paper) -> list[str]:
    """The counts of students in the results, row by row."""
    return [row.cells[2].text for row in table(paper, "results").rows]


# Personal answers


def test_a_personal_field_is_withheld() -> None:
    assert texts(shared(case(team={"backing": "Dana Whitfield"})))["backing"] == WITHHELD


def test_a_personal_column_is_withheld() -> None:
    shown = texts(shared(case(team={"members": members(("Dana Whitfield", "selpa"))})))

    assert (shown["members.m1.name"], shown["members.m1.role"]) == (
        WITHHELD, "SELPA representative",
    )  # fmt: skip


def test_a_personal_value_that_fits_no_type_is_withheld_too() -> None:
    assert texts(shared(case(team={"backing": 5551234})))["backing"] == WITHHELD


def test_a_working_copy_shows_personal_answers() -> None:
    paper = working(case(team={"backing": "Dana Whitfield"}))

    assert (texts(paper)["backing"], paper.withheld) == ("Dana Whitfield", 0)


def test_the_note_of_a_personal_absence_is_withheld() -> None:
    found = case(team={"meets": "Tuesdays"})
    found.session = found.session.with_absence(
        "gather.team.backing", Absence("will-return", "Dana is on leave")
    )

    backing = next(a for a in every_answer(shared(found)) if a.label == "Who backs it")

    assert (backing.text, backing.note) == ("will come back to it", WITHHELD)


def test_an_empty_personal_field_is_not_counted_as_withheld() -> None:
    assert shared(case(team={"meets": "Tuesdays"})).withheld == 0


def test_every_withheld_answer_is_counted_once() -> None:
    found = case(
        team={
            "members": members(("Dana Whitfield", "selpa"), ("Lee Brook", "director")),
            "backing": "Dana Whitfield",
            "heard": {"p1": {"name": "Sam"}, "p2": {"name": "Kim"}},
        },
        counts={"read": 4},
    )

    assert shared(found).withheld == 5


def test_each_withheld_answer_says_so_in_its_place() -> None:
    paper = shared(case(team={"backing": "Dana Whitfield"}, counts={"read": 4}))

    assert [a.address for a in every_answer(paper) if a.withheld] == [
        "gather.team.backing", "gather.counts.read",
    ]  # fmt: skip


def test_what_is_calculated_from_a_personal_number_is_withheld() -> None:
    shown = texts(shared(case(team={"pay": 500, "rooms": 120})))

    assert (shown["rooms"], shown["cost"]) == ("$120", WITHHELD)


def test_the_reason_why_something_applies_does_not_tell_what_a_personal_number_adds_up_to() -> None:
    found = case(team={"pay": 500, "rooms": 120})

    assert activity(shared(found), "costly").why == "“Cost” is withheld"


# People


def test_somebody_on_the_roster_is_shown_by_role() -> None:
    team = {
        "members": members(("Dana Whitfield", "selpa")),
        "heard": {"p1": {"person": "m1"}},
    }

    assert texts(shared(case(team=team)))["heard"] == "SELPA representative"


def test_a_role_shown_for_a_name_is_not_counted_as_withheld() -> None:
    team = {
        "members": {"m1": {"role": "selpa"}},
        "heard": {"p1": {"person": "m1"}},
    }

    assert shared(case(team=team)).withheld == 0


def test_somebody_on_the_roster_without_a_role_is_shown_by_place() -> None:
    team = {
        "members": {"m1": {"name": "Dana Whitfield"}},
        "heard": {"p1": {"person": "m1"}},
    }

    assert texts(shared(case(team=team)))["heard"] == "member 1"


def test_a_free_name_is_withheld_beside_a_role() -> None:
    team = {
        "members": members(("Dana Whitfield", "selpa")),
        "heard": {"p1": {"person": "m1"}, "p2": {"name": "Sam Okafor"}},
    }

    assert texts(shared(case(team=team)))["heard"] == f"SELPA representative; {WITHHELD}"


def test_programs_are_told_the_role_and_that_a_name_is_missing() -> None:
    team = {
        "members": members(("Dana Whitfield", "selpa")),
        "heard": {"p1": {"person": "m1"}, "p2": {"name": "Sam Okafor"}},
    }

    heard = next(a for a in every_answer(shared(case(team=team))) if a.label == "Who was heard")

    assert heard.value == ["SELPA representative", None]


def test_names_are_shown_where_the_column_of_names_says_they_are_not_personal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    public = Column(type="text", label="Name")
    monkeypatch.setitem(PEOPLE_COLUMNS, "name", public)

    assert texts(shared(case(team={"heard": {"p1": {"name": "Sam"}}})))["heard"] == "Sam"


def test_a_people_field_that_cannot_be_read_is_withheld() -> None:
    assert texts(shared(case(team={"heard": "Sam Okafor"})))["heard"] == WITHHELD


def test_people_in_a_table_that_cannot_be_read_are_withheld() -> None:
    found = case(counts={"schools": {"s1": {"school": "Oak", "head": "Sam Okafor"}}})

    assert texts(shared(found))["schools.s1.head"] == WITHHELD


def test_a_reference_to_the_roster_is_shown_by_role() -> None:
    team = {"members": members(("Dana Whitfield", "director")), "lead": "m1"}

    assert texts(shared(case(team=team)))["lead"] == "Special education director"


def test_rows_are_not_called_by_a_name_that_is_withheld() -> None:
    paper = shared(case(team={"members": members(("Dana Whitfield", "director"))}))

    assert [row.label for row in table(paper, "members").rows] == ["Special education director"]


def test_what_is_open_does_not_name_the_person_it_is_about() -> None:
    paper = shared(case(team={"members": {"m1": {"name": "Dana Whitfield", "role": "gone"}}}))

    assert "Dana" not in json_.render(paper)


def test_an_owner_on_the_roster_is_shown_by_role() -> None:
    found = case(
        team={"members": members(("Dana Whitfield", "director"))},
        activity={"gather": {"team": {"owner": "m1"}}},
    )

    assert activity(shared(found), "team").owner == "Special education director"


def test_who_did_something_is_shown_by_role_where_the_name_is_on_the_roster() -> None:
    found = case(
        team={"members": members(("Dana Whitfield", "director"))},
        done={"gather": {"by": "dana whitfield", "on": TODAY}},
    )

    assert shared(found).steps[0].acts[0].by == "Special education director"


@pytest.mark.parametrize("scope", [{"step": {"gather": {"owner": "Ana Ruiz"}}},
                                   {"activity": {"gather": {"team": {"owner": "Ana Ruiz"}}}}])  # fmt: skip
def test_an_owner_written_as_a_free_name_is_withheld(scope: dict[str, Any]) -> None:
    found = case(team={"members": members(("Dana Whitfield", "director"))}, **scope)

    paper = shared(found)

    owners = {paper.steps[0].owner, activity(paper, "team").owner}
    assert owners == {"", WITHHELD}
    assert "Ana" not in json_.render(paper)
    assert paper.withheld == 2  # the name on the roster, and the owner
    assert "Ana Ruiz" in json_.render(working(found))


def test_an_owner_whose_row_of_the_roster_is_gone_is_withheld() -> None:
    found = case(team={"members": members(("Dana Whitfield", "director"))},
                 activity={"gather": {"team": {"owner": "m9"}}})  # fmt: skip

    assert activity(shared(found), "team").owner == WITHHELD


@pytest.mark.parametrize(
    "role", ["Special education director", "selpa representative", "Team lead"]
)
def test_an_owner_written_as_a_role_is_shown(role: str) -> None:
    found = case(activity={"gather": {"team": {"owner": role}}})

    paper = shared(found)

    assert (activity(paper, "team").owner, paper.withheld) == (role, 0)


@pytest.mark.parametrize("name", ["Special", "Team Leadbetter", "lead"])
def test_a_name_that_only_looks_like_a_role_is_withheld(name: str) -> None:
    found = case(activity={"gather": {"team": {"owner": name}}})

    assert activity(shared(found), "team").owner == (name if name == "Special" else WITHHELD)


@pytest.mark.parametrize(
    "table",
    [
        {"done": {"gather": {"by": "Ana Ruiz", "on": TODAY}}},
        {"reopened": {"gather": {"by": "Ana Ruiz", "on": TODAY, "reason": "Too early"}}},
        {"elsewhere": {"gather": {"by": "Ana Ruiz", "on": TODAY, "where": "Paper"}}},
        {"submissions": {"x1": {"step": "gather", "by": "Ana Ruiz", "on": TODAY, "content": ""}}},
        {"submissions": {"x1": {"step": "gather", "by": "Ana Ruiz", "on": TODAY,
                                "cde": "accepted"}}},
        {"waivers": {"w1": {"address": "gather.team.meets", "rule": "required", "on": TODAY,
                            "by": "Ana Ruiz", "reason": "No fixed day"}}},
    ],
    ids=["done", "reopened", "elsewhere", "sent", "CDE", "accepted"],
)  # fmt: skip
def test_who_did_something_is_withheld_where_the_roster_does_not_have_the_name(
    table: dict[str, Any],
) -> None:
    found = case(team={"members": members(("Dana Whitfield", "director"))}, **table)

    assert "Ana" not in json_.render(shared(found))
    assert "Ana Ruiz" in json_.render(working(found))


def test_a_signature_keeps_its_name() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))

    assert shared(found).steps[1].signatures[0].name == "Ann Lee"


# Text about children


@pytest.mark.parametrize(
    "text",
    [
        "His student id is 1234567890",
        "She was born 3/14/2012",
        "The student Maria Lopez said so",
        "Number 123-45-6789",
        "Student Maria Lopez said so",
    ],
)
def test_a_text_about_children_that_seems_to_name_one_is_withheld(text: str) -> None:
    assert texts(shared(case(team={"voices": text})))["voices"] == WITHHELD


def test_a_text_about_children_that_names_nobody_is_shown() -> None:
    text = "Nobody speaks for families who moved here this year"

    assert texts(shared(case(team={"voices": text})))["voices"] == text


def test_a_number_in_place_of_a_text_about_children_is_withheld_when_it_could_be_an_id() -> None:
    assert texts(shared(case(team={"voices": 1234567890})))["voices"] == WITHHELD


def test_a_reason_that_seems_to_name_a_child_is_withheld() -> None:
    found = case(reopened={"gather": {"by": "", "on": TODAY, "reason": "Born 3/14/2012"}})

    paper = shared(found)

    assert (paper.steps[0].acts[0].note, paper.withheld) == (WITHHELD, 1)


# Counts of children


@pytest.mark.parametrize("count", [1, 2, 9, 10])
def test_a_count_of_ten_and_under_is_withheld(count: int) -> None:
    assert texts(shared(case(counts={"read": count})))["read"] == WITHHELD


@pytest.mark.parametrize("count", [0, 11, 250])
def test_a_true_zero_and_a_count_above_ten_are_shown(count: int) -> None:
    assert texts(shared(case(counts={"read": count})))["read"] == str(count)


def test_a_working_copy_shows_small_counts() -> None:
    assert texts(working(case(counts={"read": 4})))["read"] == "4"


def test_a_count_that_cannot_be_read_is_withheld() -> None:
    assert texts(shared(case(counts={"read": "about four"})))["read"] == WITHHELD


def test_a_table_of_counts_that_cannot_be_read_is_withheld() -> None:
    assert texts(shared(case(counts={"schools": "Oak 4, Elm 30"})))["schools"] == WITHHELD


def test_the_note_of_an_absent_count_is_withheld_when_it_tells_the_count() -> None:
    found = case(counts={"right": 30})
    found.session = found.session.with_absence(
        "gather.counts.read", Absence("not-provided", "Only 4 of them")
    )

    read = next(a for a in every_answer(shared(found)) if a.label == "Files read")

    assert (read.note, read.withheld) == (WITHHELD, True)


def test_the_note_of_an_absent_count_is_shown_when_it_tells_none() -> None:
    found = case(counts={"right": 30})
    found.session = found.session.with_absence(
        "gather.counts.read", Absence("not-provided", "Asked on 14 May 2025")
    )

    read = next(a for a in every_answer(shared(found)) if a.label == "Files read")

    assert read.note == "Asked on 14 May 2025"


# What would give a count back


def test_a_rate_over_a_withheld_count_is_withheld() -> None:
    assert texts(counted(("a1", 2024, "x", 4, 40)))["results.r1.rate"] == WITHHELD


def test_a_rate_of_none_is_shown_where_nothing_is_withheld() -> None:
    assert texts(counted(("a1", 2024, "x", 0, 40)))["results.r1.rate"] == "0.00%"


def test_a_sum_over_a_withheld_cell_is_withheld() -> None:
    shown = texts(counted(("a1", 2024, "x", 4, None), ("a1", 2024, "y", 40, None)))

    assert (shown["areas.a1.in-all"], shown["all-met"]) == (WITHHELD, WITHHELD)


def test_a_difference_of_counts_that_is_small_is_withheld() -> None:
    shown = texts(shared(case(counts={"read": 40, "right": 36})))

    assert shown["wrong"] == WITHHELD


def test_a_small_difference_cannot_be_worked_out_from_its_parts() -> None:
    shown = texts(shared(case(counts={"read": 40, "right": 36})))

    assert (shown["read"], shown["right"]) == ("40", WITHHELD)


def test_a_difference_that_is_not_small_is_shown() -> None:
    assert texts(shared(case(counts={"read": 40, "right": 20})))["wrong"] == "20"


def test_a_percent_that_gives_back_a_withheld_count_is_withheld() -> None:
    found = case(counts={"read": 40, "right": 4, "share": Decimal(10)})

    assert texts(shared(found))["share"] == WITHHELD


def test_a_percent_whose_rest_gives_back_a_withheld_count_is_withheld() -> None:
    found = case(counts={"read": 40, "right": 4, "share": Decimal(90)})

    assert texts(shared(found))["share"] == WITHHELD


def test_a_percent_that_gives_nothing_back_is_shown() -> None:
    found = case(counts={"read": 40, "right": 4, "share": Decimal(60)})

    assert texts(shared(found))["share"] == "60%"


def test_a_percent_is_shown_where_both_counts_are() -> None:
    found = case(counts={"read": 40, "right": 20, "share": Decimal(50)})

    assert texts(shared(found))["share"] == "50%"


def test_a_percent_in_a_row_is_withheld_with_the_count_it_gives_back() -> None:
    rows = results(("a1", 2024, "x", 3, 60))
    rows["r1"]["reported"] = Decimal(5)
    found = case(counts={"areas": MATH, "results": rows})

    assert texts(shared(found))["results.r1.reported"] == WITHHELD


# One withheld cell is never alone


def test_with_one_cell_of_a_table_withheld_the_next_smallest_is_too() -> None:
    rows = {"s1": {"students": 4}, "s2": {"students": 90}, "s3": {"students": 30}}

    shown = texts(shared(case(counts={"schools": rows})))

    assert [shown[f"schools.{row}.students"] for row in rows] == [WITHHELD, "90", WITHHELD]


def test_with_two_cells_of_a_table_withheld_the_others_are_shown() -> None:
    rows = {"s1": {"students": 4}, "s2": {"students": 90}, "s3": {"students": 3}}

    shown = texts(shared(case(counts={"schools": rows})))

    assert shown["schools.s2.students"] == "90"


def test_a_true_zero_is_not_taken_for_the_next_smallest() -> None:
    rows = {"s1": {"students": 4}, "s2": {"students": 0}, "s3": {"students": 30}}

    shown = texts(shared(case(counts={"schools": rows})))

    assert [shown[f"schools.{row}.students"] for row in rows] == [WITHHELD, "0", WITHHELD]


def test_a_count_that_cannot_be_read_leaves_another_withheld_beside_it() -> None:
    rows = {"s1": {"students": "few"}, "s2": {"students": 90}, "s3": {"students": 30}}

    shown = texts(shared(case(counts={"schools": rows})))

    assert [shown[f"schools.{row}.students"] for row in rows] == [WITHHELD, "90", WITHHELD]


def test_each_group_of_rows_is_protected_by_itself() -> None:
    rows = results(
        ("a1", 2024, "x", 4, None), ("a1", 2024, "y", 30, None), ("a1", 2024, "z", 50, None),
        ("a2", 2024, "x", 20, None), ("a2", 2024, "y", 25, None),
    )  # fmt: skip
    paper = shared(case(counts={"areas": areas("Math", "Reading"), "results": rows}))

    assert met(paper) == [WITHHELD, WITHHELD, "50", "20", "25"]


def test_the_groups_of_one_year_are_protected_by_themselves() -> None:
    paper = counted(
        ("a1", 2023, "x", 4, None), ("a1", 2023, "y", 30, None), ("a1", 2023, "z", 60, None),
        ("a1", 2024, "x", 5, None), ("a1", 2024, "y", 40, None), ("a1", 2024, "z", 70, None),
    )  # fmt: skip

    assert met(paper) == [WITHHELD, WITHHELD, "60", WITHHELD, WITHHELD, "70"]


def test_a_cell_the_team_withheld_itself_is_protected_too() -> None:
    rows = {"s1": {"school": "Oak"}, "s2": {"students": 90}, "s3": {"students": 30}}
    found = case(counts={"schools": rows})
    found.session = found.session.with_absence(
        "gather.counts.schools.s1.students", Absence("withheld", "Small group")
    )

    shown = texts(shared(found))

    assert [shown[f"schools.{row}.students"] for row in rows] == [
        "withheld (small group)", "90", WITHHELD,
    ]  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a1", "a2"]),
            st.sampled_from([2023, 2024]),
            st.sampled_from(["x", "y", "z"]),
            st.one_of(st.integers(0, 12), st.integers(0, 400)),
        ),
        unique_by=lambda row: row[:3],
        max_size=12,
    )
)
def test_no_total_gives_back_a_cell(rows: list[tuple[str, int, str, int]]) -> None:
    found = case(
        counts={
            "areas": areas("Math", "Reading"),
            "results": results(*((*row, None) for row in rows)),
        }
    )
    shown = texts(shared(found))

    groups: dict[tuple[str, ...], list[tuple[bool, int]]] = {}
    for number, (area, year, _, count) in enumerate(rows, start=1):
        cell = (shown[f"results.r{number}.met"] == WITHHELD, count)
        groups.setdefault((area,), []).append(cell)
        groups.setdefault((area, str(year)), []).append(cell)

    for cells in groups.values():
        withheld = [count for hidden, count in cells if hidden]
        others = [count for hidden, count in cells if not hidden and count > 0]
        assert len(withheld) != 1 or not others


def test_what_protects_a_cell_is_protected_in_what_is_made_of_it() -> None:
    shown = texts(
        counted(
            ("a1", 2024, "x", 4, 50),
            ("a1", 2024, "y", 30, 60),
            ("a1", 2024, "z", 80, 90),
        )
    )

    rates = [shown[f"results.r{number}.rate"] for number in (1, 2, 3)]
    assert rates == [WITHHELD, WITHHELD, "88.89%"]


# Words around the answers


def test_what_is_open_does_not_quote_a_withheld_count() -> None:
    paper = counted(("a1", 2024, "x", 30, 8))

    message = next(p.message for p in problems(paper) if p.rule == "part")

    assert message == "2024 · x: … out of … cannot be"


def test_a_working_copy_quotes_counts_in_what_is_open() -> None:
    found = case(counts={"areas": MATH, "results": results(("a1", 2024, "x", 30, 8))})

    assert "2024 · x: 30 out of 8 cannot be" in [p.message for p in problems(working(found))]


def test_a_row_is_not_called_by_a_withheld_count() -> None:
    rows = {"s1": {"students": 4}, "s2": {"students": 90}}
    found = case(counts={"schools": rows, "named": "s1"})

    paper = shared(found)

    assert [row.label for row in table(paper, "schools").rows] == ["school 1", "school 2"]
    assert texts(paper)["named"] == "school 1"


def test_the_reason_why_something_applies_does_not_tell_a_count() -> None:
    found = case(counts={"read": 7, "right": 30})

    why = activity(shared(found), "few").why

    assert (why, activity(working(found), "few").why) == (
        "“Files read” is withheld", "“Files read” is 7",
    )  # fmt: skip


def test_a_value_that_cannot_be_read_is_not_quoted_in_what_is_open() -> None:
    paper = shared(case(team={"backing": 5551234}))

    assert "5551234" not in json_.render(paper)


def test_a_choice_that_is_gone_is_not_quoted_in_what_is_open() -> None:
    paper = shared(case(team={"members": {"m1": {"role": "Dana Whitfield"}}}))

    assert all("Dana" not in p.message for p in problems(paper))


def test_a_rating_that_is_off_its_scale_is_not_quoted_in_what_is_open() -> None:
    found = case(team={"trust": 777})

    told = [p.message for p in problems(shared(found)) if p.rule == "scale"]

    assert told == ["Choose 1 to 5; what is there is not on the scale"]


def test_a_rule_about_somebody_names_nobody() -> None:
    found = case(
        team={"members": members(("Dana Whitfield", "selpa"))},
        counts={"schools": {"s1": {"school": "Oak", "students": 30}}},
    )

    told = [(p.rule, p.message) for p in problems(shared(found)) if "school" in p.message]

    assert told == [("everybody", "Add a school for withheld")]


def test_what_is_kept_aside_is_counted_and_not_named() -> None:
    found = case(
        team={"money": False, "amount": Decimal(7)},
        counts={"read": 40, "asked": "Dana Whitfield"},
    )

    paper = shared(found)

    assert paper.kept_aside == 2
    assert "Dana" not in json_.render(paper)


def test_counts_are_weighed_over_the_whole_case_where_one_step_goes_on_paper() -> None:
    found = case(counts={"read": 4}, plan={"goal": "Better"})

    paper = compose(found, TODAY, found.workflow.steps["plan"])

    assert (paper.withheld, [s.id for s in paper.steps]) == (0, ["plan"])


def test_a_shared_copy_holds_no_value_behind_what_it_withholds() -> None:
    found = case(team={"backing": "Dana Whitfield"}, counts={"read": 4})

    hidden = [a for a in every_answer(shared(found)) if a.withheld]

    assert [replace(a, address="", label="").value for a in hidden] == [None, None]
