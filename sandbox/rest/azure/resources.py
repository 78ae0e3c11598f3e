"""Single resources by their ids, and lists: of a type in a subscription, a group or a resource, and of everything.

Azure Resource Management REST reference: Resources - Get By Id, List, List By Resource Group; Resource Groups - List.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sandbox.rest.azure.bodies import answered
from sandbox.rest.azure.shape import Body, type_of
from sandbox.rest.calls import Answer, Call, RefusedError, arm_page
from sandbox.services.azure import arm
from sandbox.services.azure.resource_providers import NAMESPACES, registered

_GROUP_PARTS, _LISTED_PARTS = 5, 9
"""How many parts the ids of a group and of a top-level resource have."""
_CONTAINER_PARTS = (3, 5)
"""The same of a subscription and a group, in which lists of a type go all the way down."""
_EXTENSIONS = ("microsoft.authorization", "microsoft.consumption")
_LISTED = ("id", "name", "type", "location", "tags", "kind", "sku", "identity")
"""What a list of everything tells of a resource."""


def anything(call: Call) -> Answer:
    """Answer a resource by its id, or the list of those whose ids go on from the path by a name."""
    path = f"/{call.names['id'].strip('/')}"
    there = dict(answered(call.cloud))
    for found, body in there.items():
        if found.lower() == path.lower():
            return Answer(body())
    if "/providers/" in path and len(path.rpartition("/providers/")[2].split("/")) % 2 == 0:
        return _list(call, path, there)
    raise _not_found(call, path)


def resource_groups(call: Call) -> Answer:
    """Resource Groups - List."""
    _require(call, f"/subscriptions/{call.names['subscription']}")
    inside = f"/subscriptions/{call.names['subscription']}/resourceGroups/".lower()
    return arm_page(
        call,
        [
            body()
            for found, body in answered(call.cloud)
            if found.lower().startswith(inside) and len(found.split("/")) == _GROUP_PARTS
        ],
    )


def everything(call: Call) -> Answer:
    """Resources - List, and List By Resource Group: top-level resources; the filter ``resourceType eq``."""
    place = f"/subscriptions/{call.names['subscription']}"
    if "group" in call.names:
        place = arm.resource_group_id(call.names["subscription"], call.names["group"])
    _require(call, place)
    wanted = call.query.get("$filter", "")
    kind = re.fullmatch(r"resourceType\s+eq\s+'([^']+)'", wanted, re.IGNORECASE)
    if wanted and kind is None:
        raise RefusedError(
            400, "InvalidFilterInQueryString", f"Invalid $filter '{wanted}' in the query string."
        )
    bodies = [
        body()
        for found, body in answered(call.cloud)
        if found.lower().startswith(f"{place}/".lower())
        and _is_listed(found)
        and (kind is None or type_of(found).lower() == kind[1].lower())
    ]
    return arm_page(call, [{name: body[name] for name in _LISTED if name in body} for body in bodies])


def _is_listed(arm_id: str) -> bool:
    """Whether something is in lists of everything: a top-level resource that does not extend another."""
    parts = arm_id.lower().split("/")
    return len(parts) == _LISTED_PARTS and parts[6] not in _EXTENSIONS


def providers(call: Call) -> Answer:
    """Providers - List: which namespaces the subscription has registered."""
    names = _registered(call)
    return arm_page(call, [_provider(call, name, names) for name in NAMESPACES])


def provider(call: Call) -> Answer:
    """Providers - Get."""
    wanted = call.names["namespace"].lower()
    for name in NAMESPACES:
        if name.lower() == wanted:
            return Answer(_provider(call, name, _registered(call)))
    raise RefusedError(
        404,
        "InvalidResourceNamespace",
        f"The resource namespace '{call.names['namespace']}' is invalid.",
    )


def _provider(call: Call, name: str, names: list[str]) -> Body:
    return {
        "id": f"/subscriptions/{call.names['subscription']}/providers/{name}",
        "namespace": name,
        "registrationState": "Registered" if name.lower() in names else "NotRegistered",
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": [],
    }


def _registered(call: Call) -> list[str]:
    _require(call, f"/subscriptions/{call.names['subscription']}")
    found = call.cloud.find(f"/subscriptions/{call.names['subscription']}", "azurerm_subscription")
    return [name.lower() for name in registered(found)] if found else []


def _require(call: Call, place: str) -> None:
    if not arm.exists(arm.index(call.cloud), place):
        raise _not_found(call, place)


def _list(call: Call, path: str, there: Mapping[str, Callable[[], Body]]) -> Answer:
    """Return what is of a type: right below a path, or, at a subscription or a group, anywhere in it."""
    scope, _, typed = path.rpartition("/providers/")
    outer = path.rpartition("/")[0]
    if typed.count("/") > 1 and outer.lower() not in {found.lower() for found in there}:
        raise _not_found(call, outer)
    if scope:
        _require(call, scope)
    own, place = f"{path}/".lower(), f"{scope}/".lower()
    everywhere = typed.count("/") == 1 and len(scope.split("/")) in _CONTAINER_PARTS
    return arm_page(
        call,
        [
            body()
            for found, body in there.items()
            if (
                found.lower().startswith(place) and type_of(found).lower() == typed.lower()
                if everywhere
                else found.lower().startswith(own) and "/" not in found[len(own) :]
            )
        ],
    )


def _not_found(call: Call, arm_id: str) -> RefusedError:
    """Return what Azure Resource Manager says of an id that names nothing: what is missing is the outermost part."""
    resources = arm.index(call.cloud)
    missing = next(
        (item for item in (*arm.ancestors(arm_id), arm_id) if item.lower() not in resources), arm_id
    )
    parts = missing.split("/")
    if len(parts) == 3:
        return RefusedError(404, "SubscriptionNotFound", f"The subscription '{parts[2]}' could not be found.")
    group = parts[4] if len(parts) > 4 and parts[3].lower() == "resourcegroups" else ""
    if len(parts) == 5 and group:
        return RefusedError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    name = missing.rpartition("/providers/")[2]
    return RefusedError(
        404, "ResourceNotFound", f"The Resource '{name}' under resource group '{group}' was not found."
    )
