"""The checks that environments, service connections and agent pools have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Project
from settings.models.devops import ApprovalEnvironment
from settings.models.durations import minutes


def add_approval(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    resource_type: Literal["environment", "endpoint"],
    resource_id: str,
    settings: ApprovalEnvironment,
) -> azuredevops.CheckApproval:
    """Have people approve each use of a resource, as ``settings`` say of an environment.

    Each approver entry is a person, or a team for which any one of its members answers. Whoever started the run cannot.
    """
    return azuredevops.CheckApproval(
        scope,
        id_,
        project_id=project.id,
        target_resource_type=resource_type,
        target_resource_id=resource_id,
        approvers=[project.identity_id(approver) for approver in settings.approvers],
        minimum_required_approvers=settings.minimum_approvers,
        requester_can_approve=False,
        timeout=minutes(settings.timeout),
        instructions=settings.instructions,
    )


def add_branch_control(
    scope: TerraformStack,
    id_: str,
    *,
    project: Project,
    resource_type: Literal["environment", "endpoint", "queue"],
    resource_id: str,
    branches: Sequence[str],
    verify_branch_protection: bool,
) -> azuredevops.CheckBranchControl:
    """Let only runs from ``branches`` (names such as ``main`` or ``release/*``) use a resource.

    With ``verify_branch_protection`` the branch must also have branch policies.
    """
    return azuredevops.CheckBranchControl(
        scope,
        id_,
        project_id=project.id,
        target_resource_type=resource_type,
        target_resource_id=resource_id,
        display_name="Allowed branches",
        allowed_branches=", ".join(f"refs/heads/{branch}" for branch in branches),
        verify_branch_protection=verify_branch_protection,
        ignore_unknown_protection_status=False,
    )
