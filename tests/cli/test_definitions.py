"""workflow list, show, lint, schema, new, copy, try: for those who write definitions."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cim_tui.service.editor import KINDS, SHORT
from tests.cli.shell import DEFINITIONS, Cim, refusal
from tests.conftest import REPO


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


# The schema of each kind of file


def schema_of(cim: Cim, kind: str) -> Any:
    ran = cim("workflow", "schema", kind)
    assert ran.code == 0, ran.err
    return ran.json


def faults(shape: Any, value: Any, whole: Any, place: str = "") -> Iterator[str]:
    """What a JSON Schema says against a value: those of its words that ours use, and no others."""
    unknown = set(shape) - {
        "$ref", "$schema", "$defs", "description", "type", "enum", "const", "anyOf", "not", "items",
        "prefixItems", "minItems", "maxItems", "properties", "required", "additionalProperties",
        "propertyNames", "minProperties", "pattern", "format",
    }  # fmt: skip
    assert not unknown, unknown
    if "$ref" in shape:
        yield from faults(whole["$defs"][shape["$ref"].rpartition("/")[2]], value, whole, place)
    wanted = shape.get("type", [])
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if kinds and not any(of_kind(value, kind) for kind in kinds):
        yield f"{place}: not {' or '.join(kinds)}"
        return
    if "enum" in shape and value not in shape["enum"]:
        yield f"{place}: not one of {shape['enum']}"
    if "const" in shape and value != shape["const"]:
        yield f"{place}: not {shape['const']}"
    if "pattern" in shape and not re.search(shape["pattern"], value):
        yield f"{place}: not like {shape['pattern']}"
    if "not" in shape and not list(faults(shape["not"], value, whole, place)):
        yield f"{place}: refused"
    ways = [list(faults(way, value, whole, place)) for way in shape.get("anyOf", [])]
    if ways and all(ways):
        yield from min(ways, key=len)
    if isinstance(value, list):
        yield from in_a_list(shape, value, whole, place)
    if isinstance(value, dict):
        yield from in_a_table(shape, value, whole, place)


def in_a_list(shape: Any, value: list[Any], whole: Any, place: str) -> Iterator[str]:
    if not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value)):
        yield f"{place}: {len(value)} items"
    each = [*shape.get("prefixItems", []), *[shape.get("items", {})] * len(value)]
    for number, (inner, item) in enumerate(zip(each, value, strict=False)):
        yield from faults(inner, item, whole, f"{place}.{number}")


def in_a_table(shape: Any, value: dict[str, Any], whole: Any, place: str) -> Iterator[str]:
    own = shape.get("properties", {})
    others = shape.get("additionalProperties", True)
    yield from (f"{place}.{key}: missing" for key in shape.get("required", []) if key not in value)
    if len(value) < shape.get("minProperties", 0):
        yield f"{place}: empty"
    for key, inner in value.items():
        yield from faults(shape.get("propertyNames", {}), key, whole, f"{place}.{key}")
        if key in own:
            yield from faults(own[key], inner, whole, f"{place}.{key}")
        elif others is False:
            yield f"{place}.{key}: not a key"
        elif isinstance(others, dict):
            yield from faults(others, inner, whole, f"{place}.{key}")


def of_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a type; an editor takes a date of TOML for a text."""
    if isinstance(value, bool):
        return kind == "boolean"
    kinds = {"string": str | date, "integer": int, "number": int | float | Decimal,
             "array": list, "object": dict}  # fmt: skip
    return kind in kinds and isinstance(value, kinds[kind])


EXAMPLES = REPO / "docs" / "examples" / "household-survey"


def files(kind: str) -> list[Path]:
    """Every file of a kind that is shipped or shown in the documents."""
    under = {"workflow": "*.toml", "activity": "activities/*.toml", "list": "lists/*.toml",
             "calendar": "calendars/*.toml", "criteria": "criteria/*.toml",
             "edition": "editions/*.toml"}[kind]  # fmt: skip
    return [
        path for folder in (REPO / "workflows", EXAMPLES) for path in sorted(folder.glob(under))
    ]


each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_each_kind_of_file_has_a_json_schema(kind: str, cim: Cim) -> None:
    found = schema_of(cim, kind)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["additionalProperties"] is False


