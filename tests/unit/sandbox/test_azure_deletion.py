"""What keeps Azure's resources from being deleted, and what waits to be recovered."""

from __future__ import annotations

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.client import Client, RefusedError
from tests.unit.sandbox.resources import (
    GROUP,
    sign_in,
    storage,
    vault,
    workspace_arguments,
)

GUID = "12345678-1234-4234-8234-123456789abc"

ROLE = "azurerm_role_assignment"


def test_a_group_with_resources_in_it_stays(azure: Client, cloud: Cloud) -> None:
    group = azure.read("azurerm_resource_group", {"id": GROUP})
    assert group is not None
    account = storage(azure)
    with pytest.raises(RefusedError, match=f"still contains Resources: {account['id']}"):
        azure.destroy("azurerm_resource_group", group)
    # A container left behind by an account that somebody deleted by hand keeps nothing.
    azure.create("azurerm_storage_container", name="data", storage_account_id=account["id"])
    resource = cloud.find(account["id"])
    assert resource is not None
    cloud.remove(resource)
    # Neither does what only extends the group.
    azure.create(ROLE, scope=GROUP, role_definition_name="Reader", principal_id=GUID, principal_type="User")
    azure.destroy("azurerm_resource_group", group)
    assert [item.type for item in cloud.resources() if item.type.startswith("azurerm_")] == [
        "azurerm_subscription"
    ]


def test_without_the_check_a_group_goes_with_everything_in_it(azure: Client, cloud: Cloud) -> None:
    storage(azure)
    careless = sign_in(resource_group={"prevent_deletion_if_contains_resources": False})
    careless.destroy("azurerm_resource_group", {"id": GROUP})
    assert cloud.resources("azurerm_storage_account") == []


def test_deleting_what_is_gone_does_nothing(azure: Client) -> None:
    account = storage(azure)
    azure.destroy("azurerm_storage_account", account)
    azure.destroy("azurerm_storage_account", account)


LOCK = "azurerm_management_lock"


@pytest.mark.parametrize("inner", [False, True])
def test_a_lock_keeps_what_it_protects_and_what_that_is_in(azure: Client, inner: bool) -> None:
    account = storage(azure)
    container = azure.create("azurerm_storage_container", name="data", storage_account_id=account["id"])
    scope = container["id"] if inner else GROUP
    lock = azure.create(LOCK, name="keep", scope=scope, lock_level="CanNotDelete")
    assert lock["id"] == f"{scope}/providers/Microsoft.Authorization/locks/keep"
    with pytest.raises(RefusedError, match=f"ScopeLocked: .* following scope\\(s\\) are locked: '{scope}'"):
        azure.destroy("azurerm_storage_account", account)
    azure.destroy(LOCK, lock)
    azure.destroy("azurerm_storage_account", account)


def test_a_vault_waits_to_be_recovered(azure: Client, cloud: Cloud) -> None:
    keeping = sign_in(key_vault={"purge_soft_delete_on_destroy": False})
    keeping.destroy("azurerm_key_vault", vault(keeping))
    assert [item.name for item in cloud.soft_deleted("azurerm_key_vault")] == ["vault"]
    with pytest.raises(RefusedError, match='An existing soft-deleted Key Vault exists with the Name "vault"'):
        vault(sign_in(key_vault={"recover_soft_deleted_key_vaults": False}))
    state = vault(keeping)
    assert cloud.soft_deleted("azurerm_key_vault") == []
    azure.destroy("azurerm_key_vault", state)  # by default it is purged
    assert cloud.soft_deleted("azurerm_key_vault") == []


def test_a_protected_vault_is_never_purged(azure: Client, cloud: Cloud) -> None:
    azure.destroy("azurerm_key_vault", vault(azure, purge_protection_enabled=True))
    assert len(cloud.soft_deleted("azurerm_key_vault")) == 1


def test_a_deleted_workspace_keeps_its_name_until_it_is_purged(azure: Client, cloud: Cloud) -> None:
    arguments, type_name = workspace_arguments(azure), "azurerm_machine_learning_workspace"
    azure.destroy(type_name, azure.create(type_name, **arguments))
    with pytest.raises(RefusedError, match=r"Soft-deleted workspace exists\. Please purge or recover it"):
        azure.create(type_name, **arguments)
    for resource in cloud.soft_deleted(type_name):
        cloud.remove(resource)
    purging = sign_in(machine_learning={"purge_soft_deleted_workspace_on_destroy": True})
    purging.destroy(type_name, purging.create(type_name, **arguments))
    purging.create(type_name, **arguments)


def test_only_what_is_there_and_of_some_types_keeps_a_subnet(azure: Client, cloud: Cloud) -> None:
    place = {"resource_group_name": "rg"}
    azure.create(
        "azurerm_virtual_network", **place, location="eastus", name="net", address_space=["10.0.0.0/16"]
    )
    arguments = {**place, "virtual_network_name": "net", "name": "sub", "address_prefixes": ["10.0.0.0/24"]}
    table = azure.create("azurerm_route_table", **place, location="eastus", name="table")
    subnet = azure.create("azurerm_subnet", **arguments)
    azure.create("azurerm_subnet_route_table_association", subnet_id=subnet["id"], route_table_id=table["id"])
    azure.destroy("azurerm_subnet", subnet)  # a route table does not keep it
    subnet = azure.create("azurerm_subnet", **arguments)
    azure.create("azurerm_resource_group", name="other", location="eastus")
    connection = {
        "name": "blob",
        "is_manual_connection": False,
        "private_connection_resource_id": storage(azure)["id"],
        "subresource_names": ["blob"],
    }
    azure.create(
        "azurerm_private_endpoint",
        name="endpoint",
        resource_group_name="other",
        location="eastus",
        subnet_id=subnet["id"],
        private_service_connection=[connection],
    )
    with pytest.raises(RefusedError, match="Subnet sub is in use by"):
        azure.destroy("azurerm_subnet", subnet)
    # Somebody deletes the group by hand: what was in it is gone.
    (group,) = [item for item in cloud.resources("azurerm_resource_group") if item.name == "other"]
    cloud.remove(group)
    azure.destroy("azurerm_subnet", subnet)
