"""Azure's resource ids: what they name, what they lie in, and whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.cloud.request import NOT_FOUND, ServiceError
from sandbox.cloud.store import Cloud, Resource

_IN_A_GROUP = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(/|$)", re.IGNORECASE)
# A storage account always has its services: they have ids, and no files of their own.
_SERVICE = re.compile("/(blob|file|queue|table)Services/default$", re.IGNORECASE)

Index = Mapping[str, Resource]


def index(cloud: Cloud) -> Index:
    """Return everything that exists under its id in lower case."""
    return {resource.id.lower(): resource for resource in cloud.resources()}


def existing(cloud: Cloud, *types: str) -> list[Resource]:
    """Return what exists of the types: a file alone is not enough, what the resource lies in must be there too."""
    resources = index(cloud)
    return [resource for resource in cloud.resources(*types) if exists(resources, resource.id)]


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


def exists(resources: Index, arm_id: str) -> bool:
    """Whether something and everything it lies in is there."""
    return all(item.lower() in resources for item in (*ancestors(arm_id), arm_id))


def require(resources: Index, arm_id: str, attribute: str | None = None) -> None:
    """Refuse an id that names nothing, as Azure Resource Manager does."""
    for item in (*ancestors(arm_id), arm_id):
        if item.lower() not in resources:
            raise ServiceError(_missing(item), attribute)


def require_place(resources: Index, arm_id: str, attribute: str | None = None) -> None:
    """Refuse an id in a place that is not there."""
    for place in ancestors(arm_id):
        require(resources, place, attribute)


def references(value: Any) -> Iterator[str]:
    """Yield every id in a value that names a resource group or something in one."""
    if isinstance(value, str):
        if _IN_A_GROUP.match(value):
            yield value
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
