"""The Library of a stand-in cloud, behind the door, as a deployment leaves it and as people edit it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doctor.platform import Group, Platform
from sandbox.cloud.store import Cloud, Resource
from sandbox.commands.library import delete_variable, set_variable
from sandbox.services.devops.library import PERSON, VARIABLES, VariableGroup, set_variables, variables_of
from settings.loader import load_settings

PROJECT = "azuredevops_project"


class Library:
    """What people do in the Library; the names are those of Azure DevOps."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def deploy(self, config: Path) -> None:
        """Make the variable groups of a configuration, and take away all others."""
        (project,) = self.cloud.resources(PROJECT)
        for group in self.cloud.resources(VariableGroup.name):
            self.cloud.remove(group)
        for number, wanted in enumerate(Platform(load_settings(config)).groups.values(), start=1):
            self.cloud.write(_resource(wanted, project.id, number))

    def edit(self, group: str, **values: str) -> None:
        for name, value in values.items():
            set_variable(self.cloud.folder, group, name, value)

    def delete(self, group: str, name: str) -> None:
        delete_variable(self.cloud.folder, group, name)

    def hide(self, group: str, name: str) -> None:
        """Turn a value into a secret."""
        value = self.read(group)[name]
        set_variables(self.cloud, self._group(group), {name: {"value": value, "isSecret": True}}, by=PERSON)

    def rename(self, group: str, name: str) -> None:
        found = self._group(group)
        self.cloud.write(
            Resource(
                found.type, found.id, {**found.attributes, "name": name}, contents=found.contents, path=found.path
            )
        )  # fmt: skip

    def read(self, group: str) -> dict[str, str]:
        return {name: str(item["value"]) for name, item in variables_of(self._group(group)).items()}

    def _group(self, name: str) -> Resource:
        (found,) = [item for item in self.cloud.resources(VariableGroup.name) if item.name == name]
        return found


def _resource(group: Group, project_id: str, number: int) -> Resource:
    attributes: dict[str, Any] = {"name": group.name, "project_id": project_id, "description": ""}
    if group.secret:
        attributes["key_vault"] = [{"name": "vault", "service_endpoint_id": project_id, "search_depth": 20}]
    values = {} if group.secret else {"managedBy": "terraform"}
    values |= {variable.name: variable.value for variable in group.variables.values()}
    held = {name: {"value": value, "isSecret": group.secret} for name, value in values.items()}
    return Resource(VariableGroup.name, str(number), attributes, contents={VARIABLES: held})
