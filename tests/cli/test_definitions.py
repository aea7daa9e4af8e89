"""workflow list, show, lint, schema, new, copy, try: for those who write definitions."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tests.cli.shell import DEFINITIONS, Cim, refusal


@pytest.fixture
def own(cim: Cim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of definitions of the user's own, with the trial process in it."""
    place = Path(shutil.copytree(DEFINITIONS, tmp_path / "own"))
    monkeypatch.setenv("CIM_WORKFLOWS", str(place))
    return place


def test_list_names_the_shipped_ones_and_the_users_own(cim: Cim) -> None:
    ran = cim("workflow", "list")
    assert ran.code == 0
    assert any(
        line.split() == ["trial", "Trial", "process", "(edition", "1)"] for line in ran.lines
    )
    assert "intensive" in ran.out


def test_list_as_json_holds_title_edition_and_levels(cim: Cim) -> None:
    found = cim("workflow", "list", "--json").json
    assert found["schema"] == "cim.workflow-list/1"
    trial = next(each for each in found["workflows"] if each["id"] == "trial")
    assert trial == {
        "id": "trial", "title": "Trial process", "edition": "1", "levels": ["light", "deep"],
    }  # fmt: skip


def test_one_broken_workflow_hides_no_other(cim: Cim, own: Path) -> None:
    (own / "broken.toml").write_text("id = \n")
    ran = cim("workflow", "list")
    assert ran.code == 1
    assert "trial" in ran.out
    assert ran.err.startswith("broken: broken.toml, line 1")
    assert "trial" in cim("workflow", "list", "--json").out


def test_show_lists_every_field_with_its_address(cim: Cim) -> None:
    ran = cim("workflow", "show", "trial")
    assert ran.code == 0
    assert ran.lines[:3] == [
        "1 Gather",
        "    Team  (team)",
        "        Team members  [table] gather.team.members",
    ]


def test_show_as_json_holds_the_contract(cim: Cim) -> None:
    found = cim("workflow", "show", "trial", "--json").json
    assert found["schema"] == "cim.workflow/1"
    assert (found["id"], found["edition"]) == ("trial", "1")
    assert [step["id"] for step in found["steps"]] == ["gather", "plan"]
    fields = {
        field["address"]: field
        for step in found["steps"]
        for activity in step["activities"]
        for field in activity["fields"]
    }
    for field in fields.values():
        assert set(field) >= {"address", "label", "type", "required", "choices", "columns",
                              "applies_when", "source"}  # fmt: skip
    members = fields["gather.team.members"]
    assert [column["name"] for column in members["columns"]] == [
        "name", "role", "lead", "since", "hours",
    ]  # fmt: skip
    assert members["columns"][1]["choices"][0] == {"id": "director", "label": "Director"}


@pytest.mark.parametrize("act", ["show", "lint"])
def test_a_workflow_that_is_not_there_is_refused_with_those_that_are(act: str, cim: Cim) -> None:
    refusal(cim("workflow", act, "nothing"), 1, "“nothing” is not here", "trial")


@pytest.mark.parametrize("act", ["show", "new", "copy", "try"])
def test_an_act_that_needs_a_workflow_says_so(act: str, cim: Cim) -> None:
    ran = cim("workflow", act)
    refusal(ran, 2, f"cim workflow {act}")


def test_lint_of_a_clean_workflow_is_0(cim: Cim, own: Path) -> None:
    ran = cim("workflow", "lint", "trial")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "1 workflow, 0 errors, 0 remarks\n"


def test_lint_names_file_line_and_what_to_change(cim: Cim, own: Path) -> None:
    file = own / "activities" / "survey.toml"
    file.write_text(file.read_text().replace("required = true", "requird = true"))
    ran = cim("workflow", "lint", "trial")
    assert ran.code == 1
    line = file.read_text().splitlines().index("requird = true") + 1
    assert ran.lines[0].startswith(f"{file}:{line}: error: fields.asked.requird: ")
    assert "1 error" in ran.err


def test_lint_as_json_lists_the_findings(cim: Cim, own: Path) -> None:
    file = own / "activities" / "survey.toml"
    file.write_text(file.read_text().replace("required = true", "requird = true"))
    ran = cim("workflow", "lint", "--json")
    assert ran.code == 1
    assert ran.json["schema"] == "cim.lint/1"
    own_findings = [each for each in ran.json["findings"] if each["file"] == str(file)]
    assert own_findings
    assert set(own_findings[0]) == {"file", "line", "severity", "message"}


@pytest.mark.parametrize("kind", ["workflow", "activity", "list", "calendar", "edition"])
def test_each_kind_of_file_has_a_json_schema(kind: str, cim: Cim) -> None:
    found = cim("workflow", "schema", kind).json
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["additionalProperties"] is False


def test_a_kind_without_a_schema_is_refused_with_those_that_have_one(cim: Cim) -> None:
    refusal(cim("workflow", "schema", "song"), 2, "workflow, activity, list, calendar, edition")


def test_new_writes_files_that_lint_clean_and_can_be_tried(cim: Cim, own: Path) -> None:
    ran = cim("workflow", "new", "our-own")
    assert ran.code == 0
    paths = [Path(line) for line in ran.lines]
    assert paths == [own / "our-own.toml", own / "activities" / "our-own-first.toml"]
    assert cim("workflow", "lint", "our-own").code == 0
    place = Path(cim("workflow", "try", "our-own", "--no-open").out.strip())
    (file,) = place.glob("*.toml")
    assert tomllib.loads(file.read_text())["case"]["workflow"] == "our-own"
    shutil.rmtree(place)


@pytest.mark.parametrize("words", [["nothing"], ["trial", "--level", "high"], []])
def test_a_try_that_is_refused_leaves_no_folder_behind(words: list[str], cim: Cim) -> None:
    refusal(cim("workflow", "try", *words, "--no-open"), 2)
    assert list(cim.sessions.parent.glob("cim-try-*")) == []


def test_copy_shares_the_activities_under_a_new_id(cim: Cim, own: Path) -> None:
    ran = cim("workflow", "copy", "trial", "trial-two")
    assert (ran.code, ran.out) == (0, f"{own / 'trial-two.toml'}\n")
    assert cim("workflow", "lint", "trial-two").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["new", "Our Own"], "“Our Own” is not an id: lower case words and hyphens"),
        (["new", "../evil"], "is not an id"),
        (["new", "trial"], "There is already a workflow trial"),
        (["copy", "trial"], "Name the copy: cim workflow copy ID NEW-ID"),
        (["copy", "trial", "intensive"], "There is already a workflow intensive"),
        (["try", "trial"], "The screen needs a terminal"),
        (["drop"], "'drop'"),
    ],
)
def test_an_act_that_cannot_be_done_is_refused_and_writes_nothing(
    words: list[str], says: str, cim: Cim, own: Path
) -> None:
    before = sorted(own.rglob("*"))
    refusal(cim("workflow", *words), 2, says)
    assert sorted(own.rglob("*")) == before


def test_without_a_folder_of_ones_own_new_says_how_to_name_one(
    cim: Cim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIM_WORKFLOWS")
    refusal(cim("workflow", "new", "our-own"), 2, "CIM_WORKFLOWS", "settings.toml")
