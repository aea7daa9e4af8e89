"""A block of cells from a spreadsheet: shown as it would be taken in, then taken in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from cim_tui.core.errors import CimError
from cim_tui.core.text import clean
from cim_tui.core.words import counted
from cim_tui.service import paste
from cim_tui.service.case import Case
from cim_tui.service.place import Place


class PasteBlock(ModalScreen[str]):
    """Paste, look at the preview, take in with ctrl+s."""

    DEFAULT_CSS = """
    PasteBlock { align: center middle; }
    PasteBlock > Vertical { width: 96%; max-width: 110; height: 92%; background: $panel;
                            padding: 1 2; border: round $primary; }
    PasteBlock TextArea { height: 8; background: $surface; border: none; }
    PasteBlock Static { height: auto; }
    PasteBlock #preview { height: 1fr; overflow-y: auto; margin-top: 1; }
    """

    BINDINGS = [
        Binding("escape", "give_up", show=False, priority=True),
        Binding("ctrl+s", "take_soon", show=False, priority=True),
    ]

    def __init__(self, case: Case, place: Place, text: str) -> None:
        super().__init__()
        self.case, self.place, self.text = case, place, clean(text)
        self.planned: paste.Plan | None = None

    def compose(self) -> ComposeResult:
        """The block, what would happen, the keys."""
        columns = ", ".join(c.label for c in self.place.field.columns.values())
        with Vertical():
            yield Static(Content.styled(f"Paste rows into “{self.place.field.label}”", "bold"))
            yield Static(Content.styled(f"Columns: {columns}", "dim"))
            yield TextArea(self.text, compact=True, soft_wrap=False, tab_behavior="indent")
            yield Static("", id="preview", markup=False)
            yield Static(Content.styled("ctrl+s takes the rows in   esc leaves as it was", "dim"))

    def on_mount(self) -> None:
        """Show the preview of what was pasted."""
        self.query_one(TextArea).focus()
        self.look()

    def on_paste(self, event: Paste) -> None:
        """A paste lands in the block."""
        del event

    def on_text_area_changed(self) -> None:
        """Follow the block."""
        self.look()

    def look(self) -> None:
        """Work out what the block would do; nothing is changed."""
        preview = self.query_one("#preview", Static)
        text = self.query_one(TextArea).text
        self.planned = None
        if not text.strip():
            preview.update(Content("Copy the cells in the spreadsheet and paste them here."))
            return
        try:
            rng = self.app.desk.chance  # type: ignore[attr-defined]
            self.planned = paste.plan(self.case, self.place.field, text, rng)
        except CimError as wrong:
            preview.update(Content(str(wrong)))
            return
        preview.update(Content("\n".join(self.planned.in_words())))

    def action_take_soon(self) -> None:
        """Take the rows in, once what was typed or pasted before is looked at."""
        self.app.after_typing(lambda: self.call_later(self.take))  # type: ignore[attr-defined]

    def take(self) -> None:
        """Take the rows in, as one change that can be undone."""
        if self.planned is None:
            return
        preview = self.query_one("#preview", Static)
        try:
            rng = self.app.desk.chance  # type: ignore[attr-defined]
            paste.carry_out(self.case, self.planned, rng)
        except CimError as wrong:
            lines = [f"{wrong}. Mend them here, or in the spreadsheet.", *self.planned.in_words()]
            preview.update(Content("\n".join(lines)))
            return
        self.dismiss(f"{counted(len(self.planned.rows), 'row')} taken in; ctrl+z takes them out")

    def action_give_up(self) -> None:
        """Leave the table as it was."""
        self.dismiss("")
