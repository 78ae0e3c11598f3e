"""What must fit where pipelines run on agents of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.reading.problems import Problem


def pool_is_for_branches(environment: Checked[Environment]) -> Iterator[Problem]:
    """Let no branch whatever onto agents that reach what is private."""
    connection = environment.get("service_connection")
    if environment.given("agent_pool") and connection is not None and not connection.get("branches"):
        yield environment.problem(
            "agent_pool",
            found="agent_pool without service_connection.branches",
            allowed="branches of service_connection, which then are the only ones that run on the pool",
            fix="add branches to service_connection, or remove agent_pool",
            at_key=True,
        )
