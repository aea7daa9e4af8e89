"""Rules on the rows of a table together: how many, how much, which, and what covers what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.core.builders import PUBLISHED, CaseBuilder, case, one, workflow

TEXT: dict[str, Any] = {"type": "text"}
MONEY: dict[str, Any] = {"type": "money"}
SWITCH = {"column": "on", "is": True}
TEAM: dict[str, Any] = {
    "team": {
        "one": "member",
        "columns": {
            "name": TEXT,
            "role": {"type": "choice", "choices": {"selpa": "SELPA", "parent": "Parent"}},
            "on": {"type": "yes-no"},
            "hidden": {**TEXT, "applies-when": SWITCH},
        },
    }
}


def team(**rule: Any) -> CaseBuilder:
    return one(TEAM, {"it": {"on": "team", **rule}})


# rows


def test_at_least_and_at_most_count_rows() -> None:
    at = team(rows={"at-least": 1, "at-most": 2}, message="{found} of {wanted}")

    assert at.messages("it") == ["0 of 1"]
    at = at.row("team", "aaaaaa", name="Ana")
    assert at.messages("it") == []
    at = at.row("team", "aaaaab", name="Ben").row("team", "aaaaac", name="Cy")
    assert at.messages("it") == ["3 of 2"]


def test_exactly_so_many_rows_are_neither_more_nor_fewer() -> None:
    at = team(rows={"exactly": 1})

    assert len(at.messages("it")) == 1
    assert at.row("team", "aaaaaa").messages("it") == []
    assert len(at.row("team", "aaaaaa").row("team", "aaaaab").messages("it")) == 1


def test_only_rows_that_meet_where_are_counted() -> None:
    at = team(rows={"at-least": 1, "where": {"role": "selpa"}}).row("team", "aaaaaa", role="parent")

    assert at.places("it") == ["gather.first.team"]
    assert at.row("team", "aaaaab", role="selpa").places("it") == []


def test_where_may_name_several_choices_and_several_columns() -> None:
    rule = {"at-least": 1, "where": {"role": ["selpa", "parent"], "name": "Ana"}}
    at = team(rows=rule).row("team", "aaaaaa", role="parent", name="Ben")

    assert len(at.messages("it")) == 1
    assert at.row("team", "aaaaab", role="selpa", name="Ana").messages("it") == []


def test_a_row_that_where_cannot_decide_does_not_count() -> None:
    at = team(rows={"at-least": 1, "where": {"role": "selpa"}}).row("team", "aaaaaa", name="Ana")

    assert len(at.messages("it")) == 1


def test_at_most_is_open_while_undecided_rows_could_exceed_it() -> None:
    at = team(rows={"at-most": 0, "where": {"role": "selpa"}}).row("team", "aaaaaa", name="Ana")

    assert len(at.messages("it")) == 1


def test_distinct_counts_different_values_whatever_the_case_and_blanks() -> None:
    at = team(rows={"at-least": 2, "distinct": "name"}, message="{found}")
    at = at.row("team", "aaaaaa", name="Ana").row("team", "aaaaab", name=" ANA ")

    assert at.messages("it") == ["1"]
    assert at.row("team", "aaaaac", name="Ben").messages("it") == []


def test_distinct_does_not_count_hidden_cells() -> None:
    at = team(rows={"at-least": 1, "distinct": "hidden"})

    assert len(at.row("team", "aaaaaa", on=False, hidden="kept").messages("it")) == 1


def test_a_table_missing_for_good_leaves_nothing_to_count() -> None:
    at = team(rows={"at-least": 1})

    assert at.absent("team", "not-applicable").messages("it") == []


def test_a_table_that_somebody_will_come_back_to_is_still_short_of_rows() -> None:
    assert len(team(rows={"at-least": 1}).absent("team", "will-return").messages("it")) == 1


def test_rows_that_are_no_rows_are_unreadable_and_nothing_breaks() -> None:
    at = team(rows={"at-least": 1}).answer("team", {"aaaaaa": "Ana"})

    assert "type" in [p.rule for p in at.problems()]


# unique and key


def test_the_second_row_with_the_same_values_is_open() -> None:
    at = team(unique=["name", "role"]).row("team", "aaaaaa", name="Ana", role="selpa")

    assert at.row("team", "aaaaab", name="Ana", role="parent").places("it") == []
    assert at.row("team", "aaaaab", name="ana ", role="selpa").places("it") == [
        "gather.first.team.aaaaab"
    ]


def test_rows_with_something_blank_are_not_compared() -> None:
    at = team(unique=["name", "role"]).row("team", "aaaaaa", name="Ana")

    assert at.row("team", "aaaaab", name="Ana").places("it") == []


def test_hidden_cells_are_not_compared() -> None:
    at = team(unique=["hidden"]).row("team", "aaaaaa", on=False, hidden="x")

    assert at.row("team", "aaaaab", on=False, hidden="x").places("it") == []


def test_a_combination_that_is_the_key_stands_once() -> None:
    fields = {"team": {**TEAM["team"], "key": ["name", "role"]}}
    at = one(fields).row("team", "aaaaaa", name="Ana", role="selpa")

    twice = at.row("team", "aaaaab", name="Ana", role="selpa")

    assert at.problems("key") == []
    assert twice.messages("key") == ["“Ana” is there twice; keep one member"]
    assert [p.severity for p in twice.problems("key")] == ["error"]


# sum


def budget(**rule: Any) -> CaseBuilder:
    columns = {"what": TEXT, "area": TEXT, "cost": MONEY, "on": {"type": "yes-no"}}
    return one({"t": {"columns": columns}, "whole": MONEY}, {"it": {"on": "t", "sum": rule}})


def test_a_column_adds_up_to_what_is_wanted_to_the_cent() -> None:
    at = budget(of="cost", equals=100).row("t", "aaaaaa", cost=Decimal("33.33"))
    at = at.row("t", "aaaaab", cost=Decimal("66.66"))

    assert at.places("it") == ["gather.first.t"]
    assert at.row("t", "aaaaab", cost=Decimal("66.67")).places("it") == []


def test_a_tolerance_is_taken_as_far_as_it_goes() -> None:
    at = budget(of="cost", equals=100, tolerance=1)

    assert at.row("t", "aaaaaa", cost=99).places("it") == []
    assert at.row("t", "aaaaaa", cost=101).places("it") == []
    assert len(at.row("t", "aaaaaa", cost=Decimal("101.01")).places("it")) == 1


def test_at_most_is_about_the_whole_and_may_be_another_answer() -> None:
    at = budget(**{"of": "cost", "at-most": {"field": "whole"}}).answer("whole", 10)

    assert at.row("t", "aaaaaa", cost=10).places("it") == []
    assert len(at.row("t", "aaaaaa", cost=Decimal("10.01")).places("it")) == 1


def test_a_limit_that_is_not_answered_leaves_the_sum_open() -> None:
    at = budget(**{"of": "cost", "at-most": {"field": "whole"}}).row("t", "aaaaaa", cost=10)

    assert "cannot be checked yet" in at.messages("it")[0]


def test_only_rows_that_meet_where_are_added() -> None:
    at = budget(of="cost", equals=5, where={"on": True}).row("t", "aaaaaa", on=True, cost=5)

    assert at.row("t", "aaaaab", on=False, cost=5).places("it") == []
    assert len(at.row("t", "aaaaab", on=True, cost=5).places("it")) == 1


def test_each_group_has_its_own_sum() -> None:
    at = budget(of="cost", equals=100, per="area").row("t", "aaaaaa", area="x", cost=100)

    assert at.row("t", "aaaaab", area="y", cost=100).places("it") == []
    assert len(at.row("t", "aaaaab", area="y", cost=99).places("it")) == 1


def test_a_sum_says_what_was_found_and_what_was_wanted_with_thousands() -> None:
    columns = {"cost": MONEY}
    rule = {"on": "t", "sum": {"of": "cost", "equals": 12000}, "message": "{found}, not {wanted}"}
    at = one({"t": {"columns": columns}}, {"it": rule})

    assert at.row("t", "aaaaaa", cost=Decimal("1234.50")).messages("it") == ["1,234.50, not 12,000"]


# tree

WHYS: dict[str, Any] = {
    "whys": {
        "one": "cause",
        "columns": {"why": TEXT, "under": {"type": "reference", "to": "whys"}},
    }
}


def whys(**rule: Any) -> CaseBuilder:
    tree = {"column": "under", **rule}
    return one(WHYS, {"it": {"on": "whys", "tree": tree, "message": "{found} of {wanted}"}})


def test_a_tree_deep_enough_is_fine_and_a_shallow_one_is_open() -> None:
    at = whys(**{"depth-at-least": 3}).row("whys", "aaaaaa", why="1")
    at = at.row("whys", "aaaaab", why="2", under="aaaaaa")

    assert at.messages("it") == ["2 of 3"]
    assert at.row("whys", "aaaaac", why="3", under="aaaaab").messages("it") == []


def test_rows_in_a_circle_are_named_each() -> None:
    at = whys().row("whys", "aaaaaa", under="aaaaab").row("whys", "aaaaab", under="aaaaaa")

    assert at.places("it") == ["gather.first.whys.aaaaaa", "gather.first.whys.aaaaab"]


def test_a_row_under_itself_is_a_circle() -> None:
    at = whys().row("whys", "aaaaaa", under="aaaaaa")

    assert at.places("it") == ["gather.first.whys.aaaaaa"]


def test_a_row_under_one_that_is_gone_is_a_reference_to_mend_not_a_circle() -> None:
    at = whys().row("whys", "aaaaaa", why="x", under="zzzzzz")

    assert at.problems("it") == []
    assert at.messages("reference") == ["This refers to a row that is gone; choose another one"]


def test_an_empty_tree_is_left_to_the_question_itself() -> None:
    assert whys(**{"depth-at-least": 3}).messages("it") == []


# covers

PLAN: dict[str, Any] = {
    "causes": {"one": "cause", "columns": {"what": TEXT, "kind": TEXT, "why-not": TEXT,
                                           "on": {"type": "yes-no"}}},
    "work": {"columns": {"does": TEXT, "for": {"type": "reference", "to": "causes", "many": True},
                         "on": {"type": "yes-no"}}},
}  # fmt: skip


def covered(**rule: Any) -> CaseBuilder:
    named = {key.replace("_", "-"): value for key, value in rule.items()}
    covers = {"each": "causes", "by": "work.for", **named}
    return one(PLAN, {"it": {"on": "causes", "covers": covers, "message": "{row}: {found}"}})


def test_every_row_that_nothing_refers_to_is_open_at_its_own_place() -> None:
    at = covered().row("causes", "aaaaaa", what="Schedules").row("causes", "aaaaab", what="Data")
    at = at.row("work", "bbbbbb", does="Train", **{"for": ["aaaaab"]})

    assert at.places("it") == ["gather.first.causes.aaaaaa"]
    assert at.messages("it") == ["Schedules: 0"]


def test_at_least_so_many_rows_have_to_refer() -> None:
    at = covered(at_least=2).row("causes", "aaaaaa", what="x")
    at = at.row("work", "bbbbbb", for_=["aaaaaa"])

    assert at.messages("it") == ["x: 1"]
    assert at.row("work", "bbbbbc", for_=["aaaaaa"]).messages("it") == []


def test_where_picks_the_rows_to_be_covered_and_an_undecided_one_has_to_be() -> None:
    at = covered(where={"on": True}).row("causes", "aaaaaa", on=False).row("causes", "aaaaab")

    assert at.places("it") == ["gather.first.causes.aaaaab"]


def test_by_where_picks_the_rows_that_cover_and_an_undecided_one_does_not() -> None:
    at = covered(by_where={"on": True}).row("causes", "aaaaaa").row("work", "b1", for_=["aaaaaa"])

    assert len(at.places("it")) == 1
    assert at.row("work", "b1", on=True, for_=["aaaaaa"]).places("it") == []


def test_an_explanation_in_the_row_stands_for_the_cover() -> None:
    at = covered(or_answered="why-not").row("causes", "aaaaaa")

    assert len(at.places("it")) == 1
    assert at.row("causes", "aaaaaa", **{"why-not": "Already mended"}).places("it") == []
    assert at.absent("causes.aaaaaa.why-not", "not-applicable").places("it") == []


def test_nothing_to_cover_is_covered() -> None:
    assert covered().places("it") == []


def test_different_values_of_a_column_are_covered_each_once() -> None:
    fields = {**PLAN, "kinds": {"columns": {"covers": TEXT}}}
    rule = {
        "on": "kinds",
        "covers": {"each": "causes.kind", "by": "kinds.covers"},
        "message": "{row}",
    }
    at = (
        one(fields, {"it": rule})
        .row("causes", "aaaaaa", kind="x")
        .row("causes", "aaaaab", kind="x")
    )
    at = at.row("causes", "aaaaac", kind="y").row("kinds", "bbbbbb", covers="y")

    assert at.messages("it") == ["x"]
    assert at.places("it") == ["gather.first.kinds"]


def across(**use: Any) -> CaseBuilder:
    """Causes in one activity, the work that covers them in another that shows the problem."""
    made = workflow(
        {
            "gather.first": {"fields": {"causes": PLAN["causes"], "q": TEXT}},
            "plan.second": {
                "fields": {"work": {**PLAN["work"], "columns": {
                    "for": {"type": "reference", "to": "first.causes"}}}},
                "rules": {"it": {"on": "work", "source": PUBLISHED, "message": "{row}",
                                 "covers": {"each": "first.causes", "by": "work.for"}}},
                **use,
            },
        }
    )  # fmt: skip
    return case(made)


def test_what_another_activity_leaves_uncovered_is_shown_where_it_can_be_covered() -> None:
    at = across().row("causes", "aaaaaa", what="x").row("causes", "aaaaab", what="y")

    assert at.messages("it") == ["x", "y"]
    assert set(at.places("it")) == {"plan.second.work"}
    assert {p.rule for p in at.problems("it")} == {"it:aaaaaa", "it:aaaaab"}


def test_a_rule_against_an_activity_this_process_leaves_out_asks_nothing() -> None:
    fields = {"work": PLAN["work"]}
    rule = {"on": "work", "covers": {"each": "absent-activity.causes", "by": "work.for"}}

    assert one({**fields, "causes": PLAN["causes"]}, {"it": rule}).places("it") == []


# What is asked of a hidden table


def test_rows_of_a_hidden_table_count_for_nothing() -> None:
    hidden = {"applies-when": {"field": "q", "is": "on"}}
    fields = {"q": TEXT, **PLAN, "work": {**PLAN["work"], **hidden}}
    rule = {"on": "causes", "covers": {"each": "causes", "by": "work.for"}}
    at = one(fields, {"it": rule}).row("causes", "aaaaaa").row("work", "b", for_=["aaaaaa"])

    assert at.answer("q", "on").places("it") == []
    assert at.answer("q", "off").places("it") == ["gather.first.causes.aaaaaa"]


# What is asked of hidden cells

PARKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # further keys of the table, a rule on it
    "key": ({"key": ["k"]}, {}),
    "tree": ({}, {"tree": {"column": "k"}}),
    "covers": ({}, {"covers": {"each": "t.k", "by": "t.name"}}),
    "sum per": ({}, {"sum": {"of": "cost", "per": "k", "equals": 6}}),
}


@pytest.mark.parametrize(("more", "rule"), PARKED.values(), ids=PARKED)
def test_rules_about_rows_together_do_not_look_at_hidden_cells(
    more: dict[str, Any], rule: dict[str, Any]
) -> None:
    columns = {"name": TEXT, "cost": MONEY, "on": {"type": "yes-no"},
               "k": {"type": "reference", "to": "t", "applies-when": SWITCH}}  # fmt: skip
    made = {"t": {"columns": columns, **more}}
    rules = {"it": {"on": "t", **rule}} if rule else {}

    def of(first: str, second: str) -> list[str]:
        at = one(made, rules).row("t", "aaaaaa", name="A", cost=3, on=False, k=first)
        return at.row("t", "aaaaab", name="B", cost=3, on=False, k=second).places()

    assert of("aaaaab", "aaaaaa") == of("", "") == of("aaaaab", "aaaaab")


def test_every_choice_of_a_column_of_choices_is_covered_for_itself() -> None:
    kinds = {"type": "choices", "choices": {"a": "A", "b": "B"}}
    fields = {"t": {"columns": {"k": kinds}}, "u": {"columns": {"for": kinds}}}
    rule = {"on": "u", "covers": {"each": "t.k", "by": "u.for"}, "message": "{row}"}
    at = one(fields, {"it": rule}).row("t", "aaaaaa", k=["a", "b"]).row("u", "bbbbbb", for_=["a"])

    assert at.messages("it") == ["B"]


def test_an_explanation_in_a_field_beside_the_rule_stands_for_the_cover() -> None:
    made = workflow(
        {
            "gather.first": {"fields": {"causes": PLAN["causes"]}},
            "plan.second": {
                "fields": {
                    "why": TEXT,
                    "work": {"columns": {"for": {"type": "reference", "to": "first.causes"}}},
                },
                "rules": {
                    "it": {
                        "on": "work",
                        "covers": {"each": "first.causes", "by": "work.for", "or-answered": "why"},
                    }
                },
            },
        }
    )
    at = case(made).row("causes", "aaaaaa", what="x")

    assert at.answer("plan.second.why", "Already mended").places("it") == []
