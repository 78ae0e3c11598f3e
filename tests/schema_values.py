"""Check the arguments of one block, and their values, against the schema of the block."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from facts.reader import Attribute, Block, Nested, NestedBlock
from tests.interpolation import is_interpolation, refers

Json: TypeAlias = Any
"""A parsed JSON value."""

PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "bool": bool}


def body_problems(block: Block, body: Mapping[str, Json], path: str = "") -> Iterator[str]:
    """Yield what is wrong with the arguments and nested blocks of ``body``."""
    attributes, blocks = block.attributes, block.blocks
    for name, value in body.items():
        if name in attributes:
            if value is not None:
                yield from _attribute_problems(attributes[name], value, f"{path}{name}")
        elif name not in blocks and name != "//":
            yield f"{path}{name} is unknown"
    for name, attribute in attributes.items():
        if attribute.required and body.get(name) is None:
            yield f"{path}{name} is missing"
    for name, nested in blocks.items():
        yield from _nested_block_problems(nested, body.get(name), f"{path}{name}")


def _attribute_problems(attribute: Attribute, value: Json, path: str) -> Iterator[str]:
    if not attribute.configurable:
        yield f"{path} is read-only"
    if attribute.deprecated:
        yield f"{path} is deprecated"
    if attribute.sensitive and not all(refers(leaf) for leaf in _leaves(value)):
        yield f"{path} is a secret and holds a literal"
    if attribute.nested:
        yield from _nested_type_problems(attribute.nested, value, path)
    else:
        yield from type_problems(attribute.type, value, path)


def _nested_type_problems(nested: Nested, value: Json, path: str) -> Iterator[str]:
    if is_interpolation(value):
        return
    shape = "object" if nested.nesting == "single" else nested.nesting
    if not _has_shape(shape, value):
        yield f"{path}: expected {article(shape)}, not {value!r}"
        return
    for at, body in _entries(value, path):
        if isinstance(body, dict):
            yield from body_problems(nested, body, f"{at}.")
        elif not is_interpolation(body):
            yield f"{at}: expected an object, not {body!r}"


def _nested_block_problems(nested: NestedBlock, value: Json, path: str) -> Iterator[str]:
    entries = [] if value is None else _entries(value, path)
    most = 1 if nested.nesting == "single" else nested.max_items
    if len(entries) < nested.min_items:
        yield f"{path}: {len(entries)} blocks, but at least {nested.min_items} needed"
    if most and len(entries) > most:
        yield f"{path}: {len(entries)} blocks, but at most {most} allowed"
    if entries and nested.block.deprecated:
        yield f"{path} is deprecated"
    for at, body in entries:
        if isinstance(body, dict):
            yield from body_problems(nested.block, body, f"{at}.")
        else:
            yield f"{at}: expected a block, not {body!r}"


def _entries(value: Json, path: str) -> list[tuple[str, Json]]:
    """Return path and body of each nested block or object: Terraform takes one for a list of one."""
    if isinstance(value, list):
        return [(f"{path}[{index}]", body) for index, body in enumerate(value)]
    return [(path, value)]


def type_problems(expected: Json, value: Json, path: str) -> Iterator[str]:
    """Yield where ``value`` differs from a type written as in the schema, such as ``["list", "string"]``.

    A string that is one interpolation as a whole passes for every type: its value comes from elsewhere.
    """
    if expected == "dynamic" or value is None or is_interpolation(value):
        return
    if isinstance(expected, str):
        # bool is an int in Python, but no number in Terraform
        if not isinstance(value, PYTHON_TYPES[expected]) or (
            expected == "number" and isinstance(value, bool)
        ):
            yield f"{path}: expected {article(expected)}, not {value!r}"
        return
    constructor, inner = expected
    if not _has_shape(constructor, value):
        yield f"{path}: expected {article(constructor)}, not {value!r}"
    elif constructor == "object":
        for name, item in value.items():
            if name in inner:
                yield from type_problems(inner[name], item, f"{path}.{name}")
            else:
                yield f"{path}.{name} is unknown"
    elif constructor == "map":
        for key, item in value.items():
            yield from type_problems(inner, item, f"{path}[{key!r}]")
    else:
        for index, item in enumerate(value):
            yield from type_problems(inner, item, f"{path}[{index}]")


def _has_shape(constructor: str, value: Json) -> bool:
    return isinstance(value, list if constructor in ("list", "set") else dict)


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


def article(name: str) -> str:
    """Return ``name`` with its article, for messages."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
