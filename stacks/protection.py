"""What an environment keeps, how long, and what guards it: retention, backup, locks, budget."""

from __future__ import annotations

from constructs_lib.azure.backup import BlobBackup
from constructs_lib.azure.budget import Budget
from constructs_lib.azure.delete_lock import DeleteLocks
from constructs_lib.azure.diagnostics import DiagnosticSettings
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.retention import BlobRetention
from constructs_lib.azure.storage import StorageAccount, StorageContainer
from constructs_lib.azure.workspace import Datastore, Workspace
from settings.models.environment import BACKUP_NEEDS_DAYS, Environment
from stacks.base import PlatformStack

CONTAINERS = {
    "datasets": "Datasets. Lifecycle rules delete old ones.",
    "predictions": "Recorded predictions. Lifecycle rules delete old ones.",
}
"""Containers whose blobs ``retention`` deletes, each a datastore of the workspace with this description."""


def add_retention(
    stack: PlatformStack, environment: Environment, *, account: StorageAccount, workspace: Workspace
) -> list[StorageContainer]:
    """Add a container and a datastore for everything that ``retention`` limits, and delete what is too old."""
    given = environment.retention.model_dump(include=set(CONTAINERS), exclude_none=True)
    containers = [StorageContainer(stack, name, account=account, name=name) for name in given]
    for container in containers:
        Datastore(
            stack,
            f"{container.name}_datastore",
            workspace=workspace,
            container=container,
            description=CONTAINERS[container.name],
        )
    backup = environment.backup
    BlobRetention(
        stack,
        "retention",
        account=account,
        days=given,
        # A backup needs versions. In the workspace's own container nothing else would ever take old ones away.
        old_versions={workspace.default_container: max(backup.retention, BACKUP_NEEDS_DAYS)}
        if backup
        else {},
    )
    return containers


def add_backup(
    stack: PlatformStack,
    environment: Environment,
    *,
    resource_group: ResourceGroup,
    account: StorageAccount,
    workspace: Workspace,
    containers: list[StorageContainer],
    log_analytics_id: str,
) -> BlobBackup | None:
    """Back up the containers and the workspace's own; nothing when the environment has no backup."""
    backup = environment.backup
    if backup is None:
        return None
    made = BlobBackup(
        stack,
        "backup",
        resource_group=resource_group,
        vault_name=backup.vault,
        geo_redundant=backup.geo_redundant,
        retention_days=backup.retention,
        account=account,
        containers=[workspace.default_container, *(container.name for container in containers)],
        depends_on=[workspace.dependable, *(container.dependable for container in containers)],
    )
    DiagnosticSettings(
        stack, "diagnostics", log_analytics_id=log_analytics_id, targets={"backup_vault": made.vault_id}
    )
    return made


def add_delete_locks(
    stack: PlatformStack,
    environment: Environment,
    *,
    account: StorageAccount,
    key_vault: KeyVault,
    backup: BlobBackup | None,
) -> None:
    """Lock what holds data that cannot be made again."""
    if not environment.security.delete_locks:
        return
    locked = {"storage": account.id, "key_vault": key_vault.id}
    if backup:
        locked["backup_vault"] = backup.vault_id
    DeleteLocks(
        stack,
        "lock",
        resources=locked,
        notes=f"Set by delete_locks of the environment {environment.name}. Turn it off there first.",
    )


def add_budget(
    stack: PlatformStack,
    environment: Environment,
    *,
    resource_group: ResourceGroup,
    action_group_id: str | None,
) -> None:
    """Add the monthly budget, when there is one. A rule of the settings has seen to an address."""
    budget, email = environment.budget, environment.monitoring.email
    if budget is None or email is None:
        return
    Budget(
        stack,
        "budget",
        resource_group=resource_group,
        name=f"{stack.node.id}-monthly",
        amount=budget.amount,
        thresholds=budget.thresholds,
        forecast=budget.forecast,
        email=email,
        action_group_id=action_group_id,
    )
