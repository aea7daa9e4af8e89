"""Checking an activity: every question and every rule, failing closed.

A rule that cannot be evaluated is itself a problem. A question whose condition is undecided is a
problem at the answer that decides it. Nothing is ever reported on a hidden question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from cim_tui.core import rules
from cim_tui.core.language import WITH_CHOICES, Column, Severity
from cim_tui.core.merge import unsettled
from cim_tui.core.problems import (
    COPIED,
    DECIDES,
    READABLE,
    TWICE,
    ActivityCheck,
    Count,
    Ledger,
    Parked,
    Problem,
)
from cim_tui.core.session import Absence, day
from cim_tui.core.situation import Situation
from cim_tui.core.spot import Row
from cim_tui.core.truth import Tri
from cim_tui.core.values import Misfit, is_empty
from cim_tui.core.words import ABSENT, a
from cim_tui.core.workflow import Activity, Field

LOOKED_UP = WITH_CHOICES | {"reference", "rating"}
"""Types whose values have to be among those offered."""

WORST: tuple[Severity, ...] = ("info", "warning", "error")


def check_activity(situation: Situation, activity: Activity) -> ActivityCheck:
    """Check one activity and say everything that is open in it.

    Args:
        situation: the workflow, the session and the day.
        activity: which one.

    Returns:
        Its state, its problems in the order of the form, what is asked and met, what is parked.
    """
    applies = situation.activity_applies(activity)
    required = situation.activity_required(activity)
    ledger = Ledger(activity)
    touched = _touched(situation, activity, ledger)
    if applies.truth is False:
        parked = tuple(ledger.parked) or _park_all(situation, activity, applies.sentence)
        return ActivityCheck(
            activity, "not-applicable", required, touched, parked=parked, why=applies.sentence
        )
    elsewhere = done_elsewhere(situation, activity)
    if applies.truth is None:
        _undecided(ledger, applies, "error" if required else "warning", activity.title, activity)
    for field in activity.fields.values():
        if not elsewhere or field.address in referred_to(situation, activity):
            _check_field(situation, field, ledger, bare=elsewhere)
    _unconfirmed(situation, activity, ledger)
    if not elsewhere:
        rules.check_rules(situation, activity, ledger)
        _check_signatures(situation, activity, ledger)
        if required and not touched and not any(p.severity == "error" for p in ledger.problems):
            _nothing_entered(ledger, activity)
    _one_each(ledger)
    if not required:
        _optional(ledger, touched)
    _changed_twice(situation, activity, ledger)
    problems = tuple(_with_waivers(situation, ledger.problems))
    return _sum_up(ledger, activity, problems, required, touched, elsewhere, applies.sentence)


def _sum_up(
    ledger: Ledger,
    activity: Activity,
    problems: tuple[Problem, ...],
    required: bool,
    touched: bool,
    elsewhere: bool,
    why: str,
) -> ActivityCheck:
    met = _met(problems, activity)
    counts = {}
    for severity in ("error", "warning"):
        asked = [key for key, weight in ledger.asked.items() if weight == severity]
        counts[severity] = Count(sum(met(*key) for key in asked) if touched else 0, len(asked))
    errors = any(p.open and p.severity == "error" for p in problems)
    if elsewhere:
        state = "in-progress" if errors else "elsewhere"
    elif not touched:
        state = "not-started"
    elif errors or (not required and any(p.open and p.severity == "warning" for p in problems)):
        state = "in-progress"
    else:
        state = "complete"
    return ActivityCheck(
        activity, state, required, touched, problems, counts["error"], counts["warning"],
        tuple(ledger.parked), why,
    )  # fmt: skip


def _met(problems: tuple[Problem, ...], activity: Activity) -> Callable[[str, str], bool]:
    """Whether something asked is met: a question by its place, a rule by its name."""
    opened = [p for p in problems if p.open]
    places = {
        question(p.address, activity)
        for p in opened
        if p.rule == "required" or p.source is READABLE
    }
    rules_open = {p.rule.partition(":")[0] for p in opened if p.rule != "required"}
    return lambda place, rule: place not in places if rule == "required" else rule not in rules_open


def question(address: str, activity: Activity) -> str:
    """An address without its row: what is counted once, however many rows there are."""
    if not address.startswith(activity.address + "."):
        return address
    parts = address.split(".")
    return ".".join([*parts[:3], *parts[4:]]) if len(parts) > 3 else address


def done_elsewhere(situation: Situation, activity: Activity) -> bool:
    """Whether the activity, or its whole step, was done outside this program."""
    every = situation.session.at("elsewhere")
    if not isinstance(every, Mapping):
        return False
    if activity.address in every:
        return True
    return activity.step.id in every and not activity.spec.always


def referred_to(situation: Situation, activity: Activity) -> set[str]:
    """Tables of an activity that other activities refer to: asked for even when done elsewhere."""
    found: set[str] = set()
    for field in situation.workflow.fields.values():
        if field.activity is activity or done_elsewhere(situation, field.activity):
            continue
        refs = [ref for spec in (field.spec, *field.columns.values()) for ref in spec.targets]
        refs += [field.spec.parent] if field.spec.parent else []
        rows_from = field.spec.rows_from
        refs += [part.table for part in (rows_from.parts if rows_from else ()) if part.table]
        for ref in refs:
            target = situation.workflow.target(ref, field.activity)
            if target is not None and target.field.activity is activity:
                found.add(target.field.address)
    return found


# Fields


def _check_field(situation: Situation, field: Field, ledger: Ledger, *, bare: bool) -> None:
    applies = situation.field_applies(field)
    if applies.truth is False:
        return
    spec = field.spec
    if applies.truth is None:
        if spec.required and situation.activity_applies(field.activity).truth is True:
            _undecided(ledger, applies, spec.severity, spec.label, field.activity)
        return
    value = situation.value(field)
    required = spec.required or bare
    if required:
        ledger.ask(field.address, "required", spec.severity)
    if isinstance(value, Misfit):
        _misfit(ledger, field, field.address, spec, value)
        return
    if isinstance(value, Absence):
        if required:
            _absent(ledger, field.address, spec, value, field)
        return
    rows = situation.live_rows(field) if field.columns else {}
    if spec.many is False and field.columns and len(rows) > 1:
        wrong = f"Keep one; there are {len(rows)}"
        ledger.fail(_unreadable(field.address, ledger.activity, spec.label, wrong, "scale"))
    if required and _says_nothing(situation, field, value, rows):
        _missing(ledger, field.address, spec, field, "")
    elif value is not None and not field.columns:
        _check_choice(situation, field, field.address, spec, value, ledger, spec.label)
    for row in rows.values():
        _check_row(situation, field, row, ledger, bare=bare)
    _check_key(situation, field, ledger)


def _changed_twice(situation: Situation, activity: Activity, ledger: Ledger) -> None:
    """What two people changed apart; where it is no answer, it stands in the first activity."""
    first = next(situation.workflow.each_activity())
    for conflict in unsettled(situation.session.doc):
        path = conflict.path
        inside = path[0] == "answers" and len(path) > 3
        own = inside and path[1:3] == (activity.step.id, activity.id)
        if not own and (inside or activity is not first):
            continue
        field = activity.fields.get(path[3]) if own else None
        label = field.label if field is not None else conflict.address
        message = f"{label}: two people changed this; settle which holds"
        problem = Problem(
            conflict.address, activity.address, label, "error", message, "conflict", TWICE
        )
        ledger.problems.insert(0, problem)


def _unconfirmed(situation: Situation, activity: Activity, ledger: Ledger) -> None:
    """What was copied from another case and nobody has looked at since."""
    for address, entry in situation.session.copied(activity.address).items():
        parts = address.split(".")
        field = activity.fields.get(parts[2]) if len(parts) > 2 else None
        if field is None or situation.field_applies(field).truth is False:
            continue
        rows = situation.live_rows(field) if len(parts) > 3 else {}
        if len(parts) > 3 and parts[3] not in rows:
            continue
        name = situation.row_label(field, rows[parts[3]]) if rows else field.label
        message = f"{name}: look whether this still holds (copied from {entry.get('from')})"
        ledger.fail(
            Problem(
                address, activity.address, name, "warning", message, "copied", COPIED, waivable=True
            )
        )


def _says_nothing(situation: Situation, field: Field, value: Any, rows: Mapping[str, Row]) -> bool:
    """Whether a question holds no answer; a row, a person or a file without a word is none."""
    if not field.columns or isinstance(value, Misfit):
        return value is None
    if any(row.prescribed for row in rows.values()):
        return False
    names = ("path", "url") if field.type == "evidence" else tuple(field.columns)
    return not any(
        situation.cell(field, row, name) is not None for row in rows.values() for name in names
    )


def _check_row(situation: Situation, field: Field, row: Row, ledger: Ledger, *, bare: bool) -> None:
    for name, column in field.columns.items():
        if bare and name not in field.row_label:
            continue
        address = f"{field.address}.{row.id}.{name}"
        applies = situation.column_applies(field, row, name)
        required = column.required or (name == "of" and bool(field.spec.parent))
        severity = _column_severity(column, field, name)
        if applies.truth is False:
            if name in row.cells:
                label = _row_words(situation, field, row, column)
                ledger.parked.append(Parked(address, label, f"hidden because {applies.sentence}"))
        elif applies.truth is None:
            if required:
                label = _row_words(situation, field, row, column)
                _undecided(ledger, applies, severity, label, field.activity)
        else:
            if required:
                ledger.ask(f"{field.address}.{name}", "required", severity)
            _check_cell(situation, Cell(field, row, name, column, required, severity), ledger)


class Cell(NamedTuple):
    """A cell to check."""

    field: Field
    row: Row
    name: str
    column: Column
    required: bool
    severity: Severity


def _check_cell(situation: Situation, cell: Cell, ledger: Ledger) -> None:
    field, row, column = cell.field, cell.row, cell.column
    address = f"{field.address}.{row.id}.{cell.name}"
    value = situation.cell(field, row, cell.name)
    if isinstance(value, Misfit):
        _misfit(ledger, field, address, column, value)
    elif value is None:
        if cell.required:
            name = situation.row_label(field, row)
            _missing(ledger, address, column, field, name, cell.severity)
    elif isinstance(value, Absence):
        if cell.required:
            _absent(ledger, address, column, value, field, cell.severity)
    elif column.type in LOOKED_UP or column.counts_children:
        label = _row_words(situation, field, row, column)
        _check_choice(situation, field, address, column, value, ledger, label)


def _column_severity(column: Column, field: Field, name: str) -> Severity:
    """A column without a source of its own stands under its table's."""
    if name == "of" and field.spec.parent:
        return "error"
    if column.source is None and not column.because:
        return field.spec.severity
    return column.severity


