"""A new case: what the letter says, and where the district is now."""

from __future__ import annotations

from cim_tui.core.errors import CimError, UsageError
from cim_tui.core.workflow import Workflow
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase, start
from cim_tui.tui.screens.ask import Ask, Question

SAYS = (
    "The Annual Determination Letter names the process and the level; follow the letter. "
    "Everything here can be corrected later."
)


def wizard(desk: Desk) -> Ask:
    """The form that starts a case; its result is the path of the new file.

    Raises:
        UsageError: no process can be used; says why.
    """
    workflows, broken = usable(desk)
    if not workflows:
        raise UsageError(" ".join(["There is no process to start.", *broken]))
    letters: dict[str, str] = {}
    for name, workflow in workflows.items():
        if not workflow.spec.levels or not workflow.spec.level_required:
            letters[name] = f"{workflow.title}, no level named"
        for key, level in workflow.spec.levels.items():
            letters[f"{name}|{key}"] = level.title
    first = next(iter(workflows.values()))
    starts = {"": "At the beginning"}
    for step in list(first.steps.values())[1:]:
        starts[step.id] = f"In step {step.number}, {step.title}; the steps before are done"
    questions = [
        Question("letter", "What does the letter say", "choice", choices=letters),
        Question("lea", "District, county office or charter", hint="as the letter names it"),
        Question("year", "Year of the letter", value=str(desk.today.year), hint="four digits"),
        Question("cds", "CDS code", hint="7 or 14 digits; may be left empty"),
        Question("selpa", "SELPA", hint="may be left empty"),
        Question("start", "Where are you now", "choice", choices=starts),
    ]

    def accept(answers: dict[str, str]) -> str:
        workflow, _, level = answers["letter"].partition("|")
        if not answers["lea"].strip():
            raise UsageError("Enter the name of the district")
        if not answers["year"].strip().isdecimal():
            raise UsageError("Enter the year of the letter in four digits, such as 2025")
        case = start(
            desk,
            NewCase(
                lea=answers["lea"], workflow=workflow, year=int(answers["year"]), level=level,
                cds=answers["cds"], selpa=answers["selpa"], start_at=answers["start"],
            ),
        )  # fmt: skip
        return str(case.path)

    says = "\n".join([SAYS, *(f"Left out: {why}" for why in broken)])
    return Ask("Start a new case", questions, accept, says=says, button="Start the case")


def usable(desk: Desk) -> tuple[dict[str, Workflow], list[str]]:
    """The processes that can be started, and what is wrong with the others."""
    found: dict[str, Workflow] = {}
    broken = []
    for name in desk.library.workflow_ids():
        try:
            found[name] = desk.library.workflow(name)
        except CimError as wrong:
            broken.append(str(wrong))
    return found, broken
