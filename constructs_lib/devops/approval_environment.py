"""An Azure DevOps environment that a run may only enter with approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import Access
from constructs_lib.devops.checks import BranchControl
from constructs_lib.devops.project import Pipeline, Project, Team


class ApprovalEnvironment:
    """An environment with approval, branch control and exclusive lock.

    Each approver entry is a team; any one of its members answers for it. The person who started the run
    cannot approve it. Approvers can look at the environment, so that they find the request.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        name: str,
        approvers: Mapping[str, Team],
        minimum_approvers: int,
        timeout_minutes: int,
        instructions: str,
        branches: Sequence[str],
        verify_branch_protection: bool,
        pipelines: Mapping[str, Pipeline],
    ) -> None:
        """Create the environment and its checks.

        ``minimum_approvers`` counts entries and has an effect only with two or more of them.
        ``timeout_minutes`` is how long a run waits for approval (minutes, 1 to 43200).
        """
        environment = azuredevops.Environment(scope, id_, project_id=project.id, name=name)
        azuredevops.CheckApproval(
            scope,
            f"{id_}_approval",
            project_id=project.id,
            target_resource_type="environment",
            target_resource_id=environment.id,
            approvers=[team.group_id for team in approvers.values()],
            minimum_required_approvers=minimum_approvers,
            requester_can_approve=False,
            timeout=timeout_minutes,
            instructions=instructions,
        )
        BranchControl(
            scope,
            f"{id_}_branch_control",
            project=project,
            target_type="environment",
            target_id=environment.id,
            branches=branches,
            verify_branch_protection=verify_branch_protection,
        )
        azuredevops.CheckExclusiveLock(
            scope,
            f"{id_}_exclusive_lock",
            project_id=project.id,
            target_resource_type="environment",
            target_resource_id=environment.id,
            timeout=timeout_minutes,
        )
        Access(
            scope,
            id_,
            project=project,
            kind="environment",
            resource_id=environment.id,
            roles={key: (team, "Reader") for key, team in approvers.items()},
            pipelines=pipelines,
        )
