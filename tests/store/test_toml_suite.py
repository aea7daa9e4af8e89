"""The public TOML 1.0 cases: what is valid is read, what is invalid is damage, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cim_tui.core.errors import DamagedFile
from cim_tui.core.text import clean
from cim_tui.store import toml
from tests.conftest import shared

NEWER = {
    "invalid/datetime/no-secs.toml",
    "invalid/inline-table/linebreak-01.toml",
    "invalid/inline-table/linebreak-02.toml",
    "invalid/inline-table/linebreak-03.toml",
    "invalid/inline-table/linebreak-04.toml",
    "invalid/inline-table/trailing-comma.toml",
    "invalid/local-datetime/no-secs.toml",
    "invalid/local-time/no-secs.toml",
    "invalid/string/basic-byte-escapes.toml",
}
"""Valid since TOML 1.1, which the parser knows: read without loss, and written back as 1.0."""


@pytest.fixture(scope="module")
def suite() -> Path:
    return shared("toml-test") / "tests"


def cases(suite: Path, kind: str) -> dict[str, bytes]:
    """Every file of a kind that TOML 1.0 knows, by its name in the suite."""
    listed = (suite / "files-toml-1.0.0").read_text("utf-8").splitlines()
    wanted = [name for name in listed if name.startswith(kind + "/") and name.endswith(".toml")]
    return {name: (suite / name).read_bytes() for name in wanted}


def test_there_are_hundreds_of_cases(suite: Path) -> None:
    assert len(cases(suite, "valid")) > 150
    assert len(cases(suite, "invalid")) > 300


def test_every_valid_case_is_read(suite: Path) -> None:
    refused = {}
    for name, data in cases(suite, "valid").items():
        try:
            toml.load(data, name)
        except DamagedFile as wrong:
            refused[name] = wrong.reason

    assert refused == {}


def test_every_invalid_case_is_damage_with_a_line_unless_a_newer_toml_allows_it(
    suite: Path,
) -> None:
    taken, lineless = [], []
    for name, data in cases(suite, "invalid").items():
        try:
            toml.load(data, name)
        except DamagedFile as wrong:
            if not wrong.line:
                lineless.append(name)
        else:
            taken.append(name)

    assert set(taken) == NEWER
    assert lineless == []


def comparable(value: Any) -> Any:
    """A document as a session holds it: texts cleaned; and every NaN made like itself."""
    if isinstance(value, dict):
        return {clean(key): comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    if isinstance(value, str):
        return clean(value)
    return "nan" if value != value else value  # noqa: PLR0124 - only NaN is unlike itself


def test_every_valid_case_survives_writing_and_reading_again(suite: Path) -> None:
    changed = []
    for name, data in cases(suite, "valid").items():
        doc = comparable(toml.load(data, name))
        if toml.load(toml.dump(doc), name) != doc:
            changed.append(name)

    assert changed == []
