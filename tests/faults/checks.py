"""The checks by their names: what each planted mistake has to be caught by."""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from cim_tui.core.changes import Edit
from cim_tui.core.errors import CimError
from cim_tui.core.merge import unsettled
from cim_tui.core.session import Session, get, same
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.keeper import Keeper
from tests.faults.simulated import Kernel, simulated
from tests.faults.story import CASE, FOLDER, FORM, START, Lost, Office, crashes, errors, race

HOSTILE: list[Any] = [
    "", " ", "\n", "“”", "$n", '{"$n":"1"}', "\ud7ff", "x" * 3000, True, False, 0, -1,
    10**70, Decimal("1.50"), Decimal("0.1"), Decimal("-0.0"), Decimal("NaN"), Decimal("Infinity"),
    Decimal("1E+25"), date(2025, 1, 2), datetime(2025, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 - as TOML has it
    datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC), time(1, 2, 3, 4), ["a", 1, [Decimal("2.10")]],
    {"$n": "1"}, {"$m": [["a", "b"]]}, {"$d": "2025-01-01", "b": 1}, {"": "x", "$": {"$t": 3}},
]  # fmt: skip
"""Values that a file can hold, and that are easily taken for something else."""


def values() -> None:
    """Every field of a record comes back as it was."""
    for old in (None, *HOSTILE):
        for new in (None, *HOSTILE):
            edit = Edit(("answers", "a.b", "$x", "\u00e9"), old, new)
            record = journal.Record(
                "w", 1, "edit", "now", "Ana", "what “x”", (edit,), "v", {"o": 3}
            )
            back = journal.decode(journal.encode(record).rstrip(b"\n"))
            if back is None or not same(list(back.edits[0]), [edit.path, old, new]):
                raise Lost(f"{edit} came back as {back}")
            if back._replace(edits=()) != record._replace(edits=()):
                raise Lost(f"{record} came back as {back}")


def behind() -> tuple[Kernel, Office]:
    """A case whose file is behind: three edits are acknowledged, and the writer is dead."""
    kernel = Kernel(chance=Random(5))
    with simulated(kernel) as system:
        office = Office(system, 5)
        [writer] = office.writers
        writer.save()
        for place, word in (("meets", "word1"), ("when", "word2"), ("why", "word3")):
            writer.type((*FORM, place), word)
    return kernel, office


def flips(every: int = 7) -> int:
    """A journal with one flipped bit: at most the words of that line are missing, none is wrong."""
    kernel, office = behind()
    path = next(p for p, _ in kernel.tree() if p.endswith(".log"))
    whole = dict(kernel.tree())[path]
    lines = whole.split(b"\n")
    words = {"meets": "word1", "when": "word2", "why": "word3"}
    count = 0
    for at in range(0, len(whole), every):
        for bit in range(8):
            count += 1
            dead = kernel.killed(*kernel.alive)
            file = dead._at(path)
            file.seen = whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
            hit = lines[whole[:at].count(b"\n")]
            if whole[at : at + 1] == b"\n":  # two lines became one
                hit += b"\n" + lines[whole[:at].count(b"\n") + 1]
            _opened_after_flip(office, dead, words, hit)
    return count


def _opened_after_flip(office: Office, dead: Kernel, words: dict[str, str], hit: bytes) -> None:
    with simulated(dead):
        office.system.kernel = dead
        dead.pid = 9999
        opened = office.open(9999)
        opened.save()
        doc = sessions.read(CASE).doc
    for place, word in words.items():
        found = get(doc, (*FORM, place))
        if found == word or f'"{word}"'.encode() in hit:
            if found not in (word, None, "word0"):
                raise Lost(f"{place} became {found!r}")
            continue
        raise Lost(f"{word} is gone, though its line is whole: {found!r}")


