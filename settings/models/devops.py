"""Settings of Azure DevOps that the platform and every environment have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.durations import ApprovalTimeout
from settings.models.markers import NotFilledIn, RefersTo, Unique
from settings.models.text_rules import Matches
from settings.models.texts import (
    GUID,
    NO_ID,
    TEAM_KEY,
    Branch,
    DisplayName,
    SecretName,
    TeamKey,
    VariableName,
    VariableValue,
    WebhookName,
)

Role = Literal["Reader", "User", "Administrator"]
TeamReference = Annotated[TeamKey, RefersTo("teams")]
Approver = Annotated[
    str,
    # A person's name becomes a part of Terraform addresses. Entra has none longer than this.
    Matches(
        f"{TEAM_KEY}|(?!.{{114}})[a-z0-9._-]{{1,64}}@[a-z0-9-]{{1,63}}(?:\\.[a-z0-9-]{{1,63}})+",
        "the key of a team, or the name that a person signs in with, in lower case, such as anna@contoso.com",
        "write a key from teams, or the name that Azure DevOps shows in Organization settings, Users",
    ),
    RefersTo("teams", unless="@"),
]
EntraGroup = Annotated[
    str,
    Matches(
        f"{GUID}|{TEAM_KEY}",
        "the object id of an Entra group, a GUID, or the key of a team that has entra_group",
        "copy the object id from the Microsoft Entra admin center, or write a key from teams",
    ),
    NotFilledIn(NO_ID),
    RefersTo("teams", unless="-"),
]
PipelineReference = Annotated[DisplayName, RefersTo("pipelines")]
VariableGroupName = Annotated[DisplayName, Unique("variable group")]


def is_person(who: str) -> bool:
    """Tell a person from a team among approvers."""
    return "@" in who


class VariableGroup(Model):
    """One Library variable group: who may do what with it, and which pipelines use it."""

    name: VariableGroupName
    """Name of the group, exactly as the pipelines' ``- group:`` lines have it."""
    purpose: Annotated[str, Field(min_length=1, max_length=1024)]
    """What the group is for, shown as its description in the Library."""
    used_by: tuple[PipelineReference, ...]
    """Pipelines that are authorized to use the group: names from ``pipelines`` in platform.yaml."""
    permissions: dict[TeamReference, Role]
    """Role of each team on the group. Administrator edits values, User uses them, Reader looks."""
    extra_variables: dict[VariableName, VariableValue] = Field(default_factory=dict)
    """Further variables of your own: name and first value. They belong to the Library afterwards."""


class KeyVaultVariableGroup(Model):
    """A variable group whose values are secrets of the environment's key vault. Always an extra group."""

    name: VariableGroupName
    """Name of the group."""
    used_by: tuple[PipelineReference, ...]
    """Pipelines that are authorized to use the group: names from ``pipelines`` in platform.yaml."""
    permissions: dict[TeamReference, Role]
    """Role of each team on the group."""
    secrets: Annotated[tuple[SecretName, ...], Field(min_length=1)]
    """Names of the secrets to link. They must exist in the vault before the deployment."""


class ServiceConnection(Model):
    """An Azure Resource Manager service connection by workload identity federation, without any key."""

    name: Annotated[DisplayName, Unique("service connection")]
    """Name of the connection: the value of ``azureServiceConnection`` in the variable group."""
    used_by: tuple[PipelineReference, ...]
    """Pipelines that are authorized to use the connection: names from ``pipelines`` in platform.yaml."""
    branches: tuple[Branch, ...] = ()
    """Branches a run may come from. Empty: any branch (pull requests run on refs of their own)."""
    verify_branch_protection: bool = False
    """Whether the branch must also have branch policies."""


class IncomingWebhook(Model):
    """A service connection that lets a call from outside start pipelines."""

    name: WebhookName
    """Name of the webhook and of its service connection. It is the last part of the webhook's address."""
    used_by: tuple[PipelineReference, ...]
    """Pipelines that are authorized to listen: names from ``pipelines`` in platform.yaml."""


class ApprovalEnvironment(Model):
    """An Azure DevOps environment with its approval, branch control and exclusive lock checks."""

    name: Annotated[DisplayName, Unique("approval environment")]
    """Name of the environment, as in the pipelines' deployment jobs."""
    used_by: tuple[PipelineReference, ...]
    """Pipelines that are authorized to deploy to it: names from ``pipelines`` in platform.yaml."""
    approvers: Annotated[tuple[Approver, ...], Field(min_length=1)]
    """Teams, by keys from ``teams``, and people who approve. A team is one entry: any one member answers for it."""
    minimum_approvers: Annotated[int, Field(ge=1)] = 1
    """How many entries must approve (approvals)."""
    timeout: ApprovalTimeout
    """How long a run waits for its approval, an ISO 8601 duration from PT1M to P30D."""
    instructions: Annotated[str, Field(min_length=1, max_length=2048)]
    """What the approvers are asked to check, shown with the request."""
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)]
    """Branches a run may come from."""
    verify_branch_protection: bool = False
    """Whether the branch must also have branch policies."""
