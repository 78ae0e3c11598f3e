"""What others have in a landing zone before the first deployment: virtual networks, subnets and private DNS zones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sandbox.cloud.store import Cloud, Resource
from sandbox.services.resource_type import Attributes

_RANGE, _SUBNET = "10.200.0.0/16", "10.200.0.0/24"
_NETWORK, _ZONE = (
    "/providers/Microsoft.Network/virtualNetworks/",
    "/providers/Microsoft.Network/privateDnsZones/",
)


def add_zone(cloud: Cloud, zone_id: str) -> None:
    """Have a private DNS zone with this id, and the resource group that it names."""
    group_id, _, name = zone_id.partition(_ZONE)
    _add_group(cloud, group_id, "eastus")
    add(
        cloud,
        "azurerm_private_dns_zone",
        zone_id,
        {
            "name": name,
            "resource_group_name": group_id.rpartition("/")[2],
            "number_of_record_sets": 1,
            "max_number_of_record_sets": 25000,
            "max_number_of_virtual_network_links": 1000,
            "max_number_of_virtual_network_links_with_registration": 100,
            "soa_record": [],
            "tags": None,
        },
    )


def add_network(cloud: Cloud, network_id: str, *, location: str, subnets: Iterable[str]) -> None:
    """Have a virtual network with this id and these subnets, and the resource group that it names."""
    group_id, _, name = network_id.partition(_NETWORK)
    group = group_id.rpartition("/")[2]
    _add_group(cloud, group_id, location)
    add(
        cloud,
        "azurerm_virtual_network",
        network_id,
        {
            "name": name,
            "resource_group_name": group,
            "location": location,
            "address_space": [_RANGE],
            "dns_servers": [],
            "guid": str(uuid.uuid4()),
            "tags": None,
        },
    )
    for subnet in subnets:
        attributes = {
            "name": subnet,
            "resource_group_name": group,
            "virtual_network_name": name,
            "address_prefixes": [_SUBNET],
            "private_endpoint_network_policies": "Disabled",
        }
        add(cloud, "azurerm_subnet", f"{network_id}/subnets/{subnet}", attributes)


def _add_group(cloud: Cloud, group_id: str, location: str) -> None:
    attributes = {"name": group_id.rpartition("/")[2], "location": location, "managed_by": None, "tags": None}
    add(cloud, "azurerm_resource_group", group_id, attributes)


def add(cloud: Cloud, type_name: str, resource_id: str, attributes: Attributes) -> None:
    """Have a resource with this id: one that is there already stays as it is."""
    if cloud.find(resource_id, type_name) is None:
        cloud.write(Resource(type_name, resource_id, attributes))
