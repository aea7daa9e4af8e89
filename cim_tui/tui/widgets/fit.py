"""Text cut to the cells there are: a wide character takes two, a combining one none."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from cim_tui.core.text import clean


def fit(text: str, width: int) -> str:
    """Cut text to a width in cells, with an ellipsis when something was cut.

    Args:
        text: anything; line ends become blanks, other blanks stay as they are.
        width: in cells of the terminal.
    """
    line = clean(text).replace("\n", " ").replace("\t", " ")
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def column(text: str, width: int) -> str:
    """Text that takes exactly so many cells: cut, or filled up with blanks."""
    return set_cell_size(fit(text, width), width)
