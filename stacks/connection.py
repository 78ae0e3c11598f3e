"""How pipelines reach an environment: its service connection, and what validation of pull requests may read."""

from __future__ import annotations

from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments, look_up_principal_id
from constructs_lib.azure.registry import registry_id
from constructs_lib.azure.workspace import Workspace
from constructs_lib.devops.service_connection import ServiceConnection
from constructs_lib.devops.variable_group import add_key_vault_variable_group
from settings.models.environment import Environment
from settings.models.platform import Registry
from stacks.base import PlatformStack
from stacks.registry import SHARED_IDENTITY
from stacks.workspace import Foundation


def add_connection(
    stack: PlatformStack,
    environment: Environment,
    *,
    foundation: Foundation,
    workspace: Workspace,
    registry: Registry,
) -> None:
    """Add the service connection, the identity behind it with its roles, and the group of secrets that it reads."""
    identity = ManagedIdentity(
        stack,
        "connection_identity",
        resource_group=foundation.resource_group,
        name=f"{environment.workspace.name}-connection",
    )
    roles = [
        ("workspace", workspace.id, "AzureML Data Scientist"),
        ("storage", foundation.storage.id, "Storage Blob Data Contributor"),
        ("registry", registry_id(registry), "AzureML Registry User"),
    ]
    if environment.auto_rollback and environment.auto_rollback.enabled:
        # The pipeline of the rollback asks Azure whether the alert that called it is real.
        roles.append(("resource_group", foundation.resource_group.id, "Monitoring Reader"))
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


def let_validation_read(
    stack: PlatformStack, environment: Environment, *, workspace: Workspace, registry: Registry
) -> None:
    """Let the shared connection see the workspace: validation of pull requests checks that it is there."""
    RoleAssignments(
        stack,
        "shared_identity_roles",
        principal_id=look_up_principal_id(
            stack,
            "shared_identity",
            name=SHARED_IDENTITY,
            resource_group=registry.resource_group,
            provider=stack.second_subscription("registry", registry.subscription_id),
        ),
        subscription_id=environment.subscription_id,
        roles=[("workspace", workspace.id, "Reader")],
    )
