"""Variable groups of the Library. Documentation: distributedtask/variablegroups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from client.calls import Call
from client.devops.identities import IdentityRef, ProjectReference
from client.services import Services

_LIST = Call("{project}/_apis/distributedtask/variablegroups", needs="Library, Reader")
_GET = Call("{project}/_apis/distributedtask/variablegroups/{group_id}", needs="Library, Reader")
_UPDATE = Call(
    "_apis/distributedtask/variablegroups/{group_id}", needs="Library, Administrator of this variable group"
)


@dataclass(frozen=True)
class VariableValue:
    """One variable. The value of a secret is None: the service never shows it."""

    value: str | None = None
    is_secret: bool = False
    is_read_only: bool = False
    """Steps of a pipeline cannot set it."""
    enabled: bool | None = None
    """Of a secret in a linked key vault: whether the vault has it enabled."""


@dataclass(frozen=True)
class ProviderData:
    """The key vault that a group is linked to."""

    service_endpoint_id: str = ""
    vault: str = ""


@dataclass(frozen=True)
class VariableGroupProjectReference:
    """A project that sees the group, and how it is called there."""

    project_reference: ProjectReference
    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class VariableGroup:
    """A variable group with all of its variables."""

    id: int
    name: str
    type: str
    """``Vsts``, or ``AzureKeyVault`` for one that is linked to a key vault."""
    variables: Mapping[str, VariableValue]
    description: str = ""
    is_shared: bool = False
    created_by: IdentityRef | None = None
    created_on: datetime | None = None
    modified_by: IdentityRef | None = None
    """Who last changed anything in the group. The service does not say who changed which variable."""
    modified_on: datetime | None = None
    provider_data: ProviderData | None = None
    variable_group_project_references: tuple[VariableGroupProjectReference, ...] = field(default=())


def variable_groups(services: Services, project: str, name: str | None = None) -> Iterator[VariableGroup]:
    """List the variable groups of a project, or those of a name, in which ``*`` stands for anything.

    Names are compared without case. Raises :class:`client.errors.ServiceError`.
    """
    return services.devops.listed(VariableGroup, _LIST, {"groupName": name}, project=project)


def variable_group(services: Services, project: str, group_id: int) -> VariableGroup:
    """Read one variable group. Raises :class:`client.errors.NotFoundError` where there is none."""
    return services.devops.get(VariableGroup, _GET, project=project, group_id=group_id)


def replace_variable_group(services: Services, group: VariableGroup) -> VariableGroup:
    """Write a variable group as a whole: variables that ``group`` does not have are deleted.

    Read the group, change that (``dataclasses.replace``) and write it back at once: what somebody else changed in
    between is overwritten, for the service compares no versions. A secret keeps its value when it is written with
    None. Returns the group as it is now. Raises :class:`client.errors.ServiceError`, also
    :class:`client.errors.ReadOnlyError`.
    """
    return services.devops.put(VariableGroup, _UPDATE, _body(group), group_id=group.id)


def _body(group: VariableGroup) -> dict[str, object]:
    linked = group.provider_data
    return {
        "name": group.name,
        "type": group.type,
        "description": group.description,
        "variables": {name: _variable(variable) for name, variable in group.variables.items()},
        "variableGroupProjectReferences": [
            {
                "name": reference.name or group.name,
                "description": reference.description,
                "projectReference": {
                    "id": reference.project_reference.id,
                    "name": reference.project_reference.name,
                },
            }
            for reference in group.variable_group_project_references
        ],
        **(
            {"providerData": {"serviceEndpointId": linked.service_endpoint_id, "vault": linked.vault}}
            if linked
            else {}
        ),
    }


def _variable(variable: VariableValue) -> dict[str, object]:
    written: dict[str, object] = {"value": variable.value}
    if variable.is_secret:
        written["isSecret"] = True
    if variable.is_read_only:
        written["isReadOnly"] = True
    if variable.enabled is not None:
        written["enabled"] = variable.enabled
    return written
