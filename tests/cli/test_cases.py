"""new, case, demo, export, doctor: making a case, correcting its facts, taking it elsewhere."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from pathlib import Path

import pytest

from tests.cli.shell import FRESH, HALF, WHOLE, Cim, Shell, refusal

PINE = ["--lea", "Pine Unified", "--workflow", "trial", "--year", "2025"]


def changed(words: list[str], **options: str) -> list[str]:
    """The words of a new case with some options replaced."""
    found = list(words)
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if option in found:
            found[found.index(option) + 1] = value
        else:
            found += [option, value]
    return found


# new


def test_new_prints_the_id_of_the_file_it_made(cim: Cim) -> None:
    ran = cim("new", *PINE)
    assert (ran.code, ran.out, ran.err) == (0, "pine-unified-2025-trial\n", "")
    doc = tomllib.loads(cim.file("pine-unified-2025-trial").read_text())
    assert doc["schema"] == 1
    assert doc["lea"] == {"name": "Pine Unified"}
    assert (doc["case"]["workflow"], doc["case"]["year"]) == ("trial", 2025)
    assert len(doc["uid"]) == 12


def test_new_as_json_names_id_path_and_folder(cim: Cim) -> None:
    found = cim("new", *PINE, "--json").json
    assert found["schema"] == "cim.new/1"
    assert (found["id"], found["folder"]) == ("pine-unified-2025-trial", str(cim.sessions))
    assert found["path"] == str(cim.file(found["id"]))


def test_new_keeps_what_is_known_about_the_district(cim: Cim) -> None:
    ran = cim("new", *PINE, "--cds", "99-12345-0000000", "--selpa", "North  Fork", "--level",
              "deep", "--opened", "Oct 1, 2025")  # fmt: skip
    doc = tomllib.loads(cim.file(ran.out.strip()).read_text())
    assert doc["lea"] == {"name": "Pine Unified", "cds": "99123450000000", "selpa": "North Fork"}
    assert (doc["case"]["level"], str(doc["case"]["opened"])) == ("deep", "2025-10-01")


def test_a_second_case_of_a_district_gets_an_id_of_its_own(cim: Cim) -> None:
    assert cim("new", *PINE).out == "pine-unified-2025-trial\n"
    assert cim("new", *PINE).out == "pine-unified-2025-trial-2\n"


def test_a_name_in_another_script_still_gives_an_id(cim: Cim) -> None:
    assert cim("new", *changed(PINE, lea="日本語")).out == "case-2025-trial\n"
    assert cim("new", *changed(PINE, lea="Cañón Ünified")).out == "canon-unified-2025-trial\n"


def test_a_case_can_start_in_the_middle(cim: Cim) -> None:
    case = cim("new", *PINE, "--start-at", "plan").out.strip()
    steps = cim("status", case, "--json").json["sessions"][0]["steps"]
    assert [step["state"] for step in steps] == ["elsewhere", "not-started"]


def test_new_makes_a_private_folder_that_keeps_cases_out_of_git(cim: Cim, tmp_path: Path) -> None:
    place = tmp_path / "a" / "new" / "folder"
    assert cim("new", *PINE, "--sessions", str(place)).code == 0
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert (place / ".gitignore").read_text() == "*\n!.gitignore\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lea": "  "}, "Give the name of the district"),
        ({"workflow": "nothing"}, "“nothing”"),
        ({"workflow": "nothing"}, "trial"),
        ({"year": "soon"}, "--year"),
        ({"year": "1999"}, "The year is that of the Annual Determination Letter"),
        ({"level": "high"}, "“high” is not a level; there are: light, deep"),
        ({"cds": "12"}, "“12” is not a CDS code: 7 or 14 digits"),
        ({"opened": "soon"}, '"soon" is not a date'),
        ({"start_at": "implement"}, "There is no step “implement”; steps: gather, plan"),
    ],
)
def test_new_refuses_what_does_not_exist_and_makes_nothing(
    options: dict[str, str], says: str, cim: Cim
) -> None:
    before = cim.snapshot()
    refusal(cim("new", *changed(PINE, **options)), 2, says)
    assert cim.snapshot() == before


@pytest.mark.parametrize("option", ["--lea", "--workflow", "--year"])
def test_new_names_the_option_that_is_missing(option: str, cim: Cim) -> None:
    words = list(PINE)
    at = words.index(option)
    refusal(cim("new", *words[:at], *words[at + 2 :]), 2, option)


SIGDIS = [*changed(PINE, workflow="significant-disproportionality"), "--entry", "full"]
INTENSIVE = changed(PINE, workflow="intensive")


def test_new_takes_what_the_letter_says(cim: Cim) -> None:
    case = cim("new", *SIGDIS, "--category", "ind-10").out.strip()
    facts = cim("case", "show", case, "--json").json["facts"]
    assert (facts["entry"], facts["category"], facts["cycle"]) == ("full", "ind-10", None)
    small = cim("new", *changed(PINE, workflow="small-lea"), "--cycle", "b").out.strip()
    assert cim("case", "show", small, "--json").json["facts"]["cycle"] == "b"


def test_what_the_letter_says_decides_what_is_asked(cim: Cim) -> None:
    steps = {}
    for entry in ("full", "amendment"):
        case = cim("new", *changed(SIGDIS, entry=entry)).out.strip()
        found = cim("status", case, "--json").json["sessions"][0]["steps"]
        steps[entry] = {step["id"] for step in found if step["state"] != "not-required"}
    assert steps == {
        "full": {"gather", "investigate", "plan", "implement"},
        "amendment": {"gather", "plan", "implement"},
    }


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--entry", "half", "“half” is not an entry; there are: full, amendment"),
        ("--category", "reading", "“reading” is not a category; there are: discipline, placement"),
        ("--cycle", "b", "“b” is not a cycle; there are: none in this process"),
        ("--copy-from", "nobody", "nobody"),
        ("--copy-from", FRESH, f"Nothing in {FRESH} carries over into this process"),
    ],
)
def test_new_refuses_what_no_letter_of_this_process_says(
    option: str, value: str, says: str, cim: Cim
) -> None:
    before = cim.snapshot()
    ran = cim("new", *SIGDIS[:-2], option, value)
    assert ran.code in (2, 3)
    refusal(ran, ran.code, says)
    assert cim.snapshot() == before


def earlier(cim: Cim) -> str:
    """A case of last year, with a roster and a rule that was read."""
    case = cim("new", *changed(INTENSIVE, year="2024", lea="Elm")).out.strip()
    cim("row", "add", case, "gather.cim-team.members", "name=Ana Ruiz", "role=selpa", "lead=yes")
    cim("set", case, "gather.cim-team.meets", "Second Tuesday of the month")
    cim("set", case, "gather.letter-intake.received", "2024-03-20")
    return case


def test_new_brings_over_what_still_holds_and_marks_it(cim: Cim) -> None:
    source = earlier(cim)
    case = cim("new", *INTENSIVE, "--copy-from", source).out.strip()
    (member,) = cim.value(case, "gather.cim-team.members")
    assert (member["name"], member["role"], "lead" in member) == ("Ana Ruiz", "selpa", False)
    assert cim.value(case, "gather.letter-intake.received") is None
    doc = tomllib.loads(cim.file(case).read_text())
    assert {entry["from"] for entry in doc["copied"].values()} == {source}
    assert list(doc["copied"]) == [
        f"gather.cim-team.members.{member['row']}", "gather.cim-team.meets",
    ]  # fmt: skip


def test_what_was_brought_over_is_open_until_it_is_confirmed(cim: Cim) -> None:
    case = cim("new", *INTENSIVE, "--copy-from", earlier(cim)).out.strip()

    def marked() -> list[str]:
        found = cim("check", case, "--json").json["problems"]
        return [p["address"] for p in found if p["rule"] == "copied"]

    assert len(marked()) == 2
    ran = cim("confirm", case, "gather.cim-team.meets")
    assert (ran.code, ran.out, ran.err) == (0, "", "1 copy confirmed\n")
    assert len(marked()) == 1
    assert cim("confirm", case, "gather").err == "1 copy confirmed\n"
    assert marked() == []
    assert "copied" not in cim.file(case).read_text()
    assert cim.value(case, "gather.cim-team.meets") == "Second Tuesday of the month"


def test_check_says_what_to_look_at_and_where_it_came_from(cim: Cim) -> None:
    source = earlier(cim)
    case = cim("new", *INTENSIVE, "--copy-from", source).out.strip()
    ran = cim("check", case, "--activity", "cim-team")
    assert f"Ana Ruiz: look whether this still holds (copied from {source})" in ran.out
    entry = next(p for p in cim("check", case, "--json").json["problems"] if p["rule"] == "copied")
    assert (entry["severity"], entry["waivable"]) == ("warning", True)
    assert entry["source"]["tag"] == "practice"


def test_a_changed_row_needs_no_more_confirming(cim: Cim) -> None:
    case = cim("new", *INTENSIVE, "--copy-from", earlier(cim)).out.strip()
    (member,) = cim.value(case, "gather.cim-team.members")
    cim("row", "set", case, f"gather.cim-team.members.{member['row']}", "organization=SELPA")
    refusal(cim("confirm", case, "gather.cim-team.members"), 2, "waits to be confirmed")


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("gather.cim-team.meets", 2, "Nothing at gather.cim-team.meets was copied"),
        ("gather.cim-team.meet", 2, "gather.cim-team.meets"),
        ("nowhere", 2, "nowhere"),
    ],
)
def test_confirm_refuses_what_was_not_copied(address: str, code: int, says: str, cim: Cim) -> None:
    case = cim("new", *INTENSIVE).out.strip()
    refusal(cim("confirm", case, address), code, says)


# case


def test_case_show_lists_the_facts(cim: Cim) -> None:
    assert cim("case", "show", HALF).lines == [
        "year: 2025", "workflow: trial", "edition: 1", "opened: 2025-11-03",
    ]  # fmt: skip
    found = cim("case", "show", HALF, "--json").json
    assert (found["schema"], found["id"]) == ("cim.case/1", HALF)
    assert found["facts"]["year"] == 2025
    assert found["facts"]["level"] is None
    assert found["lea"] == {"name": "Oak Grove"}


def with_survey(cim: Cim) -> None:
    """Answer the question that only the deep level asks."""
    cim("case", "set", HALF, "level=deep")
    cim("set", HALF, "gather.survey.asked", "40")


def test_a_dry_run_says_what_would_be_parked_and_changes_nothing(cim: Cim) -> None:
    with_survey(cim)
    before = cim.snapshot()
    ran = cim("case", "set", HALF, "level=light", "--dry-run")
    assert ran.code == 0
    assert ran.lines == [
        "applies no longer: Survey",
        "kept aside: Families asked (hidden because the level is Light)",
    ]
    assert cim.snapshot() == before


def test_what_is_parked_is_kept_and_returns(cim: Cim) -> None:
    with_survey(cim)
    cim("case", "set", HALF, "level=light")
    assert "asked = 40" in cim.file(HALF).read_text()
    ran = cim("case", "set", HALF, "level=deep")
    assert ran.lines == ["applies now: Survey", "returns: Families asked"]
    assert cim.value(HALF, "gather.survey.asked") == 40


def test_a_correction_as_json_lists_all_four(cim: Cim) -> None:
    with_survey(cim)
    found = cim("case", "set", HALF, "level=light", "--dry-run", "--json").json
    assert found == {
        "schema": "cim.case/1", "dry_run": True, "applies": [], "applies_no_longer": ["Survey"],
        "parked": [{"address": "gather.survey.asked", "label": "Families asked",
                    "why": "hidden because the level is Light"}],
        "returned": [], "unnamed": [],
    }  # fmt: skip


def test_several_facts_are_set_together_or_not_at_all(cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("case", "set", HALF, "year=2026", "level=high"), 2, "“high” is not a level")
    assert cim.snapshot() == before
    assert cim("case", "set", HALF, "year=2026", "level=light").code == 0
    facts = cim("case", "show", HALF, "--json").json["facts"]
    assert (facts["year"], facts["level"]) == (2026, "light")


def test_an_empty_value_takes_a_fact_away(cim: Cim) -> None:
    cim("case", "set", HALF, "level=light")
    cim("case", "set", HALF, "level=")
    assert cim("case", "show", HALF, "--json").json["facts"]["level"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["set", HALF], "Say which fact"),
        (["set", HALF, "level"], "Write it as FACT=VALUE, not “level”"),
        (["set", HALF, "color=red"], "“color” is no fact; there are year, level"),
        (["set", HALF, "year=soon"], "The year is four digits"),
        (["set", HALF, "category=x"], "“x” is not a category; there are: none in this process"),
        (["show", HALF, "level=deep"], "cim case show takes no facts"),
        (["drop", HALF], "'drop'"),
    ],
)
def test_case_refuses_what_is_no_fact(words: list[str], says: str, cim: Cim) -> None:
    before = cim.snapshot()
    refusal(cim("case", *words), 2, says)
    assert cim.snapshot() == before


def test_answers_that_another_process_does_not_ask_are_listed_as_kept_aside(cim: Cim) -> None:
    ran = cim("case", "set", HALF, "workflow=intensive", "--dry-run", "--json")
    assert "gather.team.meets" in {entry["address"] for entry in ran.json["parked"]}


def test_a_fact_that_another_process_does_not_know_is_taken_away_and_said(cim: Cim) -> None:
    case = cim("new", *INTENSIVE, "--level", "intensive-2").out.strip()
    ran = cim("case", "set", case, "workflow=targeted", "--dry-run")
    assert "not known in this process: level Intensive 2" in ran.lines
    assert cim("case", "show", case, "--json").json["facts"]["level"] == "intensive-2"
    cim("case", "set", case, "workflow=targeted", "level=targeted-1")
    facts = cim("case", "show", case, "--json").json["facts"]
    assert (facts["workflow"], facts["level"]) == ("targeted", "targeted-1")
    cim("case", "set", case, "workflow=significant-disproportionality")
    assert cim("case", "show", case, "--json").json["facts"]["level"] is None


# demo


def test_demo_makes_a_case_in_a_fresh_folder_and_prints_it(cim: Cim, tmp_path: Path) -> None:
    place = tmp_path / "demo"
    ran = cim("demo", "--no-open", "--sessions", str(place))
    assert (ran.code, ran.out) == (0, f"{place}\n")
    (path,) = place.glob("*.toml")
    assert cim("get", str(path)).code == 0


def test_demo_without_a_terminal_is_refused(cim: Cim, tmp_path: Path) -> None:
    refusal(cim("demo", "--sessions", str(tmp_path / "demo")), 2, "The screen needs a terminal")


def test_the_demo_counts_in_no_list_and_no_exit_code(cim: Cim, tmp_path: Path) -> None:
    place = str(tmp_path / "demo")
    cim("demo", "--no-open", "--sessions", place)
    ran = cim("status", "--sessions", place)
    assert (ran.code, ran.out) == (0, "")
    assert len(cim("list", "--examples", "--sessions", place).lines) == 1


def test_demo_all_makes_a_case_of_each_process(cim: Cim, tmp_path: Path) -> None:
    place = str(tmp_path / "demo")
    ran = cim("demo", "--all", "--no-open", "--sessions", place)
    assert (ran.code, ran.out) == (0, f"{place}\n")
    listed = cim("list", "--examples", "--json", "--sessions", place).json["sessions"]
    shipped = {w["id"] for w in cim("workflow", "list", "--json").json["workflows"]} - {"trial"}
    assert {entry["workflow"] for entry in listed} == shipped
    assert len(listed) == len(shipped)
    assert cim("status", "--examples", "--sessions", place).code == 1


def test_demo_all_opens_the_list(cim: Cim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        "cim_tui.cli.open.open_screen", lambda desk, path: asked.append((desk.folder.path, path))
    )
    for words in ([], ["--all"]):
        cim("demo", *words, "--sessions", str(tmp_path / f"demo{len(words)}"))
    assert asked == [
        (tmp_path / "demo0", str(tmp_path / "demo0/example-quail-ridge-2025-intensive.toml")),
        (tmp_path / "demo1", None),
    ]


# export


@pytest.mark.parametrize(("to", "begins"), [("md", "#"), ("html", "<!"), ("json", "{")])
def test_export_prints_the_format_that_was_asked_for(to: str, begins: str, cim: Cim) -> None:
    ran = cim("export", WHOLE, "--to", to)
    assert ran.code == 0
    assert ran.out.startswith(begins)
    assert "Quail Ridge" in ran.out


def test_export_writes_a_private_file(cim: Cim, tmp_path: Path) -> None:
    file = tmp_path / "paper.json"
    ran = cim("export", WHOLE, "--to", "json", "-o", str(file))
    assert (ran.code, ran.out) == (0, "")
    assert f"Written: {file}\n" in ran.err
    assert json.loads(file.read_text())["schema"] == "cim.export/1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_export_never_writes_over_a_case(cim: Cim, tmp_path: Path) -> None:
    before = cim.snapshot()
    for name in (HALF, WHOLE, "not-there-yet"):
        ran = cim("export", WHOLE, "-o", str(cim.file(name)))
        refusal(ran, 2, "is where a case lies")
    own = tmp_path / "own.toml"
    own.write_bytes(cim.file(WHOLE).read_bytes())
    refusal(cim("export", str(own), "-o", str(own)), 2, "is where a case lies")
    assert cim.snapshot() == before


def test_export_takes_the_place_of_no_device_pipe_or_folder(cim: Cim, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, tmp_path):
        refusal(cim("export", WHOLE, "-o", str(place)), 2, "is not a file")
    assert pipe.is_fifo()


def test_export_through_a_link_writes_the_file_it_leads_to(cim: Cim, tmp_path: Path) -> None:
    (tmp_path / "paper.md").write_text("old")
    (tmp_path / "link.md").symlink_to("paper.md")
    assert cim("export", WHOLE, "-o", str(tmp_path / "link.md")).code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert "Quail Ridge" in (tmp_path / "paper.md").read_text()


def test_a_shared_copy_leaves_names_out_and_says_so(cim: Cim) -> None:
    shared = cim("export", WHOLE, "--to", "md")
    assert "Bo Lind" not in shared.out
    assert "left out" in shared.err
    working = cim("export", WHOLE, "--to", "md", "--working-copy")
    assert "Bo Lind" in working.out


def test_export_of_one_step_leaves_the_others_out(cim: Cim) -> None:
    ran = cim("export", WHOLE, "--to", "json", "--step", "plan")
    assert [step["id"] for step in ran.json["steps"]] == ["plan"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "papyrus"], "'papyrus'"),
        (["--step", "implement"], "gather, plan"),
        (["-o", "/nowhere/at/all.md"], "cannot be written: No such file or directory"),
    ],
)
def test_export_refuses_what_it_cannot_do(words: list[str], says: str, cim: Cim) -> None:
    refusal(cim("export", WHOLE, *words), 2, says)


# doctor


def test_doctor_says_what_it_found(cim: Cim) -> None:
    found = cim("doctor", "--json").json
    assert found["schema"] == "cim.doctor/1"
    assert (found["you"], found["today"]) == ("Test Person", "2025-11-03")
    assert (found["cases"], found["damaged"], found["copies"]) == (3, [], [])


def test_doctor_names_damaged_files_in_words_and_answers_4(cim: Cim) -> None:
    (cim.sessions / "broken.toml").write_text("x = \n")
    ran = cim("doctor")
    assert ran.code == 4
    assert any(line.startswith("damaged") and "broken.toml, line 1" in line for line in ran.lines)
    assert "{'" not in ran.out


def test_doctor_counts_examples_and_what_was_put_away(shell: Shell) -> None:
    shell.run("archive", FRESH)
    assert shell.run("doctor", "--json").json["cases"] == 3
