"""What Azure gives to the identity of a workspace by itself, and what it expects to be there."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import GROUP, IN_GROUP, REGISTRY, VAULT, storage, workspace_arguments

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


def role_of_our_own(azure: Client, **arguments: Any) -> Values:
    actions = ["Microsoft.MachineLearningServices/registries/assets/write"]
    return azure.create(
        "azurerm_role_definition",
        **{"name": "Writer", "scope": GROUP, "permissions": [{"actions": actions}], **arguments},
    )


def test_a_role_of_our_own_is_assigned_by_the_id_that_azure_gives_it(azure: Client) -> None:
    who = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")["principal_id"]
    role = role_of_our_own(azure)
    assert role["assignable_scopes"] == [GROUP]
    grant = {"scope": GROUP, "principal_id": who}
    with pytest.raises(RefusedError, match="RoleDefinitionDoesNotExist"):
        azure.create(ROLE, **grant, role_definition_id=role["id"])
    definition = role["role_definition_resource_id"]
    state = azure.create(ROLE, **grant, role_definition_id=definition)
    assert state["role_definition_name"] == "Writer"
    with pytest.raises(RefusedError, match="RoleDefinitionHasAssignments"):
        azure.destroy("azurerm_role_definition", role)
    with pytest.raises(RefusedError, match="RoleDefinitionWithSameNameExists"):
        role_of_our_own(azure, name="writer")
    azure.destroy(ROLE, state)
    azure.destroy("azurerm_role_definition", role)


def test_a_lock_holds_the_roles_on_what_it_locks_and_not_those_around_it(azure: Client) -> None:
    who = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")["principal_id"]
    account = storage(azure)["id"]
    azure.create("azurerm_management_lock", name="lock", scope=account, lock_level="CanNotDelete")
    on, around = (
        azure.create(ROLE, scope=scope, role_definition_name="Reader", principal_id=who)
        for scope in (account, GROUP)
    )
    with pytest.raises(RefusedError, match="ScopeLocked"):
        azure.destroy(ROLE, on)
    azure.destroy(ROLE, around)


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
        (arguments["container_registry_id"], "Contributor"),
        (f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/workspace", "Contributor"),
    }
    for scope, role in (
        (arguments["storage_account_id"], "Storage Blob Data Contributor"),
        (arguments["storage_account_id"].lower(), "Storage Blob Data Contributor"),
        (arguments["container_registry_id"], "Contributor"),
    ):
        with pytest.raises(RefusedError, match="RoleAssignmentExists"):
            azure.create(
                ROLE,
                scope=scope,
                role_definition_name=role,
                principal_id=principal,
                principal_type="ServicePrincipal",
            )


def test_a_workspace_with_keys_and_access_policies_gets_its_group_and_itself(
    azure: Client, cloud: Cloud
) -> None:
    state = azure.create(WORKSPACE, **workspace_arguments(azure))
    assert roles_of(cloud, state["identity"][0]["principal_id"]) == {
        (GROUP, "Azure AI Administrator"),
        (state["id"], "Contributor"),
    }


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
