"""Values of each field type: how they are read from a file, from typed text, and shown.

What a file holds (raw) and what rules work on (value) differ only for decimals and dates.
A raw value that does not fit its type is a `Misfit`: kept, shown, and a problem; never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from cim_tui.core.errors import ValueRefused
from cim_tui.core.language import WITH_CHOICES, Column
from cim_tui.core.text import clean, one_line

DECIMALS = frozenset({"number", "percent", "money"})


@dataclass(frozen=True)
class Misfit:
    """A stored value that is not of its field's type."""

    raw: Any
    wanted: str


WANTED = {
    "text": "a text", "long-text": "a text", "choice": "one of the choices",
    "integer": "a whole number", "rating": "a whole number", "number": "a number",
    "percent": "a number", "money": "an amount", "date": "a date such as 2025-10-01",
    "yes-no": "yes or no", "choices": "a list of choices", "checklist": "a list of choices",
    "table": "rows", "people": "rows", "evidence": "rows",
    "reference": "a row of another table", "calculated": "nothing: it is calculated",
}  # fmt: skip


def read(spec: Column, raw: Any) -> Any:
    """The value a raw TOML value stands for, or a `Misfit`; None stays None."""
    if raw is None:
        return None
    value = _read(spec, raw)
    return Misfit(raw, WANTED[spec.type]) if value is None else value


def _read(spec: Column, raw: Any) -> Any:
    kind = spec.type
    if kind in ("text", "long-text", "choice"):
        return raw if isinstance(raw, str) else None
    if kind == "yes-no":
        return raw if isinstance(raw, bool) else None
    if kind in ("integer", "rating"):
        return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
    if kind in DECIMALS:
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
            return None
        number = Decimal(raw)
        return number if number.is_finite() and _can_be_written(number) else None
    if kind == "date":
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else None
    if kind in ("choices", "checklist") or (kind == "reference" and spec.many):
        texts = isinstance(raw, list) and all(isinstance(item, str) for item in raw)
        return raw if texts else None
    if kind == "reference":
        return raw if isinstance(raw, str) else None
    if kind in ("table", "people", "evidence"):
        rows = isinstance(raw, dict) and all(isinstance(row, dict) for row in raw.values())
        return raw if rows else None
    return None


def _can_be_written(number: Decimal) -> bool:
    """Whether a number has a length that a person could read: 60 places before and after."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -60 and number.adjusted() <= 60


def digits(number: Decimal) -> str:
    """A decimal in plain digits; one that nobody could read stays as it was written."""
    writable = number.is_finite() and _can_be_written(number)
    return format(number, "f") if writable else str(number)


def is_empty(raw: Any) -> bool:
    """Whether a raw value says nothing: blank text, no items, no rows."""
    return raw is None or (isinstance(raw, str | list | dict) and not _has_content(raw))


def _has_content(raw: str | list[Any] | dict[str, Any]) -> bool:
    return bool(raw.strip()) if isinstance(raw, str) else bool(raw)


def parse(spec: Column, text: str, choices: Mapping[str, str]) -> Any:
    """Turn what a person typed into what a file holds.

    Args:
        spec: the field or column.
        text: as typed; cleaned here.
        choices: ids and labels, where the field has choices.

    Returns:
        The raw value; None for blank text.

    Raises:
        ValueRefused: the text is not of the field's type; says what would be.
    """
    if spec.type == "long-text":
        cleaned = clean(text)
        return cleaned if cleaned.strip() else None
    line = one_line(text)
    if not line:
        return None
    reader = READERS.get(spec.type)
    if reader is None:
        raise ValueRefused(f"{spec.label} holds rows; add them one by one, or give JSON")
    return reader(spec, line, choices)


def _parts(line: str, choices: Mapping[str, str]) -> list[str]:
    """A list typed with commas; a label that holds a comma itself stays whole."""
    known = {key.casefold() for key in choices} | {label.casefold() for label in choices.values()}
    pieces = [part.strip() for part in line.split(",") if part.strip()]
    found: list[str] = []
    while pieces:
        whole = next(
            (n for n in range(len(pieces), 0, -1) if ", ".join(pieces[:n]).casefold() in known), 1
        )
        found.append(", ".join(pieces[:whole]))
        pieces = pieces[whole:]
    return found


_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,18})")


def _whole(line: str, scale: int | None) -> int:
    digits = line.replace(",", "")
    if not _WHOLE.fullmatch(line):
        raise ValueRefused(f'"{line}" is not a whole number; write it in digits, such as 42')
    number = int(digits)
    if scale is not None and not 1 <= number <= scale:
        raise ValueRefused(f"{number} is not on the scale; choose 1 to {scale}")
    return number


_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,30})(?:\.[0-9]{1,30})?")


def _decimal(line: str) -> Decimal:
    bare = re.sub(r"^([+-]?)\$", r"\1", line.removesuffix("%")).strip()
    if not _NUMBER.fullmatch(bare):
        raise ValueRefused(f'"{line}" is not a number; write it as 12 or 12.5')
    try:
        return Decimal(bare.replace(",", ""))
    except InvalidOperation as wrong:  # pragma: no cover - the pattern already excludes it
        raise ValueRefused(f'"{line}" is not a number') from wrong


def decimal_raw(number: Decimal) -> int | Decimal:
    """The TOML form of a decimal: an integer when it has no decimal places."""
    exponent = number.as_tuple().exponent
    return int(number) if exponent == 0 else number


_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}


def parse_date(line: str) -> date:
    """Read a date in one of four explicit forms; nothing is guessed.

    2025-10-01, 10/1/2025 (month first), October 1, 2025 and 1 October 2025.

    Raises:
        ValueRefused: any other form, or a day that does not exist.
    """
    text = line.strip().lower()
    year = month = day = 0
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII):
        month, day, year = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"([a-z]+)\.? (\d{1,2}),? (\d{4})", text, re.ASCII):
        month, day, year = _MONTHS.get(found[1], 0), int(found[2]), int(found[3])
    elif found := re.fullmatch(r"(\d{1,2})\.? ([a-z]+)\.? (\d{4})", text, re.ASCII):
        day, month, year = int(found[1]), _MONTHS.get(found[2], 0), int(found[3])
    else:
        raise ValueRefused(f'"{one_line(line)}" is not a date; write it as 2025-10-01')
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise ValueRefused(f'There is no day "{one_line(line)}"; write it as 2025-10-01') from wrong


def _yes_no(line: str) -> bool:
    answer = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
    if line.lower() not in answer:
        raise ValueRefused(f'"{line}" is neither yes nor no')
    return answer[line.lower()]


def _means(typed: str, key: str, label: str) -> bool:
    """Whether a text is a choice's id in capitals, a part of its label, or how its label begins."""
    words = label.casefold()
    parts = [part.strip() for part in words.split("·")]
    return typed == key.casefold() or typed in parts or (len(typed) > 2 and words.startswith(typed))


