"""Nothing unsaid: every requirement says where it comes from, and only the state's is called so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from cim_tui.core.language import (
    ActivityFile,
    Column,
    Level,
    Option,
    Rule,
    Source,
    WorkflowFile,
)
from cim_tui.core.session import put
from cim_tui.core.words import SOURCE_TAG
from cim_tui.service.definitions import lint_all
from cim_tui.store import toml
from cim_tui.store.workflows import Library
from tests.contracts.shipped import FOLDER, KINDS, Definitions, doc_of, planted, shipped

ADDRESS = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?(?:/\S*)?\Z", re.IGNORECASE)
AS_THE_STATES = re.compile(
    r"\b(state|CDE|department|law|IDEA) (requires|demands|obliges|expects|wants|tells you)\b"
    r"|\brequired by\b|\bmandatory\b|\bthe law says\b|\byou must\b",
    re.IGNORECASE,
)
"""How a rule of the state would be worded."""


class Said(NamedTuple):
    """A requirement, or anything else with a source."""

    place: str
    source: Source | None
    texts: tuple[str, ...] = ()
    blocks: bool = False
    because: str = ""
    required: bool = False


def said(definitions: Definitions) -> Iterator[Said]:
    """Everything that asks for something, or has a source, in all definitions."""
    library = definitions.library
    for name in library.ids("activity"):
        yield from in_activity(name, library.read("activity", name, ActivityFile))
    for name in definitions.names():
        yield from in_workflow(name, definitions[name].spec)
    yield from published(library)


def in_activity(name: str, activity: ActivityFile) -> Iterator[Said]:
    """Questions, rules, settings and signatures of an activity."""
    yield Said(name, activity.source, (activity.purpose,))
    for key, setting in activity.settings.items():
        yield Said(f"{name}.settings.{key}", setting.source, (setting.label,))
    for key, field in activity.fields.items():
        yield question(f"{name}.{key}", field, None)
        for column, spec in field.columns.items():
            yield question(f"{name}.{key}.{column}", spec, field)
    for key, rule in activity.rules.items():
        yield ruled(f"{name}#{key}", rule)
    for signature in activity.signatures:
        yield Said(f"{name} signed by {signature.role}", signature.source)


def in_workflow(name: str, workflow: WorkflowFile) -> Iterator[Said]:
    """Facts, steps, signatures and uses of activities of a workflow."""
    yield Said(name, workflow.source)
    known: tuple[Mapping[str, Level | Option], ...] = (
        workflow.levels, workflow.categories, workflow.entries, workflow.cycles,
    )  # fmt: skip
    for facts in known:
        for key, fact in facts.items():
            yield Said(f"{name}.{key}", fact.source, required=True)
    for step, part in workflow.steps.items():
        yield from (Said(f"{name}.{step} signed by {s.role}", s.source) for s in part.signatures)
        if part.source is not None:
            yield Said(f"{name}.{step}", part.source)
        for key, use in part.activities.items():
            if use.source is not None:
                yield Said(f"{name}.{step}.{key}", use.source)


def published(library: Library) -> Iterator[Said]:
    """Lists, calendars and criteria."""
    for kind in ("list", "calendar", "criteria"):
        for name in library.ids(kind):
            doc = library.read(kind, name, KINDS[kind][1]).as_doc()
            for path, source in sources_in(doc, kind):
                yield Said(f"{path} {name}", Source(**source))


def sources_in(doc: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every source of a document, with where it stands."""
    if isinstance(doc, dict):
        for key, value in doc.items():
            if key == "source" and isinstance(value, dict):
                yield path, {k.replace("copy", "copy_"): v for k, v in value.items()}
            else:
                yield from sources_in(value, f"{path}.{key}")
    elif isinstance(doc, list | tuple):
        for value in doc:
            yield from sources_in(value, path)


def question(place: str, spec: Column, table: Column | None) -> Said:
    """A question; a column without a source and a reason of its own stands under its table's."""
    under = spec if table is None or spec.source or spec.because else table
    return Said(
        place, spec.source or (table.source if table is not None else None),
        (spec.label, spec.hint, spec.ask, spec.why, spec.because),
        blocks=spec.required and under.severity == "error", because=under.because,
        required=spec.required,
    )  # fmt: skip


def ruled(place: str, rule: Rule) -> Said:
    """A rule."""
    return Said(place, rule.source, (rule.message, rule.because),
                blocks=rule.weight == "error", because=rule.because, required=True)  # fmt: skip


def unsourced(definitions: Definitions) -> list[str]:
    """Requirements without a source."""
    return [one.place for one in said(definitions) if one.required and one.source is None]


def unaddressed(definitions: Definitions) -> list[str]:
    """What is called published and has no address that could be looked at."""
    return [
        one.place for one in said(definitions)
        if one.source is not None and one.source.tag == "published"
        and not ADDRESS.match(one.source.at)
    ]  # fmt: skip


