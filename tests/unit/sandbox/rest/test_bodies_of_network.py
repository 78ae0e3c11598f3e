"""What networks answer: the whole body, for one of each type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.resources import GROUP
from tests.unit.sandbox.rest.bodies import body

SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/s"
REGISTRY_OF_MODELS = f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/models"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def connection(*, manual: bool) -> dict[str, Any]:
    return {
        "name": "c",
        "is_manual_connection": manual,
        "private_connection_resource_id": REGISTRY_OF_MODELS,
        "subresource_names": ["amlregistry"],
        "request_message": "please" if manual else None,
    }


@pytest.mark.parametrize(("manual", "status"), [(False, "Approved"), (True, "Pending")])
def test_a_private_endpoint(cloud: Cloud, manual: bool, status: str) -> None:
    record = {"name": "n", "type": "A", "fqdn": "f.net", "ttl": 10, "ip_addresses": ["10.0.0.4"]}
    made = body(
        cloud,
        "azurerm_private_endpoint",
        "Microsoft.Network/privateEndpoints",
        subnet_id=SUBNET,
        private_service_connection=[connection(manual=manual)],
        network_interface=[{"id": "/nic"}],
        custom_dns_configs=[],
        private_dns_zone_configs=[{"record_sets": [record]}],
    )
    told = [
        {
            "name": "c",
            "properties": {
                "privateLinkServiceId": REGISTRY_OF_MODELS,
                "groupIds": ["amlregistry"],
                "requestMessage": "please" if manual else None,
                "privateLinkServiceConnectionState": {
                    "status": status,
                    "description": "",
                    "actionsRequired": "None",
                },
            },
        }
    ]
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "subnet": {"id": SUBNET},
        "privateLinkServiceConnections": [] if manual else told,
        "manualPrivateLinkServiceConnections": told if manual else [],
        "networkInterfaces": [{"id": "/nic"}],
        "customDnsConfigs": [{"fqdn": "f.net", "ipAddresses": ["10.0.0.4"]}],
    }


def test_networks(cloud: Cloud) -> None:
    network = body(
        cloud,
        "azurerm_virtual_network",
        "Microsoft.Network/virtualNetworks",
        address_space=["10.0.0.0/16"],
        dns_servers=["10.0.0.4"],
        bgp_community="12076:1",
        ddos_protection_plan=[{"id": "/plan"}],
        edge_zone="edge",
        guid="g",
        private_endpoint_vnet_policies="Disabled",
    )
    assert network["extendedLocation"] == {"name": "edge"}
    assert network["properties"] == {
        "provisioningState": "Succeeded",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "dhcpOptions": {"dnsServers": ["10.0.0.4"]},
        "bgpCommunities": {"virtualNetworkCommunity": "12076:1"},
        "ddosProtectionPlan": {"id": "/plan"},
        "resourceGuid": "g",
        "privateEndpointVNetPolicies": "Disabled",
        "subnets": [],
    }
    delegation = [{"name": "d", "service_delegation": [{"name": "Microsoft.A/b", "actions": ["join"]}]}]
    pool = [{"id": "/pool", "number_of_ip_addresses": "256"}]
    subnet = body(
        cloud,
        "azurerm_subnet",
        "Microsoft.Network/virtualNetworks/net/subnets",
        address_prefixes=["10.0.1.0/24"],
        delegation=delegation,
        ip_address_pool=pool,
        service_endpoints=["Microsoft.Storage"],
        default_outbound_access_enabled=False,
        private_link_service_network_policies_enabled=True,
    )
    assert subnet["properties"] == {
        "provisioningState": "Succeeded",
        "addressPrefix": "10.0.1.0/24",
        "delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.A/b", "actions": ["join"]}}],
        "ipamPoolPrefixAllocations": [{"pool": {"id": "/pool"}, "numberOfIpAddresses": "256"}],
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
        "defaultOutboundAccess": False,
        "privateLinkServiceNetworkPolicies": "Enabled",
        "privateEndpoints": [],
    }
    rule = {"name": "deny", "priority": 100, "access": "Deny", "description": None, "source_port_ranges": []}
    group = body(
        cloud,
        "azurerm_network_security_group",
        "Microsoft.Network/networkSecurityGroups",
        security_rule=[rule],
    )
    assert group["properties"]["securityRules"] == [
        {
            "name": "deny",
            "properties": {"priority": 100, "access": "Deny", "provisioningState": "Succeeded"},
        }
    ]


def test_addresses_and_routes(cloud: Cloud) -> None:
    address = body(
        cloud,
        "azurerm_public_ip",
        "Microsoft.Network/publicIPAddresses",
        sku="Standard",
        allocation_method="Static",
        ip_version="IPv4",
        ddos_protection_mode="VirtualNetworkInherited",
        public_ip_prefix_id="/prefix",
        zones=["1"],
        domain_name_label="label",
        fqdn="label.eastus.cloudapp.azure.com",
    )
    assert (address["sku"], address["zones"]) == ({"name": "Standard", "tier": "Regional"}, ["1"])
    assert address["properties"] == {
        "provisioningState": "Succeeded",
        "publicIPAllocationMethod": "Static",
        "publicIPAddressVersion": "IPv4",
        "ddosSettings": {"protectionMode": "VirtualNetworkInherited"},
        "publicIPPrefix": {"id": "/prefix"},
        "dnsSettings": {"domainNameLabel": "label", "fqdn": "label.eastus.cloudapp.azure.com"},
    }
    table = body(
        cloud, "azurerm_route_table", "Microsoft.Network/routeTables", bgp_route_propagation_enabled=False
    )
    assert table["properties"] == {
        "provisioningState": "Succeeded",
        "disableBgpRoutePropagation": True,
        "routes": [],
        "subnets": [],
    }
    route = body(
        cloud, "azurerm_route", "Microsoft.Network/routeTables/t/routes", next_hop_in_ip_address="10.0.0.1"
    )
    assert route["properties"]["nextHopIpAddress"] == "10.0.0.1"
    link = body(
        cloud,
        "azurerm_private_dns_zone_virtual_network_link",
        "Microsoft.Network/privateDnsZones/z/virtualNetworkLinks",
        virtual_network_id="/net",
    )
    assert link["properties"]["virtualNetwork"] == {"id": "/net"}


def test_a_gateway_and_its_address(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_nat_gateway",
        "Microsoft.Network/natGateways",
        sku_name="Standard",
        zones=["1"],
        idle_timeout_in_minutes=4,
    )
    assert (made["sku"], made["zones"]) == ({"name": "Standard"}, ["1"])
    assert made["properties"] == {
        "provisioningState": "Succeeded",
        "idleTimeoutInMinutes": 4,
        "publicIpAddresses": [],
        "subnets": [],
    }


def test_a_zone_counts_its_records(cloud: Cloud) -> None:
    zone = body(
        cloud, "azurerm_private_dns_zone", "Microsoft.Network/privateDnsZones", number_of_record_sets=2
    )
    assert zone["properties"] == {"provisioningState": "Succeeded", "numberOfRecordSets": 2}
