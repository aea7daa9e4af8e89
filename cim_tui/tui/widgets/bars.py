"""The header and the footer: where I am, what is saved, who I am, which keys matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from cim_tui.tui.commands import Scope, footer_line
from cim_tui.tui.widgets.fit import fit

if TYPE_CHECKING:
    from cim_tui.service.case import Case


def two_sides(left: str, right: str, width: int) -> str:
    """Left and right text on one line; the left one is shortened when they meet."""
    right = fit(right, max(width // 2, width - cell_len(left) - 2))
    room = max(0, width - cell_len(right) - 2)
    left = fit(left, room)
    return left + " " * max(2, width - cell_len(left) - cell_len(right)) + right


AFTER_TROUBLE = "All of it is kept here. ctrl+s tries again, ctrl+q offers to save a copy"


class Header(Static):
    """Two lines: the case and what is saved; the place and the due date."""

    DEFAULT_CSS = """
    Header { dock: top; height: 2; background: $primary-darken-2; color: $text; padding: 0 1; }
    Header.trouble { background: $error; color: $text; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.lines = ("", "", "", "")
        self.trouble = ""
        self.read_only = ""

    def on_mount(self) -> None:
        """Over a case that can only be read, say so from the start."""
        case: Case | None = getattr(self.screen, "case", None)
        if case is not None and case.read_only:
            self.read_only = f"READ-ONLY: {case.read_only}"
            self.warn("")

    def show(self, left: str, right: str, below_left: str, below_right: str) -> None:
        """Set the four corners."""
        self.lines = (left, right, below_left, below_right)
        self.draw()

    def warn(self, trouble: str) -> None:
        """Say NOT SAVED with the reason, in place of the first line, until it is mended."""
        self.trouble = trouble
        self.set_class(bool(trouble or self.read_only), "trouble")
        self.draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self.draw()

    def draw(self) -> None:
        """Lay the corners out for the width there is."""
        width = max(20, self.size.width)
        left, right, below_left, below_right = self.lines
        said = self.trouble or self.read_only
        first = fit(said, width) if said else two_sides(left, right, width)
        second = AFTER_TROUBLE if self.trouble else two_sides(below_left, below_right, width)
        # Its height is given: nothing around it has to be laid out again.
        self.update(Content.assemble((first, "bold"), "\n", second), layout=False)


class KeyBar(Static):
    """The footer: at most six keys that matter here."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """

    def __init__(self, scope: Scope, text: str = "") -> None:
        super().__init__("", markup=False)
        self.scope, self.text = scope, text

    def on_resize(self) -> None:
        """Fit the new width."""
        self.draw()

    def draw(self) -> None:
        """Show the keys that fit."""
        line = self.text or footer_line(self.scope, max(20, self.size.width))
        self.update(Content(line), layout=False)
