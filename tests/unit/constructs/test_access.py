"""Roles on protected resources, and pipelines that are authorized to use them."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.devops.access import ResourceType, grant_access
from tests.unit.constructs.examples import project, synthesized


@pytest.mark.parametrize(
    ("resource_type", "scope", "resource_id"),
    [
        ("variablegroup", "distributedtask.variablegroup", '${join("$", ['),
        ("environment", "distributedtask.environmentreferencerole", '${join("_", ['),
        ("endpoint", "distributedtask.serviceendpointrole", '${join("_", ['),
    ],
)
def test_teams_get_roles_and_pipelines_are_authorized_one_by_one(
    stack: TerraformStack, resource_type: ResourceType, scope: str, resource_id: str
) -> None:
    grant_access(
        stack,
        "group",
        project=project(stack),
        resource_type=resource_type,
        resource_id="7",
        roles={"leads": "Administrator"},
        pipelines=["Training", "Promotion"],
    )
    written = synthesized(stack)
    role = written.at("azuredevops_securityrole_assignment.group-role-leads")
    assert (role["scope"], role["role_name"]) == (scope, "Administrator")
    assert role["resource_id"].startswith(resource_id)
    assert role["identity_id"] == "${data.azuredevops_group.team_leads.group_id}"
    # Promotion does not exist yet.
    authorizations = written.resources("azuredevops_pipeline_authorization")
    assert list(authorizations) == ["group-pipeline-Training"]
    only = authorizations["group-pipeline-Training"]
    assert (only["type"], only["resource_id"]) == (resource_type, "7")
    assert only["pipeline_id"] == "${data.azuredevops_build_definition.pipeline_Training.id}"


def test_pipelines_are_authorized_one_after_another(stack: TerraformStack) -> None:
    grant_access(
        stack,
        "group",
        project=project(stack),
        resource_type="variablegroup",
        resource_id="7",
        roles={},
        pipelines=["Training", "PR Validation"],
    )
    authorizations = synthesized(stack).resources("azuredevops_pipeline_authorization")
    # By name: the order of the list never matters.
    assert {name: body.get("depends_on") for name, body in authorizations.items()} == {
        "group-pipeline-PR_Validation": None,
        "group-pipeline-Training": ["azuredevops_pipeline_authorization.group-pipeline-PR_Validation"],
    }
