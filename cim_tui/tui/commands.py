"""What people can do, said once: keys, footer, palette and help are read from this table.

Letters act only while no text entry has focus; esc leaves the entry, so every letter is `esc`
and the letter from anywhere. Every action has two keys, one of them neither an F-key nor
ctrl+enter, and an id by which the settings file can give it other keys.
"""

from __future__ import annotations

from enum import Flag, auto
from typing import NamedTuple

from textual.binding import Binding


class Scope(Flag):
    """Where a command works."""

    HOME = auto()
    CASE = auto()
    FORM = auto()
    """A form: of an activity, or of a row."""
    ACTIVITY = auto()
    """The form of an activity, beside what works on every form."""
    EVERYWHERE = HOME | CASE | FORM


class Command(NamedTuple):
    """Something people can do. The action `action_<id>` is on the screen."""

    id: str
    keys: str
    title: str
    does: str
    scope: Scope
    footer: str = ""
    """A short word when it stands in the footer."""
    priority: bool = False

    @property
    def action(self) -> str:
        """Name of the screen's action."""
        return self.id.replace("-", "_")

    @property
    def shown_keys(self) -> str:
        """The keys as people read them."""
        return " or ".join(KEY_NAMES.get(key, key) for key in self.keys.split(","))

    @property
    def first_key(self) -> str:
        """The key that the footer names."""
        return KEY_NAMES.get(self.keys.split(",")[0], self.keys.split(",")[0])


KEY_NAMES = {
    "question_mark": "?", "slash": "/", "escape": "esc", "left_square_bracket": "[",
    "right_square_bracket": "]", "ctrl+n": "^n", "ctrl+p": "^p", "ctrl+s": "^s", "ctrl+q": "^q",
    "ctrl+z": "^z", "ctrl+y": "^y", "f1": "F1", "f2": "F2", "f3": "F3", "f4": "F4", "f5": "F5",
    "f6": "F6", "f7": "F7", "f8": "F8", "f9": "F9", "f10": "F10", "f11": "F11", "ctrl+e": "^e",
    "shift+left": "shift ←", "shift+right": "shift →", "ctrl+o": "^o", "ctrl+r": "^r",
    "ctrl+g": "^g", "ctrl+d": "^d", "ctrl+k": "^k", "ctrl+t": "^t", "ctrl+l": "^l", "ctrl+u": "^u",
    "ctrl+w": "^w", "ctrl+f": "^f",
}  # fmt: skip

HOME, CASE, FORM, EVERYWHERE = Scope.HOME, Scope.CASE, Scope.FORM, Scope.EVERYWHERE
ACTIVITY = Scope.ACTIVITY
WORK = CASE | FORM

