"""Whether what a deployment relies on is there: a person deploys state and registry once, and the gates with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from client.devops.checks import checks, is_approval
from client.devops.environments import environments
from client.services import Services


def without_gate(services: Services, project: str, names: Sequence[str]) -> Iterator[str]:
    """Yield a line for each environment that lets a deployment through without asking anybody.

    Azure DevOps makes an environment that YAML names first, without any check. Raises
    :class:`client.errors.ServiceError`.
    """
    there = {found.name: found.id for found in environments(services, project)}
    for name in names:
        if name not in there:
            yield f"The environment {name} is not there."
        elif not any(
            is_approval(check) and not check.is_disabled
            for check in checks(services, project, "environment", there[name])
        ):
            yield f"The environment {name} has no approval: a pipeline made it, and not the registry stack."
