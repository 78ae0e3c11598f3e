"""The private network: who reaches what, and what stays shut."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_lib.azure.network.monitor_private_link import ZONES as MONITOR_ZONES
from constructs_lib.guard_rails import violations
from settings.loader import load_settings
from settings.models.texts import DNS_ZONES, MONITOR_DNS_ZONES
from tests.project import HUB, copy_configuration, replace
from tests.schema import problems
from tests.synthesized import Stack, role_name, synthesize_to

Stacks = dict[str, Stack]

SUBRESOURCES = {
    # endpoint: (target, sub-resource, DNS zones)
    "workspace": (
        "${azurerm_machine_learning_workspace.workspace.id}",
        "amlworkspace",
        ["api_azureml_ms", "notebooks_azure_net"],
    ),
    "storage_blob": ("${azurerm_storage_account.storage.id}", "blob", ["blob_core_windows_net"]),
    "storage_file": ("${azurerm_storage_account.storage.id}", "file", ["file_core_windows_net"]),
    "storage_queue": ("${azurerm_storage_account.storage.id}", "queue", ["queue_core_windows_net"]),
    "storage_table": ("${azurerm_storage_account.storage.id}", "table", ["table_core_windows_net"]),
    "key_vault": ("${azurerm_key_vault.key_vault.id}", "vault", ["vaultcore_azure_net"]),
    "container_registry": (
        "${azurerm_container_registry.container_registry.id}",
        "registry",
        ["azurecr_io"],
    ),
    "shared_registry": (
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mlops-registry-rg"
        "/providers/Microsoft.MachineLearningServices/registries/mlops-central-registry",
        "amlregistry",
        ["api_azureml_ms"],
    ),
    "monitor": (
        "${azurerm_monitor_private_link_scope.monitor_private_link.id}",
        "azuremonitor",
        [
            "monitor_azure_com",
            "oms_opinsights_azure_com",
            "ods_opinsights_azure_com",
            "agentsvc_azure_automation_net",
            "blob_core_windows_net",
        ],
    ),
}


@pytest.mark.parametrize("endpoint", SUBRESOURCES)
def test_every_endpoint_leads_to_its_part_and_is_found_by_its_zones(stacks: Stacks, endpoint: str) -> None:
    target, subresource, zones = SUBRESOURCES[endpoint]
    body = stacks["mlops-prod"].at(f"azurerm_private_endpoint.network_endpoint_{endpoint}")
    connection = body["private_service_connection"]
    assert connection["private_connection_resource_id"] == target
    assert connection["subresource_names"] == [subresource]
    assert connection["is_manual_connection"] is False
    assert body["subnet_id"] == "${azurerm_subnet.network_private_endpoints.id}"
    assert body["private_dns_zone_group"]["private_dns_zone_ids"] == [
        f"${{azurerm_private_dns_zone.network_zone_{zone}.id}}" for zone in zones
    ]


def test_there_is_no_other_endpoint(stacks: Stacks) -> None:
    assert set(stacks["mlops-prod"].resources("azurerm_private_endpoint")) == {
        f"network_endpoint_{name}" for name in SUBRESOURCES
    }
    for name in ("mlops-dev", "mlops-test"):
        assert not stacks[name].resources("azurerm_private_endpoint")
        assert not stacks[name].resources("azurerm_virtual_network")


def test_each_zone_is_there_once_and_linked(stacks: Stacks) -> None:
    prod = stacks["mlops-prod"]
    zones = prod.resources("azurerm_private_dns_zone")
    assert len({body["name"] for body in zones.values()}) == len(zones) == 12
    links = prod.resources("azurerm_private_dns_zone_virtual_network_link")
    assert {body["private_dns_zone_name"] for body in links.values()} == {
        f"${{azurerm_private_dns_zone.{logical}.name}}" for logical in zones
    }


def test_the_zones_of_a_hub_are_used_and_left_alone(closed: Stacks) -> None:
    prod = closed["mlops-prod"]
    names = {body["name"] for body in prod.resources("azurerm_private_dns_zone").values()}
    assert names.isdisjoint({"privatelink.blob.core.windows.net", "privatelink.azurecr.io"})
    assert len(names) == 10
    blob = prod.at("azurerm_private_endpoint.network_endpoint_storage_blob.private_dns_zone_group")
    assert blob["private_dns_zone_ids"] == [f"{HUB}/privatelink.blob.core.windows.net"]
    assert prod.at("azurerm_virtual_network.network.dns_servers") == ["10.0.0.4"]


def test_everything_in_prod_is_shut_to_public_networks(stacks: Stacks) -> None:
    prod = stacks["mlops-prod"]
    for address in (
        "azurerm_storage_account.storage",
        "azurerm_key_vault.key_vault",
        "azurerm_container_registry.container_registry",
        "azurerm_machine_learning_workspace.workspace",
    ):
        assert prod.at(f"{address}.public_network_access_enabled") is False
    assert prod.at("azurerm_storage_account.storage.network_rules.default_action") == "Deny"
    assert prod.at("azurerm_key_vault.key_vault.network_acls.default_action") == "Deny"
    assert prod.at("azurerm_container_registry.container_registry.sku") == "Premium"
    logs = prod.at("azurerm_log_analytics_workspace.monitoring_log_analytics")
    assert (logs["internet_ingestion_enabled"], logs["internet_query_enabled"]) == (False, False)


def test_images_are_built_on_the_cluster_where_the_registry_is_private(stacks: Stacks) -> None:
    workspace = stacks["mlops-prod"].at("azurerm_machine_learning_workspace.workspace")
    assert workspace["image_build_compute_name"] == "prod-scoring-cluster"
    assert "image_build_compute_name" not in stacks["mlops-dev"].at(
        "azurerm_machine_learning_workspace.workspace"
    )


def test_logs_and_telemetry_go_through_the_network(stacks: Stacks) -> None:
    linked = stacks["mlops-prod"].resources("azurerm_monitor_private_link_scoped_service")
    assert {body["linked_resource_id"] for body in linked.values()} == {
        "${azurerm_application_insights.monitoring_application_insights.id}",
        "${azurerm_log_analytics_workspace.monitoring_log_analytics.id}",
    }


def test_the_managed_network_may_accept_its_own_endpoints(stacks: Stacks, closed: Stacks) -> None:
    def approved(stack: Stack) -> set[str]:
        return {
            body["scope"]
            for body in stack.resources("azurerm_role_assignment").values()
            if role_name(body) == "Azure AI Enterprise Network Connection Approver"
        }

    own = {
        "${azurerm_storage_account.storage.id}",
        "${azurerm_key_vault.key_vault.id}",
        "${azurerm_container_registry.container_registry.id}",
    }
    assert approved(stacks["mlops-prod"]) == own
    assert approved(stacks["mlops-dev"]) == set()
    # A shared registry that is shut has an endpoint in the managed network as well.
    group = SUBRESOURCES["shared_registry"][0].partition("/providers/")[0]
    assert approved(closed["mlops-prod"]) == {*own, group}
    assert "time_sleep.workspace_roles_wait" in closed["mlops-prod"].at(
        "azapi_resource.outbound_registry.depends_on"
    )


def test_studio_reads_a_private_account_through_its_endpoints(stacks: Stacks) -> None:
    readers = {
        (body["scope"], body["principal_id"])
        for name, body in stacks["mlops-prod"].resources("azurerm_role_assignment").items()
        if name.startswith("workspace_endpoint_roles_") and role_name(body) == "Reader"
    }
    identity = "${azurerm_user_assigned_identity.workspace_identity.principal_id}"
    assert readers == {
        ("${azurerm_private_endpoint.network_endpoint_storage_blob.id}", identity),
        ("${azurerm_private_endpoint.network_endpoint_storage_file.id}", identity),
    }


def test_batch_endpoints_reach_queues_and_tables_from_the_managed_network(stacks: Stacks) -> None:
    """Azure makes the endpoints to blobs and files by itself, and not these."""
    kind = "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint"
    rules = stacks["mlops-prod"].resources(kind)
    assert {body["sub_resource_target"] for body in rules.values()} == {"queue", "table"}
    for body in rules.values():
        assert body["service_resource_id"] == "${azurerm_storage_account.storage.id}"
        assert "time_sleep.workspace_roles_wait" in body["depends_on"]
    # One after the other.
    assert f"{kind}.outbound_storage_queue" in rules["outbound_storage_table"]["depends_on"]
    assert stacks["mlops-dev"].resources(kind) == {}


def test_compute_reaches_only_approved_hosts_where_the_configuration_says_so(closed: Stacks) -> None:
    prod = closed["mlops-prod"]
    mode = prod.at("azurerm_machine_learning_workspace.workspace.managed_network.isolation_mode")
    assert mode == "AllowOnlyApprovedOutbound"
    kind = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
    assert {logical: body["destination_fqdn"] for logical, body in prod.resources(kind).items()} == {
        "outbound_pypi_org": "pypi.org",
        "outbound_any-_pythonhosted_org": "*.pythonhosted.org",
        "outbound_any_pythonhosted_org": "any.pythonhosted.org",
        "outbound_any-pythonhosted_org": "any-pythonhosted.org",
    }
    # The rule for the registry comes after them.
    waits = prod.at("azapi_resource.outbound_registry.depends_on")
    assert f"{kind}.outbound_any-pythonhosted_org" in waits


@pytest.mark.parametrize("name", ["mlops-dev", "mlops-test", "mlops-prod"])
def test_a_shut_registry_is_reached_from_the_managed_network_too(
    stacks: Stacks, closed: Stacks, name: str
) -> None:
    destination = closed[name].at("azapi_resource.outbound_registry.body.properties.destination")
    assert destination["subresourceTarget"] == "amlregistry"
    assert destination["serviceResourceId"].endswith("/registries/mlops-central-registry")
    assert "outbound_registry" not in stacks["mlops-prod"].resources("azapi_resource")
    assert (
        closed["mlops-registry"].at("azapi_resource.registry.body.properties.publicNetworkAccess")
        == "Disabled"
    )


@pytest.mark.parametrize("name", ["mlops-dev", "mlops-test", "mlops-prod"])
def test_any_environment_can_be_private(closed: Stacks, name: str) -> None:
    assert problems(name, closed[name].terraform) == []
    tags = {"platform", "managed-by", "environment"}
    assert list(violations(closed[name].terraform, private=True, tags=tags)) == []


def test_a_network_of_others_is_used_as_it_is(company: Stacks) -> None:
    test = company["mlops-test"]
    for kind in ("virtual_network", "subnet", "network_security_group", "route_table", "nat_gateway"):
        assert not test.resources(f"azurerm_{kind}")
    (body,) = test.data("azurerm_virtual_network").values()
    assert (body["name"], body["provider"]) == ("mlops-test-spoke", "azurerm.network")
    subnet = "${data.azurerm_virtual_network.network.id}/subnets/ml-endpoints"
    endpoints = test.resources("azurerm_private_endpoint")
    assert {body["subnet_id"] for body in endpoints.values()} == {subnet}
    assert set(endpoints) == {f"network_endpoint_{name}" for name in SUBRESOURCES}
    # Zones that are to be made are made, and linked to that network; the hub's is the hub's.
    names = {body["name"] for body in test.resources("azurerm_private_dns_zone").values()}
    assert len(names) == 11
    assert "privatelink.azurecr.io" not in names
    links = test.resources("azurerm_private_dns_zone_virtual_network_link")
    assert {body["virtual_network_id"] for body in links.values()} == {
        "${data.azurerm_virtual_network.network.id}"
    }
    # What happens in a network of others is its owner's to record.
    assert not [name for name in test.resources("azurerm_monitor_diagnostic_setting") if "network" in name]
    (other,) = [p for p in test.terraform["provider"]["azurerm"] if p.get("alias") == "network"]
    assert other["subscription_id"] == "3a1c5e70-0d1f-4b52-9f0a-5f4f6f6c1dff"
    assert other["resource_providers_to_register"] == []


def test_a_policy_registers_all_endpoints_and_no_scope_of_ours_takes_azure_monitor_s_zones(
    company: Stacks,
) -> None:
    prod = company["mlops-prod"]
    assert not prod.resources("azurerm_private_dns_zone")
    assert not prod.resources("azurerm_private_dns_zone_virtual_network_link")
    endpoints = prod.resources("azurerm_private_endpoint")
    # The zones of Azure Monitor hold for everybody who resolves through them.
    assert set(endpoints) == {f"network_endpoint_{name}" for name in SUBRESOURCES if name != "monitor"}
    assert not prod.resources("azurerm_monitor_private_link_scope")
    for body in endpoints.values():
        assert "private_dns_zone_group" not in body
        assert "private_dns_zone_group" in body["lifecycle"]["ignore_changes"]


def test_agents_leave_by_a_gateway_a_firewall_or_not_at_all(
    stacks: Stacks, closed: Stacks, company: Stacks
) -> None:
    for stack, gateways, routes in (
        (stacks["mlops-prod"], 0, 0),
        (company["mlops-prod"], 1, 0),
        (closed["mlops-prod"], 0, 1),
        (closed["mlops-dev"], 0, 0),
    ):
        assert len(stack.resources("azurerm_nat_gateway")) == gateways
        assert len(stack.resources("azurerm_public_ip")) == gateways
        assert len(stack.resources("azurerm_route")) == routes
    agents = "${azurerm_subnet.network_agents.id}"
    kind, name = "azurerm_subnet_nat_gateway_association", "network_egress_nat_gateway_subnet"
    assert company["mlops-prod"].at(f"{kind}.{name}.subnet_id") == agents
    kind, name = "azurerm_subnet_route_table_association", "network_egress_route_table_subnet"
    assert closed["mlops-prod"].at(f"{kind}.{name}.subnet_id") == agents
    assert closed["mlops-prod"].at("azurerm_route.network_egress_route.next_hop_in_ip_address") == "10.0.0.5"


def test_subnets_stay_where_they_were(stacks: Stacks, company: Stacks) -> None:
    for prod in (stacks["mlops-prod"], company["mlops-prod"]):
        ranges = {name: body["address_prefixes"] for name, body in prod.resources("azurerm_subnet").items()}
        assert ranges == {
            "network_private_endpoints": ["10.30.0.0/26"],
            "network_agents": ["10.30.0.64/26"],
        }


@pytest.mark.parametrize(
    ("zones", "scope"), [("all but Azure Monitor's", False), ("all", True), ("made here", True)]
)
def test_azure_monitor_has_a_scope_where_its_zones_are_ours_or_named(
    tmp_path: Path, zones: str, scope: bool
) -> None:
    network = (
        "  virtual_network: /subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/resourceGroups/hub/providers/"
        "Microsoft.Network/virtualNetworks/spoke\n  subnets: {private_endpoints: a}\n"
    )
    if zones == "made here":
        network += "  create_dns_zones: true\n"
    else:
        names = [zone for zone in DNS_ZONES if zones == "all" or zone not in MONITOR_DNS_ZONES]
        network += "  dns_zones:\n" + "".join(f"    {zone}: {HUB}/{zone}\n" for zone in names)
    config = copy_configuration(tmp_path)
    replace(config / "environments" / "prod.yaml", ("  address_space: 10.30.0.0/24\n", network))
    prod = synthesize_to(load_settings(config), tmp_path / "out")["mlops-prod"]
    assert bool(prod.resources("azurerm_monitor_private_link_scope")) is scope
    assert bool(prod.resources("azurerm_private_dns_zone")) is (zones == "made here")


def test_the_zones_of_azure_monitor_are_those_that_its_endpoint_needs() -> None:
    assert set(MONITOR_ZONES) - {"privatelink.blob.core.windows.net"} == set(MONITOR_DNS_ZONES)
