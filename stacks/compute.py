"""What computes in an environment's workspace: the clusters, the identity of their jobs, and the workstations."""

from __future__ import annotations

from constructs_lib.azure.compute import add_compute_cluster
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments
from constructs_lib.azure.workspace import Workspace
from constructs_lib.azure.workstation import Schedule, add_workstation
from settings.models.compute import PURPOSE_OF_KEY
from settings.models.environment import Environment
from stacks.base import PlatformStack
from stacks.workspace import Foundation


def add_clusters(
    stack: PlatformStack, environment: Environment, *, foundation: Foundation, workspace: Workspace
) -> ManagedIdentity:
    """Add the compute clusters, and return the identity that their jobs run as."""
    identity = ManagedIdentity(
        stack,
        "compute_identity",
        resource_group=foundation.resource_group,
        name=f"{environment.workspace.name}-compute",
    )
    insights_id = foundation.monitoring.application_insights_id
    roles = RoleAssignments(
        stack,
        "compute_identity_roles",
        principal_id=identity.principal_id,
        subscription_id=environment.subscription_id,
        roles=[
            ("storage", foundation.storage.id, "Storage Blob Data Contributor"),
            ("storage", foundation.storage.id, "Storage File Data Privileged Contributor"),
            # Batch scoring hands out its work through a queue and keeps what is done in a table.
            ("storage", foundation.storage.id, "Storage Queue Data Contributor"),
            ("storage", foundation.storage.id, "Storage Table Data Contributor"),
            ("key_vault", foundation.key_vault.id, "Key Vault Secrets User"),
            ("container_registry", foundation.container_registry.id, "AcrPull"),
            ("application_insights", insights_id, "Monitoring Metrics Publisher"),
        ],
    )
    for key, cluster in environment.compute.items():
        add_compute_cluster(
            stack,
            # Other keys may be called like anything else in the stack.
            key if key in PURPOSE_OF_KEY else f"cluster_{key}",
            workspace=workspace,
            location=environment.location,
            name=cluster.name,
            vm_size=cluster.vm_size,
            vm_priority=cluster.vm_priority,
            min_nodes=cluster.min_nodes,
            max_nodes=cluster.max_nodes,
            idle_time=cluster.idle_time,
            identity=identity,
            identity_roles=roles.all,
            node_public_ip=not environment.security.vnet and cluster.subnet is None,
            subnet_id=cluster.subnet,
        )
    return identity


def add_workstations(stack: PlatformStack, environment: Environment, *, workspace: Workspace) -> None:
    """Add the compute instances of people. None has a public address where the environment has a network."""
    if environment.workstations:
        stack.need_azapi()
    for workstation in environment.workstations:
        add_workstation(
            stack,
            workspace=workspace,
            workspace_name=f"{environment.resource_group}/{environment.workspace.name}",
            location=environment.location,
            tenant_id=stack.tenant_id,
            name=workstation.name,
            user=workstation.user,
            vm_size=workstation.vm_size,
            idle_shutdown=workstation.idle_shutdown,
            schedules=[Schedule(*schedule) for schedule in workstation.schedules()],
            node_public_ip=not environment.security.vnet,
        )
