"""A JSON Schema of each kind of definition file, for an editor that completes and checks.

Pydantic knows the shapes. What it says is put in terms of a file that people type: a file has no
null, a key has a meaning instead of a title, and `where` may be written short.
"""

from __future__ import annotations

from typing import Any

from cim_tui.core.language import ID
from cim_tui.service.definitions import MODELS, schema
from cim_tui.service.meanings import about, meaning

KINDS = ("workflow", *MODELS)
"""The kinds of files that there is a schema for."""

SHORT = "Short"
"""What a `where` that is written short is called in a schema."""

_CONDITION = "#/$defs/Condition"
_WRITTEN_SHORT = ("where", "by-where")
_SUBJECTS = ("all", "any", "not", "field", "column", "fact")
_VALUE = {"type": ["string", "number", "boolean"]}


def editor_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of file, with what each key means.

    Args:
        kind: one of `KINDS`.
    """
    raw = schema(kind)
    whole = {**_part(raw.get("title", ""), raw), "$schema": raw["$schema"]}
    parts = {name: _part(name, found) for name, found in raw.get("$defs", {}).items()}
    if "Condition" in parts:
        parts["Condition"]["anyOf"] = [{"required": [key]} for key in _SUBJECTS]
        parts[SHORT] = _short(list(parts["Condition"]["properties"]))
    return {**whole, "$defs": dict(sorted(parts.items()))}


def _part(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """A part of the language: its keys with their meanings, and no others."""
    keys = {key: _key(name, key, value) for key, value in found.get("properties", {}).items()}
    rest = {k: v for k, v in found.items() if k in ("type", "required", "additionalProperties")}
    return {"description": about(name), **rest, "properties": keys}


def _key(part: str, key: str, value: dict[str, Any]) -> dict[str, Any]:
    shape = _typed(value)
    if key in _WRITTEN_SHORT:
        shape = {"anyOf": [{"$ref": _CONDITION}, {"$ref": f"#/$defs/{SHORT}"}]}
    said = meaning(part, key)
    return {"description": said, **shape} if said else shape


def _typed(value: Any) -> Any:
    """A shape without what only Python knows: titles, defaults, null, and numbers as text."""
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if not isinstance(value, dict):
        return value
    shape = {k: _typed(v) for k, v in value.items() if k not in ("title", "default")}
    several = [each for each in shape.pop("anyOf", []) if not _only_in_python(each)]
    if len(several) == 1:
        return {**shape, **several[0]}
    return {**shape, "anyOf": several} if several else shape


def _only_in_python(shape: dict[str, Any]) -> bool:
    number_as_text = shape.get("type") == "string" and "pattern" in shape
    return shape.get("type") == "null" or number_as_text


def _short(of_conditions: list[str]) -> dict[str, Any]:
    """`{ role = "selpa" }`: columns of the row with what they have to be."""
    return {
        "description": "Columns of the row, each with the value or the values it may have.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{ID.pattern.removesuffix(chr(92) + 'Z')}$",
                          "not": {"enum": of_conditions}},
        "additionalProperties": {"anyOf": [_VALUE, {"type": "array", "items": _VALUE}]},
    }  # fmt: skip
