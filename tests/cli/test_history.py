"""History in the shell: log, show, diff, restore; and what lies beside a case: verify, redact."""

from __future__ import annotations

import json
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from cim_tui.store import sessions
from cim_tui.store.fsops import Disk, disk
from cim_tui.store.keeper import Keeper
from tests.cli.shell import ACTS_ON_TERMINALS, HALF, WHOLE, Cim, harmless, refusal

MEETS, MEMBERS = "gather.team.meets", "gather.team.members"
ROW = f"{MEMBERS}.aaaaaa"


def sets(cim: Cim, address: str, *texts: str, by: str = "Kim Po") -> None:
    for text in texts:
        ran = cim("--by", by, "set", HALF, address, text)
        assert ran.code == 0, ran.err


def revs(cim: Cim, *words: str) -> list[str]:
    return [change["rev"] for change in cim("log", HALF, *words, "--json").json["changes"]]


def journals(cim: Cim) -> dict[str, bytes]:
    """Everything beside the cases, byte by byte."""
    place = cim.sessions / ".cim"
    return {str(p): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


# cim log


def test_log_tells_who_changed_what_the_newest_last(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    sets(cim, MEETS, "Mondays", by="Lu Ma")
    ran = cim("log", HALF, MEETS)
    assert ran.code == 0
    *_, one, two, three, four = ran.lines
    assert "Kim Po" in one
    assert two == f"    When the team meets [{MEETS}]: Second Tuesday of the month → Fridays"
    assert "Lu Ma" in three
    assert four == f"    When the team meets [{MEETS}]: Fridays → Mondays"
    assert ran.err == "3 changes, the newest last. Times are in UTC\n"


def test_log_in_json_is_as_the_contract_says(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    answer = cim("log", HALF, "--json").json
    assert set(answer) == {"schema", "id", "uid", "order", "changes"}
    assert (answer["schema"], answer["id"]) == ("cim.log/1", HALF)
    last = answer["changes"][-1]
    assert set(last) == {"rev", "at", "by", "kind", "what", "edits"}
    assert last["by"] == "Kim Po"
    assert last["edits"] == [
        {"address": MEETS, "label": "When the team meets", "kind": "value",
         "old": "Second Tuesday of the month", "new": "Fridays"}
    ]  # fmt: skip


def test_values_in_json_are_exact(cim: Cim) -> None:
    sets(cim, "gather.facts.cost", "12.50")
    sets(cim, "gather.facts.day", "10/1/2025")
    sets(cim, "gather.facts.agreed", "yes")
    cim("set", HALF, "gather.facts.word", "--absent", "unknown", "--note", "Ask")
    edits = [c["edits"][0] for c in cim("log", HALF, "gather.facts", "--json").json["changes"]]
    assert [edit["new"] for edit in edits] == [
        "12.50", "2025-10-01", True, {"code": "unknown", "note": "Ask"},
    ]  # fmt: skip
    assert edits[-1]["kind"] == "reason"
    assert edits[-1]["address"] == "gather.facts.word"


def test_log_is_chosen_by_field_person_and_day(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    sets(cim, "gather.facts.word", "x", by="Lu Ma")
    assert len(revs(cim, MEETS, "--by", "kim")) == 1
    assert len(revs(cim, "--by", "lu ma")) == 1
    assert revs(cim, MEETS, "--by", "Lu") == []
    assert revs(cim, "--since", "2099-01-01") == []
    assert len(revs(cim, "--since", "2001-01-01")) > 2
    refusal(cim("log", HALF, "--since", "soon"), 2, "soon")
    refusal(cim("log", HALF, "gather.team.meet"), 2, "did you mean")


def test_a_row_that_came_and_went_is_in_the_log(cim: Cim) -> None:
    row = cim("row", "add", HALF, MEMBERS, "name=Kim").out.strip()
    cim("row", "remove", HALF, f"{MEMBERS}.{row}")
    cim("row", "move", HALF, ROW, "--down", "1")
    changes = cim("log", HALF, MEMBERS, "--json").json["changes"][-3:]
    assert [(e["old"], e["new"]) for e in changes[0]["edits"]] == [(None, "Kim")]
    assert [(e["old"], e["new"]) for e in changes[1]["edits"]] == [("Kim", None)]
    assert [e["kind"] for e in changes[2]["edits"]] == ["order"]
    assert "the order" in cim("log", HALF, MEMBERS).lines[-1]


def test_a_change_by_hand_is_taken_in_as_one_and_merged(cim: Cim) -> None:
    path = cim.file(HALF)
    path.write_text(path.read_text().replace("Second Tuesday of the month", "By hand"))
    before = journals(cim)
    assert cim("log", HALF).lines[-1].endswith("Second Tuesday of the month → By hand")
    assert journals(cim) == before  # reading writes nothing
    sets(cim, "gather.facts.word", "x")
    assert cim.value(HALF, MEETS) == "By hand"
    changes = cim("log", HALF, "--json").json["changes"]
    assert [(c["by"], c["kind"]) for c in changes[-2:]] == [
        ("external", "by-hand"), ("Kim Po", "change"),
    ]  # fmt: skip
    assert cim("verify", HALF).code == 0


def test_a_log_without_journals_is_empty(cim: Cim) -> None:
    import shutil

    shutil.rmtree(cim.sessions / ".cim")
    ran = cim("log", HALF)
    assert (ran.code, ran.out) == (0, "")
    assert cim("show", HALF).code == 0
    assert cim("verify", HALF).code == 0


def test_reading_leaves_no_trace(cim: Cim, tmp_path: Path) -> None:
    sets(cim, MEETS, "Fridays")
    rev = revs(cim)[0]
    copy = tmp_path / "copy.toml"
    cim("send", HALF, "-o", str(copy))
    before = (cim.snapshot(), journals(cim))
    for words in (("log", HALF), ("show", HALF, "--at", rev), ("diff", HALF, rev), ("verify",),
                  ("conflicts", HALF), ("restore", HALF, rev, "--dry-run"), ("doctor",),
                  ("merge", HALF, str(copy)), ("status",), ("get", HALF)):  # fmt: skip
        assert cim(*words).code in (0, 1), words
    assert (cim.snapshot(), journals(cim)) == before


# cim show, cim diff


def test_show_is_the_case_as_it_was(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays", "Mondays")
    first, second = revs(cim, MEETS)[-2:]
    assert cim("show", HALF, MEETS, "--at", first).out == f"{MEETS}: Fridays\n"
    answer = cim("show", HALF, "--at", first, "--json").json
    assert set(answer) == {"schema", "id", "rev", "at", "by", "checked", "address", "answers"}
    assert answer["schema"] == "cim.show/1"
    assert answer["answers"][MEETS] == {"value": "Fridays", "absent": None, "note": None}
    assert (answer["rev"], answer["by"], answer["checked"]) == (first, "Kim Po", True)
    assert cim("show", HALF, MEETS, "--at", second).out == f"{MEETS}: Mondays\n"
    assert cim("show", HALF, MEETS).out == f"{MEETS}: Mondays\n"


def test_show_gives_the_whole_file_back_byte_by_byte(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    before = cim.file(HALF).read_text()
    rev = revs(cim)[-1]
    cim("row", "remove", HALF, ROW)
    assert cim("show", HALF, "--at", rev, "--file").out == before


@pytest.mark.parametrize("rev", ["nothing", "a.1", "now.2", "", "."])
def test_a_revision_that_is_none_is_refused_everywhere(rev: str, cim: Cim) -> None:
    for words in (("show", HALF, "--at", rev), ("diff", HALF, rev), ("diff", HALF, "now", rev),
                  ("restore", HALF, rev)):  # fmt: skip
        refusal(cim(*words), 2, "no revision", "cim log")


def test_diff_tells_what_became_of_what(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays", "Mondays")
    cim("row", "remove", HALF, ROW)
    first, second = revs(cim, MEETS)[-2:]
    ran = cim("diff", HALF, first, second)
    assert ran.lines == [f"When the team meets [{MEETS}]: Fridays → Mondays"]
    assert ran.err == f"1 difference from {first} to {second}\n"
    assert (
        f"Team members: Name [{ROW}.name]: Ana Ruiz → (nothing)" in cim("diff", HALF, first).lines
    )
    assert cim("diff", HALF, first, "--field", MEETS).lines == ran.lines
    answer = cim("diff", HALF, second, first, "--json").json
    assert (answer["schema"], answer["from"], answer["to"]) == ("cim.diff/1", second, first)
    assert [(e["old"], e["new"]) for e in answer["edits"]] == [("Mondays", "Fridays")]


# cim restore


def test_restore_is_a_new_change_and_loses_nothing(cim: Cim) -> None:
    before = cim.file(HALF).read_bytes()
    sets(cim, MEETS, "Fridays")
    cim("row", "remove", HALF, ROW)
    first = revs(cim)[-3] if len(revs(cim)) > 2 else revs(cim)[0]
    assert cim("restore", HALF, first, "--dry-run").code == 0
    assert cim.value(HALF, MEETS) == "Fridays"
    ran = cim("restore", HALF, first)
    assert ran.code == 0
    assert "Fridays → Second Tuesday of the month" in ran.out
    assert cim.file(HALF).read_bytes() == before
    last = cim("log", HALF, "--json").json["changes"][-1]
    assert last["what"] == f"back to {first}"
    assert cim("restore", HALF, revs(cim)[-2]).code == 0  # and back again
    assert cim.value(HALF, MEETS) == "Fridays"
    assert cim("verify", HALF).code == 0


def test_restore_of_one_field_touches_nothing_else(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays", "Mondays")
    sets(cim, "gather.facts.word", "Stays")
    first = revs(cim, MEETS)[-2]
    assert cim("restore", HALF, first, "--field", MEETS).code == 0
    assert (cim.value(HALF, MEETS), cim.value(HALF, "gather.facts.word")) == ("Fridays", "Stays")
    refusal(cim("restore", HALF, first, "--field", MEETS), 2, "Nothing differs")
    refusal(cim("restore", HALF, first, "--field", "gather.team.meet"), 2, "did you mean")


def test_a_step_that_was_done_and_signed_shows_as_changed_after_going_back(cim: Cim) -> None:
    first = cim("log", WHOLE, "--json").json["changes"][0]["rev"]
    assert cim("set", WHOLE, MEETS, "Fridays").code == 0
    assert cim("restore", WHOLE, first, "--field", MEETS).code == 0
    assert cim("status", WHOLE).code == 0  # the same answers as were signed


# cim verify


def test_verify_answers_0_1_and_4(cim: Cim) -> None:
    cim.sessions.chmod(0o700)
    for path in cim.sessions.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    ran = cim("verify")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("3 cases, ")
    cim.file(HALF).chmod(0o644)
    assert cim("verify").code == 1
    cim.file(HALF).write_text("x =")
    ran = cim("verify")
    assert ran.code == 4
    assert ran.lines[0].startswith("damaged: ")
    answer = cim("verify", "--json").json
    assert set(answer) == {"schema", "cases", "journals", "records", "findings", "folder", "why"}
    assert set(answer["findings"][0]) == {"level", "path", "line", "message"}
    assert answer["findings"][0]["level"] == "damaged"


def test_verify_names_a_damaged_journal_and_the_case_still_works(cim: Cim) -> None:
    sets(cim, MEETS, "Fridays", "Mondays")
    rev = revs(cim, MEETS)[-2]
    [path] = (cim.sessions / ".cim").rglob(f"{rev.partition('.')[0]}.log")
    path.write_bytes(path.read_bytes().replace(b"Fridays", b"Sundays"))
    ran = cim("verify", HALF)
    assert ran.code == 4
    assert path.name in ran.out
    assert "not what was written" in ran.out
    assert rev not in revs(cim)
    assert "Sundays" not in cim("log", HALF).out
    sets(cim, MEETS, "Tuesdays")
    assert path.exists()


def test_a_case_of_a_newer_version_is_left_alone_with_7(cim: Cim) -> None:
    path = cim.file(HALF)
    path.write_text(path.read_text().replace("schema = 1", "schema = 9"))
    before = (path.read_bytes(), journals(cim))
    for words in (("check", HALF), ("set", HALF, MEETS, "x"), ("restore", HALF, "now"),
                  ("send", HALF, "-o", "x"), ("redact", HALF, MEETS, "--reason", "x"),
                  ("merge", HALF, str(path))):  # fmt: skip
        refusal(cim(*words), 7, "newer version", "update cim-tui")
    for words in (("get", HALF), ("show", HALF), ("log", HALF), ("conflicts", HALF)):
        ran = cim(*words)
        assert ran.code == 0
        assert "newer version" in ran.err
    assert cim("status", HALF).code == 7
    assert cim("verify", HALF).code == 7
    assert (path.read_bytes(), journals(cim)) == before


# cim redact


def test_redact_takes_a_name_out_and_shows_that_it_is_gone(cim: Cim) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home")
    ran = cim("redact", HALF, "gather.team.story", "--reason", "Named a child")
    assert ran.code == 0, ran.out
    assert "It is gone" in ran.out
    assert "exported" in ran.err
    assert not any(b"Ana Lopez" in p.read_bytes() for p in cim.sessions.rglob("*") if p.is_file())
    assert "(taken out: Named a child)" in cim("log", HALF).out
    assert cim.value(HALF, "gather.team.story") is None
    verified = cim("verify", HALF)
    assert verified.code == 0
    assert "taken out on purpose: Named a child" in verified.out


def test_redact_in_json_never_repeats_the_text(cim: Cim) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home")
    ran = cim("redact", HALF, "--text", "Ana Lopez", "--reason", "Named a child", "--json")
    assert set(ran.json) == {"schema", "id", "values", "files", "dropped", "finished", "searched",
                             "looked", "found", "elsewhere"}  # fmt: skip
    assert "Lopez" not in ran.out + ran.err
    assert cim.value(HALF, "gather.team.story") == "The student [taken out] stayed home"
    log = cim("log", HALF, "gather.team.story", "--json").json["changes"]
    assert log[0]["edits"][0]["new"] == "The student [taken out] stayed home"


def test_what_was_taken_out_is_an_object_in_json(cim: Cim) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home")
    cim("redact", HALF, "gather.team.story", "--reason", "Named a child")
    log = cim("log", HALF, "gather.team.story", "--json").json["changes"]
    assert log[0]["edits"][0]["new"] == {"redacted": "Named a child"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("word", "x y"), ("prose", "x\ny"), ("whole", "3"), ("exact", "3.5"), ("part", "12%"),
     ("cost", "3.50"), ("day", "2025-10-01"), ("color", "red"), ("colors", "red"), ("agreed", "yes"),
     ("keeper", "aaaaaa"), ("present", "Ana Ruiz; Kim Po"), ("proof", "minutes.pdf | Minutes")],
)  # fmt: skip
def test_what_was_taken_out_is_shown_whatever_its_type(field: str, value: str, cim: Cim) -> None:
    address = f"gather.facts.{field}"
    sets(cim, address, value)
    assert cim("redact", HALF, address, "--reason", "A slip").code in (0, 1)
    assert cim.value(HALF, address) in (None, [], {})
    rev = revs(cim, address)[0]
    for words in (("log", HALF), ("log", HALF, "--json"), ("diff", HALF, rev), ("verify", HALF),
                  ("show", HALF, "--at", rev), ("show", HALF, "--at", rev, "--json"),
                  ("show", HALF, "--at", rev, "--file"), ("restore", HALF, rev)):  # fmt: skip
        harmless(cim(*words))
    assert "(taken out: A slip)" in cim("log", HALF, address).out
    assert cim.value(HALF, address) in (None, [], {})
    assert cim("verify", HALF).code == 0


def test_redact_reads_the_text_from_a_pipe_so_that_no_shell_history_keeps_it(cim: Cim) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home")
    words = ("redact", HALF, "--text", "-", "--reason", "Named a child")
    assert cim(*words, stdin=b"Ana Lopez\n").code == 0
    assert b"Lopez" not in cim.file(HALF).read_bytes()


def test_redact_is_refused_with_6_while_somebody_has_the_case_open(cim: Cim) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home")
    path = cim.file(HALF)
    screen = Keeper(path, sessions.read(path).doc, "Lu Ma", lambda: "2025-11-03T09:30:00Z",
                    SystemRandom(), look=disk.look(path))  # fmt: skip
    screen.be_here()
    before = cim.snapshot(), journals(cim)
    words = ("redact", HALF, "--text", "Ana Lopez", "--reason", "Named a child")
    refusal(cim(*words), 6, "Lu Ma has the case open", "Close it there first")
    assert (cim.snapshot(), journals(cim)) == before
    screen.close()
    assert cim(*words).code == 0


def test_a_redaction_that_was_interrupted_is_said_with_1_and_finished(
    cim: Cim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(cim, "gather.team.story", "The student Ana Lopez stayed home", "Somebody stayed home")
    words = ("redact", HALF, "gather.team.story", "--reason", "Named a child")

    class Killed(BaseException):
        pass

    def write_atomic(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        if path.suffix == ".log":
            raise Killed
        real(self, path, data, mode)

    real = Disk.write_atomic
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "write_atomic", write_atomic)
        with pytest.raises(Killed):
            cim(*words)
    said = cim("verify", HALF)
    assert said.code == 1
    assert f"interrupted: run cim redact {HALF} gather.team.story again" in said.out
    ran = cim(*words)
    assert (ran.code, ran.lines[0][:34]) == (0, "What was interrupted is finished: ")
    assert not any(b"Ana Lopez" in p.read_bytes() for p in cim.sessions.rglob("*") if p.is_file())
    assert cim("verify", HALF).code == 0


def test_redact_says_where_the_text_still_stands(cim: Cim) -> None:
    ran = cim("redact", HALF, "--text", "Bo Lind", "--reason", "A slip")
    assert ran.code == 1
    assert f"It still stands in {cim.file(WHOLE)}" in ran.out


def test_redact_wants_a_reason_and_something_to_take_out(cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("redact", HALF, MEETS), 2, "--reason")
    refusal(cim("redact", HALF, MEETS, "--reason", " "), 2, "Say why")
    refusal(cim("redact", HALF, "--reason", "x"), 2, "Name an answer")
    refusal(cim("redact", HALF, "--text", "Nobody Here", "--reason", "x"), 2, "nowhere")
    assert cim.snapshot() == before


# Hostile journals


def hostile(value: Any) -> list[bytes]:
    from cim_tui.store.journal import _sum

    body = json.dumps(value).encode()
    return [_sum(body) + b" " + body + b"\n"]


@pytest.mark.parametrize(
    "record",
    [
        {"w": "\u001b[2J", "n": 1, "k": "edit", "at": "\u001b[2J", "by": "\u202e\u001b]0;x\u0007",
         "what": "\u009b31m", "edits": [[["answers", "\u001b[2J"], "\u001b[2J", "\u202e"]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x", "edits": [[[], 1, 2]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x", "edits": [[["answers"], 1, {"$redacted": 3}]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x", "edits": [[["absent"], {"a": 1}, [[1]]]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x", "edits": [[["answers", "gather", "team",
                                                               "members"], "x", ["y"]]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x",
         "edits": [[["conflicts", "k"], None, {"path": ["absent"], "mine": {"$d": "2025-01-01"}}]]},
        {"w": "x", "n": -5, "k": "took", "by": "external", "at": "x", "v": "\u001b",
         "edits": [[["lea", "\u0000order"], None, None]]},
        {"w": "x", "n": 1, "k": "edit", "at": "x", "edits": [[["answers", "x"], {"$n": "1e999999"},
                                                             {"$n": "NaN"}]]},
        {"w": "x", "n": 10**30, "k": "\u001b", "at": "x", "seen": {"\u001b": 10**40}},
    ],
    ids=str,
)  # fmt: skip
def test_a_journal_made_to_harm_is_shown_without_harm(record: Any, cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    [folder] = {p.parent for p in (cim.sessions / ".cim").rglob(f"{revs(cim)[-1][:8]}.log")}
    (folder / "x.log").write_bytes(b"".join(hostile(record)) + b"\xff\xfe\x1b[2J\n")
    for words in (("log", HALF), ("log", HALF, "--json"), ("show", HALF, "--at", "x.1"),
                  ("diff", HALF, "x.1"), ("verify", HALF), ("verify", HALF, "--json"),
                  ("restore", HALF, "x.1"), ("redact", HALF, MEETS, "--reason", "x"),
                  ("set", HALF, MEETS, "Mondays"), ("conflicts", HALF), ("get", HALF)):  # fmt: skip
        harmless(cim(*words))


@pytest.mark.parametrize("name", ["head", f"sent-{'0' * 32}", "x.log", "archive-x.log", "x.here"])
@pytest.mark.parametrize("data", [b"", b"\0" * 4096, b"x", b"\xff" * 99, b"[" * 100_000])
def test_junk_beside_a_case_is_no_traceback(name: str, data: bytes, cim: Cim) -> None:
    sets(cim, MEETS, "Fridays")
    [folder] = {p.parent for p in (cim.sessions / ".cim").rglob(f"{revs(cim)[-1][:8]}.log")}
    (folder / name).write_bytes(data)
    for words in (("log", HALF), ("verify", HALF), ("set", HALF, MEETS, "Mondays"),
                  ("redact", HALF, MEETS, "--reason", "x")):  # fmt: skip
        harmless(cim(*words))


@pytest.mark.parametrize("name", ["x.log", "head", f"sent-{'0' * 32}"])
def test_a_pipe_or_a_link_beside_a_case_does_not_hold_anything_up(
    name: str, cim: Cim, tmp_path: Path
) -> None:
    import os

    sets(cim, MEETS, "Fridays")
    [folder] = {p.parent for p in (cim.sessions / ".cim").rglob(f"{revs(cim)[-1][:8]}.log")}
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    for make in (os.mkfifo, lambda path: path.symlink_to(victim)):
        (folder / name).unlink(missing_ok=True)
        make(folder / name)
        for words in (("log", HALF), ("verify", HALF), ("set", HALF, MEETS, "Mondays"),
                      ("redact", HALF, "--text", "theirs", "--reason", "x")):  # fmt: skip
            harmless(cim(*words))
    assert victim.read_text() == "theirs"


def test_what_a_journal_left_behind_is_cleaned_before_it_comes_into_the_case(cim: Cim) -> None:
    sets(cim, "gather.facts.word", "x")
    [folder] = {p.parent for p in (cim.sessions / ".cim").rglob(f"{revs(cim)[-1][:8]}.log")}
    record = {"w": "zzzzzzzz", "n": 1, "k": "edit", "at": "x", "by": "\u202e",
              "edits": [[["answers", "gather", "team", "story"], None, "a\u202e\u001b[2Jb"],
                        [["answers", "gather", "facts", "prose"], None, {"$redacted": "x"}]]}  # fmt: skip
    (folder / "zzzzzzzz.log").write_bytes(b"".join(hostile(record)))
    harmless(cim("set", HALF, "gather.facts.word", "y"))
    assert cim.value(HALF, "gather.team.story") == "a\ufffd\ufffd[2Jb"
    assert cim.value(HALF, "gather.facts.prose") is None
    assert "\\u" not in cim.file(HALF).read_text()
    assert not ACTS_ON_TERMINALS.search(cim.file(HALF).read_text())
