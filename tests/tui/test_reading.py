"""What is read beside a form: where each requirement comes from, with tag and address."""

from __future__ import annotations

import re

import pytest
from textual.widgets import Static

from cim_tui.core.requirements import requirements
from cim_tui.core.words import source_words
from cim_tui.service.demo import example_names, make_demo
from cim_tui.service.place import locate
from cim_tui.tui.screens.help import about_field
from cim_tui.tui.screens.reading import sources
from tests.tui.stage import NARROW, WIDE, Kept, StillDesk


@pytest.mark.parametrize("name", example_names())
def test_every_requirement_stands_there_with_its_source(desk: StillDesk, name: str) -> None:
    case = make_demo(desk, desk.folder.path, name)
    for activity in case.workflow.each_activity():
        if case.situation.activity_applies(activity).truth is False:
            continue
        text = sources(case, activity).plain

        assert source_words(activity.source) in text
        for requirement in requirements(case.situation, activity):
            title = re.sub(r"\{\w+\}", "…", requirement.title)
            assert title in text
            assert source_words(requirement.source) in text
            assert requirement.source.at in text


@pytest.mark.parametrize("name", example_names())
def test_nothing_of_common_practice_is_said_to_be_published(desk: StillDesk, name: str) -> None:
    case = make_demo(desk, desk.folder.path, name)
    for activity in case.workflow.each_activity():
        lines = sources(case, activity).plain.split("\n")
        others = [line for line in lines if line.startswith(("Common practice", "To be verified"))]

        assert not any("Published by" in line for line in others)


def test_what_the_process_never_asks_is_left_out(example: Kept) -> None:
    case = example.case
    text = sources(case, case.workflow.activities["letter-intake"]).plain

    assert "Why your district was selected" in text
    assert "Why your district is in this tier" not in text
    assert "Students with disabilities, census day" not in text


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_the_pane_shows_them(example: Kept, size: tuple[int, int]) -> None:
    async with example.opened("gather.parent-input.methods", size=size) as stage:
        await stage.press("escape", "s")

        assert stage.sees("Parent input", "Published by CalTAN,", "needed")
        shown = stage.screen.query_one("#reading", Static)
        assert "https://caltan.info/monitoring" in str(shown.content)


def test_the_help_of_a_question_names_tag_and_address(example: Kept) -> None:
    case = example.case
    for field in case.workflow.fields.values():
        source = field.spec.source or field.activity.source
        text = about_field(case, locate(case, field.address)).plain

        assert source_words(source) in text
        assert ("Published by" in text.split("Address: ")[0]) is (source.tag == "published")
