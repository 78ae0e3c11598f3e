"""Environments, the checks in front of what pipelines use, who may use it, pipelines, and the agents that run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed, paged
from sandbox.rest.devops.people import author, reference_by_id
from sandbox.rest.devops.projects import project_of, project_reference, url
from sandbox.services.devops.devops_resource import SERVICE_CONNECTIONS, has_owners
from sandbox.services.devops.git import repositories
from sandbox.services.devops.library import TERRAFORM
from sandbox.services.devops.pipelines import agents, pools

_ENVIRONMENT, _QUEUE = "azuredevops_environment", "azuredevops_agent_queue"
_PIPELINE, _AUTHORIZATION = "azuredevops_build_definition", "azuredevops_pipeline_authorization"
# A time for what the cloud does not date.
_LONG_AGO = "2024-01-01T00:00:00Z"
_PARTS: Mapping[str, tuple[str, ...]] = {
    "endpoint": SERVICE_CONNECTIONS,
    "environment": (_ENVIRONMENT,),
    "queue": (_QUEUE,),
    "variablegroup": ("azuredevops_variable_group",),
}
"""What checks and authorizations are on, by the service's words for it."""
_BRANCH_CONTROL = {
    "id": "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
    "name": "evaluatebranchProtection",
    "version": "0.0.1",
}


def environments(call: Call) -> Answer:
    """Environments - List."""
    wanted = call.query.get("name", "").lower()
    found = [item for item in _inside(call, _ENVIRONMENT) if wanted in ("", item.name.lower())]
    return paged(call, [_environment(call, item) for item in found])


def environment(call: Call) -> Answer:
    """Environments - Get."""
    return Answer(_environment(call, _one(call, "Environment", _ENVIRONMENT)))


def checks(call: Call) -> Answer:
    """Check Configurations - List: on ``resourceType`` and ``resourceId``; ``$expand=settings`` tells what for."""
    kind, resource = call.query.get("resourcetype", "").lower(), call.query.get("resourceid", "").lower()
    return listed(
        [
            _check(call, item)
            for item in _inside(call, *_CHECKS)
            if kind in ("", item.attributes["target_resource_type"].lower())
            and resource in ("", item.attributes["target_resource_id"].lower())
        ]
    )


def check(call: Call) -> Answer:
    """Check Configurations - Get."""
    return Answer(_check(call, _one(call, "CheckConfiguration", *_CHECKS)))


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
    by = {"authorized": True, "authorizedBy": author(TERRAFORM), "authorizedOn": _LONG_AGO}
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


def definitions(call: Call) -> Answer:
    """Build - Definitions - List: by ``name``, which may have ``*``, and ``path``, which stands for what is below."""
    name, path = call.query.get("name", "*").lower(), call.query.get("path", "\\").lower().rstrip("\\")
    whole = call.query.get("includeallproperties", "").lower() == "true"
    return paged(
        call,
        [
            _whole(call, item) if whole else _definition(call, item)
            for item in _inside(call, _PIPELINE)
            if fnmatchcase(item.name.lower(), name)
            and f"{item.attributes['path'].rstrip(chr(92))}\\".lower().startswith(f"{path}\\")
        ],
    )


def definition(call: Call) -> Answer:
    """Build - Definitions - Get."""
    return Answer(_whole(call, _one(call, "Definition", _PIPELINE)))


def _whole(call: Call, found: Resource) -> Json:
    """Return a pipeline with what lists leave out unless they are asked for it."""
    repository = found.attributes["repository"][0]
    body = _definition(call, found)
    body["jobAuthorizationScope"] = found.attributes["job_authorization_scope"]
    body["process"] = {"yamlFilename": repository["yml_path"], "type": 2}
    body["repository"] = {
        "id": repository["repo_id"],
        "type": repository["repo_type"],
        "name": project_of(call).name,
        "defaultBranch": f"refs/heads/{repository['branch_name'].removeprefix('refs/heads/')}",
        "properties": {"reportBuildStatus": str(repository["report_build_status"])},
    }
    return body


