"""A public household questionnaire, ported in docs/examples: its skips, its codes and its counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cim_tui.core.calculate import calculated
from cim_tui.core.language import Condition
from cim_tui.core.lint import lint
from cim_tui.core.problems import Problem
from cim_tui.core.spot import Spot
from cim_tui.service.definitions import lint_all
from cim_tui.store.workflows import Library
from tests.conftest import REPO
from tests.core.builders import GOOD, CaseBuilder, case, one

FOLDER = REPO / "docs" / "examples" / "household-survey"
LIBRARY = Library((FOLDER,))
SURVEY = LIBRARY.workflow("household-survey")

AMARA, TOMAS, LIDIA, RUBEN, OLGA, NINA = "aaaaaa", "bbbbbb", "cccccc", "dddddd", "eeeeee", "ffffff"
MEMBERS = "people.household-listing.members"
CHILD = {"caretaker": AMARA, "mother-alive": True, "mother-here": True, "mother": AMARA,
         "father-alive": True, "father-here": True, "father": TOMAS}  # fmt: skip
EVERYBODY: dict[str, dict[str, Any]] = {
    AMARA: {"name": "Amara", "relation": "head", "sex": "female", "age": 34},
    TOMAS: {"name": "Tomas", "relation": "spouse", "sex": "male", "age": 38},
    LIDIA: {"name": "Lidia", "relation": "child", "sex": "female", "age": 9, **CHILD},
    RUBEN: {"name": "Ruben", "relation": "child", "sex": "male", "age": 3, **CHILD},
    OLGA: {"name": "Olga", "relation": "parent", "sex": "female"},
    NINA: {"name": "Nina", "relation": "niece-nephew", "sex": "female", "age": 16,
           "mother-alive": False, "father-alive": True, "father-here": False},
}  # fmt: skip


def visited(agrees: bool = True) -> CaseBuilder:
    """The first page."""
    at = case(SURVEY)
    page = {"cluster": 42, "household": 17, "interviewer": "Ana Ruiz", "supervisor": "Bo Lind",
            "on": date(2025, 10, 20), "area": "rural", "region": "North", "agrees": agrees}  # fmt: skip
    for field, value in page.items():
        at = at.answer(f"household-visit.{field}", value)
    return at


def listed(**changes: dict[str, Any]) -> CaseBuilder:
    """The household on the list; each change is of one member, by name."""
    at = visited()
    for key, cells in EVERYBODY.items():
        changed = {**cells, **changes.get(str(cells["name"]), {})}
        at = at.row(MEMBERS, key, **{name.replace("-", "_"): v for name, v in changed.items()})
    return at.absent(f"{MEMBERS}.{OLGA}.age", "unknown", "She is over 70, says her daughter")


def rows(at: CaseBuilder, table: str) -> dict[str, str]:
    """The rows of a table that stand ready: whom each is about, and its id."""
    found = at.situation.live_rows(SURVEY.fields[at.at(table)])
    return {EVERYBODY[str(row.cells["of"])]["name"]: row.id for row in found.values()}


def fill(at: CaseBuilder, table: str, who: str, **cells: Any) -> CaseBuilder:
    """Enter something about somebody in a table whose rows stand ready."""
    named = {name.replace("_", "-"): cell for name, cell in cells.items()}
    for name, value in named.items():
        at = at.answer(f"{at.at(table)}.{rows(at, table)[who]}.{name}", value)
    return at


def asked(at: CaseBuilder, address: str) -> bool | None:
    """Whether a question is asked; a cell where the address has a row."""
    parts = at.at(address).split(".")
    field = SURVEY.fields[".".join(parts[:3])]
    applies = at.situation.field_applies(field)
    if len(parts) == 3 or applies.truth is not True:
        return applies.truth
    row = at.situation.live_rows(field)[parts[3]]
    return at.situation.column_applies(field, row, parts[4]).truth


def open_at(at: CaseBuilder, address: str) -> list[Problem]:
    """What is open at an address or below it."""
    place = at.at(address)
    return [p for p in at.problems() if p.address == place or p.address.startswith(place + ".")]


# The definitions


def test_the_ported_questionnaire_lints_without_a_finding() -> None:
    assert [str(finding) for finding in lint_all(LIBRARY)] == []


def test_nothing_of_it_claims_to_be_a_rule_of_the_state() -> None:
    sources = [field.spec.source or field.activity.source for field in SURVEY.fields.values()]
    sources += [rule.source for a in SURVEY.each_activity() for rule in a.spec.rules.values()]
    assert {source.tag for source in sources} == {"practice"}


def test_each_module_names_the_questionnaire_it_comes_from() -> None:
    assert all(
        activity.spec.source.at and activity.spec.source.publisher == "UNICEF"
        for activity in SURVEY.each_activity()
    )


def test_it_takes_the_name_of_no_definition_that_is_shipped() -> None:
    shipped = Library((REPO / "workflows",))
    assert set(LIBRARY.files) & set(shipped.files) == set()


# Permission decides whether there is an interview


def test_without_permission_only_the_last_page_is_left() -> None:
    at = visited(agrees=False)

    states = {step: at.state(step) for step in SURVEY.steps}
    assert states["people"] == states["home"] == "not-required"
    at = at.answer("household-result.result", "refused")
    assert open_at(at, "close.household-result") == []
    assert asked(at, "household-result.total") is False


def test_an_interview_that_was_not_allowed_cannot_be_completed() -> None:
    at = visited(agrees=False).answer("household-result.result", "completed")

    assert "only-with-permission" in [p.rule for p in at.problems()]


# The list of members


def test_a_household_that_is_listed_leaves_nothing_open_on_the_list() -> None:
    assert open_at(listed(), MEMBERS) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"Tomas": {"relation": "head"}}, "one-head"),
        ({"Amara": {"relation": "other-relative"}}, "one-head"),
        ({"Tomas": {"age": 98}}, "age-in-range"),
        ({"Tomas": {"age": -1}}, "age-in-range"),
        ({"Lidia": {"mother": LIDIA}}, "no-own-mother"),
        ({"Lidia": {"mother": RUBEN}, "Ruben": {"mother": LIDIA}}, "no-own-mother"),
        ({"Lidia": {"father": LIDIA}}, "no-own-father"),
        ({"Lidia": {"mother": "zzzzzz"}}, "reference"),
        ({"Tomas": {"name": "Amara", "sex": "female", "age": 34}}, "listed-once"),
    ],
)
def test_an_impossible_list_is_a_problem(changes: dict[str, Any], rule: str) -> None:
    assert rule in [p.rule for p in listed(**changes).problems()]


def test_an_age_that_nobody_knows_is_an_answer_and_no_number() -> None:
    at = listed()

    assert open_at(at, f"{MEMBERS}.{OLGA}.age") == []
    assert "Olga" in rows(at, "household-education.older")
    assert "Olga" not in rows(at, "household-listing.women")


def test_parents_are_asked_for_under_18_only() -> None:
    at = listed()

    for who, wanted in ((LIDIA, True), (RUBEN, True), (NINA, True), (AMARA, False), (OLGA, False)):
        assert asked(at, f"{MEMBERS}.{who}.mother-alive") is wanted


def test_a_mother_who_died_or_of_whom_nothing_is_known_is_not_looked_for() -> None:
    at = listed()
    assert asked(at, f"{MEMBERS}.{NINA}.mother-here") is False

    at = at.clear(f"{MEMBERS}.{NINA}.mother-alive")
    assert asked(at, f"{MEMBERS}.{NINA}.mother-here") is None
    at = at.absent(f"{MEMBERS}.{NINA}.mother-alive", "unknown", "Nobody here knows")
    assert asked(at, f"{MEMBERS}.{NINA}.mother-here") is False
    assert open_at(at, f"{MEMBERS}.{NINA}") == []


def test_the_line_of_a_parent_is_asked_for_only_where_the_parent_lives_here() -> None:
    at = listed()

    assert asked(at, f"{MEMBERS}.{LIDIA}.mother") is True
    assert asked(at, f"{MEMBERS}.{NINA}.father") is False


def test_the_women_to_be_interviewed_come_from_the_list() -> None:
    assert list(rows(listed(), "household-listing.women")) == ["Amara", "Nina"]
    older = listed(Amara={"age": 50}, Nina={"age": 14, **CHILD})
    assert rows(older, "household-listing.women") == {}


# School


def test_only_members_from_5_on_are_asked_about_school() -> None:
    at = listed()

    assert list(rows(at, "household-education.young")) == ["Lidia", "Nina"]
    assert list(rows(at, "household-education.older")) == ["Amara", "Tomas", "Olga"]


def test_who_never_went_to_school_is_asked_nothing_more_about_it() -> None:
    at = listed()
    row = f"household-education.young.{rows(at, 'household-education.young')['Lidia']}"
    assert asked(at, f"{row}.level") is None

    at = at.answer(f"{row}.ever", False)
    rest = (
        "level",
        "grade",
        "this-year",
        "days",
        "level-now",
        "grade-now",
        "last-year",
        "level-then",
    )
    assert {asked(at, f"{row}.{column}") for column in rest} == {False}
    assert open_at(at, row) == []


def test_a_preschool_has_no_grades() -> None:
    at = fill(listed(), "household-education.young", "Lidia", ever=True, level="preschool")
    row = f"household-education.young.{rows(at, 'household-education.young')['Lidia']}"

    assert asked(at, f"{row}.grade") is False
    assert asked(at.answer(f"{row}.level", "primary"), f"{row}.grade") is True


def test_a_level_that_nobody_knows_skips_its_grade() -> None:
    at = fill(listed(), "household-education.older", "Olga", ever=True)
    row = f"household-education.older.{rows(at, 'household-education.older')['Olga']}"
    at = at.absent(f"people.{row}.level", "unknown", "Long ago")

    assert asked(at, f"{row}.grade") is False
    assert open_at(at, row) == []


def test_a_week_of_school_has_seven_days() -> None:
    cells = {"ever": True, "this_year": True, "days": 8}
    at = fill(listed(), "household-education.young", "Lidia", **cells)

    assert "days-of-a-week" in [p.rule for p in at.problems()]


# Work


def test_a_child_under_5_is_not_asked_about_work_and_nobody_from_15_on() -> None:
    assert list(rows(listed(), "household-child-work.children")) == ["Lidia"]


def test_without_a_child_of_that_age_work_is_not_asked_about_at_all() -> None:
    at = listed(Lidia={"age": 4})

    assert at.progress.checks["people.household-child-work"].state == "not-applicable"


def test_before_anybody_is_listed_nobody_can_tell_whether_work_is_asked_about() -> None:
    assert asked(visited(), "household-child-work.children") is None


def test_work_last_week_skips_the_question_about_last_year() -> None:
    table = "household-child-work.children"
    for work, hours, year in (("paid", True, False), ("no", False, True)):
        at = fill(listed(), table, "Lidia", work=work)
        row = f"{table}.{rows(at, table)['Lidia']}"
        assert asked(at, f"{row}.work-hours") is hours
        assert asked(at, f"{row}.work-year") is year


def test_hours_that_nobody_knows_are_an_answer() -> None:
    table = "household-child-work.children"
    at = fill(listed(), table, "Lidia", work="paid", chores=False, family=False)
    cell = f"people.{table}.{rows(at, table)['Lidia']}.work-hours"
    assert [p.address for p in open_at(at, table)] == [cell]

    assert open_at(at.absent(cell, "unknown", "The mother was away"), table) == []


# Water, dwelling, nets


@pytest.mark.parametrize(
    ("answers", "shown", "hidden"),
    [
        ({"drinking": "piped-yard"}, ["treats"], ["other-use", "on-premises", "minutes"]),
        ({"drinking": "surface"}, ["on-premises"], ["other-use", "drinking-other"]),
        ({"drinking": "other"}, ["drinking-other", "on-premises"], ["other-use"]),
        ({"drinking": "bottled", "other-use": "piped-dwelling"}, [], ["on-premises", "minutes"]),
        ({"drinking": "bottled", "other-use": "surface"}, ["on-premises"], ["drinking-other"]),
        ({"drinking": "surface", "on-premises": True}, ["treats"], ["minutes", "fetches"]),
        ({"drinking": "surface", "on-premises": False}, ["minutes", "fetches"], []),
        ({"treats": False}, [], ["treatment", "treatment-other"]),
        ({"treats": True, "treatment": ["boil"]}, ["treatment"], ["treatment-other"]),
        ({"treats": True, "treatment": ["boil", "other"]}, ["treatment-other"], []),
        ({"toilet": "none"}, [], ["shared", "sharing", "toilet-other"]),
        ({"toilet": "slab", "shared": False}, ["shared"], ["sharing"]),
        ({"toilet": "slab", "shared": True}, ["sharing"], []),
    ],
)
def test_water_and_toilet_skip_as_the_paper_says(
    answers: dict[str, Any], shown: list[str], hidden: list[str]
) -> None:
    at = visited()
    for field, value in answers.items():
        at = at.answer(f"household-water.{field}", value)

    assert [f for f in shown if asked(at, f"household-water.{f}") is not True] == []
    assert [f for f in hidden if asked(at, f"household-water.{f}") is not False] == []


def test_not_known_skips_as_no_does() -> None:
    at = visited().absent("home.household-water.treats", "unknown", "The head was away")

    assert asked(at, "household-water.treatment") is False
    assert open_at(at, "home.household-water.treats") == []


@pytest.mark.parametrize(("households", "wrong"), [(1, True), (2, False), (10, False), (11, True)])
def test_a_shared_toilet_has_two_households_or_more(households: int, wrong: bool) -> None:
    at = visited().answer("household-water.toilet", "slab").answer("household-water.shared", True)
    at = at.answer("household-water.sharing", households)

    assert ("shared-by-two" in [p.rule for p in at.problems()]) is wrong


@pytest.mark.parametrize(
    ("fuel", "stove", "chimney"),
    [("biogas", False, False), ("wood", True, None), ("other", True, None)],
)
def test_who_cooks_with_gas_or_electricity_is_not_asked_about_smoke(
    fuel: str, stove: bool, chimney: bool | None
) -> None:
    at = visited().answer("household-dwelling.fuel", fuel)

    assert asked(at, "household-dwelling.stove") is stove
    assert asked(at, "household-dwelling.chimney") is chimney


def test_kinds_of_animals_are_asked_for_one_by_one_where_there_are_any() -> None:
    table = SURVEY.fields["home.household-dwelling.animals"]
    at = visited().answer("household-dwelling.livestock", False)
    assert asked(at, "household-dwelling.animals") is False

    at = at.answer("household-dwelling.livestock", True)
    kinds = [row.cells["kind"] for row in at.situation.live_rows(table).values()]
    assert kinds == ["cattle", "cows", "horses", "goats", "sheep", "chickens"]


@pytest.mark.parametrize(
    ("kinds", "treated", "months"),
    [
        (["long-lasting", "other"], False, False),
        (["pretreated", "other"], False, True),
        (["other"], True, True),
    ],
)
def test_the_first_kind_of_net_decides_where_to_go_on(
    kinds: list[str], treated: bool, months: bool
) -> None:
    at = visited().answer("household-nets.nets", True).answer("household-nets.kinds", kinds)

    assert asked(at, "household-nets.treated-when-got") is treated
    assert asked(at, "household-nets.months-ago") is months


def test_without_nets_nothing_is_asked_about_them() -> None:
    at = visited().answer("household-nets.nets", False)

    fields = SURVEY.activities["household-nets"].fields
    assert [name for name in fields if asked(at, f"household-nets.{name}")] == ["nets"]


# Counts


COUNTS = {"total": 6, "women": 2, "women-done": 1, "under-five": 1, "under-five-done": 1}


def counted(**changes: int) -> CaseBuilder:
    """A household that is listed, with the last page filled in."""
    at = fill(listed(), "household-listing.women", "Amara", interviewed=True)
    at = fill(at, "household-listing.women", "Nina", interviewed=False)
    at = at.answer("household-result.result", "completed")
    at = at.answer("household-result.respondent", AMARA)
    for field, value in {**COUNTS, **{k.replace("_", "-"): v for k, v in changes.items()}}.items():
        at = at.answer(f"household-result.{field}", value)
    return at


def test_counts_that_agree_with_the_list_leave_nothing_open() -> None:
    assert open_at(counted(), "close.household-result") == []
    assert [p for p in counted().problems() if p.activity == "close.household-result"] == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"total": 5}, "total-agrees"),
        ({"women": 3}, "women-agree"),
        ({"women_done": 2}, "women-done-agree"),
        ({"under_five": 2}, "under-five-agree"),
        ({"under_five_done": 2}, "under-five-done-fits"),
    ],
)
def test_a_count_that_does_not_agree_is_a_problem(changes: dict[str, int], rule: str) -> None:
    assert rule in [p.rule for p in counted(**changes).problems()]


def test_one_member_answers_for_the_household() -> None:
    at = counted().answer("household-result.respondent", "zzzzzz")

    assert [p.rule for p in open_at(at, "close.household-result.respondent")] == ["reference"]


# The whole of it


def whole() -> CaseBuilder:
    """Everything answered, as an interviewer brings it home."""
    at = counted()
    young = {"ever": True, "level": "primary", "grade": 2, "this_year": True, "days": 5,
             "level_now": "primary", "grade_now": 3, "last_year": True, "level_then": "primary",
             "grade_then": 2}  # fmt: skip
    at = fill(at, "household-education.young", "Lidia", **young)
    at = fill(at, "household-education.young", "Nina", ever=False)
    for who in ("Amara", "Tomas"):
        cells = {"ever": True, "level": "secondary", "grade": 4}
        at = fill(at, "household-education.older", who, **cells)
    at = fill(at, "household-education.older", "Olga", ever=False)
    work = {"work": "no", "work_year": "no", "chores": True, "chores_hours": 6, "family": False}
    at = fill(at, "household-child-work.children", "Lidia", **work)
    for rank, who in enumerate(("Lidia", "Ruben"), start=1):
        at = fill(at, "household-discipline.children", who, rank=rank)
    pages: dict[str, dict[str, Any]] = {
        "household-discipline": {
            "chosen": rows(at, "household-discipline.children")["Ruben"],
            "believes": False,
        },
        "household-water": {
            "drinking": "public-tap", "on-premises": False, "minutes": 20, "fetches": "woman",
            "treats": True, "treatment": ["boil"], "toilet": "slab", "shared": True, "sharing": 3,
        },
        "household-dwelling": {
            "language": "Sandic", "rooms": 2, "floor": "cement", "fuel": "wood", "stove": "fire",
            "chimney": False, "cooking-place": "outdoors", "has": ["radio", "mobile"],
            "owns": ["bicycle"], "land": True, "hectares": 2, "livestock": True,
        },
        "household-nets": {"nets": True, "number": 2, "kinds": ["long-lasting"]},
        "household-salt": {"iodine": "enough"},
    }  # fmt: skip
    for page, answers in pages.items():
        for field, value in answers.items():
            at = at.answer(f"{page}.{field}", value)
    animals = SURVEY.fields["home.household-dwelling.animals"]
    for row in at.situation.live_rows(animals).values():
        count = 4 if row.cells["kind"] == "chickens" else 0
        at = at.answer(f"{animals.address}.{row.id}.count", count)
    methods = SURVEY.fields["people.household-discipline.methods"]
    for row in at.situation.live_rows(methods).values():
        at = at.answer(f"{methods.address}.{row.id}.done", row.cells["method"] == "explained")
    return at


def test_a_whole_interview_leaves_nothing_open() -> None:
    at = whole()

    assert [(p.address, p.message) for p in at.problems()] == []
    assert {step: at.state(step) for step in SURVEY.steps} == dict.fromkeys(SURVEY.steps, "ready")
    assert at.progress.parked == []


def test_a_child_who_grows_too_old_takes_the_answers_along_and_brings_them_back() -> None:
    at = whole()
    grown = at.answer(f"{MEMBERS}.{LIDIA}.age", 15)

    assert [p.address for p in grown.progress.parked if "child-work" in p.address] != []
    assert at.answer(f"{MEMBERS}.{LIDIA}.age", 9).progress.parked == []


# What the language cannot say, as docs/household-survey.md lists it


def said(fields: dict[str, Any], rules: dict[str, Any] | None = None) -> list[str]:
    """What lint says about one activity."""
    made = one(fields, rules).workflow
    found = lint(made, made.activities)
    return [r.message for r in found if r.file.startswith("activity:")]


PERSON: dict[str, Any] = {"columns": {
    "name": {}, "sex": {"type": "choice", "choices": {"f": "Female", "m": "Male"}},
    "age": {"type": "integer"}, "mother": {"type": "reference", "to": "members"},
}}  # fmt: skip
WOMEN: dict[str, Any] = {
    "columns": {"of": {"type": "reference", "to": "members"}},
    "rows-from": {"table": "members", "where": {"sex": "f"}},
}


def test_a_column_cannot_look_at_the_row_that_its_row_belongs_to() -> None:
    school = {"parent": "members", "columns": {
        "ever": {"type": "yes-no", "applies-when": {"column": "age", "at-least": 5}},
    }}  # fmt: skip

    assert said({"members": PERSON, "school": school}) == ['there is no column "age"']


def test_a_rule_cannot_look_at_the_row_that_is_referred_to() -> None:
    rule = {"on": "members.age", "range": {"at-most": {"field": "mother.age"}}}
    at = one({"members": PERSON}, {"older": rule}).row("members", "aaaaaa", age=30)

    assert "cannot be checked yet" in at.messages("older")[0]


def test_a_table_of_the_women_can_say_that_a_mother_is_one_of_them() -> None:
    rule = {"on": "members", "covers": {"each": "members.mother", "by": "all-women.of"}}
    at = one({"members": PERSON, "all-women": WOMEN}, {"a-woman": rule})
    at = at.row("members", "aaaaaa", name="Ana", sex="f")
    at = at.row("members", "bbbbbb", name="Ben", sex="m", mother="aaaaaa")
    assert at.messages("a-woman") == []

    assert len(at.row("members", "aaaaaa", name="Ana", sex="m").messages("a-woman")) == 1


def test_a_name_in_a_label_is_not_filled_in() -> None:
    at = one({"members": {"columns": {"name": {}, "age": {"label": "Age of {name}", **GOOD}}}})

    assert at.row("members", "aaaaaa", name="Ana").messages() == ["Ana: Enter: age of {name}"]


def test_a_not_of_a_question_that_is_not_asked_is_true() -> None:
    at = visited().answer("household-nets.nets", False)
    spec = SURVEY.fields["home.household-nets.months-ago"].spec.applies_when
    assert spec is not None
    assert spec.all_ is not None

    spot = Spot(SURVEY.activities["household-nets"])
    assert at.situation.decide(spec.all_[1], spot).truth is True


def test_at_least_of_a_column_counts_its_rows() -> None:
    at = listed()
    spot = Spot(SURVEY.activities["household-listing"])
    for least, truth in ((6, True), (7, False)):  # six ages, one of them not known; Tomas is 38
        test = Condition.checked({"field": f"{MEMBERS}.age", "at-least": least})
        assert at.situation.decide(test, spot).truth is truth


def test_hours_of_work_do_not_add_up_where_one_kind_is_not_asked() -> None:
    at = one({
        "kinds": {"columns": {
            "chores": {"type": "yes-no"},
            "hours": {"type": "integer", "applies-when": {"column": "chores", "is": True}},
            "other": {"type": "integer"},
            "all": {"type": "calculated", "calculate": {"sum": ["hours", "other"]}},
        }},
    }).row("kinds", "aaaaaa", chores=False, other=4)  # fmt: skip
    field = at.workflow.fields["gather.first.kinds"]
    row = at.situation.live_rows(field)["aaaaaa"]

    assert calculated(at.situation, field, row, "all") is None
