"""What is asked of Azure Resource Manager, in the form of the documentation's examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from client import azure
from client.errors import ForbiddenError, NotFoundError
from client.services import Services
from tests.unit.client.server import AZURE, Reply, Server

SCOPE = "/subscriptions/s/resourceGroups/mlops-dev-rg"
ACCOUNT_ID = f"{SCOPE}/providers/Microsoft.Storage/storageAccounts/mlopsdev"
ACCOUNT = {
    "id": ACCOUNT_ID,
    "name": "mlopsdev",
    "type": "Microsoft.Storage/storageAccounts",
    "location": "eastus",
    "kind": "StorageV2",
    "tags": {"environment": "dev"},
    "sku": {"name": "Standard_LRS"},
    "properties": {"allowSharedKeyAccess": False},
    "systemData": {},
}


def test_a_resource_by_its_id(server: Server, services: Services) -> None:
    server.answer("GET", AZURE + ACCOUNT_ID, Reply(ACCOUNT))
    assert azure.get(services, ACCOUNT_ID, "2023-05-01") == azure.Resource(
        ACCOUNT_ID,
        "mlopsdev",
        "Microsoft.Storage/storageAccounts",
        "eastus",
        "StorageV2",
        {"environment": "dev"},
        {"name": "Standard_LRS"},
        {},
        {"allowSharedKeyAccess": False},
    )
    assert azure.exists(services, ACCOUNT_ID, "2023-05-01")
    assert server.calls(AZURE + ACCOUNT_ID)[0].query == {"api-version": "2023-05-01"}


def test_a_resource_that_is_not_there(server: Server, services: Services) -> None:
    assert not azure.exists(services, ACCOUNT_ID, "2023-05-01")
    with pytest.raises(NotFoundError):
        azure.get(services, ACCOUNT_ID, "2023-05-01")


def test_what_may_not_be_seen_is_not_called_missing(server: Server, services: Services) -> None:
    said = "The client 'c' does not have authorization to perform action 'Microsoft.Storage/read' over scope 's'."
    server.answer(
        "GET", AZURE + ACCOUNT_ID, Reply({"error": {"code": "AuthorizationFailed", "message": said}}, 403)
    )
    with pytest.raises(
        ForbiddenError, match=r"403 Forbidden: AuthorizationFailed: The client 'c' does not have"
    ):
        azure.exists(services, ACCOUNT_ID, "2023-05-01")


def test_resources_of_a_filter(server: Server, services: Services) -> None:
    path = f"{SCOPE}/resources"
    server.lists(AZURE + path, ACCOUNT)
    (found,) = azure.resources(services, path, "2021-04-01", "resourceType eq 'x'")
    assert found.name == "mlopsdev"
    assert server.calls(AZURE + path)[0].query == {
        "$filter": "resourceType eq 'x'",
        "api-version": "2021-04-01",
    }


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        ({}, "atScope()"),
        ({"principal_id": "p"}, "principalId eq 'p'"),
        ({"assigned_to": "p"}, "atScope() and assignedTo('p')"),
    ],
)
def test_role_assignments(server: Server, services: Services, of: dict[str, str], wanted: str) -> None:
    path = f"{AZURE}{SCOPE}/providers/Microsoft.Authorization/roleAssignments"
    properties = {"principalId": "p", "roleDefinitionId": "/d", "scope": SCOPE, "principalType": "Group"}
    server.lists(
        path, {"id": "/a", "name": "a", "type": "x", "properties": {**properties, "condition": None}}
    )
    assert list(azure.role_assignments(services, SCOPE, **of)) == [
        azure.RoleAssignment("/a", "a", azure.RoleAssignmentProperties("p", "/d", SCOPE, "Group"))
    ]
    assert server.calls(path)[0].query == {"$filter": wanted, "api-version": "2022-04-01"}


def test_role_definitions_of_a_name(server: Server, services: Services) -> None:
    path = f"{AZURE}{SCOPE}/providers/Microsoft.Authorization/roleDefinitions"
    properties = {
        "roleName": "Reader",
        "type": "BuiltInRole",
        "assignableScopes": ["/"],
        "permissions": [{"actions": ["*/read"], "notActions": [], "dataActions": []}],
    }
    server.lists(path, {"id": "/d", "name": "d", "properties": properties})
    (found,) = azure.role_definitions(services, SCOPE, "Reader")
    assert found.properties == azure.RoleDefinitionProperties(
        "Reader", "BuiltInRole", "", ("/",), (azure.RolePermission(("*/read",)),)
    )
    assert server.calls(path)[0].query["$filter"] == "roleName eq 'Reader'"


def test_what_whoever_asks_may_do(server: Server, services: Services) -> None:
    path = f"{AZURE}{SCOPE}/providers/Microsoft.Authorization/permissions"
    server.lists(path, {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]})
    assert list(azure.permissions(services, SCOPE)) == [
        azure.RolePermission(("*",), ("Microsoft.Authorization/*/Write",))
    ]
    assert server.calls(path)[0].query == {"api-version": "2022-04-01"}


def test_whether_a_namespace_is_registered(server: Server, services: Services) -> None:
    path = f"{AZURE}/subscriptions/s/providers/Microsoft.Cdn"
    server.answer(
        "GET",
        path,
        Reply({"namespace": "Microsoft.Cdn", "registrationState": "NotRegistered", "resourceTypes": []}),
    )
    found = azure.resource_provider(services, "s", "Microsoft.Cdn")
    assert found == azure.ResourceProvider("Microsoft.Cdn", "NotRegistered")


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (azure.deleted_vaults, "Microsoft.KeyVault/deletedVaults"),
        (azure.deleted_log_analytics_workspaces, "Microsoft.OperationalInsights/deletedWorkspaces"),
    ],
)
def test_what_is_deleted_and_keeps_its_name(
    server: Server, services: Services, ask: Callable[[Services, str], Iterator[azure.Resource]], path: str
) -> None:
    properties = {"location": "eastus", "scheduledPurgeDate": "2026-05-01T00:00:00Z"}
    server.lists(
        f"{AZURE}/subscriptions/s/providers/{path}", {"id": "/v", "name": "v", "properties": properties}
    )
    (found,) = ask(services, "s")
    assert (found.name, found.properties) == ("v", properties)


def test_a_global_name_that_is_taken(server: Server, services: Services) -> None:
    path = f"{AZURE}/subscriptions/s/providers/Microsoft.Storage/checkNameAvailability"
    answer = {"nameAvailable": False, "reason": "AlreadyExists", "message": "taken"}
    server.answer("POST", path, Reply(answer))
    found = azure.name_availability(services, "s", "Microsoft.Storage/storageAccounts", "mlopsdev")
    assert found == azure.NameAvailability(False, "AlreadyExists", "taken")
    (asked,) = server.calls(path)
    assert asked.body == {"name": "mlopsdev", "type": "Microsoft.Storage/storageAccounts"}


@pytest.mark.parametrize(
    ("ask", "namespace"),
    [
        (azure.compute_usages, "Microsoft.Compute"),
        (azure.machine_learning_usages, "Microsoft.MachineLearningServices"),
    ],
)
def test_how_much_of_a_quota_is_used(
    server: Server,
    services: Services,
    ask: Callable[[Services, str, str], Iterator[azure.Usage]],
    namespace: str,
) -> None:
    path = f"{AZURE}/subscriptions/s/providers/{namespace}/locations/eastus/usages"
    name = {"value": "standardDSv2Family", "localizedValue": "Standard DSv2 Family vCPUs"}
    server.lists(path, {"name": name, "currentValue": 14, "limit": 24, "unit": "Count"})
    assert list(ask(services, "s", "eastus")) == [
        azure.Usage(azure.UsageName(*name.values()), 24, 14, "Count")
    ]


def test_how_a_quota_is_divided(server: Server, services: Services) -> None:
    path = f"{AZURE}/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/eastus/quotas"
    server.lists(path, {"id": "/q", "type": "x/quotas", "name": {"value": "f"}, "limit": -1, "unit": "Count"})
    assert list(azure.machine_learning_quotas(services, "s", "eastus")) == [
        azure.Quota("/q", azure.UsageName("f"), -1, "x/quotas", "Count")
    ]
