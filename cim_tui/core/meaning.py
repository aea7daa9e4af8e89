"""What definitions mean: themselves without prose. Two that mean the same have one digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import cache
from typing import Any

from cim_tui.core.part import Part, default_of

_PROSE = frozenset(
    "title label hint ask why example purpose guidance takes_part evidence have_ready "
    "about_minutes start_early resources message note at publisher copy_ summary why_named aims "
    "contact one support support_at row_label unit carry".split()
)
"""Attributes of a definition that may change without changing what it means."""


def _meant(name: str, value: Any) -> Any:
    """What an attribute means: choices their ids, a reason to block that there is one."""
    if name == "choices" and isinstance(value, dict):
        return sorted(value)
    return bool(value) if name == "because" else meaning(value)


@cache
def _meaningful(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The attributes of a kind of part that are no prose, with what each is when it is left out."""
    return tuple((f.name, default_of(f)) for f in fields(kind) if f.name not in _PROSE)


def meaning(value: Any) -> Any:
    """A definition without its prose and what it leaves out, as JSON can hold it.

    Names given by authors all stay.
    """
    if isinstance(value, Part):
        said = vars(value)
        return {
            name: _meant(name, inner)
            for name, left_out in _meaningful(type(value))  # type: ignore[arg-type]
            if (inner := said[name]) is not left_out and inner is not None and inner != left_out
        }
    if isinstance(value, dict):
        return {key: meaning(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [meaning(inner) for inner in value]
    return value if isinstance(value, str | int | bool) else str(value)


def digest_of(meant: Any) -> str:
    """SHA-256 of a meaning, as text."""
    canonical = json.dumps(meant, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
