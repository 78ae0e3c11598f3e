"""Reads the facts files: which arguments and attributes a provider's types have, and how they may be used.

A facts file has the shape of ``terraform providers schema -json``, cut down to the types in use. Every class here
is a view of a part of it and makes the views inside when they are asked for: most programs need few of the types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TERRAFORM_REGISTRY = "registry.terraform.io"
PROVIDERS = ("azapi", "azuredevops", "azurerm", "time")
"""The providers that Terraform installs."""
BUILT_IN = "terraform"
"""The provider that is a part of Terraform: nothing of it is installed or configured."""


@cache
def facts(provider: str) -> ProviderFacts:
    """Read the facts of one of :data:`PROVIDERS`, or of :data:`BUILT_IN`."""
    return ProviderFacts(json.loads((FOLDER / f"{provider}.json").read_text(encoding="utf-8")))


class _View:
    def __init__(self, content: Mapping[str, Any]) -> None:
        """Look at ``content``, a part of a facts file."""
        self._content = content


class ProviderFacts(_View):
    """One provider: its source address, its version, its own configuration and its types."""

    @cached_property
    def source(self) -> str:
        """The address, such as ``registry.terraform.io/hashicorp/azurerm``."""
        (source,) = self._content["provider_schemas"]
        return str(source)

    @cached_property
    def version(self) -> str:
        """The version that the facts were taken from, such as ``4.81.0``."""
        return str(self._content["provider_selections"][self.source])

    @cached_property
    def provider(self) -> Schema:
        """The provider's own configuration."""
        return Schema(self._schemas["provider"])

    @cached_property
    def resources(self) -> Mapping[str, Schema]:
        """The resource types by name."""
        return {name: Schema(item) for name, item in self._schemas["resource_schemas"].items()}

    @cached_property
    def data_sources(self) -> Mapping[str, Schema]:
        """The types of data sources by name."""
        return {name: Schema(item) for name, item in self._schemas["data_source_schemas"].items()}

    @property
    def _schemas(self) -> Mapping[str, Any]:
        schemas: Mapping[str, Any] = self._content["provider_schemas"][self.source]
        return schemas


class Schema(_View):
    """A type's top-level block, and the version of the state it writes."""

    @property
    def version(self) -> int:
        """The version of the state."""
        return int(self._content.get("version", 0))

    @cached_property
    def block(self) -> Block:
        """The top-level block."""
        return Block(self._content["block"])


class Block(_View):
    """The attributes and the nested blocks of a resource, a data source, a provider or a block."""

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """The attributes by name, those that a configuration may set among them."""
        return {name: Attribute(item) for name, item in self._content.get("attributes", {}).items()}

    @cached_property
    def blocks(self) -> Mapping[str, NestedBlock]:
        """The nested blocks by name."""
        return {name: NestedBlock(item) for name, item in self._content.get("block_types", {}).items()}

    @property
    def deprecated(self) -> bool:
        """Whether the provider wants it no longer used."""
        return bool(self._content.get("deprecated"))


class Nested(Block):
    """An object that is the value of an attribute: a block without blocks.

    ``nesting`` says how many such objects there are.
    """

    @property
    def nesting(self) -> str:
        """``single``, ``list``, ``set`` or ``map``."""
        return str(self._content["nesting_mode"])


class NestedBlock(_View):
    """A block inside a block."""

    @property
    def nesting(self) -> str:
        """``single``, ``list`` or ``set``."""
        return str(self._content["nesting_mode"])

    @property
    def min_items(self) -> int:
        """How many there must be at least."""
        return int(self._content.get("min_items", 0))

    @property
    def max_items(self) -> int:
        """How many there may be at most; 0 for any number."""
        return int(self._content.get("max_items", 0))

    @cached_property
    def block(self) -> Block:
        """What is in it."""
        return Block(self._content["block"])


class Attribute(_View):
    """An argument or attribute."""

    @property
    def type(self) -> Any:
        """The type as in the file, such as ``"string"`` or ``["list", "string"]``; None for an object."""
        return self._content.get("type")

    @property
    def required(self) -> bool:
        """Whether a configuration must set it."""
        return bool(self._content.get("required"))

    @property
    def optional(self) -> bool:
        """Whether a configuration may set it or leave it out."""
        return bool(self._content.get("optional"))

    @property
    def configurable(self) -> bool:
        """Whether a configuration may set it."""
        return self.required or self.optional

    @property
    def computed(self) -> bool:
        """Whether the provider gives it a value, unless a configuration does."""
        return bool(self._content.get("computed"))

    @property
    def sensitive(self) -> bool:
        """Whether Terraform hides it in what it prints."""
        return bool(self._content.get("sensitive"))

    @property
    def write_only(self) -> bool:
        """Whether it is in no plan and no state."""
        return bool(self._content.get("write_only"))

    @property
    def deprecated(self) -> bool:
        """Whether the provider wants it no longer used."""
        return bool(self._content.get("deprecated"))

    @property
    def nested(self) -> Nested | None:
        """What is in it, when it is an object with attributes of its own."""
        nested = self._content.get("nested_type")
        return Nested(nested) if nested else None
