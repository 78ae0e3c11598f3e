"""The way out of a subnet."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.network.egress import add_nat_gateway, add_route_to_firewall
from tests.unit.constructs.examples import network, resource_group, synthesized

AGENTS = "${azurerm_subnet.network_agents.id}"


def test_a_nat_gateway_has_its_address_before_the_subnet_leaves_by_it(stack: TerraformStack) -> None:
    group = resource_group(stack)
    add_nat_gateway(
        stack,
        "out",
        resource_group=group,
        name="example-out",
        subnet_id=network(stack, group).agent_subnet_id,
    )
    written = synthesized(stack)
    address = written.at("azurerm_public_ip.out_public_ip")
    assert (address["name"], address["allocation_method"], address["sku"]) == (
        "example-out",
        "Static",
        "Standard",
    )
    gateway = "${azurerm_nat_gateway.out_nat_gateway.id}"
    assert written.at("azurerm_nat_gateway_public_ip_association.out_nat_gateway_public_ip") == {
        "nat_gateway_id": gateway,
        "public_ip_address_id": "${azurerm_public_ip.out_public_ip.id}",
    }
    assert written.at("azurerm_subnet_nat_gateway_association.out_nat_gateway_subnet") == {
        "nat_gateway_id": gateway,
        "subnet_id": AGENTS,
        "depends_on": ["azurerm_nat_gateway_public_ip_association.out_nat_gateway_public_ip"],
    }


def test_all_that_leaves_goes_to_the_firewall_and_no_other_way(stack: TerraformStack) -> None:
    group = resource_group(stack)
    add_route_to_firewall(
        stack,
        "out",
        resource_group=group,
        name="example-out",
        subnet_id=network(stack, group).agent_subnet_id,
        firewall="10.0.0.4",
    )
    written = synthesized(stack)
    # A route that a gateway of the hub announces would be a way past the firewall.
    assert written.at("azurerm_route_table.out_route_table.bgp_route_propagation_enabled") is False
    route = written.at("azurerm_route.out_route")
    assert (route["address_prefix"], route["next_hop_type"], route["next_hop_in_ip_address"]) == (
        "0.0.0.0/0",
        "VirtualAppliance",
        "10.0.0.4",
    )
    assert route["route_table_name"] == "${azurerm_route_table.out_route_table.name}"
    assert written.at("azurerm_subnet_route_table_association.out_route_table_subnet") == {
        "route_table_id": "${azurerm_route_table.out_route_table.id}",
        "subnet_id": AGENTS,
        "depends_on": ["azurerm_route.out_route"],
    }
