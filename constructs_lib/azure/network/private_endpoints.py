"""Private endpoints in a subnet, and the private DNS zones that lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


class PrivateEndpoints:
    """The private endpoints of one environment, all in one subnet."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        link_name: str,
        network_id: str,
        subnet_id: str,
        dns_zones: Mapping[str, str] | None,
    ) -> None:
        """Prepare endpoints in the subnet ``subnet_id`` of the virtual network ``network_id`` (ARM ids).

        ``dns_zones`` are private DNS zones that exist already: name and ARM id. They are used as they are; whoever owns
        them links them. Every other zone that an endpoint needs is created, and linked under ``link_name``.

        ``None``: a policy writes the zones of each endpoint. There are then neither zones nor links, and what the
        policy has written stays. An endpoint that had zones from here is made anew, for the policy only looks at
        endpoints that are new and have none.
        """
        self._scope = scope
        self._id = id_
        self._resource_group = resource_group
        self._link_name = link_name
        self._network_id = network_id
        self._subnet_id = subnet_id
        self._zones = None if dns_zones is None else dict(dns_zones)

    def add(
        self,
        key: str,
        *,
        name: str,
        resource_id: str,
        subresource: str,
        zones: Sequence[str],
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> str:
        """Add a private endpoint to one part of a resource, such as ``blob`` of a storage account; return its ARM id.

        ``key`` becomes a part of the Terraform address. ``zones`` are the names of the private DNS zones that
        its addresses are registered in.
        """
        endpoint = azurerm.PrivateEndpoint(
            self._scope,
            f"{self._id}_endpoint_{key}",
            name=name,
            resource_group_name=self._resource_group.name_reference,
            location=self._resource_group.location,
            subnet_id=self._subnet_id,
            # Another interface is another endpoint, which is how one gets rid of zones from here.
            custom_network_interface_name=f"{name}-policy-nic" if self._zones is None else f"{name}-nic",
            private_service_connection=azurerm.PrivateEndpointPrivateServiceConnection(
                name=name,
                private_connection_resource_id=resource_id,
                subresource_names=[subresource],
                is_manual_connection=False,
            ),
            private_dns_zone_group=self._zone_group(zones),
            depends_on=list(depends_on) or None,
            lifecycle=TerraformResourceLifecycle(ignore_changes=["private_dns_zone_group"])
            if self._zones is None
            else None,
        )
        return endpoint.id

    def _zone_group(self, names: Sequence[str]) -> azurerm.PrivateEndpointPrivateDnsZoneGroup | None:
        if self._zones is None:
            return None
        for name in names:
            if name not in self._zones:
                self._zones[name] = self._add_zone(name)
        return azurerm.PrivateEndpointPrivateDnsZoneGroup(
            name="default", private_dns_zone_ids=[self._zones[name] for name in names]
        )

    def _add_zone(self, name: str) -> str:
        """Create a DNS zone, link it to the network, and return its id."""
        key = name.removeprefix("privatelink.").replace(".", "_").replace("-", "_")
        zone = azurerm.PrivateDnsZone(
            self._scope,
            f"{self._id}_zone_{key}",
            name=name,
            resource_group_name=self._resource_group.name_reference,
        )
        azurerm.PrivateDnsZoneVirtualNetworkLink(
            self._scope,
            f"{self._id}_zone_{key}_link",
            name=self._link_name,
            resource_group_name=self._resource_group.name_reference,
            private_dns_zone_name=zone.name,
            virtual_network_id=self._network_id,
            registration_enabled=False,
        )
        return zone.id
