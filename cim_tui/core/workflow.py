"""A workflow put together: steps, activities and fields that know their address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from cim_tui.core import language
from cim_tui.core.errors import UnknownAddress
from cim_tui.core.language import (
    ActivityFile,
    Bundle,
    Column,
    FieldSpec,
    ListFile,
    Setting,
    StepFile,
    Use,
    WorkflowFile,
)
from cim_tui.core.meaning import digest_of, meaning
from cim_tui.core.part import Part

PEOPLE_COLUMNS: dict[str, Column] = {
    "person": Column(type="reference", label="From the roster", to="roster"),
    "name": Column(type="text", label="Name", personal="contact"),
}
"""What a row of a `people` field holds: somebody on the roster, or a free name."""

EVIDENCE_COLUMNS: dict[str, Column] = {
    "path": Column(type="text", label="File", hint="A path, relative to the sessions folder."),
    "url": Column(type="text", label="Link"),
    "what": Column(type="text", label="What it shows"),
    "date": Column(type="date", label="Dated"),
    "expires": Column(type="date", label="Good until"),
    "sha256": Column(type="text", label="Fingerprint"),
}
"""What a row of an `evidence` field holds."""


@dataclass(frozen=True, eq=False)
class Field:
    """A field in its place."""

    address: str
    id: str
    spec: FieldSpec
    activity: Activity

    @property
    def type(self) -> str:
        """The field's type."""
        return self.spec.type

    @property
    def label(self) -> str:
        """What people call it."""
        return self.spec.label

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Columns of a row; empty for a field without rows."""
        if self.spec.type == "people":
            return PEOPLE_COLUMNS
        if self.spec.type == "evidence":
            return EVIDENCE_COLUMNS
        if self.spec.parent:
            belongs = Column(type="reference", label="Belongs to", to=self.spec.parent)
            return {"of": belongs, **self.spec.columns}
        return self.spec.columns

    @cached_property
    def row_label(self) -> tuple[str, ...]:
        """The columns that name a row."""
        if self.spec.type == "people":
            return ("person", "name")
        if self.spec.type == "evidence":
            return ("what", "path", "url")
        if self.spec.row_label:
            return self.spec.row_label
        for wanted in (("text", "choice", "reference"), ("long-text", "date", "integer")):
            for name, column in self.columns.items():
                if column.type in wanted:
                    return (name,)
        return tuple(self.columns)[:1]


@dataclass(frozen=True, eq=False)
class Activity:
    """An activity in its place in a workflow."""

    address: str
    id: str
    spec: ActivityFile
    use: Use
    step: Step
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.spec.title

    @property
    def source(self) -> language.Source:
        """Why it is asked for here."""
        return self.use.source or self.spec.source

    def support(self, level: object) -> language.Support:
        """Whose help it is done with, at a level."""
        return self.use.support_at.get(str(level), self.use.support)


@dataclass(frozen=True, eq=False)
class Step:
    """A step with its activities."""

    id: str
    spec: StepFile
    depends_on: tuple[str, ...]
    activities: dict[str, Activity] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.spec.title

    @property
    def number(self) -> int:
        """Its place in the process, from 1."""
        return self.spec.number


class Target(NamedTuple):
    """What a reference in a definition points to: a field, or a column of one."""

    field: Field
    column: str | None

    @property
    def spec(self) -> Column:
        """The specification of what is pointed to."""
        return self.field.columns[self.column] if self.column else self.field.spec


class Workflow:
    """A workflow with its activities and lists, ready to look things up in.

    Args:
        spec: the workflow file.
        activities: every activity file at hand, by id; those that no step names are left out.
        lists: every list file at hand, by id.

    Raises:
        UnknownAddress: a step names an activity that is not there, or two steps the same one.
    """

    def __init__(
        self,
        spec: WorkflowFile,
        activities: Mapping[str, ActivityFile],
        lists: Mapping[str, ListFile],
    ) -> None:
        self.spec = spec
        self.lists = lists
        self.steps: dict[str, Step] = {}
        self.fields: dict[str, Field] = {}
        self.activities: dict[str, Activity] = {}
        """By id: an activity stands once in a workflow."""
        self._targets: dict[tuple[str, str], Target | None] = {}
        self._choices: dict[int, tuple[Column, dict[str, str]]] = {}
        before: str | None = None
        for step_id, step_spec in sorted(spec.steps.items(), key=lambda item: item[1].number):
            depends = step_spec.depends_on
            step = Step(step_id, step_spec, depends if depends is not None else _some(before))
            self.steps[step_id] = step
            for activity_id, use in step_spec.activities.items():
                if activity_id not in activities:
                    raise UnknownAddress(
                        f'{spec.id}: step "{step_id}" names the activity "{activity_id}", and '
                        f"there is no activities/{activity_id}.toml"
                    )
                if activity_id in self.activities:
                    raise UnknownAddress(
                        f'{spec.id}: the activity "{activity_id}" stands in two steps'
                    )
                self._place(step, activity_id, activities[activity_id], use)
            before = step_id

    def _place(self, step: Step, activity_id: str, spec: ActivityFile, use: Use) -> None:
        activity = Activity(f"{step.id}.{activity_id}", activity_id, spec, use, step)
        for field_id, field_spec in spec.fields.items():
            placed = Field(f"{activity.address}.{field_id}", field_id, field_spec, activity)
            activity.fields[field_id] = placed
            self.fields[placed.address] = placed
        step.activities[activity_id] = activity
        self.activities[activity_id] = activity

    @property
    def id(self) -> str:
        """The workflow's id."""
        return self.spec.id

    @property
    def kind(self) -> str:
        """What the fact `workflow` says: its id, or that of the workflow it is a copy of."""
        return self.spec.based_on or self.spec.id

    @property
    def title(self) -> str:
        """What people call it."""
        return self.spec.title

    @property
    def edition(self) -> str:
        """The release of these definitions."""
        return self.spec.edition

    def each_activity(self) -> Iterator[Activity]:
        """Every activity, in the order of the process."""
        for step in self.steps.values():
            yield from step.activities.values()

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """Settings of the activities, overridden by those of the workflow."""
        found: dict[str, Setting] = {}
        for activity in self.each_activity():
            found.update(activity.spec.settings)
        found.update(self.spec.settings)
        return found

    @cached_property
    def roster(self) -> Field | None:
        """The table that people are chosen from."""
        target = self.target(self.spec.roster, None) if self.spec.roster else None
        return target.field if target else None

    def target(self, ref: str, activity: Activity | None) -> Target | None:
        """Find what a reference in a definition means.

        Args:
            ref: `field`, `table.column`, `activity.field`, `activity.table.column`, or any of
                the last two with the step before it.
            activity: the activity it is written in.

        Returns:
            The field and column, or None when this workflow has no such activity.
        """
        key = (ref, activity.id if activity else "")
        if key not in self._targets:
            self._targets[key] = self._find(ref.split("."), activity)
        return self._targets[key]

    def _find(self, parts: list[str], activity: Activity | None) -> Target | None:
        if activity is not None and parts[0] in activity.fields and len(parts) <= 2:
            return _in_activity(activity, parts)
        if len(parts) >= 3 and parts[0] in self.steps and parts[1] in self.activities:
            parts = parts[1:]
        if len(parts) >= 2 and parts[0] in self.activities:
            return _in_activity(self.activities[parts[0]], parts[1:])
        return None

    def choices(self, spec: Column) -> dict[str, str]:
        """Ids and labels of what may be chosen, in the order of the definition."""
        known = self._choices.get(id(spec))
        if known is None or known[0] is not spec:
            known = (spec, self._find_choices(spec))
            self._choices[id(spec)] = known
        return known[1]

    def _find_choices(self, spec: Column) -> dict[str, str]:
        if isinstance(spec.choices, dict):
            return dict(spec.choices)
        named = spec.choices or ""
        if named == "levels":
            return {key: level.title for key, level in self.spec.levels.items()}
        if named in ("categories", "entries", "cycles"):
            return {key: option.title for key, option in getattr(self.spec, named).items()}
        found = self.lists.get(named.removeprefix("list:"))
        if found is None:
            return {}
        return {
            key: item if isinstance(item, str) else item.label for key, item in found.items.items()
        }

    def bundle(self) -> dict[str, Any]:
        """The workflow with everything it uses, as one definition file holds it."""
        whole = Bundle(
            workflow=self.spec,
            activities={a.id: a.spec for a in self.each_activity()},
            lists={name: self.lists[name] for name in sorted(self._lists_used())},
        )
        return whole.as_doc(defaults=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what these definitions mean; prose may change without changing it."""
        whole = {
            "workflow": meaning(self.spec),
            "activities": {a.id: meaning(a.spec) for a in self.each_activity()},
            "lists": {name: sorted(self.lists[name].items) for name in sorted(self._lists_used())},
        }
        return digest_of(whole)

    def _lists_used(self) -> set[str]:
        return lists_named(a.spec for a in self.each_activity()) & set(self.lists)

    @cached_property
    def readers(self) -> dict[str, set[str]]:
        """For each field, the activities whose definitions name it."""
        found: dict[str, set[str]] = {}
        for activity in self.each_activity():
            condition = activity.step.spec.required_when
            for part in (activity.spec, activity.use, *((condition,) if condition else ())):
                for address in self._named(part, activity):
                    found.setdefault(address, set()).add(activity.id)
        return found

    @cached_property
    def feeds(self) -> dict[str, set[str]]:
        """For each field, the fields whose rows, applicability, result or row names it decides."""
        found: dict[str, set[str]] = {}
        for activity in self.each_activity():
            outer = self._named(activity.use, activity)
            for fed in activity.fields.values():
                for address in self._named(fed.spec, activity) | outer:
                    found.setdefault(address, set()).add(fed.address)
        return found

    def _named(self, part: Part, activity: Activity) -> set[str]:
        """Addresses of the fields that a part of a definition names."""
        refs: set[str] = set()

        def walk(value: Any, key: str) -> None:
            if isinstance(value, dict):
                if key == "score":
                    refs.update(value)
                if value.get("type") == "people":
                    refs.add(self.spec.roster)
                for name, inner in value.items():
                    walk(inner, str(name))
            elif isinstance(value, list | tuple):
                for inner in value:
                    walk(inner, key)
            elif isinstance(value, str) and key in _REFERRING:
                refs.add(self.spec.roster if value == "roster" else value)

        walk(part.as_doc(), "")
        targets = (self.target(ref, activity) for ref in refs if ref)
        return {target.field.address for target in targets if target is not None}

    def suggest(self, address: str, *, answers: bool = False) -> list[str]:
        """The known addresses nearest to one that is not known; only of answers when asked."""
        import difflib

        parts = () if answers else (*self.steps, *(a.address for a in self.each_activity()))
        known = [*parts, *self.fields]
        inside = [a for a in self.fields if answers and a.startswith(address + ".")]
        if inside:
            return inside[:3]
        tail = address.rsplit(".", maxsplit=1)[-1]
        near = difflib.get_close_matches(address, known, n=3, cutoff=0.5)
        near += [a for a in known if a.endswith("." + tail) and a not in near]
        return near[:3]


_REFERRING = frozenset(
    "field to parent table each by or-answered of sum difference rate not-before not-after "
    "any-of".split()
)
"""Keys of the language whose text names a field."""


def lists_named(activities: Iterable[ActivityFile]) -> set[str]:
    """Ids of the lists that activities choose from or make rows of, whether or not they exist."""
    named: set[str] = set()
    for spec in (spec for activity in activities for spec in activity.fields.values()):
        for question in (spec, *spec.columns.values()):
            if isinstance(question.choices, str) and question.choices.startswith("list:"):
                named.add(question.choices.removeprefix("list:"))
        rows_from = spec.rows_from
        named.update(o.list_ for o in (rows_from.parts if rows_from else ()) if o.list_)
    return named


def _some(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _in_activity(activity: Activity, parts: list[str]) -> Target | None:
    found = activity.fields.get(parts[0])
    if found is None or len(parts) > 2:
        return None
    if len(parts) == 1:
        return Target(found, None)
    if parts[1] in found.columns or (parts[1] == "of" and found.spec.parent):
        return Target(found, parts[1])
    return None
