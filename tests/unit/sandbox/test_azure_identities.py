"""What Azure gives to the identity of a workspace by itself, and what it expects to be there."""

from __future__ import annotations

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import GROUP, IN_GROUP, REGISTRY, VAULT, workspace_arguments

ROLE = "azurerm_role_assignment"
WORKSPACE = "azurerm_machine_learning_workspace"
NEEDED = {
    "storage_account_id": ["Contributor", "Storage Blob Data Contributor"],
    "key_vault_id": ["Contributor", "Key Vault Administrator"],
    "container_registry_id": ["Contributor"],
    "application_insights_id": ["Contributor"],
}


@pytest.fixture
def arguments(azure: Client) -> Values:
    """A workspace that reaches storage and vault by identity."""
    given = workspace_arguments(azure)
    vault = azure.read("azurerm_key_vault", {"id": given["key_vault_id"], **VAULT})
    assert vault is not None
    azure.change("azurerm_key_vault", vault, **VAULT, rbac_authorization_enabled=True)
    registry = azure.create("azurerm_container_registry", **REGISTRY)
    return {**given, "container_registry_id": registry["id"], "storage_account_access_type": "Identity"}


def roles_of(cloud: Cloud, principal_id: str) -> set[tuple[str, str]]:
    return {
        (grant.attributes["scope"], grant.attributes["role_definition_name"])
        for grant in cloud.resources(ROLE)
        if grant.attributes["principal_id"] == principal_id
    }


def test_a_system_assigned_workspace_gets_its_roles_from_azure(
    azure: Client, cloud: Cloud, arguments: Values
) -> None:
    principal = azure.create(WORKSPACE, **arguments)["identity"][0]["principal_id"]
    assert roles_of(cloud, principal) == {
        (GROUP, "Azure AI Administrator"),
        (arguments["storage_account_id"], "Storage Blob Data Contributor"),
        (arguments["key_vault_id"], "Key Vault Administrator"),
    }
    for scope, role in (
        (arguments["storage_account_id"], "Storage Blob Data Contributor"),
        (arguments["storage_account_id"].lower(), "Storage Blob Data Contributor"),
    ):
        with pytest.raises(RefusedError, match="RoleAssignmentExists"):
            azure.create(
                ROLE,
                scope=scope,
                role_definition_name=role,
                principal_id=principal,
                principal_type="ServicePrincipal",
            )


def test_a_workspace_with_keys_and_access_policies_gets_its_group_only(azure: Client, cloud: Cloud) -> None:
    principal = azure.create(WORKSPACE, **workspace_arguments(azure))["identity"][0]["principal_id"]
    assert roles_of(cloud, principal) == {(GROUP, "Azure AI Administrator")}


@pytest.mark.parametrize(
    ("argument", "role"), [(argument, role) for argument, roles in NEEDED.items() for role in roles]
)
def test_a_user_assigned_identity_gets_nothing_and_needs_its_roles_first(
    azure: Client, cloud: Cloud, arguments: Values, argument: str, role: str
) -> None:
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")

    def grant(argument: str, role: str) -> None:
        principal = identity["principal_id"]
        azure.create(ROLE, scope=arguments[argument], role_definition_name=role, principal_id=principal)

    for needed, roles in NEEDED.items():
        for each in roles:
            if (needed, each) != (argument, role):
                grant(needed, each)
    assigned = {
        **arguments,
        "identity": [{"type": "UserAssigned", "identity_ids": [identity["id"]]}],
        "primary_user_assigned_identity": identity["id"],
    }
    with pytest.raises(RefusedError, match=f"needs the role {role} on {arguments[argument]}"):
        azure.create(WORKSPACE, **assigned)
    grant(argument, role)
    before = roles_of(cloud, identity["principal_id"])
    azure.create(WORKSPACE, **assigned)
    assert roles_of(cloud, identity["principal_id"]) == before
