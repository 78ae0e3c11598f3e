"""How what exists in Azure is found, and what it is imported by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adoption.azure import Azure
from adoption.outcome import Found, Missing, Several
from client.services import Services
from facts.ids import IDS
from tests.unit.client.server import AZURE, Reply, Server

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/n/subnets/s"
GATEWAY = f"{GROUP}/providers/Microsoft.Network/natGateways/g"
ADDRESS = f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/a"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
AUTHORIZATION = "providers/Microsoft.Authorization"
READER = f"/subscriptions/{SUBSCRIPTION}/{AUTHORIZATION}/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
NAMED = {"name": "v", "resource_group_name": "rg"}


@pytest.fixture
def azure(services: Services) -> Azure:
    return Azure(services)


def has(server: Server, resource_id: str, properties: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Let Azure have a resource."""
    body = {"id": resource_id, "name": resource_id.rpartition("/")[2], "properties": properties or {}, **more}
    server.answer("GET", f"{AZURE}{resource_id}", Reply(body))


def test_by_the_id_that_the_arguments_make(server: Server, azure: Azure) -> None:
    assert azure.find("azurerm_key_vault", NAMED, SUBSCRIPTION) == Missing()
    has(server, VAULT, {"vaultUri": "https://v.vault.azure.net/"})
    assert azure.find("azurerm_key_vault", NAMED, SUBSCRIPTION) == Missing(), "asked once"
    found = Azure(azure._services).find("azurerm_key_vault", NAMED, SUBSCRIPTION)  # a second look
    assert isinstance(found, Found)
    assert (found.import_id, found.attributes["id"]) == (VAULT, VAULT)
    assert found.attributes["vault_uri"] == "https://v.vault.azure.net/"
    (asked, _) = server.calls(f"{AZURE}{VAULT}")
    assert asked.query == {"api-version": IDS["azurerm_key_vault"].api_version}


@pytest.mark.parametrize("missing", ["name", "resource_group_name"])
def test_what_the_id_is_made_of_has_to_be_known(azure: Azure, missing: str) -> None:
    given = {name: value for name, value in NAMED.items() if name != missing}
    with pytest.raises(KeyError, match=missing):
        azure.find("azurerm_key_vault", given, SUBSCRIPTION)


