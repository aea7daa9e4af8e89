"""The screen never waits for the disk: only the saver's thread calls it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from textual.keys import _character_to_key

from cim_tui.tui import saving
from cim_tui.tui.screens.activity import ActivityScreen
from tests.bench.disks import LONGEST, NotingDisk, StoppedDisk, under
from tests.tui.stage import Kept, Stage

MEETS = "gather.cim-team.meets"
NEXT = "gather.webinar-and-trainings"
SAVER = {"saver"}


@pytest.fixture(autouse=True)
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The saver looks at the disk, and says that somebody is here, all the time."""
    monkeypatch.setattr(saving, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(saving, "SIGN_EVERY", 0.0)


@pytest.fixture
def team(example: Kept) -> Kept:
    """The worked example, without the answer that is typed here."""
    return example.answer(MEETS, None)


async def until(holds: Callable[[], object], stage: Stage) -> None:
    """Wait until something holds, without asking the saver for anything."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        with suppress(KeyError):  # what is not styled yet cannot be read
            if holds():
                return
        await asyncio.sleep(0.01)
    raise AssertionError(f"It never came to be:\n{stage.text}")


async def seen(stage: Stage, text: str) -> None:
    """Wait until a text is seen; while boxes are put in, the app paints nothing, and nobody looks."""
    await until(lambda: not stage.app._batch_count and stage.sees(text), stage)


async def write(stage: Stage, text: str) -> None:
    """Type a text, and wait until it is seen."""
    for character in text:
        stage._send(_character_to_key(character), character)
    await seen(stage, text)


async def go(stage: Stage, address: str) -> None:
    """Go to an activity or an answer, and wait until the focus is there."""
    stage.app.show_address(stage.case, address)
    await until(lambda: stage._arrived(address), stage)
    await stage.pilot._wait_for_screen()  # what is not styled yet cannot be read


async def test_only_the_saver_calls_the_disk_while_somebody_types_and_goes_about(
    team: Kept,
) -> None:
    async with team.opened(MEETS) as stage:
        with under(NotingDisk()) as disk:
            await stage.write("Tuesdays")
            await stage.saved()
            await stage.write(", weekly")
            await stage.press("tab", "shift+tab", "ctrl+s")
            await stage.saved()
            await stage.press("escape", "right_square_bracket")
            await stage.go(NEXT)
            await until(lambda: disk.count({"touch"}) > 3, stage)
            await stage.go(MEETS)
            await stage.saved()

        assert disk.threads == SAVER, [call for call in disk.calls if call.thread != "saver"]
        for name in ("grow", "write_atomic", "look", "touch", "list"):
            assert disk.count({name}), f"{name} was never called: nothing is proved of it"
        assert stage.in_file(MEETS) == "Tuesdays, weekly"


async def test_what_is_typed_is_seen_while_the_disk_does_not_answer_and_saved_once_it_does(
    team: Kept,
) -> None:
    async with team.opened(MEETS) as stage:
        with under(StoppedDisk()) as disk:
            await until(disk.waiting.is_set, stage)
            await write(stage, "Tuesdays")
            await until(lambda: "saving" in stage.header(), stage)
            await write(stage, ", weekly")
            stage._send("ctrl+s", None)
            stage._send("tab", None)
            await until(lambda: stage.on(ActivityScreen).where() != MEETS, stage)
            await go(stage, NEXT)
            await go(stage, MEETS)
            await seen(stage, "Tuesdays, weekly")
            await write(stage, " at 4")
            assert stage.in_file(MEETS) is None
            assert "saving" in stage.header()
            assert disk.threads == SAVER
            assert not disk.gave_up

            disk.release()
            await stage.saved()

        assert stage.in_file(MEETS) == "Tuesdays, weekly at 4"
        assert stage.header().count("saved")


async def test_asking_for_a_save_waits_for_nothing_while_a_case_is_left(team: Kept) -> None:
    async with team.opened(MEETS) as stage:
        await stage.write("Tuesdays")
        await stage.saved()
        with under(StoppedDisk({"close", "remove"})) as disk:
            left = stage.case
            stage.app.saver.watch(None)
            await until(disk.waiting.is_set, stage)
            asked = threading.Thread(target=stage.app.saver.save, args=(left,))
            asked.start()
            asked.join(2)
            waits = asked.is_alive()
            disk.release()
            asked.join()

        assert not waits
