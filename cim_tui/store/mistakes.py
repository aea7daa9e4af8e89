"""What is wrong in a definition file, for an author who is no programmer: what to write instead."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from cim_tui.core.language import RULE_KINDS, WITH_CHOICES
from cim_tui.core.part import Part, key_of
from cim_tui.store import toml

FEW = 16
"""So many keys are named where one is misspelt beyond a guess."""


class Mistake(NamedTuple):
    """One thing to mend: the keys that lead to it, its line, and what to do."""

    keys: tuple[str | int, ...]
    line: int
    says: str

    @property
    def place(self) -> str:
        """The keys as an author reads them; items of a list count from 1."""
        return ".".join(str(k + 1) if isinstance(k, int) else k for k in self.keys) or "the file"


class _Found(NamedTuple):
    """An error of pydantic in terms of the file: where it is, and in which of several forms."""

    keys: tuple[str | int, ...]
    form: str
    """Which form a value was taken for, where it may have several."""
    at: int
    """How many of the keys lead to the value that may have several."""
    of_key: bool
    error: Mapping[str, Any]


def in_shape(
    model: type[Part], doc: Mapping[str, Any], text: str, errors: Sequence[Mapping[str, Any]]
) -> Iterator[Mistake]:
    """What to do about a file that breaks the language, in the order of the language.

    Args:
        model: what the file should be.
        doc: what it holds.
        text: the file, for the lines.
        errors: what pydantic found.
    """
    seen = [_in_the_file(doc, error) for error in errors]
    kept = list(_one_form(seen))
    misspelt = {f.keys[:-1]: str(f.keys[-1]) for f in kept if _is_extra(f)}
    for found in kept:
        if _is_missing(found) and found.keys[:-1] in misspelt:
            near = get_close_matches(misspelt[found.keys[:-1]], [str(found.keys[-1])], cutoff=0.6)
            if near:
                continue  # it is there, misspelt, and that is said
        says = _says(model, doc, found, text)
        yield Mistake(found.keys, _line(text, found.keys), says)


def _in_the_file(doc: Mapping[str, Any], error: Mapping[str, Any]) -> _Found:
    keys: list[str | int] = []
    form, at, of_key = "", 0, False
    value: Any = doc
    location = error["loc"]
    for number, part in enumerate(location):
        last = number == len(location) - 1
        if part == "[key]":
            of_key = True
        elif isinstance(value, Mapping) and (
            part in value or (last and error["type"] == "missing")
        ):
            keys.append(part)
            value = value.get(part)
        elif isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
            keys.append(part)
            value = value[part]
        elif not form:
            form, at = str(part), len(keys)
    return _Found(tuple(keys), form, at, of_key, error)


def _one_form(seen: list[_Found]) -> Iterator[_Found]:
    """Each mistake once: where a value may have several forms, the one it was meant as."""
    groups: dict[tuple[Any, ...], list[_Found]] = {}
    for found in seen:
        place = found.keys[: found.at] if found.form else ("", len(groups), *found.keys)
        groups.setdefault(place, []).append(found)
    for group in groups.values():
        forms: dict[str, list[_Found]] = {}
        for found in group:
            forms.setdefault(found.form, []).append(found)
        if "" in forms:
            yield from group
            continue
        inside = [each for each in forms.values() if all(len(f.keys) > f.at for f in each)]
        best = min(inside, key=len, default=[])
        alike = [each for each in inside if len(each) == len(best)]
        if best and len(alike) == 1:
            yield from best
        else:
            first = group[0]
            yield first._replace(keys=first.keys[: first.at], error={**first.error, "type": "form"})


def _says(model: type[Part], doc: Mapping[str, Any], found: _Found, text: str) -> str:
    kind, value = found.error["type"], _at(doc, found.keys)
    key = str(found.keys[-1]) if found.keys else ""
    if _is_extra(found):
        return _misspelt(key, _hints_at(model, found.keys[:-1]))
    if kind == "missing":
        return f"this key is missing: add {_written(key, _hints_at(model, found.keys))}"
    if found.of_key:
        good = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-") or "an-id"
        return f'{_own_words(found)}, such as "{good}"'
    if kind in ("value_error", "assertion_error"):
        return _better(_own_words(found), value)
    hints = _hints_at(model, found.keys)
    if kind == "literal_error":
        return _not_offered(value, hints)
    return _wanted(key, value, hints, text, found.keys)


def _is_extra(found: _Found) -> bool:
    return found.error["type"] in ("extra_forbidden", "unexpected_keyword_argument")


def _is_missing(found: _Found) -> bool:
    return bool(found.error["type"] == "missing")


def _own_words(found: _Found) -> str:
    return str(found.error["msg"]).removeprefix("Value error, ")


def _misspelt(key: str, hints: list[Any]) -> str:
    if key == "columns" and any(_name(hint) == "Column" for hint in hints):
        return "tables never nest: write a second table, with parent = the id of this one"
    known = [k for hint in hints if _is_part(hint) for k in _keys_of(hint)]
    near = get_close_matches(key.replace("_", "-").lower(), known, n=1, cutoff=0.6)
    said = "this key is not part of the language; is it misspelt?"
    if near:
        return f"{said} Perhaps: {near[0]}"
    return f"{said} There are: {', '.join(known)}" if 0 < len(known) <= FEW else said


def _not_offered(value: Any, hints: list[Any]) -> str:
    options = [o for hint in hints if get_origin(hint) is Literal for o in get_args(hint)]
    if options == [True]:
        return "write true, or take this line out"
    meant = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-")
    near = get_close_matches(meant, [str(o) for o in options], n=1, cutoff=0.6)
    guess = f'; did you mean "{near[0]}"?' if near else "."
    shown = f'"{value}"' if isinstance(value, str) else "this"
    return f"{shown} cannot stand here{guess} There are: {', '.join(str(o) for o in options)}"


def _better(message: str, value: Any) -> str:
    """A rule of the language about several keys, with what to do in this case."""
    own = value if isinstance(value, Mapping) else {}
    kind = str(own.get("type", ""))
    if message.startswith("choices belong to"):
        if kind in WITH_CHOICES:
            return f'{message}: add choices = {{ big = "Big" }} or choices = "list:..."'
        return f'{message}: take them out, or write type = "choice"'
    if message.startswith("columns belong to table"):
        if kind == "table":
            return f"{message}: add a heading for the first column, [fields.ID.columns.ID]"
        return f'{message}: write type = "table"'
    if message.startswith("a rule has exactly one of"):
        names = [key_of(name) for name in RULE_KINDS]
        there = [name for name in names if name in own]
        return f"{message}; this one has {' and '.join(there) or 'none'}"
    for name in ("to", "calculate"):
        if message.startswith(f'"{name}" belongs to'):
            needed = kind == ("reference" if name == "to" else "calculated")
            added = 'to = "..."' if name == "to" else 'calculate = { sum = ["...", "..."] }'
            return f"{message}: {f'add {added}' if needed else 'take it out'}"
    return message


# What should stand somewhere, from the classes of the language


def _wanted(key: str, value: Any, hints: list[Any], text: str, keys: tuple[str | int, ...]) -> str:
    names = {_name(hint) for hint in hints}
    if {"SettingRef", "FieldRef"} <= names:
        return 'write a number without quotes, or { setting = "..." }, or { field = "..." }'
    if key == "choices":
        return 'write ids with labels, choices = { big = "Big" }, or choices = "list:..."'
    headed = rf"^\s*\[\[\s*{re.escape(_dotted(keys))}"
    if isinstance(value, list) and re.search(headed, text, re.MULTILINE):
        return f"write the heading with one pair of brackets: [{_dotted(keys)}]"
    plain = isinstance(value, str | bool | int | float | Decimal | date)
    if names == {"str"} and plain and not isinstance(value, str):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        return f'put it in quotes: {key} = "{shown}"'
    if {"int", "Decimal"} <= names:
        return f"write a number without quotes: {key} = 1"
    kinds = dict.fromkeys(_kind(hint) for hint in hints)
    return f"write {' or '.join(kinds)}: {_written(key, hints)}"


def _kind(hint: Any) -> str:
    if get_origin(hint) is tuple:
        return "a list in square brackets"
    return _KINDS.get(_name(hint), "keys in braces, or a heading of its own")


_KINDS = {
    "str": "a text in quotes", "int": "a whole number without quotes",
    "Decimal": "a number without quotes", "bool": "true or false without quotes",
    "date": "a date without quotes", "Any": "a value",
}  # fmt: skip


def _written(key: str, hints: list[Any]) -> str:
    """`label = "..."`: a key with what it takes, in each form it may have."""
    forms = dict.fromkeys(_sample(hint) for hint in hints if hint is not type(None))
    name = key if key and not key.isdigit() else ""
    return " or ".join(f"{name} = {form}" if name else form for form in forms) or key


def _sample(hint: Any) -> str:
    """What a value looks like in a file."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f'"{arguments[0]}"' if isinstance(arguments[0], str) else "true"
    if origin is tuple:
        return f"[{_sample(_forms(arguments[0])[0])}]"
    if origin is dict:
        return f"{{ some-id = {_sample(_forms(arguments[1])[0])} }}"
    if _is_part(hint):
        return _SAMPLES.get(_name(hint)) or _needed_keys(hint)
    return _SAMPLES.get(_name(hint), "...")


