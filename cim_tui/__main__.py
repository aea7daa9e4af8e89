"""The command `cim`. Finds the command's module and runs it; imports nothing it does not need."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the arguments, without the program's name; the process's own by default.

    Returns:
        The exit code (docs/shell.md).
    """
    words = sys.argv[1:] if argv is None else argv
    if words in (["--version"], ["-V"]):
        from cim_tui import __version__

        sys.stdout.write(f"cim {__version__}\n")
        return 0
    if words in (["--help"], ["-h"], ["help"]):
        from cim_tui.cli.commands import overview

        sys.stdout.write(overview())
        return 0
    from cim_tui.cli.run import run

    return run(words)


def entry() -> None:
    """The console script: ends the process at once, since nothing is left to tidy up."""
    import os

    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        code = code or 1
    os._exit(code)


if __name__ == "__main__":
    entry()