def test_an_id_is_spelled_as_the_provider_wants_it_whatever_azure_answers(
    server: Server, azure: Azure
) -> None:
    body = {"id": VAULT.lower(), "name": "V", "properties": {}}
    server.answer("GET", f"{AZURE}{VAULT}", Reply(body))
    found = azure.find("azurerm_key_vault", NAMED, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == VAULT


def test_the_principal_of_a_system_assigned_identity_is_known(server: Server, azure: Azure) -> None:
    has(server, VAULT, identity={"type": "SystemAssigned", "principalId": "p1"})
    found = azure.find("azurerm_key_vault", NAMED, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.attributes["identity"] == [{"principal_id": "p1"}]


def assignment(name: str, **properties: str) -> dict[str, Any]:
    whole = {"principalId": "p1", "roleDefinitionId": READER, "scope": VAULT.lower(), **properties}
    return {"id": f"{VAULT}/{AUTHORIZATION}/roleAssignments/{name}", "name": name, "properties": whole}


ROLE = {"scope": VAULT, "principal_id": "P1", "role_definition_id": READER.upper()}


def test_a_role_assignment_by_scope_principal_and_role(server: Server, azure: Azure) -> None:
    assert azure.find("azurerm_role_assignment", ROLE, SUBSCRIPTION) == Missing()
    server.lists(
        f"{AZURE}{VAULT}/{AUTHORIZATION}/roleAssignments",
        assignment("inherited", scope=GROUP),
        assignment("another", roleDefinitionId=READER.replace("acdd72a7", "acdd72a8")),
        assignment("somebody", principalId="p2"),
        assignment("it"),
    )
    found = azure.find("azurerm_role_assignment", ROLE, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == f"{VAULT}/{AUTHORIZATION}/roleAssignments/it"
    assert server.asked[-1].query["$filter"] == "principalId eq 'P1'"
    server.lists(f"{AZURE}{VAULT}/{AUTHORIZATION}/roleAssignments", assignment("a"), assignment("b"))
    several = azure.find("azurerm_role_assignment", ROLE, SUBSCRIPTION)
    assert isinstance(several, Several)
    assert [text[-1] for text in several.import_ids] == ["a", "b"]


def test_a_role_of_ones_own_by_its_name(server: Server, azure: Azure) -> None:
    def role(name: str, kind: str) -> dict[str, Any]:
        return {"id": f"/x/{name}", "name": name, "properties": {"roleName": "Promotion", "type": kind}}

    given = {"scope": GROUP, "name": "Promotion"}
    server.lists(
        f"{AZURE}{GROUP}/{AUTHORIZATION}/roleDefinitions",
        role("built-in", "BuiltInRole"),
        role("own", "CustomRole"),
    )
    found = azure.find("azurerm_role_definition", given, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == f"{GROUP}/{AUTHORIZATION}/roleDefinitions/own|{GROUP}"
    whole = f"/subscriptions/{SUBSCRIPTION}/{AUTHORIZATION}/roleDefinitions/own"
    assert found.attributes["role_definition_resource_id"] == whole
    server.lists(f"{AZURE}{GROUP}/{AUTHORIZATION}/roleDefinitions")
    assert azure.find("azurerm_role_definition", given, SUBSCRIPTION) == Missing()


CREDENTIAL = {
    "name": "azure-devops",
    "user_assigned_identity_id": IDENTITY,
    "issuer": "https://login.microsoftonline.com/t/v2.0",
    "subject": "/eid1/c/pub/t/x",
}


def test_a_federated_credential_by_its_name_or_by_what_it_trusts(server: Server, azure: Azure) -> None:
    every = f"{IDENTITY}/federatedIdentityCredentials"
    trusts = {"issuer": CREDENTIAL["issuer"], "subject": CREDENTIAL["subject"]}
    by_hand = {"id": f"{every}/by-hand", "name": "by-hand", "properties": trusts}
    server.lists(
        f"{AZURE}{every}", {**by_hand, "name": "old", "properties": {**trusts, "subject": "sc://x"}}, by_hand
    )
    found = azure.find("azurerm_federated_identity_credential", CREDENTIAL, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == f"{every}/by-hand"
    assert "It is called by-hand" in found.note
    server.lists(f"{AZURE}{every}")
    other = {**CREDENTIAL, "name": "other"}
    assert azure.find("azurerm_federated_identity_credential", other, SUBSCRIPTION) == Missing()
    has(server, f"{every}/other")
    named = Azure(azure._services).find(
        "azurerm_federated_identity_credential", other, SUBSCRIPTION
    )  # a second look
    assert isinstance(named, Found)
    assert (named.import_id, named.note) == (f"{every}/other", "")


def test_an_association_is_a_property_of_the_subnet(server: Server, azure: Azure) -> None:
    has(server, SUBNET, {"routeTable": {"id": "/r"}})
    given = {"subnet_id": SUBNET}
    found = azure.find("azurerm_subnet_route_table_association", given, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == SUBNET
    for other in ("network_security_group", "nat_gateway"):
        assert azure.find(f"azurerm_subnet_{other}_association", given, SUBSCRIPTION) == Missing()


def test_the_address_of_a_gateway_is_a_property_of_the_gateway(server: Server, azure: Azure) -> None:
    type_name = "azurerm_nat_gateway_public_ip_association"
    has(server, GATEWAY, {"publicIpAddresses": [{"id": ADDRESS.upper()}]})
    given = {"nat_gateway_id": GATEWAY, "public_ip_address_id": ADDRESS}
    found = azure.find(type_name, given, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == f"{GATEWAY}|{ADDRESS}"
    other = {**given, "public_ip_address_id": f"{ADDRESS}b"}
    assert azure.find(type_name, other, SUBSCRIPTION) == Missing()


def test_a_diagnostic_setting_lies_in_what_it_watches(server: Server, azure: Azure) -> None:
    given = {"target_resource_id": VAULT, "name": "logs"}
    has(server, f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings/logs")
    found = azure.find("azurerm_monitor_diagnostic_setting", given, SUBSCRIPTION)
    assert isinstance(found, Found)
    assert found.import_id == f"{VAULT}|logs"


@pytest.mark.parametrize(
    ("given", "resource_id"),
    [
        (
            {
                "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
                "parent_id": GROUP,
                "name": "m",
            },
            f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/m",
        ),
        (
            {
                "type": "Microsoft.A/b/c@2025-12-01",
                "parent_id": f"{GROUP}/providers/Microsoft.A/b/x",
                "name": "m",
            },
            f"{GROUP}/providers/Microsoft.A/b/x/c/m",
        ),
        ({"type": "Microsoft.KeyVault/vaults@2025-12-01", "resource_id": VAULT}, VAULT),
    ],
)
def test_any_resource_by_its_type_and_name(
    server: Server, azure: Azure, given: dict[str, str], resource_id: str
) -> None:
    has(server, resource_id)
    found = azure.find("azapi_resource", given, "")
    assert isinstance(found, Found)
    assert found.import_id == f"{resource_id}?api-version=2025-12-01"
    assert found.attributes["id"] == resource_id
    assert server.calls(f"{AZURE}{resource_id}")[-1].query == {"api-version": "2025-12-01"}
    assert azure.find("azapi_resource", {**given, "resource_id": f"{resource_id}x"}, "") == Missing()
