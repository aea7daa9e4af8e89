"""One cell, edited in place: a line at the foot of the screen, over the table it belongs to."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from cim_tui.core.errors import CimError
from cim_tui.service import edit
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.tui.commands import Scope
from cim_tui.tui.fields.base import Entered, Left
from cim_tui.tui.fields.box import FieldBox
from cim_tui.tui.fields.options import takes_several
from cim_tui.tui.widgets.bars import KeyBar


class EditCell(ModalScreen[None]):
    """A cell's editor; enter, esc or choosing goes back, what was entered is kept."""

    DEFAULT_CSS = """
    EditCell { align: left bottom; background: transparent; }
    EditCell > Vertical { dock: bottom; height: auto; max-height: 60%; background: $panel;
                          padding: 0 1; border-top: solid $primary; margin-bottom: 1; }
    """

    BINDINGS = [
        Binding("escape", "back", show=False, priority=True),
        Binding("tab", "back", show=False, priority=True),
    ]

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__()
        self.case, self.place = case, place
        self.box = FieldBox(case, place)

    def compose(self) -> ComposeResult:
        """The one question."""
        with Vertical():
            yield self.box
        yield KeyBar(Scope.FORM, "enter or esc goes back to the table; the answer is kept")

    def on_mount(self) -> None:
        """The entry has the focus."""
        self.box.show([])
        self.box.editor.focus()

    def on_entered(self, event: Entered) -> None:
        """Take it in."""
        event.stop()
        try:
            edit.store(self.case, event.place, event.raw, typing=event.typing)
        except CimError as wrong:
            self.box.note = str(wrong)
        else:
            self.box.note = event.note
        self.app.save_soon(self.case, at_once=not event.typing)  # type: ignore[attr-defined]
        self.box.show([])
        if not event.typing and not takes_several(self.place):
            self.dismiss(None)

    def on_left(self, event: Left) -> None:
        """Enter on a line moves the focus on: that is the way back."""
        event.stop()
        self.case.settle()

    def focus_next(self, *args: object, **kwargs: object) -> None:
        """Going on from the only entry goes back."""
        del args, kwargs
        self.dismiss(None)

    def action_back(self) -> None:
        """Go back; the answer is kept, with the keys that are still on their way to it."""
        self.app.after_typing(lambda: self.dismiss(None))  # type: ignore[attr-defined]
