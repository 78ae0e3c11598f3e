"""Who may do what in Azure: the identities of a stack and their roles."""

from __future__ import annotations

import pytest

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
