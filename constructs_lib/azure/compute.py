"""Compute clusters that scale by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cdktf import ITerraformDependable, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azurerm

CREATE, DELETE = "90m", "60m"
"""How long a compute may take (Terraform durations). The first one makes the managed network: half an hour by itself,
ten minutes more for a firewall ("Workspace managed virtual network isolation"). Providers give up after 30 minutes."""


def add_compute_cluster(
    scope: TerraformStack,
    id_: str,
    *,
    workspace: Workspace,
    location: str,
    name: str,
    vm_size: str,
    vm_priority: Literal["Dedicated", "LowPriority"],
    min_nodes: int,
    max_nodes: int,
    idle_time: str,
    identity: ManagedIdentity,
    identity_roles: Sequence[ITerraformDependable],
    node_public_ip: bool,
    subnet_id: str | None = None,
) -> None:
    """Add an autoscaling compute cluster in the workspace's ``location``.

    Only its scale and tags change in place; all else replaces it. ``idle_time`` is how long a node is idle before it is
    removed (ISO 8601 duration). ``identity_roles`` are those of ``identity``, which come first. Without
    ``node_public_ip`` the workspace needs a managed network, or the nodes a subnet, by its ``subnet_id``. Azure takes
    one of the two.
    """
    azurerm.MachineLearningComputeCluster(
        scope,
        id_,
        name=name,
        machine_learning_workspace_id=workspace.id,
        location=location,
        # Azure answers in upper case; any other spelling plans a new cluster every time.
        vm_size=vm_size.upper(),
        vm_priority=vm_priority,
        scale_settings=azurerm.MachineLearningComputeClusterScaleSettings(
            min_node_count=min_nodes,
            max_node_count=max_nodes,
            scale_down_nodes_after_idle_duration=idle_time,
        ),
        identity=azurerm.MachineLearningComputeClusterIdentity(
            type="UserAssigned", identity_ids=[identity.id]
        ),
        local_auth_enabled=False,
        ssh_public_access_enabled=False,
        node_public_ip_enabled=node_public_ip,
        subnet_resource_id=subnet_id,
        depends_on=[*workspace.ready, *identity_roles],
        timeouts={"create": CREATE, "delete": DELETE},
        # Azure may answer an account of the nodes, unasked, and that would replace the cluster.
        lifecycle=TerraformResourceLifecycle(ignore_changes=["ssh"]),
    )
