"""Repositories, policies, and pull requests with their threads, which pipelines write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed, paged
from sandbox.rest.devops.people import author
from sandbox.rest.devops.projects import inside, project_of, project_reference, url
from sandbox.services.devops.devops_resource import has_owners
from sandbox.services.devops.git import (
    POLICY,
    PULL_REQUEST,
    Thread,
    repositories,
    set_threads,
    threads_of,
)
from sandbox.services.devops.library import PERSON
from sandbox.services.devops.repositories import PERMISSIONS

_VALIDATION = "azuredevops_branch_policy_build_validation"
_REPOSITORIES = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
"""The security namespace of repositories, and below its permissions by their bits, the lowest first."""
_BITS = PERMISSIONS
_STATUSES = ("unknown", "active", "fixed", "wontFix", "closed", "byDesign", "pending")


def list_repositories(call: Call) -> Answer:
    """Git - Repositories - List."""
    return listed([_repository(call, key) for key in repositories(call.cloud, project_of(call))])


def get_repository(call: Call) -> Answer:
    """Git - Repositories - Get Repository."""
    return Answer(_repository(call, _repository_id(call)))


def policies(call: Call) -> Answer:
    """Policy - Configurations - List: what the files of the cloud hold, as the service would answer it."""
    project = project_of(call)
    found = [item for item in call.cloud.resources(POLICY) if item.attributes.get("project_id") == project.id]
    kind = call.query.get("policytype", "").lower()
    bodies = [_validation(item) for item in inside(call, _VALIDATION)]
    bodies += [
        {
            "id": int(item.id),
            **{name: value for name, value in item.attributes.items() if name != "project_id"},
        }
        for item in found
    ]
    return paged(
        call, [item for item in bodies if kind in ("", str(item.get("type", {}).get("id", "")).lower())]
    )


def _validation(policy: Resource) -> Json:
    """Return a pipeline that has to succeed as the configuration of the policy "Build"."""
    given, settings = policy.attributes, policy.attributes["settings"][0]
    return {
        "id": int(policy.id),
        "isEnabled": given["enabled"],
        "isBlocking": given["blocking"],
        "isDeleted": False,
        "type": {"id": "0609b952-1397-4640-95ec-e00a01b2c241", "displayName": "Build"},
        "settings": {
            "buildDefinitionId": int(settings["build_definition_id"]),
            "displayName": settings["display_name"],
            "manualQueueOnly": settings["manual_queue_only"],
            "queueOnSourceUpdateOnly": settings["queue_on_source_update_only"],
            "validDuration": settings["valid_duration"],
            "filenamePatterns": settings.get("filename_patterns") or [],
            "scope": [
                {
                    "repositoryId": item.get("repository_id"),
                    "refName": item.get("repository_ref"),
                    "matchKind": item.get("match_type"),
                }
                for item in settings["scope"]
            ],
        },
    }


def access_control_lists(call: Call) -> Answer:
    """Access Control Lists - Query: of the security namespace of repositories, by ``token`` or all."""
    if call.names["namespace"].lower() != _REPOSITORIES:
        raise RefusedError(
            404, "InvalidSecurityNamespace", "The sandbox knows the namespace of repositories alone."
        )
    wanted = call.query.get("token", "").lower()
    lists: dict[str, dict[str, Json]] = {}
    for item in call.cloud.resources("azuredevops_git_permissions"):
        token = item.id.rpartition("/")[0]
        if has_owners(call.cloud, item) and wanted in ("", token.lower()):
            said = {
                word: sum(
                    1 << _BITS.index(name)
                    for name, value in item.attributes["permissions"].items()
                    if value.lower() == word
                )
                for word in ("allow", "deny")
            }
            principal = item.attributes["principal"]
            lists.setdefault(token, {})[principal] = {"descriptor": principal, **said}
    return listed(
        [
            {"inheritPermissions": True, "token": token, "acesDictionary": aces}
            for token, aces in lists.items()
        ]
    )


def pull_request(call: Call) -> Answer:
    """Git - Pull Requests - Get Pull Request."""
    found = _pull_request(call)
    given = found.attributes
    return Answer(
        {
            "repository": _repository(call, given["repository_id"]),
            "pullRequestId": int(found.id),
            "status": given["status"],
            "title": given["title"],
            "sourceRefName": f"refs/heads/{given['source_branch']}",
            "targetRefName": f"refs/heads/{given['target_branch']}",
            "createdBy": author(PERSON),
        }
    )


def list_threads(call: Call) -> Answer:
    """Git - Pull Request Threads - List."""
    return listed(threads_of(_pull_request(call)))


def get_thread(call: Call) -> Answer:
    """Git - Pull Request Threads - Get."""
    return Answer(_thread(call, threads_of(_pull_request(call))))


def add_thread(call: Call) -> Answer:
    """Git - Pull Request Threads - Create."""
    found, body = _pull_request(call), call.json()
    threads = threads_of(found)
    comments = body.get("comments")
    if not isinstance(comments, list) or not comments:
        raise RefusedError(400, "InvalidArgumentValue", "A thread has to have a comment.")
    now = _now()
    new: Thread = {
        "id": len(threads) + 1,
        "publishedDate": now,
        "lastUpdatedDate": now,
        "comments": [_comment(number, item, now) for number, item in enumerate(comments, 1)],
        "status": _status(body, "active"),
        "threadContext": body.get("threadContext"),
        "properties": body.get("properties") or {},
        "isDeleted": False,
    }
    set_threads(call.cloud, found, [*threads, new])
    return Answer(new)


def change_thread(call: Call) -> Answer:
    """Git - Pull Request Threads - Update: its status."""
    found, body = _pull_request(call), call.json()
    threads = threads_of(found)
    thread = _thread(call, threads)
    thread |= {"status": _status(body, thread["status"]), "lastUpdatedDate": _now()}
    set_threads(call.cloud, found, threads)
    return Answer(thread)


def add_comment(call: Call) -> Answer:
    """Git - Pull Request Thread Comments - Create."""
    found = _pull_request(call)
    threads = threads_of(found)
    thread, now = _thread(call, threads), _now()
    new = _comment(len(thread["comments"]) + 1, call.json(), now)
    thread["comments"].append(new)
    thread["lastUpdatedDate"] = now
    set_threads(call.cloud, found, threads)
    return Answer(new)


def change_comment(call: Call) -> Answer:
    """Git - Pull Request Thread Comments - Update: its content."""
    found = _pull_request(call)
    threads = threads_of(found)
    thread, now = _thread(call, threads), _now()
    for comment in thread["comments"]:
        if str(comment["id"]) == call.names["comment"]:
            comment |= {
                "content": _content(call.json()),
                "lastUpdatedDate": now,
                "lastContentUpdatedDate": now,
            }
            thread["lastUpdatedDate"] = now
            set_threads(call.cloud, found, threads)
            return Answer(comment)
    raise RefusedError(404, "CommentNotFound", f"There is no comment {call.names['comment']} in the thread.")


def _repository_id(call: Call) -> str:
    wanted = call.names["repository"].lower()
    for key, name in repositories(call.cloud, project_of(call)).items():
        if wanted in (key.lower(), name.lower()):
            return key
    raise RefusedError(
        404,
        "GitRepositoryNotFound",
        f"TF401019: The Git repository with name or identifier {call.names['repository']} does not exist or you do "
        "not have permissions for the operation you are attempting.",
    )


def _repository(call: Call, key: str) -> Json:
    project = project_of(call)
    return {
        "id": key,
        "name": repositories(call.cloud, project)[key],
        "url": url(call, f"{project.id}/_apis/git/repositories/{key}"),
        "project": project_reference(call, project),
        "defaultBranch": "refs/heads/main",
        "isDisabled": False,
    }


def _pull_request(call: Call) -> Resource:
    repository = _repository_id(call)
    found = call.cloud.find(call.names["pull_request"], PULL_REQUEST)
    if found is None or found.attributes["repository_id"] != repository:
        raise RefusedError(
            404,
            "GitPullRequestNotFound",
            f"TF401180: The requested pull request was not found: {call.names['pull_request']}.",
        )
    return found


def _thread(call: Call, threads: list[Thread]) -> Thread:
    for thread in threads:
        if str(thread["id"]) == call.names["thread"]:
            return thread
    raise RefusedError(
        404, "GitPullRequestCommentThreadNotFound", f"There is no thread {call.names['thread']}."
    )


def _comment(number: int, given: Json, now: str) -> Json:
    return {
        "id": number,
        "parentCommentId": given.get("parentCommentId", 0) if isinstance(given, Mapping) else 0,
        "author": author(PERSON),
        "content": _content(given),
        "publishedDate": now,
        "lastUpdatedDate": now,
        "lastContentUpdatedDate": now,
        "commentType": "text",
    }


def _content(given: Json) -> str:
    content = given.get("content") if isinstance(given, Mapping) else None
    if not isinstance(content, str) or not content:
        raise RefusedError(400, "InvalidArgumentValue", "The content of a comment has to be a text.")
    return content


def _status(body: Mapping[str, Json], default: str) -> str:
    """Return a status by its name; clients may also send its number."""
    given = body.get("status", default)
    if isinstance(given, int) and 0 <= given < len(_STATUSES):
        return _STATUSES[given]
    if given in _STATUSES:
        return str(given)
    raise RefusedError(400, "InvalidArgumentValue", f"The status {given} is none of {', '.join(_STATUSES)}.")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
