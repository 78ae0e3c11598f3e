"""Vaulted backup of blobs."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.backup import BlobBackup
from constructs_lib.azure.storage import StorageContainer
from tests.synthesized import role_name
from tests.unit.constructs.examples import resource_group, storage, synthesized

ROLE = "azurerm_role_assignment.backup_vault_roles_storage_storage_account_backup_contributor"


def test_a_backup_waits_for_its_containers_and_until_its_role_has_reached_azure(
    stack: TerraformStack,
) -> None:
    group = resource_group(stack)
    account = storage(stack, group)
    containers = [StorageContainer(stack, name, account=account, name=name) for name in ("raw", "datasets")]
    BlobBackup(
        stack,
        "backup",
        resource_group=group,
        vault_name="example-vault",
        geo_redundant=False,
        retention_days=30,
        account=account,
        containers=[container.name for container in containers],
        depends_on=[container.dependable for container in containers],
    )
    written = synthesized(stack)
    role = written.at(ROLE)
    assert role_name(role) == "Storage Account Backup Contributor"
    assert role["principal_id"] == (
        "${azurerm_data_protection_backup_vault.backup_vault.identity[0].principal_id}"
    )
    assert written.at("time_sleep.backup_vault_roles_wait.depends_on") == [ROLE]
    instance = written.at("azurerm_data_protection_backup_instance_blob_storage.backup_instance")
    assert instance["depends_on"] == [
        "time_sleep.backup_vault_roles_wait",
        "azurerm_storage_container.raw",
        "azurerm_storage_container.datasets",
    ]
    # In Azure's order: in another one, every plan would change it.
    assert instance["storage_account_container_names"] == ["datasets", "raw"]
    vault = written.at("azurerm_data_protection_backup_vault.backup_vault")
    assert vault["redundancy"] == "LocallyRedundant"
    assert "cross_region_restore_enabled" not in vault
    # Azure turns the one on for good, and somebody may lock the other: going back would replace the vault.
    assert vault["lifecycle"] == {"ignore_changes": ["soft_delete", "immutability"]}
