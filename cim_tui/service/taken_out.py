"""What was taken out of a case on purpose: how it is marked, and how it is known again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cim_tui.store.journal import Redacted

TAKEN_OUT = "taken out: "
"""How a change is called that takes something out; why stands behind it."""
MARK = "[taken out]"
"""What stands in a longer text where a piece was taken out."""


def was_cut(value: Any) -> bool:
    """Whether something was taken out of a value, or seems to have been."""
    if isinstance(value, str):
        return MARK in value
    if isinstance(value, Redacted):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    return any(map(was_cut, inner)) if isinstance(value, Mapping | list) else False


def holds_redacted(value: Any) -> bool:
    """Whether something in a value was taken out on purpose."""
    if isinstance(value, Redacted):
        return True
    inner = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    return any(map(holds_redacted, inner))
