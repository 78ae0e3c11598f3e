"""Microsoft.Network: virtual networks, security groups, private endpoints, private DNS zones."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from sandbox.cloud.request import BAD_REQUEST, CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm, hub, landing_zone
from sandbox.services.azure.arm_resource import InUse
from sandbox.services.azure.azure_resource import AzureDataSource, AzureResource
from sandbox.services.resource_type import Arguments, Attributes
from sandbox.services.rules import ProviderRules, Value, values_at

# Azure keeps the first four addresses of a subnet, and the last one.
_KEPT_ADDRESSES = 4
_NO_POOLED_ADDRESSES: Arguments = {"allocated_ip_address_prefixes": []}

# What a private endpoint can lead to, by the type of the resource.
_SUBRESOURCES: Mapping[str, tuple[str, ...]] = {
    "microsoft.containerregistry/registries": ("registry",),
    "microsoft.insights/privatelinkscopes": ("azuremonitor",),
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.machinelearningservices/registries": ("amlregistry",),
    "microsoft.machinelearningservices/workspaces": ("amlworkspace",),
    "microsoft.storage/storageaccounts": ("blob", "dfs", "file", "queue", "table", "web"),
}


class VirtualNetwork(AzureResource, type_name="azurerm_virtual_network"):
    """A virtual network."""

    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "edge_zone"),
        defaults={"private_endpoint_vnet_policies": "Disabled"},
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its own id, no subnets yet, and no addresses of a pool."""
        return {"guid": str(uuid.uuid4()), "subnet": [], "ip_address_pool": _NO_POOLED_ADDRESSES}


class ExistingVirtualNetwork(AzureDataSource, type_name="azurerm_virtual_network"):
    """A virtual network that is there already, with the names of its subnets."""

    missing = "Virtual Network (Resource Group: {resource_group_name}, Virtual Network: {name}) was not found"

    def look_up(self, request: Request, given: Arguments) -> Attributes:
        """Return the network; it is peered with none."""
        found = super().look_up(request, given)
        inside = f"{found['id']}/".lower()
        subnets = arm.existing(request.cloud, Subnet.name)
        return {
            **found,
            "subnets": [subnet.name for subnet in subnets if subnet.id.lower().startswith(inside)],
            "vnet_peerings": {},
            "vnet_peerings_addresses": [],
        }


