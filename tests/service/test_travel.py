"""Copies that travel: sent out, changed elsewhere, taken in against exactly what they were made from."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from cim_tui.core.errors import CimError, DamagedFile, NewerFile, UsageError
from cim_tui.core.session import Session, same
from cim_tui.service import rows
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import clear, set_text
from cim_tui.service.history import history
from cim_tui.service.redact import redact
from cim_tui.service.settle import conflicts
from cim_tui.service.travel import KEPT, Arrival, look_into, put_aside, send, take_in
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import Disk, disk
from cim_tui.store.keeper import Keeper
from cim_tui.store.paths import Folder

NOTE, TIER, COST = "gather.letter.note", "gather.letter.tier", "gather.letter.cost"
MEMBERS = "gather.team.members"


def changed(desk: Desk, key: str, *acts: Callable[[Case], object]) -> None:
    """Somebody opens a case, does something and saves."""
    case = desk.open(key)
    for act in acts:
        act(case)
    desk.save(case)


def says(desk: Desk, address: str, text: str) -> Callable[[Case], None]:
    return lambda case: set_text(case, address, text, desk.chance)


@pytest.fixture
def district(desk: Desk, tmp_path: Path) -> Desk:
    """The district, with a folder of its own on another machine."""
    folder = tmp_path / "district"
    folder.mkdir(0o700)
    return dataclasses.replace(desk, folder=Folder(folder, "the test"), by="Quail Ridge office")


def mailed(desk: Desk, case: Case, to: Desk, name: str = "copy.toml") -> Path:
    """A copy sent out, and laid among the cases of somebody else."""
    path = desk.folder.path.parent / name
    send(desk.open(case.id), desk, str(path))
    return Path(shutil.copy(path, to.folder.path / name))


def arrives(desk: Desk, case: Case, path: Path, **more: Any) -> tuple[Case, Arrival]:
    now = desk.open(case.id)
    return now, look_into(now, desk, path, **more)


def test_a_copy_names_what_it_was_made_from_and_that_is_kept(desk: Desk, case: Case) -> None:
    changed(desk, case.id, says(desk, NOTE, "Ours"))
    before = sessions.as_filed(desk.open(case.id).session.doc)
    sent = send(desk.open(case.id), desk, str(desk.folder.path.parent / "copy.toml"))
    copy = sessions.read(sent.path)
    assert copy.at("origin", "version") == sent.version == journal.version_of(before)
    assert copy.at("origin", "by") == "Rosa"
    assert copy.at("origin", "id") == case.id
    assert copy.raw(NOTE) == "Ours"
    assert copy.uid == case.session.uid
    assert same(sessions.as_filed(desk.open(case.id).session.doc), before)  # ours is untouched


def test_what_was_said_to_be_saved_and_is_not_in_the_file_yet_goes_out_too(
    desk: Desk, case: Case
) -> None:
    """Somebody's program was killed between the two."""
    gone = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                  SystemRandom(), look=disk.look(case.path))  # fmt: skip
    gone.acknowledge(Session(gone.state).with_value(NOTE, "Left behind").doc, by="Kim")
    gone.close()
    now = desk.open(case.id)
    assert now.session.raw(NOTE) is None
    sent = send(now, desk, str(desk.folder.path.parent / "copy.toml"))
    copy, file = sessions.read(sent.path), sessions.read(case.path)
    assert (copy.raw(NOTE), file.raw(NOTE)) == ("Left behind", "Left behind")
    assert copy.at("origin", "version") == journal.version_of(sessions.as_filed(file.doc))
    assert desk.met == ["Recovered: “Note”, which Kim had entered and could not write"]


def test_where_nothing_was_left_behind_sending_leaves_the_case_and_its_journals_alone(
    desk: Desk, case: Case
) -> None:
    changed(desk, case.id, says(desk, NOTE, "Ours"))
    before = {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()}
    send(desk.open(case.id), desk, str(desk.folder.path.parent / "copy.toml"))
    after = {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()}
    assert [p.name[:5] for p in after.keys() - before.keys()] == ["sent-"]
    assert {p: after[p] for p in before} == before


