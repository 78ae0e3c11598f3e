"""Azure DevOps: repositories with their pipelines and policies, and services that are members of the organization."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.cloud.store import Cloud
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, RefusedError, Values

PIPELINE = "azuredevops_build_definition"
POLICY = "azuredevops_branch_policy_build_validation"
PERMISSIONS = "azuredevops_git_permissions"
MEMBER = "azuredevops_service_principal_entitlement"
NOBODY = "12345678-1234-4234-8234-123456789abc"


@pytest.fixture
def repository(cloud: Cloud, devops: Client, project_id: str) -> str:
    seed(cloud.folder, repositories=["platform"], subscriptions=())
    return str(devops.look_up("azuredevops_git_repository", project_id=project_id, name="platform")["id"])


def pipeline(project_id: str, repository: str, **arguments: object) -> Values:
    block = {"repo_id": repository, "repo_type": "TfsGit", "branch_name": "main", "yml_path": "deploy.yml"}
    return {"project_id": project_id, "name": "deploy", "repository": [block], **arguments}


# --- Repositories ---------------------------------------------------------------------------------------------------


def test_a_repository_that_is_not_there_is_not_found(
    devops: Client, project_id: str, repository: str
) -> None:
    with pytest.raises(
        RefusedError, match=f"Repository with name other does not exist in project {project_id}"
    ):
        devops.look_up("azuredevops_git_repository", project_id=project_id, name="other")
    again = devops.look_up("azuredevops_git_repository", project_id=project_id, name="Platform")
    assert again["id"] == repository
    assert again["default_branch"] == "refs/heads/main"


# --- Pipelines ------------------------------------------------------------------------------------------------------


def test_a_pipeline_is_found_by_its_name_once_it_is_made(
    devops: Client, project_id: str, repository: str
) -> None:
    made = devops.create(PIPELINE, **pipeline(project_id, repository, path="\\platform"))
    assert (made["agent_pool_name"], made["queue_status"], made["revision"]) == (
        "Azure Pipelines",
        "enabled",
        1,
    )
    assert made["job_authorization_scope"] == "projectCollection"
    found = devops.look_up(PIPELINE, project_id=project_id, name="deploy", path="\\platform")
    assert found["id"] == made["id"]


def test_a_name_is_taken_in_its_folder(devops: Client, project_id: str, repository: str) -> None:
    devops.create(PIPELINE, **pipeline(project_id, repository))
    with pytest.raises(RefusedError, match="Build pipeline Deploy already exists for project mlops"):
        devops.create(PIPELINE, **pipeline(project_id, repository, name="Deploy"))
    devops.create(PIPELINE, **pipeline(project_id, repository, path="\\other"))
    with pytest.raises(RefusedError, match="already exists"):  # one that somebody made by hand
        devops.create(PIPELINE, **pipeline(project_id, repository, name="Training"))


def test_it_needs_a_repository_that_is_there(devops: Client, project_id: str) -> None:
    with pytest.raises(RefusedError, match="TF401019: The Git repository with name or identifier 1234"):
        devops.create(PIPELINE, **pipeline(project_id, NOBODY))


def test_another_branch_changes_it_in_place(devops: Client, project_id: str, repository: str) -> None:
    made = devops.create(PIPELINE, **pipeline(project_id, repository))
    block = {"repo_id": repository, "repo_type": "TfsGit", "branch_name": "trunk", "yml_path": "deploy.yml"}
    changed = devops.change(PIPELINE, made, **{**pipeline(project_id, repository), "repository": [block]})
    assert (changed["id"], changed["repository"][0]["branch_name"]) == (made["id"], "trunk")


# --- Policies and permissions ---------------------------------------------------------------------------------------


def policy(project_id: str, repository: str, number: float) -> Values:
    scope = {"repository_id": repository, "repository_ref": "refs/heads/main"}
    settings = {"build_definition_id": number, "display_name": "check", "scope": [scope]}
    return {"project_id": project_id, "settings": [settings]}


def test_a_policy_names_a_pipeline_and_a_repository_that_are_there(
    devops: Client, project_id: str, repository: str
) -> None:
    number = float(devops.create(PIPELINE, **pipeline(project_id, repository))["id"])
    made = devops.create(POLICY, **policy(project_id, repository, number))
    assert (made["enabled"], made["blocking"], made["settings"][0]["valid_duration"]) == (True, True, 720)
    with pytest.raises(RefusedError, match="The pipeline with the id 4711 could not be found"):
        devops.create(POLICY, **policy(project_id, repository, 4711))
    with pytest.raises(RefusedError, match="TF401019"):
        devops.create(POLICY, **policy(project_id, NOBODY, number))


def build_service(devops: Client, project_id: str) -> Values:
    (found,) = devops.look_up("azuredevops_users", principal_name=project_id, subject_types=["svc"])["users"]
    return dict(found)


def permissions(project_id: str, repository: str, principal: str, **given: str) -> Values:
    return {
        "project_id": project_id,
        "repository_id": repository,
        "principal": principal,
        "permissions": given or {"PullRequestContribute": "Allow"},
        "replace": False,
    }


def test_the_build_service_goes_by_the_id_of_its_project(
    devops: Client, project_id: str, repository: str
) -> None:
    service = build_service(devops, project_id)
    assert service["display_name"] == "mlops Build Service"
    made = devops.create(PERMISSIONS, **permissions(project_id, repository, service["descriptor"]))
    assert made["id"] == f"repoV2/{project_id}/{repository}/{service['descriptor']}"
    people = devops.look_up("azuredevops_users", principal_name=project_id, subject_types=["aad"])
    assert people["users"] == []


def test_a_new_project_has_a_build_service_too(devops: Client) -> None:
    project_id = devops.create("azuredevops_project", name="other")["id"]
    assert build_service(devops, project_id)["display_name"] == "other Build Service"


def test_permissions_are_those_of_a_repository_and_of_somebody(
    devops: Client, project_id: str, repository: str
) -> None:
    who = build_service(devops, project_id)["descriptor"]
    with pytest.raises(
        RefusedError, match=r"Invalid permission \[Comment\], valid permissions are Administer"
    ):
        devops.create(PERMISSIONS, **permissions(project_id, repository, who, Comment="Allow"))
    with pytest.raises(RefusedError, match="Failed to load identity information"):
        devops.create(PERMISSIONS, **permissions(project_id, repository, "svc.nobody"))
    with pytest.raises(RefusedError, match="TF401019"):
        devops.create(PERMISSIONS, **permissions(project_id, NOBODY, who))


# --- Members of the organization ------------------------------------------------------------------------------------


@pytest.fixture
def identity(azure: Client) -> Values:
    return azure.create(
        "azurerm_user_assigned_identity", name="plan", resource_group_name="rg", location="eastus"
    )


def test_a_managed_identity_becomes_a_member(devops: Client, project_id: str, identity: Values) -> None:
    member = devops.create(MEMBER, origin_id=identity["principal_id"])
    assert (member["display_name"], member["origin"]) == ("plan", "aad")
    assert (member["account_license_type"], member["licensing_source"]) == ("express", "account")
    role = {
        "scope": "distributedtask.library",
        "resource_id": f"{project_id}$0",
        "identity_id": member["id"],
        "role_name": "Reader",
    }
    assert devops.create("azuredevops_securityrole_assignment", **role)["role_name"] == "Reader"
    with pytest.raises(RefusedError, match="The following project does not exist"):
        devops.create("azuredevops_securityrole_assignment", **{**role, "resource_id": f"{NOBODY}$0"})


def test_who_is_not_in_entra_does_not(devops: Client) -> None:
    with pytest.raises(RefusedError, match=f"the service principal {NOBODY} could not be found"):
        devops.create(MEMBER, origin_id=NOBODY)


def test_who_leaves_is_in_no_group_any_more(
    devops: Client, cloud: Cloud, project_id: str, identity: Values
) -> None:
    readers = devops.look_up("azuredevops_group", name="Readers", project_id=project_id)
    member = devops.create(MEMBER, origin_id=identity["principal_id"])
    devops.create("azuredevops_group_membership", group=readers["descriptor"], members=[member["descriptor"]])
    group = cloud.find(readers["id"], "azuredevops_group")
    assert group is not None
    assert group.attributes["members"] == [member["descriptor"]]
    devops.destroy(MEMBER, member)
    group = cloud.find(readers["id"], "azuredevops_group")
    assert group is not None
    assert group.attributes["members"] == []


def test_whose_identity_is_gone_is_gone(
    devops: Client, cloud: Cloud, azure: Client, identity: Values
) -> None:
    member = devops.create(MEMBER, origin_id=identity["principal_id"])
    found = cloud.find(identity["id"], "azurerm_user_assigned_identity")
    assert found is not None
    cloud.write(replace(found, attributes={**found.attributes, "principal_id": NOBODY}))
    assert devops.read(MEMBER, member) is None
