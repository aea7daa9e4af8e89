"""Small workflows and cases for tests: written as the files are, with the dull parts filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from cim_tui.core.content import content_hash
from cim_tui.core.language import ActivityFile, CalendarFile, ListFile, WorkflowFile
from cim_tui.core.problems import ActivityCheck, Problem
from cim_tui.core.progress import Progress, StepProgress, assess
from cim_tui.core.session import Absence, Session
from cim_tui.core.situation import Situation
from cim_tui.core.truth import Tri
from cim_tui.core.workflow import Activity, Step, Workflow

TODAY = date(2025, 11, 3)
PRACTICE = {"tag": "practice", "note": "People find it useful"}
PUBLISHED = {"tag": "published", "at": "https://example.org/rule"}
NEEDED: dict[str, Any] = {"required": True, "source": PUBLISHED}
"""Makes a field one that blocks."""
GOOD: dict[str, Any] = {"required": True, "source": PRACTICE}
"""Makes a field one that is good practice."""


def chance(seed: int = 1) -> Random:
    """A generator for ids that draws the same ones in every run."""
    return Random(seed)  # noqa: S311 - nothing secret is drawn from it


def label(key: str) -> str:
    """What a field is called where a test does not say."""
    return key.replace("-", " ").capitalize()


def column(key: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """A field or column as a file holds it, with a label."""
    filled: dict[str, Any] = {"label": label(key), "type": "text", **spec}
    if filled.get("columns"):
        filled["type"] = "table"
        filled["columns"] = {k: column(k, c) for k, c in filled["columns"].items()}
    return filled


def activity_doc(key: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """An activity file: fields with labels, rules with a message and a source."""
    rules = {
        name: {"message": f"Mend {name}", "source": PRACTICE, **rule}
        for name, rule in spec.get("rules", {}).items()
    }
    rest = {k: v for k, v in spec.items() if k not in ("fields", "rules", "use")}
    return {
        "id": key,
        "title": label(key),
        "purpose": "To try it out",
        "source": PRACTICE,
        **rest,
        "fields": {k: column(k, f) for k, f in spec["fields"].items()},
        "rules": rules,
    }


def workflow_doc(
    activities: Mapping[str, Mapping[str, Any]],
    steps: Mapping[str, Mapping[str, Any]] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """A workflow file whose steps come from the activities' addresses, in their order."""
    found: dict[str, dict[str, Any]] = {}
    for address, activity in activities.items():
        step, key = address.split(".")
        if step not in found:
            more = (steps or {}).get(step, {})
            found[step] = {"number": len(found) + 1, "title": label(step), **more, "activities": {}}
        found[step]["activities"][key] = dict(activity.get("use", {}))
    return {
        "id": "trial", "title": "Trial", "edition": "1", "source": PRACTICE, **spec,
        "steps": found,
    }  # fmt: skip


def workflow(
    activities: Mapping[str, Mapping[str, Any]],
    steps: Mapping[str, Mapping[str, Any]] | None = None,
    lists: Mapping[str, Mapping[str, str]] | None = None,
    **spec: Any,
) -> Workflow:
    """A workflow put together.

    Args:
        activities: by `step.activity`: fields, rules, signatures, and `use` for its place.
        steps: what the steps say besides their activities.
        lists: choices by list id.
        spec: further keys of the workflow file.
    """
    files = {
        address.split(".")[1]: ActivityFile.checked(activity_doc(address.split(".")[1], activity))
        for address, activity in activities.items()
    }
    known = {
        key: ListFile.checked({"id": key, "title": key, "source": PRACTICE, "items": items})
        for key, items in (lists or {}).items()
    }
    return Workflow(WorkflowFile.checked(workflow_doc(activities, steps, **spec)), files, known)


def one(
    fields: Mapping[str, Any], rules: Mapping[str, Any] | None = None, **activity: Any
) -> CaseBuilder:
    """An empty case over a workflow of one activity, `gather.first`."""
    return case(workflow({"gather.first": {"fields": fields, "rules": rules or {}, **activity}}))


def calendar(**doc: Any) -> CalendarFile:
    """What was published for 2025."""
    return CalendarFile.checked({"year": 2025, **doc})


def case(made: Workflow, **facts: Any) -> CaseBuilder:
    """An empty case of a workflow, of the year 2025."""
    doc = {
        "schema": 1,
        "uid": "q7m2x4k9c3bd",
        "id": "quail-ridge",
        "lea": {"name": "Quail Ridge Unified"},
        "case": {"workflow": made.id, "edition": made.edition, "year": 2025, **facts},
    }
    return CaseBuilder(made, Session(doc))