def torn_toml(every: int = 1) -> tuple[int, int, int]:
    """A case's file with one flipped bit: refused, or taken in as a change by somebody outside.

    Returns:
        How many flips, how many of them were refused, how many were taken in as a change.
    """
    kernel, office = behind()
    with simulated(kernel) as system:
        office.system = system
        office.writers[0].office = office
        office.writers[0].save()
        office.writers[0].leave()
    whole = dict(kernel.tree())["/cases/case.toml"]
    held = None
    flipped = refused = told = 0
    for at in range(0, len(whole), every):
        for bit in range(8):
            flipped += 1
            after = kernel.killed()
            after._at(CASE).seen = whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
            with simulated(after):
                after.pid = 9999
                after.alive[9999] = "x"
                if held is None:
                    held = journal.every(journal.folder_of(FOLDER, str(START["uid"])))
                try:
                    doc = sessions.read(CASE).doc
                except CimError:
                    refused += 1
                    continue
                if doc.get("uid") != START["uid"]:  # another case, as far as anybody can tell
                    told += 1
                    continue
                opened = Keeper(CASE, doc, "Ben", lambda: "2026-02-01T00:00:00Z", Random(1),
                                look=disk.look(CASE), locks=False)  # fmt: skip
                opened.save(Session(doc).with_value("gather.team.later", "word9").doc)
                now = sessions.read(CASE).doc
                if same(
                    _without_later(now),
                    dict(sessions.as_filed(START | {"answers": doc["answers"]})),
                ) and _same_as_written(doc, held):
                    continue
                took = [r for own in journal.every(opened.folder).values() for r in own
                        if r.kind == "took" and r.by == "external"]  # fmt: skip
                if not took:
                    raise Lost(f"bit {bit} of byte {at} changed the case and nobody says so")
                told += 1
    return flipped, refused, told


def _without_later(doc: Any) -> Any:
    return Session(doc).with_value("gather.team.later", None).doc


def _same_as_written(doc: Any, held: dict[str, list[journal.Record]]) -> bool:
    version = journal.version_of(sessions.as_filed(doc))
    return any(r.version == version for own in held.values() for r in own if r.kind == "wrote")


def _crashes() -> None:
    for seed in range(40):
        for writers in (1, 2):
            crashes(seed, writers=writers, steps=8, each=4)


def _errors() -> None:
    for seed in (3, 4, 5):
        for error in (errno.EIO, errno.ENOSPC):
            number = 1
            while errors(seed, number, error):
                number += 1


def _races() -> None:
    for seed in range(25):
        race(seed, writers=2 + seed % 2, steps=40)


def turns() -> None:
    """Who had seen what somebody wrote replaces it, and nobody has to be asked."""
    with simulated(Kernel(chance=Random(6))) as system:
        office = Office(system, 6, 2)
        for number in range(12):
            writer = office.writers[number % 2]
            writer.save()
            writer.type((*FORM, "meets"), f"word{number}x")
            writer.type((*FORM, "people", "rowaaa", "name"), f"word{number}y")
            writer.save()
            if number % 5 == 4:
                writer.leave()
                office.writers[number % 2] = office.hire()
        doc = office.finish()
        if unsettled(doc) or get(doc, (*FORM, "meets")) != "word11x":
            raise Lost(f"what was replaced in turn is not: {doc}")


def seen() -> None:
    """An older file was put back, and all who worked on it since are gone: the newest stands."""
    for seed in range(8):
        with simulated(Kernel(chance=Random(seed))) as system:
            office = Office(system, seed, 2)
            first, other = office.writers
            other.type((*FORM, "why"), "word1")
            other.save()
            older = disk.read(CASE, journal.LONGEST)
            first.save()
            first.type((*FORM, "meets"), "word2")
            first.save()
            later = office.hire()
            later.type((*FORM, "meets"), "word3")
            system.kernel.alive.clear()
            disk.write_atomic(CASE, older)
            doc = office.reopened(system.kernel)
            if unsettled(doc) or get(doc, (*FORM, "meets")) != "word3":
                raise Lost(f"what was written last does not stand: {doc}")


def _flips() -> None:
    flips()


CHECKS: dict[str, Callable[[], None]] = {
    "crashes": _crashes, "errors": _errors, "races": _races, "flips": _flips, "values": values,
    "turns": turns, "seen": seen,
}  # fmt: skip

__all__ = ["CHECKS", "HOSTILE", "Path"]
