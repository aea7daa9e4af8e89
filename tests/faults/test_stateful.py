"""Whatever happens in whatever order: after every step nothing acknowledged is lost."""

from __future__ import annotations

import errno
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cim_tui.core.errors import NotSaved
from cim_tui.core.session import Session, get
from cim_tui.store import sessions
from cim_tui.store.fsops import disk
from tests.faults.simulated import Kernel, Plan, simulated
from tests.faults.story import CASE, FOLDER, FORM, Office, Writer

WHO = st.integers(0, 1)


class Life(RuleBasedStateMachine):
    """One case, two people, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.world = simulated(Kernel(chance=Random(1)))  # noqa: S311 - nothing secret
        self.system = self.world.__enter__()
        self.office = Office(self.system, 1, 2)

    def teardown(self) -> None:
        """Everybody saves, and the account is made."""
        self.system.kernel.plan = None
        self.office.finish()
        self.world.__exit__(None, None, None)

    def _do(self, act: Any) -> None:
        try:
            act()
        except NotSaved:
            assert self.system.kernel.plan is not None

    @rule(who=WHO)
    def edit(self, who: int) -> None:
        writer = self.office.writers[who]
        self._do(lambda: writer.type(*self.office.change(writer.doc)))

    @rule(who=WHO, place=st.sampled_from(["meets", "when"]))
    def undo(self, who: int, place: str) -> None:
        """Type, and clear it again."""
        writer = self.office.writers[who]
        self._do(lambda: writer.type((*FORM, place), None))

    @rule(who=WHO)
    def save(self, who: int) -> None:
        self._do(self.office.writers[who].save)

    @rule(who=WHO)
    def killed(self, who: int) -> None:
        self._replace(who, dead=True)

    @rule(who=WHO)
    def leaves(self, who: int) -> None:
        self.system.kernel.plan = None
        self.office.writers[who].save()
        self._replace(who, dead=False)

    def _replace(self, who: int, *, dead: bool) -> None:
        self.system.kernel.plan = None
        old: Writer = self.office.writers[who]
        if dead:
            self.system.kernel.alive.pop(old.pid)
        else:
            old.leave()
        self.office.writers[who] = self.office.hire()

    @rule(seed=st.integers(0, 1000))
    def power_cut(self, seed: int) -> None:
        kernel = self.system.kernel.crashed(Random(seed))  # noqa: S311 - nothing secret
        self.system.kernel = kernel
        self.office.writers = [self.office.hire() for _ in range(2)]

    @rule(after=st.integers(1, 12), error=st.sampled_from([errno.EIO, errno.ENOSPC]))
    def trouble(self, after: int, error: int) -> None:
        self.system.kernel.plan = Plan(error, self.system.kernel.calls + after, 3)

    @rule(jump=st.integers(0, 10**9))
    def clock(self, jump: int) -> None:
        self.system.kernel.clock += jump

    @rule()
    def by_hand(self) -> None:
        """Somebody changes the file with an editor."""
        self.system.kernel.plan = None
        doc = sessions.read(CASE).doc
        word = f"word{next(self.office.words)}"
        number = self.office.account.begins((*FORM, "hand"), get(doc, (*FORM, "hand")), word)
        changed = Session(doc).with_value("gather.team.hand", word)
        disk.write_atomic(FOLDER / "case.toml", sessions.encode(changed))
        self.office.account.acknowledged(number)

    @rule()
    def journals_deleted(self) -> None:
        """All is saved, and somebody removes what is in `.cim`, and it is gone for good."""
        self.system.kernel.plan = None
        for _ in range(2):
            for writer in self.office.writers:
                writer.save()
        kernel = self.system.kernel
        inner = self.office.writers[0].keeper.folder
        if disk.is_folder(inner):
            with kernel.scandir(inner) as entries:
                names = [entry.name for entry in entries]
            for name in names:
                kernel.unlink(inner / name)
            disk.sync_folder(inner)

    @invariant()
    def nothing_is_lost(self) -> None:
        kernel = self.system.kernel
        self.office.reopened(kernel.killed(*kernel.alive))


Life.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, report_multiple_bugs=False
)
TestLife = Life.TestCase
