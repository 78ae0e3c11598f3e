"""A storage account that only Entra identities can read, and its containers."""

from __future__ import annotations

from functools import cached_property

from constructs import Construct

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


class StorageAccount:
    """A general-purpose storage account: no shared keys, no anonymous blobs, TLS 1.2, soft delete.

    Not for hierarchical namespaces: the default storage of an Azure Machine Learning workspace must not
    have one.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        geo_redundant: bool,
        soft_delete_days: int,
        versioning: bool,
        public_network_access: bool,
    ) -> None:
        """Create the account.

        ``geo_redundant`` keeps a copy in the paired region. ``soft_delete_days`` is how long deleted blobs
        and containers can be restored (days, 1 to 365). Without ``public_network_access`` only private
        endpoints and trusted Azure services reach it.
        """
        self._account = azurerm.StorageAccount(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            account_kind="StorageV2",
            account_tier="Standard",
            account_replication_type="GRS" if geo_redundant else "LRS",
            min_tls_version="TLS1_2",
            https_traffic_only_enabled=True,
            shared_access_key_enabled=False,
            default_to_oauth_authentication=True,
            local_user_enabled=False,
            allow_nested_items_to_be_public=False,
            cross_tenant_replication_enabled=False,
            infrastructure_encryption_enabled=True,
            public_network_access_enabled=public_network_access,
            blob_properties=azurerm.StorageAccountBlobProperties(
                versioning_enabled=versioning,
                delete_retention_policy=azurerm.StorageAccountBlobPropertiesDeleteRetentionPolicy(
                    days=soft_delete_days
                ),
                container_delete_retention_policy=(
                    azurerm.StorageAccountBlobPropertiesContainerDeleteRetentionPolicy(days=soft_delete_days)
                ),
            ),
            network_rules=azurerm.StorageAccountNetworkRules(
                default_action="Allow" if public_network_access else "Deny", bypass=["AzureServices"]
            ),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the account."""
        return self._account.id


class StorageContainer:
    """A private blob container, made through Resource Manager so that no data-plane access is needed."""

    def __init__(self, scope: Construct, id_: str, *, account: StorageAccount, name: str) -> None:
        """Create the container in ``account``."""
        self._container = azurerm.StorageContainer(
            scope, id_, name=name, storage_account_id=account.id, container_access_type="private"
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the container."""
        return self._container.id
