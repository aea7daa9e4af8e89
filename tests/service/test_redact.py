"""A text that has to go: out of the file, the journals, the bases, the archives and the copies."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from pathlib import Path
from random import SystemRandom

import pytest

from cim_tui.core.errors import Exit, ReadOnly, UnknownAddress, UsageError
from cim_tui.core.session import Session
from cim_tui.service import rows
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import clear, set_absent, set_text
from cim_tui.service.history import history, lines, way_back
from cim_tui.service.redact import Outcome, redact, summary
from cim_tui.service.search import forms
from cim_tui.service.settle import conflicts
from cim_tui.service.travel import look_into, put_aside, send, take_in
from cim_tui.service.verify import verify
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import Disk, disk
from cim_tui.store.keeper import Keeper
from cim_tui.store.presence import SILENT, Signs

NOTE, MEMBERS = "gather.letter.note", "gather.team.members"
NAME = 'Ana "Nita" López\\Ruiz'
"""A name that is escaped in every format there is."""


def types(desk: Desk, case: Case, *texts: str, address: str = NOTE) -> None:
    """One save for each text, as while typing."""
    for text in texts:
        now = desk.open(case.id)
        set_text(now, address, text, desk.chance)
        desk.save(now)


def anywhere(folder: Path, text: str) -> list[str]:
    """Every file under a folder that holds a text in some form."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms(text))
    ]


def taken_out(desk: Desk, case: Case, address: str = "", text: str = "") -> Outcome:
    return redact(desk.open(case.id), desk, "Named a child", address, text)


def fine(desk: Desk) -> None:
    """Nothing is damaged, and what was taken out is said."""
    found = verify(desk)
    assert [f for f in found.findings if f.level in ("damaged", "newer")] == []
    assert any("Named a child" in f.message for f in found.findings)


