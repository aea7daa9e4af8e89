"""Where a case stands: one pure function for the screen, the shell and the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from cim_tui.core.check import check_activity
from cim_tui.core.content import SignatureLine, content_hash, signatures_of
from cim_tui.core.problems import ActivityCheck, Count, Parked, Problem
from cim_tui.core.session import day
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Activity, Step, Workflow


@dataclass(frozen=True)
class StepProgress:
    """One step: its state and its counts."""

    step: Step
    state: str
    """A key of `words.STEP_STATE`."""
    required: bool
    activities: Count
    checks: tuple[ActivityCheck, ...]
    signatures: tuple[SignatureLine, ...]
    due: date | None
    due_source: str
    submitted: Mapping[str, Any] | None
    cde: Mapping[str, Any] | None
    changed_since_submission: bool
    late: bool

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything open or accepted in the step, in the order of the form."""
        return [p for check in self.checks for p in check.problems]

    def count(self, severity: str) -> int:
        """Open problems of one severity."""
        return sum(p.open and p.severity == severity for p in self.problems)

    @property
    def waived(self) -> int:
        """Problems accepted as is."""
        return sum(not p.open for p in self.problems)

    @property
    def closed(self) -> bool:
        """Nothing more is asked here: done, or elsewhere with nothing open, or not required."""
        if self.state == "not-required":
            return True
        if self.state == "elsewhere":
            return self.count("error") == 0
        return self.state == "signed" or (self.state == "done" and not self._unsigned)

    @property
    def _unsigned(self) -> bool:
        return any(line.required and not line.current for line in self.signatures)


