"""The container registry that holds a workspace's images."""

from __future__ import annotations

from functools import cached_property

from cdktf import TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


class ContainerRegistry:
    """A container registry without admin user and anonymous pull.

    A private one cannot build images by itself: give the workspace a cluster to build them on.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        public_network_access: bool,
    ) -> None:
        """Create the registry. Without ``public_network_access`` it is Premium, as Azure asks for."""
        self._registry = azurerm.ContainerRegistry(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            sku="Standard" if public_network_access else "Premium",
            admin_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access_enabled=public_network_access,
            # Layers come from a host of the registry's own, that firewalls can name.
            data_endpoint_enabled=not public_network_access,
            network_rule_bypass_option="AzureServices",
            # Azure spreads registries over zones by itself, and has begun to say so: that would replace this one, and
            # with it the workspace.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["zone_redundancy_enabled"]),
        )

    @cached_property
    def id(self) -> str:
        """ARM id of the registry."""
        return self._registry.id
