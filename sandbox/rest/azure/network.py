"""Bodies of Microsoft.Network. What connects two resources is a part of one of them.

Azure Networking REST reference: Virtual Networks, Subnets, Network Security Groups, Private Endpoints, Private Zones,
Virtual Network Links, Nat Gateways, Public IP Addresses, Route Tables, Routes; each of them "Get".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, body_by, camel, enabled, negated, sub_resource
from sandbox.services.azure import arm

_ASSOCIATIONS = {
    "azurerm_subnet_network_security_group_association": (
        "networkSecurityGroup",
        "network_security_group_id",
    ),
    "azurerm_subnet_nat_gateway_association": ("natGateway", "nat_gateway_id"),
    "azurerm_subnet_route_table_association": ("routeTable", "route_table_id"),
}
"""What a subnet has by types that only connect it: the property, and the argument with the other's id."""


def _prefixes(blocks: Any) -> Body:
    return {"addressPrefixes": blocks}


def _pools(blocks: Any) -> list[Body]:
    return [
        {"pool": {"id": item["id"]}, "numberOfIpAddresses": item["number_of_ip_addresses"]} for item in blocks
    ]


def _protection(blocks: Any) -> Body | None:
    return {"id": blocks[0]["id"]} if blocks else None


def _network(cloud: Cloud, resource: Resource) -> Body:
    """Return the subnets of a network: they are in its body, too."""
    inside = f"{resource.id}/subnets/".lower()
    subnets = [item for item in arm.existing(cloud, "azurerm_subnet") if item.id.lower().startswith(inside)]
    return {"properties": {"subnets": [body_by(SHAPES["azurerm_subnet"], cloud, item) for item in subnets]}}


def _subnet(cloud: Cloud, resource: Resource) -> Body:
    prefixes = resource.attributes["address_prefixes"] or []
    properties: Body = {"addressPrefix": prefixes[0]} if len(prefixes) == 1 else {"addressPrefixes": prefixes}
    for kind, (name, argument) in _ASSOCIATIONS.items():
        for link in cloud.resources(kind):
            if link.id.lower() == resource.id.lower():
                properties[name] = {"id": link.attributes[argument]}
    properties["privateEndpoints"] = [
        {"id": item.id}
        for item in arm.existing(cloud, "azurerm_private_endpoint")
        if str(item.attributes["subnet_id"]).lower() == resource.id.lower()
    ]
    return {"properties": properties}


def _delegations(blocks: Any) -> list[Body]:
    return [
        {
            "name": item["name"],
            "properties": {"serviceName": service["name"], "actions": service.get("actions") or []},
        }
        for item in blocks
        for service in item["service_delegation"]
    ]


def _security_rules(blocks: Any) -> list[Body]:
    return [_with_properties(item) for item in blocks]


def _with_properties(item: Mapping[str, Any]) -> Body:
    """Return an object of a list that is a resource of its own: a name, and its properties."""
    kept = {camel(name): value for name, value in item.items() if name != "name" and value not in (None, [])}
    return {"name": item["name"], "properties": {**kept, "provisioningState": "Succeeded"}}


def _connections(blocks: Any) -> list[Body]:
    return [
        {
            "name": item["name"],
            "properties": {
                "privateLinkServiceId": item["private_connection_resource_id"],
                "groupIds": item["subresource_names"] or [],
                "requestMessage": item.get("request_message"),
                "privateLinkServiceConnectionState": {
                    "status": "Pending" if item["is_manual_connection"] else "Approved",
                    "description": "",
                    "actionsRequired": "None",
                },
            },
        }
        for item in blocks
    ]


