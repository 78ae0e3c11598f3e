"""Bodies of Microsoft.MachineLearningServices.

Azure Machine Learning REST reference: Workspaces - Get, Compute - Get, Datastores - Get, Managed Network Settings Rule
- Get.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, enabled, negated


def _workspace(cloud: Cloud, resource: Resource) -> Body:
    return {"sku": {"name": resource.attributes["sku_name"], "tier": resource.attributes["sku_name"]}}


def _managed_network(blocks: Any) -> Body | None:
    return {"isolationMode": blocks[0]["isolation_mode"]} if blocks else None


def _cluster(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    scale = given["scale_settings"][0]
    return {
        "properties": {
            "computeType": "AmlCompute",
            "computeLocation": given["location"],
            "properties": {
                "vmSize": given["vm_size"],
                "vmPriority": given["vm_priority"],
                "enableNodePublicIp": given["node_public_ip_enabled"],
                "osType": "Linux",
                "allocationState": "Steady",
                "currentNodeCount": scale["min_node_count"],
                "targetNodeCount": scale["min_node_count"],
                "remoteLoginPortPublicAccess": enabled(given["ssh_public_access_enabled"]),
                "scaleSettings": {
                    "maxNodeCount": scale["max_node_count"],
                    "minNodeCount": scale["min_node_count"],
                    "nodeIdleTimeBeforeScaleDown": scale["scale_down_nodes_after_idle_duration"],
                },
                **_account(given),
                **(
                    {"subnet": {"id": given["subnet_resource_id"]}} if given.get("subnet_resource_id") else {}
                ),
            },
        }
    }


def _account(given: Mapping[str, Any]) -> Body:
    """Return who may sign in to the nodes by ssh; passwords and keys are not told."""
    blocks = given.get("ssh") or []
    return {"userAccountCredentials": {"adminUserName": blocks[0]["admin_username"]}} if blocks else {}


def _datastore(cloud: Cloud, resource: Resource) -> Body:
    """Return where a datastore leads: a container of an account, by the parts of its id."""
    parts = resource.attributes["storage_container_id"].split("/")
    return {
        "properties": {
            "datastoreType": "AzureBlob",
            "subscriptionId": parts[2],
            "resourceGroup": parts[4],
            "accountName": parts[8],
            "containerName": parts[-1],
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {
                "credentialsType": "AccountKey" if resource.attributes.get("account_key") else "None"
            },
        }
    }


def _rule(cloud: Cloud, resource: Resource) -> Body:
    """Return an outbound rule: Azure makes those of its own, which are required."""
    given = resource.attributes
    own = resource.id.rpartition("/")[2].startswith("__SYS_")
    common = {"category": "Required" if own else "UserDefined", "status": "Inactive"}
    if "destination_fqdn" in given:
        return {"properties": {**common, "type": "FQDN", "destination": given["destination_fqdn"]}}
    destination = {
        "serviceResourceId": given["service_resource_id"],
        "subresourceTarget": given["sub_resource_target"],
        "sparkEnabled": bool(given["spark_enabled"]),
    }
    return {"properties": {**common, "type": "PrivateEndpoint", "destination": destination}}


SHAPES = {
    "azurerm_machine_learning_workspace": Shape(
        places={
            "application_insights_id": "applicationInsights",
            "container_registry_id": "containerRegistry",
            "high_business_impact": "hbiWorkspace",
            "image_build_compute_name": "imageBuildCompute",
            "key_vault_id": "keyVault",
            "kind": "/kind",
            "managed_network": Place("managedNetwork", _managed_network),
            "public_network_access_enabled": Place("publicNetworkAccess", enabled),
            "storage_account_access_type": Place("systemDatastoresAuthMode", str),
            "storage_account_id": "storageAccount",
            "v1_legacy_mode_enabled": "v1LegacyMode",
        },
        untold=("sku_name",),
        more=_workspace,
    ),
    "azurerm_machine_learning_compute_cluster": Shape(
        places={"local_auth_enabled": Place("disableLocalAuth", negated)},
        untold=(
            *("vm_size", "vm_priority", "node_public_ip_enabled", "ssh_public_access_enabled", "ssh"),
            *("scale_settings", "subnet_resource_id"),
        ),
        more=_cluster,
    ),
    "azurerm_machine_learning_datastore_blobstorage": Shape(
        places={"service_data_auth_identity": Place("serviceDataAccessAuthIdentity", str), "tags": "tags"},
        untold=("storage_container_id", "account_key", "shared_access_signature"),
        more=_datastore,
        provisioned=False,
    ),
    "azurerm_machine_learning_workspace_network_outbound_rule_fqdn": Shape(
        untold=("destination_fqdn",), more=_rule, provisioned=False
    ),
    "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint": Shape(
        untold=("service_resource_id", "sub_resource_target", "spark_enabled"), more=_rule, provisioned=False
    ),
}
