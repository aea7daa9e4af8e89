"""Calculated answers and settings: exact, null-safe, and each from where it should come."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim_tui.core.lint import lint
from tests.core.builders import (
    PRACTICE,
    PUBLISHED,
    CaseBuilder,
    calendar,
    case,
    one,
    workflow,
)

MONEY: dict[str, Any] = {"type": "money"}
NUMBER: dict[str, Any] = {"type": "number"}


def calc(**how: Any) -> dict[str, Any]:
    return {"type": "calculated", "calculate": how}


def result(at: CaseBuilder, field: str = "it", row: str = "") -> Any:
    head, _, column = field.partition(".")
    placed = at.workflow.fields[at.at(head)]
    if not column:
        return at.situation.value(placed)
    return at.situation.cell(placed, at.situation.rows(placed)[row], column)


# Sums, differences, rates and scores


def parts(**how: Any) -> CaseBuilder:
    return one({"a": NUMBER, "b": NUMBER, "it": calc(**how)}).answer("a", 7).answer("b", 2)


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({"sum": ["a", "b"]}, Decimal(9)),
        ({"difference": ["a", "b"]}, Decimal(5)),
        ({"rate": ["b", "a"]}, Decimal("28.57")),
        ({"rate": ["b", "a"], "places": 4}, Decimal("28.5714")),
        ({"rate": ["a", "b"], "places": 0}, Decimal(350)),
        ({"score": {"a": 3, "b": -1}}, Decimal(19)),
        ({"share": {"of": ["a", "b"], "percent": 15}}, Decimal("1.35")),
    ],
)
def test_each_way_of_calculating(how: dict[str, Any], wanted: Decimal) -> None:
    assert result(parts(**how)) == wanted


@pytest.mark.parametrize("missing", ["unanswered", "absent", "unreadable", "hidden"])
@pytest.mark.parametrize(
    "how",
    [{"sum": ["a", "b"]}, {"difference": ["a", "b"]}, {"rate": ["a", "b"]},
     {"score": {"a": 3, "b": 1}}, {"share": {"of": ["a", "b"], "percent": 15}}],
)  # fmt: skip
def test_a_missing_part_makes_the_result_missing_never_zero(
    how: dict[str, Any], missing: str
) -> None:
    fields = {"q": {}, "a": NUMBER, "it": calc(**how),
              "b": {**NUMBER, "applies-when": {"field": "q", "is": "on"}}}  # fmt: skip
    at = one(fields).answer("a", 7).answer("b", 2).answer("q", "on")
    assert result(at) is not None

    changed = {
        "unanswered": at.clear("b"),
        "absent": at.absent("b", "no-data"),
        "unreadable": at.answer("b", "two"),
        "hidden": at.answer("q", "off"),
    }[missing]

    assert result(changed) is None


def test_a_rate_over_nothing_is_missing() -> None:
    assert result(parts(rate=["a", "b"]).answer("b", 0)) is None


def test_a_calculated_answer_can_be_calculated_with() -> None:
    fields = {"a": NUMBER, "b": calc(sum=["a", "a"]), "it": calc(sum=["b", "a"])}

    assert result(one(fields).answer("a", Decimal("0.1"))) == Decimal("0.3")


def test_a_zero_is_a_part_like_any_other() -> None:
    assert result(parts(sum=["a", "b"]).answer("b", 0)) == 7


# The set-aside

CENTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


def by_hand(total: Decimal, percent: int) -> Decimal:
    """Half up, in whole numbers only: another road to the same cent."""
    hundredths = int(total * 100) * percent
    return Decimal((2 * hundredths + 100) // 200).scaleb(-2)


@given(CENTS, CENTS, st.integers(1, 100))
def test_a_share_of_a_sum_is_rounded_half_up_to_the_cent(
    first: Decimal, second: Decimal, percent: int
) -> None:
    at = (
        SHARE.answer("a", first)
        .answer("b", second)
        .entry("settings", "set-aside-percent", value={"value": percent})
    )

    assert result(at) == by_hand(first + second, percent)


SHARE = case(
    workflow(
        {
            "gather.first": {
                "fields": {
                    "a": MONEY,
                    "b": MONEY,
                    "it": calc(
                        share={"of": ["a", "b"], "percent": {"setting": "set-aside-percent"}}
                    ),
                },
                "settings": {
                    "set-aside-percent": {"label": "Set-aside", "default": 15, "source": PUBLISHED}
                },
            }
        }
    )
)


@pytest.mark.parametrize(
    ("grants", "share"),
    [
        ("0.03", "0.00"),
        ("0.04", "0.01"),
        ("0.10", "0.02"),
        ("123456.70", "18518.51"),
        ("0", "0.00"),
    ],
)
def test_half_a_cent_goes_up(grants: str, share: str) -> None:
    at = SHARE.answer("a", Decimal(grants)).answer("b", 0)

    assert str(result(at)) == share


# Over rows


def budget(**how: Any) -> CaseBuilder:
    areas = {"name": {}, "spent": calc(**{"sum": "items.cost", "per": "area", **how})}
    items = {"area": {"type": "reference", "to": "areas"}, "cost": MONEY, "on": {"type": "yes-no"}}
    fields = {"areas": {"columns": areas}, "items": {"columns": items},
              "it": calc(sum="items.cost")}  # fmt: skip
    at = one(fields).row("areas", "aaaaaa", name="Read").row("areas", "aaaaab", name="Write")
    return at.row("items", "i1", area="aaaaaa", cost=Decimal("1.10"), on=True).row(
        "items", "i2", area="aaaaab", cost=Decimal("2.20"), on=False
    )


def test_a_column_is_added_up_over_rows() -> None:
    assert result(budget()) == Decimal("3.30")


def test_each_row_adds_up_the_rows_that_refer_to_it() -> None:
    assert result(budget(), "areas.spent", "aaaaaa") == Decimal("1.10")
    assert result(budget(), "areas.spent", "aaaaab") == Decimal("2.20")


def test_where_picks_the_rows_to_add() -> None:
    at = budget(where={"on": True})

    assert result(at, "areas.spent", "aaaaab") == 0


def test_one_empty_cell_makes_the_sum_over_rows_missing() -> None:
    assert result(budget().row("items", "i3", area="aaaaaa")) is None


def test_rows_of_a_hidden_table_are_not_added_up() -> None:
    fields = {
        "q": {},
        "t": {"columns": {"cost": MONEY}, "applies-when": {"field": "q", "is": "on"}},
        "it": calc(sum="t.cost"),
    }
    at = one(fields).answer("q", "off").row("t", "aaaaaa", cost=5)

    assert result(at) != 5


def test_a_sum_of_one_field_is_that_field() -> None:
    assert result(one({"a": NUMBER, "it": calc(sum="a")}).answer("a", 7)) == 7


# Numbers at the edge


@pytest.mark.parametrize(
    "how",
    [{"rate": ["a", "b"]}, {"share": {"of": ["a", "b"], "percent": 15}}],
)
def test_a_very_large_amount_breaks_nothing(how: dict[str, Any]) -> None:
    thirty = int("9" * 30)

    assert result(parts(**how).answer("a", thirty)) is not None


def test_a_sum_is_exact_to_the_last_digit() -> None:
    thirty = Decimal("9" * 30 + ".25")

    assert result(parts(sum=["a", "b"]).answer("a", thirty).answer("b", Decimal("0.25"))) == (
        Decimal("9" * 30 + ".50")
    )


def test_answers_calculated_from_each_other_are_missing_and_nothing_breaks() -> None:
    at = one({"a": calc(sum=["b"]), "b": calc(sum=["a"])})

    assert result(at, "a") is None


def test_answers_calculated_from_each_other_are_refused_by_lint() -> None:
    made = one({"a": calc(sum=["b"]), "b": calc(sum=["a"])}).workflow

    assert any("wait for each other" in remark.message for remark in lint(made, ["first"]))


# Settings


def limited(**own: Any) -> CaseBuilder:
    setting = {"label": "Most", "default": 3, "source": PRACTICE}
    made = workflow(
        {
            "gather.first": {
                "fields": {"n": {"type": "integer"}},
                "settings": {"most": setting},
                "rules": {"it": {"on": "n", "range": {"at-most": {"setting": "most"}},
                                 "message": "{wanted}"}},
            }
        },
        **own,
    )  # fmt: skip
    return case(made).answer("n", 100)


PUBLISHED_LIMIT = calendar(settings={"most": {"label": "Most", "default": 5, "source": PUBLISHED}})


def with_calendar(at: CaseBuilder) -> CaseBuilder:
    return CaseBuilder(at.workflow, at.session, at.today, PUBLISHED_LIMIT)


def test_a_setting_starts_from_the_activity() -> None:
    assert limited().messages("it") == ["3"]


def test_the_workflow_overrides_the_activity() -> None:
    own = {"settings": {"most": {"label": "Most", "default": 4, "source": PRACTICE}}}

    assert limited(**own).messages("it") == ["4"]


def test_the_years_calendar_overrides_the_workflow() -> None:
    assert with_calendar(limited()).messages("it") == ["5"]


def test_the_case_overrides_the_calendar() -> None:
    at = with_calendar(limited()).entry("settings", "most", value={"value": 6, "reason": "Agreed"})

    assert at.messages("it") == ["6"]


def test_a_case_may_set_a_setting_to_nothing_at_all() -> None:
    at = limited().entry("settings", "most", value={"value": 0})

    assert at.messages("it") == ["0"]


@pytest.mark.parametrize("junk", ["six", True, [6], {}, None])
def test_an_override_that_is_no_number_is_passed_over(junk: Any) -> None:
    entry = {"value": junk} if junk is not None else 6

    assert limited().entry("settings", "most", value=entry).messages("it") == ["3"]


@pytest.mark.parametrize("junk", ["NaN", "Infinity"])
def test_an_override_that_is_not_finite_is_passed_over(junk: str) -> None:
    at = limited().entry("settings", "most", value={"value": Decimal(junk)})

    assert at.messages("it") == ["3"]