def bases_read(patch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files with what copies were made from, each time one is read."""
    read = Disk.read
    found: list[str] = []

    def counted(self: Disk, path: Path, limit: int) -> bytes:
        found.extend([path.name] if path.name.startswith("sent-") else [])
        return read(self, path, limit)

    patch.setattr(Disk, "read", counted)
    return found


def test_of_what_copies_were_made_from_only_what_is_asked_for_is_read(
    desk: Desk, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        changed(desk, case.id, says(desk, NOTE, f"Note {number}"))
        send(desk.open(case.id), desk, str(tmp_path / f"copy{number}.toml"))
    now = desk.open(case.id)
    copy = tmp_path / "copy4.toml"
    copy.write_text(copy.read_text().replace("Note 4", "From the district"))
    bases = bases_read(monkeypatch)
    told = history(now)
    for entry in told.entries():
        assert told.at(entry.rev).checked
    assert bases == []  # all of it hangs together without them
    arrival = look_into(now, desk, copy)
    assert arrival.base == "sent"
    assert [*dict.fromkeys(bases)] == [f"sent-{sessions.read(copy).at('origin', 'version')}"]


def test_where_the_journals_do_not_lead_what_was_sent_does_and_no_more_of_it_is_read(
    desk: Desk, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = []
    for number in range(6):
        changed(desk, case.id, says(desk, NOTE, f"Note {number}"))
        copy = send(desk.open(case.id), desk, str(tmp_path / "copy.toml"))
        versions.append(copy.version)
    revs = [entry.rev for entry in history(desk.open(case.id)).entries()]
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    for rev in revs[1:]:
        (folder / f"{rev.partition('.')[0]}.log").unlink()
    bases = bases_read(monkeypatch)
    then = history(desk.open(case.id)).at(revs[0])
    assert (then.checked, Session(then.doc).raw(NOTE)) == (True, "Note 0")
    assert bases == [f"sent-{versions[0]}"]


def test_what_the_other_changed_comes_in_and_what_we_changed_stays(
    desk: Desk, case: Case, district: Desk
) -> None:
    changed(desk, case.id, says(desk, NOTE, "Both know"), says(desk, TIER, "big"))
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, COST, "12.50"), lambda c: clear(c, NOTE))
    changed(desk, case.id, says(desk, TIER, "small"))
    now, arrival = arrives(desk, case, copy)
    assert (arrival.base, arrival.answers, arrival.conflicts) == ("sent", 2, ())
    assert arrival.in_words() == "2 answers from Quail Ridge"
    take_in(now, arrival)
    desk.save(now)
    session = desk.open(case.id).session
    assert (session.raw(NOTE), session.raw(TIER), str(session.raw(COST))) == (
        None,
        "small",
        "12.50",
    )
    assert session.at("origin") is None


def test_looking_into_a_copy_changes_nothing(desk: Desk, case: Case, district: Desk) -> None:
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"))
    files = {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()}
    arrives(desk, case, copy)
    assert {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()} == files


def test_what_both_changed_is_kept_twice_and_named(desk: Desk, case: Case, district: Desk) -> None:
    changed(desk, case.id, says(desk, NOTE, "Before"))
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"), says(district, COST, "3"))
    changed(desk, case.id, says(desk, NOTE, "Ours"))
    now, arrival = arrives(desk, case, copy)
    assert arrival.in_words() == "1 answer from Quail Ridge, 1 both changed"
    take_in(now, arrival)
    [conflict] = conflicts(now)
    assert (conflict.mine, conflict.theirs, conflict.by) == ("Ours", "Theirs", "Quail Ridge")


def test_taking_it_in_is_one_change_that_can_be_undone(
    desk: Desk, case: Case, district: Desk
) -> None:
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"), says(district, COST, "3"))
    now, arrival = arrives(desk, case, copy)
    before = now.session
    take_in(now, arrival)
    now.undo()
    assert same(now.session.doc, before.doc)


def test_a_copy_that_comes_twice_brings_nothing_new_the_second_time(
    desk: Desk, case: Case, district: Desk
) -> None:
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"))
    now, arrival = arrives(desk, case, copy)
    take_in(now, arrival)
    desk.save(now)
    _, again = arrives(desk, case, copy)
    assert again.edits == ()
    assert again.in_words() == "Nothing in it is new: everything from Quail Ridge is here"


def test_a_copy_that_is_sent_back_still_names_where_it_came_from(
    desk: Desk, case: Case, district: Desk
) -> None:
    changed(desk, case.id, says(desk, NOTE, "Before"))
    mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"))
    back = district.folder.path.parent / "back.toml"
    send(district.open("copy"), district, str(back))
    _, arrival = arrives(desk, case, back)
    assert (arrival.base, arrival.sender) == ("sent", "Quail Ridge office")
    assert arrival.conflicts == ()


def test_a_newer_copy_is_taken_in_by_whoever_works_on_an_older_one(
    desk: Desk, case: Case, district: Desk
) -> None:
    """They have no record of what we sent but the copy itself, as it arrived."""
    changed(desk, case.id, says(desk, NOTE, "First"), says(desk, TIER, "big"))
    mailed(desk, case, district)
    changed(district, "copy", says(district, COST, "3"))
    changed(desk, case.id, says(desk, NOTE, "Newer"), lambda c: clear(c, TIER))
    newer = district.folder.path.parent / "newer.toml"
    send(desk.open(case.id), desk, str(newer))
    theirs = sessions.read(newer).with_entry(
        ("origin", "from"),
        [sessions.read(district.folder.path / "copy.toml").at("origin", "version")],
    )
    newer.write_bytes(sessions.encode(theirs))
    now, arrival = arrives(district, district.open("copy"), newer)
    assert arrival.base == "history"
    take_in(now, arrival)
    assert (now.session.raw(NOTE), now.session.raw(TIER), str(now.session.raw(COST))) == (
        "Newer", None, "3",
    )  # fmt: skip
    assert now.session.at("origin") is not None


def test_a_version_that_only_the_journals_know_is_a_base_too(
    desk: Desk, case: Case, district: Desk
) -> None:
    changed(desk, case.id, says(desk, NOTE, "First"), says(desk, TIER, "big"))
    copy = mailed(desk, case, district)
    changed(district, "copy", lambda c: clear(c, TIER))
    changed(desk, case.id, says(desk, COST, "3"))
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    for path in folder.glob("sent-*"):
        path.unlink()
    now, arrival = arrives(desk, case, copy)
    assert arrival.base == "history"
    take_in(now, arrival)
    assert now.session.raw(TIER) is None


def test_without_a_base_nothing_is_guessed(desk: Desk, case: Case, district: Desk) -> None:
    changed(desk, case.id, says(desk, NOTE, "First"), says(desk, TIER, "big"))
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"), says(district, COST, "3"),
            lambda c: clear(c, TIER))  # fmt: skip
    changed(desk, case.id, says(desk, NOTE, "Ours"))
    shutil.rmtree(desk.folder.path / ".cim")
    now, arrival = arrives(desk, case, copy)
    assert arrival.base == "none"
    assert "nothing counts as removed" in arrival.remark
    take_in(now, arrival)
    assert (now.session.raw(TIER), str(now.session.raw(COST))) == ("big", "3")
    [conflict] = conflicts(now)
    assert (conflict.mine, conflict.theirs) == ("Ours", "Theirs")


def test_a_restored_backup_brings_nothing_new(desk: Desk, case: Case) -> None:
    changed(desk, case.id, says(desk, NOTE, "First"))
    backup = Path(shutil.copy(case.path, desk.folder.path / "restored.toml"))
    changed(desk, case.id, says(desk, NOTE, "Second"), says(desk, COST, "3"))
    _, arrival = arrives(desk, case, backup)
    assert (arrival.base, arrival.edits) == ("same", ())


def test_rows_added_on_both_sides_are_all_kept(desk: Desk, case: Case, district: Desk) -> None:
    copy = mailed(desk, case, district)
    changed(district, "copy", lambda c: rows.add_row(c, MEMBERS, {"name": "Theirs"}, desk.chance))
    changed(desk, case.id, lambda c: rows.add_row(c, MEMBERS, {"name": "Ours"}, desk.chance))
    now, arrival = arrives(desk, case, copy)
    take_in(now, arrival)
    assert {row["name"] for row in now.session.raw(MEMBERS).values()} == {"Ours", "Theirs"}
    assert conflicts(now) == []


def test_who_sent_it_can_be_said(desk: Desk, case: Case, district: Desk) -> None:
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, NOTE, "Theirs"))
    _, arrival = arrives(desk, case, copy, sender="Kim \x1b[2J Po")
    assert arrival.in_words() == "1 answer from Kim \ufffd[2J Po"


# What is refused


def test_the_case_itself_is_no_copy_of_it(desk: Desk, case: Case, tmp_path: Path) -> None:
    (tmp_path / "link.toml").hardlink_to(case.path)
    for path in (case.path, tmp_path / "link.toml"):
        with pytest.raises(UsageError, match="the case itself"):
            look_into(desk.open(case.id), desk, path)


def test_a_copy_of_another_case_is_refused_and_says_what_differs(
    desk: Desk, case: Case, tmp_path: Path
) -> None:
    other = case.session.with_entry(("uid",), "other2other2").with_entry(
        ("lea", "name"), "Elm Flat"
    )
    path = tmp_path / "other.toml"
    path.write_bytes(sessions.encode(other.with_fact("year", 2024)))
    with pytest.raises(
        UsageError, match=r"district is Elm Flat, here Quail Ridge; the year is 2024"
    ):
        look_into(desk.open(case.id), desk, path)


def test_another_uid_of_plainly_the_same_case_is_taken_and_said(
    desk: Desk, case: Case, tmp_path: Path
) -> None:
    other = case.session.with_entry(("uid",), "other2other2").with_value(NOTE, "Theirs")
    path = tmp_path / "other.toml"
    path.write_bytes(sessions.encode(other))
    now, arrival = arrives(desk, case, path)
    assert "another uid" in arrival.remark
    take_in(now, arrival)
    assert (now.session.uid, now.session.raw(NOTE)) == (case.session.uid, "Theirs")


@pytest.mark.parametrize(("text", "wrong"), [("x =", DamagedFile), ("schema = 9\n", NewerFile)])
def test_a_file_that_cannot_be_read_is_refused(
    text: str, wrong: type[CimError], desk: Desk, case: Case, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(text)
    with pytest.raises(wrong):
        look_into(desk.open(case.id), desk, path)


def test_a_link_is_not_taken_in(desk: Desk, case: Case, district: Desk, tmp_path: Path) -> None:
    copy = mailed(desk, case, district)
    (tmp_path / "link.toml").symlink_to(copy)
    with pytest.raises(DamagedFile, match="not a regular file"):
        look_into(desk.open(case.id), desk, tmp_path / "link.toml")


@pytest.mark.parametrize("name", ["{folder}/x.toml", "{folder}", "/dev/null"])
def test_a_copy_is_not_written_among_the_cases_or_over_a_device(
    name: str, desk: Desk, case: Case
) -> None:
    with pytest.raises(UsageError):
        send(case, desk, name.format(folder=desk.folder.path))
    assert [p.name for p in desk.folder.path.glob("*.toml")] == [case.path.name]


def test_junk_as_origin_is_no_origin(desk: Desk, case: Case, tmp_path: Path) -> None:
    for origin in ("x", 3, {"version": 3}, {"version": "../../x", "from": "y", "by": 3},
                   {"version": "a" * 32, "from": [1, "../../../etc/passwd"]}):  # fmt: skip
        path = tmp_path / "copy.toml"
        theirs = Session({**case.session.doc, "origin": origin}).with_value(NOTE, "Theirs")
        path.write_bytes(sessions.encode(theirs))
        _, arrival = arrives(desk, case, path)
        assert arrival.base == "none"


# Bounds, and copies among the cases


def test_what_copies_were_made_from_is_bounded(desk: Desk, case: Case, tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        now = desk.open(case.id)
        set_text(now, NOTE, f"Note {number}", desk.chance)
        now.path.write_bytes(sessions.encode(now.session))
        send(desk.open(case.id), desk, str(tmp_path / "copy.toml"))
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    assert len(list(folder.glob("sent-*"))) == KEPT


def test_a_copy_among_the_cases_is_put_aside_and_never_deleted(desk: Desk, case: Case) -> None:
    copy = Path(shutil.copy(case.path, desk.folder.path / "conflicted copy.toml"))
    data = copy.read_bytes()
    for _ in range(2):
        copy.write_bytes(data)
        now, arrival = arrives(desk, case, copy)
        place = put_aside(now, desk, arrival)
        assert place is not None
        assert place.read_bytes() == data
        assert not copy.exists()
    assert len(list((desk.folder.path / ".cim" / "merged").iterdir())) == 2


def test_a_copy_that_changed_meanwhile_or_lies_elsewhere_stays(
    desk: Desk, case: Case, district: Desk
) -> None:
    copy = Path(shutil.copy(case.path, desk.folder.path / "copy.toml"))
    now, arrival = arrives(desk, case, copy)
    copy.write_text(copy.read_text() + "\n")
    assert put_aside(now, desk, arrival) is None
    elsewhere = mailed(desk, case, district)
    now, arrival = arrives(desk, case, elsewhere)
    assert put_aside(now, desk, arrival) is None
    assert copy.exists()
    assert elsewhere.exists()


def test_what_was_taken_out_here_does_not_come_back_with_a_copy(
    desk: Desk, case: Case, district: Desk
) -> None:
    changed(desk, case.id, says(desk, NOTE, "The child is Ana Lopez"))
    copy = mailed(desk, case, district)
    changed(district, "copy", says(district, COST, "3"))
    redact(desk.open(case.id), desk, "Named a child", NOTE)
    now, arrival = arrives(desk, case, copy)
    assert arrival.kept_out == (NOTE,)
    take_in(now, arrival)
    assert (now.session.raw(NOTE), str(now.session.raw(COST))) == (None, "3")
    assert conflicts(now) == []
