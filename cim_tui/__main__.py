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

        return _put(f"cim {__version__}\n")
    if words in (["--help"], ["-h"], ["help"]):
        from cim_tui.cli.commands import overview

        return _put(overview())
    from cim_tui.cli.run import run

    return run(words)


def _put(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return 1
    return 0


def entry() -> None:
    """The console script: ends the process at once, since nothing is left to tidy up."""
    import os

    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    entry()
