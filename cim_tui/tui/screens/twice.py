"""What two people changed apart: both stand here, and one of them, or a third, is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cim_tui.core.changes import Edit
from cim_tui.core.merge import Conflict
from cim_tui.core.text import shorten, shorten_both
from cim_tui.core.words import ABSENT, counted
from cim_tui.service.case import Case
from cim_tui.service.changed import name_of
from cim_tui.service.settle import conflicts, settle
from cim_tui.tui.commands import Scope
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.base import acting
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from cim_tui.tui.app import CimApp

KEYS = "enter settles it   esc back"


class ChangedTwice(Screen[None]):
    """Lists what waits to be settled; enter asks which holds."""

    DEFAULT_CSS = """
    ChangedTwice Listing { height: 1fr; }
    """
    BINDINGS = [Binding("escape,h", "back", show=False)]

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case

    @property
    def cim(self) -> CimApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Header, the list, the keys."""
        yield Header()
        yield KeyBar(Scope.CASE, KEYS)
        yield Listing()

    def on_mount(self) -> None:
        """Fill the list."""
        self.fill()
        self.query_one(OptionList).focus()

    def fill(self) -> None:
        """Each conflict with both sides."""
        found = conflicts(self.case)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self.line(c), id=c.id) for c in found])
        if not found:
            options.add_option(Option(Content("Nothing waits to be settled"), disabled=True))
        self.query_one(Header).show(
            "Changed by two people", self.cim.saved_words(self.case),
            counted(len(found), "answer waits", "answers wait"), "a step is done only without any",
        )  # fmt: skip
        options.highlighted = 0 if found else None

    def line(self, conflict: Conflict) -> Content:
        """One conflict: what it is about, what stands there, what the other wrote."""
        mine, theirs = self.sides(conflict, max(30, self.app.size.width - 14))
        return Content.assemble(
            (self.called(conflict), "bold"), f"\n  here    {mine}", f"\n  {who(conflict)}  {theirs}"
        )

    def sides(self, conflict: Conflict, width: int) -> tuple[str, str]:
        """What stands there and what the other wrote, with what differs in sight."""
        mine, theirs = self.words(conflict, conflict.mine), self.words(conflict, conflict.theirs)
        return shorten_both(mine, theirs, width)

    def called(self, conflict: Conflict) -> str:
        """What people call it; of a cell, with its row."""
        name = name_of(self.case, Edit(conflict.path, None, None))
        field = self.case.workflow.fields.get(".".join(conflict.path[1:4]))
        if field is None or len(conflict.path) < 5:
            return name
        row = self.case.situation.rows(field).get(conflict.path[4])
        return f"{name} · {self.case.situation.row_label(field, row)}" if row is not None else name

    def words(self, conflict: Conflict, value: Any) -> str:
        """One side as people read it."""
        if value is None:
            return "(nothing, or taken away)"
        if isinstance(value, Mapping) and set(value) == {"absent"}:
            reason = value["absent"]
            code = ABSENT.get(str(reason.get("code")), str(reason.get("code")))
            return f"missing: {code}, {reason.get('note', '')}"
        field = self.case.workflow.fields.get(".".join(conflict.path[1:4]))
        if isinstance(value, Mapping):
            cells = [v for v in value.values() if not isinstance(v, Mapping)]
            text = " · ".join(str(cell) for cell in cells) or counted(len(value), "row")
        elif field is None:
            text = str(value)
        else:
            column = field.columns.get(conflict.path[5]) if len(conflict.path) > 5 else None
            text = self.case.situation.show(column or field.spec, value, field)
        return text

    @acting
    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask which holds."""
        found = next((c for c in conflicts(self.case) if c.id == event.option.id), None)
        if found is None:
            return
        mine, theirs = self.sides(found, 50)
        choices = {
            "mine": f"What stands here: {mine}",
            "theirs": f"What {found.by or 'the other'} wrote: {theirs}",
            "text": "Something else, written below",
        }
        whole = isinstance(found.mine or found.theirs, Mapping) or found.path[0] != "answers"
        if whole:
            del choices["text"]
        questions = [Question("take", "Which holds", "choice", "mine", choices=choices)]
        if not whole:
            text = found.mine if isinstance(found.mine, str) else ""
            questions.append(Question("text", "Something else", "text", value=text))

        def accept(answers: dict[str, str]) -> None:
            settle(self.case, found, answers["take"], self.cim.desk.chance, answers.get("text", ""))
            self.cim.save_soon(self.case, at_once=True)

        self.app.push_screen(
            Ask(self.called(found), questions, accept, button="Settle it"), lambda _: self.fill()
        )

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss(None)


def who(conflict: Conflict) -> str:
    """Who wrote the other side, as wide as "here  "."""
    name = conflict.by or "other"
    return f"{shorten(name, 20)}:" if name != "other" else "other "
