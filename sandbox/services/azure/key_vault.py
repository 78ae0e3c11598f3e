"""Microsoft.KeyVault."""

from __future__ import annotations

from sandbox.cloud.request import CONFLICT, Request
from sandbox.services.azure.arm_resource import SoftDelete
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules, Unchangeable, Value


class KeyVault(AzureResource, type_name="azurerm_key_vault"):
    """A key vault. Deleted, it can be recovered, and keeps its name in all of Azure."""

    global_name = (
        f"{CONFLICT} VaultAlreadyExists: The vault name '{{name}}' is already in "
        "use. Vault names are globally unique so it is possible that the name is already taken."
    )
    soft_delete = SoftDelete(
        global_name=True,
        says=f"{CONFLICT} ConflictError: A vault with the same name already exists in deleted state: {{id}}",
        purge="key_vault.purge_soft_delete_on_destroy",
        purges_by_default=True,
        recover="key_vault.recover_soft_deleted_key_vaults",
        recover_off=(
            'An existing soft-deleted Key Vault exists with the Name "{name}" in the location "{location}", however '
            'automatically recovering this KeyVault has been disabled via the "features" block.'
        ),
    )
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name"),
        defaults={"public_network_access_enabled": True, "soft_delete_retention_days": 90},
        values={
            "name": Value(
                pattern="^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$",
                says=(
                    "may only contain alphanumeric characters and dashes, must be between 3-24 "
                    "chars, must start with a letter and end with a letter or number, and cannot contain "
                    "consecutive hyphens"
                ),
            ),
            "sku_name": Value(one_of=("standard", "premium")),
            "soft_delete_retention_days": Value(between=(7, 90)),
            "tenant_id": IS_UUID,
        },
    )
    unchangeable = (
        Unchangeable(
            argument="purge_protection_enabled",
            says="once Purge Protection has been Enabled it's not possible to disable it",
            before=(True,),
        ),
        Unchangeable(
            argument="soft_delete_retention_days",
            says="once `soft_delete_retention_days` has been configured it cannot be modified",
        ),
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its address, and one switch by both of its names."""
        names = ("rbac_authorization_enabled", "enable_rbac_authorization")
        rbac = next((arguments[name] for name in names if arguments.get(name) is not None), False)
        return {
            "vault_uri": f"https://{arguments['name']}.vault.azure.net/",
            "access_policy": [],
            **dict.fromkeys(names, rbac),
        }
