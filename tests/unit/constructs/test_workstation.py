"""Workstations: whose they are, that nobody else gets in, and that nothing of them is changed later."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.workstation import Schedule, add_workstation
from tests.project import ON_CALL, TENANT
from tests.unit.constructs.examples import resource_group, synthesized, workspace

MADE_WITH = "terraform_data.workstation_dev-anna_made_with"
DEFAULTS: dict[str, Any] = {
    "workspace_name": "example-rg/example-workspace",
    "location": "eastus",
    "tenant_id": TENANT,
    "name": "dev-anna",
    "user": ON_CALL,
    "vm_size": "Standard_DS3_v2",
    "idle_shutdown": "PT1H",
    "schedules": [],
    "node_public_ip": True,
}


def written(stack: TerraformStack, *, managed_network: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the workstation, and what it remembers under ``made_with``."""
    place = workspace(stack, resource_group(stack), managed_network=managed_network)
    add_workstation(stack, workspace=place, **{**DEFAULTS, **changes})
    found = synthesized(stack)
    return {
        **found.at("azapi_resource.workstation_dev-anna"),
        "made_with": found.at(MADE_WITH),
    }


def test_a_workstation_is_one_persons(stack: TerraformStack) -> None:
    body = written(stack)["body"]["properties"]
    assert body == {
        "computeType": "ComputeInstance",
        "computeLocation": "eastus",
        "disableLocalAuth": True,
        "properties": {
            "vmSize": "STANDARD_DS3_V2",
            "applicationSharingPolicy": "Personal",
            "computeInstanceAuthorizationType": "personal",
            "personalComputeInstanceSettings": {"assignedUser": {"objectId": ON_CALL, "tenantId": TENANT}},
            "sshSettings": {"sshPublicAccess": "Disabled"},
            "enableNodePublicIp": True,
            "idleTimeBeforeShutdown": "PT1H",
        },
    }


def test_a_workstation_has_a_schedule(stack: TerraformStack) -> None:
    schedules = [Schedule("Start", "0 8 * * 1-5", "UTC"), Schedule("Stop", "0 19 * * *", "UTC")]
    found = written(stack, schedules=schedules)
    wanted = found["body"]["properties"]["properties"]["schedules"]["computeStartStop"]
    assert wanted == [
        {
            "action": "Start",
            "status": "Enabled",
            "triggerType": "Cron",
            "cron": {"expression": "0 8 * * 1-5", "timeZone": "UTC"},
        },
        {
            "action": "Stop",
            "status": "Enabled",
            "triggerType": "Cron",
            "cron": {"expression": "0 19 * * *", "timeZone": "UTC"},
        },
    ]
    assert "start at 0 8 * * 1-5 (UTC), stop at 0 19 * * * (UTC)" in found["made_with"]["input"]


def test_a_workstation_in_a_managed_network_waits_for_what_makes_the_network(stack: TerraformStack) -> None:
    found = written(stack, managed_network=True, node_public_ip=False)
    assert found["body"]["properties"]["properties"]["enableNodePublicIp"] is False
    assert found["timeouts"] == {"create": "90m", "delete": "60m"}
    assert found["depends_on"] == [
        "azurerm_machine_learning_workspace.workspace",
        "time_sleep.workspace_roles_wait",
        "time_sleep.workspace_own_roles_wait",
    ]


def test_nothing_is_sent_to_a_workstation_that_is_there(stack: TerraformStack) -> None:
    found = written(stack)
    assert found["lifecycle"]["ignore_changes"] == ["body", "tags"]
    assert found["made_with"]["lifecycle"] == {"ignore_changes": ["input"]}
    (condition,) = found["lifecycle"]["precondition"]
    assert condition["condition"] == f'${{{MADE_WITH}.output == "{found["made_with"]["input"]}"}}'
    assert f"terraform state rm {MADE_WITH}" in condition["error_message"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"workspace_name": "example-rg/other"}, "workspace example-rg/other in eastus"),
        ({"location": "westeurope"}, "workspace example-rg/example-workspace in westeurope"),
        ({"user": TENANT.upper()}, f"user {TENANT}"),
        ({"vm_size": "Standard_NC4as_T4_v3"}, "vm_size Standard_NC4as_T4_v3"),
        ({"idle_shutdown": "PT30M"}, "idle_shutdown PT30M"),
        ({"schedules": [Schedule("Stop", "0 19 * * *", "UTC")]}, "stop at 0 19 * * * (UTC)"),
        ({"node_public_ip": False}, "no public address"),
    ],
)
def test_what_a_workstation_was_made_with_is_remembered(
    stack: TerraformStack, changes: dict[str, Any], words: str
) -> None:
    assert words in written(stack, **changes)["made_with"]["input"].split(", ")
