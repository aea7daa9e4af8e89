"""Fields that are chosen: one of a few, several of a list, one or more rows of another table."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.events import Blur, Click, Focus, Key
from textual.geometry import Size
from textual.widget import Widget

from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.tui.fields.base import Editor, Entered, Left, keep_letters, stored
from cim_tui.tui.widgets.fit import fit

FEW = 7
"""Up to so many choices stand on screen; more are picked from a list."""


def offered(case: Case, place: Place) -> dict[str, str]:
    """What can be chosen at a place: values and labels."""
    spec = place.spec
    if spec.type == "yes-no":
        return {"yes": "Yes", "no": "No"}
    if spec.type == "rating":
        return {str(number): str(number) for number in range(1, spec.scale + 1)}
    return case.situation.choices_of(spec, place.field)


def chosen(case: Case, place: Place) -> list[str]:
    """What is chosen now, as keys of `offered`."""
    raw = stored(case, place)
    if raw is None:
        return []
    if isinstance(raw, bool):
        return ["yes" if raw else "no"]
    return [str(item) for item in raw] if isinstance(raw, list) else [str(raw)]


def to_raw(place: Place, keys: list[str]) -> Any:
    """What the file holds for chosen keys."""
    kind = place.spec.type
    if not keys:
        return None
    if kind == "yes-no":
        return keys[0] == "yes"
    if kind == "rating":
        return int(keys[0])
    several = kind in ("choices", "checklist") or (kind == "reference" and place.spec.many)
    return keys if several else keys[0]


def takes_several(place: Place) -> bool:
    """Whether more than one can be chosen."""
    kind = place.spec.type
    return kind in ("choices", "checklist") or (kind == "reference" and bool(place.spec.many))


class Options(Widget, Editor, can_focus=True):
    """Choices on screen: arrows move, space or enter chooses, delete clears.

    One widget, whatever the number of choices; short ones stand side by side.
    """

    DEFAULT_CSS = """
    Options { height: auto; width: 1fr; padding: 0 1; background: $surface; }
    Options:focus { background: $primary-muted; }
    """

    BINDINGS = [
        Binding("left,up", "move(-1)", show=False),
        Binding("right,down", "move(1)", show=False),
        Binding("space,enter", "choose", show=False),
        Binding("delete,backspace", "empty", show=False),
    ]

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__()
        self.case, self.place = case, place
        self.choices = offered(case, place)
        self.chosen = chosen(case, place)
        self.at = self._start()

    def _start(self) -> int:
        keys = list(self.choices)
        return keys.index(self.chosen[0]) if self.chosen and self.chosen[0] in keys else 0

    def load(self) -> None:
        """Show what the case holds now."""
        choices, now = offered(self.case, self.place), chosen(self.case, self.place)
        if (choices, now) != (self.choices, self.chosen):
            self.choices, self.chosen = choices, now
            self.at = min(self.at, max(0, len(choices) - 1))
            self.refresh(layout=True)

    @property
    def side_by_side(self) -> bool:
        """Whether all labels fit on one line."""
        return self._fit_in(self.size.width)

    def _fit_in(self, width: int) -> bool:
        wanted = sum(cell_len(label) + 6 for label in self.choices.values())
        return not takes_several(self.place) and wanted <= max(30, width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, or one a choice."""
        del container, viewport
        return 1 if self._fit_in(width) else max(1, len(self.choices))

    def render(self) -> Content:
        """Draw the choices; what is chosen is marked by a glyph, not by colour."""
        several = takes_several(self.place)
        on, off = ("[x]", "[ ]") if several else ("(•)", "( )")
        joint = "   " if self.side_by_side else "\n"
        parts: list[Content | str | tuple[str, str]] = []
        if not self.choices:
            return Content.styled("Nothing to choose from yet", "dim")
        room = max(10, self.size.width - 8)
        for number, (key, label) in enumerate(self.choices.items()):
            if number:
                parts.append(joint)
            mark = on if key in self.chosen else off
            here = self.has_focus and number == self.at
            style = "reverse" if here else "bold" if key in self.chosen else ""
            parts.append((f"{mark} {fit(label, room)}", style))
        return Content.assemble(*parts)

    def action_move(self, by: int) -> None:
        """Move to another choice."""
        if self.choices:
            self.at = (self.at + by) % len(self.choices)
            self.refresh()

    def action_choose(self) -> None:
        """Choose, or take back, the one under the cursor."""
        if not self.choices:
            return
        key = list(self.choices)[self.at]
        if takes_several(self.place):
            order = [k for k in self.choices if (k in self.chosen) != (k == key)]
            strange = [k for k in self.chosen if k not in self.choices]
            self._take(order + strange)
        else:
            self._take([key])

    def action_empty(self) -> None:
        """Choose nothing."""
        self._take([])

    def _take(self, keys: list[str]) -> None:
        self.chosen = keys
        self.refresh()
        self.post_message(Entered(self.place, to_raw(self.place, keys)))

    def on_key(self, event: Key) -> None:
        """A letter or digit goes to the next choice that begins with it."""
        if event.key == "space":
            return
        keep_letters(event)
        typed = (event.character or "").casefold()
        if not event.is_printable or not typed:
            return
        labels = [label.casefold() for label in self.choices.values()]
        order = [*range(self.at + 1, len(labels)), *range(self.at + 1)]
        found = next((n for n in order if n < len(labels) and labels[n].startswith(typed)), None)
        if found is not None:
            self.at = found
            self.refresh()

    def on_click(self, event: Click) -> None:
        """Choose by mouse."""
        if not self.side_by_side and 0 <= event.y < len(self.choices):
            self.at = event.y
            self.action_choose()
        elif self.side_by_side:
            left = 1
            for number, label in enumerate(self.choices.values()):
                if left <= event.x < left + cell_len(label) + 4:
                    self.at = number
                    self.action_choose()
                left += cell_len(label) + 7

    def on_focus(self, event: Focus) -> None:
        """Draw the cursor."""
        del event
        self.refresh()

    def on_blur(self, event: Blur) -> None:
        """Leaving saves at once."""
        del event
        self.refresh()
        self.post_message(Left(self.place))


