"""What every screen of a case can do. Each action has a row in `commands` and a shell twin."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from textual._context import NoActiveAppError
from textual.events import ScreenResume
from textual.geometry import Size
from textual.screen import Screen

from cim_tui.core.errors import CimError
from cim_tui.core.problems import Problem
from cim_tui.core.workflow import Activity, Step
from cim_tui.service.case import Case

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp

F = TypeVar("F", bound=Callable[..., Any])


def said(action: F) -> F:
    """An action whose refusal is a notice, never a traceback."""

    @wraps(action)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return action(self, *args, **kwargs)
        except CimError as wrong:
            self.app.tell(str(wrong), "error")
            return None

    return guarded  # type: ignore[return-value]


def acting(action: F) -> F:
    """An action that changes the case: where that can only be read, the reason is said instead."""

    @wraps(action)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.case.must_be_writable()
        return action(self, *args, **kwargs)

    return said(guarded)  # type: ignore[return-value]


class CaseScreen(Screen[None]):
    """A screen of one open case.

    Args:
        case: the case; the same object on every screen of it.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-tall")]

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self._was_shown = False
        self._laid_out_for: Size | None = None
        with suppress(NoActiveAppError):
            # Known from the start, so that not everything is styled again at the first resize.
            size = self.app.size
            for extent, breakpoints in ((size.width, self.HORIZONTAL_BREAKPOINTS),
                                        (size.height, self.VERTICAL_BREAKPOINTS)):  # fmt: skip
                fitting = [name for least, name in breakpoints if extent >= least]
                self.add_class(*fitting[-1:], update=False)

    def on_screen_resume(self, event: ScreenResume, /) -> None:
        """What is shown for the first time was styled a moment ago."""
        event.refresh_styles = self._was_shown
        self._was_shown = True
        self._laid_out_for = self.app.size

    def _screen_resized(self, size: Size) -> None:
        """Lay out for a new size; Textual tells of the old one too, up to three times at first."""
        if size != self._laid_out_for:
            self._laid_out_for = size
            super()._screen_resized(size)

    @property
    def cim(self) -> CimApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    @property
    def step(self) -> Step:
        """The step that acts on a step mean here."""
        current = self.case.progress.current
        return current.step if current else next(iter(self.case.workflow.steps.values()))

    @property
    def activity(self) -> Activity | None:
        """The activity that is open, when one is."""
        return None

    def show_all(self) -> None:
        """Draw again what depends on the case; never moves the focus."""

    def after_change(self, message: str = "") -> None:
        """A change was made by an act: draw, save, say."""
        self.show_all()
        self.cim.save_soon(self.case, at_once=True)
        if message:
            self.cim.tell(message)

    def case_changed(self) -> None:
        """What the case is about was corrected: every screen may show something else now."""
        self.load_all()
        self.after_change()

    # Going places

    def go_to(self, problem_or_address: Problem | str) -> None:
        """Go to an answer, wherever it is."""
        address = (
            problem_or_address.address
            if isinstance(problem_or_address, Problem)
            else problem_or_address
        )
        self.cim.show_address(self.case, address)

    @said
    def action_next_missing(self) -> None:
        """Go to the next open question."""
        found = next_after(self.case, self.where())
        if found is None:
            current = self.case.progress.current
            step = f"; mark {current.step.title} done when you are ready" if current else ""
            self.cim.tell(f"Nothing is open{step}")
            return
        self.go_to(found)

    def where(self) -> str:
        """The address the person is at."""
        return ""

    def action_overview(self) -> None:
        """Go up."""
        self.dismiss(None)

    @said
    def action_check(self) -> None:
        """Show everything open."""
        from cim_tui.tui.screens.check import Check

        self.app.push_screen(Check(self.case, self.step, self.activity), self.jump)

    def jump(self, address: str | None) -> None:
        """Come back from a list, and go where it pointed."""
        self.show_all()
        if address:
            self.go_to(address)

    @said
    def action_review(self) -> None:
        """Every answer of the step."""
        from cim_tui.tui.screens.review import Review

        self.app.push_screen(Review(self.case, self.step), self.jump)

    @said
    def action_search(self) -> None:
        """Search labels, guidance and answers."""
        from cim_tui.tui.screens.search import Search

        self.app.push_screen(Search(self.case), self.jump)

    def action_help(self) -> None:
        """Explain the focused field and the keys."""
        self.cim.show_help(self)

    # Acts

    @acting
    def action_mark_done(self) -> None:
        """Have you completed this step?"""
        self._acts().mark_done(self)

    @acting
    def action_reopen(self) -> None:
        """Take back that the step is done."""
        self._acts().reopen(self)

    @acting
    def action_sign(self) -> None:
        """Record who signed."""
        self._acts().sign(self)

    @acting
    def action_submit(self) -> None:
        """Record what went to the state, and what came back."""
        self._acts().submit(self)

    @acting
    def action_elsewhere(self) -> None:
        """Record that it was done outside this program."""
        self._acts().elsewhere(self)

    @acting
    def action_assign(self) -> None:
        """Owner, target date, due date."""
        self._acts().assign(self)

    @said
    def action_save_copy(self) -> None:
        """Write the case into a file somewhere else."""
        self._acts().save_copy(self)

    def _acts(self) -> Any:
        """What acts are made of: needed once somebody acts, not to show a screen."""
        from cim_tui.tui.screens import acts

        return acts

    @acting
    def action_correct(self) -> None:
        """Correct what the case is about, after saying what that would change."""
        from cim_tui.tui.screens.facts import correcting

        self.app.push_screen(correcting(self), self._corrected)

    def _corrected(self, preview: Any) -> None:
        from cim_tui.tui.screens.facts import previewing

        def show(done: Any) -> None:
            if done:
                self.case_changed()
                self.cim.tell("Corrected; ctrl+z takes it back")

        if preview is not None:
            self.app.push_screen(previewing(self, preview), show)

    @said
    def action_settle(self) -> None:
        """What two people changed apart."""
        from cim_tui.tui.screens.twice import ChangedTwice

        self.app.push_screen(ChangedTwice(self.case), lambda _: self.case_changed())

    @said
    def action_changes(self) -> None:
        """Who changed what is under the cursor; on the first screen, of the whole case."""
        from cim_tui.tui.screens.changes import Changes

        address = ".".join(self.where().split(".")[:5])
        field = self.case.workflow.fields.get(".".join(address.split(".")[:3]))
        label = f"“{field.label}”" if field is not None else self.case.session.lea
        screen = Changes(self.case, address if field is not None else "", label)
        self.app.push_screen(screen, lambda went: self.case_changed() if went else None)

    @acting
    def action_undo(self) -> None:
        """Take back the last change."""
        self._stepped(self.case.undo(), "Undone")

    @acting
    def action_redo(self) -> None:
        """Bring it back."""
        self._stepped(self.case.redo(), "Done again")

    def _stepped(self, change: Any, word: str) -> None:
        if change is None:
            self.cim.tell("Nothing to undo" if word == "Undone" else "Nothing to bring back")
            return
        self.case_changed()
        fields = self.case.workflow.fields
        field = fields.get(".".join(change.changed[0].split(".")[:3])) if change.changed else None
        typed = change.what in ("typing", "an answer")
        what = f"“{field.label}”" if field is not None and typed else change.what
        self.after_change(f"{word}: {what}" if what else word)

    def load_all(self) -> None:
        """Show in every editor what the case holds now."""
        self.show_all()

    @acting
    def action_save(self) -> None:
        """Save at once and say so."""
        self.cim.save_soon(self.case, at_once=True)
        if not self.case.unsaved:
            self.cim.tell("Everything is saved")


