"""A virtual network of its own for an environment: subnets and security groups. Or one of others, as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from ipaddress import IPv4Network
from typing import Literal

from cdktf import Postcondition, TerraformProvider, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

SUBNETS = ("private_endpoints", "agents")
"""Each takes a quarter of the address space, in this order; two quarters stay free."""


def address_plan(address_space: str) -> dict[str, str]:
    """Return the range of each subnet within ``address_space`` (IPv4, CIDR notation)."""
    quarters = IPv4Network(address_space).subnets(prefixlen_diff=2)
    return {name: str(quarter) for name, quarter in zip(SUBNETS, quarters, strict=False)}


class PrivateNetwork:
    """A virtual network with a subnet for private endpoints, and one for self-hosted agents beside it.

    Nothing has a way out by default. Agents reach Azure and Azure DevOps once the subnet ``agents`` is given one, by a
    NAT gateway or a hub's firewall; what they may reach there is HTTPS alone.
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
    ) -> None:
        """Create the network in ``address_space`` (private IPv4 range, CIDR notation, at most /24)."""
        self._scope = scope
        self._id = id_
        self._resource_group = resource_group
        self._name = name
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
        endpoints, endpoint_rules = self._add_subnet("private_endpoints", plan, _endpoint_rules())
        agents, agent_rules = self._add_subnet("agents", plan, _agent_rules())
        self.endpoint_subnet_id: str = endpoints.id
        """ARM id of the subnet for private endpoints."""
        self.agent_subnet_id: str = agents.id
        """ARM id of the subnet for agents."""
        self.security_group_ids = {"private_endpoints": endpoint_rules.id, "agents": agent_rules.id}
        """ARM ids of the network security groups, by subnet."""

    @cached_property
    def id(self) -> str:
        """ARM id of the virtual network."""
        return self._network.id

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


class ExistingNetwork:
    """A virtual network that somebody else made, and goes on owning: it is looked up, and nothing of it is changed.

    Its routes, security groups, DNS servers and peerings are its owner's.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        network_id: str,
        endpoint_subnet: str,
        location: str,
        provider: TerraformProvider | None,
    ) -> None:
        """Look up the network with this ARM id; the plan is refused where it is not there.

        It is also refused where the network lies in another region than ``location``, where private endpoints cannot
        lead into it, or has no subnet ``endpoint_subnet``. ``provider`` is that of the network's subscription, where
        that is not the stack's own.
        """
        _, _, _, _, group, *_, name = network_id.split("/")
        found = azurerm.DataAzurermVirtualNetwork(
            scope,
            id_,
            name=name,
            resource_group_name=group,
            provider=provider,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[_lies_in(name, location), _has_subnet(name, endpoint_subnet)]
            ),
        )
        self.id: str = found.id
        """ARM id of the virtual network."""
        self.endpoint_subnet_id = f"{found.id}/subnets/{endpoint_subnet}"
        """ARM id of the subnet for private endpoints."""


def _lies_in(name: str, location: str) -> Postcondition:
    return Postcondition(
        condition=f'${{self.location == "{location}"}}',
        error_message=f"The virtual network {name} lies in ${{self.location}}, and the environment in {location}: a "
        "private endpoint has to be in the region of its network. Name a network in that region in config/ "
        "(private_network.virtual_network), or give the environment another location.",
    )


def _has_subnet(name: str, subnet: str) -> Postcondition:
    return Postcondition(
        condition=f'${{contains(self.subnets, "{subnet}")}}',
        error_message=f"The virtual network {name} has no subnet {subnet}. Name one that it has in config/ "
        "(private_network.subnets.private_endpoints), or ask the owner of the network for it.",
    )


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
