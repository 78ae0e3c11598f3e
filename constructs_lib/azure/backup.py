"""Vaulted backup of blobs: a copy in another place, that whoever may delete the account cannot delete with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.identity import RoleAssignments
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount
from constructs_lib.bindings import azurerm

DAILY = "R/2025-01-01T02:00:00+00:00/P1D"
"""Every day at 2 AM UTC, as an ISO 8601 repeating interval. Its start is in the past on purpose."""

SOFT_DELETE_DAYS = 14
"""How long a deleted backup can be recovered (days)."""

ROLE_PROPAGATION = "10m"
"""How long a new role assignment may take to reach Azure Backup, which checks it at once (Terraform duration)."""


class BlobBackup:
    """A backup vault that takes a copy of some containers of a storage account every day."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        vault_name: str,
        geo_redundant: bool,
        retention_days: int,
        account: StorageAccount,
        containers: Sequence[str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        """Create the vault and back up ``containers`` (names) of ``account``.

        ``geo_redundant`` keeps the backups in the paired region too; a change replaces the vault, which Azure
        refuses while it holds backups. ``retention_days`` is how long each backup is kept (days).
        ``depends_on`` is what makes the containers.
        """
        self._vault = azurerm.DataProtectionBackupVault(
            scope,
            f"{id_}_vault",
            name=vault_name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            datastore_type="VaultStore",
            redundancy="GeoRedundant" if geo_redundant else "LocallyRedundant",
            soft_delete="On",
            retention_duration_in_days=SOFT_DELETE_DAYS,
            # Restoring in the paired region must not have to wait until Azure declares a disaster.
            cross_region_restore_enabled=True if geo_redundant else None,
            identity=azurerm.DataProtectionBackupVaultIdentity(type="SystemAssigned"),
            # Azure Backup turns soft delete to "AlwaysOn", region by region, and whoever guards the backups may lock
            # their immutability. Going back from there would replace the vault.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["soft_delete", "immutability"]),
        )
        propagated = RoleAssignments(
            scope,
            f"{id_}_vault_roles",
            principal_id=self._vault.identity.principal_id,
            subscription_id=resource_group.subscription_id,
            roles=[("storage", account.id, "Storage Account Backup Contributor")],
        ).wait_for_propagation(ROLE_PROPAGATION)
        policy = azurerm.DataProtectionBackupPolicyBlobStorage(
            scope,
            f"{id_}_policy",
            # Every change makes a new policy: its content is its name, and the new one comes before the old goes.
            name=f"daily-{retention_days}-days",
            vault_id=self.vault_id,
            backup_repeating_time_intervals=[DAILY],
            time_zone="UTC",
            vault_default_retention_duration=f"P{retention_days}D",
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        azurerm.DataProtectionBackupInstanceBlobStorage(
            scope,
            f"{id_}_instance",
            name=account.name,
            vault_id=self.vault_id,
            location=resource_group.location,
            storage_account_id=account.id,
            backup_policy_id=policy.id,
            # Azure answers in this order; in another one, every plan would change it.
            storage_account_container_names=sorted(containers),
            depends_on=[propagated, *depends_on],
            # azurerm asks until the backup is configured, which may take longer than the 30 minutes that it has.
            timeouts={"create": "60m"},
        )

    @cached_property
    def vault_id(self) -> str:
        """ARM id of the backup vault."""
        return self._vault.id
