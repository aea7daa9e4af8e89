"""Settling what two people changed apart: mine, theirs, or something else."""

from __future__ import annotations

from random import Random

from cim_tui.core.errors import UnknownAddress, UsageError
from cim_tui.core.merge import Conflict, settled, unsettled
from cim_tui.core.session import Session
from cim_tui.core.text import shorten
from cim_tui.service.case import Case
from cim_tui.service.edit import set_text

TAKES = ("mine", "theirs", "text")


def conflicts(case: Case) -> list[Conflict]:
    """Everything that waits to be settled, in file order."""
    return unsettled(case.session.doc)


def find(case: Case, wanted: str) -> Conflict:
    """A conflict by its address or its id.

    Raises:
        UnknownAddress: there is none; says which there are.
    """
    known = conflicts(case)
    for conflict in known:
        if wanted in (conflict.id, conflict.address):
            return conflict
    there = ", ".join(conflict.address for conflict in known) or "none"
    raise UnknownAddress(
        f"Nothing at “{shorten(wanted, 80)}” waits to be settled; there is: {there}"
    )


def settle(case: Case, conflict: Conflict, take: str, rng: Random, text: str = "") -> None:
    """Settle a conflict; undone like any other change.

    Args:
        case: the open case.
        conflict: which one.
        take: `mine` keeps what stands there, `theirs` puts the other in its place, `text` writes
            something else.
        rng: for ids of what is written.
        text: with `text`, what to write.

    Raises:
        UsageError: another way of settling than these.
        ValueRefused: the text does not fit there; nothing is changed.
    """
    if take not in TAKES:
        raise UsageError(f"Take {', '.join(TAKES)}, not “{shorten(take, 20)}”")
    session = Session(settled(case.session.doc, conflict, theirs=take == "theirs"))
    with case.one_change(what="a conflict settled"):
        case.step_to(session)
        if take == "text":
            set_text(case, conflict.address, text, rng)
