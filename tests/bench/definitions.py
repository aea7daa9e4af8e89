"""What definitions cost: loading all that are shipped, and evaluating every rule of a case.

Run as a program it loads once, in a process of its own, and prints two numbers.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import tomli

from cim_tui.core.problems import Ledger
from cim_tui.core.progress import assess
from cim_tui.core.rules import check_rules
from cim_tui.core.session import Session
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Workflow
from cim_tui.service.demo import FIRST, example
from cim_tui.store.workflows import Library
from tests.bench.table import Row
from tests.core.builders import GOOD, TODAY, CaseBuilder, case, workflow

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "workflows"
FIELDS = 150


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of something, once."""
    start = time.process_time()
    work()
    return time.process_time() - start


def load_once() -> tuple[float, float]:
    """CPU seconds of a bare parse of every shipped definition, and of loading all workflows."""
    texts = [path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.toml"))]

    def parse() -> None:
        for text in texts:
            tomli.loads(text)

    def load() -> None:
        library = Library((FOLDER,), trusted=FOLDER)
        for name in library.workflow_ids():
            library.workflow(name)
        for year in library.ids("calendar"):
            library.calendar(year)
        library.criteria()

    return cpu_of(parse), cpu_of(load)


def load_row() -> Row:
    """Loading all shipped workflows against a bare parse of the same files, in fresh processes."""
    found = []
    for _ in range(7):
        command = [sys.executable, "-m", "tests.bench.definitions"]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        found.append([float(number) for number in said.split()])
    parse, load = (min(numbers) for numbers in zip(*found, strict=True))
    return Row("all shipped workflows, loaded", load / parse, 10.0, "a bare parse")


RULES: tuple[dict[str, Any], ...] = (
    {"length": {"at-least": 2, "at-most": 400}},
    {"pattern": "[A-Za-z0-9 ]+"},
    {"holds": {"field": "f0", "answered": True}},
    {"any-of": ["f1", "f2"]},
    {"required": True},
)
"""Kinds of rules that a plain answer can have, in turn."""


def large_case() -> CaseBuilder:
    """A case of 150 fields, every one answered, each with a rule; one in 15 is a table of rows."""
    activities: dict[str, Any] = {}
    for part in range(10):
        plain = {f"f{n}": {**GOOD, "type": "text"} for n in range(FIELDS // 10 - 1)}
        columns = {"what": GOOD, "on": {"type": "date"}, "count": {"type": "integer"}}
        fields = {**plain, "rows": {**GOOD, "columns": columns}}
        rules: dict[str, Any] = {
            f"r{n}": {"on": name, **RULES[n % len(RULES)]} for n, name in enumerate(plain)
        }
        rules["few"] = {"on": "rows", "rows": {"at-least": 1, "at-most": 9}}
        rules["once"] = {"on": "rows", "unique": ["what"]}
        rules["sense"] = {"on": "rows.count", "range": {"at-least": 0, "at-most": 99}}
        activities[f"gather.part{part}"] = {"fields": fields, "rules": rules}
    made = case(workflow(activities))
    for part in range(10):
        for n in range(FIELDS // 10 - 1):
            made = made.answer(f"gather.part{part}.f{n}", f"Answer number {n}")
        for row in "abcde":
            made = made.row(f"gather.part{part}.rows", row * 6, what=row, count=7)
    return made


def reference() -> float:
    """Milliseconds of a million additions: what this machine is worth."""
    return min(cpu_of(lambda: sum(n for n in range(1_000_000))) for _ in range(5)) * 1000


def evaluate(workflow: Workflow, session: Session) -> None:
    """Every rule of a case, from nothing but its answers."""
    situation = Situation(workflow, session, TODAY, None)
    for activity in workflow.each_activity():
        if situation.activity_applies(activity).truth is not False:
            check_rules(situation, activity, Ledger(activity))


def rules_rows() -> list[Row]:
    """Every rule of a 150-field session, and of the worked example, in milliseconds."""
    made, session = large_case(), example(FIRST, TODAY)
    shipped = Library((FOLDER,), trusted=FOLDER).workflow(session.workflow)
    beside = f"a million additions take {reference():.0f} ms here"
    rows = []
    for what, limit, work, definitions, answers in (
        ("every rule of a 150-field session", 10.0, evaluate, made.workflow, made.session),
        ("every rule of the worked example", 10.0, evaluate, shipped, session),
        ("the worked example, checked whole", None, check, shipped, session),
    ):
        took = min(cpu_of(partial(work, definitions, answers)) for _ in range(20)) * 1000
        rules = sum(len(activity.spec.rules) for activity in definitions.each_activity())
        note = f"{len(definitions.fields)} fields, {rules} rules; {beside}"
        rows.append(Row(what, took, limit, "ms", note))
    return rows


def check(workflow: Workflow, session: Session) -> None:
    """Every question, rule, count and state of a case."""
    assess(Situation(workflow, session, TODAY, None))


if __name__ == "__main__":
    print(*load_once())
