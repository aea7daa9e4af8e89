"""Linting definitions: what the closed language cannot refuse by its shape alone.

Messages are for authors who are no programmers: what is wrong, and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from cim_tui.core.language import (
    NUMERIC,
    WITH_CHOICES,
    WITH_ROWS,
    Column,
    Condition,
    FieldRef,
    Rule,
    SettingRef,
)
from cim_tui.core.part import Part
from cim_tui.core.workflow import Activity, Field, Step, Target, Workflow

BUILT_IN = frozenset(
    {
        "required",
        "type",
        "choice",
        "reference",
        "orphan",
        "scale",
        "key",
        "entered",
        "undecided",
        "copied",
        "conflict",
    }
)
"""Names that problems of the program itself carry."""

FACT_TYPES = {
    "year": "integer", "level": "choice", "category": "choice", "entry": "choice",
    "cycle": "choice",
}  # fmt: skip
CASE_CHOICES = frozenset({"levels", "categories", "entries", "cycles"})
"""What a workflow itself offers to choose from."""
WHOLE_TABLE = frozenset({"rows", "sum", "tree", "unique", "covers"})
LONG = frozenset({"text", "long-text", "choices", "checklist", "reference"}) | WITH_ROWS

TRIES = 10_000
"""Combinations tried to see whether a condition can ever hold; beyond that, nothing is claimed."""


class Remark(NamedTuple):
    """Something to mend, and where it is written."""

    file: str
    """`activity:cim-team`, `workflow:intensive`."""
    path: tuple[str, ...]
    severity: str
    message: str


def lint(workflow: Workflow, everything: Iterable[str]) -> Iterator[Remark]:
    """Everything to mend in one workflow and its activities.

    Args:
        workflow: the workflow, put together.
        everything: ids of every activity at hand, whether or not this workflow uses it.
    """
    known = frozenset(everything)
    yield from _lint_workflow(workflow)
    for activity in workflow.each_activity():
        check = _Check(workflow, activity, known)
        yield from check.activity_parts()
    yield from _cycles(workflow)


def _lint_workflow(workflow: Workflow) -> Iterator[Remark]:
    here = f"workflow:{workflow.id}"
    numbers = [step.number for step in workflow.steps.values()]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Remark(here, ("steps",), "error", "number the steps 1, 2, 3 ... without a gap")
    if not workflow.spec.aims:
        yield Remark(here, ("aims",), "error", "say what the process is for: aims = [...]")
    if not any("caltan.info/monitoring" in r.at for r in workflow.spec.resources):
        yield Remark(
            here, ("resources",), "error", "link the further materials: caltan.info/monitoring"
        )
    if workflow.spec.roster and workflow.roster is None:
        yield Remark(here, ("roster",), "error", f'no table "{workflow.spec.roster}"')
    for step in workflow.steps.values():
        yield from _lint_step(workflow, step, here)


def _lint_step(workflow: Workflow, step: Step, here: str) -> Iterator[Remark]:
    check = _Check(workflow, None, frozenset(workflow.activities))
    asked = [s.applies_when for s in step.spec.signatures]
    for condition in (step.spec.required_when, *asked):
        if condition is not None:
            yield from check.condition(condition, here, ("steps", step.id), None)
    for name in step.depends_on:
        if name not in workflow.steps:
            path = ("steps", step.id, "depends-on")
            yield Remark(here, path, "error", f'there is no step "{name}"')
    for activity in step.activities.values():
        place = ("steps", step.id, "activities", activity.id)
        use = activity.use
        for key, condition in (
            ("applies-when", use.applies_when),
            ("required-when", use.required_when),
        ):
            if condition is not None:
                yield from check.condition(condition, here, (*place, key), None)


class _Check:
    """The checks of one activity."""

    def __init__(
        self, workflow: Workflow, activity: Activity | None, known: frozenset[str]
    ) -> None:
        self.workflow, self.activity, self.known = workflow, activity, known
        self.file = f"activity:{activity.id}" if activity else ""

    def error(self, path: tuple[str, ...], message: str) -> Remark:
        return Remark(self.file, path, "error", message)

    def warning(self, path: tuple[str, ...], message: str) -> Remark:
        return Remark(self.file, path, "warning", message)

    def activity_parts(self) -> Iterator[Remark]:
        assert self.activity is not None  # noqa: S101 - only condition() works without one
        for field in self.activity.fields.values():
            path = ("fields", field.id)
            yield from self.spec(field.spec, path, field)
            yield from self.table(field, path)
            for name, column in field.spec.columns.items():
                yield from self.spec(column, (*path, "columns", name), field)
        for key, rule in self.activity.spec.rules.items():
            if key in BUILT_IN or key.startswith("signature-"):
                yield self.error(
                    ("rules", key), f'"{key}" is a name of the program; choose another'
                )
            yield from self.rule(rule, ("rules", key))
        for signature in self.activity.spec.signatures:
            if signature.applies_when is not None:
                where = ("signatures",)
                yield from self.condition(signature.applies_when, self.file, where, None)

    # Questions

    def spec(self, spec: Column, path: tuple[str, ...], field: Field) -> Iterator[Remark]:
        top = spec is field.spec
        if spec.required and spec.source is None and field.spec.source is None:
            yield self.error(path, "say where this requirement comes from: source = { tag = ... }")
        if spec.because and not spec.required:
            yield self.warning(path, '"because" says why a requirement blocks; add required = true')
        if len(spec.label) > 60:
            yield self.warning(path, f"a label of {len(spec.label)} characters is cut on screen")
        for text in (spec.label, spec.hint, spec.ask, spec.why):
            yield from self.wording(text, path)
        if isinstance(spec.choices, str):
            yield from self.named_choices(spec, spec.choices, path)
        yield from self.reference(spec, path)
        if spec.applies_when is not None:
            where = (*path, "applies-when")
            yield from self.condition(spec.applies_when, self.file, where, None if top else field)
        if spec.calculate is not None:
            yield from self.calculation(spec, path, field)

    def named_choices(self, spec: Column, named: str, path: tuple[str, ...]) -> Iterator[Remark]:
        where = (*path, "choices")
        if named.startswith("list:"):
            if not self.workflow.choices(spec):
                yield self.error(where, f'there is no list for "{named}"')
        elif named not in CASE_CHOICES:
            yield self.error(where, f'write choices = "list:{named}" for a list of that name')

    def reference(self, spec: Column, path: tuple[str, ...]) -> Iterator[Remark]:
        for ref in spec.targets:
            if ref == "roster":
                continue
            target = self.find(ref)
            if target is None and not self.elsewhere(ref):
                yield self.error((*path, "to"), f'there is no table "{ref}"')
            elif target is not None and (target.column or target.field.type != "table"):
                yield self.error((*path, "to"), f'"{ref}" is not a table')

    def wording(self, text: str, path: tuple[str, ...]) -> Iterator[Remark]:
        for word in ("please", "invalid", "is required", "!"):
            if word in text.lower():
                yield self.warning(path, f'write what to do, without "{word}"')

    def calculation(self, spec: Column, path: tuple[str, ...], field: Field) -> Iterator[Remark]:
        how = spec.calculate
        target = self.find(str(how.sum)) if how is not None and how.sum else None
        if how is not None and target is not None and target.column is not None:
            table = target.field
            if how.per is not None and how.per not in table.columns:
                message = f'"{table.id}" has no column "{how.per}"'
                yield self.error((*path, "calculate"), message)
            if how.where is not None:
                yield from self.condition(how.where, self.file, (*path, "calculate"), table)
        for name in _parts_of(spec):
            column = field.columns.get(name)
            target = self.find(name)
            found = column or (target.spec if target else None)
            if found is None:
                yield self.error((*path, "calculate"), f'there is no "{name}" to calculate with')
            elif found.type not in NUMERIC:
                yield self.error((*path, "calculate"), f'"{name}" is not a number')

    def table(self, field: Field, path: tuple[str, ...]) -> Iterator[Remark]:
        spec = field.spec
        if spec.fact is not None and spec.type != FACT_TYPES[spec.fact]:
            message = f'the fact "{spec.fact}" is kept in a field of type {FACT_TYPES[spec.fact]}'
            yield self.error(path, message)
        if spec.parent:
            target = self.find(spec.parent)
            if target is None or target.column or target.field.type != "table":
                yield self.error((*path, "parent"), f'"{spec.parent}" is not a table')
        rows_from = spec.rows_from
        for part in rows_from.parts if rows_from else ():
            where = (*path, "rows-from")
            if part.into not in field.columns:
                yield self.error(where, f'there is no column "{part.into}" to put the origin into')
            if part.list_ and part.list_ not in self.workflow.lists:
                yield self.error(where, f'there is no list "{part.list_}"')
            if part.table:
                target = self.find(part.table)
                if target is None and not self.elsewhere(part.table):
                    yield self.error(where, f'there is no table "{part.table}"')
                elif target is not None and part.where is not None:
                    yield from self.condition(part.where, self.file, where, target.field)

    # Rules

    def rule(self, rule: Rule, path: tuple[str, ...]) -> Iterator[Remark]:
        yield from self.wording(rule.message, path)
        for word in re.findall(r"\{(\w*)\}", rule.message):
            if word not in ("row", "found", "wanted"):
                message = f"messages know {{row}}, {{found}} and {{wanted}}, not {{{word}}}"
                yield self.error((*path, "message"), message)
        target = self.find(rule.on)
        if target is None:
            yield self.error((*path, "on"), f'there is no "{rule.on}"')
            return
        by_row = target.field if target.field.columns else None
        if rule.applies_when is not None:
            where = (*path, "applies-when")
            whole = rule.kind in WHOLE_TABLE
            if whole and any(leaf.column for leaf in _leaves(rule.applies_when)):
                message = (
                    "this rule looks at the whole table, so its condition cannot name a column"
                )
                yield self.error(where, message)
            else:
                yield from self.condition(rule.applies_when, self.file, where, by_row)
        if rule.holds is not None:
            yield from self.condition(rule.holds, self.file, (*path, "holds"), by_row)
        yield from self.rule_type(rule, target, path)
        yield from self.rule_names(rule, target, path)
        yield from self.bounds(rule, path, target.field.columns)

    def rule_type(self, rule: Rule, target: Target, path: tuple[str, ...]) -> Iterator[Remark]:
        kind, spec = rule.kind, target.spec
        wanted: dict[str, tuple[frozenset[str], str]] = {
            "range_": (NUMERIC, "a number"),
            "length": (LONG, "a text, a list or a table"),
            "pattern": (frozenset({"text", "long-text"}), "a text"),
            "date_order": (frozenset({"date"}), "a date"),
            "within_days": (frozenset({"date"}), "a date"),
            "rows": (WITH_ROWS, "a table"),
            "unique": (WITH_ROWS, "a table"),
            "sum": (WITH_ROWS, "a table"),
            "tree": (WITH_ROWS, "a table"),
        }
        if kind in wanted and spec.type not in wanted[kind][0]:
            name = kind.rstrip("_").replace("_", "-")
            yield self.error(path, f'"{name}" needs {wanted[kind][1]}; "{rule.on}" is {spec.type}')
        if kind == "pattern":
            try:
                re.compile(rule.pattern or "")
            except re.error as wrong:
                yield self.error((*path, "pattern"), f"not a pattern: {wrong}")

    def rule_names(self, rule: Rule, target: Target, path: tuple[str, ...]) -> Iterator[Remark]:
        columns = target.field.columns
        names: list[str | None] = []
        if rule.rows is not None:
            names.append(rule.rows.distinct)
        if rule.sum is not None:
            names += [rule.sum.of, rule.sum.per]
        if rule.tree is not None:
            names.append(rule.tree.column)
        names += rule.unique or ()
        for name in names:
            if name is not None and name not in columns:
                yield self.error(path, f'"{rule.on}" has no column "{name}"')
        fields = [rule.within_days.of] if rule.within_days else []
        if rule.date_order:
            fields += [n for n in (rule.date_order.not_before, rule.date_order.not_after) if n]
        for name in [*fields, *(rule.any_of or ())]:
            if name not in columns and self.find(name) is None and not self.elsewhere(name):
                yield self.error(path, f'there is no "{name}"')
        counted = (rule.rows, rule.sum)
        for where in (part.where for part in counted if part is not None):
            if where is not None:
                yield from self.condition(where, self.file, path, target.field)
        yield from self.covering(rule, path)

    def covering(self, rule: Rule, path: tuple[str, ...]) -> Iterator[Remark]:
        covers = rule.covers
        if covers is None:
            return
        each, by = self.find(covers.each), self.find(covers.by)
        if covers.or_answered is not None and each is not None:
            own = covers.or_answered in each.field.columns
            if not own and self.find(covers.or_answered) is None:
                yield self.error((*path, "covers"), f'there is no "{covers.or_answered}"')
        for ref, found in ((covers.each, each), (covers.by, by)):
            if found is None and not self.elsewhere(ref):
                yield self.error((*path, "covers"), f'there is no "{ref}"')
        if by is not None and by.column is None:
            yield self.error((*path, "covers"), f'"{covers.by}" has to name a column')
        if each is not None and covers.where is not None:
            yield from self.condition(covers.where, self.file, (*path, "covers"), each.field)
        if by is not None and covers.by_where is not None:
            yield from self.condition(covers.by_where, self.file, (*path, "covers"), by.field)

    def bounds(
        self, part: Part, path: tuple[str, ...], columns: Mapping[str, Column]
    ) -> Iterator[Remark]:
        for _, value in part:
            if isinstance(value, SettingRef):
                if value.setting not in self.workflow.settings:
                    yield self.error(path, f'there is no setting "{value.setting}"')
            elif isinstance(value, FieldRef):
                own = value.field in columns
                if not own and self.find(value.field) is None and not self.elsewhere(value.field):
                    yield self.error(path, f'there is no "{value.field}"')
            elif isinstance(value, Part):
                yield from self.bounds(value, path, columns)

    # Conditions

    def condition(
        self, condition: Condition, file: str, path: tuple[str, ...], table: Field | None
    ) -> Iterator[Remark]:
        """Check every test of a condition, and whether it can hold at all."""
        found = list(self.tests(condition, file, path, table))
        yield from found
        if not found and not self.can_hold(condition, table):
            yield Remark(file, path, "error", "this can never be true: look at its tests together")

    def tests(
        self, condition: Condition, file: str, path: tuple[str, ...], table: Field | None
    ) -> Iterator[Remark]:
        inner = [*(condition.all_ or ()), *(condition.any_ or ())]
        inner += [condition.not_] if condition.not_ else []
        for part in inner:
            yield from self.tests(part, file, path, table)
        if inner:
            return
        if condition.fact is not None:
            yield from self.fact_test(condition, file, path)
            return
        spec = self.subject(condition, table)
        if spec is None:
            if condition.column is None and self.elsewhere(condition.field or ""):
                return
            what = "column" if condition.column else "field"
            yield Remark(file, path, "error", f'there is no {what} "{condition.subject}"')
            return
        yield from self.typed_test(condition, spec, file, path)

    def typed_test(
        self, condition: Condition, spec: Column, file: str, path: tuple[str, ...]
    ) -> Iterator[Remark]:
        name = condition.subject
        if condition.at_least is not None and spec.type not in NUMERIC | WITH_ROWS:
            message = f'"at-least" needs a number or a table; "{name}" is {spec.type}'
            yield Remark(file, path, "error", message)
        dated = condition.before is not None or condition.after is not None
        if dated and spec.type != "date":
            message = f'"before" and "after" need a date; "{name}" is {spec.type}'
            yield Remark(file, path, "error", message)
        known = self.workflow.choices(spec) if spec.type in WITH_CHOICES else None
        for want in _wanted(condition):
            if known and str(want) not in known and spec.choices != "levels":
                message = f'"{want}" is not a choice of "{name}": {", ".join(list(known)[:8])}'
                yield Remark(file, path, "error", message)
            if spec.type == "yes-no" and not isinstance(want, bool):
                yield Remark(file, path, "error", f'"{name}" is yes or no: write true or false')

    def fact_test(self, condition: Condition, file: str, path: tuple[str, ...]) -> Iterator[Remark]:
        for want in _wanted(condition):
            if condition.fact == "year" and not isinstance(want, int):
                yield Remark(file, path, "error", "the year is a number, such as 2023")

    def subject(self, condition: Condition, table: Field | None) -> Column | None:
        if condition.column is not None:
            return table.columns.get(condition.column) if table is not None else None
        target = self.find(condition.field or "")
        return target.spec if target else None

    def can_hold(self, condition: Condition, table: Field | None) -> bool:
        """Try every combination of choices and facts; True where that would be too many."""
        subjects: dict[str, list[Any]] = {}
        for leaf in _leaves(condition):
            values = self.candidates(leaf, table)
            if values is None:
                return True
            held = subjects.setdefault(f"{leaf.fact or ''}:{leaf.subject}", [None])
            held += [v for v in values if v not in held]
        size = 1
        for values in subjects.values():
            size *= len(values)
        if size > TRIES:
            return True
        names = list(subjects)
        return any(
            _holds(condition, dict(zip(names, combination, strict=True)))
            for combination in product(*subjects.values())
        )

    def candidates(self, leaf: Condition, table: Field | None) -> list[Any] | None:
        """Values worth trying for a test; None where they cannot be listed."""
        if leaf.fact == "level":
            return list(self.workflow.spec.levels) or None
        if leaf.fact is not None or leaf.at_least is not None or leaf.before or leaf.after:
            return None
        spec = self.subject(leaf, table)
        if spec is None or leaf.contains is not None or spec.type in WITH_ROWS:
            return None
        if spec.type == "yes-no":
            return [True, False]
        if spec.type == "choice":
            return list(self.workflow.choices(spec))
        return None

    def find(self, ref: str) -> Target | None:
        return self.workflow.target(ref, self.activity)

    def elsewhere(self, ref: str) -> bool:
        """Whether a reference names an activity that exists but is not part of this workflow."""
        parts = ref.split(".")
        names = parts[:2] if parts[0] in self.workflow.steps else parts[:1]
        return any(n in self.known and n not in self.workflow.activities for n in names)


def _leaves(condition: Condition) -> Iterator[Condition]:
    inner = [*(condition.all_ or ()), *(condition.any_ or ())]
    inner += [condition.not_] if condition.not_ else []
    if not inner:
        yield condition
    for part in inner:
        yield from _leaves(part)


def _wanted(condition: Condition) -> list[Any]:
    return [
        value
        for value in (condition.is_, condition.is_not, condition.contains, *(condition.in_ or ()))
        if value is not None
    ]


def _holds(condition: Condition, values: dict[str, Any]) -> bool:
    if condition.all_ is not None:
        return all(_holds(part, values) for part in condition.all_)
    if condition.any_ is not None:
        return any(_holds(part, values) for part in condition.any_)
    if condition.not_ is not None:
        return not _holds(condition.not_, values)
    value = values[f"{condition.fact or ''}:{condition.subject}"]
    if condition.answered is not None and (value is not None) is not condition.answered:
        return False
    if condition.is_ is not None and value != condition.is_:
        return False
    if condition.is_not is not None and (value is None or value == condition.is_not):
        return False
    return condition.in_ is None or value in condition.in_


def _parts_of(spec: Column) -> list[str]:
    """The names that a calculated question is calculated from."""
    how = spec.calculate
    if how is None:
        return []
    names = [*(how.difference or ()), *(how.rate or ()), *(how.score or ())]
    names += how.share.of if how.share else ()
    return [*names, *([how.sum] if isinstance(how.sum, str) else how.sum or ())]


def _cycles(workflow: Workflow) -> Iterator[Remark]:
    """Conditions that wait for each other."""
    waits: dict[str, list[str]] = {}
    for field in workflow.fields.values():
        conditions = [field.spec.applies_when, field.activity.use.applies_when]
        for leaf in (leaf for c in conditions if c is not None for leaf in _leaves(c)):
            target = workflow.target(leaf.field, field.activity) if leaf.field else None
            if target is not None:
                waits.setdefault(field.address, []).append(target.field.address)
        for name in _parts_of(field.spec):
            target = workflow.target(name, field.activity)
            if target is not None:
                waits.setdefault(field.address, []).append(target.field.address)
        for name, column in field.columns.items():
            here = f"{field.address}.{name}"
            own = (
                [leaf.column for leaf in _leaves(column.applies_when)]
                if (column.applies_when)
                else []
            )
            waits[here] = [f"{field.address}.{n}" for n in (*own, *_parts_of(column)) if n]
    settled: set[str] = set()

    def walk(at: str, path: list[str]) -> Iterator[Remark]:
        if at in path:
            field = workflow.fields[".".join(at.split(".")[:3])]
            circle = " → ".join([*path[path.index(at) :], at])
            message = f"these wait for each other, so none is ever asked: {circle}"
            where = ("fields", field.id, "applies-when")
            yield Remark(f"activity:{field.activity.id}", where, "error", message)
        elif at not in settled:
            settled.add(at)
            for following in waits.get(at, ()):
                yield from walk(following, [*path, at])

    for start in list(waits):
        yield from walk(start, [])


def unused(kind: str, at_hand: Iterable[str], used: Iterable[str]) -> Iterator[Remark]:
    """Files that no workflow uses."""
    for name in sorted(set(at_hand) - set(used)):
        yield Remark(f"{kind}:{name}", (), "info", "no workflow uses this file")