def _row_words(situation: Situation, field: Field, row: Row, column: Column) -> str:
    return f"{situation.row_label(field, row)}: {column.label}"


def _check_choice(
    situation: Situation, field: Field, address: str, spec: Column, value: Any,
    ledger: Ledger, label: str,
) -> None:  # fmt: skip
    """A choice that is not offered, a reference to a row that is not there, a rating off scale."""
    if spec.counts_children and isinstance(value, int | Decimal) and value < 0:
        wrong = "Enter 0 or more; nobody can count fewer than none"
        ledger.fail(_unreadable(address, ledger.activity, label, wrong, "scale"))
    if spec.type == "rating" and not 1 <= value <= spec.scale:
        wrong = f"Choose 1 to {spec.scale}; {value} is not on the scale"
        ledger.fail(_unreadable(address, ledger.activity, label, wrong, "scale"))
    if spec.type not in WITH_CHOICES and spec.type != "reference":
        return
    known = situation.choices_of(spec, field)
    for item in value if isinstance(value, list) else [value]:
        if item in known:
            continue
        if spec.type == "reference":
            orphan = address.endswith(".of")
            what = "belongs to a row that is gone" if orphan else "refers to a row that is gone"
            wrong, rule = f"This {what}; choose another one", "orphan" if orphan else "reference"
        else:
            wrong, rule = f"“{item}” is not a choice any more; choose again", "choice"
        ledger.fail(_unreadable(address, ledger.activity, label, wrong, rule))


