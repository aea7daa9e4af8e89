"""A table on the form: rows as lines, a cell under the cursor, edited in place or in a row form."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.events import Blur, Click, Focus, Key, Paste
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from cim_tui.core.session import Absence
from cim_tui.core.spot import Row
from cim_tui.core.text import one_line, shorten
from cim_tui.core.values import Misfit
from cim_tui.core.words import ABSENT, a, counted
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.service.rows import prescribed_columns
from cim_tui.tui.fields.base import Editor, Left, keep_letters
from cim_tui.tui.widgets.fit import column, fit


class Line(NamedTuple):
    """A line of the table: a row, or the heading of the parent that the rows below belong to."""

    row: str
    heading: str


class Asked(Message):
    """Somebody wants something done with a row of a table."""

    def __init__(self, place: Place, what: str, row: str, column: str, text: str = "") -> None:
        super().__init__()
        self.place, self.what, self.row, self.column, self.text = place, what, row, column, text


OWN_LETTERS = frozenset({"a", "b", "c", "plus", "comma", "full_stop", "space"})
"""The letters that a table has a use for."""


class TableField(Widget, Editor, can_focus=True):
    """Rows of a table field. Every act on a row is asked of the screen."""

    DEFAULT_CSS = """
    TableField { height: auto; width: 1fr; padding: 0 1; background: $surface; }
    TableField:focus { background: $primary-muted; }
    """

    BINDINGS = [
        Binding("up", "up", show=False),
        Binding("down", "down", show=False),
        Binding("left", "left", show=False),
        Binding("right", "right", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter", "ask('edit')", "Edit the row", show=False),
        Binding("space", "ask('cell')", "Edit the cell", show=False),
        Binding("a,insert,plus", "ask('add')", "Add a row", show=False),
        Binding("c", "ask('double')", "Double the row", show=False),
        Binding("delete", "ask('remove')", "Delete the row", show=False),
        Binding("shift+up,comma", "ask('up')", "Move the row up", show=False),
        Binding("shift+down,full_stop", "ask('down')", "Move the row down", show=False),
        Binding("b", "ask('paste')", "Paste a block of cells", show=False),
    ]

    def __init__(self, case: Case, place: Place) -> None:
        super().__init__()
        self.case, self.place = case, place
        self.cursor = (0, 0)
        self.grid: list[Line] = []
        self.cells: dict[tuple[str, str], str] = {}
        self.read_rows()

    # What is shown

    @property
    def columns(self) -> list[str]:
        """The columns that are shown; the parent's is a heading instead."""
        own = self.place.field.columns
        return [name for name in own if not (name == "of" and self.place.field.spec.parent)]

    def read_rows(self) -> None:
        """Take the rows from the case: prescribed ones first, grouped under their parents."""
        field, situation = self.place.field, self.case.situation
        rows = list(situation.live_rows(field).values())
        self.grid, self.cells = [], {}
        if field.spec.parent:
            owners = situation.choices_of(field.columns["of"], field)
            for key, label in owners.items():
                own = [row for row in rows if row.cells.get("of") == key]
                self.grid.append(Line("", label))
                self.grid += [Line(row.id, "") for row in own]
            lost = [row for row in rows if row.cells.get("of") not in owners]
            if lost:
                self.grid.append(Line("", "Belongs to nothing any more"))
                self.grid += [Line(row.id, "") for row in lost]
        else:
            self.grid = [Line(row.id, "") for row in rows]
        for row in rows:
            for name in self.columns:
                self.cells[row.id, name] = self.cell_text(row, name)
        self.cursor = (min(self.cursor[0], max(0, len(self.grid) - 1)), self.cursor[1])

    def cell_text(self, row: Row, name: str) -> str:
        """A cell as people read it."""
        field, situation = self.place.field, self.case.situation
        spec = field.columns[name]
        value = situation.cell(field, row, name)
        if isinstance(value, Absence):
            return f"({ABSENT.get(value.code, value.code)})"
        if isinstance(value, Misfit):
            return one_line(str(value.raw))
        if value is None:
            applies = situation.column_applies(field, row, name)
            return "·" if applies.truth is False else ""
        raw = value if spec.type == "calculated" else row.cells.get(name)
        return one_line(situation.show(spec, raw, field))

    def load(self) -> None:
        """Show what the case holds now."""
        self.read_rows()
        self.refresh(layout=True)

    @property
    def row(self) -> str:
        """The row under the cursor; empty on a heading or in an empty table."""
        return self.grid[self.cursor[0]].row if self.grid else ""

    @property
    def column(self) -> str:
        """The column under the cursor."""
        return self.columns[min(self.cursor[1], len(self.columns) - 1)]

    @property
    def parent_label(self) -> str:
        """What the table is called that the rows belong to."""
        field = self.place.field
        target = self.case.workflow.target(field.spec.parent or "", field.activity)
        return target.field.label if target is not None else "another table"

    @property
    def parent_row(self) -> str:
        """The parent that a row added here would belong to."""
        field = self.place.field
        if not field.spec.parent:
            return ""
        owners = list(self.case.situation.choices_of(field.columns["of"], field))
        heading = -1
        for line in self.grid[: self.cursor[0] + 1]:
            heading += not line.row
        return owners[heading] if 0 <= heading < len(owners) else ""

    # Drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A header, the rows, and a line of help."""
        del container, viewport, width
        return (len(self.grid) + 2) if self.grid else 1

    def widths(self) -> dict[str, int]:
        """Columns that fit, the one under the cursor always among them, with their widths."""
        room = max(20, self.size.width - 2)
        wanted: dict[str, int] = {}
        for name in self.columns:
            texts = [self.cells.get((line.row, name), "") for line in self.grid if line.row]
            longest = max([cell_len(t) for t in texts] or [0])
            heading = cell_len(self.place.field.columns[name].label)
            wanted[name] = max(6, min(max(longest, min(heading, 14)), 36))
        said = {n for (_, n), text in self.cells.items() if text and text != "·"}
        unasked = {n for (_, n), text in self.cells.items() if text == "·"} - said
        shown_columns = [n for n in self.columns if n not in unasked or n == self.column]
        start = 0
        while True:
            shown: dict[str, int] = {}
            left = room
            for name in shown_columns[start:]:
                if left < 6:
                    break
                shown[name] = min(wanted[name], left)
                left -= shown[name] + 2
            if self.column in shown or start >= len(shown_columns) - 1:
                break
            start += 1
        for name, given in tuple(shown.items()):
            if left <= 0:
                break
            label = self.place.field.columns[name].label
            texts = [self.cells.get((line.row, name), "") for line in self.grid if line.row]
            full = max([cell_len(t) for t in texts] + [cell_len(label)])
            extra = min(left, max(0, full - given))
            shown[name] = given + extra
            left -= extra
        return shown

    def render(self) -> Content:
        """Draw header, rows and help."""
        field = self.place.field
        if not self.grid:
            return Content.styled(self.help_line(), "dim")
        widths = self.widths()
        parts: list[str | Content | tuple[str, str]] = []
        for name, width in widths.items():
            parts.append((column(field.columns[name].label, width) + "  ", "bold"))
        hidden = len(self.columns) - len(widths)
        for number, line in enumerate(self.grid):
            parts.append("\n")
            here = self.has_focus and number == self.cursor[0]
            if not line.row:
                parts.append(
                    (
                        f"▸ {fit(line.heading, max(20, self.size.width - 2))}",
                        "bold reverse" if here else "bold",
                    )
                )
                continue
            for name, width in widths.items():
                text = column(self.cells.get((line.row, name), ""), width)
                at_cell = here and name == self.column
                parts.append((text, "reverse" if at_cell else "bold" if here else ""))
                parts.append("  ")
        more = f"+{hidden} more  " if hidden else ""
        parts += ["\n", (fit(more + self.help_line(), max(20, self.size.width)), "dim")]
        return Content.assemble(*parts)

    def help_line(self) -> str:
        """What the keys do in this table."""
        spec = self.place.field.spec
        one = shorten(spec.one, 24)
        if self.case.read_only:
            return "enter opens the row" if self.grid else "No rows"
        if spec.rows_from is not None and not spec.extra_rows:
            if not self.grid:
                return "The rows come from other answers; none yet"
            return "enter opens the row   space edits the cell"
        if not self.grid:
            if spec.parent:
                return f"The rows belong to “{self.parent_label}”; none there yet"
            return f"a adds {a(one)}   b pastes cells from a spreadsheet"
        if not self.has_focus:
            return counted(len([x for x in self.grid if x.row]), "row")
        return "enter row  space cell  a add  c copy  del row  ,. move  b paste"

    # Moving

    def action_up(self) -> None:
        """Move up; the first line is the end of it, tab leaves the table."""
        self.move(max(0, self.cursor[0] - 1), self.cursor[1])

    def action_down(self) -> None:
        """Move down; the last line is the end of it."""
        self.move(max(0, min(len(self.grid) - 1, self.cursor[0] + 1)), self.cursor[1])

    def action_left(self) -> None:
        """Move a column left."""
        self.move(self.cursor[0], max(0, self.cursor[1] - 1))

    def action_right(self) -> None:
        """Move a column right."""
        self.move(self.cursor[0], min(len(self.columns) - 1, self.cursor[1] + 1))

    def action_first(self) -> None:
        """Move to the first row."""
        self.move(0, self.cursor[1])

    def action_last(self) -> None:
        """Move to the last row."""
        self.move(max(0, len(self.grid) - 1), self.cursor[1])

    def move(self, line: int, column: int) -> None:
        """Put the cursor somewhere and keep it in sight."""
        self.cursor = (line, column)
        self.refresh()
        self.call_after_refresh(self.show_cursor)

    def show_cursor(self) -> None:
        """Scroll the form so far that the line under the cursor is in sight."""
        form = next(iter(self.screen.query("#form")), None)
        if form is None:
            return
        top = self.region.y - form.content_region.y + form.scroll_offset.y
        line = self.cursor[0]
        # The first line brings the header of the table with it.
        wanted = Region(0, top + line + bool(line), max(1, self.size.width), 2 - bool(line))
        form.scroll_to_region(wanted, animate=False, force=True)

    def go_to(self, row: str, column: str | None) -> None:
        """Put the cursor on a row and a column, when they are there."""
        for number, line in enumerate(self.grid):
            if line.row == row:
                names = self.columns
                at = names.index(column) if column in names else self.cursor[1]
                self.move(number, at)
                return

    # Asking

    def action_ask(self, what: str) -> None:
        """Ask the screen for an act on the row under the cursor."""
        if what in ("edit", "cell", "double", "remove", "up", "down") and not self.row:
            what = "add"
        given = prescribed_columns(self.place.field)
        if what == "cell" and self.column in given:
            what = "edit"
        self.post_message(Asked(self.place, what, self.row, self.column, self.parent_row))

    def on_paste(self, event: Paste) -> None:
        """A block of cells pasted onto the table."""
        event.stop()
        event.prevent_default()
        self.post_message(Asked(self.place, "pasted", self.row, self.column, event.text))

    def on_key(self, event: Key) -> None:
        """Only the table's own letters act here."""
        keep_letters(event, OWN_LETTERS)

    def on_click(self, event: Click) -> None:
        """Move by mouse."""
        if self.grid and 1 <= event.y <= len(self.grid):
            self.move(event.y - 1, self.cursor[1])

    def on_focus(self, event: Focus) -> None:
        """Draw the cursor."""
        del event
        self.refresh()

    def on_blur(self, event: Blur) -> None:
        """Leaving saves at once."""
        del event
        self.refresh()
        self.post_message(Left(self.place))
