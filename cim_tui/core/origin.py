"""What two versions of a case were both made from, told from who changed what and had seen what.

Each side has seen changes that the other has not. Where only one side has such a change, the other
still stands where both began. Where both have one, neither does, unless whoever made the later one
had seen the earlier. So nothing has to be worked out that nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cim_tui.core.changes import ORDER, Doc, Edit, Path, apply, changes
from cim_tui.core.merge import unsettled
from cim_tui.core.session import get, same

NEITHER = "\x00neither"
"""What stands at a place where no side stands where both began; no text of a case."""


class Change(NamedTuple):
    """Somebody changed one place."""

    path: Path
    writer: str
    n: int
    """Which record of theirs it stands in."""
    derived: bool = False
    """Whether it only came of putting together what others had changed."""


Knew = Callable[[Change, Change], bool]
"""Whether who made the first change had seen the second."""


class Touched:
    """Changes by the places they touch."""

    def __init__(self, made: Iterable[Change]) -> None:
        self._at: dict[Path, list[Change]] = {}
        self._within: dict[Path, list[Change]] = {}
        for change in made:
            self._at.setdefault(change.path, []).append(change)
            for length in range(1, len(change.path)):
                self._within.setdefault(change.path[:length], []).append(change)

    def at(self, path: Path) -> list[Change]:
        """The changes of a place itself."""
        return self._at.get(path, [])

    def about(self, path: Path) -> list[Change]:
        """The changes of what a place lies in, and of what lies in it."""
        around = (self._at.get(path[:length], []) for length in range(1, len(path)))
        return [*(c for changes in around for c in changes), *self._within.get(path, [])]

    @property
    def paths(self) -> set[Path]:
        """The places that were changed themselves."""
        return set(self._at)

    @property
    def reordered(self) -> Iterator[Path]:
        """Tables whose rows somebody put in another order."""
        return (path[:-1] for path in self._at if path[-1] == ORDER)


def common(
    ours: Doc, theirs: Doc, own: Iterable[Change], other: Iterable[Change], knew: Knew
) -> Doc:
    """What both versions were made from, wherever they differ.

    Args:
        ours: one version; the result is like it where both are alike.
        theirs: the other.
        own: what ours has seen and theirs has not.
        other: what theirs has seen and ours has not.
        knew: who had seen what.
    """
    mine, foreign = Touched(own), Touched(other)
    asked = [c.path for doc in (ours, theirs) for c in unsettled(doc)]
    edits = []
    for edit in changes(ours, theirs):
        if edit.is_order:
            continue
        moved = _who_moved(mine.at(edit.path), foreign.at(edit.path), knew) or _who_moved(
            mine.about(edit.path), foreign.about(edit.path), knew
        )
        if moved == {"theirs"}:
            continue
        if moved == {"ours"}:
            edits.append(Edit(edit.path, None, edit.new))
        elif moved or not any(path == edit.path[: len(path)] for path in asked):
            edits.append(Edit(edit.path, None, NEITHER))
    both = (path for path in mine.paths & foreign.paths if path[-1] != ORDER)
    edits += [  # where both went the same way, neither stayed
        Edit(path, None, NEITHER) for path in both if same(get(ours, path), get(theirs, path))
    ]
    turned = set(mine.reordered) - set(foreign.reordered)
    tables = ((path, get(theirs, path) if path else theirs) for path in turned)
    edits += [Edit((*path, ORDER), None, list(table)) for path, table in tables if table]
    return apply(ours, edits)


def _who_moved(own: list[Change], other: list[Change], knew: Knew) -> set[str]:
    """Which sides stand elsewhere than where both began."""
    for derived in (False, True):  # what people did counts before what came of it
        mine = [c for c in own if c.derived == derived]
        foreign = [c for c in other if c.derived == derived]
        left = [c for c in mine if not any(knew(later, c) for later in foreign)]
        right = [c for c in foreign if not any(knew(later, c) for later in mine)]
        moved = {name for name, found in (("ours", left), ("theirs", right)) if found}
        if moved:
            return moved
    return set()
