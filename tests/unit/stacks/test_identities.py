"""Who may do what in Azure: the identities of a stack and their roles."""

from __future__ import annotations

import pytest

from tests.guide.tables import PLACEHOLDER
from tests.synthesized import Stack, role_name

Stacks = dict[str, Stack]
ENVIRONMENTS = ["mlops-dev", "mlops-test", "mlops-prod"]


def granted(stack: Stack, principal: str) -> set[tuple[str, str]]:
    """Return what an identity is given: scopes, as references, and roles."""
    return {
        (body["scope"], role_name(body))
        for body in stack.resources("azurerm_role_assignment").values()
        if body["principal_id"] == f"${{{principal}.principal_id}}"
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_jobs_reach_all_of_the_storage_account(stacks: Stacks, name: str) -> None:
    account = "${azurerm_storage_account.storage.id}"
    roles = granted(stacks[name], "azurerm_user_assigned_identity.compute_identity")
    assert {role for scope, role in roles if scope == account} == {
        "Storage Blob Data Contributor",
        "Storage File Data Privileged Contributor",
        # ParallelRunStep, which batch scoring is, without the keys of the account.
        "Storage Queue Data Contributor",
        "Storage Table Data Contributor",
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_jobs_may_only_read_secrets_pull_images_and_report_beside_that(stacks: Stacks, name: str) -> None:
    roles = granted(stacks[name], "azurerm_user_assigned_identity.compute_identity")
    assert {(scope, role) for scope, role in roles if "storage_account" not in scope} == {
        ("${azurerm_key_vault.key_vault.id}", "Key Vault Secrets User"),
        ("${azurerm_container_registry.container_registry.id}", "AcrPull"),
        (
            "${azurerm_application_insights.monitoring_application_insights.id}",
            "Monitoring Metrics Publisher",
        ),
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_compute_comes_after_all_roles(stacks: Stacks, name: str) -> None:
    stack = stacks[name]
    own = {
        f"azurerm_role_assignment.{key}"
        for key in stack.resources("azurerm_role_assignment")
        if key.startswith("compute_identity_roles_")
    }
    assert own
    waits = {"time_sleep.workspace_roles_wait", "time_sleep.workspace_own_roles_wait"}
    for cluster in stack.resources("azurerm_machine_learning_compute_cluster").values():
        assert own | waits <= set(cluster["depends_on"])


# --- The model registry ---------------------------------------------------------------------------------

REGISTRY_GROUP = f"/subscriptions/{PLACEHOLDER}/resourceGroups/mlops-registry-rg"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_only_reads_the_registry(stacks: Stacks, name: str) -> None:
    roles = granted(stacks[name], "azurerm_user_assigned_identity.connection_identity")
    assert {role for scope, role in roles if scope.startswith(REGISTRY_GROUP)} == {"Reader"}


def test_only_promotion_writes_to_the_registry_and_nobody_deletes(stacks: Stacks) -> None:
    registry = stacks["mlops-registry"]
    (definition,) = registry.resources("azurerm_role_definition").values()
    actions = definition["permissions"][0]["actions"]
    assert [action.partition("/registries/")[2] for action in actions] == [
        "read",
        "assets/read",
        "assets/write",
    ]
    assert set(definition["permissions"][0]) == {"actions"}
    assert granted(registry, "azurerm_user_assigned_identity.promotion_identity") == {
        (
            "${azurerm_resource_group.resource_group.id}",
            "${azurerm_role_definition.promotion_role.role_definition_resource_id}",
        )
    }
    # No other role on the registry or around it writes.
    for stack in stacks.values():
        for body in stack.resources("azurerm_role_assignment").values():
            if body["scope"].startswith(REGISTRY_GROUP):
                assert role_name(body) == "Reader"


def test_promotion_fetches_models_from_the_environments_that_are_named(stacks: Stacks) -> None:
    assert granted(stacks["mlops-dev"], "data.azurerm_user_assigned_identity.promotion_identity") == {
        ("${azurerm_machine_learning_workspace.workspace.id}", "Reader"),
        ("${azurerm_storage_account.storage.id}", "Storage Blob Data Reader"),
    }
    for name in ("mlops-test", "mlops-prod"):
        assert "promotion_identity" not in stacks[name].data("azurerm_user_assigned_identity")


def test_promotion_asks_for_the_approval_of_the_registry(stacks: Stacks) -> None:
    registry = stacks["mlops-registry"]

    def approval(target: str) -> dict[str, object]:
        (found,) = (
            {key: value for key, value in body.items() if not key.startswith("target_")}
            for body in registry.resources("azuredevops_check_approval").values()
            if body["target_resource_id"] == f"${{{target}.id}}"
        )
        return found

    gate = approval("azuredevops_environment.promotion")
    assert approval("azuredevops_serviceendpoint_azurerm.promotion_connection") == gate


def test_no_role_of_an_environment_is_under_a_lock_of_the_registry(stacks: Stacks, closed: Stacks) -> None:
    for configuration in (stacks, closed):
        for name in ENVIRONMENTS:
            for address, body in configuration[name].resources("azurerm_role_assignment").items():
                assert "/registries/" not in body["scope"], address
