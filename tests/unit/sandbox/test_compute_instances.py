"""Compute instances: what Azure takes of them, what it refuses, and what it ignores without a word."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from sandbox.provider.values import typed
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import workspace_arguments

WORKSPACE = "azurerm_machine_learning_workspace"
OUTBOUND = "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint"
STOP = {"action": "Stop", "triggerType": "Cron", "cron": {"expression": "0 19 * * *", "timeZone": "UTC"}}


def machine(workspace: Values, name: str = "anna-dev", **settings: Any) -> Values:
    """Return the arguments of a compute instance with these settings beside its size."""
    return {
        "type": "Microsoft.MachineLearningServices/workspaces/computes@2025-12-01",
        "parent_id": workspace["id"],
        "name": name,
        "location": "eastus",
        "body": typed(
            {
                "properties": {
                    "computeType": "ComputeInstance",
                    "properties": {"vmSize": "STANDARD_DS3_V2", "idleTimeBeforeShutdown": "PT1H", **settings},
                }
            }
        ),
    }


@pytest.fixture
def workspace(azure: Client) -> Values:
    return azure.create(WORKSPACE, **workspace_arguments(azure))


@pytest.mark.parametrize(
    "change",
    [
        {"idleTimeBeforeShutdown": "PT30M"},
        {"schedules": {"computeStartStop": [STOP]}},
        {"vmSize": "STANDARD_DS4_V2"},
    ],
)
def test_a_compute_instance_ignores_later_changes(azapi: Client, workspace: Values, change: Values) -> None:
    state = azapi.create("azapi_resource", **machine(workspace))
    changed = azapi.change("azapi_resource", state, **machine(workspace, **change))
    found = azapi.read("azapi_resource", changed)
    assert found is not None
    assert found["body"].value == state["body"].value
    # So every plan wants it again.
    again = azapi.plan("azapi_resource", found, **machine(workspace, **change))
    assert again.state != found
    assert again.replace == []


def test_the_tags_of_a_compute_instance_change(azapi: Client, workspace: Values) -> None:
    state = azapi.create("azapi_resource", **machine(workspace))
    changed = azapi.change("azapi_resource", state, **machine(workspace), tags={"team": "ml"})
    assert changed["tags"] == {"team": "ml"}


def test_any_other_compute_that_azapi_makes_changes(azapi: Client, workspace: Values) -> None:
    cluster = machine(workspace, "cluster")
    cluster["body"] = typed({"properties": {"computeType": "AmlCompute"}})
    state = azapi.create("azapi_resource", **cluster)
    cluster["body"] = typed({"properties": {"computeType": "AmlCompute", "description": "x"}})
    assert azapi.change("azapi_resource", state, **cluster)["body"].value["properties"]["description"] == "x"


def another_workspace(azure: Client, workspace: Values, location: str) -> Values:
    """Return a workspace that stands on the same resources."""
    same = {key: workspace[key] for key in ("application_insights_id", "key_vault_id", "storage_account_id")}
    named = {"name": "other", "resource_group_name": "rg", "location": location}
    return azure.create(WORKSPACE, **same, **named, identity=[{"type": "SystemAssigned"}])


def test_a_name_that_a_compute_instance_of_the_region_has(
    azure: Client, azapi: Client, workspace: Values
) -> None:
    azapi.create("azapi_resource", **machine(workspace))
    other = another_workspace(azure, workspace, "eastus")
    with pytest.raises(
        RefusedError, match=r"Compute name 'Anna-dev' is not available\. Reason: AlreadyExists"
    ):
        azapi.create("azapi_resource", **machine(other, "Anna-dev"))
    azapi.create("azapi_resource", **machine(other, "ben-dev"))


def test_a_name_that_a_compute_instance_of_another_region_has(
    azure: Client, azapi: Client, workspace: Values
) -> None:
    azapi.create("azapi_resource", **machine(workspace))
    other = another_workspace(azure, workspace, "westeurope")
    assert (
        azapi.create("azapi_resource", **{**machine(other), "location": "westeurope"})["name"] == "anna-dev"
    )


def test_a_name_that_a_cluster_of_the_workspace_has(azure: Client, azapi: Client, workspace: Values) -> None:
    azure.create(
        "azurerm_machine_learning_compute_cluster",
        name="shared",
        machine_learning_workspace_id=workspace["id"],
        location="eastus",
        vm_size="STANDARD_DS3_V2",
        vm_priority="Dedicated",
        scale_settings=[
            {"min_node_count": 0, "max_node_count": 1, "scale_down_nodes_after_idle_duration": "PT5M"}
        ],
    )
    with pytest.raises(RefusedError, match="already exists"):
        azapi.create("azapi_resource", **machine(workspace, "shared"))


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ({"location": "westeurope"}, {}, r"location of the compute \(westeurope\) is not the workspace's"),
        ({}, {"enableNodePublicIp": False}, "Nodes without a public IP need a subnet or a workspace with"),
    ],
)
def test_a_compute_instance_that_does_not_fit_its_workspace(
    azapi: Client, workspace: Values, arguments: Values, settings: Values, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        azapi.create("azapi_resource", **{**machine(workspace, **settings), **arguments})


def test_a_compute_instance_in_a_managed_network(azure: Client, azapi: Client, cloud: Cloud) -> None:
    isolated = [{"isolation_mode": "AllowInternetOutbound"}]
    inside = azure.create(WORKSPACE, **workspace_arguments(azure), managed_network=isolated)
    with pytest.raises(RefusedError, match=r"create of .*computes/anna-dev: context deadline exceeded"):
        azapi.create("azapi_resource", **machine(inside, enableNodePublicIp=False))
    reached = {rule.attributes["sub_resource_target"] for rule in cloud.resources(OUTBOUND)}
    assert reached == {"blob", "file", "vault"}
    with pytest.raises(RefusedError, match="a managed network cannot be in a subnet"):
        azapi.create("azapi_resource", **machine(inside, "eve-dev", subnet={"id": "ml"}))
    # The network is there now.
    azapi.create("azapi_resource", **machine(inside, "ben-dev", enableNodePublicIp=False))
