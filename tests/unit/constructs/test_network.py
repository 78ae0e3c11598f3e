"""A virtual network with private endpoints."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from cdktf import TerraformOutput, TerraformStack

from constructs_lib.azure.network.virtual_network import ExistingNetwork, address_plan
from constructs_lib.azure.provider import configure_azurerm
from tests.project import TENANT
from tests.unit.constructs.examples import network, resource_group, synthesized


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


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_network_of_others_is_looked_up_where_it_is(stack: TerraformStack, elsewhere: bool) -> None:
    configure_azurerm(stack, tenant_id=TENANT, subscription_id="s")
    theirs = ExistingNetwork(
        stack,
        "network",
        network_id="/subscriptions/h/resourceGroups/hub-rg/providers/Microsoft.Network/virtualNetworks/spoke",
        endpoint_subnet="ml-endpoints",
        location="eastus",
        provider=configure_azurerm(
            stack, tenant_id=TENANT, subscription_id="h", alias="network", register=False
        )
        if elsewhere
        else None,
    )
    TerraformOutput(stack, "subnet", value=theirs.endpoint_subnet_id)
    written = synthesized(stack)
    assert "resource" not in written.terraform
    body = written.data("azurerm_virtual_network")["network"]
    assert (body["name"], body["resource_group_name"]) == ("spoke", "hub-rg")
    assert body.get("provider") == ("azurerm.network" if elsewhere else None)
    subnet = "${data.azurerm_virtual_network.network.id}/subnets/ml-endpoints"
    assert written.terraform["output"]["subnet"]["value"] == subnet
    lies, has = body["lifecycle"]["postcondition"]
    assert lies["condition"] == '${self.location == "eastus"}'
    assert has["condition"] == '${contains(self.subnets, "ml-endpoints")}'
    for other in written.terraform["provider"]["azurerm"][1:]:
        # Nothing is registered in a subscription of others.
        assert other["resource_providers_to_register"] == []
