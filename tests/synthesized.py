"""Reads what the project writes: the synthesized Terraform of a stack, the way a reader looks things up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from constructs_lib.azure.roles import ROLES
from settings.loader import Settings

Json = dict[str, Any]


class Stack:
    """The synthesized Terraform of one stack, without cdktf's own metadata."""

    def __init__(self, name: str, terraform: Json) -> None:
        """Keep the parsed ``cdk.tf.json``."""
        self.name = name
        self.terraform: Json = without_metadata(terraform)

    def resources(self, type_: str) -> Json:
        """Return the resources of a type by their logical names; empty when there are none."""
        found: Json = self.terraform.get("resource", {}).get(type_, {})
        return found

    def data(self, type_: str) -> Json:
        """Return the data sources of a type by their logical names; empty when there are none."""
        found: Json = self.terraform.get("data", {}).get(type_, {})
        return found

    def at(self, address: str) -> Any:
        """Return what stands at ``type.name.argument.nested``. Raises ``KeyError`` when nothing does."""
        type_, name, *path = address.split(".")
        value: Any = self.resources(type_)[name]
        for part in path:
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def named(self, type_: str, name: str, key: str = "name") -> str:
        """Return the logical name of the one resource of ``type_`` whose ``key`` is ``name``."""
        (found,) = [logical for logical, body in self.resources(type_).items() if body[key] == name]
        return found

    def variables(self, group: str) -> dict[str, Json]:
        """Return the variables of a variable group, by their names."""
        logical = self.named("azuredevops_variable_group", group)
        reference = f"${{azuredevops_variable_group.{logical}.id}}"
        return {
            body["name"]: body
            for body in self.resources("azuredevops_variable_group_variable").values()
            if body["variable_group_id"] == reference
        }

    def addresses(self) -> list[str]:
        """Return the address of every resource."""
        types: Json = self.terraform.get("resource", {})
        return sorted(f"{type_}.{name}" for type_, bodies in types.items() for name in bodies)


def role_name(assignment: Json) -> str:
    """Return the name of the role that an assignment gives, or the reference to a role of our own."""
    definition: str = assignment["role_definition_id"]
    guid = definition.rpartition("/")[2]
    return next((name for name, known in ROLES.items() if known == guid), definition)


def without_metadata(value: Any) -> Any:
    """Return the value without cdktf's ``//`` keys."""
    if isinstance(value, dict):
        return {key: without_metadata(item) for key, item in value.items() if key != "//"}
    return [without_metadata(item) for item in value] if isinstance(value, list) else value


def synthesize_to(settings: Settings, folder: Path) -> dict[str, Stack]:
    """Synthesize into ``folder`` and return the stacks by name."""
    from stacks.synthesis import synthesize  # starts Node, which the tests of the settings can do without

    synthesize(settings, str(folder))
    return read_stacks(folder)


def read_stacks(folder: Path) -> dict[str, Stack]:
    """Return the stacks that were synthesized into ``folder``, by name."""
    manifest = json.loads((folder / "manifest.json").read_text())[
        "stacks"
    ]  # folders of earlier ones may be left
    return {
        name: Stack(name, json.loads((folder / stack["synthesizedStackPath"]).read_text()))
        for name, stack in sorted(manifest.items())
    }
