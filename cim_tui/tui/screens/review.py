"""Every answer of a step on one page, what is missing first, each with a way back."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cim_tui.core.session import Absence
from cim_tui.core.text import one_line
from cim_tui.core.values import Misfit
from cim_tui.core.words import ABSENT, ACTIVITY_STATE, GLYPH
from cim_tui.core.workflow import Field, Step
from cim_tui.service.case import Case
from cim_tui.tui.commands import Scope
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.listing import Listing


def answer_lines(case: Case, field: Field) -> list[tuple[str, str]]:
    """A field's answer as lines of text, each with the address it stands at."""
    situation = case.situation
    value = situation.value(field)
    if isinstance(value, Absence):
        return [(field.address, f"({ABSENT.get(value.code, value.code)}: {value.note})")]
    if isinstance(value, Misfit):
        return [(field.address, f"{one_line(str(value.raw))} (cannot be read)")]
    if not field.columns:
        return [] if value is None else [(field.address, _shown(case, field, value))]
    if field.type == "people":
        return [] if value is None else [(field.address, _shown(case, field, value))]
    lines = []
    for row in situation.live_rows(field).values():
        if not row.stored:
            continue
        cells = []
        for name, spec in field.columns.items():
            cell = situation.cell(field, row, name)
            if cell is None:
                continue
            if isinstance(cell, Absence):
                cells.append(f"{spec.label}: ({ABSENT.get(cell.code, cell.code)})")
                continue
            raw = cell if spec.type == "calculated" else row.cells.get(name)
            cells.append(f"{spec.label}: {one_line(situation.show(spec, raw, field))}")
        lines.append((f"{field.address}.{row.id}", " · ".join(cells)))
    return lines


def _shown(case: Case, field: Field, value: object) -> str:
    raw = value if field.type == "calculated" else case.session.raw(field.address)
    if field.spec.fact is not None:
        raw = case.session.fact(field.spec.fact)
    return case.situation.show(field.spec, raw, field)


class Review(Screen[str]):
    """A step on one page."""

    DEFAULT_CSS = """
    Review Listing { height: 1fr; }
    """

    BINDINGS = [Binding("escape,r,h", "back", show=False)]

    def __init__(self, case: Case, step: Step) -> None:
        super().__init__()
        self.case, self.step = case, step

    def compose(self) -> ComposeResult:
        """Header and the page."""
        yield Header()
        yield KeyBar(Scope.CASE, "enter goes to the answer   esc back")
        yield Listing()

    def on_mount(self) -> None:
        """Fill the page."""
        options = self.query_one(OptionList)
        progress = self.case.progress.steps[self.step.id]
        missing = [p for p in progress.problems if p.open and p.severity == "error"]
        if missing:
            options.add_option(Option(Content.styled("Needed", "bold"), disabled=True))
            for count, problem in enumerate(missing):
                options.add_option(
                    Option(Content(f"! {problem.message}"), id=f"{problem.address}|!{count}")
                )
        for number, check in enumerate(progress.checks):
            if check.state == "not-applicable":
                continue
            heading = (
                f"{GLYPH[check.state]} {check.activity.title} · {ACTIVITY_STATE[check.state]} · "
                f"{check.needed} needed"
            )
            options.add_option(Option(Content(" "), disabled=True))
            options.add_option(Option(Content.styled(heading, "bold"), id=f"{number}"))
            for field in check.activity.fields.values():
                self.add_field(options, field)
        self.query_one(Header).show(
            self.case.session.lea, f"{progress.activities} activities complete",
            f"Review · Step {self.step.number} · {self.step.title}",
            f"{progress.count('error')} needed, {progress.count('warning')} good practice",
        )  # fmt: skip
        options.action_first()
        options.focus()

    def add_field(self, options: OptionList, field: Field) -> None:
        """A field with its answer, when it has one."""
        lines = answer_lines(self.case, field)
        if not lines:
            return
        for number, (address, text) in enumerate(lines):
            label = f"{field.label}: " if number == 0 else ""
            shown = Content.assemble(("  " + label, "dim"), text)
            options.add_option(Option(shown, id=f"{address}|{number}"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to the answer."""
        key = (event.option.id or "").split("|")[0]
        if key.isdigit():
            check = self.case.progress.steps[self.step.id].checks[int(key)]
            key = check.activity.address
        if key:
            self.dismiss(key)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss("")
