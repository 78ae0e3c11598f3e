"""What the file of a resource may hold, by the schema facts: people edit these files, and mistakes are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from facts.reader import PROVIDERS, Attribute, Block, facts

_LONGEST = 60
_WORDS = {"string": "text", "number": "a number", "bool": "true or false"}


def mistakes(type_name: str, attributes: Mapping[str, Any]) -> Iterator[str]:
    """Yield each mistake in the attributes of a resource: which attribute, what was found, what it has to be."""
    block = _block(type_name)
    if block is not None:
        yield from _in_block(block, attributes, "", inside=False)


def _block(type_name: str) -> Block | None:
    """Return what is known of a type; some are there before a deployment, and only looked up."""
    provider = type_name.partition("_")[0]
    if provider not in PROVIDERS:
        return None
    known = facts(provider)
    schema = known.resources.get(type_name) or known.data_sources.get(type_name)
    return schema.block if schema else None


def _in_block(block: Block, values: Mapping[str, Any], place: str, *, inside: bool) -> Iterator[str]:
    for name, value in values.items():
        where = f"{place}{name}"
        if name in block.attributes:
            yield from _in_attribute(block.attributes[name], value, where)
        elif name in block.blocks:
            nested = block.blocks[name]
            yield from _in_objects(nested.block, nested.nesting, value, where)
        elif inside:
            known = ", ".join((*block.attributes, *block.blocks))
            yield f"{where} is not known there; known are: {known}"
    if inside:
        for name in (*block.attributes, *block.blocks):
            if name not in values:
                yield f"{place}{name} is missing"


def _in_attribute(attribute: Attribute, value: Any, where: str) -> Iterator[str]:
    if attribute.nested:
        yield from _in_objects(attribute.nested, attribute.nested.nesting, value, where)
    else:
        yield from _in_value(attribute.type, value, where)


def _in_objects(block: Block, nesting: str, value: Any, where: str) -> Iterator[str]:
    """Look at the objects that are the value of a block or of an attribute with attributes of its own."""
    if value is None:
        return
    wanted, items = _items(nesting, value, where)
    if items is None:
        yield _wrong(where, value, wanted)
        return
    for place, item in items:
        if isinstance(item, dict):
            yield from _in_block(block, item, f"{place}.", inside=True)
        else:
            yield _wrong(place, item, "an object")


def _items(nesting: str, value: Any, where: str) -> tuple[str, list[tuple[str, Any]] | None]:
    """Return what a value has to be, and, if it is, what is in it with the places of that."""
    if nesting in ("list", "set"):
        items = [(f"{where}[{i}]", v) for i, v in enumerate(value)] if isinstance(value, list) else None
        return "a list of objects", items
    if nesting == "map":
        named = [(f"{where}.{k}", v) for k, v in value.items()] if isinstance(value, dict) else None
        return "an object of objects", named
    return "an object", [(where, value)] if isinstance(value, dict) else None


def _in_value(kind: Any, value: Any, where: str) -> Iterator[str]:
    """Look at a value of a type as Terraform writes types: ``"string"``, ``["list", "string"]``."""
    if value is None or kind == "dynamic":
        return
    if isinstance(kind, str):
        right = {
            "string": isinstance(value, str),
            "number": isinstance(value, int | float) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
        }
        if not right[kind]:
            yield _wrong(where, value, _WORDS[kind])
        return
    outer, inner = kind
    if outer in ("map", "object") and isinstance(value, dict):
        for name, item in value.items():
            if outer == "map":
                yield from _in_value(inner, item, f"{where}.{name}")
            elif name in inner:
                yield from _in_value(inner[name], item, f"{where}.{name}")
            else:
                yield f"{where}.{name} is not known there; known are: {', '.join(inner)}"
        if outer == "object":
            yield from (f"{where}.{name} is missing" for name in inner if name not in value)
    elif outer in ("list", "set") and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _in_value(inner, item, f"{where}[{number}]")
    else:
        yield _wrong(where, value, _said(kind))


def _said(kind: Any) -> str:
    if isinstance(kind, str):
        return _WORDS.get(kind, "anything")
    outer, inner = kind
    if outer in ("list", "set"):
        return f"a list of {_said(inner).removeprefix('a ')}"
    return f"an object of {_said(inner).removeprefix('a ')}" if outer == "map" else "an object"


def _wrong(where: str, value: Any, wanted: str) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    text = "" if isinstance(value, dict | list) else f" ({str(value)[:_LONGEST]})"
    return f"{where} is {names.get(type(value), 'an object')}{text}, and has to be {wanted}"
