"""A paper as one HTML file to read, print or mail: no scripts, nothing fetched from anywhere.

Every text goes through `html.escape`, and the page's own policy forbids all but its style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from cim_tui.core.words import long_date
from cim_tui.reports import wording
from cim_tui.reports.html_style import style
from cim_tui.reports.paper import (
    ActivityReport,
    Answer,
    Citation,
    Elsewhere,
    OpenItem,
    Paper,
    Row,
    Signatory,
    StepReport,
    Table,
)
from cim_tui.reports.privacy import WITHHELD

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+\Z")


def render(paper: Paper) -> str:
    """A paper as one self-contained page."""
    title = escape(f"{paper.heading} ({', '.join(paper.marks)})")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>{style(paper.marks)}</style>",
            "</head>",
            f'<body class="{"working" if paper.working_copy else "shared"}">',
            *_on_every_page(paper),
            "<main>",
            *_front(paper),
            *(line for step in paper.steps for line in _step(step)),
            *_sources(paper),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _on_every_page(paper: Paper) -> Iterator[str]:
    """A fixed element is printed again on every page; on screen it stays out of the way."""
    marks = "".join(f"<span>{escape(mark)}</span>" for mark in paper.marks)
    yield f'<div class="every-page" aria-hidden="true">{marks}</div>'


def _front(paper: Paper) -> Iterator[str]:
    yield "<header>"
    marks = "".join(f"<strong>{escape(mark)}</strong>" for mark in paper.marks)
    yield f'<p class="marks">{marks}<span>as of {escape(long_date(paper.as_of))}</span></p>'
    kind = " · ".join(part for part in (paper.title, paper.scope) if part)
    yield f"<h1>{escape(paper.lea)} <small>{escape(kind)}</small></h1>"
    yield '<dl class="facts">'
    for label, value in paper.facts:
        yield f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"
    yield "</dl>"
    yield '<ul class="notices">'
    yield from (f"<li>{escape(notice)}</li>" for notice in wording.notices(paper))
    yield "</ul>"
    yield "</header>"
    yield '<section class="overview">'
    yield "<h2>Where it stands</h2>"
    yield from _overview(paper)
    yield "</section>"


def _overview(paper: Paper) -> Iterator[str]:
    heads = ("Step", "State", "Activities complete", "Needed", "Good practice", "Due")
    yield "<table>"
    yield (
        "<thead><tr>" + "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead>"
    )
    yield "<tbody>"
    for step in paper.steps:
        counts = "".join(
            f'<td class="count">{count}</td>' for count in (step.done, step.needed, step.good)
        )
        yield (
            f'<tr><th scope="row">{step.number}. {escape(step.title)}</th>'
            f"<td>{step.glyph} {escape(step.state)}</td>{counts}"
            f"<td>{escape(step.due_words)}</td></tr>"
        )
    yield "</tbody>"
    yield "</table>"


def _step(step: StepReport) -> Iterator[str]:
    yield '<section class="step">'
    yield f"<h2><span>Step {step.number}</span> {escape(step.title)}</h2>"
    if step.purpose:
        yield f'<p class="purpose">{escape(step.purpose)}</p>'
    yield _facts(wording.step_facts(step))
    if step.source is not None:
        yield f'<p class="source">Source: {_source(step.source)}</p>'
    yield from _elsewhere(step.elsewhere)
    if step.acts:
        yield '<ul class="acts">'
        yield from (f"<li>{escape(wording.act(act))}</li>" for act in step.acts)
        yield "</ul>"
    for activity in step.activities:
        yield from _activity(activity)
    if step.signatures:
        yield '<section class="signing">'
        yield f"<h3>Signatures for step {step.number}</h3>"
        yield from _signatures(step.signatures)
        yield "</section>"
    yield "</section>"


def _facts(parts: Iterable[str]) -> str:
    return '<p class="state">' + "".join(f"<span>{escape(part)}</span>" for part in parts) + "</p>"


def _activity(activity: ActivityReport) -> Iterator[str]:
    yield f'<section class="activity{"" if activity.applies else " off"}">'
    yield f"<h3>{escape(activity.title)}</h3>"
    yield _facts(wording.activity_facts(activity))
    yield f'<p class="source">Source: {_source(activity.source)}</p>'
    if activity.kept_aside:
        yield f'<p class="aside">Kept aside and left out here: {activity.kept_aside}</p>'
    if activity.applies:
        yield from _contents(activity)
    yield "</section>"


def _contents(activity: ActivityReport) -> Iterator[str]:
    yield from _elsewhere(activity.elsewhere)
    if not activity.answers and activity.elsewhere is None:
        yield f'<p class="aside">{wording.NOTHING_ENTERED}</p>'
    for tables, parts in groupby(activity.answers, key=lambda part: isinstance(part, Table)):
        if not tables:
            yield '<dl class="answers">'
        for part in parts:
            yield from _table(part) if isinstance(part, Table) else _answer(part)
        if not tables:
            yield "</dl>"
    yield "<h4>What is open</h4>"
    yield from _problems(wording.open_first(activity.problems))
    if activity.asked:
        yield f"<h4>{wording.ASKED}</h4>"
        yield '<ul class="asked">'
        for at, asked in wording.by_source(activity):
            yield f"<li>{_source(at)}: {escape(asked)}</li>"
        yield "</ul>"
    if activity.signatures:
        yield '<section class="signing">'
        yield "<h4>Signatures</h4>"
        yield from _signatures(activity.signatures)
        yield "</section>"


def _elsewhere(done: Elsewhere | None) -> Iterator[str]:
    if done is not None:
        link = f" · {escape(done.link)}" if done.link else ""
        yield f'<p class="elsewhere">↗ {escape(wording.elsewhere(done))}{link}</p>'


def _answer(answer: Answer) -> Iterator[str]:
    yield f"<div><dt>{escape(answer.label)}</dt><dd>{_text(answer)}</dd></div>"


def _text(answer: Answer) -> str:
    """An answer, its lines kept by the style sheet; what is not there is said in words."""
    text = escape(wording.answered(answer))
    if answer.is_open:
        return f'<em class="open">{text}</em>'
    if answer.text == WITHHELD or answer.absent or not answer.asked:
        return f"<em>{text}</em>"
    return text


# Tables


def _table(table: Table) -> Iterator[str]:
    yield f"<h4>{escape(table.label)}</h4>"
    yield from _grid(table) if table.fits_a_page else _records(table)


def _grid(table: Table) -> Iterator[str]:
    heads = "".join(
        f'<th scope="col" class="{escape(h.kind)}">{escape(h.label)}</th>' for h in table.headings
    )
    yield '<table class="rows">'
    yield f"<thead><tr>{heads}</tr></thead>"
    for group in table.groups:
        yield "<tbody>"
        if group.label:
            width = max(1, len(table.headings))
            yield (
                f'<tr class="group"><th scope="rowgroup" colspan="{width}">'
                f"{escape(group.label)}</th></tr>"
            )
        for row in group.rows:
            cells = "".join(
                f'<td class="{escape(cell.kind)}">{_text(cell)}</td>' for cell in row.cells
            )
            yield f"<tr>{cells}</tr>"
        yield "</tbody>"
    yield "</table>"


def _records(table: Table) -> Iterator[str]:
    """Rows too wide for a page: each by itself, a question a line."""
    for group in table.groups:
        if group.label:
            yield f"<h5>{escape(group.label)}</h5>"
        for row in group.rows:
            yield from _record(row)


def _record(row: Row) -> Iterator[str]:
    yield '<table class="record">'
    yield f"<caption>{escape(row.label)}</caption>"
    yield "<tbody>"
    for cell in row.cells:
        if cell.text or cell.is_open:
            yield f'<tr><th scope="row">{escape(cell.label)}</th><td>{_text(cell)}</td></tr>'
    yield "</tbody>"
    yield "</table>"


# What is open, who signs, what it rests on


def _problems(problems: list[OpenItem]) -> Iterator[str]:
    if not problems:
        yield f'<p class="aside">{wording.NOTHING_OPEN}</p>'
        return
    yield '<ul class="problems">'
    for problem in problems:
        told = wording.accepted(problem)
        more = f' <span class="told">{escape(told)}</span>' if told else ""
        kind = "accepted" if problem.accepted is not None else problem.severity
        place = f"<code>{escape(problem.address)}</code>"
        yield (
            f'<li class="{escape(kind)}"><strong>{escape(wording.weight(problem))}</strong> '
            f"{escape(problem.message)}{more} "
            f"<small>{_source(problem.source)} · {place}</small></li>"
        )
    yield "</ul>"


def _signatures(lines: Iterable[Signatory]) -> Iterator[str]:
    heads = ("Role", "Name", "Date", "Signature")
    yield '<table class="sign">'
    yield (
        "<thead><tr>" + "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead>"
    )
    yield "<tbody>"
    for line in lines:
        name, on = ("" if part == wording.BLANK else escape(part) for part in wording.signed(line))
        note = escape(wording.signature_note(line))
        yield (
            f'<tr><th scope="row">{escape(line.title)} <small>{note}</small></th>'
            f'<td class="line">{name}</td><td class="line">{on}</td><td class="line"></td></tr>'
        )
    yield "</tbody>"
    yield "</table>"


def _source(citation: Citation) -> str:
    return f"{escape(wording.source(citation))}{_address(citation.at)}"


def _address(at: str) -> str:
    """A link only where it is plainly one; anything else stays text."""
    shown = escape(at)
    return f'<a href="{shown}" rel="noreferrer">{shown}</a>' if _ADDRESS.match(at) else shown


def _sources(paper: Paper) -> Iterator[str]:
    yield '<section class="sources">'
    yield "<h2>Sources</h2>"
    yield "<ul>"
    for citation in paper.sources:
        note = f": {escape(citation.note)}" if citation.note else ""
        yield f"<li>{_source(citation)}{note}</li>"
    yield "</ul>"
    yield "</section>"
