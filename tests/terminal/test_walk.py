"""The walk: a whole step by keyboard alone, in a terminal of 80 by 24, from letter to sign-off.

What is typed and pressed is what a person types and presses. Where the cursor is, is read from
the screen, in the help of the focused field; what is still missing, from the case's file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomli

from cim_tui.core.problems import Problem
from cim_tui.service.case import Case
from cim_tui.service.desk import Desk, set_up
from cim_tui.service.place import Place, locate
from cim_tui.tui.fields.options import FEW, offered, takes_several
from cim_tui.tui.screens.base import next_after
from tests.terminal.screen import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(600)]

LEA = "Elm Flat Unified"
TRIAL = Path(__file__).parent.parent / "tui" / "definitions"
MOST = 150
"""Far more missing things than the first step has; more means that it goes in circles."""
TYPED = {
    "integer": "12", "number": "12.5", "percent": "41.2", "money": "1200.00", "date": "2025-04-08",
    "people": "Ana Ruiz; Ben Ortiz; Cruz Diaz", "evidence": "letter.pdf",
}  # fmt: skip


class Walker:
    """Somebody at the keys.

    Args:
        terminal: the program in its terminal.
        folder: where the cases are.
        case_id: the case that is open.
    """

    def __init__(self, terminal: Terminal, folder: Path, case_id: str) -> None:
        self.terminal, self.folder, self.case_id = terminal, folder, case_id
        self.typed: dict[str, str] = {}
        """What was typed, by address."""

    @property
    def path(self) -> Path:
        """The case's file."""
        return self.folder / f"{self.case_id}.toml"

    def case(self) -> Case:
        """The case as its file has it now."""
        return desk(self.folder).open(str(self.path))

    def missing(self, step: str) -> list[Problem]:
        """What is needed and open in a step, by the file."""
        found = self.case().progress.steps[step].problems
        return [p for p in found if p.open and p.severity == "error"]

    # Where

    def place(self) -> str:
        """The address under the cursor, from the help of the focused field; empty without one."""
        # The frame of the help is drawn last at its foot, and no other frame may pass for it.
        self.terminal.wait_until_gone("╰")
        self.terminal.press("f1")
        self.terminal.wait_for("╰")
        text = self.terminal.text()
        while not re.search(r"Address: |│  Keys", text):
            press_and_see(self.terminal, "pagedown")
            text = self.terminal.text()
        self.terminal.press("f1")
        self.terminal.wait_until_gone("╰")
        found = re.search(r"Address: ([a-z0-9.-]+)", text)
        return found[1] if found else ""

    # Filling in

    def fill_in(self, step: str) -> None:
        """Go from one missing thing to the next, and answer it, until the step has none."""
        at = ""
        for _ in range(MOST):
            missing = self.missing(step)
            if not missing:
                return
            at = self.next_missing(at, step)
            self.answer(at, missing)
            at = self.place()
        raise AssertionError(f"still missing after {MOST} answers: {self.missing(step)}")

    def next_missing(self, where: str, step: str = "") -> str:
        """Go to the next missing thing of a step, and say where that is.

        With ctrl+n, which goes on through the steps; what was left behind, from the first screen.
        """
        wanted = next_after(self.case(), where)
        if wanted is None or not wanted.address.startswith(step):
            self.terminal.press("esc", "esc")
            self.terminal.wait_for("What this case owes")
            self.terminal.press("home", "enter")
            wanted = self.case().progress.next
        else:
            self.terminal.press("ctrl+n")
        assert wanted is not None
        at = ""
        for _ in range(20):
            at = self.place()
            cell = wanted.address.count(".") == 4
            if at == wanted.address or (not cell and f"{at}.".startswith(f"{wanted.address}.")):
                return at
        raise AssertionError(f"{at} instead of {wanted.address}:\n{self.terminal.text()}")

    def answer(self, at: str, missing: list[Problem]) -> None:
        """Answer what is missing under the cursor; a row in its form."""
        case = self.case()
        place = locate(case, at)
        own = any(p.address == at for p in missing)
        if place.field.type != "table":
            self.enter(case, place)
            return
        # A cell is missing, or else a whole row is.
        self.terminal.press("enter" if place.column and own else "a")
        self.terminal.wait_for("esc back to the table")
        at = self.place()
        self.enter(self.case(), Place(at, place.field, at.split(".")[3], at.split(".")[4]))
        self.terminal.press("esc", "esc")
        self.terminal.wait_until_gone("esc back to the table")

    def enter(self, case: Case, place: Place) -> None:
        """Enter something into the focused entry, and wait until the file has it."""
        spec = place.spec
        if spec.type in ("yes-no", "rating"):
            self.terminal.press("space")
        elif spec.type in ("choice", "choices", "checklist", "reference"):
            self.choose(case, place)
        else:
            text = TYPED.get(spec.type, f"Words on “{spec.label}”")
            self.terminal.type(text)
            if spec.type in ("text", "long-text"):
                self.typed[place.address] = text
        self.terminal.wait_until(lambda: self.stored(place), f"{place.address} in the file")

    def choose(self, case: Case, place: Place) -> None:
        """Choose from what stands on screen, or from a list."""
        count = len(offered(case, place))
        several = takes_several(place)
        if place.spec.type != "reference" and count <= FEW:
            if several and place.row:
                # Everybody was heard at the meeting.
                for _ in range(count):
                    self.terminal.press("space", "down")
            elif several:
                self.terminal.press("space")
            else:
                rows = case.session.raw(place.field.address) if place.row else None
                # Another row, another choice: an indicator of each kind is asked for.
                self.terminal.press(*["down"] * ((len(rows or {}) + 1) % 2), "space")
            return
        self.terminal.press("enter")
        self.terminal.wait_for("type to narrow the list")
        self.terminal.press("enter")
        if several:
            self.terminal.wait_for("[x] ")
            self.terminal.press("ctrl+s")
        self.terminal.wait_until_gone("type to narrow the list")

    def stored(self, place: Place) -> bool:
        """Whether the file holds an answer at a place."""
        found: Any = tomli.loads(self.path.read_text("utf-8")).get("answers", {})
        for part in place.address.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found not in (None, "")


