"""Finding the way: the first screen of a case, what is missing next, review, search, help."""

from __future__ import annotations

import re

import pytest
from textual.widgets import OptionList

from cim_tui.core.session import Session
from cim_tui.service import work
from cim_tui.service.start import NewCase, start
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.check import Check
from cim_tui.tui.screens.help import Help
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.review import Review
from cim_tui.tui.screens.search import Search
from tests.tui.stage import Kept, Stage, StillDesk

KINDS = "gather.kinds"
MEMBERS = "gather.people.members"
ITEMS = "gather.tables.items"


async def arrive(stage: Stage, where: str) -> None:
    """Wait until the cursor of a form is at an address."""

    def there() -> bool:
        screen = stage.screen
        return isinstance(screen, ActivityScreen) and screen.where().startswith(where)

    await stage.until(there, f"The cursor at {where}")


async def test_the_first_screen_says_what_is_next_and_enter_goes_there(trial: Kept) -> None:
    async with trial.opened() as stage:
        assert stage.sees("Next", "→ Enter: name of the school")
        await stage.press("enter")
        await arrive(stage, f"{KINDS}.name")


async def test_the_first_screen_unfolds_the_current_step_only(trial: Kept) -> None:
    async with trial.opened() as stage:
        assert stage.sees("○ Every kind of field", "○ Tables", "optional")

        assert not stage.sees("Agreement")


