"""What Azure does when something is deleted that others use, by type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.cloud.request import CONFLICT, Request, ServiceError
from sandbox.cloud.store import Thing
from sandbox.services.azure import arm


@dataclass(frozen=True)
class Hold:
    """What keeps a resource from being deleted: things of some types that lie inside it or name it.

    ``types`` empty means any resource that Azure lists in a group; ``inside`` is whether lying inside counts, or
    being named by it.
    """

    says: str
    types: tuple[str, ...] = ()
    inside: bool = False


# One row a type: what keeps it. Azure deletes the other types whether or not something uses them, and the user is
# left with an id that names nothing: storage accounts, key vaults, container registries, Application Insights and
# Log Analytics workspaces of a machine learning workspace; identities of a cluster; action groups of an alert.
HOLDS: Mapping[str, Hold] = {
    "azurerm_data_protection_backup_policy_blob_storage": Hold(
        f"{CONFLICT} UserErrorPolicyInUse: The policy is used by {{holder}}.",
        ("azurerm_data_protection_backup_instance_blob_storage",),
    ),
    "azurerm_data_protection_backup_vault": Hold(
        f"{CONFLICT} UserErrorVaultNotEmpty: The vault still holds the backup instance {{holder}}.",
        ("azurerm_data_protection_backup_instance_blob_storage",),
        inside=True,
    ),
    "azurerm_network_security_group": Hold(
        f"{CONFLICT} InUseNetworkSecurityGroupCannotBeDeleted: Network security group {{name}} cannot be deleted "
        "because it is in use by {holder}.",
        ("azurerm_subnet_network_security_group_association", "azurerm_private_endpoint"),
    ),
    "azurerm_private_dns_zone": Hold(
        f"{CONFLICT} CannotDeleteResource: Cannot delete resource before nested resources are deleted: {{holder}}.",
        ("azurerm_private_dns_zone_virtual_network_link",),
        inside=True,
    ),
    # The provider's own check, which its features block can turn off; Azure would delete everything inside.
    "azurerm_resource_group": Hold(
        "deleting Resource Group {name}: the Resource Group still contains Resources: {holder}. Remove them first, or "
        "turn the check off with the feature `prevent_deletion_if_contains_resources`.",
        inside=True,
    ),
    "azurerm_subnet": Hold(
        f"{CONFLICT} InUseSubnetCannotBeDeleted: Subnet {{name}} is in use by {{holder}} and cannot be deleted.",
        ("azurerm_private_endpoint", "azurerm_machine_learning_compute_cluster"),
    ),
}

# Deleted, and for a while recoverable, unless the provider's features block says to purge.
SOFT_DELETED: Mapping[str, str] = {
    "azurerm_key_vault": "key_vault.purge_soft_delete_on_destroy",
    "azurerm_machine_learning_workspace": "machine_learning.purge_soft_deleted_workspace_on_destroy",
}
# The provider's defaults of those switches.
_PURGES_BY_DEFAULT = {"azurerm_key_vault": True, "azurerm_machine_learning_workspace": False}

_GROUP = "azurerm_resource_group"
_LOCK = "azurerm_management_lock"
_LOOK_INSIDE = "resource_group.prevent_deletion_if_contains_resources"
# What Azure does not list as a resource of a group: it extends the group or a resource in it.
_EXTENSIONS = ("microsoft.authorization", "microsoft.consumption")
# Types that only connect two things and borrow the id of one.
_SATELLITES = frozenset({"azurerm_subnet_network_security_group_association"})


def check_deletion(request: Request, thing: Thing) -> None:
    """Refuse to delete what a lock protects or what something still needs."""
    if thing.type != _LOCK:
        _check_locks(request, thing)
    hold = HOLDS.get(thing.type)
    if hold is None or (thing.type == _GROUP and request.account.features.get(_LOOK_INSIDE) is False):
        return
    things = arm.index(request.cloud)
    for holder in inside(request, thing) if hold.inside else _users(request, thing):
        counts = holder.type in hold.types if hold.types else _is_listed(holder)
        if counts and arm.exists(things, holder.id):
            raise ServiceError(hold.says.format(name=thing.name, holder=holder.id))


def _check_locks(request: Request, thing: Thing) -> None:
    for lock in arm.existing(request.cloud, _LOCK):
        scope, own = f"{lock.attributes['scope']}/".lower(), f"{thing.id}/".lower()
        if own.startswith(scope) or scope.startswith(own):
            raise ServiceError(
                f"{CONFLICT} ScopeLocked: The scope '{thing.id}' cannot perform delete operation because following "
                f"scope(s) are locked: '{lock.attributes['scope']}'. Please remove the lock and try again."
            )


def _is_listed(thing: Thing) -> bool:
    """Whether Azure lists something among the resources of its group."""
    parts = thing.id.lower().split("/")
    return len(parts) == 9 and parts[6] not in _EXTENSIONS


def remove(request: Request, thing: Thing) -> None:
    """Delete a resource with everything inside it and everything that extends it."""
    for other in [*inside(request, thing), thing]:
        request.cloud.remove(other, recoverable=_recoverable(request, other))


def inside(request: Request, thing: Thing) -> list[Thing]:
    """Return everything that lies in a resource or extends it."""
    prefix = thing.id.lower()
    return [
        other
        for other in request.cloud.things()
        if other.id.lower().startswith((f"{prefix}/", f"{prefix}|"))
        or (other.id.lower() == prefix and other.type in _SATELLITES and thing.type not in _SATELLITES)
    ]


def _users(request: Request, thing: Thing) -> Iterator[Thing]:
    wanted = thing.id.lower()
    for other in request.cloud.things():
        settings: dict[str, Any] = {name: value for name, value in other.attributes.items() if name != "id"}
        if other.path != thing.path and any(found.lower() == wanted for found in arm.references(settings)):
            yield other


def _recoverable(request: Request, thing: Thing) -> bool:
    if thing.type not in SOFT_DELETED:
        return False
    purges = request.account.features.get(SOFT_DELETED[thing.type], _PURGES_BY_DEFAULT[thing.type])
    return not purges or thing.attributes.get("purge_protection_enabled") is True
