"""Whether everything that is kept of the cases is whole: files, journals, bases, permissions."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cim_tui.core.changes import Edit
from cim_tui.core.errors import DamagedFile, Exit, NewerFile
from cim_tui.core.session import leaves
from cim_tui.core.text import one_line
from cim_tui.core.words import counted
from cim_tui.service.bases import kept_document, sent_files
from cim_tui.service.desk import Desk
from cim_tui.service.history import History
from cim_tui.service.rewriting import PLAN, Plan, plan_left
from cim_tui.service.taken_out import MARK, TAKEN_OUT, was_cut
from cim_tui.service.travel import MERGED
from cim_tui.store import journal, sessions
from cim_tui.store.fsops import disk
from cim_tui.store.ground import unsafe
from cim_tui.store.journal import ARCHIVE, HEAD, Record, Redacted

LEVELS = ("damaged", "newer", "remark", "note")
"""What a finding is: something is lost or wrong; written by a newer version; somebody should look
at it; worth knowing, and fine."""


class Finding(NamedTuple):
    """Something that was found."""

    level: str
    path: Path
    message: str
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"level": self.level, "path": str(self.path), "line": self.line,
                "message": self.message}  # fmt: skip

    def in_words(self) -> str:
        """In one line."""
        where = f", line {self.line}" if self.line else ""
        return f"{self.level}: {one_line(str(self.path))}{where}: {one_line(self.message)}"


@dataclass
class Verified:
    """Everything that was looked at, and what was found."""

    cases: int = 0
    journals: int = 0
    records: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit(self) -> Exit:
        """The exit code: the first of damaged, newer, remarks, fine."""
        levels = {finding.level for finding in self.findings}
        for level, code in (("damaged", Exit.DAMAGED), ("newer", Exit.NEWER),
                            ("remark", Exit.INCOMPLETE)):  # fmt: skip
            if level in levels:
                return code
        return Exit.OK

    def say(self, level: str, path: Path, message: str, line: int | None = None) -> None:
        """Note something that was found."""
        self.findings.append(Finding(level, path, message, line))


def verify(desk: Desk, wanted: Iterable[str] = ()) -> Verified:
    """Look over the cases asked for, or the whole folder. Changes nothing.

    Raises:
        NoSession: one that was asked for is not there.
    """
    found = Verified()
    names = list(wanted)
    folder = desk.folder.path
    if names:
        for name in names:
            _case(sessions.find(folder, name), found)
        return found
    if not folder.is_dir():
        return found
    for fault in unsafe(folder):
        found.say("remark", fault.path, f"it {fault.why}")
    _permissions(folder, found)
    uids = {_case(path, found) for path in disk.list(folder, ".toml")}
    for copy in sessions.shelf(folder).copies:
        found.say("remark", copy, "a copy of another case here; cim merge takes in what is new")
    _beside(folder, uids, found)
    return found


def _case(path: Path, found: Verified) -> str:
    """Look over one case and everything kept of it; its uid, empty where nobody can tell."""
    found.cases += 1
    try:
        session = sessions.read(path)
    except DamagedFile as wrong:
        found.say("damaged", path, wrong.reason, wrong.line)
        return ""
    except NewerFile as wrong:
        found.say("newer", path, str(wrong))
        return ""
    _permissions(path, found)
    with suppress(OSError):
        if path.lstat().st_nlink > 1:
            found.say("remark", path, "the file has a second name (a hard link); the next save "
                      "parts them")  # fmt: skip
    folder = journal.folder_of(path.parent, session.uid)
    if disk.is_folder(folder):
        for fault in unsafe(path.parent, folder):
            if fault.path == folder:
                found.say("remark", folder, f"it {fault.why}")
        plan = plan_left(folder)
        told = History(session.doc, folder, _journals(folder, found, plan))
        _interrupted(path, told, plan, found)
        _history(told, found)
        _waiting(told, found)
        _kept(folder, found)
    return session.uid


def _journals(folder: Path, found: Verified, plan: Plan | None = None) -> dict[str, list[Record]]:
    """Lines against their checksums, records against their numbers.

    Args:
        folder: of the journals.
        found: what was found is noted there.
        plan: of a redaction that was interrupted: some files are as it wants them, some still as
            they were, and they are looked over as they will be when it is finished.

    Returns:
        The records of each writer.
    """
    by_writer: dict[str, dict[int, Record]] = {}
    broken: set[str] = set()
    for path in journal.files(folder):
        found.journals += 1
        _permissions(path, found)
        try:
            data = disk.read(path, journal.LONGEST)
        except OSError as wrong:
            found.say("damaged", path, f"cannot be read: {wrong.strerror or wrong}")
            continue
        if len(data) > journal.LONGEST:
            found.say("damaged", path, "larger than any journal; only its beginning counts")
        lines = data.split(b"\n")
        for number, stands in enumerate(lines, start=1):
            line = plan.line(stands) if plan is not None else stands
            record = journal.decode(line) if line else None
            if record is not None:
                found.records += 1
                other = by_writer.setdefault(record.writer, {}).get(record.n)
                if other is not None and other != record:
                    found.say("damaged", path, f"two records are number {record.n}", number)
                by_writer[record.writer][record.n] = record
            elif line and number == len(lines):
                broken.add(path.stem)
                found.say("remark", path, "the last line was cut off while it was being written; "
                          "it was never acknowledged", number)  # fmt: skip
            elif line:
                broken.add(path.stem)
                found.say("damaged", path, "the line is not what was written; it is passed over",
                          number)  # fmt: skip
    for writer, records in by_writer.items():
        _sequence(folder, writer, sorted(records), broken, found)
    _redactions(folder, by_writer, found)
    return {writer: [own[n] for n in sorted(own)] for writer, own in by_writer.items()}


def _sequence(
    folder: Path, writer: str, numbers: list[int], broken: set[str], found: Verified
) -> None:
    """A writer's numbers, from 1 without a gap."""
    path = folder / f"{writer}{journal.SUFFIX}"
    if numbers[0] > 1 and not any(stem in broken for stem in (writer, *_archives(broken))):
        found.say("note", path, f"begins at record {numbers[0]}: what came before was put away")
    missing = [n for a, b in pairwise(numbers) for n in range(a + 1, b)][:20]
    if missing:
        names = ", ".join(map(str, missing))
        found.say("damaged", path, f"records of {writer} are missing: {names}")


