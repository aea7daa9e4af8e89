"""Keys: every command can be reached in two ways, named in the footer that fits, and remapped."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.binding import Binding

from cim_tui.store.paths import Settings
from cim_tui.tui.app import CimApp
from cim_tui.tui.commands import (
    COMMANDS,
    KEY_NAMES,
    OF_THE_APP,
    Command,
    Scope,
    bindings,
    footer_line,
    in_scope,
)
from cim_tui.tui.screens.activity import ActivityScreen
from cim_tui.tui.screens.check import Check
from cim_tui.tui.screens.home import Home
from cim_tui.tui.screens.overview import Overview
from cim_tui.tui.screens.row import RowForm
from cim_tui.tui.widgets.bars import KeyBar
from tests.tui.stage import Kept, StillDesk, staged

NEVER_ARRIVE = {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+enter"}
"""Keys that a terminal sends as another key, or not at all."""
SCREENS: list[tuple[Scope, type]] = [
    (Scope.HOME, Home),
    (Scope.CASE, Overview),
    (Scope.FORM | Scope.ACTIVITY, ActivityScreen),
    (Scope.FORM, RowForm),
]
SCOPES = [scope for scope, _ in SCREENS]


def a_function_key(key: str) -> bool:
    return key.startswith("f") and key[1:].isdigit()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_every_command_has_two_keys_one_of_which_arrives_everywhere(command: Command) -> None:
    keys = command.keys.split(",")

    assert len(keys) >= 2
    assert not NEVER_ARRIVE & set(keys)
    assert any(not a_function_key(key) for key in keys)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_every_command_has_an_action_on_every_screen_it_works_on(command: Command) -> None:
    for scope, screen in SCREENS:
        if command.scope & scope:
            owner = CimApp if command.id in OF_THE_APP else screen
            assert callable(getattr(owner, f"action_{command.action}", None)), screen


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_every_command_says_what_it_does_in_a_sentence(command: Command) -> None:
    assert command.title[0].isupper()
    assert command.does.endswith(".")
    assert "please" not in command.does.lower()


@pytest.mark.parametrize("scope", SCOPES)
def test_no_two_commands_of_a_scope_share_a_key(scope: Scope) -> None:
    keys = [key for command in in_scope(scope) for key in command.keys.split(",")]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("scope", SCOPES)
def test_every_binding_has_an_id_of_its_own(scope: Scope) -> None:
    made = [b for b in bindings(scope) if isinstance(b, Binding)]
    ids = [binding.id for binding in made]

    assert None not in ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("scope", SCOPES)
def test_no_letter_is_taken_from_an_entry(scope: Scope) -> None:
    for binding in bindings(scope):
        assert isinstance(binding, Binding)
        assert not (binding.priority and len(binding.key) == 1), binding


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_footer_fits_and_names_whole_keys(scope: Scope, width: int) -> None:
    line = footer_line(scope, width)

    assert 0 < cell_len(line) <= width - 2
    words = [f"{c.first_key} {c.footer}" for c in in_scope(scope) if c.footer]
    assert line == "   ".join(words[: line.count("   ") + 1])


@pytest.mark.parametrize("scope", SCOPES)
def test_help_is_among_the_keys_of_every_footer_at_80_columns(scope: Scope) -> None:
    assert "F1 help" in footer_line(scope, 80)


def test_every_key_is_named_as_people_read_it() -> None:
    for command in COMMANDS:
        for key in command.keys.split(","):
            shown = KEY_NAMES.get(key, key)
            assert "_" not in shown, key
            assert not a_function_key(shown), key
            assert not shown.startswith("ctrl+"), key


@pytest.mark.parametrize(
    "keys",
    [
        [], ["f4"], ["r"], ["slash"], ["f1"], ["d"], ["u"], ["w"], ["ctrl+n"],
        ["ctrl+n", "f10"], ["ctrl+n", "escape", "g"],
    ],
)  # fmt: skip
async def test_the_footer_of_every_screen_fits_80_columns(trial: Kept, keys: list[str]) -> None:
    async with trial.opened() as stage:
        await stage.press(*keys)
        for bar in stage.screen.query(KeyBar):
            shown = str(bar.render())
            assert cell_len(shown) <= 78
            assert shown in stage.text


async def test_the_settings_file_gives_a_command_another_key(trial: Kept) -> None:
    trial.desk.settings = Settings(keys={"check": "f3", "next-missing-2": "j"})
    async with trial.opened() as stage:
        await stage.press("f4")
        stage.on(Overview)
        await stage.press("f3")
        stage.on(Check)
        await stage.press("escape", "j")

        await stage.until(lambda: isinstance(stage.screen, ActivityScreen))


async def test_a_theme_of_the_settings_file_is_used(trial: Kept) -> None:
    trial.desk.settings = Settings(theme="nord")
    async with trial.opened() as stage:
        assert stage.app.theme == "nord"


async def test_a_theme_that_does_not_exist_is_said_and_another_is_used(trial: Kept) -> None:
    trial.desk.settings = Settings(theme="mauve")
    async with trial.opened() as stage:
        assert stage.app.theme != "mauve"
        assert any("mauve" in notice for notice in stage.notices())


@pytest.mark.parametrize("command", in_scope(Scope.CASE), ids=lambda c: c.id)
async def test_every_key_of_the_first_screen_does_the_same_as_the_others_of_its_command(
    trial: Kept, command: Command
) -> None:
    trial.answer("gather.kinds.name", "Tule")
    found = set()
    for key in command.keys.split(","):
        async with trial.opened() as stage:
            await stage.press(key)
            await stage.rest()
            running = stage.app.is_running and stage.app._exit is False
            found.add((type(stage.screen).__name__ if running else "", *stage.notices()))

    assert len(found) == 1
    assert found != {("Overview",)} or command.id == "theme"


@pytest.mark.parametrize("kind", ["check", "review", "search", "help", "sign"])
async def test_quitting_works_from_every_screen(trial: Kept, kind: str) -> None:
    key = {"check": "f4", "review": "r", "search": "slash", "help": "f1", "sign": "u"}[kind]
    async with trial.opened() as stage:
        await stage.press(key, "ctrl+q")

        assert stage.app._exit


async def test_the_list_is_left_by_a_letter_too(desk: StillDesk) -> None:
    async with staged(desk) as stage:
        await stage.press("q")

        assert stage.app._exit
