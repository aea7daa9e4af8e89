"""Fields that are typed: what is shown is what is stored, what is entered is stored exactly."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from textual.widgets import Input

from cim_tui.tui.fields.text import LineField, LongField
from tests.tui.stage import Kept

KINDS = "gather.kinds"

TYPED = [
    ("name", "Tule Bend", "Tule Bend", '"Tule Bend"'),
    ("name", "  Tule   Bend ", "Tule Bend", '"Tule Bend"'),
    ("count", "42", 42, "42"),
    ("count", "1,234", 1234, "1234"),
    ("count", "-3", -3, "-3"),
    ("measure", "12.50", Decimal("12.50"), "12.50"),
    ("measure", "0.10000000000000000001", Decimal("0.10000000000000000001"), "0.10000000000000000001"),
    ("share", "12.5%", Decimal("12.5"), "12.5"),
    ("cost", "$1,200.00", Decimal("1200.00"), "1200.00"),
    ("cost", "7", 7, "7"),
    ("day", "2025-10-01", date(2025, 10, 1), "2025-10-01"),
    ("day", "October 1, 2025", date(2025, 10, 1), "2025-10-01"),
    ("day", "10/1/2025", date(2025, 10, 1), "2025-10-01"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "raw", "toml"), TYPED)
async def test_what_is_typed_is_stored_exactly(
    trial: Kept, field: str, typed: str, raw: Any, toml: str
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.opened(address) as stage:
        await stage.write(typed)
        await stage.saved()

        assert stage.raw(address) == raw
        assert type(stage.raw(address)) is type(raw)
        assert f"\n{field} = {toml}\n" in stage.case.path.read_text()


@pytest.mark.parametrize(
    ("field", "raw", "shown"),
    [
        ("name", "Tule Bend", "Tule Bend"),
        ("count", 1234, "1234"),
        ("measure", Decimal("12.50"), "12.50"),
        ("share", Decimal("12.5"), "12.5"),
        ("cost", Decimal("1200.00"), "1200.00"),
        ("day", date(2025, 10, 1), "2025-10-01"),
    ],
)
async def test_what_is_stored_is_shown_as_a_person_would_type_it(
    trial: Kept, field: str, raw: Any, shown: str
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.answer(address, raw).opened(address) as stage:
        assert stage.editor(address, LineField).value == shown
        assert shown in stage.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("count", "about forty"),
        ("count", "12.5"),
        ("measure", "12,5"),
        ("share", "half"),
        ("cost", "1.200,00"),
        ("day", "next spring"),
        ("day", "2025-02-30"),
    ],
)
async def test_a_text_that_does_not_fit_is_kept_and_becomes_a_to_do(
    trial: Kept, field: str, typed: str
) -> None:
    address = f"{KINDS}.{field}"
    async with trial.opened(address) as stage:
        await stage.write(typed)
        await stage.settled()
        await stage.saved()

        assert stage.in_file(address) == typed
        assert stage.editor(address, LineField).value == typed
        assert address in [p.address for p in stage.case.progress.problems if p.open]
        assert "not a" in stage.text or "no day" in stage.text


async def test_a_text_that_did_not_fit_is_still_there_when_the_case_is_opened_again(
    trial: Kept,
) -> None:
    address = f"{KINDS}.count"
    async with trial.answer(address, "about forty").opened(address) as stage:
        assert "about forty" in stage.text
        await stage.press(*["backspace"] * len("about forty"))
        await stage.write("40")
        await stage.saved()

        assert stage.in_file(address) == 40


async def test_a_date_is_said_back_in_words(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.day") as stage:
        await stage.write("2026-01-30")
        await stage.settled()

        assert stage.sees("Friday 30 January 2026")


async def test_clearing_an_entry_clears_the_answer(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.answer(address, "Ab").opened(address) as stage:
        await stage.press("backspace", "backspace")
        await stage.saved()

        assert stage.raw(address) is None
        assert "answers" not in stage.file()


async def test_prose_keeps_its_lines(trial: Kept) -> None:
    address = f"{KINDS}.story"
    async with trial.opened(address) as stage:
        await stage.write("One")
        await stage.press("enter")
        await stage.write("Two")
        await stage.saved()

        assert stage.in_file(address) == "One\nTwo"


async def test_tab_leaves_prose_and_goes_on(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.story") as stage:
        await stage.press("tab")

        assert stage.screen.focused is stage.box(f"{KINDS}.count").editor


async def test_prose_about_children_is_looked_at_for_names(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.story") as stage:
        assert stage.sees("No names, ids or birth dates")
        await stage.write("The student Maria Lopez")
        await stage.settled()

        assert stage.sees("This looks like a child's name")


async def test_enter_on_a_line_goes_to_the_next_field(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.press("enter")

        assert stage.screen.focused is stage.box(f"{KINDS}.story").editor


async def test_people_of_the_roster_are_known_by_name_and_others_stay_free(trial: Kept) -> None:
    trial.row("gather.people.members", "aaaaaa", name="Ana Ruiz", role="lead")
    address = f"{KINDS}.who"
    async with trial.opened(address) as stage:
        await stage.write("ana ruiz; Ben Ortiz")
        await stage.saved()

        entries = list(stage.in_file(address).values())
        assert entries == [{"person": "aaaaaa"}, {"name": "Ben Ortiz"}]
        await stage.press("tab")
        assert stage.editor(address, LineField).value == "Ana Ruiz; Ben Ortiz"


async def test_evidence_is_one_path_or_link_a_line(trial: Kept) -> None:
    address = f"{KINDS}.proof"
    async with trial.opened(address) as stage:
        await stage.write("minutes.pdf | The first meeting")
        await stage.press("enter")
        await stage.write("https://example.org/a")
        await stage.saved()

        entries = list(stage.in_file(address).values())
        assert entries == [
            {"path": "minutes.pdf", "what": "The first meeting"},
            {"url": "https://example.org/a"},
        ]


async def test_evidence_that_is_there_gets_a_fingerprint(trial: Kept) -> None:
    (trial.path.parent / "minutes.txt").write_text("We met")
    address = f"{KINDS}.proof"
    async with trial.opened(address) as stage:
        await stage.write("minutes.txt")
        await stage.saved()

        (entry,) = stage.in_file(address).values()
        assert entry["path"] == "minutes.txt"
        assert len(entry["sha256"]) == 64


@pytest.mark.parametrize("keys", ["left", "ctrl+home"])
async def test_mending_a_word_of_evidence_keeps_its_dates(trial: Kept, keys: str) -> None:
    address = f"{KINDS}.proof"
    stored = {"path": "minutes.pdf", "what": "The meeting", "expires": date(2026, 6, 30)}
    async with trial.answer(address, {"aaaaaa": stored}).opened(address) as stage:
        await stage.press("ctrl+end", keys)
        await stage.write("x")
        await stage.saved()

        assert stage.in_file(address)["aaaaaa"]["expires"] == date(2026, 6, 30)


async def test_a_calculated_answer_follows_what_it_is_made_of(trial: Kept) -> None:
    async with trial.answer(f"{KINDS}.measure", Decimal("2.5")).opened(f"{KINDS}.count") as stage:
        await stage.write("40")
        await stage.settled()

        assert str(stage.box(f"{KINDS}.total").editor.render()).startswith("42.5")


async def test_a_calculated_answer_says_that_it_is_not_known_yet(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.count") as stage:
        assert "not yet" in str(stage.box(f"{KINDS}.total").editor.render())


async def test_a_long_value_scrolls_within_its_line(trial: Kept) -> None:
    async with trial.opened(f"{KINDS}.name") as stage:
        await stage.write("x" * 150 + "END")

        assert stage.sees("xEND")


async def test_what_another_screen_changed_is_shown_by_an_open_entry_after_undo(
    trial: Kept,
) -> None:
    address = f"{KINDS}.name"
    async with trial.opened(address) as stage:
        await stage.write("Tule Bend")
        await stage.press("ctrl+z")

        assert stage.editor(address, LineField).value == ""
        assert stage.raw(address) is None
        assert stage.screen.focused is stage.editor(address, LineField)


async def test_prose_shows_what_undo_brings_back(trial: Kept) -> None:
    address = f"{KINDS}.story"
    async with trial.answer(address, "Before").opened(address) as stage:
        await stage.press("ctrl+end")
        await stage.write(" and after")
        await stage.press("ctrl+z")

        assert stage.editor(address, LongField).text == "Before"
        assert stage.raw(address) == "Before"


async def test_an_entry_tells_of_no_edit_when_the_screen_sets_it(trial: Kept) -> None:
    address = f"{KINDS}.name"
    async with trial.answer(address, "Tule Bend").opened(address) as stage:
        before = stage.case.session
        editor = stage.editor(address, LineField)
        editor.post_message(Input.Changed(editor, "Tule Bend"))
        await stage.rest()

        assert stage.case.session is before
