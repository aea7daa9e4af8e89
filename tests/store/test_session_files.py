"""Session files: read as they are, written whole, refused when they are something else."""

from __future__ import annotations

import errno
import os
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cim_tui.core.errors import (
    ChangedOnDisk,
    CimError,
    DamagedFile,
    Exit,
    NewerFile,
    NoSession,
    NotSaved,
    UsageError,
)
from cim_tui.core.session import Session
from cim_tui.store import sessions, toml
from tests.store.files import names, put_file, session, text

# Read


def test_a_session_is_read_as_it_stands(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail", more='\n[answers.gather.team]\nmeets = "Tuesdays"\n')

    found = sessions.read(path)

    assert (found.id, found.lea, found.workflow) == ("quail", "Quail Ridge Unified", "trial")
    assert found.raw("gather.team.meets") == "Tuesdays"


def test_the_name_of_the_file_is_the_id_whatever_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "renamed.toml"
    path.write_text(text("quail"), "utf-8")

    assert sessions.read(path).id == "renamed"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert sessions.read(path).lea == "Quail Ridge Unified"


def test_terminal_controls_in_a_file_are_gone_once_it_is_read(tmp_path: Path) -> None:
    more = '[answers.gather.team]\nmeets = "\\u001b]52;c;x\\u0007"\n"k\\u202e" = ["\\u009b"]\n'

    found = sessions.read(put_file(tmp_path, "quail", more=more))

    assert found.raw("gather.team") == {"meets": "\ufffd]52;c;x\ufffd", "k\ufffd": ["\ufffd"]}


DAMAGE: dict[str, tuple[str, int, str]] = {
    "broken syntax": (text("q") + "\n[answers\n", 13, "Expected"),
    "a key twice": (text("q") + "\n[lea]\n", 13, "Cannot declare"),
    "nothing at all": ("", 1, "schema = 1"),
    "another file": ('[tool]\nname = "x"\n', 1, "schema = 1"),
    "an old schema": (text("q").replace("schema = 1", "schema = 0"), 1, "schema = 1"),
    "a schema that is a text": (text("q").replace("schema = 1", 'schema = "1"'), 1, "schema = 1"),
    "no district": (text("q").replace("[lea]", "[city]"), 1, "[lea] is missing"),
    "no case": (text("q").replace("[case]", "[cases]"), 1, "[case] is missing"),
    "no workflow": (text("q").replace('workflow = "trial"\n', ""), 8, "case.workflow"),
    "a uid that is a number": (text("{}").replace('"q7m2x4k9c3bd"', "7"), 2, "uid"),
    "answers that are a text": (text("q").replace("[lea]", "answers = 3\n[lea]"), 5, "answers"),
    "waivers that are a list": (text("q").replace("[lea]", "waivers = []\n[lea]"), 5, "waivers"),
    "a step that is a text": (text("q") + '[answers]\ngather = "x"\n', 13, "answers.gather"),
    "an activity that is a text": (text("q") + "[answers.gather]\nteam = 1\n", 13, "answers.gather"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "line", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_refused_with_its_line_and_the_reason(
    tmp_path: Path, content: str, line: int, reason: str
) -> None:
    path = tmp_path / "q.toml"
    path.write_text(content, "utf-8")

    with pytest.raises(DamagedFile) as refused:
        sessions.read(path)

    assert refused.value.exit == Exit.DAMAGED
    assert reason in refused.value.reason
    assert refused.value.line in (line, line + 1)
    assert path.read_text("utf-8") == content


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    path.write_bytes(path.read_bytes() + b'x = "\xff"\n')

    with pytest.raises(DamagedFile, match="not UTF-8") as refused:
        sessions.read(path)

    assert refused.value.line == 12


def test_a_file_of_a_newer_version_is_refused_with_its_own_code(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    path.write_text(path.read_text("utf-8").replace("schema = 1", "schema = 2"), "utf-8")

    with pytest.raises(NewerFile, match="schema 2"):
        sessions.read(path)
    assert sessions.shelf(tmp_path).damaged[0].code == Exit.NEWER


def test_a_file_of_exactly_four_mebibytes_is_read_and_one_byte_more_is_refused(
    tmp_path: Path,
) -> None:
    path = put_file(tmp_path, "quail")
    path.write_bytes(path.read_bytes() + b"#" * (toml.LIMIT - path.stat().st_size))
    assert sessions.read(path).id == "quail"

    path.write_bytes(path.read_bytes() + b"#")

    with pytest.raises(DamagedFile, match="larger than 4 MiB"):
        sessions.read(path)


@pytest.mark.parametrize("digits", ["1e99999999999999999999", "1e-99999999999999999999"])
def test_a_number_beyond_all_bounds_damages_only_its_own_file(tmp_path: Path, digits: str) -> None:
    put_file(tmp_path, "bad", uid="a", more=f"[zoo]\nx = {digits}\n")
    put_file(tmp_path, "good", uid="b")

    assert list(sessions.shelf(tmp_path).sessions) == ["good"]


def test_a_whole_number_too_long_to_write_out_is_damage(tmp_path: Path) -> None:
    path = put_file(tmp_path, "bad", more=f"[answers.gather.team]\nx = 0x{'f' * 5000}\n")

    with pytest.raises(DamagedFile):
        sessions.read(path)


@pytest.mark.parametrize(
    ("depth", "start", "end"),
    [
        (40, "[", "]"),
        (300, "[", "]"),
        (1500, "[", "]"),
        (40, "{a=", "}"),
        (300, "{a=", "}"),
        (1500, "{a=", "}"),
    ],
)
def test_however_deep_a_file_is_nested_it_can_be_saved_again_or_is_damage(
    tmp_path: Path, depth: int, start: str, end: str
) -> None:
    nested = start * depth + ("1" if end == "}" else "") + end * depth
    path = tmp_path / "deep.toml"
    path.write_text(f"zoo = {nested}\n" + text("deep"), "utf-8")

    try:
        found = sessions.read(path)
    except DamagedFile:
        assert depth > 40
    else:
        sessions.write(tmp_path, found.with_fact("year", 2026), base=found)


def test_no_answer_is_lost_where_two_keys_become_the_same(tmp_path: Path) -> None:
    more = '[answers.gather.team.t."\\u0001"]\nx = 1\n[answers.gather.team.t."\\u0002"]\nx = 2\n'
    path = put_file(tmp_path, "quail", more=more)

    try:
        found = sessions.read(path)
    except DamagedFile:
        return
    assert len(found.raw("gather.team.t")) == 2


# The folder


def test_one_damaged_file_hides_no_other_and_is_listed_with_line_and_reason(
    tmp_path: Path,
) -> None:
    put_file(tmp_path, "good", uid="a")
    (tmp_path / "bad.toml").write_text("schema = 1\n[lea\n", "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert list(shelf.sessions) == ["good"]
    assert [d.as_json()["line"] for d in shelf.damaged] == [2]
    assert shelf.damaged[0].reason


def test_files_that_are_not_cases_are_not_looked_at(tmp_path: Path) -> None:
    for name in (".quail.toml.1.tmp", ".hidden.toml", "notes.txt", "quail.toml.bak"):
        (tmp_path / name).write_text("junk", "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert (shelf.sessions, shelf.damaged) == ({}, [])


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert sessions.shelf(tmp_path / "none").sessions == {}


def test_two_files_of_one_case_are_one_case_and_one_copy(tmp_path: Path) -> None:
    put_file(tmp_path, "quail")
    (tmp_path / "quail2.toml").write_text(text("quail"), "utf-8")

    shelf = sessions.shelf(tmp_path)

    assert list(shelf.sessions) == ["quail"]
    assert [path.name for path in shelf.copies] == ["quail2.toml"]


@pytest.mark.parametrize(
    "copy", ["quail-copy", "quail (conflicted copy)", "a quail", "Copy of quail"]
)
def test_the_file_that_bears_its_own_id_is_the_case_and_the_other_the_copy(
    tmp_path: Path, copy: str
) -> None:
    put_file(tmp_path, "quail")
    (tmp_path / f"{copy}.toml").write_text(text("quail"), "utf-8")

    assert list(sessions.shelf(tmp_path).sessions) == ["quail"]


def test_two_files_without_a_uid_are_not_copies_of_each_other(tmp_path: Path) -> None:
    put_file(tmp_path, "one", uid="")
    put_file(tmp_path, "two", uid="")

    assert sessions.shelf(tmp_path).copies == []


# Found by id, prefix or path


def test_a_case_is_found_by_its_id_a_unique_prefix_or_its_path(tmp_path: Path) -> None:
    quail = put_file(tmp_path, "quail-2025", uid="a")
    put_file(tmp_path, "owl-2025", uid="b")

    for wanted in ("quail-2025", "qu", str(quail)):
        assert sessions.find(tmp_path, wanted) == quail


def test_an_id_goes_before_a_longer_one_that_begins_with_it(tmp_path: Path) -> None:
    quail = put_file(tmp_path, "quail", uid="a")
    put_file(tmp_path, "quail-2", uid="b")

    assert sessions.find(tmp_path, "quail") == quail


@pytest.mark.parametrize("wanted", ["", "zzz", "q", "none.toml", "a/b"])
def test_what_fits_nothing_or_several_is_refused(tmp_path: Path, wanted: str) -> None:
    put_file(tmp_path, "quail-1", uid="a")
    put_file(tmp_path, "quail-2", uid="b")

    with pytest.raises(NoSession):
        sessions.find(tmp_path, wanted)


def test_a_near_miss_is_answered_with_what_may_have_been_meant(tmp_path: Path) -> None:
    put_file(tmp_path, "quail-2025")

    with pytest.raises(NoSession, match="did you mean quail-2025"):
        sessions.find(tmp_path, "quial-2025")


# Names and links

BAD_IDS = ["../x", "a/b", "/etc/x", "..", ".", "", ".hidden", "con", "NUL", "com1.backup", "a\\b",
           "a\nb", "a b", "x" * 101, "a..b", "é", "a\x00b"]  # fmt: skip


@pytest.mark.parametrize("wrong", BAD_IDS)
def test_an_id_that_could_leave_the_folder_or_is_no_name_everywhere_is_refused(
    tmp_path: Path, wrong: str
) -> None:
    with pytest.raises(UsageError):
        sessions.path_of(tmp_path, wrong)
    with pytest.raises(UsageError):
        sessions.write(tmp_path, session(wrong))
    assert names(tmp_path) == set()


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "device"])
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text(text("quail"), "utf-8")
    path = tmp_path / "quail.toml"
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "none")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(DamagedFile, match="not a regular file"):
        sessions.read(path)
    assert sessions.shelf(tmp_path).damaged[0].code == Exit.DAMAGED


@pytest.mark.parametrize(
    "kind",
    ["link", "pipe", "folder"],
)
def test_a_save_never_writes_through_what_took_the_files_place(tmp_path: Path, kind: str) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    path.unlink()
    victim = tmp_path / "victim.txt"
    victim.write_text("mine", "utf-8")
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()

    with pytest.raises(CimError):
        sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

    assert victim.read_text("utf-8") == "mine"
    assert names(tmp_path) == {"quail.toml", "victim.txt"}


@pytest.mark.parametrize("name", ["my case", "Übung", "_draft", "x" * 101])
def test_a_case_that_can_be_opened_can_be_saved(tmp_path: Path, name: str) -> None:
    base = sessions.read(put_file(tmp_path, name))

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

    assert sessions.read(tmp_path / f"{name}.toml").fact("year") == 2026


# Written


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


READABLE = pytest.mark.xfail(strict=True, reason="a file that everybody may read stays so")


@pytest.mark.parametrize(
    ("before", "after"),
    [(0o600, 0o600), (0o660, 0o660), pytest.param(0o644, 0o640, marks=READABLE)],
)
def test_a_save_keeps_what_a_group_may_do_and_lets_nobody_else_in(
    tmp_path: Path, before: int, after: int
) -> None:
    path = put_file(tmp_path, "quail")
    path.chmod(before)
    base = sessions.read(path)

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

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

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

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

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

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
        sessions.write(tmp_path, base.with_value("gather.a.x", "x" * toml.LIMIT), base=base)

    assert (tmp_path / "quail.toml").read_bytes() == before


def test_a_text_that_cannot_be_encoded_is_a_save_that_says_so() -> None:
    with pytest.raises(NotSaved):
        sessions.encode(Session({**session().doc, "zoo": {"x": "\ud800"}}))


# Changed by somebody else


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    theirs = text("quail", more='[answers.gather.team]\nmeets = "Mondays"\n')
    path.write_text(theirs, "utf-8")

    with pytest.raises(ChangedOnDisk) as refused:
        sessions.write(tmp_path, base.with_value("gather.team.meets", "Fridays"), base=base)

    assert refused.value.exit == Exit.CONFLICT
    assert path.read_text("utf-8") == theirs
    assert names(tmp_path) == {"quail.toml"}


def test_a_file_that_was_only_laid_out_anew_has_not_changed(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    path.write_text("# a note\n" + text("quail").replace("\n\n", "\n\n\n"), "utf-8")

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

    assert sessions.read(path).fact("year") == 2026


def test_a_file_that_was_damaged_since_is_left_as_it_is(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    path.write_text("schema = 1\n[half", "utf-8")

    with pytest.raises(CimError):
        sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

    assert path.read_text("utf-8") == "schema = 1\n[half"


def test_a_file_that_was_taken_away_is_written_again(tmp_path: Path) -> None:
    path = put_file(tmp_path, "quail")
    base = sessions.read(path)
    path.unlink()

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

    assert sessions.read(path).fact("year") == 2026


def test_a_case_that_holds_nan_can_be_saved(tmp_path: Path) -> None:
    base = sessions.read(put_file(tmp_path, "quail", more="[zoo]\nx = nan\n"))

    sessions.write(tmp_path, base.with_fact("year", 2026), base=base)

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
