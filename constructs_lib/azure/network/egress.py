"""The way out of a subnet: a NAT gateway, or a route to a firewall that is there already."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm


def add_nat_gateway(
    scope: TerraformStack, id_: str, *, resource_group: ResourceGroup, name: str, subnet_id: str
) -> None:
    """Let a subnet out by a NAT gateway, under one public address that stays. Nothing comes in that way.

    The address is what others let in, such as a firewall before a package feed. Another ``name`` is another address.
    """
    address = azurerm.PublicIp(
        scope,
        f"{id_}_public_ip",
        name=name,
        resource_group_name=resource_group.name_reference,
        location=resource_group.location,
        allocation_method="Static",
        sku="Standard",
    )
    gateway = azurerm.NatGateway(
        scope,
        f"{id_}_nat_gateway",
        name=name,
        resource_group_name=resource_group.name_reference,
        location=resource_group.location,
        sku_name="Standard",
    )
    has_address = azurerm.NatGatewayPublicIpAssociation(
        scope,
        f"{id_}_nat_gateway_public_ip",
        nat_gateway_id=gateway.id,
        public_ip_address_id=address.id,
    )
    azurerm.SubnetNatGatewayAssociation(
        scope,
        f"{id_}_nat_gateway_subnet",
        subnet_id=subnet_id,
        nat_gateway_id=gateway.id,
        # A gateway without an address lets nothing out.
        depends_on=[has_address],
    )


def add_route_to_firewall(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    name: str,
    subnet_id: str,
    firewall: str,
) -> None:
    """Send all that leaves a subnet for elsewhere to ``firewall`` (private IPv4 address), such as a hub's.

    The subnet's network has to reach that address: whoever owns the hub peers the two.
    """
    table = azurerm.RouteTable(
        scope,
        f"{id_}_route_table",
        name=name,
        resource_group_name=resource_group.name_reference,
        location=resource_group.location,
        # What a gateway of the hub announces would lead past the firewall.
        bgp_route_propagation_enabled=False,
    )
    route = azurerm.Route(
        scope,
        f"{id_}_route",
        name="to-firewall",
        resource_group_name=resource_group.name_reference,
        route_table_name=table.name,
        address_prefix="0.0.0.0/0",
        next_hop_type="VirtualAppliance",
        next_hop_in_ip_address=firewall,
    )
    azurerm.SubnetRouteTableAssociation(
        scope,
        f"{id_}_route_table_subnet",
        subnet_id=subnet_id,
        route_table_id=table.id,
        depends_on=[route],
    )
