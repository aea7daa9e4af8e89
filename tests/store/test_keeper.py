"""A writer's hold on one case: acknowledged, written, merged; others' changes and half files."""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import itertools
import os
import shutil
import time
from pathlib import Path
from random import Random

import pytest

from cim_tui.core.errors import NotSaved
from cim_tui.core.merge import unsettled
from cim_tui.core.session import Session
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import Disk, disk
from cim_tui.store.keeper import Keeper
from tests.store.files import names, put_file, text

_seeds = itertools.count()


def opened(path: Path, by: str = "Ana", *, locks: bool = True) -> Keeper:
    """Somebody who has the case open."""
    look = disk.look(path)
    return Keeper(path, sessions.read(path).doc, by, lambda: "2025-11-03T09:30:00Z",
                  Random(next(_seeds)), look=look, locks=locks)  # fmt: skip


def meets(keeper: Keeper, words: str) -> Session:
    """What is open with another answer."""
    return Session(keeper.state).with_value("gather.team.meets", words)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A case in a folder."""
    return put_file(tmp_path, "quail")


def test_looking_at_a_case_leaves_no_trace(path: Path) -> None:
    keeper = opened(path)
    keeper.save()
    keeper.close()

    assert names(path.parent) == {"quail.toml"}


def test_what_is_acknowledged_is_in_our_journal_before_the_file_has_it(path: Path) -> None:
    before = path.read_bytes()
    keeper = opened(path)
    keeper.acknowledge(meets(keeper, "Mondays").doc)

    [own] = journal.files(keeper.folder)
    assert [r.kind for r in journal.read(own).records] == ["open", "edit"]
    assert path.read_bytes() == before


def test_a_file_that_changed_since_is_merged_and_both_answers_of_one_question_are_kept(
    path: Path,
) -> None:
    keeper = opened(path)
    more = '[answers.gather.team]\nmeets = "Mondays"\nn = 3\n'
    path.write_text(text("quail", more=more), "utf-8")

    taken = keeper.save(meets(keeper, "Fridays").doc)

    saved = sessions.read(path)
    [conflict] = unsettled(saved.doc)
    assert (saved.raw("gather.team.meets"), conflict.theirs) == ("Fridays", "Mondays")
    assert conflict.by == "external"
    assert saved.raw("gather.team.n") == 3
    assert taken.foreign


def test_a_file_that_was_only_laid_out_anew_has_not_changed(path: Path) -> None:
    keeper = opened(path)
    path.write_text("# a note\n" + text("quail").replace("\n\n", "\n\n\n"), "utf-8")

    taken = keeper.save(meets(keeper, "Fridays").doc)

    assert not taken.foreign
    assert sessions.read(path).raw("gather.team.meets") == "Fridays"


def test_a_file_that_was_damaged_since_is_left_as_it_is_and_our_words_wait(path: Path) -> None:
    keeper = opened(path)
    before = path.read_bytes()
    path.write_text("schema = 1\n[half", "utf-8")

    with pytest.raises(NotSaved, match="quail"):
        keeper.save(meets(keeper, "Fridays").doc)
    assert path.read_text("utf-8") == "schema = 1\n[half"
    path.write_bytes(before)
    keeper.save()

    assert sessions.read(path).raw("gather.team.meets") == "Fridays"


def test_a_file_that_was_taken_away_is_written_again(path: Path) -> None:
    keeper = opened(path)
    path.unlink()

    keeper.save(meets(keeper, "Fridays").doc)

    assert sessions.read(path).raw("gather.team.meets") == "Fridays"


def test_a_file_of_a_newer_version_is_never_written_over(path: Path) -> None:
    keeper = opened(path)
    newer = text("quail").replace("schema = 1", "schema = 2")
    path.write_text(newer, "utf-8")

    with pytest.raises(NotSaved, match="newer version"):
        keeper.save(meets(keeper, "Fridays").doc)

    assert path.read_text("utf-8") == newer


def test_half_files_of_killed_writers_go_after_an_hour_and_those_of_others_stay(
    path: Path,
) -> None:
    folder = journal.folder_of(path.parent, sessions.read(path).uid)
    folder.mkdir(parents=True)
    old, fresh = path.with_name(".quail.toml.1-aa.tmp"), path.with_name(".quail.toml.2-bb.tmp")
    inner, other = folder / ".head.1-aa.tmp", path.with_name(".owl.toml.1-aa.tmp")
    for place in (old, fresh, inner, other):
        place.write_text("half", "utf-8")
    for place in (old, inner, other):
        os.utime(place, (time.time() - 7200, time.time() - 7200))

    keeper = opened(path)
    keeper.save(meets(keeper, "Fridays").doc)

    assert [place.exists() for place in (old, fresh, inner, other)] == [False, True, False, True]


def test_a_journal_that_cannot_grow_leaves_no_open_file_and_no_ghost_of_ourselves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    keeper = opened(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        for number in range(20):
            with pytest.raises(NotSaved, match="No space"):
                keeper.acknowledge(meets(keeper, f"{number}").doc)
    keeper.save(meets(keeper, "Fridays").doc)

    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
    assert keeper.others() == []
    assert len(journal.files(keeper.folder)) <= 2
    assert sessions.read(path).raw("gather.team.meets") == "Fridays"


def without(keeper: Keeper) -> Session:
    """What is open, with the answer cleared."""
    return Session(keeper.state).with_value("gather.team.meets", None)


def test_what_came_in_while_a_save_failed_is_not_undone_by_whoever_saves_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They save again what they have, which does not have it: nobody has shown it to them."""
    gone = opened(path, "Gone")
    gone.acknowledge(meets(gone, "Fridays").doc)
    gone.close()
    keeper = opened(path)
    ours = keeper.doc
    with monkeypatch.context() as patch:
        patch.setattr(Keeper, "_write_file", refuse)
        with pytest.raises(NotSaved):
            keeper.save(ours)
    more = Session(ours).with_value("gather.team.n", 4)
    taken = keeper.save(more.doc)

    saved = sessions.read(path)
    assert (saved.raw("gather.team.meets"), saved.raw("gather.team.n")) == ("Fridays", 4)
    assert (taken.foreign, taken.before) == (True, more.doc)
    assert not keeper.behind()


