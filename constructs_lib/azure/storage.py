"""A storage account that only Entra identities can read, and its containers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


class StorageAccount:
    """A general-purpose storage account: no shared keys, no anonymous blobs, TLS 1.2, soft delete.

    Not for hierarchical namespaces: the default storage of an Azure Machine Learning workspace must not
    have one.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        geo_redundant: bool,
        soft_delete_days: int | None,
        vaulted_backup: bool,
        public_network_access: bool,
        versioning: bool = False,
        prevent_destroy: bool = False,
    ) -> None:
        """Create the account.

        ``geo_redundant`` keeps a copy in the paired region. ``soft_delete_days`` is how long deleted blobs
        and containers can be restored (days, 1 to 365; None: what is deleted is gone). ``vaulted_backup`` is whether
        a backup vault copies from it. Without ``public_network_access`` only private endpoints and trusted Azure
        services reach it. With ``versioning`` a blob that is written over keeps what it held. With
        ``prevent_destroy`` Terraform refuses each plan that would delete the account.

        CORS rules are left as they are: a workspace writes its own for Studio, not the same ones everywhere.
        """
        self.name = name
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
            # A vault keeps its copies in a tenant of Azure's own, and gets them by object replication.
            cross_tenant_replication_enabled=vaulted_backup,
            infrastructure_encryption_enabled=True,
            public_network_access_enabled=public_network_access,
            blob_properties=azurerm.StorageAccountBlobProperties(
                versioning_enabled=versioning or vaulted_backup,
                change_feed_enabled=vaulted_backup,
                delete_retention_policy=azurerm.StorageAccountBlobPropertiesDeleteRetentionPolicy(
                    days=soft_delete_days
                )
                if soft_delete_days
                else None,
                container_delete_retention_policy=(
                    azurerm.StorageAccountBlobPropertiesContainerDeleteRetentionPolicy(days=soft_delete_days)
                    if soft_delete_days
                    else None
                ),
            ),
            network_rules=azurerm.StorageAccountNetworkRules(
                default_action="Allow" if public_network_access else "Deny",
                # Where everybody may come in nobody has to be let past, and azurerm takes the pair of "Allow" and
                # "AzureServices" out of the state when it reads it: a difference in every plan.
                bypass=["None"] if public_network_access else ["AzureServices"],
            ),
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["blob_properties[0].cors_rule"], prevent_destroy=prevent_destroy or None
            ),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the account."""
        return self._account.id

    @property
    def blob_service_id(self) -> str:
        """ARM id of the account's blob service, which has diagnostic settings of its own."""
        return f"{self.id}/blobServices/default"


class StorageContainer:
    """A private blob container, made through Resource Manager so that no data-plane access is needed."""

    def __init__(self, scope: TerraformStack, id_: str, *, account: StorageAccount, name: str) -> None:
        """Create the container in ``account``."""
        self._container = _container(scope, id_, account=account, name=name)
        self.name = name

    @property
    def dependable(self) -> ITerraformDependable:
        """The container, for what must wait until it is there."""
        return self._container

    @cached_property
    def id(self) -> str:
        """ARM id of the container."""
        return self._container.id


def keep_container(scope: TerraformStack, id_: str, *, account: StorageAccount, name: str) -> None:
    """Refuse each plan that would delete the container ``id_``, which is not configured (any more).

    For accounts with a lock: what uses the container would go before Azure refuses to delete it. Where it never was,
    nothing happens.
    """
    container = _container(
        scope, id_, account=account, name=name, lifecycle=TerraformResourceLifecycle(prevent_destroy=True)
    )
    # Without the resource in the configuration, nothing would protect what the state still has of it.
    container.add_override("count", 0)


def add_containers(
    scope: TerraformStack, id_: str, *, account: StorageAccount, names: Sequence[str], prevent_destroy: bool
) -> None:
    """Create a container for each of ``names``, which become the keys of one address.

    With ``prevent_destroy`` Terraform refuses each plan that would delete one, also that of a name that is gone: as one
    resource they stay protected.
    """
    containers = _container(
        scope,
        id_,
        account=account,
        name="${each.value}",
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if prevent_destroy else None,
    )
    containers.add_override("for_each", {name: name for name in names})


def _container(
    scope: TerraformStack,
    id_: str,
    *,
    account: StorageAccount,
    name: str,
    lifecycle: TerraformResourceLifecycle | None = None,
) -> azurerm.StorageContainer:
    return azurerm.StorageContainer(
        scope,
        id_,
        name=name,
        storage_account_id=account.id,
        container_access_type="private",
        lifecycle=lifecycle,
    )
