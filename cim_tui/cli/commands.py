"""The commands there are: one row each. The overview, the parser and completion read this table."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: its name, the module that holds it, and what it does in a few words."""

    name: str
    module: str
    does: str


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Start",
        (
            Entry("open", "open", "open the screen, on the list or on one case"),
            Entry("demo", "demo", "open a worked example in a fresh folder"),
            Entry("new", "new", "start a new case"),
            Entry("case", "case", "show or correct the facts of a case"),
            Entry("level", "level", "the level that facts of a letter lead to"),
        ),
    ),
    (
        "Where things stand",
        (
            Entry("list", "list_", "the cases in the folder"),
            Entry("status", "status", "every step of every case, with an exit code"),
            Entry("next", "next_", "the next thing to do in a case"),
            Entry("due", "due", "what is due, and what has no date"),
            Entry("check", "check", "everything open, and where each rule comes from"),
        ),
    ),
    (
        "Answers",
        (
            Entry("get", "get", "show an answer"),
            Entry("set", "set_", "set an answer, or say why it is missing"),
            Entry("clear", "clear", "clear an answer"),
            Entry("confirm", "confirm", "say that what was copied in still holds"),
            Entry("row", "row", "add, change, move, remove or import rows"),
        ),
    ),
    (
        "Work",
        (
            Entry("owner", "owner", "who carries what, by when"),
            Entry("done", "done", "mark a step done, or say what is missing"),
            Entry("elsewhere", "elsewhere", "record what was done outside this program"),
            Entry("reopen", "reopen", "take back that a step is done"),
            Entry("sign", "sign", "record a sign-off"),
            Entry("submit", "submit", "record what went to the state, and what came back"),
            Entry("waive", "waive", "accept something open as is"),
            Entry("unwaive", "unwaive", "open it again"),
        ),
    ),
    (
        "History and many hands",
        (
            Entry("log", "log", "who changed what, and when"),
            Entry("show", "show", "a case as it was"),
            Entry("diff", "diff", "what differs between two moments"),
            Entry("restore", "restore", "go back to what was, as a new change"),
            Entry("conflicts", "conflicts", "what two people changed apart"),
            Entry("resolve", "resolve", "settle it: mine, theirs, or another text"),
            Entry("send", "send", "a copy for somebody else, which can come back"),
            Entry("merge", "merge", "take in a copy that comes back"),
            Entry("verify", "verify", "whether everything that is kept is whole"),
            Entry("redact", "redact", "take a text out of everything that is kept"),
            Entry("init", "init", "make a folder for cases, private or for a team"),
        ),
    ),
    (
        "Papers and the rest",
        (
            Entry("export", "export", "write a case as Markdown, HTML or JSON"),
            Entry("archive", "archive", "put a case away"),
            Entry("unarchive", "unarchive", "take it out again"),
            Entry("workflow", "workflow", "list, show, lint, copy and try definitions"),
            Entry("completion", "completion", "completion for bash, zsh or fish"),
            Entry("doctor", "doctor", "what this program found on this machine"),
        ),
    ),
)

COMMANDS: dict[str, Entry] = {entry.name: entry for _, group in GROUPS for entry in group}


def overview() -> str:
    """The text of `cim --help`."""
    lines = [
        "cim walks a team through Compliance and Improvement Monitoring (CIM).",
        "",
        "Usage: cim [COMMAND] [OPTIONS]        cim COMMAND --help explains one",
        "       cim                            opens the screen",
    ]
    for title, group in GROUPS:
        lines += ["", title]
        lines += [f"  {entry.name:<12}{entry.does}" for entry in group]
    lines += [
        "",
        "Every command takes --sessions DIR, --by NAME and --as-of DATE.",
        "Example: cim new --lea 'Quail Ridge Unified' --workflow intensive --year 2025",
        "",
    ]
    return "\n".join(lines)
