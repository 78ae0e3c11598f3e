"""Microsoft.Network: the ways out of a subnet, by NAT gateways and routes."""

from __future__ import annotations

import uuid

from sandbox.cloud.request import BAD_REQUEST, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure.arm_resource import InUse
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.import_id import check_form, form_of
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules, Value


class PublicIp(AzureResource, type_name="azurerm_public_ip"):
    """A public address."""

    in_use = InUse(
        types=("azurerm_nat_gateway_public_ip_association",),
        says=(
            f"{BAD_REQUEST} PublicIPAddressCannotBeDeleted: Public IP address {{name}} can not be deleted since it is "
            "still allocated to resource {user}."
        ),
    )
    rules = ProviderRules(
        force_new=(
            *("name", "location", "resource_group_name", "edge_zone", "ip_tags", "ip_version"),
            *("public_ip_prefix_id", "sku_tier", "zones"),
        ),
        force_new_from={"sku": ("Standard", "StandardV2")},
        defaults={
            "ddos_protection_mode": "VirtualNetworkInherited",
            "idle_timeout_in_minutes": 4,
            "ip_version": "IPv4",
            "sku": "Standard",
            "sku_tier": "Regional",
        },
        values={
            "allocation_method": Value(one_of=("Static", "Dynamic")),
            "idle_timeout_in_minutes": Value(between=(4, 30)),
            "sku": Value(one_of=("Basic", "Standard", "StandardV2")),
        },
    )

    def provider_check(self, request: Request, arguments: Arguments) -> None:
        """Refuse an address that changes, which only the old kind could be."""
        if arguments["sku"] != "Basic" and arguments["allocation_method"] != "Static":
            raise ServiceError(
                "`allocation_method` must be set to `Static` when `sku` is set to `Standard` or `StandardV2`",
                "allocation_method",
            )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return an address of a range for examples (RFC 5737), each another one."""
        number = len(request.cloud.resources(self.name)) % 254 + 1
        return {"ip_address": f"203.0.113.{number}", "fqdn": ""}


class NatGateway(AzureResource, type_name="azurerm_nat_gateway"):
    """A way out of subnets."""

    in_use = InUse(
        types=("azurerm_subnet_nat_gateway_association",),
        says=(
            f"{BAD_REQUEST} InUseNatGatewayCannotBeDeleted: NAT gateway {{name}} is in use by {{user}} and cannot be "
            "deleted."
        ),
    )
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "sku_name", "zones"),
        defaults={"idle_timeout_in_minutes": 4, "sku_name": "Standard"},
        values={
            "idle_timeout_in_minutes": Value(between=(4, 120)),
            "sku_name": Value(one_of=("Standard", "StandardV2")),
        },
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its own id."""
        return {"resource_guid": str(uuid.uuid4())}


class NatGatewayAddress(AzureResource, type_name="azurerm_nat_gateway_public_ip_association"):
    """A public address of a NAT gateway."""

    import_form = f"{form_of(NatGateway.arm_id, '')}|{form_of(PublicIp.arm_id, '')}"
    rules = ProviderRules(force_new=("nat_gateway_id", "public_ip_address_id"))

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the association; ServiceError for anything but two ids (azurerm 4.81.0, composite resource ids)."""
        ids = text.split("|")
        if len(ids) != 2:
            raise ServiceError(f"expected 2 resourceids but got {len(ids)}")
        for resource_id, form in zip(ids, self.import_form.split("|"), strict=True):
            check_form(resource_id, form)
        return self.read(request, text)


class SubnetNatGatewayAssociation(AzureResource, type_name="azurerm_subnet_nat_gateway_association"):
    """The NAT gateway of a subnet. It has no id of its own in Azure: the provider uses the subnet's."""

    borrows_id = True
    rules = ProviderRules(force_new=("nat_gateway_id", "subnet_id"))


class RouteTable(AzureResource, type_name="azurerm_route_table"):
    """Where what leaves a subnet goes."""

    in_use = InUse(
        types=("azurerm_subnet_route_table_association",),
        says=(
            f"{BAD_REQUEST} InUseRouteTableCannotBeDeleted: Route table {{name}} is in use and cannot be deleted: "
            "{user}."
        ),
    )
    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name"),
        defaults={"bgp_route_propagation_enabled": True},
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return no routes and no subnets: both come with resources of their own."""
        return {"route": [], "subnets": []}


class Route(AzureResource, type_name="azurerm_route"):
    """One line of a route table."""

    rules = ProviderRules(
        force_new=("name", "resource_group_name", "route_table_name"),
        values={
            "next_hop_type": Value(
                one_of=("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None")
            )
        },
    )

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse an appliance without an address, and an address of anything else."""
        super().check(request, arguments)
        appliance = arguments["next_hop_type"] == "VirtualAppliance"
        if appliance != bool(arguments.get("next_hop_in_ip_address")):
            raise ServiceError(
                f"{BAD_REQUEST} RouteConflictingNextHop: Route {arguments['name']} needs a next hop IP address where "
                "the next hop is a virtual appliance, and none elsewhere.",
                "next_hop_in_ip_address",
            )


class SubnetRouteTableAssociation(AzureResource, type_name="azurerm_subnet_route_table_association"):
    """The route table of a subnet. It has no id of its own in Azure: the provider uses the subnet's."""

    borrows_id = True
    rules = ProviderRules(force_new=("route_table_id", "subnet_id"))
