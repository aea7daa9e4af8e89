"""Workflows, answers and junk at random: what a property must hold for, whatever is drawn.

A workflow is drawn as the files are written. Conditions look only at questions that stand
before, so that there are no circles; everything else refers wherever it likes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from cim_tui.core.session import Absence, Session
from cim_tui.core.values import decimal_raw
from cim_tui.core.workflow import Field, Workflow
from tests.core.builders import PRACTICE, PUBLISHED, case, workflow

CHOICES = {"one": "One", "two": "Two", "three": "Three"}
SOURCES = [PRACTICE, PUBLISHED, {"tag": "to-verify"}]
SCALARS = ["text", "long-text", "integer", "number", "percent", "money", "date", "choice",
           "choices", "yes-no", "checklist", "rating"]  # fmt: skip
NUMBERS = frozenset({"integer", "number", "percent", "money", "rating"})
CODES = ["not-applicable", "unknown", "will-return", "not-provided", "withheld", "no-data"]
ROWS = ["aaaaaa", "aaaaab", "aaaaac", "aaaaad"]
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
AMOUNTS = st.integers(-9999, 9999).map(lambda cents: decimal_raw(Decimal(cents).scaleb(-2))) | (
    st.integers(-200, 200)
)
"""As a file holds them: whole numbers without a point."""


def valid(kind: str) -> st.SearchStrategy[Any]:
    """Raw values that fit a type."""
    if kind in ("text", "long-text"):
        return st.sampled_from(["x", "One", "other words", "Ana Ruiz"])
    if kind == "integer":
        return st.integers(-3, 12)
    if kind == "rating":
        return st.integers(1, 5)
    if kind in ("number", "percent", "money"):
        return AMOUNTS
    if kind == "date":
        return DAYS
    if kind == "yes-no":
        return st.booleans()
    if kind == "choice":
        return st.sampled_from(list(CHOICES))
    return st.lists(st.sampled_from(list(CHOICES)), min_size=1, max_size=3, unique=True)


FITTING: dict[str, Any] = {
    "text": "words", "long-text": "words", "integer": 3, "number": 2, "percent": 50, "money": 9,
    "date": date(2025, 6, 1), "choice": "one", "choices": ["two"], "yes-no": True,
    "checklist": ["one", "two", "three"], "rating": 4,
}  # fmt: skip
"""One value that fits each type."""

JUNK: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        ["", " ", "junk", "aaaaaa", "one", "\ufffd", True, False, 0, -1, 5, 2**63 - 1, 10**25,
         Decimal("1.5"), Decimal("NaN"), Decimal("Infinity"), Decimal("-0.0"), Decimal("1E+25"),
         date(2025, 1, 1), date.max, date.min, datetime(2025, 1, 1, 1, tzinfo=UTC), time(1, 2)]
    ),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["aaaaaa", "of", "name", "x"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
"""What a file may hold by anybody's hand, after cleaning."""


@st.composite
def conditions(draw: st.DrawFn, before: list[tuple[str, str]], depth: int = 2) -> dict[str, Any]:
    """A condition on the questions before it, or on a fact."""
    if depth and draw(st.integers(0, 3)) == 0:
        inner = conditions(before, depth - 1)
        group = draw(st.sampled_from(["all", "any", "not"]))
        if group == "not":
            return {"not": draw(inner)}
        return {group: draw(st.lists(inner, min_size=1, max_size=3))}
    if not before or draw(st.integers(0, 5)) == 0:
        return draw(
            st.sampled_from(
                [{"fact": "level", "is": "low"}, {"fact": "level", "in": ["low", "high"]},
                 {"fact": "year", "at-least": 2025}, {"fact": "level", "answered": True}]
            )
        )  # fmt: skip
    ref, kind = draw(st.sampled_from(before))
    return {"field": ref, **draw(tests_of(kind))}


