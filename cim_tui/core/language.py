"""The workflow language: what may stand in a workflow, activity, list or calendar file.

Every shape is closed: a misspelt key is an error with its line, never ignored. Keys are written
with hyphens in the files. `docs/workflow-file.md` explains each for authors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from cim_tui.core.part import Check, Part, Short, part

FieldType = Literal[
    "text", "long-text", "integer", "number", "percent", "money", "date", "choice", "choices",
    "yes-no", "checklist", "rating", "table", "people", "evidence", "reference", "calculated",
]  # fmt: skip
AbsentCode = Literal[
    "not-applicable", "unknown", "will-return", "not-provided", "withheld", "not-calculated",
    "no-data",
]  # fmt: skip
Severity = Literal["error", "warning", "info"]
Support = Literal["independent", "selpa", "ta", "cde"]
Fact = Literal["workflow", "year", "level", "category", "entry", "cycle", "start-at"]

NUMERIC = frozenset({"integer", "number", "percent", "money", "rating", "calculated"})
WITH_CHOICES = frozenset({"choice", "choices", "checklist"})
WITH_ROWS = frozenset({"table", "people", "evidence"})

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


def _an_id(value: object) -> object:
    if isinstance(value, str) and not ID.match(value):
        raise ValueError(f'"{value}" is not an id: use lower case words joined by hyphens')
    return value


Id = Annotated[str, Check(_an_id)]


def _a_scalar(value: object) -> object:
    if isinstance(value, str | bool | int | Decimal | date):
        return value
    raise ValueError("compare with a text, a number, a date, true or false")


Scalar = Annotated[Any, Check(_a_scalar)]


@part
class Source(Part):
    """Where a requirement comes from. Only `published` may be shown as the state's."""

    tag: Literal["published", "practice", "to-verify"]
    at: str = ""
    """Address of the publication."""
    note: str = ""
    """What was read there, or why we think so."""
    publisher: str = ""
    """Who published it; shown as the label of the address."""
    copy_: bool = False
    """The address is a copy on a document-sharing host, not the publisher's own."""

    def __post_init__(self) -> None:
        if self.tag == "published" and not self.at:
            raise ValueError('a "published" source needs the address: at = "https://..."')

    def as_json(self) -> dict[str, str]:
        """The three keys of the shell contract."""
        return {"tag": self.tag, "at": self.at, "note": self.note}


@part
class SettingRef(Part):
    """A bound that is a setting of the workflow: its calendar or a case may override it."""

    setting: Id


@part
class FieldRef(Part):
    """A bound that is another answer."""

    field: str


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a bound is a number, not true or false")  # noqa: TRY004 - pydantic's way
    return value


Bound = Annotated[int | Decimal | SettingRef | FieldRef, Check(_no_truth)]

_TESTS = ("is_", "is_not", "in_", "contains", "answered", "at_least", "before", "after")


@part
class Condition(Part):
    """When something applies: `all`, `any`, `not`, or tests on a field, a column or a fact."""

    all_: tuple[Condition, ...] | None = None
    any_: tuple[Condition, ...] | None = None
    not_: Condition | None = None
    field: str | None = None
    column: Id | None = None
    fact: Fact | None = None
    is_: Scalar | None = None
    is_not: Scalar | None = None
    in_: tuple[Scalar, ...] | None = None
    contains: Scalar | None = None
    answered: bool | None = None
    at_least: Bound | None = None
    before: date | None = None
    after: date | None = None

    def __post_init__(self) -> None:
        subjects = [s for s in (self.field, self.column, self.fact) if s is not None]
        groups = [g for g in (self.all_, self.any_, self.not_) if g is not None]
        tests = [t for t in _TESTS if getattr(self, t) is not None]
        if len(subjects) + len(groups) != 1:
            raise ValueError("a condition has one of: all, any, not, field, column, fact")
        if subjects and not tests:
            raise ValueError(
                "say what to test: is, is-not, in, contains, answered, at-least, before or after"
            )
        if groups and tests:
            raise ValueError("all, any and not take conditions, no tests of their own")

    @cached_property
    def tests(self) -> list[tuple[str, Any]]:
        """What a value is tested for, besides whether it is answered."""
        named = (
            ("is", self.is_), ("is-not", self.is_not), ("in", self.in_),
            ("contains", self.contains), ("at-least", self.at_least),
            ("before", self.before), ("after", self.after),
        )  # fmt: skip
        return [(test, want) for test, want in named if want is not None]

    @property
    def subject(self) -> str:
        """What is tested, as written; empty for a group."""
        return self.field or self.column or self.fact or ""


