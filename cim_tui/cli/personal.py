"""Warning about texts on children that look as if they name one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cim_tui.cli.output import narrate
from cim_tui.core.session import Session
from cim_tui.core.text import looks_personal
from cim_tui.core.words import NO_NAMES
from cim_tui.service.case import Case


def warn_of_names(case: Case) -> None:
    """Say which of the texts that are about to be saved look personal; a warning, no refusal."""
    before = dict(_about_children(case, case.saved))
    for address, text in _about_children(case, case.session):
        if text != before.get(address):
            for what in looks_personal(text):
                narrate(f"{address}: this looks like {what}. {NO_NAMES}: look at it again")


def _about_children(case: Case, session: Session) -> Iterator[tuple[str, str]]:
    for address, field in case.workflow.fields.items():
        raw = session.raw(address)
        if field.spec.about_children and isinstance(raw, str):
            yield address, raw
        names = [name for name, column in field.columns.items() if column.about_children]
        for row, cells in raw.items() if names and isinstance(raw, Mapping) else ():
            for name in names:
                if isinstance(cells, Mapping) and isinstance(cells.get(name), str):
                    yield f"{address}.{row}.{name}", cells[name]
