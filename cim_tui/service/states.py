"""Every state of a case that can be worked out from its journals and what is kept beside them.

A journal is a run of states with edits between them; where it was opened or written to the file,
its state has the name of a version. One version in two journals is one state. From what the file
holds now, every state that hangs together with it can be worked out exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from cim_tui.core.changes import apply, take_back
from cim_tui.service.bases import Bases, Doc
from cim_tui.store import journal, sessions
from cim_tui.store.journal import Record

Writers = Mapping[str, list[Record]]
"""The records of each writer, in their own order."""


class Run:
    """Records of one writer without a gap between them."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.at = -1
        self.doc: Doc | None = None
        """The state after the record `at`, once it is known."""

    def state(self, index: int) -> Doc:
        """The state after a record."""
        assert self.doc is not None  # noqa: S101 - asked only of runs that are known
        if index >= self.at:
            return apply(
                self.doc, (e for r in self.records[self.at + 1 : index + 1] for e in r.edits)
            )
        return take_back(
            self.doc, [e for r in self.records[index + 1 : self.at + 1] for e in r.edits]
        )

    @cached_property
    def anchors(self) -> list[tuple[int, str]]:
        """Records whose state has the name of a version."""
        return [(i, r.version) for i, r in enumerate(self.records)
                if r.kind in ("open", "wrote") and r.version]  # fmt: skip

    @cached_property
    def taken(self) -> list[tuple[int, str]]:
        """Records that took a version in with nothing of their own to add: the same state."""
        found, own = [], False
        for i, r in enumerate(self.records):
            if r.kind == "took" and not own:
                found.append((i, r.version))
            own = r.kind in ("edit", "rolled") or (own and r.kind != "wrote")
        return [(i, version) for i, version in found if version]


class States:
    """The states of one case.

    Args:
        doc: what its file holds.
        writers: what its journals tell.
        bases: whole documents that are kept beside them.
        trusting: take the names of versions as they stand: something was just taken out of all of
            them, and none fits what it names.
    """

    def __init__(self, doc: Doc, writers: Writers, bases: Bases, *, trusting: bool = False) -> None:
        self.doc: Doc = sessions.as_filed(doc)
        self.version = journal.version_of(self.doc)
        self.writers = writers
        self.runs = [run for own in writers.values() for run in _runs(own)]
        self.strange: list[str] = []
        """Revisions whose recorded version is not what the records make of them."""
        self._bases = bases
        self._trusting = trusting
        self._named: dict[str, list[tuple[Run, int, bool]]] = {}
        """Records by the version that they name; whether their state is exactly that one."""
        for run in self.runs:
            for exact, anchors in ((True, run.anchors), (False, run.taken)):
                for index, version in anchors:
                    self._named.setdefault(version, []).append((run, index, exact))

    @cached_property
    def known(self) -> dict[str, Doc]:
        """States by the name of their version, as far as they lead on to others.

        Asking for it works out every run that can be reached, from what the file holds; where that
        does not lead to all, from documents that are kept, and of these no more than it takes.
        """
        known: dict[str, Doc] = {self.version: self.doc}
        self._reach([self.version], known)
        for version, doc in self._more_bases():
            if version not in known:
                known[version] = doc
                self._reach([version], known)
        self._reach(list(known), known, only_exact=False)
        return known

    def _more_bases(self) -> Iterator[tuple[str, Doc]]:
        """Documents to begin from, as long as there is a run that nothing led to."""
        for version in self._named:
            if self._leads_on(version) and (doc := self._bases.of(version)) is not None:
                yield version, doc
        rest = self._bases.rest()
        while any(run.doc is None and run.anchors for run in self.runs):
            found = next(rest, None)
            if found is None:
                return
            yield found

    def _leads_on(self, version: str) -> bool:
        return any(run.doc is None for run, _, _ in self._named[version])

    def _reach(self, waiting: list[str], known: dict[str, Doc], *, only_exact: bool = True) -> None:
        """Work out the runs that known versions lead to, and what those lead to."""
        while waiting:
            version = waiting.pop()
            for run, index, exact in self._named.get(version, ()):
                if run.doc is None and (exact or not only_exact):
                    run.at, run.doc = index, known[version]
                    waiting += self._reached(run, known)

    def _reached(self, run: Run, known: dict[str, Doc]) -> Iterator[str]:
        """Versions of a run that lead on to other runs."""
        for index, version in (*run.anchors, *run.taken):
            if version in known or not self._leads_on(version):
                continue
            state = run.state(index)
            if self._fits(state, version):
                known[version] = state
                yield version

    def of_version(self, version: str) -> Doc | None:
        """What a version held, by its name; None where nothing tells."""
        if version in self.known:
            return self.known[version]
        for run in self.runs:
            for index, name in (*run.anchors, *run.taken):
                if name == version and run.doc is not None:
                    state = run.state(index)
                    if self._fits(state, version):
                        return state
        return self._bases.of(version)

    def _fits(self, state: Doc, version: str) -> bool:
        return self._trusting or journal.version_of(state) == version

    def names(self) -> dict[str, str]:
        """What each version that can be worked out has to be called, by what it is called."""
        known = {**self.known, **dict(self._bases.rest())}
        found = {version: journal.version_of(doc) for version, doc in known.items()}
        for run in self.runs:
            for index, version in run.anchors if run.doc is not None else ():
                if version not in found:
                    found[version] = journal.version_of(run.state(index))
        return found

    def check(self) -> None:
        """Recompute the name of every version that can be worked out; fills `strange`."""
        assert self.known  # noqa: S101 - asking works them out
        for run in self.runs:
            if run.doc is None:
                continue
            state, at = run.state(0), 0
            for index, version in run.anchors:
                state = apply(state, (e for r in run.records[at + 1 : index + 1] for e in r.edits))
                at = index
                if journal.version_of(state) != version:
                    self.strange.append(run.records[index].rev)


def _runs(records: Iterable[Record]) -> Iterator[Run]:
    run: list[Record] = []
    for record in records:
        if run and record.n != run[-1].n + 1:
            yield Run(run)
            run = []
        run.append(record)
    if run:
        yield Run(run)
