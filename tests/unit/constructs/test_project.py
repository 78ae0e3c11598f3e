"""The Azure DevOps project with its teams and pipelines."""

from __future__ import annotations

import re

import pytest
from cdktf import TerraformStack

from constructs_lib.devops.project import Project, address_of
from settings.models.devops import ServiceConnection
from settings.models.platform import AzureDevOps, Pipeline
from settings.models.platform import Project as ProjectSettings
from tests.unit.constructs.examples import project, synthesized


def test_one_stack_creates_what_is_to_be_created(stack: TerraformStack) -> None:
    project(stack, create=True)
    written = synthesized(stack)
    assert written.at("azuredevops_project.project.visibility") == "private"
    # QA was there before, and nothing has named it.
    assert written.at("azuredevops_group.team.for_each") == {"leads": "Leads"}
    assert written.at("azuredevops_group.team.display_name") == "${each.value}"
    assert written.data("azuredevops_group") == {}


def test_an_existing_team_is_looked_up_there_too(stack: TerraformStack) -> None:
    ours = project(stack, create=True)
    assert ours.identity_id("leads") == '${azuredevops_group.team["leads"].group_id}'
    ours.identity_id("qa")
    written = synthesized(stack)
    assert list(written.resources("azuredevops_group")) == ["team"]
    assert written.data("azuredevops_group")["team_qa"]["name"] == "QA Team"


@pytest.mark.parametrize("protect", [True, False])
def test_what_people_made_is_destroyed_only_by_a_word(stack: TerraformStack, protect: bool) -> None:
    project(stack, create=True, protect=protect)
    written = synthesized(stack)
    assert written.at("azuredevops_project.project.lifecycle.prevent_destroy") is protect
    assert written.at("azuredevops_group.team.lifecycle.prevent_destroy") is protect


def test_a_project_that_somebody_moves_to_another_process_is_not_replaced(stack: TerraformStack) -> None:
    project(stack, create=True)
    ignored = synthesized(stack).at("azuredevops_project.project.lifecycle.ignore_changes")
    assert {"work_item_template", "version_control"} <= set(ignored)


def test_pipelines_in_a_project_that_is_not_there_yet_are_refused(stack: TerraformStack) -> None:
    project(stack, create=True)
    written = synthesized(stack)
    assert written.data("azuredevops_projects") == {"project_there": {"name": "mlops"}}
    (expected,) = written.at("azuredevops_project.project.lifecycle.precondition")
    assert expected["condition"] == "${length(data.azuredevops_projects.project_there.projects) != 0}"
    # Promotion is said to be missing already.
    assert "nor do its pipelines: Training, pr-validation. Set exists: false for" in expected["error_message"]


def test_agent_pools_of_a_project_that_is_not_there_yet_are_refused(stack: TerraformStack) -> None:
    Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso",
            project=ProjectSettings(name="mlops", create=True),
        ),
        teams={},
        pipelines={},
        create=True,
        agent_pools=["prod-agents"],
    )
    (expected,) = synthesized(stack).at("azuredevops_project.project.lifecycle.precondition")
    assert expected["condition"] == "${length(data.azuredevops_projects.project_there.projects) != 0}"
    assert "has no agent pools: prod-agents. Take agent_pool out of" in expected["error_message"]


def test_a_project_is_created_where_no_pipeline_is_said_to_exist(stack: TerraformStack) -> None:
    Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso",
            project=ProjectSettings(name="mlops", create=True),
        ),
        teams={},
        pipelines={"Training": Pipeline(name="Training", exists=False)},
        create=True,
    )
    written = synthesized(stack)
    assert "precondition" not in written.at("azuredevops_project.project.lifecycle")
    assert written.data("azuredevops_projects") == {}


