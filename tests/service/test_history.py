"""What a case held before, who changed it, and the way back."""

from __future__ import annotations

import dataclasses
import random
from datetime import date
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from cim_tui.core.changes import Edit
from cim_tui.core.errors import UnknownAddress, UsageError
from cim_tui.core.session import Session, same
from cim_tui.service import rows
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.edit import clear, set_absent, set_text
from cim_tui.service.history import (
    Entry,
    History,
    chosen,
    go_back,
    history,
    lines,
    way_back,
    words,
)
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.journal import Redacted
from cim_tui.store.keeper import Keeper

NOTE, TIER = "gather.letter.note", "gather.letter.tier"
MEMBERS = "gather.team.members"


def writes(desk: Desk, case: Case, address: str, text: str, by: str = "Rosa") -> Session:
    """Somebody opens the case, changes one answer and saves; what the file holds then."""
    own = dataclasses.replace(desk, by=by)
    opened = own.open(case.id)
    set_text(opened, address, text, desk.chance)
    own.save(opened)
    return opened.session


def told(desk: Desk, case: Case) -> list[Entry]:
    return history(desk.open(case.id)).entries()


def keeper(case: Case, by: str, at: str = "2025-11-03T09:30:00Z") -> Keeper:
    """Somebody with the case open, with a clock of their own."""
    look = disk.look(case.path)
    return Keeper(
        case.path, sessions.read(case.path).doc, by, lambda: at, SystemRandom(), look=look
    )


def shown(desk: Desk, case: Case) -> list[str]:
    """The history in words, a line for each thing that changed."""
    now = desk.open(case.id)
    return [
        f"{entry.by}: {line.address}: {line.old} > {line.new}"
        for entry in history(now).entries()
        for line in lines(now, entry.edits)
    ]


def test_a_case_that_nobody_changed_has_no_history(desk: Desk, case: Case) -> None:
    assert told(desk, case) == []


