"""A case that is open: its session, its definitions, where it stands, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cim_tui.core.changes import address_of, changes, onto
from cim_tui.core.errors import CimError, NewerFile, NoDefinition, ReadOnly
from cim_tui.core.language import CalendarFile
from cim_tui.core.merge import merge
from cim_tui.core.progress import Progress, assess
from cim_tui.core.session import Session, same
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Workflow
from cim_tui.store.sessions import newer_schema, understood

if TYPE_CHECKING:
    from cim_tui.store.fsops import Look
    from cim_tui.store.keeper import Keeper, Taken

DEPTH = 500
"""How many changes can be undone."""


class Definitions(NamedTuple):
    """What a case is judged by: it changes when the case's process or year is corrected."""

    workflow: Workflow | None
    calendar: CalendarFile | None


class Change(NamedTuple):
    """A change that can be undone: what was before, and where."""

    before: Session
    changed: tuple[str, ...]
    what: str
    definitions: Definitions


class Case:
    """One case in memory. `apply` is the only way it changes.

    Args:
        path: its file.
        session: as read.
        workflow: the definitions it is pinned to; None when they are not here.
        today: the day.
        calendar: what was published for its year.
        missing: why there are no definitions.
    """

    def __init__(
        self,
        path: Path,
        session: Session,
        workflow: Workflow | None,
        today: date,
        calendar: CalendarFile | None,
        missing: str = "",
    ) -> None:
        self.path, self.session, self.saved = path, understood(session), session
        self.today, self.missing = today, missing
        self._definitions = Definitions(workflow, calendar)
        self._situation: Situation | None = None
        self._progress: Progress | None = None
        self._stale: tuple[str, ...] = ()
        self._undo: list[Change] = []
        self._redo: list[Change] = []
        self.look: Look | None = None
        """How its file looked before it was read."""
        self.keeper: Keeper | None = None
        """What keeps it on the disk, once something is to be kept."""
        self.accepted: list[Taken] = []
        """What was taken in from others and the keeper was not told of yet."""
        self.read_only = ""
        """Why it cannot be changed, in words; empty when it can. Known once it is opened."""
        if self.is_newer:
            self.read_only = (
                f"Written by a newer version (schema {newer_schema(session.doc)}): "
                "update cim-tui to change it"
            )

    @property
    def id(self) -> str:
        """The case's id."""
        return self.session.id

    @property
    def is_newer(self) -> bool:
        """Whether a newer version of this program wrote it: what is shown may not be all of it."""
        return newer_schema(self.saved.doc) > 0

    def must_be_writable(self) -> None:
        """Refuse a change of a case that can only be read.

        Raises:
            NewerFile, ReadOnly: it is one; says why, and what to do.
        """
        if not self.read_only:
            return
        kind = NewerFile if self.is_newer else ReadOnly
        raise kind(
            f"{self.read_only}. Nothing was changed. A copy can be saved elsewhere: "
            f"F11 on the screen, cim show {self.id} --file in the shell"
        )

    @property
    def has_definition(self) -> bool:
        """Whether the definitions it is pinned to are here."""
        return self._definitions.workflow is not None

    @property
    def calendar(self) -> CalendarFile | None:
        """What was published for its year."""
        return self._definitions.calendar

    @property
    def workflow(self) -> Workflow:
        """Its definitions.

        Raises:
            NoDefinition: they are not here; says where to get them.
        """
        if self._definitions.workflow is None:
            raise NoDefinition(self.missing)
        return self._definitions.workflow

    @property
    def situation(self) -> Situation:
        """What applies and what is answered now."""
        if self._situation is None:
            self._situation = Situation(self.workflow, self.session, self.today, self.calendar)
        return self._situation

    @property
    def progress(self) -> Progress:
        """Where it stands now; only what can have changed is checked again."""
        if self._progress is None or self._stale:
            self._progress = assess(self.situation, self._progress, self._stale)
            self._stale = ()
        return self._progress

    @property
    def last_change(self) -> str:
        """The last change in a few words."""
        return self._undo[-1].what if self._undo else ""

    @property
    def unsaved(self) -> bool:
        """Whether memory holds something the file does not."""
        return not self.read_only and not same(self.session.doc, self.saved.doc)

    def apply(
        self,
        session: Session,
        *changed: str,
        what: str = "",
        definitions: Definitions | None = None,
    ) -> None:
        """Take a changed session.

        Args:
            session: the new one.
            changed: addresses that changed; none means anything may have.
            what: in a few words, for "undo: ...".
            definitions: what it is judged by from now on, where its process or year changed.

        Raises:
            NewerFile, ReadOnly: it cannot be changed.
        """
        if same(session.doc, self.session.doc):
            return
        change = Change(self.session, changed, what, self._definitions)
        self._take(session, changed)
        self._undo.append(change)
        del self._undo[:-DEPTH]
        self._redo.clear()
        self._definitions = definitions or self._definitions

    def apply_typing(self, session: Session, address: str) -> None:
        """Take one more key of the same answer: undone with the keys before it."""
        last = self._undo[-1] if self._undo else None
        if last is not None and last.changed == (address,) and last.what == "typing":
            self._redo.clear()
            self._take(session, (address,))
        else:
            self.apply(session, address, what="typing")

    def step_to(self, session: Session, *changed: str) -> None:
        """Hold an intermediate state of one change, which `apply` will make undoable as a whole."""
        self._take(session, changed)

    @contextmanager
    def one_change(self, *changed: str, what: str) -> Iterator[None]:
        """Several steps that are undone as one; when one of them is refused, none was made."""
        before, depth = self.session, len(self._undo)
        try:
            yield
        except CimError:
            del self._undo[depth:]
            self.step_to(before, *changed)
            raise
        after = self.session
        del self._undo[depth:]
        self.step_to(before, *changed)
        self.apply(after, *changed, what=what)

    def take_in(self, ours: Session, merged: Session) -> None:
        """Take in what others changed, under whatever was changed here since.

        Undo takes back what was done here, never what somebody else did: every version on the way
        back gets their changes too.

        Args:
            ours: what they were merged with.
            merged: that, with their changes.
        """
        theirs = changes(ours.doc, merged.doc)
        if not theirs:
            return

        def with_theirs(session: Session) -> Session:
            return Session(merge(ours.doc, session.doc, merged.doc).doc)

        was = self.session
        self.session = merged if same(was.doc, ours.doc) else with_theirs(was)
        self.saved = with_theirs(self.saved)
        self._undo = [c._replace(before=Session(onto(c.before.doc, theirs))) for c in self._undo]
        self._redo = [c._replace(before=Session(onto(c.before.doc, theirs))) for c in self._redo]
        self._situation = None
        addresses = {address_of(edit.path) for edit in theirs if edit.path[0] == "answers"}
        if all(edit.path[0] == "answers" for edit in theirs) and self._progress is not None:
            self._stale = (*self._stale, *addresses)
        else:
            self._progress = None

    def settle(self) -> None:
        """End a run of typing: the next key starts a change of its own."""
        if self._undo and self._undo[-1].what == "typing":
            self._undo[-1] = self._undo[-1]._replace(what="an answer")

    def _take(self, session: Session, changed: tuple[str, ...]) -> None:
        self.must_be_writable()  # every way of changing it comes by here
        self.session = session
        self._situation = None
        if not changed:
            self._progress = None
        elif self._progress is not None:
            self._stale = (*self._stale, *changed)

    def undo(self) -> Change | None:
        """Go back one change; None when there is none."""
        return self._swap(self._undo, self._redo)

    def redo(self) -> Change | None:
        """Take back an undo; None when there is none."""
        return self._swap(self._redo, self._undo)

    def _swap(self, source: list[Change], target: list[Change]) -> Change | None:
        if not source:
            return None
        change = source.pop()
        target.append(Change(self.session, change.changed, change.what, self._definitions))
        self._definitions = change.definitions
        self._take(change.before, change.changed)
        return change
