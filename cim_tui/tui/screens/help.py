"""Help: what the focused field asks and why, where that comes from, and every key."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from cim_tui.core.words import ABSENT, source_words
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.tui.commands import Scope, in_scope


class Help(ModalScreen[None]):
    """A page to read; esc goes back.

    Args:
        scope: whose keys to list.
        case: the open case, when there is one.
        place: the focused field, when there is one.
    """

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help > VerticalScroll { width: 96%; max-width: 92; height: 92%; background: $panel;
                            padding: 1 2; border: round $primary; }
    Help Static { height: auto; }
    """

    BINDINGS = [Binding("escape,f1,question_mark,q", "back", show=False)]

    def __init__(self, scope: Scope, case: Case | None = None, place: Place | None = None) -> None:
        super().__init__()
        self.scope, self.case, self.place = scope, case, place

    def compose(self) -> ComposeResult:
        """The field first, then the keys."""
        with VerticalScroll():
            if self.case is not None and self.place is not None:
                yield Static(about_field(self.case, self.place))
            yield Static(about_keys(self.scope))

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)


def about_field(case: Case, place: Place) -> Content:
    """What a field asks, why, and where that comes from."""
    spec, field = place.spec, place.field
    parts: list[str | tuple[str, str]] = [(spec.label, "bold"), "\n"]
    for title, text in (("", spec.hint), ("Why we ask: ", spec.why), ("Example: ", spec.example)):
        if text:
            parts += [(title, "bold"), text, "\n"]
    applies = case.situation.field_applies(field)
    if applies.sentence:
        parts += [("Shown because ", "bold"), applies.sentence, "\n"]
    asked = "Needed" if spec.severity == "error" else "Good practice"
    if spec.required:
        parts += [(f"{asked}. ", "bold")]
        if spec.because:
            parts += [spec.because.rstrip("."), ". "]
    source = spec.source or field.spec.source or field.activity.source
    parts += [source_words(source), "\n"]
    if source.note and source.tag == "published":
        parts += [source.note, "\n"]
    if spec.required:
        codes = [ABSENT[code] for code in spec.satisfied_by()]
        if codes:
            parts += [("May be missing when: ", "bold"), ", ".join(codes), "\n"]
    parts += [("Address: ", "bold"), place.address, "\n\n"]
    return Content.assemble(*parts)


def about_keys(scope: Scope) -> Content:
    """Every key of a scope, from the one table."""
    parts: list[str | tuple[str, str]] = [("Keys", "bold"), "\n"]
    for command in in_scope(scope):
        parts += [(f"{command.shown_keys:<16}", "bold"), command.title, "\n"]
        parts += [(f"  {command.does}", "dim"), "\n"]
    if scope & Scope.FORM:
        parts += [
            "\n", "In a form: tab and shift+tab move, esc leaves an entry (the answer is kept), ",
            "enter returns to it. Letters act when no entry has the focus.\n",
            "In a table: enter opens the row, space edits the cell, a adds, c copies, delete ",
            "removes, comma and full stop move the row, b pastes cells from a spreadsheet.\n",
        ]  # fmt: skip
    return Content.assemble(*parts)