async def test_enter_on_a_step_folds_and_unfolds_it(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("down", "enter")
        assert not stage.sees("○ Every kind of field")
        await stage.press("down", "enter")
        assert stage.sees("○ Agreement")
        await stage.press("enter")

        assert not stage.sees("Agreement")


async def test_enter_on_an_activity_opens_it(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("down", "down", "down", "enter")
        await arrive(stage, MEMBERS)


async def test_the_cursor_of_the_first_screen_stays_where_it_was(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("down", "down", "enter")
        await arrive(stage, KINDS)
        await stage.write("Tule")
        await stage.press("escape", "escape")

        listing = stage.on(Overview).query_one(OptionList)
        assert "Every kind of field" in stage.options()[listing.highlighted or 0]


async def test_the_next_missing_thing_is_one_key_away_across_activities(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("ctrl+n")
        await arrive(stage, f"{KINDS}.name")
        await stage.press("ctrl+n")
        await arrive(stage, MEMBERS)
        await stage.press("ctrl+n")
        await arrive(stage, "agree.agreement.text")
        await stage.press("ctrl+n")
        await arrive(stage, f"{KINDS}.name")


async def test_the_next_missing_thing_after_the_needed_ones_is_good_practice(
    trial: Kept,
) -> None:
    trial.answer(f"{KINDS}.name", "Tule").row(MEMBERS, "aaaaaa", name="Ana")
    trial.answer("agree.agreement.text", "To meet")
    case = trial.case
    agreement = case.workflow.activities["agreement"]
    work.sign(case, agreement, work.Signing("R", "director", case.today), trial.desk)
    trial.desk.save(case)
    async with trial.opened() as stage:
        await stage.press("ctrl+n")
        await arrive(stage, f"{KINDS}.count")


async def test_the_next_missing_thing_in_a_row_form_leaves_the_row(trial: Kept) -> None:
    async with trial.row(ITEMS, "aaaaaa", cost=3).opened(ITEMS) as stage:
        await stage.press("enter", "ctrl+n")
        await arrive(stage, "agree.agreement.text")


async def test_a_missing_cell_is_gone_to_in_its_table(trial: Kept) -> None:
    trial.answer(f"{KINDS}.name", "Tule").row(MEMBERS, "aaaaaa", name="Ana")
    trial.row(MEMBERS, "bbbbbb", role="lead")
    async with trial.opened() as stage:
        await stage.press("ctrl+n")
        await arrive(stage, f"{MEMBERS}.bbbbbb.name")


async def test_the_next_missing_cell_is_the_next_column_then_the_table_as_a_whole(
    desk: StillDesk,
) -> None:
    kept = Kept(desk, start(desk, NewCase("Elm Flat", "intensive", 2025)).path)
    members = "gather.educational-partners.members"
    events = "gather.educational-partners.events"
    kept.row(members, "aaaaaa", who="Parents").row(events, "bbbbbb", topic="The letter")
    async with kept.opened(f"{members}.aaaaaa.who") as stage:
        await stage.press("ctrl+n")
        await arrive(stage, f"{members}.aaaaaa.category")
        went = []
        for _ in range(3):
            await stage.press("ctrl+n")
            went.append(stage.on(ActivityScreen).where())

        columns = list(stage.case.workflow.fields[events].columns)
        assert [at.rpartition(".")[0] for at in went[:2]] == [f"{events}.bbbbbb"] * 2
        at = [columns.index(address.rpartition(".")[2]) for address in went[:2]]
        assert at == sorted(at)


async def test_nothing_missing_is_said(trial: Kept) -> None:
    def away(session: Session) -> Session:
        entry = {"where": "Elsewhere", "on": trial.desk.today, "by": "Rosa"}
        session = session.with_entry(("elsewhere", "gather"), entry)
        return session.with_entry(("elsewhere", "agree"), entry)

    async with trial.change(away).opened() as stage:
        await stage.press("n")

        assert stage.notices()[-1].startswith("Nothing is open")


async def test_the_review_shows_every_answer_and_what_is_missing_first(trial: Kept) -> None:
    trial.answer(f"{KINDS}.story", "It rained\nand rained").answer(f"{KINDS}.open", True)
    trial.row(ITEMS, "aaaaaa", name="Desk", cost=3)
    async with trial.opened() as stage:
        await stage.press("r")
        lines = stage.options()

        assert lines[0] == "Needed"
        assert any("name of the school" in line for line in lines[:3])
        text = "\n".join(lines)
        assert "What happened: It rained\nand rained" in text
        assert "Is it open: Yes" in text
        assert "Name: Desk · Cost: $3" in text


async def test_the_review_goes_back_to_an_answer(trial: Kept) -> None:
    trial.row(ITEMS, "aaaaaa", name="Desk").row(ITEMS, "bbbbbb", name="Lamp")
    async with trial.opened() as stage:
        await stage.press("r")
        at = next(n for n, line in enumerate(stage.options()) if "Lamp" in line)
        stage.on(Review).query_one(OptionList).highlighted = at
        await stage.press("enter")
        await arrive(stage, f"{ITEMS}.bbbbbb")


async def test_the_review_is_read_page_by_page_and_leaves_nothing_out(example: Kept) -> None:
    async with example.opened() as stage:
        await stage.press("r")
        wanted = [" ".join(line.split()) for line in stage.options() if line.strip()]
        seen = ""
        for _ in range(len(wanted)):
            seen += " " + " ".join(line.strip() for line in stage.lines[2:-1])
            before = stage.text
            await stage.press("pagedown")
            if stage.text == before:
                break

        told = " ".join(re.sub("[▁▂▃▄▅▆▇█]", " ", seen).split())
        assert [line for line in wanted if line[:30] not in told] == []


@pytest.mark.parametrize("key", ["escape", "r", "h"])
async def test_the_review_is_left_the_way_it_was_opened(trial: Kept, key: str) -> None:
    async with trial.opened() as stage:
        await stage.press("r", key)

        stage.on(Overview)


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("closed why", f"{KINDS}.closed-because"),
        ("sluice", KINDS),
        ("tule bend", f"{KINDS}.name"),
        ("lamp", f"{ITEMS}.bbbbbb"),
        ("find it", f"{KINDS}.name"),
    ],
)
async def test_the_search_finds_labels_guidance_and_answers(
    trial: Kept, words: str, address: str
) -> None:
    trial.answer(f"{KINDS}.name", "Tule Bend").answer(f"{KINDS}.open", False)
    trial.row(ITEMS, "bbbbbb", name="Lamp")
    async with trial.opened() as stage:
        await stage.press("slash")
        await stage.write(words)
        assert address in stage.on(Search).found
        at = stage.on(Search).found.index(address)
        await stage.press(*["down"] * at, "enter")
        await arrive(stage, address)


async def test_the_search_says_when_nothing_has_all_the_words(trial: Kept) -> None:
    async with trial.opened() as stage:
        await stage.press("slash")
        await stage.write("zebra crossing")
        assert stage.options() == ["Nothing has all these words"]
        await stage.press("enter", "escape")

        stage.on(Overview)


async def test_a_slash_in_an_entry_is_a_slash(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("a/b")

        assert stage.raw(f"{KINDS}.name") == "a/b"


async def test_help_explains_the_focused_field_before_the_keys(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("f1")
        stage.on(Help)

        assert stage.sees(
            "Name of the school", "As the sign says.", "Why we ask: It is how we find it.",
            "Example: Tule Bend", "Needed.", "https://example.org/name",
            f"Address: {KINDS}.name",
        )  # fmt: skip


async def test_help_in_a_table_explains_the_column_under_the_cursor(trial: Kept) -> None:
    async with trial.row(ITEMS, "aaaaaa", name="Desk").opened(ITEMS) as stage:
        await stage.press("right", "right", "f1")

        assert stage.sees("Bought", f"Address: {ITEMS}.aaaaaa.bought")


async def test_help_says_why_a_field_is_shown(trial: Kept) -> None:
    async with trial.answer(f"{KINDS}.open", False).opened(f"{KINDS}.closed-because") as stage:
        await stage.press("f1")

        assert stage.sees("Shown because “Is it open” is No")


@pytest.mark.parametrize("key", ["escape", "f1", "question_mark", "q"])
async def test_help_is_left_without_leaving_anything_else(trial: Kept, key: str) -> None:
    async with trial.opened() as stage:
        await stage.press("f1", key)

        stage.on(Overview)


async def test_the_palette_finds_a_command_by_a_word_and_runs_it(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("ctrl+p")
        await stage.write("check what")
        await stage.sees_soon("Check what is open")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.screen, Check))


async def test_the_theme_changes_by_a_key(trial: Kept) -> None:
    async with trial.opened() as stage:
        before = stage.app.theme
        await stage.press("t")

        assert stage.app.theme != before