def _endpoint(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    manual = any(item["is_manual_connection"] for item in given["private_service_connection"])
    connections = _connections(given["private_service_connection"])
    return {
        "properties": {
            "privateLinkServiceConnections": [] if manual else connections,
            "manualPrivateLinkServiceConnections": connections if manual else [],
            "networkInterfaces": [{"id": item["id"]} for item in given["network_interface"]],
            "customDnsConfigs": [
                {"fqdn": item["fqdn"], "ipAddresses": item["ip_addresses"]}
                for item in given["custom_dns_configs"]
            ]
            or [
                {"fqdn": record["fqdn"], "ipAddresses": record["ip_addresses"]}
                for zone in given["private_dns_zone_configs"]
                for record in zone["record_sets"]
            ],
        }
    }


def zone_group(endpoint: Resource) -> Body | None:
    """Return the group of DNS zones of a private endpoint, which has an id and no file of its own."""
    given = endpoint.attributes
    configs = {item["private_dns_zone_id"]: item for item in given["private_dns_zone_configs"] or []}
    for group in given.get("private_dns_zone_group") or []:
        zones = [_zone_config(group["id"], zone, configs.get(zone)) for zone in group["private_dns_zone_ids"]]
        return {
            "id": group["id"],
            "name": group["name"],
            "type": "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            "properties": {"provisioningState": "Succeeded", "privateDnsZoneConfigs": zones},
        }
    return None


def _zone_config(group_id: str, zone: str, known: Mapping[str, Any] | None) -> Body:
    """Return a zone of a group with its records: a policy's group has none yet."""
    name = known["name"] if known else zone.rpartition("/")[2].replace(".", "-")
    records = known["record_sets"] if known else []
    return {
        "id": f"{group_id}/privateDnsZoneConfigs/{name}",
        "name": name,
        "properties": {
            "privateDnsZoneId": zone,
            "recordSets": [
                {
                    "recordSetName": item["name"],
                    "recordType": item["type"],
                    "fqdn": item["fqdn"],
                    "ttl": item["ttl"],
                    "ipAddresses": item["ip_addresses"],
                }
                for item in records
            ],
        },
    }


def _gateway(cloud: Cloud, resource: Resource) -> Body:
    addresses = [
        {"id": item.attributes["public_ip_address_id"]}
        for item in cloud.resources("azurerm_nat_gateway_public_ip_association")
        if item.attributes["nat_gateway_id"].lower() == resource.id.lower()
    ]
    subnets = [
        {"id": item.attributes["subnet_id"]}
        for item in cloud.resources("azurerm_subnet_nat_gateway_association")
        if item.attributes["nat_gateway_id"].lower() == resource.id.lower()
    ]
    return {"properties": {"publicIpAddresses": addresses, "subnets": subnets}}


def _public_ip(cloud: Cloud, resource: Resource) -> Body:
    given = resource.attributes
    label = {"domainNameLabel": given.get("domain_name_label"), "fqdn": given.get("fqdn")}
    return {
        "sku": {"name": given["sku"], "tier": given.get("sku_tier") or "Regional"},
        "properties": {"dnsSettings": label} if given.get("domain_name_label") else {},
    }


def _route_table(cloud: Cloud, resource: Resource) -> Body:
    inside = f"{resource.id}/routes/".lower()
    routes = [item for item in arm.existing(cloud, "azurerm_route") if item.id.lower().startswith(inside)]
    subnets = [
        {"id": item.attributes["subnet_id"]}
        for item in cloud.resources("azurerm_subnet_route_table_association")
        if item.attributes["route_table_id"].lower() == resource.id.lower()
    ]
    return {
        "properties": {
            "routes": [body_by(SHAPES["azurerm_route"], cloud, item) for item in routes],
            "subnets": subnets,
        }
    }


SHAPES = {
    "azurerm_virtual_network": Shape(
        places={
            "address_space": Place("addressSpace", _prefixes),
            "bgp_community": "bgpCommunities.virtualNetworkCommunity",
            "ddos_protection_plan": Place("ddosProtectionPlan", _protection),
            "edge_zone": "/extendedLocation.name",
            "ip_address_pool": Place("addressSpace.ipamPoolPrefixAllocations", _pools),
            "dns_servers": Place("dhcpOptions", lambda value: {"dnsServers": value}),
            "guid": "resourceGuid",
            "private_endpoint_vnet_policies": "privateEndpointVNetPolicies",
        },
        untold=("subnet",),
        more=_network,
    ),
    "azurerm_subnet": Shape(
        places={
            "default_outbound_access_enabled": "defaultOutboundAccess",
            "delegation": Place("delegations", _delegations),
            "ip_address_pool": Place("ipamPoolPrefixAllocations", _pools),
            "private_link_service_network_policies_enabled": Place(
                "privateLinkServiceNetworkPolicies", enabled
            ),
            "service_endpoints": Place(
                "serviceEndpoints", lambda value: [{"service": item} for item in value]
            ),
        },
        untold=("address_prefixes",),
        more=_subnet,
    ),
    "azurerm_network_security_group": Shape(
        places={"security_rule": Place("securityRules", _security_rules)}
    ),
    "azurerm_private_endpoint": Shape(
        places={"subnet_id": Place("subnet", sub_resource)},
        untold=(
            *("private_service_connection", "private_dns_zone_group", "private_dns_zone_configs"),
            *("network_interface", "custom_dns_configs", "edge_zone"),
        ),
        more=_endpoint,
    ),
    "azurerm_private_dns_zone": Shape(
        places={"number_of_record_sets": "numberOfRecordSets"}, untold=("soa_record",)
    ),
    "azurerm_private_dns_zone_virtual_network_link": Shape(
        places={"virtual_network_id": Place("virtualNetwork", sub_resource)}
    ),
    "azurerm_nat_gateway": Shape(
        places={"sku_name": "/sku.name", "zones": "/zones"}, untold=(), more=_gateway
    ),
    "azurerm_public_ip": Shape(
        places={
            "allocation_method": "publicIPAllocationMethod",
            "ddos_protection_mode": "ddosSettings.protectionMode",
            "ip_version": "publicIPAddressVersion",
            "public_ip_prefix_id": Place("publicIPPrefix", sub_resource),
            "zones": "/zones",
        },
        untold=("sku", "sku_tier", "domain_name_label", "fqdn", "edge_zone"),
        more=_public_ip,
    ),
    "azurerm_route_table": Shape(
        places={"bgp_route_propagation_enabled": Place("disableBgpRoutePropagation", negated)},
        untold=("route", "subnets"),
        more=_route_table,
    ),
    "azurerm_route": Shape(places={"next_hop_in_ip_address": "nextHopIpAddress"}),
}
