"""Azure's resource ids: what they name, what they lie in, and whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.cloud.request import NOT_FOUND, ServiceError
from sandbox.cloud.store import Cloud, Thing
from sandbox.cloud.values import Dynamic
from sandbox.services.azure.azurerm_ids import ARM_IDS

_IN_A_GROUP = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(/|$)", re.IGNORECASE)
# Collections whose members have files of their own.
_COLLECTIONS = frozenset(re.findall(r"/(\w+)/\{name\}", " ".join(ARM_IDS.values()).lower()))
# A storage account always has its services: they have ids, and no files of their own.
_SERVICE = re.compile("/(blob|file|queue|table)Services/default$", re.IGNORECASE)

Index = Mapping[str, Thing]


def index(cloud: Cloud) -> Index:
    """Return everything that exists under its id in lower case."""
    return {thing.id.lower(): thing for thing in cloud.things()}


def existing(cloud: Cloud, *types: str) -> list[Thing]:
    """Return what exists of the types: a file alone is not enough, what the thing lies in must be there too."""
    things = index(cloud)
    return [thing for thing in cloud.things(*types) if exists(things, thing.id)]


def resource_group_id(subscription_id: str, name: str) -> str:
    """Return the id of a resource group."""
    return f"/subscriptions/{subscription_id}/resourceGroups/{name}"


def ancestors(arm_id: str) -> list[str]:
    """Return the ids of what an id lies in and depends on, the outermost first.

    Of a resource inside a resource inside a group these are the subscription, the group and the outer resource; of
    one that extends another (a role assignment) these are the other and what the other lies in.
    """
    outer, bar, _ = arm_id.partition("|")
    if bar:
        outer = _SERVICE.sub("", outer)
        return [*ancestors(outer), outer]
    scope, marker, _ = arm_id.rpartition("/providers/")
    if marker and "/providers/" in scope:
        return [*ancestors(scope), scope]
    parts = arm_id.split("/")
    lengths = [3]
    if len(parts) > 5 and parts[3].lower() == "resourcegroups":
        lengths.append(5)
        if len(parts) > 9 and parts[5].lower() == "providers":
            lengths.append(9)
    return ["/".join(parts[:length]) for length in lengths]


def exists(things: Index, arm_id: str) -> bool:
    """Whether something and everything it lies in is there."""
    return all(item.lower() in things for item in (*ancestors(arm_id), arm_id))


def require(things: Index, arm_id: str, attribute: str | None = None) -> None:
    """Refuse an id that names nothing, as Azure Resource Manager does."""
    for item in (*ancestors(arm_id), arm_id):
        if item.lower() not in things:
            raise ServiceError(_missing(item), attribute)


def require_place(things: Index, arm_id: str, attribute: str | None = None) -> None:
    """Refuse an id in a place that is not there."""
    for place in ancestors(arm_id):
        require(things, place, attribute)


def require_reference(things: Index, arm_id: str, attribute: str) -> None:
    """Refuse an id that names nothing; of a part of a resource (a load balancer's port) only the resource is known."""
    collection = arm_id.split("/")[-2].lower()
    if arm_id.lower() in things or collection in _COLLECTIONS or len(arm_id.split("/")) <= 9:
        require(things, arm_id, attribute)
    else:
        require_place(things, arm_id, attribute)


def references(value: Any) -> Iterator[str]:
    """Yield every id in a value that names a resource group or something in one."""
    if isinstance(value, str):
        if _IN_A_GROUP.match(value):
            yield value
    elif isinstance(value, Dynamic):
        yield from references(value.value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _missing(arm_id: str) -> str:
    parts = arm_id.split("/")
    if len(parts) == 3:
        return f"{NOT_FOUND} SubscriptionNotFound: The subscription '{parts[2]}' could not be found."
    if len(parts) == 5:
        return f"{NOT_FOUND} ResourceGroupNotFound: Resource group '{parts[4]}' could not be found."
    group = parts[4] if parts[3].lower() == "resourcegroups" else ""
    name = arm_id.rpartition("/providers/")[2]
    return (
        f"{NOT_FOUND} ResourceNotFound: The Resource '{name}' under resource group '{group}' was not found."
    )
