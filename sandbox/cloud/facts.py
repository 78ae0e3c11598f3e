"""What the providers say about their types: the facts files, read into a few small classes.

A facts file has the shape of ``terraform providers schema -json``, cut down to the types in use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_SCHEMAS = Path(__file__).parents[2] / "constructs_lib" / "bindings" / "schemas"

TERRAFORM_REGISTRY = "registry.terraform.io"
PROVIDERS = ("azapi", "azuredevops", "azurerm", "time")


@dataclass(frozen=True)
class Attribute:
    """One argument or attribute; ``nested`` describes it when it is an object with attributes of its own."""

    type: Any
    required: bool
    optional: bool
    computed: bool
    sensitive: bool
    write_only: bool
    deprecated: bool
    nested: Nested | None

    @property
    def configurable(self) -> bool:
        """Whether a configuration may set it."""
        return self.required or self.optional


@dataclass(frozen=True)
class Nested:
    """The attributes of an object-valued attribute, and how many such objects there are (``nesting``)."""

    nesting: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class NestedBlock:
    """A block inside a block; ``nesting`` is single, list or set."""

    nesting: str
    min_items: int
    max_items: int
    block: Block


@dataclass(frozen=True)
class Block:
    """The attributes and the nested blocks of a resource, a data source, a provider or a block."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, NestedBlock]


@dataclass(frozen=True)
class Schema:
    """A type's top-level block and the version of the state it writes."""

    version: int
    block: Block


@dataclass(frozen=True)
class ProviderFacts:
    """One provider: its source address, its version, its own configuration and its types."""

    source: str
    version: str
    provider: Schema
    resources: Mapping[str, Schema]
    data_sources: Mapping[str, Schema]


@cache
def facts(provider: str) -> ProviderFacts:
    """Read the facts of ``azapi``, ``azuredevops``, ``azurerm`` or ``time``."""
    content = json.loads((_SCHEMAS / f"{provider}.json").read_text(encoding="utf-8"))
    ((source, schemas),) = content["provider_schemas"].items()
    return ProviderFacts(
        source=source,
        version=content["provider_selections"][source],
        provider=_schema(schemas["provider"]),
        resources={name: _schema(item) for name, item in schemas.get("resource_schemas", {}).items()},
        data_sources={name: _schema(item) for name, item in schemas.get("data_source_schemas", {}).items()},
    )


def _schema(content: Mapping[str, Any]) -> Schema:
    return Schema(content.get("version", 0), _block(content["block"]))


def _block(content: Mapping[str, Any]) -> Block:
    return Block(
        {name: _attribute(item) for name, item in content.get("attributes", {}).items()},
        {name: _nested_block(item) for name, item in content.get("block_types", {}).items()},
    )


def _attribute(content: Mapping[str, Any]) -> Attribute:
    nested = content.get("nested_type")
    return Attribute(
        type=content.get("type"),
        required=content.get("required", False),
        optional=content.get("optional", False),
        computed=content.get("computed", False),
        sensitive=content.get("sensitive", False),
        write_only=content.get("write_only", False),
        deprecated=content.get("deprecated", False),
        nested=nested
        and Nested(
            nested["nesting_mode"], {name: _attribute(item) for name, item in nested["attributes"].items()}
        ),
    )


def _nested_block(content: Mapping[str, Any]) -> NestedBlock:
    return NestedBlock(
        content["nesting_mode"],
        content.get("min_items", 0),
        content.get("max_items", 0),
        _block(content["block"]),
    )
