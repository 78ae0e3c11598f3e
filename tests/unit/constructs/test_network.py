"""A virtual network with private endpoints."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.network import address_plan
from tests.unit.constructs.examples import network, resource_group, storage, synthesized

BLOB = "privatelink.blob.core.windows.net"


@pytest.mark.parametrize("address_space", ["10.30.0.0/24", "172.16.0.0/16", "192.168.4.0/22"])
def test_the_address_plan_has_room_and_leaves_half_free(address_space: str) -> None:
    whole = IPv4Network(address_space)
    subnets = [IPv4Network(text) for text in address_plan(address_space).values()]
    assert all(subnet.subnet_of(whole) for subnet in subnets)
    assert not subnets[0].overlaps(subnets[1])
    assert sum(subnet.num_addresses for subnet in subnets) == whole.num_addresses // 2
    # Azure keeps five addresses of each subnet. Seven endpoints take some thirty.
    assert min(subnet.num_addresses for subnet in subnets) - 5 >= 59


def test_subnets_have_no_way_out_and_a_security_group(stack: TerraformStack) -> None:
    network(stack, resource_group(stack))
    written = synthesized(stack)
    subnets = written.resources("azurerm_subnet")
    assert {body["name"] for body in subnets.values()} == {"private-endpoints", "agents"}
    for body in subnets.values():
        assert body["default_outbound_access_enabled"] is False
        assert body["private_endpoint_network_policies"] == "Enabled"
    associations = written.resources("azurerm_subnet_network_security_group_association").values()
    assert {body["subnet_id"] for body in associations} == {
        f"${{azurerm_subnet.{logical}.id}}" for logical in subnets
    }


def test_security_groups_let_in_only_https_from_the_network(stack: TerraformStack) -> None:
    network(stack, resource_group(stack))
    groups = synthesized(stack).resources("azurerm_network_security_group")
    rules = {
        (logical, rule["direction"], rule["name"]): rule
        for logical, body in groups.items()
        for rule in body["security_rule"]
    }
    let_in = [rule for (_, way, _), rule in rules.items() if way == "Inbound" and rule["access"] == "Allow"]
    assert [(r["source_address_prefix"], r["destination_port_range"]) for r in let_in] == [
        ("VirtualNetwork", "443")
    ]
    for group in groups:
        for way in ("Inbound", "Outbound"):
            rest = rules[group, way, f"DenyAll{way}"]
            assert (rest["access"], rest["priority"]) == ("Deny", 4096)


@pytest.mark.parametrize("of_a_hub", [False, True])
def test_a_zone_is_made_once_and_linked_unless_it_is_there_already(
    stack: TerraformStack, of_a_hub: bool
) -> None:
    group = resource_group(stack)
    hub = f"/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/{BLOB}"
    ours = network(stack, group, {BLOB: hub} if of_a_hub else {})
    account = storage(stack, group)
    for key in ("blob", "again"):
        ours.add_endpoint(
            key, name=f"example-{key}", resource_id=account.id, subresource="blob", zones=[BLOB]
        )
    written = synthesized(stack)
    zones = written.resources("azurerm_private_dns_zone")
    links = written.resources("azurerm_private_dns_zone_virtual_network_link")
    made = [] if of_a_hub else ["network_zone_blob_core_windows_net"]
    assert (list(zones), list(links)) == (made, [f"{zone}_link" for zone in made])
    # Machines of the network do not write themselves into a zone of private endpoints.
    assert all(link["registration_enabled"] is False for link in links.values())
    used = hub if of_a_hub else "${azurerm_private_dns_zone.network_zone_blob_core_windows_net.id}"
    for endpoint in written.resources("azurerm_private_endpoint").values():
        assert endpoint["private_dns_zone_group"]["private_dns_zone_ids"] == [used]
