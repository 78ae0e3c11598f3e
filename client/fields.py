"""Reads the JSON of an answer into frozen dataclasses.

A field ``modified_on`` comes from ``modifiedOn``. One without default has to be there. What the dataclass does not
name is ignored: services add fields at any time.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


class FieldError(Exception):
    """A field is missing, or is not what the documentation says. The text names it."""


def read(kind: type[T], content: object, where: str = "") -> T:
    """Read one value of an answer as ``kind``.

    Raises :class:`FieldError`, which names the field: ``value[2].modifiedOn``.
    """
    return typing.cast(T, _read(kind, content, where))


def _read(kind: Any, content: object, where: str) -> object:
    origin, of = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        (inner,) = (one for one in of if one is not type(None))
        return None if content is None else _read(inner, content, where)
    if origin is tuple:
        items = _expect(list, content, where, "a list")
        return tuple(_read(of[0], item, f"{where}[{number}]") for number, item in enumerate(items))
    if kind is object:
        return content
    if origin is Mapping or is_dataclass(kind):
        found = _expect(dict, content, where, "an object")
        if is_dataclass(kind):
            return kind(**dict(_attributes(kind, found, where)))  # type: ignore[operator]  # A class, not an instance.
        return {str(key): _read(of[1], item, _below(where, str(key))) for key, item in found.items()}
    if kind is datetime:
        return _time(content, where)
    if kind is int and isinstance(content, bool):
        raise FieldError(f"{where} is not a number")
    return _expect(kind, content, where, {str: "a text", int: "a number", bool: "true or false"}[kind])


def _attributes(kind: Any, found: dict[str, object], where: str) -> typing.Iterator[tuple[str, object]]:
    for name, camel, hint, optional in _shape(kind):
        if found.get(camel) is not None:
            yield name, _read(hint, found[camel], _below(where, camel))
        elif not optional:
            raise FieldError(f"{_below(where, camel)} is missing")


@cache
def _shape(kind: Any) -> list[tuple[str, str, Any, bool]]:
    hints = typing.get_type_hints(kind)
    return [
        (
            field.name,
            re.sub(r"_(\w)", lambda match: match[1].upper(), field.name),
            hints[field.name],
            field.default is not MISSING or field.default_factory is not MISSING,
        )
        for field in fields(kind)
    ]


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _expect(kind: type[T], content: object, where: str, words: str) -> T:
    if not isinstance(content, kind):
        raise FieldError(f"{where or 'the answer'} is not {words}")
    return content


def _time(content: object, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(_expect(str, content, where, "a time"))
    except ValueError:
        raise FieldError(f"{where} is not a time") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
