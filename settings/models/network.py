"""Settings of an environment's network: its own, or one that is there already."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.resource_ids import PrivateDnsZoneId, VirtualNetworkId
from settings.models.text_rules import OrWord
from settings.models.texts import (
    AddressSpace,
    Egress,
    Fqdn,
    Ipv4Address,
    PrivateDnsZoneName,
    SubnetName,
)

BY_POLICY = "by_policy"
DnsZones = Annotated[
    dict[PrivateDnsZoneName, PrivateDnsZoneId] | Literal["by_policy"],
    OrWord(BY_POLICY, "names and ids of zones"),
]


class Subnets(Model):
    """Which subnet of a virtual network that exists already is for what."""

    private_endpoints: SubnetName
    """Subnet of that network that the private endpoints go into. It must exist."""


class PrivateNetwork(Model):
    """The environment's virtual network, and the managed network that its compute runs in."""

    address_space: AddressSpace | None = None
    """Private IPv4 range of the virtual network, from /16 to /24. Subnets are cut from it. Cannot be changed."""
    virtual_network: VirtualNetworkId | None = None
    """Instead of address_space: resource id of a virtual network that exists already, in the environment's region."""
    subnets: Subnets | None = None
    """Subnets of that network."""
    isolation_mode: Literal["AllowInternetOutbound", "AllowOnlyApprovedOutbound"]
    """What compute may reach. Choose it for good: Azure never lets it get looser, nor be turned off."""
    outbound_fqdns: tuple[Fqdn, ...] = ()
    """Hosts that compute may reach with AllowOnlyApprovedOutbound; Azure then runs a firewall, which costs."""
    dns_servers: tuple[Ipv4Address, ...] = ()
    """DNS servers of the virtual network, such as a hub's. Empty: Azure's own."""
    dns_zones: DnsZones = Field(default_factory=dict)
    """Private DNS zones that exist already, such as a hub's: name and resource id. Others are created. by_policy: a
    policy of the landing zone registers the private endpoints, and no zone is created."""
    create_dns_zones: bool = False
    """Whether zones that are not in dns_zones are created and linked to a virtual_network that exists already."""
    egress: Egress | None = None
    """The way out of the subnet for agents: nat_gateway, or the IPv4 address of a hub's firewall. Without it, none."""
