"""The stack of the storage that every stack's state lies in, its own too, and of plans between approval and apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from constructs_lib.azure.delete_lock import lock_against_deletion
from constructs_lib.azure.identity import RoleAssignments, let_in_whoever_deploys
from constructs_lib.azure.network.private_endpoints import PrivateEndpoints
from constructs_lib.azure.network.virtual_network import ExistingNetwork
from constructs_lib.azure.provider import configure_time
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.retention import limit_age
from constructs_lib.azure.storage import StorageAccount, add_containers
from deployment.stacks import STATE
from settings.loader import Settings
from settings.models.platform import AzurermBackend
from settings.models.state import StateNetwork, StateStorage
from settings.rules.state import BLOB_ZONE
from stacks.access import group_ids
from stacks.base import AzureStack

VERSION_DAYS = 90
"""How long earlier versions of a state, and state that was deleted, can be restored (days)."""
PLAN_DAYS = 1
"""How long a plan that nobody has applied is kept (days)."""
ROLE = "Storage Blob Data Contributor"
"""What it takes to read, write and lock state."""
ROLE_PROPAGATION = "5m"
"""How long a new role takes to reach the storage, as in an environment (Terraform duration)."""


class StateStack(AzureStack):
    """Storage for state and for plans: Entra identities alone get in, and nothing of it vanishes by mistake."""

    def __init__(
        self,
        scope: Construct,
        configuration: Settings,
        backend: AzurermBackend,
        wanted: StateStorage,
        *,
        stacks: Sequence[str],
        protect: bool = True,
    ) -> None:
        """Compose the stack ``<prefix>-state``, with a container for each of the other ``stacks`` (names).

        With ``protect`` Terraform refuses each plan that would delete the account of the state or one of its
        containers, also the container of an environment that is no longer configured.
        """
        platform = configuration.platform
        super().__init__(
            scope,
            STATE,
            configuration=configuration,
            subscription_id=backend.subscription_id,
            purge_deleted_workspaces=False,
            tags=platform.tags,
        )
        configure_time(self)
        former = [f"{platform.stack_prefix}-{name}" for name in wanted.former_environments]
        group = ResourceGroup(
            self,
            "resource_group",
            name=backend.resource_group,
            location=wanted.location,
            subscription_id=backend.subscription_id,
        )
        public = wanted.private_network is None
        state = StorageAccount(
            self,
            "state",
            resource_group=group,
            name=backend.storage_account,
            geo_redundant=wanted.geo_redundant,
            soft_delete_days=VERSION_DAYS,
            vaulted_backup=False,
            public_network_access=public,
            versioning=True,
            prevent_destroy=protect,
        )
        add_containers(
            self,
            "state_containers",
            account=state,
            names=[self.node.id, *stacks, *former],
            prevent_destroy=protect,
        )
        limit_age(self, "state_versions", account=state, current=None, earlier=VERSION_DAYS)
        # Without versions and soft delete: a plan holds secrets, and what is deleted is to be gone.
        plans = StorageAccount(
            self,
            "plans",
            resource_group=group,
            name=wanted.plan_storage_account,
            geo_redundant=False,
            soft_delete_days=None,
            vaulted_backup=False,
            public_network_access=public,
        )
        add_containers(
            self, "plan_containers", account=plans, names=[self.node.id, *stacks], prevent_destroy=False
        )
        limit_age(self, "plan_expiry", account=plans, current=PLAN_DAYS, earlier=PLAN_DAYS)
        self._let_in(configuration, wanted, group)
        if wanted.private_network:
            self._make_private(wanted.private_network, group, {"state": state.id, "plans": plans.id})
        lock_against_deletion(
            self,
            "lock",
            resources={"state": state.id},
            notes="Holds the Terraform state of every stack. docs/state.md tells how it is taken down.",
        )

    def _let_in(self, configuration: Settings, wanted: StateStorage, group: ResourceGroup) -> None:
        """Give the data role on the group: on the account, the lock would hold each role."""
        let_in_whoever_deploys(
            self,
            "deployer",
            target_id=group.id,
            subscription_id=group.subscription_id,
            role=ROLE,
            wait=ROLE_PROPAGATION,
        )
        for group_id in group_ids(wanted.administrators, configuration.platform.teams):
            RoleAssignments(
                self,
                f"access_{group_id}",
                principal_id=group_id,
                principal_type="Group",
                subscription_id=group.subscription_id,
                roles=[("resource_group", group.id, ROLE)],
            )

    def _make_private(self, wanted: StateNetwork, group: ResourceGroup, accounts: Mapping[str, str]) -> None:
        subscription_id = wanted.virtual_network.split("/")[2]
        elsewhere = subscription_id.lower() != group.subscription_id.lower()
        network = ExistingNetwork(
            self,
            "network",
            network_id=wanted.virtual_network,
            endpoint_subnet=wanted.subnets.private_endpoints,
            location=group.location,
            provider=self.second_subscription("network", subscription_id, register=False)
            if elsewhere
            else None,
        )
        endpoints = PrivateEndpoints(
            self,
            "network",
            resource_group=group,
            link_name=f"{self.node.id}-network",
            network_id=network.id,
            subnet_id=network.endpoint_subnet_id,
            dns_zones=None if isinstance(wanted.dns_zones, str) else wanted.dns_zones,
        )
        for key, account_id in accounts.items():
            endpoints.add(
                key,
                name=f"{self.node.id}-{key}",
                resource_id=account_id,
                subresource="blob",
                zones=[BLOB_ZONE],
            )
