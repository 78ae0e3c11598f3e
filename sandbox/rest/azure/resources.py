"""Single resources by their ids, and lists: of a type in a subscription, a group or a resource, and of everything.

Azure Resource Management REST reference: Resources - Get By Id, List, List By Resource Group; Resource Groups - List.
"""

from __future__ import annotations

import re

from sandbox.rest.azure.bodies import answered, body_of, within
from sandbox.rest.azure.shape import Body, type_of
from sandbox.rest.calls import Answer, Call, RefusedError, arm_page
from sandbox.services.azure import arm
from sandbox.services.azure.resource_providers import NAMESPACES, registered

_LISTED_PARTS = 9
"""How many parts the id of a top-level resource has: only those are in lists of everything."""
_NOT_LISTED = ("microsoft.authorization", "microsoft.consumption")


def anything(call: Call) -> Answer:
    """Answer a resource by its id, or the list of those whose ids go on from the path by a name."""
    path = f"/{call.names['id'].strip('/')}"
    bodies = {body["id"].lower(): body for body in _bodies(call)}
    if path.lower() in bodies:
        return Answer(bodies[path.lower()])
    if "/providers/" in path and len(path.rpartition("/providers/")[2].split("/")) % 2 == 0:
        return _list(call, path, list(bodies.values()))
    raise _not_found(call, path)


def resource_groups(call: Call) -> Answer:
    """Resource Groups - List."""
    _require_subscription(call)
    inside = f"/subscriptions/{call.names['subscription']}/resourceGroups/".lower()
    return arm_page(
        call,
        [
            body_of(call.cloud, item)
            for item in answered(call.cloud)
            if item.type == "azurerm_resource_group" and item.id.lower().startswith(inside)
        ],
    )


def everything(call: Call) -> Answer:
    """Resources - List, and List By Resource Group: top-level resources; the filter ``resourceType eq``."""
    place = f"/{call.path.strip('/').removesuffix('/resources')}/".lower()
    if call.names.get("group"):
        arm.require(arm.index(call.cloud), place.rstrip("/"))
    _require_subscription(call)
    wanted = call.query.get("$filter", "")
    kind = re.fullmatch(r"resourceType\s+eq\s+'([^']+)'", wanted, re.IGNORECASE)
    if wanted and kind is None:
        raise RefusedError(
            400, "InvalidFilterInQueryString", f"Invalid $filter '{wanted}' in the query string."
        )
    found = []
    for body in _bodies(call):
        parts = body["id"].split("/")
        top = len(parts) == _LISTED_PARTS and parts[6].lower() not in _NOT_LISTED
        if (
            top
            and body["id"].lower().startswith(place)
            and (kind is None or body["type"].lower() == kind[1].lower())
        ):
            names = ("id", "name", "type", "location", "tags", "kind", "sku", "identity")
            found.append({name: body[name] for name in names if name in body})
    return arm_page(call, found)


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
    _require_subscription(call)
    found = call.cloud.find(f"/subscriptions/{call.names['subscription']}", "azurerm_subscription")
    return [name.lower() for name in registered(found)] if found else []


def _require_subscription(call: Call) -> None:
    wanted = f"/subscriptions/{call.names['subscription']}"
    if call.cloud.find(wanted, "azurerm_subscription") is None:
        raise _not_found(call, wanted)


def _bodies(call: Call) -> list[Body]:
    found = []
    for resource in answered(call.cloud):
        found.append(body_of(call.cloud, resource))
        found += within(call.cloud, resource)
    return found


def _list(call: Call, path: str, bodies: list[Body]) -> Answer:
    """Return what is of a type: right below a path, or, at a subscription or a group, anywhere in it."""
    scope, _, typed = path.rpartition("/providers/")
    if scope and not arm.exists(arm.index(call.cloud), scope):
        raise _not_found(call, scope)
    own = f"{path}/".lower()
    below = [
        body for body in bodies if body["id"].lower().startswith(own) and "/" not in body["id"][len(own) :]
    ]
    if typed.count("/") == 1:
        place = f"{scope}/".lower()
        below = [
            body
            for body in bodies
            if body["id"].lower().startswith(place)
            and type_of(body["id"]).lower() == typed.lower()
            and (body["id"].lower().startswith(own) or _is_container(scope))
        ]
    elif path.rpartition("/")[0].lower() not in {body["id"].lower() for body in bodies}:
        raise _not_found(call, path.rpartition("/")[0])
    return arm_page(call, below)


def _is_container(scope: str) -> bool:
    """Whether a scope is a subscription or a group, in which lists go all the way down."""
    return len(scope.split("/")) in (3, 5)


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
