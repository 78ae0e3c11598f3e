"""The stack of everything the environments share."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from constructs_lib.azure.delete_lock import lock_against_deletion
from constructs_lib.azure.diagnostics import STORAGE_AUDIT, DiagnosticSettings
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.monitoring import LogAnalytics
from constructs_lib.azure.registry import Registry, let_promote
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount, StorageContainer
from constructs_lib.devops.approval_environment import add_approval_environment
from constructs_lib.devops.service_connection import ServiceConnection
from constructs_lib.devops.variable_group import add_variable_group
from settings.loader import Settings
from settings.models.environment import Environment
from settings.models.platform import Platform
from settings.models.variables import platform_variables
from stacks.access import let_people_read_registry
from stacks.agents import guard_agent_pools
from stacks.base import PlatformStack
from stacks.infrastructure import add_infrastructure_pipelines

SHARED_IDENTITY = "mlops-shared-connection"
"""Name of the identity behind the shared service connection; environment stacks look it up by name."""

PROMOTION_IDENTITY = "mlops-promotion-connection"
"""Name of the identity behind the connection that writes to the registry; looked up like the one above."""

SOFT_DELETE_DAYS = 14
"""How long deleted validation data can be restored (days)."""


class RegistryStack(PlatformStack):
    """Model registry, shared storage, the three shared groups, the way into the registry and the teams."""

    def __init__(
        self, scope: Construct, configuration: Settings, *, protect: bool = True, only_protected: bool = False
    ) -> None:
        """Compose the stack ``<prefix>-registry``.

        With ``protect`` Terraform refuses to destroy the project and the teams that were created, and the registry.
        With ``only_protected`` there is nothing else in the stack: to deploy that is to destroy all the rest, and to
        forget the Entra groups of the teams, which stay in Azure DevOps.
        """
        platform = configuration.platform
        super().__init__(
            scope,
            "registry",
            configuration=configuration,
            subscription_id=platform.registry.subscription_id,
            purge_deleted_workspaces=False,
            creates_shared=True,
            tags=platform.tags,
            protect=protect,
            forget_entra_groups=only_protected,
        )
        self.need_azapi()
        resource_group = ResourceGroup(
            self,
            "resource_group",
            name=platform.registry.resource_group,
            location=platform.registry.location,
            subscription_id=platform.registry.subscription_id,
            existing_id=platform.registry.existing.resource_group,
        )
        registry = Registry(
            self,
            "registry",
            resource_group=resource_group,
            name=platform.registry.name,
            regions=platform.registry.regions,
            # While an environment reads and writes it from public networks; roles decide who may.
            public_network_access=platform.registry.public_network_access,
            protect=protect,
        )
        if only_protected:
            return
        self._compose_azure(platform, configuration.environments, resource_group, registry)
        add_approval_environment(
            self, "promotion", project=self.project, settings=platform.registry.approval_environment
        )
        guard_agent_pools(self, configuration.environments)
        variables = platform_variables(platform, configuration.environments)
        groups = {
            "registry_variables": (platform.registry.variable_group, variables["registry"]),
            "pipeline_settings": (platform.pipeline_settings.variable_group, variables["pipeline_settings"]),
            "shared_variables": (platform.shared.variable_group, variables["shared"]),
        }
        for id_, (group, values) in groups.items():
            add_variable_group(self, id_, project=self.project, settings=group, variables=values)
        add_infrastructure_pipelines(
            self, platform, configuration.environments, resource_group=resource_group, protect=protect
        )

    def _compose_azure(
        self,
        platform: Platform,
        environments: Sequence[Environment],
        resource_group: ResourceGroup,
        registry: Registry,
    ) -> None:
        storage = StorageAccount(
            self,
            "shared_storage",
            resource_group=resource_group,
            name=platform.shared.storage_account,
            geo_redundant=False,
            soft_delete_days=SOFT_DELETE_DAYS,
            vaulted_backup=False,
            public_network_access=True,
        )
        data = StorageContainer(self, "validation_data", account=storage, name=platform.shared.data_container)
        identity = ManagedIdentity(
            self, "shared_identity", resource_group=resource_group, name=SHARED_IDENTITY
        )
        RoleAssignments(
            self,
            "shared_identity_roles",
            principal_id=identity.principal_id,
            subscription_id=platform.registry.subscription_id,
            roles=[("validation_data", data.id, "Storage Blob Data Reader")],
        )
        logs = LogAnalytics(
            self,
            "log_analytics",
            resource_group=resource_group,
            name=platform.registry.log_analytics,
            retention_days=platform.registry.log_retention,
            public_query=True,
            existing_id=platform.registry.existing.log_analytics,
        )
        diagnostics = DiagnosticSettings(self, "diagnostics", log_analytics_id=logs.id)
        diagnostics.add({"registry": registry.id, **({} if logs.is_existing else {"logs": logs.id})})
        diagnostics.add({"shared_storage": storage.blob_service_id}, categories=STORAGE_AUDIT)
        promotion_identity = ManagedIdentity(
            self, "promotion_identity", resource_group=resource_group, name=PROMOTION_IDENTITY
        )
        let_promote(
            self,
            "promotion",
            resource_group=resource_group,
            registry_name=platform.registry.name,
            identity=promotion_identity,
        )
        let_people_read_registry(self, environments, teams=platform.teams, resource_group=resource_group)
        if platform.registry.delete_locks:
            lock_against_deletion(
                self,
                "lock",
                resources={"registry": registry.id, "shared_storage": storage.id},
                notes="Set by registry.delete_locks in platform.yaml. Turn it off there first.",
            )
        ServiceConnection(
            self,
            "shared_connection",
            project=self.project,
            settings=platform.shared.service_connection,
            identity=identity,
            tenant_id=self.tenant_id,
            subscription_id=platform.registry.subscription_id,
        )
        ServiceConnection(
            self,
            "promotion_connection",
            project=self.project,
            settings=platform.registry.service_connection,
            identity=promotion_identity,
            tenant_id=self.tenant_id,
            subscription_id=platform.registry.subscription_id,
            approval=platform.registry.approval_environment,
        )
