"""What all resources of Azure Resource Manager have in common, whichever provider shows them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from sandbox.cloud.request import CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm
from sandbox.services.resource_type import Arguments, Attributes, ResourceType, declared

LOCK = "azurerm_management_lock"


@dataclass(frozen=True, kw_only=True)
class InUse:
    """What keeps a resource from being deleted: resources of some types that lie inside it or name it.

    ``inside`` is whether lying inside counts, or being named. ``says`` may name the resource (``{name}``) and what
    uses it (``{user}``).
    """

    types: Sequence[str]
    says: str
    inside: bool = False


@dataclass(frozen=True, kw_only=True)
class SoftDelete:
    """A deleted resource can be recovered, and keeps its name until then.

    ``says`` is the service's refusal of a new one, which may name the deleted one (``{id}``). ``global_name`` is
    whether the name is kept in all of Azure, or only where the resource was.

    ``purge`` is the switch of azurerm's features block by which the *provider* purges what it has deleted, with the
    provider's default. ``recover`` is the switch, on by default, by which it recovers a deleted resource instead of
    creating one, and ``recover_off`` is what it says when that is off; some types have none.
    """

    says: str
    purge: str
    purges_by_default: bool
    global_name: bool = False
    recover: str = ""
    recover_off: str = ""


class ArmResource(ResourceType):
    """A resource with an id that says what it lies in."""

    provider_asks_first = True

    in_use: ClassVar[InUse | None] = None
    """What keeps it from being deleted. Without any, Azure deletes it whether or not something uses it."""
    soft_delete: ClassVar[SoftDelete | None] = None
    """How a deleted one can be recovered, if it can."""
    borrows_id: ClassVar[bool] = False
    """Whether it only connects two resources, and has the id of one of them."""

    def computed_in_block(
        self, request: Request, block_name: str, given: Arguments, prior: Arguments
    ) -> Arguments:
        """Return the principal of a system-assigned identity, which keeps the one it has."""
        if block_name != "identity":
            return {}
        if not _system_assigned(given):
            return {"principal_id": "", "tenant_id": ""}
        kept = prior["principal_id"] if _system_assigned(prior) else str(uuid.uuid4())
        return {"principal_id": kept, "tenant_id": request.account.tenant_id}

    def add(self, request: Request, arguments: Arguments) -> Resource:
        """Add a resource with nothing inside it: files may be left of what was in one of that id before."""
        resource = super().add(request, arguments)
        for left in inside(request, resource):
            request.cloud.remove(left)
        return resource

    def read(self, request: Request, resource_id: str) -> Resource | None:
        """Find the resource; it is gone when what it lies in is gone."""
        resource = request.cloud.find(resource_id, self.name)
        return resource if resource and arm.exists(arm.index(request.cloud), resource.id) else None

    def check_deletion(self, request: Request, resource: Resource) -> None:
        """Refuse to delete what a lock protects or what something still needs."""
        if self.name != LOCK:
            _check_locks(request, resource)
        if self.in_use is None:
            return
        resources = arm.index(request.cloud)
        for user in inside(request, resource) if self.in_use.inside else _users(request, resource):
            if user.type in self.in_use.types and arm.exists(resources, user.id):
                raise ServiceError(self.in_use.says.format(name=resource.name, user=user.id))

    def remove(self, request: Request, resource: Resource) -> None:
        """Delete the resource with everything inside it and everything that extends it."""
        for other in [*inside(request, resource), resource]:
            if _is_recoverable(other):
                request.cloud.soft_delete(other)
            else:
                request.cloud.remove(other)

    def check_new(self, request: Request, resource_id: str, arguments: Arguments) -> None:
        """Refuse a name that a deleted resource keeps, and a place that does not exist."""
        deleted = self.soft_deleted(request, resource_id)
        if self.soft_delete and deleted:
            raise ServiceError(self.soft_delete.says.format(id=deleted.id), "name")
        arm.require_place(arm.index(request.cloud), resource_id)

    def soft_deleted(self, request: Request, resource_id: str) -> Resource | None:
        """Return the deleted resource that keeps the name of a new one, if there is one."""
        if self.soft_delete is None:
            return None
        same = "/".join(resource_id.lower().split("/")[-1 if self.soft_delete.global_name else 0 :])
        deleted = request.cloud.soft_deleted(self.name)
        return next((resource for resource in deleted if resource.id.lower().endswith(same)), None)


def inside(request: Request, resource: Resource) -> list[Resource]:
    """Return everything that lies in a resource or extends it."""
    prefix = resource.id.lower()
    return [
        other
        for other in request.cloud.resources()
        if other.id.lower().startswith((f"{prefix}/", f"{prefix}|"))
        or (other.id.lower() == prefix and _borrows_id(other) and not _borrows_id(resource))
    ]


def require_reference(resources: arm.Index, arm_id: str, attribute: str) -> None:
    """Refuse an id that names nothing; of a part of a resource (a load balancer's port) only the resource is known."""
    collection = arm_id.split("/")[-2].lower()
    if arm_id.lower() in resources or collection in _collections() or len(arm_id.split("/")) <= 9:
        arm.require(resources, arm_id, attribute)
    else:
        arm.require_place(resources, arm_id, attribute)


@cache
def _collections() -> frozenset[str]:
    """Return the collections whose members have files of their own, in lower case."""
    ids = " ".join(getattr(item, "arm_id", "") for item in declared.values())
    return frozenset(re.findall(r"/(\w+)/\{name\}", ids.lower()))


def _borrows_id(resource: Resource) -> bool:
    item = declared.get(resource.type)
    return isinstance(item, ArmResource) and item.borrows_id


def _is_recoverable(resource: Resource) -> bool:
    item = declared.get(resource.type)
    return isinstance(item, ArmResource) and item.soft_delete is not None


def _check_locks(request: Request, resource: Resource) -> None:
    for lock in arm.existing(request.cloud, LOCK):
        scope, own = f"{lock.attributes['scope']}/".lower(), f"{resource.id}/".lower()
        if own.startswith(scope) or scope.startswith(own):
            raise ServiceError(
                f"{CONFLICT} ScopeLocked: The scope '{resource.id}' cannot perform delete operation because following "
                f"scope(s) are locked: '{lock.attributes['scope']}'. Please remove the lock and try again."
            )


def _users(request: Request, resource: Resource) -> Iterator[Resource]:
    wanted = resource.id.lower()
    for other in request.cloud.resources():
        settings: Attributes = {name: value for name, value in other.attributes.items() if name != "id"}
        if other.path != resource.path and any(found.lower() == wanted for found in arm.references(settings)):
            yield other


def _system_assigned(identity: Any) -> bool:
    return "SystemAssigned" in str(identity.get("type"))