COMMANDS: tuple[Command, ...] = (
    Command("open-case", "enter,o", "Open this case", "Open the case under the cursor.", HOME),
    Command("new-case", "n,f7", "Start a new case",
            "Answer what the letter says and where the district is now.", HOME, "new case"),
    Command("filter", "slash,f3", "Filter the list",
            "Type part of a name; the list follows.", HOME, "filter"),
    Command("archive", "a,f8", "Put away or take out",
            "Leave a case out of the list, or bring it back.", HOME, "put away"),
    Command("show-archived", "v,f6", "Show what was put away",
            "Show the cases that were put away, or hide them again.", HOME),
    Command("next-missing", "ctrl+n,n", "Go to the next thing missing",
            "Jump to the next open question, across activities and steps.", WORK, "next missing"),
    Command("overview", "escape,h", "Go up",
            "Leave the entry, then the activity, then the case. Nothing is lost.", WORK),
    Command("toggle-outline", "o,f6", "Outline",
            "Show every step and activity with its state.", ACTIVITY),
    Command("toggle-guidance", "f2,g", "Guidance",
            "Show what this activity is for and how to go about it.", ACTIVITY, "guidance"),
    Command("toggle-sources", "s,f7", "Sources",
            "Show where each requirement comes from.", ACTIVITY),
    Command("toggle-missing", "m,f8", "What is open here",
            "Show what is still open in this activity.", ACTIVITY),
    Command("previous-activity", "left_square_bracket,shift+left", "Previous activity",
            "Go to the activity before this one.", ACTIVITY),
    Command("next-activity", "right_square_bracket,shift+right", "Next activity",
            "Go to the activity after this one.", ACTIVITY, "next activity"),
    Command("check", "f4,k", "Check what is open",
            "Everything open in the activity, the step or the case, each a way to get there.",
            WORK, "check"),
    Command("mark-done", "d,f9", "Mark this step done",
            "Asks whether the step is completed; refuses with the list when it is not.", WORK),
    Command("sign", "i,ctrl+g", "Sign",
            "Record who signed the step or the activity, how and when.", WORK),
    Command("submit", "u,ctrl+u", "Record a submission",
            "Record what went to the state's portal, and what came back. Sends nothing.", WORK),
    Command("reopen", "e,ctrl+e", "Reopen this step",
            "Take back that the step is done, with a reason.", WORK),
    Command("elsewhere", "l,ctrl+l", "Done elsewhere",
            "Record that the step or the activity was done outside this program.", WORK),
    Command("assign", "w,ctrl+w", "Owner and dates",
            "Say who carries this, by when, and the date the state set.", WORK),
    Command("correct", "f,ctrl+o", "Correct the case's facts",
            "Process, level, year and the like; says first what that changes.", WORK),
    Command("confirm", "v,ctrl+d", "Confirm what was copied",
            "Say that what was brought over from an earlier case still holds.", FORM),
    Command("changes", "c,ctrl+f", "Who changed this",
            "Who changed this answer, when, and what stood there; of the case on its first screen.",
            WORK),
    Command("take-in", "b,f6", "Take in a copy",
            "Bring a copy that was mailed or edited elsewhere together with this case.", CASE),
    Command("settle", "j,ctrl+k", "Settle what two people changed",
            "What was changed by two people apart: mine, theirs, or something else.", WORK),
    Command("save-copy", "a,f11", "Save a copy elsewhere",
            "Write the case into another file, such as a stick or your own folder.", WORK),
    Command("review", "r,ctrl+r", "Review this step",
            "Every answer of the step on one page, missing first.", WORK),
    Command("search", "slash,f3", "Search",
            "Search labels, guidance and answers.", WORK),
    Command("mark-missing", "x,f10", "Say why it is missing",
            "Mark the field or cell as missing on purpose, with a note.", FORM),
    Command("undo", "ctrl+z,z", "Undo", "Take back the last change.", WORK, priority=True),
    Command("redo", "ctrl+y,y", "Redo", "Bring it back.", WORK, priority=True),
    Command("save", "ctrl+s,f5", "Save now",
            "Everything is saved as you go; this saves at once and says so.", WORK, priority=True),
    Command("help", "f1,question_mark", "Help",
            "What the field asks and why, and every key.", EVERYWHERE, "help"),
    Command("theme", "t,ctrl+t", "Change the theme", "Light, dark and plain.", EVERYWHERE),
    Command("palette", "ctrl+p,p", "Find a command", "Type what you want to do.",
            EVERYWHERE, "commands", priority=True),
    Command("leave", "ctrl+q,q", "Quit", "Save and quit.", EVERYWHERE, "quit", priority=True),
)  # fmt: skip


OF_THE_APP = frozenset({"theme", "palette", "leave"})
"""Commands whose action is the app's; the others are the screen's."""


def in_scope(scope: Scope) -> list[Command]:
    """The commands that work in a scope, in the order of the table."""
    return [command for command in COMMANDS if command.scope & scope]


def bindings(scope: Scope) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """Key bindings of a scope. A letter is never a priority: entries need it."""
    made: list[Binding | tuple[str, str] | tuple[str, str, str]] = []
    for command in in_scope(scope):
        for number, key in enumerate(command.keys.split(",")):
            name = command.id if number == 0 else f"{command.id}-{number + 1}"
            first = command.priority and len(key) > 1
            action = f"app.{command.action}" if command.id in OF_THE_APP else command.action
            made.append(Binding(key, action, command.title, id=name, priority=first, show=False))
    return made


def footer_line(scope: Scope, width: int) -> str:
    """The keys worth naming, as many as fit."""
    line = ""
    for command in in_scope(scope):
        if not command.footer:
            continue
        key = command.first_key
        # In a form an entry has the focus most of the time, and takes letters for itself.
        key = f"esc {key}" if scope is Scope.FORM and len(key) == 1 else key
        part = f"{key} {command.footer}"
        longer = f"{line}   {part}" if line else part
        if len(longer) > width - 2:
            break
        line = longer
    return line
