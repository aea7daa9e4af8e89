"""Tables: rows added, edited, moved, doubled, deleted, pasted; by keys alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cim_tui.tui.fields.table import TableField
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.cell import EditCell
from cim_tui.tui.screens.paste import PasteBlock
from cim_tui.tui.screens.row import RowForm
from tests.tui.stage import Kept, Stage

ITEMS = "gather.tables.items"
PARTS = "gather.tables.parts"
SHADES = "gather.tables.shades"


def three(trial: Kept) -> Kept:
    """A case with three items."""
    trial.row(ITEMS, "aaaaaa", name="Desk", cost=Decimal("120.50"), colour="red")
    trial.row(ITEMS, "bbbbbb", name="Lamp", cost=Decimal("19.00"))
    return trial.row(ITEMS, "cccccc", name="Chair", broken=True, how="A leg")


def rows(stage: Stage, table: str = ITEMS) -> list[str]:
    """Row ids in the order of the file."""
    return list(stage.in_file(table) or {})


def names(stage: Stage, table: str = ITEMS) -> list[str]:
    """Names of the rows in the order of the file."""
    return [row.get("name", "") for row in (stage.in_file(table) or {}).values()]


def cursor(stage: Stage, table: str = ITEMS) -> tuple[str, str]:
    """The row and the column under the cursor."""
    field = stage.editor(table, TableField)
    return field.row, field.column


async def test_an_empty_table_says_how_to_begin(trial: Kept) -> None:
    async with trial.opened(ITEMS) as stage:
        assert stage.sees("a adds an item   b pastes cells from a spreadsheet")


async def test_adding_a_row_opens_its_form_on_the_first_question(trial: Kept) -> None:
    async with trial.opened(ITEMS) as stage:
        await stage.press("a")
        form = stage.on(RowForm)
        assert stage.sees("Item 1 of 1")
        await stage.write("Desk")
        await stage.press("enter")
        await stage.write("120.50")
        await stage.press("escape", "escape")

        stage.on(ActivityScreen)
        (row,) = stage.in_file(ITEMS).values()
        assert row == {"name": "Desk", "cost": 120.5}
        assert stage.sees("Desk    $120.50")
        assert form.place.row == cursor(stage)[0]


async def test_a_new_row_that_was_never_filled_in_goes_away_by_itself(trial: Kept) -> None:
    async with trial.opened(ITEMS) as stage:
        await stage.press("a", "escape", "escape")

        assert rows(stage) == []


async def test_enter_edits_the_row_under_the_cursor_in_its_form(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("down", "enter")
        assert stage.sees("Item 2 of 3 · Lamp")
        await stage.press("shift+tab", "shift+tab", "shift+tab")
        await stage.go(f"{ITEMS}.bbbbbb.name")

        assert cursor(stage) == ("bbbbbb", "name")


async def test_the_row_form_goes_to_the_row_before_and_after(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("enter", "escape", "full_stop")
        assert stage.sees("Item 2 of 3 · Lamp")
        await stage.press("escape", "comma", "escape", "comma")

        assert stage.sees("Item 3 of 3 · Chair")


async def test_the_row_form_opens_on_the_column_under_the_cursor(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("right", "right", "enter")

        assert stage.on(RowForm).where() == f"{ITEMS}.aaaaaa.bought"


async def test_what_is_entered_in_another_row_of_the_form_stands_in_the_table(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("right", "enter", "escape", "full_stop")
        assert stage.on(RowForm).where() == f"{ITEMS}.bbbbbb.cost"
        await stage.write("9")
        await stage.press("escape", "escape")

        assert stage.sees("$19.009")


async def test_a_column_that_does_not_apply_is_not_asked_in_the_row_form(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("enter")
        how = f"{ITEMS}.aaaaaa.how"
        assert not stage.box(how).display
        await stage.go(f"{ITEMS}.cccccc")
        await stage.press("enter")

        assert stage.box(f"{ITEMS}.cccccc.how").display


async def test_space_edits_the_cell_in_place_and_enter_goes_back(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("right", "space")
        stage.on(EditCell)
        await stage.press(*["backspace"] * 6)
        await stage.write("99.95")
        await stage.press("enter")

        stage.on(ActivityScreen)
        await stage.saved()
        assert "cost = 99.95\n" in stage.case.path.read_text()
        assert stage.sees("$99.95")
        assert cursor(stage) == ("aaaaaa", "cost")


@pytest.mark.parametrize("key", ["escape", "tab"])
async def test_what_arrives_in_a_cell_together_with_the_key_that_leaves_it_is_kept(
    trial: Kept, key: str
) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("space", "end")
        await stage.burst(*" of oak", key)
        await stage.saved()

        stage.on(ActivityScreen)
        assert stage.in_file(f"{ITEMS}.aaaaaa.name").endswith(" of oak")


async def test_what_was_typed_in_a_cell_is_kept_when_esc_leaves_it(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("space")
        await stage.write(" of oak")
        await stage.press("escape")
        await stage.saved()

        assert stage.in_file(f"{ITEMS}.aaaaaa.name") == "Desk of oak"


async def test_a_choice_in_a_cell_is_made_in_place_and_choosing_goes_back(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("right", "right", "right", "space", "right", "space")

        stage.on(ActivityScreen)
        assert stage.in_file(f"{ITEMS}.aaaaaa.colour") == "green"
        assert stage.sees("Green")


async def test_a_cell_that_does_not_fit_is_kept_shown_and_a_to_do(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("right", "right", "space")
        await stage.write("last spring")
        await stage.press("enter")
        await stage.saved()

        address = f"{ITEMS}.aaaaaa.bought"
        assert stage.in_file(address) == "last spring"
        assert stage.sees("last spring")
        assert address in [p.address for p in stage.case.progress.problems if p.open]


async def test_a_stored_cell_of_a_wrong_kind_is_shown_and_kept(trial: Kept) -> None:
    async with trial.row(ITEMS, "aaaaaa", name="Desk", cost="a lot").opened(ITEMS) as stage:
        assert stage.sees("a lot")
        await stage.press("space")
        await stage.write("s")
        await stage.press("enter")
        await stage.saved()

        assert stage.in_file(f"{ITEMS}.aaaaaa") == {"name": "Desks", "cost": "a lot"}


async def test_full_stop_and_comma_move_the_row_and_the_cursor_goes_along(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("full_stop", "full_stop")
        assert names(stage) == ["Lamp", "Chair", "Desk"]
        assert cursor(stage)[0] == "aaaaaa"
        await stage.press("comma")

        assert names(stage) == ["Lamp", "Desk", "Chair"]


async def test_c_doubles_a_row_right_after_it(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("c")

        assert names(stage) == ["Desk", "Desk", "Lamp", "Chair"]
        assert stage.in_file(ITEMS)[rows(stage)[1]] == stage.in_file(f"{ITEMS}.aaaaaa")
        assert cursor(stage)[0] == rows(stage)[1]


async def test_delete_removes_the_row_and_undo_brings_it_back_to_its_place(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("down", "delete")
        assert names(stage) == ["Desk", "Chair"]
        assert stage.notices()[-1] == "Deleted; ctrl+z brings it back"
        await stage.press("ctrl+z")

        assert names(stage) == ["Desk", "Lamp", "Chair"]
        assert stage.sees("Lamp")


async def test_deleting_a_row_that_others_belong_to_asks_first(trial: Kept) -> None:
    three(trial).row(PARTS, "dddddd", of="aaaaaa", name="Drawer")
    async with trial.opened(ITEMS) as stage:
        await stage.press("delete")
        stage.on(Ask)
        assert stage.sees("1 row in other tables belong")
        await stage.press("escape")
        assert names(stage) == ["Desk", "Lamp", "Chair"]
        await stage.press("delete", "ctrl+s")

        assert names(stage) == ["Lamp", "Chair"]
        assert rows(stage, PARTS) == ["dddddd"]


async def test_rows_stand_under_the_rows_they_belong_to(trial: Kept) -> None:
    three(trial).row(PARTS, "dddddd", of="bbbbbb", name="Bulb", number=2)
    trial.row(PARTS, "eeeeee", of="aaaaaa", name="Drawer")
    trial.row(PARTS, "ffffff", of="gone22", name="Wheel")
    async with trial.opened(PARTS, size=(80, 60)) as stage:
        lines = [line.strip() for line in stage.lines]
        at = lines.index("▸ Desk")

        assert [line.split()[-1] for line in lines[at : at + 7 : 1]] == [
            "Desk", "Drawer", "Lamp", "2", "Chair", "more", "Wheel",
        ]  # fmt: skip


async def test_a_row_added_under_a_heading_belongs_to_it(trial: Kept) -> None:
    async with three(trial).opened(PARTS) as stage:
        await stage.press("down", "a")
        await stage.write("Bulb")
        await stage.press("escape", "escape")

        (row,) = stage.in_file(PARTS).values()
        assert row == {"of": "bbbbbb", "name": "Bulb"}


async def test_rows_that_belong_to_nothing_yet_say_what_is_needed_first(trial: Kept) -> None:
    async with trial.opened(PARTS) as stage:
        assert stage.sees("none there yet")
        await stage.press("a")

        assert stage.notices()[-1] == "Add a row to the table these belong to first"


async def test_prescribed_rows_stand_ready_and_are_written_once_one_is_answered(
    trial: Kept,
) -> None:
    async with trial.opened(SHADES) as stage:
        assert stage.sees("Red", "Green", "Blue")
        assert rows(stage, SHADES) == []
        await stage.press("down", "right", "space")
        await stage.write("For the hall")
        await stage.press("enter")
        await stage.saved()

        (row,) = stage.in_file(SHADES).values()
        assert row == {"colour": "green", "note": "For the hall"}


async def test_a_prescribed_table_takes_no_further_rows(trial: Kept) -> None:
    async with trial.opened(SHADES) as stage:
        assert stage.sees("enter opens the row   space edits the cell")
        await stage.press("a")

        assert stage.notices()[-1] == "The rows of “Shades” are given; none can be added"
        assert rows(stage, SHADES) == []


async def test_what_prescribes_a_row_cannot_be_typed_over(trial: Kept) -> None:
    async with trial.opened(SHADES) as stage:
        await stage.press("space")
        stage.on(RowForm)

        assert stage.sees("Red   (given)")


async def test_a_prescribed_row_without_answers_cannot_be_deleted_and_says_why(
    trial: Kept,
) -> None:
    async with trial.opened(SHADES) as stage:
        await stage.press("delete")

        assert stage.notices()[-1] == "This row is given; it has no answers to remove"


async def test_a_block_of_cells_pasted_onto_a_table_is_shown_before_it_is_taken_in(
    trial: Kept,
) -> None:
    async with trial.opened(ITEMS) as stage:
        await stage.paste("Name\tCost\tBought\nDesk\t$120.50\t10/1/2025\nLamp\t19\t\n")
        stage.on(PasteBlock)
        assert stage.sees("2 rows for “Items”", "Name → Name", "Cost → Cost")
        assert rows(stage) == []
        await stage.press("ctrl+s")

        assert list(stage.in_file(ITEMS).values()) == [
            {"name": "Desk", "cost": 120.5, "bought": date(2025, 10, 1)},
            {"name": "Lamp", "cost": 19},
        ]
        assert stage.notices()[-1] == "2 rows taken in; ctrl+z takes them out"


async def test_a_paste_is_one_change_to_undo(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.paste("Rug\t1\nBox\t2\nPot\t3\n")
        await stage.press("ctrl+s")
        assert len(rows(stage)) == 6
        await stage.press("ctrl+z")

        assert names(stage) == ["Desk", "Lamp", "Chair"]


async def test_a_cell_that_does_not_fit_keeps_the_whole_block_out_until_it_is_mended(
    trial: Kept,
) -> None:
    async with trial.opened(ITEMS) as stage:
        await stage.paste("Desk\tabout 20")
        assert stage.sees("line 1, Cost: ")
        await stage.press("ctrl+s")
        assert stage.sees("Mend them here, or in the spreadsheet")
        assert rows(stage) == []
        await stage.press("end", *["backspace"] * len("about 20"))
        await stage.write("20")
        await stage.press("ctrl+s")

        assert list(stage.in_file(ITEMS).values()) == [{"name": "Desk", "cost": 20}]


async def test_a_paste_that_is_given_up_changes_nothing(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        before = stage.case.path.read_bytes()
        await stage.paste("Rug\t1")
        await stage.press("escape")

        assert stage.case.path.read_bytes() == before


async def test_b_opens_an_empty_block_to_paste_into(trial: Kept) -> None:
    async with trial.opened(ITEMS) as stage:
        await stage.press("b")
        assert stage.sees("Copy the cells in the spreadsheet and paste them here.")
        await stage.paste("Desk\t20")
        assert stage.sees("1 row for “Items”")
        await stage.press("ctrl+s")

        assert names(stage) == ["Desk"]


async def test_a_paste_onto_prescribed_rows_finds_each_by_what_prescribes_it(trial: Kept) -> None:
    async with trial.opened(SHADES) as stage:
        await stage.paste("Colour\tNote\nBlue\tFor the door\nRed\tFor the roof\n")
        await stage.press("ctrl+s")

        found = {row["colour"]: row["note"] for row in stage.in_file(SHADES).values()}
        assert found == {"blue": "For the door", "red": "For the roof"}


async def test_a_paste_with_a_line_no_prescribed_row_is_meant_for_says_so(trial: Kept) -> None:
    async with trial.opened(SHADES) as stage:
        await stage.paste("Colour\tNote\nPink\tFor the door\n")

        assert stage.sees("no row here is meant for this line")


async def test_a_wide_table_shows_the_column_under_the_cursor(trial: Kept) -> None:
    trial.row(ITEMS, "aaaaaa", name="N" * 34, how="H" * 34, broken=True)
    async with trial.opened(ITEMS, size=(60, 24)) as stage:
        assert not stage.sees("HHHH")
        await stage.press(*["right"] * 5)

        assert stage.sees("HHHH", "How it broke")


async def test_the_arrows_stay_in_a_table_at_its_ends(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press("end", "down", "down")
        assert cursor(stage)[0] == "cccccc"
        await stage.press("up", "up", "up", "up")

        assert cursor(stage)[0] == "aaaaaa"
        assert stage.screen.focused is stage.box(ITEMS).editor


async def test_a_word_typed_onto_a_table_is_no_command(trial: Kept) -> None:
    async with three(trial).opened(ITEMS) as stage:
        await stage.press(*"quiz")

        assert stage.screen.focused is stage.box(ITEMS).editor
        assert names(stage) == ["Desk", "Lamp", "Chair"]


async def test_the_row_under_the_cursor_stays_in_sight_in_a_long_table(trial: Kept) -> None:
    def many(session: Any) -> Any:
        for number in range(60):
            session = session.with_row(ITEMS, f"row{number:03d}", {"name": f"Item {number}"})
        return session

    async with trial.change(many).opened(ITEMS) as stage:
        await stage.press("end")
        assert stage.sees("Item 59")
        await stage.press("home")

        assert "Item 0" in [line.strip() for line in stage.lines]
