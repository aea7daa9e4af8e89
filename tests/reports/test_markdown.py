"""The Markdown paper, read back with a CommonMark reader: people's text is text, never structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cim_tui.core.session import Absence
from cim_tui.core.text import clean
from cim_tui.core.words import DRAFT
from cim_tui.reports import markdown
from cim_tui.reports.markdown import literal
from tests.reports.material import HOSTILE, TODAY, areas, case, results, shared, signed, working

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SOURCES = {"https://example.org/rule"}


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text, the inline ones too."""
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def plain(text: str) -> str:
    """What a reader sees of a text, on one line."""
    return "".join(t.content for t in tokens(text) if t.type in ("text", "text_special"))


def full(text: str) -> str:
    """The working copy of a case with this text wherever people write."""
    found = case(
        team={
            "members": {"m1": {"name": text, "role": "selpa", "remark": text}},
            "meets": text,
            "backing": text,
            "heard": {"p1": {"name": text}},
            "voices": text,
            "charter": {"e1": {"url": text, "what": text}},
            "visits": {"v1": {"place": text, "seen": text, "said": text, "next": text}},
        },
        counts={"areas": areas(text), "results": results(("a1", 2024, text, 30, 40))},
        plan={"goal": text},
        lea={"name": text, "selpa": text},
        elsewhere={"gather.extra": {"where": text, "on": TODAY, "by": text, "link": text}},
        done={"gather": {"by": text, "on": TODAY}},
        activity={"gather": {"team": {"owner": text}}},
        waivers={"w1": {"address": "gather.team.meets", "rule": "required", "reason": text}},
    )
    found.session = found.session.with_absence("gather.team.kinds", Absence("no-data", text))
    found = signed(found, "plan", "super", text, date(2025, 10, 2))
    return markdown.render(working(found))


WORDS = st.text(
    st.one_of(
        st.sampled_from("\\`*_{}[]<>()#+-.!|~&$:=@ \n\t'\"/;0123456789abcxyz"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
).map(clean)


@given(text=WORDS)
@example(text=clean("1."))
@example(text=clean("www.example.org"))
def test_a_line_of_text_reads_as_it_was_written(text: str) -> None:
    seen = list(tokens(literal(text)))

    assert {t.type for t in seen} <= {
        "paragraph_open", "inline", "text", "text_special", "paragraph_close",
    }  # fmt: skip
    assert plain(literal(text)) == " ".join(text.split())


@given(text=WORDS)
def test_a_text_in_a_cell_reads_as_it_was_written(text: str) -> None:
    table = f"| a | b |\n| --- | --- |\n| {literal(text) or ' '} | end |\n"

    cells = [t.content for t in tokens(table) if t.type == "inline"]

    assert len(cells) == 4
    assert plain(cells[2]) == " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_people_wrote_is_no_html_code_or_picture(text: str) -> None:
    kinds = {token.type for token in tokens(full(text))}

    assert kinds & {
        "html_inline", "html_block", "code_inline", "code_block", "fence", "image", "hr", "s_open",
    } == set()  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_people_wrote_links_nowhere(text: str) -> None:
    links = {token.attrs["href"] for token in tokens(full(text)) if token.type == "link_open"}

    assert links == SOURCES


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_people_wrote_makes_no_heading(text: str) -> None:
    def headings(paper: str) -> list[str]:
        return [token.tag for token in tokens(paper) if token.type == "heading_open"]

    assert headings(full(text)) == headings(full("plain"))


@pytest.mark.parametrize("text", HOSTILE)
def test_every_line_that_people_wrote_is_on_the_paper(text: str) -> None:
    seen = plain(full(text))

    assert [line for line in clean(text).split("\n") if " ".join(line.split()) not in seen] == []


def test_a_table_has_as_many_cells_in_each_row_as_headings() -> None:
    paper = full("a | b")

    rows = [line for line in paper.split("\n") if line.startswith("|")]
    assert rows
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) >= 3


def test_the_lines_of_a_long_text_are_kept() -> None:
    paper = markdown.render(shared(case(plan={"goal": "First\n\nSecond\nThird"})))

    assert "> First\n>\n> Second\\\n> Third" in paper


def test_rows_too_wide_for_a_table_stand_one_by_one() -> None:
    visit = {"place": "Oak", "seen": "Much", "said": "More\nand more", "next": "All of it"}

    paper = markdown.render(shared(case(team={"visits": {"v1": visit}})))

    assert "**Oak**\n\n- **Place:** Oak\n- **What was seen:** Much\n" in paper
    assert "- **What was said:**\n\n  > More\\\n  > and more\n" in paper


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a b", "https://a><b>"])
def test_an_address_that_is_not_plainly_one_is_no_link(address: str) -> None:
    text = markdown._address(address)

    assert [t for t in tokens(text) if t.type in ("link_open", "html_inline")] == []


def test_the_draft_mark_stands_at_the_front_and_at_every_step() -> None:
    paper = markdown.render(shared(case()))

    assert paper.count(f"**{DRAFT}**") == 3


def test_a_working_copy_says_so_at_the_front_and_at_every_step() -> None:
    assert markdown.render(working(case())).count("**WORKING COPY**") == 3


def test_signature_lines_are_there() -> None:
    paper = markdown.render(shared(case()))

    blank = "____________________"
    assert f"| Superintendent | {blank} | {blank} | {blank} | to be signed |" in paper


def test_a_signature_that_holds_fills_name_and_date() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))

    paper = markdown.render(shared(found))

    assert "| Superintendent | Ann Lee | Thursday 2 October 2025 | " in paper


def test_what_is_open_says_how_much_it_weighs_and_where_it_comes_from() -> None:
    paper = markdown.render(shared(case()))

    assert (
        "- ■ needed: Enter: goal (Published by The publisher, <https://example.org/rule>) "
        "plan.plan.goal"
    ) in paper


def test_a_step_without_a_due_date_says_so() -> None:
    assert "no due date entered" in markdown.render(shared(case()))
