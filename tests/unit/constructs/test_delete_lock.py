"""Locks against deletion."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.delete_lock import lock_against_deletion
from constructs_lib.azure.identity import RoleAssignments
from tests.project import SUBSCRIPTION
from tests.unit.constructs.examples import identity, project, resource_group, storage, synthesized


def test_locks_are_a_chain_after_everything_in_azure(stack: TerraformStack) -> None:
    project(stack, create=True)
    group = resource_group(stack)
    account, user = storage(stack, group), identity(stack, group)
    RoleAssignments(
        stack,
        "roles",
        principal_id=user.principal_id,
        subscription_id=SUBSCRIPTION,
        roles=[("storage", account.id, "Reader")],
    )
    lock_against_deletion(
        stack,
        "lock",
        resources={"storage": account.id, "group": group.id},
        notes="Set by delete_locks. Turn it off there first.",
    )
    locks = synthesized(stack).resources("azurerm_management_lock")
    assert {body["lock_level"] for body in locks.values()} == {"CanNotDelete"}
    # A lock keeps what extends its resource from being deleted too. The team of Azure DevOps is not named.
    assert locks["lock_storage"]["depends_on"] == [
        "azurerm_resource_group.resource_group",
        "azurerm_storage_account.storage",
        "azurerm_user_assigned_identity.identity",
        "azurerm_role_assignment.roles_storage_reader",
    ]
    assert locks["lock_group"]["depends_on"] == ["azurerm_management_lock.lock_storage"]
