"""Agent pools, their queues in projects, and agents.

Documentation: distributedtask/pools, distributedtask/queues, distributedtask/agents, build/resource-usage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from client.calls import Call
from client.services import Services

_POOLS = Call("_apis/distributedtask/pools", needs="Agent pools of the organization, Reader")
_QUEUES = Call("{project}/_apis/distributedtask/queues", needs="Agent pools of the project, Reader")
_AGENTS = Call("_apis/distributedtask/pools/{pool_id}/agents", needs="this agent pool, Reader")
_USAGE = Call(
    "_apis/build/resourceusage", "7.1-preview.2", "View instance-level information of the organization"
)


@dataclass(frozen=True)
class AgentPool:
    """A pool of the organization."""

    id: int
    name: str
    is_hosted: bool = False
    """Microsoft's agents."""
    pool_type: str = ""
    size: int = 0


@dataclass(frozen=True)
class AgentQueue:
    """A pool as a project sees it. Checks and authorizations name the queue's id."""

    id: int
    name: str
    pool: AgentPool
    project_id: str = ""


@dataclass(frozen=True)
class Agent:
    """One agent of a pool."""

    id: int
    name: str
    status: str
    """``online`` or ``offline``."""
    enabled: bool = True
    version: str = ""
    os_description: str = ""
    status_changed_on: datetime | None = None


@dataclass(frozen=True)
class BuildResourceUsage:
    """What the organization has to run pipelines on."""

    distributed_task_agents: int = 0
    """How many agents there are."""
    paid_private_agent_slots: int = 0
    """How many parallel jobs on agents of one's own are paid for."""
    total_usage: int = 0


def agent_pools(services: Services, name: str | None = None) -> Iterator[AgentPool]:
    """List the agent pools of the organization, or those of a name. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(AgentPool, _POOLS, {"poolName": name})


def agent_queues(services: Services, project: str, name: str | None = None) -> Iterator[AgentQueue]:
    """List the agent queues of a project, or those of a name. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(AgentQueue, _QUEUES, {"queueName": name}, project=project)


def agents(services: Services, pool_id: int) -> Iterator[Agent]:
    """List the agents of a pool. Raises :class:`client.errors.ServiceError`."""
    return services.devops.listed(Agent, _AGENTS, pool_id=pool_id)


def build_resource_usage(services: Services) -> BuildResourceUsage:
    """Read how many agents and paid parallel jobs on own agents there are.

    No documented call tells the parallel jobs on Microsoft's agents: an administrator sees them in the organization's
    settings, "Parallel jobs". Raises :class:`client.errors.ServiceError`.
    """
    return services.devops.get(BuildResourceUsage, _USAGE)
