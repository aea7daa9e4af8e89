"""The seam for files of an older format: read as today's, the original kept when it is saved."""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from cim_tui.core.errors import DamagedFile, NewerFile
from cim_tui.core.session import SCHEMA, Session
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.keeper import Keeper
from cim_tui.store.migrations import MIGRATIONS
from tests.store.files import put_file, text

OLD = text("quail").replace("schema = 1", "schema = 0").replace('name = "', 'called = "')


def from_nought(doc: dict[str, Any]) -> dict[str, Any]:
    """An invented first format, in which a district was called something."""
    lea = dict(doc["lea"])
    lea["name"] = lea.pop("called")
    return {**doc, "lea": lea}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MIGRATIONS, 0, from_nought)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = put_file(tmp_path, "quail")
    path.write_text(OLD)
    return path


def keeper(path: Path) -> Keeper:
    look = disk.look(path)
    return Keeper(path, sessions.read(path).doc, "Ana", lambda: "2025-11-03T09:30:00Z", SystemRandom(),
                  look=look)  # fmt: skip


def test_there_is_no_older_format_yet() -> None:
    assert MIGRATIONS == {}
    assert SCHEMA == 1


def test_without_a_step_an_older_format_is_no_session(old: Path) -> None:
    with pytest.raises(DamagedFile, match="schema = 1"):
        sessions.read(old)


def test_an_older_file_is_read_as_todays_and_stays_as_it_is(known: None, old: Path) -> None:
    session = sessions.read(old)
    assert (session.lea, session.doc["schema"]) == ("Quail Ridge Unified", SCHEMA)
    assert old.read_text() == OLD
    assert [p.name for p in old.parent.iterdir()] == ["quail.toml"]


def test_the_original_is_kept_when_it_is_saved(known: None, old: Path) -> None:
    for words in ("Mondays", "Fridays"):
        own = keeper(old)
        own.save(Session(own.state).with_value("gather.team.meets", words).doc)
        own.close()
    kept = journal.folder_of(old.parent, "q7m2x4k9c3bd") / "schema-0.toml"
    assert kept.read_text() == OLD
    assert sessions.read(old).raw("gather.team.meets") == "Fridays"
    assert "schema = 1" in old.read_text()


def test_an_older_file_that_is_not_what_its_format_says_is_damaged(known: None, old: Path) -> None:
    for wrong in ("[lea]", "called = 3\nlea"):
        old.write_text(OLD.replace("[lea]", f"[x]\n{'' if wrong == '[lea]' else wrong}"))
        with pytest.raises(DamagedFile):
            sessions.read(old)


@pytest.mark.parametrize("schema", ["-1", "true", '"0"', "0.0", "[]", "-99999999999999999999"])
def test_a_number_that_is_no_format_is_no_session(schema: str, known: None, old: Path) -> None:
    old.write_text(OLD.replace("schema = 0", f"schema = {schema}"))
    with pytest.raises(DamagedFile):
        sessions.read(old)


def test_a_newer_file_is_refused_and_stays(known: None, old: Path) -> None:
    old.write_text(OLD.replace("schema = 0", "schema = 2"))
    with pytest.raises(NewerFile, match="update cim-tui"):
        sessions.read(old)
