"""A paper as Markdown: CommonMark, with the tables that most readers of it know.

Text that people wrote is escaped, so that it can be no heading, list, link, table or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cim_tui.reports import wording
from cim_tui.reports.paper import (
    ActivityReport,
    Answer,
    Citation,
    OpenItem,
    Paper,
    Row,
    Signatory,
    StepReport,
    Table,
)

_LONG = 80
"""A text of more characters reads better in a block of its own than on a line or in a cell."""

_ACTS = re.compile(r"[\\`*_\[\]<>|~&$]|:(?=//)|(?<=www)\.|:(?=[a-z0-9_+-]+:)", re.IGNORECASE)
_OPENS = re.compile(r"[#=]|[+-](?=$|[\s:-])|:(?=-)|(?P<number>\d{1,9})(?=[.)](?:$|\s))")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+\Z")


def render(paper: Paper) -> str:
    """A paper as one Markdown text."""
    blocks = [f"# {literal(paper.heading)}", _marks(paper)]
    blocks.append(_list(f"**{literal(label)}:** {literal(value)}" for label, value in paper.facts))
    blocks += [literal(notice) for notice in wording.notices(paper)]
    blocks += ["## Where it stands", _overview(paper)]
    for step in paper.steps:
        blocks += _step(step, paper)
    blocks += ["## Sources", _list(_cited(source) for source in paper.sources)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def literal(text: str) -> str:
    """Text on one line that reads as it was written, whatever it holds."""
    line = _ACTS.sub(lambda found: "\\" + found[0], " ".join(text.split()))
    opens = _OPENS.match(line)
    if opens is None:
        return line
    number = opens["number"] or ""
    return f"{number}\\{line[len(number) :]}"


def _marks(paper: Paper) -> str:
    marks = " · ".join(f"**{literal(mark)}**" for mark in paper.marks)
    return f"{marks} · as of {paper.as_of.isoformat()}"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _line(parts: Iterable[str]) -> str:
    return " · ".join(literal(part) for part in parts)


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; every cell is already escaped."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def _overview(paper: Paper) -> str:
    return _grid(
        ("Step", "State", "Activities complete", "Needed", "Good practice", "Due"),
        (
            (
                f"{step.number}. {literal(step.title)}",
                f"{step.glyph} {literal(step.state)}",
                str(step.done),
                str(step.needed),
                str(step.good),
                literal(step.due_words),
            )
            for step in paper.steps
        ),
    )


def _step(step: StepReport, paper: Paper) -> Iterator[str]:
    yield f"## Step {step.number}: {literal(step.title)}"
    yield _marks(paper)
    yield literal(step.purpose)
    yield _line(wording.step_facts(step))
    if step.source is not None:
        yield f"Source: {_source(step.source)}"
    if step.elsewhere is not None:
        link = f" · {literal(step.elsewhere.link)}" if step.elsewhere.link else ""
        yield literal(wording.elsewhere(step.elsewhere)) + link
    yield _list(literal(wording.act(act)) for act in step.acts)
    for activity in step.activities:
        yield from _activity(activity)
    if step.signatures:
        yield f"### Signatures for step {step.number}"
        yield _signatures(step.signatures)


def _activity(activity: ActivityReport) -> Iterator[str]:
    yield f"### {literal(activity.title)}"
    yield _line(wording.activity_facts(activity))
    yield f"Source: {_source(activity.source)}"
    if activity.kept_aside:
        yield f"Kept aside and left out here: {activity.kept_aside}"
    if not activity.applies:
        return
    if activity.elsewhere is not None:
        link = f" · {literal(activity.elsewhere.link)}" if activity.elsewhere.link else ""
        yield literal(wording.elsewhere(activity.elsewhere)) + link
    elif not activity.answers:
        yield wording.NOTHING_ENTERED
    for part in activity.answers:
        yield from _table(part) if isinstance(part, Table) else _answer(part)
    yield "#### What is open"
    items = (_problem(problem) for problem in wording.open_first(activity.problems))
    yield _list(items) or wording.NOTHING_OPEN
    if activity.asked:
        yield f"#### {wording.ASKED}"
        yield _list(f"{_source(at)}: {literal(asked)}" for at, asked in wording.by_source(activity))
    if activity.signatures:
        yield "#### Signatures"
        yield _signatures(activity.signatures)


def _answer(answer: Answer) -> Iterator[str]:
    text = wording.answered(answer)
    if "\n" not in text and len(text) <= _LONG:
        yield f"**{literal(answer.label)}:** {literal(text)}"
        return
    yield f"**{literal(answer.label)}:**"
    yield _quote(text)


def _quote(text: str, indent: str = "") -> str:
    """A text in a block of its own, its lines kept."""
    lines = [literal(line) for line in text.strip().split("\n")]
    quoted = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        ending = "\\" if line and after else ""
        quoted.append(f"{indent}> {line}{ending}".rstrip())
    return "\n".join(quoted)


def _table(table: Table) -> Iterator[str]:
    yield f"#### {literal(table.label)}"
    flat = table.fits_a_page and all(
        "\n" not in cell.text + cell.note and len(cell.text + cell.note) <= _LONG
        for row in table.rows
        for cell in row.cells
    )
    for group in table.groups:
        if group.label:
            yield f"##### {literal(group.label)}"
        if flat:
            yield _grid(
                [literal(heading.label) for heading in table.headings],
                ([literal(wording.answered(cell)) for cell in row.cells] for row in group.rows),
            )
        else:
            for row in group.rows:
                yield from _record(row)


def _record(row: Row) -> Iterator[str]:
    yield f"**{literal(row.label)}**"
    lines = []
    for cell in row.cells:
        text = wording.answered(cell)
        if "\n" in text or len(text) > _LONG:
            lines.append(f"- **{literal(cell.label)}:**\n\n{_quote(text, '  ')}\n")
        elif text and cell.asked:
            lines.append(f"- **{literal(cell.label)}:** {literal(text)}")
    yield "\n".join(lines)


def _problem(problem: OpenItem) -> str:
    told = f"{wording.weight(problem)}: "
    parts = [problem.message, wording.accepted(problem)]
    text = " · ".join(literal(part) for part in parts if part)
    return f"{told}{text} ({_source(problem.source)}) {literal(problem.address)}"


def _source(citation: Citation) -> str:
    words = wording.source(citation)
    return f"{literal(words)}{' ' * words.endswith(' ')}{_address(citation.at)}"


def _cited(citation: Citation) -> str:
    note = f": {literal(citation.note)}" if citation.note else ""
    return _source(citation) + note


def _address(at: str) -> str:
    """A link only where it is plainly one; anything else stays text."""
    return f"<{at}>" if _ADDRESS.match(at) else literal(at)


def _signatures(lines: Iterable[Signatory]) -> str:
    return _grid(
        ("Role", "Name", "Date", "Signature", "State"),
        (
            (
                literal(line.title),
                *(
                    part if part == wording.BLANK else literal(part)
                    for part in wording.signed(line)
                ),
                wording.BLANK,
                literal(wording.signature_note(line)),
            )
            for line in lines
        ),
    )
