"""Azure Resource Manager through the door: resources, lists, roles, what was deleted, names and quotas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from sandbox.services.azure.resource_providers import NAMESPACES
from sandbox.services.azure.roles import built_in_roles, role_definition_id
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.resources import (
    GROUP,
    IN_GROUP,
    REGISTRY,
    SUBSCRIPTION,
    model_registry,
    sign_in,
    storage,
    vault,
    workspace_arguments,
)
from tests.unit.sandbox.rest.visitor import Visitor

HERE = f"/subscriptions/{SUBSCRIPTION}"
NOBODY = "12345678-1234-4321-8765-123456789abc"
SIZE = "STANDARD_DS3_V2"


@pytest.fixture
def workspace(azure: Client) -> Values:
    return azure.create("azurerm_machine_learning_workspace", **workspace_arguments(azure))


def code(visitor: Visitor, path: str) -> tuple[int, str]:
    answer = visitor.send("GET", f"{visitor.arm}{path}")
    return answer.status_code, answer.json()["error"]["code"]


# --- Resources ------------------------------------------------------------------------------------------------------


def test_a_resource_as_its_service_answers_it(visitor: Visitor, workspace: Values, azure: Client) -> None:
    body = visitor.read(f"{visitor.arm}{workspace['id']}?api-version=2025-06-01")
    assert (body["id"], body["name"]) == (workspace["id"], "workspace")
    assert (body["type"], body["location"]) == ("Microsoft.MachineLearningServices/workspaces", "eastus")
    assert body["identity"] == {
        "type": "SystemAssigned",
        "principalId": workspace["identity"][0]["principal_id"],
        "tenantId": workspace["identity"][0]["tenant_id"],
    }
    properties = body["properties"]
    assert properties["keyVault"] == workspace["key_vault_id"]
    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["managedNetwork"] == {"isolationMode": "Disabled"}
    assert properties["provisioningState"] == "Succeeded"
    assert body["sku"]["name"] == "Basic"


def test_a_storage_account_and_its_services(visitor: Visitor, azure: Client) -> None:
    account = storage(
        azure,
        tags={"owner": "ml"},
        shared_access_key_enabled=False,
        network_rules=[{"default_action": "Deny", "bypass": ["AzureServices"], "ip_rules": ["1.2.3.4"]}],
        blob_properties=[{"versioning_enabled": True, "delete_retention_policy": [{"days": 30}]}],
    )
    body = visitor.read(f"{visitor.arm}{account['id']}")
    assert (body["sku"], body["kind"]) == ({"name": "Standard_LRS", "tier": "Standard"}, "StorageV2")
    assert body["tags"] == {"owner": "ml"}
    assert body["properties"]["allowSharedKeyAccess"] is False
    assert body["properties"]["networkAcls"]["defaultAction"] == "Deny"
    assert body["properties"]["networkAcls"]["ipRules"] == [{"value": "1.2.3.4", "action": "Allow"}]
    blobs = visitor.read(f"{visitor.arm}{account['id']}/blobServices/default")["properties"]
    assert blobs["isVersioningEnabled"] is True
    assert blobs["deleteRetentionPolicy"] == {"enabled": True, "days": 30}


def test_keys_are_not_told(visitor: Visitor, azure: Client) -> None:
    account = storage(azure)
    logs = azure.create("azurerm_log_analytics_workspace", **IN_GROUP, name="logs-of-ml", sku="PerGB2018")
    for made, key in ((account, "primary_access_key"), (logs, "primary_shared_key")):
        answer = visitor.send("GET", f"{visitor.arm}{made['id']}")
        assert made[key]
        assert made[key] not in answer.text


def test_a_resource_that_azapi_made(visitor: Visitor, azapi: Client) -> None:
    registry = azapi.create("azapi_resource", **model_registry())
    body = visitor.read(f"{visitor.arm}{registry['id']}?api-version=2025-12-01")
    assert body["type"] == "Microsoft.MachineLearningServices/registries"
    assert body["properties"]["publicNetworkAccess"] == "Enabled"
    assert body["properties"]["mlFlowRegistryUri"].startswith("azureml://")
    assert body["identity"]["type"] == "SystemAssigned"


def test_the_case_of_letters_does_not_matter(visitor: Visitor, azure: Client) -> None:
    body = visitor.read(
        f"{visitor.arm}{vault(azure)['id'].upper().replace('/SUBSCRIPTIONS/', '/subscriptions/')}"
    )
    assert body["name"] == "vault"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/subscriptions/nothing", (404, "SubscriptionNotFound")),
        (f"{HERE}/resourceGroups/nothing", (404, "ResourceGroupNotFound")),
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/nothing", (404, "ResourceNotFound")),
        (
            f"{HERE}/resourceGroups/nothing/providers/Microsoft.KeyVault/vaults",
            (404, "ResourceGroupNotFound"),
        ),
        (
            f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/nothing/computes",
            (404, "ResourceNotFound"),
        ),
        (f"{HERE}/resources?$filter=name", (400, "InvalidFilterInQueryString")),
        (f"{HERE}/providers/Microsoft.Nothing", (404, "InvalidResourceNamespace")),
    ],
)
def test_what_is_not_there(visitor: Visitor, azure: Client, path: str, expected: tuple[int, str]) -> None:
    assert code(visitor, path) == expected


def test_what_lies_in_something_that_is_gone_is_gone(visitor: Visitor, azure: Client, cloud: Cloud) -> None:
    key_vault = vault(azure)
    group = cloud.find(GROUP, "azurerm_resource_group")
    assert group
    cloud.remove(group)
    assert code(visitor, key_vault["id"]) == (404, "ResourceGroupNotFound")
    assert visitor.listed(f"{visitor.arm}{HERE}/resources") == []


# --- Lists ----------------------------------------------------------------------------------------------------------


def names(visitor: Visitor, path: str) -> list[str]:
    return [item["name"] for item in visitor.listed(f"{visitor.arm}{path}")]


def test_lists_of_groups_of_a_type_and_of_everything(
    visitor: Visitor, azure: Client, workspace: Values
) -> None:
    azure.create("azurerm_resource_group", name="other", location="westus")
    vault(azure, name="vault2", resource_group_name="other")
    assert names(visitor, f"{HERE}/resourcegroups") == ["other", "rg"]
    type_ = "providers/Microsoft.KeyVault/vaults"
    assert names(visitor, f"{HERE}/{type_}") == ["vault2", "vault"]
    assert names(visitor, f"{GROUP}/{type_}") == ["vault"]
    everything = visitor.listed(f"{visitor.arm}{GROUP}/resources")
    kinds = {item["type"].lower() for item in everything}
    assert {"microsoft.keyvault/vaults", "microsoft.storage/storageaccounts"} < kinds
    assert not any(kind.startswith("microsoft.authorization/") for kind in kinds)
    assert all("properties" not in item for item in everything)
    filtered = f"{HERE}/resources?$filter=resourceType eq 'microsoft.keyvault/VAULTS'"
    assert names(visitor, filtered) == ["vault2", "vault"]


def test_lists_of_what_is_inside_something(visitor: Visitor, azure: Client, workspace: Values) -> None:
    azure.create("azurerm_machine_learning_compute_cluster", **cluster(workspace["id"]))
    assert names(visitor, f"{workspace['id']}/computes") == ["training"]
    containers = f"{workspace['storage_account_id']}/blobServices/default/containers"
    assert len(names(visitor, containers)) == 2  # those of the workspace
    assert names(visitor, f"{workspace['id']}/outboundRules") == []


def test_pages_of_a_resource_with_spaces_in_its_name(visitor: Visitor, azure: Client) -> None:
    group = azure.create(
        "azurerm_monitor_action_group", resource_group_name="rg", name="on call", short_name="on call"
    )
    for number in range(5):
        azure.create(
            "azurerm_management_lock", scope=group["id"], name=f"lock-{number}", lock_level="CanNotDelete"
        )
    locks = visitor.listed(f"{visitor.arm}{group['id']}/providers/Microsoft.Authorization/locks")
    assert [item["name"] for item in locks] == [f"lock-{number}" for number in range(5)]
    assert {item["properties"]["level"] for item in locks} == {"CanNotDelete"}


def test_lists_come_in_pages_and_end(visitor: Visitor, azure: Client) -> None:
    for number in range(7):
        azure.create("azurerm_resource_group", name=f"group-{number}", location="eastus")
    url = f"{visitor.arm}{HERE}/resourcegroups?api-version=2022-09-01"
    pages = list(visitor.pages(url))
    assert [len(page) for page in pages] == [3, 3, 2]
    first = visitor.read(url)
    assert first["nextLink"].startswith(f"{visitor.arm}/")
    assert "api-version=2022-09-01" in first["nextLink"]
    assert "nextLink" not in visitor.read(f"{url}&$skiptoken=99")


# --- Roles ----------------------------------------------------------------------------------------------------------


def role_ids(visitor: Visitor, scope: str, wanted: str = "") -> set[tuple[str, str]]:
    url = f"{visitor.arm}{scope}/providers/Microsoft.Authorization/roleAssignments"
    found = visitor.listed(f"{url}?$filter={wanted}" if wanted else url)
    return {
        (item["properties"]["scope"], item["properties"]["roleDefinitionId"].rpartition("/")[2])
        for item in found
    }


def test_role_assignments_at_above_and_below_a_scope(visitor: Visitor, azure: Client) -> None:
    key_vault = vault(azure)
    first, second = (
        str(azure.create("azurerm_user_assigned_identity", **IN_GROUP, name=name)["principal_id"])
        for name in ("identity-1", "identity-2")
    )
    for scope in (HERE, GROUP, key_vault["id"]):
        role = {"role_definition_name": "Reader", "principal_id": first}
        azure.create("azurerm_role_assignment", scope=scope, **role)
    other = {"role_definition_name": "Contributor", "principal_id": second}
    azure.create("azurerm_role_assignment", scope=GROUP, **other)
    reader, contributor = (built_in_roles()[name] for name in ("Reader", "Contributor"))
    every = {(HERE, reader), (GROUP, reader), (key_vault["id"], reader), (GROUP, contributor)}
    assert role_ids(visitor, GROUP) == every
    assert role_ids(visitor, GROUP, "atScope()") == every - {(key_vault["id"], reader)}
    assert role_ids(visitor, key_vault["id"], "atScope()") == every
    assert role_ids(visitor, GROUP, f"principalId eq '{first}'") == every - {(GROUP, contributor)}
    both = f"atScope() and assignedTo('{first.upper()}')"
    assert role_ids(visitor, GROUP, both) == {(HERE, reader), (GROUP, reader)}
    assert code(visitor, f"{GROUP}/providers/Microsoft.Authorization/roleAssignments?$filter=x") == (
        400,
        "InvalidFilter",
    )


def test_role_definitions_by_name_and_ones_own(visitor: Visitor, azure: Client) -> None:
    role = azure.create(
        "azurerm_role_definition",
        name="Promotion",
        scope=GROUP,
        permissions=[{"actions": ["Microsoft.MachineLearningServices/registries/read"], "not_actions": []}],
    )
    url = f"{visitor.arm}{GROUP}/providers/Microsoft.Authorization/roleDefinitions"
    (reader,) = visitor.listed(f"{url}?$filter=roleName eq 'Reader'")
    assert reader == {
        "id": role_definition_id(SUBSCRIPTION, "Reader"),
        "name": built_in_roles()["Reader"],
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "Reader",
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "description": "",
        },
    }
    (own,) = visitor.listed(f"{url}?$filter=type eq 'CustomRole'")
    assert own["id"] == role["role_definition_resource_id"]
    assert own["properties"]["permissions"][0]["actions"] == [
        "Microsoft.MachineLearningServices/registries/read"
    ]
    assert visitor.read(f"{visitor.arm}{own['id']}") == own
    assert len(visitor.listed(url)) == len(built_in_roles()) + 1
    assert code(visitor, f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions/{NOBODY}")[0] == 404


# --- What a subscription knows ----------------------------------------------------------------------------------------


def test_namespaces_and_whether_they_are_registered(visitor: Visitor, azure: Client, cloud: Cloud) -> None:
    subscription = cloud.find(HERE, "azurerm_subscription")
    assert subscription
    cloud.write(replace(subscription, contents={"registered": ["Microsoft.KeyVault"]}))
    url = f"{visitor.arm}{HERE}/providers"
    assert visitor.read(f"{url}/microsoft.keyvault")["registrationState"] == "Registered"
    assert visitor.read(f"{url}/Microsoft.Storage")["registrationState"] == "NotRegistered"
    every = {item["namespace"]: item["registrationState"] for item in visitor.listed(url)}
    assert set(every) == set(NAMESPACES)
    assert [name for name, state in every.items() if state == "Registered"] == ["Microsoft.KeyVault"]


def test_a_deleted_vault_keeps_its_name(visitor: Visitor, cloud: Cloud, azure: Client) -> None:
    keeping = sign_in(key_vault={"purge_soft_delete_on_destroy": False})
    keeping.destroy("azurerm_key_vault", vault(azure))
    (deleted,) = visitor.listed(f"{visitor.arm}{HERE}/providers/Microsoft.KeyVault/deletedVaults")
    assert deleted["properties"]["vaultId"] == f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault"
    assert visitor.read(f"{visitor.arm}{deleted['id']}") == deleted
    assert not check_name(visitor, "Microsoft.KeyVault", "vault")["nameAvailable"]
    assert visitor.listed(f"{visitor.arm}{HERE}/providers/Microsoft.KeyVault/vaults") == []
    assert code(visitor, deleted["id"].replace("/vault", "/other", 1))[0] == 404


def test_deleted_log_analytics_workspaces(visitor: Visitor, azure: Client) -> None:
    logs = {**IN_GROUP, "name": "logs-of-ml", "sku": "PerGB2018"}
    azure.destroy("azurerm_log_analytics_workspace", azure.create("azurerm_log_analytics_workspace", **logs))
    deleted = f"{GROUP}/providers/Microsoft.OperationalInsights/deletedWorkspaces"
    assert names(visitor, deleted) == ["logs-of-ml"]
    assert names(visitor, f"{HERE}/providers/Microsoft.OperationalInsights/deletedWorkspaces") == [
        "logs-of-ml"
    ]


def check_name(visitor: Visitor, namespace: str, name: str) -> Any:
    url = f"{visitor.arm}{HERE}/providers/{namespace}/checkNameAvailability"
    answer = visitor.send("POST", url, {"name": name, "type": "any"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_names_that_are_taken(visitor: Visitor, azure: Client) -> None:
    storage(azure)
    vault(azure)
    azure.create("azurerm_container_registry", **REGISTRY)
    for namespace, taken in (
        ("Microsoft.Storage", "acc"),
        ("Microsoft.KeyVault", "VAULT"),
        ("Microsoft.ContainerRegistry", "mlopsacr"),
    ):
        answer = check_name(visitor, namespace, taken)
        assert (answer["nameAvailable"], answer["reason"]) == (False, "AlreadyExists")
        assert taken in answer["message"]
        assert check_name(visitor, namespace, "free") == {"nameAvailable": True}
    url = f"{visitor.arm}{HERE}/providers"
    assert visitor.send("POST", f"{url}/Microsoft.Web/checkNameAvailability", {}).status_code == 404
    assert visitor.send("POST", f"{url}/Microsoft.Storage/checkNameAvailability", {}).status_code == 400
    assert visitor.send("GET", f"{url}/Microsoft.Storage/checkNameAvailability").status_code == 405


def cluster(workspace_id: str, **arguments: Any) -> Values:
    return {
        "name": "training",
        "location": "eastus",
        "machine_learning_workspace_id": workspace_id,
        "vm_size": SIZE,
        "vm_priority": "Dedicated",
        "scale_settings": [
            {"min_node_count": 2, "max_node_count": 4, "scale_down_nodes_after_idle_duration": "PT30M"}
        ],
        **arguments,
    }


def test_cores_in_use_and_how_many_there_may_be(
    visitor: Visitor, azure: Client, cloud: Cloud, workspace: Values
) -> None:
    azure.create("azurerm_machine_learning_compute_cluster", **cluster(workspace["id"]))
    place = f"{visitor.arm}{HERE}/providers/Microsoft.MachineLearningServices/locations/eastus"
    (usage,) = visitor.listed(f"{place}/usages")
    assert (usage["name"]["value"], usage["currentValue"], usage["limit"]) == ("standardDSv2Family", 8, 100)
    (elsewhere,) = visitor.listed(f"{visitor.arm}{HERE}/providers/Microsoft.Compute/locations/eastus/usages")
    assert (elsewhere["currentValue"], elsewhere["unit"]) == (0, "Count")
    subscription = cloud.find(HERE, "azurerm_subscription")
    assert subscription
    limits = {"standardDSv2Family": 24, "standardNCSv3Family": 0}
    cloud.write(replace(subscription, contents={**subscription.contents, "quotas": limits}))
    assert {item["name"]["value"]: item["limit"] for item in visitor.listed(f"{place}/quotas")} == limits
    cloud.write(replace(subscription, contents={"quotas": {"standardDSv2Family": "24"}}))
    assert code(visitor, f"{HERE}/providers/Microsoft.Compute/locations/eastus/usages") == (500, "BrokenFile")


def test_what_whoever_comes_in_may_do(visitor: Visitor, azure: Client, cloud: Cloud) -> None:
    url = f"{visitor.arm}{HERE}/providers/Microsoft.Authorization/permissions"
    assert visitor.listed(url) == [{"actions": ["*"], "notActions": []}]
    subscription = cloud.find(HERE, "azurerm_subscription")
    assert subscription
    reader = [{"actions": ["*/read"], "notActions": []}]
    cloud.write(replace(subscription, contents={**subscription.contents, "permissions": reader}))
    assert visitor.listed(url) == reader
    assert visitor.listed(url.replace(HERE, f"{HERE}/resourceGroups/rg")) == reader
    cloud.write(replace(subscription, contents={"permissions": ["*/read"]}))
    assert code(visitor, f"{HERE}/providers/Microsoft.Authorization/permissions") == (500, "BrokenFile")
    nowhere = (
        "/subscriptions/99999999-9999-4999-8999-999999999999/providers/Microsoft.Authorization/permissions"
    )
    assert code(visitor, nowhere) == (404, "SubscriptionNotFound")
