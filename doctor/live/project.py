"""Checks of what the platform names and does not make: the project, teams, pipelines, agent pools."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from client.devops.pipelines import BuildDefinition
from client.devops.projects import Project
from doctor.live.findings import Finding, Rule
from doctor.live.looking import Gone
from doctor.live.wanted import Guarded, Pipeline

_RUNS = "enabled"


def project_is_there(name: str, found: Project | Gone) -> Iterator[Finding]:
    """Find a project that does not exist, or is only half made."""
    if isinstance(found, Project):
        what, fix = (
            f"a project that is only half made ({found.state})",
            "wait until Azure DevOps has made it, or delete it",
        )
    else:
        what, fix = (
            "no project of this name, or one that this identity may not see",
            "check azure_devops.project.name in config/platform.yaml, or make the project",
        )
    yield Finding(Rule.PROJECT, f"project {name}", what, "a project that can be used", fix)


def teams_are_there(wanted: Iterable[str], groups: Collection[str]) -> Iterator[Finding]:
    """Find teams that the project does not have; ``groups`` are its groups, in lower case."""
    for name in wanted:
        if name.lower() not in groups:
            yield Finding(
                Rule.MISSING_TEAM,
                f"team {name}",
                "no group of this name in the project",
                "exactly this name: roles and approvals are given to it",
                "make it (Project settings, Permissions, New group), or write create: true in config/platform.yaml",
            )


def pipelines_are_there(
    wanted: Iterable[Pipeline], definitions: Iterable[BuildDefinition]
) -> Iterator[Finding]:
    """Find pipelines that do not exist in their folder, or that somebody has paused or disabled."""
    there = {str(Pipeline(item.name, item.path)).lower(): item for item in definitions}
    for pipeline in wanted:
        found = there.get(str(pipeline).lower())
        if found is None:
            yield Finding(
                Rule.MISSING_PIPELINE,
                f"pipeline {pipeline}",
                "no pipeline of this name in this folder",
                "exactly this name and folder: authorizations are given to it",
                "make it, or write exists: false in config/platform.yaml until it is there",
            )
        elif found.queue_status != _RUNS:
            yield Finding(
                Rule.MISSING_PIPELINE,
                f"pipeline {pipeline}",
                f"{found.queue_status}: it does not run",
                _RUNS,
                "turn it on in the pipeline's settings",
            )


def missing_pool(item: Guarded) -> Finding:
    """Say that the project does not have a pool."""
    return Finding(
        Rule.MISSING_POOL,
        item.place,
        "no agent pool of this name in the project",
        "a pool that the project has",
        "add it in Project settings, Agent pools, Add pool, Existing",
    )


def missing_environment(item: Guarded) -> Finding:
    """Say that an environment is missing."""
    return Finding(
        Rule.MISSING_ENVIRONMENT,
        item.place,
        "no environment of this name",
        "exactly this name: deployments name it. A run that names one that is missing makes it, without any check",
        f"{item.deploy} makes it",
    )


def missing_connection(item: Guarded) -> Finding:
    """Say that a service connection is missing."""
    return Finding(
        Rule.MISSING_CONNECTION,
        item.place,
        "no service connection of this name",
        "exactly this name: it is the value of azureServiceConnection",
        "docs/azure-devops.md, Deleted or changed by hand: take it out of the state first, then deploy",
    )
