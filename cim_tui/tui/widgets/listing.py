"""A list to choose from: no frame, so that 80 columns stay 80 columns."""

from __future__ import annotations

from textual.widgets import OptionList


class Listing(OptionList):
    """An option list whose prompts are text, never markup."""

    DEFAULT_CSS = """
    Listing, Listing:focus { border: none; background: $background; padding: 0 1; }
    Listing > .option-list--option { padding: 0; }
    Listing > .option-list--option-highlighted { background: $surface-lighten-1; }
    Listing:focus > .option-list--option-highlighted { background: $primary; color: $text;
                                                       text-style: bold; }
    Listing > .option-list--option-disabled { color: $text; }
    """

    def __init__(self, *content: object, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(*content, id=id, markup=False)  # type: ignore[arg-type]
