"""What docs/shell.md takes from the program: `python -m tests.contracts.shell_reference --write`.

The part about every command is made from the parsers. The rest of the page is followed in a real
shell, in its order: a console block has to answer word for word; a JSON block, which stands behind
the command that prints it, has to have the same keys and kinds of values as the real answer.
`test_shell_reference.py` fails while something is out of date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.cli.commands import GROUPS, Entry
from cim_tui.cli.run import parser_for
from docs.blocks import Block, Shell, Stale, agrees, blocks, commands
from docs.refresh import answered, between, put_between

REPO = Path(__file__).resolve().parent.parent.parent
PAGE = REPO / "docs" / "shell.md"
PART = "commands"
EVERYWHERE = {"help", "folder", "by", "as_of"}
"""What every command takes; said once, above the commands."""


# Every command, from its parser. Not argparse's own usage: that differs between versions of Python.


def reference() -> str:
    """Every command with its arguments and an example, in the order of `cim --help`."""
    parts: list[str] = []
    for title, group in GROUPS:
        parts += [f"### {title}", ""]
        for entry in group:
            parts += [*_command(entry), ""]
    return "\n".join(parts).rstrip()


def _command(entry: Entry) -> Iterator[str]:
    parser = parser_for(entry)
    actions = [a for a in parser._actions if a.dest not in EVERYWHERE]
    yield f"#### cim {entry.name}"
    yield ""
    yield f"{entry.does[:1].upper()}{entry.does[1:]}."
    yield ""
    yield f"    {_usage(entry.name, actions)}"
    if actions:
        yield ""
        yield "| | |"
        yield "|---|---|"
        for action in actions:
            yield f"| {_names(action)} | {_means(action)} |"
    yield ""
    yield "```sh"
    yield str(import_module(f"cim_tui.cli.{entry.module}").EXAMPLE)
    yield "```"


def _usage(name: str, actions: list[argparse.Action]) -> str:
    words = ["cim", name]
    words += [_positional(a) for a in actions if not a.option_strings]
    words += [f"{a.option_strings[-1]} {_metavar(a)}" for a in actions if a.required and
              a.option_strings]  # fmt: skip
    if any(a.option_strings and not a.required for a in actions):
        words.append("[OPTIONS]")
    return " ".join(words)


def _positional(action: argparse.Action) -> str:
    name = _metavar(action)
    return {"?": f"[{name}]", "*": f"[{name} ...]"}.get(str(action.nargs), name)


def _metavar(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices:
        return "|".join(map(str, action.choices))
    return action.dest.upper().replace("_", "-")


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return _code(_metavar(action))
    takes = "" if action.nargs == 0 else f" {_metavar(action)}"
    return ", ".join(_code(option + takes) for option in action.option_strings)


def _code(text: str) -> str:
    """Code in a cell of a table, where a bar would end the cell."""
    return "`" + text.replace("|", "\\|") + "`"


def _means(action: argparse.Action) -> str:
    said = (action.help or "").replace("|", "\\|")
    if action.required and action.option_strings:
        said += "; has to be given"
    if action.default not in (None, "", False, argparse.SUPPRESS) and action.option_strings:
        said += f"; else `{action.default}`"
    return said


# The page, followed


class StaleJson(NamedTuple):
    """A JSON block that is not what its command answers."""

    block: Block
    command: str
    real: Any
    why: str

    def __str__(self) -> str:
        return f"line {self.block.line}: {self.command}: {self.why}"


def follow(document: str, folder: Path) -> Iterator[Stale | StaleJson]:
    """Do what the page says, in its order; what turns out otherwise."""
    shell = Shell(folder)
    before: Block | None = None
    try:
        for block in blocks(document):
            if block.language == "console":
                for said in commands(block):
                    real = shell.answer(said.command)
                    if not agrees(said.answer, real):
                        yield Stale(said, real)
            if block.language == "json":
                assert before is not None, f"line {block.line}: no command stands before it"
                assert before.language == "sh", f"line {block.line}: no command stands before it"
                command = before.text.strip()
                answer = json.loads("\n".join(shell.answer(f"{command} 2>/dev/null")))
                why = misfit(json.loads(block.text), answer)
                if why:
                    yield StaleJson(block, command, presentable(answer, shell.folder), why)
            before = block
    finally:
        shell.close()


A_MOMENT = "2025-10-30T17:04:11Z"
"""Stands for the moment at which somebody wrote the page again."""

MAPS = frozenset({"answers"})
"""Objects whose keys are data, not names of the contract."""


def misfit(shown: Any, real: Any, at: str = "") -> str:
    """Where an example has other keys or kinds of values than the real answer; empty when nowhere.

    Null fits everything, and an empty list every list: an example shows one case of many.
    """
    if shown is None or real is None:
        return ""
    if isinstance(shown, dict) and isinstance(real, dict):
        if at.rpartition(".")[2] in MAPS:
            return misfit(
                next(iter(shown.values()), None), next(iter(real.values()), None), f"{at}[]"
            )
        if set(shown) != set(real):
            return f"keys of {at or 'the object'} are now {', '.join(real)}"
        found = (misfit(shown[key], real[key], f"{at}.{key}".lstrip(".")) for key in shown)
        return next((why for why in found if why), "")
    if isinstance(shown, list) and isinstance(real, list):
        return misfit(shown[0], real[0], f"{at}[]") if shown and real else ""
    if type(shown) is not type(real):
        return f"{at} is now {type(real).__name__}"
    return ""


def presentable(answer: Any, folder: Path) -> Any:
    """A real answer as the page shows it: lists cut to their first entry, and nobody's paths.

    Args:
        answer: what the command printed.
        folder: where it was run, in a folder made for that.
    """
    if isinstance(answer, dict):
        return {
            key: presentable(dict([*value.items()][:1]) if key in MAPS else value, folder)
            for key, value in answer.items()
        }
    if isinstance(answer, list):
        return [presentable(value, folder) for value in answer[:1]]
    if isinstance(answer, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer):
            return A_MOMENT
        line = answer
        for real, shown in ((folder, "/srv"), (folder.parent, ""), (REPO, "/opt/cim-tui")):
            line = line.replace(str(real), shown)
        return line if len(line) <= 90 else line[:89].rstrip() + "…"
    return answer


def renewed(document: str, folder: Path) -> str:
    """The page with everything from the program written again."""
    document = put_between(document, PART, reference())
    stale = list(follow(document, folder))
    for each in stale:
        if isinstance(each, StaleJson):
            text = json.dumps(each.real, ensure_ascii=False, indent=2) + "\n"
            document = document.replace(f"```json\n{each.block.text}```", f"```json\n{text}```")
    # Replacing JSON moved the lines; the answers of console blocks are looked up again.
    if any(isinstance(each, Stale) for each in stale):
        with tempfile.TemporaryDirectory() as again:
            said = [each for each in follow(document, Path(again)) if isinstance(each, Stale)]
        document = answered(document, said)
    return document


def up_to_date(document: str) -> bool:
    """Whether the part about every command is what the parsers say."""
    return between(document, PART) == reference()


def main(words: list[str]) -> int:
    """Check the page, or write it again with `--write`."""
    document = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        if "--write" in words:
            PAGE.write_text(renewed(document, Path(folder)), encoding="utf-8")
            return 0
        stale = list(follow(document, Path(folder)))
    sys.stderr.write("".join(f"{each}\n" for each in stale))
    return 0 if up_to_date(document) and not stale else 1


def codes_in(document: str) -> set[int]:
    """The exit codes of the page's table."""
    return {int(code) for code in re.findall(r"^\| (\d+) \|", document, flags=re.MULTILINE)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
