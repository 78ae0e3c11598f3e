"""Resolves what the Terraform of a stack refers to: the few forms of expressions that the stacks are written with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_WHOLE = re.compile(r"\$\{((?:[^{}\"]|\"(?:[^\"\\]|\\.)*\")*)\}")
_REFERENCE = re.compile(
    r'(?P<address>(?:data\.)?[a-z0-9]+_[a-z0-9_]+\.[\w-]+(?:\["[^"]+"\])?)(?P<path>(?:\.\w+|\[\d+\]|\[\*\])+)'
)
_JOIN = re.compile(r'join\("(?P<sign>[^"\\]*)", \[(?P<items>.*)\]\)')
_LITERAL = re.compile(r'"([^"\\$%]*)"')
_ONE = re.compile(r"one\((?P<items>.*)\)")
_PART = re.compile(r"\.(\w+)|\[(\d+)\]|\[(\*)\]")

LookUp = Callable[[str], Mapping[str, Any]]
"""Returns the attributes of what has an address; UnknownError where they are not known."""


class UnknownError(Exception):
    """A value is not known before a deployment. The text names what it waits for."""


def resolve(value: Any, look_up: LookUp, each: str = "") -> Any:
    """Return a value with what it refers to; ``each`` is the value of ``for_each``. Raises UnknownError."""
    match value:
        case str():
            return _text(value, look_up, each)
        case list():
            return [resolve(item, look_up, each) for item in value]
        case dict():
            return {name: resolve(item, look_up, each) for name, item in value.items()}
    return value


def known(
    body: Mapping[str, Any], look_up: LookUp, each: str = ""
) -> tuple[dict[str, Any], dict[str, UnknownError]]:
    """Return the arguments whose values are known, and why the others are not."""
    arguments, unknown = {}, {}
    for name, value in body.items():
        try:
            arguments[name] = resolve(value, look_up, each)
        except UnknownError as error:
            unknown[name] = error
    return arguments, unknown


def addresses(value: Any) -> Iterator[str]:
    """Yield the addresses that a value refers to."""
    match value:
        case str():
            for expression in _WHOLE.findall(value):
                yield from (found["address"] for found in _REFERENCE.finditer(expression))
        case list():
            for item in value:
                yield from addresses(item)
        case dict():
            yield from addresses(list(value.values()))


def _text(text: str, look_up: LookUp, each: str) -> Any:
    if whole := _WHOLE.fullmatch(text):
        return _expression(whole[1], look_up, each)
    parts, end = [], 0
    for found in _WHOLE.finditer(text):
        if text[: found.start()].endswith("$"):  # $${ is a text
            continue
        parts += [text[end : found.start()], str(_expression(found[1], look_up, each))]
        end = found.end()
    return "".join([*parts, text[end:]]).replace("$${", "${")


def _expression(text: str, look_up: LookUp, each: str) -> Any:
    if text == "each.value":
        return each
    if found := _JOIN.fullmatch(text):
        return found["sign"].join(
            str(_expression(item, look_up, each)) for item in found["items"].split(", ")
        )
    if found := _ONE.fullmatch(text):
        items = _expression(found["items"], look_up, each)
        if isinstance(items, list) and len(items) == 1:
            return items[0]
        raise UnknownError(found["items"])
    if found := _LITERAL.fullmatch(text):
        return found[1]
    if found := _REFERENCE.fullmatch(text):
        try:
            return _at(look_up(found["address"]), _PART.findall(found["path"]))
        except (KeyError, IndexError, TypeError):
            raise UnknownError(text) from None
    raise UnknownError(text)


def _at(value: Any, path: list[tuple[str, str, str]]) -> Any:
    for position, (name, number, every) in enumerate(path):
        if every:
            return [_at(item, path[position + 1 :]) for item in value]
        value = value[name] if name else value[int(number)]
    if value is None:
        raise KeyError
    return value
