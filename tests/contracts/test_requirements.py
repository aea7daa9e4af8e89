"""The contract with the source documents: every number is carried by something that is there.

Each of R1 to R36 has a row in the table of `requirements.py` and a check that looks whether what
stands there does carry it; each check is shown to fail when a definition is changed. F1 to F5 are
the faults of the source documents, which are not copied.
"""

from __future__ import annotations

from typing import Any

import pytest

from cim_tui.core.levels import LetterFacts, level_of
from tests.contracts.requirement_checks import (
    AREAS,
    CHECKS,
    required_activities,
    steps_required,
)
from tests.contracts.requirements import (
    EVERY,
    INTENSIVE,
    NUMBERS,
    REQUIREMENTS,
    SIGDIS,
    SMALL,
    TARGETED,
    TRAININGS,
    found,
)
from tests.contracts.shipped import planted, shipped


def test_every_number_has_a_row_and_a_check() -> None:
    assert list(REQUIREMENTS) == NUMBERS
    assert list(CHECKS) == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_what_carries_a_requirement_is_there(number: str) -> None:
    requirement = REQUIREMENTS[number]
    assert requirement.says
    assert requirement.carried
    for name, places in requirement.carried.items():
        assert places
        for place in places:
            try:
                assert found(shipped(), name, place) is not None
            except (LookupError, ValueError, AttributeError) as gone:
                pytest.fail(f"{number}: {name} has no {place} ({gone})")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_requirement_is_carried(number: str) -> None:
    CHECKS[number](shipped())


def test_a_place_that_is_gone_is_noticed() -> None:
    missing = [
        (INTENSIVE, "gather.cim-team.mambers"), (INTENSIVE, "gather.cim-team#one-leader"),
        (INTENSIVE, "collect.cim-team"), (SMALL, "setting:cycle"), (TARGETED, "step:review"),
        (INTENSIVE, "criteria:2023.intensive-4"), (INTENSIVE, "case.colour"),
        (INTENSIVE, "gather.cim-team.members.rank"), (INTENSIVE, "workflow.flavour"),
    ]  # fmt: skip
    for name, place in missing:
        with pytest.raises((LookupError, AssertionError, AttributeError)):
            found(shipped(), name, place)