_SAMPLES = {
    "str": '"..."', "int": "1", "Decimal": "1.5", "bool": "true", "date": "2025-10-01",
    "Any": '"..."', "Condition": '{ field = "...", is = "..." }', "Use": "{}",
    "RowCount": "{ at-least = 1 }", "Length": "{ at-most = 100 }",
    "DateOrder": '{ not-before = "..." }', "RowsFrom": '{ list = "..." }',
    "Origin": '{ list = "..." }', "Calculate": '{ sum = ["...", "..."] }',
    "Source": '{ tag = "practice", note = "..." }',
}  # fmt: skip
"""What stands for a value of a type, and for parts none of whose keys is needed."""


def _needed_keys(part: Any) -> str:
    hints = _hints(part)
    needed = [
        f"{key_of(f.name)} = {_sample(_forms(hints[f.name])[0])}"
        for f in part.__dataclass_fields__.values()
        if repr(f.default).startswith("<dataclasses._MISSING")
        and repr(f.default_factory).startswith("<dataclasses._MISSING")
    ]
    return f"{{ {', '.join(needed)} }}" if needed else "{ ... }"


@cache
def _hints(part: Any) -> dict[str, Any]:
    return get_type_hints(part, include_extras=True)


def _is_part(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Part)


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", "")


def _keys_of(part: Any) -> list[str]:
    return [key_of(name) for name in part.__dataclass_fields__]


