"""Correcting what a case is about: district, process, year, level and the rest of the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cim_tui.core.errors import UsageError
from cim_tui.service.start import NAMES, Preview, correct, take
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.wizard import usable

if TYPE_CHECKING:
    from cim_tui.tui.screens.base import CaseScreen

SAYS = "Nothing is lost: what is no longer asked is kept aside, and returns when it is asked again."


def correcting(screen: CaseScreen) -> Ask:
    """The facts of a case in a form; its result is a preview of what the correction would do."""
    case = screen.case
    session, spec = case.session, case.workflow.spec
    titles = {name: workflow.title for name, workflow in usable(screen.cim.desk)[0].items()}
    titles.setdefault(case.workflow.id, case.workflow.title)
    questions = [
        Question("lea", "District", value=session.lea),
        Question("cds", "CDS code", value=str(session.at("lea", "cds") or "")),
        Question("selpa", "SELPA", value=str(session.at("lea", "selpa") or "")),
        Question("year", "Year of the letter", value=str(session.fact("year") or "")),
        Question("workflow", "Process", "choice", case.workflow.id, choices=titles),
    ]
    options: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        ("level", "Level", spec.levels), ("entry", "What is filed", spec.entries),
        ("category", "Area", spec.categories), ("cycle", "Cycle", spec.cycles),
    )  # fmt: skip
    for fact, label, known in options:
        if known:
            choices = {"": "Not named"} | {key: option.title for key, option in known.items()}
            value = str(session.fact(fact) or "")
            questions.append(Question(fact, label, "choice", value, choices=choices))

    def accept(answers: dict[str, str]) -> Preview:
        facts = {q.id: answers[q.id] for q in questions if answers[q.id] != q.value}
        if not facts:
            raise UsageError("Nothing was changed")
        if "workflow" in facts:  # what the other process does not know is asked there
            facts = {name: facts[name] for name in (*NAMES, "year", "workflow") if name in facts}
        return correct(case, facts, screen.cim.desk)

    return Ask("Facts of this case", questions, accept, says=SAYS, button="See what changes")


def previewing(screen: CaseScreen, preview: Preview) -> Ask:
    """What a correction would do, and the question whether to do it."""

    def accept(answers: dict[str, str]) -> None:
        del answers
        take(screen.case, preview, screen.cim.desk)

    lines = preview.in_words() or ["No question begins or ends, no answer is kept aside."]
    return Ask("This changes what the case owes", [], accept, says="\n".join(lines),
               button="Correct it", back="leaves as it was")  # fmt: skip