NOTHING: dict[str, Any] = {}
PLANTED: list[tuple[str, str, str, str, Any]] = [
    ("R1", "workflow", SMALL, "aims", ["To comply"]),
    ("R2", "activity", "letter-intake", "fields.selected-for.type", "choice"),
    ("R2", "activity", "letter-intake", "fields.selected-for.choices.lowest-performing", None),
    ("R3", "workflow", INTENSIVE, "steps.plan.title", "Planning"),
    ("R3", "workflow", INTENSIVE, "steps.implement", None),
    ("R4", "workflow", INTENSIVE, "steps.gather.activities.parent-input.required", False),
    ("R4", "activity", "educational-partners", "rules.staff-heard.severity", "warning"),
    ("R4", "activity", "educational-partners", "rules.community-heard", None),
    ("R5", "activity", "root-cause-analysis",
     "fields.root-causes.columns.supporting-data.to", "causes"),
    ("R6", "activity", "high-leverage-activities", "fields.steps.columns.end.required", False),
    ("R6", "activity", "high-leverage-activities",
     "fields.activities.columns.problems.to", "measurable-outcomes.outcomes"),
    ("R7", "activity", "progress", "rules.change-recorded", None),
    ("R7", "workflow", INTENSIVE, "steps.implement.required", False),
    ("R8", "list", "team-roles", "items.ta-provider", None),
    ("R9", "workflow", INTENSIVE, "levels.intensive-1.support", "selpa"),
    ("R10", "list", "voices", "items.students", None),
    ("R11", "workflow", TARGETED, "aims", ["Compliance"]),
    ("R12", "workflow", SMALL, "resources", []),
    ("R13", "workflow", TARGETED, "summary", "Done in a year."),
    ("R13", "activity", "progress", "rules.change-recorded",
     {"on": "periods", "rows": {"at-most": 4}, "message": "Stop",
      "source": {"tag": "practice", "note": "-"}}),
    ("R14", "workflow", TARGETED, "steps.gather.activities.data-drilldown.support", "cde"),
    ("R15", "workflow", TARGETED, "steps.plan.required", False),
    ("R16", "activity", "plan-links", "fields.corrections.columns.found-in.to",
     "procedural-review.checks"),
    ("R17", "activity", "data-drilldown", "rules.compliance-too.severity", "warning"),
    ("R18", "activity", "high-leverage-activities",
     "fields.activities.columns.root-causes.required", False),
    ("R19", "workflow", INTENSIVE, "steps.gather.activities.cim-team.support-at", NOTHING),
    ("R20", "criteria", "2023", "small.at-most", 101),
    ("R20", "criteria", "2024", "small.at-most", 99),
    ("R20", "activity", "letter-intake", "rules.small-enough.range.at-most", 101),
    ("R21", "activity", "letter-intake", "fields.elements.applies-when", None),
    ("R22", "criteria", "2022", "small.every", 6),
    ("R22", "workflow", SMALL, "settings.cycle-b-year.default", 2024),
    ("R23", "workflow", TARGETED, "steps.implement.required", True),
    ("R23", "workflow", TARGETED, "steps.investigate.required", False),
    ("R24", "activity", "measurable-outcomes", "rules.letter-areas.severity", "warning"),
    ("R24", "activity", "high-leverage-activities", "rules.each-area-has-activity.covers.each",
     "root-cause-analysis.root-causes"),
    ("R25", "criteria", "2023", "placements.targeted-2.reasons",
     [{"fact": "elements-missed", "at-least": 4, "says": "-",
       "source": {"tag": "practice", "note": "-"}}]),
    ("R25", "activity", "letter-intake", "rules.one-or-two-missed.rows.at-most", 3),
    ("R26", "criteria", "2023", "placements.targeted-3.rank", 0),
    ("R26", "activity", "letter-intake", "rules.level-three-reason", None),
    ("R27", "activity", "webinar-and-trainings", "rules.all-attended.severity", "warning"),
    ("R27", "workflow", TARGETED,
     "steps.gather.activities.webinar-and-trainings.required", False),
    ("R27", "calendar", "2022", "trainings", None),
    ("R28", "workflow", TARGETED, "steps.gather.activities.cim-team.support", "cde"),
    ("R29", "workflow", TARGETED, "steps.gather.activities.cim-team.required", False),
    ("R29", "activity", "cim-team", "fields.members.because", None),
    ("R30", "workflow", TARGETED, "steps.gather.activities.data-drilldown.required", False),
    ("R31", "activity", "procedural-review", "rules.target-checked", None),
    ("R31", "workflow", TARGETED, "steps.gather.activities.procedural-review.required", False),
    ("R32", "workflow", TARGETED,
     "steps.investigate.activities.root-cause-analysis.required", False),
    ("R33", "workflow", TARGETED, "steps.plan.activities.measurable-outcomes.required", False),
    ("R34", "activity", "letter-intake",
     "fields.disproportionate.columns.group.required", False),
    ("R34", "activity", "letter-intake", "rules.groups-and-areas", None),
    ("R35", "list", "disproportionality-areas", "items.ind-9", None),
    ("R35", "workflow", SIGDIS, "categories.ind-10", None),
    ("R36", "workflow", TARGETED, "steps.gather.activities.letter-intake", None),
    ("R36", "activity", "letter-intake", "always", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind", "name", "path", "value"), PLANTED,
    ids=[f"{number}-{path}" for number, _, _, path, _ in PLANTED],
)  # fmt: skip
def test_a_check_notices_a_definition_that_no_longer_carries_it(
    number: str, kind: str, name: str, path: str, value: Any
) -> None:
    with pytest.raises((AssertionError, LookupError, ValueError, TypeError)):
        CHECKS[number](planted(kind, name, path, value))


def test_a_fault_is_planted_for_every_number() -> None:
    assert list(dict.fromkeys(number for number, *_ in PLANTED)) == NUMBERS


# The faults of the source documents, which are not copied


def test_f1_the_third_area_is_indicator_9_and_no_ranking() -> None:
    offered = shipped()[SIGDIS].lists["disproportionality-areas"].items
    labels = [item if isinstance(item, str) else item.label for item in offered.values()]

    assert set(offered) == AREAS
    assert "Indicator 9: special education overall" in labels
    assert not any("valuation" in label or "rank" in label.lower() for label in labels)


def test_f2_trainings_come_from_the_calendar_of_a_year_and_their_lack_is_said() -> None:
    d = shipped()
    events = found(d, TARGETED, f"{TRAININGS}.events")
    rule = found(d, TARGETED, f"{TRAININGS}#trainings-listed")

    assert events.spec.rows_from.calendar == "trainings"
    assert d.case(TARGETED, year=2023).live_rows(events) == {}
    assert rule.message.startswith("No trainings were published to us for this year")
    assert "The table itself was not available" in rule.source.note


def test_f3_significant_disproportionality_has_its_own_list_of_activities() -> None:
    d = shipped()
    case = d.case(SIGDIS, entry="full")
    step_1 = [a.id for a in required_activities(case) if a.step.number == 1]

    assert step_1 == [
        "letter-intake", "assurances", "cim-team", "educational-partners", "parent-input",
        "policies-practices-procedures", "infrastructure-analysis", "data-drilldown",
        "case-study", "consolidation",
    ]  # fmt: skip
    for not_asked in ("procedural-review", "webinar-and-trainings"):
        assert not case.activity_required(d[SIGDIS].activities[not_asked])
    for name in EVERY:
        assert " noe " not in f"{d[name].spec.summary} {d[name].spec.why_named}"


def test_f4_the_cycle_is_three_years_on_earlier_pages_and_six_on_later_ones() -> None:
    d = shipped()
    criteria = d.library.criteria()
    tracks = {year: file.small for year, file in criteria.items() if file.small}

    assert {year: track.every for year, track in tracks.items()} == {2022: 3, 2023: 3, 2024: 6}
    assert tracks[2024].cycles == {"a": 2022, "b": 2024, "c": 2026}
    assert {track.source.tag for track in tracks.values()} == {"published"}
    assert len({track.source.at for track in tracks.values()}) == 3
    assert [d.case(SMALL, year=year).setting("cycle-length") for year in (2023, 2024)] == [3, 6]
    later = level_of(2024, LetterFacts(cycle="b"), criteria)
    assert later.next_turn == 2024
    assert "six" in " ".join(source.note for source in later.source)


@pytest.mark.parametrize(
    ("name", "facts", "steps"),
    [
        (TARGETED, {"year": 2023}, [1, 2, 3]),
        (TARGETED, {"year": 2025}, [1, 2, 3]),
        (TARGETED, {"year": 2022, "level": "targeted-3"}, [1]),
        (INTENSIVE, {"year": 2022}, [1, 2, 3]),
        (INTENSIVE, {"year": 2023}, [1, 2, 3]),
        (INTENSIVE, {"year": 2024}, [1, 2, 3, 4]),
        (SIGDIS, {"entry": "full"}, [1, 2, 3, 4]),
        (SMALL, {}, [1]),
    ],
)
def test_f5_three_steps_or_four_by_tier_and_year(
    name: str, facts: dict[str, Any], steps: list[int]
) -> None:
    assert steps_required(shipped(), name, **facts) == steps