def _unreadable(address: str, activity: Activity, label: str, message: str, rule: str) -> Problem:
    return Problem(address, activity.address, label, "error", message, rule, READABLE)


def _misfit(ledger: Ledger, field: Field, address: str, spec: Column, value: Misfit) -> None:
    shown = " ".join(str(value.raw).split())[:40]
    message = f"Enter {value.wanted}; “{shown}” cannot be read as one"
    ledger.fail(_unreadable(address, field.activity, spec.label, message, "type"))


def _missing(
    ledger: Ledger, address: str, spec: Column, field: Field, row: str,
    severity: Severity | None = None,
) -> None:  # fmt: skip
    label = f"{row}: {spec.label}" if row else spec.label
    message = spec.ask or ask(spec, field.spec.one if spec is field.spec else "")
    source = spec.source or field.spec.source or field.activity.source
    ledger.fail(
        Problem(
            address, field.activity.address, label, severity or spec.severity,
            f"{row}: {message}" if row else message, "required", source,
            waivable=(severity or spec.severity) != "error" or source.tag != "published",
        )
    )  # fmt: skip


def _absent(
    ledger: Ledger, address: str, spec: Column, absence: Absence, field: Field,
    severity: Severity | None = None,
) -> None:  # fmt: skip
    weight = severity or spec.severity
    satisfying = spec.satisfied_by(weight)
    if absence.code in satisfying and absence.note.strip():
        return
    if absence.code in satisfying:
        message = f"Say in a note why it is missing (marked: {ABSENT[absence.code]})"
    else:
        said = ABSENT.get(absence.code, absence.code)
        message = f"{spec.ask or ask(spec, '')} (marked: {said})"
    source = spec.source or field.spec.source or field.activity.source
    ledger.fail(
        Problem(address, field.activity.address, spec.label, weight, message, "required", source,
                waivable=weight != "error" or source.tag != "published")
    )  # fmt: skip


