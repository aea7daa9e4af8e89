"""The remedy for `Input`: a key lays out nothing; and the day Textual no longer needs it is told."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import Input

from cim_tui.tui.fields.text import LineField, QuietInput
from cim_tui.tui.screens import search
from cim_tui.tui.screens.home import Home
from tests.tui.stage import Kept

FIELDS = 60
KEYS = "twelve keys."


class Counting(Screen[None]):
    """Sixty entries, and how often they were laid out."""

    passes = 0

    def __init__(self, kind: type[Input]) -> None:
        super().__init__()
        self.kind = kind

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for _ in range(FIELDS):
                yield self.kind(compact=True)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self.passes += 1
        super()._refresh_layout(size, scroll)


async def passes_for_a_key(kind: type[Input]) -> float:
    """Layout passes for each key typed into the first of sixty entries."""
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Counting(kind)
        await app.push_screen(screen)
        await pilot.pause()
        screen.query(Input).first().focus()
        await pilot.pause()
        screen.passes = 0
        for key in KEYS:
            await pilot.press("space" if key == " " else "full_stop" if key == "." else key)
            screen._on_timer_update()
        assert screen.query(Input).first().value == KEYS
        return screen.passes / len(KEYS)


async def test_a_key_in_a_form_of_sixty_entries_lays_out_nothing() -> None:
    assert await passes_for_a_key(QuietInput) == 0


async def test_a_key_in_a_plain_entry_still_lays_out_everything_so_the_remedy_is_needed() -> None:
    assert await passes_for_a_key(Input) >= 1, "Textual mended it: QuietInput can go"


def test_the_internal_that_the_remedy_overrides_is_still_there() -> None:
    theirs = Input.__mro__[0].__dict__.get("virtual_size") or Input.virtual_size
    assert isinstance(Input.virtual_size, Reactive)
    assert isinstance(theirs, Reactive)
    assert Input.virtual_size._layout is True
    assert QuietInput.virtual_size._layout is False


async def test_a_long_value_still_scrolls_under_the_remedy() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        entry = QuietInput("x" * 300, compact=True)
        await app.screen.mount(entry)
        entry.focus()
        await pilot.press("end")
        await pilot.pause()

        assert entry.scroll_x > 100
        assert entry.virtual_size.width >= 300


async def test_a_key_in_a_real_form_lays_out_nothing_until_the_typing_pauses(
    trial: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cim_tui.tui.screens.form.SETTLE", 3600)
    monkeypatch.setattr("cim_tui.tui.app.SAVE_AFTER", 3600)
    async with trial.opened("gather.kinds.name") as stage:
        passes = 0
        real = type(stage.screen)._refresh_layout

        def counted(self: Screen[None], *args: object, **kwargs: object) -> None:
            nonlocal passes
            passes += 1
            real(self, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(type(stage.screen), "_refresh_layout", counted)
        for key in "abcdef":
            await stage.press(key)

        assert isinstance(stage.screen.focused, LineField)
        assert stage.raw("gather.kinds.name") == "abcdef"
        assert passes == 0


@pytest.mark.parametrize("screen", [Home, search.Search])
def test_every_entry_of_the_app_takes_the_remedy(screen: type) -> None:
    import inspect

    source = inspect.getsource(inspect.getmodule(screen))  # type: ignore[arg-type]

    assert "QuietInput(" in source
    assert " Input(" not in source
