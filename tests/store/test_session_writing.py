"""Session files written: whole, private, and in one order."""

from __future__ import annotations

import errno
import os
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cim_tui.core.errors import CimError, NotSaved
from cim_tui.core.session import Session
from cim_tui.store import sessions, toml
from tests.store.files import names, put_file, session, text


def test_a_written_session_reads_back_the_same(tmp_path: Path) -> None:
    made = session().with_value("gather.team.meets", "One\nTwo").with_value("gather.team.n", 3)

    sessions.write(tmp_path, made, new=True)

    assert sessions.read(tmp_path / "quail.toml").doc == made.doc


def test_a_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = sessions.write(tmp_path, session(), new=True)
        sessions.prepare(tmp_path / "new")
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / ".gitignore").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [(0o600, 0o600), (0o660, 0o660), (0o644, 0o640)],
)
def test_a_save_keeps_what_a_group_may_do_and_lets_nobody_else_in(
    tmp_path: Path, before: int, after: int
) -> None:
    path = put_file(tmp_path, "quail")
    path.chmod(before)
    base = sessions.read(path)

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert stat.S_IMODE(path.stat().st_mode) == after


def test_a_prepared_folder_keeps_its_cases_out_of_a_history(tmp_path: Path) -> None:
    sessions.prepare(tmp_path / "new")

    assert (tmp_path / "new" / ".gitignore").read_text("utf-8") == "*\n!.gitignore\n"


def test_preparing_again_leaves_a_folders_own_rules_alone(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n", "utf-8")

    sessions.prepare(tmp_path)

    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine\n"


def test_a_save_replaces_nothing_but_its_own_file(tmp_path: Path) -> None:
    other = put_file(tmp_path, "owl", uid="b")
    before = other.read_bytes()
    base = sessions.read(put_file(tmp_path, "quail"))

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert names(tmp_path) == {"owl.toml", "quail.toml"}
    assert other.read_bytes() == before


def test_a_new_case_never_replaces_one_that_is_there(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    before = path.read_bytes()

    with pytest.raises(CimError, match="already a case quail"):
        sessions.write(tmp_path, session(), new=True)

    assert path.read_bytes() == before


def test_keys_of_a_newer_version_are_kept_and_come_after_our_own(tmp_path: Path) -> None:
    more = 'answers.gather.team.meets = "x"\n'
    content = 'weather = "fine"\n' + more + text("quail") + "\n[zoo.lion]\nage = 3\n"
    path = tmp_path / "quail.toml"
    path.write_text(content, "utf-8")
    base = sessions.read(path)

    sessions.write(tmp_path, base.with_fact("year", 2026))

    again = sessions.read(path)
    assert again.at("weather") == "fine"
    assert again.at("zoo", "lion", "age") == 3
    written = path.read_text("utf-8")
    assert written.index("[answers") < written.index("[zoo")
    assert written.splitlines()[0] == "schema = 1"


def test_the_order_of_keys_does_not_depend_on_the_order_of_changes() -> None:
    one = session().with_value("gather.a.x", 1).with_entry(("done", "gather"), {"by": "R"})
    two = session().with_entry(("done", "gather"), {"by": "R"}).with_value("gather.a.x", 1)

    assert sessions.encode(one) == sessions.encode(two)


def test_what_is_written_twice_is_the_same_bytes(tmp_path: Path) -> None:
    made = (
        session()
        .with_value("gather.team.cost", Decimal("1.50"))
        .with_row("gather.team.t", "aaaaaa", {"on": date(2025, 1, 2), "who": ["a", "b"]})
    )
    path = sessions.write(tmp_path, made, new=True)

    assert sessions.encode(sessions.read(path)) == path.read_bytes()


def test_a_case_larger_than_the_limit_is_not_written(tmp_path: Path) -> None:
    base = sessions.read(put_file(tmp_path, "quail"))
    before = (tmp_path / "quail.toml").read_bytes()

    with pytest.raises(NotSaved, match="larger than 4 MiB"):
        sessions.write(tmp_path, base.with_value("gather.a.x", "x" * toml.LIMIT))

    assert (tmp_path / "quail.toml").read_bytes() == before


def test_a_text_that_cannot_be_encoded_is_a_save_that_says_so() -> None:
    with pytest.raises(NotSaved):
        sessions.encode(Session({**session().doc, "zoo": {"x": "\ud800"}}))


def test_a_case_that_holds_nan_can_be_saved(tmp_path: Path) -> None:
    base = sessions.read(put_file(tmp_path, "quail", more="[zoo]\nx = nan\n"))

    sessions.write(tmp_path, base.with_fact("year", 2026))

    assert sessions.read(tmp_path / "quail.toml").fact("year") == 2026


# Ids for new cases


@pytest.mark.parametrize(
    ("lea", "stem"),
    [
        ("Quail Ridge Unified", "quail-ridge-unified-2025-trial"),
        ("Peñasquitos ∕ Élan", "penasquitos-elan-2025-trial"),
        ("学区", "case-2025-trial"),
        ("../../etc", "etc-2025-trial"),
        ("CON", "con-2025-trial"),
        ("x" * 200, "x" * 40 + "-2025-trial"),
    ],
)
def test_an_id_is_made_from_the_districts_name_and_is_always_a_good_one(
    tmp_path: Path, lea: str, stem: str
) -> None:
    found = sessions.free_id(tmp_path, lea, 2025, "trial")

    assert found == stem
    assert sessions.path_of(tmp_path, found).parent == tmp_path


def test_a_second_case_of_the_same_district_gets_a_number(tmp_path: Path) -> None:
    put_file(tmp_path, "quail-2025-trial", uid="a")
    put_file(tmp_path, "quail-2025-trial-2", uid="b")

    assert sessions.free_id(tmp_path, "Quail", 2025, "trial") == "quail-2025-trial-3"


def test_errno_is_said_in_words(tmp_path: Path) -> None:
    target = tmp_path / "none" / "deeper"

    with pytest.raises(NotSaved, match=os.strerror(errno.ENOENT)):
        sessions.write(target, session())
