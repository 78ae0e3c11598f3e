"""The Library as a person uses it: variables of the stand-in cloud, read and edited outside Terraform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sandbox.cloud import Cloud, Thing
from sandbox.kinds.variables import VARIABLE_GROUP, VARIABLES, set_variables


class LibraryError(Exception):
    """There is no such group or variable; the message says which."""


def list_variables(cloud_folder: Path, group: str | None = None) -> dict[str, dict[str, str]]:
    """Return each group's variables, or one group's; a secret's value is not shown."""
    cloud = Cloud(cloud_folder)
    with cloud.locked():
        groups = cloud.things(VARIABLE_GROUP) if group is None else [_group(cloud, group)]
        return {item.name: _shown(item) for item in groups}


def set_variable(cloud_folder: Path, group: str, name: str, value: str, *, secret: bool = False) -> None:
    """Change a variable of a group or add one."""
    cloud = Cloud(cloud_folder)
    with cloud.locked():
        set_variables(cloud, _group(cloud, group), {name: {"value": value, "isSecret": secret}})


def delete_variable(cloud_folder: Path, group: str, name: str) -> None:
    """Take a variable out of a group; LibraryError if it is not there."""
    cloud = Cloud(cloud_folder)
    with cloud.locked():
        found = _group(cloud, group)
        if name not in found.contents.get(VARIABLES, {}):
            raise LibraryError(f"The variable group {group} has no variable {name}.")
        set_variables(cloud, found, {name: None})


def _group(cloud: Cloud, name: str) -> Thing:
    found = next((item for item in cloud.things(VARIABLE_GROUP) if item.name.lower() == name.lower()), None)
    if found is None:
        raise LibraryError(f"There is no variable group {name}.")
    return found


def _shown(group: Thing) -> dict[str, str]:
    variables: Mapping[str, Mapping[str, object]] = group.contents.get(VARIABLES, {})
    return {
        name: "********" if variables[name].get("isSecret") else str(variables[name].get("value") or "")
        for name in sorted(variables)
    }
