"""Running one command: its parser, its desk, its exit code; and what an error becomes."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, Protocol, TextIO

from cim_tui.cli.commands import COMMANDS, Entry
from cim_tui.core.errors import CimError, Exit, ReadOnly, UsageError
from cim_tui.core.text import clean, shorten

GLOBAL = {"--sessions": "folder", "--by": "by", "--as-of": "as_of"}
CRASHED = 70
"""The exit code of a bug in this program."""
LONGEST = 600
"""Of a refusal, in characters: what was typed may be a megabyte, what is wrong with it is not."""


class Command(Protocol):
    """What a command's module holds."""

    EXAMPLE: str

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Describe the command's arguments."""

    def run(self, args: argparse.Namespace, desk: Any) -> Exit:
        """Do it; print data; return a code."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one clear line."""

    def error(self, message: str) -> NoReturn:
        """Refuse what was typed."""
        raise UsageError(f"{clean(message)}. See: {self.prog} --help")


def parser_for(entry: Entry) -> Parser:
    """The parser of one command; no other command is imported."""
    module = import_module(f"cim_tui.cli.{entry.module}")
    parser = Parser(
        prog=f"cim {entry.name}",
        description=entry.does[:1].upper() + entry.does[1:] + ".",
        epilog=f"Example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.options(parser)
    common = parser.add_argument_group("on every command")
    common.add_argument("--sessions", dest="folder", metavar="DIR", help="where the cases are")
    common.add_argument("--by", metavar="NAME", help="who acts")
    common.add_argument("--as-of", metavar="DATE", help="the day that counts as today")
    parser.set_defaults(act=module.run)
    return parser


def run(words: list[str]) -> int:
    """Run a command line and return its exit code; no traceback reaches the user."""
    gc.disable()  # a command is over before collecting pays; the app turns it on when painted
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return int(_run(_decoded(words)))
    except CimError as wrong:
        return _refuse(wrong, words)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)
    except OSError as wrong:  # a folder that may not be read, a full disk behind stdout
        place = f"{shorten(str(wrong.filename), 200)}: " if wrong.filename else ""
        return _refuse(ReadOnly(f"{place}{wrong.strerror or wrong}"), words)
    except SystemExit as done:
        return int(done.code or 0) if not isinstance(done.code, str) else int(Exit.USAGE)
    except Exception as bug:  # noqa: BLE001 - the last line of defence; a report is written
        return _crashed(bug)


def _nowhere() -> TextIO:
    """Where words go when the stream they were meant for is closed."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _decoded(words: list[str]) -> list[str]:
    """Arguments with the options that every command takes moved behind the command."""
    front: list[str] = []
    rest = list(words)
    while rest and rest[0].split("=")[0] in GLOBAL:
        front.append(rest.pop(0))
        if "=" not in front[-1] and rest:
            front.append(rest.pop(0))
    return [*rest[:1], *front, *rest[1:]] if rest else ["open", *front]


def _run(words: list[str]) -> Exit:
    name = words[0]
    if name not in COMMANDS:
        raise UsageError(_unknown(name))
    args = parser_for(COMMANDS[name]).parse_args(words[1:])
    from cim_tui.service.desk import set_up

    desk = set_up(folder=args.folder, by=args.by, as_of=args.as_of)
    found: Exit = args.act(args, desk)
    sys.stdout.flush()
    for text in desk.met:
        sys.stderr.write(clean(text) + "\n")
    return Exit.CONFLICT if desk.clashes and found in (Exit.OK, Exit.INCOMPLETE) else found


def _unknown(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=2, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; see: cim --help"
    return f"There is no command “{shorten(name, 40)}”{hint}"


def _refuse(wrong: CimError, words: list[str]) -> int:
    message = shorten(str(wrong), LONGEST)
    sys.stderr.write(f"cim: {message}\n")
    if "--json" in words:
        found = {"schema": "cim.error/1", "code": int(wrong.exit), "message": message}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return int(wrong.exit)


def _crashed(bug: Exception) -> int:
    """Write a report without any answer text: where in our code, and the kind of error."""
    import traceback

    lines = [
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(bug.__traceback__)
    ]
    report = "\n".join([type(bug).__name__, *lines, ""])
    if os.environ.get("CIM_DEBUG"):
        traceback.print_exception(bug)
    where = _keep_report(report)
    sys.stderr.write(
        "cim: this is a fault of the program, not of yours; nothing was changed on disk"
        f"{f'. A report without your answers is in {where}' if where else ''}\n"
    )
    return CRASHED


def _keep_report(report: str) -> Path | None:
    from cim_tui.store.fsops import disk
    from cim_tui.store.paths import state_folder

    try:
        folder = state_folder(os.environ)
        disk.make_folder(folder)
        path = folder / "crash.txt"
        disk.write_atomic(path, report.encode("utf-8", "replace"))
    except OSError:
        return None
    return path
