"""The list of cases: one line each, what needs attention first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from cim_tui.core.errors import CimError
from cim_tui.core.text import clean, one_line
from cim_tui.core.words import STEP_STATE, counted
from cim_tui.service.case import Case
from cim_tui.service.desk import unwritable
from cim_tui.service.standing import Standing, iso, look, turn
from cim_tui.service.start import archive
from cim_tui.tui.commands import Scope, bindings
from cim_tui.tui.fields.text import QuietInput
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.fit import column, fit
from cim_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp


HEADING = "  District              Level       Step           To do Turn     Due"


class Line(NamedTuple):
    """A case on the list."""

    case: Case
    rank: tuple[int, str]
    text: str


class Home(Screen[None]):
    """Every case of the folder, and the files that cannot be read."""

    DEFAULT_CSS = """
    Home Listing { height: 1fr; }
    Home #heading { height: 1; padding: 0 1; }
    Home QuietInput { background: $surface; padding: 0 1; border: none; height: 1; margin: 0 1; }
    Home QuietInput:focus { background: $primary-muted; }
    """

    BINDINGS = [*bindings(Scope.HOME), ("escape", "leave_filter", "Leave the filter"),
                ("down", "down", "Down"), ("up", "up", "Up")]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.newer: set[Path] = set()
        """Files of a newer version that are on the list: they can be opened to be read."""
        self.lines: list[Line] = []
        self.shown: list[Line] = []
        self.archived = False

    @property
    def cim(self) -> CimApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, filter, list, keys."""
        yield Header()
        yield KeyBar(Scope.HOME)
        yield QuietInput(placeholder="/ filters the list", compact=True)
        yield Static(Content.styled(HEADING, "dim"), id="heading")
        yield Listing()

    def on_mount(self) -> None:
        """Focus the list, and say what has to be known once."""
        self.query_one(OptionList).focus()
        for remark in self.cim.desk.remarks_once():
            self.cim.tell(remark)

    def on_screen_resume(self) -> None:
        """Read the folder: cases may have changed, and none is open any more."""
        if self.app.screen is self:  # at the start a case may have been opened over it by now
            self.cim.saver.watch(None)
            self.read()

    def read(self) -> None:
        """Read every case of the folder; one damaged file never hides the others."""
        self.cim.flush()
        found = self.standing = look(self.cim.desk, examples=True, archived=self.archived)
        for case in found.cases:
            case.read_only = unwritable(case.path)
        newer = [case for case in self.cim.desk.newer(found.unreadable, found.cases)
                 if self.archived or not case.session.is_archived]  # fmt: skip
        self.newer = {case.path for case in newer}
        self.lines = sorted(
            (line_of(case) for case in (*found.cases, *newer)), key=lambda x: x.rank
        )
        self.fill()

    def fill(self) -> None:
        """Show the lines that have every word of the filter."""
        words = self.query_one(Input).value.casefold().split()
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options()
        self.shown = [
            line for line in self.lines
            if all(w in f"{line.text} {line.case.id}".casefold() for w in words)
        ]  # fmt: skip
        for line in self.shown:
            options.add_option(Option(Content(line.text)))
        for entry in self.standing.unreadable:
            if entry.path in self.newer:
                continue
            where = f", line {entry.line}" if entry.line else ""
            text = f"✗ {one_line(entry.path.name)}{where}: {entry.reason}"
            options.add_option(Option(Content(text), disabled=True))
        for name in self.standing.copies:
            options.add_option(
                Option(Content(f"= {one_line(name)}: a copy of another case"), disabled=True)
            )
        if not self.lines and not self.standing.unreadable:
            place = clean(str(self.cim.desk.folder.path))
            text = f"No case here yet. Press n to start one.\n{place}"
            options.add_option(Option(Content(text), disabled=True))
        if self.shown:
            options.highlighted = min(at or 0, len(self.shown) - 1)
        folder = self.cim.desk.folder
        self.query_one(Header).show(
            "Compliance and Improvement Monitoring", self.cim.who_words,
            counted(len(self.lines), "case"), fit(str(folder.path), 50),
        )  # fmt: skip

    @property
    def here(self) -> Case | None:
        """The case under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self.shown[at].case if at is not None and at < len(self.shown) else None

    def on_input_changed(self) -> None:
        """Filter as you type."""
        self.fill()

    def on_input_submitted(self) -> None:
        """Enter opens the case under the cursor."""
        self.action_open_case()

    def on_option_list_option_selected(self) -> None:
        """Open the case."""
        self.action_open_case()

    def action_open_case(self) -> None:
        """Open the case under the cursor."""
        case = self.here
        if case is not None:
            self.cim.open_case(str(case.path))

    def action_down(self) -> None:
        """The arrows move in the list from the filter too."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """The arrows move in the list from the filter too."""
        self.query_one(OptionList).action_cursor_up()

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one(Input).focus()

    def action_leave_filter(self) -> None:
        """Out of the filter; a second time empties it."""
        entry = self.query_one(Input)
        if entry.has_focus:
            self.query_one(OptionList).focus()
        else:
            entry.value = ""

    def action_new_case(self) -> None:
        """Start a case."""
        from cim_tui.tui.screens.wizard import Wizard

        def made(paths: list[str]) -> None:
            self.read()
            self.cim.open_case(paths[0])
            if len(paths) > 1:
                names = ", ".join(Path(path).stem for path in paths)
                self.cim.tell(f"{counted(len(paths), 'case')} started: {names}")

        try:
            wizard = Wizard(self.cim, self.cim.desk, made)
        except CimError as wrong:
            self.cim.tell(str(wrong), "error")
            return
        wizard.show(wizard.letter)

    def action_archive(self) -> None:
        """Put the case away, or take it out."""
        case = self.here
        if case is None:
            return
        away = not case.session.is_archived
        try:
            archive(case, put_away=away)
            self.cim.desk.save(case)
        except CimError as wrong:
            self.cim.tell(str(wrong), "error")
            self.read()
            return
        self.read()
        self.cim.tell("Put away; v shows what was put away" if away else "It is back")

    def action_show_archived(self) -> None:
        """Show what was put away too, or hide it again."""
        self.archived = not self.archived
        self.read()

    def action_help(self) -> None:
        """Explain the keys."""
        self.cim.show_help(self)


def line_of(case: Case) -> Line:
    """A case in 76 columns: attention, district, level, step, counts, whose turn, due."""
    session = case.session
    name = column(session.lea, 21)
    if case.is_newer:
        return Line(case, (1, session.lea), f"? {name} of a newer version, read-only")
    if not case.has_definition:
        return Line(case, (1, session.lea), f"? {name} its process is not here")
    progress = case.progress
    step = progress.current
    level = column(level_of(case), 11)
    late = any(s.late for s in progress.steps.values())
    needed = progress.count("error")
    mark = "!" if late else "✓" if progress.complete else "△" if _returned(case) else " "
    where = f"{step.step.number} {STEP_STATE[step.state]}" if step else "complete"
    due = progress.next_due
    when = iso(due.due) if due else "no date"
    text = (
        f"{mark} {name} {level} {column(where, 14)} {needed:>5} {column(turn(progress), 8)} {when}"
    )
    rank = 0 if late else 1 if _returned(case) else 3 if progress.complete else 2
    if session.is_archived:
        text, rank = f"{text} (away)", 4
    if case.read_only:
        text = f"{text} (read-only)"
    return Line(case, (rank, session.lea), text)


def level_of(case: Case) -> str:
    """The level as the letter names it, else the process."""
    level = case.workflow.spec.levels.get(str(case.session.fact("level")))
    return level.title if level else str(case.session.fact("level") or case.session.workflow)


def _returned(case: Case) -> bool:
    steps = case.progress.steps.values()
    return any(
        (s.cde is not None and s.cde.get("cde") == "returned")
        or s.state in ("reopened", "changed-since-sign-off")
        for s in steps
    )