@dataclass(frozen=True)
class Progress:
    """A whole case, checked."""

    situation: Situation
    steps: dict[str, StepProgress]
    checks: dict[str, ActivityCheck]
    """By the activity's address."""

    @property
    def complete(self) -> bool:
        """Every required step done, and signed where signatures are required."""
        return all(step.closed for step in self.steps.values())

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything open or accepted, in the order of the process."""
        return [p for step in self.steps.values() for p in step.problems]

    def count(self, severity: str) -> int:
        """Open problems of one severity, over required steps."""
        return sum(step.count(severity) for step in self.steps.values())

    @property
    def parked(self) -> list[Parked]:
        """Answers that are kept but do not count."""
        own = [p for check in self.checks.values() for p in check.parked]
        return own + strays(self.situation)

    @property
    def current(self) -> StepProgress | None:
        """The first step that is not closed."""
        return next((step for step in self.steps.values() if not step.closed), None)

    @property
    def next(self) -> Problem | None:
        """The next thing to do: the first open needed problem of the current step, then others."""
        for severity in ("error", "warning"):
            for step in self.steps.values():
                if step.closed or step.state == "not-required":
                    continue
                for problem in step.problems:
                    if problem.open and problem.severity == severity:
                        return problem
        return None

    @property
    def next_due(self) -> StepProgress | None:
        """The open step whose due date comes first."""
        dated = [s for s in self.steps.values() if s.due and not s.closed and not s.submitted]
        return min(dated, key=lambda s: s.due or date.max, default=None)

    @property
    def undated(self) -> list[str]:
        """Open required steps for which no due date was entered."""
        return [
            s.step.id
            for s in self.steps.values()
            if s.due is None and s.state != "not-required" and not s.closed
        ]


def strays(situation: Situation) -> list[Parked]:
    """Answers to questions of activities that are not in this process."""
    answers = situation.session.at("answers")
    known = {activity.address for activity in situation.workflow.each_activity()}
    return [
        Parked(f"{step}.{activity}.{name}", str(name), "this process has no such activity")
        for step, activities in (answers.items() if isinstance(answers, Mapping) else ())
        for activity, fields in (activities.items() if isinstance(activities, Mapping) else ())
        for name in (fields if isinstance(fields, Mapping) else ())
        if f"{step}.{activity}" not in known
    ]


def assess(
    situation: Situation, before: Progress | None = None, changed: tuple[str, ...] = ()
) -> Progress:
    """Check a case and say where it stands.

    Args:
        situation: the workflow, the session and the day.
        before: the last result on the same workflow and day, to reuse what cannot have changed.
        changed: addresses that changed since; an address outside the answers re-checks all.

    Returns:
        The same as without `before`, always.
    """
    stale = affected(situation.workflow, changed) if before is not None else None
    checks: dict[str, ActivityCheck] = {}
    for activity in situation.workflow.each_activity():
        old = before.checks.get(activity.address) if before is not None else None
        if old is None or stale is None or activity.id in stale:
            checks[activity.address] = check_activity(situation, activity)
        else:
            checks[activity.address] = old
    steps: dict[str, StepProgress] = {}
    for step in situation.workflow.steps.values():
        steps[step.id] = _step(situation, step, checks, steps)
    return Progress(situation, steps, checks)


def _step(
    situation: Situation,
    step: Step,
    checks: Mapping[str, ActivityCheck],
    earlier: Mapping[str, StepProgress],
) -> StepProgress:
    own = tuple(checks[a.address] for a in step.activities.values())
    counted = [c for c in own if c.required and c.state != "not-applicable"]
    signatures = tuple(signatures_of(situation, step))
    submitted, cde = _submissions(situation, step)
    due, source = due_date(situation, step)
    state = _state(situation, step, own, counted, signatures, earlier)
    finished = submitted is not None or state in ("done", "signed", "elsewhere", "not-required")
    return StepProgress(
        step=step,
        state=state,
        required=bool(counted) and situation.step_required(step),
        activities=Count(sum(c.complete for c in counted), len(counted)),
        checks=own,
        signatures=signatures,
        due=due,
        due_source=source,
        submitted=submitted,
        cde=cde,
        changed_since_submission=submitted is not None
        and submitted.get("content") != content_hash(situation, step),
        late=due is not None and due < situation.today and not finished,
    )


def _state(
    situation: Situation,
    step: Step,
    own: tuple[ActivityCheck, ...],
    counted: list[ActivityCheck],
    signatures: tuple[SignatureLine, ...],
    earlier: Mapping[str, StepProgress],
) -> str:
    """The first that fits, in the order of the shell contract."""
    session = situation.session
    errors = any(c.open("error") for c in own)
    done = session.at("done", step.id) is not None
    required = [line for line in signatures if line.required]
    if not counted or not situation.step_required(step):
        return "not-required"
    if session.at("elsewhere", step.id) is not None:
        return "elsewhere"
    if any(line.name and not line.current for line in signatures):
        return "changed-since-sign-off"
    if session.at("reopened", step.id) is not None or (done and errors):
        return "reopened"
    if done and required and all(line.current for line in required):
        return "signed"
    if done:
        return "done"
    touched = any(c.touched or c.state == "elsewhere" for c in own)
    if not errors and touched:
        return "ready"
    if touched:
        return "in-progress"
    waiting = any(
        earlier[name].state not in ("done", "signed", "elsewhere", "not-required")
        for name in step.depends_on
        if name in earlier
    )
    return "cannot-start-yet" if waiting else "not-started"


def _submissions(
    situation: Situation, step: Step
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The latest submission of a step and CDE's latest word on it."""
    submitted = cde = None
    for _, entry in situation.session.records("submissions"):
        if entry.get("step") != step.id:
            continue
        if "cde" in entry:
            cde = entry
        else:
            submitted, cde = entry, None
    return submitted, cde


def due_date(situation: Situation, part: Step | Activity) -> tuple[date | None, str]:
    """The date the state set, and where it comes from: the case's own, else the calendar's."""
    if isinstance(part, Step):
        own = situation.session.at("step", part.id, "due")
    else:
        own = situation.session.at("activity", part.step.id, part.id, "due")
    entered = day(own)
    if entered is not None:
        return entered, "entered in this case"
    step_id = part.id if isinstance(part, Step) else part.step.id
    activity_id = None if isinstance(part, Step) else part.id
    for due in situation.calendar.due if situation.calendar else ():
        here = (due.workflow, due.step, due.activity) == (
            situation.workflow.kind, step_id, activity_id,
        )  # fmt: skip
        if here and situation.meant(due):
            return due.on, due.source.at or due.source.note
    return None, ""


def affected(workflow: Workflow, changed: tuple[str, ...]) -> set[str] | None:
    """Activities whose check can change when these addresses change; None when all can.

    Args:
        workflow: the definitions.
        changed: addresses of answers, rows or cells.
    """
    reached: set[str] = set()
    for address in changed:
        field = workflow.fields.get(".".join(address.split(".")[:3]))
        if field is None or field.spec.fact is not None:
            return None
        reached.add(field.address)
    queue = list(reached)
    while queue:
        for fed in workflow.feeds.get(queue.pop(), ()):
            if fed not in reached:
                reached.add(fed)
                queue.append(fed)
    found = {workflow.fields[address].activity.id for address in reached}
    return found.union(*(workflow.readers.get(address, set()) for address in reached))
