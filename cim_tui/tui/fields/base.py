"""What every field widget is: an editor for a place, that says what was entered and can be set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.events import Key
from textual.message import Message

from cim_tui.service.case import Case
from cim_tui.service.place import Place


@dataclass
class Entered(Message):
    """Somebody entered something. `raw` is what the file will hold."""

    place: Place
    raw: Any
    typing: bool = False
    """One key of many: saved within a second instead of at once."""
    note: str = ""
    """What does not fit, or what a date means in words."""


@dataclass
class Left(Message):
    """The focus left an editor: what it holds is saved at once."""

    place: Place


def keep_letters(event: Key, own: frozenset[str] = frozenset()) -> None:
    """Keep letters that mean nothing here from reaching a command of the screen.

    Somebody who types a word onto a choice or a table means the answer, not q for quit.
    """
    if event.is_printable and event.key not in own:
        event.stop()
        event.prevent_default()


class Editor:
    """Mixed into the widgets that edit a place."""

    case: Case
    place: Place

    def load(self) -> None:
        """Show what the case holds now, without telling anybody that something was entered."""
        raise NotImplementedError


def stored(case: Case, place: Place) -> Any:
    """What is stored at a place, in the file's form; prescribed and fact values too."""
    if place.row is not None and place.column is not None:
        row = case.situation.rows(place.field).get(place.row)
        return row.cells.get(place.column) if row is not None else None
    if place.field.spec.fact is not None:
        return case.session.fact(place.field.spec.fact)
    return case.session.raw(place.address)
