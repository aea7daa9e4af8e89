"""What is read beside a form: guidance, and where each requirement comes from."""

from __future__ import annotations

import re
from itertools import groupby

from textual.content import Content

from cim_tui.core.language import Source
from cim_tui.core.requirements import requirements
from cim_tui.core.words import SEVERITY, source_words
from cim_tui.core.workflow import Activity
from cim_tui.service.case import Case

_FILLED_IN = re.compile(r"\{(?:row|found|wanted)\}")


def guidance(activity: Activity) -> Content:
    """Purpose, guidance, who takes part, what to have ready, what counts as evidence."""
    spec = activity.spec
    parts: list[str | tuple[str, str]] = [(spec.title, "bold"), "\n", spec.purpose, "\n"]
    if spec.guidance:
        parts += ["\n", spec.guidance.strip(), "\n"]
    for title, items in (
        ("Who takes part", spec.takes_part), ("Have ready", spec.have_ready),
        ("What counts as evidence", spec.evidence),
    ):  # fmt: skip
        if items:
            parts += ["\n", (title, "bold"), "\n"]
            parts += [f"• {item}\n" for item in items]
    if spec.start_early:
        parts += ["\n", ("Start early", "bold"), "\n", spec.start_early, "\n"]
    if spec.resources:
        parts += ["\n", ("To read", "bold"), "\n"]
        for resource in spec.resources:
            copy = " (a copy)" if resource.copy_ else ""
            parts += [f"• {resource.title}{copy}\n  {resource.at}\n"]
    return Content.assemble(*parts)


def sources(case: Case, activity: Activity) -> Content:
    """Where the step, the activity and each of its requirements comes from."""
    parts: list[str | tuple[str, str]] = []
    step = activity.step
    if step.spec.source is not None:
        parts += [
            (f"Step {step.number}, {step.title}", "bold"),
            "\n",
            *_cited(step.spec.source),
            "\n",
        ]
    parts += [(activity.title, "bold"), "\n", *_cited(activity.source)]
    asked = requirements(case.situation, activity)
    for source, group in groupby(asked, key=lambda requirement: requirement.source):
        parts.append("\n")
        for requirement in group:
            word = SEVERITY[requirement.severity] if requirement.severity else "offered"
            title = _FILLED_IN.sub("…", requirement.title)
            parts += [(title, "bold"), (f"  {word}", "dim"), "\n"]
        parts += _cited(source)
    return Content.assemble(*parts)


def _cited(source: Source) -> list[str]:
    """A source with its address, and what was read there."""
    note = [source.note, "\n"] if source.note and source.tag == "published" else []
    return [source_words(source), "\n", *note]
