"""Bringing over from an earlier case what commonly still holds, marked until it was looked at."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cim_tui.core.errors import CimError, UnknownAddress, UsageError
from cim_tui.core.problems import READABLE, Problem
from cim_tui.core.session import Absence
from cim_tui.reports import json_
from cim_tui.reports.model import compose
from cim_tui.service import edit, rows
from cim_tui.service.carry import confirm
from cim_tui.service.case import Case
from cim_tui.service.demo import example_names, make_demo
from cim_tui.service.desk import Desk
from cim_tui.service.standing import session_json
from cim_tui.service.start import NewCase, correct, start, take
from cim_tui.service.work import mark_done
from cim_tui.store import sessions
from cim_tui.store.paths import definitions_folder
from cim_tui.store.workflows import Library
from tests.core.builders import TODAY, chance

MEMBERS = "gather.cim-team.members"
POLICIES = "gather.policies-practices-procedures.reviews"
INFRASTRUCTURE = "gather.infrastructure-analysis.components"
NEXT = NewCase(lea="Quail Ridge Unified", workflow="intensive", year=2026, level="intensive-2")


@pytest.fixture
def shipped(desk: Desk) -> Desk:
    """A desk with the definitions that come with the program."""
    library = Library((definitions_folder(),), trusted=definitions_folder())
    return dataclasses.replace(desk, library=library)


@pytest.fixture
def earlier(shipped: Desk) -> Case:
    """Last year's case, half way through."""
    return make_demo(shipped, shipped.folder.path)


def copied_from(desk: Desk, source: Case, **other: Any) -> Case:
    """A new case that is started from another one."""
    return start(desk, dataclasses.replace(NEXT, copy_from=source.id, **other))


@pytest.fixture
def copied(shipped: Desk, earlier: Case) -> Case:
    """This year's case, started from last year's."""
    return copied_from(shipped, earlier)


def copies(case: Case) -> list[Problem]:
    """What waits to be looked at."""
    return [p for p in case.progress.problems if p.rule == "copied" and p.open]


def tables(case: Case) -> set[str]:
    """The questions that something was copied into."""
    return {".".join(address.split(".")[:3]) for address in case.session.copied("gather")}


# What comes along


def test_rosters_policies_and_infrastructure_come_along(copied: Case, earlier: Case) -> None:
    for table in (MEMBERS, POLICIES, "gather.educational-partners.members"):
        assert list(copied.session.raw(table)) == list(earlier.session.raw(table))
    told = {key: row["current"] for key, row in earlier.session.raw(INFRASTRUCTURE).items()
            if "current" in row}  # fmt: skip
    assert {k: row["current"] for k, row in copied.session.raw(INFRASTRUCTURE).items()} == told
    assert copied.session.raw(f"{MEMBERS}.3qrzwi.name") == "Marisol Ibarra"
    assert copied.session.raw("gather.cim-team.meets") == earlier.session.raw(
        "gather.cim-team.meets"
    )


def test_each_copy_is_marked_with_where_it_came_from_and_when(copied: Case, earlier: Case) -> None:
    entry = copied.session.at("copied", f"{MEMBERS}.3qrzwi")

    assert entry == {"from": earlier.id, "on": TODAY}
    assert sessions.read(copied.path).at("copied") == copied.session.at("copied")


def test_no_state_signature_owner_date_or_absence_comes_along(copied: Case, earlier: Case) -> None:
    here = {"schema", "uid", "id", "lea", "case", "answers", "copied"}

    assert set(copied.session.doc) == here
    assert copied.session.uid != earlier.session.uid
    assert not copied.session.is_example
    assert "level" in copied.session.at("case")
    assert copied.session.fact("year") == 2026


def test_nothing_of_this_years_work_comes_along(copied: Case) -> None:
    assert set(copied.session.at("answers", "gather")) == {
        "letter-intake", "cim-team", "educational-partners", "parent-input",
        "policies-practices-procedures", "infrastructure-analysis", "initiative-inventory",
    }  # fmt: skip
    assert set(copied.session.at("answers")) == {"gather"}
    assert set(copied.session.at("answers", "gather", "letter-intake")) == {"contacts"}


ALSO = {"policies-practices-procedures.reviews.adopted", "progress.follows-money"}
"""A policy's own date, and how the district keeps its books: they are no verdicts of a year."""


