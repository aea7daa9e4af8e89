"""A part of the workflow language: a dataclass that a definition file can be read into.

There are two ways in. `checked` takes nothing on trust: pydantic looks at every key and value, and
says where something is wrong. `built` is for files that were checked before, those that came with
the program: it makes the same objects without loading pydantic, in a third of the time.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Self,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Reader = Callable[[Any], Any]


def key_of(attribute: str) -> str:
    """How an attribute is written in a file: `rows_from` is `rows-from`, `is_` is `is`."""
    return attribute.rstrip("_").replace("_", "-")


class Check:
    """Looks at a value before its type does: returns it, or raises `ValueError` for the author."""

    def __init__(self, look: Reader) -> None:
        self.look = look

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Have pydantic look first."""
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(self.look, handler(source))


class Short(Check):
    """Writes out what may be written shorter, before anything else is done with it."""


C = TypeVar("C", bound="type[Part]")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def part(cls: C) -> C:
    """Make a class a part: a dataclass that never changes.

    That it never changes is held by the type checker alone, and comparing and printing are done
    once for all parts: the code that a dataclass otherwise makes for each cost every start of the
    program 40 ms.
    """
    dataclass(kw_only=True, eq=False, repr=False)(cls)
    return cls


class Part:
    """Anything written in a definition file; its classes are made with `part`.

    A class may refuse combinations of its keys by raising `ValueError` in `__post_init__`.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]
    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "alias_generator": key_of,
        "arbitrary_types_allowed": True,
    }

    @classmethod
    def checked(cls, doc: Any) -> Self:
        """This part, from what a file holds.

        Raises:
            pydantic.ValidationError: with the place of everything that is wrong.
        """
        return adapter(cls).validate_python(doc)  # type: ignore[no-any-return,arg-type]

    @classmethod
    def built(cls, doc: Mapping[str, Any]) -> Self:
        """This part, from what a file holds that was checked before.

        Raises:
            TypeError, ValueError, AttributeError: some of what breaks the language; not all.
        """
        known = _readers(cls)  # type: ignore[arg-type]
        found = {}
        for key, value in doc.items():
            attribute, read = known.get(key) or (key, None)
            found[attribute] = value if read is None else read(value)
        return cls(**found)

    def __eq__(self, other: object) -> bool:
        """Whether two parts are of one kind and say the same."""
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__dataclass_fields__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """What was said in it, as code writes it."""
        said = (f"{name}={value!r}" for name, value in self if value not in (None, "", (), {}))
        return f"{type(self).__name__}({', '.join(said)})"

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Attributes with their values, in the order of the class."""
        for name in self.__dataclass_fields__:
            yield name, getattr(self, name)

    def as_doc(self, *, defaults: bool = True) -> dict[str, Any]:
        """What a file would hold; what is not there is left out, and defaults if asked."""
        return {
            key_of(f.name): _written(value, defaults=defaults)
            for f in fields(self)
            if (value := getattr(self, f.name)) is not None and (defaults or value != default_of(f))
        }


def default_of(of: Any) -> Any:
    """What a field is when nothing is said; something equal to nothing where it must be said."""
    return of.default if of.default_factory is MISSING else of.default_factory()


def _written(value: Any, *, defaults: bool) -> Any:
    if isinstance(value, Part):
        return value.as_doc(defaults=defaults)
    if isinstance(value, dict):
        return {key: _written(inner, defaults=defaults) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_written(inner, defaults=defaults) for inner in value]
    return value


@cache
def adapter(of: Any) -> TypeAdapter[Any]:
    """What checks a part, and knows its JSON Schema."""
    from pydantic import TypeAdapter

    return TypeAdapter(of)


# Building


@cache
def _readers(of: Any) -> dict[str, tuple[str, Reader | None]]:
    """By key of the file: the attribute, and what its value is read with, if with anything."""
    hints = get_type_hints(of, include_extras=True)
    return {key_of(f.name): (f.name, _reader(hints[f.name])) for f in fields(of)}


def _reader(hint: Any) -> Reader | None:
    """What a value of this type is read with; None when it stays as it stands in the file."""
    arms = _arms(hint)
    if len(arms) > 1:
        return _one_of(arms)
    origin, arguments = get_origin(arms[0]), get_args(arms[0])
    if origin is Annotated:
        return _written_out(arms[0].__metadata__[0], _reader(arguments[0]))
    if origin is tuple:
        return _each(_reader(arguments[0]))
    if origin is dict:
        return _by_id(_reader(arguments[1]))
    if isinstance(arms[0], type) and issubclass(arms[0], Part):
        return arms[0].built
    return None


def _arms(hint: Any) -> list[Any]:
    """The types that a value may have. A check is left out, a shorter way of writing is not."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return [arm for argument in arguments for arm in _arms(argument)]
    if origin is Annotated and not isinstance(hint.__metadata__[0], Short):
        return _arms(arguments[0])
    return [hint]


def _written_out(short: Short, then: Reader | None) -> Reader:
    return short.look if then is None else lambda value: then(short.look(value))


def _each(read: Reader | None) -> Reader:
    return tuple if read is None else lambda values: tuple([read(value) for value in values])


def _by_id(read: Reader | None) -> Reader | None:
    if read is None:
        return None
    return lambda values: {key: read(value) for key, value in values.items()}


def _one_of(arms: list[Any]) -> Reader | None:
    """What is written as a table is the part whose keys it has; what is a list becomes a tuple."""
    tables = [(arm, own) for arm in arms if _is_table(arm) and (own := _reader(arm)) is not None]
    lists = [_reader(arm) or tuple for arm in arms if get_origin(arm) is tuple]
    if not tables and not lists:
        return None

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            for arm, reader in tables:
                if not isinstance(arm, type) or value.keys() <= _readers(arm).keys():
                    return reader(value)
        elif isinstance(value, list) and lists:
            return lists[0](value)
        return value

    return read


def _is_table(arm: Any) -> bool:
    return get_origin(arm) in (dict, Annotated) or (isinstance(arm, type) and issubclass(arm, Part))
