"""Managed identities and their roles."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.identity import RoleAssignments, let_in_whoever_deploys, look_up_principal_id
from constructs_lib.azure.provider import configure_azurerm
from tests.project import SUBSCRIPTION, TENANT
from tests.synthesized import role_name
from tests.unit.constructs.examples import identity, resource_group, storage, synthesized

READER = "azurerm_role_assignment.roles_storage_storage_blob_data_reader"
PULL = "azurerm_role_assignment.roles_group_acrpull"


def test_what_checks_roles_at_once_waits_again_for_each_new_one(stack: TerraformStack) -> None:
    group = resource_group(stack)
    assignments = RoleAssignments(
        stack,
        "roles",
        principal_id=identity(stack, group).principal_id,
        subscription_id=SUBSCRIPTION,
        roles=[
            ("storage", storage(stack, group).id, "Storage Blob Data Reader"),
            ("group", group.id, "AcrPull"),
        ],
    )
    assignments.wait_for_propagation("5m")
    written = synthesized(stack)
    role = written.at(READER)
    # Roles are renamed, and a change of name would replace every assignment.
    assert "role_definition_name" not in role
    assert role_name(role) == "Storage Blob Data Reader"
    assert role["role_definition_id"].startswith(f"/subscriptions/{SUBSCRIPTION}/providers/")
    assert role["principal_id"] == "${azurerm_user_assigned_identity.identity.principal_id}"
    # Entra may not know a new identity yet; with its type given, Azure does not ask.
    assert role["principal_type"] == "ServicePrincipal"
    wait = written.at("time_sleep.roles_wait")
    assert wait["create_duration"] == "5m"
    assert sorted(wait["depends_on"]) == sorted([READER, PULL])
    assert sorted(wait["triggers"].values()) == sorted([f"${{{READER}.id}}", f"${{{PULL}.id}}"])


def test_a_scope_that_is_known_says_itself_which_subscription_it_is_in(stack: TerraformStack) -> None:
    group = "/subscriptions/elsewhere/resourceGroups/rg"
    RoleAssignments(
        stack, "roles", principal_id="given", subscription_id=SUBSCRIPTION, roles=[("group", group, "Reader")]
    )
    role = synthesized(stack).at("azurerm_role_assignment.roles_group_reader")
    assert role["role_definition_id"].startswith("/subscriptions/elsewhere/providers/")


def test_roles_that_azure_gives_take_their_time_too(stack: TerraformStack) -> None:
    nobody = RoleAssignments(stack, "roles", principal_id="given", subscription_id=SUBSCRIPTION, roles=[])
    nobody.wait_for_propagation("5m", given_with={"group": resource_group(stack).id})
    wait = synthesized(stack).at("time_sleep.roles_wait")
    assert wait["triggers"] == {"group": "${azurerm_resource_group.resource_group.id}"}


def test_an_identity_of_another_stack_is_looked_up_by_name(stack: TerraformStack) -> None:
    provider = configure_azurerm(stack, alias="other", tenant_id=TENANT, subscription_id="s")
    principal_id = look_up_principal_id(
        stack, "shared", name="shared-identity", resource_group="shared-rg", provider=provider
    )
    RoleAssignments(
        stack,
        "roles",
        principal_id=principal_id,
        subscription_id=SUBSCRIPTION,
        roles=[("group", resource_group(stack).id, "Reader")],
    )
    written = synthesized(stack)
    found = written.data("azurerm_user_assigned_identity")["shared"]
    assert found["provider"] == "azurerm.other"
    role = written.at("azurerm_role_assignment.roles_group_reader")
    assert role["principal_id"] == "${data.azurerm_user_assigned_identity.shared.principal_id}"


def test_whoever_deploys_first_is_let_in_and_others_change_nothing_of_it(stack: TerraformStack) -> None:
    let_in_whoever_deploys(
        stack,
        "deployer",
        target_id=resource_group(stack).id,
        subscription_id=SUBSCRIPTION,
        role="Storage Blob Data Contributor",
        wait="5m",
    )
    written = synthesized(stack)
    body = written.at("azurerm_role_assignment.deployer")
    assert role_name(body) == "Storage Blob Data Contributor"
    assert body["scope"] == "${azurerm_resource_group.resource_group.id}"
    assert body["principal_id"] == "${data.azurerm_client_config.deployer_identity.object_id}"
    assert body["lifecycle"] == {"ignore_changes": ["principal_id"]}
    # A person or an application: Azure looks up which.
    assert "principal_type" not in body
    assert written.at("time_sleep.deployer_wait.create_duration") == "5m"
    assert written.at("time_sleep.deployer_wait.depends_on") == ["azurerm_role_assignment.deployer"]
