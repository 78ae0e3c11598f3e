"""What Azure Machine Learning answers: the whole body, for one of each type."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.resources import GROUP
from tests.unit.sandbox.rest.bodies import body, body_at

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acc"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/s"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_a_compute_cluster(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_machine_learning_compute_cluster",
        "Microsoft.MachineLearningServices/workspaces/w/computes",
        location="eastus",
        vm_size="STANDARD_DS3_V2",
        vm_priority="Dedicated",
        node_public_ip_enabled=False,
        ssh_public_access_enabled=False,
        local_auth_enabled=False,
        subnet_resource_id=SUBNET,
        ssh=[{"admin_username": "admin", "admin_password": "secret"}],
        scale_settings=[
            {"min_node_count": 1, "max_node_count": 4, "scale_down_nodes_after_idle_duration": "PT30M"}
        ],
    )
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "computeType": "AmlCompute",
        "computeLocation": "eastus",
        "disableLocalAuth": True,
        "properties": {
            "vmSize": "STANDARD_DS3_V2",
            "vmPriority": "Dedicated",
            "enableNodePublicIp": False,
            "osType": "Linux",
            "allocationState": "Steady",
            "currentNodeCount": 1,
            "targetNodeCount": 1,
            "remoteLoginPortPublicAccess": "Disabled",
            "scaleSettings": {
                "maxNodeCount": 4,
                "minNodeCount": 1,
                "nodeIdleTimeBeforeScaleDown": "PT30M",
            },
            "userAccountCredentials": {"adminUserName": "admin"},
            "subnet": {"id": SUBNET},
        },
    }


@pytest.mark.parametrize(("key", "kind"), [("secret", "AccountKey"), (None, "None")])
def test_a_datastore(cloud: Cloud, key: str | None, kind: str) -> None:
    made = body(
        cloud,
        "azurerm_machine_learning_datastore_blobstorage",
        "Microsoft.MachineLearningServices/workspaces/w/datastores",
        storage_container_id=f"{ACCOUNT}/blobServices/default/containers/data",
        service_data_auth_identity="WorkspaceSystemAssignedIdentity",
        account_key=key,
        is_default=False,
        tags={"a": "b"},
    )
    _, _, subscription, _, group, *_ = ACCOUNT.split("/")
    assert made["properties"] == {
        "datastoreType": "AzureBlob",
        "subscriptionId": subscription,
        "resourceGroup": group,
        "accountName": "acc",
        "containerName": "data",
        "endpoint": "core.windows.net",
        "protocol": "https",
        "credentials": {"credentialsType": kind},
        "serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity",
        "isDefault": False,
        "tags": {"a": "b"},
    }


def test_rules_of_a_managed_network(cloud: Cloud) -> None:
    kind = "Microsoft.MachineLearningServices/workspaces/w/outboundRules"
    prefix = "azurerm_machine_learning_workspace_network_outbound_rule"
    name = body(cloud, f"{prefix}_fqdn", kind, destination_fqdn="pypi.org")
    assert name["properties"] == {
        "category": "UserDefined",
        "status": "Inactive",
        "type": "FQDN",
        "destination": "pypi.org",
    }
    own = body_at(
        cloud,
        f"{prefix}_private_endpoint",
        f"{GROUP}/providers/{kind}/__SYS_PE_1",
        service_resource_id=ACCOUNT,
        sub_resource_target="blob",
        spark_enabled=True,
    )
    assert own["properties"] == {
        "category": "Required",
        "status": "Inactive",
        "type": "PrivateEndpoint",
        "destination": {
            "serviceResourceId": ACCOUNT,
            "subresourceTarget": "blob",
            "sparkEnabled": True,
        },
    }


def test_a_workspace(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_machine_learning_workspace",
        "Microsoft.MachineLearningServices/workspaces",
        kind="Default",
        sku_name="Basic",
        storage_account_id=ACCOUNT,
        storage_account_access_type="Identity",
        key_vault_id="/vault",
        application_insights_id="/insights",
        container_registry_id="/registry",
        high_business_impact=True,
        image_build_compute_name="build",
        v1_legacy_mode_enabled=False,
        public_network_access_enabled=False,
        managed_network=[{"isolation_mode": "AllowOnlyApprovedOutbound"}],
    )
    assert (made["kind"], made["sku"]) == ("Default", {"name": "Basic", "tier": "Basic"})
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "storageAccount": ACCOUNT,
        "systemDatastoresAuthMode": "Identity",
        "keyVault": "/vault",
        "applicationInsights": "/insights",
        "containerRegistry": "/registry",
        "hbiWorkspace": True,
        "imageBuildCompute": "build",
        "v1LegacyMode": False,
        "publicNetworkAccess": "Disabled",
        "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
    }
