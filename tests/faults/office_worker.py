"""A process that edits one case through a keeper and says what is acknowledged; run as a script.

Commands come line by line on stdin, so that the program is loaded once:

* `kill SEED`: a child edits and saves until it is killed at some instant; then the case is
  opened again and every acknowledged word looked for. Answers `ok N` or what is wrong.
* `wait N`: a child says its number and waits for a byte; then it makes N edits. Answers each word
  that was acknowledged, then `end`.
"""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from pathlib import Path
from random import Random

from cim_tui.core.errors import CimError
from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.keeper import Keeper

PLACES = 8


def opened(path: Path, rng: Random) -> Keeper:
    """A keeper of the case as it is on the disk."""
    return Keeper(path, sessions.read(path).doc, f"p{os.getpid()}", lambda: "2026-01-01T00:00:00Z",
                  rng, locks=os.environ.get("CIM_LOCKS") != "off")  # fmt: skip


def work(path: Path, out: int, mark: str, rng: Random, edits: int = 10**9) -> None:
    """Edit and save; each word is told once it is acknowledged."""
    keeper = opened(path, rng)
    doc = keeper.state
    for number in itertools.count() if edits > 10**8 else range(edits):
        word = f"{mark}-{number}"
        doc = Session(doc).with_value(f"gather.team.f{number % PLACES}", word).doc
        try:
            keeper.acknowledge(doc)
            os.write(out, f"{word}\n".encode())
            if rng.random() < 0.4:
                doc = keeper.save(None).doc
        except CimError:
            os.write(out, b"refused\n")
    try:
        keeper.save(doc)
    except CimError:
        os.write(out, b"refused\n")
    keeper.close()


def owed(words: list[str]) -> dict[str, int]:
    """Of each place, the number of the last word that was acknowledged."""
    last: dict[str, int] = {}
    for word in words:
        number = int(word.rpartition("-")[2])
        last[f"f{number % PLACES}"] = number
    return last


def missing(path: Path, mark: str, words: list[str]) -> list[str]:
    """What of the acknowledged words is not in the file: replaced only by later ones."""
    doc = sessions.read(path)
    wrong = []
    for place, number in owed(words).items():
        found = str(doc.raw(f"gather.team.{place}"))
        if not found.startswith(f"{mark}-") or int(found.rpartition("-")[2]) < number:
            wrong.append(f"{place}: {mark}-{number} acknowledged, {found} found")
    return wrong


def killed(path: Path, seed: int) -> str:
    """Kill a child at some instant, open the case again, and look."""
    rng = Random(seed)
    mark = f"m{seed}"
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work(path, writing, mark, rng)
        os._exit(0)
    os.close(writing)
    said, wanted = b"", rng.randrange(8)
    while said.count(b"\n") < wanted:
        said += os.read(reading, 65536)
    time.sleep(rng.random() * 0.006)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        said += pipe.read()
    words = [w for w in said.decode().split("\n")[:-1] if w != "refused"]
    keeper = opened(path, Random(seed + 10**9))  # the child has used up some of the other
    keeper.save()
    keeper.close()
    wrong = missing(path, mark, words)
    return "; ".join(wrong) or f"ok {len(words)}"


def waiting(path: Path, edits: int) -> None:
    """A child that waits until it is told to begin: a tracer can come in between."""
    go, begin = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(begin)
        os.read(go, 1)
        try:
            work(path, 1, "m0", Random(7), edits)
        finally:
            os._exit(0)
    os.close(go)
    print(child, flush=True)  # noqa: T201 - the answer
    sys.stdin.readline()
    os.write(begin, b"x")
    os.close(begin)
    os.waitpid(child, 0)
    print("end", flush=True)  # noqa: T201 - the answer


def main() -> None:
    """Do what stdin says."""
    path = Path(sys.argv[1])
    while line := sys.stdin.readline():
        command, number = line.split()
        if command == "kill":
            print(killed(path, int(number)), flush=True)  # noqa: T201 - the answer
        else:
            waiting(path, int(number))


if __name__ == "__main__":
    main()
