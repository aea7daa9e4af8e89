"""What people do with a step: mark it done, reopen, sign, submit, accept as is, assign.

Only *done* and *sign* may refuse, and they say everything that is missing at once. Both gates
stand here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cim_tui.core.content import content_hash, signatures_of
from cim_tui.core.errors import UnknownAddress, UsageError
from cim_tui.core.problems import Problem
from cim_tui.core.progress import StepProgress
from cim_tui.core.session import new_id
from cim_tui.core.text import clean, one_line, shorten
from cim_tui.core.workflow import Activity, Step
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.reading import fingerprint

HOW = ("paper", "meeting", "here")


@dataclass(frozen=True)
class Refused:
    """A gate stayed shut; everything that keeps it shut."""

    problems: tuple[Problem, ...]
    why: str


@dataclass(frozen=True)
class Done:
    """It is done; what is worth saying."""

    progress: StepProgress | None = None
    good_practice_open: int = 0


def step_of(case: Case, name: str) -> Step:
    """A step by its id or number.

    Raises:
        UnknownAddress: with the steps there are.
    """
    for step in case.workflow.steps.values():
        if name in (step.id, str(step.number)):
            return step
    known = ", ".join(case.workflow.steps)
    raise UnknownAddress(f"There is no step “{shorten(name, 40)}”; the steps are {known}")


def part_of(case: Case, address: str) -> Step | Activity:
    """A step, or an activity as STEP.ACTIVITY (the step may be left out).

    Raises:
        UnknownAddress: with the nearest ones.
    """
    parts = address.split(".")
    if len(parts) == 1 and parts[0] not in case.workflow.activities:
        return step_of(case, address)
    activity = case.workflow.activities.get(parts[-1])
    if activity is not None and address in (activity.id, activity.address):
        return activity
    near = ", ".join(case.workflow.suggest(address))
    hint = f"; did you mean {near}?" if near else ""
    raise UnknownAddress(f"There is no step or activity “{shorten(address, 60)}”{hint}")


def mark_done(case: Case, step: Step, desk: Desk, *, by: str = "") -> Done | Refused:
    """Mark a step done, or say everything needed that is missing."""
    progress = case.progress.steps[step.id]
    missing = tuple(p for p in progress.problems if p.open and p.severity == "error")
    if missing:
        return Refused(missing, f"{step.title} is not complete")
    if progress.state == "not-required":
        return Refused((), f"{step.title} asks nothing of this case")
    entry = {
        "by": by or desk.by,
        "on": desk.today,
        "content": content_hash(case.situation, step),
        "open-good-practice": progress.count("warning"),
    }
    session = case.session.with_entry(("done", step.id), entry)
    session = session.with_entry(("reopened", step.id), None)
    case.apply(session, what=f"{step.title} marked done")
    return Done(case.progress.steps[step.id], progress.count("warning"))


def reopen(case: Case, step: Step, reason: str, desk: Desk) -> None:
    """Take back that a step is done, or was done elsewhere; the sign-offs stay on record."""
    if not one_line(reason):
        raise UsageError("Say why the step is reopened")
    was_done = case.session.at("done", step.id)
    if was_done is None and case.session.at("elsewhere", step.id) is None:
        raise UsageError(f"{step.title} is not marked done; there is nothing to reopen")
    session = case.session.with_entry(("done", step.id), None)
    session = session.with_entry(("elsewhere", step.id), None)
    entry = {"by": desk.by, "on": desk.today, "reason": clean(reason)}
    case.apply(session.with_entry(("reopened", step.id), entry), what=f"{step.title} reopened")


def mark_elsewhere(
    case: Case, part: Step | Activity, where: str, on: date, desk: Desk, link: str = ""
) -> None:
    """Record that a step or activity was done outside this program."""
    if not one_line(where):
        raise UsageError("Say where it was done")
    entry: dict[str, Any] = {"where": one_line(where), "on": on, "by": desk.by}
    if link:
        entry["link"] = one_line(link)
    scope = part.id if isinstance(part, Step) else part.address
    case.apply(case.session.with_entry(("elsewhere", scope), entry), what="done elsewhere")


def not_elsewhere(case: Case, part: Step | Activity) -> None:
    """Take back that something was done elsewhere."""
    scope = part.id if isinstance(part, Step) else part.address
    case.apply(case.session.with_entry(("elsewhere", scope), None), what="done here after all")


@dataclass(frozen=True)
class Signing:
    """What a person says when they sign."""

    name: str
    role: str
    on: date
    how: str = "paper"
    evidence: str = ""


def sign(case: Case, part: Step | Activity, signing: Signing, desk: Desk) -> Done | Refused:
    """Record a sign-off over what stands there now, or say what is missing first.

    Raises:
        UsageError: no such role signs here, no name, or a way of signing that does not exist.
    """
    lines = {line.role: line for line in signatures_of(case.situation, part)}
    if signing.role not in lines:
        roles = ", ".join(lines) or "nobody"
        title = part.title
        raise UsageError(f"“{shorten(signing.role, 40)}” does not sign {title}; it takes: {roles}")
    if not one_line(signing.name):
        raise UsageError("Say who signed")
    if signing.how not in HOW:
        raise UsageError(f"A sign-off is made on {', '.join(HOW)}, not “{signing.how}”")
    if refused := _keeps_from_signing(case, part):
        return refused
    session = case.session
    key = new_id(desk.chance, session.at("signoffs"))
    entry = {
        "scope": part.id if isinstance(part, Step) else part.address,
        "role": signing.role,
        "name": one_line(signing.name),
        "on": signing.on,
        "how": signing.how,
        "recorded-by": desk.by,
        "recorded-on": desk.today,
        "content": content_hash(case.situation, part),
    }
    if signing.evidence:
        entry["evidence"] = one_line(signing.evidence)
        entry |= fingerprint(case.path.parent, signing.evidence)
    case.apply(session.with_entry(("signoffs", key), entry), what="a sign-off")
    step = part if isinstance(part, Step) else part.step
    return Done(case.progress.steps[step.id])


def _keeps_from_signing(case: Case, part: Step | Activity) -> Refused | None:
    """A step is signed after it is done; an activity when nothing but signatures is missing."""
    if isinstance(part, Activity):
        check = case.progress.checks[part.address]
        missing = tuple(p for p in check.open("error") if not p.rule.startswith("signature-"))
        return Refused(missing, f"{part.title} is not complete") if missing else None
    progress = case.progress.steps[part.id]
    missing = tuple(p for p in progress.problems if p.open and p.severity == "error")
    if missing:
        return Refused(missing, f"{part.title} is not complete")
    if case.session.at("done", part.id) is None and progress.state != "elsewhere":
        return Refused((), f"{part.title} is complete, but not marked done yet; mark it done first")
    return None


def submit(case: Case, step: Step, on: date, desk: Desk, ref: str = "") -> Done:
    """Record what was sent to the state: never refused, and it sends nothing itself."""
    progress = case.progress.steps[step.id]
    still_open = [p.address for p in progress.problems if p.open and p.severity == "error"]
    entry: dict[str, Any] = {
        "step": step.id,
        "on": on,
        "by": desk.by,
        "content": content_hash(case.situation, step),
        "open": still_open,
    }
    if ref:
        entry["ref"] = one_line(ref)
    key = new_id(desk.chance, case.session.at("submissions"))
    case.apply(case.session.with_entry(("submissions", key), entry), what="a submission")
    return Done(case.progress.steps[step.id], len(still_open))


def take_back_submission(case: Case, step: Step) -> None:
    """Take back the last thing recorded about the state's portal: it was entered by mistake."""
    own = [
        key for key, entry in case.session.records("submissions") if entry.get("step") == step.id
    ]
    if not own:
        raise UsageError(f"Nothing is recorded as submitted for {step.title}")
    case.apply(case.session.with_entry(("submissions", own[-1]), None), what="a record taken back")


