"""A form of questions: what an activity and a row of a table have in common."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.events import Key
from textual.timer import Timer
from textual.widget import Widget

from cim_tui.core.errors import CimError, UsageError
from cim_tui.core.problems import Problem
from cim_tui.core.words import ABSENT, counted
from cim_tui.service import edit, rows
from cim_tui.service.carry import confirm
from cim_tui.service.case import Case
from cim_tui.service.place import Place, locate
from cim_tui.tui.fields.base import Editor, Entered, Left, stored
from cim_tui.tui.fields.box import FieldBox
from cim_tui.tui.fields.table import Asked, TableField
from cim_tui.tui.screens.base import CaseScreen, acting, said

SETTLE = 0.3
"""Seconds after the last key until what is open is worked out again."""


class FormScreen(CaseScreen):
    """Holds boxes; takes in what is entered; shows what is open.

    The way of a key: the editor posts `Entered`, the case changes in memory at once, the disk
    follows within a second, and what is open is drawn again when the typing pauses.
    """

    AUTO_FOCUS = ""
    """Coming back from a question asked, nothing gets the focus that did not have it before."""

    DEFAULT_CSS = """
    FormScreen #form { height: 1fr; padding: 1 1 0 1; overflow-y: scroll; }
    FormScreen.-low #form { padding: 0 1; }
    FormScreen.-low FieldBox { margin: 0; }
    FormScreen.-low #intro { display: none; }
    """

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.boxes: dict[str, FieldBox] = {}
        self._settling: Timer | None = None
        self._left_focus: Widget | None = None

    def case_changed(self) -> None:
        """A form of another process is left: its questions are not asked any more."""
        activity = self.activity
        if activity is None or self.case.workflow.activities.get(activity.id) is activity:
            super().case_changed()
            return
        self.cim.save_soon(self.case, at_once=True)
        while isinstance(self.app.screen, FormScreen):
            self.app.pop_screen()

    def problems_here(self) -> list[Problem]:
        """Problems of what this form shows."""
        raise NotImplementedError

    def on_entered(self, event: Entered) -> None:
        """Something was entered: into memory now, onto the disk within a second."""
        event.stop()
        if event.place.field.spec.fact is not None:
            self.correct_fact(event)
            return
        try:
            edit.store(self.case, event.place, event.raw, typing=event.typing)
        except CimError as wrong:
            self.cim.tell(str(wrong), "error")
            return
        box = self.boxes.get(event.place.address)
        if box is not None:
            box.note = event.note
        self.cim.save_soon(self.case, at_once=not event.typing)
        if event.typing:
            self.settle_soon()
        else:
            self.show_all()

    @said
    def correct_fact(self, event: Entered) -> None:
        """Change a fact of the case, after saying what that would do to what the case owes."""
        from cim_tui.service.start import correct, take
        from cim_tui.tui.screens.ask import Ask

        place = event.place
        text = "" if event.raw is None else str(event.raw)
        try:
            preview = correct(self.case, {place.field.spec.fact or "": text}, self.cim.desk)
        except CimError:
            self.load_all()
            raise

        def change(answers: dict[str, str]) -> None:
            del answers
            take(self.case, preview, self.cim.desk)
            self.load_all()
            self.after_change()

        says = preview.in_words()
        if not says:
            change({})
            return
        title = f"{place.spec.label}: this changes what the case owes"
        question = Ask(title, [], change, says="\n".join(says), button="Change it")
        self.app.push_screen(question, lambda _: self.load_all())

    def settle_soon(self) -> None:
        """Work out what is open once the typing pauses."""
        if self._settling is None:
            self._settling = self.set_timer(SETTLE, self._settle)
        else:
            self._settling.reset()

    def _settle(self) -> None:
        self._settling = None
        self.show_all()

    def on_left(self, event: Left) -> None:
        """The focus left an entry: its words go to the disk at once."""
        event.stop()
        self.case.settle()
        self.cim.save_soon(self.case, at_once=True)

    def show_all(self) -> None:
        """Show in every box what is open, hide what is not asked; the focus stays."""
        self.show_boxes()

    def show_boxes(self) -> None:
        """The same; also before they are mounted, when everything can be laid out at once."""
        by_field: dict[str, list[Problem]] = {}
        for problem in self.problems_here():
            for key in self.keys_of(problem):
                by_field.setdefault(key, []).append(problem)
        for address, box in self.boxes.items():
            applies = box.applies()
            if box.display != applies:
                box.display = applies
                if applies:
                    box.load()
            if applies:
                box.show(by_field.get(address, []))
                if isinstance(box.editor, Editor) and not box.editor.has_focus:
                    box.load()

    def keys_of(self, problem: Problem) -> list[str]:
        """The boxes a problem belongs to."""
        parts = problem.address.split(".")
        return list(dict.fromkeys([problem.address, ".".join(parts[:3])]))

    def load_all(self) -> None:
        """Show in every editor what the case holds now, the focused one too."""
        for box in self.boxes.values():
            if box.applies():
                box.load()
        self.show_all()

    @property
    def box(self) -> FieldBox | None:
        """The box that has the focus, or had it last."""
        at: Widget | None = self.focused or self._left_focus
        while at is not None and not isinstance(at, FieldBox):
            at = at.parent if isinstance(at.parent, Widget) else None
        return at

    def where(self) -> str:
        """The address under the cursor."""
        box = self.box
        if box is None:
            return ""
        if isinstance(box.editor, TableField) and box.editor.row:
            return f"{box.place.address}.{box.editor.row}.{box.editor.column}"
        return box.place.address

    def leave_entry(self) -> bool:
        """Take the focus out of an entry; the place is remembered, the answer kept."""
        if self.focused is None:
            return False
        self._left_focus = self.focused
        self.set_focus(None)
        return True

    def return_to_entry(self) -> None:
        """Go back to where the focus was."""
        if self._left_focus is not None and self._left_focus.is_attached:
            self._left_focus.focus()
        else:
            self.focus_next()

    def key_enter(self, event: Key) -> None:
        """Enter returns to the entry that esc left, and does nothing more in it."""
        if self.focused is None:
            event.stop()
            self.return_to_entry()

    def key_down(self) -> None:
        """Scroll what is read when no entry has the focus."""
        self.scroll_reading(2)

    def key_up(self) -> None:
        """Scroll what is read when no entry has the focus."""
        self.scroll_reading(-2)

    def scroll_reading(self, by: int) -> None:
        """Scroll the form."""
        if self.focused is None:
            form_of(self).scroll_relative(y=by, animate=False)

    def action_overview(self) -> None:
        """First out of the entry, then up."""
        if not self.leave_entry():
            self.dismiss(None)

    # What was copied in

    @acting
    def action_confirm(self) -> None:
        """Say that the copy under the cursor still holds, or else all copies of the activity."""
        activity = self.activity
        if activity is None:
            return
        here = ".".join(self.where().split(".")[:4])
        marked = self.case.session.copied(activity.address)
        at = next((address for address in marked if here and address == here), None)
        if at is not None or len(marked) < 2:
            confirm(self.case, at or activity.address)
            self.after_change("Confirmed")
            return

        from cim_tui.tui.screens.ask import Ask

        def accept(answers: dict[str, str]) -> None:
            del answers
            confirm(self.case, activity.address)
            self.after_change("Confirmed")

        says = f"{counted(len(marked), 'copy', 'copies')} here: {', '.join(self.copies(marked))}"
        title = "Does what was copied still hold?"
        self.app.push_screen(Ask(title, [], accept, says=says, button="Yes, all of it"))

    def copies(self, marked: Iterable[str]) -> list[str]:
        """What was copied, by name."""
        problems = {p.address: p.label for p in self.case.progress.problems if p.rule == "copied"}
        return [problems.get(address, address) for address in marked]

    # Missing on purpose

    @acting
    def action_mark_missing(self) -> None:
        """Say why the field or cell under the cursor is missing."""
        from cim_tui.tui.screens.ask import Ask, Question

        place = self.place_here()
        if place is None:
            self.cim.tell("Go to a field first")
            return
        absence = self.case.session.absence(place.address)
        choices = {"none": "It is not missing", **ABSENT} if absence else dict(ABSENT)
        questions = [
            Question("code", "Why", "choice", value=absence.code if absence else "",
                     choices=choices, must=absence is None),
            Question("note", "In your words", "text", value=absence.note if absence else ""),
        ]  # fmt: skip

        def accept(answers: dict[str, str]) -> None:
            if not answers["code"]:
                raise UsageError("Choose why it is missing: ↑ ↓ in the list, then enter")
            if answers["code"] != "none":
                edit.set_absent(self.case, place.address, answers["code"], answers["note"])
            elif absence is not None:
                edit.clear(self.case, place.address)
            self.load_all()
            self.after_change()

        raw = stored(self.case, place)
        says = "The answer that stands there now is taken away; undo brings it back."
        self.app.push_screen(
            Ask(f"{place.spec.label}: missing on purpose", questions, accept,
                says=says if raw is not None else "")
        )  # fmt: skip

    def place_here(self) -> Place | None:
        """The field or cell under the cursor."""
        box = self.box
        if box is None:
            return None
        editor = box.editor
        if isinstance(editor, TableField):
            if not editor.row:
                return box.place
            return locate(self.case, f"{box.place.address}.{editor.row}.{editor.column}")
        return box.place

    # Rows

    @said
    def on_asked(self, event: Asked) -> None:
        """Do what was asked with a row."""
        event.stop()
        table, row = event.place.address, event.row
        rng = self.cim.desk.chance
        if event.what != "edit":  # the form of a row can be read
            self.case.must_be_writable()
        if event.what in ("paste", "pasted"):
            self.paste(event.place, event.text if event.what == "pasted" else "")
        elif event.what == "edit":
            self.open_row(f"{table}.{row}", event.column)
        elif event.what == "cell":
            self.edit_cell(f"{table}.{row}.{event.column}")
        elif event.what == "add":
            cells = {"of": event.text} if event.text else {}
            if event.place.field.spec.parent and not event.text:
                self.cim.tell("Add a row to the table these belong to first")
                return
            key = rows.add_row(self.case, table, cells, rng)
            self.after_rows(table, key, begun=True)
            self.open_row(f"{table}.{key}")
        elif event.what == "double":
            self.after_rows(table, rows.duplicate_row(self.case, f"{table}.{row}", rng))
        elif event.what in ("up", "down"):
            rows.move_row(self.case, f"{table}.{row}", -1 if event.what == "up" else 1)
            self.after_rows(table, row)
        elif event.what == "remove":
            self.delete_row(f"{table}.{row}")

    def after_rows(self, table: str, row: str, *, begun: bool = False) -> None:
        """Rows changed: draw the table, keep the cursor on the row; at the start of one begun."""
        box = self.boxes.get(table)
        if box is not None:
            box.load()
            if isinstance(box.editor, TableField) and row:
                box.editor.go_to(row, box.editor.columns[0] if begun else None)
        self.after_change()

    def delete_row(self, address: str) -> None:
        """Remove a row; when rows belong to it, ask first."""
        own = rows.children(self.case, address)

        def take_away(answers: dict[str, str] | None = None) -> None:
            del answers
            rows.remove_row(self.case, address)
            self.after_rows(address.rpartition(".")[0], "")
            self.load_all()
            self.cim.tell("Deleted; ctrl+z brings it back")

        if own:
            says = (
                f"{counted(len(own), 'row')} in other tables belong to it. They stay, and become "
                "to dos until they belong somewhere."
            )
            from cim_tui.tui.screens.ask import Ask

            self.app.push_screen(Ask("Delete this row?", [], take_away, says=says, button="Delete"))
        else:
            take_away()

    def open_row(self, address: str, column: str = "") -> None:
        """Open the row form, on a column when one is named."""
        from cim_tui.tui.screens.row import RowForm

        def back(result: object) -> None:
            del result
            if self.case.read_only:
                return
            rows.drop_if_empty(self.case, address)
            self.load_all()
            self.cim.save_soon(self.case, at_once=True)

        self.app.push_screen(RowForm(self.case, address, column), back)

    def edit_cell(self, address: str) -> None:
        """Edit one cell in place: a line under the table, or the list it is chosen from."""
        from cim_tui.tui.screens.cell import EditCell

        place = locate(self.case, address)
        if place.spec.type == "calculated":
            self.cim.tell("This is calculated from other answers; enter those instead")
            return

        def back(result: object) -> None:
            del result
            self.load_all()

        self.app.push_screen(EditCell(self.case, place), back)

    def paste(self, place: Place, text: str) -> None:
        """Take in a block of cells, after a preview."""
        from cim_tui.tui.screens.paste import PasteBlock

        def back(done: object) -> None:
            self.load_all()
            if done:
                self.after_change(str(done))

        self.app.push_screen(PasteBlock(self.case, place, text), back)


def form_of(screen: FormScreen) -> VerticalScroll:
    """The scrolling part of a form."""
    return screen.query_one("#form", VerticalScroll)
