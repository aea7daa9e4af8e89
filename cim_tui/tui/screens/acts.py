"""What people do with a step or an activity on screen: each asks what it needs, then acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cim_tui.core.content import signatures_of
from cim_tui.core.errors import CimError
from cim_tui.core.text import shorten
from cim_tui.core.values import parse_date
from cim_tui.core.words import AFTER_DONE, STEP_STATE, counted
from cim_tui.core.workflow import Activity, Step
from cim_tui.service import work
from cim_tui.service.reading import owner_name
from cim_tui.service.standing import iso
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.base import CaseScreen
from cim_tui.tui.screens.check import Check, Completed

if TYPE_CHECKING:
    from cim_tui.tui.screens.undefined import Undefined


def mark_done(screen: CaseScreen) -> None:
    """Have you completed this step?"""
    step = screen.step
    progress = screen.case.progress.steps[step.id]
    if progress.count("error"):
        title = f"{step.title} is not complete yet"
        screen.app.push_screen(Check(screen.case, step, None, title), screen.jump)
    elif progress.state in ("done", "signed"):
        screen.cim.tell(f"{step.title} is marked done already; e reopens it")
    else:
        screen.app.push_screen(Completed(progress), lambda yes: _done(screen, step, yes=yes))


def _done(screen: CaseScreen, step: Step, *, yes: bool | None) -> None:
    if not yes:
        return
    outcome = work.mark_done(screen.case, step, screen.cim.desk, by=screen.cim.who)
    if isinstance(outcome, work.Refused):
        screen.cim.tell(outcome.why, "error")
        return
    # Where the cursor decides which step is meant, it may be another one by now.
    state = screen.case.progress.steps[step.id].state
    screen.after_change(f"{step.title}: {STEP_STATE[state]}. {AFTER_DONE}")


def reopen(screen: CaseScreen) -> None:
    """Take back that the step is done."""
    step = screen.step

    def accept(answers: dict[str, str]) -> None:
        work.reopen(screen.case, step, answers["reason"], screen.cim.desk)
        screen.after_change(f"{step.title} is reopened")

    questions = [Question("reason", "Why", "text")]
    screen.app.push_screen(Ask(f"Reopen {step.title}", questions, accept, button="Reopen"))


def sign(screen: CaseScreen) -> None:
    """Record who signed."""
    part = signed_part(screen)
    lines = signatures_of(screen.case.situation, part)
    if not lines:
        screen.cim.tell(f"Nobody signs {part.title}")
        return
    roles = {
        line.role: line.title
        + (f" · signed by {line.name} {iso(line.on)}" if line.current else "")
        + ("" if line.required else " · optional")
        for line in lines
    }
    questions = [
        Question("role", "Who signs", "choice", choices=roles),
        Question("name", "Name"),
        Question("on", "When", value=screen.cim.desk.today.isoformat()),
        Question("how", "How", "choice", choices={
            "paper": "On paper", "meeting": "In a meeting", "here": "Here, on this screen"}),
        Question("evidence", "The signed page", hint="a file or a link, if there is one"),
        Question("by", "Recorded by", value=screen.cim.who, hint="you"),
    ]  # fmt: skip

    def accept(answers: dict[str, str]) -> None:
        on = parse_date(answers["on"])
        screen.cim.who = answers["by"].strip() or screen.cim.who
        signing = work.Signing(
            answers["name"], answers["role"], on, answers["how"], answers["evidence"]
        )
        outcome = work.sign(screen.case, part, signing, screen.cim.desk_of_who())
        if isinstance(outcome, work.Refused):
            raise CimError(refusal(outcome))
        screen.after_change(f"{part.title} is signed. {AFTER_DONE}")

    says = f"A sign-off covers what stands in {part.title} now."
    screen.app.push_screen(Ask(f"Sign {part.title}", questions, accept, says=says, button="Sign"))


def signed_part(screen: CaseScreen) -> Step | Activity:
    """What is signed here: the activity when it takes signatures, else the step."""
    activity = screen.activity
    if activity is not None and activity.spec.signatures:
        return activity
    return screen.step


def submit(screen: CaseScreen) -> None:
    """Record what went to the state, and what came back."""
    step = screen.step
    kinds = {"sent": "We sent it to CDE", "accepted": "CDE accepted it",
             "returned": "CDE returned it"}  # fmt: skip
    questions = [
        Question("what", "What happened", "choice", choices=kinds),
        Question("on", "When", value=screen.cim.desk.today.isoformat()),
        Question("ref", "Reference in the portal", hint="if there is one"),
        Question("note", "What CDE wrote", "text"),
    ]

    def accept(answers: dict[str, str]) -> None:
        on = parse_date(answers["on"])
        desk = screen.cim.desk_of_who()
        if answers["what"] == "sent":
            done = work.submit(screen.case, step, on, desk, answers["ref"])
            still = f"; {done.good_practice_open} needed were open"
            screen.after_change("Recorded" + (still if done.good_practice_open else ""))
        else:
            work.record_answer_of_cde(screen.case, step, answers["what"], on, desk, answers["note"])
            screen.after_change("Recorded")

    says = "This records a fact about the state's portal. It sends nothing itself."
    screen.app.push_screen(
        Ask(f"Submission of {step.title}", questions, accept, says=says, button="Record")
    )


def elsewhere(screen: CaseScreen) -> None:
    """Record that it was done outside this program."""
    part = screen.activity or screen.step
    scope = part.id if isinstance(part, Step) else part.address
    if screen.case.session.at("elsewhere", scope) is not None:
        work.not_elsewhere(screen.case, part)
        screen.after_change(f"{part.title}: done here after all")
        return
    questions = [
        Question("where", "Where it was done", hint="a county survey, another plan"),
        Question("on", "When", value=screen.cim.desk.today.isoformat()),
        Question("link", "Link", hint="where it can be read, if it can"),
    ]

    def accept(answers: dict[str, str]) -> None:
        on = parse_date(answers["on"])
        desk = screen.cim.desk_of_who()
        work.mark_elsewhere(screen.case, part, answers["where"], on, desk, answers["link"])
        screen.after_change(f"{part.title}: done elsewhere")

    screen.app.push_screen(Ask(f"{part.title}: done elsewhere", questions, accept))


def assign(screen: CaseScreen) -> None:
    """Owner, target date, due date."""
    part = screen.activity or screen.step
    at = ("step", part.id) if isinstance(part, Step) else ("activity", part.step.id, part.id)
    session = screen.case.session
    questions = [
        Question("owner", "Who carries it", value=owner_name(screen.case, part),
                 hint="a name, from the roster or free"),
        Question("target", "Your own date", value=iso(session.at(*at, "target")) or ""),
        Question("due", "The date the state set", value=iso(session.at(*at, "due")) or "",
                 hint="from the letter or the portal"),
    ]  # fmt: skip

    def accept(answers: dict[str, str]) -> None:
        target = parse_date(answers["target"]) if answers["target"].strip() else None
        due = parse_date(answers["due"]) if answers["due"].strip() else None
        work.assign(screen.case, part, answers["owner"], target=target, due=due)
        screen.after_change()

    screen.app.push_screen(Ask(f"{part.title}: owner and dates", questions, accept))


def save_copy(screen: CaseScreen | Undefined) -> None:
    """Write the case into a file somewhere else."""

    def accept(answers: dict[str, str]) -> None:
        screen.cim.save_copy(screen.case, answers["path"])

    question = Question("path", "File for the copy", hint="a path ending in .toml")
    screen.app.push_screen(Ask("Save a copy elsewhere", [question], accept, button="Save it"))


def refusal(outcome: work.Refused) -> str:
    """A refusal in a few lines: everything that is missing, the first ones by name."""
    lines = [outcome.why]
    lines += [f"• {shorten(p.message, 70)}" for p in outcome.problems[:8]]
    if len(outcome.problems) > 8:
        lines.append(f"and {counted(len(outcome.problems) - 8, 'more', 'more')}: F4 shows all")
    return "\n".join(lines)
