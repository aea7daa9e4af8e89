"""A form as a whole: what it opens, hides, remembers and takes back."""

from typing import Any

import pytest
from textual.widgets import Static

from cim_tui.core.session import Absence
from cim_tui.tui.fields.text import LineField
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.ask import Ask
from cim_tui.tui.screens.form import FormScreen
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.row import RowForm
from cim_tui.tui.screens.too_small import TooSmall
from tests.tui.stage import NARROW, WIDE, Kept

KINDS = "gather.kinds"
ITEMS = "gather.tables.items"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_opening_every_activity_of_the_example_makes_no_edit(
    example: Kept, size: tuple[int, int]
) -> None:
    async with example.opened(size=size) as stage:
        before, bytes_before = stage.case.session, example.path.read_bytes()
        for check in list(stage.case.progress.checks.values()):
            await stage.go(check.activity.address)

        assert stage.case.session is before
        assert example.path.read_bytes() == bytes_before
        assert stage.case.undo() is None


async def test_opening_a_row_of_every_table_of_the_example_makes_no_edit(example: Kept) -> None:
    async with example.opened() as stage:
        before, situation = stage.case.session, stage.case.situation
        for field in stage.case.workflow.fields.values():
            if field.type != "table" or situation.field_applies(field).truth is False:
                continue
            for row in list(situation.live_rows(field))[:1]:
                stage.app.open_row(stage.case, f"{field.address}.{row}")
                await stage.rest()
                stage.on(RowForm)
                stage.app.pop_screen()
                await stage.rest()

        assert stage.case.session is before


async def test_a_question_appears_when_its_deciding_answer_does_and_the_focus_stays(
    trial: Kept,
) -> None:
    async with trial.opened(f"{KINDS}.open") as stage:
        for keys, shown in ((["right", "space"], True), (["left", "space"], False)):
            await stage.press(*keys)
            assert stage.box(f"{KINDS}.closed-because").display is shown
            assert stage.screen.focused is stage.box(f"{KINDS}.open").editor


async def test_a_hidden_answer_is_kept_aside_and_comes_back(trial: Kept) -> None:
    trial.answer(f"{KINDS}.open", False).answer(f"{KINDS}.closed-because", "A flood")
    async with trial.opened(f"{KINDS}.open") as stage:
        await stage.press("left", "space")
        assert not stage.box(f"{KINDS}.closed-because").display
        assert stage.in_file(f"{KINDS}.closed-because") == "A flood"
        await stage.press("right", "space")

        assert stage.box(f"{KINDS}.closed-because").display
        assert stage.editor(f"{KINDS}.closed-because", LineField).value == "A flood"