class Subnet(AzureResource, type_name="azurerm_subnet"):
    """A subnet."""

    in_use = InUse(
        types=("azurerm_private_endpoint", "azurerm_machine_learning_compute_cluster"),
        says=f"{CONFLICT} InUseSubnetCannotBeDeleted: Subnet {{name}} is in use by {{user}} and cannot be deleted.",
    )
    rules = ProviderRules(
        force_new=("name", "resource_group_name", "virtual_network_name"),
        defaults={
            "default_outbound_access_enabled": True,
            "private_endpoint_network_policies": "Disabled",
            "private_link_service_network_policies_enabled": True,
        },
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return no addresses of a pool."""
        return {"ip_address_pool": _NO_POOLED_ADDRESSES}


class NetworkSecurityGroup(AzureResource, type_name="azurerm_network_security_group"):
    """Rules of who may reach what in a network."""

    in_use = InUse(
        types=("azurerm_subnet_network_security_group_association", "azurerm_private_endpoint"),
        says=(
            f"{CONFLICT} InUseNetworkSecurityGroupCannotBeDeleted: Network security group {{name}} cannot be deleted "
            "because it is in use by {user}."
        ),
    )
    rules = ProviderRules(force_new=("name", "location", "resource_group_name"))


class SubnetSecurityGroupAssociation(
    AzureResource, type_name="azurerm_subnet_network_security_group_association"
):
    """The security group of a subnet. It has no id of its own in Azure: the provider uses the subnet's."""

    borrows_id = True
    rules = ProviderRules(force_new=("network_security_group_id", "subnet_id"))


class PrivateEndpoint(AzureResource, type_name="azurerm_private_endpoint"):
    """The address of a resource in a subnet, and the records of the DNS zones that lead to it."""

    rules = ProviderRules(
        force_new=(
            "name",
            "location",
            "resource_group_name",
            "custom_network_interface_name",
            "ip_configuration",
            "private_service_connection.is_manual_connection",
            "private_service_connection.name",
            "private_service_connection.private_connection_resource_alias",
            "private_service_connection.private_connection_resource_id",
            "private_service_connection.subresource_names",
            "subnet_id",
        )
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse a part that the resource does not have, and a container registry without the Premium SKU."""
        super().check(request, arguments)
        resources = arm.index(request.cloud)
        for connection in arguments["private_service_connection"]:
            target = resources.get(str(connection["private_connection_resource_id"]).lower())
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

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return an address of the subnet, the network interface that has it, and the records of the DNS zones."""
        address = _address(request, arguments)
        interface = arguments.get("custom_network_interface_name") or f"{arguments['name']}-nic"
        group = resource_id.partition("/providers/")[0]
        connection = arguments["private_service_connection"][0]
        label = str(connection.get("private_connection_resource_id") or arguments["name"]).rpartition("/")[2]
        zone_group = next(iter(arguments.get("private_dns_zone_group") or []), None)
        group_id = f"{resource_id}/privateDnsZoneGroups/{zone_group['name']}" if zone_group else ""
        zones = zone_group["private_dns_zone_ids"] if zone_group else []
        return {
            "custom_dns_configs": [] if zones else [{"fqdn": label, "ip_addresses": [address]}],
            "network_interface": [
                {
                    "id": f"{group}/providers/Microsoft.Network/networkInterfaces/{interface}",
                    "name": interface,
                }
            ],
            "private_dns_zone_configs": [_zone_config(group_id, zone, label, address) for zone in zones],
            "private_dns_zone_group": {"id": group_id},
            "private_service_connection": {"private_ip_address": address},
        }

    def after_create(self, request: Request, resource: Resource) -> None:
        """Let a landing zone's policy write its group of DNS zones, where it is on and there is none."""
        attributes = dict(resource.attributes)
        part = next(values_at(attributes, "private_service_connection.subresource_names"), None)
        group = landing_zone.zone_group(request.account.subscription_id, str(part))
        if group and not attributes["private_dns_zone_group"]:
            for zone in group["private_dns_zone_ids"]:
                hub.add_zone(request.cloud, zone)
            group_id = f"{resource.id}/privateDnsZoneGroups/{group['name']}"
            attributes["private_dns_zone_group"] = [{**group, "id": group_id}]
            request.cloud.write(replace(resource, attributes=attributes))


def _address(request: Request, arguments: Arguments) -> str:
    import ipaddress  # not at the top: only this needs it, and a provider should start quickly

    for wanted in values_at(arguments, "ip_configuration.private_ip_address"):
        return str(wanted)
    subnet = request.cloud.find(arguments["subnet_id"], "azurerm_subnet")
    prefix = subnet.attributes["address_prefixes"][0] if subnet else "10.0.0.0/24"
    taken = {
        address
        for other in arm.existing(request.cloud, PrivateEndpoint.name)
        if str(other.attributes["subnet_id"]).lower() == arguments["subnet_id"].lower()
        for address in values_at(other.attributes, "private_service_connection.private_ip_address")
    }
    network = ipaddress.ip_network(prefix)
    for index in range(_KEPT_ADDRESSES, network.num_addresses - 1):
        if str(network[index]) not in taken:
            return str(network[index])
    raise ServiceError(
        f"{BAD_REQUEST} SubnetIsFull: Subnet {arguments['subnet_id']} with address prefix "
        f"{prefix} does not have enough "
        "capacity for 1 IP addresses.",
        "subnet_id",
    )


def _zone_config(group_id: str, zone_id: str, label: str, address: str) -> Arguments:
    zone = zone_id.rpartition("/")[2]
    name = zone.replace(".", "-")
    record = {"name": label, "type": "A", "fqdn": f"{label}.{zone}", "ttl": 10, "ip_addresses": [address]}
    return {
        "id": f"{group_id}/privateDnsZoneConfigs/{name}",
        "name": name,
        "private_dns_zone_id": zone_id,
        "record_sets": [record],
    }


class PrivateDnsZone(AzureResource, type_name="azurerm_private_dns_zone"):
    """A private DNS zone."""

    in_use = InUse(
        types=("azurerm_private_dns_zone_virtual_network_link",),
        inside=True,
        says=(
            f"{CONFLICT} CannotDeleteResource: Cannot delete resource before nested resources are deleted: {{user}}."
        ),
    )
    rules = ProviderRules(
        force_new=("name", "resource_group_name", "soa_record"),
        defaults={
            "soa_record": {
                "expire_time": 2419200,
                "minimum_ttl": 10,
                "refresh_time": 3600,
                "retry_time": 300,
                "ttl": 3600,
            }
        },
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return the one record that every zone begins with, its start of authority, and Azure's limits."""
        return {
            "number_of_record_sets": 1,
            "max_number_of_record_sets": 25000,
            "max_number_of_virtual_network_links": 1000,
            "max_number_of_virtual_network_links_with_registration": 100,
            "soa_record": {
                "fqdn": f"{arguments['name']}.",
                "host_name": "azureprivatedns.net",
                "serial_number": 1,
            },
        }


class PrivateDnsZoneLink(AzureResource, type_name="azurerm_private_dns_zone_virtual_network_link"):
    """A network in which the names of a zone resolve."""

    rules = ProviderRules(
        force_new=("name", "private_dns_zone_name", "resource_group_name", "virtual_network_id"),
        defaults={"registration_enabled": False},
        values={"resolution_policy": Value(one_of=("Default", "NxDomainRedirect"))},
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse to link a network to two zones of one name: it could not tell which one answers."""
        super().check(request, arguments)
        wanted = (arguments["private_dns_zone_name"].lower(), arguments["virtual_network_id"].lower())
        for other in arm.existing(request.cloud, self.name):
            zone, network = other.attributes["private_dns_zone_name"], other.attributes["virtual_network_id"]
            if (zone.lower(), network.lower()) == wanted and other.id != arguments.get("id"):
                raise ServiceError(
                    f"{BAD_REQUEST} BadRequest: A virtual network cannot be linked to multiple zones with overlapping "
                    f"namespaces. It is linked to {zone} already by {other.id}.",
                    "virtual_network_id",
                )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return what happens to names that the zone does not have, unless told otherwise."""
        return {"resolution_policy": "Default"}
