"""Pipelines, which the API calls build definitions. Documentation: build/definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from client.calls import Call
from client.services import Services

_LIST = Call("{project}/_apis/build/definitions", needs="View build pipeline")


@dataclass(frozen=True)
class BuildRepository:
    """Where the YAML of a pipeline is kept."""

    type: str
    """``TfsGit`` for a repository of the project, ``GitHub`` and others."""
    id: str = ""
    name: str = ""
    url: str = ""
    default_branch: str = ""


@dataclass(frozen=True)
class BuildProcess:
    """What a pipeline consists of."""

    type: int
    """2 for YAML, 1 for one that was put together in the browser."""
    yaml_filename: str = ""


@dataclass(frozen=True)
class BuildDefinition:
    """A pipeline."""

    id: int
    name: str
    path: str
    """Its folder: ``\\`` or ``\\ml\\train``."""
    queue_status: str = "enabled"
    """``paused`` and ``disabled`` ones do not run."""
    revision: int | None = None
    repository: BuildRepository | None = None
    process: BuildProcess | None = None


def build_definitions(
    services: Services, project: str, *, name: str | None = None, path: str | None = None
) -> Iterator[BuildDefinition]:
    """List the pipelines of a project with repository and YAML file; those of a name, those of a folder.

    Several folders may have one of the same name. Raises :class:`client.errors.ServiceError`.
    """
    query = {"name": name, "path": path, "includeAllProperties": "true"}
    return services.devops.listed(BuildDefinition, _LIST, query, project=project)
