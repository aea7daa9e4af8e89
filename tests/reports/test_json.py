"""The JSON paper: what programs may rely on."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cim_tui.core.text import clean
from cim_tui.reports import json_
from tests.reports.material import HOSTILE, areas, case, members, results, shared, signed, working


def exported(paper: Any) -> dict[str, Any]:
    """A paper, rendered and read back."""
    found: dict[str, Any] = json.loads(json_.render(paper))
    return found


def answer(found: dict[str, Any], address: str) -> dict[str, Any]:
    """The answer or cell at an address."""
    for step in found["steps"]:
        for activity in step["contents"]:
            for part in activity["answers"]:
                cells = [c for row in part.get("rows", ()) for c in row["cells"]]
                for candidate in (part, *cells):
                    if candidate["address"] == address:
                        return dict(candidate)
    raise AssertionError(f"nothing at {address}")


def test_the_schema_is_named_first() -> None:
    assert json_.render(shared(case())).startswith('{\n  "schema": "cim.export/1",')


def test_a_shared_and_a_working_copy_say_which_they_are() -> None:
    assert (exported(shared(case()))["copy"], exported(working(case()))["copy"]) == (
        "shared", "working",
    )  # fmt: skip


def test_the_marks_are_there() -> None:
    assert exported(working(case()))["marks"] == ["WORKING COPY", "DRAFT: not an official CDE form"]


def test_decimals_are_strings_of_digits() -> None:
    found = case(team={"money": True, "amount": Decimal("1E+3")}, counts={"share": Decimal("0.10")})

    shown = exported(shared(found))

    assert answer(shown, "gather.team.amount")["value"] == "1000"
    assert answer(shown, "gather.counts.share")["value"] == "0.10"


def test_whole_numbers_and_yes_or_no_stay_what_they_are() -> None:
    shown = exported(shared(case(team={"money": True}, counts={"read": 40})))

    assert answer(shown, "gather.counts.read")["value"] == 40
    assert answer(shown, "gather.team.money")["value"] is True


def test_dates_are_iso() -> None:
    found = case(team={"on": date(2025, 10, 1)}, step={"gather": {"due": date(2026, 1, 30)}})

    shown = exported(shared(found))

    assert answer(shown, "gather.team.on")["value"] == "2025-10-01"
    assert (shown["as_of"], shown["steps"][0]["due"]) == ("2025-11-03", "2026-01-30")


def test_a_choice_has_its_ids_and_its_words() -> None:
    shown = answer(exported(shared(case(team={"kinds": ["b", "a"]}))), "gather.team.kinds")

    assert (shown["value"], shown["text"]) == (["b", "a"], "Beta, Alpha")


def test_a_withheld_answer_has_no_value() -> None:
    shown = answer(exported(shared(case(counts={"read": 4}))), "gather.counts.read")

    assert (shown["value"], shown["text"], shown["withheld"]) == (None, "withheld", True)


def test_rows_say_what_they_belong_to() -> None:
    found = case(counts={"areas": areas("Math"), "results": results(("a1", 2024, "x", 30, 40))})

    parts = exported(shared(found))["steps"][0]["contents"][1]["answers"]
    row = next(p for p in parts if p["address"] == "gather.counts.results")["rows"][0]

    assert (row["row"], row["of"], row["of_label"]) == ("r1", "a1", "Math")


def test_a_step_has_its_state_counts_and_signatures() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))

    step = exported(shared(found))["steps"][1]

    assert (step["id"], step["number"], step["state"]) == ("plan", 2, "ready")
    assert step["signatures"][0] == {
        "role": "super", "title": "Superintendent", "required": True, "name": "Ann Lee",
        "on": "2025-10-02", "current": True,
    }  # fmt: skip


def test_a_problem_has_its_source_as_everywhere() -> None:
    shown = exported(shared(case()))["steps"][1]["contents"][0]["problems"][0]

    assert shown["source"] == {
        "tag": "published", "at": "https://example.org/rule", "note": "",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_comes_back_as_it_was_cleaned(text: str) -> None:
    found = case(team={"voices": text, "members": members(("A", "selpa"))})

    assert answer(exported(working(found)), "gather.team.voices")["value"] == clean(text)


def test_a_lone_surrogate_does_not_stop_the_export() -> None:
    text = json_.render(shared(case(team={"meets": "half \ud83d pair"})))

    assert "half \ufffd pair" in text.encode().decode()