def queues(call: Call) -> Answer:
    """Distributedtask - Queues - Get Agent Queues: all of a project, or by ``queueName`` or ``queueNames``."""
    wanted = {
        item.lower()
        for name in ("queuename", "queuenames")
        for item in call.query.get(name, "").split(",")
        if item
    }
    found = [item for item in _inside(call, _QUEUE) if not wanted or item.name.lower() in wanted]
    return listed([_queue(call, item) for item in found])


def queue(call: Call) -> Answer:
    """Distributedtask - Queues - Get Agent Queue."""
    return Answer(_queue(call, _one(call, "TaskAgentQueue", _QUEUE)))


def resource_usage(call: Call) -> Answer:
    """Build - Resource Usage - Get: how many agents there are, and parallel jobs on own agents: one is free."""
    count = sum(len(agents(call.cloud, number)) for number in pools(call.cloud))
    return Answer(
        {"distributedTaskAgents": count, "paidPrivateAgentSlots": 1, "totalUsage": 0, "xamlControllers": 0}
    )


def agent_pools(call: Call) -> Answer:
    """Distributedtask - Pools - Get Agent Pools: those that the queues of projects stand for."""
    wanted = call.query.get("poolname", "").lower()
    return listed(
        [_pool(number, name) for number, name in pools(call.cloud).items() if wanted in ("", name.lower())]
    )


def agents_of_pool(call: Call) -> Answer:
    """Distributedtask - Agents - List."""
    known = pools(call.cloud)
    number = int(call.names["id"]) if call.names["id"].isdecimal() else 0
    if number not in known:
        raise RefusedError(
            404, "TaskAgentPoolNotFound", f"VS30063: Agent pool {call.names['id']} was not found."
        )
    return listed(
        [
            {
                "id": position,
                **agent,
                "provisioningState": "Provisioned",
                "maxParallelism": 1,
            }
            for position, agent in enumerate(agents(call.cloud, number), 1)
        ]
    )


def _inside(call: Call, *types: str) -> list[Resource]:
    """Return what a project has of the types, in the order of their numbers."""
    project = project_of(call)
    found = [
        item
        for item in call.cloud.resources(*types)
        if item.attributes["project_id"] == project.id and has_owners(call.cloud, item)
    ]
    return sorted(found, key=lambda item: int(item.id))


def _one(call: Call, what: str, *types: str) -> Resource:
    found = next((item for item in _inside(call, *types) if item.id == call.names["id"]), None)
    if found is None:
        raise RefusedError(
            404, f"{what}NotFound", f"There is no {what} with the id {call.names['id']} in the project."
        )
    return found


def _environment(call: Call, environment: Resource) -> Json:
    return {
        "id": int(environment.id),
        "name": environment.name,
        "description": environment.attributes.get("description") or "",
        "createdBy": author(TERRAFORM),
        "createdOn": _LONG_AGO,
        "lastModifiedBy": author(TERRAFORM),
        "lastModifiedOn": _LONG_AGO,
        "resources": [],
        "project": {"id": environment.attributes["project_id"], "name": project_of(call).name},
    }


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
        "createdOn": _LONG_AGO,
        "modifiedBy": author(TERRAFORM),
        "modifiedOn": _LONG_AGO,
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


def _definition(call: Call, pipeline: Resource) -> dict[str, Json]:
    given = pipeline.attributes
    return {
        "id": int(pipeline.id),
        "name": pipeline.name,
        "path": given["path"],
        "type": "build",
        "quality": "definition",
        "queueStatus": given["queue_status"],
        "revision": int(given["revision"]),
        "uri": f"vstfs:///Build/Definition/{pipeline.id}",
        "url": url(call, f"{given['project_id']}/_apis/build/Definitions/{pipeline.id}"),
        "queue": {"name": given["agent_pool_name"], "pool": {"name": given["agent_pool_name"]}},
        "project": project_reference(call, project_of(call)),
    }


def _queue(call: Call, queue: Resource) -> Json:
    number = int(queue.attributes["agent_pool_id"])
    return {
        "id": int(queue.id),
        "name": queue.name,
        "projectId": queue.attributes["project_id"],
        "pool": _pool(number, queue.name),
    }


def _pool(number: int, name: str) -> Json:
    return {
        "id": number,
        "name": name,
        "isHosted": name == "Azure Pipelines",
        "poolType": "automation",
        "isLegacy": False,
        "autoProvision": False,
    }