def test_every_change_says_who_what_and_what_stood_there(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    writes(desk, case, NOTE, "Second", by="Kim")
    writes(desk, case, TIER, "big", by="Kim")
    assert shown(desk, case) == [
        f"Rosa: {NOTE}:  > First",
        f"Kim: {NOTE}: First > Second",
        f"Kim: {TIER}:  > Big one",
    ]


def test_the_order_is_what_each_had_seen_and_not_the_clock(desk: Desk, case: Case) -> None:
    late = keeper(case, "Late", at="2031-01-01T00:00:00Z")
    late.save(Session(late.state).with_value(NOTE, "First").doc, by="Late")
    late.close()
    early = keeper(case, "Early", at="2001-01-01T00:00:00Z")
    early.save(Session(early.state).with_value(NOTE, "Second").doc, by="Early")
    early.close()
    assert [entry.by for entry in told(desk, case)] == ["Late", "Early"]


def test_a_change_by_hand_is_told_before_and_after_somebody_took_it_in(
    desk: Desk, case: Case
) -> None:
    writes(desk, case, NOTE, "Typed")
    case.path.write_text(case.path.read_text().replace("Typed", "By hand"))
    [_, by_hand] = told(desk, case)
    assert (by_hand.rev, by_hand.kind, by_hand.by) == ("now", "by-hand", "external")

    writes(desk, case, TIER, "small")
    entries = told(desk, case)
    assert [entry.kind for entry in entries] == ["change", "by-hand", "change"]
    assert entries[1].rev != "now"
    assert shown(desk, case)[1] == f"external: {NOTE}: Typed > By hand"


def test_what_a_writer_only_made_sure_of_is_told_to_nobody(desk: Desk, case: Case) -> None:
    """Once the head is gone nobody knows what a hand changed: all of it counts as put there."""
    writes(desk, case, NOTE, "Typed")
    (journal.folder_of(case.path.parent, case.session.uid) / journal.HEAD).unlink()
    case.path.write_text(case.path.read_text().replace("Typed", "By hand"))
    writes(desk, case, TIER, "small")

    assert sorted(entry.kind for entry in told(desk, case)) == ["change", "change", "recovered"]
    lines_told = shown(desk, case)
    assert {f"Rosa: {NOTE}:  > Typed", f"Rosa: {TIER}:  > Small one"} < {*lines_told}
    assert len(lines_told) == 3


def test_what_was_recovered_says_whose_it_was(desk: Desk, case: Case) -> None:
    writes(desk, case, TIER, "big")
    gone = keeper(case, "Gone")
    gone.acknowledge(Session(gone.state).with_value(NOTE, "Not in the file").doc, by="Gone")
    gone.close()
    writes(desk, case, TIER, "small", by="Kim")
    recovered = [entry for entry in told(desk, case) if entry.kind == "recovered"]
    assert [entry.by for entry in recovered] == ["Gone"]
    assert desk.open(case.id).session.raw(NOTE) == "Not in the file"


# States


def test_every_state_of_many_changes_by_many_people_is_worked_out_exactly(
    desk: Desk, case: Case
) -> None:
    """Rows come and go and move, reasons, facts, changes by hand: each state as it was."""
    rng = random.Random(7)  # noqa: S311
    held: list[tuple[str, Any]] = []
    for number in range(60):
        by = dataclasses.replace(desk, by=rng.choice(["Rosa", "Kim", "Lu"]))
        now = by.open(case.id)
        _something(now, rng, desk, number)
        if number % 9 == 8:
            case.path.write_bytes(sessions.encode(now.session))  # with another program
        else:
            by.save(now)
        entries = history(desk.open(case.id)).entries()
        if entries and entries[-1].rev != "now":
            held.append((entries[-1].rev, sessions.read(case.path).doc))
    assert len({rev for rev, _ in held}) > 40
    end = history(desk.open(case.id))
    for rev, doc in held:
        version = end.at(rev)
        assert same(version.doc, sessions.as_filed(doc)), rev
        assert version.checked
    end.check()
    assert end.strange == []


def _something(case: Case, rng: random.Random, desk: Desk, number: int) -> None:
    have = list(case.session.raw(MEMBERS) or {})
    act = rng.choice(["note", "add", "add", "remove", "move", "cell", "absent", "clear"])
    if act == "add" or not have:
        rows.add_row(case, MEMBERS, {"name": f"Member {number}"}, desk.chance)
    elif act == "remove":
        rows.remove_row(case, f"{MEMBERS}.{rng.choice(have)}")
    elif act == "move":
        rows.move_row(case, f"{MEMBERS}.{rng.choice(have)}", rng.choice([-1, 1, 2]))
    elif act == "cell":
        set_text(case, f"{MEMBERS}.{rng.choice(have)}.years", str(number), desk.chance)
    elif act == "absent":
        set_absent(case, NOTE, "unknown", f"Ask again {number}")
    elif act == "clear" and case.session.raw(NOTE):
        clear(case, NOTE)
    else:
        set_text(case, NOTE, f"Note {number}", desk.chance)


def test_a_state_is_found_by_the_beginning_of_its_writer(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    [entry] = told(desk, case)
    writer, number = entry.rev.split(".")
    assert history(desk.open(case.id)).at(f"{writer[:5]}.{number}").rev == entry.rev


def test_a_state_is_found_by_the_name_of_its_version(desk: Desk, case: Case) -> None:
    first = writes(desk, case, NOTE, "First")
    writes(desk, case, NOTE, "Second")
    name = journal.version_of(sessions.as_filed(first.doc))
    assert Session(history(desk.open(case.id)).at(name).doc).raw(NOTE) == "First"


@pytest.mark.parametrize("rev", ["", "x", "x.1", ".", ".1", "1", "now.1", "aaaaaaaa.99", "²", "a.²",
                                 "a." + "9" * 400])  # fmt: skip
def test_a_revision_that_is_none_is_refused(rev: str, desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    with pytest.raises(UnknownAddress, match="no revision"):
        history(desk.open(case.id)).at(rev)


def test_where_a_journal_is_gone_the_history_says_that_it_does_not_reach(
    desk: Desk, case: Case
) -> None:
    writes(desk, case, NOTE, "First")
    writes(desk, case, NOTE, "Second")
    writes(desk, case, NOTE, "Third")
    first, second, third = told(desk, case)
    folder = journal.folder_of(case.path.parent, case.session.uid)
    disk.remove(folder / f"{second.rev.partition('.')[0]}.log")
    now = history(desk.open(case.id))
    with pytest.raises(UnknownAddress, match="does not reach"):
        now.at(first.rev)
    assert Session(now.at(third.rev).doc).raw(NOTE) == "Third"
    assert [entry.rev for entry in now.entries()] == [first.rev, third.rev]


def test_a_damaged_line_hides_only_what_hangs_on_it(desk: Desk, case: Case) -> None:
    own = keeper(case, "Rosa")
    for word in ("One", "Two", "Three"):
        own.save(Session(own.state).with_value(NOTE, word).doc, by="Rosa")
    own.close()
    [path] = journal.files(own.folder)
    lines_ = path.read_bytes().split(b"\n")
    at = next(i for i, line in enumerate(lines_) if b"Two" in line)
    lines_[at] = lines_[at].replace(b"Two", b"Owt")
    path.write_bytes(b"\n".join(lines_))
    now = history(desk.open(case.id))
    revs = [entry.rev for entry in now.entries()]
    assert len(revs) == 2  # the damaged one is passed over
    assert Session(now.at(revs[-1]).doc).raw(NOTE) == "Three"
    assert all(value != "Owt" for value in map(str, now.known.values()))


def test_the_history_of_a_case_goes_on_when_its_file_is_renamed(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    case.path.rename(case.path.with_name("renamed.toml"))
    renamed = desk.open("renamed")
    writes(desk, renamed, NOTE, "Second")
    assert f"Rosa: {NOTE}: First > Second" in shown(desk, renamed)


def test_without_journals_the_present_is_all_there_is(desk: Desk, case: Case) -> None:
    now = History(case.session.doc, desk.folder.path / ".cim" / "nothing")
    assert now.entries() == []
    assert same(now.at("now").doc, sessions.as_filed(case.session.doc))


# Choosing


def test_the_history_of_one_field_holds_only_that(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    writes(desk, case, TIER, "big")
    now = desk.open(case.id)
    assert [e.edits[0].new for e in chosen(history(now).entries(), now, address=NOTE)] == ["First"]
    assert len(chosen(history(now).entries(), now, address="gather.letter")) == 2
    assert len(chosen(history(now).entries(), now, address="gather")) == 2
    assert chosen(history(now).entries(), now, address="plan") == []


def test_a_reason_for_a_missing_answer_is_part_of_that_answers_history(
    desk: Desk, case: Case
) -> None:
    now = desk.open(case.id)
    set_absent(now, NOTE, "unknown", "Ask the office")
    desk.save(now)
    now = desk.open(case.id)
    [entry] = chosen(history(now).entries(), now, address=NOTE)
    assert lines(now, entry.edits)[0].new == "(not known: Ask the office)"


def test_a_fact_is_part_of_its_questions_history(desk: Desk, case: Case) -> None:
    writes(desk, case, "gather.letter.level", "two")
    now = desk.open(case.id)
    assert len(chosen(history(now).entries(), now, address="gather.letter.level")) == 1


def test_an_address_that_never_was_is_refused_with_the_nearest(desk: Desk, case: Case) -> None:
    with pytest.raises(UnknownAddress, match=r"gather\.letter\.note"):
        chosen([], case, address="gather.letter.nota")


def test_changes_are_chosen_by_person_and_day(desk: Desk, case: Case) -> None:
    old = keeper(case, "Kim Po", at="2025-09-01T10:00:00Z")
    old.save(Session(old.state).with_value(NOTE, "First").doc, by="Kim Po")
    old.close()
    new = keeper(case, "Rosa", at="2025-10-20T10:00:00Z")
    new.save(Session(new.state).with_value(NOTE, "Second").doc, by="Rosa")
    new.close()
    now = desk.open(case.id)
    entries = history(now).entries()
    assert [e.by for e in chosen(entries, now, by="kim")] == ["Kim Po"]
    assert [e.by for e in chosen(entries, now, since=date(2025, 10, 1))] == ["Rosa"]


# Going back


def test_one_answer_goes_back_and_the_others_stay(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    writes(desk, case, NOTE, "Second")
    writes(desk, case, TIER, "big")
    first = told(desk, case)[0].rev
    now = desk.open(case.id)
    go_back(now, way_back(now, desk, first, NOTE))
    desk.save(now)
    again = desk.open(case.id).session
    assert (again.raw(NOTE), again.raw(TIER)) == ("First", "big")
    assert f"Rosa: {NOTE}: Second > First" in shown(desk, case)


def test_going_back_is_one_change_and_can_be_undone(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    writes(desk, case, NOTE, "Second")
    writes(desk, case, TIER, "big")
    now = desk.open(case.id)
    before = now.session
    go_back(now, way_back(now, desk, told(desk, case)[0].rev))
    assert (now.session.raw(NOTE), now.session.raw(TIER)) == ("First", None)
    now.undo()
    assert same(now.session.doc, before.doc)


def test_a_row_that_was_removed_comes_back_where_it_stood(desk: Desk, case: Case) -> None:
    now = desk.open(case.id)
    ids = [rows.add_row(now, MEMBERS, {"name": name}, desk.chance) for name in ("Ana", "Bo", "Cy")]
    desk.save(now)
    now = desk.open(case.id)
    rows.remove_row(now, f"{MEMBERS}.{ids[1]}")
    desk.save(now)
    now = desk.open(case.id)
    go_back(now, way_back(now, desk, told(desk, case)[0].rev, MEMBERS))
    assert list(now.session.raw(MEMBERS)) == ids


def test_a_fact_goes_back_and_the_case_is_judged_by_it(desk: Desk, case: Case) -> None:
    writes(desk, case, "gather.letter.level", "one")
    writes(desk, case, "gather.letter.level", "two")
    now = desk.open(case.id)
    go_back(now, way_back(now, desk, told(desk, case)[0].rev))
    assert now.session.fact("level") == "one"
    assert now.has_definition


def test_where_nothing_differs_going_back_is_refused(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    now = desk.open(case.id)
    with pytest.raises(UsageError, match="Nothing differs"):
        go_back(now, way_back(now, desk, "now"))


def test_the_uid_and_the_name_of_a_case_never_go_back(desk: Desk, case: Case) -> None:
    writes(desk, case, NOTE, "First")
    case.path.rename(case.path.with_name("renamed.toml"))
    renamed = desk.open("renamed")
    writes(desk, renamed, NOTE, "Second")
    now = desk.open("renamed")
    go_back(now, way_back(now, desk, told(desk, renamed)[0].rev))
    assert (now.session.id, now.session.raw(NOTE)) == ("renamed", "First")


# In words


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("answers", "gather", "letter", "sure"), True, "Yes"),
        (("answers", "gather", "letter", "parts"), ["a", "b"], "First, Second"),
        (("answers", "gather", "letter", "note"), Redacted("A child"), "(taken out: A child)"),
        (("answers", "gather", "letter", "gone"), {"x": 1}, "x: 1"),
        (("answers", "gather", "team", "members"), {}, ""),
        (("answers", "gather", "team", "members"), "junk", "junk"),
        (("done", "gather"), {"by": "Kim"}, "by: Kim"),
        (("conflicts", "k2"), {"path": ["answers", "gather", "letter", "tier"], "mine": "big"},
         "Big one or (nothing)"),
        (("conflicts", "k2"), {"path": [], "mine": "big"}, "big or (nothing)"),
        (("answers",), {"x": {"y": 1}}, "x: y: 1"),
        (("case", "year"), 2025, "2025"),
    ],
)  # fmt: skip
def test_values_are_told_in_peoples_words(
    path: tuple[str, ...], value: Any, said: str, case: Case
) -> None:
    assert words(case, path, value) == said


def test_the_order_of_rows_is_told_once(case: Case) -> None:
    path = ("answers", "gather", "team", "members", "\x00order")
    [line] = lines(case, [Edit(path, ["a", "b"], ["b", "a"])])
    assert (line.address, line.label) == (MEMBERS, "Team members: the order")


def test_a_folder_of_journals_that_is_a_link_is_not_followed_for_writing(
    desk: Desk, case: Case, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (desk.folder.path / ".cim").symlink_to(tmp_path / "elsewhere")
    now = desk.open(case.id)
    set_text(now, NOTE, "First", desk.chance)
    with pytest.raises(Exception, match="is a link"):
        desk.save(now)
    assert list((tmp_path / "elsewhere").iterdir()) == []
