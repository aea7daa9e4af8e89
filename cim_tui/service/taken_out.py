"""What was taken out of a case on purpose: how it is marked, and how it is known again."""

from __future__ import annotations

from typing import Any

from cim_tui.core.session import leaves
from cim_tui.store.journal import Redacted

TAKEN_OUT = "taken out: "
"""How a change is called that takes something out; why stands behind it."""
MARK = "[taken out]"
"""What stands in a longer text where a piece was taken out."""


def was_cut(value: Any) -> bool:
    """Whether something was taken out of a value, or seems to have been."""
    return any(
        isinstance(one, Redacted) or (isinstance(one, str) and MARK in one) for one in leaves(value)
    )


def holds_redacted(value: Any) -> bool:
    """Whether something in a value was taken out on purpose."""
    return any(isinstance(one, Redacted) for one in leaves(value))