_CONDITION_KEYS = {"all", "any", "not", "field", "column", "fact"}


def _where(value: object) -> object:
    """`where = { role = "selpa" }` is short for tests on columns of the row."""
    if not isinstance(value, Mapping) or _CONDITION_KEYS & set(value):
        return value
    tests = [
        {"column": column, ("in" if isinstance(want, list) else "is"): want}
        for column, want in value.items()
    ]
    return tests[0] if len(tests) == 1 else {"all": tests}


Where = Annotated[Condition, Short(_where)]


@part
class Share(Part):
    """A percent of the sum of fields, rounded to the cent, half up."""

    of: tuple[str, ...]
    percent: Bound


@part
class Calculate(Part):
    """How a calculated field comes about. Any missing part makes the result missing, never 0."""

    sum: str | tuple[str, ...] | None = None
    """Fields or columns of this row to add, or `table.column` to add over rows."""
    where: Where | None = None
    per: Id | None = None
    """With `sum = "table.column"`: only rows whose column `per` refers to this row."""
    difference: tuple[str, str] | None = None
    rate: tuple[str, str] | None = None
    """Numerator and denominator; the result is a percent."""
    share: Share | None = None
    score: dict[str, int] | None = None
    """Columns with their weights."""
    places: int = 2

    def __post_init__(self) -> None:
        ways = (self.sum, self.difference, self.rate, self.share, self.score)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("calculate has one of: sum, difference, rate, share, score")


@part
class Origin(Part):
    """Where prescribed rows come from."""

    list_: Id | None = None
    calendar: Literal["trainings"] | None = None
    table: str | None = None
    where: Where | None = None
    years: int | None = None
    until: int = -1
    """With `years`: the last year, counted from the case's year (data lag a letter by one)."""
    into: Id = "of"
    """The column that receives the origin's id."""

    def __post_init__(self) -> None:
        if self.years is not None and not 1 <= self.years <= 20:
            raise ValueError("years is a number from 1 to 20")

    def kinds(self) -> list[str]:
        """Which of the origins is named."""
        named = {"list": self.list_, "calendar": self.calendar, "table": self.table,
                 "years": self.years}  # fmt: skip
        return [kind for kind, value in named.items() if value is not None]


@part
class RowsFrom(Origin):
    """Prescribed rows: one origin, or the product of several."""

    product: tuple[Origin, ...] | None = None

    @property
    def parts(self) -> tuple[Origin, ...]:
        """The origins, one or many."""
        return self.product if self.product is not None else (self,)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.product is not None and self.kinds():
            raise ValueError("rows-from has a product or one origin, not both")
        if any(len(part.kinds()) != 1 for part in self.parts):
            raise ValueError("each origin of rows-from is one of: list, calendar, table, years")


