"""What stands before a resource: its checks, and which pipelines may use it.

Documentation: approvalsandchecks/check-configurations, approvalsandchecks/pipeline-permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from client.calls import Call
from client.devops.identities import IdentityRef
from client.services import Services

_VERSION = "7.1-preview.1"
_CHECKS = Call("{project}/_apis/pipelines/checks/configurations", _VERSION, "Reader of the resource")
_PERMISSIONS = Call(
    "{project}/_apis/pipelines/pipelinepermissions/{resource_type}/{resource_id}",
    _VERSION,
    "Reader of the resource",
)

RESOURCE_TYPES = ("endpoint", "environment", "queue", "repository", "securefile", "variablegroup")
"""What can have checks and be authorized for pipelines. A repository's id is ``<project id>.<repository id>``."""


@dataclass(frozen=True)
class Resource:
    """What a check or an authorization is about."""

    type: str
    """One of :data:`RESOURCE_TYPES`."""
    id: str
    name: str = ""


@dataclass(frozen=True)
class CheckType:
    """The kind of a check."""

    id: str
    name: str = ""
    """``Approval``, ``Task Check`` (branch control and business hours among them), ``ExclusiveLock``."""


@dataclass(frozen=True)
class DefinitionRef:
    """The task that a check runs."""

    id: str
    name: str = ""
    """``evaluatebranchProtection`` for branch control."""
    version: str = ""


@dataclass(frozen=True)
class CheckSettings:
    """The settings of a check. An approval has the first five, a check that runs a task the others."""

    approvers: tuple[IdentityRef, ...] = ()
    """Each entry is one approval, also if it is a group: anybody in it may give it."""
    min_required_approvers: int = 0
    """How many entries have to approve. 0 is all of them."""
    requester_cannot_be_approver: bool = False
    instructions: str = ""
    execution_order: str = ""
    """``anyOrder`` or ``inSequence``."""
    definition_ref: DefinitionRef | None = None
    display_name: str = ""
    inputs: Mapping[str, object] = field(default_factory=dict)
    """What the task gets. Branch control has ``allowedBranches`` and ``ensureProtectionOfBranch``, as texts."""


@dataclass(frozen=True)
class CheckConfiguration:
    """One check of one resource."""

    id: int
    type: CheckType
    resource: Resource
    settings: CheckSettings = CheckSettings()
    timeout: int | None = None
    """Minutes until it counts as failed."""
    is_disabled: bool = False
    created_by: IdentityRef | None = None
    created_on: datetime | None = None
    modified_by: IdentityRef | None = None
    modified_on: datetime | None = None


def is_approval(check: CheckConfiguration) -> bool:
    """Tell whether somebody is asked."""
    return check.type.name == "Approval"


def is_exclusive_lock(check: CheckConfiguration) -> bool:
    """Tell whether it lets one run through at a time."""
    return check.type.name == "ExclusiveLock"


def is_branch_control(check: CheckConfiguration) -> bool:
    """Tell whether it is the task that looks at the branch of a run."""
    task = check.settings.definition_ref
    return task is not None and task.name == "evaluatebranchProtection"


@dataclass(frozen=True)
class Permission:
    """Whether pipelines may use the resource, and who allowed it."""

    authorized: bool = False
    authorized_by: IdentityRef | None = None
    authorized_on: datetime | None = None


@dataclass(frozen=True)
class PipelinePermission:
    """Whether one pipeline may use the resource, and who allowed it."""

    id: int
    """Of the pipeline's build definition."""
    authorized: bool = False
    authorized_by: IdentityRef | None = None
    authorized_on: datetime | None = None


@dataclass(frozen=True)
class PipelinePermissions:
    """Which pipelines may use a resource."""

    resource: Resource | None = None
    all_pipelines: Permission | None = None
    """None where it is not open to all."""
    pipelines: tuple[PipelinePermission, ...] = ()


def checks(
    services: Services, project: str, resource_type: str, resource_id: str | int
) -> Iterator[CheckConfiguration]:
    """List the checks of a resource with their settings. Raises :class:`client.errors.ServiceError`.

    ``resource_type`` is one of :data:`RESOURCE_TYPES`. A resource that does not exist has no checks.
    """
    query = {"resourceType": resource_type, "resourceId": resource_id, "$expand": "settings"}
    return services.devops.listed(CheckConfiguration, _CHECKS, query, project=project)


def pipeline_permissions(
    services: Services, project: str, resource_type: str, resource_id: str | int
) -> PipelinePermissions:
    """Read which pipelines may use a resource. Raises :class:`client.errors.ServiceError`."""
    return services.devops.get(
        PipelinePermissions,
        _PERMISSIONS,
        project=project,
        resource_type=resource_type,
        resource_id=resource_id,
    )
