"""Calculated fields. Exact decimals; a missing part makes the result missing, never 0."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from cim_tui.core.language import Calculate, SettingRef, Share
from cim_tui.core.spot import Row, Spot

if TYPE_CHECKING:
    from cim_tui.core.situation import Situation
    from cim_tui.core.workflow import Field

CENT = Decimal("0.01")
EXACT = Context(prec=400)
"""Enough digits for any sum of numbers that can be entered; nothing is rounded on the way."""


def calculated(
    situation: Situation, field: Field, row: Row | None, column: str | None = None
) -> Decimal | None:
    """The result of a calculated field or cell, or None when a part of it is missing.

    Args:
        situation: where the parts are read.
        field: the calculated field, or the table that holds the calculated column.
        row: the row of a calculated column.
        column: the calculated column's id.
    """
    spec = field.columns[column] if column else field.spec
    if spec.calculate is None:
        return None
    key = f"{field.address}.{row.id if row else ''}.{column or ''}"
    with situation.deciding(key) as first:
        return _result(spec.calculate, situation, field, row) if first else None


def _result(how: Calculate, situation: Situation, field: Field, row: Row | None) -> Decimal | None:
    if how.share is not None:
        return _share(how.share, situation, field, row)
    if how.rate is not None:
        return _rate(how, _parts(how.rate, situation, field, row))
    if how.difference is not None:
        first, second = _parts(how.difference, situation, field, row)
        return None if first is None or second is None else EXACT.subtract(first, second)
    if how.score is not None:
        parts = _parts(how.score, situation, field, row)
        weighted = zip(parts, how.score.values(), strict=True)
        return _total(None if part is None else part * weight for part, weight in weighted)
    if isinstance(how.sum, tuple):
        return _total(_parts(how.sum, situation, field, row))
    target = situation.workflow.target(str(how.sum), field.activity)
    if str(how.sum) in field.columns or (target is not None and target.column is None):
        return _total(_parts([str(how.sum)], situation, field, row))
    return _sum_over_rows(how, situation, field, row)


def _parts(
    names: Iterable[str], situation: Situation, field: Field, row: Row | None
) -> list[Decimal | None]:
    spot = Spot(field.activity, field if row else None, row)
    return [_number(situation.answer(name, spot)) for name in names]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _total(parts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for part in parts:
        if part is None:
            return None
        total = EXACT.add(total, part)
    return total


def _rate(how: Calculate, parts: list[Decimal | None]) -> Decimal | None:
    top, bottom = parts
    if top is None or bottom is None or bottom == 0:
        return None
    percent = EXACT.divide(EXACT.multiply(top, Decimal(100)), bottom)
    return percent.quantize(Decimal(1).scaleb(-how.places), ROUND_HALF_UP, EXACT)


def _share(share: Share, situation: Situation, field: Field, row: Row | None) -> Decimal | None:
    """A percent of a sum, rounded to the cent, half up.

    Source: CDE instructions for the 15 percent set-aside take the 611 and 619 grants together.
    """
    total = _total(_parts(share.of, situation, field, row))
    percent = share.percent
    rate = (
        situation.setting(percent.setting)
        if isinstance(percent, SettingRef)
        else situation.bound(percent, Spot(field.activity, field if row else None, row))
    )
    if total is None or rate is None:
        return None
    share_of_it = EXACT.divide(EXACT.multiply(total, Decimal(rate)), Decimal(100))
    return share_of_it.quantize(CENT, ROUND_HALF_UP, EXACT)


def _sum_over_rows(
    how: Calculate, situation: Situation, field: Field, row: Row | None
) -> Decimal | None:
    target = situation.workflow.target(str(how.sum), field.activity)
    if target is None or target.column is None:
        return None
    if situation.field_applies(target.field).truth is False:
        return None
    cells = []
    for other in situation.live_rows(target.field).values():
        spot = Spot(target.field.activity, target.field, other)
        if how.where is not None and situation.decide(how.where, spot).truth is not True:
            continue
        if how.per is not None and (row is None or other.cells.get(how.per) != row.id):
            continue
        cells.append(_number(situation.cell(target.field, other, target.column)))
    return _total(cells)
