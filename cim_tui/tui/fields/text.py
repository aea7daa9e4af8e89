"""Fields that are typed: text, numbers, dates, people, evidence, long text."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from textual.content import Content
from textual.events import Blur, Paste
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input, TextArea

from cim_tui.core import values
from cim_tui.core.errors import CimError
from cim_tui.core.language import Column
from cim_tui.core.text import clean, looks_personal, one_line
from cim_tui.core.values import Misfit
from cim_tui.core.words import NO_NAMES, long_date
from cim_tui.service import edit
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.service.reading import raw_from_text
from cim_tui.tui.fields.base import Editor, Entered, Left, stored

EXAMPLES = {
    "date": "2025-10-01", "integer": "42", "number": "12.5", "percent": "12.5",
    "money": "1200.00", "people": "Ana Ruiz; Ben Ortiz", "evidence": "minutes.pdf | what it shows",
}  # fmt: skip


def placeholder(spec: Column) -> str:
    """What stands in an empty entry; without colour it must not pass for an answer."""
    example = spec.example or EXAMPLES.get(spec.type, "")
    return f"for example: {one_line(example)}" if example else ""


def as_text(case: Case, place: Place) -> str:
    """What is stored at a place, as a person would type it."""
    raw = stored(case, place)
    if raw is None:
        return ""
    if place.spec.type in ("people", "evidence") and isinstance(raw, dict):
        joint = "; " if place.spec.type == "people" else "\n"
        return joint.join(_entry(case, place, entry) for entry in raw.values())
    if isinstance(raw, str):
        return raw
    if isinstance(raw, date):
        return raw.isoformat()
    read = values.read(place.spec, raw)
    if isinstance(read, Misfit) or place.spec.type not in ("money", "percent"):
        return values.show(place.spec, raw)
    return str(raw)


def _entry(case: Case, place: Place, entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    if place.spec.type == "people":
        return case.situation.show(place.spec, {"": entry}, place.field)
    where = str(entry.get("url") or entry.get("path") or "")
    parts = [where, *(str(entry.get(name) or "") for name in ("what", "date", "expires"))]
    while parts and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def read_text(case: Case, place: Place, text: str, rng: Any) -> tuple[Any, str]:
    """What to store for a typed text, and what to say about it.

    A text that does not fit its field is stored as it is: it stays on screen, is a to do, and is
    never lost.
    """
    spec = place.spec
    note = ""
    try:
        raw = raw_from_text(case, place, text, rng)
    except CimError as wrong:
        return clean(text).strip() or None, str(wrong)
    if isinstance(raw, date):
        note = long_date(raw)
    if spec.about_children and (found := looks_personal(text)):
        note = f"This looks like {found[0]}. {NO_NAMES}"
    return raw, note


def take_in(entry: LineField | LongField) -> None:
    """Take in what stands in an entry right now: the program is about to end."""
    case, place = entry.case, entry.place
    text = entry.value if isinstance(entry, LineField) else clean(entry.text)
    stored_text = as_text(case, place)
    if isinstance(entry, LineField):
        stored_text = stored_text.replace("\n", "; ")
    if text.strip() == stored_text.strip():
        return
    raw, _ = read_text(case, place, text, entry.app.desk.chance)  # type: ignore[attr-defined]
    with suppress(CimError):
        edit.store(case, place, raw)


class QuietInput(Input):
    """An entry that does not lay the whole screen out again on each key.

    `Input` sets `virtual_size`, which is `Reactive(layout=True)`: with 150 fields a key costs five
    times what it costs here. A test fails when Textual changes this.
    """

    virtual_size = Reactive(Size(0, 0), layout=False)


class LineField(QuietInput, Editor):
    """One line: text, a number, a date, people, evidence."""

    DEFAULT_CSS = """
    LineField { background: $surface; width: 1fr; padding: 0 1; border: none; height: 1; }
    LineField:focus { background: $primary-muted; border: none; }
    LineField.-textual-compact { padding: 0 1; }
    """

    def __init__(self, case: Case, place: Place) -> None:
        spec = place.spec
        super().__init__(
            as_text(case, place).replace("\n", "; "),
            placeholder=placeholder(spec),
            compact=True,
            select_on_focus=False,
        )
        self.case, self.place = case, place

    def load(self) -> None:
        """Show what the case holds now."""
        text = as_text(self.case, self.place).replace("\n", "; ")
        if self.value.strip() != text.strip():  # a space just typed is no part of the answer yet
            with self.prevent(Input.Changed):
                self.value = text

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what was typed; the value set on mount is no edit."""
        event.stop()
        if event.value == as_text(self.case, self.place).replace("\n", "; "):
            return
        if self.place.field.spec.fact is not None:
            return  # a fact decides what the case owes: taken in when the entry is left
        rng = self.app.desk.chance  # type: ignore[attr-defined]
        raw, note = read_text(self.case, self.place, event.value, rng)
        self.post_message(Entered(self.place, raw, typing=True, note=note))

    def take_fact(self) -> None:
        """Hand over a fact of the case as a whole."""
        text = as_text(self.case, self.place)
        if self.place.field.spec.fact is not None and self.value != text:
            rng = self.app.desk.chance  # type: ignore[attr-defined]
            raw, note = read_text(self.case, self.place, self.value, rng)
            self.post_message(Entered(self.place, raw, note=note))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        event.stop()
        self.screen.focus_next()

    def on_blur(self, event: Blur) -> None:
        """Leaving saves at once."""
        del event
        self.take_fact()
        self.post_message(Left(self.place))

    def on_paste(self, event: Paste) -> None:
        """A paste is cleaned and saved at once."""
        event.prevent_default()
        event.stop()
        self.insert_text_at_cursor(" ".join(clean(event.text).split("\n")).strip())
        self.post_message(Left(self.place))


class LongField(TextArea, Editor):
    """Several lines of prose. Tab moves on."""

    DEFAULT_CSS = """
    LongField { background: $surface; width: 1fr; border: none; padding: 0 1; height: auto;
                min-height: 3; max-height: 10; }
    LongField:focus { background: $primary-muted; border: none; }
    LongField:disabled { min-height: 1; max-height: 1000; }
    """

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__(
            as_text(case, place),
            compact=True,
            highlight_cursor_line=False,
            placeholder=Content(placeholder(place.spec)),
        )
        self.case, self.place = case, place

    def load(self) -> None:
        """Show what the case holds now; undo within the box is kept."""
        text = as_text(self.case, self.place)
        if self.text != text:
            with self.prevent(TextArea.Changed):
                at, last = self.cursor_location, self.document.end
                self.replace(text, (0, 0), last)
                self.move_cursor(at)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what was typed; the text set on mount is no edit."""
        event.stop()
        text = clean(self.text)
        if text.strip() == as_text(self.case, self.place).strip():
            return
        rng = self.app.desk.chance  # type: ignore[attr-defined]
        raw, note = read_text(self.case, self.place, text, rng)
        self.post_message(Entered(self.place, raw, typing=True, note=note))

    def on_blur(self, event: Blur) -> None:
        """Leaving saves at once."""
        del event
        self.post_message(Left(self.place))
