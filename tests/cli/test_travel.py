"""Copies that travel, conflicts, and folders for many hands: in the shell."""

from __future__ import annotations

import grp
import json
import os
import shutil
import stat
from pathlib import Path
from random import SystemRandom

import pytest

from cim_tui.core.session import Session
from cim_tui.store import sessions
from cim_tui.store.fsops import disk
from cim_tui.store.keeper import Keeper
from tests.cli.shell import FRESH, HALF, Cim, Shell, harmless, refusal

MEETS, WORD = "gather.team.meets", "gather.facts.word"
ROW = "gather.team.members.aaaaaa"
GROUP = grp.getgrgid(os.getegid()).gr_name


def left_behind(cim: Cim, address: str, text: str, by: str = "Lu Ma") -> None:
    """Somebody whose program was killed after it said "saved" and before it wrote the file."""
    path = cim.file(HALF)
    keeper = Keeper(path, sessions.read(path).doc, by, lambda: "2025-11-03T09:30:00Z",
                    SystemRandom(), look=disk.look(path))  # fmt: skip
    keeper.acknowledge(Session(keeper.state).with_value(address, text).doc, by=by)
    keeper.close()


def sent(cim: Cim, tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A copy that was sent out and changed by the district."""
    path = tmp_path / "copy.toml"
    assert cim("send", HALF, "-o", str(path)).code == 0
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


# What a save meets


def test_what_somebody_left_behind_comes_in_and_is_said(cim: Cim) -> None:
    left_behind(cim, WORD, "Theirs")
    ran = cim("set", HALF, MEETS, "Fridays")
    assert ran.code == 0
    assert ran.err == "Recovered: “A word”, which Lu Ma had entered and could not write\n"
    assert (cim.value(HALF, MEETS), cim.value(HALF, WORD)) == ("Fridays", "Theirs")


@pytest.mark.parametrize("words", [("set", HALF, MEETS, "Mine"), ("clear", HALF, MEETS)])
def test_a_new_conflict_is_said_and_answered_with_5(words: tuple[str, ...], cim: Cim) -> None:
    left_behind(cim, MEETS, "Theirs")
    ran = cim(*words)
    assert ran.code == 5
    assert f"{MEETS} was changed by Lu Ma too; both are kept" in ran.err
    assert f"cim conflicts {HALF}" in ran.err
    assert cim("set", HALF, WORD, "x").code == 0  # an old one is not said again


def test_conflicts_show_both_and_answer_5_while_one_waits(cim: Cim) -> None:
    left_behind(cim, MEETS, "Theirs")
    cim("set", HALF, MEETS, "Mine")
    ran = cim("conflicts", HALF)
    assert ran.code == 5
    assert ran.lines[1:] == ["  mine    Mine", "  theirs  Theirs  (Lu Ma, 2025-11-03)"]
    answer = cim("conflicts", HALF, "--json")
    assert answer.code == 5
    [conflict] = answer.json["conflicts"]
    assert set(conflict) == {"id", "address", "label", "mine", "theirs", "by", "on"}
    assert (conflict["address"], conflict["mine"], conflict["theirs"]) == (MEETS, "Mine", "Theirs")
    assert cim("done", HALF, "gather").code == 1  # it blocks


@pytest.mark.parametrize(
    ("words", "then"),
    [(("--take", "mine"), "Mine"), (("--take", "theirs"), "Theirs"),
     (("--take", "text", "--text", "Both"), "Both")],
)  # fmt: skip
def test_a_conflict_is_settled_in_three_ways(words: tuple[str, ...], then: str, cim: Cim) -> None:
    left_behind(cim, MEETS, "Theirs")
    cim("set", HALF, MEETS, "Mine")
    ran = cim("resolve", HALF, MEETS, *words)
    assert (ran.code, ran.err) == (0, "Settled\n")
    assert cim.value(HALF, MEETS) == then
    assert cim("conflicts", HALF).code == 0
    assert cim("done", HALF, "gather").code == 0


def test_a_conflict_is_settled_by_its_id_and_from_a_pipe(cim: Cim) -> None:
    left_behind(cim, MEETS, "Theirs")
    cim("set", HALF, MEETS, "Mine")
    [conflict] = cim("conflicts", HALF, "--json").json["conflicts"]
    words = ("resolve", HALF, conflict["id"], "--take", "text", "--text", "-")
    assert cim(*words, stdin=b"From a pipe\n").code == 0
    assert cim.value(HALF, MEETS).strip() == "From a pipe"


def test_what_cannot_be_settled_is_refused_and_nothing_changes(cim: Cim) -> None:
    left_behind(cim, MEETS, "Theirs")
    cim("set", HALF, MEETS, "Mine")
    before = cim.snapshot()
    refusal(cim("resolve", HALF, WORD, "--take", "mine"), 2, "waits to be settled", MEETS)
    refusal(cim("resolve", HALF, MEETS, "--take", "ours"), 2, "--take")
    refusal(cim("resolve", HALF, MEETS, "--take", "text"), 2, "--text")
    refusal(cim("resolve", HALF, MEETS, "--take", "mine", "--text", "x"), 2, "--text")
    refusal(cim("resolve", HALF, MEETS), 2, "--take")
    assert cim.snapshot() == before


def test_without_locks_it_is_the_same(cim: Cim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIM_LOCKS", "off")
    left_behind(cim, MEETS, "Theirs")
    assert cim("set", HALF, MEETS, "Mine").code == 5
    assert cim("resolve", HALF, MEETS, "--take", "theirs").code == 0
    assert cim.value(HALF, MEETS) == "Theirs"


# cim send, cim merge


def test_a_copy_holds_what_somebody_had_entered_and_could_not_write(
    cim: Cim, tmp_path: Path
) -> None:
    left_behind(cim, WORD, "Theirs")
    ran = cim("send", HALF, "-o", str(tmp_path / "copy.toml"))
    assert ran.code == 0
    assert "Recovered: “A word”, which Lu Ma had entered and could not write\n" in ran.err
    assert sessions.read(tmp_path / "copy.toml").raw(WORD) == "Theirs"
    assert cim.value(HALF, WORD) == "Theirs"


def test_a_copy_goes_out_private_and_comes_back_with_a_preview(cim: Cim, tmp_path: Path) -> None:
    copy = sent(cim, tmp_path, ("Second Tuesday of the month", "Fridays"), ("Ana Ruiz", "Ana Paz"))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    cim("set", HALF, WORD, "Ours")
    before = cim.snapshot()
    ran = cim("merge", HALF, str(copy))
    assert ran.code == 0
    assert ran.lines == [
        "2 answers from Oak Grove",
        f"  When the team meets [{MEETS}]: Second Tuesday of the month → Fridays",
        f"  Team members: Name [{ROW}.name]: Ana Ruiz → Ana Paz",
    ]
    assert "A dry run" in ran.err
    assert cim.snapshot() == before
    ran = cim("merge", HALF, str(copy), "--yes")
    assert (ran.code, ran.err) == (0, "Taken in\n")
    assert (cim.value(HALF, MEETS), cim.value(HALF, WORD)) == ("Fridays", "Ours")
    assert copy.exists()  # it lies somewhere else: it stays
    again = cim("merge", HALF, str(copy), "--yes")
    assert again.code == 0
    assert again.out == "Nothing in it is new: everything from Oak Grove is here\n"


def test_what_both_changed_is_answered_with_5_and_waits(cim: Cim, tmp_path: Path) -> None:
    copy = sent(cim, tmp_path, ("Second Tuesday of the month", "Theirs"), ("Ana Ruiz", "Ana Paz"))
    cim("set", HALF, MEETS, "Ours")
    assert cim("merge", HALF, str(copy)).code == 5
    ran = cim("merge", HALF, str(copy), "--from", "Kim at Oak Grove", "--yes")
    assert ran.code == 5
    assert ran.lines[0] == "1 answer from Kim at Oak Grove, 1 both changed"
    assert ran.lines[-1] == f"  both changed: {MEETS}"
    assert "1 answer waits to be settled" in ran.err
    assert "(Kim at Oak Grove, 2025-11-03)" in cim("conflicts", HALF).out


def test_merge_in_json_is_as_the_contract_says(cim: Cim, tmp_path: Path) -> None:
    copy = sent(cim, tmp_path, ("Second Tuesday of the month", "Theirs"))
    answer = cim("merge", HALF, str(copy), "--json").json
    assert set(answer) == {"schema", "id", "file", "from", "base", "remark", "done", "new_answers",
                           "edits", "conflicts", "kept_out", "put_aside"}  # fmt: skip
    assert (answer["base"], answer["done"], answer["new_answers"]) == ("sent", False, 1)
    assert answer["edits"][0]["new"] == "Theirs"
    assert cim("merge", HALF, str(copy), "--yes", "--json").json["done"] is True


def test_a_copy_of_which_nobody_knows_the_base_guesses_nothing(cim: Cim, tmp_path: Path) -> None:
    copy = sent(cim, tmp_path, ("Second Tuesday of the month", "Theirs"))
    cim("set", HALF, MEETS, "Ours")
    shutil.rmtree(cim.sessions / ".cim")
    ran = cim("merge", HALF, str(copy), "--yes")
    assert ran.code == 5
    assert "nothing counts as removed" in ran.err
    assert cim("conflicts", HALF).lines[1:] == [
        "  mine    Ours", "  theirs  Theirs  (Oak Grove, 2025-11-03)",
    ]  # fmt: skip


def test_a_copy_of_another_case_is_refused(cim: Cim, tmp_path: Path) -> None:
    before = cim.snapshot()
    refusal(cim("merge", HALF, f"{FRESH}.toml"), 2, "another case", "the district is Elm Flat")
    refusal(cim("merge", HALF, str(cim.file(HALF))), 2, "the case itself")
    refusal(cim("merge", HALF, "nowhere.toml"), 3, "There is no file nowhere.toml")
    (tmp_path / "x.toml").write_text("x =")
    refusal(cim("merge", HALF, str(tmp_path / "x.toml")), 4, "x.toml")
    assert cim.snapshot() == before


def test_a_second_file_of_a_case_is_offered_taken_in_and_put_aside(cim: Cim) -> None:
    name = f"{HALF} (conflicted copy).toml"
    text = cim.file(HALF).read_text().replace("Second Tuesday of the month", "From the laptop")
    (cim.sessions / name).write_text(text)
    for words in (("status",), ("list",)):
        assert f"cim merge {HALF} {name}" in cim(*words).err
    assert f"cim merge {HALF} {name}" in cim("doctor").out
    ran = cim("merge", HALF, name, "--yes")
    assert ran.code == 5  # nobody knows what it was made from
    assert "put aside" in ran.err
    assert not (cim.sessions / name).exists()
    kept = cim.sessions / ".cim" / "merged" / name
    assert kept.read_text() == text
    assert cim("status").err == ""
    assert len(cim("list").lines) == 3
    assert cim("resolve", HALF, MEETS, "--take", "theirs").code == 0
    assert cim.value(HALF, MEETS) == "From the laptop"


def test_a_copy_is_not_written_where_a_case_lies(cim: Cim, tmp_path: Path) -> None:
    before = cim.snapshot()
    refusal(cim("send", HALF, "-o", str(cim.file(FRESH))), 2, "among the cases")
    refusal(cim("send", HALF, "-o", str(cim.sessions)), 2, "not a file")
    refusal(cim("send", HALF, "-o", str(tmp_path / "no" / "where.toml")), 2, "cannot be written")
    refusal(cim("send", HALF), 2, "-o")
    assert cim.snapshot() == before


def test_a_hostile_copy_is_shown_and_taken_in_without_harm(cim: Cim, tmp_path: Path) -> None:
    copy = sent(
        cim, tmp_path,
        ("Second Tuesday of the month", "\\u001b]52;c;aGk=\\u0007\\u009b31m\\u202e[/]"),
        ('by = "Test Person"', 'by = "\\u001b[2J\\u202e"'),
        ("Oak Grove", "Oak\\u001b[2J Grove"),
    )  # fmt: skip
    for words in (("merge", HALF, str(copy)), ("merge", HALF, str(copy), "--json"),
                  ("merge", HALF, str(copy), "--yes"), ("log", HALF), ("conflicts", HALF)):  # fmt: skip
        harmless(cim(*words))


def test_two_people_pass_a_case_to_and_fro_and_lose_nothing(cim: Cim, tmp_path: Path) -> None:
    """Each on a machine of their own; five rounds, each side writing into other cells."""
    theirs = tmp_path / "theirs"
    theirs.mkdir(0o700)
    out, back = tmp_path / "out.toml", tmp_path / "back.toml"
    assert cim("send", HALF, "-o", str(out)).code == 0
    shutil.copy(out, theirs / f"{HALF}.toml")
    there = ("--sessions", str(theirs))
    rows = []
    for number in range(5):
        rows.append(
            cim("row", "add", HALF, "gather.team.members", f"name=Ours {number}").out.strip()
        )
        ran = cim(*there, "row", "add", HALF, "gather.team.members", f"name=Theirs {number}")
        rows.append(ran.out.strip())
        assert cim(*there, "send", HALF, "-o", str(back)).code == 0
        assert cim("merge", HALF, str(back), "--yes").code == 0
        assert cim("send", HALF, "-o", str(out)).code == 0
        assert cim(*there, "merge", HALF, str(out), "--yes").code == 0
    for sessions_ in (cim.sessions, theirs):
        ran = cim("--sessions", str(sessions_), "get", HALF, "gather.team.members", "--json")
        assert {row["row"] for row in ran.json["value"]} >= set(rows)
    assert cim("verify", HALF).code == 0
    assert cim(*there, "verify", HALF).code == 0


# Folders


def test_init_makes_a_private_folder_that_works(cim: Cim, tmp_path: Path) -> None:
    place = tmp_path / "new" / "cases"
    ran = cim("init", str(place))
    assert (ran.code, ran.out) == (0, f"{place}\n")
    assert "Only you can" in ran.err
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert (place / ".gitignore").exists()
    ran = cim(
        "--sessions", str(place), "new", "--lea", "Pine", "--workflow", "trial", "--year", "2025"
    )
    assert ran.code == 0
    assert cim("--sessions", str(place), "verify").code == 0


def test_init_makes_a_folder_for_a_team(shell: Shell, tmp_path: Path) -> None:
    place = tmp_path / "team"
    ran = shell.run("init", "--team", GROUP, str(place), "--json")
    assert ran.code == 0, ran.err
    assert set(ran.json) == {"schema", "path", "team", "new", "changed", "foreign"}
    there = ("--sessions", str(place))
    case = shell.run(
        *there, "new", "--lea", "Pine", "--workflow", "trial", "--year", "2025"
    ).out.strip()
    assert shell.run(*there, "set", case, MEETS, "Fridays").code == 0
    assert shell.run(*there, "send", case, "-o", str(tmp_path / "copy.toml")).code == 0
    for path in (place, *place.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o2770 if path.is_dir() else 0o660), path
    assert shell.run(*there, "verify").code == 0


def test_init_refuses_what_it_cannot_do(cim: Cim, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refusal(cim("init", "--team", "no-such-group-here", str(tmp_path / "x")), 2, "no group")
    refusal(cim("init", str(tmp_path / "file")), 2, "no folder")
    refusal(cim("init"), 2, "DIR")
    assert not (tmp_path / "x").exists()


def test_a_folder_open_to_everybody_is_read_and_never_written(cim: Cim) -> None:
    cim.sessions.chmod(0o777)
    before = cim.snapshot()
    for words in (("set", HALF, MEETS, "x"), ("row", "set", HALF, ROW, "name=x"),
                  ("done", HALF, "gather"), ("new", "--lea", "P", "--workflow", "trial", "--year",
                  "2025"), ("send", HALF, "-o", "x.toml"), ("archive", HALF),
                  ("redact", HALF, MEETS, "--reason", "x"), ("restore", HALF, "now"),
                  ):  # fmt: skip
        ran = cim(*words)
        if words[0] == "restore":
            continue  # nothing to write
        refusal(ran, 6, "everybody on this machine", "cim init")
    assert cim.snapshot() == before
    assert cim("get", HALF, MEETS).code == 0
    assert cim("verify").code == 1
    assert cim("init", str(cim.sessions)).code == 0
    assert cim("set", HALF, MEETS, "x").code == 0


@pytest.mark.parametrize("name", ["../x", "a/b", "/etc/passwd", "..", ".", "con", "x\0y", "~"])
def test_no_name_of_a_case_leads_out_of_the_folder(name: str, cim: Cim, tmp_path: Path) -> None:
    before = {p for p in tmp_path.rglob("*") if ".cim" not in p.parts}
    for words in (("get", name), ("set", name, MEETS, "x"), ("log", name), ("verify", name),
                  ("send", name, "-o", str(tmp_path / "x.toml")), ("redact", name, MEETS, "--reason",
                  "x"), ("conflicts", name)):  # fmt: skip
        ran = cim(*words)
        harmless(ran)
        assert ran.code in (3, 4)
    assert {p for p in tmp_path.rglob("*") if ".cim" not in p.parts} == before


@pytest.mark.parametrize("uid", ["../../out", "/etc/out", "..", "", "a/b", "merged", "x\\u0000"])
def test_no_uid_leads_out_of_the_folder(uid: str, cim: Cim, tmp_path: Path) -> None:
    text = cim.file(HALF).read_text()
    old = next(line for line in text.splitlines() if line.startswith("uid"))
    cim.file(HALF).write_text(text.replace(old, f'uid = "{uid}"'))
    before = set(tmp_path.iterdir())
    assert cim("set", HALF, MEETS, "x").code == 0
    assert cim("send", HALF, "-o", str(tmp_path / "cases.toml")).code == 0
    assert {p.name for p in set(tmp_path.iterdir()) - before} == {"cases.toml"}
    assert len(cim("log", HALF, MEETS).lines) == 2
    assert all(p.parent.name == ".cim" for p in (cim.sessions / ".cim").iterdir())


# cim doctor --verify-fs


def test_doctor_tries_a_disk_out_and_leaves_nothing(cim: Cim, tmp_path: Path) -> None:
    ran = cim("doctor", "--verify-fs", str(tmp_path / "cases"))
    assert ran.code == 0
    assert ran.lines[0] == "holds          Making a file that must be new"
    assert "Cases are safe here" in ran.err
    assert not list((tmp_path / "cases").glob(".cim-trial*"))
    answer = cim("doctor", "--verify-fs", str(tmp_path), "--json").json
    assert set(answer) == {"schema", "path", "safe", "trials"}
    assert answer["schema"] == "cim.verify-fs/1"
    assert set(answer["trials"][0]) == {"id", "what", "holds", "needed", "says"}
    refusal(cim("doctor", "--verify-fs", str(tmp_path / "nowhere")), 6, "cannot be tried out")
    assert json.dumps(answer)
