"""What storage accounts answer: the whole body, for one of each type."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.storage import blob_service
from tests.unit.sandbox.resources import GROUP
from tests.unit.sandbox.rest.bodies import body

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acc"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/s"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_a_storage_account(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_storage_account",
        "Microsoft.Storage/storageAccounts",
        location="eastus",
        account_kind="StorageV2",
        account_tier="Standard",
        account_replication_type="GRS",
        infrastructure_encryption_enabled=True,
        queue_encryption_key_type="Service",
        large_file_share_enabled=True,
        min_tls_version="TLS1_2",
        nfsv3_enabled=False,
        sftp_enabled=True,
        is_hns_enabled=True,
        primary_blob_endpoint="https://acc.blob.core.windows.net/",
        primary_web_endpoint="",
        network_rules=[
            {
                "default_action": "Deny",
                "bypass": ["Logging", "Metrics"],
                "virtual_network_subnet_ids": [SUBNET],
                "private_link_access": [{"endpoint_resource_id": "/e", "endpoint_tenant_id": "t"}],
            }
        ],
    )
    encrypted = {"enabled": True, "keyType": "Account"}
    assert (made["kind"], made["location"]) == ("StorageV2", "eastus")
    assert made["sku"] == {"name": "Standard_GRS", "tier": "Standard"}
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "minimumTlsVersion": "TLS1_2",
        "largeFileSharesState": "Enabled",
        "isNfsV3Enabled": False,
        "isSftpEnabled": True,
        "isHnsEnabled": True,
        "primaryEndpoints": {"blob": "https://acc.blob.core.windows.net/"},
        "encryption": {
            "keySource": "Microsoft.Storage",
            "requireInfrastructureEncryption": True,
            "services": {
                "blob": encrypted,
                "file": encrypted,
                "queue": {"enabled": True, "keyType": "Service"},
                "table": encrypted,
            },
        },
        "networkAcls": {
            "defaultAction": "Deny",
            "bypass": "Logging, Metrics",
            "ipRules": [],
            "virtualNetworkRules": [{"id": SUBNET, "action": "Allow"}],
            "resourceAccessRules": [{"resourceId": "/e", "tenantId": "t"}],
        },
    }


def test_an_account_without_network_rules_is_open(cloud: Cloud) -> None:
    kind = "Microsoft.Storage/storageAccounts"
    made = body(cloud, "azurerm_storage_account", kind, network_rules=[])
    assert "sku" not in made, "of accounts of others no more is known than their names"
    assert made["properties"]["networkAcls"] == {
        "defaultAction": "Allow",
        "bypass": "AzureServices",
        "ipRules": [],
        "virtualNetworkRules": [],
        "resourceAccessRules": [],
    }
    none = body(
        cloud, "azurerm_storage_account", kind, network_rules=[{"default_action": "Deny", "bypass": []}]
    )
    assert none["properties"]["networkAcls"]["bypass"] == "None"


def test_the_services_of_an_account() -> None:
    attributes = {
        "blob_properties": [
            {
                "versioning_enabled": True,
                "change_feed_enabled": True,
                "delete_retention_policy": [{"days": 7}],
                "container_delete_retention_policy": [{"days": 8}],
                "restore_policy": [{"days": 6}],
                "cors_rule": [{"allowed_origins": ["*"], "max_age_in_seconds": 1800}],
            }
        ],
        "share_properties": [{"retention_policy": [{"days": 9}]}],
    }
    account = Resource("azurerm_storage_account", ACCOUNT, attributes)
    assert blob_service(account, "blob") == {
        "id": f"{ACCOUNT}/blobServices/default",
        "name": "default",
        "type": BLOBS,
        "properties": {
            "cors": {"corsRules": [{"allowedOrigins": ["*"], "maxAgeInSeconds": 1800}]},
            "deleteRetentionPolicy": {"enabled": True, "days": 7},
            "containerDeleteRetentionPolicy": {"enabled": True, "days": 8},
            "restorePolicy": {"enabled": True, "days": 6},
            "isVersioningEnabled": True,
            "changeFeed": {"enabled": True},
        },
    }
    assert blob_service(account, "share")["properties"] == {
        "cors": {"corsRules": []},
        "shareDeleteRetentionPolicy": {"enabled": True, "days": 9},
    }
    plain = blob_service(Resource("azurerm_storage_account", ACCOUNT, {}), "blob")["properties"]
    assert (plain["isVersioningEnabled"], plain["changeFeed"]) == (False, {"enabled": False})


@pytest.mark.parametrize(
    ("given", "told"), [("private", "None"), ("blob", "Blob"), ("container", "Container")]
)
def test_who_may_read_a_container(cloud: Cloud, given: str, told: str) -> None:
    made = body(
        cloud,
        "azurerm_storage_container",
        f"{BLOBS}/default/containers",
        container_access_type=given,
        has_legal_hold=False,
    )
    assert made["properties"] == {
        "publicAccess": told,
        "hasLegalHold": False,
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "deleted": False,
    }


def test_the_rules_by_which_blobs_go(cloud: Cloud) -> None:
    rule = {
        "name": "old",
        "enabled": True,
        "filters": [
            {
                "blob_types": ["blockBlob"],
                "prefix_match": ["data/"],
                "match_blob_index_tag": [{"name": "n", "operation": "", "value": "v"}],
            }
        ],
        "actions": [
            {
                "base_blob": [
                    {
                        "tier_to_cool_after_days_since_modification_greater_than": 30,
                        "delete_after_days_since_modification_greater_than": 365,
                        "delete_after_days_since_creation_greater_than": -1,
                    }
                ],
                "snapshot": [{"delete_after_days_since_creation_greater_than": 90}],
                "version": [{"change_tier_to_archive_after_days_since_creation": 10}],
            }
        ],
    }
    made = body(
        cloud,
        "azurerm_storage_management_policy",
        "Microsoft.Storage/storageAccounts/acc/managementPolicies",
        rule=[rule, {"name": "bare", "enabled": False, "actions": [{}]}],
    )
    (first, bare) = made["properties"]["policy"]["rules"]
    assert first == {
        "name": "old",
        "enabled": True,
        "type": "Lifecycle",
        "definition": {
            "actions": {
                "baseBlob": {
                    "tierToCool": {"daysAfterModificationGreaterThan": 30},
                    "delete": {"daysAfterModificationGreaterThan": 365},
                },
                "snapshot": {"delete": {"daysAfterCreationGreaterThan": 90}},
                "version": {"tierToArchive": {"daysAfterCreationGreaterThan": 10}},
            },
            "filters": {
                "blobTypes": ["blockBlob"],
                "prefixMatch": ["data/"],
                "blobIndexMatch": [{"name": "n", "op": "==", "value": "v"}],
            },
        },
    }
    assert bare["definition"] == {
        "actions": {},
        "filters": {"blobTypes": [], "prefixMatch": [], "blobIndexMatch": []},
    }
