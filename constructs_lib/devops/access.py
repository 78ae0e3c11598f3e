"""Who may touch a protected resource: roles of teams, and pipelines that are authorized to use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from cdktf import Fn, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Project
from settings.models.devops import Role

ResourceType = Literal["variablegroup", "environment", "endpoint"]
"""The type of a protected resource, as authorizations have it. An endpoint is a service connection."""


class _RoleScope(NamedTuple):
    """What security roles call a type of resource, and what stands between the ids of project and resource there."""

    name: str
    separator: str


_ROLE_SCOPES: dict[ResourceType, _RoleScope] = {
    "variablegroup": _RoleScope("distributedtask.variablegroup", "$"),
    "environment": _RoleScope("distributedtask.environmentreferencerole", "_"),
    "endpoint": _RoleScope("distributedtask.serviceendpointrole", "_"),
}


def grant_access(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    resource_type: ResourceType,
    resource_id: str,
    roles: Mapping[str, Role],
    pipelines: Iterable[str],
) -> None:
    """Give teams (keys) their roles on one resource, and authorize pipelines (names) to use it.

    Nothing is ever opened to all pipelines. Administrators of the whole project or Library keep the rights they
    inherit. Keys and names become part of the Terraform addresses, behind a hyphen: no variable's name has one, so
    that ``id_`` can be the id of the resource itself.
    """
    role_scope = _ROLE_SCOPES[resource_type]
    for team, role in roles.items():
        azuredevops.SecurityroleAssignment(
            scope,
            f"{id_}-role-{team}",
            scope=role_scope.name,
            # Not an f-string: "${project}$${group}" would be a literal to Terraform.
            resource_id=Fn.join(role_scope.separator, [project.id, resource_id]),
            identity_id=project.group_id(team),
            role_name=role,
        )
    for key, pipeline_id in project.pipeline_ids(pipelines).items():
        azuredevops.PipelineAuthorization(
            scope,
            f"{id_}-pipeline-{key}",
            project_id=project.id,
            resource_id=resource_id,
            type=resource_type,
            pipeline_id=pipeline_id,
        )
