"""The Azure Machine Learning workspace, and the datastores in it."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.storage import StorageContainer
from constructs_lib.azure.workspace import add_datastore
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
    assert sorted(written.at(f"{WAIT}.depends_on")) == sorted(
        f"azurerm_role_assignment.{name}" for name in roles
    )
    assert {role["principal_id"] for role in roles.values()} == {
        "${azurerm_user_assigned_identity.workspace_identity.principal_id}"
    }


def test_a_system_assigned_identity_gets_its_roles_afterwards(stack: TerraformStack) -> None:
    workspace(stack, resource_group(stack))
    written = synthesized(stack)
    assert written.at(f"{WORKSPACE}.identity") == {"type": "SystemAssigned"}
    assert not written.resources("time_sleep")
    for role in written.resources("azurerm_role_assignment").values():
        assert role["principal_id"] == f"${{{WORKSPACE}.identity[0].principal_id}}"
        # Azure gives this one to a system-assigned identity by itself.
        assert role["role_definition_name"] != "Contributor"


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