class Picked(Widget, Editor, can_focus=True):
    """A choice from a long list, or rows of another table: enter opens the list."""

    DEFAULT_CSS = """
    Picked { height: auto; width: 1fr; padding: 0 1; background: $surface; }
    Picked:focus { background: $primary-muted; }
    """

    BINDINGS = [
        Binding("enter,space", "pick", show=False),
        Binding("delete,backspace", "empty", show=False),
    ]

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__()
        self.case, self.place = case, place
        self.chosen = chosen(case, place)

    def load(self) -> None:
        """Show what the case holds now."""
        self.chosen = chosen(self.case, self.place)
        self.refresh(layout=True)

    def labels(self) -> list[str]:
        """What is chosen, as people read it."""
        known = offered(self.case, self.place)
        return [known.get(key, f"{key} (no longer there)") for key in self.chosen]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line a chosen thing."""
        del container, viewport, width
        return max(1, len(self.chosen))

    def render(self) -> Content:
        """Draw what is chosen, and how to change it."""
        if not self.chosen:
            return Content.styled("enter chooses from a list", "dim")
        room = max(10, self.size.width - 4)
        return Content("\n".join(f"• {fit(label, room)}" for label in self.labels()))

    def action_pick(self) -> None:
        """Open the list."""
        from cim_tui.tui.screens.pick import Pick

        def take(keys: list[str] | None) -> None:
            if keys is not None:
                self.chosen = keys
                self.refresh(layout=True)
                self.post_message(Entered(self.place, to_raw(self.place, keys)))

        choices = offered(self.case, self.place)
        several = takes_several(self.place)
        self.app.push_screen(Pick(self.place.spec.label, choices, self.chosen, several), take)

    def action_empty(self) -> None:
        """Choose nothing."""
        self.chosen = []
        self.refresh(layout=True)
        self.post_message(Entered(self.place, None))

    def on_key(self, event: Key) -> None:
        """Letters are no commands here."""
        keep_letters(event, frozenset({"space"}))

    def on_click(self, event: Click) -> None:
        """Open the list by mouse."""
        del event
        self.action_pick()

    def on_blur(self, event: Blur) -> None:
        """Leaving saves at once."""
        del event
        self.post_message(Left(self.place))
