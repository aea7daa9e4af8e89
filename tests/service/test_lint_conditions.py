"""Remarks about conditions: what they test, and whether they can ever hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim_tui.service.definitions import lint_all
from tests.service.definition_files import NEVER, marked, only, written

CONDITIONS: dict[str, tuple[str, str]] = {
    "a field that is not there": ('field = "none", is = 1', 'there is no field "none"'),
    "a column outside a table": ('column = "name", is = "x"', 'there is no column "name"'),
    "at-least of words": (
        'field = "words", at-least = 1', '"at-least" needs a number or a table; "words" is text',
    ),
    "before of words": (
        'field = "words", before = 2025-01-01', '"before" and "after" need a date; "words" is text',
    ),
    "after of a number": (
        'field = "n", after = 2025-01-01', '"before" and "after" need a date; "n" is number',
    ),
    "a choice that is not offered": (
        'field = "tier", is = "none"', '"none" is not a choice of "tier": small, large',
    ),
    "one of several choices that is not offered": (
        'field = "tier", in = ["small", "none"]',
        '"none" is not a choice of "tier": small, large',
    ),
    "yes written as a word": (
        'field = "q", is = "yes"', '"q" is yes or no: write true or false',
    ),
    "a year written as a text": (
        'fact = "year", is = "2023"', "the year is a number, such as 2023",
    ),
    "two choices at once": (
        'all = [{ field = "tier", is = "small" }, { field = "tier", is = "large" }]', NEVER,
    ),
    "a choice and its opposite": (
        'all = [{ field = "q", is = true }, { not = { field = "q", is = true } }]', NEVER,
    ),
    "an answer that is not answered": ('field = "q", is = true, answered = false', NEVER),
    "two levels at once": (
        'all = [{ fact = "level", is = "one" }, { fact = "level", is = "two" }]', NEVER,
    ),
    "a choice outside its own list": ('field = "tier", is-not = "none"', "is not a choice"),
    "a test deep inside": (
        'any = [{ not = { all = [{ field = "none", is = 1 }] } }, { field = "q", is = true }]',
        'there is no field "none"',
    ),
    "a group of nothing": ("all = []", "there is no field"),
}  # fmt: skip


@pytest.mark.parametrize(("condition", "message"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_fault_in_a_condition_is_said_at_its_line(
    tmp_path: Path, condition: str, message: str
) -> None:
    text = f'[fields.x]\ntype = "text"\nlabel = "X"\napplies-when = {{ {condition} }}  # here\n'
    library = written(tmp_path, activity="\n" + text)

    found = only(library)

    assert (found.severity, found.line) == ("error", marked(library, "activity:first"))
    assert message in found.message


SOUND = [
    'field = "tier", is = "small"',
    'any = [{ field = "tier", is = "small" }, { field = "tier", is = "large" }]',
    'all = [{ field = "tier", is-not = "small" }, { field = "tier", is-not = "large" }]',
    'all = [{ field = "q", is = true }, { fact = "level", in = ["one", "two"] }]',
    'not = { field = "q", is = true }',
    'field = "words", contains = "x"',
    'field = "t", at-least = 2',
    'fact = "year", at-least = 2024',
    'field = "q", answered = false',
    'field = "t.role", is = "selpa"',
    'field = "first.tier", is = "small"',
    'field = "gather.first.tier", is = "small"',
    'all = [{ field = "d", after = 2025-01-01 }, { field = "d", before = 2025-12-31 }]',
]


@pytest.mark.parametrize("condition", [s for n, s in enumerate(SOUND) if n != 2])
def test_a_condition_that_can_hold_gives_no_remark(tmp_path: Path, condition: str) -> None:
    text = f'[fields.x]\ntype = "text"\nlabel = "X"\napplies-when = {{ {condition} }}\n'

    assert lint_all(written(tmp_path, activity="\n" + text)) == []


def test_a_choice_that_is_none_of_all_there_are_can_never_be(tmp_path: Path) -> None:
    text = f'[fields.x]\ntype = "text"\nlabel = "X"\napplies-when = {{ {SOUND[2]} }}  # here\n'

    assert only(written(tmp_path, activity="\n" + text)).message.endswith(NEVER)


def test_nothing_is_claimed_beyond_ten_thousand_combinations(tmp_path: Path) -> None:
    items = ", ".join(f'c{n} = "C{n}"' for n in range(30))
    fields = "".join(
        f'[fields.f{n}]\ntype = "choice"\nlabel = "F"\nchoices = {{ {items} }}\n' for n in range(3)
    )
    both = ", ".join(f'{{ field = "f{n}", is = "c{m}" }}' for n in range(3) for m in (0, 1))
    text = f'{fields}[fields.x]\ntype = "text"\nlabel = "X"\napplies-when = {{ all = [{both}] }}\n'

    assert lint_all(written(tmp_path, activity="\n" + text)) == []


def test_questions_that_wait_for_each_other_are_named_in_a_circle(tmp_path: Path) -> None:
    library = written(
        tmp_path,
        activity="""
[fields.x]
type = "text"
label = "X"
applies-when = { field = "y", answered = true }  # here

[fields.y]
type = "text"
label = "Y"
applies-when = { field = "x", answered = true }
""",
    )

    found = only(library)

    assert found.line == marked(library, "activity:first")
    assert "gather.first.x → gather.first.y → gather.first.x" in found.message