def desk(folder: Path) -> Desk:
    """A desk over the folder, to read what the program wrote."""
    return set_up(folder=str(folder))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for cases, named in the environment."""
    place = tmp_path / "cases"
    monkeypatch.setenv("CIM_SESSIONS", str(place))
    return place


def chosen(terminal: Terminal) -> str:
    """The line of the first choice that is marked."""
    return next((line for line in terminal.lines() if "(•)" in line), "")


def choose_line(terminal: Terminal, *labels: str) -> None:
    """Move the cursor of a choice down until one of these lines is marked."""
    while not any(f"(•) {label}" in chosen(terminal) for label in labels):
        before = chosen(terminal)
        terminal.press("down")
        terminal.wait_until(lambda: chosen(terminal) not in ("", before))  # noqa: B023 - at once


def start_a_case(terminal: Terminal, letter: str, level: str = "") -> None:
    """Start a case page by page: what the letter says, the district, the dates."""
    terminal.wait_for("No case here yet")
    terminal.press("n")
    terminal.wait_for("Start a new case", "What does the letter say")
    choose_line(terminal, letter)
    terminal.press("enter")
    terminal.wait_for(f"New case: {letter}", "District, county office or charter")
    terminal.type(LEA)
    terminal.wait_for(LEA)
    if level:
        terminal.press("tab", "tab")  # past the year, which is this one
        choose_line(terminal, level)
    terminal.press("ctrl+s")
    terminal.wait_for("When is each step due", "no due date entered")
    terminal.press("ctrl+s")
    terminal.wait_for("What this case owes")


def looks(terminal: Terminal) -> list[Any]:
    """Every cell of the screen, with its colours: where the cursor is shows in nothing else."""
    return [terminal.cell(row, column) for row in range(24) for column in range(80)]


def press_and_see(terminal: Terminal, key: str) -> None:
    """Press a key, and wait until it did something: what is typed goes where the focus was."""
    before = looks(terminal)
    terminal.press(key)
    terminal.wait_until(lambda: looks(terminal) != before, f"{key} to do something")


def write_into(terminal: Terminal, label: str, text: str) -> None:
    """Go on to the entry under a label, see that it has the focus, and type."""

    def entry() -> int:
        """The line under the label: where the cursor is once the entry has the focus."""
        found = (n for n, line in enumerate(terminal.lines()) if f"│  {label}" in line)
        return next(found, -2) + 1

    def colour() -> str:
        """What the entry is drawn on: another colour when it has the focus."""
        return str(terminal.cell(entry(), 10).bg)

    terminal.wait_until(lambda: entry() >= 0, f"{label} to be shown")
    before = colour()
    terminal.press("tab")
    terminal.wait_until(
        lambda: terminal.cursor().row == entry() and colour() != before,
        f"{label} to have the focus",
    )
    terminal.type(text)
    terminal.wait_for(text)


def line_under_cursor(terminal: Terminal) -> str:
    """The line of a list whose colour stands out; empty while it is being drawn."""
    colours = [terminal.cell(row, 40).bg for row in range(2, 23)]
    usual = max(set(colours), key=colours.count)
    marked = [row for row, colour in enumerate(colours, start=2) if colour != usual]
    return terminal.lines()[marked[0]] if len(marked) == 1 else ""


def put_cursor_on(terminal: Terminal, text: str) -> None:
    """Move the cursor of the first screen down to the line that has a text."""
    terminal.wait_until(lambda: line_under_cursor(terminal) != "")
    while text not in line_under_cursor(terminal):
        before = line_under_cursor(terminal)
        terminal.press("down")
        terminal.wait_until(lambda: line_under_cursor(terminal) not in ("", before))  # noqa: B023


def find_in_list(terminal: Terminal, texts: set[str]) -> None:
    """Page down a list until every text was in sight, wherever its lines are broken."""
    while texts:
        shown = " ".join(terminal.text().split())
        texts = {text for text in texts if text not in shown}
        if texts:
            press_and_see(terminal, "pagedown")


def test_the_first_step_of_a_case_by_keyboard_alone(folder: Path) -> None:
    with Terminal() as terminal:
        start_a_case(terminal, "Intensive monitoring", "Intensive 2")
        walker = Walker(terminal, folder, "elm-flat-unified-2025-intensive")
        asked = walker.missing("gather")
        assert len(asked) > 5

        # Too early: refused, with the whole list.
        terminal.press("d")
        terminal.wait_for("Gather and Inquire is not complete yet", f"Needed · {len(asked)}")
        for problem in asked:
            terminal.wait_for(f"! {problem.message[:30]}")
        terminal.press("f4")
        terminal.wait_for("What this case owes")

        # From one missing thing to the next, until nothing needed is open.
        walker.fill_in("gather")
        terminal.press("esc", "esc")
        terminal.wait_for("What this case owes", "1 Gather and Inquire  complete, not marked done")

        # Done.
        put_cursor_on(terminal, "1 Gather and Inquire")
        terminal.press("d")
        terminal.wait_for("Have you completed this step?", "This sends nothing to CDE.")
        terminal.press("enter")
        terminal.wait_for("✓ 1 Gather and Inquire  done")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0

    doc = tomli.loads(walker.path.read_text("utf-8"))
    assert doc["lea"]["name"] == LEA
    assert doc["case"]["level"] == "intensive-2"
    assert doc["done"]["gather"]["by"] == "Test Person"
    assert set(doc["answers"]["gather"]) >= {"letter-intake", "cim-team", "parent-input"}
    for address, text in walker.typed.items():
        assert walker.case().session.raw(address) == text

    # Everything is found again, in the file and on screen.
    with Terminal("open", "elm-flat") as terminal:
        terminal.wait_for(f"{LEA} · 2025 · Intensive 2", "✓ 1 Gather and Inquire  done")
        put_cursor_on(terminal, "1 Gather and Inquire")
        terminal.press("r")
        terminal.wait_for("Review · Step 1 · Gather and Inquire", "0 needed")
        find_in_list(terminal, {text[:20] for text in walker.typed.values()})
        terminal.press("esc")
        terminal.wait_for("What this case owes")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0


def test_a_step_is_done_signed_and_found_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIM_WORKFLOWS", str(TRIAL))
    with Terminal() as terminal:
        start_a_case(terminal, "Trial")
        walker = Walker(terminal, folder, "elm-flat-unified-2025-trial")
        walker.fill_in("gather")
        terminal.press("esc", "esc")
        terminal.wait_for("What this case owes")
        terminal.press("d")
        terminal.wait_for("Have you completed this step?")
        terminal.press("y")
        terminal.wait_for("✓ 1 Gather  done")

        # The agreement, and who signs it.
        assert walker.next_missing("") == "agree.agreement.text"
        terminal.type("To meet again in May")
        terminal.wait_for("✓ What we agreed")
        terminal.press("ctrl+g")
        terminal.wait_for("Sign Agreement", "(•) Director")
        write_into(terminal, "Name", "Rosa Lind")
        terminal.press("ctrl+s")
        terminal.wait_for("Agreement is signed")
        terminal.press("esc", "esc")
        terminal.wait_for("2 Agree  complete, not marked done")

        # The step: done, then signed.
        terminal.press("d")
        terminal.wait_for("Have you completed this step?")
        terminal.press("y")
        terminal.wait_for("✓ 2 Agree  done", "1 signature to come")
        terminal.press("i")
        terminal.wait_for("Sign Agree", "(•) Superintendent")
        write_into(terminal, "Name", "Tom Hash")
        terminal.press("ctrl+s")
        terminal.wait_for("✓ 2 Agree  signed", "Every step is done.")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0

    doc = tomli.loads(walker.path.read_text("utf-8"))
    signed = {entry["role"]: (entry["scope"], entry["name"]) for entry in doc["signoffs"].values()}
    assert signed == {
        "director": ("agree.agreement", "Rosa Lind"), "superintendent": ("agree", "Tom Hash"),
    }  # fmt: skip
    assert doc["answers"]["agree"]["agreement"]["text"] == "To meet again in May"
    with Terminal("open", "elm-flat") as terminal:
        terminal.wait_for("✓ 1 Gather  done", "✓ 2 Agree  signed", "Every step is done.")
        terminal.press("ctrl+q")
        assert terminal.wait_for_end() == 0
