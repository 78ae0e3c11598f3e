"""Agent pools, their queues in projects, and agents."""

from __future__ import annotations

from sandbox.cloud.store import Resource
from sandbox.rest.calls import Answer, Call, Json, RefusedError, listed
from sandbox.rest.devops.projects import inside, one
from sandbox.services.devops.pipelines import agents, pools

_QUEUE = "azuredevops_agent_queue"


def queues(call: Call) -> Answer:
    """Distributedtask - Queues - Get Agent Queues: all of a project, or by ``queueName`` or ``queueNames``."""
    wanted = {
        item.lower()
        for name in ("queuename", "queuenames")
        for item in call.query.get(name, "").split(",")
        if item
    }
    found = [item for item in inside(call, _QUEUE) if not wanted or item.name.lower() in wanted]
    return listed([_queue(call, item) for item in found])


def queue(call: Call) -> Answer:
    """Distributedtask - Queues - Get Agent Queue."""
    return Answer(_queue(call, one(call, "TaskAgentQueue", _QUEUE)))


def agent_pools(call: Call) -> Answer:
    """Distributedtask - Pools - Get Agent Pools: those that the queues of projects stand for."""
    wanted = call.query.get("poolname", "").lower()
    return listed(
        [_pool(number, name) for number, name in pools(call.cloud).items() if wanted in ("", name.lower())]
    )


def agents_of_pool(call: Call) -> Answer:
    """Distributedtask - Agents - List."""
    known = pools(call.cloud)
    number = int(call.names["id"]) if call.names["id"].isdecimal() else 0
    if number not in known:
        raise RefusedError(
            404, "TaskAgentPoolNotFound", f"VS30063: Agent pool {call.names['id']} was not found."
        )
    return listed(
        [
            {
                "id": position,
                **agent,
                "provisioningState": "Provisioned",
                "maxParallelism": 1,
            }
            for position, agent in enumerate(agents(call.cloud, number), 1)
        ]
    )


def resource_usage(call: Call) -> Answer:
    """Build - Resource Usage - Get: how many agents there are, and parallel jobs on own agents: one is free."""
    count = sum(len(agents(call.cloud, number)) for number in pools(call.cloud))
    return Answer(
        {"distributedTaskAgents": count, "paidPrivateAgentSlots": 1, "totalUsage": 0, "xamlControllers": 0}
    )


def _queue(call: Call, queue: Resource) -> Json:
    number = int(queue.attributes["agent_pool_id"])
    return {
        "id": int(queue.id),
        "name": queue.name,
        "projectId": queue.attributes["project_id"],
        "pool": _pool(number, queue.name),
    }


def _pool(number: int, name: str) -> Json:
    return {
        "id": number,
        "name": name,
        "isHosted": name == "Azure Pipelines",
        "poolType": "automation",
        "isLegacy": False,
        "autoProvision": False,
    }
