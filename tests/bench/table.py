"""The speed table, printed."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One measured thing."""

    what: str
    ratio: float | None
    limit: float | None
    unit: str
    note: str = ""


def show(rows: list[Row]) -> None:
    """Print the table; a row over its limit says so."""
    print(f"{'what':<34}{'measured':>10}  {'at most':<28}")
    for row in rows:
        measured = f"{row.ratio:.2f}" if row.ratio is not None else "-"
        over = row.ratio is not None and row.limit is not None and row.ratio > row.limit
        note = f"  ({row.note})" if row.note else ""
        limit = row.limit if row.limit is not None else "-"
        print(f"{row.what:<34}{measured:>10}  {limit} {row.unit}{'  OVER' * over}{note}")
