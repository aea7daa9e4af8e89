"""Whether everything that is kept is whole: what is found, and what the exit code makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import SystemRandom

import pytest

from cim_tui.core.changes import Edit
from cim_tui.core.errors import Exit
from cim_tui.core.session import Session
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import set_text
from cim_tui.service.travel import send
from cim_tui.service.verify import Verified, verify
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.journal import Record, encode
from cim_tui.store.keeper import Keeper

NOTE = "gather.letter.note"


@pytest.fixture
def folder(desk: Desk, case: Case) -> Path:
    """Where the journals of a case are, on which two people worked."""
    for text in ("One", "Two"):
        now = desk.open(case.id)
        set_text(now, NOTE, text, desk.chance)
        desk.save(now)
    return journal.folder_of(desk.folder.path, case.session.uid)


def levels(found: Verified) -> set[str]:
    return {finding.level for finding in found.findings}


def message(found: Verified, level: str) -> str:
    [only] = [f.in_words() for f in found.findings if f.level == level]
    return only


def test_what_is_whole_is_fine(desk: Desk, case: Case, folder: Path) -> None:
    send(desk.open(case.id), desk, str(desk.folder.path.parent / "copy.toml"))
    found = verify(desk)
    assert (found.findings, found.exit) == ([], Exit.OK)
    assert (found.cases, found.journals, found.records) == (1, 2, 6)


def test_an_empty_or_missing_folder_is_fine(desk: Desk) -> None:
    assert verify(desk).exit is Exit.OK


def test_verifying_changes_nothing(desk: Desk, folder: Path) -> None:
    before = {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()}
    verify(desk)
    assert {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()} == before


def test_every_flipped_byte_of_every_journal_is_found(desk: Desk, folder: Path) -> None:
    for path in journal.files(folder):
        data = path.read_bytes()
        for at in range(0, len(data), 7):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            found = verify(desk)
            assert found.exit in (Exit.DAMAGED, Exit.INCOMPLETE), at
            assert levels(found) & {"damaged", "remark"}
        path.write_bytes(data)
    assert verify(desk).exit is Exit.OK


def test_a_line_that_was_cut_off_by_a_crash_is_a_remark(desk: Desk, folder: Path) -> None:
    path = journal.files(folder)[0]
    with path.open("ab") as file:
        file.write(b'0123456789abcdef {"w":"x","n"')
    found = verify(desk)
    assert found.exit is Exit.INCOMPLETE
    assert "cut off" in message(found, "remark")


def test_a_record_that_is_missing_is_found(desk: Desk, folder: Path) -> None:
    path = journal.files(folder)[0]
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], *lines[2:]]))
    found = verify(desk)
    assert found.exit is Exit.DAMAGED
    assert any("are missing: 2" in f.message for f in found.findings)


def test_two_records_of_one_number_are_found(desk: Desk, folder: Path) -> None:
    path = journal.files(folder)[0]
    own = journal.read(path).records
    with path.open("ab") as file:
        file.write(encode(own[1]._replace(by="Somebody else")))
    assert verify(desk).exit is Exit.DAMAGED


def test_a_record_that_is_good_and_tells_something_else_is_found(desk: Desk, folder: Path) -> None:
    path = journal.files(folder)[0]
    own = journal.read(path).records
    at = next(i for i, record in enumerate(own) if record.kind == "edit")
    path_of_note = own[at].edits[0].path
    own[at] = own[at]._replace(edits=(Edit(path_of_note, None, "Never typed"),))
    path.write_bytes(b"".join(map(encode, own)))
    found = verify(desk)
    assert found.exit is Exit.DAMAGED
    assert any("another version than was written" in f.message for f in found.findings)


def test_a_damaged_case_is_found_with_its_line_and_hides_no_other(desk: Desk, folder: Path) -> None:
    (desk.folder.path / "broken.toml").write_text("schema = 1\nx =\n")
    (desk.folder.path / "broken.toml").chmod(0o600)
    found = verify(desk)
    assert found.exit is Exit.DAMAGED
    assert "broken.toml, line 2" in message(found, "damaged")
    assert found.cases == 2


def test_a_case_of_a_newer_version_is_said(desk: Desk, folder: Path) -> None:
    (desk.folder.path / "new.toml").write_text("schema = 9\n")
    assert verify(desk).exit is Exit.NEWER


def test_journals_whose_case_is_gone_are_a_remark(desk: Desk, case: Case, folder: Path) -> None:
    disk.remove(case.path)
    found = verify(desk)
    assert found.exit is Exit.INCOMPLETE
    assert "a case that is not here" in message(found, "remark")


def test_a_damaged_base_is_found(desk: Desk, case: Case, folder: Path) -> None:
    send(desk.open(case.id), desk, str(desk.folder.path.parent / "copy.toml"))
    [sent] = folder.glob("sent-*")
    data = sent.read_bytes()
    sent.write_bytes(data.replace(b"Two", b"Owt"))
    assert verify(desk).exit is Exit.DAMAGED
    sent.write_bytes(data)
    sent.rename(folder / f"sent-{'0' * 32}")
    assert verify(desk).exit is Exit.DAMAGED


def test_a_damaged_head_is_found(desk: Desk, folder: Path) -> None:
    (folder / "head").write_bytes(b"0123 nothing\n")
    assert "not what was written" in message(verify(desk), "damaged")


def test_a_journal_that_begins_late_is_fine_and_said(desk: Desk, folder: Path) -> None:
    late = Record("zzzzzzzz", 5, "edit", "2025-11-03T09:30:00Z", "Kim",
                  edits=(Edit(("lea", "x"), None, "y"),))  # fmt: skip
    path = folder / "zzzzzzzz.log"
    path.write_bytes(encode(late))
    path.chmod(0o600)
    found = verify(desk)
    assert (found.exit, levels(found)) == (Exit.OK, {"note"})


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o606])
def test_a_file_that_others_can_read_is_a_remark(
    mode: int, desk: Desk, case: Case, folder: Path
) -> None:
    for path in (case.path, journal.files(folder)[0]):
        before = path.stat().st_mode
        path.chmod(mode)
        assert verify(desk).exit is Exit.INCOMPLETE
        path.chmod(before)


def test_a_folder_that_everybody_can_write_to_is_a_remark(desk: Desk, folder: Path) -> None:
    desk.folder.path.chmod(0o777)
    found = verify(desk)
    assert "everybody on this machine" in message(found, "remark")


def test_what_is_not_in_the_file_yet_is_said_and_fine(desk: Desk, case: Case, folder: Path) -> None:
    gone = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                  SystemRandom(), look=disk.look(case.path))  # fmt: skip
    gone.acknowledge(Session(gone.state).with_value(NOTE, "Not written").doc, by="Kim")
    gone.close()
    found = verify(desk)
    assert found.exit is Exit.OK
    assert "what Kim entered" in message(found, "note")
    now = desk.open(case.id)
    set_text(now, "gather.letter.cost", "3", desk.chance)
    desk.save(now)
    assert verify(desk).findings == []


def test_what_was_recovered_can_be_taken_back_exactly(desk: Desk, case: Case, folder: Path) -> None:
    now = desk.open(case.id)
    set_text(now, "gather.letter.cost", "3", desk.chance)
    desk.save(now)
    gone = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                  SystemRandom(), look=disk.look(case.path))  # fmt: skip
    gone.acknowledge(Session(gone.state).with_value(NOTE, None).doc, by="Kim")
    gone.close()
    now = desk.open(case.id)
    set_text(now, "gather.letter.tier", "big", desk.chance)
    desk.save(now)
    assert desk.open(case.id).session.raw(NOTE) is None
    assert verify(desk).findings == []


def test_a_redaction_plan_that_is_damaged_is_said(desk: Desk, case: Case, folder: Path) -> None:
    (folder / "redaction").write_bytes(b"0123\n{}")
    found = verify(desk)
    assert found.exit is Exit.DAMAGED
    assert "a redaction was interrupted" in message(found, "damaged")


def test_a_copy_of_a_case_is_a_remark(desk: Desk, case: Case, folder: Path) -> None:
    shutil.copy(case.path, desk.folder.path / "copy.toml")
    assert "cim merge" in message(verify(desk), "remark")


def test_a_link_among_the_journals_and_a_second_name_are_remarks(
    desk: Desk, case: Case, folder: Path, tmp_path: Path
) -> None:
    (folder.parent / "abcdefgh").symlink_to(tmp_path)
    (tmp_path / "second.toml").hardlink_to(case.path)
    found = verify(desk)
    assert found.exit is Exit.INCOMPLETE
    assert len(found.findings) == 2


def test_only_the_cases_asked_for_are_looked_over(desk: Desk, case: Case, folder: Path) -> None:
    (desk.folder.path / "broken.toml").write_text("x =\n")
    assert verify(desk, [case.id]).exit is Exit.OK
    assert verify(desk, ["broken"]).exit is Exit.DAMAGED
