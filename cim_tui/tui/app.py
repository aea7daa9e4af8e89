"""The app: a theme, the screens, one saver, and what happens to an error."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.events import Event, Paste, Resize
from textual.screen import Screen

from cim_tui.core.errors import CimError
from cim_tui.core.session import Session
from cim_tui.core.text import clean
from cim_tui.service.case import Case
from cim_tui.service.changed import changed_words, moment
from cim_tui.service.desk import Desk
from cim_tui.tui.commands import Scope
from cim_tui.tui.fields.text import LineField, LongField, take_in
from cim_tui.tui.saving import Saved, Saver
from cim_tui.tui.screens.base import CaseScreen, next_after
from cim_tui.tui.screens.form import FormScreen
from cim_tui.tui.screens.too_small import TooSmall, fits
from cim_tui.tui.widgets.bars import Header

SAVE_AFTER = 0.6
"""Seconds from the first unsaved key until it is written."""

THEMES = ("textual-dark", "textual-light", "nord", "gruvbox", "solarized-light")


def scope_of(screen: Screen[Any]) -> Scope:
    """Which commands work on a screen."""
    found: Scope = getattr(screen, "SCOPE", Scope.HOME)
    return found


def collect_again() -> None:
    """Collect garbage again: the shell turned it off until the first paint.

    What is there by now (modules, definitions) stays, and need not be looked at each time.
    """
    gc.freeze()
    gc.enable()


class CimApp(App[None]):
    """Walks a team through a case.

    Args:
        desk: folder, definitions, who, what day.
        path: a case to open first.
    """

    TITLE = "cim"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "f12"
    BINDINGS = [Binding("ctrl+c", "say_how_to_leave", show=False)]

    def __init__(self, desk: Desk, path: str | None = None) -> None:
        super().__init__()
        self.desk, self.first_path = desk, path
        self.who = desk.by
        self.saver = Saver(desk, self._saved_from_thread, self._met_from_thread)
        self.case: Case | None = None
        self.saved_at: datetime | None = None
        self.trouble = ""
        self._waiting: set[int] = set()
        self._last_question: Screen[Any] | None = None
        self.fault: Exception | None = None

    def on_mount(self) -> None:
        """Theme, keys, signals, the first screen."""
        from cim_tui.tui.screens.home import Home

        wanted = self.desk.settings.theme or THEMES[0]
        self.theme = wanted if wanted in self.available_themes else THEMES[0]
        if self.desk.settings.keys:
            self.set_keymap(dict(self.desk.settings.keys))
        loop = asyncio.get_running_loop()
        for name, code in (("SIGTERM", 143), ("SIGHUP", 129)):
            if hasattr(signal, name) and not self.is_headless:
                with suppress(NotImplementedError):  # Windows has no such handlers
                    loop.add_signal_handler(getattr(signal, name), self.stop_now, code)
        self.push_screen(Home())
        if self.theme != wanted:
            known = ", ".join(self.available_themes)
            self.tell(f"There is no theme “{wanted}” in the settings; there are {known}", "error")
        if self.first_path:
            self.open_case(self.first_path)
        self.call_after_refresh(collect_again)

    async def on_event(self, event: Event) -> None:
        """What is pasted is cleaned before any entry shows it, or the terminal would act on it."""
        if isinstance(event, Paste):
            event.text = clean(event.text)
        await super().on_event(event)

    def on_resize(self, event: Resize) -> None:
        """A window too small for forms shows a notice instead, until it is larger."""
        small = isinstance(self.screen, TooSmall)
        if fits(event.size) and small:
            self.pop_screen()
        elif not fits(event.size) and not small:
            self.push_screen(TooSmall())

    def stop_now(self, code: int) -> None:
        """A signal: save what is in memory, then go."""

        def stop() -> None:
            self.flush()
            self.exit(return_code=code)

        self.after_typing(stop)

    def _handle_exception(self, error: Exception) -> None:
        """A fault of ours: save what is in memory and leave; the shell says what happened."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.fault = error
        self.flush()
        self.exit(return_code=1)

    # Cases

    def open_case(self, path: str) -> None:
        """Open a case on its first screen."""
        from cim_tui.tui.screens.overview import Overview
        from cim_tui.tui.screens.undefined import Undefined

        self.flush()
        try:
            case = self.desk.open(path, newer=True)
        except CimError as wrong:
            self.tell(str(wrong), "error")
            return
        kept = self.case
        if kept is not None and kept.unsaved:
            if kept.path != case.path:
                self.ask_before_losing(lambda: self.open_case(path))
                return
            case = kept  # the file is older than what is in memory
        self.case = case
        self.saver.watch(case)
        if not case.has_definition:
            self.push_screen(Undefined(case))
            return
        self.push_screen(Overview(case))

    def show_address(self, case: Case, address: str) -> None:
        """Go to an activity or an answer, wherever it is."""
        from cim_tui.tui.screens.activity import ActivityScreen
        from cim_tui.tui.screens.row import RowForm

        if address.startswith("case."):
            fact = address.split(".")[1]
            fields = case.workflow.fields.values()
            field = next((f for f in fields if f.spec.fact == fact), None)
            if field is None:
                self.tell(f"Set this with: cim case set {case.id} {fact}=...")
                return
            address = field.address
        if address in case.workflow.steps:
            address = next(iter(case.workflow.steps[address].activities.values())).address
        if isinstance(self.screen, RowForm):
            self.pop_screen()
        if isinstance(self.screen, ActivityScreen):
            self.run_worker(self.screen.show_activity(address), exclusive=True, group="go")
        else:
            self.push_screen(ActivityScreen(case, address))

    def open_row(self, case: Case, address: str) -> None:
        """Open the form of a row."""
        from cim_tui.tui.screens.row import RowForm

        self.push_screen(RowForm(case, address))

    def next_missing(self, case: Case, where: str) -> None:
        """Go to the next open question after an address."""
        found = next_after(case, where)
        if found is not None:
            self.show_address(case, found.address)

    # Saving

    def save_soon(self, case: Case, *, at_once: bool = False) -> None:
        """Have a case written: at once, or within a second of the first unsaved key."""
        if case.read_only:
            return
        if at_once:
            self.saver.save(case)
        elif id(case) not in self._waiting:
            self._waiting.add(id(case))
            self.set_timer(SAVE_AFTER, lambda: self._save_waiting(case))

    def _save_waiting(self, case: Case) -> None:
        self._waiting.discard(id(case))
        self.saver.save(case)

    def _saved_from_thread(self, saved: Saved) -> None:
        self.trouble = saved.wrong
        if self.is_running:
            self.call_later(self._saved, saved)

    def _met_from_thread(self) -> None:
        if self.is_running:
            self.call_later(self._met)

    def _met(self) -> None:
        """Somebody else opened the case, or left it."""
        for other in self.saver.others:
            self.tell(f"{other.who or 'Somebody'} has this case open too. Both of you may go on")
        if isinstance(self.screen, CaseScreen):
            self.screen.show_all()

    def _saved(self, saved: Saved) -> None:
        if saved.wrote and not saved.wrong:
            self.saved_at = self.desk.now()
        if saved.taken is not None:
            self.after_typing(lambda: self._took(saved))
        for screen in self.screen_stack:
            for header in screen.query(Header):
                header.warn(saved.wrong)
        if isinstance(self.screen, CaseScreen):
            self.screen.show_all()

    def _took(self, saved: Saved) -> None:
        """What others changed comes in: in place, with the focus and the cursor where they are."""
        case, taken = saved.case, saved.taken
        if taken is None:
            return
        before = case.session
        case.take_in(Session(taken.before), Session(taken.doc))
        case.accepted.append(taken)
        for screen in self.screen_stack:
            if isinstance(screen, CaseScreen) and screen.case is case:
                screen.load_all()
        told = changed_words(case, before, case.session)
        for found in saved.recovered:
            when = moment(found.at)
            self.tell(f"Recovered what {found.by or 'somebody'} had typed, {when}: {told}")
        if not saved.recovered and told:
            self.tell(f"Somebody else changed: {told}")

    def flush(self) -> None:
        """Write what is in memory and wait for it."""
        self.saver.by = self.who
        if self.case is not None and self.case.unsaved:
            self.saver.save(self.case)
        self.saver.flush()

    def saved_words(self, case: Case) -> str:
        """Whether what is on screen is on the disk."""
        if case.read_only:
            return "read-only"
        if self.trouble:
            return "NOT SAVED"
        if case.unsaved:
            return "saving"
        return f"saved {self.saved_at:%H:%M}" if self.saved_at else "saved"

    # Who, and what is said

    @property
    def who_words(self) -> str:
        """Who acts."""
        return f"You are {self.who}"

    def desk_of_who(self) -> Desk:
        """The desk, with the person who said they are acting."""
        return replace(self.desk, by=self.who)

    def tell(self, text: str, severity: Any = "information") -> None:
        """Say something for a while; user text in it is never markup."""
        self.notify(
            clean(text), severity=severity, markup=False, timeout=8 if severity == "error" else 4
        )

    def show_help(self, screen: Screen[Any]) -> None:
        """Explain the focused field and the keys of a screen."""
        from cim_tui.tui.screens.help import Help

        place = screen.place_here() if isinstance(screen, FormScreen) else None
        self.push_screen(Help(scope_of(screen), self.case, place))

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """The palette: every command of the screen."""
        from cim_tui.tui.commands import in_scope

        for command in in_scope(scope_of(screen)):
            act = getattr(screen, f"action_{command.action}", None)
            act = act or getattr(self, f"action_{command.action}", None)
            if act is not None and command.id != "palette":
                yield SystemCommand(command.title, f"{command.does} ({command.shown_keys})", act)

    def action_palette(self) -> None:
        """Find a command by its name."""
        self.action_command_palette()

    def action_theme(self) -> None:
        """The next theme."""
        at = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.theme = THEMES[(at + 1) % len(THEMES)]

    async def action_quit(self) -> None:
        """Textual's own way out takes ours."""
        self.action_leave()

    def action_say_how_to_leave(self) -> None:
        """Most people mean "copy" by ctrl+c; what is marked in an entry is copied there."""
        self.tell("ctrl+q quits. ctrl+c copies what is marked in an entry")

    def action_leave(self) -> None:
        """Save and quit; refuses nothing."""
        self.after_typing(self._leave)

    def after_typing(self, act: Callable[[], None]) -> None:
        """Do something once the keys that were typed before it are taken in."""
        at = self.focused

        def taken() -> None:
            if isinstance(at, LineField | LongField):
                take_in(at)
                if at.case.unsaved:
                    self.save_soon(at.case, at_once=True)
            act()

        if at is not None:
            at.call_later(taken)  # behind the keys that wait for this entry
        else:
            act()

    def _leave(self) -> None:
        self.flush()
        if self.case is not None and self.case.unsaved:
            self.ask_before_losing(self.exit)
            return
        self.exit()

    def ask_before_losing(self, then: Callable[[], object]) -> None:
        """What is in memory could not be saved: say so before it is gone, and before `then`."""
        from cim_tui.tui.screens.ask import Ask, Question

        case = self.case
        if case is None or self._last_question in self.screen_stack:
            return

        def accept(answers: dict[str, str]) -> None:
            if answers["what"] == "copy":
                self.save_copy(case, answers["path"])
            self.case = None
            self.call_later(then)

        says = f"{self.trouble}\nEverything is still here; esc goes back to it."
        ways = {"copy": "Save a copy, then go on", "leave": "Go on without the last changes"}
        questions = [
            Question("what", "What now", "choice", "copy", choices=ways),
            Question("path", "File for the copy", hint="a path ending in .toml"),
        ]
        self._last_question = Ask("Not saved", questions, accept, says=says, button="Do it")
        self.push_screen(self._last_question)

    def save_copy(self, case: Case, path: str) -> None:
        """Write the case to a file of its own; one of a newer version byte by byte."""
        from pathlib import Path

        from cim_tui.store.fsops import disk
        from cim_tui.store.sessions import encode
        from cim_tui.store.toml import LIMIT

        try:
            data = disk.read(case.path, LIMIT) if case.is_newer else encode(case.session)
            disk.create(Path(path).expanduser().absolute(), data)
        except OSError as wrong:
            raise CimError(f"{path} cannot be written: {wrong.strerror or wrong}") from wrong
        self.tell(f"A copy is in {path}")
