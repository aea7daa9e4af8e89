"""Search over labels, guidance and answers; enter goes there."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cim_tui.core.text import one_line
from cim_tui.service.case import Case
from cim_tui.tui.commands import Scope
from cim_tui.tui.fields.text import QuietInput
from cim_tui.tui.screens.review import answer_lines
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.fit import fit
from cim_tui.tui.widgets.listing import Listing

MOST = 200


def words_off(where: str, words: list[str]) -> int:
    """How many of the words do not stand in the label: what has them all comes first."""
    label = where.casefold()
    return sum(word not in label for word in words)


class Search(Screen[str]):
    """Type words; every place that has all of them."""

    DEFAULT_CSS = """
    Search Listing { height: 1fr; }
    Search QuietInput { background: $surface; padding: 0 1; border: none; height: 1; margin: 0 1; }
    """

    BINDINGS = [
        Binding("escape", "back", show=False),
        Binding("down", "down", show=False),
        Binding("up", "up", show=False),
    ]

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self.places = self.collect()
        self.found: list[str] = []

    def collect(self) -> list[tuple[str, str, str]]:
        """Every text there is: its address, what it is, the text."""
        found: list[tuple[str, str, str]] = []
        for activity in self.case.workflow.each_activity():
            spec = activity.spec
            told = one_line(f"{spec.purpose} {spec.guidance}")
            found.append((activity.address, f"{activity.title}, guidance", told))
            for field in activity.fields.values():
                where = f"{activity.title} · {field.label}"
                about = f"{field.label} {field.spec.hint} {field.spec.why}"
                found.append((field.address, where, one_line(about)))
                if self.case.situation.field_applies(field).truth is not False:
                    own = answer_lines(self.case, field)
                    found += [
                        (address, f"{where}, answer", one_line(text)) for address, text in own
                    ]
        return found

    def compose(self) -> ComposeResult:
        """Header, entry, results."""
        yield Header()
        yield KeyBar(Scope.CASE, "type words   ↑ ↓ move   enter goes there   esc back")
        yield QuietInput(placeholder="words to look for", compact=True)
        yield Listing()

    def on_mount(self) -> None:
        """Nothing is found before something is typed."""
        self.query_one(Header).show(self.case.session.lea, "", "Search", "")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has every word."""
        words = event.value.casefold().split()
        options = self.query_one(OptionList)
        options.clear_options()
        self.found = []
        if not words:
            return
        for address, where, text in sorted(self.places, key=lambda p: words_off(p[1], words)):
            whole = f"{where} {text}".casefold()
            if not all(word in whole for word in words):
                continue
            self.found.append(address)
            shown = fit(around(text, words[0]), max(20, self.app.size.width - 8))
            line = Content.assemble((where, "bold"), "\n   ", shown)
            options.add_option(Option(line))
            if len(self.found) >= MOST:
                break
        if not self.found:
            options.add_option(Option(Content("Nothing has all these words"), disabled=True))
        else:
            options.highlighted = 0

    def action_down(self) -> None:
        """Move down the results."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Move up the results."""
        self.query_one(OptionList).action_cursor_up()

    def on_input_submitted(self) -> None:
        """Go to the one under the cursor."""
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self.found):
            self.dismiss(self.found[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        if event.option_index < len(self.found):
            self.dismiss(self.found[event.option_index])

    def action_back(self) -> None:
        """Go back."""
        self.dismiss("")


def around(text: str, word: str) -> str:
    """The part of a text where a word stands, begun at the start of a word."""
    at = text.casefold().find(word) - 20
    if at <= 0:
        return text
    blank = text.find(" ", at)
    return "…" + (text[blank + 1 :] if 0 <= blank < at + 20 else text[at:])
