"""Bodies of Microsoft.Authorization and Microsoft.Resources, and the lists of roles.

Azure Authorization REST reference: Role Assignments - List For Scope, Role Definitions - List, Management Locks - Get,
Policy Assignments - Get; Resource Management: Resource Groups - Get, Subscriptions - Get.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, body_by
from sandbox.rest.calls import Answer, Call, RefusedError, arm_page
from sandbox.services.azure import arm
from sandbox.services.azure.roles import built_in_roles

PERMISSIONS = "permissions"
"""Where the file of a subscription says what whoever comes in may do there."""
_ASSIGNMENT, _DEFINITION = "azurerm_role_assignment", "azurerm_role_definition"


def _group(cloud: Cloud, resource: Resource) -> Body:
    return {"type": "Microsoft.Resources/resourceGroups"}


def _policy(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    parameters = json.loads(given["parameters"]) if given.get("parameters") else {}
    group = resource.id.partition("/providers/")[0]
    return {
        "properties": {
            "parameters": parameters,
            "enforcementMode": "Default" if given.get("enforce") else "DoNotEnforce",
            "scope": group,
        }
    }


def _definition(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    return {
        "id": given["role_definition_resource_id"],
        "properties": {
            "roleName": given["name"],
            "type": "CustomRole",
            "permissions": [
                {
                    target: item.get(name) or []
                    for name, target in (
                        ("actions", "actions"),
                        ("not_actions", "notActions"),
                        ("data_actions", "dataActions"),
                        ("not_data_actions", "notDataActions"),
                    )
                }
                for item in given["permissions"]
            ],
        },
    }


def _messages(blocks: Any) -> list[Body]:
    return [
        {
            "message": item["content"],
            "policyDefinitionReferenceId": item.get("policy_definition_reference_id"),
        }
        for item in blocks
    ]


SHAPES = {
    "azurerm_resource_group": Shape(places={"managed_by": "/managedBy"}, more=_group),
    "azurerm_subscription": Shape(),
    "azurerm_management_lock": Shape(places={"lock_level": "level"}, untold=("scope",), provisioned=False),
    "azurerm_resource_group_policy_assignment": Shape(
        places={"non_compliance_message": Place("nonComplianceMessages", _messages)},
        untold=("parameters", "enforce"),
        more=_policy,
        provisioned=False,
    ),
    # Both arguments are in the id of an assignment, and in its properties too.
    "azurerm_role_assignment": Shape(
        places={"scope": "scope"},
        untold=("role_definition_name", "skip_service_principal_aad_check"),
        provisioned=False,
    ),
    "azurerm_role_definition": Shape(
        untold=("permissions", "scope", "role_definition_resource_id"), more=_definition, provisioned=False
    ),
}


def subscription(resource: Resource) -> Body:
    """Return a subscription, which is not like other resources."""
    given = resource.attributes
    return {
        "id": resource.id,
        "subscriptionId": given["subscription_id"],
        "tenantId": given["tenant_id"],
        "displayName": given["display_name"],
        "state": given["state"],
        "subscriptionPolicies": {
            "locationPlacementId": given["location_placement_id"],
            "quotaId": given["quota_id"],
            "spendingLimit": given["spending_limit"],
        },
        **({"tags": given["tags"]} if given.get("tags") else {}),
    }


def subscriptions(call: Call) -> Answer:
    """Subscriptions - List."""
    return arm_page(call, [subscription(item) for item in call.cloud.resources("azurerm_subscription")])


def role_assignments(call: Call) -> Answer:
    """Role Assignments - List For Scope.

    At, above and below the scope; with ``atScope()`` not below it. ``principalId eq`` and ``assignedTo()`` choose one
    principal: whose groups it is in only Entra knows.
    """
    scope = f"/{call.names['scope'].strip('/')}".lower().rstrip("/")
    wanted = call.query.get("$filter", "")
    principal = re.search(r"(?:principalId\s+eq\s+|assignedTo\()'([^']+)'", wanted, re.IGNORECASE)
    at_scope = bool(re.search(r"atScope\(\)", wanted, re.IGNORECASE))
    if wanted and not principal and not at_scope:
        raise RefusedError(
            400, "InvalidFilter", f"The filter '{wanted}' is not supported for role assignments."
        )
    found = [
        item
        for item in arm.existing(call.cloud, _ASSIGNMENT)
        if _reaches(item, scope, below=not at_scope)
        and (principal is None or item.attributes["principal_id"].lower() == principal[1].lower())
    ]
    return arm_page(call, [body_by(SHAPES[_ASSIGNMENT], call.cloud, item) for item in found])


def _reaches(assignment: Resource, scope: str, *, below: bool) -> bool:
    own = f"{assignment.attributes['scope'].lower().rstrip('/')}/"
    return f"{scope}/".startswith(own) or (below and own.startswith(f"{scope}/"))


def role_definitions(call: Call) -> Answer:
    """Role Definitions - List: built-in ones and one's own; the filters ``roleName eq`` and ``type eq``."""
    wanted = call.query.get("$filter", "")
    name, kind = (
        re.search(rf"{word}\s+eq\s+'([^']+)'", wanted, re.IGNORECASE) for word in ("roleName", "type")
    )
    found = [
        body
        for body in _definitions(call.cloud, f"/{call.names['scope'].strip('/')}")
        if (name is None or body["properties"]["roleName"].lower() == name[1].lower())
        and (kind is None or body["properties"]["type"].lower() == kind[1].lower())
    ]
    return arm_page(call, found)


def role_definition(call: Call) -> Answer:
    """Role Definitions - Get."""
    guid = call.names["name"].lower()
    for body in _definitions(call.cloud, f"/{call.names['scope'].strip('/')}"):
        if body["name"].lower() == guid:
            return Answer(body)
    raise RefusedError(
        404, "RoleDefinitionDoesNotExist", f"The role definition with ID '{guid}' does not exist."
    )


def permissions(call: Call) -> Answer:
    """Permissions - List For Resource Group, and for a subscription: what whoever asks may do there.

    Whoever comes in is an owner, unless the file of the subscription says something else: ``{"permissions":
    [{"actions": ["*/read"], "notActions": []}]}``.
    """
    scope = f"/{call.names['scope'].strip('/')}"
    place = "/".join(scope.split("/")[:3])
    found = call.cloud.find(place, "azurerm_subscription")
    if found is None:
        raise RefusedError(
            404, "SubscriptionNotFound", f"The subscription '{place.rpartition('/')[2]}' could not be found."
        )
    given = found.contents.get(PERMISSIONS, [{"actions": ["*"], "notActions": []}])
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise BrokenFileError(
            f'{found.path}: "{PERMISSIONS}" has to look like [{{"actions": ["*/read"], "notActions": []}}]'
        )
    return arm_page(call, given)


def _definitions(cloud: Cloud, scope: str) -> Iterator[Body]:
    subscription_id = "/".join(scope.split("/")[:3])
    within = subscription_id if scope.lower().startswith("/subscriptions/") else ""
    for role, guid in built_in_roles().items():
        yield {
            "id": f"{within}/providers/Microsoft.Authorization/roleDefinitions/{guid}",
            "name": guid,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {
                "roleName": role,
                "type": "BuiltInRole",
                "assignableScopes": ["/"],
                "description": "",
            },
        }
    for item in arm.existing(cloud, _DEFINITION):
        if f"{item.id}/".lower().startswith(f"{within}/".lower()):
            yield body_by(SHAPES[_DEFINITION], cloud, item)
