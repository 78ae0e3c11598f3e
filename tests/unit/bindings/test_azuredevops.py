"""The hand-bound azuredevops types: what each writes into the synthesized stack."""

import json
from pathlib import Path
from typing import Any

import cdktf
import pytest
from cdktf import App, Fn, TerraformOutput, TerraformResourceLifecycle, TerraformStack

from constructs_lib.bindings.azuredevops import (
    AzuredevopsProvider,
    BranchPolicyBuildValidation,
    BuildDefinition,
    BuildDefinitionCiTrigger,
    BuildDefinitionRepository,
    BuildValidationSettings,
    CheckApproval,
    CheckBranchControl,
    CheckExclusiveLock,
    DataAzuredevopsBuildDefinition,
    DataAzuredevopsGitRepository,
    DataAzuredevopsGroup,
    DataAzuredevopsProject,
    DataAzuredevopsProjects,
    DataAzuredevopsUsers,
    Environment,
    GitPermissions,
    Group,
    GroupMembership,
    PipelineAuthorization,
    PolicyScope,
    Project,
    SecurityroleAssignment,
    ServiceendpointAzurerm,
    ServiceendpointAzurermCredentials,
    ServiceendpointAzurermFeatures,
    ServiceendpointIncomingwebhook,
    ServicePrincipalEntitlement,
    VariableGroup,
    VariableGroupKeyVault,
    VariableGroupVariable,
    VariableGroupVariableBlock,
)
from tests.schema import problems

FOUND_PROJECT = "${data.azuredevops_project.found.id}"
REPOSITORY = "${data.azuredevops_git_repository.repository.id}"