def _choice(line: str, choices: Mapping[str, str]) -> str:
    if line in choices:
        return line
    by_label = {label.casefold(): key for key, label in choices.items()}
    if line.casefold() in by_label:
        return by_label[line.casefold()]
    near = [key for key, label in choices.items() if _means(line.casefold(), key, label)]
    if len(near) == 1:
        return near[0]
    shown = ", ".join(list(choices)[:12]) + (" ..." if len(choices) > 12 else "")
    raise ValueRefused(f'"{line}" is not a choice here; choose one of: {shown}')


def _several(spec: Column, line: str, choices: Mapping[str, str]) -> list[str] | None:
    del spec
    return [_choice(part, choices) for part in _parts(line, choices)] or None


def _reference(spec: Column, line: str, choices: Mapping[str, str]) -> list[str] | str | None:
    ids = _parts(line, choices)
    if not ids:
        return None
    return ids if spec.many else ids[0] if len(ids) == 1 else line


def _calculated(spec: Column, line: str, choices: Mapping[str, str]) -> Any:
    del spec, line, choices
    raise ValueRefused("This is calculated from other answers; enter those instead")


READERS: dict[str, Callable[[Column, str, Mapping[str, str]], Any]] = {
    "text": lambda _spec, line, _choices: line,
    "integer": lambda _spec, line, _choices: _whole(line, None),
    "rating": lambda spec, line, _choices: _whole(line, spec.scale),
    "number": lambda _spec, line, _choices: decimal_raw(_decimal(line)),
    "percent": lambda _spec, line, _choices: decimal_raw(_decimal(line)),
    "money": lambda _spec, line, _choices: decimal_raw(_decimal(line)),
    "date": lambda _spec, line, _choices: parse_date(line),
    "yes-no": lambda _spec, line, _choices: _yes_no(line),
    "choice": lambda _spec, line, choices: _choice(line, choices),
    "choices": _several,
    "checklist": _several,
    "reference": _reference,
    "calculated": _calculated,
}
"""How a typed line becomes what a file holds, by type; types with rows are not typed in a line."""


def show(spec: Column, raw: Any, choices: Mapping[str, str] | None = None) -> str:
    """A raw value as people read it, in one text; rows are shown elsewhere."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    if isinstance(raw, list):
        return ", ".join(_label(item, choices) for item in raw)
    if spec.type in WITH_CHOICES and isinstance(raw, str):
        return _label(raw, choices)
    if spec.type == "money" and isinstance(raw, int | Decimal):
        return _dollars(raw)
    if spec.type == "percent" or (spec.type == "calculated" and _is_percent(spec)):
        return f"{digits(raw) if isinstance(raw, Decimal) else raw}%"
    if isinstance(raw, Decimal):
        return digits(raw)
    return str(raw)


def _dollars(raw: int | Decimal) -> str:
    if isinstance(raw, Decimal) and not (raw.is_finite() and _can_be_written(raw)):
        return str(raw)
    sign = "-" if raw < 0 else ""
    return f"{sign}${abs(raw):,}" if isinstance(raw, int) else f"{sign}${abs(raw):,f}"


def _is_percent(spec: Column) -> bool:
    return spec.calculate is not None and spec.calculate.rate is not None


def _label(item: Any, choices: Mapping[str, str] | None) -> str:
    return str((choices or {}).get(item, item)) if isinstance(item, str) else str(item)
