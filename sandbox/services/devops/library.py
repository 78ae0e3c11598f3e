"""Variable groups and their variables, which live inside the group's file as ``{name: {value, isSecret}}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sandbox.cloud.request import Request, ServiceError
from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from sandbox.services.devops.devops_resource import (
    DevOpsResource,
    UniqueName,
    find_project,
)
from sandbox.services.resource_type import Arguments, ResourceType
from sandbox.services.rules import IS_UUID, ProviderRules

VARIABLES = "variables"
CREATED, CHANGED = "created", "changed"
"""Where a group's file says who made it and when, and who changed it last, when, and how often it was changed."""
TERRAFORM, PERSON = "Terraform in the sandbox", "You in the sandbox"
"""Who changes groups: a deployment, and whoever uses the Library, the sandbox's commands or the REST door."""

_BETWEEN_READING_AND_WRITING = 0.02
"""How long the provider takes from reading a group to writing it back (seconds)."""


class VariableGroup(DevOpsResource, type_name="azuredevops_variable_group"):
    """A group; Terraform's ``variable`` blocks are its whole set of variables, whoever wrote them."""

    number_series = "variable groups"
    unique_name = UniqueName(
        argument="name", within="project_id", says="Variable group with name {name} already exists."
    )
    rules = ProviderRules(
        force_new=("project_id",),
        defaults={"allow_access": False, "key_vault": {"search_depth": 20}},
        values={"project_id": IS_UUID},
    )

    def store(self, request: Request, resource: Resource) -> Resource:
        """Write the group's file; the blocks replace every variable that the group had."""
        variables = {item["name"]: _variable(item) for item in resource.attributes["variable"]}
        settings = {name: value for name, value in resource.attributes.items() if name != "variable"}
        if not settings.get("allow_access"):
            for opened in _opened_to_all(request, resource.id):
                request.cloud.remove(opened)
        contents = _changed(resource, variables, TERRAFORM)
        written = super().store(request, replace(resource, attributes=settings, contents=contents))
        return replace(written, attributes=resource.attributes)

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return what only variables of a linked key vault have."""
        return {"variable": {"content_type": "", "enabled": False, "expires": ""}}

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Return the group with every variable that it holds now."""
        group = super().read(request, resource_id)
        return group and self._with_variables(request, group)

    def provider_view(self, attributes: Arguments, before: Arguments) -> Arguments:
        """Return the group with the secrets that the state knows, which the service does not tell."""
        known = {item["name"]: item for item in before.get("variable") or []}
        variables = [
            {**item, **known.get(item["name"], {})} if item["is_secret"] else item
            for item in attributes["variable"]
        ]
        return {**attributes, "variable": variables}

    def _with_variables(self, request: Request, group: Resource) -> Resource:
        variables = [_block(name, item) for name, item in variables_of(group).items()]
        opened = bool(group.attributes.get("allow_access") or _opened_to_all(request, group.id))
        return replace(group, attributes={**group.attributes, "variable": variables, "allow_access": opened})


class Variable(ResourceType, type_name="azuredevops_variable_group_variable"):
    """One variable of a group. It has no file: it is in the group's."""

    provider_asks_first = True
    rules = ProviderRules(
        force_new=("project_id", "variable_group_id", "name"),
        values={"project_id": IS_UUID},
        exactly_one_of=(("secret_value", "value"),),
    )

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the provider's id: the variable's place and name."""
        return f"{arguments['project_id']}/{arguments['variable_group_id']}/{arguments['name']}"

    def existing(self, request: Request, arguments: Arguments) -> Resource | None:
        """Return the variable of this name in this group."""
        if not all(
            isinstance(arguments.get(name), str) for name in ("project_id", "variable_group_id", "name")
        ):
            return None
        return self.read(request, self.new_id(request, arguments))

    def create(self, request: Request, arguments: Arguments) -> Resource:
        """Add the variable to its group."""
        return self._put(request, self.new_id(request, arguments), arguments)

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Return the variable as the group holds it; a secret's value is not told."""
        project_id, group_id, name = _parts(resource_id)
        project = find_project(request.cloud, project_id)
        group = request.cloud.find(group_id, VariableGroup.name)
        if project is None or group is None or name not in variables_of(group):
            return None
        variable = variables_of(group)[name]
        secret = bool(variable.get("isSecret"))
        attributes = {
            "project_id": project_id,
            "variable_group_id": group_id,
            "name": name,
            "value": None if secret else variable.get("value") or "",
            "secret_value": "" if secret else None,
        }
        return Resource(self.name, resource_id, attributes)

    def provider_view(self, attributes: Arguments, before: Arguments) -> Arguments:
        """Return the variable with the value that was written, which the provider believes once it is a secret.

        It does not see that somebody has turned the value into a secret, and its next update makes it plain again
        (microsoft/azuredevops 1.16.0, ``taskagent/resource_variable_group_variable.go``).
        """
        if attributes.get("secret_value") is None:
            return attributes
        if before.get("value") is not None:
            return {**attributes, "value": before["value"], "secret_value": None}
        return {**attributes, "secret_value": before.get("secret_value") or ""}

    def update(self, request: Request, resource: Resource, arguments: Arguments) -> Resource:
        """Write the variable's new value."""
        return self._put(request, resource.id, arguments)

    def delete(self, request: Request, resource: Resource) -> None:
        """Write the group back as it was read, without the variable: what others write in between is lost.

        The provider has a lock for groups, and takes it when it creates and updates a variable, not when it deletes
        one; the service takes the whole group without asking which version it was made from (microsoft/azuredevops
        1.16.0, ``taskagent/resource_variable_group_variable.go``).
        """
        group = request.cloud.find(resource.attributes["variable_group_id"], VariableGroup.name)
        if group is None:
            return
        request.cloud.let_others_in(_BETWEEN_READING_AND_WRITING)
        if request.cloud.find(group.id, VariableGroup.name):
            set_variables(request.cloud, group, {resource.attributes["name"]: None})

    def _put(self, request: Request, resource_id: str, arguments: Arguments) -> Resource:
        group = request.cloud.find(arguments["variable_group_id"], VariableGroup.name)
        if group is None or group.attributes["project_id"] != arguments["project_id"]:
            raise ServiceError(
                f"Looking up variable group given ID ({arguments['variable_group_id']}) and project ID "
                f"({arguments['project_id']}): VS800070: Variable group was not found.",
                "variable_group_id",
            )
        secret = arguments.get("value") is None
        value = arguments.get("secret_value") if secret else arguments["value"]
        set_variables(request.cloud, group, {arguments["name"]: {"value": value, "isSecret": secret}})
        return Resource(self.name, resource_id, arguments)