@each_kind
def test_no_part_of_a_schema_takes_a_key_that_is_not_in_it(kind: str, cim: Cim) -> None:
    whole = schema_of(cim, kind)
    parts = {name: part for name, part in whole["$defs"].items() if name != SHORT}
    assert [n for n, p in parts.items() if p["additionalProperties"] is not False] == []


@each_kind
def test_every_key_of_a_schema_says_what_it_means(kind: str, cim: Cim) -> None:
    whole = schema_of(cim, kind)
    silent = [
        f"{name}.{key}"
        for name, part in {"": whole, **whole["$defs"]}.items()
        for key, shape in part.get("properties", {}).items()
        if not shape.get("description")
    ]
    assert silent == []


@each_kind
def test_a_schema_takes_every_file_that_is_shipped(kind: str, cim: Cim) -> None:
    whole = schema_of(cim, kind)
    found = [
        (path.name, fault)
        for path in files(kind)
        for fault in faults(whole, tomllib.loads(path.read_text("utf-8")), whole)
    ]
    assert found == []
    assert files(kind) or kind == "edition"


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda doc: doc.update(titel="X"), ".titel: not a key"),
        (lambda doc: doc.pop("title"), ".title: missing"),
        (lambda doc: doc["fields"]["nets"].update(type="yesno"), ".fields.nets.type: not one of"),
        (lambda doc: doc["fields"]["nets"].update(requird=True), ".fields.nets.requird: not a key"),
        (lambda doc: doc["fields"]["nets"].update(label=3), ".fields.nets.label: not string"),
        (lambda doc: doc["fields"]["nets"].update({"applies-when": {"feild": "x"}}),
         ".fields.nets.applies-when.feild: not a key"),
        (lambda doc: doc["rules"]["some-net"].update(rows={"where": {"fact": 1, "x": 2}}),
         ".rules.some-net.rows.where"),
    ],
)  # fmt: skip
def test_a_schema_refuses_what_lint_refuses(spoil: Any, fault: str, cim: Cim) -> None:
    whole = schema_of(cim, "activity")
    path = EXAMPLES / "activities" / "household-nets.toml"
    doc = tomllib.loads(path.read_text("utf-8"))
    assert list(faults(whole, doc, whole)) == []
    spoil(doc)
    assert any(found.startswith(fault) for found in faults(whole, doc, whole))


def test_a_condition_written_short_is_taken_and_a_misspelt_one_is_not(cim: Cim) -> None:
    whole = schema_of(cim, "activity")
    where = whole["$defs"]["RowCount"]["properties"]["where"]
    for good in ({"role": "selpa"}, {"role": ["a", "b"], "lead": True}, {"fact": "year", "is": 1}):
        assert list(faults(where, good, whole)) == []
    for bad in ({"field": "x", "iz": 1}, {"role": {"is": 1}}, {}):
        assert list(faults(where, bad, whole)) != []


def test_a_kind_without_a_schema_is_refused_with_those_that_have_one(cim: Cim) -> None:
    refusal(cim("workflow", "schema", "song"), 2, "workflow, activity, list, calendar")


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


# A trial in which nothing is required


def test_a_trial_without_required_asks_for_nothing(cim: Cim, own: Path) -> None:
    place = Path(cim("workflow", "try", "trial", "--no-required", "--no-open").out.strip())
    status = cim("status", "trial-district", "--sessions", str(place), "--json").json
    (session,) = status["sessions"]
    assert session["edition"] == "1-no-required"
    assert {step["state"] for step in session["steps"]} == {"not-required"}
    assert {(step["errors"], step["warnings"]) for step in session["steps"]} == {(0, 0)}
    assert cim("check", "trial-district", "--sessions", str(place), "--json").json["problems"] == []
    shutil.rmtree(place)


