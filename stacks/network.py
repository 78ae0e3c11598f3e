"""What an environment with a virtual network has: the network, and private endpoints to all it uses."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.azure.container_registry import ContainerRegistry
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.monitor_private_link import MonitorPrivateLink
from constructs_lib.azure.monitoring import Monitoring
from constructs_lib.azure.network import PrivateNetwork
from constructs_lib.azure.outbound_rules import OutboundHosts, OutboundRegistry
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount
from constructs_lib.azure.workspace import Workspace
from settings.models.environment import Environment
from stacks.base import PlatformStack

_ML_API, _ML_NOTEBOOKS = "privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"


@dataclass(frozen=True)
class Reached:
    """What people, agents and compute reach through the network."""

    workspace: Workspace
    storage: StorageAccount
    key_vault: KeyVault
    container_registry: ContainerRegistry
    monitoring: Monitoring
    shared_registry_id: str
    shared_registry_is_private: bool


def add_private_network(
    stack: PlatformStack, environment: Environment, *, resource_group: ResourceGroup, reached: Reached
) -> PrivateNetwork | None:
    """Add what ``private_network`` asks for; nothing when the environment has no such section."""
    wanted = environment.private_network
    if wanted is None:
        return None
    network = PrivateNetwork(
        stack,
        "network",
        resource_group=resource_group,
        name=f"{stack.node.id}-network",
        address_space=wanted.address_space,
        dns_servers=wanted.dns_servers,
        dns_zones=wanted.dns_zones,
    )
    hosts = OutboundHosts(stack, "outbound", workspace=reached.workspace, hosts=wanted.outbound_fqdns)
    if environment.security.private_endpoints:
        _add_endpoints(stack, network, reached)
        MonitorPrivateLink(
            stack,
            "monitor_private_link",
            resource_group=resource_group,
            name=f"{stack.node.id}-monitor",
            services={
                "log_analytics": reached.monitoring.log_analytics_id,
                "application_insights": reached.monitoring.application_insights_id,
            },
            network=network,
        )
        if reached.shared_registry_is_private:
            stack.need_azapi()
            OutboundRegistry(
                stack,
                "outbound_registry",
                workspace=reached.workspace,
                registry_id=reached.shared_registry_id,
                depends_on=hosts.all,
            )
    return network


def _add_endpoints(stack: PlatformStack, network: PrivateNetwork, reached: Reached) -> None:
    endpoints = {
        "workspace": (reached.workspace.id, "amlworkspace", (_ML_API, _ML_NOTEBOOKS)),
        "storage_blob": (reached.storage.id, "blob", ("privatelink.blob.core.windows.net",)),
        "storage_file": (reached.storage.id, "file", ("privatelink.file.core.windows.net",)),
        "key_vault": (reached.key_vault.id, "vault", ("privatelink.vaultcore.azure.net",)),
        "container_registry": (reached.container_registry.id, "registry", ("privatelink.azurecr.io",)),
        "shared_registry": (reached.shared_registry_id, "amlregistry", (_ML_API,)),
    }
    for key, (resource_id, subresource, zones) in endpoints.items():
        network.add_endpoint(
            key,
            name=f"{stack.node.id}-{key.replace('_', '-')}",
            resource_id=resource_id,
            subresource=subresource,
            zones=zones,
        )
