"""What is wrong with a synthesized stack, by the providers' schemas, though Terraform finds it valid.

``tests/e2e/test_validate.py`` has Terraform itself judge every stack: arguments that are unknown or missing, blocks,
references. But it turns a text into a number and a number into a text, only warns of what is deprecated, leaves
read-only attributes to the provider, drops what an object does not have, and takes any text for a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from facts.reader import BUILT_IN, PROVIDERS, Attribute, Block, Schema, facts

Json: TypeAlias = Any
"""A parsed JSON value."""

Types: TypeAlias = Mapping[str, Mapping[str, Schema]]
"""What is known, by the section of a stack (``resource``, ``data``, ``provider``) and type."""

PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "bool": bool}

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_INTERPOLATION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_REFERENCE = re.compile(r"\$\{[^}]*[A-Za-z_][\w-]*\.[A-Za-z_]")


@cache
def recorded_types() -> Types:
    """Return the schemas of all types, as the facts have them."""
    known = [facts(provider) for provider in (*PROVIDERS, BUILT_IN)]
    return {
        "resource": {type_: schema for provider in known for type_, schema in provider.resources.items()},
        "data": {type_: schema for provider in known for type_, schema in provider.data_sources.items()},
        "provider": {provider: facts(provider).provider for provider in PROVIDERS},
    }


def problems(stack: str, config: Mapping[str, Json], types: Types | None = None) -> list[str]:
    """Return what is wrong with ``config``, the parsed ``cdk.tf.json`` of ``stack``; empty if nothing is."""
    found = [
        f"{address}: {problem}"
        for schema, address, body in _known(config, types or recorded_types())
        for problem in _body_problems(schema.block, body)
    ]
    found += [
        f"{path}: {problem}"
        for path, text in _strings({name: item for name, item in config.items() if name != "//"})
        for problem in _string_problems(text)
    ]
    return [f"{stack}: {problem}" for problem in found]


def _known(config: Mapping[str, Json], types: Types) -> Iterator[tuple[Schema, str, Json]]:
    """Yield schema, address and body of everything that the providers have a schema of."""
    for kind in ("resource", "data"):
        for type_, instances in config.get(kind, {}).items():
            for name, body in instances.items():
                if type_ in types[kind]:
                    yield types[kind][type_], f"{kind}.{type_}.{name}", body
    for provider, bodies in config.get("provider", {}).items():
        for body in bodies if provider in types["provider"] else []:
            yield types["provider"][provider], f"provider.{provider}", body


def _body_problems(block: Block, body: Mapping[str, Json], path: str = "") -> Iterator[str]:
    """Yield what is wrong with the arguments and nested blocks of ``body``."""
    for name, attribute in block.attributes.items():
        if body.get(name) is not None:
            yield from _attribute_problems(attribute, body[name], f"{path}{name}")
    for name, nested in block.blocks.items():
        for inner in _listed(body.get(name, [])):
            if nested.block.deprecated:
                yield f"{path}{name} is deprecated"
            yield from _body_problems(nested.block, inner, f"{path}{name}.")


def _attribute_problems(attribute: Attribute, value: Json, path: str) -> Iterator[str]:
    if not attribute.configurable:
        yield f"{path} is read-only"
    if attribute.deprecated:
        yield f"{path} is deprecated"
    if attribute.sensitive and not _REFERENCE.search(_QUOTED.sub("", str(value))):
        yield f"{path} is a secret and holds a literal"
    if attribute.nested:
        for inner in _listed(value):
            yield from _unknown(inner, attribute.nested.attributes, path)
            yield from _body_problems(attribute.nested, inner, f"{path}.")
    else:
        yield from _type_problems(attribute.type, value, path)


def _type_problems(expected: Json, value: Json, path: str) -> Iterator[str]:
    """Yield where ``value`` differs from a type written as in the schema, such as ``["list", "string"]``.

    A string that is one interpolation as a whole passes for every type: its value comes from elsewhere.
    """
    if isinstance(value, str) and _INTERPOLATION.fullmatch(_QUOTED.sub("", value)):
        return
    if isinstance(expected, str):
        # bool is an int in Python, but no number in Terraform
        if expected != "dynamic" and (
            not isinstance(value, PYTHON_TYPES[expected])
            or (expected == "number" and isinstance(value, bool))
        ):
            yield f"{path}: expected a {expected}, not {value!r}"
        return
    constructor, inner = expected
    if constructor == "object":
        yield from _unknown(value, inner, path)
        for name in value.keys() & inner.keys():
            yield from _type_problems(inner[name], value[name], f"{path}.{name}")
    elif constructor == "map":
        for name, item in value.items():
            yield from _type_problems(inner, item, f"{path}[{name!r}]")
    else:
        for index, item in enumerate(value):
            yield from _type_problems(inner, item, f"{path}[{index}]")


def _unknown(value: Mapping[str, Json], members: Mapping[str, Json], path: str) -> Iterator[str]:
    yield from (f"{path}.{name} is unknown" for name in value if name not in members)


def _string_problems(text: str) -> Iterator[str]:
    # One for a list is no interpolation, and so a text like any other to Terraform.
    if "TfToken[" in text:
        yield f"holds a token that was never resolved: {text!r}"
    if "$${" in text:
        yield f"$$ makes a literal of the reference after it: {text!r}"


def _strings(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of every string inside ``value``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{path}.{key}" if path else key)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