async def test_tab_passes_over_hidden_questions(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.open") as stage:
        await stage.press("tab")

        assert stage.screen.focused is stage.box(f"{KINDS}.colour").editor


async def test_a_change_in_a_row_shows_the_column_it_decides(trial: Kept) -> None:
    trial.row(ITEMS, "aaaaaa", name="Desk")
    async with trial.opened(ITEMS) as stage:
        await stage.press("enter")
        stage.box(f"{ITEMS}.aaaaaa.broken").editor.focus()
        await stage.rest()
        how = stage.box(f"{ITEMS}.aaaaaa.how")
        assert not how.display
        await stage.press("space")

        assert how.display


async def test_undo_takes_back_a_run_of_typing_at_once(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.press("tab")
        await stage.write("Something happened")
        await stage.press("ctrl+z")
        assert stage.raw(f"{KINDS}.name") == "Tule"
        assert stage.raw(f"{KINDS}.story") is None
        await stage.press("ctrl+z")

        assert stage.raw(f"{KINDS}.name") is None


async def test_redo_brings_back_what_undo_took(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.press("ctrl+z", "ctrl+y")

        assert stage.in_file(f"{KINDS}.name") == "Tule"
        assert stage.editor(f"{KINDS}.name", LineField).value == "Tule"


@pytest.mark.parametrize(
    ("key", "said"), [("ctrl+z", "Nothing to undo"), ("ctrl+y", "Nothing to bring back")]
)
async def test_undo_and_redo_say_when_there_is_nothing_left(
    trial: Kept, key: str, said: str
) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press(key)

        assert stage.notices() == [said]


async def test_letters_undo_too_once_no_entry_has_the_focus(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("z")
        assert stage.raw(f"{KINDS}.name") == "z"
        await stage.press("escape", "z")
        assert stage.raw(f"{KINDS}.name") is None
        await stage.press("y")

        assert stage.raw(f"{KINDS}.name") == "z"


async def test_esc_leaves_the_entry_then_the_activity_then_the_case(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("escape")
        assert stage.on(ActivityScreen).focused is None
        await stage.press("escape")
        stage.on(Overview)
        await stage.press("escape")

        assert not stage.is_case


async def test_enter_returns_to_the_entry_that_esc_left(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        await stage.write("4")
        await stage.press("escape", "enter")
        await stage.write("2")
        await stage.saved()

        assert stage.in_file(f"{KINDS}.count") == 42


async def test_leaving_an_entry_saves_it_at_once(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.press("tab")

        assert stage.in_file(f"{KINDS}.name") == "Tule"


async def test_a_field_is_marked_as_missing_with_a_reason_and_a_note(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.answer(address, "Tule").opened(address) as stage:
        await stage.press("f10")
        assert stage.sees("The answer that stands there now is taken away")
        await stage.press("down", "down", "tab")
        await stage.write("Nobody knows the name")
        await stage.press("ctrl+s")

        assert stage.file()["absent"][address] == {
            "code": "unknown", "note": "Nobody knows the name",
        }  # fmt: skip
        assert stage.in_file(address) is None
        assert stage.sees("(not known: Nobody knows the name)")


async def test_a_reason_without_a_note_is_refused_and_nothing_is_lost(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.answer(address, "Tule").opened(address) as stage:
        await stage.press("f10", "ctrl+s")
        stage.on(Ask)
        assert stage.sees("Choose why it is missing")
        await stage.press("down", "ctrl+s")
        assert stage.sees("Say in a note why it is missing")
        await stage.press("escape")

        assert stage.raw(address) == "Tule"


async def test_a_reason_is_taken_back_the_way_it_was_given(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.opened(address) as stage:
        await stage.press("escape", "x", "down", "tab")
        await stage.write("It has none")
        await stage.press("ctrl+s")
        assert stage.sees("(does not apply: It has none)")
        await stage.press("x", "up", "ctrl+s")

        assert "absent" not in stage.file()


async def test_undo_takes_a_reason_back(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.answer(address, "Tule").opened(address) as stage:
        await stage.press("f10", "down", "tab")
        await stage.write("It has none")
        await stage.press("ctrl+s", "ctrl+z")

        assert "absent" not in stage.file()
        assert stage.editor(address, LineField).value == "Tule"


async def test_an_answer_ends_a_reason(trial: Kept) -> None:
    address = f"{KINDS}.name"
    trial.change(lambda session: session.with_absence(address, Absence("unknown", "Nobody knows")))
    async with trial.opened(address) as stage:
        await stage.write("Tule")
        await stage.settled()
        await stage.saved()

        assert "absent" not in stage.file()
        assert not stage.sees("Nobody knows")


async def test_marking_a_field_as_missing_leaves_the_focus_where_it_was(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        await stage.press("f10", "down", "tab")
        await stage.write("Nobody counted")
        await stage.press("ctrl+s")
        assert stage.screen.focused is stage.box(f"{KINDS}.count").editor
        await stage.press("escape", "x", "escape")

        assert stage.screen.focused is None


async def test_a_cell_is_marked_as_missing(trial: Kept) -> None:
    trial.row(ITEMS, "aaaaaa", name="Desk")
    async with trial.opened(ITEMS) as stage:
        await stage.press("right", "f10", "down", "down", "down", "tab")
        await stage.write("Asked the shop")
        await stage.press("ctrl+s")

        address = f"{ITEMS}.aaaaaa.cost"
        assert stage.file()["absent"][address]["code"] == "will-return"
        assert stage.sees("(will come back to it)")


async def test_a_fact_of_the_case_says_how_it_can_be_missing(example: Kept) -> None:
    async with example.opened("gather.letter-intake.level") as stage:
        hint = stage.case.workflow.fields["gather.letter-intake.level"].spec.hint
        assert "mark this not applicable" in hint
        await stage.press("x")
        await stage.write("The letter names the tier only")
        await stage.press("ctrl+s")

        stage.on(ActivityScreen)


async def test_what_is_needed_is_said_at_the_field_until_it_is_answered(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        assert stage.sees("! Name of the school  needed")
        await stage.write("Tule")
        await stage.settled()

        assert stage.sees("✓ Name of the school\n")


async def test_good_practice_is_told_apart_from_what_is_needed(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        assert stage.sees("○ How many  good practice")


async def test_the_header_counts_what_is_needed(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        assert "0 of 1" in stage.header()
        await stage.write("Tule")
        await stage.settled()

        assert "1 of 1" in stage.header()


async def test_a_change_on_one_screen_is_seen_on_the_screens_below(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.press("escape", "escape")

        assert stage.sees("✓ Every kind of field  complete")


async def test_a_save_by_hand_says_that_everything_is_saved(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.press("ctrl+s")
        await stage.press("ctrl+s")

        assert stage.notices()[-1] == "Everything is saved"
        assert "saved 09:30" in stage.header()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_only_the_current_activity_is_mounted_and_seventeen_swaps_add_nothing(
    example: Kept, size: tuple[int, int]
) -> None:
    async with example.opened("gather.cim-team", size=size) as stage:
        order = [
            check.activity.address
            for check in stage.case.progress.checks.values()
            if check.state != "not-applicable"
        ]
        counts: dict[str, int] = {}
        for round_ in range(2):
            for address in order[:9]:
                await stage.go(address)
                screen = stage.on(FormScreen)
                mounted = len(list(screen.walk_children(with_self=True)))
                assert counts.setdefault(address, mounted) == mounted, (address, round_)
                own = {box.place.field.activity.address for box in screen.boxes.values()}
                assert own == {address}
        assert len(stage.app.screen_stack) <= 4


async def test_the_next_and_the_previous_activity_are_one_key_away(trial: Kept) -> None:
    async with trial.opened(KINDS) as stage:
        await stage.press("escape", "right_square_bracket")
        assert "People" in stage.header()
        await stage.press("escape", "left_square_bracket")
        assert "Every kind of field" in stage.header()
        await stage.press("escape", "left_square_bracket")

        assert stage.notices()[-1] == "This is the first activity"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("o", "2 Agree  waits for the step before"),
        ("g", "Walk through the sluice gate."),
        ("s", "Published by The example,"),
        ("m", "0 of 1 needed, 0 of 1 good practice"),
    ],
)
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_each_pane_opens_and_closes_with_the_same_key(
    trial: Kept, size: tuple[int, int], key: str, text: str
) -> None:
    async with trial.opened(KINDS, size=size) as stage:
        wide_outline = size == WIDE and key == "o"
        await stage.press("escape")
        assert stage.sees(text) is wide_outline
        if not wide_outline:
            await stage.press(key)
            assert stage.sees(text)
        await stage.press(key)

        assert not stage.sees(text)


async def test_a_pane_at_80_columns_gives_the_entry_back_when_it_closes(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        await stage.press("f2", "escape")
        await stage.write("7")
        await stage.saved()

        assert stage.in_file(f"{KINDS}.count") == 7


@pytest.mark.parametrize("leave", ["f2", "escape"])
async def test_a_pane_opened_outside_an_entry_leaves_the_letters_working(
    trial: Kept, leave: str
) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        await stage.press("escape", "g", leave, "g")

        assert stage.sees("Walk through the sluice gate.")


async def test_the_arrows_scroll_the_guidance(example: Kept) -> None:
    async with example.opened("gather.letter-intake") as stage:
        await stage.press("f2")
        first = stage.text
        await stage.press("down", "down")

        assert stage.text != first


async def test_the_list_of_what_is_open_jumps_to_the_field(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.day") as stage:
        await stage.press("escape", "m")
        outline = stage.screen.query_one("#outline")
        outline.focus()
        await stage.press("down", "enter")
        await stage.until(lambda: stage.screen.focused is not outline)

        assert stage.on(ActivityScreen).where() == f"{KINDS}.name"


async def test_the_outline_jumps_to_another_activity(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("escape", "o", "down", "down", "enter")
        await stage.until(lambda: "People" in stage.header())

        assert stage.on(ActivityScreen).boxes.keys() == {"gather.people.members"}


async def test_an_activity_done_elsewhere_says_where(trial: Kept) -> None:
    async with trial.opened(KINDS) as stage:
        await stage.press("escape", "l")
        await stage.write("In the county survey")
        await stage.press("ctrl+s")

        entry = stage.file()["elsewhere"][KINDS]
        assert entry["where"] == "In the county survey"
        intro = stage.screen.query_one("#intro", Static)
        assert "Done elsewhere: In the county survey 2025-11-03 Test Person" in str(intro.render())


async def test_a_form_in_the_smallest_terminal_that_fits_takes_an_answer(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name", size=(60, 15)) as stage:
        await stage.write("Tule")
        await stage.saved()

        assert stage.in_file(f"{KINDS}.name") == "Tule"


async def test_answers_of_a_wrong_shape_open_and_stay(trial: Kept) -> None:
    odd: dict[str, Any] = {
        "name": 5, "story": ["a", "b"], "count": "x", "measure": True, "day": 3, "open": "perhaps",
        "colour": 4, "area": ["north"], "marks": "red", "ready": {"a": 1}, "score": "high",
        "who": "Ana", "proof": ["a"], "lead": 7, "helpers": "x", "total": 3, "unheard-of": 1,
    }  # fmt: skip
    for name, raw in odd.items():
        trial.answer(f"{KINDS}.{name}", raw)
    trial.answer(ITEMS, "not rows").answer("gather.tables.parts", {"aaaaaa": "not cells"})
    async with trial.opened(KINDS) as stage:
        before = stage.case.session
        for box in stage.on(FormScreen).boxes.values():
            if box.editor.focusable and box.display:
                box.editor.focus()
                await stage.rest()
        await stage.go("gather.tables")

        assert stage.case.session is before


async def test_a_window_too_small_for_forms_says_so_and_gives_the_form_back(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("Tule")
        await stage.pilot.resize_terminal(40, 10)
        await stage.rest()
        stage.on(TooSmall)
        await stage.pilot.resize_terminal(80, 24)
        await stage.rest()
        stage.on(ActivityScreen)
        await stage.write(" Bend")
        await stage.saved()

        assert stage.in_file(f"{KINDS}.name") == "Tule Bend"


async def test_a_case_opened_in_a_window_too_small_waits_behind_the_notice(trial: Kept) -> None:
    async with trial.opened(size=(40, 10)) as stage:
        stage.on(TooSmall)
        await stage.pilot.resize_terminal(80, 24)
        await stage.rest()

        stage.on(Overview)