def variables_of(group: Resource) -> Mapping[str, Mapping[str, Any]]:
    """Return a group's variables; BrokenFileError if somebody wrote something else into its file."""
    variables = group.contents.get(VARIABLES, {})
    if not isinstance(variables, dict):
        raise BrokenFileError(
            f'{group.path}: "{VARIABLES}" has to be an object: names, each with its variable'
        )
    for name, variable in variables.items():
        if (
            not isinstance(variable, dict)
            or not isinstance(variable.get("value"), str | None)
            or not isinstance(variable.get("isSecret"), bool | None)
        ):
            raise BrokenFileError(
                f'{group.path}: the variable {name} has to look like {{"value": "0.70", "isSecret": false}}; '
                "a value is text, in quotes, and isSecret is not"
            )
    return variables


def set_variables(
    cloud: Cloud, group: Resource, changes: Mapping[str, Any], *, by: str = TERRAFORM
) -> Resource:
    """Write variables into a group's file, and who did; None takes one out."""
    variables = {**variables_of(group), **changes}
    kept = {name: item for name, item in variables.items() if item is not None}
    return cloud.write(replace(group, contents=_changed(group, kept, by)))


_LONG_AGO = "2024-01-01T00:00:00Z"


def created(group: Resource) -> Mapping[str, Any]:
    """Return who made a group (``by``) and when (``on``), as :func:`last_change`."""
    return _said(group, CREATED)


def last_change(group: Resource) -> Mapping[str, Any]:
    """Return who changed a group last (``by``), when (``on``) and how often it was changed (``revision``).

    A group that was written by an earlier version of the sandbox, or by hand, may not say. BrokenFileError if somebody
    wrote something else there.
    """
    return _said(group, CHANGED)


def _said(group: Resource, name: str) -> Mapping[str, Any]:
    said = group.contents.get(name, {})
    match {"by": TERRAFORM, "on": _LONG_AGO, "revision": 1, **said} if isinstance(said, dict) else said:
        case {"by": str(), "on": str(), "revision": int()} as found:
            return found
    raise BrokenFileError(
        f'{group.path}: "{name}" has to look like {{"by": "{PERSON}", "on": "2026-01-31T12:00:00Z", "revision": 3}}'
    )


def _changed(group: Resource, variables: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Return what a group's file holds beside its settings after a change of its variables."""
    revision = last_change(group)["revision"] + 1 if CHANGED in group.contents else 1
    change = {"by": by, "on": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "revision": revision}
    first = {name: change[name] for name in ("by", "on")}
    return {CREATED: first, **group.contents, VARIABLES: variables, CHANGED: change}


def _opened_to_all(request: Request, group_id: str) -> list[Resource]:
    """Return the authorizations that open a group to all pipelines: another face of ``allow_access``."""
    wanted = {"type": "variablegroup", "resource_id": group_id}
    return [
        resource
        for resource in request.cloud.resources("azuredevops_pipeline_authorization")
        if wanted.items() <= resource.attributes.items() and not resource.attributes.get("pipeline_id")
    ]


def _variable(item: Mapping[str, Any]) -> dict[str, Any]:
    secret = item.get("is_secret") is True
    return {"value": (item.get("secret_value") if secret else item.get("value")) or "", "isSecret": secret}


def _block(name: str, variable: Mapping[str, Any]) -> dict[str, Any]:
    secret = bool(variable.get("isSecret"))
    return {
        "name": name,
        # The service does not tell secrets: an update of the group would write nothing over this one.
        "value": "" if secret else variable.get("value") or "",
        "secret_value": "",
        "is_secret": secret,
        "content_type": "",
        "enabled": False,
        "expires": "",
    }


def _parts(variable_id: str) -> tuple[str, str, str]:
    parts = variable_id.split("/", 2)
    if len(parts) != 3:
        raise ServiceError(f"invalid resource id, expect length=3, got={len(parts)}")
    if not parts[1].isdecimal():
        raise ServiceError(f"converting the variable group id as integer: {parts[1]}")
    return parts[0], parts[1], parts[2]