@part
class Column(Part):
    """One question. A table's columns and an activity's fields share all of this."""

    type: FieldType
    label: str
    hint: str = ""
    """One sentence under the label."""
    ask: str = ""
    """What to do when it is open ("Enter the date the letter was received"); default: made
    from the label."""
    why: str = ""
    """Why we ask."""
    example: str = ""
    source: Source | None = None
    required: bool = False
    because: str = ""
    """Why a requirement from common practice blocks; makes it needed, not just good practice."""
    personal: Literal["contact", "family", "student", "staff"] | None = None
    about_children: bool = False
    """A text about children: says "No names, ids or birth dates" and is checked for them."""
    counts_children: bool = False
    """A count of children: ten and under stay out of shared papers."""
    choices: str | dict[Id, str] | None = None
    """`"list:ID"`, `"levels"`, or ids with their labels."""
    to: str | tuple[str, ...] | None = None
    many: bool | None = None
    applies_when: Condition | None = None
    absent: tuple[AbsentCode, ...] | None = None
    """Which coded absences satisfy `required`; default: see `satisfied_by`."""
    carry: bool | None = None
    """Whether the answer comes along into a new case that is copied from this one. A table that
    carries brings every column but those that say `carry = false`; a verdict never carries."""
    unit: str = ""
    scale: int = 5
    calculate: Calculate | None = None

    def __post_init__(self) -> None:
        if (self.type in WITH_CHOICES) != (self.choices is not None):
            raise ValueError(f"choices belong to {', '.join(sorted(WITH_CHOICES))}, and only there")
        if (self.type == "reference") != (self.to is not None):
            raise ValueError('"to" belongs to reference, and a reference needs it')
        if (self.type == "calculated") != (self.calculate is not None):
            raise ValueError('"calculate" belongs to calculated, and calculated needs it')
        if self.type == "calculated" and self.required:
            raise ValueError("a calculated field cannot be required: nobody types it")
        if not 2 <= self.scale <= 10:
            raise ValueError("a scale goes from 1 to 2 at least, and to 10 at most")
        if self.many is not None and self.type not in ("reference", "people", "evidence"):
            raise ValueError('"many" belongs to reference, people and evidence')

    @property
    def severity(self) -> Severity:
        """How much an open requirement weighs: only published rules, or a stated reason, block."""
        if self.because or (self.source is not None and self.source.tag == "published"):
            return "error"
        return "warning"

    def satisfied_by(self, severity: Severity | None = None) -> tuple[str, ...]:
        """Coded absences that satisfy `required`.

        Where the author names none: what is needed takes no absence, what is good practice
        takes any that is final ("unknown" and "will come back" never are).

        Args:
            severity: of the requirement, where a column stands under its table's.
        """
        if self.absent is not None:
            return self.absent
        if (severity or self.severity) == "error":
            return ()
        return ("not-applicable", "not-provided", "withheld", "not-calculated", "no-data")

    @property
    def targets(self) -> tuple[str, ...]:
        """Tables a reference may point to, as written."""
        if self.to is None:
            return ()
        return (self.to,) if isinstance(self.to, str) else self.to


