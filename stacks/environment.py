"""The stack of one environment. The environment's file decides everything; no name is known here."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.azure.diagnostics import STORAGE_AUDIT, STORAGE_READS, DiagnosticSettings
from constructs_lib.azure.endpoint_logging import add_endpoint_logging
from constructs_lib.azure.network.virtual_network import PrivateNetwork
from constructs_lib.azure.provider import configure_time
from constructs_lib.azure.workspace import Workspace
from constructs_lib.devops.approval_environment import add_approval_environment
from constructs_lib.devops.variable_group import add_variable_group
from settings.loader import Settings
from settings.models.environment import Environment
from settings.models.variables import environment_variables
from stacks.access import add_access
from stacks.base import PlatformStack
from stacks.compute import add_clusters, add_workstations
from stacks.connection import add_connection, let_shared_connections_read
from stacks.data_sources import add_data_sources
from stacks.monitoring import add_alerts
from stacks.network import add_private_network
from stacks.protection import add_backup, add_cost_notices, add_delete_locks, add_retention
from stacks.workspace import Foundation, add_endpoint_identity, add_foundation, add_workspace


class EnvironmentStack(PlatformStack):
    """Workspace and what it stands on, compute, connection, variable group and approval gate."""

    def __init__(self, scope: Construct, configuration: Settings, environment: Environment) -> None:
        """Compose the stack ``<prefix>-<name>``."""
        super().__init__(
            scope,
            environment.name,
            configuration=configuration,
            subscription_id=environment.subscription_id,
            purge_deleted_workspaces=environment.tier != "prod",
            creates_shared=False,
            tags={**configuration.platform.tags, **environment.tags},
        )
        configure_time(self)
        registry = configuration.platform.registry
        foundation = add_foundation(self, environment)
        workspace = add_workspace(self, environment, foundation=foundation, registry=registry)
        compute = add_clusters(self, environment, foundation=foundation, workspace=workspace)
        add_data_sources(self, environment, workspace=workspace, compute_identity=compute)
        add_workstations(self, environment, workspace=workspace)
        add_connection(
            self,
            environment,
            foundation=foundation,
            workspace=workspace,
            registry=registry,
            endpoint_identity=add_endpoint_identity(self, environment, foundation=foundation),
        )
        network = add_private_network(
            self, environment, foundation=foundation, workspace=workspace, registry=registry
        )
        diagnostics = self._collect_logs(environment, foundation, workspace, network)
        let_shared_connections_read(
            self,
            environment,
            foundation=foundation,
            workspace=workspace,
            platform=configuration.platform,
        )
        containers = add_retention(self, environment, account=foundation.storage, workspace=workspace)
        backup = add_backup(
            self,
            environment,
            foundation=foundation,
            workspace=workspace,
            containers=containers,
            diagnostics=diagnostics,
        )
        add_alerts(self, environment, foundation=foundation, diagnostics=diagnostics)
        add_cost_notices(self, environment, resource_group=foundation.resource_group)
        add_access(
            self,
            environment,
            teams=configuration.platform.teams,
            resource_group=foundation.resource_group,
            workspace=workspace,
        )
        add_delete_locks(self, environment, foundation=foundation, backup=backup)
        add_variable_group(
            self,
            "variables",
            project=self.project,
            settings=environment.variable_group,
            variables=environment_variables(environment),
        )
        if environment.approval_environment:
            add_approval_environment(
                self, "approval", project=self.project, settings=environment.approval_environment
            )

    def _collect_logs(
        self,
        environment: Environment,
        foundation: Foundation,
        workspace: Workspace,
        network: PrivateNetwork | None,
    ) -> DiagnosticSettings:
        """Send the logs of what there is so far to Log Analytics; return the settings, for what is added later."""
        monitoring = foundation.monitoring
        log_analytics_id = monitoring.log_analytics_id
        diagnostics = DiagnosticSettings(self, "diagnostics", log_analytics_id=log_analytics_id)
        diagnostics.add(
            {
                "workspace": workspace.id,
                "key_vault": foundation.key_vault.id,
                "container_registry": foundation.container_registry.id,
                **({} if monitoring.has_existing_log_analytics else {"log_analytics": log_analytics_id}),
            }
        )
        reads = [STORAGE_READS] if environment.monitoring.storage_reads else []
        diagnostics.add({"storage": foundation.storage.blob_service_id}, categories=[*reads, *STORAGE_AUDIT])
        if network:
            diagnostics.add({"network": network.id})
            diagnostics.add({f"network_{subnet}": id_ for subnet, id_ in network.security_group_ids.items()})
        add_endpoint_logging(
            self,
            "endpoint_logging",
            resource_group=foundation.resource_group,
            log_analytics_id=log_analytics_id,
            elsewhere=monitoring.has_existing_log_analytics,
        )
        return diagnostics
