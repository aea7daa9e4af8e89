"""What can go wrong by a user's hand: each says what to do next."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the shell; other programs rely on them (docs/shell.md)."""

    OK = 0
    INCOMPLETE = 1
    USAGE = 2
    NO_SESSION = 3
    DAMAGED = 4
    CONFLICT = 5
    READ_ONLY = 6
    NEWER = 7
    INTERRUPTED = 130


class CimError(Exception):
    """An error a user can cause or meet; its message says what to do."""

    exit = Exit.USAGE


class UsageError(CimError):
    """What was typed cannot be understood."""


class ValueRefused(CimError):
    """A value that does not fit the field it was meant for."""


class UnknownAddress(CimError):
    """An address that names nothing in this workflow."""


class NoSession(CimError):
    """No case has this id, or more than one fits."""

    exit = Exit.NO_SESSION


class DamagedFile(CimError):
    """A file that cannot be read; it is left exactly as it is."""

    exit = Exit.DAMAGED

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        where = f"{path}, line {line}" if line else path
        super().__init__(f"{where}: {reason}")
        self.path, self.reason, self.line = path, reason, line


class NewerFile(CimError):
    """A file written by a newer version of this program."""

    exit = Exit.NEWER


class ReadOnly(CimError):
    """A place that cannot be written to."""

    exit = Exit.READ_ONLY


class NotSaved(CimError):
    """A save that did not reach the disk; the words stay in memory."""

    exit = Exit.READ_ONLY


class Unsettled(CimError):
    """Two people changed the same thing; a person has to settle which holds."""

    exit = Exit.CONFLICT


class BadWorkflow(CimError):
    """A workflow file that breaks the language; says where."""


class NoDefinition(CimError):
    """The workflow that a case was started on is not here."""

    exit = Exit.INCOMPLETE
