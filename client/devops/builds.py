"""Runs of pipelines, which the API calls builds. Documentation: build/builds, build/timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from client.calls import Call
from client.services import Services

_LIST = Call("{project}/_apis/build/builds", needs="View builds")
_TIMELINE = Call("{project}/_apis/build/builds/{build_id}/timeline", needs="View builds")


@dataclass(frozen=True)
class DefinitionReference:
    """The pipeline of a run."""

    id: int
    name: str


@dataclass(frozen=True)
class Build:
    """A run."""

    id: int
    build_number: str
    status: str
    """``inProgress``, ``cancelling``, ``completed`` and others."""
    definition: DefinitionReference
    start_time: datetime | None = None
    """None while it waits for its first agent."""


@dataclass(frozen=True)
class TimelineRecord:
    """A stage, job or step of a run."""

    id: str
    type: str
    """``Stage``, ``Phase``, ``Job``, ``Task``, ``Checkpoint`` and others."""
    name: str = ""
    state: str = ""
    """``pending``, ``inProgress`` or ``completed``."""
    start_time: datetime | None = None
    finish_time: datetime | None = None
    worker_name: str = ""
    """The agent that runs it. Those of Microsoft are called ``Hosted Agent`` or ``Azure Pipelines`` and a number."""


@dataclass(frozen=True)
class _Timeline:
    records: tuple[TimelineRecord, ...] = ()


def builds(services: Services, project: str, status: Literal["inProgress", "cancelling"]) -> Iterator[Build]:
    """List the runs of a project that have this status. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Build, _LIST, {"statusFilter": status}, project=project)


def timeline(services: Services, project: str, build_id: int) -> tuple[TimelineRecord, ...]:
    """Return what a run consists of; nothing before it has begun. Raises :class:`client.errors.ServiceError`."""
    found = services.devops.find(_Timeline, _TIMELINE, project=project, build_id=build_id)
    return found.records if found else ()
