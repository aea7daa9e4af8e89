"""What a writer who is gone had acknowledged, and nobody has brought into the file yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cim_tui.core.changes import Edit, Path
from cim_tui.core.origin import Change
from cim_tui.core.session import get, same
from cim_tui.store.journal import Record, cleaned
from cim_tui.store.ledger import changes_in


@dataclass
class Left:
    """The records of one writer of which the file knows nothing.

    Args:
        records: at least one, in order.
    """

    records: list[Record]
    edits: list[Edit] = field(default_factory=list)
    """What they did themselves; what they only took in from others is in the others' journals."""
    news: list[Change] = field(default_factory=list)
    """The same, as changes: one for each edit."""

    def __post_init__(self) -> None:
        """Pick out what is theirs; the order of rows is not worth a conflict."""
        for record in self.records:
            for edit, change in zip(record.edits, changes_in(record), strict=True):
                if not change.derived and not edit.is_order:
                    made = cleaned(edit)
                    self.edits.append(made)
                    self.news.append(change._replace(path=made.path))

    @property
    def last(self) -> Record:
        """The last thing they did."""
        return self.records[-1]


def untold(doc: Mapping[str, Any], every: Iterable[Left], *, stray: bool) -> Iterator[Change]:
    """Places where something stands that nobody who is gone found or left there.

    Somebody put it there of whom no journal tells: with an editor, or from a copy.

    Args:
        doc: what stands.
        every: what all who are gone left.
        stray: that is all we know of the document; what an edit found may be newer than the edit.
    """
    met: dict[Path, list[Any]] = {}
    for left in every:
        for edit in left.edits:
            met.setdefault(edit.path, []).extend([edit.new] if stray else [edit.old, edit.new])
    for path, values in met.items():
        here = get(doc, path)
        if not any(same(here, value) for value in values):
            yield Change(path, "", 1)
