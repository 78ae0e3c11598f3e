"""A storage account and its containers."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.storage import StorageAccount, StorageContainer, keep_container
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