def _forms(hint: Any) -> list[Any]:
    """The types that a value may have, without checks and without none."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _forms(arguments[0])
    if origin in (Union, types.UnionType):
        return [form for each in arguments if each is not type(None) for form in _forms(each)]
    return [hint]


def _hints_at(model: type[Part], keys: tuple[str | int, ...]) -> list[Any]:
    """What may stand at a place of a file."""
    here: list[Any] = [model]
    for key in keys:
        inside: list[Any] = []
        for hint in here:
            origin, arguments = get_origin(hint), get_args(hint)
            if _is_part(hint):
                attribute = next((n for n in hint.__dataclass_fields__ if key_of(n) == key), None)
                inside += _forms(_hints(hint)[attribute]) if attribute else []
            elif origin is dict:
                inside += _forms(arguments[1])
            elif origin is tuple and isinstance(key, int):
                inside += _forms(arguments[min(key, len(arguments) - 1)]
                                 if arguments[-1] is not ... else arguments[0])  # fmt: skip
        here = inside
    return here


def _at(doc: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        try:
            doc = doc[key]
        except (KeyError, IndexError, TypeError):
            return None
    return doc


# Lines


def _dotted(keys: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in keys)


def _line(text: str, keys: tuple[str | int, ...]) -> int:
    """The line of a place; of the n-th `[[heading]]` where the keys count so far."""
    for at, key in enumerate(keys):
        if isinstance(key, int):
            start = _heading_line(text, _dotted(keys[:at]), key)
            if start:
                blank = "\n" * (start - 1)
                part = "".join(text.splitlines(keepends=True)[start - 1 :])
                rest = tuple(str(k) for k in (*keys[:at], *keys[at + 1 :]))
                return toml.line_of(blank + part, rest) or start
            break
    return toml.line_of(text, tuple(str(key) for key in keys)) or 1


def _heading_line(text: str, name: str, number: int) -> int:
    lines = [
        n for n, line in enumerate(text.splitlines(), start=1)
        if re.match(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]", line)
    ]  # fmt: skip
    return lines[number] if number < len(lines) else 0
