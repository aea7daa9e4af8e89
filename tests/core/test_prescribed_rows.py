"""Rows that the workflow prescribes: the same for everybody, parked when their reason goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cim_tui.core.session import derived_id
from tests.core.builders import (
    NEEDED,
    PUBLISHED,
    TODAY,
    CaseBuilder,
    calendar,
    case,
    one,
    workflow,
)

LISTS = {"areas": {"read": "Reading", "math": "Mathematics"}}
OF_AREA = {"type": "choice", "choices": "list:areas"}


def prescribed(rows_from: dict[str, Any], extra: bool = False, **columns: Any) -> CaseBuilder:
    table = {
        "columns": {"of": OF_AREA, "note": {}, **columns},
        "rows-from": rows_from,
        "extra-rows": extra,
    }
    areas = {"columns": {"name": {}, "on": {"type": "yes-no"}}}
    return case(workflow({"gather.first": {"fields": {"t": table, "areas": areas}}}, lists=LISTS))


def rows(at: CaseBuilder, table: str = "t") -> dict[str, Any]:
    found = at.situation.live_rows(at.workflow.fields[at.at(table)])
    return {key: dict(row.cells) for key, row in found.items()}


def test_a_list_makes_a_row_for_each_item_in_its_order() -> None:
    assert list(rows(prescribed({"list": "areas"})).values()) == [{"of": "read"}, {"of": "math"}]


def test_the_id_of_a_prescribed_row_comes_from_its_origin() -> None:
    assert list(rows(prescribed({"list": "areas"}))) == [
        derived_id("gather.first.t", "read"),
        derived_id("gather.first.t", "math"),
    ]


@pytest.mark.parametrize(("until", "years"), [(-1, [2022, 2023, 2024]), (0, [2023, 2024, 2025])])
def test_the_last_years_are_counted_from_the_year_of_the_case(until: int, years: list[int]) -> None:
    at = prescribed({"years": 3, "until": until, "into": "year"}, year={"type": "integer"})

    assert [row["year"] for row in rows(at).values()] == years


@pytest.mark.parametrize("year", [None, "2025", 20.5, []])
def test_without_a_year_there_are_no_years(year: Any) -> None:
    at = prescribed({"years": 3, "into": "year"}, year={"type": "integer"}).fact("year", year)

    assert rows(at) == {}


def test_another_table_makes_a_row_for_each_of_its_rows_that_meets_where() -> None:
    at = prescribed({"table": "areas", "where": {"on": True}})
    at = at.row("areas", "aaaaaa", on=True).row("areas", "aaaaab", on=False).row("areas", "aaaaac")

    assert [row["of"] for row in rows(at).values()] == ["aaaaaa"]


def test_a_product_makes_every_combination() -> None:
    product = [{"list": "areas"}, {"years": 2, "into": "year"}]
    at = prescribed({"product": product}, year={"type": "integer"})

    assert [(row["of"], row["year"]) for row in rows(at).values()] == [
        ("read", 2023), ("read", 2024), ("math", 2023), ("math", 2024),
    ]  # fmt: skip


def test_what_is_answered_in_a_prescribed_row_is_kept_beside_what_prescribes_it() -> None:
    key = derived_id("gather.first.t", "math")
    at = prescribed({"list": "areas"}).row("t", key, note="Strong")

    assert rows(at)[key] == {"note": "Strong", "of": "math"}


def test_what_prescribes_a_row_wins_over_what_the_file_says() -> None:
    key = derived_id("gather.first.t", "math")

    assert rows(prescribed({"list": "areas"}).row("t", key, of="read"))[key]["of"] == "math"


def test_a_row_whose_origin_is_gone_is_parked_with_its_answers_and_comes_back() -> None:
    at = prescribed({"table": "areas", "where": {"on": True}}).row("areas", "aaaaaa", on=True)
    key = derived_id("gather.first.t", "aaaaaa")
    at = at.row("t", key, of="aaaaaa", note="kept")

    gone = at.answer("areas.aaaaaa.on", False)

    assert rows(gone) == {}
    assert [(p.address, p.why) for p in gone.check().parked] == [
        (f"gather.first.t.{key}", "what this row was made for is no longer there")
    ]
    assert rows(gone.answer("areas.aaaaaa.on", True))[key]["note"] == "kept"


def test_a_row_of_ones_own_counts_only_where_the_workflow_allows_it() -> None:
    own = {"of": "read", "note": "mine"}

    assert "zzzzzz" not in rows(prescribed({"list": "areas"}).row("t", "zzzzzz", **own))
    assert "zzzzzz" in rows(prescribed({"list": "areas"}, extra=True).row("t", "zzzzzz", **own))


def test_prescribed_rows_alone_make_nothing_begun() -> None:
    at = prescribed({"list": "areas"})

    assert (at.check().touched, at.state()) == (False, "not-started")


def test_a_prescribed_row_is_asked_for_what_its_columns_need() -> None:
    at = prescribed({"list": "areas"}, rate={**NEEDED, "type": "percent"})

    assert at.messages("required") == ["Reading: Enter: rate", "Mathematics: Enter: rate"]


def test_trainings_of_the_year_are_rows_for_the_levels_they_name() -> None:
    trainings = {
        "webinar": {"title": "Webinar", "on": date(2025, 4, 1), "source": PUBLISHED},
        "deep": {"title": "Deep dive", "levels": ["three"], "required": False, "source": PUBLISHED},
        "other": {"title": "Other", "workflows": ["targeted"], "source": PUBLISHED},
    }
    at = prescribed(
        {"calendar": "trainings", "into": "title"},
        title={}, on={"type": "date"}, required={"type": "yes-no"},
    )  # fmt: skip
    at = CaseBuilder(at.workflow, at.session, TODAY, calendar(trainings=trainings))

    assert list(rows(at).values()) == [
        {"title": "Webinar", "on": date(2025, 4, 1), "required": True}
    ]
    assert [row["title"] for row in rows(at.fact("level", "three")).values()] == [
        "Webinar", "Deep dive",
    ]  # fmt: skip


# Rows that belong to rows


def family(**members: Any) -> CaseBuilder:
    return one(
        {
            "activities": {"columns": {"name": {}}, "one": "activity", **members},
            "tasks": {"columns": {"what": {}}, "parent": "activities", "one": "task"},
        }
    )


def test_a_row_of_a_table_with_a_parent_has_to_say_what_it_belongs_to() -> None:
    at = family().row("activities", "aaaaaa", name="A").row("tasks", "bbbbbb", what="B")

    assert [(p.address, p.severity) for p in at.problems()] == [
        ("gather.first.tasks.bbbbbb.of", "error")
    ]


def test_a_row_whose_parent_was_removed_is_a_problem_and_not_lost() -> None:
    at = family().row("activities", "aaaaaa", name="A")
    at = at.row("tasks", "bbbbbb", what="B", of="aaaaaa")
    assert at.problems() == []

    orphaned = at.now(at.session.without_row("gather.first.activities", "aaaaaa"))

    assert orphaned.places("orphan") == ["gather.first.tasks.bbbbbb.of"]
    assert orphaned.session.raw("gather.first.tasks.bbbbbb.what") == "B"


def test_a_row_whose_parent_is_parked_is_parked_with_it() -> None:
    fields = {
        "origin": {"columns": {"on": {"type": "yes-no"}}},
        "areas": {"columns": {"of": {"type": "reference", "to": "origin"}},
                  "rows-from": {"table": "origin", "where": {"on": True}}},
        "tasks": {"columns": {"what": {}}, "parent": "areas"},
    }  # fmt: skip
    key = derived_id("gather.first.areas", "oooooo")
    at = one(fields).row("origin", "oooooo", on=True).row("areas", key, of="oooooo")
    at = at.row("tasks", "bbbbbb", what="B", of=key)
    assert rows(at, "tasks") != {}

    gone = at.answer("origin.oooooo.on", False)

    assert rows(gone, "tasks") == {}
    assert gone.problems() == []


def test_tables_that_are_each_others_parent_break_nothing() -> None:
    at = one(
        {
            "a": {"columns": {"x": {}}, "parent": "b"},
            "b": {"columns": {"x": {}}, "parent": "a"},
        }
    )
    at = at.row("a", "aaaaaa", of="bbbbbb").row("b", "bbbbbb", of="aaaaaa")

    assert at.problems() == []


def test_tables_made_from_each_other_break_nothing() -> None:
    made = {"a": {"columns": {"of": {}}, "rows-from": {"table": "b"}},
            "b": {"columns": {"of": {}}, "rows-from": {"table": "a"}}}  # fmt: skip

    assert one(made).state() == "not-started"


# What a row is called


def test_a_row_is_called_by_its_first_text_or_choice_else_by_its_number() -> None:
    fields = {"t": {"columns": {"n": {"type": "integer"}, "role": OF_AREA}, "one": "member"}}
    at = case(workflow({"gather.first": {"fields": fields}}, lists=LISTS))
    at = at.row("t", "aaaaaa", n=1, role="read").row("t", "aaaaab", n=2)
    table = at.workflow.fields["gather.first.t"]

    labels = [at.situation.row_label(table, row) for row in at.situation.rows(table).values()]

    assert labels == ["Reading", "member 2"]


def test_a_row_that_refers_to_a_row_is_called_by_that_rows_name() -> None:
    fields = {
        "a": {"columns": {"name": {}}},
        "b": {"columns": {"of-a": {"type": "reference", "to": "a"}}},
    }
    at = one(fields).row("a", "aaaaaa", name="Ana").row("b", "bbbbbb", **{"of-a": "aaaaaa"})
    table = at.workflow.fields["gather.first.b"]

    assert at.situation.row_label(table, at.situation.rows(table)["bbbbbb"]) == "Ana"


def test_rows_that_are_called_by_each_other_are_called_something() -> None:
    fields = {
        "a": {"columns": {"x": {"type": "reference", "to": "b"}}},
        "b": {"columns": {"x": {"type": "reference", "to": "a"}}},
    }
    at = one(fields).row("a", "aaaaaa", x="bbbbbb").row("b", "bbbbbb", x="aaaaaa")
    table = at.workflow.fields["gather.first.a"]

    assert at.situation.row_label(table, at.situation.rows(table)["aaaaaa"])
