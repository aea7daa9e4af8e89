"""Starting a case, and correcting its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cim_tui.core.errors import NotSaved, UsageError
from cim_tui.core.problems import Parked
from cim_tui.core.progress import Progress, StepProgress, assess
from cim_tui.core.session import SCHEMA, Session, new_id
from cim_tui.core.situation import Situation
from cim_tui.core.text import one_line, shorten
from cim_tui.core.words import a
from cim_tui.core.workflow import Workflow
from cim_tui.service.carry import brought_over
from cim_tui.service.case import Case, Definitions
from cim_tui.service.desk import Desk
from cim_tui.store import sessions, toml
from cim_tui.store.fsops import disk
from cim_tui.store.paths import definitions_folder
from cim_tui.store.workflows import kept_name

FACTS = ("year", "level", "category", "entry", "cycle", "workflow")
NAMES = {"lea": "name", "cds": "cds", "selpa": "selpa"}
"""What names the district, each with its key in the file: corrected like a fact."""


@dataclass(frozen=True)
class NewCase:
    """What is asked when a case is opened."""

    lea: str
    workflow: str
    year: int
    level: str = ""
    cds: str = ""
    selpa: str = ""
    opened: date | None = None
    start_at: str = ""
    category: str = ""
    entry: str = ""
    cycle: str = ""
    due: Mapping[str, date] = field(default_factory=dict)
    """Dates that the letter or the portal gives, by step."""
    copy_from: str = ""
    """A case whose rosters, policies and infrastructure are brought over."""


def drafted(desk: Desk, wanted: NewCase) -> Session:
    """A new case that is nowhere written yet.

    Raises:
        UsageError: something asked for does not exist.
    """
    lea = one_line(wanted.lea)
    if not lea:
        raise UsageError("Give the name of the district: --lea NAME")
    if not 2000 <= wanted.year <= 2100:
        raise UsageError("The year is that of the Annual Determination Letter, such as 2025")
    if wanted.workflow not in desk.library.workflow_ids():
        known = ", ".join(desk.library.workflow_ids())
        raise UsageError(f"There is no process “{shorten(wanted.workflow, 40)}”; known: {known}")
    workflow = desk.library.workflow(wanted.workflow)
    named = {"name": lea, "cds": cds_code(wanted.cds), "selpa": one_line(wanted.selpa)}
    session = Session(
        {
            "schema": SCHEMA,
            "uid": new_id(desk.chance, length=12),
            "id": sessions.free_id(desk.folder.path, lea, wanted.year, workflow.id),
            "lea": {key: value for key, value in named.items() if value},
            "case": {
                "workflow": workflow.id,
                "edition": workflow.edition,
                "digest": workflow.digest,
                "year": wanted.year,
                "opened": wanted.opened or desk.today,
            },
        }
    )
    for name in ("level", "category", "entry", "cycle"):
        if value := getattr(wanted, name):
            session = session.with_fact(name, known_fact(workflow, name, value))
    for step, on in wanted.due.items():
        session = session.with_entry(("step", step, "due"), on)
    if wanted.start_at:
        session = _start_in_the_middle(session, workflow, wanted, desk)
    if wanted.copy_from:
        session = brought_over(desk.open(wanted.copy_from), session, workflow, desk.today)
    return session


def start(desk: Desk, wanted: NewCase) -> Case:
    """Make a new case and write its file.

    Raises:
        UsageError: something asked for does not exist; nothing is made.
    """
    session = drafted(desk, wanted)
    sessions.prepare(desk.folder.path)
    keep_definition(desk, desk.library.workflow(wanted.workflow))
    path = sessions.write(desk.folder.path, session, new=True)
    return desk.take_up(path, sessions.read(path))


def keep_definition(desk: Desk, workflow: Workflow) -> None:
    """Copy a user's own definition beside the sessions that use it, as one file.

    One that was changed under the same edition gets a copy of its own: older cases keep theirs.
    """
    source = desk.library.files.get(f"workflow:{workflow.id}")
    if source is None or source.is_relative_to(definitions_folder()):
        return
    folder = desk.folder.path / "workflows" / "editions"
    path = folder / f"{workflow.id}-{workflow.edition}.toml"
    data = toml.dump(workflow.bundle())
    try:
        disk.make_folder(folder)
        if disk.look(path) is not None and disk.read(path, toml.LIMIT) != data:
            path = folder / f"{kept_name(workflow.id, workflow.edition, workflow.digest)}.toml"
        disk.write_atomic(path, data)
    except OSError as wrong:
        raise NotSaved(f"{path} cannot be written: {wrong.strerror or wrong}") from wrong


def cds_code(text: str) -> str:
    """A county-district-school code: 7 or 14 digits, kept as text because leading zeros count.

    Raises:
        UsageError: it is something else.
    """
    digits = one_line(text).replace("-", "").replace(" ", "")
    if digits and (not digits.isascii() or not digits.isdigit() or len(digits) not in (7, 14)):
        raise UsageError(
            f"“{shorten(text, 30)}” is not a CDS code: 7 or 14 digits, such as 99123450000000"
        )
    return digits


def _start_in_the_middle(
    session: Session, workflow: Workflow, wanted: NewCase, desk: Desk
) -> Session:
    if wanted.start_at not in workflow.steps:
        known = ", ".join(workflow.steps)
        raise UsageError(f"There is no step “{shorten(wanted.start_at, 40)}”; steps: {known}")
    session = session.with_fact("start-at", wanted.start_at)
    on = wanted.opened or desk.today
    for step in workflow.steps.values():
        if step.id == wanted.start_at:
            break
        entry = {"where": "Before this case was opened here", "on": on, "by": desk.by}
        session = session.with_entry(("elsewhere", step.id), entry)
    return session


def known_fact(workflow: Workflow, name: str, text: str) -> Any:
    """A fact's value, checked against what the workflow knows.

    Raises:
        UsageError: it is not one of them; says which there are.
    """
    value = one_line(text)
    if name == "year":
        if not value.isascii() or not value.isdigit() or len(value) != 4:
            raise UsageError(f"The year is four digits, not “{shorten(text, 20)}”")
        if not 2000 <= int(value) <= 2100:
            raise UsageError(f"The letters began after 2000; {value} is not the year of one")
        return int(value)
    known = _options(workflow).get(name, {})
    if value not in known:
        there = ", ".join(known) or "none in this process"
        raise UsageError(f"“{shorten(text, 40)}” is not {a(name)}; there are: {there}")
    return value


def _name(which: str, text: str) -> str:
    """What names the district, checked: it always has a name, and its code has 7 or 14 digits."""
    if which == "cds":
        return cds_code(text)
    found = one_line(text)
    if which == "lea" and not found:
        raise UsageError("The district needs a name")
    return found


@dataclass(frozen=True)
class Preview:
    """What a correction of the facts would do."""

    session: Session
    definitions: Definitions
    parked: tuple[Parked, ...]
    returned: tuple[Parked, ...]
    begins: tuple[str, ...]
    """Titles of activities that would apply and do not now."""
    ends: tuple[str, ...]
    unnamed: tuple[str, ...] = ()
    """Facts that the other process does not know, in words: they are taken away."""

    def in_words(self) -> list[str]:
        """What would change, a line each; nothing when nothing would."""
        lines = [f"Applies now: {title}" for title in self.begins]
        lines += [f"Applies no longer: {title}" for title in self.ends]
        lines += [f"Not known in this process: {fact}" for fact in self.unnamed]
        lines += [f"Kept aside: {entry.label}" for entry in self.parked]
        return lines + [f"Returns: {entry.label}" for entry in self.returned]


def correct(case: Case, facts: Mapping[str, str], desk: Desk) -> Preview:
    """Work out what changing facts of a case would park and bring back; changes nothing.

    Raises:
        UsageError: a fact or a value that does not exist.
    """
    for name in facts:
        if name not in FACTS and name not in NAMES:
            known = ", ".join((*FACTS, *NAMES))
            raise UsageError(f"“{shorten(name, 30)}” is no fact; there are {known}")
    workflow, session = case.workflow, case.session
    if "workflow" in facts:
        workflow = desk.library.workflow(one_line(facts["workflow"]))
        for fact, value in (("workflow", workflow.id), ("edition", workflow.edition),
                            ("digest", workflow.digest)):  # fmt: skip
            session = session.with_fact(fact, value)
    strange = _unknown_facts(session, workflow, case.workflow)
    for name in strange:
        session = session.with_fact(name, None)
    for name, text in facts.items():
        if name in NAMES:
            session = session.with_entry(("lea", NAMES[name]), _name(name, text) or None)
        elif name != "workflow":
            found = known_fact(workflow, name, text) if text.strip() else None
            session = _with_fact(session, workflow, name, found)
    calendar = desk.library.calendar(session.fact("year"))
    after = assess(Situation(workflow, session, desk.today, calendar))
    before = case.progress
    was, will = set(before.parked), set(after.parked)
    on_before = {a for a, c in before.checks.items() if c.state != "not-applicable"}
    on_after = {a for a, c in after.checks.items() if c.state != "not-applicable"}
    return Preview(
        session=session,
        definitions=Definitions(workflow, calendar),
        parked=tuple(sorted(p for p in will if p.address not in {q.address for q in was})),
        returned=tuple(sorted(p for p in was if p.address not in {q.address for q in will})),
        begins=(
            *(s.step.title for s in after.steps.values() if _asked(s) and not _asked_in(before, s)),
            *(after.checks[a].activity.title for a in sorted(on_after - on_before)),
        ),
        ends=(
            *(s.step.title for s in before.steps.values() if _asked(s) and not _asked_in(after, s)),
            *(before.checks[a].activity.title for a in sorted(on_before - on_after)),
        ),
        unnamed=tuple(words for name, words in strange.items() if name not in facts),
    )


def _options(workflow: Workflow) -> dict[str, Mapping[str, Any]]:
    """What a process knows of each fact that a letter names."""
    spec = workflow.spec
    return {"level": spec.levels, "category": spec.categories, "entry": spec.entries,
            "cycle": spec.cycles}  # fmt: skip


def _unknown_facts(session: Session, workflow: Workflow, before: Workflow) -> dict[str, str]:
    """Facts of a case whose values another process does not have, in the words of the first."""
    if workflow.id == before.id:
        return {}
    found = {}
    for name, known in _options(workflow).items():
        value = str(session.fact(name) or "")
        if value and value not in known:
            option = _options(before)[name].get(value)
            found[name] = f"{name} {option.title if option is not None else value}"
    return found


def _with_fact(session: Session, workflow: Workflow, name: str, value: Any) -> Session:
    """A session with a fact; where the form marked it as missing, it no longer is."""
    session = session.with_fact(name, value)
    for asked in workflow.fields.values() if value is not None else ():
        if asked.spec.fact == name:
            session = session.with_absence(asked.address, None)
    return session


def take(case: Case, preview: Preview, desk: Desk) -> None:
    """Make a correction that was previewed; it is undone like any other change."""
    if preview.definitions.workflow is not None:
        keep_definition(desk, preview.definitions.workflow)
    case.apply(preview.session, what="facts of the case", definitions=preview.definitions)


def _asked(step: StepProgress) -> bool:
    return step.state != "not-required"


def _asked_in(progress: Progress, step: StepProgress) -> bool:
    found = progress.steps.get(step.step.id)
    return found is not None and _asked(found)


def archive(case: Case, *, put_away: bool) -> None:
    """Put a case away, or take it out again. The file stays where it is."""
    session = case.session.with_entry(("archived",), True if put_away else None)
    case.apply(session, what="put away" if put_away else "taken out")
