"""What an environment keeps, how long, and what guards it: retention, backup, locks, budget."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.azure.backup import BlobBackup
from constructs_lib.azure.budget import add_budget
from constructs_lib.azure.delete_lock import lock_against_deletion
from constructs_lib.azure.diagnostics import DiagnosticSettings
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.retention import add_blob_retention
from constructs_lib.azure.storage import StorageAccount, StorageContainer, keep_container
from constructs_lib.azure.workspace import Workspace, add_datastore
from settings.models.environment import BACKUP_NEEDS_DAYS, Environment
from stacks.base import PlatformStack
from stacks.workspace import Foundation

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
    if environment.security.delete_locks:
        for name in [name for name in CONTAINERS if name not in given]:
            keep_container(stack, name, account=account, name=name)
    for container in containers:
        add_datastore(
            stack,
            f"{container.name}_datastore",
            workspace=workspace,
            container=container,
            description=CONTAINERS[container.name],
        )
    backup = environment.backup
    add_blob_retention(
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
    foundation: Foundation,
    workspace: Workspace,
    containers: Sequence[StorageContainer],
    diagnostics: DiagnosticSettings,
) -> BlobBackup | None:
    """Back up the containers and the workspace's own; nothing when the environment has no backup."""
    wanted = environment.backup
    if wanted is None:
        return None
    backup = BlobBackup(
        stack,
        "backup",
        resource_group=foundation.resource_group,
        vault_name=wanted.vault,
        geo_redundant=wanted.geo_redundant,
        retention_days=wanted.retention,
        account=foundation.storage,
        containers=[workspace.default_container, *(container.name for container in containers)],
        depends_on=[workspace.dependable, *(container.dependable for container in containers)],
    )
    diagnostics.add({"backup_vault": backup.vault_id})
    return backup


def add_cost_notices(
    stack: PlatformStack,
    environment: Environment,
    *,
    resource_group: ResourceGroup,
) -> None:
    """Add the monthly budget, when there is one. A rule of the settings has seen to an address."""
    budget, emails = environment.budget, environment.monitoring.email
    if budget is None or emails is None:
        return
    add_budget(
        stack,
        "budget",
        resource_group=resource_group,
        name=f"{stack.node.id}-monthly",
        amount=budget.amount,
        thresholds=budget.thresholds,
        forecast=budget.forecast,
        emails=emails,
    )


def add_delete_locks(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    backup: BlobBackup | None,
) -> None:
    """Lock storage, key vault and backup vault: their data cannot be made again."""
    if not environment.security.delete_locks:
        return
    locked = {"storage": foundation.storage.id, "key_vault": foundation.key_vault.id}
    if backup:
        locked["backup_vault"] = backup.vault_id
    lock_against_deletion(
        stack,
        "lock",
        resources=locked,
        notes=f"Set by delete_locks of the environment {environment.name}. Turn it off there first.",
    )
