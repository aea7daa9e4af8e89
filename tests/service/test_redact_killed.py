"""Taking a text out, and killed at any instant of it: nothing is damaged, and it can be finished.

What takes it out works on a simulated disk. After every call that changes something, what a kill
and what power cuts would leave there is laid out on a real disk, looked over, and finished.
"""

# ruff: noqa: S311 - chance decides what happens, and nothing secret

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from collections.abc import Iterator
from copy import copy
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from cim_tui.core.errors import Exit, NotSaved, ReadOnly, UnknownAddress
from cim_tui.core.session import Session
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk
from cim_tui.service.history import history
from cim_tui.service.redact import Outcome, redact, summary
from cim_tui.service.search import forms, search
from cim_tui.service.travel import send
from cim_tui.service.verify import Verified, verify
from cim_tui.store import archives, journal, sessions, toml
from cim_tui.store.fsops import disk
from cim_tui.store.paths import Folder
from tests.faults.simulated import Kernel, simulated
from tests.faults.simulated import Plan as Failing

NOTE, OTHER = "gather.letter.note", "gather.letter.more"
NAME = "Ana Lopez"
STORY = f"The child is {NAME}"
FOLDER = Path("/cases")
WHICH = {"an answer": {"address": NOTE}, "a piece": {"text": NAME}}


class Story:
    """A case on a simulated disk, with a name in every kind of file that is kept of one.

    Args:
        desk: somebody at work on a real disk, with the definitions.
        doc: the case as it began.
        place: where what is left is laid out.
    """

    def __init__(self, desk: Desk, doc: dict[str, object], place: Path) -> None:
        self.real, self.place = desk, place
        self.desk = dataclasses.replace(
            desk, folder=Folder(FOLDER, "the test"), env={"CIM_LOCKS": "off"}, chance=Random(5)
        )
        self.kernel = Kernel(chance=Random(3))
        with simulated(self.kernel):
            for folder in (FOLDER, Path("/out"), FOLDER / ".cim"):
                self.kernel.mkdir(folder)
            self.kernel.mkdir(FOLDER / ".cim" / "merged")
            sessions.write(FOLDER, Session(doc), new=True)
            self.path = FOLDER / f"{doc['id']}.toml"
            for by, text in (("Rosa", STORY[:-5]), ("Kim", STORY), ("Rosa", "Said again")):
                self.says(by, OTHER, f"Also {text}")
                self.says(by, NOTE, text)
                if text == STORY:
                    send(self.open(), self.desk, "/out/copy.toml")
                    self.copies()
            self.says("Kim", NOTE, f"It is {NAME}, as was said")
            settled(self.kernel)
            self.uid = self.open().session.uid
        self.laid_out(self.kernel)
        self.stood = set(search(place, [NAME]).found)
        """Where the name stood at first: in each kind of file."""

    def open(self) -> Case:
        return self.desk.take_up(self.path, sessions.read(self.path))

    def says(self, by: str, address: str, text: str) -> None:
        case = self.open()
        case.apply(case.session.with_value(address, text))
        dataclasses.replace(self.desk, by=by).save(case)

    def copies(self) -> None:
        """A copy put aside, and an archive that a killed process left beside what is in it."""
        data = disk.read(self.path, toml.LIMIT)
        disk.create(FOLDER / ".cim" / "merged" / "copy.toml", data)
        folder = journal.folder_of(FOLDER, self.open().session.uid)
        loose = [disk.read(path, journal.LONGEST) for path in journal.files(folder)]
        disk.create(folder / "archive-aaaaaaaa.log", b"".join(loose))

    def redacts(self, which: dict[str, str]) -> Outcome:
        with simulated(self.kernel):
            return redact(self.open(), self.desk, "Named a child", **which)

    def states(self, which: dict[str, str], cuts: int) -> Iterator[Kernel]:
        """What a kill, and some power cuts, would leave after each call; each only once."""
        found: list[Kernel] = []
        rng = Random(11)

        def look(call: str) -> None:
            found.append(self.kernel.killed())
            found.extend(
                self.kernel.crashed(rng) for _ in range(cuts if self.kernel.unsure() else 0)
            )

        self.kernel.after = look
        self.redacts(which)
        known = []
        for kernel in found:
            files = self.laid_out(kernel)
            if files not in known:
                known.append(files)
                self.kernel = kernel
                yield kernel

    def laid_out(self, kernel: Kernel) -> dict[str, bytes]:
        """The files of a simulated disk, on a real one; who was at work there is gone."""
        files = {path: data for path, data in kernel.tree() if path.startswith("/cases/")}
        shutil.rmtree(self.place, ignore_errors=True)
        for name, data in files.items():
            path = self.place / name.removeprefix("/cases/")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o600)
            if path.suffix == ".here":
                os.utime(path, (1, 1))
        return files


