"""A process that paints one screen and ends: `hello`, `activity SESSIONS` or `case SESSIONS`."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what is measured loads it itself
    from textual.screen import Screen


def hello() -> None:
    """A Textual hello-world."""
    from textual.app import App, ComposeResult
    from textual.widgets import Label

    class Hello(App[None]):
        def compose(self) -> ComposeResult:
            yield Label("Hello, World")

        def on_mount(self) -> None:
            self.call_after_refresh(self.exit)

    Hello().run(headless=True, size=(80, 24))


def activity(folder: str) -> None:
    """The CIM Team of the worked example, painted as when a case is opened on it."""
    gc.disable()  # as every command does, before anything is imported
    from textual import events

    from cim_tui.service.desk import set_up
    from cim_tui.tui.app import CimApp
    from cim_tui.tui.screens.activity import ActivityScreen

    desk = set_up(folder=folder)
    case = desk.open(next(Path(folder).glob("*.toml")).stem)

    class Painted(CimApp):
        def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
            event.prevent_default()
            self.case = case
            self.push_screen(ActivityScreen(case, "gather.cim-team"))
            self.call_after_refresh(lambda: self.call_after_refresh(self.exit))

    Painted(desk).run(headless=True, size=(80, 24))


def case(folder: str) -> None:
    """The first screen of a case, painted as `cim open ID` does: header, page and keys."""
    gc.disable()  # as every command does, before anything is imported
    from textual._compositor import CompositorUpdate

    from cim_tui.service.desk import set_up
    from cim_tui.tui.app import CimApp

    desk = set_up(folder=folder)
    path = desk.open(next(Path(folder).glob("*.toml")).stem).path

    class Painted(CimApp):
        def _display(self, screen: Screen[Any], renderable: Any) -> None:
            super()._display(screen, renderable)
            if isinstance(renderable, CompositorUpdate):
                painted = renderable.render_segments(self.console)
                if all(text in painted for text in ("good practice", "What this case owes", "F1")):
                    self.exit()

    Painted(desk, str(path)).run(headless=True, size=(80, 24))


if sys.argv[1] == "hello":
    hello()
else:
    {"activity": activity, "case": case}[sys.argv[1]](sys.argv[2])
sys.stdout.flush()
os._exit(0)
