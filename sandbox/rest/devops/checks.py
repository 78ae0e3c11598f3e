"""The checks in front of what pipelines use, and which pipelines may use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed
from sandbox.rest.devops.people import author, reference_by_id
from sandbox.rest.devops.projects import LONG_AGO, inside, one, project_of, url
from sandbox.services.devops.devops_resource import SERVICE_CONNECTIONS
from sandbox.services.devops.git import repositories
from sandbox.services.devops.library import TERRAFORM

_AUTHORIZATION = "azuredevops_pipeline_authorization"
_PARTS: Mapping[str, tuple[str, ...]] = {
    "endpoint": SERVICE_CONNECTIONS,
    "environment": ("azuredevops_environment",),
    "queue": ("azuredevops_agent_queue",),
    "variablegroup": ("azuredevops_variable_group",),
}
"""What checks and authorizations are on, by the service's words for it."""
_BRANCH_CONTROL = {
    "id": "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
    "name": "evaluatebranchProtection",
    "version": "0.0.1",
}


def checks(call: Call) -> Answer:
    """Check Configurations - List: on ``resourceType`` and ``resourceId``; ``$expand=settings`` tells what for."""
    kind, resource = call.query.get("resourcetype", "").lower(), call.query.get("resourceid", "").lower()
    return listed(
        [
            _check(call, item)
            for item in inside(call, *_CHECKS)
            if kind in ("", item.attributes["target_resource_type"].lower())
            and resource in ("", item.attributes["target_resource_id"].lower())
        ]
    )


def check(call: Call) -> Answer:
    """Check Configurations - Get."""
    return Answer(_check(call, one(call, "CheckConfiguration", *_CHECKS)))


def permissions(call: Call) -> Answer:
    """Pipeline Permissions - Get: the pipelines that may use something, or all of them."""
    project, kind, resource = project_of(call), call.names["kind"].lower(), call.names["id"]
    found = call.cloud.find(resource, *_PARTS[kind]) if kind in _PARTS else None
    if found is None and not _is_repository(call, kind, resource):
        raise RefusedError(404, "ResourceNotFound", f"The {kind} with the id {resource} could not be found.")
    given = [
        item.attributes["pipeline_id"]
        for item in call.cloud.resources(_AUTHORIZATION)
        if item.attributes["project_id"] == project.id
        and (item.attributes["type"].lower(), item.attributes["resource_id"].lower())
        == (kind, resource.lower())
    ]
    by = {"authorized": True, "authorizedBy": author(TERRAFORM), "authorizedOn": LONG_AGO}
    body: dict[str, Json] = {
        "resource": {"type": kind, "id": resource},
        "pipelines": [{"id": int(pipeline), **by} for pipeline in given if pipeline],
    }
    if None in given or (found and found.attributes.get("allow_access")):
        body["allPipelines"] = by
    return Answer(body)


def _is_repository(call: Call, kind: str, resource: str) -> bool:
    """Whether an id is that of a repository of the project, in the form that authorizations have: behind its own."""
    project = project_of(call)
    ids = [f"{project.id}.{key}" for key in repositories(call.cloud, project)]
    return kind == "repository" and resource.lower() in ids


def _check(call: Call, check: Resource) -> Json:
    given, kind = check.attributes, _CHECKS[check.type]
    place = url(call, f"{given['project_id']}/_apis/pipelines/checks/configurations/{check.id}")
    body = {
        "id": int(check.id),
        "version": int(given["version"]),
        "type": dict(kind.named),
        "url": place,
        "_links": {"self": {"href": place}},
        "timeout": int(given["timeout"]),
        "createdBy": author(TERRAFORM),
        "createdOn": LONG_AGO,
        "modifiedBy": author(TERRAFORM),
        "modifiedOn": LONG_AGO,
        "resource": {"type": given["target_resource_type"], "id": given["target_resource_id"]},
    }
    if call.query.get("$expand", "").lower() == "settings":
        body["settings"] = kind.settings(call, check)
    return body


class _Kind:
    """A kind of check: how the service names it, and what its settings are."""

    def __init__(self, key: str, name: str, settings: Callable[[Call, Resource], Json]) -> None:
        self.named, self.settings = {"id": key, "name": name}, settings


def _approval(call: Call, check: Resource) -> Json:
    given = check.attributes
    return {
        "approvers": [reference_by_id(call, item) for item in given["approvers"]],
        "blockedApprovers": [],
        "executionOrder": "anyOrder",
        "instructions": given.get("instructions") or "",
        "minRequiredApprovers": int(given.get("minimum_required_approvers") or 0),
        "requesterCannotBeApprover": not given["requester_can_approve"],
    }


def _branch_control(call: Call, check: Resource) -> Json:
    given = check.attributes
    return {
        "definitionRef": _BRANCH_CONTROL,
        "displayName": given["display_name"],
        "inputs": {
            "allowedBranches": given["allowed_branches"],
            "ensureProtectionOfBranch": str(bool(given["verify_branch_protection"])).lower(),
            "allowUnknownStatusBranch": str(bool(given["ignore_unknown_protection_status"])).lower(),
        },
    }


def _exclusive_lock(call: Call, check: Resource) -> Json:
    return {}


# Ids: microsoft/azuredevops 1.16.0, ``approvalsandchecks/``, and the specification's examples.
_CHECKS: Mapping[str, _Kind] = {
    "azuredevops_check_approval": _Kind("8c6f20a7-a545-4486-9777-f762fafe0d4d", "Approval", _approval),
    "azuredevops_check_branch_control": _Kind(
        "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "Task Check", _branch_control
    ),
    "azuredevops_check_exclusive_lock": _Kind(
        "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "ExclusiveLock", _exclusive_lock
    ),
}