def _archives(stems: Iterable[str]) -> list[str]:
    return [stem for stem in stems if stem.startswith(ARCHIVE)]


def _redactions(folder: Path, writers: Mapping[str, Mapping[int, Record]], found: Verified) -> None:
    """What was taken out on purpose: a gap that is said, and fine."""
    reasons: dict[str, int] = {}
    pieces, said = 0, []
    for record in (r for records in writers.values() for r in records.values()):
        if record.what.startswith(TAKEN_OUT):
            said.append(record.what.removeprefix(TAKEN_OUT))
        for value in (side for edit in record.edits for side in (edit.old, edit.new)):
            whole = [one.reason for one in leaves(value) if isinstance(one, Redacted)]
            for reason in whole:
                reasons[reason] = reasons.get(reason, 0) + 1
            pieces += not whole and was_cut(value)
    for reason, number in reasons.items():
        found.say("note", folder, f"{counted(number, 'value')} taken out on purpose: {reason}")
    if pieces:
        why = ", ".join(dict.fromkeys(said)) or "nobody said why"
        found.say(
            "note", folder, f"a piece of {counted(pieces, 'text')} taken out on purpose: {why}"
        )


def _interrupted(path: Path, told: History, plan: Plan | None, found: Verified) -> None:
    """Whether somebody who took something out was killed before all of it was gone."""
    begun: dict[str, str] = {}
    if plan is not None:
        begun[plan.reason] = plan.address
    else:
        if disk.look(told.folder / PLAN) is not None:
            found.say("damaged", told.folder / PLAN, "it is not what was written: a redaction was "
                      "interrupted, and cannot go on where it was. Run the same again")  # fmt: skip
        begun |= {
            record.what.removeprefix(TAKEN_OUT): ""
            for own in told.writers.values() for record in own
            if record.what.startswith(TAKEN_OUT) and any(map(_stands, record.edits))
        }  # fmt: skip
    for reason, address in begun.items():
        which = f"{address} again" if address else "again, with the same address or text"
        found.say("remark", told.folder, f"a redaction was interrupted: run cim redact "
                  f"{one_line(path.stem)} {one_line(which)}; until then the text may still stand "
                  f"here ({one_line(reason)})")  # fmt: skip


