"""The stack of everything the environments share."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.provider import configure_azapi
from constructs_lib.azure.registry import Registry
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount, StorageContainer
from settings.loader import Settings
from settings.platform import Platform
from settings.variables import platform_variables
from stacks.base import PlatformStack

SHARED_IDENTITY = "mlops-shared-connection"
"""Name of the identity behind the shared service connection; environment stacks look it up by name."""

SOFT_DELETE_DAYS = 14
"""How long deleted validation data can be restored (days)."""


class RegistryStack(PlatformStack):
    """Model registry, shared storage, the three shared groups, the promotion gate and the teams."""

    def __init__(self, scope: Construct, configuration: Settings) -> None:
        """Compose the stack ``mlops-registry``."""
        platform = configuration.platform
        super().__init__(
            scope,
            "registry",
            configuration=configuration,
            subscription_id=platform.registry.subscription_id,
            purge_deleted_workspaces=False,
            creates_shared=True,
        )
        for key, team in platform.teams.items():
            if team.create:
                self.team(key)
        self._compose_azure(platform)
        self.add_approval_environment("promotion", platform.registry.approval_environment)
        variables = platform_variables(platform, configuration.environments)
        self.add_variable_group("registry_variables", platform.registry.variable_group, variables["registry"])
        self.add_variable_group(
            "pipeline_settings", platform.pipeline_settings.variable_group, variables["pipeline_settings"]
        )
        self.add_variable_group("shared_variables", platform.shared.variable_group, variables["shared"])

    def _compose_azure(self, platform: Platform) -> None:
        configure_azapi(
            self,
            tenant_id=self.guarded(self.tenant_id),
            subscription_id=self.guarded(platform.registry.subscription_id),
        )
        resource_group = ResourceGroup(
            self,
            "resource_group",
            name=platform.registry.resource_group,
            location=platform.registry.location,
        )
        # Dev reads and writes it from the public network, so that it stays open; roles decide who may.
        Registry(
            self,
            "registry",
            resource_group=resource_group,
            name=platform.registry.name,
            public_network_access=True,
        )
        storage = StorageAccount(
            self,
            "shared_storage",
            resource_group=resource_group,
            name=platform.shared.storage_account,
            geo_redundant=False,
            soft_delete_days=SOFT_DELETE_DAYS,
            versioning=False,
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
            roles=[("validation_data", data.id, "Storage Blob Data Reader")],
        )
        self.add_service_connection(
            "shared_connection",
            platform.shared.service_connection,
            identity=identity,
            subscription_id=platform.registry.subscription_id,
        )