def tests_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Tests that make sense on a type."""
    answered = st.booleans().map(lambda yes: {"answered": yes})
    if kind == "table":
        return answered | st.integers(1, 2).map(lambda n: {"at-least": n})
    if kind in NUMBERS:
        return answered | st.integers(-2, 6).map(lambda n: {"at-least": n})
    if kind == "date":
        return answered | DAYS.map(lambda d: {"before": d}) | DAYS.map(lambda d: {"after": d})
    if kind in ("choices", "checklist"):
        return answered | st.sampled_from(list(CHOICES)).map(lambda c: {"contains": c})
    one = valid(kind)
    return (
        answered
        | one.map(lambda v: {"is": v})
        | one.map(lambda v: {"is-not": v})
        | st.lists(one, min_size=1, max_size=2).map(lambda v: {"in": v})
    )


@st.composite
def requirement(draw: st.DrawFn) -> dict[str, Any]:
    """How much a question is asked for."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found |= {"required": True, "source": draw(st.sampled_from(SOURCES))}
        if draw(st.integers(0, 3)) == 0:
            found["because"] = "The rest needs it"
        if draw(st.integers(0, 3)) == 0:
            found["absent"] = draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True))
    return found


def typed(kind: str) -> dict[str, Any]:
    """A type with what belongs to it."""
    return {
        "type": kind,
        **({"choices": CHOICES} if kind in ("choice", "choices", "checklist") else {}),
    }


@st.composite
def columns(draw: st.DrawFn, tables: list[str]) -> dict[str, Any]:
    """Columns of a table: answers, a reference, people, a sum over the row."""
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from([*SCALARS, "reference", "people"]))
        if kind == "reference" and not tables:
            kind = "text"
        spec = {**typed(kind), **draw(requirement())}
        if kind == "reference":
            spec["to"] = draw(st.sampled_from(tables))
            spec["many"] = draw(st.booleans())
        earlier = [
            (name, other["type"]) for name, other in found.items() if other["type"] in SCALARS
        ]
        if earlier and draw(st.integers(0, 2)) == 0:
            name, other = draw(st.sampled_from(earlier))
            spec["applies-when"] = {"column": name, **draw(tests_of(other))}
        found[f"c{number}"] = spec
    numbers = [name for name, spec in found.items() if spec["type"] in NUMBERS]
    if draw(st.booleans()) and numbers:
        found["total"] = {"type": "calculated", "calculate": {"sum": numbers}}
    return found


@st.composite
def rules(draw: st.DrawFn, fields: dict[str, Any], known: list[tuple[str, str]]) -> dict[str, Any]:
    """Rules of every kind that fits what is there."""
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(list(fields)))
        rule = {"on": name, "source": draw(st.sampled_from(SOURCES)),
                **draw(rule_of(name, fields[name], fields, known))}  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            rule["applies-when"] = draw(conditions(known, 1))
        found[f"r{number}"] = rule
    return found


