"""Linting and describing workflows, for their authors and for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cim_tui.core import lint
from cim_tui.core.errors import BadWorkflow, CimError, UnknownAddress
from cim_tui.core.language import (
    ActivityFile,
    Bundle,
    CalendarFile,
    Column,
    CriteriaFile,
    ListFile,
    WorkflowFile,
)
from cim_tui.core.part import adapter
from cim_tui.core.workflow import Field, Workflow
from cim_tui.store import toml
from cim_tui.store.workflows import Finding, Library

MODELS: dict[str, Any] = {
    "activity": ActivityFile, "list": ListFile, "calendar": CalendarFile,
    "criteria": CriteriaFile, "edition": Bundle,
}  # fmt: skip


def lint_all(library: Library, only: str | None = None) -> list[Finding]:
    """Everything to mend in the definitions at hand, errors first, each once."""
    library = library.distrusting()
    for kind, model in MODELS.items():
        for name in library.ids(kind):
            try:
                library.read(kind, name, model)
            except BadWorkflow:
                continue  # what is wrong is among the findings
    found: list[Finding] = []
    for name in library.workflow_ids():
        try:
            workflow = library.workflow(name)
        except UnknownAddress as wrong:
            file = str(library.files[f"workflow:{name}"])
            found.append(Finding(file, None, "error", str(wrong)))
            continue
        except CimError:
            continue
        if only is None or only == name:
            remarks = lint.lint(workflow, library.ids("activity"))
            found += [_placed(library, remark) for remark in remarks]
    found += library.findings
    if only is None:
        used = _activities_named(library)
        remarks = lint.unused("activity", library.ids("activity"), used)
        found += [_placed(library, remark) for remark in remarks]
    order = {"error": 0, "warning": 1, "info": 2}
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda f: (order.get(f.severity, 3), f.file, f.line or 0))


def _activities_named(library: Library) -> set[str]:
    """Ids of the activities that some workflow names, whether or not they can be read."""
    used: set[str] = set()
    for name in library.workflow_ids():
        with suppress(CimError):
            spec = library.read("workflow", name, WorkflowFile)
            used.update(*(step.activities for step in spec.steps.values()))
    return used


def _placed(library: Library, remark: lint.Remark) -> Finding:
    path = library.files.get(remark.file)
    if path is None:
        return Finding(remark.file, None, remark.severity, remark.message)
    line = toml.line_of(library.text(path), remark.path) if remark.path else 1
    where = ".".join(remark.path)
    message = f"{where}: {remark.message}" if where else remark.message
    return Finding(str(path), line, remark.severity, message)


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of definition file, for editors."""
    models = {"workflow": WorkflowFile, **MODELS}
    found: dict[str, Any] = adapter(models[kind]).json_schema(by_alias=True)
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return found


def describe(workflow: Workflow) -> dict[str, Any]:
    """A workflow as the shell contract shows it."""
    steps = []
    for step in workflow.steps.values():
        activities = [
            {
                "id": activity.id,
                "title": activity.title,
                "required": activity.use.required,
                "support": activity.use.support,
                "source": activity.source.as_json(),
                "fields": [_field(workflow, field) for field in activity.fields.values()],
            }
            for activity in step.activities.values()
        ]
        steps.append(
            {"id": step.id, "number": step.number, "title": step.title, "activities": activities}
        )
    return {"id": workflow.id, "title": workflow.title, "edition": workflow.edition,
            "digest": workflow.digest, "steps": steps}  # fmt: skip


def _field(workflow: Workflow, field: Field) -> dict[str, Any]:
    described = _question(workflow, field.spec)
    source = field.spec.source or field.activity.source
    return {
        "address": field.address,
        **described,
        "columns": [
            {"name": name, **_question(workflow, column)} for name, column in field.columns.items()
        ],
        "applies_when": in_words(workflow, field.spec.applies_when),
        "source": source.as_json(),
    }


def _question(workflow: Workflow, spec: Column) -> dict[str, Any]:
    choices = workflow.choices(spec)
    return {
        "label": spec.label,
        "type": spec.type,
        "required": spec.required,
        "choices": [{"id": key, "label": label} for key, label in choices.items()],
    }


def in_words(workflow: Workflow, condition: Any) -> str:
    """A condition as a sentence, whatever the answers are: "the level is intensive-2"."""
    return "".join(_words(workflow, condition)) if condition is not None else ""


def _words(workflow: Workflow, condition: Any) -> Iterator[str]:
    for parts, joint in ((condition.all_, " and "), (condition.any_, " or ")):
        if parts is not None:
            yield joint.join("".join(_words(workflow, part)) for part in parts)
            return
    if condition.not_ is not None:
        yield f"not ({''.join(_words(workflow, condition.not_))})"
        return
    subject = f"the {condition.fact}" if condition.fact else f"“{condition.subject}”"
    tests = (
        ("is", condition.is_), ("is not", condition.is_not), ("contains", condition.contains),
        ("is at least", condition.at_least), ("is before", condition.before),
        ("is after", condition.after),
    )  # fmt: skip
    said = [f"{verb} {want}" for verb, want in tests if want is not None]
    if condition.in_ is not None:
        said.append(f"is {' or '.join(str(want) for want in condition.in_)}")
    if condition.answered is not None:
        said.append("is answered" if condition.answered else "is not answered")
    yield f"{subject} {' and '.join(said)}"
