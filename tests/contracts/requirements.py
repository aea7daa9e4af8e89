"""What the source documents ask for, number by number, and what carries it in each process.

The numbers R1 to R36, with their wording, are those of section 10 of the reference that the
definitions were written from.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.contracts.shipped import Definitions

INTENSIVE, TARGETED = "intensive", "targeted"
SIGDIS, SMALL = "significant-disproportionality", "small-lea"
EVERY = (INTENSIVE, TARGETED, SIGDIS, SMALL)


class Requirement(NamedTuple):
    """A requirement of the source documents, in our words, and what carries it."""

    says: str
    carried: dict[str, tuple[str, ...]]
    """By process: `step.activity`, `step.activity.field`, `step.activity.field.column`,
    `step.activity#rule`, `step:ID`, `case.FACT`, `workflow.KEY`, `setting:ID`, and
    `criteria:YEAR.PLACEMENT`."""


def in_every(*places: str) -> dict[str, tuple[str, ...]]:
    """The same places in every process."""
    return dict.fromkeys(EVERY, places)


def in_steps(*places: str) -> dict[str, tuple[str, ...]]:
    """The same places in every process that has the steps."""
    return dict.fromkeys((INTENSIVE, TARGETED, SIGDIS), places)


LETTER = "gather.letter-intake"
STEPS = tuple(f"step:{name}" for name in ("gather", "investigate", "plan", "implement"))
HLA = "plan.high-leverage-activities"
TRAININGS = "gather.webinar-and-trainings"

REQUIREMENTS: dict[str, Requirement] = {
    "R1": Requirement(
        "CIM serves better systems for students with disabilities, and compliance with IDEA",
        in_every("workflow.aims"),
    ),
    "R2": Requirement(
        "Intensive covers the lowest-performing 10 percent, significant disproportionality, both",
        {INTENSIVE: (f"{LETTER}.selected-for",)},
    ),
    "R3": Requirement(
        "Intensive has four steps: Gather and Inquire, Investigate, Plan, Implementation",
        {INTENSIVE: STEPS},
    ),
    "R4": Requirement(
        "Step 1 collects data and hears staff, families and community, to find areas to improve",
        {INTENSIVE: (
            "gather.data-drilldown.indicators", "gather.educational-partners#staff-heard",
            "gather.educational-partners#community-heard", "gather.parent-input.methods",
            "gather.consolidation.problem-areas",
        )},
    ),
    "R5": Requirement(
        "Step 2 studies the data for root causes",
        in_steps("investigate.root-cause-analysis.root-causes.supporting-data"),
    ),
    "R6": Requirement(
        "Step 3 yields a detailed, dated plan of steps for the problems found",
        in_steps(f"{HLA}.steps.start", f"{HLA}.steps.end", f"{HLA}.activities.problems",
                 f"{HLA}.activities.root-causes"),
    ),
    "R7": Requirement(
        "Step 4 carries out the plan, tracks progress, adjusts when needed",
        in_steps("implement.progress.step-progress.status", "implement.progress.measurements",
                 "implement.progress.adjustments", "implement.progress#change-recorded"),
    ),
    "R8": Requirement(
        "Intensive LEAs get continuing help from a TA provider who works with CDE and SELPA",
        {INTENSIVE: (f"{LETTER}.contacts.with", "gather.cim-team.members.role",
                     "gather.cim-team#ta-member", "gather.cim-team#selpa-member")},
    ),
    "R9": Requirement(
        "Intensive is the highest level of support, for systemic issues and compliance needs",
        {INTENSIVE: ("workflow.why-named", "workflow.levels", "gather.infrastructure-analysis"),
         TARGETED: ("workflow.levels",)},
    ),
    "R10": Requirement(
        "Educators, students, families and the community take part in developing plans",
        in_steps("plan.plan-participants.voices.took-part"),
    ),
    "R11": Requirement(
        "Aimed results: better services, requirements met, a setting where every student succeeds",
        in_every("workflow.aims"),
    ),
    "R12": Requirement(
        "Further materials are at https://caltan.info/monitoring", in_every("workflow.resources")
    ),
    "R13": Requirement(
        "CIM takes several years; it needs sustained attention to the weak areas",
        {INTENSIVE: ("workflow.summary", "implement.progress.periods"),
         TARGETED: ("workflow.summary", "implement.progress.periods")},
    ),
    "R14": Requirement(
        "Tiers differ in monitoring and in support, and rest on data analyses",
        {INTENSIVE: ("workflow.levels", "criteria:2023.intensive-1"),
         TARGETED: ("workflow.levels", "criteria:2023.targeted-1"),
         SIGDIS: ("criteria:2023.significant-disproportionality",), SMALL: ("case.cycle",)},
    ),
    "R15": Requirement(
        "Targeted and Intensive LEAs take part in CIM and complete it",
        {INTENSIVE: STEPS[:3], TARGETED: STEPS[:3]},
    ),
    "R16": Requirement(
        "CIM leads to correction, improvement, and a plan on the identified problems of practice",
        in_steps("investigate.problem-of-practice.problems.statement",
                 f"{HLA}.activities.problems", "gather.procedural-review.checks.corrected",
                 "gather.policies-practices-procedures.reviews.revised",
                 "plan.plan-links.corrections.found-in", "plan.plan-links.corrections.activities"),
    ),
    "R17": Requirement(
        "A wide range of compliance and performance data is examined",
        in_steps("gather.data-drilldown.indicators.kind", "gather.data-drilldown#compliance-too",
                 "gather.data-drilldown#performance-too"),
    ),
    "R18": Requirement(
        "Root causes of the areas of concern feed a plan that is developed and carried out",
        in_steps(f"{HLA}.activities.root-causes", f"{HLA}.steps",
                 "implement.progress.step-progress.step"),
    ),
    "R19": Requirement(
        "Involvement and review differ by level",
        {INTENSIVE: ("workflow.levels",), TARGETED: ("workflow.levels",)},
    ),
    "R20": Requirement(
        "A small LEA is a district or charter with 100 or fewer students with disabilities",
        {SMALL: (f"{LETTER.replace('gather', 'review')}.students-on-census-day",
                 "review.letter-intake#small-enough", "criteria:2023.small")},
    ),
    "R21": Requirement(
        "Small LEAs are not selected on SPP indicators, but in cycles",
        {SMALL: ("case.cycle", "review.letter-intake.cycle", "review.letter-intake.elements")},
    ),
    "R22": Requirement(
        "Cycles: every three years, A 2022, B 2023, C 2024",
        {SMALL: ("criteria:2022.small", "criteria:2023.small", "setting:cycle-length",
                 "setting:cycle-a-year", "setting:cycle-b-year", "setting:cycle-c-year")},
    ),
    "R23": Requirement(
        "Targeted 1-2: all three steps, done independently with SELPA support",
        {TARGETED: STEPS[:3]},
    ),
    "R24": Requirement(
        "Targeted 1-2: a fully developed plan with high-leverage activities for the letter's areas",
        {TARGETED: (f"{HLA}.activities", "plan.measurable-outcomes#letter-areas",
                    f"{HLA}#each-area-has-activity", "case.year")},
    ),
    "R25": Requirement(
        "Targeted 1 is one or two elements missed, Targeted 2 three or more",
        {TARGETED: ("criteria:2023.targeted-1", "criteria:2023.targeted-2",
                    f"{LETTER}#one-or-two-missed", f"{LETTER}#three-or-more-missed")},
    ),
    "R26": Requirement(
        "Targeted 3: disproportionate two years, bottom 11-20 % on an evaluation, bottom 10 % LRE",
        {TARGETED: ("criteria:2023.targeted-3", f"{LETTER}#level-three-reason",
                    f"{LETTER}.targeted-for")},
    ),
    "R27": Requirement(
        "Targeted 1-3 attend every training in the Trainings table",
        {TARGETED: (f"{TRAININGS}.events.attended", f"{TRAININGS}#all-attended",
                    f"{TRAININGS}#trainings-listed")},
    ),
    "R28": Requirement(
        "Targeted 1-3 do all activities of the steps independently with SELPA support",
        {TARGETED: STEPS[:3]},
    ),
    "R29": Requirement(
        "Targeted 1-3 form a CIM Team", {TARGETED: ("gather.cim-team.members",)}
    ),
    "R30": Requirement(
        "Targeted 1-3 do an independent data drill down",
        {TARGETED: ("gather.data-drilldown.indicators",)},
    ),
    "R31": Requirement(
        "Targeted 1-3 review procedural compliance elements tied to the targets or areas in need",
        {TARGETED: ("gather.procedural-review.checks.about",
                    "gather.procedural-review#target-checked",
                    "gather.procedural-review#group-checked")},
    ),
    "R32": Requirement(
        "Targeted 1-3 perform a root cause analysis",
        {TARGETED: ("investigate.root-cause-analysis.root-causes",)},
    ),
    "R33": Requirement(
        "Targeted 1-3 develop an improvement plan",
        {TARGETED: ("plan.measurable-outcomes.outcomes", f"{HLA}.activities", f"{HLA}.steps")},
    ),
    "R34": Requirement(
        "Sig Dis is named in the letter: a race or ethnicity over-identified in one or more areas",
        {SIGDIS: (f"{LETTER}.disproportionate.group", f"{LETTER}.disproportionate.area",
                  f"{LETTER}#groups-and-areas", "case.category")},
    ),
    "R35": Requirement(
        "Areas: discipline; more restrictive placement; Indicator 10; and Indicator 9 (see F1)",
        {SIGDIS: (f"{LETTER}.disproportionate.area", f"{LETTER}.category", "workflow.categories")},
    ),
    "R36": Requirement(
        "The letter names the level and the areas to improve",
        {INTENSIVE: (LETTER, f"{LETTER}.level", f"{LETTER}.elements", "case.level"),
         TARGETED: (LETTER, f"{LETTER}.level", f"{LETTER}.elements", f"{LETTER}.disproportionate"),
         SIGDIS: (LETTER, f"{LETTER}.disproportionate"), SMALL: ("review.letter-intake",)},
    ),
}  # fmt: skip
NUMBERS = [f"R{number}" for number in range(1, 37)]


def found(definitions: Definitions, name: str, place: str) -> Any:
    """What stands at a place of the table.

    Raises:
        LookupError: nothing does.
    """
    workflow = definitions[name]
    kind, _, rest = place.partition(":")
    if kind == "step":
        return workflow.steps[rest]
    if kind == "setting":
        return workflow.settings[rest]
    if kind == "criteria":
        year, _, key = rest.partition(".")
        file = definitions.library.criteria()[int(year)]
        if key == "small":
            assert file.small, "the criteria have no small track"
            return file.small
        return file.placements[key]
    head, _, rest = place.partition(".")
    if head == "workflow":
        value = getattr(workflow.spec, rest.replace("-", "_"))
        assert value, f"{name} has no {rest}"
        return value
    if head == "case":
        facts = {field.spec.fact for field in workflow.fields.values()} | {"year"}
        assert rest in facts | {"workflow"}, f"nothing asks for the {rest} in {name}"
        return rest
    activity_at, _, rule = place.partition("#")
    step, activity_id, *parts = activity_at.split(".")
    activity = workflow.steps[step].activities[activity_id]
    if rule:
        return activity.spec.rules[rule]
    if not parts:
        return activity
    field = activity.fields[parts[0]]
    return field.columns[parts[1]] if len(parts) > 1 else field
