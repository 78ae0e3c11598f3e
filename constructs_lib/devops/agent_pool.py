"""An agent pool of one's own: who may run on it."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import grant_access
from constructs_lib.devops.checks import add_branch_control
from constructs_lib.devops.project import Project


def guard_agent_pool(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    name: str,
    branches: Sequence[str],
    verify_branch_protection: bool,
    pipelines: Sequence[str],
) -> None:
    """Let only runs from ``branches`` use a pool, and authorize pipelines (names) to run on it.

    The pool and its agents are somebody else's, and the project must have the pool: it is looked up, and the plan
    refused without it. A project has a pool once (its *queue*), and every check on it holds for all that runs there, so
    that no two stacks may each call this for one pool: their checks would have to pass both. Not for Microsoft's pools.
    """
    queue = azuredevops.DataAzuredevopsAgentQueue(scope, id_, project_id=project.id, name=name)
    branch_control = add_branch_control(
        scope,
        f"{id_}_branch_control",
        project=project,
        resource_type="queue",
        resource_id=queue.id,
        branches=branches,
        verify_branch_protection=verify_branch_protection,
    )
    grant_access(
        scope,
        id_,
        project=project,
        resource_type="queue",
        resource_id=queue.id,
        roles={},
        pipelines=pipelines,
        checks=[branch_control],
    )
