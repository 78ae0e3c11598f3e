"""Library variable groups that people can go on editing in Azure DevOps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import Access, Role
from constructs_lib.devops.project import Pipeline, Project, Team
from settings.models.variables import Variable

PLACEHOLDER = azuredevops.VariableGroupVariableBlock(name="managedBy", value="terraform")
"""A group needs one variable of its own; this one says who made the group."""


class VariableGroup:
    """A variable group with one Terraform resource for each variable.

    The group's own resource would overwrite the whole group on every change, and blank secrets that somebody
    added. It is therefore frozen after creation, and each variable is a resource of its own. Those that
    belong to the Library are seeded once and then left alone.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        name: str,
        purpose: str,
        variables: Iterable[Variable],
        roles: Mapping[str, tuple[Team, Role]],
        pipelines: Mapping[str, Pipeline],
    ) -> None:
        """Create the group with its variables, team roles and authorized pipelines.

        ``purpose`` becomes its description. Name and description keep their first values.
        """
        group = azuredevops.VariableGroup(
            scope,
            id_,
            project_id=project.id,
            name=name,
            description=purpose,
            variable=[PLACEHOLDER],
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["name", "description", "variable", "allow_access"]
            ),
        )
        owned_by_library = TerraformResourceLifecycle(ignore_changes=["value"])
        for variable in variables:
            azuredevops.VariableGroupVariable(
                scope,
                f"{id_}_{variable.name}",
                project_id=project.id,
                variable_group_id=group.id,
                name=variable.name,
                value=variable.value,
                lifecycle=owned_by_library if variable.owner == "library" else None,
            )
        Access(
            scope,
            id_,
            project=project,
            kind="variablegroup",
            resource_id=group.id,
            roles=roles,
            pipelines=pipelines,
        )


class KeyVaultVariableGroup:
    """A variable group whose values are read from a key vault. It cannot hold plain values as well.

    Not for a private vault: Azure DevOps cannot reach it.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        name: str,
        key_vault: str,
        service_connection_id: str,
        secrets: Sequence[str],
        roles: Mapping[str, tuple[Team, Role]],
        pipelines: Mapping[str, Pipeline],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        """Link ``secrets`` (names) of ``key_vault``; Azure DevOps looks each one up during the deployment.

        ``depends_on`` is what the connection needs before it may read the vault.
        """
        group = azuredevops.VariableGroup(
            scope,
            id_,
            project_id=project.id,
            name=name,
            key_vault=azuredevops.VariableGroupKeyVault(
                name=key_vault, service_endpoint_id=service_connection_id
            ),
            variable=[azuredevops.VariableGroupVariableBlock(name=secret) for secret in secrets],
            depends_on=depends_on,
        )
        Access(
            scope,
            id_,
            project=project,
            kind="variablegroup",
            resource_id=group.id,
            roles=roles,
            pipelines=pipelines,
        )
