"""Repositories, pull requests and what people write below them.

Repositories follow from the pipelines that build them. A pull request has a file, with its threads; Terraform knows
none. Policies are files too, each with what the service would answer: nobody makes them here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.cloud.store import BrokenFileError, Cloud, Resource
from sandbox.services.devops.devops_resource import PROJECT

PULL_REQUEST, POLICY = "azuredevops_pull_request", "azuredevops_policy_configuration"
THREADS = "threads"

Thread = dict[str, Any]


def first_repository(project_id: str) -> str:
    """Return the id of the repository that comes with a project and has its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{project_id}/repository"))


def repositories(cloud: Cloud, project: Resource) -> dict[str, str]:
    """Return the names of a project's repositories by their ids: its own, and others that its pipelines build."""
    own = first_repository(project.id)
    built = (
        repository["repo_id"]
        for pipeline in cloud.resources("azuredevops_build_definition")
        if pipeline.attributes["project_id"] == project.id
        for repository in pipeline.attributes["repository"]
        if repository["repo_type"] == "TfsGit"
    )
    named = {
        item.id: item.name
        for item in cloud.resources("azuredevops_git_repository")
        if item.attributes["project_id"] == project.id
    }
    return {own: project.name, **{key: f"{project.name}-{key[:8]}" for key in built if key != own}, **named}


def add_pull_request(
    cloud: Cloud, project_id: str, *, source: str, target: str = "main", title: str = "A change"
) -> Resource:
    """Have a new pull request in the repository of a project; the names of branches are without ``refs/heads/``."""
    with cloud.locked():
        if cloud.find(project_id, PROJECT) is None:
            raise ValueError(f"There is no project {project_id}")
        number = cloud.next_number("pull requests", PULL_REQUEST)
        attributes = {
            "project_id": project_id,
            "repository_id": first_repository(project_id),
            "title": title,
            "source_branch": source,
            "target_branch": target,
            "status": "active",
        }
        return cloud.write(Resource(PULL_REQUEST, str(number), attributes, {THREADS: []}))


def threads_of(pull_request: Resource) -> list[Thread]:
    """Return the threads below a pull request; BrokenFileError if somebody wrote something else there."""
    threads = pull_request.contents.get(THREADS, [])
    if not isinstance(threads, list) or not all(
        isinstance(item, dict) and isinstance(item.get("comments"), list) for item in threads
    ):
        raise BrokenFileError(
            f'{pull_request.path}: "{THREADS}" has to be a list of threads with their comments'
        )
    return threads


def set_threads(cloud: Cloud, pull_request: Resource, threads: list[Thread]) -> Resource:
    """Write the threads below a pull request."""
    contents: Mapping[str, Any] = {**pull_request.contents, THREADS: threads}
    return cloud.write(replace(pull_request, contents=contents))
