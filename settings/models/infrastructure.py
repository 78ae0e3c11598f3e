"""The pipelines that check and deploy this platform's own Terraform, and what everything around them is called.

Pipelines name connections and environments as literal texts, so that each name is made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.devops import Approver
from settings.models.durations import ApprovalTimeout
from settings.models.text_rules import Matches
from settings.models.texts import PipelineFolder

_SIGN = '[^\\\\/:*?"<>|;#$*{},+=\\[\\]\n]'
RepositoryName = Annotated[
    str,
    Matches(
        f"(?!.{{65}})(?!.*\\.git$)(?![\\s._])(?:{_SIGN})+(?<![\\s.])",
        'the name of an Azure Repos repository in the project: 1 to 64 characters without \\ / : * ? " < > | ; # $ '
        "{ } , + = [ ]; a repository in GitHub cannot be named here",
        "write the name that Azure DevOps shows under Repos; for one in GitHub leave the section out "
        "(docs/infrastructure-pipelines.md)",
    ),
]
DeployedBranch = Annotated[
    str,
    Matches(
        "(?!.{257})(?!refs/)(?!.*(?:[\\s~^:?*\\[\\\\,]|//|\\.\\.))[^/](?:.*[^/])?",
        "one branch of at most 256 characters, such as main, without refs/heads/ and without *",
        example="main",
    ),
]

PIPELINES: Mapping[str, str] = MappingProxyType(
    {
        "pull-request": ".azuredevops/pull-request.yml",
        "deploy": ".azuredevops/deploy.yml",
        "drift": ".azuredevops/drift.yml",
    }
)
"""The pipelines, and the file of each in the repository."""


class InfrastructurePipelines(Model):
    """The platform's own pipelines: check each pull request, deploy after an approval, look for drift."""

    repository: RepositoryName
    """Name of the Azure Repos repository in the project that holds this code. It must exist."""
    branch: DeployedBranch = "main"
    """The branch that is deployed, and that pull requests are checked against."""
    folder: PipelineFolder = "\\"
    """Folder of the pipelines in Azure DevOps."""
    approvers: Annotated[tuple[Approver, ...], Field(min_length=1)]
    """Teams, by keys from ``teams``, and people who approve each change of a stack. A team is one entry."""
    minimum_approvers: Annotated[int, Field(ge=1)] = 1
    """How many entries must approve (approvals)."""
    timeout: ApprovalTimeout = "P1D"
    """How long a run waits for its approval, an ISO 8601 duration from PT1M to P30D. A plan expires after a day."""
    license: Literal["express", "stakeholder"] = "express"
    """Access level of the identities in the organization: express is Basic, which is paid for from the sixth on."""


@dataclass(frozen=True)
class StackPipelines:
    """What the pipelines need of one stack, by its names in Azure DevOps and Azure."""

    stack: str
    """Name of the stack."""

    @property
    def plan(self) -> str:
        """Name of the service connection that plans the stack and changes nothing, and of the identity behind it."""
        return f"{self.stack}-plan"

    @property
    def apply(self) -> str:
        """Name of the service connection that applies the stack's plans, and of the identity behind it."""
        return f"{self.stack}-apply"

    @property
    def environment(self) -> str:
        """Name of the environment in which a plan of the stack is approved."""
        return f"{self.stack}-infrastructure"


def stack_pipelines(prefix: str, environments: Iterable[str]) -> tuple[StackPipelines, ...]:
    """Return the names of each stack that the pipelines plan and apply: the registry's, then the environments'.

    The stack of the state is none of them: a person deploys it.
    """
    return tuple(StackPipelines(f"{prefix}-{name}") for name in ("registry", *environments))


def pipeline_name(prefix: str, key: str) -> str:
    """Return what a pipeline of :data:`PIPELINES` is called in Azure DevOps."""
    return f"{prefix}-infrastructure-{key}"
