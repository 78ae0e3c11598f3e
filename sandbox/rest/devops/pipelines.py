"""Environments, and pipelines, which the API calls build definitions."""

from __future__ import annotations

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, fits, paged
from sandbox.rest.devops.people import author
from sandbox.rest.devops.projects import LONG_AGO, inside, one, project_of, project_reference, url
from sandbox.services.devops.library import TERRAFORM

_ENVIRONMENT, _PIPELINE = "azuredevops_environment", "azuredevops_build_definition"


def environments(call: Call) -> Answer:
    """Environments - List."""
    wanted = call.query.get("name", "").lower()
    found = [item for item in inside(call, _ENVIRONMENT) if wanted in ("", item.name.lower())]
    return paged(call, [_environment(call, item) for item in found])


def environment(call: Call) -> Answer:
    """Environments - Get."""
    return Answer(_environment(call, one(call, "Environment", _ENVIRONMENT)))


def definitions(call: Call) -> Answer:
    """Build - Definitions - List: by ``name``, which may have ``*``, and ``path``, which stands for what is below."""
    name, path = call.query.get("name", "*"), call.query.get("path", "\\").lower().rstrip("\\")
    whole = call.query.get("includeallproperties", "").lower() == "true"
    return paged(
        call,
        [
            _whole(call, item) if whole else _definition(call, item)
            for item in inside(call, _PIPELINE)
            if fits(item.name, name)
            and f"{item.attributes['path'].rstrip(chr(92))}\\".lower().startswith(f"{path}\\")
        ],
    )


def definition(call: Call) -> Answer:
    """Build - Definitions - Get."""
    return Answer(_whole(call, one(call, "Definition", _PIPELINE)))


def _environment(call: Call, environment: Resource) -> Json:
    return {
        "id": int(environment.id),
        "name": environment.name,
        "description": environment.attributes.get("description") or "",
        "createdBy": author(TERRAFORM),
        "createdOn": LONG_AGO,
        "lastModifiedBy": author(TERRAFORM),
        "lastModifiedOn": LONG_AGO,
        "resources": [],
        "project": {"id": environment.attributes["project_id"], "name": project_of(call).name},
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
