"""The private way to logs and telemetry: an Azure Monitor private link scope with its endpoint."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformStack

from constructs_lib.azure.network.private_endpoints import PrivateEndpoints
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

ZONES = (
    "privatelink.monitor.azure.com",
    "privatelink.oms.opinsights.azure.com",
    "privatelink.ods.opinsights.azure.com",
    "privatelink.agentsvc.azure-automation.net",
    "privatelink.blob.core.windows.net",
)
"""The private DNS zones of Azure Monitor; the last one is shared with storage."""


def add_monitor_private_link(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    name: str,
    services: Mapping[str, str],
    endpoints: PrivateEndpoints,
) -> None:
    """Add a private link scope over ``services``, such as Log Analytics, and its endpoint among ``endpoints``.

    The keys of ``services`` become part of the addresses, the values are ARM ids. Queries from the network see these
    services alone. Telemetry may also go to others, so that tools on agents that report to Azure Monitor keep working.

    Not for networks that share their DNS with others: through these zones, all of them reach Azure Monitor only by
    this scope.
    """
    link_scope = azurerm.MonitorPrivateLinkScope(
        scope,
        id_,
        name=name,
        resource_group_name=resource_group.name_reference,
        query_access_mode="PrivateOnly",
        ingestion_access_mode="Open",
    )
    linked = [
        azurerm.MonitorPrivateLinkScopedService(
            scope,
            f"{id_}_{key}",
            name=key.replace("_", "-"),
            resource_group_name=resource_group.name_reference,
            scope_name=link_scope.name,
            linked_resource_id=service_id,
        )
        for key, service_id in services.items()
    ]
    # Azure gives the endpoint its addresses for the services that are linked by then.
    endpoints.add(
        "monitor",
        name=name,
        resource_id=link_scope.id,
        subresource="azuremonitor",
        zones=ZONES,
        depends_on=linked,
    )
