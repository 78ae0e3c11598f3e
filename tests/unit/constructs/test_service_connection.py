"""A service connection by workload identity federation."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.devops.service_connection import ServiceConnection
from settings.models import devops
from tests.project import TENANT
from tests.unit.constructs.examples import identity, project, resource_group, synthesized


@pytest.mark.parametrize("branches", [(), ("main",)])
def test_it_signs_in_as_an_identity_and_without_a_key(
    stack: TerraformStack, branches: tuple[str, ...]
) -> None:
    ServiceConnection(
        stack,
        "connection",
        project=project(stack),
        settings=devops.ServiceConnection(name="Azure-Example", used_by=("Training",), branches=branches),
        identity=identity(stack, resource_group(stack)),
        tenant_id=TENANT,
        subscription_id="s",
    )
    written = synthesized(stack)
    connection = written.at("azuredevops_serviceendpoint_azurerm.connection")
    assert connection["credentials"] == {
        "serviceprincipalid": "${azurerm_user_assigned_identity.identity.client_id}"
    }
    # The subscription's name comes from Azure: it may be any.
    assert connection["azurerm_subscription_name"] == (
        "${data.azurerm_subscription.connection_subscription.display_name}"
    )
    credential = written.at("azurerm_federated_identity_credential.connection_federated_credential")
    assert credential["user_assigned_identity_id"] == "${azurerm_user_assigned_identity.identity.id}"
    # The arguments that the provider has deprecated are not written.
    assert "parent_id" not in credential
    assert "resource_group_name" not in credential
    # Without branches, any may use it: pull requests run on refs of their own.
    checks = written.resources("azuredevops_check_branch_control")
    assert list(checks) == (["connection_branch_control"] if branches else [])
    authorization = written.at("azuredevops_pipeline_authorization.connection-pipeline-Training")
    assert authorization.get("lifecycle") == (
        {"replace_triggered_by": ["azuredevops_check_branch_control.connection_branch_control.id"]}
        if branches
        else None
    )


def test_each_use_of_it_can_need_an_approval(stack: TerraformStack) -> None:
    ServiceConnection(
        stack,
        "connection",
        project=project(stack),
        settings=devops.ServiceConnection(name="Azure-Example", used_by=("Training",)),
        identity=identity(stack, resource_group(stack)),
        tenant_id=TENANT,
        subscription_id="s",
        approval=devops.ApprovalEnvironment(
            name="gate",
            used_by=(),
            approvers=("leads",),
            timeout="P1D",
            instructions="Look at it.",
            branches=("main",),
        ),
    )
    written = synthesized(stack)
    approval = written.at("azuredevops_check_approval.connection_approval")
    assert approval["target_resource_type"] == "endpoint"
    assert approval["target_resource_id"] == "${azuredevops_serviceendpoint_azurerm.connection.id}"
    assert (approval["timeout"], approval["instructions"]) == (1440, "Look at it.")
    # It is authorized only behind that check.
    authorization = written.at("azuredevops_pipeline_authorization.connection-pipeline-Training")
    assert authorization["lifecycle"]["replace_triggered_by"] == [
        "azuredevops_check_approval.connection_approval.id"
    ]