def record_answer_of_cde(
    case: Case, step: Step, verdict: str, on: date, desk: Desk, note: str = ""
) -> Done:
    """Record what came back from the state: accepted, or returned."""
    if verdict not in ("accepted", "returned"):
        raise UsageError(f"CDE's answer is accepted or returned, not “{shorten(verdict, 30)}”")
    entry: dict[str, Any] = {"step": step.id, "cde": verdict, "on": on, "by": desk.by}
    if note:
        entry["note"] = clean(note)
    key = new_id(desk.chance, case.session.at("submissions"))
    case.apply(case.session.with_entry(("submissions", key), entry), what="CDE's answer")
    return Done(case.progress.steps[step.id])


def waive(
    case: Case, address: str, rule: str, reason: str, desk: Desk, until: date | None = None
) -> None:
    """Accept something open as is, with who, why and until when.

    Raises:
        UsageError: nothing like that is open, or the state asks for it.
    """
    if not one_line(reason):
        raise UsageError("Say why it is accepted as is")
    here = [p for p in case.progress.problems if p.address == address and p.open]
    fits = [p for p in here if p.rule == rule]
    if not fits:
        rules = ", ".join(sorted({p.rule for p in here})) or "nothing"
        raise UsageError(f"“{shorten(rule, 40)}” is not open at {address}; open there: {rules}")
    if not fits[0].waivable:
        source = fits[0].source
        why = f"it was published ({source.at})" if source.tag == "published" else "it is needed"
        raise UsageError(f"This cannot be accepted as is: {why}")
    entry: dict[str, Any] = {"address": address, "rule": rule, "reason": clean(reason)}
    entry |= {"by": desk.by, "on": desk.today}
    if until is not None:
        entry["until"] = until
    key = new_id(desk.chance, case.session.at("waivers"))
    case.apply(case.session.with_entry(("waivers", key), entry), what="accepted as is")


def unwaive(case: Case, address: str, rule: str) -> None:
    """Take back that something is accepted as is."""
    session, found = case.session, False
    for key, entry in list(session.records("waivers")):
        if entry.get("address") == address and entry.get("rule") == rule:
            session, found = session.with_entry(("waivers", key), None), True
    if not found:
        raise UsageError(f"Nothing is accepted as is at {address} under “{shorten(rule, 40)}”")
    case.apply(session, what="open again")


def assign(
    case: Case,
    part: Step | Activity,
    owner: str | None = None,
    **dates: date | None,
) -> None:
    """Say who carries a step or an activity, by when, and the date the state set.

    Args:
        case: the open case.
        part: a step or an activity.
        owner: a name; one on the roster is kept as its row. Empty takes the owner away.
        dates: `target`, the team's own date, and `due`, the date the state set; what is not
            named stays, None takes it away.
    """
    at = ("step", part.id) if isinstance(part, Step) else ("activity", part.step.id, part.id)
    session = case.session
    if owner is not None:
        session = session.with_entry((*at, "owner"), owner_key(case, owner) or None)
    for name, day in dates.items():
        session = session.with_entry((*at, name), day)
    case.apply(session, what="owner or date")


def owner_key(case: Case, name: str) -> str:
    """A roster row's id for a name that is on the roster; else the name itself."""
    wanted = one_line(name)
    roster = case.workflow.roster
    for row in case.situation.live_rows(roster).values() if roster else ():
        if str(row.cells.get("name", "")).casefold() == wanted.casefold():
            return row.id
    return wanted
