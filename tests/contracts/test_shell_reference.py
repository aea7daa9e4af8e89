"""docs/shell.md says what the program does: made from the parsers, and followed for real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cim_tui.cli.commands import COMMANDS
from cim_tui.cli.run import CRASHED
from cim_tui.core.errors import Exit
from cim_tui.store.paths import Settings
from tests.conftest import REPO
from tests.contracts.shell_reference import (
    PAGE,
    codes_in,
    follow,
    misfit,
    presentable,
    reference,
    up_to_date,
)

WRITE = "Run: python -m tests.contracts.shell_reference --write"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def sources() -> str:
    """The code of the package, in one text."""
    return "\n".join(path.read_text("utf-8") for path in (REPO / "cim_tui").rglob("*.py"))


def test_the_commands_are_described_as_the_parsers_take_them(page: str) -> None:
    assert up_to_date(page), WRITE


def test_every_command_has_a_heading_and_an_example() -> None:
    text = reference()
    for name in COMMANDS:
        assert f"\n#### cim {name}\n" in text
        assert f"```sh\ncim {name}" in text


def test_what_the_page_shows_is_what_the_program_answers(page: str, tmp_path: Path) -> None:
    stale = list(follow(page, tmp_path))
    assert not stale, WRITE + "\n" + "\n".join(map(str, stale))


def test_every_exit_code_is_in_the_table_and_no_other(page: str) -> None:
    assert codes_in(page) == {*map(int, Exit), CRASHED}


def test_every_schema_that_is_printed_is_described(page: str) -> None:
    printed = set(re.findall(r'put_json\(\s*"([a-z-]+)"', sources()))
    printed |= set(re.findall(r'"cim\.([a-z-]+)/1"', sources()))
    assert printed
    shown = set(re.findall(r'"schema": "cim\.([a-z-]+)/1"', page))
    assert printed - shown == set()


def test_every_variable_of_the_environment_is_described(page: str) -> None:
    read = set(re.findall(r'["(](CIM_[A-Z]+)["]', sources()))
    assert {"CIM_SESSIONS", "CIM_USER"} <= read
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_setting_is_described(page: str) -> None:
    assert {name for name in Settings.KNOWN if f"| `{name}` |" not in page} == set()


def test_lines_of_prose_are_not_too_long(page: str) -> None:
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120 and line[:1] != "|"] == []


# That the check can fail


@pytest.mark.parametrize(
    ("shown", "real", "why"),
    [
        ({"a": 1}, {"a": 2}, ""),
        ({"a": None}, {"a": {"b": 1}}, ""),
        ({"a": []}, {"a": [1]}, ""),
        ({"a": 1}, {"a": 1, "b": 2}, "keys of the object are now a, b"),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, "keys of a are now c"),
        ({"a": [{"b": 1}]}, {"a": [{"b": "1"}, {"c": 1}]}, "a[].b is now str"),
        ({"a": 1}, {"a": True}, "a is now bool"),
        ({"answers": {"x": {"v": 1}}}, {"answers": {"y": {"v": 2}}}, ""),
        ({"answers": {"x": {"v": 1}}}, {"answers": {"y": {"w": 2}}}, "keys of answers[] are now w"),
    ],
)
def test_an_example_of_another_shape_is_found(shown: object, real: object, why: str) -> None:
    assert misfit(shown, real) == why


def test_a_page_that_says_something_else_is_found(tmp_path: Path) -> None:
    page = (
        "```console\n$ echo one\ntwo\n```\n"
        '```sh\necho \'{"schema": "x", "a": 1}\'\n```\n'
        '```json\n{"schema": "x"}\n```\n'
    )
    assert [str(each).splitlines()[0] for each in follow(page, tmp_path)] == [
        "line 2: echo one",
        'line 9: echo \'{"schema": "x", "a": 1}\': keys of the object are now schema, a',
    ]


def test_a_real_answer_is_shown_short_and_without_the_folder_it_came_from(tmp_path: Path) -> None:
    answer = {"path": f"{tmp_path}/demo/a.toml", "many": [1, 2, 3], "long": "x" * 200}
    shown = presentable(answer, tmp_path)
    assert shown == {"path": "/srv/demo/a.toml", "many": [1], "long": "x" * 89 + "…"}
