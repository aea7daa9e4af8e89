"""A case whose definitions are not here: its answers can be read and edited, not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cim_tui.core.errors import UnknownAddress
from cim_tui.core.text import clean, shorten
from cim_tui.service.case import Case


def answers(case: Case) -> Iterator[tuple[str, Any]]:
    """Every stored answer with its address, down to the cells; no question has a label here."""
    yield from _walk("", case.session.at("answers") or {})


def _walk(address: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(f"{address}.{key}" if address else str(key), inner)
    else:
        yield address, value


def in_words(value: Any) -> str:
    """A stored value as text."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(in_words(item) for item in value)
    return str(value)


def replace_text(case: Case, address: str, text: str) -> None:
    """Put a text in the place of a stored one.

    Raises:
        UnknownAddress: nothing is stored there, or it is not a text; nothing is guessed.
    """
    stored = dict(answers(case))
    if address not in stored:
        raise UnknownAddress(
            f"Nothing is stored at {shorten(address, 60)}. {case.missing}; until then only "
            "answers that are there can be changed"
        )
    if isinstance(stored[address], bool | int | Decimal | date | list):
        raise UnknownAddress(f"{address} does not hold a text. {case.missing}")
    cleaned = clean(text)
    case.apply(case.session.with_value(address, cleaned if cleaned.strip() else None), address)
