"""The workspace of an environment: what it stands on, and the workspace itself."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.azure.container_registry import ContainerRegistry
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.monitoring import Monitoring
from constructs_lib.azure.registry import registry_group_id
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.smart_detection import SmartDetection, leave_smart_detection
from constructs_lib.azure.storage import StorageAccount
from constructs_lib.azure.workspace import Workspace
from settings.models.compute import image_build_cluster
from settings.models.environment import Environment
from settings.models.platform import Registry
from stacks.base import PlatformStack

SOFT_DELETE_DAYS = 7
"""How long deleted blobs can be restored where there is no backup (days)."""


@dataclass(frozen=True)
class Foundation:
    """What a workspace stands on, and the resource group that all of it is in."""

    resource_group: ResourceGroup
    storage: StorageAccount
    key_vault: KeyVault
    container_registry: ContainerRegistry
    monitoring: Monitoring


def add_foundation(stack: PlatformStack, environment: Environment) -> Foundation:
    """Add the resource group, and in it storage, key vault, container registry and monitoring."""
    backup, public = environment.backup, not environment.security.private_endpoints
    if environment.existing.model_dump(exclude_none=True):
        stack.need_azapi()
    resource_group = ResourceGroup(
        stack,
        "resource_group",
        name=environment.resource_group,
        location=environment.location,
        subscription_id=environment.subscription_id,
        existing_id=environment.existing.resource_group,
    )
    return Foundation(
        resource_group=resource_group,
        storage=StorageAccount(
            stack,
            "storage",
            resource_group=resource_group,
            name=environment.workspace.storage_account,
            geo_redundant=backup is not None and backup.geo_redundant,
            soft_delete_days=backup.retention if backup else SOFT_DELETE_DAYS,
            vaulted_backup=backup is not None,
            public_network_access=public,
        ),
        key_vault=KeyVault(
            stack,
            "key_vault",
            resource_group=resource_group,
            name=environment.security.key_vault,
            tenant_id=stack.tenant_id,
            public_network_access=public,
        ),
        container_registry=ContainerRegistry(
            stack,
            "container_registry",
            resource_group=resource_group,
            name=environment.workspace.container_registry,
            public_network_access=public,
        ),
        monitoring=Monitoring(
            stack,
            "monitoring",
            resource_group=resource_group,
            log_analytics_name=environment.workspace.log_analytics,
            application_insights_name=environment.workspace.application_insights,
            retention_days=environment.retention.logs,
            sampling_percent=environment.monitoring.application_insights_sampling,
            keys=environment.monitoring.application_insights_keys,
            public_query=public,
            daily_quota_gb=environment.monitoring.daily_log_quota,
            smart_detection=_add_smart_detection(stack, environment, resource_group),
            failure_anomalies=bool(environment.monitoring.alerts),
            existing_log_analytics=environment.existing.log_analytics,
        ),
    )


def _add_smart_detection(
    stack: PlatformStack, environment: Environment, resource_group: ResourceGroup
) -> SmartDetection | None:
    # Terraform needs the provider, too, to forget what it was made by.
    adopting = stack.adopting_provider()
    if resource_group.is_existing:
        leave_smart_detection(stack, "smart_detection")
        return None
    return SmartDetection(
        stack,
        "smart_detection",
        resource_group=resource_group,
        adopting=adopting,
        emails=(environment.monitoring.email or ()) if "email" in environment.monitoring.alerts else (),
    )


def add_workspace(
    stack: PlatformStack, environment: Environment, *, foundation: Foundation, registry: Registry
) -> Workspace:
    """Add the workspace, which shares models through ``registry``."""
    network, public = environment.private_network, not environment.security.private_endpoints
    return Workspace(
        stack,
        "workspace",
        resource_group=foundation.resource_group,
        name=environment.workspace.name,
        storage=foundation.storage,
        key_vault=foundation.key_vault,
        container_registry=foundation.container_registry,
        monitoring=foundation.monitoring,
        identity=environment.security.managed_identity,
        isolation_mode=network.isolation_mode if network else "Disabled",
        public_network_access=public,
        image_build_cluster=None if public else image_build_cluster(environment.compute),
        private_registry_group_id=None if registry.public_network_access else registry_group_id(registry),
    )


def add_endpoint_identity(
    stack: PlatformStack, environment: Environment, *, foundation: Foundation
) -> ManagedIdentity | None:
    """Add the identity that the online endpoint runs as; nothing when the environment has none.

    Pipelines create the endpoint and say then which identity it has, for good: Azure changes it on no endpoint.
    """
    if environment.endpoint is None:
        return None
    identity = ManagedIdentity(
        stack,
        "endpoint_identity",
        resource_group=foundation.resource_group,
        name=f"{environment.workspace.name}-endpoint",  # as in ENDPOINT_IDENTITY, which pipelines get
    )
    RoleAssignments(
        stack,
        "endpoint_identity_roles",
        principal_id=identity.principal_id,
        subscription_id=environment.subscription_id,
        roles=[
            # A system-assigned identity has these from Azure.
            ("container_registry", foundation.container_registry.id, "AcrPull"),
            ("storage", foundation.storage.id, "Storage Blob Data Reader"),
        ],
    )
    return identity
