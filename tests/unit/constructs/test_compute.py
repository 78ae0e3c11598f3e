"""Compute clusters."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.compute import add_compute_cluster
from constructs_lib.azure.identity import RoleAssignments
from tests.project import SUBNET, SUBSCRIPTION
from tests.unit.constructs.examples import identity, resource_group, synthesized, workspace


def test_a_cluster_in_a_managed_network(stack: TerraformStack) -> None:
    group = resource_group(stack)
    runs_as = identity(stack, group)
    roles = RoleAssignments(
        stack,
        "roles",
        principal_id=runs_as.principal_id,
        subscription_id=SUBSCRIPTION,
        roles=[("group", group.id, "AcrPull")],
    )
    add_compute_cluster(
        stack,
        "training",
        workspace=workspace(stack, group, managed_network=True),
        location="eastus",
        name="training-cluster",
        vm_size="Standard_DS3_v2",
        vm_priority="LowPriority",
        min_nodes=0,
        max_nodes=4,
        idle_time="PT15M",
        identity=runs_as,
        identity_roles=roles.all,
        node_public_ip=False,
    )
    cluster = synthesized(stack).at("azurerm_machine_learning_compute_cluster.training")
    # Azure answers so; any other spelling would replace the cluster with every plan.
    assert cluster["vm_size"] == "STANDARD_DS3_V2"
    assert cluster["scale_settings"] == {
        "min_node_count": 0,
        "max_node_count": 4,
        "scale_down_nodes_after_idle_duration": "PT15M",
    }
    assert (cluster["local_auth_enabled"], cluster["ssh_public_access_enabled"]) == (False, False)
    assert cluster["timeouts"]["create"] == "90m"
    assert cluster["lifecycle"] == {"ignore_changes": ["ssh"]}
    # The first cluster makes the managed network, which needs the workspace's roles.
    assert cluster["depends_on"] == [
        "azurerm_machine_learning_workspace.workspace",
        "time_sleep.workspace_roles_wait",
        "time_sleep.workspace_own_roles_wait",
        "azurerm_role_assignment.roles_group_acrpull",
    ]


def test_a_cluster_in_a_subnet(stack: TerraformStack) -> None:
    group = resource_group(stack)
    add_compute_cluster(
        stack,
        "batch",
        workspace=workspace(stack, group),
        location="eastus",
        name="batch-cluster",
        vm_size="Standard_NC4as_T4_v3",
        vm_priority="Dedicated",
        min_nodes=0,
        max_nodes=1,
        idle_time="PT5M",
        identity=identity(stack, group),
        identity_roles=[],
        node_public_ip=False,
        subnet_id=SUBNET,
    )
    cluster = synthesized(stack).at("azurerm_machine_learning_compute_cluster.batch")
    assert (cluster["subnet_resource_id"], cluster["node_public_ip_enabled"]) == (SUBNET, False)
    assert (cluster["vm_size"], cluster["vm_priority"]) == ("STANDARD_NC4AS_T4_V3", "Dedicated")
