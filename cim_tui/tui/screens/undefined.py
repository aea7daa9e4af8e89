"""A case whose definitions are not here: its answers as they stand, texts to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cim_tui.core.text import one_line
from cim_tui.service import undefined
from cim_tui.service.case import Case
from cim_tui.tui.commands import Scope
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.base import acting, said
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp

KEYS = "enter edits a text   a save a copy   esc back"


class Undefined(Screen[None]):
    """Every stored answer; enter edits a text."""

    DEFAULT_CSS = """
    Undefined Listing { height: 1fr; }
    Undefined #why { height: auto; padding: 0 1; margin-bottom: 1; }
    """

    BINDINGS = [
        Binding("escape,h", "back", show=False),
        Binding("a,f11", "save_copy", show=False),
    ]

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self.shown: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """Header, why nothing can be judged, the answers."""
        yield Header()
        yield KeyBar(Scope.CASE, KEYS)
        yield Static(Content(self.case.missing), id="why")
        yield Listing()

    def on_mount(self) -> None:
        """Fill the page."""
        self.query_one(Header).show(
            self.case.session.lea, "", "Its answers, without the questions", ""
        )
        self.fill()
        self.query_one(Listing).focus()

    def fill(self) -> None:
        """List the answers."""
        self.shown = [(a, undefined.in_words(v)) for a, v in undefined.answers(self.case)]
        listing = self.query_one(Listing)
        at = listing.highlighted
        listing.clear_options()
        for address, text in self.shown:
            line = Content.assemble((f"{address}: ", "dim"), one_line(text))
            listing.add_option(Option(line))
        if not self.shown:
            listing.add_option(Option(Content("Nothing is answered yet"), disabled=True))
        listing.highlighted = at

    @acting
    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Edit the text under the cursor."""
        if event.option_index >= len(self.shown):
            return
        address, text = self.shown[event.option_index]

        def accept(answers: dict[str, str]) -> None:
            undefined.replace_text(self.case, address, answers["text"])
            self.app.save_soon(self.case, at_once=True)  # type: ignore[attr-defined]
            self.fill()

        self.app.push_screen(Ask(address, [Question("text", "Answer", "text", text)], accept))

    @property
    def cim(self) -> CimApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    @said
    def action_save_copy(self) -> None:
        """Write the case into a file somewhere else."""
        from cim_tui.tui.screens import acts

        acts.save_copy(self)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
