"""A small process and cases of it, made for what papers show and withhold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cim_tui.core.content import content_hash
from cim_tui.core.language import ActivityFile, CalendarFile, ListFile, WorkflowFile
from cim_tui.core.session import Session
from cim_tui.core.situation import Situation
from cim_tui.core.workflow import Workflow
from cim_tui.reports.model import compose
from cim_tui.reports.paper import ActivityReport, Answer, OpenItem, Paper, Table
from cim_tui.service.case import Case
from cim_tui.service.demo import example
from cim_tui.store.paths import definitions_folder
from cim_tui.store.workflows import Library

TODAY = date(2025, 11, 3)
PRACTICE = {"tag": "practice", "note": "Teams find it useful"}
PUBLISHED = {"tag": "published", "at": "https://example.org/rule", "publisher": "The publisher"}

HOSTILE = (
    "[/]",
    "[b]bold[/b]",
    "[@click=app.quit]go[/]",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></style><h1>Owned",
    "&lt;b&gt; &amp; &#60;",
    "=cmd|' /C calc'!A1",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "`code` ```fence``` ~~~",
    "# heading",
    "- item\n+ item\n* item\n1. item\n2) item",
    "> quote",
    "---\n===\n***\n___",
    "[text](javascript:alert(1))",
    "![alt](http://example.org/x.png)",
    "<https://example.org> https://example.org www.example.org",
    "*stars* _lines_ **both** \\*",
    "[ref]: https://example.org",
    "    indented\n\tcode",
    "a\\\nb",
    "\u202ereversed\u202c \u2066isolated\u2069",
    "\x1b]52;c;aGk=\x07\x1b[31mred\x9b2J",
    "日本[/語] ümlaut \U0001f600",
    ":-: $x$ ~~gone~~ :tada:",
)

MEMBERS = {
    "type": "table",
    "label": "Members",
    "one": "member",
    "row-label": ["name"],
    "required": True,
    "source": PUBLISHED,
    "columns": {
        "name": {"type": "text", "label": "Name", "required": True, "personal": "staff"},
        "role": {"type": "choice", "label": "Role", "choices": "list:roles"},
        "remark": {"type": "text", "label": "Remark"},
    },
}

TEAM = {
    "id": "team",
    "title": "The team",
    "purpose": "Say who carries the work",
    "source": PUBLISHED,
    "fields": {
        "members": MEMBERS,
        "meets": {"type": "text", "label": "When it meets", "required": True, "source": PRACTICE},
        "backing": {"type": "text", "label": "Who backs it", "personal": "staff"},
        "heard": {"type": "people", "label": "Who was heard"},
        "lead": {"type": "reference", "label": "Who leads", "to": "roster"},
        "voices": {"type": "long-text", "label": "Voices missing", "about-children": True},
        "charter": {"type": "evidence", "label": "Charter"},
        "money": {"type": "yes-no", "label": "Is money spent"},
        "amount": {
            "type": "money", "label": "Amount", "applies-when": {"field": "money", "is": True},
        },
        "kinds": {"type": "choices", "label": "Kinds", "choices": {"a": "Alpha", "b": "Beta"}},
        "on": {"type": "date", "label": "Held on"},
        "trust": {"type": "rating", "label": "Trust in the lead", "personal": "staff"},
        "visits": {
            "type": "table", "label": "Visits", "one": "visit", "row-label": ["place"],
            "columns": {
                "place": {"type": "text", "label": "Place"},
                "seen": {"type": "long-text", "label": "What was seen"},
                "said": {"type": "long-text", "label": "What was said"},
                "next": {"type": "long-text", "label": "What comes next"},
            },
        },
        "pay": {"type": "money", "label": "Stipend of the lead", "personal": "staff"},
        "rooms": {"type": "money", "label": "Rooms"},
        "cost": {"type": "calculated", "label": "Cost", "calculate": {"sum": ["pay", "rooms"]}},
    },
}  # fmt: skip

COUNTS = {
    "id": "counts",
    "title": "The counts",
    "purpose": "Count",
    "source": PRACTICE,
    "fields": {
        "read": {"type": "integer", "label": "Files read", "counts-children": True},
        "right": {"type": "integer", "label": "Files right", "counts-children": True},
        "wrong": {"type": "calculated", "label": "Files wrong",
                  "calculate": {"difference": ["read", "right"]}},
        "share": {"type": "percent", "label": "Share right"},
        "areas": {
            "type": "table", "label": "Areas", "one": "area", "row-label": ["area"],
            "columns": {
                "area": {"type": "text", "label": "Area"},
                "in-all": {"type": "calculated", "label": "In all",
                           "calculate": {"sum": "results.met", "per": "of"}},
            },
        },
        "results": {
            "type": "table", "label": "Results", "one": "result", "parent": "areas",
            "key": ["of", "year", "group"], "row-label": ["year", "group"],
            "columns": {
                "year": {"type": "integer", "label": "Year"},
                "group": {"type": "text", "label": "Group"},
                "met": {"type": "integer", "label": "Students", "counts-children": True},
                "out-of": {"type": "integer", "label": "Out of", "counts-children": True},
                "rate": {"type": "calculated", "label": "Rate",
                         "calculate": {"rate": ["met", "out-of"]}},
                "reported": {"type": "percent", "label": "Rate reported"},
            },
        },
        "all-met": {"type": "calculated", "label": "All students",
                    "calculate": {"sum": "results.met"}},
        "asked": {"type": "text", "label": "Only when few",
                  "applies-when": {"field": "read", "at-least": 100}},
        "schools": {
            "type": "table", "label": "Schools", "one": "school", "row-label": ["students"],
            "columns": {
                "school": {"type": "text", "label": "School"},
                "head": {"type": "people", "label": "Who heads it"},
                "students": {"type": "integer", "label": "Students", "counts-children": True},
                "why": {"type": "text", "label": "Why so few",
                        "applies-when": {"column": "students", "at-least": 1000}},
            },
        },
        "named": {"type": "reference", "label": "School named", "to": "schools"},
    },
    "rules": {
        "part": {
            "on": "results.met", "range": {"at-most": {"field": "out-of"}},
            "message": "{row}: {found} out of {wanted} cannot be", "source": PRACTICE,
        },
        "everybody": {
            "on": "schools", "covers": {"each": "team.members.name", "by": "schools.school"},
            "message": "Add a school for {row}", "source": PRACTICE,
        },
    },
}  # fmt: skip

PLAN = {
    "id": "plan",
    "title": "The plan",
    "purpose": "Plan it",
    "source": {"tag": "to-verify", "note": "Nobody has seen it in print"},
    "fields": {"goal": {"type": "long-text", "label": "Goal", "required": True,
                        "source": PUBLISHED}},
    "signatures": [{"role": "lead", "title": "Team lead", "source": PRACTICE}],
}  # fmt: skip

EXTRA = {
    "id": "extra",
    "title": "Something extra",
    "purpose": "Only where money is spent",
    "source": PRACTICE,
    "fields": {"note": {"type": "text", "label": "Note"}},
}

COSTLY = {
    "id": "costly",
    "title": "Where meeting costs money",
    "purpose": "Only where it does",
    "source": PRACTICE,
    "fields": {"note": {"type": "text", "label": "Note"}},
}

FEW = {
    "id": "few",
    "title": "Where files were read",
    "purpose": "Only where some were",
    "source": PRACTICE,
    "fields": {"note": {"type": "text", "label": "Note"}},
}

PROCESS = {
    "id": "trial",
    "title": "Trial process",
    "edition": "1",
    "source": PUBLISHED,
    "roster": "team.members",
    "levels": {"one": {"title": "Level one"}},
    "steps": {
        "gather": {
            "number": 1,
            "title": "Gather",
            "activities": {
                "team": {"support": "ta"},
                "counts": {"required": False},
                "extra": {"applies-when": {"field": "team.money", "is": True}},
                "costly": {
                    "required": False,
                    "applies-when": {"field": "team.cost", "at-least": 1},
                },
                "few": {
                    "required": False,
                    "applies-when": {"field": "counts.read", "at-least": 1},
                },
            },
        },
        "plan": {
            "number": 2,
            "title": "Plan",
            "source": PUBLISHED,
            "signatures": [
                {"role": "super", "title": "Superintendent", "source": PUBLISHED},
                {"role": "board", "title": "Governing board", "required": False,
                 "source": PRACTICE},
            ],
            "activities": {"plan": {}},
        },
    },
}  # fmt: skip

ROLES = {
    "id": "roles",
    "title": "Roles",
    "source": PRACTICE,
    "items": {"selpa": "SELPA representative", "director": "Special education director"},
}


@cache
def workflow() -> Workflow:
    """The small process."""
    files = [ActivityFile.checked(doc) for doc in (TEAM, COUNTS, PLAN, EXTRA, FEW, COSTLY)]
    lists = {"roles": ListFile.checked(ROLES)}
    return Workflow(WorkflowFile.checked(PROCESS), {file.id: file for file in files}, lists)


def case(
    team: dict[str, Any] | None = None,
    counts: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
    **doc: Any,
) -> Case:
    """A case with these answers, and with any other table of the file."""
    answers: dict[str, Any] = {
        "gather": {"team": team or {}, "counts": counts or {}},
        "plan": {"plan": plan or {}},
    }
    extra = doc.pop("extra", None)
    if extra is not None:
        answers["gather"]["extra"] = extra
    session = Session(
        {
            "schema": 1,
            "uid": "abcdefghijkl",
            "id": "trial-case",
            "lea": {"name": "Quail Ridge Unified", "cds": "99123450000000"},
            "case": {"workflow": "trial", "edition": "1", "year": 2025, "level": "one"},
            "answers": answers,
            **doc,
        }
    )
    calendar: CalendarFile | None = None
    return Case(Path("trial-case.toml"), session, workflow(), TODAY, calendar)


def worked(name: str) -> Case:
    """The worked example of a process, as full as cases get."""
    session = example(name, TODAY)
    library = Library((definitions_folder(),), trusted=definitions_folder())
    found = library.workflow(session.workflow)
    calendar = library.calendar(session.fact("year"))
    return Case(Path(f"{name}.toml"), session, found, TODAY, calendar)


def shared(found: Case) -> Paper:
    """Its shared copy."""
    return compose(found, TODAY)


def working(found: Case) -> Paper:
    """Its working copy."""
    return compose(found, TODAY, working_copy=True)


def activity(paper: Paper, name: str) -> ActivityReport:
    """An activity of a paper, by id."""
    return next(a for step in paper.steps for a in step.activities if a.id == name)


def every_answer(paper: Paper) -> Iterator[Answer]:
    """Every answer and every cell."""
    for step in paper.steps:
        for found in step.activities:
            for part in found.answers:
                if isinstance(part, Answer):
                    yield part
                else:
                    yield from (cell for row in part.rows for cell in row.cells)


def texts(paper: Paper) -> dict[str, str]:
    """What stands at each address, the step and activity left out: `results.r1.met`."""
    return {a.address.split(".", 2)[2]: a.text for a in every_answer(paper)}


def table(paper: Paper, name: str) -> Table:
    """A table of a paper, by its field's id."""
    for step in paper.steps:
        for found in step.activities:
            for part in found.answers:
                if isinstance(part, Table) and part.address.endswith(f".{name}"):
                    return part
    raise AssertionError(f"no table {name}")