def build(stack: TerraformStack) -> None:
    """Add one of everything, with every argument given."""
    AzuredevopsProvider(
        stack, "azuredevops", org_service_url="https://dev.azure.com/example", tenant_id="tenant"
    )
    Project(
        stack,
        "project",
        name="MLOps",
        visibility="private",
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
    )
    found = DataAzuredevopsProject(stack, "found", name="MLOps")
    DataAzuredevopsProjects(stack, "there", name="MLOps")
    leads = DataAzuredevopsGroup(stack, "leads", name="Leads", project_id=found.id)
    team = Group(stack, "team", display_name="QA", scope=found.id)
    entra = Group(stack, "entra", origin_id="5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01")
    GroupMembership(stack, "people", group=team.id, members=[entra.id], mode="add")
    anna = DataAzuredevopsUsers(stack, "anna", principal_name="anna@contoso.com")
    environment = Environment(
        stack, "environment", project_id=found.id, name="prod", depends_on=[team, leads]
    )
    CheckApproval(
        stack,
        "approval",
        project_id=found.id,
        target_resource_id=environment.id,
        target_resource_type="environment",
        approvers=[team.group_id, leads.group_id, anna.only_id],
        minimum_required_approvers=2,
        requester_can_approve=False,
        instructions="Look at the metrics.",
        timeout=1440,
    )
    connection = ServiceendpointAzurerm(
        stack,
        "connection",
        project_id=found.id,
        service_endpoint_name="Azure-MLOps-Dev",
        azurerm_spn_tenantid="tenant",
        azurerm_subscription_id="subscription",
        azurerm_subscription_name="MLOps",
        service_endpoint_authentication_scheme="WorkloadIdentityFederation",
        credentials=ServiceendpointAzurermCredentials(serviceprincipalid="client"),
        features=ServiceendpointAzurermFeatures(validate=False),
    )
    ServiceendpointIncomingwebhook(
        stack,
        "webhook",
        project_id=found.id,
        service_endpoint_name="drift",
        webhook_name="mlops-drift",
        description="d",
    )
    CheckBranchControl(
        stack,
        "branches",
        project_id=found.id,
        target_resource_id=connection.id,
        target_resource_type="endpoint",
        display_name="Branches",
        allowed_branches="refs/heads/main, refs/heads/release/*",
        verify_branch_protection=True,
        ignore_unknown_protection_status=False,
    )
    CheckExclusiveLock(
        stack,
        "lock",
        project_id=found.id,
        target_resource_id=environment.id,
        target_resource_type="environment",
        timeout=43200,
    )
    group = VariableGroup(
        stack,
        "group",
        project_id=found.id,
        name="mlops-dev-variables",
        description="d",
        variable=(
            VariableGroupVariableBlock(name="validationMinAccuracy", value="0.70"),
            VariableGroupVariableBlock(name="connection", value=connection.id),
        ),
        lifecycle=TerraformResourceLifecycle(ignore_changes=["variable"]),
    )
    VariableGroup(
        stack,
        "secrets",
        project_id=found.id,
        name="mlops-prod-secrets",
        variable=[VariableGroupVariableBlock(name="token")],
        key_vault=VariableGroupKeyVault(name="mlops-prod-keyvault", service_endpoint_id=connection.id),
    )
    VariableGroupVariable(
        stack,
        "variable",
        project_id=found.id,
        variable_group_id=group.id,
        name="pythonVersion",
        value="3.9",
        lifecycle=TerraformResourceLifecycle(ignore_changes=["value"]),
    )
    SecurityroleAssignment(
        stack,
        "role",
        scope="distributedtask.variablegroup",
        resource_id=Fn.join("$", [found.id, group.id]),
        identity_id=team.group_id,
        role_name="Administrator",
    )
    pipeline = DataAzuredevopsBuildDefinition(
        stack, "pipeline", project_id=found.id, name="training", path="\\ml"
    )
    PipelineAuthorization(
        stack,
        "authorization",
        project_id=found.id,
        resource_id=group.id,
        type="variablegroup",
        pipeline_id=pipeline.pipeline_id,
    )
    repository = DataAzuredevopsGitRepository(stack, "repository", project_id=found.id, name="platform")
    made = BuildDefinition(
        stack,
        "made",
        project_id=found.id,
        name="deploy",
        path="\\platform",
        repository=BuildDefinitionRepository(
            repo_id=repository.id, repo_type="TfsGit", branch_name="main", yml_path="deploy.yml"
        ),
        ci_trigger=BuildDefinitionCiTrigger(use_yaml=True),
        job_authorization_scope="project",
    )
    BranchPolicyBuildValidation(
        stack,
        "validation",
        project_id=found.id,
        enabled=True,
        blocking=True,
        settings=BuildValidationSettings(
            build_definition_id=made.pipeline_id,
            display_name="deploy",
            valid_duration=720,
            queue_on_source_update_only=True,
            scope=[
                PolicyScope(repository_id=repository.id, repository_ref="refs/heads/main", match_type="Exact")
            ],
        ),
    )
    service = DataAzuredevopsUsers(stack, "service", principal_name=found.id, subject_types=["svc"])
    GitPermissions(
        stack,
        "comments",
        project_id=found.id,
        repository_id=repository.id,
        principal=service.only_descriptor,
        permissions={"PullRequestContribute": "Allow"},
        replace=False,
    )
    member = ServicePrincipalEntitlement(
        stack, "member", origin_id="5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b02", account_license_type="stakeholder"
    )
    GroupMembership(stack, "services", group=team.id, members=[member.descriptor], mode="add")
    TerraformOutput(stack, "issuer", value=connection.workload_identity_federation_issuer)
    TerraformOutput(stack, "subject", value=connection.workload_identity_federation_subject)


