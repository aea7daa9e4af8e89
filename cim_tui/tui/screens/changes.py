"""Who changed what, and when: of one answer or of the whole case; an earlier state comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cim_tui.core.errors import CimError
from cim_tui.core.text import shorten
from cim_tui.core.words import counted
from cim_tui.service.case import Case
from cim_tui.service.changed import moment
from cim_tui.service.history import (
    NOW,
    Entry,
    Return,
    chosen,
    go_back,
    history,
    left_words,
    lines,
    way_back,
)
from cim_tui.tui.commands import Scope
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.base import acting
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp

MOST = 300
"""Changes that are listed; the shell tells of all."""
KINDS = {"by-hand": "with another program", "recovered": "recovered", "change": ""}


class Changes(Screen[bool]):
    """Lists changes, the newest first; enter brings back what held after one of them.

    Args:
        case: the case.
        address: of the answer or the row; empty for the whole case.
        label: what people call it.
    """

    DEFAULT_CSS = """
    Changes Listing { height: 1fr; }
    """
    BINDINGS = [Binding("escape,h,c", "back", show=False)]

    def __init__(self, case: Case, address: str, label: str) -> None:
        super().__init__()
        self.case, self.address, self.label = case, address, label
        self.entries: list[Entry] = []

    @property
    def cim(self) -> CimApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, the list, the keys."""
        yield Header()
        yield KeyBar(Scope.CASE, "enter brings that back   esc back")
        yield Listing()

    def on_mount(self) -> None:
        """Fill the list."""
        self.cim.flush()
        found = chosen(history(self.case).entries(), self.case, address=self.address)
        self.entries = list(reversed(found))[:MOST]
        options = self.query_one(OptionList)
        options.add_options([Option(self.line(entry)) for entry in self.entries])
        if not self.entries:
            options.add_option(Option(Content("Nothing is on record here"), disabled=True))
        more = f", the newest {MOST} shown" if len(found) > MOST else ""
        self.query_one(Header).show(
            f"Changes · {self.label}", self.cim.saved_words(self.case),
            counted(len(found), "change") + more, "deleting .cim deletes them",
        )  # fmt: skip
        options.highlighted = 0 if self.entries else None
        options.focus()

    def line(self, entry: Entry) -> Content:
        """One change: when, who, and what stood there before and after."""
        kind = KINDS.get(entry.kind, entry.kind)
        head = " · ".join(part for part in (moment(entry.at), entry.by, kind) if part)
        room = max(30, self.app.size.width - 8)
        told = []
        for line in lines(self.case, entry.edits)[:6]:
            old, new = line.old or "nothing", line.new or "nothing"
            text = f"{line.label}: {old} → {new}" if (line.old or line.new) else line.label
            told.append(f"\n  {shorten(text, room)}")
        left = len(entry.edits) - 6
        more = f"\n  and {counted(left, 'more change')}" if left > 0 else ""
        return Content.assemble((head or "now", "bold"), *told, more)

    @acting
    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what would change, and ask."""
        entry = self.entries[event.option_index]
        if entry.rev == NOW:
            return
        try:
            way = way_back(self.case, self.cim.desk, entry.rev, self.address)
        except CimError as wrong:
            self.cim.tell(str(wrong), "error")
            return
        if not way.edits:
            self.cim.tell(f"That is what holds now{left_words(way)}")
            return
        self.app.push_screen(self.asked(way, entry), self.went_back)

    def asked(self, way: Return, entry: Entry) -> Ask:
        """The question whether to bring a state back."""
        told = [
            f"{line.label}: {line.old or 'nothing'} → {line.new or 'nothing'}"
            for line in lines(self.case, way.edits)
        ]
        more = f"\nand {len(told) - 8} more" if len(told) > 8 else ""
        says = "\n".join(shorten(text, 200) for text in told[:8]) + more + left_words(way)

        def accept(answers: dict[str, str]) -> None:
            del answers
            go_back(self.case, way)

        title = f"Bring back what held after {moment(entry.at)}"
        return Ask(title, [], accept, says=says, button="Bring it back")

    def went_back(self, done: object) -> None:
        """Go to where it can be seen."""
        if done:
            self.cim.save_soon(self.case, at_once=True)
            self.cim.tell("Brought back; ctrl+z takes that back")
            self.dismiss(True)

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss(False)
