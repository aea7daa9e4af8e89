"""A question on the form: its label, what is open, its editor, and what to say about the answer."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from cim_tui.core.problems import Problem
from cim_tui.core.text import shorten
from cim_tui.core.words import ABSENT, NO_NAMES, SEVERITY, counted
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.service.rows import prescribed_columns
from cim_tui.tui.fields.base import Editor
from cim_tui.tui.fields.options import FEW, Options, Picked, offered
from cim_tui.tui.fields.table import TableField
from cim_tui.tui.fields.text import LineField, LongField


class Shown(Static, Editor):
    """An answer that nobody types here: calculated, or given by another table."""

    DEFAULT_CSS = "Shown { padding: 0 1; height: auto; color: $text-muted; }"

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__("", markup=False)
        self.case, self.place = case, place

    def on_mount(self) -> None:
        """Show it."""
        self.load()

    def load(self) -> None:
        """Show what it is now."""
        situation, place = self.case.situation, self.place
        if place.row is not None and place.column is not None:
            row = situation.rows(place.field).get(place.row)
            raw = row.cells.get(place.column) if row else None
            if place.spec.type == "calculated" and row is not None:
                raw = situation.cell(place.field, row, place.column)
        else:
            raw = situation.stored(place.field)
        text = situation.show(place.spec, raw, place.field) if raw is not None else "not yet"
        kind = "calculated" if place.spec.type == "calculated" else "given"
        self.update(Content.assemble(text, (f"   ({kind})", "dim")))


def editor_for(case: Case, place: Place) -> Widget:
    """The widget that edits a place, by its type."""
    spec = place.spec
    if spec.type == "calculated" or (
        place.column in prescribed_columns(place.field) and _is_prescribed(case, place)
    ):
        return Shown(case, place)
    if spec.type == "table":
        return TableField(case, place)
    if spec.type == "long-text":
        return LongField(case, place)
    if spec.type == "evidence" and place.column is None:
        return LongField(case, place)
    if spec.type in ("yes-no", "rating", "checklist"):
        return Options(case, place)
    if spec.type in ("choice", "choices"):
        few = len(offered(case, place)) <= FEW
        return Options(case, place) if few else Picked(case, place)
    if spec.type == "reference":
        return Picked(case, place)
    if case.read_only:
        return LongField(case, place)  # a line that cannot be moved in has to show all of itself
    return LineField(case, place)


def _is_prescribed(case: Case, place: Place) -> bool:
    row = case.situation.rows(place.field).get(place.row or "")
    return row is not None and row.prescribed


class FieldBox(Vertical):
    """One question: a head, an editor, and a foot when there is something to say."""

    DEFAULT_CSS = """
    FieldBox { height: auto; margin: 0 0 1 0; }
    FieldBox > .head { height: auto; padding: 0 1; }
    FieldBox > .foot { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__()
        self.case, self.place = case, place
        self.editor = editor_for(case, place)
        if case.read_only and not isinstance(self.editor, TableField):
            self.editor.disabled = True  # a table's cursor only moves, and opens rows to be read
        self.head = Static("", markup=False, classes="head")
        self.foot: Static | None = None
        self.note = ""
        self._head_text: tuple[str, ...] = ()
        self._foot_text: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Head and editor; a foot when there is something to say."""
        yield self.head
        yield self.editor
        if self.foot is not None:
            yield self.foot

    def show(self, problems: list[Problem]) -> None:
        """Show what is open here; only what differs is drawn again."""
        spec, session = self.place.spec, self.case.session
        absence = session.absence(self.place.address)
        opened = [p for p in problems if p.open]
        weights = [p.severity for p in opened]
        worst = "error" if "error" in weights else weights[0] if weights else ""
        needed = spec.severity == "error" and self.case.situation.activity_required(
            self.place.field.activity
        )
        asked = "error" if needed else "warning"
        word = SEVERITY[worst] if worst else ""
        glyph = {"error": "!", "warning": "○"}.get(worst, "✓" if self.answered() else " ")
        if not worst and spec.required and not self.answered():
            word = SEVERITY[asked]
        hint = spec.hint
        if spec.about_children:
            hint = f"{hint} {NO_NAMES}.".strip()
        head = (glyph, spec.label, word, hint, spec.unit)
        if head != self._head_text:
            self._head_text = head
            self.draw_head(worst)
        notes = [self.note] if self.note else []
        if absence is not None:
            notes.append(f"({ABSENT.get(absence.code, absence.code)}: {absence.note})")
        notes += [p.message for p in opened if p.rule not in ("required", "copied")][:4]
        notes += self.about_copies([p for p in opened if p.rule == "copied"])
        notes += [f"accepted as is by {p.waived_by}: {p.message}" for p in problems if not p.open]
        self.say(tuple(notes))

    def about_copies(self, copies: list[Problem]) -> list[str]:
        """What was copied in here and waits for somebody to look at it, and how to say so."""
        if not copies:
            return []
        if not isinstance(self.editor, TableField):
            return [f"{copies[0].message}; esc v confirms it"]
        rows = counted(len(copies), "copied row")
        return [f"{rows}: look whether each still holds; ctrl+d confirms one"]

    def say(self, notes: tuple[str, ...]) -> None:
        """Show the foot with these lines, or none."""
        if notes == self._foot_text:
            return
        self._foot_text = notes
        if self.foot is None:
            self.foot = Static("", markup=False, classes="foot")
            if self.is_attached:
                self.mount(self.foot)
        self.foot.update(Content("\n".join(notes)))
        self.foot.display = bool(notes)

    def draw_head(self, worst: str) -> None:
        """Draw the label, what it is asked for, and the hint."""
        glyph, label, word, hint, unit = self._head_text
        colour = {"error": "$text-error bold", "warning": "$text-warning"}.get(worst, "dim")
        label = f"{label} ({unit})" if unit else label
        parts: list[str | Content | tuple[str, str]] = [(f"{glyph} ", colour), (label, "bold")]
        if word:
            parts.append((f"  {word}", colour))
        if hint:
            parts += ["\n", (hint, "dim")]
        self.head.update(Content.assemble(*parts))

    def answered(self) -> bool:
        """Whether something is answered here."""
        place, situation = self.place, self.case.situation
        if place.row is not None and place.column is not None:
            row = situation.rows(place.field).get(place.row)
            return row is not None and situation.cell(place.field, row, place.column) is not None
        if place.field.columns:
            return any(row.stored for row in situation.live_rows(place.field).values())
        return situation.value(place.field) is not None

    def load(self) -> None:
        """Show what the case holds now, in the editor."""
        if isinstance(self.editor, Editor):
            self.editor.load()

    def applies(self) -> bool:
        """Whether the question is asked now."""
        place, situation = self.place, self.case.situation
        if place.row is not None and place.column is not None:
            row = situation.rows(place.field).get(place.row)
            if row is None:
                return False
            return situation.column_applies(place.field, row, place.column).truth is True
        return situation.field_applies(place.field).truth is True

    def take_focus(self, row: str | None = None, column: str | None = None) -> None:
        """Put the focus into the editor, and the cursor on a row.

        At once, not after the next refresh: a screen pushed in between would swallow that.
        """
        self.editor.focus(scroll_visible=False)
        self.call_after_refresh(self.come_into_sight)
        if isinstance(self.editor, TableField) and row:
            self.editor.go_to(row, column)

    def come_into_sight(self) -> None:
        """Scroll the form so far that the question is in sight."""
        for form in self.screen.query("#form"):
            form.scroll_to_widget(self, animate=False, top=False)

    @property
    def name_for_help(self) -> str:
        """What the question is called in messages."""
        return shorten(self.place.spec.label, 50)
