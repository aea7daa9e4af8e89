"""A case put on paper: one pure function, from which every format is laid out.

A shared copy, the default, is written by a `Discreet` situation, so that labels, reasons and what
is open say nothing either that the answers withhold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cim_tui.core.content import SignatureLine, signatures_of
from cim_tui.core.language import Level, Option, Source
from cim_tui.core.problems import ActivityCheck, Problem
from cim_tui.core.progress import Progress, StepProgress, assess, due_date
from cim_tui.core.requirements import requirements
from cim_tui.core.session import Session, day
from cim_tui.core.situation import Situation
from cim_tui.core.text import one_line
from cim_tui.core.values import WANTED
from cim_tui.core.words import (
    ACTIVITY_STATE,
    DRAFT,
    GLYPH,
    SOURCE_TAG,
    STEP_STATE,
    SUPPORT,
    counted,
    long_date,
)
from cim_tui.core.workflow import Activity, Step, Workflow
from cim_tui.reports.answers import Pen
from cim_tui.reports.paper import (
    WORKING_COPY,
    Accepted,
    Act,
    ActivityReport,
    Asked,
    Citation,
    Elsewhere,
    OpenItem,
    Paper,
    Signatory,
    StepReport,
)
from cim_tui.reports.privacy import Discreet, quotes_an_answer
from cim_tui.service.case import Case


def compose(
    case: Case, today: date, step: Step | None = None, *, working_copy: bool = False
) -> Paper:
    """Put a case on paper.

    Args:
        case: an open case.
        today: the day the paper is of.
        step: only this step; default: all of them.
        working_copy: with personal answers and small counts; default: a shared copy without.

    Raises:
        NoDefinition: the definitions the case is pinned to are not here.
    """
    kind = Situation if working_copy else Discreet
    situation = kind(case.workflow, case.session, today, case.calendar)
    progress = assess(situation)
    writer = _Writer(situation, progress)
    wanted = [step.id] if step is not None else list(progress.steps)
    steps = tuple(writer.step(progress.steps[name]) for name in wanted)
    workflow = case.workflow
    complete = progress.steps[step.id].closed if step is not None else progress.complete
    return Paper(
        id=case.id,
        lea=one_line(case.session.lea),
        title=one_line(workflow.title),
        scope=one_line(f"Step {step.number}, {step.title}") if step is not None else "",
        facts=tuple(_facts(workflow, case.session)),
        as_of=today,
        working_copy=working_copy,
        complete=complete,
        steps=steps,
        withheld=len(writer.pen.withheld),
        kept_aside=sum(
            step is None or p.address.startswith(f"{step.id}.") for p in progress.parked
        ),
        sources=tuple(dict.fromkeys([_cite(workflow.spec.source), *_cited(steps)])),
        marks=(WORKING_COPY, DRAFT) if working_copy else (DRAFT,),
    )


class _Writer:
    """Writes steps and activities down."""

    def __init__(self, situation: Situation, progress: Progress) -> None:
        self.situation, self.session = situation, situation.session
        self.progress, self.pen = progress, Pen(situation)

    def step(self, progress: StepProgress) -> StepReport:
        """A step with its activities."""
        step = progress.step
        own = self.session.at("step", step.id)
        return StepReport(
            id=step.id,
            number=step.number,
            title=one_line(step.title),
            purpose=one_line(step.spec.purpose),
            state=STEP_STATE[progress.state],
            state_id=progress.state,
            glyph=GLYPH[progress.state],
            required=progress.required,
            done=progress.activities,
            due=progress.due,
            due_from=one_line(progress.due_source),
            late=progress.late,
            owner=self.pen.who(_get(own, "owner"), f"owner.{step.id}"),
            target=day(_get(own, "target")),
            elsewhere=self._elsewhere(step.id),
            acts=tuple(self._acts(progress)),
            activities=tuple(self.activity(check) for check in progress.checks),
            signatures=tuple(map(_signatory, progress.signatures)),
            source=_cite(step.spec.source) if step.spec.source else None,
        )

    def activity(self, check: ActivityCheck) -> ActivityReport:
        """An activity with its answers and what is open."""
        activity = check.activity
        own = self.session.at("activity", activity.step.id, activity.id)
        applies = check.state != "not-applicable"
        return ActivityReport(
            id=activity.id,
            address=activity.address,
            title=one_line(activity.title),
            purpose=one_line(activity.spec.purpose),
            state=ACTIVITY_STATE[check.state],
            glyph=GLYPH[check.state],
            applies=applies,
            required=check.required,
            support=SUPPORT[activity.support(self.session.fact("level"))],
            source=_cite(activity.source),
            why=one_line(check.why),
            needed=check.needed,
            good=check.good,
            owner=self.pen.who(_get(own, "owner"), f"owner.{activity.address}"),
            target=day(_get(own, "target")),
            due=due_date(self.situation, activity)[0],
            elsewhere=self._elsewhere(activity.address),
            answers=self.pen.activity(activity) if applies else (),
            problems=tuple(self._open_item(problem, activity) for problem in check.problems),
            asked=tuple(self._asked(activity)) if applies else (),
            signatures=tuple(map(_signatory, self._signatures(activity, applies))),
            kept_aside=len(check.parked),
        )

    def _asked(self, activity: Activity) -> Iterator[Asked]:
        for address, title, severity, source in requirements(self.situation, activity):
            yield Asked(address, one_line(_blanks(title)), severity, _cite(source))

    def _signatures(self, activity: Activity, applies: bool) -> list[SignatureLine]:
        return signatures_of(self.situation, activity) if applies else []

    # What people did

    def _elsewhere(self, scope: str) -> Elsewhere | None:
        entry = self.session.at("elsewhere", scope)
        if not isinstance(entry, Mapping):
            return None
        return Elsewhere(
            where=self.pen.prose(entry.get("where"), f"elsewhere.{scope}"),
            on=day(entry.get("on")),
            by=self.pen.who(entry.get("by"), f"elsewhere-by.{scope}"),
            link=one_line(str(entry.get("link") or "")),
        )

    def _acts(self, progress: StepProgress) -> Iterator[Act]:
        step = progress.step.id
        for table, what in (("done", "Marked done"), ("reopened", "Reopened")):
            entry = self.session.at(table, step)
            if isinstance(entry, Mapping):
                why = self.pen.prose(entry.get("reason"), f"{table}.{step}")
                yield self._act(what, entry, why, f"{table}-by.{step}")
        if progress.submitted is not None:
            sent = self._sent(progress)
            yield self._act("Sent to CDE", progress.submitted, sent, f"sent-by.{step}")
        if progress.cde is not None:
            note = self.pen.prose(progress.cde.get("note"), f"cde.{step}")
            told = f"CDE: {one_line(str(progress.cde['cde']))}"
            yield self._act(told, progress.cde, note, f"cde-by.{step}")

    def _act(self, what: str, entry: Mapping[str, Any], note: str, address: str) -> Act:
        return Act(what, day(entry.get("on")), self.pen.who(entry.get("by"), address), note)

    def _sent(self, progress: StepProgress) -> str:
        sent = progress.submitted or {}
        said = [f"reference {one_line(str(sent['ref']))}"] if sent.get("ref") else []
        still_open = sent.get("open")
        if isinstance(still_open, list) and still_open:
            said.append(f"with {counted(len(still_open), 'answer')} needed and open")
        if progress.changed_since_submission:
            said.append("changed since submission")
        return "; ".join(said)

    # What is open

    def _open_item(self, problem: Problem, activity: Activity) -> OpenItem:
        return OpenItem(
            address=problem.address,
            activity=problem.activity,
            label=one_line(problem.label),
            severity=problem.severity,
            message=one_line(self._message(problem, activity)),
            rule=self._rule(problem),
            source=_cite(problem.source),
            waivable=problem.waivable,
            accepted=None if problem.open else self._accepted(problem),
        )

    def _rule(self, problem: Problem) -> str:
        """The rule's name; what comes after it may be an answer."""
        return problem.rule.partition(":")[0] if self.pen.discreet else problem.rule

    def _accepted(self, problem: Problem) -> Accepted:
        found: Mapping[str, Any] = {}
        for _, entry in self.session.records("waivers"):
            if (entry.get("address"), entry.get("rule")) == (problem.address, problem.rule):
                found = entry
        key = f"{problem.address}.{problem.rule}"
        reason = self.pen.prose(found.get("reason"), f"waiver.{key}")
        by = self.pen.who(problem.waived_by, f"waiver-by.{key}")
        return Accepted(by, reason, day(found.get("until")))

    def _message(self, problem: Problem, activity: Activity) -> str:
        """What to do; in a shared copy without quoting an answer that is withheld."""
        if self.pen.discreet is None:
            return problem.message
        field = self.situation.workflow.fields.get(".".join(problem.address.split(".")[:3]))
        row, column = (*problem.address.split(".")[3:], "", "")[:2]
        spec = (field.columns.get(column) or field.spec) if field is not None else None
        if spec is not None and problem.rule == "type":
            return f"Enter {WANTED[spec.type]}; what is there cannot be read as one"
        if spec is not None and problem.rule == "scale":
            return f"Choose 1 to {spec.scale}; what is there is not on the scale"
        if problem.rule == "choice":
            return "Choose again; what is there is not a choice any more"
        rule = activity.spec.rules.get(problem.rule.partition(":")[0])
        if rule is None or problem.message.startswith(_blanks(rule.message)):
            return problem.message
        if problem.address not in self.pen.hidden and not quotes_an_answer(
            self.situation, activity, rule
        ):
            return problem.message
        live = self.situation.live_rows(field).get(row) if field is not None else None
        name = self.situation.row_label(field, live) if field is not None and live else "…"
        return _blanks(rule.message.replace("{row}", name))


