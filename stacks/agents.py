"""The agent pools that the environments name: each is guarded once, for all environments that share it."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.devops.agent_pool import guard_agent_pool
from settings.models.environment import Environment
from stacks.base import PlatformStack


def guard_agent_pools(stack: PlatformStack, environments: Iterable[Environment]) -> None:
    """Guard each pool that is named, in the one stack that knows all environments (ADR 8).

    Its branches and pipelines are those of the service connections of all environments that name it. Branches have to
    be protected only if that is so for all of them: each connection still asks for its own.
    """
    sharing: dict[str, list[Environment]] = {}
    for environment in environments:
        if environment.agent_pool:
            # Azure DevOps does not tell case apart. A name has no two hyphens in a row.
            key = environment.agent_pool.lower().replace(" ", "--")
            sharing.setdefault(key, []).append(environment)
    for key, users in sorted(sharing.items()):
        connections = [environment.service_connection for environment in users]
        guard_agent_pool(
            stack,
            f"agent_pool_{key}",
            project=stack.project,
            name=str(users[0].agent_pool),
            branches=sorted({branch for connection in connections for branch in connection.branches}),
            verify_branch_protection=all(c.verify_branch_protection for c in connections),
            pipelines=sorted({pipeline for connection in connections for pipeline in connection.used_by}),
        )