def problems(paper: Paper) -> list[OpenItem]:
    """Everything open or accepted."""
    return [p for step in paper.steps for a in step.activities for p in a.problems]


def members(*people: tuple[str, str]) -> dict[str, dict[str, str]]:
    """Rows of the roster: m1, m2, ..."""
    return {
        f"m{number}": {"name": name, "role": role}
        for number, (name, role) in enumerate(people, start=1)
    }


def results(*cells: tuple[str, int, str, int | None, int | None]) -> dict[str, dict[str, Any]]:
    """Rows of results: r1, r2, ...; each is area, year, group, students, out of."""
    names = ("of", "year", "group", "met", "out-of")
    return {
        f"r{number}": {
            name: value for name, value in zip(names, row, strict=True) if value is not None
        }
        for number, row in enumerate(cells, start=1)
    }


def areas(*names: str) -> dict[str, dict[str, str]]:
    """Rows of areas: a1, a2, ..."""
    return {f"a{number}": {"area": name} for number, name in enumerate(names, start=1)}


def signed(found: Case, scope: str, role: str, name: str, on: date) -> Case:
    """The case with a sign-off over what stands there now."""
    situation = Situation(found.workflow, found.session, TODAY)
    steps = found.workflow.steps
    part = steps[scope] if scope in steps else found.workflow.activities[scope.split(".")[1]]
    entry = {
        "scope": scope, "role": role, "name": name, "on": on, "how": "paper",
        "content": content_hash(situation, part), "recorded-by": "Somebody",
    }  # fmt: skip
    key = f"s{len(found.session.at('signoffs') or {}) + 1}"
    session = found.session.with_entry(("signoffs", key), entry)
    return Case(found.path, session, found.workflow, TODAY, None)