def next_after(case: Case, where: str) -> Problem | None:
    """The next open problem after an address: needed ones first, then good practice.

    Goes on across activities and steps, and comes round to the start.
    """
    steps = [s for s in case.progress.steps.values() if not s.closed]
    for severity in ("error", "warning"):
        found = [p for step in steps for p in step.problems if p.open and p.severity == severity]
        if not found:
            continue
        ordered = sorted(found, key=lambda problem: _place_of(case, problem.address))
        here = _place_of(case, where)
        return next((p for p in ordered if _place_of(case, p.address) > here), ordered[0])
    return None


LAST = 1_000_000
"""After every row and column: what is said of a table as a whole comes after its cells."""


def _place_of(case: Case, where: str) -> tuple[int, int, int]:
    """An address as numbers: the field in the process, the row and the column in its table."""
    parts = where.split(".")
    order = list(case.workflow.fields)
    name = ".".join(parts[:3])
    if name not in case.workflow.fields:
        activity = ".".join(parts[:2])
        own = [number for number, field in enumerate(order) if field.startswith(activity + ".")]
        return (own[-1], LAST, LAST) if where and own else (-1, LAST, LAST)
    field = case.workflow.fields[name]
    if len(parts) == 3:
        return order.index(name), LAST, LAST
    rows, columns = list(case.situation.rows(field)), list(field.columns)
    row = rows.index(parts[3]) if parts[3] in rows else LAST
    at = columns.index(parts[4]) if len(parts) > 4 and parts[4] in columns else -1
    return order.index(name), row, at
