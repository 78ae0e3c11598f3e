"""Variable groups of the Library."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.service_connection import ServiceConnection
from constructs_lib.devops.variable_group import add_key_vault_variable_group, add_variable_group
from settings.models import devops
from settings.models.variables import Variable
from tests.project import TENANT
from tests.unit.constructs.examples import identity, project, resource_group, synthesized

VARIABLE = "azuredevops_variable_group_variable"


def test_people_go_on_editing_what_belongs_to_the_library(stack: TerraformStack) -> None:
    add_variable_group(
        stack,
        "variables",
        project=project(stack),
        settings=devops.VariableGroup(
            name="example-variables",
            purpose="Settings of the example",
            used_by=("Training",),
            permissions={"leads": "Administrator"},
        ),
        variables=[
            Variable(name="workspaceName", value="example", owner="terraform", setting="workspace.name"),
            Variable(name="minAccuracy", value="0.7", owner="library", setting="validation.min_accuracy"),
        ],
    )
    written = synthesized(stack)
    # The group's own resource would overwrite the whole group, and blank secrets that somebody added.
    group = written.at("azuredevops_variable_group.variables")
    assert group["variable"] == [{"name": "managedBy", "value": "terraform"}]
    assert "variable" in group["lifecycle"]["ignore_changes"]
    assert "lifecycle" not in written.at(f"{VARIABLE}.variables_workspaceName")
    assert written.at(f"{VARIABLE}.variables_minAccuracy.lifecycle") == {"ignore_changes": ["value"]}
    assert written.at("azuredevops_securityrole_assignment.variables-role-leads.role_name") == (
        "Administrator"
    )


def test_a_group_with_another_name_than_it_has_is_refused(stack: TerraformStack) -> None:
    add_variable_group(
        stack,
        "variables",
        project=project(stack),
        settings=devops.VariableGroup(name="new-name", purpose="Settings", used_by=(), permissions={}),
        variables=[],
    )
    (expected,) = synthesized(stack).at("azuredevops_variable_group.variables.lifecycle.postcondition")
    assert expected["condition"] == '${self.name == "new-name"}'
    assert (
        "is called ${self.name} in Azure DevOps, and new-name in the configuration"
        in expected["error_message"]
    )


def test_no_two_variables_of_a_group_are_written_at_once(stack: TerraformStack) -> None:
    names = ["workspaceName", "Zone", "minAccuracy"]
    add_variable_group(
        stack,
        "variables",
        project=project(stack),
        settings=devops.VariableGroup(
            name="example-variables", purpose="Settings", used_by=(), permissions={}
        ),
        variables=[Variable(name=name, value="1", owner="library", setting="") for name in names],
    )
    written = synthesized(stack)
    ordered = written.at("terraform_data.variables-names.input")
    assert sorted(ordered) == ordered  # by name: the order in a file never matters
    waits = {name: written.at(f"{VARIABLE}.variables_{name}.depends_on") for name in ordered}
    assert waits == {
        "Zone": ["terraform_data.variables-names"],
        "minAccuracy": [f"{VARIABLE}.variables_Zone"],
        "workspaceName": [f"{VARIABLE}.variables_minAccuracy"],
    }


def test_secrets_are_linked_once_the_connection_can_sign_in(stack: TerraformStack) -> None:
    ours = project(stack)
    connection = ServiceConnection(
        stack,
        "connection",
        project=ours,
        settings=devops.ServiceConnection(name="Azure-Example", used_by=()),
        identity=identity(stack, resource_group(stack)),
        tenant_id=TENANT,
        subscription_id="s",
    )
    add_key_vault_variable_group(
        stack,
        "secrets",
        project=ours,
        settings=devops.KeyVaultVariableGroup(
            name="example-secrets", used_by=("Training",), permissions={}, secrets=("scoring-api-password",)
        ),
        key_vault_name="example-keyvault",
        connection=connection,
        depends_on=[],
    )
    group = synthesized(stack).at("azuredevops_variable_group.secrets")
    assert group["key_vault"] == {
        "name": "example-keyvault",
        "service_endpoint_id": "${azuredevops_serviceendpoint_azurerm.connection.id}",
    }
    assert group["variable"] == [{"name": "scoring-api-password"}]
    assert group["depends_on"] == ["azurerm_federated_identity_credential.connection_federated_credential"]
