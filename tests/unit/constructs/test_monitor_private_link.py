"""The private way to Azure Monitor."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.network.monitor_private_link import add_monitor_private_link
from tests.unit.constructs.examples import LOGS, endpoints, resource_group, synthesized


def test_services_are_linked_before_their_endpoint_is_made(stack: TerraformStack) -> None:
    group = resource_group(stack)
    add_monitor_private_link(
        stack,
        "monitor",
        resource_group=group,
        name="example-monitor",
        services={"logs": LOGS},
        endpoints=endpoints(stack, group),
    )
    written = synthesized(stack)
    scope = written.at("azurerm_monitor_private_link_scope.monitor")
    # Telemetry may also go to others, so that tools on agents keep working.
    assert (scope["query_access_mode"], scope["ingestion_access_mode"]) == ("PrivateOnly", "Open")
    assert written.at("azurerm_monitor_private_link_scoped_service.monitor_logs.linked_resource_id") == LOGS
    # Azure gives the endpoint its addresses for the services that are linked by then.
    endpoint = written.at("azurerm_private_endpoint.network_endpoint_monitor")
    assert endpoint["depends_on"] == ["azurerm_monitor_private_link_scoped_service.monitor_logs"]
    assert len(endpoint["private_dns_zone_group"]["private_dns_zone_ids"]) == 5
