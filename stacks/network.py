"""What an environment with a virtual network has: the network, and private endpoints to all it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from constructs_lib.azure.identity import RoleAssignments
from constructs_lib.azure.network.egress import add_nat_gateway, add_route_to_firewall
from constructs_lib.azure.network.monitor_private_link import ZONES as MONITOR_ZONES
from constructs_lib.azure.network.monitor_private_link import add_monitor_private_link
from constructs_lib.azure.network.outbound_rules import (
    add_outbound_endpoints,
    add_outbound_hosts,
    add_outbound_registry,
)
from constructs_lib.azure.network.private_endpoints import PrivateEndpoints
from constructs_lib.azure.network.virtual_network import ExistingNetwork, PrivateNetwork
from constructs_lib.azure.registry import registry_id
from constructs_lib.azure.workspace import Workspace
from settings.models.environment import Environment
from settings.models.network import PrivateNetwork as NetworkSettings
from settings.models.network import Subnets
from settings.models.platform import Registry
from settings.models.texts import NAT_GATEWAY
from stacks.base import PlatformStack
from stacks.data_sources import reach_data_sources
from stacks.workspace import Foundation

# Parts of the storage account that batch endpoints and parallel runs keep their books in, beside blobs and files.
_BATCH = ("queue", "table")
_AZURE_ARTIFACTS = (".pkgs.dev.azure.com", ".pkgs.visualstudio.com")
# Where Azure Artifacts sends whoever fetches a package. Its documentation names *.blob.core.windows.net ("Allowed IP
# addresses and domain URLs"), which is not opened: compute could then write to anybody's storage.
_ITS_PACKAGES = "*.vsblob.vsassets.io"
_ML_API, _ML_NOTEBOOKS = "privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"


def add_private_network(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    workspace: Workspace,
    registry: Registry,
) -> PrivateNetwork | None:
    """Add what ``private_network`` asks for; nothing when the environment has no such section.

    Returns the network, if it is the environment's own.
    """
    wanted, network = environment.private_network, _network(stack, environment, foundation)
    if wanted is None or network is None:
        return None
    rules = add_outbound_hosts(
        stack, "outbound", workspace=workspace, hosts=_approved_hosts(wanted, environment.package_feeds)
    )
    rules = reach_data_sources(stack, environment, workspace=workspace, depends_on=rules)
    if environment.security.private_endpoints:
        endpoints = PrivateEndpoints(
            stack,
            "network",
            resource_group=foundation.resource_group,
            link_name=_name(stack),
            network_id=network.id,
            subnet_id=network.endpoint_subnet_id,
            dns_zones=None if isinstance(wanted.dns_zones, str) else wanted.dns_zones,
        )
        _add_endpoints(stack, environment, endpoints, foundation, workspace, registry)
        rules = add_outbound_endpoints(
            stack,
            "outbound_storage",
            name="outbound-storage",
            workspace=workspace,
            resource_id=foundation.storage.id,
            subresources=_BATCH,
            depends_on=rules,
        )
        if not registry.public_network_access:
            stack.need_azapi()
            add_outbound_registry(
                stack,
                "outbound_registry",
                workspace=workspace,
                registry_id=registry_id(registry),
                depends_on=rules,
            )
    return network if isinstance(network, PrivateNetwork) else None


def _name(stack: PlatformStack) -> str:
    return f"{stack.node.id}-network"


def _network(
    stack: PlatformStack, environment: Environment, foundation: Foundation
) -> PrivateNetwork | ExistingNetwork | None:
    """Create the network with the way out of it that is wanted, or look up the one that exists."""
    match environment.private_network:
        case NetworkSettings(address_space=str(address_space), dns_servers=dns_servers, egress=egress):
            network = PrivateNetwork(
                stack,
                "network",
                resource_group=foundation.resource_group,
                name=_name(stack),
                address_space=address_space,
                dns_servers=dns_servers,
            )
            if egress:
                _add_egress(stack, egress, foundation, network)
            return network
        case NetworkSettings(virtual_network=str(network_id), subnets=Subnets(private_endpoints=subnet)):
            subscription_id = network_id.split("/")[2]
            elsewhere = subscription_id.lower() != environment.subscription_id.lower()
            return ExistingNetwork(
                stack,
                "network",
                network_id=network_id,
                endpoint_subnet=subnet,
                location=environment.location,
                provider=stack.second_subscription("network", subscription_id, register=False)
                if elsewhere
                else None,
            )
        case _:
            return None


def _add_egress(stack: PlatformStack, egress: str, foundation: Foundation, network: PrivateNetwork) -> None:
    """Give the agents the way out that ``egress`` names."""
    id_, name = "network_egress", f"{_name(stack)}-egress"
    if egress == NAT_GATEWAY:
        add_nat_gateway(
            stack,
            id_,
            resource_group=foundation.resource_group,
            name=name,
            subnet_id=network.agent_subnet_id,
        )
    else:
        add_route_to_firewall(
            stack,
            id_,
            resource_group=foundation.resource_group,
            name=name,
            subnet_id=network.agent_subnet_id,
            firewall=egress,
        )


def _links_monitor(wanted: NetworkSettings) -> bool:
    """Tell whether Azure Monitor gets a private link scope of the environment's own.

    Its zones hold for everybody who resolves through them. Where those are a hub's, the hub has the one scope, unless
    the configuration names them one by one.
    """
    if isinstance(wanted.dns_zones, str):  # by policy
        return False
    ours = wanted.address_space is not None or wanted.create_dns_zones
    return ours or set(MONITOR_ZONES) <= set(wanted.dns_zones)


def _approved_hosts(wanted: NetworkSettings, feeds: Iterable[str]) -> Sequence[str]:
    """Return the hosts that compute is let out to, each once; those of feeds last, where it reaches no others."""
    hosts = list(wanted.outbound_fqdns)
    for feed in feeds if wanted.isolation_mode == "AllowOnlyApprovedOutbound" else ():
        host = urlsplit(feed).netloc
        hosts += [host, _ITS_PACKAGES] if f".{host}".endswith(_AZURE_ARTIFACTS) else [host]
    return list(dict.fromkeys(hosts))


def _add_endpoints(
    stack: PlatformStack,
    environment: Environment,
    endpoints: PrivateEndpoints,
    foundation: Foundation,
    workspace: Workspace,
    registry: Registry,
) -> None:
    """Add private endpoints to everything that people, agents and compute reach through the network."""
    targets = {
        "workspace": (workspace.id, "amlworkspace", (_ML_API, _ML_NOTEBOOKS)),
        "storage_blob": (foundation.storage.id, "blob", ("privatelink.blob.core.windows.net",)),
        "storage_file": (foundation.storage.id, "file", ("privatelink.file.core.windows.net",)),
        **{
            f"storage_{part}": (foundation.storage.id, part, (f"privatelink.{part}.core.windows.net",))
            for part in _BATCH
        },
        "key_vault": (foundation.key_vault.id, "vault", ("privatelink.vaultcore.azure.net",)),
        "container_registry": (foundation.container_registry.id, "registry", ("privatelink.azurecr.io",)),
        "shared_registry": (registry_id(registry), "amlregistry", (_ML_API,)),
    }
    ids = {
        key: endpoints.add(
            key,
            name=f"{stack.node.id}-{key.replace('_', '-')}",
            resource_id=resource_id,
            subresource=subresource,
            zones=zones,
        )
        for key, (resource_id, subresource, zones) in targets.items()
    }
    if environment.security.managed_identity == "user_assigned":
        # Studio shows the data of a private storage account to people through these, in the workspace's name.
        RoleAssignments(
            stack,
            "workspace_endpoint_roles",
            principal_id=workspace.principal_id,
            subscription_id=environment.subscription_id,
            roles=[(key, ids[key], "Reader") for key in ("storage_blob", "storage_file")],
        )
    if environment.private_network and _links_monitor(environment.private_network):
        add_monitor_private_link(
            stack,
            "monitor_private_link",
            resource_group=foundation.resource_group,
            name=f"{stack.node.id}-monitor",
            services={
                "log_analytics": foundation.monitoring.log_analytics_id,
                "application_insights": foundation.monitoring.application_insights_id,
            },
            endpoints=endpoints,
        )