def carried() -> set[str]:
    """Every question and column of the shipped definitions that comes along, with its type."""
    library = Library((definitions_folder(),), trusted=definitions_folder())
    found = set()
    for name in library.workflow_ids():
        for field in library.workflow(name).fields.values():
            if not field.spec.carry:
                continue
            own = f"{field.activity.id}.{field.id}"
            if not field.columns:
                found.add((own, field.type))
            for column, spec in field.columns.items():
                if spec.carry is not False and field.type == "table":
                    found.add((f"{own}.{column}", spec.type))
    return {f"{address} {kind}" for address, kind in found if address not in ALSO}


def test_no_verdict_rating_date_or_count_of_the_year_carries() -> None:
    never = ("yes-no", "rating", "date", "integer", "number", "percent", "money", "reference")
    judging = ("finding", "lawful", "matches", "verdict", "decision", "strength", "gap", "effect",
               "contributes", "compliant", "benefit", "works")  # fmt: skip

    wrong = [
        entry
        for entry in carried()
        if entry.endswith(never) or any(word in entry.split()[0] for word in judging)
    ]

    assert wrong == []
    assert len(carried()) > 20


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        (POLICIES, "lawful"), (POLICIES, "practice-matches"), (POLICIES, "finding"),
        (INFRASTRUCTURE, "rating"), (INFRASTRUCTURE, "gaps"), (INFRASTRUCTURE, "strengths"),
        (MEMBERS, "lead"), ("gather.initiative-inventory.initiatives", "decision"),
        ("gather.parent-input.methods", "responded"),
    ],
)  # fmt: skip
def test_a_verdict_stays_behind(copied: Case, earlier: Case, table: str, verdict: str) -> None:
    assert any(verdict in row for row in earlier.session.raw(table).values())
    assert copied.session.raw(table)
    assert not any(verdict in row for row in copied.session.raw(table).values())


def test_an_answer_that_was_missing_on_purpose_is_asked_again(shipped: Desk, earlier: Case) -> None:
    edit.set_absent(earlier, "gather.cim-team.backing", "not-applicable", "There is no board")
    shipped.save(earlier)

    copied = copied_from(shipped, earlier)

    assert copied.session.raw("gather.cim-team.backing") is None
    assert copied.session.absences("gather.cim-team") == {}


def test_what_is_hidden_in_the_earlier_case_stays_there(shipped: Desk, earlier: Case) -> None:
    take(earlier, correct(earlier, {"workflow": "small-lea", "year": "2023"}, shipped), shipped)
    shipped.save(earlier)

    with pytest.raises(UsageError, match="Nothing in example-quail-ridge"):
        copied_from(shipped, earlier)


# Into another process


@pytest.mark.parametrize("source", example_names())
@pytest.mark.parametrize("into", example_names())
def test_a_case_of_another_process_that_shares_activities_can_be_copied(
    shipped: Desk, source: str, into: str
) -> None:
    earlier = make_demo(shipped, shipped.folder.path, source)
    entry = "full" if into == "significant-disproportionality" else ""

    copied = copied_from(shipped, earlier, workflow=into, level="", entry=entry)

    assert copied.session.at("copied")
    assert [p for p in copied.progress.problems if p.source is READABLE] == []
    waiting = {p.address.rpartition(".")[2] for p in copied.progress.parked}
    assert waiting <= {"current", "documents"}  # shown once somebody says that the part matters
    assert len(copies(copied)) == len(copied.session.at("copied"))


def test_prescribed_rows_find_their_place_in_a_step_of_another_name(shipped: Desk) -> None:
    earlier = make_demo(shipped, shipped.folder.path, "small-lea")

    copied = copied_from(shipped, earlier)

    before = earlier.session.raw("review.infrastructure-analysis.components")
    after = copied.session.raw(INFRASTRUCTURE)
    table = copied.workflow.fields[INFRASTRUCTURE]
    assert {key for key in before if before[key].get("current")}.isdisjoint(after)
    assert [row["current"] for row in after.values() if "current" in row] == [
        row["current"] for row in before.values() if "current" in row
    ]
    assert set(after) <= set(copied.situation.live_rows(table))


