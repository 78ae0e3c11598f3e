"""Bodies of Microsoft.Storage.

Storage Resource Provider REST reference: Storage Accounts - Get Properties, Blob Containers - Get, Blob Services - Get
Service Properties, Management Policies - Get.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, camel, enabled

_PUBLIC_ACCESS = {"private": "None", "blob": "Blob", "container": "Container"}
_NEVER = -1
_OPEN: Mapping[str, Any] = {"default_action": "Allow", "bypass": ["AzureServices"]}


def _account(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    encrypted = {
        part: {"enabled": True, "keyType": given.get(f"{part}_encryption_key_type") or "Account"}
        for part in ("blob", "file", "queue", "table")
    }
    endpoints = {
        part: given[f"primary_{part}_endpoint"]
        for part in ("blob", "dfs", "file", "queue", "table", "web")
        if given.get(f"primary_{part}_endpoint")
    }
    return {
        **_sku(given),
        "properties": {
            "primaryEndpoints": endpoints,
            "encryption": {
                "keySource": "Microsoft.Storage",
                "requireInfrastructureEncryption": bool(given.get("infrastructure_encryption_enabled")),
                "services": encrypted,
            },
        },
    }


def _sku(given: Mapping[str, Any]) -> Body:
    """Return the SKU; of accounts of others, which containers lie in, no more is known than their names."""
    if not given.get("account_tier"):
        return {}
    name = f"{given['account_tier']}_{given['account_replication_type']}"
    return {"sku": {"name": name, "tier": given["account_tier"]}}


def _network_rules(blocks: Any) -> Body:
    given: Mapping[str, Any] = blocks[0] if blocks else _OPEN
    return {
        "defaultAction": given["default_action"],
        "bypass": ", ".join(given.get("bypass") or ["None"]),
        "ipRules": [{"value": item, "action": "Allow"} for item in given.get("ip_rules") or []],
        "virtualNetworkRules": [
            {"id": item, "action": "Allow"} for item in given.get("virtual_network_subnet_ids") or []
        ],
        "resourceAccessRules": [
            {"resourceId": item["endpoint_resource_id"], "tenantId": item.get("endpoint_tenant_id")}
            for item in given.get("private_link_access") or []
        ],
    }


def blob_service(resource: Resource, part: str) -> Body:
    """Return the properties of an account's service, which has an id and no file of its own."""
    blocks = resource.attributes.get(f"{part}_properties") or [{}]
    given = blocks[0]
    properties: Body = {"cors": {"corsRules": [_cors(rule) for rule in given.get("cors_rule") or []]}}
    for name, target in (
        ("delete_retention_policy", "deleteRetentionPolicy"),
        ("container_delete_retention_policy", "containerDeleteRetentionPolicy"),
        ("retention_policy", "shareDeleteRetentionPolicy"),
        ("restore_policy", "restorePolicy"),
    ):
        kept = given.get(name) or []
        if kept:
            properties[target] = {"enabled": True, "days": kept[0]["days"]}
    if part == "blob":
        properties["isVersioningEnabled"] = bool(given.get("versioning_enabled"))
        properties["changeFeed"] = {"enabled": bool(given.get("change_feed_enabled"))}
    return {
        "id": f"{resource.id}/{part}Services/default",
        "name": "default",
        "type": f"Microsoft.Storage/storageAccounts/{part}Services",
        "properties": properties,
    }


def _cors(rule: Mapping[str, Any]) -> Body:
    return {camel(name): value for name, value in rule.items()}


def _container(cloud: Cloud, resource: Resource) -> Body:
    return {"properties": {"leaseStatus": "Unlocked", "leaseState": "Available", "deleted": False}}


def _rules(blocks: Any) -> Body:
    return {"rules": [_rule(block) for block in blocks]}


def _rule(block: Mapping[str, Any]) -> Body:
    filters = block["filters"][0] if block.get("filters") else {}
    actions = {
        part: _action(given[0])
        for name, part in (("base_blob", "baseBlob"), ("snapshot", "snapshot"), ("version", "version"))
        if (given := block["actions"][0].get(name))
    }
    return {
        "name": block["name"],
        "enabled": block["enabled"],
        "type": "Lifecycle",
        "definition": {
            "actions": actions,
            "filters": {
                "blobTypes": filters.get("blob_types") or [],
                "prefixMatch": filters.get("prefix_match") or [],
                "blobIndexMatch": [
                    {"name": item["name"], "op": item["operation"] or "==", "value": item["value"]}
                    for item in filters.get("match_blob_index_tag") or []
                ],
            },
        },
    }


def _action(given: Mapping[str, Any]) -> Body:
    """Return what becomes of blobs, by days after an event: ``delete_after_days_since_creation_greater_than``."""
    made: Body = {}
    for name, days in given.items():
        verb, _, event = name.removeprefix("change_").partition("_after_days_since_")
        if not event or days in (None, _NEVER):
            continue
        limit = f"{camel('days_after_' + event.removesuffix('_greater_than'))}GreaterThan"
        made.setdefault(camel(verb), {})[limit] = days
    return made


SHAPES = {
    "azurerm_storage_account": Shape(
        places={
            "access_tier": "accessTier",
            "account_kind": "/kind",
            "allow_nested_items_to_be_public": "allowBlobPublicAccess",
            "cross_tenant_replication_enabled": "allowCrossTenantReplication",
            "default_to_oauth_authentication": "defaultToOAuthAuthentication",
            "https_traffic_only_enabled": "supportsHttpsTrafficOnly",
            "is_hns_enabled": "isHnsEnabled",
            "large_file_share_enabled": Place("largeFileSharesState", enabled),
            "local_user_enabled": "isLocalUserEnabled",
            "min_tls_version": "minimumTlsVersion",
            "network_rules": Place("networkAcls", _network_rules),
            "nfsv3_enabled": "isNfsV3Enabled",
            "public_network_access_enabled": Place("publicNetworkAccess", enabled),
            "sftp_enabled": "isSftpEnabled",
            "shared_access_key_enabled": "allowSharedKeyAccess",
        },
        untold=(
            *("account_tier", "account_replication_type", "infrastructure_encryption_enabled"),
            *("blob_properties", "queue_properties", "share_properties"),
            *("queue_encryption_key_type", "table_encryption_key_type", "static_website"),
            *(
                f"{which}_{what}"
                for which in ("primary", "secondary")
                for what in ("access_key", "connection_string", "blob_connection_string")
            ),
            *(
                f"{which}_{part}{by}_{what}"
                for which in ("primary", "secondary")
                for part in ("blob", "dfs", "file", "queue", "table", "web")
                for by in ("", "_internet", "_microsoft")
                for what in ("endpoint", "host")
            ),
        ),
        more=_account,
    ),
    "azurerm_storage_container": Shape(
        places={"container_access_type": Place("publicAccess", _PUBLIC_ACCESS.get)},
        untold=("resource_manager_id", "storage_account_name", "url", "encryption_scope_override_enabled"),
        more=_container,
        provisioned=False,
    ),
    "azurerm_storage_management_policy": Shape(
        places={"rule": Place("policy", _rules)}, untold=("storage_account_id",), provisioned=False
    ),
}
