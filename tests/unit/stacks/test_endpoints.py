"""The identity of the online endpoint, which pipelines create."""

from __future__ import annotations

import pytest

from tests.synthesized import Stack, role_name

ENVIRONMENTS = ["dev", "prod"]
ASSIGNMENT = "azurerm_role_assignment"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_it_has_what_azure_gives_to_system_assigned_ones_only(company: dict[str, Stack], name: str) -> None:
    stack = company[f"mlops-{name}"]
    principal = "${azurerm_user_assigned_identity.endpoint_identity.principal_id}"
    roles = {
        role_name(body): body["scope"]
        for body in stack.resources(ASSIGNMENT).values()
        if body["principal_id"] == principal
    }
    assert roles == {
        "AcrPull": "${azurerm_container_registry.container_registry.id}",
        "Storage Blob Data Reader": "${azurerm_storage_account.storage.id}",
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_connection_that_deploys_may_assign_it_and_no_other(company: dict[str, Stack], name: str) -> None:
    given = [
        (body["scope"], body["principal_id"])
        for body in company[f"mlops-{name}"].resources(ASSIGNMENT).values()
        if role_name(body) == "Managed Identity Operator"
    ]
    assert given == [
        (
            "${azurerm_user_assigned_identity.endpoint_identity.id}",
            "${azurerm_user_assigned_identity.connection_identity.principal_id}",
        )
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pipelines_get_the_id_that_it_has(company: dict[str, Stack], name: str) -> None:
    stack = company[f"mlops-{name}"]
    identity = stack.at("azurerm_user_assigned_identity.endpoint_identity")
    group = f"mlops-{name}-rg"
    # The group of prod is there already.
    made_here = "${azurerm_resource_group.resource_group.name}"
    assert identity["resource_group_name"] == (group if name == "prod" else made_here)
    subscription = stack.terraform["provider"]["azurerm"][0]["subscription_id"]
    value = stack.variables(f"mlops-{name}-variables")["onlineEndpointIdentity"]["value"]
    assert value == (
        f"/subscriptions/{subscription}/resourceGroups/{group}"
        f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{identity['name']}"
    )


def test_without_an_endpoint_there_is_none(stacks: dict[str, Stack], company: dict[str, Stack]) -> None:
    for stack in (*stacks.values(), company["mlops-test"]):
        assert "endpoint_identity" not in stack.resources("azurerm_user_assigned_identity")
        assert not [
            body
            for body in stack.resources(ASSIGNMENT).values()
            if role_name(body) == "Managed Identity Operator"
        ]


def test_terraform_makes_no_endpoint(company: dict[str, Stack]) -> None:
    # Its traffic belongs to the pipelines: a plan would move it back to the model before.
    for stack in company.values():
        types = [body["type"] for body in stack.resources("azapi_resource").values()]
        assert not [name for name in types if "onlineEndpoints" in name]
