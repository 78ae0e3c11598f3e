"""A container registry."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.container_registry import ContainerRegistry
from tests.unit.constructs.examples import resource_group, synthesized


@pytest.mark.parametrize(("public", "sku"), [(True, "Standard"), (False, "Premium")])
def test_nobody_pulls_without_signing_in(stack: TerraformStack, public: bool, sku: str) -> None:
    ContainerRegistry(
        stack,
        "container_registry",
        resource_group=resource_group(stack),
        name="exampleregistry",
        public_network_access=public,
    )
    registry = synthesized(stack).at("azurerm_container_registry.container_registry")
    assert (registry["admin_enabled"], registry["anonymous_pull_enabled"]) == (False, False)
    assert registry["sku"] == sku
    # Azure decides that by itself, and another answer would replace the registry and its workspace.
    assert registry["lifecycle"] == {"ignore_changes": ["zone_redundancy_enabled"]}
    # Layers of a private one come from a host that a firewall can name.
    assert registry["data_endpoint_enabled"] is not public