def settled(kernel: Kernel) -> None:
    """All that was written some time ago is on the disk."""
    for thing in kernel.things.values():
        thing.kept, thing.pending = copy(thing.seen), ()


@pytest.fixture
def story(desk: Desk, case: Case) -> Story:
    """The simulated office, laid out where the desk looks."""
    return Story(desk, dict(case.session.doc), desk.folder.path)


def wrong(found: Verified) -> list[str]:
    """What is lost or wrong. The head is not waited for: a power cut may spoil it at any save."""
    return [f.in_words() for f in found.findings
            if f.level in ("damaged", "newer") and f.path.name != "head"]  # fmt: skip


def interrupted(found: Verified) -> bool:
    return any("a redaction was interrupted: run cim redact" in f.message for f in found.findings)


def finishes(story: Story, which: dict[str, str]) -> None:
    """Whatever was left: nothing is wrong in it, and doing the same again takes out the rest."""
    found = verify(story.real, [story.path.stem])
    assert wrong(found) == []
    stands = set(search(story.place, [NAME]).found)
    assert stands >= story.stood or not stands or interrupted(found)
    assert found.exit != Exit.OK or not interrupted(found)
    try:
        story.redacts(which)
    except UnknownAddress:  # all of it had been done
        assert (stands, interrupted(found)) == (set(), False)
    story.laid_out(story.kernel)
    whole(story)


def whole(story: Story) -> None:
    """The name is gone, and all that is told of the case still hangs together."""
    assert search(story.place, [NAME]).found == []
    found = verify(story.real, [story.path.stem])
    assert (wrong(found), interrupted(found)) == ([], False)
    folder = journal.folder_of(story.place, story.uid)
    assert [p.name for p in folder.iterdir() if p.name.startswith("redaction")] == []
    told = history(story.real.open(story.path.stem))
    assert told.known
    assert all(run.doc is not None for run in told.runs)


@pytest.mark.parametrize("which", WHICH.values(), ids=WHICH)
def test_the_name_stands_in_every_kind_of_file_and_goes_from_all(
    which: dict[str, str], story: Story
) -> None:
    names = {path.name for path in story.stood}
    assert {story.path.name, "copy.toml", "archive-aaaaaaaa.log", "head"} <= names
    assert len([name for name in names if name.endswith(".log")]) > 2
    assert any(name.startswith("sent-") for name in names)
    story.redacts(which)
    story.laid_out(story.kernel)
    whole(story)


@pytest.mark.parametrize(("kind", "cuts"), [("an answer", 1), ("a piece", 0)])
def test_killed_after_any_call_it_is_said_and_finished_by_doing_it_again(
    kind: str, cuts: int, story: Story
) -> None:
    met = 0
    for _ in story.states(WHICH[kind], cuts):
        met += 1
        finishes(story, WHICH[kind])
    assert met > 40


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_where_any_call_fails_it_is_refused_and_finished_by_doing_it_again(
    error: int, story: Story
) -> None:
    which, began = WHICH["an answer"], story.kernel
    number, refused = 0, 0
    while True:
        number += 1
        story.kernel = began.killed()
        story.kernel.plan = plan = Failing(error, number)
        try:
            story.redacts(which)
        except (NotSaved, ReadOnly):
            refused += 1
        story.kernel.plan = None
        if story.kernel.calls < plan.first:
            break
        story.laid_out(story.kernel)
        finishes(story, which)
    assert refused > 30


def test_what_was_interrupted_is_finished_by_any_other_and_its_text_is_nowhere_in_the_plan(
    story: Story,
) -> None:
    for kernel in islice(story.states(WHICH["an answer"], cuts=0), 0, None, 4):
        plans = [data for name, data in kernel.tree() if name.endswith("/redaction")]
        if not plans:
            continue
        assert not any(form in plans[0] for form in forms(NAME))
        desk = story.real
        found = verify(desk)
        [remark] = [f.message for f in found.findings if "interrupted" in f.message]
        assert f"run cim redact {story.path.stem} {NOTE} again" in remark
        outcome = redact(desk.open(story.path.stem), desk, "Another", text="as was said")
        assert (outcome.finished, outcome.found) == (True, [])
        assert "interrupted" in summary(outcome)
        whole(story)


def test_work_that_goes_on_in_between_is_kept(story: Story) -> None:
    """Somebody changes the case, and journals are put together, before it is finished."""
    halves = [kernel for kernel in story.states(WHICH["an answer"], cuts=0)
              if any(name.endswith("/redaction") for name, _ in kernel.tree())]  # fmt: skip
    story.laid_out(halves[len(halves) // 2])
    desk, name = story.real, story.path.stem
    for number in range(archives.LOOSE + 2):
        case = desk.open(name)
        case.apply(case.session.with_value("gather.letter.cost", number))
        desk.save(case)
    assert redact(desk.open(name), desk, "Named a child", NOTE).finished
    assert desk.open(name).session.raw("gather.letter.cost") == number
    whole(story)
