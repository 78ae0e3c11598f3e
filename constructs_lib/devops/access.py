"""Who may touch a protected resource: roles of teams, and pipelines that are authorized to use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from cdktf import Fn, TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Project, address_of
from settings.models.devops import Role

ResourceType = Literal["variablegroup", "environment", "endpoint", "queue"]
"""The type of a protected resource, as authorizations have it. An endpoint is a service connection, a queue an
agent pool of the project."""


class _RoleScope(NamedTuple):
    """What security roles call a type of resource, and what stands between the ids of project and resource there."""

    name: str
    separator: str


_ROLE_SCOPES: dict[ResourceType, _RoleScope] = {
    "variablegroup": _RoleScope("distributedtask.variablegroup", "$"),
    "environment": _RoleScope("distributedtask.environmentreferencerole", "_"),
    "endpoint": _RoleScope("distributedtask.serviceendpointrole", "_"),
    "queue": _RoleScope("distributedtask.agentqueuerole", "_"),
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
    checks: Sequence[azuredevops.Check] = (),
) -> None:
    """Give teams (keys) and people (sign-in names) their roles on one resource, and authorize pipelines (names) for it.

    Nothing is ever opened to all pipelines. Administrators of the whole project or Library keep the rights they
    inherit. Keys and names become part of the Terraform addresses, behind a hyphen: no variable's name has one, so
    that ``id_`` can be the id of the resource itself.

    ``checks`` are all that stand in front of the resource. A pipeline is authorized when they are there, and loses the
    authorization before one of them goes, also when that one is replaced: the resource is never open without them.
    Authorizations are made one after another, because Azure DevOps refuses several at once on one resource with
    TF400898 (microsoft/terraform-provider-azuredevops#1448).
    """
    role_scope = _ROLE_SCOPES[resource_type]
    for who, role in roles.items():
        azuredevops.SecurityroleAssignment(
            scope,
            f"{id_}-role-{address_of(who)}",
            scope=role_scope.name,
            # Not an f-string: "${project}$${group}" would be a literal to Terraform.
            resource_id=Fn.join(role_scope.separator, [project.id, resource_id]),
            identity_id=project.identity_id(who),
            role_name=role,
        )
    # To be replaced by something is also to depend on it. By the id: another approver replaces nothing.
    behind_checks = TerraformResourceLifecycle(
        replace_triggered_by=[f"{check.address}.id" for check in checks]
    )
    before: list[azuredevops.PipelineAuthorization] = []
    for key, pipeline_id in sorted(project.pipeline_ids(pipelines).items()):
        authorization = azuredevops.PipelineAuthorization(
            scope,
            f"{id_}-pipeline-{key}",
            project_id=project.id,
            resource_id=resource_id,
            type=resource_type,
            pipeline_id=pipeline_id,
            depends_on=before,
            lifecycle=behind_checks if checks else None,
        )
        before = [authorization]
