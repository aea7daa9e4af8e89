"""A check for each requirement of the source documents: whether what carries it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cim_tui.core.check import check_activity
from cim_tui.core.language import Column, Rule
from cim_tui.core.levels import LetterFacts, level_of, next_turn
from cim_tui.core.progress import assess
from cim_tui.core.session import Session
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Activity, Field
from cim_tui.store import toml
from tests.contracts.requirements import (
    EVERY,
    HLA,
    INTENSIVE,
    LETTER,
    REQUIREMENTS,
    SIGDIS,
    SMALL,
    TARGETED,
    TRAININGS,
    found,
)
from tests.contracts.shipped import Definitions

TARGETED_LEVELS = ("targeted-1", "targeted-2", "targeted-3")
WALKS = Path(__file__).parents[1] / "walks"

Check = Callable[[Definitions], None]
CHECKS: dict[str, Check] = {}


def checks(number: str) -> Callable[[Check], Check]:
    """Enter a check under its number."""

    def entered(check: Check) -> Check:
        assert number not in CHECKS
        CHECKS[number] = check
        return check

    return entered


def asked(definitions: Definitions, name: str, *activities: str, **facts: Any) -> None:
    """Assert that activities are required of a case with these facts."""
    case = definitions.case(name, **facts)
    for key in activities:
        activity = case.workflow.activities[key]
        assert case.activity_applies(activity).truth is not False, f"{key} does not apply: {facts}"
        assert case.activity_required(activity), f"{key} is not required: {facts}"


def blocks(definitions: Definitions, name: str, place: str) -> None:
    """Assert that a question, or a rule, is needed: without it the step is not done."""
    what = found(definitions, name, place)
    if isinstance(what, Rule):
        assert what.weight == "error", place
        return
    spec: Column = what.spec if isinstance(what, Field) else what
    assert spec.required, f"{place} is not required"
    assert spec.severity == "error", f"{place} does not block"


def opened(case: Situation, activity: str) -> set[str]:
    """Ids of the rules that are open in an activity."""
    check = check_activity(case, case.workflow.activities[activity])
    return {p.rule.partition(":")[0] for p in check.problems if p.open}


def steps_required(definitions: Definitions, name: str, **facts: Any) -> list[int]:
    """Numbers of the steps that are asked of a case with these facts."""
    case = definitions.case(name, **facts)
    return [step.number for step in case.workflow.steps.values() if case.step_required(step)]


def required_activities(case: Situation) -> Iterator[Activity]:
    """What is asked of a case and counted."""
    for activity in case.workflow.each_activity():
        if case.activity_applies(activity).truth is not False and case.activity_required(activity):
            yield activity


def walked(definitions: Definitions, name: str) -> Situation:
    """A case in which everything is answered, from the walk through a process."""
    doc = toml.load((WALKS / f"{name}.toml").read_bytes(), name)
    facts = {
        key: doc["new"][key] for key in ("year", "level", "entry", "cycle") if key in doc["new"]
    }
    case = definitions.case(name, **facts)
    session = Session(
        {**case.session.doc, "answers": doc["answers"], "absent": doc.get("absent", {})}
    )
    return Situation(case.workflow, session, case.today, case.calendar)


def placed(
    definitions: Definitions, year: int = 2023, **facts: Any
) -> tuple[str | None, str | None]:
    """Process and level that the facts of a letter lead to."""
    students = facts.pop("students", None)
    numbers: Any = {key.replace("_", "-"): value for key, value in facts.items()}
    verdict = level_of(year, LetterFacts(numbers, students), definitions.library.criteria())
    return verdict.workflow, verdict.level


@checks("R1")
def both_aims_are_stated(definitions: Definitions) -> None:
    for name in definitions.names():
        aims = definitions[name].spec.aims
        assert any("systems" in aim and "students with disabilities" in aim for aim in aims), name
        assert any("Individuals with Disabilities Education Act (IDEA)" in aim for aim in aims), (
            name
        )


@checks("R2")
def either_reason_or_both_can_be_chosen(definitions: Definitions) -> None:
    place = f"{LETTER}.selected-for"
    field = found(definitions, INTENSIVE, place)
    assert field.type == "choices"
    reasons = {"lowest-performing", "significant-disproportionality"}
    assert set(definitions[INTENSIVE].choices(field.spec)) == reasons
    blocks(definitions, INTENSIVE, place)
    for chosen in (["lowest-performing"], ["significant-disproportionality"], sorted(reasons)):
        case = definitions.case(INTENSIVE, {place: chosen})
        assert case.field_applies(field).truth is True
        addresses = {p.address for p in check_activity(case, field.activity).problems
                     if p.rule in ("required", "choice", "type")}  # fmt: skip
        assert place not in addresses


@checks("R3")
def there_are_four_steps_with_these_names_in_this_order(definitions: Definitions) -> None:
    steps = [(step.number, step.title) for step in definitions[INTENSIVE].steps.values()]
    assert steps == [
        (1, "Gather and Inquire"), (2, "Investigate"), (3, "Plan"), (4, "Implement"),
    ]  # fmt: skip


@checks("R4")
def step_1_has_data_and_the_voices_of_staff_families_and_community(d: Definitions) -> None:
    for level in (None, "intensive-1", "intensive-2", "intensive-3"):
        facts = {"level": level} if level else {}
        asked(d, INTENSIVE, "data-drilldown", "educational-partners", "parent-input",
              "consolidation", **facts)  # fmt: skip
    for place in REQUIREMENTS["R4"].carried[INTENSIVE]:
        blocks(d, INTENSIVE, place)
    for group, rule in (("staff", "staff-heard"), ("community", "community-heard")):
        event = "gather.educational-partners.events.aaaaaa"
        heard, silent = (
            d.case(INTENSIVE, {event: {"topic": "Data", "heard": [who]}}) for who in (group, "x")
        )
        assert rule not in opened(heard, "educational-partners")
        assert rule in opened(silent, "educational-partners")


@checks("R5")
def root_causes_stand_on_data_of_step_1(d: Definitions) -> None:
    for name, (place,) in REQUIREMENTS["R5"].carried.items():
        entry = {"entry": "full"} if name == SIGDIS else {}
        asked(d, name, "root-cause-analysis", **entry)
        blocks(d, name, place.rpartition(".")[0])
        data = found(d, name, place)
        assert data.required
        target = d[name].target("data-drilldown.indicators", None)
        assert target is not None
        assert target.field.activity.step.number == 1
        assert "data-drilldown.indicators" in data.targets


@checks("R6")
def the_plan_has_dated_steps_for_the_problems_found(d: Definitions) -> None:
    for name in REQUIREMENTS["R6"].carried:
        for column in ("start", "end"):
            spec = found(d, name, f"{HLA}.steps.{column}")
            assert (spec.type, spec.required) == ("date", True)
        assert (
            "problem-of-practice.problems" in found(d, name, f"{HLA}.activities.problems").targets
        )
        assert found(d, name, f"{HLA}.steps").spec.parent == "activities"
        blocks(d, name, f"{HLA}.steps")
        blocks(d, name, f"{HLA}.activities.root-causes")


@checks("R7")
def step_4_records_status_progress_and_adjustment(d: Definitions) -> None:
    for name, facts in ((INTENSIVE, {"year": 2024}), (SIGDIS, {"entry": "full"}), (TARGETED, {})):
        if name != TARGETED:
            asked(d, name, "progress", **facts)
            assert 4 in steps_required(d, name, **facts)
        status = found(d, name, "implement.progress.step-progress.status")
        assert {"in-progress", "done"} <= set(d[name].choices(status))
        assert status.required
        blocks(d, name, "implement.progress.adjustments.change")
        period = {"name": "Autumn", "adjust": True}
        case = d.case(name, {"implement.progress.periods.aaaaaa": period}, **facts)
        assert "change-recorded" in opened(case, "progress")


@checks("R8")
def ta_provider_cde_and_selpa_have_their_place(d: Definitions) -> None:
    supports = {a.support(level) for a in d[INTENSIVE].each_activity()
                for level in (None, *d[INTENSIVE].spec.levels)}  # fmt: skip
    assert {"ta", "cde", "selpa"} <= supports
    roles = d[INTENSIVE].choices(found(d, INTENSIVE, "gather.cim-team.members.role"))
    assert {"ta-provider", "cde", "selpa"} <= set(roles)
    contacts = d[INTENSIVE].choices(found(d, INTENSIVE, f"{LETTER}.contacts.with"))
    assert {"cde", "selpa", "ta-provider"} <= set(contacts)
    case = d.case(INTENSIVE, {"gather.cim-team.members.aaaaaa": {"name": "Ana", "role": "other"}})
    assert {"ta-member", "selpa-member"} <= opened(case, "cim-team")


HELP = ("independent", "selpa", "ta", "cde")
"""From least to most."""


@checks("R9")
def intensive_is_the_highest_level_of_support(d: Definitions) -> None:
    def support(name: str) -> list[int]:
        return [
            HELP.index(level.support or "independent") for level in d[name].spec.levels.values()
        ]

    assert min(support(INTENSIVE)) > max(support(TARGETED))
    assert "highest level of support" in d[INTENSIVE].spec.why_named
    assert not any("highest level" in d[name].spec.why_named for name in (TARGETED, SMALL))


@checks("R10")
def the_plan_records_who_took_part_by_four_kinds(d: Definitions) -> None:
    for name, (place,) in REQUIREMENTS["R10"].carried.items():
        voices = found(d, name, place.rpartition(".")[0])
        kinds = d[name].lists[str(voices.spec.rows_from.list_)].items
        assert set(kinds) == {"staff", "students", "families", "community"}
        assert found(d, name, place).required
        case = d.case(name, entry="full")
        assert len(case.live_rows(voices)) == 4
    for name in (INTENSIVE, SIGDIS):
        asked(d, name, "plan-participants", entry="full")
        blocks(d, name, "plan.plan-participants#each-voice")


@checks("R11")
def the_aimed_results_are_shown(d: Definitions) -> None:
    for name in d.names():
        said = " ".join(d[name].spec.aims)
        for result in ("Better services", "tate and federal", "every student can succeed"):
            assert result in said, (name, result)
    assert "every student can succeed" in d[INTENSIVE].activities["letter-intake"].spec.guidance


@checks("R12")
def further_materials_are_linked(d: Definitions) -> None:
    for name in d.names():
        assert "https://caltan.info/monitoring" in {r.at for r in d[name].spec.resources}, name


@checks("R13")
def a_case_spans_years_and_nothing_closes_by_itself(d: Definitions) -> None:
    for name in (INTENSIVE, TARGETED):
        assert "several years" in d[name].spec.summary
        periods = found(d, name, "implement.progress.periods")
        limits = [rule for rule in periods.activity.spec.rules.values()
                  if rule.on == "periods" and rule.rows and rule.rows.at_most]  # fmt: skip
        assert limits == []
        now = walked(d, name)
        later = Situation(now.workflow, now.session, date(2030, 1, 1), now.calendar)
        assert {k: s.state for k, s in assess(now).steps.items()} == {
            k: s.state for k, s in assess(later).steps.items()
        }
        assert not assess(later).complete


@checks("R14")
def the_tier_decides_what_applies_and_what_help_there_is(d: Definitions) -> None:
    tiers = {
        name: frozenset(a.id for a in required_activities(d.case(name, entry="full")))
        for name in EVERY
    }
    assert len(set(tiers.values())) == 4
    assert d[INTENSIVE].activities["data-drilldown"].support("intensive-3") == "cde"
    assert d[TARGETED].activities["data-drilldown"].support("targeted-3") == "selpa"
    assert d[SMALL].activities["student-record-review"].support(None) == "independent"
    assert placed(d, elements_missed=1)[0] == TARGETED
    assert placed(d, intensive_percentile=9)[0] == INTENSIVE
    assert placed(d, significantly_disproportionate=1)[0] == SIGDIS


@checks("R15")
def every_required_activity_stands_between_a_case_and_complete(d: Definitions) -> None:
    for name in (INTENSIVE, TARGETED):
        case = walked(d, name)
        assert steps_required(d, name) == [1, 2, 3]
        gates = list(required_activities(case))
        assert len(gates) > 8
        whole = assess(case)
        assert [p.address for p in whole.problems if p.severity == "error"] == []
        assert not whole.complete  # nobody has marked the steps done
        for activity in gates:
            session = case.session.with_entry(("answers", *activity.address.split(".")), None)
            for address in session.absences(activity.address):
                session = session.with_absence(address, None)
            without = assess(Situation(case.workflow, session, case.today, case.calendar))
            assert without.steps[activity.step.id].count("error") > 0, activity.address


@checks("R16")
def corrections_and_problems_of_practice_are_linked_to_the_plan(d: Definitions) -> None:
    for name in REQUIREMENTS["R16"].carried:
        problems = found(d, name, f"{HLA}.activities.problems")
        assert "problem-of-practice.problems" in problems.targets
        assert found(d, name, "investigate.problem-of-practice.problems.statement").required
        origin = set(found(d, name, "plan.plan-links.corrections.found-in").targets)
        assert {"procedural-review.checks", "policies-practices-procedures.reviews"} <= origin
        assert found(d, name, "plan.plan-links.corrections.activities").targets == (
            "high-leverage-activities.activities",
        )
        for place in ("gather.procedural-review.checks.correction-due",
                      "gather.policies-practices-procedures.reviews.by"):  # fmt: skip
            assert found(d, name, place).type == "date"
    for name in (INTENSIVE, TARGETED):
        asked(d, name, "problem-of-practice")


@checks("R17")
def both_kinds_of_data_are_asked_for(d: Definitions) -> None:
    for name in REQUIREMENTS["R17"].carried:
        asked(d, name, "data-drilldown", entry="full")
        kinds = d[name].choices(found(d, name, "gather.data-drilldown.indicators.kind"))
        assert set(kinds) == {"compliance", "performance"}
        for kind, other in (("compliance", "performance"), ("performance", "compliance")):
            blocks(d, name, f"gather.data-drilldown#{other}-too")
            rows = {
                "gather.data-drilldown.indicators.aaaaaa": {"indicator": "ind-11", "kind": kind}
            }
            told = opened(d.case(name, rows, entry="full"), "data-drilldown")
            assert f"{other}-too" in told
            assert f"{kind}-too" not in told


@checks("R18")
def each_activity_of_the_plan_names_a_root_cause(d: Definitions) -> None:
    for name in REQUIREMENTS["R18"].carried:
        place = f"{HLA}.activities.root-causes"
        blocks(d, name, place)
        assert found(d, name, place).targets == ("root-cause-analysis.root-causes",)
        followed = found(d, name, "implement.progress.step-progress.step")
        assert followed.targets == ("high-leverage-activities.steps",)


@checks("R19")
def help_differs_from_level_to_level(d: Definitions) -> None:
    for name in d.names():
        for activity in d[name].each_activity():
            assert activity.support(None) in HELP
    by_level = {
        level: [a.support(level) for a in d[INTENSIVE].each_activity()]
        for level in d[INTENSIVE].spec.levels
    }
    assert by_level["intensive-1"] != by_level["intensive-3"]
    assert set(by_level["intensive-3"][1:]) == {"cde"}
    review = d[TARGETED].activities["policies-practices-procedures"]
    assert (review.support("targeted-1"), review.support("targeted-3")) == ("selpa", "cde")


@checks("R20")
def the_small_track_begins_at_100_students_and_not_at_101(d: Definitions) -> None:
    for year in (2022, 2023, 2024, 2025):
        assert placed(d, year, students=100)[0] == SMALL
        assert placed(d, year, students=101)[0] is None
        assert placed(d, year, students=101, significantly_disproportionate=1)[0] == SIGDIS
    census = "review.letter-intake.students-on-census-day"
    blocks(d, SMALL, census)
    blocks(d, SMALL, "review.letter-intake#small-enough")
    assert "small-enough" not in opened(d.case(SMALL, {census: 100}), "letter-intake")
    assert "small-enough" in opened(d.case(SMALL, {census: 101}), "letter-intake")


@checks("R21")
def a_small_lea_is_not_asked_for_missed_elements(d: Definitions) -> None:
    elements = found(d, SMALL, "review.letter-intake.elements")
    assert d.case(SMALL).field_applies(elements).truth is False
    assert d.case(TARGETED).field_applies(found(d, TARGETED, f"{LETTER}.elements")).truth is True
    assert placed(d, students=64, elements_missed=5) == (SMALL, None)
    assert found(d, SMALL, "review.letter-intake.cycle").spec.required


@checks("R22")
def cycles_and_their_years_are_settings(d: Definitions) -> None:
    for year in (2022, 2023):
        small = found(d, SMALL, f"criteria:{year}.small")
        assert (small.every, small.cycles) == (3, {"a": 2022, "b": 2023, "c": 2024})
        turns = [next_turn(small, cycle, 2024) for cycle in "abc"]
        assert turns == [2025, 2026, 2024]
    case = d.case(SMALL)
    assert [case.setting(name) for name in ("cycle-length", "cycle-a-year", "cycle-b-year",
                                            "cycle-c-year")] == [3, 2022, 2023, 2024]  # fmt: skip
    assert set(d[SMALL].spec.cycles) == {"a", "b", "c"}


@checks("R23")
def targeted_1_and_2_work_through_three_steps_with_their_selpa(d: Definitions) -> None:
    for level in ("targeted-1", "targeted-2"):
        assert steps_required(d, TARGETED, level=level) == [1, 2, 3]
        assert {a.support(level) for a in required_activities(d.case(TARGETED, level=level))} == {
            "independent", "selpa",
        }  # fmt: skip


@checks("R24")
def each_area_of_the_letter_ends_in_an_activity_of_the_plan(d: Definitions) -> None:
    for level in ("targeted-1", "targeted-2"):
        asked(d, TARGETED, "high-leverage-activities", "measurable-outcomes", level=level)
    blocks(d, TARGETED, f"{HLA}.activities")
    for place in ("plan.measurable-outcomes#letter-areas", f"{HLA}#each-area-has-activity"):
        blocks(d, TARGETED, place)
    area = {f"{LETTER}.elements.aaaaaa": {"indicator": "ind-5a"}}
    outcome = "plan.measurable-outcomes.outcomes.bbbbbb"
    for indicator, missing in (("ind-5a", False), ("ind-11", True)):
        case = d.case(TARGETED, {**area, outcome: {"name": "More", "indicator": indicator}})
        assert ("letter-areas" in opened(case, "measurable-outcomes")) is missing
    for reached, missing in ((["bbbbbb"], False), ([], True)):
        case = d.case(TARGETED, {
            **area, outcome: {"name": "More", "indicator": "ind-5a"},
            f"{HLA}.activities.cccccc": {"activity": "Co-teach", "outcomes": reached},
        })  # fmt: skip
        assert ("each-area-has-activity" in opened(case, "high-leverage-activities")) is missing


@checks("R25")
def two_elements_missed_are_targeted_1_and_three_are_targeted_2(d: Definitions) -> None:
    levels = [placed(d, elements_missed=count)[1] for count in (1, 2, 3, 9)]
    assert levels == ["targeted-1", "targeted-1", "targeted-2", "targeted-2"]
    for level, rule, fits, wrong in (
        ("targeted-1", "one-or-two-missed", 2, 3), ("targeted-2", "three-or-more-missed", 3, 2),
    ):  # fmt: skip
        for count, told in ((fits, False), (wrong, True)):
            rows = {f"{LETTER}.elements.{letter * 6}": {"indicator": "ind-1"}
                    for letter in "abcdef"[:count]}  # fmt: skip
            case = d.case(TARGETED, rows, level=level)
            assert (rule in opened(case, "letter-intake")) is told


@checks("R26")
def each_reason_for_targeted_3_alone_is_enough(d: Definitions) -> None:
    for reason in ({"disproportionate_years": 2}, {"disproportionate_years": 4},
                   {"intensive_percentile": 11}, {"intensive_percentile": 20},
                   {"preschool_percentile": 15}, {"lre_percentile": 10}):  # fmt: skip
        assert placed(d, **reason) == (TARGETED, "targeted-3"), reason
        assert placed(d, elements_missed=1, **reason)[1] == "targeted-3"
    for none in (
        {"disproportionate_years": 1},
        {"preschool_percentile": 21},
        {"lre_percentile": 11},
    ):
        assert placed(d, **none)[1] is None, none
    for chosen, told in (("disproportionate", False), ("evaluation-rank", False),
                         ("lre-rank", False), ("elements-missed", True)):  # fmt: skip
        case = d.case(TARGETED, {f"{LETTER}.targeted-for": [chosen]}, level="targeted-3")
        assert ("level-three-reason" in opened(case, "letter-intake")) is told, chosen


@checks("R27")
def every_training_that_counts_has_to_be_attended(d: Definitions) -> None:
    for level in TARGETED_LEVELS:
        asked(d, TARGETED, "webinar-and-trainings", level=level)
    events = found(d, TARGETED, f"{TRAININGS}.events")
    assert events.spec.rows_from.calendar == "trainings"
    assert events.spec.extra_rows
    for place in (f"{TRAININGS}#all-attended", f"{TRAININGS}#trainings-listed"):
        blocks(d, TARGETED, place)
        assert found(d, TARGETED, place).source.tag == "published"
    row = {"title": "Data", "required": True}
    for event, told in ((row, True), ({**row, "attended": date(2023, 5, 4)}, False),
                        ({**row, "required": False}, False)):  # fmt: skip
        case = d.case(TARGETED, {f"{TRAININGS}.events.aaaaaa": event})
        assert ("all-attended" in opened(case, "webinar-and-trainings")) is told
    assert "trainings-listed" in opened(d.case(TARGETED), "webinar-and-trainings")
    published = d.case(TARGETED, year=2022, level="targeted-3")
    assert [row.cells["title"] for row in published.live_rows(events).values()] == [
        "Targeted monitoring webinar, 2:00 p.m."
    ]


@checks("R28")
def targeted_3_works_on_its_own_with_its_selpa_too(d: Definitions) -> None:
    for level in TARGETED_LEVELS:
        assert steps_required(d, TARGETED, level=level) == [1, 2, 3]
        case = d.case(TARGETED, level=level)
        helped = {a.id: a.support(level) for a in required_activities(case)}
        assert helped.pop("letter-intake") == "independent"
        assert set(helped.values()) == {"selpa"}


def required_of_every_targeted_level(d: Definitions, activity: str, *places: str) -> None:
    """Assert that an activity is asked of Targeted 1 to 3, and without a level, and blocks."""
    for level in (None, *TARGETED_LEVELS):
        for year in (2023, 2024, 2026):
            asked(d, TARGETED, activity, year=year, **({"level": level} if level else {}))
    for place in places:
        blocks(d, TARGETED, place)


@checks("R29")
def a_team_is_formed(d: Definitions) -> None:
    required_of_every_targeted_level(d, "cim-team", "gather.cim-team.members")


@checks("R30")
def the_data_are_drilled_into(d: Definitions) -> None:
    required_of_every_targeted_level(d, "data-drilldown", "gather.data-drilldown.indicators")


@checks("R31")
def procedures_behind_each_area_are_reviewed(d: Definitions) -> None:
    required_of_every_targeted_level(
        d, "procedural-review", "gather.procedural-review.checks",
        "gather.procedural-review#target-checked", "gather.procedural-review#group-checked",
    )  # fmt: skip
    assert set(found(d, TARGETED, "gather.procedural-review.checks.about").targets) == {
        "letter-intake.elements", "letter-intake.disproportionate",
    }  # fmt: skip
    check = "gather.procedural-review.checks.bbbbbb"
    for table, rule in (("elements", "target-checked"), ("disproportionate", "group-checked")):
        area = {f"{LETTER}.{table}.aaaaaa": {"indicator": "ind-11", "group": "white"}}
        for about, told in ((["aaaaaa"], False), ([], True)):
            case = d.case(TARGETED, {**area, check: {"element": "60 days", "about": about}})
            assert (rule in opened(case, "procedural-review")) is told


@checks("R32")
def root_causes_are_found(d: Definitions) -> None:
    required_of_every_targeted_level(
        d, "root-cause-analysis", "investigate.root-cause-analysis.root-causes"
    )


@checks("R33")
def a_plan_is_developed(d: Definitions) -> None:
    for activity in ("measurable-outcomes", "high-leverage-activities"):
        required_of_every_targeted_level(d, activity)
    for place in REQUIREMENTS["R33"].carried[TARGETED]:
        blocks(d, TARGETED, place)


@checks("R34")
def the_letter_names_group_and_area(d: Definitions) -> None:
    for column in ("group", "area"):
        blocks(d, SIGDIS, f"{LETTER}.disproportionate.{column}")
    blocks(d, SIGDIS, f"{LETTER}#groups-and-areas")
    row = {"group": "black", "area": "ind-10", "significant": True}
    for answers, told in (({}, True), ({f"{LETTER}.disproportionate.aaaaaa": row}, False)):
        case = d.case(SIGDIS, answers, entry="full")
        assert ("groups-and-areas" in opened(case, "letter-intake")) is told
    assert len(d[SIGDIS].lists["race-groups"].items) > 5


AREAS = {"discipline", "placement", "ind-9", "ind-10"}


@checks("R35")
def four_areas_are_offered(d: Definitions) -> None:
    area = found(d, SIGDIS, f"{LETTER}.disproportionate.area")
    assert set(d[SIGDIS].choices(area)) == AREAS
    assert set(d[SIGDIS].spec.categories) == {*AREAS, "several"}
    assert found(d, SIGDIS, f"{LETTER}.category").spec.choices == "categories"


@checks("R36")
def the_letter_comes_first(d: Definitions) -> None:
    for name in d.names():
        activities = list(d[name].each_activity())
        assert activities[0].id == "letter-intake"
        assert activities[0].spec.always
        asked(d, name, "letter-intake", entry="amendment")
    for name in (INTENSIVE, TARGETED):
        level = found(d, name, f"{LETTER}.level")
        assert (level.spec.fact, level.spec.required) == ("level", True)
        assert set(d[name].choices(level.spec)) == set(d[name].spec.levels)
        blocks(d, name, f"{LETTER}.elements")
