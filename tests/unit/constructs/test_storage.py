"""A storage account and its containers."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.storage import StorageAccount, StorageContainer, add_containers, keep_container
from tests.unit.constructs.examples import resource_group, storage, synthesized


def test_a_backed_up_account_that_only_private_endpoints_reach(stack: TerraformStack) -> None:
    account = StorageAccount(
        stack,
        "storage",
        resource_group=resource_group(stack),
        name="examplestorage",
        geo_redundant=True,
        soft_delete_days=30,
        vaulted_backup=True,
        public_network_access=False,
    )
    StorageContainer(stack, "datasets", account=account, name="datasets")
    written = synthesized(stack)
    body = written.at("azurerm_storage_account.storage")
    assert body["account_replication_type"] == "GRS"
    # Trusted services, such as the backup vault and the workspace, still get in.
    assert body["network_rules"] == {"default_action": "Deny", "bypass": ["AzureServices"]}
    kept = body["blob_properties"]
    assert kept["delete_retention_policy"] == kept["container_delete_retention_policy"] == {"days": 30}
    assert account.blob_service_id == f"{account.id}/blobServices/default"
    # Made through Resource Manager: nothing needs the data plane.
    container = written.at("azurerm_storage_container.datasets")
    assert container["storage_account_id"] == "${azurerm_storage_account.storage.id}"
    assert container["container_access_type"] == "private"


def test_a_second_plan_takes_nothing_away_that_azure_has_added(stack: TerraformStack) -> None:
    storage(stack, resource_group(stack))
    body = synthesized(stack).at("azurerm_storage_account.storage")
    # With "AzureServices" the provider would drop the block when it reads it, and plan it again.
    assert body["network_rules"] == {"default_action": "Allow", "bypass": ["None"]}
    assert body["lifecycle"] == {"ignore_changes": ["blob_properties[0].cors_rule"]}
    # From here to GRS, which a backup wants, Azure changes an account in place; from ZRS it does not.
    assert body["account_replication_type"] == "LRS"
    assert "share_properties" not in body


def test_a_container_is_kept_that_is_not_configured_any_more(stack: TerraformStack) -> None:
    keep_container(stack, "old", account=storage(stack, resource_group(stack)), name="old")
    container = synthesized(stack).at("azurerm_storage_container.old")
    # The resource is there without an instance: only so does Terraform refuse to destroy the one in the state.
    assert (container["count"], container["lifecycle"]) == (0, {"prevent_destroy": True})


def test_an_account_that_keeps_nothing_of_what_is_deleted(stack: TerraformStack) -> None:
    StorageAccount(
        stack,
        "plans",
        resource_group=resource_group(stack),
        name="exampleplans",
        geo_redundant=False,
        soft_delete_days=None,
        vaulted_backup=False,
        public_network_access=True,
    )
    body = synthesized(stack).at("azurerm_storage_account.plans")
    assert body["blob_properties"] == {"change_feed_enabled": False, "versioning_enabled": False}
    assert "prevent_destroy" not in body["lifecycle"]


def test_an_account_that_keeps_versions_and_cannot_be_destroyed(stack: TerraformStack) -> None:
    StorageAccount(
        stack,
        "state",
        resource_group=resource_group(stack),
        name="examplestate",
        geo_redundant=False,
        soft_delete_days=90,
        vaulted_backup=False,
        public_network_access=True,
        versioning=True,
        prevent_destroy=True,
    )
    body = synthesized(stack).at("azurerm_storage_account.state")
    assert body["blob_properties"]["versioning_enabled"] is True
    # The change feed is for vaults alone.
    assert body["blob_properties"]["change_feed_enabled"] is False
    assert body["lifecycle"]["prevent_destroy"] is True


@pytest.mark.parametrize("protected", [True, False])
def test_containers_of_one_address_stay_protected_when_a_name_is_gone(
    stack: TerraformStack, protected: bool
) -> None:
    account = storage(stack, resource_group(stack))
    add_containers(stack, "states", account=account, names=["a-dev", "a-prod"], prevent_destroy=protected)
    body = synthesized(stack).at("azurerm_storage_container.states")
    assert (body["for_each"], body["name"]) == ({"a-dev": "a-dev", "a-prod": "a-prod"}, "${each.value}")
    assert body.get("lifecycle") == ({"prevent_destroy": True} if protected else None)
