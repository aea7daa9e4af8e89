"""Session files of an older format: brought to today's in memory; the file stays until it is saved.

Each entry brings a document from one schema to the next. There is none yet: the first format is
today's. When the format changes, its number is raised in `core/session.py` and a step comes here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cim_tui.core.errors import DamagedFile
from cim_tui.core.session import SCHEMA
from cim_tui.store import toml
from cim_tui.store.fsops import disk

Step = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[int, Step] = {}
"""By the schema of a file: what makes a document of the next one."""


def migrated(doc: dict[str, Any], name: str) -> dict[str, Any]:
    """A document in today's format; one that is of it already comes back as it is.

    Raises:
        DamagedFile: a step could not be made of what stands there.
    """
    schema = doc.get("schema")
    while isinstance(schema, int) and not isinstance(schema, bool) and schema < SCHEMA:
        step = MIGRATIONS.get(schema)
        if step is None:
            break  # not a format there ever was: whoever checks the shape says so
        try:
            doc = {**step(dict(doc)), "schema": schema + 1}
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as wrong:
            raise DamagedFile(name, f"of an older format (schema {schema}), and not as that "
                              "format has it") from wrong  # fmt: skip
        schema += 1
    return doc


def keep_original(path: Path, folder: Path) -> None:
    """Before a file of an older format is written for the first time: keep it as it was.

    Args:
        path: the case's file.
        folder: of its journals.
    """
    if not MIGRATIONS or disk.look(path) is None:
        return
    data = disk.read(path, toml.LIMIT)
    try:
        schema = toml.load(data, path.name).get("schema")
    except DamagedFile:
        return
    if isinstance(schema, int) and schema < SCHEMA:
        place = folder / f"schema-{schema}.toml"
        if disk.look(place) is None:
            disk.create(place, data)
