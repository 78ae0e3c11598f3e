"""An organization with one of each type of Azure DevOps, made through Terraform's door."""

from __future__ import annotations

from sandbox.cloud.store import Cloud
from sandbox.services.seed import seed
from tests.unit.sandbox.client import Client, Values
from tests.unit.sandbox.resources import IN_GROUP
from tests.unit.sandbox.test_devops import connection_arguments, webhook_arguments

ENTRA = "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01"


def populate(cloud: Cloud, devops: Client, project_id: str) -> Values:
    """Make one of each, and return the states by short names."""
    seed(
        cloud.folder, people=["anna@contoso.com"], groups=["Leads"], agent_pools=["agents"], subscriptions=()
    )
    leads = next(item for item in cloud.resources("azuredevops_group") if item.name == "Leads")
    (queue,) = cloud.resources("azuredevops_agent_queue")
    anna = next(item for item in cloud.resources("azuredevops_user"))
    entra = devops.create("azuredevops_group", origin_id=ENTRA)
    devops.create(
        "azuredevops_group_membership",
        group=leads.id,
        members=[entra["descriptor"], anna.attributes["descriptor"]],
    )
    environment = devops.create(
        "azuredevops_environment", project_id=project_id, name="prod-deployment", description="For prod"
    )
    on = {
        "project_id": project_id,
        "target_resource_id": environment["id"],
        "target_resource_type": "environment",
    }
    devops.create(
        "azuredevops_check_approval",
        **on,
        approvers=[leads.attributes["group_id"]],
        minimum_required_approvers=1,
        instructions="Look at the report.",
        timeout=600,
    )
    devops.create(
        "azuredevops_check_branch_control",
        **on,
        display_name="Allowed branches",
        allowed_branches="refs/heads/main",
        verify_branch_protection=True,
    )
    devops.create("azuredevops_check_exclusive_lock", **on)
    of_queue = {**on, "target_resource_id": queue.id, "target_resource_type": "queue"}
    devops.create("azuredevops_check_exclusive_lock", **of_queue)
    pipeline = {"project_id": project_id, "resource_id": environment["id"], "type": "environment"}
    devops.create("azuredevops_pipeline_authorization", **pipeline, pipeline_id=1)
    connection = devops.create("azuredevops_serviceendpoint_azurerm", **connection_arguments(project_id))
    webhook = devops.create(
        "azuredevops_serviceendpoint_incomingwebhook",
        **{**webhook_arguments(project_id), "service_endpoint_name": "webhook"},
    )
    group = devops.create(
        "azuredevops_variable_group",
        project_id=project_id,
        name="settings",
        description="What people set",
        variable=[
            {"name": "minimum", "value": "0.70"},
            {"name": "token", "secret_value": "hidden", "is_secret": True},
        ],
    )
    devops.create(
        "azuredevops_securityrole_assignment",
        scope="distributedtask.variablegroup",
        resource_id=f"{project_id}${group['id']}",
        identity_id=leads.attributes["group_id"],
        role_name="User",
    )
    return {
        "leads": {"id": leads.id, **leads.attributes},
        "anna": {"id": anna.id, **anna.attributes},
        "entra": entra,
        "environment": environment,
        "connection": connection,
        "webhook": webhook,
        "group": group,
        "queue": {"id": queue.id, **queue.attributes},
    }


def populate_repository(cloud: Cloud, devops: Client, azure: Client, made: Values) -> None:
    """Make a repository with a policy, with permissions and with a pipeline, and a service as a member."""
    project_id, principal = made["environment"]["project_id"], made["leads"]["id"]
    seed(cloud.folder, repositories=["platform"], subscriptions=())
    (repository,) = cloud.resources("azuredevops_git_repository")
    pipeline = devops.create(
        "azuredevops_build_definition",
        project_id=project_id,
        name="Deploy",
        path="\\platform",
        repository=[
            {
                "repo_type": "TfsGit",
                "repo_id": repository.id,
                "yml_path": "deploy.yml",
                "branch_name": "refs/heads/main",
            }
        ],
    )
    scope = {"repository_id": repository.id, "repository_ref": "refs/heads/main", "match_type": "Exact"}
    settings = {
        "build_definition_id": int(pipeline["id"]),
        "display_name": "Plan",
        "valid_duration": 0,
        "scope": [scope],
    }
    devops.create("azuredevops_branch_policy_build_validation", project_id=project_id, settings=[settings])
    devops.create(
        "azuredevops_git_permissions",
        project_id=project_id,
        repository_id=repository.id,
        principal=principal,
        permissions={"PullRequestContribute": "Allow", "GenericContribute": "Deny"},
    )
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="plans")
    devops.create("azuredevops_service_principal_entitlement", origin_id=identity["principal_id"])
