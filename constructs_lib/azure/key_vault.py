"""A key vault whose access is decided by Azure roles alone."""

from __future__ import annotations

from functools import cached_property

from cdktf import TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

SOFT_DELETE_DAYS = 90
"""How long a deleted vault or secret can be recovered (days). Azure does not let it be changed later."""


class KeyVault:
    """A standard key vault: role-based access, purge protection (cannot be undone), soft delete."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        tenant_id: str,
        public_network_access: bool,
    ) -> None:
        """Create the vault. Without ``public_network_access`` only private endpoints reach it."""
        self._vault = azurerm.KeyVault(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            tenant_id=tenant_id,
            sku_name="standard",
            rbac_authorization_enabled=True,
            purge_protection_enabled=True,
            soft_delete_retention_days=SOFT_DELETE_DAYS,
            public_network_access_enabled=public_network_access,
            network_acls=azurerm.KeyVaultNetworkAcls(
                default_action="Allow" if public_network_access else "Deny", bypass="AzureServices"
            ),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the vault."""
        return self._vault.id
