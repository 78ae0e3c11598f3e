"""Settings of the storage that Terraform's state lies in, where the platform makes it itself."""

from __future__ import annotations

from settings.models.base import Model
from settings.models.devops import EntraGroup
from settings.models.network import DnsZones, Subnets
from settings.models.resource_ids import VirtualNetworkId
from settings.models.texts import EnvironmentName, Location, StorageAccountName


class StateNetwork(Model):
    """A virtual network that exists already: the only way to the state, in the place of public networks."""

    virtual_network: VirtualNetworkId
    """Resource id of the network, in the region of the state."""
    subnets: Subnets
    """Subnets of that network."""
    dns_zones: DnsZones
    """Name and resource id of the private DNS zone privatelink.blob.core.windows.net. by_policy: a policy of the
    landing zone registers the private endpoints."""


class StateStorage(Model):
    """The stack ``<prefix>-state``: storage for the state of every stack, and for plans that wait for approval."""

    location: Location
    """Azure region of the state."""
    plan_storage_account: StorageAccountName
    """Storage account that holds plans between approval and deployment, a day at most. The name is global in Azure."""
    geo_redundant: bool = True
    """Whether the state is also kept in the paired region. Some regions have none."""
    administrators: tuple[EntraGroup, ...] = ()
    """Entra groups whose people deploy, by object ids or by teams that have one. Whoever makes the storage is let in
    anyway."""
    private_network: StateNetwork | None = None
    """The network that leads to the state. Without it, public networks reach it, and Entra identities alone get in."""
    former_environments: tuple[EnvironmentName, ...] = ()
    """Environments that are no longer configured, and whose state is kept with its earlier versions."""
