"""The Azure DevOps project with its teams and pipelines."""

from __future__ import annotations

from cdktf import TerraformStack

from tests.unit.constructs.examples import project, synthesized


def test_one_stack_creates_what_is_to_be_created(stack: TerraformStack) -> None:
    project(stack, create=True)
    written = synthesized(stack)
    assert written.at("azuredevops_project.project.visibility") == "private"
    assert written.at("azuredevops_group.team_leads.display_name") == "Leads"
    # QA was there before, and nothing has named it.
    assert list(written.resources("azuredevops_group")) == ["team_leads"]
    assert written.data("azuredevops_group") == {}


def test_an_existing_team_is_looked_up_there_too(stack: TerraformStack) -> None:
    project(stack, create=True).group_id("qa")
    written = synthesized(stack)
    assert list(written.resources("azuredevops_group")) == ["team_leads"]
    assert written.data("azuredevops_group")["team_qa"]["name"] == "QA Team"


def test_any_other_stack_looks_up_what_it_uses(stack: TerraformStack) -> None:
    ours = project(stack)
    assert ours.group_id("leads") == ours.group_id("leads")
    written = synthesized(stack)
    assert written.data("azuredevops_project")["project"]["name"] == "mlops"
    assert list(written.data("azuredevops_group")) == ["team_leads"]
    assert "resource" not in written.terraform


def test_pipelines_are_found_in_their_folders_and_missing_ones_are_left_out(stack: TerraformStack) -> None:
    assert list(project(stack).pipeline_ids(["PR Validation", "Promotion"])) == ["PR_Validation"]
    found = synthesized(stack).data("azuredevops_build_definition")
    assert list(found) == ["pipeline_PR_Validation"]
    assert (found["pipeline_PR_Validation"]["name"], found["pipeline_PR_Validation"]["path"]) == (
        "pr-validation",
        "\\checks",
    )
