"""`cim completion`: completion for bash, zsh or fish."""

from __future__ import annotations

import argparse

from cim_tui.cli.commands import COMMANDS
from cim_tui.cli.output import say
from cim_tui.core.errors import Exit
from cim_tui.service.desk import Desk

EXAMPLE = "cim completion bash > ~/.local/share/bash-completion/completions/cim"


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="which shell")


def run(args: argparse.Namespace, desk: Desk) -> Exit:  # noqa: ARG001 - one shape for all
    """Print the completion script."""
    if args.shell == "fish":
        for line in _fish():
            say(line)
        return Exit.OK
    import shtab

    say(shtab.complete(_whole_parser(), shell=args.shell))
    return Exit.OK


def _whole_parser() -> argparse.ArgumentParser:
    from cim_tui.cli.run import parser_for

    whole = argparse.ArgumentParser(prog="cim")
    whole.add_argument("--version", action="store_true", help="the version")
    commands = whole.add_subparsers()
    for entry in COMMANDS.values():
        one = parser_for(entry)
        commands.add_parser(
            entry.name, parents=[one], add_help=False, help=entry.does, description=entry.does
        )
    return whole


def _fish() -> list[str]:
    from cim_tui.cli.run import parser_for

    lines = ["complete -c cim -f"]
    for entry in COMMANDS.values():
        lines.append(f"complete -c cim -n __fish_use_subcommand -a {entry.name} -d '{entry.does}'")
        for action in parser_for(entry)._actions:  # noqa: SLF001 - argparse offers no other way
            for option in action.option_strings:
                if option.startswith("--"):
                    choices = f" -xa '{' '.join(action.choices)}'" if action.choices else ""
                    lines.append(
                        f"complete -c cim -n '__fish_seen_subcommand_from {entry.name}' "
                        f"-l {option[2:]}{choices}"
                    )
    lines.append("complete -c cim -n 'not __fish_use_subcommand' -a '(cim list 2>/dev/null | "
                 "string match -r \"^\\S+\")'")  # fmt: skip
    return lines
