"""What is there already: looked up by its id, and what was made in its place is forgotten."""

from __future__ import annotations

from typing import Literal

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.existing import use_existing
from constructs_lib.azure.monitoring import LogAnalytics
from constructs_lib.azure.provider import configure_azapi
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.forgotten import forget
from tests.project import SUBSCRIPTION, TENANT
from tests.unit.constructs.examples import LOGS, storage, synthesized

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/example-rg"


@pytest.fixture
def stack(stack: TerraformStack) -> TerraformStack:
    configure_azapi(stack, tenant_id=TENANT, subscription_id=SUBSCRIPTION)
    return stack


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("action group", "Microsoft.Insights/actionGroups@2023-01-01"),
        ("Log Analytics workspace", "Microsoft.OperationalInsights/workspaces@2023-09-01"),
        ("resource group", "Microsoft.Resources/resourceGroups@2024-03-01"),
    ],
)
def test_it_is_looked_up_and_nothing_of_it_is_kept(
    stack: TerraformStack,
    kind: Literal["action group", "Log Analytics workspace", "resource group"],
    type_: str,
) -> None:
    assert use_existing(stack, "x", kind=kind, resource_id=LOGS, instead_of=["azurerm_x.x"]) == LOGS
    written = synthesized(stack)
    assert written.data("azapi_resource") == {
        "x": {"type": type_, "resource_id": LOGS, "response_export_values": []}
    }
    assert written.terraform["removed"] == [{"from": "azurerm_x.x", "lifecycle": {"destroy": False}}]


def test_all_that_is_forgotten_is_written(stack: TerraformStack) -> None:
    forget(stack, ["azurerm_a.a"])
    forget(stack, [])
    forget(stack, ["azurerm_b.b", "azurerm_c.c"])
    removed = synthesized(stack).terraform["removed"]
    assert [block["from"] for block in removed] == ["azurerm_a.a", "azurerm_b.b", "azurerm_c.c"]
    assert all(block["lifecycle"] == {"destroy": False} for block in removed)


def test_a_group_of_others_is_used_by_its_name(stack: TerraformStack) -> None:
    group = ResourceGroup(
        stack,
        "resource_group",
        name="example-rg",
        location="westeurope",
        subscription_id=SUBSCRIPTION,
        existing_id=GROUP,
    )
    storage(stack, group)
    written = synthesized(stack)
    assert (group.id, group.is_existing) == (GROUP, True)
    assert not written.resources("azurerm_resource_group")
    assert written.at("azurerm_storage_account.storage.resource_group_name") == "example-rg"
    assert written.at("azurerm_storage_account.storage.location") == "westeurope"


def test_a_workspace_of_others_is_not_set_up(stack: TerraformStack) -> None:
    group = ResourceGroup(
        stack, "resource_group", name="example-rg", location="eastus", subscription_id=SUBSCRIPTION
    )
    logs = LogAnalytics(
        stack,
        "logs",
        resource_group=group,
        name="logs",
        retention_days=None,
        public_query=True,
        existing_id=LOGS,
        instead_of=["azurerm_log_analytics_workspace_table.logs_AppTraces"],
    )
    written = synthesized(stack)
    assert (logs.id, logs.is_existing) == (LOGS, True)
    assert not written.resources("azurerm_log_analytics_workspace")
    assert [block["from"] for block in written.terraform["removed"]] == [
        "azurerm_log_analytics_workspace.logs",
        "azurerm_log_analytics_workspace_table.logs_AppTraces",
    ]
