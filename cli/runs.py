"""Which runs of pipelines were at work when a lock was taken, and still are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from client.devops.builds import TimelineRecord, builds, timeline
from client.services import Services, connect
from deployment.backend import Lock
from settings.loader import Settings

_HOSTED = ("Azure Pipelines", "Hosted Agent")
"""How agents of Microsoft's are called. What their machines are called is not known beforehand."""
# Terraform writes "2026-11-25 09:12:40.197 +0000 UTC", and more digits of a second than Python reads.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


def active_runs(lock: Lock, settings: Settings, services: str | None) -> list[str]:
    """Return the runs that may have taken a lock and are still active, each with its address.

    Such a run was at work on an agent at that time: on the machine that the lock names, or on one of Microsoft's, whose
    names nobody knows. ``services`` is where to ask, instead of the public ones. Raises
    :class:`client.errors.ServiceError`.
    """
    devops = settings.platform.azure_devops
    with connect(devops.organization_url, services=services, read_only=True) as opened:
        return list(_runs(opened, devops.project.name, lock, devops.organization_url))


def _runs(services: Services, project: str, lock: Lock, organization_url: str) -> Iterator[str]:
    taken, machine = _taken(lock), lock.who.rpartition("@")[2].lower()
    for status in ("inProgress", "cancelling"):
        for run in builds(services, project, status):
            if any(_at_work(record, taken, machine) for record in timeline(services, project, run.id)):
                yield (
                    f"{run.definition.name} {run.build_number} "
                    f"({organization_url.rstrip('/')}/{project}/_build/results?buildId={run.id})"
                )


def _at_work(record: TimelineRecord, taken: datetime | None, machine: str) -> bool:
    """Tell whether a job that has not ended was on such a machine when the lock was taken."""
    if record.type != "Job" or record.state != "inProgress" or record.start_time is None:
        return False
    if taken and record.start_time > taken:
        return False
    return record.worker_name.lower() == machine or record.worker_name.startswith(_HOSTED)


def _taken(lock: Lock) -> datetime | None:
    """Return when a lock was taken, a second later at most; None when Terraform writes it otherwise one day."""
    found = _TIME.match(lock.created)
    return (
        datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC, microsecond=999_999)
        if found
        else None
    )