def test_what_is_no_longer_created_is_forgotten(stack: TerraformStack) -> None:
    project(stack, create=True, create_project=False)
    written = synthesized(stack).terraform
    assert written["removed"] == [
        {"from": address, "lifecycle": {"destroy": False}}
        for address in (
            *("azuredevops_group.team_qa", "azuredevops_project.project"),
            "azuredevops_group.entra",
        )
    ]
    assert written["moved"] == [
        {"from": "azuredevops_group.team_leads", "to": 'azuredevops_group.team["leads"]'},
        {"from": 'azuredevops_group.team["qa"]', "to": "azuredevops_group.team_qa"},
    ]


def test_any_other_stack_looks_up_what_it_uses(stack: TerraformStack) -> None:
    ours = project(stack)
    assert ours.identity_id("leads") == ours.identity_id("leads")
    written = synthesized(stack)
    assert written.data("azuredevops_project")["project"]["name"] == "mlops"
    assert list(written.data("azuredevops_group")) == ["team_leads"]
    assert "resource" not in written.terraform


def test_a_person_is_found_by_the_name_that_the_person_signs_in_with(stack: TerraformStack) -> None:
    ours = project(stack)
    found = "data.azuredevops_users.person_anna_maier-at-contoso_com"
    for _ in range(2):
        assert ours.identity_id("anna.maier@contoso.com") == f"${{one({found}.users[*].id)}}"
    person = synthesized(stack).data("azuredevops_users")["person_anna_maier-at-contoso_com"]
    assert person["principal_name"] == "anna.maier@contoso.com"
    (expected,) = person["lifecycle"]["postcondition"]
    assert expected["condition"] == "${length(self.users) == 1}"
    assert (
        "No one person signs in to https://dev.azure.com/contoso as anna.maier@con"
        in expected["error_message"]
    )


@pytest.mark.parametrize(
    "one", ["a.b@c.de", "a_b@c.de", "a-b@c.de", "a@b.c.de", "a--b@c.de", "a-_b@c.de", "a@c.de"]
)
def test_no_two_people_have_one_address(one: str) -> None:
    others = {"a.b@c.de", "a_b@c.de", "a-b@c.de", "a@b.c.de", "a--b@c.de", "a-_b@c.de", "a@c.de"} - {one}
    assert address_of(one) not in {address_of(other) for other in others}
    assert re.fullmatch(r"[\w-]+", address_of(one))
    # Team keys have no hyphen.
    assert "-at-" in address_of(one)
    assert address_of("qa_team") == "qa_team"


def test_pipelines_are_found_in_their_folders_and_missing_ones_are_left_out(stack: TerraformStack) -> None:
    assert list(project(stack).pipeline_ids(["PR Validation", "Promotion"])) == ["PR_Validation"]
    found = synthesized(stack).data("azuredevops_build_definition")
    assert list(found) == ["pipeline_PR_Validation"]
    assert (found["pipeline_PR_Validation"]["name"], found["pipeline_PR_Validation"]["path"]) == (
        "pr-validation",
        "\\checks",
    )
    # The provider may find it elsewhere.
    (expected,) = found["pipeline_PR_Validation"]["lifecycle"]["postcondition"]
    assert expected["condition"] == '${lower(self.path) == "\\\\checks"}'
    assert expected["error_message"].startswith(
        "The pipeline pr-validation was found in the folder ${self.path}, not in \\checks. Set its folder in"
    )


def test_a_pipeline_that_starts_by_itself_starts_on_a_branch_that_is_let_in(stack: TerraformStack) -> None:
    ours = project(stack)
    names = ["Training", "Promotion"]  # Promotion is missing
    ours.expect_start_on(names, ServiceConnection(name="Any", used_by=()))
    ours.expect_start_on(
        names, ServiceConnection(name="Azure-Prod", used_by=(), branches=("main", "release/*"))
    )
    pipelines = synthesized(stack).data("azuredevops_build_definition")
    assert list(pipelines) == ["pipeline_Training"]
    _, expected = pipelines["pipeline_Training"]["lifecycle"]["postcondition"]
    assert expected["condition"] == (
        '${can(regex("^(refs/heads/)?(main|release/.*)$", self.repository[0].branch_name))}'
    )
    assert "Azure-Prod lets only main, release/* in" in expected["error_message"]
