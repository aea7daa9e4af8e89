"""Where cases stand, over a whole folder; and the exit code that says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cim_tui.core.errors import DamagedFile, Exit, NewerFile
from cim_tui.core.progress import Progress, StepProgress
from cim_tui.core.text import clean
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.store import sessions
from cim_tui.store.sessions import Damaged


@dataclass
class Standing:
    """Cases and the files that could not be read. One damaged file never hides the others."""

    cases: list[Case] = field(default_factory=list)
    unreadable: list[Damaged] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    copy_of: dict[str, str] = field(default_factory=dict)
    """By the name of a copy: the id of its case."""
    examples: int = 0
    """Worked examples that were left out."""


def look(
    desk: Desk, wanted: Iterable[str] = (), *, examples: bool = False, archived: bool = False
) -> Standing:
    """Read the cases asked for, or all of the folder.

    Raises:
        NoSession: one that was asked for is not there.
    """
    found = Standing()
    names = list(wanted)
    if names:
        for name in names:
            path = sessions.find(desk.folder.path, name)
            try:
                found.cases.append(desk.take_up(path, sessions.read(path)))
            except (DamagedFile, NewerFile) as wrong:
                line = wrong.line if isinstance(wrong, DamagedFile) else None
                reason = wrong.reason if isinstance(wrong, DamagedFile) else str(wrong)
                found.unreadable.append(Damaged(path, clean(reason), line, int(wrong.exit)))
        return found
    shelf = sessions.shelf(desk.folder.path)
    found.unreadable = shelf.damaged
    found.copies = [path.name for path in shelf.copies]
    found.copy_of = shelf.copy_of
    for stem, session in shelf.sessions.items():
        if session.is_example and not examples:
            found.examples += 1
            continue
        if session.is_archived and not archived:
            continue
        found.cases.append(desk.take_up(desk.folder.path / f"{stem}.toml", session))
    return found


def counts_as(standing: Standing, fail_on: str) -> Exit:
    """The exit code over many cases: the first of damaged, newer, not complete, fine.

    Args:
        standing: what was read.
        fail_on: `incomplete`, `needed`, `overdue` or `damaged`.
    """
    codes = {entry.code for entry in standing.unreadable}
    for code in (Exit.DAMAGED, Exit.NEWER):
        if int(code) in codes:
            return code
    failing = any(_fails(case, fail_on) for case in standing.cases)
    return Exit.INCOMPLETE if failing else Exit.OK


def _fails(case: Case, fail_on: str) -> bool:
    if fail_on == "damaged":
        return False
    if not case.has_definition:
        return fail_on != "overdue"
    progress = case.progress
    if fail_on == "overdue":
        return any(step.late for step in progress.steps.values())
    if fail_on == "needed":
        return progress.count("error") > 0
    return not progress.complete


def session_json(case: Case) -> dict[str, Any]:
    """One case as the shell contract shows it."""
    session = case.session
    facts: dict[str, Any] = {
        "id": session.id,
        "uid": session.uid,
        "path": str(case.path),
        "lea": session.lea,
        "cds": session.at("lea", "cds"),
        "selpa": session.at("lea", "selpa"),
        "year": session.fact("year"),
        "workflow": session.workflow,
        "edition": session.edition,
        "level": session.fact("level"),
        "updated": sessions.updated(case.path),
    }
    if not case.has_definition:
        return {**facts, "complete": False, "steps": [], "next": None, "next_due": None,
                "undated": [], "missing_definition": case.missing}  # fmt: skip
    progress = case.progress
    following, due = progress.next, progress.next_due
    return {
        **facts,
        "complete": progress.complete,
        "steps": [step_json(step) for step in progress.steps.values()],
        "next": {"address": following.address, "label": following.label} if following else None,
        "next_due": {"date": iso(due.due), "what": due.step.title} if due else None,
        "undated": progress.undated,
        "parked": len(progress.parked),
    }


def step_json(step: StepProgress) -> dict[str, Any]:
    """One step as the shell contract shows it."""
    return {
        "id": step.step.id,
        "number": step.step.number,
        "title": step.step.title,
        "state": step.state,
        "activities": {"complete": step.activities.met, "of": step.activities.of},
        "errors": step.count("error"),
        "warnings": step.count("warning"),
        "waived": step.waived,
        "due": iso(step.due),
        "due_source": step.due_source or None,
        "late": step.late,
        "signatures": [line.as_json() for line in step.signatures],
        "submitted": _submission(step),
        "changed_since_submission": step.changed_since_submission,
        "cde": _answer(step),
        "review": None,
        "waiting_on": waiting_on(step),
    }


def _submission(step: StepProgress) -> dict[str, Any] | None:
    found = step.submitted
    if found is None:
        return None
    return {"on": iso(found.get("on")), "ref": found.get("ref"), "open": found.get("open", [])}


def _answer(step: StepProgress) -> dict[str, Any] | None:
    found = step.cde
    if found is None:
        return None
    return {"verdict": found.get("cde"), "on": iso(found.get("on")), "note": found.get("note")}


def waiting_on(step: StepProgress) -> str | None:
    """Whose turn it is: the district's, a signer's, or CDE's; None when nobody waits."""
    if step.cde is not None:
        return "district" if step.cde.get("cde") == "returned" else None
    if step.submitted is not None:
        return "cde"
    if step.state in ("not-required", "elsewhere"):
        return None
    if step.state == "done" and any(s.required and not s.current for s in step.signatures):
        return "signatures"
    return None if step.closed else "district"


def turn(progress: Progress) -> str:
    """Whose turn it is in a whole case, in a word."""
    for step in progress.steps.values():
        who = waiting_on(step)
        if who == "cde" and all(later.closed for later in progress.steps.values()):
            return "CDE"
        if who in ("district", "signatures"):
            return "district" if who == "district" else "signers"
    return "nobody"


def iso(day: Any) -> str | None:
    """A date as ISO text; None for anything else."""
    return day.isoformat() if isinstance(day, date) else None
