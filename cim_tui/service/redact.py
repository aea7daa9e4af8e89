"""Taking a text out of everything that is kept of a case: its file, journals, bases and copies.

Journals only ever grow, but for this: a child's name that was typed by mistake has to go. Each
record keeps its number and says why something is missing; a search over every byte of the folder
shows that the text is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cim_tui.core.changes import Edit, units
from cim_tui.core.errors import ReadOnly, UnknownAddress, UsageError
from cim_tui.core.session import Session, get, leaves, new_id
from cim_tui.core.text import clean, shorten
from cim_tui.core.words import counted
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk, utc_stamp
from cim_tui.service.place import locate
from cim_tui.service.rewriting import PLAN, Place, carry_out, keep, plan_left, planned
from cim_tui.service.search import search
from cim_tui.service.shears import SHORTEST, WORD, Shears
from cim_tui.service.taken_out import TAKEN_OUT
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.ground import refuse_unsafe
from cim_tui.store.journal import Record
from cim_tui.store.presence import HERE, Signs

SHORTEST_PIECE = 3
ROUNDS = 3
"""How often all is looked through again for what a short-lived command wrote meanwhile."""
ELSEWHERE = (
    "It may still be in papers that were exported, in copies and mails that were sent, in backups "
    "and snapshots of this disk, and in a terminal's scroll-back"
)


@dataclass
class Outcome:
    """What was taken out, and whether it is gone."""

    values: int = 0
    """Values that were replaced, in every file together."""
    files: list[Path] = field(default_factory=list)
    """Files that were written again."""
    dropped: int = 0
    """Damaged lines that held the text and could not be read."""
    searched: int = 0
    """Files that were looked through, byte by byte."""
    found: list[Path] = field(default_factory=list)
    """Where the text stands all the same."""
    looked: bool = True
    """Whether the text could be looked for: a single plain word stands in many places."""
    finished: bool = False
    """Whether a redaction that was interrupted was brought to its end first."""


def redact(case: Case, desk: Desk, reason: str, address: str = "", text: str = "") -> Outcome:
    """Take a text out of a case and of everything that is kept of it.

    It may be killed at any instant: whoever does the same again finishes it, whatever of it was
    done. What was planned and not carried out is finished first, whichever text it was about.

    Args:
        case: the open case.
        desk: where we work.
        reason: why; it stays on record.
        address: the answer that holds it: everything that ever stood there goes.
        text: a piece of text that goes wherever it stands.

    Raises:
        UsageError: no reason, or nothing that could be taken out.
        UnknownAddress: nothing has ever stood there, or the text stands nowhere.
        ReadOnly: somebody has the case open, who would write it again; or a file stands as it was.
        NotSaved: the case's file cannot be written.
    """
    reason = shorten(reason, 200)
    if not reason:
        raise UsageError("Say why with --reason: it stays on record in the place of the text")
    text = clean(text).strip()
    if bool(address) == bool(text):
        raise UsageError("Name an answer's address, or --text and the piece of text; not both")
    if text and len(text) < SHORTEST_PIECE:
        raise UsageError("Give more of the text: three characters stand in half of all words")
    place = Place(case.path, case.session.uid)
    refuse_unsafe(case.path.parent, place.folder)
    with _alone(place, desk) as signs:
        outcome = Outcome()
        _finish(place, outcome)
        desk.save(case, always=True)
        texts = [text] if text else [
            one for one in _texts_of(case, place.folder, address)
            if len(one) >= SHORTEST and not WORD.match(one)
        ]  # fmt: skip
        if any(one in reason for one in texts if len(one) >= SHORTEST):
            raise UsageError("The reason stays on record: say it without the text itself")
        shears = _shears(case, place, Shears(reason, texts, address, pieces=bool(text)))
        session = Session(sessions.as_filed(shears.document(case.session.doc)))
        outcome.looked = bool(texts)
        case.apply(session, what=f"{TAKEN_OUT}{reason}")
        desk.save(case)
        _refuse_others(signs)  # somebody may have come meanwhile, and be writing
        _take_out(place, case, shears, outcome)
    if not outcome.values and not outcome.dropped and not outcome.finished:
        raise UnknownAddress("The text stands nowhere in this case or in what is kept of it")
    outcome.searched, outcome.found = search(case.path.parent, texts)
    return outcome


@contextmanager
def _alone(place: Place, desk: Desk) -> Iterator[Signs]:
    """See that nobody else has the case open, and let others see us meanwhile.

    While we are seen, nobody puts journals together; who opens the case is told who is at it.

    Raises:
        ReadOnly: somebody has; says who.
    """
    signs = Signs(place.folder)
    _forget_the_killed(place, signs)
    signs.say(f"{PLAN}-{new_id(desk.chance, length=8)}", desk.by, utc_stamp(desk.now()))
    try:
        _refuse_others(signs)  # two who begin at once see each other
        yield signs
    finally:
        signs.take_away()


def _forget_the_killed(place: Place, signs: Signs) -> None:
    """Remove the signs of those who were killed while they took something out."""
    signed = disk.list(place.folder, HERE) if disk.is_folder(place.folder) else ()
    for path in signed:
        if path.name.startswith(f"{PLAN}-") and not signs.is_alive(path.stem):
            with suppress(OSError):
                disk.remove(path)


def _refuse_others(signs: Signs) -> None:
    for other in signs.others():
        if other.alive:
            raise ReadOnly(
                f"{other.who or 'Somebody'} has the case open on {other.host} since {other.since}, "
                "and would write the text again. Close it there first, and run it again"
            )


def _finish(place: Place, outcome: Outcome) -> None:
    """Carry out what somebody had planned who was killed."""
    left = plan_left(place.folder)
    if left is not None:
        outcome.files += carry_out(place, left)
        outcome.finished = True


def _shears(case: Case, place: Place, shears: Shears) -> Shears:
    """Shears that know where a piece was typed, before anything is taken out."""
    for record in _records(place.folder):
        for edit in record.edits:
            shears.note(edit)
    for path, value in units(case.session.doc):
        shears.note(Edit(path, None, value))
    return shears


def _take_out(place: Place, case: Case, shears: Shears, outcome: Outcome) -> None:
    """Write all that is kept again, until nothing in it is to be changed any more."""
    for _ in range(ROUNDS):
        plan = planned(place, case.session.doc, shears)
        if plan.instead:
            keep(place, plan)
        written = carry_out(place, plan)
        outcome.dropped += plan.dropped
        outcome.files += [path for path in written if path not in outcome.files]
        if not plan.instead:
            break
    outcome.values = shears.cuts


def _texts_of(case: Case, folder: Path, address: str) -> list[str]:
    """What stands or ever stood at an address: each text that is not the beginning of another."""
    found = _strings(get(case.session.doc, ("answers", *address.split("."))))
    absence = case.session.absence(address)
    found += [absence.note] if absence else []
    now = list(found)
    stood = False
    shears = Shears("", [], address)
    for record in _records(folder):
        for edit in record.edits:
            if shears.is_meant(edit):
                stood = stood or edit.old is not None or edit.new is not None
                found += [*_strings(edit.old), *_strings(edit.new)]
    if not now and not stood:
        if case.has_definition:
            locate(case, address)
        raise UnknownAddress(f"Nothing stands or ever stood at {shorten(address, 80)}")
    return [
        one for one in dict.fromkeys(found)
        if one in now or (
            len(one) >= SHORTEST and not any(o != one and o.startswith(one) for o in found)
        )
    ]  # fmt: skip


def _strings(value: Any) -> list[str]:
    return [one for one in leaves(value) if isinstance(one, str) and one.strip()]


def _records(folder: Path) -> Iterator[Record]:
    for path in journal.files(folder):
        with suppress(OSError):
            yield from journal.read(path).records


def summary(outcome: Outcome) -> str:
    """What was done, in a sentence."""
    if outcome.finished and not outcome.values:
        files = counted(len(outcome.files), "file")
        return f"What was interrupted is finished: {files} written"
    text = (
        f"{counted(outcome.values, 'value')} taken out of {counted(len(outcome.files) + 1, 'file')}"
    )
    if outcome.dropped:
        lines = counted(outcome.dropped, "damaged line")
        text += f"; {lines} that held the text went as a whole"
    if outcome.finished:
        text += "; what was interrupted before is finished too"
    return text