@st.composite
def rule_of(
    draw: st.DrawFn, name: str, spec: dict[str, Any], fields: dict[str, Any],
    known: list[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """One kind of rule for one question."""
    kind = spec["type"]
    bound = st.integers(0, 3)
    numbers = [{"field": ref} for ref, other in known if other in NUMBERS]
    limit = bound | st.sampled_from([*numbers, {"setting": "most"}, {"setting": "none"}])
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just({"required": True}),
        conditions(known, 1).map(lambda c: {"holds": c}),
        st.just({"any-of": [name, next(iter(fields))]}),
    ]
    if kind in NUMBERS or kind == "calculated":
        kinds.append(limit.map(lambda n: {"range": {"at-most": n}}))
    if kind in ("text", "long-text", "choices"):
        kinds.append(bound.map(lambda n: {"length": {"at-least": n}}))
    if kind in ("text", "long-text"):
        kinds.append(st.just({"pattern": "[a-z]+"}))
    dates = [ref for ref, other in known if other == "date"]
    if kind == "date" and dates:
        kinds.append(st.sampled_from(dates).map(lambda d: {"date-order": {"not-before": d}}))
        kinds.append(limit.map(lambda n: {"within-days": {"of": dates[0], "days": n}}))
    if kind == "table":
        kinds.append(table_rules(name, spec, [ref for ref, k in known if k == "table"], limit))
    return draw(st.one_of(kinds))


@st.composite
def table_rules(
    draw: st.DrawFn, name: str, spec: dict[str, Any], tables: list[str],
    limit: st.SearchStrategy[Any],
) -> dict[str, Any]:  # fmt: skip
    """A rule about the rows of a table together, or about each of them."""
    column = draw(st.sampled_from(list(spec["columns"])))
    kind = spec["columns"][column]["type"]
    where = (
        {"where": {"column": column, **draw(tests_of(kind))}}
        if kind in SCALARS and draw(st.booleans())
        else {}
    )
    found = [
        {"rows": {draw(st.sampled_from(["at-least", "at-most", "exactly"])): draw(limit), **where}},
        {"rows": {"at-most": draw(limit), "distinct": column}},
        {"unique": [column]},
        {"sum": {"of": column, "at-most": draw(limit), "per": next(iter(spec["columns"]))}},
        {"tree": {"column": column, "depth-at-least": draw(limit)}},
        {"any-of": [column]},
    ]
    if kind in SCALARS:
        found.append({"holds": {"column": column, **draw(tests_of(kind))}})
    if tables:
        each = draw(st.sampled_from(tables))
        found.append({"covers": {"each": each, "by": f"{name}.{column}"}})
        found.append({"covers": {"each": f"{name}.{column}", "by": f"{name}.{column}", **where}})
    return draw(st.sampled_from(found))


@st.composite
def workflows(draw: st.DrawFn, ruled: bool = True) -> Workflow:
    """A workflow of one to three steps with one to four activities in all."""
    activities: dict[str, Any] = {}
    before: list[tuple[str, str]] = []
    """Questions that stand before, by a name that any activity can use, with their types."""
    tables: list[str] = []
    step = 1
    for number in range(draw(st.integers(1, 4))):
        if number and draw(st.booleans()):
            step += 1
        name = f"a{number}"
        use: dict[str, Any] = {"required": draw(st.integers(0, 3)) > 0}
        if before and draw(st.integers(0, 2)) == 0:
            use["applies-when"] = draw(conditions(before, 1))
        if before and draw(st.integers(0, 4)) == 0:
            use["required-when"] = draw(conditions(before, 1))
        fields: dict[str, Any] = {}
        known = list(before)
        for count in range(draw(st.integers(1, 4))):
            key = f"f{count}"
            fields[key] = draw(questions(known, tables) if number or count else answers())
            kind = fields[key]["type"]
            if kind in SCALARS or kind == "table":
                known.append((f"{name}.{key}", kind))
            if kind == "table":
                tables.append(f"{name}.{key}")
                known += [
                    (f"{name}.{key}.{column}", spec["type"])
                    for column, spec in fields[key]["columns"].items()
                    if spec["type"] in SCALARS
                ]
        activities[f"s{step}.{name}"] = {
            "fields": fields,
            "rules": draw(rules(fields, known)) if ruled else {},
            "use": use,
            "always": draw(st.integers(0, 5)) == 0,
            "signatures": draw(signing(before)) if ruled else [],
        }
        before = known
    steps = {f"s{n}": {"signatures": draw(signing(before))} for n in range(1, step + 1)}
    return workflow(
        activities, steps=steps,
        levels={"low": {"title": "Low"}, "high": {"title": "High"}},
        roster=tables[0] if tables else "",
        settings={"most": {"label": "Most", "default": 2, "source": PRACTICE}},
    )  # fmt: skip


@st.composite
def signing(draw: st.DrawFn, before: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Who signs: nobody, or the lead, at times only when something holds."""
    if draw(st.integers(0, 2)):
        return []
    line: dict[str, Any] = {"role": "lead", "title": "the lead",
                            "source": draw(st.sampled_from(SOURCES)),
                            "required": draw(st.booleans())}  # fmt: skip
    if draw(st.booleans()) and before:
        line["applies-when"] = draw(conditions(before, 0))
    return [line]


@st.composite
def questions(draw: st.DrawFn, known: list[tuple[str, str]], tables: list[str]) -> dict[str, Any]:
    """A field of any type."""
    kind = draw(st.sampled_from([*SCALARS, "table", "table", "reference", "people", "evidence",
                                 "calculated"]))  # fmt: skip
    numbers = [ref for ref, other in known if other in NUMBERS]
    if (kind == "reference" and not tables) or (kind == "calculated" and not numbers):
        kind = "choice"
    spec: dict[str, Any] = typed(kind)
    if kind != "calculated":
        spec |= draw(requirement())
    if draw(st.integers(0, 2)) == 0:
        spec["applies-when"] = draw(conditions(known))
    if kind == "reference":
        spec["to"] = draw(st.sampled_from(tables))
        spec["many"] = draw(st.booleans())
    if kind == "calculated":
        spec["calculate"] = draw(calculations(numbers))
    if kind == "table":
        spec |= draw(tables_of(tables))
    return spec


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A plain question, so that a workflow always has something to answer."""
    return {**typed(draw(st.sampled_from(SCALARS))), **draw(requirement())}


@st.composite
def calculations(draw: st.DrawFn, numbers: list[str]) -> dict[str, Any]:
    """One way to calculate from what is there."""
    first, second = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
    return draw(
        st.sampled_from(
            [{"sum": [first, second]}, {"difference": [first, second]}, {"rate": [first, second]},
             {"score": {first: 2}}, {"share": {"of": [first], "percent": {"setting": "most"}}}]
        )
    )  # fmt: skip


@st.composite
def tables_of(draw: st.DrawFn, tables: list[str]) -> dict[str, Any]:
    """What a table says beside its type: columns, a parent, prescribed rows, a key."""
    spec: dict[str, Any] = {"columns": draw(columns(tables))}
    shape = draw(st.integers(0, 4))
    if tables and shape == 0:
        spec["parent"] = draw(st.sampled_from(tables))
    elif tables and shape == 1:
        origin = draw(st.sampled_from(tables))
        spec["columns"]["of"] = {"type": "reference", "to": origin}
        spec["rows-from"] = {"table": origin}
        spec["extra-rows"] = draw(st.booleans())
    elif shape == 2:
        spec["columns"]["year"] = {"type": "integer"}
        spec["rows-from"] = {"years": 2, "into": "year"}
    if draw(st.integers(0, 3)) == 0:
        spec["key"] = [next(iter(spec["columns"]))]
    return spec


# What happens to a case

Edit = tuple[str, Any]
"""An address with a raw value, an Absence, or None for clearing."""


def places(made: Workflow) -> list[tuple[str, str]]:
    """Every address that can be answered, with its type: fields, and cells of a few rows."""
    found: list[tuple[str, str]] = []
    for field in made.fields.values():
        if field.type in SCALARS or field.type == "reference":
            found.append((field.address, field.type))
        elif field.columns:
            found += [
                (f"{field.address}.{row}.{name}", spec.type)
                for row in rows_of(made, field)
                for name, spec in field.columns.items()
                if spec.type in SCALARS or spec.type == "reference"
            ]
    return found


def rows_of(made: Workflow, field: Field) -> list[str]:
    """Rows to answer in: prescribed ones where there are any, and a few of one's own."""
    return [*list(case(made).situation.rows(field))[:2], *ROWS[:2]]


@st.composite
def edits(draw: st.DrawFn, made: Workflow, junk: bool = True) -> Edit:
    """One change of one answer."""
    address, kind = draw(st.sampled_from(places(made)))
    what = draw(st.integers(0, 9))
    if what == 0:
        return address, None
    if what == 1:
        return address, Absence(draw(st.sampled_from(CODES)), draw(st.sampled_from(["", "why"])))
    if what == 2 and junk:
        return address, draw(JUNK.filter(lambda value: value is not None))
    if kind == "reference":
        return address, draw(st.sampled_from(ROWS) | st.lists(st.sampled_from(ROWS), max_size=2))
    return address, draw(valid(kind))


def apply(session: Session, edit: Edit) -> Session:
    """The session after a change."""
    address, value = edit
    if isinstance(value, Absence):
        return session.with_absence(address, value)
    return session.with_absence(address, None).with_value(address, value)


@st.composite
def cases(draw: st.DrawFn, made: Workflow, most: int = 12, junk: bool = True) -> Session:
    """A case after a few changes."""
    session = case(made).session
    level = draw(st.sampled_from([None, "low", "high", "gone"]))
    session = session.with_fact("level", level)
    for edit in draw(st.lists(edits(made, junk), max_size=most)):
        session = apply(session, edit)
    return session
