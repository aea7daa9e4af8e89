"""One row of a table as a form: every column, with its hint and what is open."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from cim_tui.core.problems import Problem
from cim_tui.core.workflow import Activity
from cim_tui.service.case import Case
from cim_tui.service.place import Place, row_place
from cim_tui.tui.commands import Scope, bindings
from cim_tui.tui.fields.box import FieldBox
from cim_tui.tui.screens.form import FormScreen
from cim_tui.tui.widgets.bars import Header, KeyBar


class RowForm(FormScreen):
    """The row form; esc goes back to the table."""

    SCOPE = Scope.FORM
    BINDINGS = [
        *bindings(SCOPE),
        ("f11,full_stop", "other_row(1)", "Next row"),
        ("comma", "other_row(-1)", "Previous row"),
    ]

    def __init__(self, case: Case, address: str, column: str = "") -> None:
        super().__init__(case)
        self.place = row_place(case, address)
        self.wanted = f"{address}.{column}"
        field = self.place.field
        for name in field.columns:
            cell = Place(f"{address}.{name}", field, self.place.row, name)
            self.boxes[cell.address] = FieldBox(case, cell)

    @property
    def activity(self) -> Activity | None:
        """The activity the table belongs to."""
        return self.place.field.activity

    def compose(self) -> ComposeResult:
        """Header, the columns, the keys."""
        yield Header()
        yield KeyBar(self.SCOPE, "tab next   esc back to the table   , . other row   F1 help")
        with VerticalScroll(id="form", can_focus=False):
            yield from self.boxes.values()

    def on_mount(self) -> None:
        """Focus the column under the table's cursor, when it is not the first of them.

        Else the first that is asked for and open; in a row begun before, the first.
        """
        self.show_all()
        here = self.boxes.get(self.wanted)
        if here is not None and here.display and here is not next(iter(self.boxes.values())):
            here.take_focus()
            return
        asked = [b for b in self.boxes.values() if b.display and b.editor.focusable]
        opened = [b for b in asked if not b.answered()]
        wanted = [b for b in opened if b.place.spec.required]
        is_new = len(asked) - len(opened) <= 1
        box = next(iter(((wanted or opened) if is_new else asked) or self.boxes.values()))
        box.take_focus()

    def problems_here(self) -> list[Problem]:
        """Problems of this row."""
        check = self.case.progress.checks[self.place.field.activity.address]
        return [p for p in check.problems if p.address.startswith(self.place.address)]

    def keys_of(self, problem: Problem) -> list[str]:
        """A problem of the row as a whole stands at its first column."""
        if problem.address == self.place.address:
            return [next(iter(self.boxes))]
        return [problem.address]

    def show_all(self) -> None:
        """Name the row and show what is open."""
        super().show_all()
        situation, field = self.case.situation, self.place.field
        rows = situation.live_rows(field)
        row = rows.get(self.place.row or "")
        number = list(rows).index(row.id) + 1 if row else 0
        one = field.spec.one
        label = situation.row_label(field, row) if row else ""
        named = f" · {label}" if label and label != f"{one} {number}" else ""
        self.query_one(Header).show(
            f"{field.activity.title} · {field.label}", self.cim.saved_words(self.case),
            f"{one[:1].upper() + one[1:]} {number} of {len(rows)}{named}",
            "",
        )  # fmt: skip

    def action_other_row(self, by: int) -> None:
        """Go to the row before or after, without going back to the table."""
        rows = list(self.case.situation.live_rows(self.place.field))
        if self.place.row not in rows or len(rows) < 2:
            return
        key = rows[(rows.index(self.place.row) + by) % len(rows)]
        here = self.box.place.column if self.box is not None else None
        below = self.app.screen_stack[-2]
        self.dismiss(None)
        if isinstance(below, FormScreen):
            address = f"{self.place.field.address}.{key}"
            self.app.call_later(below.open_row, address, here or "")

    def action_next_missing(self) -> None:
        """Back to the activity, then on."""
        self.dismiss(None)
        self.app.call_later(self.cim.next_missing, self.case, self.where() or self.place.address)