def _blanks(message: str) -> str:
    return re.sub(r"\{(?:row|found|wanted)\}", "…", message)


def _get(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, Mapping) else None


def _signatory(line: SignatureLine) -> Signatory:
    return Signatory(
        line.role, one_line(line.title), line.required, one_line(line.name), line.on, line.current,
        _cite(line.source),
    )  # fmt: skip


def _cite(source: Source) -> Citation:
    """A source in words. Only what was published names who published it."""
    words = SOURCE_TAG[source.tag]
    if source.tag == "published":
        host = re.sub(r"^https?://(?:www\.)?|/.*$", "", source.at)
        words = f"{words} {source.publisher or host}"
    return Citation(
        source.tag, one_line(words), one_line(source.at), one_line(source.note), source.copy_
    )


def _cited(steps: tuple[StepReport, ...]) -> Iterator[Citation]:
    """Every source that the paper names, in order."""
    for step in steps:
        if step.source is not None:
            yield step.source
        yield from (signatory.source for signatory in step.signatures)
        for activity in step.activities:
            yield activity.source
            yield from (signatory.source for signatory in activity.signatures)
            yield from (problem.source for problem in activity.problems)
            yield from (asked.source for asked in activity.asked if asked.source.tag == "published")


def _facts(workflow: Workflow, session: Session) -> Iterator[tuple[str, str]]:
    """What the case is about."""
    for key, label in (("cds", "CDS code"), ("selpa", "SELPA")):
        if session.at("lea", key):
            yield label, one_line(str(session.at("lea", key)))
    yield "Process", one_line(f"{workflow.title}, edition {workflow.edition}")
    if session.fact("year") is not None:
        yield "Monitoring year", one_line(str(session.fact("year")))
    spec = workflow.spec
    named: tuple[tuple[str, str, Mapping[str, Level | Option]], ...] = (
        ("level", "Level", spec.levels), ("category", "Category", spec.categories),
        ("entry", "Entry", spec.entries), ("cycle", "Cycle", spec.cycles),
    )  # fmt: skip
    for fact, label, options in named:
        value = session.fact(fact)
        if value is not None:
            option = options.get(str(value))
            yield label, one_line(option.title if option else str(value))
    opened = day(session.fact("opened"))
    if opened is not None:
        yield "Opened", long_date(opened)