def _stands(edit: Edit) -> bool:
    """Whether an edit that takes something out still holds what stood there."""
    return not (
        edit.is_order or edit.old is None or edit.old == {}
        or was_cut(edit.old) or MARK in f"{edit.path}{edit.old}"
    )  # fmt: skip


def _history(told: History, found: Verified) -> None:
    """Whether the versions are what the records make of them, and whether all hangs together."""
    told.check()
    for rev in told.strange:
        found.say("damaged", told.folder, f"at {rev} the records make another version than was "
                  "written")  # fmt: skip
    apart = [run.records[0] for run in told.runs if run.doc is None]
    for record in apart:
        who = one_line(record.by) or "a writer"
        found.say("note", told.folder, f"from {record.rev} on, what {who} changed can be read, but "
                  "no version be put together: what leads there is gone")  # fmt: skip


def _waiting(told: History, found: Verified) -> None:
    """What somebody entered and never got to write into the file: it is kept, and comes in."""
    wrote = [r for own in told.writers.values() for r in own
             if r.kind == "wrote" and r.version == told.version]  # fmt: skip
    if not wrote:
        return  # changed by hand since: what is in it, the next save finds out
    for path in journal.files(told.folder):
        edits = [r for r in told.writers.get(path.stem, ()) if r.kind in ("edit", "rolled")]
        if edits and all(edits[-1].n > r.seen.get(path.stem, 0) for r in wrote):
            who = one_line(edits[-1].by) or "somebody"
            found.say("note", path, f"what {who} entered at {one_line(edits[-1].at)} is not in the "
                      "file yet; it comes in when the case is next changed")  # fmt: skip


def _kept(folder: Path, found: Verified) -> None:
    """Whole documents beside the journals."""
    head = folder / HEAD
    for path in (*sent_files(folder), *((head,) if disk.look(head) else ())):
        _permissions(path, found)
        kept = kept_document(path)
        cut = kept is not None and was_cut(kept[1])
        named = kept is not None and (path == head or path.name.endswith(kept[0]))
        if kept is None or not (named or cut):
            what = (
                "a copy that comes back cannot be compared with it"
                if path != head
                else ("a change by hand cannot be told apart until the next save")
            )
            found.say("damaged", path, f"it is not what was written; {what}")
        elif cut and not named:
            found.say("note", path, "something was taken out of it on purpose")


def _beside(folder: Path, uids: set[str], found: Verified) -> None:
    """Journals whose case is gone, and the copies that were taken in."""
    place = folder / journal.FOLDER
    if not disk.is_folder(place):
        return
    _permissions(place, found)
    homes = {journal.folder_of(folder, uid).name for uid in uids if uid}
    for home in sorted(place.iterdir()):
        if not home.is_dir() or home.is_symlink():
            if home.is_symlink():
                found.say("remark", home, "it is a link; put the folder itself there")
            continue
        if home.name == MERGED:
            many = len(list(disk.list(home, ".toml")))
            found.say("note", home, f"{counted(many, 'copy', 'copies')} put aside after merging")
        elif home.name not in homes and journal.files(home):
            unread = "; a file that cannot be read may be its case" if "" in uids else ""
            found.say("remark", home, f"journals of a case that is not here{unread}")
            _journals(home, found)


def _permissions(path: Path, found: Verified) -> None:
    """Who else may read or write: nobody, or the group where the folder is a team's."""
    if os.name != "posix":
        return
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        folder = path if path.is_dir() else path.parent
        if path == folder and mode & stat.S_IWOTH:
            return  # said already
        team = bool(folder.stat().st_mode & stat.S_ISGID)
        if mode & stat.S_IRWXO:
            verb = "written by" if mode & stat.S_IWOTH else "read by"
            found.say("remark", path, f"it can be {verb} everybody on this machine; "
                      f"chmod o= {one_line(path.name)}")  # fmt: skip
        elif mode & stat.S_IRWXG and not team:
            found.say("remark", path, "it can be read by the group, and the folder is not shared "
                      "with a team (cim init --team)")  # fmt: skip
