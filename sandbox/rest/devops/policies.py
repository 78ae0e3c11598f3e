"""What must be before a pull request completes, and who may do what with a repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed, paged
from sandbox.rest.devops.projects import project_of, url
from sandbox.services.devops.git import POLICY
from sandbox.services.devops.repositories import PERMISSIONS, BuildValidationPolicy, GitPermissions

# Ids: microsoft/azuredevops 1.16.0, ``policy/branch/common.go`` and ``permissions/utils/namespaces.go``.
_BUILD = "0609b952-1397-4640-95ec-e00a01b2c241"
_GIT_REPOSITORIES = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"


def policies(call: Call) -> Answer:
    """Policy - Configurations - List."""
    kind = call.query.get("policytype", "").lower()
    return paged(
        call,
        [item for item in _policies(call) if kind in ("", str(item.get("type", {}).get("id", "")).lower())],
    )


def policy(call: Call) -> Answer:
    """Policy - Configurations - Get."""
    found = next((item for item in _policies(call) if str(item["id"]) == call.names["id"]), None)
    if found is None:
        raise RefusedError(
            404, "PolicyConfigurationNotFound", f"TF402463: There is no policy {call.names['id']}."
        )
    return Answer(found)


def _policies(call: Call) -> Iterator[dict[str, Any]]:
    """Yield policies: those that files hold as the service would answer them, and those that Terraform made."""
    project = project_of(call)
    for item in call.cloud.resources(POLICY, BuildValidationPolicy.name):
        if item.attributes.get("project_id") != project.id:
            continue
        if item.type == POLICY:
            told = {name: value for name, value in item.attributes.items() if name != "project_id"}
            yield {"id": int(item.id), **told}
        else:
            yield _build_validation(call, item)


def _build_validation(call: Call, found: Resource) -> dict[str, Any]:
    given, settings = found.attributes, found.attributes["settings"][0]
    return {
        "id": int(found.id),
        "isEnabled": given["enabled"],
        "isBlocking": given["blocking"],
        "isDeleted": False,
        "type": {"id": _BUILD, "displayName": "Build"},
        "settings": {
            "buildDefinitionId": int(settings["build_definition_id"]),
            "displayName": settings["display_name"],
            "manualQueueOnly": settings["manual_queue_only"],
            "queueOnSourceUpdateOnly": settings["queue_on_source_update_only"],
            "validDuration": settings["valid_duration"],
            "filenamePatterns": settings["filename_patterns"] or [],
            "scope": [
                {
                    "repositoryId": scope["repository_id"],
                    "refName": scope["repository_ref"],
                    "matchKind": scope["match_type"],
                }
                for scope in settings["scope"]
            ],
        },
        "url": url(call, f"{given['project_id']}/_apis/policy/configurations/{found.id}"),
    }


def access_control_lists(call: Call) -> Answer:
    """Security - Access Control Lists - Query: what was given on a repository, by its ``token``."""
    if call.names["namespace"].lower() != _GIT_REPOSITORIES:
        raise RefusedError(
            404, "InvalidSecurityNamespace", f"There is no namespace {call.names['namespace']}."
        )
    token = call.query.get("token", "")
    entries: dict[str, Json] = {}
    for item in call.cloud.resources(GitPermissions.name):
        given = item.attributes
        if f"repoV2/{given['project_id']}/{given['repository_id']}".lower() == token.lower():
            bits = {
                word: sum(
                    1 << PERMISSIONS.index(name)
                    for name, value in given["permissions"].items()
                    if value.lower() == word
                )
                for word in ("allow", "deny")
            }
            entries[given["principal"]] = {"descriptor": given["principal"], **bits}
    return listed(
        [{"inheritPermissions": True, "token": token, "acesDictionary": entries}] if entries else []
    )
