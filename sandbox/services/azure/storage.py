"""Microsoft.Storage: accounts, containers, lifecycle rules."""

from __future__ import annotations

import os
from typing import Any

from sandbox.cloud.request import CONFLICT, Request
from sandbox.cloud.store import Resource
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments, declared
from sandbox.services.rules import ProviderRules, Value

# The regions that Azure pairs for geo-redundant storage, for the regions in common use.
_PAIRED_REGIONS = {
    "centralus": "eastus2",
    "eastus": "westus",
    "eastus2": "centralus",
    "germanywestcentral": "germanynorth",
    "northeurope": "westeurope",
    "swedencentral": "swedensouth",
    "uksouth": "ukwest",
    "westeurope": "northeurope",
    "westus": "eastus",
    "westus2": "westcentralus",
}


class StorageAccount(AzureResource, type_name="azurerm_storage_account"):
    """A storage account."""

    global_name = (
        f"{CONFLICT} StorageAccountAlreadyTaken: The storage account named {{name}} is already taken."
    )
    rules = ProviderRules(
        computed_blocks=("blob_properties", "network_rules", "routing", "share_properties"),
        force_new=(
            "name",
            "location",
            "resource_group_name",
            "account_tier",
            "dns_endpoint_type",
            "edge_zone",
            "immutability_policy",
            "infrastructure_encryption_enabled",
            "is_hns_enabled",
            "nfsv3_enabled",
            "provisioned_billing_model_version",
            "queue_encryption_key_type",
            "table_encryption_key_type",
        ),
        force_new_between={"account_replication_type": (("LRS", "GRS", "RAGRS"), ("ZRS", "GZRS", "RAGZRS"))},
        defaults={
            "account_kind": "StorageV2",
            "allow_nested_items_to_be_public": True,
            "dns_endpoint_type": "Standard",
            "https_traffic_only_enabled": True,
            "local_user_enabled": True,
            "min_tls_version": "TLS1_2",
            "public_network_access_enabled": True,
            "queue_encryption_key_type": "Service",
            "shared_access_key_enabled": True,
            "table_encryption_key_type": "Service",
            "blob_properties": {
                "container_delete_retention_policy": {"days": 7},
                "delete_retention_policy": {"days": 7},
            },
            "share_properties": {"retention_policy": {"days": 7}},
            "sas_policy": {"expiration_action": "Log"},
            "routing": {"choice": "MicrosoftRouting"},
        },
        values={
            "name": Value(
                pattern="^[a-z0-9]{3,24}$",
                says="can only consist of lowercase letters and numbers, and must be between 3 and 24 characters long",
            ),
            "account_replication_type": Value(one_of=("LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS")),
            "account_tier": Value(one_of=("Standard", "Premium")),
            "min_tls_version": Value(one_of=("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3")),
            "blob_properties.container_delete_retention_policy.days": Value(between=(1, 365)),
            "blob_properties.delete_retention_policy.days": Value(between=(1, 365)),
        },
    )

    def provider_view(self, attributes: Arguments, before: Arguments) -> Arguments:
        """Leave out network rules that say what Azure does anyway.

        azurerm does so for this pair and no other (4.81.0, ``internal/services/storage/
        storage_account_helpers_network.go``, ``flattenAccountNetworkRules``), so that who writes the pair down has a
        difference in every plan.
        """
        rules = next(iter(attributes.get("network_rules") or []), None)
        usual = (
            rules is not None
            and rules["default_action"] == "Allow"
            and rules["bypass"] == ["AzureServices"]
            and not any(
                rules.get(name) for name in ("ip_rules", "private_link_access", "virtual_network_subnet_ids")
            )
        )
        return {**attributes, "network_rules": []} if usual else attributes

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return an account's regions, its addresses, and its keys unless they are switched off."""
        name, location = arguments["name"], arguments["location"]
        replication = arguments["account_replication_type"]
        # A second region can be read only with RA-GRS and RA-GZRS.
        paired, readable = replication not in ("LRS", "ZRS"), replication.startswith("RA")
        keys = arguments.get("shared_access_key_enabled") is not False
        computed: dict[str, Any] = {
            "access_tier": "Hot",
            "primary_location": location,
            "secondary_location": _PAIRED_REGIONS.get(location, "") if paired else "",
            "large_file_share_enabled": True,
        }
        for service in ("blob", "dfs", "file", "queue", "table", "web"):
            host = (
                f"{name}.z13.web.core.windows.net"
                if service == "web"
                else f"{name}.{service}.core.windows.net"
            )
            computed[f"primary_{service}_host"] = host
            computed[f"primary_{service}_endpoint"] = f"https://{host}/"
            second = host.replace(name, f"{name}-secondary", 1) if readable and service != "file" else ""
            computed[f"secondary_{service}_host"] = second
            computed[f"secondary_{service}_endpoint"] = f"https://{second}/" if second else ""
            for route in ("internet", "microsoft"):
                for place in ("primary", "secondary"):
                    computed[f"{place}_{service}_{route}_host"] = ""
                    computed[f"{place}_{service}_{route}_endpoint"] = ""
        for place in ("primary", "secondary"):
            key = os.urandom(64).hex() if keys else ""
            text = f"DefaultEndpointsProtocol=https;AccountName={name};AccountKey={key}" if keys else ""
            computed[f"{place}_access_key"] = key
            computed[f"{place}_connection_string"] = text
            computed[f"{place}_blob_connection_string"] = text
        return computed