def ask(spec: Column, one: str) -> str:
    """What to do about an open question, from its label."""
    label = spec.label
    if label.endswith("?"):
        return f"Answer “{label}”"
    lower = label[0].lower() + label[1:] if len(label) > 1 and label[1].islower() else label
    if spec.type == "yes-no":
        return f"Answer yes or no: {lower}"
    if spec.type in ("choice", "choices", "reference", "rating"):
        return f"Choose: {lower}"
    if spec.type == "checklist":
        return f"Go through the list: {lower}"
    if spec.type == "table":
        return f"Add {a(one)}: {lower}"
    if spec.type == "people":
        return f"Name who: {lower}"
    if spec.type == "evidence":
        return f"Add a file or a link: {lower}"
    return f"Enter: {lower}"


def _check_key(situation: Situation, field: Field, ledger: Ledger) -> None:
    if not field.spec.key:
        return
    seen: dict[tuple[Any, ...], str] = {}
    for row in situation.live_rows(field).values():
        combination = tuple(situation.cell(field, row, name) for name in field.spec.key)
        if any(part is None or isinstance(part, Absence | Misfit) for part in combination):
            continue
        combination = tuple(str(part) for part in combination)
        if combination in seen:
            label = situation.row_label(field, row)
            message = f"“{label}” is there twice; keep one {field.spec.one}"
            address = f"{field.address}.{row.id}"
            ledger.fail(_unreadable(address, field.activity, label, message, "key"))
        seen[combination] = row.id


# The activity as a whole


def _undecided(
    ledger: Ledger, applies: Tri, severity: Severity, label: str, activity: Activity
) -> None:
    for leaf in applies.leaves:
        ledger.fail(
            Problem(
                leaf.address or activity.address, activity.address, label, severity,
                f"Answer this first, it decides whether “{label}” is asked: {leaf.words}",
                "undecided", DECIDES,
            )
        )  # fmt: skip


def _one_each(ledger: Ledger) -> None:
    """An answer that decides several questions is asked for once, at its highest severity.

    When it is already open as a question of its own, that says enough.
    """
    required = {p.address for p in ledger.problems if p.rule == "required"}
    kept: dict[tuple[str, str], Problem] = {}
    for problem in ledger.problems:
        if problem.rule == "undecided" and problem.address in required:
            continue
        key = (problem.address, problem.rule)
        other = kept.get(key)
        if other is None or WORST.index(problem.severity) > WORST.index(other.severity):
            kept[key] = problem
    ledger.problems = list(kept.values())


