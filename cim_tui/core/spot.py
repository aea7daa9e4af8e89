"""A row in force, and the place where a condition or a sum is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cim_tui.core.workflow import Activity, Field


@dataclass(frozen=True)
class Row:
    """A row in force, or parked."""

    id: str
    cells: Mapping[str, Any]
    prescribed: bool = False
    stored: bool = True
    parked: str = ""
    """Why the row is kept but does not count."""


@dataclass(frozen=True)
class Spot:
    """Where a condition is read: its activity, and the row of a table when there is one."""

    activity: Activity | None
    table: Field | None = None
    row: Row | None = None
