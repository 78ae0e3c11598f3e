"""Library variable groups that people can go on editing in Azure DevOps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings import azuredevops, terraform
from constructs_lib.devops.access import grant_access
from constructs_lib.devops.project import Project, quoted
from constructs_lib.devops.service_connection import ServiceConnection
from settings.models.devops import KeyVaultVariableGroup, VariableGroup
from settings.models.variables import MANAGED_BY, Variable

PLACEHOLDER = azuredevops.VariableGroupVariableBlock(name=MANAGED_BY, value="terraform")
"""A group needs one variable of its own; this one says who made the group."""


def add_variable_group(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    settings: VariableGroup,
    variables: Iterable[Variable],
) -> None:
    """Add a variable group with one Terraform resource for each variable.

    The group's own resource would overwrite the whole group on every change, and blank secrets that somebody
    added. It is therefore frozen after creation, and each variable is a resource of its own. Those that
    belong to the Library are seeded once and then left alone. Another name in the settings than the group has in Azure
    DevOps is refused: frozen, it would do nothing, and the pipelines would look for a group that is not there.

    No two variables of a group are ever written at once: the provider deletes one by writing back all that it has read,
    and what another request wrote in between is lost (``resource_variable_group_variable.go``, 1.16). Each variable
    therefore waits for the one before it. A new one would still not wait for those that go, which no configuration
    names any more: the list of names, which changes with them, stands between. The order is by name, so that what the
    state remembers of it can never form a circle with what the configuration says.
    """
    group = azuredevops.VariableGroup(
        scope,
        id_,
        project_id=project.id,
        name=settings.name,
        description=settings.purpose,
        variable=[PLACEHOLDER],
        lifecycle=TerraformResourceLifecycle(
            ignore_changes=["name", "description", "variable", "allow_access"],
            postcondition=[_keeps_its_name(settings.name)],
        ),
    )
    owned_by_library = TerraformResourceLifecycle(ignore_changes=["value"])
    wanted = sorted(variables, key=lambda variable: variable.name)
    before: ITerraformDependable = terraform.Data(
        scope, f"{id_}-names", input=[variable.name for variable in wanted]
    )
    for variable in wanted:
        before = azuredevops.VariableGroupVariable(
            scope,
            f"{id_}_{variable.name}",
            project_id=project.id,
            variable_group_id=group.id,
            name=variable.name,
            value=variable.value,
            lifecycle=owned_by_library if variable.owner == "library" else None,
            depends_on=[before],
        )
    _grant_access(scope, id_, project, settings, group.id)


def add_key_vault_variable_group(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    settings: KeyVaultVariableGroup,
    key_vault_name: str,
    connection: ServiceConnection,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Add a variable group whose values are secrets of a key vault. It cannot hold plain values as well.

    Azure DevOps looks each secret up through ``connection`` during the deployment; ``depends_on`` is what that needs
    before it may read the vault. Not for a private vault: Azure DevOps cannot reach it.
    """
    group = azuredevops.VariableGroup(
        scope,
        id_,
        project_id=project.id,
        name=settings.name,
        key_vault=azuredevops.VariableGroupKeyVault(name=key_vault_name, service_endpoint_id=connection.id),
        variable=[azuredevops.VariableGroupVariableBlock(name=secret) for secret in settings.secrets],
        depends_on=[*connection.ready, *depends_on],
    )
    _grant_access(scope, id_, project, settings, group.id)


def _keeps_its_name(name: str) -> Postcondition:
    return Postcondition(
        condition=f"${{self.name == {quoted(name)}}}",
        error_message=f"The variable group is called ${{self.name}} in Azure DevOps, and {name} in the configuration. "
        "Terraform does not rename it: that would write the whole group anew, and revert what people have set in it. "
        f"Put the old name back in config/ (variable_group.name). Or rename the group to {name} in Azure DevOps "
        "(Pipelines, Library) and in the pipelines that list it, and deploy again.",
    )


def _grant_access(
    scope: TerraformStack,
    id_: str,
    project: Project,
    settings: VariableGroup | KeyVaultVariableGroup,
    group_id: str,
) -> None:
    grant_access(
        scope,
        id_,
        project=project,
        resource_type="variablegroup",
        resource_id=group_id,
        roles=settings.permissions,
        pipelines=settings.used_by,
    )
