"""What vaults and registries answer: the whole body, for one of each type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.resources import GROUP
from tests.unit.sandbox.rest.bodies import body

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acc"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/s"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_a_key_vault(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_key_vault",
        "Microsoft.KeyVault/vaults",
        sku_name="standard",
        tenant_id="t",
        soft_delete_retention_days=90,
        purge_protection_enabled=True,
        rbac_authorization_enabled=True,
        public_network_access_enabled=False,
        access_policy=[{"object_id": "o", "secret_permissions": ["Get"]}],
        network_acls=[
            {
                "bypass": "AzureServices",
                "default_action": "Deny",
                "ip_rules": ["1.2.3.4"],
                "virtual_network_subnet_ids": [SUBNET],
            }
        ],
    )
    assert made["type"] == "Microsoft.KeyVault/vaults"
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "sku": {"family": "A", "name": "standard"},
        "tenantId": "t",
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "enableRbacAuthorization": True,
        "publicNetworkAccess": "Disabled",
        "accessPolicies": [{"objectId": "o", "secretPermissions": ["Get"]}],
        "networkAcls": {
            "bypass": "AzureServices",
            "defaultAction": "Deny",
            "ipRules": [{"value": "1.2.3.4"}],
            "virtualNetworkRules": [{"id": SUBNET}],
        },
    }


@pytest.mark.parametrize(("days", "kept"), [(30, ("enabled", 30)), (None, ("disabled", 7))])
def test_the_policies_of_a_container_registry(cloud: Cloud, days: int | None, kept: tuple[str, int]) -> None:
    made = body(
        cloud,
        "azurerm_container_registry",
        "Microsoft.ContainerRegistry/registries",
        sku="Premium",
        retention_policy_in_days=days,
        trust_policy_enabled=False,
        quarantine_policy_enabled=True,
        export_policy_enabled=False,
        azuread_authentication_as_arm_policy_enabled=True,
        zone_redundancy_enabled=True,
        public_network_access_enabled=False,
        network_rule_bypass_option="AzureServices",
        anonymous_pull_enabled=False,
        admin_enabled=False,
    )
    assert made["sku"] == {"name": "Premium", "tier": "Premium"}
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "adminUserEnabled": False,
        "anonymousPullEnabled": False,
        "networkRuleBypassOptions": "AzureServices",
        "publicNetworkAccess": "Disabled",
        "zoneRedundancy": "Enabled",
        "policies": {
            "quarantinePolicy": {"status": "enabled"},
            "trustPolicy": {"type": "Notary", "status": "disabled"},
            "retentionPolicy": {"days": kept[1], "status": kept[0]},
            "exportPolicy": {"status": "disabled"},
            "azureADAuthenticationAsArmPolicy": {"status": "enabled"},
        },
    }


def test_a_backup_vault(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_data_protection_backup_vault",
        "Microsoft.DataProtection/backupVaults",
        datastore_type="VaultStore",
        redundancy="GeoRedundant",
        soft_delete="On",
        retention_duration_in_days=14,
        immutability="Unlocked",
        cross_region_restore_enabled=True,
    )
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}],
        "securitySettings": {
            "softDeleteSettings": {"state": "On", "retentionDurationInDays": 14},
            "immutabilitySettings": {"state": "Unlocked"},
        },
        "featureSettings": {"crossRegionRestoreSettings": {"state": "Enabled"}},
    }


def retention(name: str, store: str, duration: str, *, default: bool) -> dict[str, Any]:
    return {
        "name": name,
        "objectType": "AzureRetentionRule",
        "isDefault": default,
        "lifecycles": [
            {
                "deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": duration},
                "sourceDataStore": {"dataStoreType": store, "objectType": "DataStoreInfoBase"},
            }
        ],
    }


def test_a_policy_of_backups(cloud: Cloud) -> None:
    weekly = {
        "name": "Weekly",
        "priority": 25,
        "life_cycle": [{"data_store_type": "VaultStore", "duration": "P90D"}],
        "criteria": [{"days_of_week": ["Monday"], "weeks_of_month": []}],
    }
    made = body(
        cloud,
        "azurerm_data_protection_backup_policy_blob_storage",
        "Microsoft.DataProtection/backupVaults/v/backupPolicies",
        vault_default_retention_duration="P7D",
        operational_default_retention_duration="P30D",
        backup_repeating_time_intervals=["R/2026-01-01T02:00:00+00:00/P1D"],
        time_zone="UTC",
        retention_rule=[weekly],
    )
    assert made["properties"] == {
        "objectType": "BackupPolicy",
        "datasourceTypes": [BLOBS],
        "policyRules": [
            retention("Default", "VaultStore", "P7D", default=True),
            retention("Default", "OperationalStore", "P30D", default=True),
            retention("Weekly", "VaultStore", "P90D", default=False),
            {
                "name": "BackupDaily",
                "objectType": "AzureBackupRule",
                "trigger": {
                    "objectType": "ScheduleBasedTriggerContext",
                    "schedule": {
                        "repeatingTimeIntervals": ["R/2026-01-01T02:00:00+00:00/P1D"],
                        "timeZone": "UTC",
                    },
                    "taggingCriteria": [
                        {
                            "tagInfo": {"tagName": "Weekly"},
                            "taggingPriority": 25,
                            "isDefault": False,
                            "criteria": [
                                {"objectType": "ScheduleBasedBackupCriteria", "daysOfWeek": ["Monday"]}
                            ],
                        }
                    ],
                },
            },
        ],
    }


def test_a_policy_without_a_schedule_only_keeps(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_data_protection_backup_policy_blob_storage",
        "Microsoft.DataProtection/backupVaults/v/backupPolicies",
        operational_default_retention_duration="P30D",
    )
    assert made["properties"]["policyRules"] == [
        retention("Default", "OperationalStore", "P30D", default=True)
    ]


def test_what_is_backed_up(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_data_protection_backup_instance_blob_storage",
        "Microsoft.DataProtection/backupVaults/v/backupInstances",
        location="eastus",
        storage_account_id=ACCOUNT,
        backup_policy_id="/policy",
        protection_state="ProtectionConfigured",
        storage_account_container_names=["data"],
    )
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "objectType": "BackupInstance",
        "dataSourceInfo": {
            "resourceID": ACCOUNT,
            "resourceName": "acc",
            "resourceLocation": "eastus",
            "datasourceType": BLOBS,
            "objectType": "Datasource",
        },
        "policyInfo": {
            "policyId": "/policy",
            "policyParameters": {
                "backupDatasourceParametersList": [
                    {"objectType": "BlobBackupDatasourceParameters", "containersList": ["data"]}
                ]
            },
        },
        "protectionStatus": {"status": "ProtectionConfigured"},
        "currentProtectionState": "ProtectionConfigured",
    }
