"""How pipelines reach an environment: its service connection, and what the shared ones may read."""

from __future__ import annotations

from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments, look_up_principal_id
from constructs_lib.azure.registry import registry_group_id
from constructs_lib.azure.workspace import Workspace
from constructs_lib.devops.service_connection import ServiceConnection
from constructs_lib.devops.variable_group import add_key_vault_variable_group
from settings.models.environment import Environment
from settings.models.platform import Platform, Registry
from stacks.base import PlatformStack
from stacks.registry import PROMOTION_IDENTITY, SHARED_IDENTITY
from stacks.workspace import Foundation


def add_connection(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    workspace: Workspace,
    registry: Registry,
    endpoint_identity: ManagedIdentity | None,
) -> None:
    """Add the service connection, the identity behind it with its roles, and the group of secrets that it reads.

    Pipelines may give ``endpoint_identity`` to the endpoint that they create, and no other identity.
    """
    identity = ManagedIdentity(
        stack,
        "connection_identity",
        resource_group=foundation.resource_group,
        name=f"{environment.workspace.name}-connection",
    )
    roles = [
        ("workspace", workspace.id, "AzureML Data Scientist"),
        ("storage", foundation.storage.id, "Storage Blob Data Contributor"),
        ("registry", registry_group_id(registry), "Reader"),
    ]
    if environment.auto_rollback and environment.auto_rollback.enabled:
        # The pipeline of the rollback asks Azure whether the alert that called it is real.
        roles.append(("resource_group", foundation.resource_group.id, "Monitoring Reader"))
    if endpoint_identity:
        roles.append(("endpoint_identity", endpoint_identity.id, "Managed Identity Operator"))
    linked = environment.key_vault_variable_group
    if linked:
        roles.append(("key_vault", foundation.key_vault.id, "Key Vault Secrets User"))
    assignments = RoleAssignments(
        stack,
        "connection_identity_roles",
        principal_id=identity.principal_id,
        subscription_id=environment.subscription_id,
        roles=roles,
    )
    connection = ServiceConnection(
        stack,
        "connection",
        project=stack.project,
        settings=environment.service_connection,
        identity=identity,
        tenant_id=stack.tenant_id,
        subscription_id=environment.subscription_id,
    )
    if linked:
        add_key_vault_variable_group(
            stack,
            "key_vault_variables",
            project=stack.project,
            settings=linked,
            key_vault_name=environment.security.key_vault,
            connection=connection,
            depends_on=assignments.all,
        )


def let_shared_connections_read(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    workspace: Workspace,
    platform: Platform,
) -> None:
    """Let the connections of the registry stack see what they work with, where the configuration says so.

    Validation of pull requests checks that the workspace is there; promotion fetches models from it.
    """
    looks = ("workspace", workspace.id, "Reader")
    wanted = {}
    if environment.name in platform.shared.environments:
        wanted["shared_identity"] = (SHARED_IDENTITY, [looks])
    if environment.name in platform.registry.promoted_from:
        fetches = ("storage", foundation.storage.id, "Storage Blob Data Reader")
        wanted["promotion_identity"] = (PROMOTION_IDENTITY, [looks, fetches])
    if not wanted:
        return
    provider = stack.second_subscription("registry", platform.registry.subscription_id)
    for id_, (name, roles) in wanted.items():
        RoleAssignments(
            stack,
            f"{id_}_roles",
            principal_id=look_up_principal_id(
                stack,
                id_,
                name=name,
                resource_group=platform.registry.resource_group,
                provider=provider,
            ),
            subscription_id=environment.subscription_id,
            roles=roles,
        )
