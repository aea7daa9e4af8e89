"""A small form that asks a few things and does one: who, when, why. Esc leaves as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from cim_tui.core.errors import CimError
from cim_tui.core.text import clean
from cim_tui.tui.fields.text import QuietInput
from cim_tui.tui.widgets.listing import Listing


@dataclass(frozen=True)
class Question:
    """One thing that is asked.

    Args:
        id: its name in the answers.
        label: what people read.
        kind: `line`, `text` or `choice`.
        value: what stands there at first.
        hint: a sentence of help, or an example.
        choices: keys and labels of a choice.
        must: nothing is chosen beforehand; `accept` has to refuse a choice that was not made.
    """

    id: str
    label: str
    kind: str = "line"
    value: str = ""
    hint: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    must: bool = False


AROUND = 6
"""Lines of the frame, the title, the verb and its keys."""


class Ask(ModalScreen[Any]):
    """Asks, and hands the answers to `accept`; what it refuses is said here and nothing is lost.

    Args:
        title: what this does.
        says: what a person should know before.
        questions: what is asked.
        button: the verb.
        back: what esc does.
        accept: called with the answers; may raise `CimError`. Its result closes the form.
        follow: called when a choice changes, to replace the questions that depend on it.
    """

    DEFAULT_CSS = """
    Ask { align: center middle; }
    Ask > Vertical { width: 96%; max-width: 90; height: auto; max-height: 100%; background: $panel;
                     padding: 0 2; border: round $primary; }
    Ask VerticalScroll { height: auto; }
    Ask .label { height: auto; margin-top: 1; }
    Ask .says { height: auto; }
    Ask QuietInput { background: $surface; padding: 0 1; border: none; height: 1; }
    Ask QuietInput:focus { background: $primary-muted; }
    Ask TextArea { height: 4; background: $surface; border: none; padding: 0 1; }
    Ask Listing { height: auto; max-height: 9; }
    Ask #wrong { height: auto; max-height: 6; color: $text-error; display: none; }
    Ask #wrong.shown { display: block; }
    Ask .buttons { height: auto; margin-top: 1; }
    Ask Button { margin-right: 2; min-width: 12; height: 1; border: none; }
    """

    BINDINGS = [
        Binding("escape", "give_up", "Leave as it was", show=False),
        Binding("ctrl+s", "accept", "Do it", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        questions: Sequence[Question],
        accept: Callable[[dict[str, str]], Any],
        *,
        says: str = "",
        button: str = "Save",
        back: str = "leaves as it was",
    ) -> None:
        super().__init__()
        self.heading, self.questions, self.accept = title, questions, accept
        self.says, self.button, self.back = says, button, back
        self._warned = False

    def compose(self) -> ComposeResult:
        """Title, text, the questions, the verb."""
        with Vertical():
            yield Static(Content.styled(self.heading, "bold"))
            # On top, where no notice covers it, and outside of what scrolls: it is always in sight.
            yield Static("", id="wrong", markup=False)
            with VerticalScroll(can_focus=False):
                if self.says:
                    yield Static(Content(clean(self.says)), classes="says")
                for question in self.questions:
                    yield from self.one(question)
            with Vertical(classes="buttons"):
                yield Button(Content(self.button), id="do", variant="primary", compact=True)
                yield Static(Content.styled(f"ctrl+s does it   esc {self.back}", "dim"))

    def one(self, question: Question) -> ComposeResult:
        """A question with its entry."""
        yield Static(
            Content.assemble((question.label, "bold"), (f"  {question.hint}", "dim")),
            classes="label",
        )
        name = f"q-{question.id}"
        if question.kind == "choice":
            options = Listing(id=name)
            keys = list(question.choices)
            first = None if question.must else 0
            at = keys.index(question.value) if question.value in keys else first
            options.add_options(
                [Option(marked(label, number == at), id=key)
                 for number, (key, label) in enumerate(question.choices.items())]
            )  # fmt: skip
            options.highlighted = at
            yield options
        elif question.kind == "text":
            yield TextArea(question.value, id=name, compact=True, highlight_cursor_line=False)
        else:
            yield QuietInput(question.value, id=name, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """Focus the first entry that is empty, else the first."""
        empty = [q for q in self.questions if not q.value]
        first = (empty or list(self.questions))[:1]
        if first:
            # Scrolling to the first question would scroll its label and what is said out of sight.
            scroll = first[0] is not self.questions[0]
            self.query_one(f"#q-{first[0].id}").focus(scroll_visible=scroll)
        else:
            self.query_one(Button).focus()

    def on_resize(self) -> None:
        """Leave room under the questions for the verb and its keys, whatever the height."""
        wrong = self.query_one("#wrong")
        said = wrong.size.height if wrong.display else 0
        self.query_one(VerticalScroll).styles.max_height = max(4, self.size.height - AROUND - said)

    def answers(self) -> dict[str, str]:
        """What stands in the entries."""
        found = {}
        for question in self.questions:
            entry = self.query_one(f"#q-{question.id}")
            if isinstance(entry, OptionList):
                at = entry.highlighted
                found[question.id] = list(question.choices)[at] if at is not None else ""
            elif isinstance(entry, TextArea):
                found[question.id] = entry.text
            elif isinstance(entry, Input):
                found[question.id] = entry.value
        return found

    def action_accept(self) -> None:
        """Hand the answers over, with the keys that are still on their way to an entry."""
        self.app.after_typing(self.hand_over)  # type: ignore[attr-defined]

    def hand_over(self) -> None:
        """Hand the answers over; a refusal is said and everything stays."""
        try:
            done = self.accept(self.answers())
        except CimError as refused:
            self.complain(str(refused))
            return
        self.dismiss(done if done is not None else True)

    def complain(self, text: str) -> None:
        """Say on top what keeps this from being done."""
        wrong = self.query_one("#wrong", Static)
        wrong.update(Content(clean(text)))
        wrong.add_class("shown")
        self.call_after_refresh(self.on_resize)  # only then its height is known

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Mark what is chosen with a glyph: the colour of the cursor alone would not do."""
        choices = next(
            q.choices for q in self.questions if f"q-{q.id}" == event.option_list.id
        )  # fmt: skip
        for number, label in enumerate(choices.values()):
            chosen = number == event.option_index
            event.option_list.replace_option_prompt_at_index(number, marked(label, chosen))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The verb."""
        event.stop()
        self.action_accept()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on; after the last entry it reaches the verb."""
        event.stop()
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a choice goes on; where nothing else is asked, it does it."""
        event.stop()
        if len(self.questions) == 1:
            self.action_accept()
        else:
            self.focus_next()

    def action_give_up(self) -> None:
        """Leave everything as it was; what was typed is not thrown away at the first esc."""
        typed = [q.id for q in self.questions if q.kind != "choice"]
        now = self.answers()
        before = {q.id: q.value for q in self.questions}
        if not self._warned and any(now[name] != before[name] for name in typed):
            self._warned = True
            self.complain("What you typed here is not kept. Press esc again to leave without it.")
            return
        self.dismiss(None)


def marked(label: str, chosen: bool) -> Content:
    """A choice with the glyph that says whether it is the one."""
    return Content(f"{'(•)' if chosen else '( )'} {label}")
