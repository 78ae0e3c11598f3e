"""Branch control."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.checks import add_branch_control
from tests.unit.constructs.examples import project, synthesized


def test_branches_are_named_by_their_refs(stack: TerraformStack) -> None:
    add_branch_control(
        stack,
        "branch_control",
        project=project(stack),
        resource_type="endpoint",
        resource_id="7",
        branches=["main", "release/*"],
        verify_branch_protection=True,
    )
    check = synthesized(stack).at("azuredevops_check_branch_control.branch_control")
    assert (check["target_resource_type"], check["target_resource_id"]) == ("endpoint", "7")
    assert check["allowed_branches"] == "refs/heads/main, refs/heads/release/*"
    assert check["verify_branch_protection"] is True
    assert check["ignore_unknown_protection_status"] is False
