"""Each process walked from new to signed, in the shell, with answers such as people give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from cim_tui.store import toml
from tests.cli.shell import Cim

WALKS = sorted((Path(__file__).parents[1] / "walks").glob("*.toml"))
MOST_LEFT = 4
"""Good practice that a believable case may leave open."""


def opened(cim: Cim, case: str, step: str, severity: str) -> list[str]:
    """What is open in a step."""
    problems = cim("check", case, "--step", step, "--json").json["problems"]
    return [
        f"{p['address']} [{p['rule']}] {p['message']}"
        for p in problems
        if p["severity"] == severity and not p["waived_by"]
    ]


@pytest.mark.parametrize("walk", WALKS, ids=[path.stem for path in WALKS])
def test_a_process_is_walked_from_new_to_signed(cim: Cim, walk: Path, tmp_path: Path) -> None:
    doc = toml.load(walk.read_bytes(), walk.name)
    answers = tmp_path / "answers.toml"
    answers.write_bytes(toml.dump({k: doc[k] for k in ("answers", "absent") if k in doc}))
    words = [word for name, value in doc["new"].items() for word in (f"--{name}", str(value))]
    ran = cim("new", *words)
    assert ran.code == 0, ran.err
    case = ran.out.strip()
    before = standing(cim, case)
    assert not before["complete"]
    first = before["steps"][0]["id"]
    assert cim("done", case, first).code == 1

    ran = cim("set", case, "--from", str(answers))
    assert ran.code == 0, ran.err
    asked = [s["id"] for s in standing(cim, case)["steps"] if s["state"] != "not-required"]
    assert asked
    for step in asked:
        for activity, role in signed_by(cim, case, step):
            sign(cim, case, activity, role, doc["signatures"][role])
        assert opened(cim, case, step, "error") == []
        assert len(opened(cim, case, step, "warning")) <= MOST_LEFT
        ran = cim("done", case, step)
        assert ran.code == 0, ran.err
        for line in next(s for s in standing(cim, case)["steps"] if s["id"] == step)["signatures"]:
            if line["role"] in doc["signatures"]:
                sign(cim, case, step, line["role"], doc["signatures"][line["role"]])

    after = standing(cim, case)
    assert after["complete"] is True, [(s["id"], s["state"]) for s in after["steps"]]
    assert {s["state"] for s in after["steps"]} <= {"done", "signed", "not-required"}
    assert (cim("status", case).code, cim("check", case).code) == (0, 0)
    assert cim("get", case, "--json").json["answers"]


def standing(cim: Cim, case: str) -> Any:
    """Where a case stands."""
    return cim("status", case, "--json").json["sessions"][0]


def sign(cim: Cim, case: str, part: str, role: str, name: str) -> None:
    """Record a signature."""
    ran = cim("sign", case, part, "--name", name, "--role", role)
    assert ran.code == 0, ran.err


def signed_by(cim: Cim, case: str, step: str) -> list[tuple[str, str]]:
    """Activities of a step that still need a signature, each with the role."""
    problems = cim("check", case, "--step", step, "--json").json["problems"]
    return [
        (problem["activity"], problem["rule"].removeprefix("signature-"))
        for problem in problems
        if problem["rule"].startswith("signature-")
    ]


def test_every_shipped_process_has_a_walk(cim: Cim) -> None:
    shipped = {w["id"] for w in cim("workflow", "list", "--json").json["workflows"]}
    walked = {tomli.loads(path.read_text("utf-8"))["new"]["workflow"] for path in WALKS}

    assert shipped - {"trial"} == walked
