"""What is open, as a list to jump from; and the question whether a step is completed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cim_tui.core.problems import Problem
from cim_tui.core.progress import StepProgress
from cim_tui.core.values import parse_date
from cim_tui.core.words import SEVERITY, counted, source_words
from cim_tui.core.workflow import Activity, Step
from cim_tui.service import work
from cim_tui.service.case import Case
from cim_tui.tui.commands import Scope
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.base import acting
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.fit import column, fit
from cim_tui.tui.widgets.listing import Listing

KEYS = "enter goes there   a accept as is   1 activity  2 step  3 case   esc back"


class Check(Screen[str]):
    """Everything open in an activity, a step or the case; enter goes there.

    Args:
        case: the case.
        step: the step looked at first.
        activity: the activity looked at first, when one is open.
        title: said on top, when *done* was refused.
    """

    DEFAULT_CSS = """
    Check Listing { height: 1fr; }
    Check #about { dock: bottom; height: auto; max-height: 5; padding: 0 1; color: $text-muted;
                   margin-bottom: 1; }
    """

    BINDINGS = [
        Binding("escape,f4,h", "back", show=False),
        Binding("1", "scope('activity')", show=False),
        Binding("2", "scope('step')", show=False),
        Binding("3", "scope('case')", show=False),
        Binding("a", "accept", "Accept as is", show=False),
    ]

    def __init__(self, case: Case, step: Step, activity: Activity | None, title: str = "") -> None:
        super().__init__()
        self.case, self.step, self.activity, self.heading = case, step, activity, title
        self.scope = "step" if title or activity is None else "activity"
        self.shown: list[Problem | None] = []

    def compose(self) -> ComposeResult:
        """Header, the list, where the one under the cursor comes from."""
        yield Header()
        yield KeyBar(Scope.CASE, KEYS)
        yield Static("", id="about", markup=False)
        yield Listing()

    def on_mount(self) -> None:
        """Fill the list."""
        self.fill()
        self.query_one(OptionList).focus()

    def fill(self) -> None:
        """List what is open in the scope, needed first."""
        progress = self.case.progress
        activity = self.activity
        if self.scope == "activity" and activity is not None:
            found = list(progress.checks[activity.address].problems)
            where = activity.title
        elif self.scope == "case":
            found, where = progress.problems, "the case"
        else:
            found, where = progress.steps[self.step.id].problems, self.step.title
        options = self.query_one(OptionList)
        options.clear_options()
        self.shown = []
        for severity, opened in (("error", True), ("warning", True), ("info", True), ("", False)):
            own = [p for p in found if p.open is opened and (not opened or p.severity == severity)]
            if not own:
                continue
            word = SEVERITY[severity] if opened else "accepted as is"
            heading = f"{word[:1].upper() + word[1:]} · {len(own)}"
            options.add_option(Option(Content.styled(heading, "bold"), disabled=True))
            self.shown.append(None)
            for problem in own:
                options.add_option(Option(self.line(problem)))
                self.shown.append(problem)
        if not self.shown:
            options.add_option(Option(Content("Nothing is open here"), disabled=True))
        title = self.heading or f"What is open in {where}"
        needed = sum(p.open and p.severity == "error" for p in found)
        good = sum(p.open and p.severity == "warning" for p in found)
        self.query_one(Header).show(
            title, "", f"{needed} needed, {good} good practice",
            "good practice was not published by CDE" if good else "",
        )  # fmt: skip
        options.highlighted = next((n for n, p in enumerate(self.shown) if p is not None), None)

    def line(self, problem: Problem) -> Content:
        """One problem: what to do, and in which activity."""
        glyph = "!" if problem.severity == "error" else "○"
        room = max(30, self.app.size.width - 6)
        activity = self.case.workflow.activities[problem.activity.split(".")[1]].title
        name = fit(activity, 22)
        text = column(problem.message, room - 26)
        return Content.assemble(f"{glyph} {text} ", (name, "dim"))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say where the one under the cursor comes from."""
        problem = self.problem_at(event.option_index)
        text = ""
        if problem is not None:
            text = f"{problem.message}\n{source_words(problem.source)}"
            if problem.waivable and problem.open:
                text += "\na accepts it as is, with a reason"
        self.query_one("#about", Static).update(Content(text))

    def problem_at(self, index: int | None) -> Problem | None:
        """The problem on a line."""
        return self.shown[index] if index is not None and index < len(self.shown) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        problem = self.problem_at(event.option_index)
        if problem is not None:
            self.dismiss(problem.address)

    def action_scope(self, scope: str) -> None:
        """Look at the activity, the step or the case."""
        if scope != "activity" or self.activity is not None:
            self.scope, self.heading = scope, ""
            self.fill()

    @acting
    def action_accept(self) -> None:
        """Accept the problem under the cursor as is, or open it again."""
        problem = self.problem_at(self.query_one(OptionList).highlighted)
        if problem is None:
            return
        app = self.app
        if not problem.open:
            work.unwaive(self.case, problem.address, problem.rule)
            self.changed()
            return
        if not problem.waivable:
            app.tell("This cannot be accepted as is: it is needed")  # type: ignore[attr-defined]
            return

        def accept(answers: dict[str, str]) -> None:
            until = parse_date(answers["until"]) if answers["until"].strip() else None
            app.who = answers["by"].strip() or app.who  # type: ignore[attr-defined]
            desk = app.desk_of_who()  # type: ignore[attr-defined]
            work.waive(self.case, problem.address, problem.rule, answers["reason"], desk, until)
            self.changed()

        questions = [
            Question("reason", "Why", "text"),
            Question("until", "Until when", hint="a date, or empty for good"),
            Question("by", "Accepted by", value=app.who, hint="you"),  # type: ignore[attr-defined]
        ]
        self.app.push_screen(
            Ask("Accept as is", questions, accept, says=problem.message, button="Accept")
        )

    def changed(self) -> None:
        """A problem was accepted or opened again."""
        self.fill()
        self.app.save_soon(self.case, at_once=True)  # type: ignore[attr-defined]

    def action_back(self) -> None:
        """Go back."""
        self.dismiss("")


class Completed(ModalScreen[bool]):
    """Have you completed this step?"""

    DEFAULT_CSS = """
    Completed { align: center middle; }
    Completed > Vertical { width: 76; max-width: 96%; height: auto; background: $panel;
                           padding: 1 2; border: round $primary; }
    Completed Static { height: auto; margin-bottom: 1; }
    Completed Listing { height: auto; }
    """

    BINDINGS = [Binding("escape,n", "no", show=False), Binding("y", "yes", show=False)]

    def __init__(self, progress: StepProgress) -> None:
        super().__init__()
        self.progress = progress

    def compose(self) -> ComposeResult:
        """The question, what is still good practice, two answers."""
        step, good = self.progress.step, self.progress.count("warning")
        says = f"Nothing needed is open. {self.progress.activities} activities are complete."
        if good:
            says += (
                f"\n{counted(good, 'thing')} of good practice {'is' if good == 1 else 'are'} "
                "open. CDE did not publish these as requirements. Mark done?"
            )
        with Vertical():
            yield Static(Content.styled("Have you completed this step?", "bold"))
            yield Static(Content(f"Step {step.number}: {step.title}\n{says}"))
            yield Listing(
                Option(Content("Yes, mark it done"), id="yes"),
                Option(Content("No, go back"), id="no"),
            )
            yield Static(Content.styled("This sends nothing to CDE.", "dim"))

    def on_mount(self) -> None:
        """The first answer has the cursor."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(event.option.id == "yes")

    def action_yes(self) -> None:
        """Mark it done."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Go back."""
        self.dismiss(False)