@part
class FieldSpec(Column):
    """A field of an activity; a table has columns."""

    fact: Literal["year", "level", "category", "entry", "cycle"] | None = None
    """The field reads and writes this fact of the case; nothing is stored in the answers."""
    columns: dict[Id, Column] = field(default_factory=dict)
    one: str = "row"
    """What one row is called: "Add a member"."""
    parent: str | None = None
    key: tuple[Id, ...] = ()
    rows_from: RowsFrom | None = None
    extra_rows: bool = False
    """With `rows-from`: may people add rows of their own."""
    row_label: tuple[Id, ...] = ()
    """Columns that name a row; default: its first text or choice."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.type == "table") != bool(self.columns):
            raise ValueError("columns belong to table, and a table needs at least one")
        if self.type != "table" and (self.parent or self.key or self.rows_from):
            raise ValueError("parent, key and rows-from belong to table")
        names = set(self.columns) | {"of"}
        unknown = [c for c in (*self.key, *self.row_label) if c not in names]
        if unknown:
            raise ValueError(f"no such column: {', '.join(unknown)}")
        if "row" in self.columns or ("of" in self.columns and self.parent):
            raise ValueError(
                'a column cannot be called "row"; "of" belongs to tables with a parent'
            )
        if any(column.type == "table" for column in self.columns.values()):
            raise ValueError("tables never nest: use a second table with parent")


@part
class Length(Part):
    """How long a text, how many items, how large a number."""

    at_least: Bound | None = None
    at_most: Bound | None = None


@part
class RowCount(Part):
    """How many rows."""

    at_least: Bound | None = None
    at_most: Bound | None = None
    exactly: Bound | None = None
    where: Where | None = None
    distinct: Id | None = None
    """Count the different values of this column instead of the rows."""


@part
class DateOrder(Part):
    """Not before, or not after, another date."""

    not_before: str | None = None
    not_after: str | None = None


@part
class WithinDays(Part):
    """At most so many days after another date."""

    of: str
    days: Bound


@part
class Sum(Part):
    """What a column adds up to."""

    of: Id
    where: Where | None = None
    per: Id | None = None
    equals: Bound | None = None
    at_most: Bound | None = None
    tolerance: Decimal | int = 0


@part
class Tree(Part):
    """A self-reference without circles, so many levels deep."""

    column: Id
    depth_at_least: Bound = 1


@part
class Covers(Part):
    """Every row of one table is referred to by some row of another."""

    each: str
    """A table, or `table.column` for the different values of a column."""
    where: Where | None = None
    by: str
    """`table.column` that must refer to each."""
    by_where: Where | None = None
    at_least: Bound = 1
    or_answered: str | None = None
    """A column of the row, or a field: answered, it explains why nothing covers."""


RULE_KINDS = (
    "required", "length", "range_", "pattern", "date_order", "within_days", "unique", "holds",
    "rows", "sum", "tree", "covers", "any_of",
)  # fmt: skip


@part
class Rule(Part):
    """Something that must hold, with its reason. One kind a rule."""

    on: str
    """The field, or `table.column`, that the problem is shown on."""
    message: str
    """What to do. `{row}`, `{found}` and `{wanted}` are filled in."""
    source: Source
    severity: Severity | None = None
    because: str = ""
    waivable: bool | None = None
    applies_when: Condition | None = None
    required: Literal[True] | None = None
    length: Length | None = None
    range_: Length | None = None
    pattern: str | None = None
    date_order: DateOrder | None = None
    within_days: WithinDays | None = None
    unique: tuple[Id, ...] | None = None
    holds: Condition | None = None
    rows: RowCount | None = None
    sum: Sum | None = None
    tree: Tree | None = None
    covers: Covers | None = None
    any_of: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if len([k for k in RULE_KINDS if getattr(self, k) is not None]) != 1:
            names = ", ".join(k.rstrip("_").replace("_", "-") for k in RULE_KINDS)
            raise ValueError(f"a rule has exactly one of: {names}")
        if self.severity == "error" and self.source.tag != "published" and not self.because:
            raise ValueError(
                "a rule that was not published must say why it blocks: add because = "
                '"...", or make it a warning'
            )

    @property
    def kind(self) -> str:
        """Which of the kinds this rule is."""
        return next(k for k in RULE_KINDS if getattr(self, k) is not None)

    @property
    def weight(self) -> Severity:
        """The severity: as written, else error for a published rule and warning for the rest."""
        if self.severity is not None:
            return self.severity
        return "error" if self.source.tag == "published" or self.because else "warning"

    @property
    def may_be_waived(self) -> bool:
        """Whether a person may accept this as is; by default not what the state published."""
        return self.waivable if self.waivable is not None else self.source.tag != "published"


@part
class Signature(Part):
    """A role that signs a step or an activity."""

    role: Id
    title: str
    required: bool = True
    applies_when: Condition | None = None
    source: Source


@part
class Setting(Part):
    """A bound with its default and where that comes from."""

    label: str
    default: int | Decimal
    source: Source


@part
class Resource(Part):
    """Something to read elsewhere."""

    title: str
    at: str
    publisher: str = ""
    note: str = ""
    copy_: bool = False


@part
class ActivityFile(Part):
    """`workflows/activities/<id>.toml`: one activity, used by any number of workflows."""

    id: Id
    title: str
    purpose: str
    guidance: str = ""
    takes_part: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    have_ready: tuple[str, ...] = ()
    about_minutes: int | None = None
    start_early: str = ""
    """Why this one takes long and must start now."""
    resources: tuple[Resource, ...] = ()
    source: Source
    always: bool = False
    """Applies even where its step was done elsewhere or the case started in the middle."""
    settings: dict[Id, Setting] = field(default_factory=dict)
    fields: dict[Id, FieldSpec]
    rules: dict[Id, Rule] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()


@part
class Use(Part):
    """An activity's place in a workflow."""

    required: bool = True
    required_when: Condition | None = None
    """Required only when this holds; optional otherwise."""
    support: Support = "independent"
    support_at: dict[Id, Support] = field(default_factory=dict)
    """By level, where help differs from level to level."""
    applies_when: Condition | None = None
    source: Source | None = None
    """Why it is required here, where that differs from the activity's own source."""


@part
class StepFile(Part):
    """A step of a workflow."""

    number: int
    title: str
    purpose: str = ""
    required: bool = True
    required_when: Condition | None = None
    depends_on: tuple[Id, ...] | None = None
    """Steps to do first; default: the one before."""
    source: Source | None = None
    signatures: tuple[Signature, ...] = ()
    activities: dict[Id, Use]


