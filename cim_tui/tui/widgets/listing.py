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

    def action_page_down(self) -> None:
        """A page down that leaves no line out: the first one not in sight comes to the top.

        Textual's own counts from the cursor: with options of several lines it passes some over.
        """
        if self.highlighted is None:
            self.action_first()
        if not self._lines:
            return
        following = int(self.scroll_offset.y) + self.scrollable_content_region.height
        index = self._lines[min(following, len(self._lines) - 1)][0]
        enabled = (n for n in range(index, self.option_count) if not self.options[n].disabled)
        self.highlighted = next(enabled, self.highlighted)
        top = min(following, self._index_to_line[index])
        self.scroll_to(y=top, animate=False, force=True)
