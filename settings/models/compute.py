"""What computes in a workspace: clusters that teams and pipelines share, and workstations of single people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from settings.models.base import Model
from settings.models.durations import IdleShutdown, IdleTime
from settings.models.markers import Unique
from settings.models.resource_ids import SubnetId
from settings.models.texts import (
    ComputeName,
    Guid,
    PlainCron,
    VmSize,
    WindowsTimeZone,
    WorkstationName,
)

Purpose = Literal["training", "scoring", "batch"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
PURPOSE_OF_KEY: Mapping[str, Purpose] = {"training_cluster": "training", "scoring_cluster": "scoring"}
"""The purposes of the clusters that the guide has, which need not say it."""

_BUILDS_IMAGES: tuple[Purpose, ...] = ("scoring", "batch", "training")


class Cluster(Model):
    """A compute cluster that scales by itself."""

    name: ComputeName
    """Name of the cluster in the workspace. A change replaces the cluster."""
    vm_size: VmSize
    """Size of each node. A change replaces the cluster."""
    min_nodes: Annotated[int, Field(ge=0, le=1000)]
    """Nodes that always run (nodes); they cost money all day."""
    max_nodes: Annotated[int, Field(ge=1, le=1000)]
    """Most nodes the cluster scales up to (nodes)."""
    idle_time: IdleTime
    """How long a node is idle before it is removed, an ISO 8601 duration from PT2M to P7D."""
    vm_priority: Literal["Dedicated", "LowPriority"] = "Dedicated"
    """LowPriority nodes are cheaper and can be taken away at any time. A change replaces the cluster. Azure Batch moved
    such nodes to Spot in March 2026; whether Azure Machine Learning follows is undocumented."""
    purpose: Purpose | None = None
    """What it is for: training, scoring or batch. ``training_cluster`` and ``scoring_cluster`` say it by their keys."""
    subnet: SubnetId | None = None
    """Subnet that the nodes are in, without public addresses, by its resource id. Only where ``security.vnet`` is
    false: a managed network takes no subnet. A change replaces the cluster."""


Compute: TypeAlias = Mapping[str, Cluster]
"""The clusters of an environment, by their keys."""


def purpose_of(key: str, given: Purpose | None) -> Purpose | None:
    """Return what the cluster with this key is for; ``None`` where neither says it."""
    return given or PURPOSE_OF_KEY.get(key)


def image_build_cluster(compute: Compute) -> str | None:
    """Return the name of the cluster that builds images where the container registry cannot; ``None`` without any.

    One whose nodes nobody takes away comes first, then one for scoring, for batch, for training, then the first of the
    file: a GPU to train on is dear, and may be taken.
    """

    def rank(item: tuple[str, Cluster]) -> tuple[bool, int]:
        key, cluster = item
        purpose = purpose_of(key, cluster.purpose)
        return cluster.vm_priority == "LowPriority", _BUILDS_IMAGES.index(purpose or "training")

    return min(compute.items(), key=rank)[1].name if compute else None


class WorkstationSchedule(Model):
    """When a workstation starts and stops by itself. Azure takes no change of it later."""

    start: PlainCron | None = None
    """When it starts: a cron expression of five fields, in numbers. It then costs money, whoever uses it."""
    stop: PlainCron | None = None
    """When it stops: a cron expression of five fields, in numbers. Its user can put it off."""
    time_zone: WindowsTimeZone = "UTC"
    """Time zone of both, as Windows calls it. Azure knows no daylight saving time there."""


class Workstation(Model):
    """A compute instance: the machine of one person in the workspace. Azure takes no change of it later."""

    name: Annotated[WorkstationName, Unique("workstation", within="location")]
    """Name of the compute instance, unique in the Azure region."""
    user: Guid
    """Who works on it, and nobody else can: the object id of a user in Microsoft Entra."""
    vm_size: VmSize
    """Size of the machine."""
    idle_shutdown: IdleShutdown = "PT1H"
    """How long it is idle before it is stopped, an ISO 8601 duration from PT15M to P3D."""
    schedule: WorkstationSchedule | None = None
    """When it starts and stops by itself, beside that."""

    def schedules(self) -> Iterator[tuple[Literal["Start", "Stop"], str, str]]:
        """Yield what happens by itself: the action, its cron expression and the time zone."""
        if self.schedule and self.schedule.start:
            yield "Start", self.schedule.start, self.schedule.time_zone
        if self.schedule and self.schedule.stop:
            yield "Stop", self.schedule.stop, self.schedule.time_zone