@dataclass(frozen=True)
class CaseBuilder:
    """A case at some moment; each verb gives the case a moment later.

    An address may leave out its step and activity, which are then the workflow's first.
    """

    workflow: Workflow
    session: Session
    today: date = TODAY
    calendar: CalendarFile | None = None

    def at(self, address: str) -> str:
        """The whole address."""
        head = address.partition(".")[0]
        if head in self.workflow.steps:
            return address
        if head in self.workflow.activities:
            return f"{self.workflow.activities[head].step.id}.{address}"
        return f"{next(self.workflow.each_activity()).address}.{address}"

    def part(self, scope: str) -> Step | Activity:
        """A step or an activity."""
        return self.workflow.steps.get(scope) or self.workflow.activities[scope.rpartition(".")[2]]

    def now(self, session: Session) -> CaseBuilder:
        """With another session."""
        return replace(self, session=session)

    def on(self, day: date) -> CaseBuilder:
        """On another day."""
        return replace(self, today=day)

    def answer(self, address: str, raw: Any) -> CaseBuilder:
        """Something is answered."""
        return self.now(self.session.with_value(self.at(address), raw))

    def clear(self, address: str) -> CaseBuilder:
        """Something is cleared."""
        return self.answer(address, None)

    def row(self, table: str, key: str, **cells: Any) -> CaseBuilder:
        """A row is added or replaced; underscores in names stand for hyphens."""
        named = {name.rstrip("_").replace("_", "-"): cell for name, cell in cells.items()}
        return self.now(self.session.with_row(self.at(table), key, named))

    def absent(self, address: str, code: str, note: str = "Asked twice") -> CaseBuilder:
        """Something is marked as missing on purpose."""
        return self.now(self.session.with_absence(self.at(address), Absence(code, note)))

    def fact(self, name: str, value: Any) -> CaseBuilder:
        """A fact of the case is set."""
        return self.now(self.session.with_fact(name, value))

    def entry(self, *path: str, value: Any) -> CaseBuilder:
        """Anything is written anywhere in the document."""
        return self.now(self.session.with_entry(path, value))

    def waive(self, address: str, rule: str, until: Any = None) -> CaseBuilder:
        """Something open is accepted as is."""
        entry = {"address": self.at(address), "rule": rule, "by": "Rosa", "reason": "It is small"}
        if until is not None:
            entry["until"] = until
        return self.entry("waivers", f"w{len(list(self.session.records('waivers')))}", value=entry)

    def done(self, step: str = "gather") -> CaseBuilder:
        """A step is marked done, as `cim done` does it."""
        marked = self.entry("done", step, value={"by": "Rosa", "on": self.today})
        return marked.entry("reopened", step, value=None)

    def reopen(self, step: str = "gather") -> CaseBuilder:
        """A step is reopened, as `cim reopen` does it."""
        entry = {"by": "Rosa", "on": self.today, "reason": "A row was forgotten"}
        return self.entry("done", step, value=None).entry("reopened", step, value=entry)

    def elsewhere(self, scope: str) -> CaseBuilder:
        """A step or activity was done outside the program."""
        entry = {"where": "A shared drive", "on": self.today, "by": "Rosa"}
        return self.entry("elsewhere", scope, value=entry)

    def sign(self, scope: str, role: str, name: str = "Rosa") -> CaseBuilder:
        """A role signs what stands there now."""
        entry = {
            "scope": scope, "role": role, "name": name, "on": self.today, "how": "paper",
            "recorded-by": "Rosa", "content": content_hash(self.situation, self.part(scope)),
        }  # fmt: skip
        count = len(list(self.session.records("signoffs")))
        return self.entry("signoffs", f"s{count}", value=entry)

    def submit(self, step: str = "gather") -> CaseBuilder:
        """A step was sent to the state."""
        content = content_hash(self.situation, self.workflow.steps[step])
        entry = {"step": step, "on": self.today, "by": "Rosa", "content": content}
        count = len(list(self.session.records("submissions")))
        return self.entry("submissions", f"t{count}", value=entry)

    def cde_says(self, verdict: str, step: str = "gather") -> CaseBuilder:
        """The state answered."""
        entry = {"step": step, "cde": verdict, "on": self.today, "by": "Rosa"}
        count = len(list(self.session.records("submissions")))
        return self.entry("submissions", f"t{count}", value=entry)

    @property
    def situation(self) -> Situation:
        """What applies and what is answered."""
        return Situation(self.workflow, self.session, self.today, self.calendar)

    @property
    def progress(self) -> Progress:
        """Where it stands."""
        return assess(self.situation)

    def step(self, step: str = "gather") -> StepProgress:
        """Where a step stands."""
        return self.progress.steps[step]

    def state(self, step: str = "gather") -> str:
        """A step's state."""
        return self.step(step).state

    def check(self, activity: str = "") -> ActivityCheck:
        """An activity, checked; the first where none is named."""
        address = activity or next(self.workflow.each_activity()).address
        return self.progress.checks[address]

    def problems(self, rule: str = "") -> list[Problem]:
        """What is open, of one rule or all."""
        return [p for p in self.progress.problems if p.open and rule in ("", p.rule.split(":")[0])]

    def messages(self, rule: str = "") -> list[str]:
        """What is open, in words."""
        return [p.message for p in self.problems(rule)]

    def places(self, rule: str = "") -> list[str]:
        """Where something is open."""
        return [p.address for p in self.problems(rule)]

    def shown(self, address: str) -> Tri:
        """Whether a field is asked, and why."""
        return self.situation.field_applies(self.workflow.fields[self.at(address)])
