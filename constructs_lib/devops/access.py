"""Who may touch a protected resource: roles of teams, and pipelines that are authorized to use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cdktf import Fn, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Pipeline, Project, Team

Role = Literal["Reader", "User", "Administrator"]


@dataclass(frozen=True)
class _Kind:
    role_scope: str
    separator: str


# The names Azure DevOps has for the same three kinds: in authorizations (the keys) and in security roles.
_KINDS: dict[Literal["variablegroup", "environment", "endpoint"], _Kind] = {
    "variablegroup": _Kind("distributedtask.variablegroup", "$"),
    "environment": _Kind("distributedtask.environmentreferencerole", "_"),
    "endpoint": _Kind("distributedtask.serviceendpointrole", "_"),
}


class Access:
    """Roles and pipeline authorizations of one variable group, environment or service connection.

    Nothing is ever opened to all pipelines. Administrators of the whole project or Library keep the rights
    they inherit.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        kind: Literal["variablegroup", "environment", "endpoint"],
        resource_id: str,
        roles: Mapping[str, tuple[Team, Role]],
        pipelines: Mapping[str, Pipeline],
    ) -> None:
        """Give each team its role, and authorize each pipeline.

        The keys of both mappings become part of the Terraform addresses, behind a hyphen: no variable's name
        has one, so that ``id_`` can be the id of the resource itself.
        """
        for key, (team, role) in roles.items():
            azuredevops.SecurityroleAssignment(
                scope,
                f"{id_}-role-{key}",
                scope=_KINDS[kind].role_scope,
                # Not an f-string: "${project}$${group}" would be a literal to Terraform.
                resource_id=Fn.join(_KINDS[kind].separator, [project.id, resource_id]),
                identity_id=team.group_id,
                role_name=role,
            )
        for key, pipeline in pipelines.items():
            azuredevops.PipelineAuthorization(
                scope,
                f"{id_}-pipeline-{key}",
                project_id=project.id,
                resource_id=resource_id,
                type=kind,
                pipeline_id=pipeline.pipeline_id,
            )