def test_a_text_behind_another_question_returns_when_that_is_answered(copied: Case) -> None:
    key, row = next(iter(copied.session.raw(INFRASTRUCTURE).items()))
    hidden = f"{INFRASTRUCTURE}.{key}.current"
    assert hidden in {p.address for p in copied.progress.parked}

    edit.set_text(copied, f"{INFRASTRUCTURE}.{key}.bears", "yes", chance())

    assert hidden not in {p.address for p in copied.progress.parked}
    assert copied.session.raw(hidden) == row["current"]


def test_a_prescribed_row_of_which_nothing_came_along_has_no_mark(shipped: Desk) -> None:
    earlier = make_demo(shipped, shipped.folder.path, "small-lea")
    empty = [row for row in earlier.session.raw("review.infrastructure-analysis.components").values()
             if "current" not in row and "documents" not in row]  # fmt: skip

    copied = copied_from(shipped, earlier)

    assert empty
    assert set(copied.session.copied(INFRASTRUCTURE)) == {
        f"{INFRASTRUCTURE}.{key}" for key in copied.session.raw(INFRASTRUCTURE)
    }
    assert all(copied.session.raw(INFRASTRUCTURE).values())


def test_nothing_is_copied_into_an_activity_that_does_not_apply(shipped: Desk) -> None:
    earlier = make_demo(shipped, shipped.folder.path, "small-lea")

    before, after = (
        copied_from(shipped, earlier, workflow="small-lea", level="", year=year)
        for year in (2023, 2024)
    )

    assert before.session.raw("review.infrastructure-analysis") is None
    assert before.session.copied("review.infrastructure-analysis") == {}
    assert after.session.raw("review.infrastructure-analysis.components")


def test_a_cell_that_the_other_process_does_not_ask_stays_behind(shipped: Desk) -> None:
    earlier = make_demo(shipped, shipped.folder.path, "small-lea")

    copied = copied_from(shipped, earlier)

    contacts = "letter-intake.contacts"
    assert any("region" in row for row in earlier.session.raw(f"review.{contacts}").values())
    assert not any("region" in row for row in copied.session.raw(f"gather.{contacts}").values())


def test_people_come_along_only_where_the_roster_does(shipped: Desk) -> None:
    source = make_demo(shipped, shipped.folder.path, "significant-disproportionality")
    director = "gather.assurances.sped-director"

    copied = copied_from(
        shipped, source, workflow="significant-disproportionality", level="", entry="full"
    )

    (who,) = copied.session.raw(director).values()
    assert who["person"] in copied.session.raw(MEMBERS)
    small = copied_from(shipped, source, workflow="small-lea", level="")
    held = [cell for row in small.session.raw("review.policies-practices-procedures.reviews")
            .values() for cell in row]  # fmt: skip
    assert "owner" not in held


@pytest.mark.parametrize("name", ["nobody", ""])
def test_a_case_that_is_not_there_cannot_be_copied(shipped: Desk, earlier: Case, name: str) -> None:
    if name:
        with pytest.raises(CimError):
            start(shipped, dataclasses.replace(NEXT, copy_from=name))
    else:
        assert start(shipped, NEXT).session.at("copied") is None
    assert earlier.session.is_example


# Until somebody has looked


def test_marks_are_good_practice_and_block_nothing(copied: Case, shipped: Desk) -> None:
    assert copies(copied)
    assert {(p.severity, p.waivable) for p in copies(copied)} == {("warning", True)}
    plain = start(shipped, NEXT)

    needed = {p.address for p in copied.progress.problems if p.severity == "error"}
    asked_at_first = {p.address for p in plain.progress.problems if p.severity == "error"}

    assert not needed & {p.address for p in copies(copied)}
    assert "gather.cim-team.members" in asked_at_first - needed


def test_marks_are_in_the_counts_of_good_practice(copied: Case) -> None:
    gather = session_json(copied)["steps"][0]
    before = gather["warnings"]

    confirm(copied, "gather")

    assert before - session_json(copied)["steps"][0]["warnings"] >= 10
    assert copies(copied) == []
    assert copied.session.at("copied") is None


