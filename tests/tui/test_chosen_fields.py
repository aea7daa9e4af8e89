"""Fields that are chosen: by keys, stored as the file wants them, shown by a glyph."""

from typing import Any

import pytest

from cim_tui.tui.fields.options import Options, Picked
from cim_tui.tui.screens.pick import Pick
from tests.tui.stage import Kept

KINDS = "gather.kinds"
LABELS = ["Fewer than five hundred", "Up to ten thousand", "More than that"]


@pytest.mark.parametrize(
    ("field", "keys", "raw"),
    [
        ("open", ["space"], True),
        ("open", ["right", "space"], False),
        ("open", ["right", "enter"], False),
        ("colour", ["down", "down", "space"], "blue"),
        ("colour", ["left", "space"], "blue"),
        ("score", ["right", "right", "right", "enter"], 4),
        ("marks", ["space", "down", "down", "space"], ["red", "blue"]),
        ("marks", ["down", "down", "space", "up", "up", "space"], ["red", "blue"]),
        ("ready", ["down", "space"], ["lights"]),
    ],
)
async def test_a_choice_on_the_form_is_made_by_arrows_and_space(
    trial: Kept, field: str, keys: list[str], raw: Any
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.opened(address) as stage:
        assert isinstance(stage.box(address).editor, Options)
        await stage.press(*keys)

        assert stage.in_file(address) == raw
        assert type(stage.in_file(address)) is type(raw)


@pytest.mark.parametrize(
    ("field", "raw", "shown"),
    [
        ("open", True, "(•) Yes   ( ) No"),
        ("open", False, "( ) Yes   (•) No"),
        ("colour", "green", "( ) Red   (•) Green   ( ) Blue"),
        ("score", 2, "( ) 1   (•) 2   ( ) 3   ( ) 4   ( ) 5"),
        ("marks", ["red", "blue"], "[x] Red\n[ ] Green\n[x] Blue"),
        ("ready", ["water"], "[ ] The doors open\n[ ] The lights work\n[x] The water runs"),
    ],
)
async def test_what_is_chosen_is_marked_by_a_glyph(
    trial: Kept, field: str, raw: Any, shown: str
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.answer(address, raw).opened(address) as stage:
        for line in shown.split("\n"):
            assert stage.sees(line)


@pytest.mark.parametrize(("field", "raw"), [("open", True), ("marks", ["red"]), ("score", 3)])
async def test_delete_takes_a_choice_back(trial: Kept, field: str, raw: Any) -> None:
    address = f"{KINDS}.{field}"
    async with trial.answer(address, raw).opened(address) as stage:
        await stage.press("delete")

        assert stage.in_file(address) is None


async def test_space_on_one_of_several_takes_only_that_one_back(trial: Kept) -> None:
    address = f"{KINDS}.marks"
    async with trial.answer(address, ["red", "blue"]).opened(address) as stage:
        await stage.press("space")

        assert stage.in_file(address) == ["blue"]


async def test_a_long_list_of_choices_is_picked_from_by_typing(trial: Kept) -> None:
    address = f"{KINDS}.area"
    async with trial.opened(address) as stage:
        assert isinstance(stage.box(address).editor, Picked)
        await stage.press("enter")
        await stage.write("road air")
        assert stage.options() == ["  Airport road"]
        await stage.press("enter")

        assert stage.in_file(address) == "airport"
        assert stage.sees("• Airport road")


async def test_the_arrows_move_in_the_list_while_typing_narrows_it(trial: Kept) -> None:
    address = f"{KINDS}.area"
    async with trial.opened(address) as stage:
        await stage.press("enter", "down", "down", "up", "enter")

        assert stage.in_file(address) == "south"


async def test_several_of_a_long_list_are_marked_then_taken(trial: Kept) -> None:
    address = f"{KINDS}.areas"
    async with trial.opened(address) as stage:
        await stage.press("enter", "enter", "down", "enter")
        assert stage.options()[:3] == ["[x] North hills", "[x] South shore", "[ ] East bench"]
        assert stage.in_file(address) is None
        await stage.press("ctrl+s")

        assert stage.in_file(address) == ["north", "south"]


async def test_leaving_the_list_leaves_the_answer_as_it_was(trial: Kept) -> None:
    address = f"{KINDS}.areas"
    async with trial.answer(address, ["lake"]).opened(address) as stage:
        await stage.press("enter", "enter", "escape")

        assert stage.raw(address) == ["lake"]


async def test_a_list_says_when_nothing_fits_the_words(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.area") as stage:
        await stage.press("enter")
        await stage.write("zebra")
        await stage.press("enter")

        assert stage.options() == ["Nothing fits"]
        assert isinstance(stage.screen, Pick)


async def test_a_reference_offers_the_rows_of_the_other_table(trial: Kept) -> None:
    trial.row("gather.people.members", "aaaaaa", name="Ana Ruiz")
    trial.row("gather.people.members", "bbbbbb", name="Ben Ortiz")
    address = f"{KINDS}.lead"
    async with trial.opened(address) as stage:
        await stage.press("enter")
        assert stage.options() == ["  Ana Ruiz", "  Ben Ortiz"]
        await stage.press("down", "enter")

        assert stage.in_file(address) == "bbbbbb"
        assert stage.sees("• Ben Ortiz")


async def test_a_reference_to_several_rows_holds_their_ids(trial: Kept) -> None:
    trial.row("gather.people.members", "aaaaaa", name="Ana Ruiz")
    trial.row("gather.people.members", "bbbbbb", name="Ben Ortiz")
    address = f"{KINDS}.helpers"
    async with trial.opened(address) as stage:
        await stage.press("enter", "enter", "down", "enter", "ctrl+s")

        assert stage.in_file(address) == ["aaaaaa", "bbbbbb"]


async def test_a_reference_to_a_row_that_is_gone_says_so_and_is_kept(trial: Kept) -> None:
    address = f"{KINDS}.lead"
    async with trial.answer(address, "cccccc").opened(address) as stage:
        assert stage.sees("cccccc (no longer there)")
        assert address in [p.address for p in stage.case.progress.problems if p.open]
        assert stage.raw(address) == "cccccc"


async def test_a_reference_without_rows_to_choose_from_says_so(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.lead") as stage:
        await stage.press("enter")

        assert stage.options() == ["Nothing fits"]


@pytest.mark.parametrize("field", ["colour", "marks", "area", "areas"])
async def test_a_stored_choice_that_is_not_offered_is_kept_shown_and_a_to_do(
    trial: Kept, field: str
) -> None:
    address = f"{KINDS}.{field}"
    raw = ["violet"] if field in ("marks", "areas") else "violet"
    async with trial.answer(address, raw).opened(address) as stage:
        assert stage.raw(address) == raw
        assert address in [p.address for p in stage.case.progress.problems if p.open]
        assert stage.sees("violet")


@pytest.mark.parametrize(("field", "raw"), [("open", "perhaps"), ("score", "high")])
async def test_a_stored_text_that_is_no_choice_is_kept_shown_and_a_to_do(
    trial: Kept, field: str, raw: str
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.answer(address, raw).opened(address) as stage:
        assert stage.raw(address) == raw
        assert address in [p.address for p in stage.case.progress.problems if p.open]
        assert stage.sees(raw)


async def test_a_mark_that_is_not_offered_stays_when_another_is_chosen(trial: Kept) -> None:
    address = f"{KINDS}.marks"
    async with trial.answer(address, ["violet"]).opened(address) as stage:
        await stage.press("space")

        assert stage.in_file(address) == ["red", "violet"]


async def test_a_choice_follows_undo_and_redo(trial: Kept) -> None:
    address = f"{KINDS}.colour"
    async with trial.answer(address, "red").opened(address) as stage:
        await stage.press("right", "space", "ctrl+z")
        assert stage.sees("(•) Red   ( ) Green")
        await stage.press("ctrl+y")

        assert stage.sees("( ) Red   (•) Green")
        assert stage.in_file(address) == "green"


async def test_every_choice_is_on_screen_whatever_the_width(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.size", size=(90, 90)) as stage:
        for width in range(90, 60, -1):
            await stage.pilot.resize_terminal(width, 90)
            await stage.rest()
            shown = [label for label in LABELS if f"( ) {label}" in stage.text]
            assert (width, shown) == (width, LABELS)


async def test_a_click_chooses(trial: Kept) -> None:
    address = f"{KINDS}.colour"
    async with trial.opened(address) as stage:
        # One blank, then "( ) Red   ( ) Green": the second glyph starts in column 11.
        await stage.pilot.click(stage.box(address).editor, offset=(12, 0))
        await stage.rest()

        assert stage.in_file(address) == "green"
