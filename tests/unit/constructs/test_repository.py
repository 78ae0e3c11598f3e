"""A repository's pipelines."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.devops.access import grant_access
from constructs_lib.devops.project import Project
from constructs_lib.devops.repository import Repository
from tests.unit.constructs.examples import project, synthesized

PROJECT = "${data.azuredevops_project.project.id}"
FOUND = "${data.azuredevops_git_repository.code.id}"


def repository(stack: TerraformStack, home: Project) -> Repository:
    return Repository(stack, "code", project=home, name="platform", branch="main")


@pytest.mark.parametrize("protect", [True, False])
def test_its_pipelines_go_by_their_files_and_run_as_the_service_of_the_project(
    stack: TerraformStack, protect: bool
) -> None:
    repository(stack, project(stack)).add_pipeline(
        "deploy", name="mlops deploy", folder="\\platform", yaml="deploy.yml", protect=protect
    )
    assert synthesized(stack).at("azuredevops_build_definition.deploy") == {
        "project_id": PROJECT,
        "name": "mlops deploy",
        "path": "\\platform",
        "repository": {
            "repo_id": FOUND,
            "repo_type": "TfsGit",
            "branch_name": "main",
            "yml_path": "deploy.yml",
        },
        "ci_trigger": {"use_yaml": True},
        "job_authorization_scope": "project",
        "lifecycle": {"prevent_destroy": protect},
    }


def test_they_are_authorized_like_any_other(stack: TerraformStack) -> None:
    home = project(stack)
    repository(stack, home).add_pipeline(
        "deploy", name="mlops deploy", folder="\\", yaml="deploy.yml", protect=True
    )
    grant_access(
        stack,
        "gate",
        project=home,
        resource_type="environment",
        resource_id="7",
        roles={},
        pipelines=["mlops deploy", "Training"],
    )
    authorizations = synthesized(stack).resources("azuredevops_pipeline_authorization")
    assert {key: body["pipeline_id"] for key, body in authorizations.items()} == {
        "gate-pipeline-mlops_deploy": "${azuredevops_build_definition.deploy.id}",
        "gate-pipeline-Training": "${data.azuredevops_build_definition.pipeline_Training.id}",
    }


def test_one_of_them_must_succeed_before_a_pull_request_completes(stack: TerraformStack) -> None:
    code = repository(stack, project(stack))
    number = code.add_pipeline("check", name="check", folder="\\", yaml="check.yml", protect=True)
    code.must_succeed(number, name="check")
    policy = synthesized(stack).at("azuredevops_branch_policy_build_validation.code_validation")
    assert (policy["enabled"], policy["blocking"]) == (True, True)
    assert policy["settings"]["build_definition_id"] == "${azuredevops_build_definition.check.id}"
    assert policy["settings"]["scope"] == [
        {"repository_id": FOUND, "repository_ref": "refs/heads/main", "match_type": "Exact"}
    ]


def test_runs_may_comment_and_nothing_else(stack: TerraformStack) -> None:
    repository(stack, project(stack)).let_pipelines_comment()
    written = synthesized(stack)
    service = written.data("azuredevops_users")["code_build_service"]
    assert (service["principal_name"], service["subject_types"]) == (PROJECT, ["svc"])
    (expected,) = service["lifecycle"]["postcondition"]
    assert "has no build service yet" in expected["error_message"]
    assert written.at("azuredevops_git_permissions.code_comments") == {
        "project_id": PROJECT,
        "repository_id": FOUND,
        "principal": "${one(data.azuredevops_users.code_build_service.users[*].descriptor)}",
        "permissions": {"PullRequestContribute": "Allow"},
        "replace": False,
    }
