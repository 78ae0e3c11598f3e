"""How long blobs are kept: the lifecycle rules of a storage account."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformStack

from constructs_lib.azure.storage import StorageAccount
from constructs_lib.bindings import azurerm


def add_blob_retention(
    scope: TerraformStack,
    id_: str,
    *,
    account: StorageAccount,
    days: Mapping[str, int],
    old_versions: Mapping[str, int],
) -> None:
    """Delete what is older than its container allows. An account has one such policy: give it all containers.

    Blobs are kept for ``days``; of the containers in ``old_versions`` only what is no longer current is deleted. Both
    are days by container. A blob counts from its last change, an earlier version or a snapshot of it from when it was
    made.
    """
    azurerm.StorageManagementPolicy(
        scope,
        id_,
        storage_account_id=account.id,
        rule=[
            *(_rule(f"delete-{container}", container, limit, limit) for container, limit in days.items()),
            *(
                _rule(f"delete-old-versions-{index}", container, None, limit)
                for index, (container, limit) in enumerate(old_versions.items(), start=1)
            ),
        ],
    )


def limit_age(
    scope: TerraformStack, id_: str, *, account: StorageAccount, current: int | None, earlier: int
) -> None:
    """Delete blobs of a whole account after ``current`` days (None: never), earlier versions after ``earlier``.

    Azure looks once a day.
    """
    azurerm.StorageManagementPolicy(
        scope, id_, storage_account_id=account.id, rule=[_rule("delete-old", None, current, earlier)]
    )


def _rule(
    name: str, container: str | None, current: int | None, earlier: int
) -> azurerm.StorageManagementPolicyRule:
    """Delete blobs of a container (None: of all) after ``current`` days, versions and snapshots after ``earlier``."""
    return azurerm.StorageManagementPolicyRule(
        name=name,
        enabled=True,
        filters=azurerm.StorageManagementPolicyRuleFilters(
            blob_types=["blockBlob", "appendBlob"], prefix_match=[f"{container}/"] if container else None
        ),
        actions=azurerm.StorageManagementPolicyRuleActions(
            base_blob=None
            if current is None
            else azurerm.StorageManagementPolicyRuleActionsBaseBlob(
                delete_after_days_since_modification_greater_than=current
            ),
            snapshot=azurerm.StorageManagementPolicyRuleActionsSnapshot(
                delete_after_days_since_creation_greater_than=earlier
            ),
            version=azurerm.StorageManagementPolicyRuleActionsVersion(
                delete_after_days_since_creation=earlier
            ),
        ),
    )
