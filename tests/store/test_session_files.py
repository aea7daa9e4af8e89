"""Session files: read as they are, or refused with the line and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim_tui.core.errors import (
    DamagedFile,
    Exit,
    NewerFile,
)
from cim_tui.store import sessions, toml
from tests.store.files import put_file, text


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
        sessions.write(tmp_path, found.with_fact("year", 2026))


def test_no_answer_is_lost_where_two_keys_become_the_same(tmp_path: Path) -> None:
    more = '[answers.gather.team.t."\\u0001"]\nx = 1\n[answers.gather.team.t."\\u0002"]\nx = 2\n'
    path = put_file(tmp_path, "quail", more=more)

    try:
        found = sessions.read(path)
    except DamagedFile:
        return
    assert len(found.raw("gather.team.t")) == 2
