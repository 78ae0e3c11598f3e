"""Private networking: the addresses of private endpoints, the names that resolve to them, and what Azure refuses."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from sandbox.cloud.request import BAD_REQUEST, Request, ServiceError
from sandbox.cloud.rules import values_at
from sandbox.services.azure import arm

_ENDPOINT, _LINK, _SUBNET = (
    "azurerm_private_endpoint",
    "azurerm_private_dns_zone_virtual_network_link",
    "azurerm_subnet",
)
# Azure keeps the first four addresses of a subnet, and the last one.
_KEPT_ADDRESSES = 4

# What a private endpoint can lead to, by the type of the resource.
_SUBRESOURCES: Mapping[str, tuple[str, ...]] = {
    "microsoft.containerregistry/registries": ("registry",),
    "microsoft.insights/privatelinkscopes": ("azuremonitor",),
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.machinelearningservices/registries": ("amlregistry",),
    "microsoft.machinelearningservices/workspaces": ("amlworkspace",),
    "microsoft.storage/storageaccounts": ("blob", "dfs", "file", "queue", "table", "web"),
}


def private_endpoint(request: Request, thing_id: str, planned: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an address of the subnet, the network interface that has it, and the records of the DNS zones."""
    address = _address(request, planned)
    interface = planned.get("custom_network_interface_name") or f"{planned['name']}-nic"
    group = thing_id.partition("/providers/")[0]
    connection = planned["private_service_connection"][0]
    label = str(connection.get("private_connection_resource_id") or planned["name"]).rpartition("/")[2]
    zone_group = next(iter(planned.get("private_dns_zone_group") or []), None)
    group_id = f"{thing_id}/privateDnsZoneGroups/{zone_group['name']}" if zone_group else ""
    zones = zone_group["private_dns_zone_ids"] if zone_group else []
    return {
        "custom_dns_configs": [] if zones else [{"fqdn": label, "ip_addresses": [address]}],
        "network_interface": [
            {"id": f"{group}/providers/Microsoft.Network/networkInterfaces/{interface}", "name": interface}
        ],
        "private_dns_zone_configs": [_zone_config(group_id, zone, label, address) for zone in zones],
        "private_dns_zone_group": {"id": group_id},
        "private_service_connection": {"private_ip_address": address},
    }


def _address(request: Request, planned: Mapping[str, Any]) -> str:
    for wanted in values_at(planned, ("ip_configuration", "private_ip_address")):
        return str(wanted)
    subnet = request.cloud.find(planned["subnet_id"], _SUBNET)
    prefix = subnet.attributes["address_prefixes"][0] if subnet else "10.0.0.0/24"
    taken = {
        address
        for other in arm.existing(request.cloud, _ENDPOINT)
        if str(other.attributes["subnet_id"]).lower() == planned["subnet_id"].lower()
        for address in values_at(other.attributes, ("private_service_connection", "private_ip_address"))
    }
    network = ipaddress.ip_network(prefix)
    for index in range(_KEPT_ADDRESSES, network.num_addresses - 1):
        if str(network[index]) not in taken:
            return str(network[index])
    raise ServiceError(
        f"{BAD_REQUEST} SubnetIsFull: Subnet {planned['subnet_id']} with address prefix {prefix} does not have enough "
        "capacity for 1 IP addresses.",
        "subnet_id",
    )


def _zone_config(group_id: str, zone_id: str, label: str, address: str) -> Mapping[str, Any]:
    zone = zone_id.rpartition("/")[2]
    name = zone.replace(".", "-")
    record = {"name": label, "type": "A", "fqdn": f"{label}.{zone}", "ttl": 10, "ip_addresses": [address]}
    return {
        "id": f"{group_id}/privateDnsZoneConfigs/{name}",
        "name": name,
        "private_dns_zone_id": zone_id,
        "record_sets": [record],
    }


def check_private_endpoint(request: Request, planned: Mapping[str, Any]) -> None:
    """Refuse a part that the resource does not have, and a container registry without the Premium SKU."""
    things = arm.index(request.cloud)
    for connection in planned["private_service_connection"]:
        target = things.get(str(connection["private_connection_resource_id"]).lower())
        if target is None:
            continue
        known = _SUBRESOURCES.get("/".join(target.id.lower().split("/")[6:8]), ())
        for name in connection["subresource_names"] or []:
            if known and name not in known:
                raise ServiceError(
                    f"{BAD_REQUEST} {target.id} has no private link resource {name}; it has {', '.join(known)}.",
                    "private_service_connection",
                )
        if target.type == "azurerm_container_registry" and target.attributes["sku"] != "Premium":
            raise ServiceError(
                f"{BAD_REQUEST} A private endpoint needs the SKU Premium, and {target.id} has "
                f"{target.attributes['sku']}.",
                "private_service_connection",
            )


def check_dns_link(request: Request, planned: Mapping[str, Any]) -> None:
    """Refuse to link a network to two zones of one name: it could not tell which one answers."""
    wanted = (planned["private_dns_zone_name"].lower(), planned["virtual_network_id"].lower())
    for other in arm.existing(request.cloud, _LINK):
        zone, network = other.attributes["private_dns_zone_name"], other.attributes["virtual_network_id"]
        if (zone.lower(), network.lower()) == wanted and other.id != planned.get("id"):
            raise ServiceError(
                f"{BAD_REQUEST} BadRequest: A virtual network cannot be linked to multiple zones with overlapping "
                f"namespaces. It is linked to {zone} already by {other.id}.",
                "virtual_network_id",
            )


def check_outbound_rule(request: Request, planned: Mapping[str, Any]) -> None:
    """Refuse to approve a host in a workspace whose network does not ask for approval."""
    workspace = request.cloud.find(planned["workspace_id"], "azurerm_machine_learning_workspace")
    isolation = next(
        values_at(workspace.attributes if workspace else {}, ("managed_network", "isolation_mode")), None
    )
    needed = "AllowOnlyApprovedOutbound"
    if isolation != needed:
        raise ServiceError(
            f"{BAD_REQUEST} ValidationError: An outbound rule of this type needs a workspace whose managed network "
            f"has the isolation mode {needed}, not {isolation or 'Disabled'}.",
            "workspace_id",
        )