def test_a_case_with_marks_can_be_marked_done(shipped: Desk) -> None:
    earlier = make_demo(shipped, shipped.folder.path, "small-lea")
    small = copied_from(shipped, earlier, workflow="small-lea", level="", year=2025)
    take(small, correct(small, {"year": "2023"}, shipped), shipped)
    open_needed = [p for p in small.progress.problems if p.open and p.severity == "error"]
    session = small.session.with_entry(("answers",), earlier.session.at("answers"))
    small.apply(session)

    assert open_needed
    assert copies(small)
    refused = mark_done(small, small.workflow.steps["review"], shipped)
    missing = [p.rule for p in getattr(refused, "problems", ())]
    assert "copied" not in missing


def test_what_was_copied_says_which_answer_it_is(copied: Case, earlier: Case) -> None:
    found = {p.address: p.message for p in copies(copied)}

    assert found[f"{MEMBERS}.3qrzwi"] == (
        f"Marisol Ibarra: look whether this still holds (copied from {earlier.id})"
    )


def test_a_shared_paper_names_nobody_who_was_copied(copied: Case, earlier: Case) -> None:
    names = [str(row["name"]) for row in earlier.session.raw(MEMBERS).values()]

    text = json_.render(compose(copied, TODAY))

    assert "look whether this still holds" in text
    assert [name for name in names if name in text] == []


def test_confirming_one_row_leaves_the_others_marked(copied: Case) -> None:
    before = len(copies(copied))

    assert confirm(copied, f"{MEMBERS}.3qrzwi") == 1

    assert len(copies(copied)) == before - 1
    assert copied.session.raw(f"{MEMBERS}.3qrzwi.name") == "Marisol Ibarra"


@pytest.mark.parametrize("place", [MEMBERS, "gather.cim-team", "gather"])
def test_everything_at_a_place_is_confirmed_at_once_and_undone_at_once(
    copied: Case, place: str
) -> None:
    marked = copied.session.copied(place)

    assert confirm(copied, place) == len(marked) > 1
    assert copied.session.copied(place) == {}
    copied.undo()
    assert copied.session.copied(place) == marked


def test_confirming_what_is_not_marked_is_refused(copied: Case) -> None:
    with pytest.raises(UsageError, match=r"Nothing at gather\.consolidation"):
        confirm(copied, "gather.consolidation")
    with pytest.raises(UnknownAddress):
        confirm(copied, "gather.cim-team.nothing")
    with pytest.raises(UnknownAddress):
        confirm(copied, "nowhere")


def test_an_answer_that_is_edited_loses_its_mark(copied: Case) -> None:
    edit.set_text(copied, "gather.cim-team.meets", "Every other Monday", chance())

    assert "gather.cim-team.meets" not in copied.session.at("copied")
    assert f"{MEMBERS}.3qrzwi" in copied.session.at("copied")


def test_a_row_that_is_changed_loses_its_mark(copied: Case) -> None:
    edit.set_text(copied, f"{MEMBERS}.3qrzwi.organization", "County office", chance())

    assert f"{MEMBERS}.3qrzwi" not in copied.session.at("copied")
    assert f"{MEMBERS}.uvbicd" in copied.session.at("copied")


def test_a_row_that_is_removed_takes_its_mark_along(copied: Case) -> None:
    rows.remove_row(copied, f"{MEMBERS}.3qrzwi")

    assert f"{MEMBERS}.3qrzwi" not in copied.session.at("copied")
    assert f"{MEMBERS}.3qrzwi" not in {p.address for p in copies(copied)}


def test_an_answer_marked_as_missing_loses_its_mark(copied: Case) -> None:
    edit.set_absent(copied, "gather.cim-team.meets", "not-applicable", "Not fixed yet")

    assert "gather.cim-team.meets" not in copied.session.at("copied")
    assert copied.session.absence("gather.cim-team.meets") == Absence(
        "not-applicable", "Not fixed yet"
    )


def test_undo_brings_the_mark_back(copied: Case) -> None:
    edit.set_text(copied, "gather.cim-team.meets", "Every other Monday", chance())
    copied.undo()

    assert "gather.cim-team.meets" in copied.session.at("copied")


def test_an_answer_typed_in_a_new_row_has_no_mark(copied: Case) -> None:
    key = rows.add_row(copied, MEMBERS, {"name": "Ana Ruiz"}, chance())

    assert f"{MEMBERS}.{key}" not in copied.session.at("copied")