def unreasoned(definitions: Definitions) -> list[str]:
    """What blocks, was not published, and does not say why it blocks."""
    return [
        one.place for one in said(definitions)
        if one.blocks and not one.because and (one.source is None or one.source.tag != "published")
    ]  # fmt: skip


def overstated(definitions: Definitions) -> list[str]:
    """What was not published and is worded as if the state asked for it."""
    return [
        f"{one.place}: {text}"
        for one in said(definitions)
        if one.source is None or one.source.tag != "published"
        for text in one.texts
        if AS_THE_STATES.search(text)
    ]


def unexplained(definitions: Definitions) -> list[str]:
    """Sources that do not say what was read, or why we think so."""
    return [one.place for one in said(definitions) if one.source and not one.source.note.strip()]


CONTRACTS = (unsourced, unaddressed, unreasoned, overstated, unexplained)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__)
def test_the_shipped_definitions_keep_the_contract(contract: Any) -> None:
    assert contract(shipped()) == []


def test_enough_was_looked_at() -> None:
    every = list(said(shipped()))

    assert len(every) > 900
    assert {one.source.tag for one in every if one.source} == set(SOURCE_TAG)
    assert sum(one.blocks for one in every) > 80


# Planted faults, each refused by what people use: the language, or lint

PRACTICE = {"tag": "practice", "note": "Teams find it useful"}
REFUSED: list[tuple[str, str, str, Any, str]] = [
    ("activity", "cim-team", "fields.meets.source", None, "say where this requirement comes from"),
    ("activity", "cim-team", "fields.members.source", None,
     "say where this requirement comes from"),
    ("activity", "data-drilldown", "fields.cuts.columns.by.source", None,
     "say where this requirement comes from"),
    ("activity", "cim-team", "fields.meets.source", {"tag": "published", "note": "Somewhere"},
     "needs the address"),
    ("activity", "data-drilldown", "rules.compliance-too.source.at", None, "needs the address"),
    ("activity", "letter-intake", "rules.an-area.because", None, ""),
    ("activity", "data-drilldown", "rules.three-years.severity", "error",
     "must say why it blocks"),
    ("activity", "data-drilldown", "rules.three-years.source", None, "source"),
    ("workflow", "targeted", "steps.plan.source", {"tag": "published"}, "needs the address"),
    ("calendar", "2022", "trainings.targeted-webinar.source.at", None, "needs the address"),
    ("criteria", "2023", "small.source.tag", "known", "tag"),
    ("list", "voices", "source", None, "source"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "path", "value", "says"), REFUSED,
    ids=[f"{name}-{path}" for _, name, path, _, _ in REFUSED],
)  # fmt: skip
def test_a_planted_fault_is_refused_or_becomes_good_practice(
    kind: str, name: str, path: str, value: Any, says: str, tmp_path: Any
) -> None:
    doc = put(doc_of(kind, name), tuple(path.split(".")), value)
    own = tmp_path / KINDS[kind][0]
    own.mkdir(exist_ok=True)
    (own / f"{name}.toml").write_bytes(toml.dump(doc))

    errors = [str(f) for f in lint_all(Library((FOLDER, tmp_path))) if f.severity == "error"]

    if says:
        assert any(says in error for error in errors), errors
    else:  # a rule without a reason to block does not block
        assert errors == []
        assert planted(kind, name, path, value)["intensive"].activities[name].spec.rules[
            path.split(".")[1]
        ].weight == "warning"  # fmt: skip


SLIPPED: list[tuple[Any, str, str, str, Any]] = [
    (unsourced, "activity", "cim-team", "fields.meets.source", None),
    (unsourced, "activity", "data-drilldown", "fields.cuts.columns.by.source", None),
    (unsourced, "workflow", "targeted", "levels.targeted-1.source", None),
    (unaddressed, "activity", "data-drilldown", "source.at", "the monitoring page"),
    (unaddressed, "list", "voices", "source.at", "caltan"),
    (unaddressed, "criteria", "2023", "small.source.at", "page 4"),
    (overstated, "activity", "cim-team", "fields.meets.hint", "The CDE requires a fixed day."),
    (overstated, "activity", "data-drilldown", "rules.three-years.message", "Mandatory: 3 years"),
    (unexplained, "activity", "cim-team", "rules.size.source.note", ""),
]


@pytest.mark.parametrize(
    ("contract", "kind", "name", "path", "value"), SLIPPED,
    ids=[f"{contract.__name__}-{path}" for contract, _, _, path, _ in SLIPPED],
)  # fmt: skip
def test_what_neither_refuses_the_contract_notices(
    contract: Any, kind: str, name: str, path: str, value: Any
) -> None:
    assert len(contract(planted(kind, name, path, value))) == 1


def test_what_blocks_without_a_reason_would_be_noticed() -> None:
    definitions = planted("activity", "letter-intake", "purpose", "To try it out")
    spec = definitions.library.read("activity", "letter-intake", ActivityFile)
    object.__setattr__(spec.rules["an-area"], "because", "")
    object.__setattr__(spec.rules["an-area"], "severity", "error")

    assert unreasoned(definitions) == ["letter-intake#an-area"]
