"""The Azure Machine Learning workspace, and the datastores in it."""

from __future__ import annotations

from typing import Literal

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.storage import StorageContainer
from constructs_lib.azure.workspace import add_datastore
from tests.synthesized import role_name
from tests.unit.constructs.examples import resource_group, storage, synthesized, workspace

WORKSPACE = "azurerm_machine_learning_workspace.workspace"
WAIT = "time_sleep.workspace_roles_wait"


def test_a_workspace_with_an_identity_of_its_own_waits_for_its_roles(stack: TerraformStack) -> None:
    workspace(stack, resource_group(stack), managed_network=True)
    written = synthesized(stack)
    body = written.at(WORKSPACE)
    identity = "${azurerm_user_assigned_identity.workspace_identity.id}"
    assert body["identity"] == {"identity_ids": [identity], "type": "UserAssigned"}
    assert body["primary_user_assigned_identity"] == identity
    assert body["depends_on"] == [WAIT]
    roles = written.resources("azurerm_role_assignment")
    assert {role["principal_id"] for role in roles.values()} == {
        "${azurerm_user_assigned_identity.workspace_identity.principal_id}"
    }
    # All but the one on the workspace itself come before it.
    after = "workspace_own_roles_workspace_contributor"
    assert roles[after]["scope"] == f"${{{WORKSPACE}.id}}"
    assert sorted(written.at(f"{WAIT}.depends_on")) == sorted(
        f"azurerm_role_assignment.{name}" for name in roles.keys() - {after}
    )
    assert written.at("time_sleep.workspace_own_roles_wait.depends_on") == [
        f"azurerm_role_assignment.{after}"
    ]


def test_a_user_assigned_identity_has_what_azures_table_says(stack: TerraformStack) -> None:
    workspace(stack, resource_group(stack), identity="user_assigned")
    granted = {
        (body["scope"].split(".")[0].removeprefix("${azurerm_"), role_name(body))
        for body in synthesized(stack).resources("azurerm_role_assignment").values()
    }
    assert granted == {
        ("storage_account", "Contributor"),
        ("storage_account", "Storage Blob Data Contributor"),
        ("key_vault", "Contributor"),
        ("key_vault", "Key Vault Administrator"),
        ("container_registry", "Contributor"),
        ("application_insights", "Contributor"),
        ("machine_learning_workspace", "Contributor"),
    }


@pytest.mark.parametrize("managed_network", [True, False])
def test_a_system_assigned_identity_has_its_roles_from_azure(
    stack: TerraformStack, managed_network: bool
) -> None:
    workspace(stack, resource_group(stack), managed_network=managed_network, identity="system_assigned")
    written = synthesized(stack)
    assert written.at(f"{WORKSPACE}.identity") == {"type": "SystemAssigned"}
    # Azure refuses a second assignment of a role that it has given.
    assert written.resources("azurerm_role_assignment") == {}
    # The first compute makes the managed network, which needs those roles: they take their time as well.
    waits = {name: body["triggers"] for name, body in written.resources("time_sleep").items()}
    assert waits == (
        {"workspace_roles_wait": {"workspace": f"${{{WORKSPACE}.id}}"}} if managed_network else {}
    )


@pytest.mark.parametrize("kind", ["user_assigned", "system_assigned"])
def test_it_keeps_the_kind_of_identity_that_it_was_made_with(
    stack: TerraformStack, kind: Literal["user_assigned", "system_assigned"]
) -> None:
    workspace(stack, resource_group(stack), identity=kind)
    written = synthesized(stack)
    made_with = written.at("terraform_data.workspace_identity_kind")
    assert made_with == {
        "input": kind,
        # What is configured later is not what it was made with, unless it is made anew.
        "lifecycle": {"ignore_changes": ["input"]},
        "triggers_replace": ["example-rg", "example-workspace"],
    }
    (condition,) = written.at(f"{WORKSPACE}.lifecycle.precondition")
    output = "terraform_data.workspace_identity_kind.output"
    assert condition["condition"] == f'${{{output} == "{kind}"}}'
    assert f"was made with managed_identity ${{{output}}}" in condition["error_message"]


def test_a_datastore_signs_in_as_the_workspace(stack: TerraformStack) -> None:
    group = resource_group(stack)
    account = storage(stack, group)
    add_datastore(
        stack,
        "raw_datastore",
        workspace=workspace(stack, group, account=account, managed_network=True),
        container=StorageContainer(stack, "raw", account=account, name="raw-data"),
        description="Raw data.",
    )
    datastore = synthesized(stack).at("azurerm_machine_learning_datastore_blobstorage.raw_datastore")
    assert datastore["name"] == "raw_data"
    assert datastore["storage_container_id"] == "${azurerm_storage_container.raw.id}"
    assert datastore["service_data_auth_identity"] == "WorkspaceUserAssignedIdentity"
    # Whatever people or policies write there, the datastore stays.
    assert datastore["lifecycle"] == {"ignore_changes": ["description", "tags"]}


@pytest.mark.parametrize("managed_network", [True, False])
def test_no_answer_of_azure_replaces_a_workspace(stack: TerraformStack, managed_network: bool) -> None:
    workspace(stack, resource_group(stack), managed_network=managed_network)
    body = synthesized(stack).at(WORKSPACE)
    assert ("managed_network" in body) is managed_network
    assert body["lifecycle"]["ignore_changes"] == [
        "managed_network[0].provision_on_creation_enabled",
        "serverless_compute",
    ]
    assert "high_business_impact" not in body
    # A managed network goes with the workspace, and takes its time.
    assert body["timeouts"]["delete"] == "120m"
