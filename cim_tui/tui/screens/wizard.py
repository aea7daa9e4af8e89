"""A new case, page by page: what the letter says, the district, the dates. Esc goes one page back.

The letter always wins. Only who cannot find it is asked for facts, and told where they lead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from cim_tui.core.errors import CimError, UsageError
from cim_tui.core.language import CalendarFile, LetterFact
from cim_tui.core.levels import LetterFacts, Number, Verdict, disagreement, level_of
from cim_tui.core.text import one_line, shorten
from cim_tui.core.values import parse_date
from cim_tui.core.words import NO_DUE_DATE, source_words
from cim_tui.core.workflow import Step, Workflow
from cim_tui.service.desk import Desk
from cim_tui.service.start import NewCase, drafted, start
from cim_tui.store import sessions
from cim_tui.tui.screens.ask import Ask, Question

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp

SAYS = "Follow the Annual Determination Letter. Everything here can be corrected later."
SEVERAL, UNKNOWN = "several", "unknown"
FIND_IT = (
    "Ask the superintendent's office or your SELPA for the letter first. The public “Unified ADL "
    "Data” sheet on CalTAN's LEA Monitoring Status page shows your status, too. Otherwise enter "
    "what you know; leave the rest empty."
)
DATES = (
    "Copy the dates that the letter or the portal gives. What you leave empty is shown as “"
    f"{NO_DUE_DATE}”, and never as if nothing were due."
)
FACT_LABELS: dict[LetterFact, tuple[str, str]] = {
    "elements-missed": ("Elements missed", "how many targets were missed"),
    "disproportionate-years": ("Years disproportionate", "running, this one included"),
    "intensive-percentile": ("Intensive Evaluation", "percent from the bottom, such as 5.2"),
    "preschool-percentile": ("Preschool Intensive Evaluation", "percent from the bottom"),
    "lre-percentile": ("Lowest LRE indicator", "percent from the bottom"),
}
STUDENTS = "Students with disabilities"
BOUNDARY = "on census day: 100 or fewer are a small LEA, 101 are not"
COUNTED: frozenset[LetterFact] = frozenset({"elements-missed", "disproportionate-years"})

Page = Callable[[], Ask]


class Wizard:
    """The pages, and what was said on them.

    Args:
        app: shows them.
        desk: where the case is made.
        made: called with the paths of what was made; not at all when it is given up.
    """

    def __init__(self, app: CimApp, desk: Desk, made: Callable[[list[str]], None]) -> None:
        self.app, self.desk, self.made = app, desk, made
        self.workflows, self.broken = usable(desk)
        if not self.workflows:
            raise UsageError(" ".join(["There is no process to start.", *self.broken]))
        self.chosen: list[str] = []
        self.said: dict[str, str] = {"year": str(desk.today.year)}
        self.verdict: Verdict | None = None
        self._warned = ""
        self._pages: list[Page] = []

    def show(self, page: Page) -> None:
        """Go on to a page; None as its result goes back to the one before."""
        self._pages.append(page)
        self.app.push_screen(page(), self._went)

    def _went(self, result: Any) -> None:
        if isinstance(result, list):
            self.made(result)
        elif result is not None:
            self.show(result)
        else:
            self._pages.pop()
            if self._pages:
                self.show(self._pages.pop())

    def _ask(
        self, title: str, questions: list[Question], then: Callable[[], Any], says: str, button: str
    ) -> Ask:
        """A page that keeps what is said on it, and goes where `then` leads."""

        def accept(answers: dict[str, str]) -> Any:
            self.said |= answers
            return then()

        back = "goes one page back" if len(self._pages) > 1 else "leaves as it was"
        return Ask(title, questions, accept, says=says, button=button, back=back)

    # What the letter says

    def letter(self) -> Ask:
        """The first page: which process the letter names."""
        choices = {name: workflow.title for name, workflow in self.workflows.items()}
        if len(choices) > 1:
            choices[SEVERAL] = "Several of these"
        choices[UNKNOWN] = "I cannot find it"
        question = Question("letter", "What does the letter say", "choice",
                            self.said.get("letter", ""), choices=choices)  # fmt: skip

        def go_on() -> Page:
            named = self.said["letter"]
            if named == UNKNOWN:
                return self.facts
            if named == SEVERAL:
                return self.several
            self.chosen = [named]
            return self.details

        says = "\n".join([SAYS, *(f"Left out: {why}" for why in self.broken)])
        return self._ask("Start a new case", [question], go_on, says, "Go on")

    def several(self) -> Ask:
        """Which ones, where the letter names several: each becomes a case of its own."""
        yes_no = {"no": "No", "yes": "Yes"}
        questions = [
            Question(f"is-{name}", workflow.title, "choice", self.said.get(f"is-{name}", "no"),
                     choices=yes_no)
            for name, workflow in self.workflows.items()
        ]  # fmt: skip

        def go_on() -> Page:
            self.chosen = [n for n in self.workflows if self.said[f"is-{n}"] == "yes"]
            if not self.chosen:
                raise UsageError("Answer yes to each one that the letter names")
            return self.details

        says = "Each one becomes a case of its own: their steps and their dates differ."
        return self._ask("Which ones does the letter name", questions, go_on, says, "Go on")

    # Who cannot find the letter

    def facts(self) -> Ask:
        """What is known of the district."""
        yes_no = {"no": "No, or not known", "yes": "Yes"}
        questions = [
            self._line("year", "Year of the letter", "four digits"),
            *(self._line(fact, label, hint) for fact, (label, hint) in FACT_LABELS.items()),
            Question("significantly-disproportionate", "Significantly disproportionate", "choice",
                     self.said.get("significantly-disproportionate", "no"), choices=yes_no,
                     hint="the same group in the same area, three years running"),
            self._line("students", STUDENTS, BOUNDARY),
        ]  # fmt: skip

        def go_on() -> Page:
            known = self._known(list(FACT_LABELS))
            if not known.numbers and known.students_with_disabilities is None:
                raise UsageError("Enter at least one of these")
            self.verdict = level_of(self._year(), known, self.desk.library.criteria())
            return self.leads_to

        return self._ask("What you know", questions, go_on, FIND_IT, "See where it leads")

    def leads_to(self) -> Ask:
        """Where the facts lead, and why."""
        found = self.verdict or Verdict()
        lines = [found.title or "No level can be given"]
        lines += [f"also: {name}" for name in found.also]
        lines += [f"• {reason}" for reason in found.because]
        lines += [source_words(source) for source in found.source]
        choices = {UNKNOWN: "Choose it myself"}
        if found.workflow in self.workflows:
            choices = {found.workflow: f"Go on with it: {found.title}", **choices}
        question = Question("leads", "What now", "choice", choices=choices)

        def go_on() -> Page:
            if self.said["leads"] == UNKNOWN:
                self.said["letter"] = ""
                return self.letter
            self.chosen = [self.said["leads"]]
            self.said[f"level-{self.chosen[0]}"] = found.level or ""
            return self.details

        title = "Where these facts lead"
        return self._ask(title, [question], go_on, "\n".join(lines), "Go on")

    # The district

    def details(self) -> Ask:
        """The district, and what the letter says for each process."""
        questions = [
            self._line("lea", "District, county office or charter", "as the letter names it"),
            self._line("year", "Year of the letter", "four digits"),
        ]
        for name in self.chosen:
            questions += self._facts_of(name, self.workflows[name])
        questions += [
            self._line("cds", "CDS code", "7 or 14 digits; may be left empty"),
            self._line("selpa", "SELPA", "may be left empty"),
        ]
        if len(self.chosen) == 1:
            questions.append(self._where_now(self.workflows[self.chosen[0]]))
        earlier = self._earlier()
        if len(earlier) > 1:
            questions.append(Question("copy-from", "Bring over from an earlier case", "choice",
                                      self.said.get("copy-from", ""), choices=earlier,
                                      hint="rosters, policies, infrastructure"))  # fmt: skip
        titles = " and ".join(self.workflows[name].title for name in self.chosen)
        button = "Go on" if len(self.chosen) == 1 else f"Start {len(self.chosen)} cases"

        def go_on() -> Page | list[str]:
            if not one_line(self.said["lea"]):
                raise UsageError("Enter the name of the district")
            self._compare()
            cases = [self._case(name) for name in self.chosen]
            for case in cases:
                drafted(self.desk, case)
            if len(cases) == 1:
                return self.dates
            return [str(start(self.desk, case).path) for case in cases]

        return self._ask(f"New case: {titles}", questions, go_on, "", button)

    def _line(self, name: str, label: str, hint: str) -> Question:
        return Question(name, label, value=self.said.get(name, ""), hint=hint)

    def _facts_of(self, name: str, workflow: Workflow) -> list[Question]:
        """What the letter says for a process, and a number to compare its level with."""
        spec, prefix = workflow.spec, f" · {workflow.title}" if len(self.chosen) > 1 else ""
        named: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
            ("level", "Level", spec.levels, "" if spec.level_required else "No level named"),
            ("entry", "What is filed", spec.entries, ""),
            ("category", "Area", spec.categories, "Not named, or not known yet"),
            ("cycle", "Cycle", spec.cycles, "Not named, or not known yet"),
        )
        found = []
        for fact, label, options, none in named:
            if not options:
                continue
            choices = {"": none} if none else {}
            choices |= {key: option.title for key, option in options.items()}
            key = f"{fact}-{name}"
            found.append(Question(key, f"{label}{prefix}", "choice", self.said.get(key, ""),
                                  choices=choices))  # fmt: skip
        if spec.cycles:
            found.append(self._line("students", STUDENTS, BOUNDARY))
        compared = self._compared(name)
        if compared:
            label, hint = FACT_LABELS[compared]
            found.append(self._line(compared, label, f"{hint}; may be left empty"))
        return found

    def _compared(self, name: str) -> LetterFact | None:
        """The fact by which the letters of the newest known year place districts here."""
        for file in reversed(self.desk.library.criteria().values()):
            for placement in file.placements.values():
                fact = placement.reasons[0].fact
                if placement.workflow == name and placement.level and fact in FACT_LABELS:
                    return fact
        return None

    def _where_now(self, workflow: Workflow) -> Question:
        starts = {"": "At the beginning"}
        for step in list(workflow.steps.values())[1:]:
            starts[step.id] = f"In step {step.number}, {step.title}; the steps before are done"
        return Question("start", "Where are you now", "choice", self.said.get("start", ""),
                        choices=starts)  # fmt: skip

    def _earlier(self) -> dict[str, str]:
        """Cases that a new one can start from, by their ids, which say district and year."""
        return {"": "None", **{name: name for name in sessions.ids(self.desk.folder.path)}}

    # Checking what was said

    def _year(self) -> int:
        text = self.said["year"].strip()
        if not text.isascii() or not text.isdigit() or len(text) != 4:
            raise UsageError("Enter the year of the letter in four digits, such as 2025")
        return int(text)

    def _known(self, wanted: list[LetterFact]) -> LetterFacts:
        numbers: dict[LetterFact, Number] = {}
        for fact in wanted:
            text = self.said.get(fact, "").strip().removesuffix("%").strip()
            if text:
                numbers[fact] = _number(text, FACT_LABELS[fact][0], counted=fact in COUNTED)
        if self.said.get("significantly-disproportionate") == "yes":
            numbers["significantly-disproportionate"] = 1
        students = self.said.get("students", "").strip()
        count = int(_number(students, STUDENTS, counted=True)) if students else None
        cycle = next((self.said.get(f"cycle-{n}", "") for n in self.chosen), "")
        return LetterFacts(numbers, count, cycle)

    def _compare(self) -> None:
        """Where letter and facts disagree, say so once; the letter is followed."""
        for name in self.chosen:
            compared = self._compared(name)
            known = self._known([compared] if compared else [])
            if not self.workflows[name].spec.cycles:
                known = LetterFacts(known.numbers)
            if not known.numbers and known.students_with_disabilities is None:
                continue
            found = level_of(self._year(), known, self.desk.library.criteria())
            said = disagreement(found, name, self.said.get(f"level-{name}", ""))
            large = known.students_with_disabilities is not None and found.workflow != name
            if large and not said and self.workflows[name].spec.cycles:
                said = "; ".join(found.because)
            if said and said != self._warned:
                self._warned = said
                raise UsageError(f"{said} Press ctrl+s again to go on as the letter says.")

    def _case(self, name: str) -> NewCase:
        start_at = self.said.get("start", "") if len(self.chosen) == 1 else ""
        return NewCase(
            lea=self.said["lea"], workflow=name, year=self._year(),
            level=self.said.get(f"level-{name}", ""), entry=self.said.get(f"entry-{name}", ""),
            category=self.said.get(f"category-{name}", ""),
            cycle=self.said.get(f"cycle-{name}", ""),
            cds=self.said["cds"], selpa=self.said["selpa"],
            start_at=start_at if start_at in self.workflows[name].steps else "",
            copy_from=self.said.get("copy-from", ""),
        )  # fmt: skip

    # Dates

    def _dated(self, case: NewCase) -> list[Step]:
        """Steps that are still ahead."""
        steps = list(self.workflows[case.workflow].steps.values())
        ids = [step.id for step in steps]
        return steps[ids.index(case.start_at) if case.start_at else 0 :]

    def dates(self) -> Ask:
        """The due dates, copied from the letter or the portal."""
        case = self._case(self.chosen[0])
        calendar = self.desk.library.calendar(case.year)
        questions = [
            self._line(f"due-{step.id}", f"{step.number} {step.title}",
                       published(calendar, case, step))
            for step in self._dated(case)
        ]  # fmt: skip

        def go_on() -> list[str]:
            due: dict[str, date] = {}
            for step in self._dated(case):
                text = self.said[f"due-{step.id}"].strip()
                if text:
                    due[step.id] = parse_date(text)
            return [str(start(self.desk, replace(case, due=due)).path)]

        return self._ask("When is each step due", questions, go_on, DATES, "Start the case")


def published(calendar: CalendarFile | None, case: NewCase, step: Step) -> str:
    """The date that was published for a step, as a hint; it holds where none is entered."""
    for due in calendar.due if calendar else ():
        meant = (not due.levels or case.level in due.levels) and (
            not due.entries or case.entry in due.entries
        )
        if (due.workflow, due.step, due.activity) == (case.workflow, step.id, None) and meant:
            return f"published: {due.on.isoformat()}, {due.source.publisher or due.source.at}"
    return "such as 2026-01-30"


def _number(text: str, label: str, *, counted: bool) -> Number:
    try:
        found = Decimal(text) if text.isascii() and len(text) <= 12 else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or found < 0 or (counted and found % 1):
        kind = "a whole number" if counted else "a number from 0 to 100"
        raise UsageError(f"{label}: enter {kind}, not “{shorten(text, 20)}”")
    if not counted and found > 100:
        raise UsageError(f"{label}: enter a number from 0 to 100, not “{shorten(text, 20)}”")
    return int(found) if counted else found


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