def test_a_trial_without_required_can_be_opened_later_and_elsewhere(
    cim: Cim, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(cim("workflow", "try", "trial", "--no-required", "--no-open").out.strip())
    monkeypatch.delenv("CIM_WORKFLOWS")
    ran = cim("row", "add", "trial-district", "gather.team.members", "--sessions", str(place))
    assert ran.code == 0, ran.err
    assert cim("check", "trial-district", "--sessions", str(place)).code == 0
    shutil.rmtree(place)


def test_a_trial_with_required_is_as_strict_as_a_case(cim: Cim, own: Path) -> None:
    place = Path(cim("workflow", "try", "trial", "--no-open").out.strip())
    assert cim("check", "trial-district", "--sessions", str(place)).code == 1
    shutil.rmtree(place)


# Copies


def test_copy_shares_the_activities_under_a_new_id(cim: Cim, own: Path) -> None:
    ran = cim("workflow", "copy", "trial", "trial-two")
    assert (ran.code, ran.out) == (0, f"{own / 'trial-two.toml'}\n")
    assert cim("workflow", "lint", "trial-two").code == 0


ID_LINES = {
    "other spacing": 'id="trial"',
    "single quotes": "id = 'trial'",
    "a comment behind it": 'id   =   "trial"   # the name of the file',
    "a key in quotes": '"id" = "trial"',
    "blanks before it": '  id = "trial"',
}


@pytest.mark.parametrize("line", ID_LINES.values(), ids=ID_LINES)
def test_copy_finds_the_id_however_it_is_written_and_keeps_the_rest(
    line: str, cim: Cim, own: Path
) -> None:
    file = own / "trial.toml"
    text = '# id = "trial"\n' + file.read_text().replace('id = "trial"', line, 1)
    file.write_text(text)
    assert cim("workflow", "copy", "trial", "trial-two").code == 0
    copy = (own / "trial-two.toml").read_text()
    assert tomllib.loads(copy) == {**tomllib.loads(text), "id": "trial-two", "based-on": "trial"}
    kept = [each for each in copy.splitlines() if each != 'based-on = "trial"']
    assert [n for n, (a, b) in enumerate(zip(text.splitlines(), kept, strict=True))
            if a != b] == [text.splitlines().index(line)]  # fmt: skip
    assert cim("workflow", "lint", "trial-two").code == 0


def test_copy_is_not_misled_by_prose_that_looks_like_an_id(cim: Cim, own: Path) -> None:
    file = own / "trial.toml"
    prose = 'contact = """\nid = "trial"\n"""\n'
    file.write_text(prose + file.read_text())
    assert cim("workflow", "copy", "trial", "trial-two").code == 0
    copy = tomllib.loads((own / "trial-two.toml").read_text())
    assert (copy["id"], copy["contact"]) == ("trial-two", 'id = "trial"\n')


def test_a_copy_is_asked_what_is_asked_only_in_the_process_it_was_made_from(
    cim: Cim, own: Path
) -> None:
    file = own / "activities" / "team.toml"
    only = 'applies-when = { fact = "workflow", is = "trial" }'
    file.write_text(file.read_text().replace("[fields.meets]", f"[fields.meets]\n{only}", 1))
    assert cim("workflow", "copy", "trial", "trial-two").code == 0
    assert cim("workflow", "copy", "trial-two", "trial-three").code == 0
    for name in ("trial-two", "trial-three"):
        assert tomllib.loads((own / f"{name}.toml").read_text())["based-on"] == "trial"
        case = cim("new", "--lea", "Pine", "--workflow", name, "--year", "2025").out.strip()
        asked = [p["address"] for p in cim("check", case, "--json").json["problems"]]
        assert "gather.team.meets" in asked


def test_an_activity_in_ones_own_folder_takes_the_place_of_the_one_that_is_there(
    cim: Cim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    monkeypatch.setenv("CIM_WORKFLOWS", str(mine))
    shipped = cim("workflow", "show", "intensive", "--json").json
    ran = cim("workflow", "copy", "cim-team")
    file = mine / "activities" / "cim-team.toml"
    assert (ran.code, ran.out) == (0, f"{file}\n")
    assert cim("workflow", "show", "intensive", "--json").json == shipped
    file.write_text(file.read_text("utf-8").replace('title = "CIM team"', 'title = "Our team"'))
    titles = [
        activity["title"]
        for step in cim("workflow", "show", "intensive", "--json").json["steps"]
        for activity in step["activities"]
    ]
    assert "Our team" in titles
    assert "CIM team" not in titles
    refusal(cim("workflow", "copy", "cim-team"), 2, "There is already a file")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["copy", "cim-team", "our-team"],
            "An activity keeps its name: cim workflow copy cim-team",
        ),
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
