"""Who may run on an agent pool."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.agent_pool import guard_agent_pool
from tests.unit.constructs.examples import project, synthesized


def test_a_pool_is_for_some_branches_and_pipelines_and_stays_somebody_else_s(stack: TerraformStack) -> None:
    guard_agent_pool(
        stack,
        "agents",
        project=project(stack),
        name="Prod agents",
        branches=["main", "release/*"],
        verify_branch_protection=True,
        pipelines=["Training", "Promotion"],
    )
    written = synthesized(stack)
    assert written.data("azuredevops_agent_queue")["agents"]["name"] == "Prod agents"
    assert "azuredevops_agent_queue" not in written.terraform["resource"]
    check = written.at("azuredevops_check_branch_control.agents_branch_control")
    queue = "${data.azuredevops_agent_queue.agents.id}"
    assert (check["target_resource_type"], check["target_resource_id"]) == ("queue", queue)
    assert check["allowed_branches"] == "refs/heads/main, refs/heads/release/*"
    assert check["verify_branch_protection"] is True
    # Promotion does not exist yet. No pipeline is authorized while the check is missing.
    authorizations = written.resources("azuredevops_pipeline_authorization")
    assert list(authorizations) == ["agents-pipeline-Training"]
    authorization = authorizations["agents-pipeline-Training"]
    assert (authorization["type"], authorization["resource_id"]) == ("queue", queue)
    assert authorization["lifecycle"]["replace_triggered_by"] == [
        "azuredevops_check_branch_control.agents_branch_control.id"
    ]