@part
class Level(Part):
    """A level of monitoring, as the letter names it."""

    title: str
    summary: str = ""
    support: Support | None = None
    source: Source | None = None


@part
class Option(Part):
    """A value a fact can take."""

    title: str
    source: Source | None = None


@part
class WorkflowFile(Part):
    """`workflows/<id>.toml`: the steps, and which activities stand in each."""

    id: Id
    title: str
    edition: str
    based_on: Id | None = None
    """The workflow this is a copy of: what is published for that one, and asked only there, holds
    here too."""
    summary: str = ""
    why_named: str = ""
    """Why a district is in this process, for the first screen of a case."""
    aims: tuple[str, ...] = ()
    contact: str = ""
    source: Source
    resources: tuple[Resource, ...] = ()
    levels: dict[Id, Level] = field(default_factory=dict)
    level_required: bool = False
    categories: dict[Id, Option] = field(default_factory=dict)
    entries: dict[Id, Option] = field(default_factory=dict)
    cycles: dict[Id, Option] = field(default_factory=dict)
    roster: str = ""
    """The table that people are chosen from, as `activity.field`."""
    settings: dict[Id, Setting] = field(default_factory=dict)
    steps: dict[Id, StepFile]


@part
class Item(Part):
    """One choice of a list."""

    label: str
    hint: str = ""
    group: str = ""


@part
class ListFile(Part):
    """`workflows/lists/<id>.toml`: choices that several fields share."""

    id: Id
    title: str
    source: Source
    items: dict[Id, str | Item]


@part
class Training(Part):
    """A training that was published for a year."""

    title: str
    on: date | None = None
    required: bool = True
    workflows: tuple[Id, ...] = ()
    levels: tuple[Id, ...] = ()
    entries: tuple[Id, ...] = ()
    source: Source


@part
class Due(Part):
    """A due date that was published for a year."""

    workflow: Id
    step: Id
    activity: Id | None = None
    levels: tuple[Id, ...] = ()
    entries: tuple[Id, ...] = ()
    on: date
    source: Source


@part
class CalendarFile(Part):
    """`workflows/calendars/<year>.toml`: what was published for one monitoring year."""

    year: int
    due: tuple[Due, ...] = ()
    trainings: dict[Id, Training] = field(default_factory=dict)
    settings: dict[Id, Setting] = field(default_factory=dict)


LetterFact = Literal[
    "elements-missed", "disproportionate-years", "intensive-percentile", "preschool-percentile",
    "lre-percentile", "significantly-disproportionate",
]  # fmt: skip


@part
class Reason(Part):
    """One reason to be placed at a level: a fact of the letter within bounds."""

    fact: LetterFact
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None
    says: str
    """The reason in words: "the target was missed on one or two elements"."""
    source: Source

    def __post_init__(self) -> None:
        counted = self.fact != "significantly-disproportionate"
        if counted != (self.at_least is not None):
            raise ValueError("give at-least (and at-most, where it ends); a yes or no has neither")


@part
class Placement(Part):
    """A level, or a process without one, and the reasons that lead there: each is enough."""

    title: str
    workflow: Id
    level: Id | None = None
    rank: int
    """Within one process the highest counts; between processes it is named first."""
    reasons: tuple[Reason, ...]


@part
class SmallTrack(Part):
    """Small LEAs: who they are, and when each cycle is monitored."""

    at_most: int
    """Students with disabilities on census day."""
    every: int
    """Years from one turn of a cycle to the next."""
    cycles: dict[Id, int]
    """The first year of each cycle."""
    source: Source


@part
class CriteriaFile(Part):
    """`workflows/criteria/<year>.toml`: what was published of how letters of a year are decided.

    What a file leaves out holds on from the newest year before it, unconfirmed.
    """

    year: int
    placements: dict[Id, Placement] = field(default_factory=dict)
    not_used: dict[LetterFact, str] = field(default_factory=dict)
    """Facts that the pages of this year say nothing about, and what to tell who asks."""
    small: SmallTrack | None = None


@part
class Bundle(Part):
    """One workflow with everything it uses, in one file: older editions, and users' own."""

    workflow: WorkflowFile
    activities: dict[Id, ActivityFile]
    lists: dict[Id, ListFile]
