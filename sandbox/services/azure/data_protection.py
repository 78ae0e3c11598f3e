"""Microsoft.DataProtection: vaulted backup."""

from __future__ import annotations

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.services.azure import arm
from sandbox.services.azure.arm_resource import InUse
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Value, values_at

_ROLE = "Storage Account Backup Contributor"
_INSTANCE = "azurerm_data_protection_backup_instance_blob_storage"


class BackupVault(AzureResource, type_name="azurerm_data_protection_backup_vault"):
    """A backup vault."""

    in_use = InUse(
        types=(_INSTANCE,),
        inside=True,
        says=f"{CONFLICT} UserErrorVaultNotEmpty: The vault still holds the backup instance {{user}}.",
    )
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "datastore_type", "redundancy"),
        force_new_from={
            "cross_region_restore_enabled": (True,),
            "immutability": ("Locked",),
            "soft_delete": ("AlwaysOn",),
        },
        defaults={"immutability": "Disabled", "retention_duration_in_days": 14, "soft_delete": "On"},
        values={
            "name": Value(
                pattern="^[-a-zA-Z0-9]{2,50}$",
                says="must be 2 - 50 characters long, contain only letters, numbers and hyphens",
            ),
            "datastore_type": Value(
                one_of=("ArchiveStore", "OperationalStore", "SnapshotStore", "VaultStore")
            ),
            "redundancy": Value(one_of=("GeoRedundant", "LocallyRedundant", "ZoneRedundant")),
            "retention_duration_in_days": Value(between=(14, 180)),
        },
    )

    def stored(self, attributes: Attributes) -> Attributes:
        """Turn soft delete on for good, which Azure Backup does region by region ("Secure by default")."""
        return super().stored({**attributes, "soft_delete": "AlwaysOn"})


class BlobBackupPolicy(AzureResource, type_name="azurerm_data_protection_backup_policy_blob_storage"):
    """How often blobs are backed up, and how long a backup is kept."""

    in_use = InUse(
        types=(_INSTANCE,), says=f"{CONFLICT} UserErrorPolicyInUse: The policy is used by {{user}}."
    )
    rules = ProviderRules(
        force_new=(
            "name",
            "vault_id",
            "backup_repeating_time_intervals",
            "operational_default_retention_duration",
            "retention_rule",
            "time_zone",
            "vault_default_retention_duration",
        )
    )


class BlobBackupInstance(AzureResource, type_name="azurerm_data_protection_backup_instance_blob_storage"):
    """The backup of a storage account."""

    rules = ProviderRules(force_new=("name", "location", "vault_id", "storage_account_id"))

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a backup before the vault's identity may make one."""
        super().check(request, arguments)
        vault = request.cloud.find(arguments["vault_id"], "azurerm_data_protection_backup_vault")
        principals = list(values_at(vault.attributes if vault else {}, "identity.principal_id"))
        account = arguments["storage_account_id"].lower()
        for grant in arm.existing(request.cloud, "azurerm_role_assignment"):
            if (
                grant.attributes["role_definition_name"] == _ROLE
                and grant.attributes["principal_id"] in principals
                and f"{account}/".startswith(f"{grant.attributes['scope']}/".lower())
            ):
                return
        raise ServiceError(
            f"{BAD_REQUEST} UserErrorMissingRequiredPermissions: The vault {arguments['vault_id']} needs the role "
            f"{_ROLE} on {arguments['storage_account_id']}.",
            "vault_id",
        )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return that it works."""
        return {"protection_state": "ProtectionConfigured"}
