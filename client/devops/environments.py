"""Environments of pipelines. Documentation: distributedtask/environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from client.calls import Call
from client.devops.identities import IdentityRef
from client.services import Services

_LIST = Call("{project}/_apis/distributedtask/environments", needs="Environments, Reader")


@dataclass(frozen=True)
class Environment:
    """An environment that pipelines deploy to. Its checks are in :mod:`client.devops.checks`."""

    id: int
    name: str
    description: str = ""
    created_by: IdentityRef | None = None
    created_on: datetime | None = None
    last_modified_by: IdentityRef | None = None
    last_modified_on: datetime | None = None


def environments(services: Services, project: str, name: str | None = None) -> Iterator[Environment]:
    """List the environments of a project, or those of a name. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Environment, _LIST, {"name": name}, project=project)