def test_an_answer_goes_with_everything_that_ever_stood_there(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana", f"The child is {NAME}", "All is well")
    assert anywhere(desk.folder.path, NAME)
    outcome = taken_out(desk, case, NOTE)
    assert (outcome.found, outcome.looked) == ([], True)
    assert anywhere(desk.folder.path, NAME) == []
    assert anywhere(desk.folder.path, "The child is Ana") == []
    assert desk.open(case.id).session.raw(NOTE) is None
    fine(desk)


def test_the_history_says_that_something_stood_there_and_why_it_is_gone(
    desk: Desk, case: Case
) -> None:
    types(desk, case, f"The child is {NAME}")
    taken_out(desk, case, NOTE)
    now = desk.open(case.id)
    entries = history(now).entries()
    assert [lines(now, e.edits)[0].new for e in entries] == ["(taken out: Named a child)", ""]
    assert entries[-1].what == "taken out: Named a child"
    assert entries[-1].by == "Rosa"


def test_records_keep_their_numbers_and_every_version_can_be_checked(
    desk: Desk, case: Case
) -> None:
    types(desk, case, "One", f"The child is {NAME}", "Two")
    types(desk, case, "big", address="gather.letter.tier")
    before = {w: [r.n for r in own] for w, own in history(desk.open(case.id)).writers.items()}
    taken_out(desk, case, NOTE)
    told = history(desk.open(case.id))
    assert {w: [r.n for r in told.writers[w]] for w in before} == before
    for entry in told.entries():
        assert told.at(entry.rev).checked
    told.check()
    assert told.strange == []


def test_a_piece_of_text_goes_wherever_it_stands_and_the_rest_stays(desk: Desk, case: Case) -> None:
    types(desk, case, f"We met {NAME} on Monday")
    now = desk.open(case.id)
    row = rows.add_row(now, MEMBERS, {"name": f"Mother of {NAME}"}, desk.chance)
    set_absent(now, "gather.letter.more", "unknown", f"Ask {NAME}")
    desk.save(now)
    outcome = taken_out(desk, case, text=NAME)
    assert outcome.found == []
    assert anywhere(desk.folder.path, NAME) == []
    session = desk.open(case.id).session
    assert session.raw(NOTE) == "We met [taken out] on Monday"
    assert session.raw(f"{MEMBERS}.{row}.name") == "Mother of [taken out]"
    absence = session.absence("gather.letter.more")
    assert absence is not None
    assert absence.note == "Ask [taken out]"
    fine(desk)


def test_what_was_kept_while_a_piece_was_typed_goes_too(desk: Desk, case: Case) -> None:
    types(desk, case, "We met A", "We met Ana Lo", "We met Ana Lope", "We met Ana Lopez today")
    taken_out(desk, case, text="Ana Lopez")
    assert anywhere(desk.folder.path, "Ana L") == []
    assert desk.open(case.id).session.raw(NOTE) == "We met [taken out] today"


def test_bases_archives_heads_and_copies_are_cleaned(desk: Desk, case: Case) -> None:
    types(desk, case, f"The child is {NAME}")
    send(desk.open(case.id), desk, str(desk.folder.path.parent / "copy.toml"))
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    loose = journal.files(folder)
    (folder / "archive-aaaaaaaa.log").write_bytes(b"".join(p.read_bytes() for p in loose))
    copy = Path(shutil.copy(case.path, desk.folder.path / "conflicted.toml"))
    now = desk.open(case.id)
    put_aside(now, desk, look_into(now, desk, copy))
    assert {"head", "archive-aaaaaaaa.log", "conflicted.toml"} <= set(
        anywhere(desk.folder.path, NAME)
    )
    assert taken_out(desk, case, NOTE).found == []
    assert anywhere(desk.folder.path, NAME) == []
    fine(desk)


def test_a_text_that_waits_in_a_conflict_goes(desk: Desk, case: Case, tmp_path: Path) -> None:
    types(desk, case, "Before")
    copy = tmp_path / "copy.toml"
    send(desk.open(case.id), desk, str(copy))
    copy.write_text(
        copy.read_text().replace(
            "Before", f"It is {NAME}".replace("\\", "\\\\").replace('"', '\\"')
        )
    )
    types(desk, case, "Ours")
    now = desk.open(case.id)
    take_in(now, look_into(now, desk, copy))
    desk.save(now)
    assert conflicts(desk.open(case.id))[0].theirs == f"It is {NAME}"
    taken_out(desk, case, NOTE)
    assert anywhere(desk.folder.path, NAME) == []
    fine(desk)


def test_a_damaged_line_that_holds_the_text_goes_as_a_whole(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez", "Fine")
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    for path in journal.files(folder):
        path.write_bytes(path.read_bytes().replace(b'"what"', b'"whom"'))  # checksums do not fit
    (folder / "head").write_bytes(b"0 nothing")
    outcome = taken_out(desk, case, text="Ana Lopez")
    assert outcome.dropped > 0
    assert "went as a whole" in summary(outcome)
    assert anywhere(desk.folder.path, "Ana Lopez") == []


def test_half_written_files_go(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    for folder in (desk.folder.path, journal.folder_of(desk.folder.path, case.session.uid)):
        (folder / f".{case.path.name}.12-ab.tmp").write_text("The child is Ana Lopez")
    taken_out(desk, case, text="Ana Lopez")
    assert anywhere(desk.folder.path, "Ana Lopez") == []


def test_where_it_stands_all_the_same_is_said(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    (desk.folder.path / "plan.html").write_text("<p>The child is Ana Lopez</p>")
    outcome = taken_out(desk, case, NOTE)
    assert [path.name for path in outcome.found] == ["plan.html"]


def test_a_plain_word_is_taken_out_of_its_answer_only(desk: Desk, case: Case) -> None:
    types(desk, case, "big", address="gather.letter.tier")
    types(desk, case, "big")
    outcome = taken_out(desk, case, NOTE)
    session = desk.open(case.id).session
    assert (session.raw(NOTE), session.raw("gather.letter.tier")) == (None, "big")
    assert not outcome.looked


def test_a_row_goes_cell_by_cell_and_stays(desk: Desk, case: Case) -> None:
    now = desk.open(case.id)
    row = rows.add_row(now, MEMBERS, {"name": "Ana Lopez", "role": "big"}, desk.chance)
    desk.save(now)
    taken_out(desk, case, f"{MEMBERS}.{row}.name")
    assert desk.open(case.id).session.raw(f"{MEMBERS}.{row}") == {"role": "big"}
    fine(desk)


def test_what_was_taken_out_does_not_come_back_with_the_history(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    types(desk, case, "big", address="gather.letter.tier")
    rev = history(desk.open(case.id)).entries()[0].rev
    taken_out(desk, case, NOTE)
    now = desk.open(case.id)
    way = way_back(now, desk, rev)
    assert way.left_out == (NOTE,)
    assert way.session.raw(NOTE) is None
    assert way.session.raw("gather.letter.tier") is None


def test_an_answer_that_was_cleared_before_can_be_taken_out_of_the_history(
    desk: Desk, case: Case
) -> None:
    types(desk, case, "The child is Ana Lopez")
    now = desk.open(case.id)
    clear(now, NOTE)
    desk.save(now)
    taken_out(desk, case, NOTE)
    assert anywhere(desk.folder.path, "Ana Lopez") == []
    fine(desk)


def test_the_name_of_the_district_is_marked_and_the_file_stays_readable(
    desk: Desk, case: Case
) -> None:
    taken_out(desk, case, text="Quail Ridge")
    assert desk.open(case.id).session.lea == "[taken out]"


def test_work_goes_on_after_it(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    taken_out(desk, case, NOTE)
    types(desk, case, "Better")
    assert desk.open(case.id).session.raw(NOTE) == "Better"
    fine(desk)


@pytest.mark.parametrize(("reason", "address", "text", "says"), [
    ("", NOTE, "", "Say why"), (" \n", NOTE, "", "Say why"), ("x", "", "", "Name an answer"),
    ("x", NOTE, "y", "not both"), ("x", "", "ab", "more of the text"),
    ("It named Ana Lopez", "", "Ana Lopez", "without the text itself"),
])  # fmt: skip
def test_what_is_not_clear_is_refused(
    reason: str, address: str, text: str, says: str, desk: Desk, case: Case
) -> None:
    types(desk, case, "The child is Ana Lopez")
    with pytest.raises(UsageError, match=says):
        redact(desk.open(case.id), desk, reason, address, text)


def test_a_text_that_stands_nowhere_is_said_and_nothing_is_written(desk: Desk, case: Case) -> None:
    types(desk, case, "Something")
    files = {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()}
    with pytest.raises(UnknownAddress, match="nowhere"):
        taken_out(desk, case, text="Not there at all")
    with pytest.raises(UnknownAddress, match="ever stood"):
        taken_out(desk, case, "gather.letter.more")
    with pytest.raises(UnknownAddress, match="no answer"):
        taken_out(desk, case, "gather.letter.nonsense")
    assert {p: p.read_bytes() for p in desk.folder.path.rglob("*") if p.is_file()} == files


def test_while_somebody_has_the_case_open_it_is_refused(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    other = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                   SystemRandom())  # fmt: skip
    other.be_here()
    with pytest.raises(ReadOnly, match="Kim has the case open"):
        taken_out(desk, case, NOTE)
    other.close()
    taken_out(desk, case, NOTE)


def test_whoever_comes_while_it_is_at_work_is_not_written_under(
    desk: Desk, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They came after we looked who is here: their journal may grow at any moment."""
    types(desk, case, "The child is Ana Lopez")
    other = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                   SystemRandom())  # fmt: skip
    write_atomic = Disk.write_atomic

    def meanwhile(self: Disk, path: Path, data: bytes, mode: int | None = None) -> None:
        write_atomic(self, path, data, mode)
        if path == case.path:
            other.be_here()

    folder = journal.folder_of(desk.folder.path, case.session.uid)
    before = {path: path.read_bytes() for path in journal.files(folder)}
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "write_atomic", meanwhile)
        with pytest.raises(ReadOnly, match=r"Kim has the case open .* run it again"):
            taken_out(desk, case, NOTE)
    assert {path: path.read_bytes() for path in before} == before
    found = verify(desk)
    assert found.exit == Exit.INCOMPLETE
    assert any("a redaction was interrupted: run cim redact" in f.message for f in found.findings)
    other.close()
    assert taken_out(desk, case, NOTE).found == []
    assert verify(desk).exit == Exit.OK


def test_somebody_on_another_machine_counts_until_they_are_silent(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    sign = folder / "abcdefgh.here"
    sign.write_text(json.dumps({"who": "Kim", "host": "far-away", "pid": 1, "since": "noon"}))
    with pytest.raises(ReadOnly, match="Kim has the case open on far-away since noon"):
        taken_out(desk, case, NOTE)
    long_ago = sign.stat().st_mtime - SILENT - 5
    os.utime(sign, (long_ago, long_ago))
    assert taken_out(desk, case, NOTE).found == []


def test_two_who_take_something_out_at_once_see_each_other(desk: Desk, case: Case) -> None:
    types(desk, case, "The child is Ana Lopez")
    folder = journal.folder_of(desk.folder.path, case.session.uid)
    seen: list[str] = []
    save = desk.save

    class Watched(Desk):
        def save(self, case: Case, *, always: bool = False) -> None:
            if not always:  # what is taken out is about to be written
                seen.extend(one.who for one in Signs(folder).others() if one.alive)
                with pytest.raises(ReadOnly, match="Rosa has the case open"):
                    taken_out(desk, case, text="Ana Lopez")
            save(case, always=always)

    taken_out(Watched(**vars(desk)), case, NOTE)
    assert seen == ["Rosa"]
    assert [one for one in Signs(folder).others() if one.alive] == []


def test_what_was_left_behind_comes_in_before_something_is_taken_out_of_it(
    desk: Desk, case: Case
) -> None:
    types(desk, case, "Before")
    gone = Keeper(case.path, sessions.read(case.path).doc, "Kim", lambda: "2025-11-03T09:30:00Z",
                  SystemRandom(), look=disk.look(case.path))  # fmt: skip
    gone.acknowledge(Session(gone.state).with_value(NOTE, "We met Ana Lopez today").doc, by="Kim")
    gone.close()
    assert taken_out(desk, case, text="Ana Lopez").found == []
    assert desk.open(case.id).session.raw(NOTE) == "We met [taken out] today"
    assert any("Kim had entered" in text for text in desk.met)
    fine(desk)


def test_another_persons_later_work_is_untouched(desk: Desk, case: Case) -> None:
    kim = dataclasses.replace(desk, by="Kim")
    types(desk, case, "The child is Ana Lopez")
    types(kim, case, "big", address="gather.letter.tier")
    taken_out(desk, case, NOTE)
    session = Session(sessions.read(case.path).doc)
    assert session.raw("gather.letter.tier") == "big"
