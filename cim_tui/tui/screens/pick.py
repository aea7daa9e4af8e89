"""Choosing from a long list: type to narrow it, space marks, enter takes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from cim_tui.tui.fields.text import QuietInput
from cim_tui.tui.widgets.listing import Listing


class Pick(ModalScreen[list[str] | None]):
    """A list to choose one or several from.

    Args:
        title: what is chosen.
        choices: keys and labels.
        chosen: what is chosen now.
        several: whether more than one can be.
    """

    DEFAULT_CSS = """
    Pick { align: center middle; }
    Pick > Vertical { width: 90%; max-width: 90; height: 90%; max-height: 30; background: $panel;
                      padding: 1 2; border: round $primary; }
    Pick Listing { height: 1fr; }
    Pick Static { height: auto; }
    """

    BINDINGS = [
        Binding("escape", "give_up", show=False),
        Binding("down", "down", show=False),
        Binding("up", "up", show=False),
        Binding("ctrl+s", "take", show=False),
    ]

    def __init__(
        self, title: str, choices: dict[str, str], chosen: list[str], several: bool
    ) -> None:
        super().__init__()
        self.heading, self.choices, self.several = title, choices, several
        self.chosen = [key for key in chosen if key in choices]

    def compose(self) -> ComposeResult:
        """Title, the entry that narrows, the list, the keys."""
        with Vertical():
            yield Static(Content.styled(self.heading, "bold"))
            yield QuietInput(placeholder="type to narrow the list", compact=True)
            yield Listing()
            yield Static(Content.styled(self.keys, "dim"))

    @property
    def keys(self) -> str:
        """What the keys do here."""
        if self.several:
            return "↑ ↓ move   enter marks   ctrl+s takes the marked   esc leaves as it was"
        return "↑ ↓ move   enter chooses   esc leaves as it was"

    def on_mount(self) -> None:
        """Fill the list; the entry has the focus, the arrows move in the list."""
        self.fill("")
        self.query_one(Input).focus()

    def fill(self, wanted: str) -> None:
        """Show the choices that have every word typed."""
        words = wanted.casefold().split()
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options()
        for key, label in self.choices.items():
            if all(word in label.casefold() for word in words):
                mark = ("[x] " if key in self.chosen else "[ ] ") if self.several else ""
                here = "" if self.several else "• " if key in self.chosen else "  "
                options.add_option(Option(Content(f"{mark}{here}{label}"), id=key))
        if not options.option_count:
            options.add_option(Option(Content("Nothing fits"), disabled=True))
        options.highlighted = min(at or 0, options.option_count - 1)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self.fill(event.value)

    def action_down(self) -> None:
        """Move down the list."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Move up the list."""
        self.query_one(OptionList).action_cursor_up()

    def on_input_submitted(self) -> None:
        """Enter chooses, or marks."""
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose it; with several, mark it and stay."""
        key = event.option.id or ""
        if key not in self.choices:
            return
        if not self.several:
            self.dismiss([key])
            return
        self.chosen = [k for k in self.choices if (k in self.chosen) != (k == key)]
        self.fill(self.query_one(Input).value)

    def action_take(self) -> None:
        """Take what is marked."""
        self.dismiss(self.chosen)

    def action_give_up(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)