# As templates show that were exported from accounts of workspaces; accounts differ in number and order.
_STUDIO = (
    "https://mlworkspace.azure.ai",
    "https://ml.azure.com",
    "https://*.ml.azure.com",
    "https://ai.azure.com",
    "https://*.ai.azure.com",
    "https://mlworkspacecanary.azure.ai",
    "https://mlworkspace.azureml-test.net",
)


def prepare_for_workspace(request: Request, account: Resource, workspace_id: str) -> None:
    """Do what Azure Machine Learning does with the storage account of a new workspace.

    It lets Studio in by a CORS rule for blobs and one for files, and makes its containers (the module
    terraform-azurerm-avm-res-machinelearningservices-workspace declares the rules "for idempotency"; "How Azure
    Machine Learning works: workspace" names the containers). The file shares that it makes too are of a type that
    nothing here has.
    """
    rule = {
        "allowed_headers": ["*"],
        "allowed_origins": list(_STUDIO),
        "exposed_headers": ["*"],
        "max_age_in_seconds": 1800,
    }
    methods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST"]
    rules = {
        "blob_properties": {**rule, "allowed_methods": [*methods, "PATCH"]},
        "share_properties": {**rule, "allowed_methods": methods},
    }
    changed = dict(account.attributes)
    for name, cors in rules.items():
        changed[name] = [{**block, "cors_rule": [cors]} for block in changed.get(name) or [{}]]
    declared[StorageAccount.name].update(request, account, changed)
    container = declared[StorageContainer.name]
    for name in ("azureml", f"azureml-blobstore-{workspace_id}"):
        arguments = {"name": name, "storage_account_id": account.id, "container_access_type": "private"}
        if not container.is_there(request, container.new_id(request, arguments)):
            container.create(request, arguments)


class StorageContainer(AzureResource, type_name="azurerm_storage_container"):
    """A container of blobs."""

    rules = ProviderRules(
        force_new=(
            "name",
            "storage_account_id",
            "storage_account_name",
            "default_encryption_scope",
            "encryption_scope_override_enabled",
        ),
        defaults={"container_access_type": "private", "encryption_scope_override_enabled": True},
        values={
            "container_access_type": Value(one_of=("blob", "container", "private")),
            "name": Value(
                pattern=r"^(\$root|\$web|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$",
                says=(
                    "may only contain lowercase letters, numbers and single hyphens, and must be "
                    "between 3 and 63 characters"
                ),
            ),
        },
        exactly_one_of=(("storage_account_id", "storage_account_name"),),
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return a container's address."""
        account = resource_id.split("/")[8]
        return {
            "url": f"https://{account}.blob.core.windows.net/{arguments['name']}",
            "resource_manager_id": resource_id,
            "has_immutability_policy": False,
            "has_legal_hold": False,
            "default_encryption_scope": "$account-encryption-key",
            "metadata": {},
        }


class StorageManagementPolicy(AzureResource, type_name="azurerm_storage_management_policy"):
    """The lifecycle rules of an account: it has one set of them."""

    rules = ProviderRules(
        force_new=("storage_account_id",),
        defaults={
            "rule": {
                "actions": {
                    "base_blob": {
                        "delete_after_days_since_creation_greater_than": -1,
                        "delete_after_days_since_last_access_time_greater_than": -1,
                        "delete_after_days_since_modification_greater_than": -1,
                        "tier_to_archive_after_days_since_creation_greater_than": -1,
                        "tier_to_archive_after_days_since_last_access_time_greater_than": -1,
                        "tier_to_archive_after_days_since_last_tier_change_greater_than": -1,
                        "tier_to_archive_after_days_since_modification_greater_than": -1,
                        "tier_to_cold_after_days_since_creation_greater_than": -1,
                        "tier_to_cold_after_days_since_last_access_time_greater_than": -1,
                        "tier_to_cold_after_days_since_modification_greater_than": -1,
                        "tier_to_cool_after_days_since_creation_greater_than": -1,
                        "tier_to_cool_after_days_since_last_access_time_greater_than": -1,
                        "tier_to_cool_after_days_since_modification_greater_than": -1,
                    },
                    "snapshot": {
                        "change_tier_to_archive_after_days_since_creation": -1,
                        "change_tier_to_cool_after_days_since_creation": -1,
                        "delete_after_days_since_creation_greater_than": -1,
                        "tier_to_archive_after_days_since_last_tier_change_greater_than": -1,
                        "tier_to_cold_after_days_since_creation_greater_than": -1,
                    },
                    "version": {
                        "change_tier_to_archive_after_days_since_creation": -1,
                        "change_tier_to_cool_after_days_since_creation": -1,
                        "delete_after_days_since_creation": -1,
                        "tier_to_archive_after_days_since_last_tier_change_greater_than": -1,
                        "tier_to_cold_after_days_since_creation_greater_than": -1,
                    },
                },
                "filters": {"match_blob_index_tag": {"operation": "=="}},
            }
        },
        values={"rule.filters.blob_types": Value(one_of=("blockBlob", "appendBlob"))},
    )