EXPECTED: dict[str, dict[str, Any]] = {
    "resource": {
        "azuredevops_project": {
            "project": {
                "name": "MLOps",
                "visibility": "private",
                "lifecycle": {"prevent_destroy": True},
            }
        },
        "azuredevops_group": {
            "team": {"display_name": "QA", "scope": FOUND_PROJECT},
            "entra": {"origin_id": "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01"},
        },
        "azuredevops_group_membership": {
            "people": {
                "group": "${azuredevops_group.team.id}",
                "members": ["${azuredevops_group.entra.id}"],
                "mode": "add",
            },
            "services": {
                "group": "${azuredevops_group.team.id}",
                "members": ["${azuredevops_service_principal_entitlement.member.descriptor}"],
                "mode": "add",
            },
        },
        "azuredevops_service_principal_entitlement": {
            "member": {
                "origin_id": "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b02",
                "account_license_type": "stakeholder",
            }
        },
        "azuredevops_build_definition": {
            "made": {
                "project_id": FOUND_PROJECT,
                "name": "deploy",
                "path": "\\platform",
                "repository": {
                    "repo_id": REPOSITORY,
                    "repo_type": "TfsGit",
                    "branch_name": "main",
                    "yml_path": "deploy.yml",
                },
                "ci_trigger": {"use_yaml": True},
                "job_authorization_scope": "project",
            }
        },
        "azuredevops_branch_policy_build_validation": {
            "validation": {
                "project_id": FOUND_PROJECT,
                "enabled": True,
                "blocking": True,
                "settings": {
                    "build_definition_id": "${azuredevops_build_definition.made.id}",
                    "display_name": "deploy",
                    "valid_duration": 720,
                    "queue_on_source_update_only": True,
                    "scope": [
                        {
                            "repository_id": REPOSITORY,
                            "repository_ref": "refs/heads/main",
                            "match_type": "Exact",
                        }
                    ],
                },
            }
        },
        "azuredevops_git_permissions": {
            "comments": {
                "project_id": FOUND_PROJECT,
                "repository_id": REPOSITORY,
                "principal": "${one(data.azuredevops_users.service.users[*].descriptor)}",
                "permissions": {"PullRequestContribute": "Allow"},
                "replace": False,
            }
        },
        "azuredevops_environment": {
            "environment": {
                "project_id": FOUND_PROJECT,
                "name": "prod",
                "depends_on": ["azuredevops_group.team", "data.azuredevops_group.leads"],
            }
        },
        "azuredevops_check_approval": {
            "approval": {
                "project_id": FOUND_PROJECT,
                "target_resource_id": "${azuredevops_environment.environment.id}",
                "target_resource_type": "environment",
                "approvers": [
                    "${azuredevops_group.team.group_id}",
                    "${data.azuredevops_group.leads.group_id}",
                    "${one(data.azuredevops_users.anna.users[*].id)}",
                ],
                "minimum_required_approvers": 2,
                "requester_can_approve": False,
                "instructions": "Look at the metrics.",
                "timeout": 1440,
            }
        },
        "azuredevops_serviceendpoint_azurerm": {
            "connection": {
                "project_id": FOUND_PROJECT,
                "service_endpoint_name": "Azure-MLOps-Dev",
                "azurerm_spn_tenantid": "tenant",
                "azurerm_subscription_id": "subscription",
                "azurerm_subscription_name": "MLOps",
                "service_endpoint_authentication_scheme": "WorkloadIdentityFederation",
                "credentials": {"serviceprincipalid": "client"},
                "features": {"validate": False},
            }
        },
        "azuredevops_serviceendpoint_incomingwebhook": {
            "webhook": {
                "project_id": FOUND_PROJECT,
                "service_endpoint_name": "drift",
                "webhook_name": "mlops-drift",
                "description": "d",
            }
        },
        "azuredevops_check_branch_control": {
            "branches": {
                "project_id": FOUND_PROJECT,
                "target_resource_id": "${azuredevops_serviceendpoint_azurerm.connection.id}",
                "target_resource_type": "endpoint",
                "display_name": "Branches",
                "allowed_branches": "refs/heads/main, refs/heads/release/*",
                "verify_branch_protection": True,
                "ignore_unknown_protection_status": False,
            }
        },
        "azuredevops_check_exclusive_lock": {
            "lock": {
                "project_id": FOUND_PROJECT,
                "target_resource_id": "${azuredevops_environment.environment.id}",
                "target_resource_type": "environment",
                "timeout": 43200,
            }
        },
        "azuredevops_variable_group": {
            "group": {
                "project_id": FOUND_PROJECT,
                "name": "mlops-dev-variables",
                "description": "d",
                "variable": [
                    {"name": "validationMinAccuracy", "value": "0.70"},
                    {"name": "connection", "value": "${azuredevops_serviceendpoint_azurerm.connection.id}"},
                ],
                "lifecycle": {"ignore_changes": ["variable"]},
            },
            "secrets": {
                "project_id": FOUND_PROJECT,
                "name": "mlops-prod-secrets",
                "variable": [{"name": "token"}],
                "key_vault": {
                    "name": "mlops-prod-keyvault",
                    "service_endpoint_id": "${azuredevops_serviceendpoint_azurerm.connection.id}",
                },
            },
        },
        "azuredevops_variable_group_variable": {
            "variable": {
                "project_id": FOUND_PROJECT,
                "variable_group_id": "${azuredevops_variable_group.group.id}",
                "name": "pythonVersion",
                "value": "3.9",
                "lifecycle": {"ignore_changes": ["value"]},
            }
        },
        "azuredevops_securityrole_assignment": {
            "role": {
                "scope": "distributedtask.variablegroup",
                "resource_id": '${join("$", [data.azuredevops_project.found.id, '
                "azuredevops_variable_group.group.id])}",
                "identity_id": "${azuredevops_group.team.group_id}",
                "role_name": "Administrator",
            }
        },
        "azuredevops_pipeline_authorization": {
            "authorization": {
                "project_id": FOUND_PROJECT,
                "resource_id": "${azuredevops_variable_group.group.id}",
                "type": "variablegroup",
                "pipeline_id": "${data.azuredevops_build_definition.pipeline.id}",
            }
        },
    },
    "data": {
        "azuredevops_project": {"found": {"name": "MLOps"}},
        "azuredevops_projects": {"there": {"name": "MLOps"}},
        "azuredevops_users": {
            "anna": {"principal_name": "anna@contoso.com"},
            "service": {"principal_name": FOUND_PROJECT, "subject_types": ["svc"]},
        },
        "azuredevops_git_repository": {"repository": {"project_id": FOUND_PROJECT, "name": "platform"}},
        "azuredevops_group": {"leads": {"name": "Leads", "project_id": FOUND_PROJECT}},
        "azuredevops_build_definition": {
            "pipeline": {"project_id": FOUND_PROJECT, "name": "training", "path": "\\ml"}
        },
    },
    "provider": {
        "azuredevops": [{"org_service_url": "https://dev.azure.com/example", "tenant_id": "tenant"}]
    },
    "terraform": {
        "required_providers": {"azuredevops": {"source": "microsoft/azuredevops", "version": "~> 1.16"}}
    },
    "output": {
        "issuer": {
            "value": "${azuredevops_serviceendpoint_azurerm.connection.workload_identity_federation_issuer}"
        },
        "subject": {
            "value": "${azuredevops_serviceendpoint_azurerm.connection.workload_identity_federation_subject}"
        },
    },
}


