"""What others have in a landing zone, and the ways out of a subnet."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.stacks import Stack as Written
from sandbox.cloud.store import Cloud
from sandbox.commands.stacks import seed_for
from sandbox.services.azure.hub import add_network, add_zone
from sandbox.services.seed import seed
from tests.synthesized import Stack
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import GROUP, IN_GROUP, SUBSCRIPTION

PLACE = {"resource_group_name": "rg"}
HUB = "/subscriptions/bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee/resourceGroups/hub-rg"
NETWORK = "/providers/Microsoft.Network/virtualNetworks/"


def test_a_network_of_others_is_found_with_its_subnets(azure: Client, cloud: Cloud) -> None:
    add_network(cloud, f"{GROUP}{NETWORK}spoke", location="westeurope", subnets=["a", "b"])
    add_network(cloud, f"{GROUP}{NETWORK}spoke", location="eastus", subnets=["a"])  # it is there already
    add_network(cloud, f"{GROUP}{NETWORK}other", location="eastus", subnets=["c"])
    found = azure.look_up("azurerm_virtual_network", **PLACE, name="spoke")
    assert (found["id"], found["location"]) == (f"{GROUP}{NETWORK}spoke", "westeurope")
    assert found["subnets"] == ["a", "b"]
    assert (found["vnet_peerings"], found["vnet_peerings_addresses"]) == ({}, [])


def test_a_network_that_is_not_there_or_in_another_subscription_is_not_found(
    azure: Client, cloud: Cloud
) -> None:
    add_network(cloud, f"{HUB}{NETWORK}spoke", location="eastus", subnets=["a"])
    with pytest.raises(RefusedError, match=r"Virtual Network: spoke\) was not found"):
        azure.look_up("azurerm_virtual_network", resource_group_name="hub-rg", name="spoke")


def test_endpoints_go_into_a_network_and_zones_of_others(azure: Client, cloud: Cloud) -> None:
    zone = f"{HUB}/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
    add_network(cloud, f"{HUB}{NETWORK}spoke", location="eastus", subnets=["a"])
    seed(cloud.folder, project=None, subscriptions=[HUB.split("/")[2]])
    add_zone(cloud, zone)
    vault = azure.create(
        "azurerm_key_vault", **IN_GROUP, name="vault", tenant_id=SUBSCRIPTION, sku_name="standard"
    )
    state = azure.create(
        "azurerm_private_endpoint",
        **IN_GROUP,
        name="endpoint",
        subnet_id=f"{HUB}{NETWORK}spoke/subnets/a",
        private_service_connection=[
            {
                "name": "vault",
                "is_manual_connection": False,
                "private_connection_resource_id": vault["id"],
                "subresource_names": ["vault"],
            }
        ],
        private_dns_zone_group=[{"name": "default", "private_dns_zone_ids": [zone]}],
    )
    assert state["private_dns_zone_configs"][0]["private_dns_zone_id"] == zone


@pytest.fixture
def subnet(azure: Client) -> Values:
    azure.create("azurerm_virtual_network", **IN_GROUP, name="net", address_space=["10.0.0.0/16"])
    return azure.create(
        "azurerm_subnet",
        **PLACE,
        virtual_network_name="net",
        name="agents",
        address_prefixes=["10.0.1.0/24"],
    )


def test_a_nat_gateway_is_kept_by_its_subnet_and_keeps_its_address(azure: Client, subnet: Values) -> None:
    address = azure.create(
        "azurerm_public_ip", **IN_GROUP, name="out", allocation_method="Static", sku="Standard"
    )
    other = azure.create("azurerm_public_ip", **IN_GROUP, name="other", allocation_method="Static")
    assert address["ip_address"] != other["ip_address"]
    gateway = azure.create("azurerm_nat_gateway", **IN_GROUP, name="out")
    of_address = azure.create(
        "azurerm_nat_gateway_public_ip_association",
        nat_gateway_id=gateway["id"],
        public_ip_address_id=address["id"],
    )
    assert of_address["id"] == f"{gateway['id']}|{address['id']}"
    of_subnet = azure.create(
        "azurerm_subnet_nat_gateway_association", nat_gateway_id=gateway["id"], subnet_id=subnet["id"]
    )
    assert of_subnet["id"] == subnet["id"]
    with pytest.raises(RefusedError, match="InUseNatGatewayCannotBeDeleted"):
        azure.destroy("azurerm_nat_gateway", gateway)
    with pytest.raises(RefusedError, match="PublicIPAddressCannotBeDeleted"):
        azure.destroy("azurerm_public_ip", address)
    azure.destroy("azurerm_subnet_nat_gateway_association", of_subnet)
    azure.destroy("azurerm_nat_gateway_public_ip_association", of_address)
    azure.destroy("azurerm_nat_gateway", gateway)
    azure.destroy("azurerm_public_ip", address)


def test_an_address_that_changes_is_refused(azure: Client) -> None:
    with pytest.raises(RefusedError, match="must be set to `Static`"):
        azure.create("azurerm_public_ip", **IN_GROUP, name="out", allocation_method="Dynamic")


def test_a_route_table_is_kept_by_its_subnet(azure: Client, subnet: Values) -> None:
    table = azure.create("azurerm_route_table", **IN_GROUP, name="out", bgp_route_propagation_enabled=False)
    route = {**PLACE, "route_table_name": "out", "name": "to-firewall", "address_prefix": "0.0.0.0/0"}
    with pytest.raises(RefusedError, match="RouteConflictingNextHop"):
        azure.create("azurerm_route", **route, next_hop_type="VirtualAppliance")
    with pytest.raises(RefusedError, match="RouteConflictingNextHop"):
        azure.create("azurerm_route", **route, next_hop_type="None", next_hop_in_ip_address="10.0.0.4")
    state = azure.create(
        "azurerm_route", **route, next_hop_type="VirtualAppliance", next_hop_in_ip_address="10.0.0.4"
    )
    assert state["id"] == f"{table['id']}/routes/to-firewall"
    used = azure.create(
        "azurerm_subnet_route_table_association", route_table_id=table["id"], subnet_id=subnet["id"]
    )
    with pytest.raises(RefusedError, match="InUseRouteTableCannotBeDeleted"):
        azure.destroy("azurerm_route_table", table)
    azure.destroy("azurerm_subnet_route_table_association", used)
    azure.destroy("azurerm_route_table", table)
    assert azure.read("azurerm_route", state) is None  # it went along


def test_what_the_company_names_of_others_is_there(company: dict[str, Stack], tmp_path: Path) -> None:
    written = [Written(name, tmp_path, stack.terraform) for name, stack in company.items()]
    seed_for(tmp_path / "cloud", written)
    cloud = Cloud(tmp_path / "cloud")
    networks = {item.name: item for item in cloud.resources("azurerm_virtual_network")}
    network = networks.pop("mlops-test-spoke")
    assert network.attributes["location"] == "eastus"
    assert set(networks) == {"hub", "mlops-state-spoke"}
    assert f"{network.id}/subnets/ml-endpoints" in {item.id for item in cloud.resources("azurerm_subnet")}
    zones = {item.name for item in cloud.resources("azurerm_private_dns_zone")}
    assert zones == {"privatelink.azurecr.io", "privatelink.blob.core.windows.net"}
    queues = {item.name for item in cloud.resources("azuredevops_agent_queue")}
    assert queues == {"mlops-prod-agents", "mlops-test-agents"}
    assert network.id.partition("/resourceGroups/")[0] in {
        item.id for item in cloud.resources("azurerm_subscription")
    }
    seed_for(tmp_path / "cloud", written)
    assert len(cloud.resources("azuredevops_agent_queue")) == 2