def refuse(*_: object) -> bool:
    """A disk that is full."""
    raise OSError(28, "No space left on device")


def test_what_came_in_stays_until_it_is_taken_in_and_can_then_be_changed(path: Path) -> None:
    keeper, other = opened(path), opened(path, "Ben")
    ours = keeper.doc
    other.save(meets(other, "Fridays").doc)
    taken = keeper.save(ours, later=True)
    went_on = Session(ours).with_value("gather.team.n", 4).doc
    keeper.save(went_on, later=True)  # from before it was taken in

    saved = sessions.read(path)
    assert (saved.raw("gather.team.meets"), saved.raw("gather.team.n")) == ("Fridays", 4)
    assert keeper.behind()
    keeper.accept(taken)
    assert not keeper.behind()
    keeper.save(without(keeper).doc)

    saved = sessions.read(path)
    assert (saved.raw("gather.team.meets"), saved.raw("gather.team.n")) == (None, 4)


def test_an_answer_that_was_refused_and_then_cleared_does_not_come_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a write that failed, some may be on the disk all the same."""
    keeper = opened(path)
    keeper.acknowledge(Session(keeper.state).with_value("gather.team.n", 4).doc)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", refuse)
        with pytest.raises(NotSaved):
            keeper.acknowledge(meets(keeper, "Fridays").doc)
    keeper.acknowledge(keeper.state)
    keeper.close()
    later = opened(path, "Later")
    later.save()

    saved = sessions.read(path)
    assert (saved.raw("gather.team.meets"), saved.raw("gather.team.n")) == (None, 4)
    assert unsettled(saved.doc) == []


def test_a_file_changed_by_hand_of_which_no_journal_tells_is_not_overwritten_by_others(
    path: Path,
) -> None:
    """The one who had it open before knows nothing of it, and saves after somebody who has it."""
    ana = opened(path)
    ana.save(Session(ana.state).with_value("gather.team.n", 4).doc)
    (ana.folder / journal.HEAD).unlink()
    by_hand = meets(ana, "Fridays")
    disk.write_atomic(path, sessions.encode(by_hand))
    ben = opened(path, "Ben")
    ben.acknowledge(Session(ben.state).with_value("gather.team.x", "Ben's").doc)
    ben.save()
    ana.save(Session(ana.state).with_value("gather.team.y", "Ana's").doc)

    saved = sessions.read(path)
    assert [saved.raw(f"gather.team.{name}") for name in ("meets", "x", "y", "n")] == [
        "Fridays", "Ben's", "Ana's", 4,
    ]  # fmt: skip
    assert unsettled(saved.doc) == []


@pytest.mark.parametrize("locks", [True, False])
def test_a_version_that_is_replaced_by_who_was_stopped_before_the_rename_goes_in_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, locks: bool
) -> None:
    """Whoever wrote it is gone and notices nothing; who replaced it looks once more."""
    ana, others = opened(path, locks=locks), [opened(path, "Ben", locks=False)]
    write = Disk.write_atomic

    def stopped(self: Disk, place: Path, data: bytes, mode: int | None = None) -> None:
        if place == path and others:
            ben = others.pop()
            ben.save(Session(ben.state).with_value("gather.team.n", 4).doc)
            ben.close()
        write(self, place, data, mode)

    monkeypatch.setattr(Disk, "write_atomic", stopped)
    taken = ana.save(meets(ana, "Fridays").doc)

    saved = sessions.read(path)
    assert (saved.raw("gather.team.meets"), saved.raw("gather.team.n")) == ("Fridays", 4)
    assert taken.foreign
    assert not ana.behind()


def test_a_change_by_hand_after_the_journals_were_removed_is_not_undone_by_who_was_there(
    path: Path,
) -> None:
    ana = opened(path)
    disk.write_atomic(path, sessions.encode(meets(ana, "Fridays")))
    ana.save()
    shutil.rmtree(ana.folder)
    disk.write_atomic(path, sessions.encode(meets(ana, "Mondays")))
    ben = opened(path, "Ben")
    ben.save(Session(ben.state).with_value("gather.team.n", 4).doc)
    ana.save()

    saved = sessions.read(path)
    kept = [saved.raw("gather.team.meets"), *(c.theirs for c in unsettled(saved.doc))]
    assert "Mondays" in kept
    assert saved.raw("gather.team.n") == 4


def test_a_document_is_put_in_order_like_another_that_is(path: Path) -> None:
    doc = sessions.as_filed(meets(opened(path), "Mondays").doc)
    changed = Session(doc).with_value("gather.aims.first", "x").with_value("gather.team.n", 3).doc

    assert list(sessions.as_filed(changed, doc)) == list(sessions.as_filed(changed))
    assert sessions.as_filed(changed, doc) == sessions.as_filed(changed)
    assert sessions.as_filed(changed, doc)["lea"] is doc["lea"]
