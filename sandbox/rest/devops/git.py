"""Repositories, and pull requests with their threads, which pipelines write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed
from sandbox.rest.devops.people import author
from sandbox.rest.devops.projects import project_of, project_reference, url
from sandbox.services.devops.git import (
    PULL_REQUEST,
    REPOSITORY,
    Thread,
    repositories,
    set_threads,
    threads_of,
)
from sandbox.services.devops.library import PERSON

_STATUSES = ("unknown", "active", "fixed", "wontFix", "closed", "byDesign", "pending")


def list_repositories(call: Call) -> Answer:
    """Git - Repositories - List."""
    return listed([_repository(call, key) for key in repositories(call.cloud, project_of(call))])


def get_repository(call: Call) -> Answer:
    """Git - Repositories - Get Repository."""
    return Answer(_repository(call, _repository_id(call)))


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
        **_told(call.cloud.find(key, REPOSITORY)),
    }


def _told(found: Resource | None) -> dict[str, Json]:
    """Return what the file of a repository says beside its name; there need not be one."""
    if found is None:
        return {}
    given = found.attributes
    return {
        "defaultBranch": given["default_branch"],
        "isDisabled": given["disabled"],
        "isFork": given["is_fork"],
        "size": given["size"],
        "remoteUrl": given["remote_url"],
        "sshUrl": given["ssh_url"],
        "webUrl": given["web_url"],
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
