"""The first screen of a case: why it was named, what it owes, what must start now, what is next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.events import ScreenResume
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cim_tui.core.errors import UsageError
from cim_tui.core.progress import StepProgress
from cim_tui.core.text import shorten
from cim_tui.core.words import (
    ACTIVITY_STATE,
    GLYPH,
    NO_DUE_DATE,
    STEP_STATE,
    counted,
)
from cim_tui.core.workflow import Step
from cim_tui.service.case import Case
from cim_tui.service.changed import moment
from cim_tui.service.settle import conflicts
from cim_tui.service.standing import iso
from cim_tui.tui.commands import Scope, bindings
from cim_tui.tui.screens.ask import Ask, Question
from cim_tui.tui.screens.base import CaseScreen, acting
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.fit import fit
from cim_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from cim_tui.service.travel import Arrival


class Overview(CaseScreen):
    """The case on one page; enter opens the activity under the cursor."""

    DEFAULT_CSS = """
    Overview Listing { height: 1fr; }
    """

    SCOPE = Scope.CASE
    BINDINGS = [*bindings(SCOPE)]

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._shown: tuple[str, ...] = ()
        self._steps: list[str] = []
        self._unfolded: set[str] | None = None

    def compose(self) -> ComposeResult:
        """Header, the page, the keys."""
        yield Header()
        yield KeyBar(self.SCOPE)
        yield Listing()

    def on_mount(self) -> None:
        """Fill the page."""
        self.show_all()
        self.query_one(OptionList).focus()

    def on_screen_resume(self, _: ScreenResume) -> None:
        """Something may have changed on another screen."""
        if self._shown:
            self.show_all()

    @property
    def step(self) -> Step:
        """The step under the cursor, else the current one."""
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self._steps) and self._steps[at]:
            return self.case.workflow.steps[self._steps[at]]
        return super().step

    def show_all(self) -> None:
        """Draw the page; the cursor stays where it was."""
        case, session = self.case, self.case.session
        progress = case.progress
        level = case.workflow.spec.levels.get(str(session.fact("level")))
        title = level.title if level else case.workflow.title
        due = progress.next_due
        self.query_one(Header).show(
            f"{session.lea} · {session.fact('year')} · {title}",
            f"{self.cim.who_words} · {self.cim.saved_words(case)}",
            f"{progress.count('error')} needed, {progress.count('warning')} good practice",
            f"{due.step.title} due {iso(due.due)}" if due else NO_DUE_DATE,
        )
        lines = self.page()
        key = tuple(line.plain for line, _, _ in lines)
        if key == self._shown:
            return
        self._shown = key
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options()
        options.add_options([Option(line, id=where, disabled=where is None)
                             for line, where, _ in lines])  # fmt: skip
        self._steps = [step for _, _, step in lines]
        first = next((n for n, (_, where, _) in enumerate(lines) if where), None)
        options.highlighted = at if at is not None and at < len(lines) else first

    def page(self) -> list[tuple[Content, str | None, str]]:
        """Lines of the page: what is shown, where enter goes, which step it belongs to."""
        case = self.case
        progress = case.progress
        width = max(40, self.app.size.width - 6)
        lines: list[tuple[Content, str | None, str]] = []

        def say(text: str, style: str = "") -> None:
            lines.append((Content.styled(text, style) if style else Content(text), None, ""))

        following = progress.next
        if following is not None:
            say("Next", "bold")
            label = fit(following.message, width - 4)
            lines.append((Content(f"→ {label}"), f"{following.address}|next", ""))
        elif progress.complete:
            say("Every step is done.", "bold")
        for remark in self.remarks():
            say(remark)
        say(" ")
        owed = [s for s in progress.steps.values() if s.state != "not-required"]
        count = sum(s.activities.of for s in owed)
        say(f"What this case owes: {counted(len(owed), 'step')}, "
            f"{counted(count, 'required activity', 'required activities')}", "bold")  # fmt: skip
        current = progress.current
        if self._unfolded is None:
            self._unfolded = {current.step.id} if current else set()
        unfolded = self._unfolded
        for step in progress.steps.values():
            lines.append((step_line(step), f"{step.step.id}|step", step.step.id))
            if step.step.id not in unfolded:
                continue
            for check in step.checks:
                if check.state == "not-applicable":
                    continue
                optional = "" if check.required else "  optional"
                text = f"     {GLYPH[check.state]} {check.activity.title}"
                tail = f"  {ACTIVITY_STATE[check.state]}{optional}"
                if check.touched and check.needed.of:
                    tail += f"  {check.needed}"
                content = Content.assemble(text, (tail, "dim"))
                lines.append((content, f"{check.activity.address}|activity", step.step.id))
        lines += self.early(current)
        if case.workflow.spec.why_named:
            say(" ")
            say("Why this case", "bold")
            say(case.workflow.spec.why_named)
        return lines

    def remarks(self) -> list[str]:
        """What a person should know before they go on."""
        found = [
            f"{other.who or 'Somebody'} has this case open too, on {other.host} since "
            f"{moment(other.since)[-5:]}"
            for other in self.cim.saver.others
        ]
        waiting = len(conflicts(self.case))
        if waiting:
            found.append(f"{counted(waiting, 'answer')} changed by two people: j settles them")
        if self.case.progress.parked:
            found.append(f"{counted(len(self.case.progress.parked), 'answer')} kept aside")
        if self.case.workflow.digest != self.case.session.fact("digest"):
            found.append("The definitions of this edition changed since the case was started")
        return found

    @acting
    def action_take_in(self) -> None:
        """Bring a copy together with this case, after saying what it brings."""
        from cim_tui.service.travel import look_into

        def accept(answers: dict[str, str]) -> Arrival:
            if not answers["path"].strip():
                raise UsageError("Name the file of the copy")
            path = Path(answers["path"].strip()).expanduser()
            return look_into(self.case, self.cim.desk_of_who(), path, answers["sender"])

        questions = [
            Question("path", "File of the copy", hint="the one that was mailed back"),
            Question("sender", "Who made it", hint="may be left empty"),
        ]
        self.app.push_screen(
            Ask("Take in a copy", questions, accept, button="See what it brings"), self.arrived
        )

    def arrived(self, arrival: Arrival | None) -> None:
        """Say what a copy brings, and ask whether to take it in."""
        from cim_tui.service.history import lines
        from cim_tui.service.travel import put_aside, take_in

        if arrival is None:
            return
        if not arrival.edits:
            self.cim.tell(arrival.in_words())
            return

        def accept(answers: dict[str, str]) -> None:
            del answers
            take_in(self.case, arrival)
            aside = put_aside(self.case, self.cim.desk, arrival)
            self.after_change("Taken in" + (f"; the copy is in {aside}" if aside else ""))

        told = [f"{line.label}: {line.old or 'nothing'} → {line.new or 'nothing'}"
                for line in lines(self.case, arrival.edits)[:10]]  # fmt: skip
        says = [arrival.in_words(), *([arrival.remark] if arrival.remark else []),
                *(shorten(text, 200) for text in told)]  # fmt: skip
        self.app.push_screen(
            Ask("What this copy brings", [], accept, says="\n".join(says), button="Take it in"),
            lambda _: self.case_changed(),
        )

    def early(self, current: StepProgress | None) -> list[tuple[Content, str | None, str]]:
        """What takes longest and must start now, and what to have ready."""
        lines: list[tuple[Content, str | None, str]] = []
        open_now = [c for c in current.checks if c.required and not c.complete] if current else []
        slow = [c for c in open_now if c.activity.spec.start_early]
        if slow:
            lines.append((Content(" "), None, ""))
            lines.append((Content.styled("Start now, it takes time", "bold"), None, ""))
            for check in slow:
                text = f"• {check.activity.title}: {check.activity.spec.start_early}"
                lines.append((Content(text), f"{check.activity.address}|early", ""))
        ready = list(dict.fromkeys(i for c in open_now for i in c.activity.spec.have_ready))
        if ready:
            lines.append((Content(" "), None, ""))
            lines.append((Content.styled("Have ready", "bold"), None, ""))
            lines += [(Content(f"• {item}"), None, "") for item in ready[:12]]
        return lines

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the activity under the cursor; fold or unfold a step."""
        address = (event.option.id or "").split("|")[0]
        if address in self.case.workflow.steps:
            self._unfolded = (self._unfolded or set()) ^ {address}
            self.show_all()
        elif address:
            self.go_to(address)


def step_line(step: StepProgress) -> Content:
    """A step with its state, counts and dates."""
    parts: list[str | tuple[str, str]] = [
        (f"{GLYPH[step.state]} {step.step.number} {step.step.title}", "bold"),
        f"  {STEP_STATE[step.state]}",
    ]
    if step.state != "not-required":
        parts.append((f"  {step.activities} activities", "dim"))
    if step.due:
        parts.append((f"  due {iso(step.due)}{' LATE' if step.late else ''}", "dim"))
    if step.submitted:
        parts.append((f"  submitted {iso(step.submitted.get('on'))}", "dim"))
    if step.changed_since_submission:
        parts.append("  changed since submission")
    if step.cde:
        parts.append((f"  CDE {step.cde.get('cde')} {iso(step.cde.get('on'))}", "dim"))
    unsigned = [line for line in step.signatures if line.required and not line.current]
    if step.state == "done" and unsigned:
        parts.append(f"  {counted(len(unsigned), 'signature')} to come")
    return Content.assemble(*parts)
