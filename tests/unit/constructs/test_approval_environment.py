"""An environment that a run enters with approval."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.approval_environment import add_approval_environment
from settings.models.devops import ApprovalEnvironment
from tests.unit.constructs.examples import project, synthesized


def test_a_run_needs_approval_a_branch_and_the_lock(stack: TerraformStack) -> None:
    add_approval_environment(
        stack,
        "approval",
        project=project(stack),
        settings=ApprovalEnvironment(
            name="prod-deployment",
            used_by=("Training",),
            approvers=("leads", "qa", "anna@contoso.com"),
            minimum_approvers=2,
            timeout="PT36H",
            instructions="Look at the metrics.",
            branches=("main",),
        ),
    )
    written = synthesized(stack)
    approval = written.at("azuredevops_check_approval.approval_approval")
    assert approval["approvers"] == [
        "${data.azuredevops_group.team_leads.group_id}",
        "${data.azuredevops_group.team_qa.group_id}",
        "${one(data.azuredevops_users.person_anna-at-contoso_com.users[*].id)}",
    ]
    assert (approval["minimum_required_approvers"], approval["requester_can_approve"]) == (2, False)
    lock = written.at("azuredevops_check_exclusive_lock.approval_exclusive_lock")
    assert approval["timeout"] == lock["timeout"] == 36 * 60
    assert written.at("azuredevops_check_branch_control.approval_branch_control.allowed_branches") == (
        "refs/heads/main"
    )
    # No pipeline is authorized while a check is missing, nor stays so while one is made anew.
    authorization = written.at("azuredevops_pipeline_authorization.approval-pipeline-Training")
    assert authorization["lifecycle"]["replace_triggered_by"] == [
        "azuredevops_check_approval.approval_approval.id",
        "azuredevops_check_branch_control.approval_branch_control.id",
        "azuredevops_check_exclusive_lock.approval_exclusive_lock.id",
    ]
    # Approvers can look at the environment, so that they find the request.
    roles = written.resources("azuredevops_securityrole_assignment")
    assert {name: body["role_name"] for name, body in roles.items()} == {
        "approval-role-leads": "Reader",
        "approval-role-qa": "Reader",
        "approval-role-anna-at-contoso_com": "Reader",
    }
