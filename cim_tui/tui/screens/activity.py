"""An activity: the form, with the outline, guidance, sources or what is open beside it."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from cim_tui.core.problems import Problem
from cim_tui.core.progress import due_date
from cim_tui.core.words import (
    ACTIVITY_STATE,
    GLYPH,
    NO_DUE_DATE,
    STEP_STATE,
    SUPPORT,
    counted,
)
from cim_tui.core.workflow import Activity, Step
from cim_tui.service.case import Case
from cim_tui.service.place import Place
from cim_tui.service.reading import owner_name
from cim_tui.service.standing import iso
from cim_tui.tui.commands import Scope, bindings
from cim_tui.tui.fields.box import FieldBox
from cim_tui.tui.screens.form import FormScreen
from cim_tui.tui.widgets.bars import Header, KeyBar
from cim_tui.tui.widgets.fit import fit
from cim_tui.tui.widgets.listing import Listing

OUTLINE = 46
"""Columns of the pane beside the form."""


class Pane(VerticalScroll):
    """What stands beside the form: a text to read, or places to go to."""

    def __init__(self) -> None:
        self.reading = Static("", id="reading", markup=False)
        self.outline = Listing(id="outline")
        super().__init__(self.reading, self.outline, id="pane", can_focus=False)


class ActivityScreen(FormScreen):
    """One activity at a time is mounted, whatever the size of the case."""

    DEFAULT_CSS = """
    ActivityScreen #pane { width: 46; height: 1fr; border-right: solid $panel; padding: 0 1;
                           display: none; }
    ActivityScreen #pane Static { height: auto; }
    ActivityScreen #pane Listing { height: auto; }
    ActivityScreen.-wide.pane-open #pane { display: block; }
    ActivityScreen.-narrow.pane-open #pane { display: block; width: 1fr; border: none; }
    ActivityScreen.-narrow.pane-open #form { display: none; }
    ActivityScreen #intro { height: auto; padding: 0 1; color: $text-muted; margin-bottom: 1; }
    """

    SCOPE = Scope.FORM | Scope.ACTIVITY
    BINDINGS = [*bindings(SCOPE)]

    def __init__(self, case: Case, address: str) -> None:
        super().__init__(case)
        self._activity = self.find(address)
        self.pane = ""
        self.wanted = address
        self._took_focus = False
        self._told = ""
        self._pane: Pane | None = None

    def find(self, address: str) -> Activity:
        """The activity an address lies in."""
        parts = address.split(".")
        return self.case.workflow.activities[parts[1]]

    @property
    def activity(self) -> Activity | None:
        """The activity that is open."""
        return self._activity

    @property
    def step(self) -> Step:
        """Its step."""
        return self._activity.step

    def compose(self) -> ComposeResult:
        """Header, form, keys; the pane comes when it is asked for."""
        boxes = self.make_boxes()
        self.show_boxes()
        yield Header()
        yield KeyBar(self.SCOPE)
        with Horizontal(), VerticalScroll(id="form", can_focus=False):
            yield Static("", id="intro", markup=False)
            yield from boxes

    def make_boxes(self) -> list[FieldBox]:
        """A box for each field of the activity."""
        fields = self._activity.fields.values()
        self.boxes = {f.address: FieldBox(self.case, Place(f.address, f)) for f in fields}
        return list(self.boxes.values())

    @property
    def wide(self) -> bool:
        """Whether a pane fits beside the form."""
        return self.app.size.width >= 100

    def intro(self) -> Content:
        """What the activity is for, in two lines; the rest is in the guidance."""
        spec = self._activity.spec
        about = f"about {spec.about_minutes} minutes · " if spec.about_minutes else ""
        asked = "" if self.case.situation.activity_required(self._activity) else "optional · "
        support = self._activity.support(self.case.session.fact("level"))
        where = self.case.session.at("elsewhere", self._activity.address)
        where = where or (None if spec.always else self.case.session.at("elsewhere", self.step.id))
        lines = [spec.purpose, f"{asked}{about}{SUPPORT[support]}"]
        if isinstance(where, dict):
            on = iso(where.get("on")) or ""
            lines.append(f"Done elsewhere: {where.get('where', '')} {on} {where.get('by', '')}")
        return Content("\n".join(lines))

    def on_mount(self) -> None:
        """Show the form and go to what was asked for."""
        if self.wide:
            self.open_pane("outline")
        self.show_all()
        self.go_here(self.wanted)

    async def show_activity(self, address: str) -> None:
        """Show another activity, or another place of this one."""
        activity = self.find(address)
        self.wanted = address
        if activity is not self._activity:
            self._activity = activity
            self._left_focus = None
            form = self.query_one("#form", VerticalScroll)
            with self.app.batch_update():
                await form.query(FieldBox).remove()
                await form.mount_all(self.make_boxes())
                form.scroll_home(animate=False)
                self.show_all()
                self.fill_pane()
        if self.pane and not self.wide:
            self.open_pane("")
        self.go_here(self.wanted)

    def go_here(self, address: str) -> None:
        """Put the focus on an address of this activity."""
        parts = address.split(".")
        box = self.boxes.get(".".join(parts[:3]))
        if box is None or not box.display:
            box = next((b for b in self.boxes.values() if b.display and b.editor.focusable), None)
        if box is not None:
            box.take_focus(*(parts[3:5] if len(parts) > 3 else ()))

    def problems_here(self) -> list[Problem]:
        """Problems of the activity."""
        return list(self.case.progress.checks[self._activity.address].problems)

    def show_all(self) -> None:
        """Draw header, boxes and pane from the case."""
        super().show_all()
        case, activity = self.case, self._activity
        check = case.progress.checks[activity.address]
        steps = [s for s in case.progress.steps.values() if s.state != "not-required"]
        number = f"Step {self.step.number} of {len(steps)}"
        due, _ = due_date(case.situation, activity)
        due = due or case.progress.steps[self.step.id].due
        owner = owner_name(case, activity)
        right = f"due {iso(due)}" if due else NO_DUE_DATE
        if owner:
            right = f"{fit(owner, 18)} · {right}"
        self.query_one(Header).show(
            case.session.lea,
            f"{self.cim.who_words} · {self.cim.saved_words(case)}",
            f"{number} · {activity.title} · {check.needed}",
            right,
        )
        intro = self.intro()
        if intro.plain != self._told:
            self._told = intro.plain
            self.query_one("#intro", Static).update(intro)
        self.fill_pane()

    # The pane

    def open_pane(self, name: str) -> None:
        """Show one pane, or none; at 80 columns it takes the place of the form."""
        self.pane = name
        if name and self._pane is None:
            self._pane = Pane()
            self.query_one(Horizontal).mount(self._pane, before=0)
        self.set_class(bool(name), "pane-open")
        self.fill_pane()
        if name == "outline" and not self.wide and self._pane is not None:
            self._pane.outline.call_later(self._pane.outline.focus)  # once it is there

    def toggle(self, name: str) -> None:
        """Show a pane, or put it away."""
        was = self.pane
        if not was and not self.wide:
            self._took_focus = self.leave_entry()
        rest = "outline" if self.wide and name != "outline" else ""
        self.open_pane(rest if was == name else name)
        if was == name and not self.wide:
            self.give_focus_back()
        elif self.pane != "outline" and not self.wide:
            self.set_focus(None)

    def give_focus_back(self) -> None:
        """Return to the entry that a pane at 80 columns took the place of."""
        if self._took_focus:
            self.return_to_entry()
        else:
            self.set_focus(None)

    def fill_pane(self) -> None:
        """Fill the pane that is open."""
        if self._pane is None:
            return
        from cim_tui.tui.screens.reading import guidance, sources

        outline, reading = self._pane.outline, self._pane.reading
        outline.display = self.pane in ("outline", "missing")
        reading.display = self.pane in ("guidance", "sources", "missing")
        if self.pane == "outline":
            self.fill_outline(outline)
        elif self.pane == "guidance":
            reading.update(guidance(self._activity))
        elif self.pane == "sources":
            reading.update(sources(self.case, self._activity))
        elif self.pane == "missing":
            self.fill_missing(outline, reading)

    def fill_outline(self, outline: OptionList) -> None:
        """Every step and activity, state in glyph and word."""
        lines: list[tuple[Content, str | None]] = []
        width = max(24, (OUTLINE if self.wide else self.app.size.width) - 8)
        for step in self.case.progress.steps.values():
            head = f"{GLYPH[step.state]} {step.step.number} {step.step.title}"
            word = fit(STEP_STATE[step.state], max(8, width - len(head)))
            lines.append((Content.assemble((head, "bold"), ("  " + word, "dim")), None))
            if step.step is not self.step and self.wide:
                continue
            for check in step.checks:
                here = check.activity is self._activity
                state = ACTIVITY_STATE[check.state]
                title = fit(check.activity.title, width - len(state) - 6)
                text = f"  {GLYPH[check.state]} {title}"
                lines.append(
                    (Content.assemble((text, "bold underline" if here else ""), f"  {state}"),
                     check.activity.address)
                )  # fmt: skip
        key = tuple(line.plain for line, _ in lines)
        if getattr(outline, "shown_key", None) == key:
            return
        outline.shown_key = key  # type: ignore[attr-defined]
        at = outline.highlighted
        outline.clear_options()
        outline.add_options(
            [Option(line, id=where, disabled=where is None) for line, where in lines]
        )
        outline.highlighted = at

    def fill_missing(self, outline: OptionList, reading: Static) -> None:
        """What is open in this activity."""
        found = [p for p in self.problems_here() if p.open]
        check = self.case.progress.checks[self._activity.address]
        head = f"{check.needed} needed, {check.good} good practice"
        kept = f"\n{counted(len(check.parked), 'answer')} kept aside" if check.parked else ""
        reading.update(Content(head + kept))
        outline.shown_key = None  # type: ignore[attr-defined]
        outline.clear_options()
        order = sorted(found, key=lambda p: p.severity != "error")
        for number, problem in enumerate(order):
            glyph = "!" if problem.severity == "error" else "○"
            outline.add_option(
                Option(Content(f"{glyph} {problem.message}"), id=f"{problem.address}|{number}")
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go where the pane points."""
        event.stop()
        address = (event.option.id or "").split("|")[0]
        if address:
            self.go_to(address)

    def action_toggle_outline(self) -> None:
        """Outline."""
        self.toggle("outline")

    def action_toggle_guidance(self) -> None:
        """Guidance."""
        self.toggle("guidance")

    def action_toggle_sources(self) -> None:
        """Sources."""
        self.toggle("sources")

    def action_toggle_missing(self) -> None:
        """What is open here."""
        self.toggle("missing")

    def action_overview(self) -> None:
        """Out of the entry, out of the pane, then up."""
        if self.pane and not self.wide:
            self.open_pane("")
            self.give_focus_back()
        else:
            super().action_overview()

    def key_down(self) -> None:
        """Scroll what is read when no entry has the focus."""
        self.scroll_reading(2)

    def key_up(self) -> None:
        """Scroll what is read when no entry has the focus."""
        self.scroll_reading(-2)

    def scroll_reading(self, by: int) -> None:
        """Scroll the pane at 80 columns, else the form."""
        if self.focused is None:
            holder = "#pane" if self.pane and not self.wide else "#form"
            self.query_one(holder).scroll_relative(y=by, animate=False)

    # Neighbours

    def action_previous_activity(self) -> Any:
        """The activity before."""
        return self.neighbour(-1)

    def action_next_activity(self) -> Any:
        """The activity after."""
        return self.neighbour(1)

    def neighbour(self, by: int) -> None:
        """Go to the activity so many further that applies."""
        checks = [c for c in self.case.progress.checks.values() if c.state != "not-applicable"]
        order = [c.activity.address for c in checks]
        at = order.index(self._activity.address) if self._activity.address in order else 0
        if 0 <= at + by < len(order):
            self.go_to(order[at + by])
        else:
            self.cim.tell("This is the last activity" if by > 0 else "This is the first activity")
