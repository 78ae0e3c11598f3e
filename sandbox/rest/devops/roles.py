"""Roles on variable groups, environments and service connections: those that were given, and those that come along."""

from __future__ import annotations

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed
from sandbox.rest.devops.people import reference, reference_by_id
from sandbox.services.devops.devops_resource import PROJECT, is_guid
from sandbox.services.devops.permissions import SecurityRoleAssignment, inherited_roles

_LONGEST_PROJECT = 36


def assignments(call: Call) -> Answer:
    """Securityroles - Roleassignments - List.

    A group with a role of its own that also inherits one is there twice: it has the higher of both.
    """
    scope, resource = call.names["scope"], call.names["resource"]
    project = resource[:_LONGEST_PROJECT]
    if not is_guid(project):
        raise RefusedError(
            400, "InvalidArgument", f"The resource {resource} has to begin with the id of its project."
        )
    given = [
        _row(
            item.attributes["role_name"],
            scope,
            reference_by_id(call, item.attributes["identity_id"]),
            "assigned",
        )
        for item in call.cloud.resources(SecurityRoleAssignment.name)
        if _is_on(item, scope, resource)
    ]
    inherited = [
        _row(role, scope, reference(call, group), "inherited")
        for group, role in inherited_roles(call.cloud, scope, project)
    ]
    return listed([*given, *inherited])


def _is_on(assignment: Resource, scope: str, resource: str) -> bool:
    wanted = (scope.lower(), resource.lower())
    return (assignment.attributes["scope"].lower(), assignment.attributes["resource_id"].lower()) == wanted


def _row(role: str, scope: str, identity: Json, access: str) -> Json:
    return {
        "identity": identity,
        "role": {
            "displayName": role,
            "name": role,
            "identifier": f"{scope}.{role}",
            "description": "",
            "scope": scope,
        },
        "access": access,
        "accessDisplayName": access.capitalize(),
    }


def has_permissions(call: Call) -> Answer:
    """Security - Permissions - Has Permissions: of whoever asks, for each of ``tokens``.

    Whoever comes in may do everything, but to a project whose file says ``{"denied": [2]}`` what these bits mean.
    """
    bits = int(call.names["bits"]) if call.names["bits"].isdecimal() else 0
    answers = []
    for token in call.query.get("tokens", "").split(","):
        project = call.cloud.find(token.rpartition("/")[2], PROJECT)
        denied = project.contents.get("denied", []) if project else []
        answers.append(not any(bits & bit for bit in denied))
    return listed(answers)
