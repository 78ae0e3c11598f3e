"""The Library as a person uses it: variables of the stand-in cloud, read and edited outside Terraform."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sandbox.cloud.store import Cloud, Resource
from sandbox.services.devops.library import PERSON, VariableGroup, set_variables, variables_of
from sandbox.services.devops.permissions import roles_on


class LibraryError(Exception):
    """There is no such cloud, group or variable; the message says which, and what there is."""


def list_variables(cloud_folder: Path, group: str | None = None) -> dict[str, dict[str, str]]:
    """Return each group's variables, or one group's; a secret's value is not shown."""
    cloud = _cloud(cloud_folder)
    with cloud.locked():
        groups = cloud.resources(VariableGroup.name) if group is None else [_group(cloud, group)]
        return {item.name: _shown(item) for item in groups}


def list_roles(cloud_folder: Path, group: str) -> dict[str, str]:
    """Return the role of each group of people on a variable group, those that it inherits among them."""
    cloud = _cloud(cloud_folder)
    with cloud.locked():
        return roles_on(cloud, _group(cloud, group))


def set_variable(cloud_folder: Path, group: str, name: str, value: str) -> None:
    """Change a variable of a group, or add one. What was a secret stays one."""
    cloud = _cloud(cloud_folder)
    with cloud.locked():
        found = _group(cloud, group)
        secret = bool(variables_of(found).get(name, {}).get("isSecret"))
        set_variables(cloud, found, {name: {"value": value, "isSecret": secret}}, by=PERSON)


def delete_variable(cloud_folder: Path, group: str, name: str) -> None:
    """Take a variable out of a group; LibraryError if it is not there."""
    cloud = _cloud(cloud_folder)
    with cloud.locked():
        found = _group(cloud, group)
        if name not in variables_of(found):
            raise LibraryError(
                f"The variable group {found.name} has no variable {name}. {_there(variables_of(found))}"
            )
        set_variables(cloud, found, {name: None}, by=PERSON)


def _cloud(folder: Path) -> Cloud:
    if not folder.is_dir():
        raise LibraryError(
            f"There is no stand-in cloud in {folder}. make sandbox KEEP=1 makes one; --cloud names another."
        )
    return Cloud(folder)


def _group(cloud: Cloud, name: str) -> Resource:
    groups = cloud.resources(VariableGroup.name)
    found = next((item for item in groups if item.name.lower() == name.lower()), None)
    if found is None:
        raise LibraryError(f"There is no variable group {name}. {_there(item.name for item in groups)}")
    return found


def _there(names: Iterable[str]) -> str:
    return f"There are: {', '.join(sorted(names)) or 'none'}."


def _shown(group: Resource) -> dict[str, str]:
    variables = variables_of(group)
    return {
        name: "********" if variables[name].get("isSecret") else str(variables[name].get("value") or "")
        for name in sorted(variables)
    }
