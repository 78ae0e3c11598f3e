"""Bodies of Microsoft.KeyVault, Microsoft.ContainerRegistry, Microsoft.DataProtection and Microsoft.ManagedIdentity.

Key Vault REST reference: Vaults - Get; Container Registry: Registries - Get; Data Protection: Backup Vaults, Backup
Policies, Backup Instances - Get; Managed Identity: User Assigned Identities, Federated Identity Credentials - Get.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, camel, enabled


def _network_acls(blocks: Any) -> Body | None:
    if not blocks:
        return None
    given = blocks[0]
    return {
        "bypass": given["bypass"],
        "defaultAction": given["default_action"],
        "ipRules": [{"value": item} for item in given.get("ip_rules") or []],
        "virtualNetworkRules": [{"id": item} for item in given.get("virtual_network_subnet_ids") or []],
    }


def _vault(cloud: Cloud, resource: Resource) -> Body:
    return {
        "properties": {
            "sku": {"family": "A", "name": resource.attributes["sku_name"]},
            "enableSoftDelete": True,
        }
    }


def _registry(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    policies = {
        "quarantinePolicy": {"status": _status(given.get("quarantine_policy_enabled"))},
        "trustPolicy": {"type": "Notary", "status": _status(given.get("trust_policy_enabled"))},
        "retentionPolicy": {
            "days": given.get("retention_policy_in_days") or 7,
            "status": _status(given.get("retention_policy_in_days")),
        },
        "exportPolicy": {"status": _status(given.get("export_policy_enabled"))},
        "azureADAuthenticationAsArmPolicy": {
            "status": _status(given.get("azuread_authentication_as_arm_policy_enabled"))
        },
    }
    return {"sku": {"name": given["sku"], "tier": given["sku"]}, "properties": {"policies": policies}}


def _status(on: Any) -> str:
    return "enabled" if on else "disabled"


def _backup_vault(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    recovery = {"state": given["soft_delete"], "retentionDurationInDays": given["retention_duration_in_days"]}
    return {
        "properties": {
            "storageSettings": [{"datastoreType": given["datastore_type"], "type": given["redundancy"]}],
            "securitySettings": {
                "softDeleteSettings": recovery,
                "immutabilitySettings": {"state": given["immutability"]},
            },
            "featureSettings": {
                "crossRegionRestoreSettings": {"state": enabled(given.get("cross_region_restore_enabled"))}
            },
        }
    }


def _policy(cloud: Cloud, resource: Resource) -> Body:
    """Return how often blobs are backed up and how long copies are kept, as rules of a policy."""
    given = resource.attributes
    rules: list[Body] = []
    for store, name in (
        ("VaultStore", "vault_default_retention_duration"),
        ("OperationalStore", "operational_default_retention_duration"),
    ):
        if given.get(name):
            rules.append(_retention(store, given[name]))
    rules += [
        {
            **_retention(cycle["data_store_type"], cycle["duration"]),
            "name": rule["name"],
            "isDefault": False,
        }
        for rule in given.get("retention_rule") or []
        for cycle in rule["life_cycle"]
    ]
    if given.get("backup_repeating_time_intervals") or given.get("retention_rule"):
        rules.append(
            {
                "name": "BackupDaily",
                "objectType": "AzureBackupRule",
                "trigger": {
                    "objectType": "ScheduleBasedTriggerContext",
                    "schedule": {
                        "repeatingTimeIntervals": given.get("backup_repeating_time_intervals") or [],
                        "timeZone": given.get("time_zone"),
                    },
                    "taggingCriteria": [_tagging(rule) for rule in given.get("retention_rule") or []],
                },
            }
        )
    return {
        "properties": {
            "objectType": "BackupPolicy",
            "datasourceTypes": ["Microsoft.Storage/storageAccounts/blobServices"],
            "policyRules": rules,
        }
    }


def _tagging(rule: Mapping[str, Any]) -> Body:
    """Return which backups a rule of retention is for."""
    return {
        "tagInfo": {"tagName": rule["name"]},
        "taggingPriority": rule["priority"],
        "isDefault": False,
        "criteria": [
            {
                "objectType": "ScheduleBasedBackupCriteria",
                **{camel(name): value for name, value in item.items() if value},
            }
            for item in rule["criteria"]
        ],
    }


def _retention(store: str, duration: str) -> Body:
    return {
        "name": "Default",
        "objectType": "AzureRetentionRule",
        "isDefault": True,
        "lifecycles": [
            {
                "deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": duration},
                "sourceDataStore": {"dataStoreType": store, "objectType": "DataStoreInfoBase"},
            }
        ],
    }


def _instance(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    account = given["storage_account_id"]
    source = {
        "resourceID": account,
        "resourceName": account.rpartition("/")[2],
        "resourceLocation": given["location"],
        "datasourceType": "Microsoft.Storage/storageAccounts/blobServices",
        "objectType": "Datasource",
    }
    containers = {
        "objectType": "BlobBackupDatasourceParameters",
        "containersList": given.get("storage_account_container_names") or [],
    }
    return {
        "properties": {
            "objectType": "BackupInstance",
            "dataSourceInfo": source,
            "policyInfo": {
                "policyId": given["backup_policy_id"],
                "policyParameters": {"backupDatasourceParametersList": [containers]},
            },
            "protectionStatus": {"status": given["protection_state"]},
            "currentProtectionState": given["protection_state"],
        }
    }


SHAPES = {
    "azurerm_key_vault": Shape(
        places={
            "access_policy": Place(
                "accessPolicies",
                lambda value: [{camel(name): part for name, part in item.items()} for item in value],
            ),
            "enabled_for_deployment": "enabledForDeployment",
            "enabled_for_disk_encryption": "enabledForDiskEncryption",
            "enabled_for_template_deployment": "enabledForTemplateDeployment",
            "network_acls": Place("networkAcls", _network_acls),
            "public_network_access_enabled": Place("publicNetworkAccess", enabled),
            "purge_protection_enabled": "enablePurgeProtection",
            "rbac_authorization_enabled": "enableRbacAuthorization",
            "soft_delete_retention_days": "softDeleteRetentionInDays",
        },
        # The old name of a switch; contacts are in the vault itself, not in its resource.
        untold=("sku_name", "enable_rbac_authorization", "contact"),
        more=_vault,
    ),
    "azurerm_container_registry": Shape(
        places={
            "admin_enabled": "adminUserEnabled",
            "anonymous_pull_enabled": "anonymousPullEnabled",
            "network_rule_bypass_option": "networkRuleBypassOptions",
            "public_network_access_enabled": Place("publicNetworkAccess", enabled),
            "role_assignment_mode": "roleAssignmentMode",
            "zone_redundancy_enabled": Place("zoneRedundancy", enabled),
        },
        untold=(
            *("sku", "admin_password", "admin_username", "quarantine_policy_enabled", "trust_policy_enabled"),
            *("retention_policy_in_days", "export_policy_enabled", "encryption", "network_rule_set"),
            *("azuread_authentication_as_arm_policy_enabled", "georeplications"),
        ),
        more=_registry,
    ),
    "azurerm_data_protection_backup_vault": Shape(
        untold=(
            *("datastore_type", "redundancy", "soft_delete", "retention_duration_in_days", "immutability"),
            "cross_region_restore_enabled",
        ),
        more=_backup_vault,
    ),
    "azurerm_data_protection_backup_policy_blob_storage": Shape(
        untold=(
            *("vault_default_retention_duration", "operational_default_retention_duration"),
            *("backup_repeating_time_intervals", "time_zone", "retention_rule"),
        ),
        more=_policy,
        provisioned=False,
    ),
    "azurerm_data_protection_backup_instance_blob_storage": Shape(
        places={"location": "dataSourceInfo.resourceLocation"},
        untold=(
            *("storage_account_id", "backup_policy_id", "protection_state"),
            "storage_account_container_names",
        ),
        more=_instance,
    ),
    "azurerm_user_assigned_identity": Shape(provisioned=False),
    "azurerm_federated_identity_credential": Shape(
        places={"audience": "audiences"}, untold=("parent_id",), provisioned=False
    ),
}
