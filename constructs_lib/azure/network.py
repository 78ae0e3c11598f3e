"""A virtual network of its own for an environment: subnets, security groups, private endpoints, DNS zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from ipaddress import IPv4Network
from typing import Literal

from cdktf import ITerraformDependable, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

SUBNETS = ("private_endpoints", "agents")
"""Each takes a quarter of the address space, in this order; two quarters stay free."""


def address_plan(address_space: str) -> dict[str, str]:
    """Return the range of each subnet within ``address_space`` (IPv4, CIDR notation)."""
    quarters = IPv4Network(address_space).subnets(prefixlen_diff=2)
    return {name: str(quarter) for name, quarter in zip(SUBNETS, quarters, strict=False)}


class PrivateNetwork:
    """A virtual network with private endpoints, and room for self-hosted agents beside them.

    Nothing has a way out by default. Agents reach Azure and Azure DevOps once the subnet ``agents`` is given a
    route, by a hub's firewall or a NAT gateway; what they may reach there is HTTPS alone.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        address_space: str,
        dns_servers: Sequence[str],
        dns_zones: Mapping[str, str],
    ) -> None:
        """Create the network in ``address_space`` (private IPv4 range, CIDR notation, at most /24).

        ``dns_zones`` are private DNS zones that exist already: name and resource id. They are used as they are;
        whoever owns them links them. Every other zone that an endpoint needs is created and linked here.
        """
        self._scope = scope
        self._id = id_
        self._resource_group = resource_group
        self._name = name
        self._zones = dict(dns_zones)
        self._network = azurerm.VirtualNetwork(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            address_space=[address_space],
            dns_servers=list(dns_servers) or None,
        )
        plan = address_plan(address_space)
        self._endpoints, endpoint_rules = self._add_subnet("private_endpoints", plan, _endpoint_rules())
        _, agent_rules = self._add_subnet("agents", plan, _agent_rules())
        self.security_group_ids = {"private_endpoints": endpoint_rules.id, "agents": agent_rules.id}
        """ARM ids of the network security groups, by subnet."""

    @cached_property
    def id(self) -> str:
        """ARM id of the virtual network."""
        return self._network.id

    def add_endpoint(
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
            subnet_id=self._endpoints.id,
            custom_network_interface_name=f"{name}-nic",
            private_service_connection=azurerm.PrivateEndpointPrivateServiceConnection(
                name=name,
                private_connection_resource_id=resource_id,
                subresource_names=[subresource],
                is_manual_connection=False,
            ),
            private_dns_zone_group=azurerm.PrivateEndpointPrivateDnsZoneGroup(
                name="default", private_dns_zone_ids=[self._zone_id(zone) for zone in zones]
            ),
            depends_on=list(depends_on) or None,
        )
        return endpoint.id

    def _zone_id(self, name: str) -> str:
        """Return the id of a DNS zone; the first to ask for a zone that is not given makes it."""
        if name not in self._zones:
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
                name=self._name,
                resource_group_name=self._resource_group.name_reference,
                private_dns_zone_name=zone.name,
                virtual_network_id=self.id,
                registration_enabled=False,
            )
            self._zones[name] = zone.id
        return self._zones[name]

    def _add_subnet(
        self, name: str, plan: Mapping[str, str], rules: Sequence[azurerm.NetworkSecurityGroupSecurityRule]
    ) -> tuple[azurerm.Subnet, azurerm.NetworkSecurityGroup]:
        label = name.replace("_", "-")
        subnet = azurerm.Subnet(
            self._scope,
            f"{self._id}_{name}",
            name=label,
            resource_group_name=self._resource_group.name_reference,
            virtual_network_name=self._network.name,
            address_prefixes=[plan[name]],
            default_outbound_access_enabled=False,
            # Security groups hold for private endpoints too.
            private_endpoint_network_policies="Enabled",
        )
        group = azurerm.NetworkSecurityGroup(
            self._scope,
            f"{self._id}_{name}_security_group",
            name=f"{self._name}-{label}",
            resource_group_name=self._resource_group.name_reference,
            location=self._resource_group.location,
            security_rule=list(rules),
        )
        azurerm.SubnetNetworkSecurityGroupAssociation(
            self._scope,
            f"{self._id}_{name}_security",
            subnet_id=subnet.id,
            network_security_group_id=group.id,
        )
        return subnet, group


def _endpoint_rules() -> list[azurerm.NetworkSecurityGroupSecurityRule]:
    """Let the network in by HTTPS, and nothing out: endpoints only answer."""
    return [
        _rule("AllowHttpsFromNetwork", "Inbound", "Allow", source="VirtualNetwork", port="443"),
        _rule("DenyAllInbound", "Inbound", "Deny"),
        _rule("DenyAllOutbound", "Outbound", "Deny"),
    ]


def _agent_rules() -> list[azurerm.NetworkSecurityGroupSecurityRule]:
    """Let nothing in, and out only to name servers of the network and by HTTPS."""
    return [
        _rule("DenyAllInbound", "Inbound", "Deny"),
        _rule("AllowDns", "Outbound", "Allow", destination="VirtualNetwork", port="53", priority=110),
        _rule("AllowHttps", "Outbound", "Allow", port="443"),
        _rule("DenyAllOutbound", "Outbound", "Deny"),
    ]


def _rule(
    name: str,
    direction: Literal["Inbound", "Outbound"],
    access: Literal["Allow", "Deny"],
    *,
    source: str = "*",
    destination: str = "*",
    port: str = "*",
    priority: int | None = None,
) -> azurerm.NetworkSecurityGroupSecurityRule:
    return azurerm.NetworkSecurityGroupSecurityRule(
        name=name,
        priority=priority or (100 if access == "Allow" else 4096),
        direction=direction,
        access=access,
        protocol="Tcp" if port == "443" else "*",
        source_address_prefix=source,
        source_port_range="*",
        destination_address_prefix=destination,
        destination_port_range=port,
        # The provider takes rules as an attribute: Terraform then wants every part of each, also what is empty.
        description="",
        source_address_prefixes=[],
        source_application_security_group_ids=[],
        source_port_ranges=[],
        destination_address_prefixes=[],
        destination_application_security_group_ids=[],
        destination_port_ranges=[],
    )