@pytest.fixture(scope="module")
def synthesized() -> dict[str, Any]:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    build(stack)
    content: dict[str, Any] = json.loads(cdktf.Testing.synth(stack, True))
    return content


@pytest.mark.parametrize(
    ("kind", "tf_type"), [(kind, tf_type) for kind, types in EXPECTED.items() for tf_type in types]
)
def test_each_type_writes_exactly_its_arguments(kind: str, tf_type: str, synthesized: dict[str, Any]) -> None:
    assert synthesized[kind][tf_type] == EXPECTED[kind][tf_type]


def test_nothing_else_is_written(synthesized: dict[str, Any]) -> None:
    assert {kind: set(types) for kind, types in synthesized.items()} == {
        kind: set(types) for kind, types in EXPECTED.items()
    }


def test_every_argument_has_the_type_that_the_provider_wants(synthesized: dict[str, Any]) -> None:
    assert problems("example", synthesized) == []


def test_app_synth_writes_the_same(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    build(TerraformStack(app, "example"))
    app.synth()
    written = json.loads((tmp_path / "stacks" / "example" / "cdk.tf.json").read_text(encoding="utf-8"))
    written["resource"] = {
        tf_type: {
            name: {argument: value for argument, value in body.items() if argument != "//"}
            for name, body in instances.items()
        }
        for tf_type, instances in written["resource"].items()
    }
    assert written["resource"] == EXPECTED["resource"]


def test_a_stack_without_the_provider_is_refused() -> None:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    Environment(stack, "environment", project_id="p", name="prod")
    with pytest.raises(RuntimeError, match=r"without a matching provider construct.*azuredevops"):
        cdktf.Testing.synth(stack, True)
