"""The sentences of a paper, the same in every format that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cim_tui.core.words import AFTER_DONE, counted, long_date
from cim_tui.reports.paper import (
    Act,
    ActivityReport,
    Answer,
    Citation,
    Elsewhere,
    OpenItem,
    Paper,
    Signatory,
    StepReport,
)

NOT_ANSWERED = "not answered"
NOTHING_ENTERED = "Nothing is entered yet."
NOTHING_OPEN = "Nothing is open."
ASKED = "Where the requirements come from"
BLANK = "____________________"


def notices(paper: Paper) -> Iterator[str]:
    """What a reader has to know before the first page."""
    if paper.working_copy:
        yield (
            "This working copy shows personal details and small counts of children. It stays "
            "inside the district."
        )
    elif paper.withheld:
        yield (
            f"{counted(paper.withheld, 'answer')} withheld: personal details, counts of ten and "
            "under, and what would give them back."
        )
    else:
        yield "Shared copy: nothing had to be withheld."
    if paper.kept_aside:
        yield (
            f"{counted(paper.kept_aside, 'answer')} kept aside, because nothing asks for "
            f"{'it' if paper.kept_aside == 1 else 'them'} now, and left out of this paper."
        )
    yield AFTER_DONE.replace("This", "This paper", 1)


def answered(answer: Answer) -> str:
    """An answer as it stands on paper; a coded absence with its note."""
    if not answer.asked and not answer.text:
        return "–"
    if answer.is_open:
        return NOT_ANSWERED
    return f"{answer.text}: {answer.note}" if answer.note else answer.text


def source(citation: Citation) -> str:
    """Where a requirement comes from, up to its address.

    What was not published is compared with a page, never said to stand there.
    """
    words = f"{citation.words} (the address is a copy)" if citation.is_copy else citation.words
    if not citation.at:
        return words
    return f"{words}, " if citation.tag == "published" else f"{words}; compare "


def by_source(activity: ActivityReport) -> Iterator[tuple[Citation, str]]:
    """What an activity asks for, gathered by where it comes from."""
    found: dict[Citation, list[str]] = {}
    for asked in activity.asked:
        found.setdefault(replace(asked.source, note=""), []).append(f"{asked.label} ({asked.word})")
    for citation, labels in found.items():
        yield citation, "; ".join(labels)


def step_facts(step: StepReport) -> Iterator[str]:
    """Where a step stands, in a line of short parts."""
    yield f"{step.glyph} {step.state}"
    yield f"{step.done} activities complete"
    yield f"needed {step.needed}"
    yield f"good practice {step.good}"
    yield due(step)
    yield from _carried(step.owner, step.target)


def due(step: StepReport) -> str:
    """The due date of a step with where it comes from, or that none was entered."""
    if step.due is None:
        return step.due_words
    return f"due {step.due_words}" + (f", {step.due_from}" if step.due_from else "")


def activity_facts(activity: ActivityReport) -> Iterator[str]:
    """Where an activity stands, in a line of short parts."""
    yield f"{activity.glyph} {activity.state}"
    if not activity.applies:
        if activity.why:
            yield f"because {activity.why}"
        return
    yield f"needed {activity.needed}"
    yield f"good practice {activity.good}"
    yield "required" if activity.required else "optional"
    yield activity.support
    if activity.due is not None:
        yield f"due {long_date(activity.due)}"
    yield from _carried(activity.owner, activity.target)


def _carried(owner: str, target: date | None) -> Iterator[str]:
    if owner:
        yield f"carried by {owner}"
    if target is not None:
        yield f"own target {long_date(target)}"


def elsewhere(done: Elsewhere) -> str:
    """Where, when and by whom something was done outside this program."""
    return _told(f"Done elsewhere: {done.where}", done.on, f"entered by {done.by}" * bool(done.by))


def act(done: Act) -> str:
    """What was done with a step, when, by whom."""
    told = _told(done.what, done.on, f"entered by {done.by}" * bool(done.by))
    return f"{told}: {done.note}" if done.note else told


def _told(what: str, on: date | None, by: str) -> str:
    return ", ".join(part for part in (what, long_date(on) if on else "", by) if part)


def weight(problem: OpenItem) -> str:
    """How much something open weighs; or that it was accepted as is."""
    if problem.accepted is not None:
        return "✓ accepted as is"
    return f"{problem.mark} {problem.word}"


def accepted(problem: OpenItem) -> str:
    """Who accepted it, why and until when; empty for what is open."""
    if problem.accepted is None:
        return ""
    told = f"accepted by {problem.accepted.by}"
    if problem.accepted.reason:
        told += f": {problem.accepted.reason}"
    until = problem.accepted.until
    return told + (f" (until {long_date(until)})" if until else "")


def signed(line: Signatory) -> tuple[str, str]:
    """Name and date of a signature that holds; blanks for one that is still to come."""
    if not line.current:
        return BLANK, BLANK
    return line.name, long_date(line.on) if line.on else BLANK


def signature_note(line: Signatory) -> str:
    """What a reader has to know about a line to sign on."""
    if line.current:
        return "signed"
    if line.changed:
        on = f" of {long_date(line.on)}" if line.on else ""
        return f"changed since sign-off{on} by {line.name}; to be signed again"
    return "to be signed" if line.required else "optional"


def open_first(problems: tuple[OpenItem, ...]) -> list[OpenItem]:
    """Needed first, then good practice, notes, and what was accepted as is."""
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(problems, key=lambda p: (p.accepted is not None, order[p.severity]))