def _nothing_entered(ledger: Ledger, activity: Activity) -> None:
    source = activity.source
    ledger.ask(activity.address, "entered", "error")
    ledger.fail(
        Problem(
            activity.address, activity.address, activity.title, "error",
            f"Nothing is entered in “{activity.title}” yet", "entered", source,
        )
    )  # fmt: skip


def _optional(ledger: Ledger, touched: bool) -> None:
    """An optional activity never blocks; untouched, it says nothing."""
    if not touched:
        ledger.problems = []
        ledger.asked = {}
        return
    ledger.problems = [
        replace(p, severity="warning", waivable=True) if p.severity == "error" else p
        for p in ledger.problems
    ]
    ledger.asked = {
        key: "warning" if severity == "error" else severity
        for key, severity in ledger.asked.items()
    }


def _check_signatures(situation: Situation, activity: Activity, ledger: Ledger) -> None:
    from cim_tui.core.content import signatures_of

    for line in signatures_of(situation, activity):
        rule = f"signature-{line.role}"
        if not line.required:
            continue
        severity: Severity = "error" if line.source.tag == "published" else "warning"
        ledger.ask(activity.address, rule, severity)
        if not line.current:
            changed = " again: it changed since it was signed" if line.name else ""
            ledger.fail(
                Problem(activity.address, activity.address, f"Signature: {line.title}", severity,
                        f"Have {line.title} sign{changed}", rule, line.source,
                        waivable=severity != "error")
            )  # fmt: skip


def _with_waivers(situation: Situation, problems: list[Problem]) -> list[Problem]:
    accepted: dict[tuple[str, str], str] = {}
    for _, entry in situation.session.records("waivers"):
        until = day(entry.get("until"))
        if "until" in entry and (until is None or until < situation.today):
            continue
        accepted[(str(entry.get("address")), str(entry.get("rule")))] = str(entry.get("by") or "-")
    return [
        replace(p, waived_by=accepted[(p.address, p.rule)])
        if p.waivable and (p.address, p.rule) in accepted
        else p
        for p in problems
    ]


def _touched(situation: Situation, activity: Activity, ledger: Ledger) -> bool:
    """Whether anything in force is answered here; answers that are not are listed as parked."""
    session, touched = situation.session, False
    stored = session.at("answers", activity.step.id, activity.id)
    for field_id, raw in stored.items() if isinstance(stored, Mapping) else ():
        field = activity.fields.get(field_id)
        address = f"{activity.address}.{field_id}"
        if field is None:
            ledger.parked.append(Parked(address, field_id, "this edition has no such question"))
            continue
        applies = situation.field_applies(field)
        if applies.truth is False:
            ledger.parked.append(Parked(address, field.label, f"hidden because {applies.sentence}"))
        elif field.columns and isinstance(raw, Mapping):
            rows = situation.rows(field).values()
            for row in rows:
                if row.parked and row.stored:
                    label = f"{field.label}: {situation.row_label(field, row)}"
                    ledger.parked.append(Parked(f"{address}.{row.id}", label, row.parked))
            touched = touched or any(row.stored and not row.parked for row in rows)
        else:
            touched = touched or not is_empty(raw)
    if all(field.spec.fact is not None for field in activity.fields.values()):
        facts = (field.spec.fact for field in activity.fields.values() if field.spec.fact)
        touched = touched or any(session.fact(fact) is not None for fact in facts)
    return touched or any(
        situation.field_applies(activity.fields[a.split(".")[2]]).truth is not False
        for a in session.absences(activity.address)
        if len(a.split(".")) > 2 and a.split(".")[2] in activity.fields
    )


def _label(activity: Activity, name: str) -> str:
    field = activity.fields.get(name)
    return field.label if field is not None else name


def _park_all(situation: Situation, activity: Activity, why: str) -> tuple[Parked, ...]:
    stored = situation.session.at("answers", activity.step.id, activity.id)
    return tuple(
        Parked(f"{activity.address}.{name}", _label(activity, name), f"hidden because {why}")
        for name in (stored if isinstance(stored, Mapping) else ())
    )
