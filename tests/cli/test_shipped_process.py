"""The shipped process through the shell: from the letter to a complete case, by what it asks.

Nothing here knows its questions by heart: what is open comes from `cim check`, what may be chosen
from `cim workflow show`, so that prose and rules can change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Cim, harmless

STEPS = ("gather", "investigate", "plan", "implement")
DEMO = "example"


@pytest.fixture
def pine(cim: Cim) -> str:
    """A new case of the shipped process."""
    ran = cim("new", "--lea", "Pine", "--workflow", "intensive", "--year", "2025", "--level",
              "intensive-2")  # fmt: skip
    assert ran.code == 0, ran.err
    return ran.out.strip()


@pytest.fixture
def demo(cim: Cim, tmp_path: Path) -> str:
    """The worked example, as a path."""
    place = tmp_path / "demo"
    assert cim("demo", "--no-open", "--sessions", str(place)).code == 0
    return str(next(place.glob("*.toml")))


def needed(cim: Cim, case: str, *narrowed: str) -> list[Any]:
    """What is open and needed."""
    problems = cim("check", case, "--json", *narrowed).json["problems"]
    return [p for p in problems if p["severity"] == "error" and not p["waived_by"]]


def activities(cim: Cim, step: str) -> list[str]:
    """The activities of a step, as STEP.ACTIVITY."""
    found = cim("workflow", "show", "intensive", "--json").json
    own = next(each for each in found["steps"] if each["id"] == step)
    return [f"{step}.{activity['id']}" for activity in own["activities"]]


def fields(cim: Cim) -> dict[str, Any]:
    """The fields of the shipped process, by address."""
    found = cim("workflow", "show", "intensive", "--json").json
    return {
        field["address"]: field
        for step in found["steps"]
        for activity in step["activities"]
        for field in activity["fields"]
    }


def settle(cim: Cim, case: str, *narrowed: str) -> None:
    """Answer what can be chosen, accept the rest as is, until nothing needed is open."""
    known = fields(cim)
    for _ in range(10):
        problems = needed(cim, case, *narrowed)
        for problem in problems:
            address = problem["address"]
            choices = known.get(address, {}).get("choices")
            if choices:
                ran = cim("set", case, address, choices[0]["id"])
            else:
                assert problem["waivable"], problem
                ran = cim("waive", case, address, "--rule", problem["rule"], "--reason", "A test")
            assert ran.code == 0, (problem, ran.err)
        if not problems:
            return
    raise AssertionError(f"still open: {needed(cim, case, *narrowed)}")


def test_a_case_done_elsewhere_is_complete_when_what_it_still_asks_is_answered(
    cim: Cim, pine: str
) -> None:
    for step in STEPS:
        assert cim("elsewhere", pine, step, "--where", "County", "--on", "2025-10-01").code == 0
    assert cim("status", pine).code == 1  # the letter is always asked for
    settle(cim, pine)
    assert cim("status", pine, "--json").json["sessions"][0]["complete"] is True
    assert cim("status", pine).code == 0
    assert cim("check", pine).code == 0
    assert cim("next", pine).code == 0


def test_a_step_goes_from_refused_to_done_submitted_and_returned(cim: Cim, demo: str) -> None:
    assert cim("done", demo, "investigate").code == 1
    settle(cim, demo, "--step", "investigate")
    assert cim("done", demo, "investigate").code == 0
    assert cim("submit", demo, "investigate", "--on", "2025-11-03", "--ref", "SW-1").code == 0
    assert cim("submit", demo, "investigate", "--cde", "returned", "--on", "2025-11-10").code == 0
    step = cim("status", demo, "--json").json["sessions"][0]["steps"][1]
    assert (step["state"], step["waiting_on"]) == ("done", "district")
    assert cim("reopen", demo, "investigate", "--reason", "CDE asks for more").code == 0


def test_the_plan_is_signed_by_every_role_that_has_to(cim: Cim, demo: str) -> None:
    # What nothing else refers to is not asked for when it was done elsewhere.
    for part in ("implement", *activities(cim, "plan")):
        assert cim("elsewhere", demo, part, "--where", "County", "--on", "2025-10-01").code == 0
    settle(cim, demo, "--step", "plan")
    assert cim("done", demo, "plan").code == 0
    plan = cim("status", demo, "--json").json["sessions"][0]["steps"][2]
    roles = [line["role"] for line in plan["signatures"] if line["required"]]
    assert roles
    for role in roles:
        assert cim("sign", demo, "plan", "--name", "Dr. Lee", "--role", role).code == 0
    assert cim("status", demo, "--json").json["sessions"][0]["steps"][2]["state"] == "signed"


@pytest.mark.parametrize("format_", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("command", ["status", "next", "due", "check", "get", "case show"])
def test_every_way_of_reading_takes_the_worked_example(
    command: str, format_: list[str], cim: Cim, demo: str
) -> None:
    ran = cim(*command.split(), demo, *format_)
    harmless(ran)
    assert ran.code in (0, 1)
    assert ran.out


def test_every_address_of_the_process_can_be_asked_for(cim: Cim, demo: str) -> None:
    wrong = [address for address in fields(cim) if cim("get", demo, address, "--json").code != 0]
    assert wrong == []


def test_what_the_worked_example_answers_goes_back_in_unchanged(cim: Cim, demo: str) -> None:
    before = Path(demo).read_bytes()
    answers = cim("get", demo, "--json").json["answers"]
    known = fields(cim)
    tried = 0
    for address, answer in answers.items():
        if known[address]["type"] in ("text", "long-text", "integer", "date", "choice", "money"):
            tried += 1
            if isinstance(answer["value"], str | int):
                words = ("set", demo, address, "--", str(answer["value"]))
                assert cim(*words).code == 0, address
    assert tried
    assert Path(demo).read_bytes() == before
