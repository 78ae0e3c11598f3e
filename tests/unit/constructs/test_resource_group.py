"""The resource group of a stack."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from tests.unit.constructs.examples import storage, synthesized


def test_what_stands_in_a_group_waits_for_it(stack: TerraformStack) -> None:
    group = ResourceGroup(stack, "resource_group", name="example-rg", location="eastus", subscription_id="s")
    storage(stack, group)
    written = synthesized(stack)
    assert written.at("azurerm_resource_group.resource_group.name") == "example-rg"
    account = written.at("azurerm_storage_account.storage")
    assert account["resource_group_name"] == "${azurerm_resource_group.resource_group.name}"
    assert account["location"] == "eastus"
