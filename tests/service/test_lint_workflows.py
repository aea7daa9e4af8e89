"""Remarks about workflow files, and what the language itself refuses, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim_tui.service.definitions import lint_all
from cim_tui.store.workflows import Library
from tests.service.definition_files import (
    ACTIVITY,
    RULE,
    SOURCE,
    WORKFLOW,
    marked,
    only,
    written,
)


def changed(old: str, new: str) -> str:
    assert old in WORKFLOW
    return WORKFLOW.replace(old, new)


IN_WORKFLOW: dict[str, tuple[str, str]] = {
    "steps with a gap": (
        changed("[steps.gather]\nnumber = 1", "[steps.gather]  # here\nnumber = 2"),
        "number the steps 1, 2, 3 ... without a gap",
    ),
    "no aims": (
        changed('aims = ["To try it out"]\n', ""), "say what the process is for: aims = [...]",
    ),
    "no further materials": (
        changed("caltan.info/monitoring", "example.org").replace("}]\n", "}]  # here\n"),
        "link the further materials: caltan.info/monitoring",
    ),
    "a roster that is not there": (
        changed('edition = "1"\n', 'edition = "1"\nroster = "first.none"  # here\n'),
        'no table "first.none"',
    ),
    "a step before that is not there": (
        changed("number = 1\n", 'number = 1\ndepends-on = ["none"]  # here\n'),
        'there is no step "none"',
    ),
    "a place that depends on nothing": (
        changed(
            "activities = { first = {} }\n",
            '[steps.gather.activities.first]\napplies-when = { field = "first.no", is = 1 }  # here\n',
        ),
        'there is no field "first.no"',
    ),
    "a place that is required when nothing is": (
        changed(
            "activities = { first = {} }\n",
            '[steps.gather.activities.first]\nrequired-when = { fact = "year", is = "x" }  # here\n',
        ),
        "the year is a number, such as 2023",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("base", "message"), IN_WORKFLOW.values(), ids=IN_WORKFLOW)
def test_a_fault_in_a_workflow_is_said_at_its_line(tmp_path: Path, base: str, message: str) -> None:
    library = written(tmp_path, base=base)

    found = only(library)

    assert found.file == str(tmp_path / "trial.toml")
    assert found.line == (marked(library, "workflow:trial") if "# here" in base else None)
    assert found.message.endswith(message)


def test_a_remark_about_all_steps_stands_at_the_first_of_them(tmp_path: Path) -> None:
    library = written(tmp_path, base=changed("number = 1", "number = 2"))

    assert only(library).line == WORKFLOW.splitlines().index("[steps.gather]") + 1


def test_an_activity_that_is_not_there_is_said_with_the_file_to_write(tmp_path: Path) -> None:
    library = written(tmp_path, base=changed("{ first = {} }", "{ first = {}, second = {} }"))

    found = [f for f in lint_all(library) if f.severity == "error"]

    assert [f.file for f in found] == [str(tmp_path / "trial.toml")]
    assert "there is no activities/second.toml" in found[0].message


def test_an_activity_that_no_workflow_uses_is_a_note(tmp_path: Path) -> None:
    library = written(tmp_path)
    text = ACTIVITY.replace('"first"', '"spare"')
    (tmp_path / "activities" / "spare.toml").write_text(text, "utf-8")

    found = only(Library(library.folders))

    assert (found.severity, found.message) == ("info", "no workflow uses this file")


def test_a_reference_to_an_activity_of_another_workflow_is_no_fault(tmp_path: Path) -> None:
    text = '[fields.x]\ntype = "reference"\nlabel = "X"\nto = "spare.t"\n'
    library = written(tmp_path, activity="\n" + text)
    spare = ACTIVITY.replace('"first"', '"spare"')
    (tmp_path / "activities" / "spare.toml").write_text(spare, "utf-8")

    assert [f.severity for f in lint_all(Library(library.folders))] == ["info"]


# What the language itself refuses, with its line

REFUSED: dict[str, tuple[str, str]] = {
    "a misspelt key": (
        '[fields.x]\ntype = "text"\nlabel = "X"\nlable = "Y"  # here\n',
        "fields.x.lable: this key is not part of the language; is it misspelt?",
    ),
    "a key that is missing": (
        '[fields.x]  # here\ntype = "text"\n', "fields.x.label: this key is missing",
    ),
    "an unknown type": ('[fields.x]\ntype = "string"  # here\nlabel = "X"\n', "fields.x.type"),
    "a field that fits no type": (
        '[fields.x]  # here\ntype = "choice"\nlabel = "X"\n', "choices belong to",
    ),
    "a rule of two kinds": (
        f'[rules.x]  # here\non = "t"\nrequired = true\nunique = ["name"]\n{RULE}',
        "a rule has exactly one of",
    ),
    "a needed rule without a reason": (
        f'[rules.x]  # here\non = "words"\nrequired = true\nseverity = "error"\n{RULE}',
        "must say why it blocks",
    ),
    "a bad id": ('[fields.X]  # here\ntype = "text"\nlabel = "X"\n', "is not an id"),
    "broken TOML": ("[fields.x  # here\n", "Expected ']'"),
    "a key twice": ('[fields.q]  # here\ntype = "text"\n', "Cannot declare"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_the_language_refuses_is_said_at_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    library = written(tmp_path, activity="\n" + text)

    found = [f for f in lint_all(library) if f.severity != "info"]

    assert [(f.severity, f.line) for f in found] == [("error", marked(library, "activity:first"))]
    assert message in found[0].message


def test_a_broken_activity_that_a_workflow_names_is_not_called_unused(tmp_path: Path) -> None:
    library = written(tmp_path, activity="\n[broken\n")

    assert not [f for f in lint_all(library) if "no workflow uses" in f.message]


@pytest.mark.parametrize("kind", ["lists/roles", "activities/first", "trial"])
def test_an_id_is_the_name_of_its_file(tmp_path: Path, kind: str) -> None:
    library = written(tmp_path)
    path = tmp_path / f"{kind}.toml"
    path.write_text(path.read_text("utf-8").replace(f'"{path.stem}"', '"other"', 1), "utf-8")

    found = [f for f in lint_all(Library(library.folders)) if "has to be the name" in f.message]

    assert [(f.file, f.severity, f.line) for f in found] == [(str(path), "error", 1)]


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("calendars/2025", "year = 2025\n[settings]\nx = 1\n", 3),
        ("calendars/2025", 'year = "soon"\n', 1),
        ("lists/roles", 'id = "roles"\ntitle = "R"\nsource = 3\nitems = {}\n', 3),
        ("editions/trial-1", "[workflow]\nx = 1\n", 2),
    ],
)
def test_every_kind_of_file_is_read(tmp_path: Path, kind: str, text: str, line: int) -> None:
    library = written(tmp_path)
    (tmp_path / f"{kind}.toml").write_text(text, "utf-8")

    found = [f for f in lint_all(Library(library.folders)) if kind in f.file.replace("\\", "/")]

    assert found
    assert line in {f.line for f in found}


@pytest.mark.parametrize(
    "line",
    [
        'required-when = { field = "first.none", is = 1 }',
        (
            f'signatures = [{{ role = "a", title = "A", {SOURCE}, '
            'applies-when = { field = "first.none", is = 1 } }]'
        ),
    ],
    ids=["required-when", "signatures"],
)
def test_a_fault_in_a_condition_of_a_step_is_found(tmp_path: Path, line: str) -> None:
    base = changed("number = 1\n", f"number = 1\n{line}\n")

    assert lint_all(written(tmp_path, base=base)) != []
