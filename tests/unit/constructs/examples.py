"""What a stack becomes, and what many constructs stand on: each the shortest example of its own construct."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from cdktf import TerraformStack, Testing

from constructs_lib.azure.container_registry import ContainerRegistry
from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.monitoring import Monitoring
from constructs_lib.azure.network.private_endpoints import PrivateEndpoints
from constructs_lib.azure.network.virtual_network import PrivateNetwork
from constructs_lib.azure.provider import ADOPTING, configure_azurerm
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.smart_detection import SmartDetection
from constructs_lib.azure.storage import StorageAccount
from constructs_lib.azure.workspace import Workspace
from constructs_lib.devops.project import Project
from settings.models.platform import AzureDevOps, Pipeline, Team
from settings.models.platform import Project as ProjectSettings
from tests.project import SUBSCRIPTION, TENANT
from tests.synthesized import Stack

LOGS = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs"


def synthesized(stack: TerraformStack) -> Stack:
    """Return what the stack is written as."""
    return Stack(stack.node.id, json.loads(Testing.synth(stack)))


def resource_group(stack: TerraformStack) -> ResourceGroup:
    return ResourceGroup(
        stack, "resource_group", name="example-rg", location="eastus", subscription_id=SUBSCRIPTION
    )


def identity(stack: TerraformStack, group: ResourceGroup) -> ManagedIdentity:
    return ManagedIdentity(stack, "identity", resource_group=group, name="example-identity")


def storage(stack: TerraformStack, group: ResourceGroup) -> StorageAccount:
    return StorageAccount(
        stack,
        "storage",
        resource_group=group,
        name="examplestorage",
        geo_redundant=False,
        soft_delete_days=7,
        vaulted_backup=False,
        public_network_access=True,
    )


def monitoring(stack: TerraformStack, group: ResourceGroup, *, retention_days: int = 90) -> Monitoring:
    return Monitoring(
        stack,
        "monitoring",
        resource_group=group,
        log_analytics_name="example-logs",
        application_insights_name="example-insights",
        retention_days=retention_days,
        sampling_percent=100,
        keys=False,
        public_query=True,
        daily_quota_gb=5,
        smart_detection=SmartDetection(
            stack,
            "smart_detection",
            resource_group=group,
            adopting=configure_azurerm(
                stack, tenant_id=TENANT, subscription_id="s", alias=ADOPTING, overwrite=True
            ),
            emails=[],
        ),
        failure_anomalies=False,
    )


def workspace(
    stack: TerraformStack,
    group: ResourceGroup,
    *,
    account: StorageAccount | None = None,
    managed_network: bool = False,
    identity: Literal["system_assigned", "user_assigned"] | None = None,
) -> Workspace:
    """Return a workspace that runs as an identity of its own where it has a managed network, if not told otherwise."""
    return Workspace(
        stack,
        "workspace",
        resource_group=group,
        name="example-workspace",
        storage=account or storage(stack, group),
        key_vault=KeyVault(
            stack,
            "key_vault",
            resource_group=group,
            name="example-keyvault",
            tenant_id=TENANT,
            public_network_access=True,
        ),
        container_registry=ContainerRegistry(
            stack,
            "container_registry",
            resource_group=group,
            name="exampleregistry",
            public_network_access=True,
        ),
        monitoring=monitoring(stack, group),
        identity=identity or ("user_assigned" if managed_network else "system_assigned"),
        isolation_mode="AllowOnlyApprovedOutbound" if managed_network else "Disabled",
        public_network_access=True,
    )


def network(stack: TerraformStack, group: ResourceGroup) -> PrivateNetwork:
    return PrivateNetwork(
        stack,
        "network",
        resource_group=group,
        name="example-network",
        address_space="10.0.0.0/24",
        dns_servers=[],
    )


def endpoints(
    stack: TerraformStack, group: ResourceGroup, dns_zones: Mapping[str, str] | None = MappingProxyType({})
) -> PrivateEndpoints:
    """Return a place for endpoints in a network of its own."""
    ours = network(stack, group)
    return PrivateEndpoints(
        stack,
        "network",
        resource_group=group,
        link_name="example-network",
        network_id=ours.id,
        subnet_id=ours.endpoint_subnet_id,
        dns_zones=dns_zones,
    )


def project(
    stack: TerraformStack, *, create: bool = False, create_project: bool = True, protect: bool = True
) -> Project:
    """Return a project with two teams, one of which is to be created, and three pipelines; Promotion is missing."""
    return Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso",
            project=ProjectSettings(name="mlops", create=create_project),
        ),
        teams={"leads": Team(name="Leads", create=True), "qa": Team(name="QA Team", create=False)},
        pipelines={
            "Training": Pipeline(name="Training"),
            "PR Validation": Pipeline(name="pr-validation", folder="\\checks"),
            "Promotion": Pipeline(name="Promotion", exists=False),
        },
        create=create,
        protect=protect,
    )
