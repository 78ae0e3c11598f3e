"""An Azure DevOps environment that a run may only enter with approval."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import grant_access
from constructs_lib.devops.checks import add_approval, add_branch_control
from constructs_lib.devops.project import Project
from settings.models.devops import ApprovalEnvironment
from settings.models.durations import minutes


def add_approval_environment(
    scope: TerraformStack, id_: str, *, project: Project, settings: ApprovalEnvironment
) -> None:
    """Add an environment with approval, branch control and exclusive lock.

    Approvers can look at the environment, so that they find the request.
    """
    environment = azuredevops.Environment(scope, id_, project_id=project.id, name=settings.name)
    approval = add_approval(
        scope,
        f"{id_}_approval",
        project=project,
        resource_type="environment",
        resource_id=environment.id,
        settings=settings,
    )
    branch_control = add_branch_control(
        scope,
        f"{id_}_branch_control",
        project=project,
        resource_type="environment",
        resource_id=environment.id,
        branches=settings.branches,
        verify_branch_protection=settings.verify_branch_protection,
    )
    lock = azuredevops.CheckExclusiveLock(
        scope,
        f"{id_}_exclusive_lock",
        project_id=project.id,
        target_resource_type="environment",
        target_resource_id=environment.id,
        timeout=minutes(settings.timeout),
    )
    grant_access(
        scope,
        id_,
        project=project,
        resource_type="environment",
        resource_id=environment.id,
        roles=dict.fromkeys(settings.approvers, "Reader"),
        pipelines=settings.used_by,
        checks=[approval, branch_control, lock],
    )
