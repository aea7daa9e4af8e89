"""What a command or the app works at: which folder, which definitions, who, and what day."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cim_tui.core.errors import CimError, Exit, UsageError, ValueRefused
from cim_tui.core.session import Session
from cim_tui.core.text import one_line, shorten
from cim_tui.core.values import parse_date
from cim_tui.service.case import Case
from cim_tui.store import paths, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.paths import Folder, Settings
from cim_tui.store.workflows import Library

if TYPE_CHECKING:
    from cim_tui.store.keeper import Keeper, Taken
    from cim_tui.store.sessions import Damaged


@dataclass
class Desk:
    """Everything that comes from outside, gathered once.

    Args:
        folder: where the sessions are, and why there.
        library: the definitions at hand.
        settings: the user's settings file.
        by: who acts.
        as_of: the day that counts as today, when it is not the clock's.
        env: the environment variables.
    """

    folder: Folder
    library: Library
    settings: Settings
    by: str
    as_of: date | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    chance: random.Random = field(default_factory=random.SystemRandom)
    met: list[str] = field(default_factory=list)
    """What a save met that its user has to know: what was recovered, what somebody else changed."""
    clashes: int = 0
    """How many new conflicts saves have found: each waits for a person."""

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.as_of or datetime.now().astimezone().date()

    def now(self) -> datetime:
        """The moment, in the local time zone."""
        return datetime.now().astimezone()

    def open(self, wanted: str, *, newer: bool = False) -> Case:
        """Open a case by id, unique prefix or path.

        Args:
            wanted: which.
            newer: one of a newer version too, to be read only. Where something is changed, or
                judged, it is refused from the start.

        Raises:
            NoSession: nothing fits, or more than one.
            DamagedFile, NewerFile: the file cannot be read.
        """
        path = sessions.find(self.folder.path, wanted)
        look = disk.look(path)
        case = self.take_up(path, sessions.read(path, newer=newer))
        case.look = look
        case.read_only = case.read_only or unwritable(path)
        return case

    def newer(self, entries: Iterable[Damaged], known: Iterable[Case]) -> list[Case]:
        """Cases of a newer version, which can be shown and not judged.

        Args:
            entries: the files of the folder that cannot be judged.
            known: its other cases; a copy of one of them is no case.
        """
        uids = {case.session.uid for case in known}
        found = []
        for entry in entries:
            if entry.code == Exit.NEWER:
                with suppress(CimError):
                    case = self.take_up(entry.path, sessions.read(entry.path, newer=True))
                    if case.session.uid not in uids:
                        uids.add(case.session.uid)
                        found.append(case)
        return found

    def take_up(self, path: Path, session: Session) -> Case:
        """A session with the definitions it is pinned to, when they are here."""
        year = session.fact("year")
        try:
            digest = session.fact("digest")
            workflow = self.library.workflow(
                session.workflow,
                session.edition or None,
                digest if isinstance(digest, str) else None,
            )
            calendar = self.library.calendar(year)
        except CimError as missing:
            return Case(path, session, None, self.today, None, str(missing))
        return Case(path, session, workflow, self.today, calendar)

    def remarks_once(self) -> list[str]:
        """What should be known about where the sessions are, each remark once for each user."""
        path = paths.state_folder(self.env) / "said.txt"
        try:
            said = disk.read(path, 1_000_000).decode("utf-8", "replace").splitlines()
        except OSError:
            said = []
        fresh = [text for text in paths.remarks(self.folder.path) if text not in said]
        if fresh:
            with suppress(OSError):
                disk.make_folder(path.parent)
                disk.write_atomic(path, "\n".join([*said, *fresh, ""]).encode())
        return fresh

    def keeper(self, case: Case) -> Keeper:
        """What keeps a case for us: one journal for as long as the case is open."""
        if case.keeper is None:
            from cim_tui.store.keeper import Keeper

            case.keeper = Keeper(
                case.path, case.saved.doc, self.by, lambda: utc_stamp(self.now()), self.chance,
                look=case.look, locks=self.env.get("CIM_LOCKS") != "off",
            )  # fmt: skip
        return case.keeper

    def save(self, case: Case, *, always: bool = False) -> None:
        """Write a case to its file, if anything changed since it was read, and leave it.

        What others changed meanwhile is merged in; nothing of either is lost.

        Args:
            case: which.
            always: also where nothing changed: what somebody who was killed had entered and not
                written comes in.

        Raises:
            NewerFile, ReadOnly: it can only be read.
            NotSaved: with the reason; everything is still in memory.
        """
        if always:
            case.must_be_writable()
        elif not case.unsaved:
            return
        keeper = self.keeper(case)
        try:
            taken = keeper.save(case.session.doc, by=self.by, what=case.last_change)
        finally:
            keeper.close()
        case.saved = case.session
        if taken.foreign:
            self._tell(case, keeper, taken)
            case.take_in(case.session, Session(taken.doc))

    def _tell(self, case: Case, keeper: Keeper, taken: Taken) -> None:
        """Note what a save brought in, for whoever asked for it."""
        from cim_tui.core.merge import unsettled
        from cim_tui.service.changed import name_of
        from cim_tui.store.keeper import EXTERNAL

        for found in keeper.recovered:
            names = dict.fromkeys(name_of(case, e) for e in found.edits if not e.is_order)
            what = ", ".join(f"“{shorten(name, 40)}”" for name in [*names][:3])
            who = found.by or "somebody"
            self.met.append(f"Recovered: {what}, which {who} had entered and could not write")
        keeper.recovered = []
        known = taken.before.get("conflicts", {})
        for conflict in unsettled(taken.doc):
            if conflict.id not in known:
                self.clashes += 1
                by = "another program" if conflict.by == EXTERNAL else conflict.by or "somebody"
                self.met.append(
                    f"{conflict.address} was changed by {by} too; both are kept. "
                    f"cim conflicts {case.id} shows them, cim resolve settles them"
                )


def set_up(
    env: Mapping[str, str] | None = None,
    folder: str | None = None,
    by: str | None = None,
    as_of: str | None = None,
) -> Desk:
    """Gather a desk from options, the environment and the settings file, in that order."""
    known = os.environ if env is None else env
    settings = paths.read_settings(known)
    own = paths.own_definitions(known, settings)
    where = paths.sessions_folder(folder, known, settings)
    folders = (paths.definitions_folder(), where.path / "workflows", *((own,) if own else ()))
    day = as_of or known.get("CIM_TODAY")
    return Desk(
        folder=where,
        library=Library(folders, trusted=paths.definitions_folder()),
        settings=settings,
        by=one_line(by or known.get("CIM_USER") or settings.by or paths.login_name(known)),
        as_of=_day(day) if day else None,
        env=known,
    )


def unwritable(path: Path) -> str:
    """Why a case's file cannot be changed, in words; empty when it can."""
    if not disk.may_write(path.parent):
        return f"You may not write in {one_line(str(path.parent))}"
    return "" if disk.may_write(path) else f"{one_line(path.name)} is read-only"


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueRefused as wrong:
        raise UsageError(f"{wrong} (the day given with --as-of or CIM_TODAY)") from wrong


def utc_stamp(moment: datetime) -> str:
    """A moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
