"""The HTML paper: one page that anybody can open, read aloud and print, and that does nothing."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from cim_tui.core.session import Absence
from cim_tui.core.text import clean
from cim_tui.core.words import DRAFT
from cim_tui.reports import html
from tests.reports.material import (
    HOSTILE,
    TODAY,
    areas,
    case,
    members,
    results,
    shared,
    signed,
    working,
)

VOID = {"meta", "link", "img", "br", "hr", "input", "base", "col", "source", "wbr"}


class Page(HTMLParser):
    """A page taken apart; refuses one whose elements do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.declaration = ""
        self.feed(text)
        self.close()
        assert self.stack == [], f"left open: {self.stack}"

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def having(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def full(text: str = "plain") -> Page:
    """The working copy of a case with this text wherever people write."""
    found = case(
        team={
            "members": {"m1": {"name": text, "role": "selpa", "remark": text}},
            "meets": text,
            "backing": text,
            "heard": {"p1": {"name": text}},
            "voices": text,
            "charter": {"e1": {"url": text, "what": text}},
            "on": date(2025, 10, 1),
            "visits": {"v1": {"place": text, "seen": text, "said": text, "next": text}},
        },
        counts={"areas": areas(text), "results": results(("a1", 2024, text, 30, 40))},
        plan={"goal": text},
        lea={"name": text, "selpa": text},
        elsewhere={"gather.extra": {"where": text, "on": TODAY, "by": text, "link": text}},
        done={"gather": {"by": text, "on": TODAY}},
        activity={"gather": {"team": {"owner": text}}},
        waivers={"w1": {"address": "plan.plan", "rule": "signature-lead", "reason": text,
                        "by": text}},
    )  # fmt: skip
    found.session = found.session.with_absence("gather.team.kinds", Absence("no-data", text))
    found = signed(found, "plan", "super", text, date(2025, 10, 2))
    return Page(html.render(working(found)))


@pytest.fixture
def page() -> Page:
    return full()


def test_the_page_is_html_in_english_with_a_title(page: Page) -> None:
    assert page.declaration == "DOCTYPE html"
    assert page.having("html") == [{"lang": "en"}]
    assert len(page.having("title")) == 1


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [b for a, b in pairwise(levels) if b > a + 1] == []


def test_every_heading_of_a_table_says_what_it_heads(page: Page) -> None:
    assert page.having("th")
    assert {cell.get("scope") for cell in page.having("th")} <= {"col", "row", "rowgroup"}


def test_nothing_is_run_and_nothing_is_fetched(page: Page) -> None:
    active = page.having(
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "base",
        "svg",
        "video",
    )
    handlers = [
        name
        for _, attributes in page.tags
        for name in attributes
        if name.startswith("on") or name in ("src", "style", "srcset", "action", "formaction")
    ]

    assert (active, handlers) == ([], [])


def test_the_style_sheet_fetches_nothing() -> None:
    sheet = re.search(r"<style>(.*?)</style>", html.render(shared(case())), re.DOTALL)

    assert sheet is not None
    assert re.findall(r"url\(|@import|expression|<", sheet[1]) == []


def test_the_page_forbids_all_but_its_own_style(page: Page) -> None:
    policy = next(m["content"] for m in page.having("meta") if "http-equiv" in m)

    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )


def test_the_only_links_are_addresses_of_sources(page: Page) -> None:
    assert {link["href"] for link in page.having("a")} == {"https://example.org/rule"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_people_wrote_makes_no_element(text: str, page: Page) -> None:
    assert [tag for tag, _ in full(text).tags] == [tag for tag, _ in page.tags]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_people_wrote_reads_as_it_was_written(text: str) -> None:
    assert clean(text).strip() in full(text).text


def test_no_control_character_reaches_the_page() -> None:
    text = html.render(shared(case(team={"meets": "".join(HOSTILE)})))

    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) == []


def test_a_lone_surrogate_does_not_stop_the_page() -> None:
    text = html.render(shared(case(team={"meets": "half \ud83d pair"})))

    assert "half \ufffd pair" in text.encode().decode()


def test_hostile_row_ids_are_text() -> None:
    row = {"name": "Ann", "role": "gone"}

    page = Page(html.render(shared(case(team={"members": {"<b>": row}}))))

    assert "gather.team.members.<b>.role" in page.text


def _on_every_page(text: str) -> str:
    found = re.search(r'<div class="every-page"[^>]*>(.*?)</div>', text)
    assert found is not None
    return found[1]


def test_the_draft_mark_is_on_every_printed_page() -> None:
    text = html.render(shared(case()))

    assert DRAFT in _on_every_page(text)
    assert re.search(r"@media print \{.*\.every-page \{[^}]*position: fixed", text, re.DOTALL)


def test_a_working_copy_says_so_on_every_printed_page() -> None:
    text = html.render(working(case()))

    assert "WORKING COPY" in _on_every_page(text)
    assert f'content: "WORKING COPY · {DRAFT}"' in text


def test_a_shared_copy_does_not_call_itself_a_working_copy() -> None:
    assert "WORKING COPY" not in html.render(shared(case()))


def test_each_role_that_signs_has_a_line_to_sign_on() -> None:
    text = html.render(shared(case()))

    rows = re.findall(r'<th scope="row">(.*?) <small>(.*?)</small></th>(.*?)</tr>', text)

    blank = '<td class="line"></td>' * 3
    assert rows == [
        ("Team lead", "to be signed", blank),
        ("Superintendent", "to be signed", blank),
        ("Governing board", "optional", blank),
    ]


def test_a_signature_that_holds_fills_name_and_date() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))

    text = html.render(shared(found))

    assert (
        '<td class="line">Ann Lee</td><td class="line">Thursday 2 October 2025</td>'
        '<td class="line"></td>'
    ) in text


def test_a_signature_over_what_has_changed_leaves_the_line_blank_and_says_so() -> None:
    found = signed(case(plan={"goal": "Better"}), "plan", "super", "Ann Lee", date(2025, 10, 2))
    found.session = found.session.with_value("plan.plan.goal", "Different")

    text = html.render(shared(found))

    assert '<td class="line">Ann Lee</td>' not in text
    assert "changed since sign-off of Thursday 2 October 2025" in text


def test_what_is_needed_is_said_by_a_word_and_a_glyph() -> None:
    text = Page(html.render(shared(case()))).text

    assert "■ needed" in text
    assert (
        "□ good practice"
        in Page(html.render(shared(case(team={"members": members(("A", "selpa"))})))).text
    )


def test_rows_too_wide_for_a_page_stand_one_by_one() -> None:
    visit = {"place": "Oak", "seen": "Much", "said": "More", "next": "All of it"}

    text = html.render(shared(case(team={"visits": {"v1": visit}})))

    assert '<table class="record">\n<caption>Oak</caption>' in text
    assert '<tr><th scope="row">What was seen</th><td>Much</td></tr>' in text


def test_rows_that_fit_a_page_stand_in_one_table() -> None:
    found = case(counts={"areas": areas("Math"), "results": results(("a1", 2024, "x", 30, 40))})

    text = html.render(shared(found))

    assert '<tr class="group"><th scope="rowgroup" colspan="5">Math</th></tr>' in text
    assert '<th scope="col" class="integer">Students</th>' in text


def test_the_style_sheet_holds_for_a4_and_letter() -> None:
    text = html.render(shared(case()))

    assert "@page" in text
    assert not re.search(r"size:\s*(A4|letter)", text, re.IGNORECASE)
