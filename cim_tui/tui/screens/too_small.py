"""What a window shows that is too small for a form: nothing is lost, and how to go on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(60, 15)
"""Columns and rows below which forms are not drawn."""


class TooSmall(ModalScreen[None]):
    """A plain notice, until the window is larger."""

    DEFAULT_CSS = """
    TooSmall { background: $background; }
    TooSmall Static { height: auto; padding: 0 1; }
    """

    def compose(self) -> ComposeResult:
        """One notice."""
        yield Static(
            Content(
                f"This window is too small: forms need {LEAST.width} columns and {LEAST.height} "
                "rows. Everything is kept. Make the window larger, or use the shell: cim status, "
                "cim next, cim set."
            )
        )


def fits(size: Size) -> bool:
    """Whether forms can be drawn in a window."""
    return size.width >= LEAST.width and size.height >= LEAST.height
