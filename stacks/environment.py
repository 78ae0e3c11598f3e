"""The stack of one environment. The environment's file decides everything; no name is known here."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.azure.compute import ComputeCluster
from constructs_lib.azure.container_registry import ContainerRegistry
from constructs_lib.azure.diagnostics import DiagnosticSettings
from constructs_lib.azure.endpoint_logging import EndpointLogging
from constructs_lib.azure.identity import ManagedIdentity, RoleAssignments, existing_principal_id
from constructs_lib.azure.key_vault import KeyVault
from constructs_lib.azure.monitoring import Monitoring
from constructs_lib.azure.provider import configure_time
from constructs_lib.azure.registry import registry_id
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.storage import StorageAccount
from constructs_lib.azure.workspace import Workspace
from settings.loader import Settings
from settings.models.environment import Environment
from settings.models.variables import environment_variables
from stacks.base import PlatformStack
from stacks.monitoring import add_alerts
from stacks.network import Reached, add_private_network
from stacks.protection import add_backup, add_budget, add_delete_locks, add_retention
from stacks.registry import SHARED_IDENTITY

SOFT_DELETE_DAYS = 7
"""How long deleted blobs can be restored where there is no backup (days)."""


class EnvironmentStack(PlatformStack):
    """Workspace and what it stands on, compute, connection, variable group and approval gate."""

    def __init__(self, scope: Construct, configuration: Settings, environment: Environment) -> None:
        """Compose the stack ``mlops-<name>``."""
        super().__init__(
            scope,
            environment.name,
            configuration=configuration,
            subscription_id=environment.subscription_id,
            purge_deleted_workspaces=environment.tier != "prod",
            creates_shared=False,
        )
        self._environment = environment
        self._registry = configuration.platform.registry
        self._shared_registry_id = registry_id(
            subscription_id=self._registry.subscription_id,
            resource_group=self._registry.resource_group,
            name=self._registry.name,
        )
        self._resource_group = ResourceGroup(
            self, "resource_group", name=environment.resource_group, location=environment.location
        )
        configure_time(self)
        self._compose_foundation()
        self._compose_workspace()
        self._compose_compute()
        self._compose_connection()
        self._compose_network_and_logs()
        if environment.name in configuration.platform.shared.environments:
            self._let_validation_read()
        self._compose_protection()
        self.add_variable_group("variables", environment.variable_group, environment_variables(environment))
        if environment.approval_environment:
            self.add_approval_environment("approval", environment.approval_environment)

    def _compose_foundation(self) -> None:
        environment, backup = self._environment, self._environment.backup
        public = not environment.security.private_endpoints
        self._storage = StorageAccount(
            self,
            "storage",
            resource_group=self._resource_group,
            name=environment.workspace.storage_account,
            geo_redundant=backup is not None and backup.geo_redundant,
            soft_delete_days=backup.retention if backup else SOFT_DELETE_DAYS,
            vaulted_backup=backup is not None,
            public_network_access=public,
        )
        self._key_vault = KeyVault(
            self,
            "key_vault",
            resource_group=self._resource_group,
            name=environment.security.key_vault,
            tenant_id=self.tenant_id,
            public_network_access=public,
        )
        self._container_registry = ContainerRegistry(
            self,
            "container_registry",
            resource_group=self._resource_group,
            name=environment.workspace.container_registry,
            public_network_access=public,
        )
        self._monitoring = Monitoring(
            self,
            "monitoring",
            resource_group=self._resource_group,
            log_analytics_name=environment.workspace.log_analytics,
            application_insights_name=environment.workspace.application_insights,
            retention_days=environment.retention.logs,
            sampling_percent=environment.monitoring.application_insights_sampling,
            keys=environment.monitoring.application_insights_keys,
            public_query=public,
        )

    def _compose_workspace(self) -> None:
        environment, network = self._environment, self._environment.private_network
        public = not environment.security.private_endpoints
        self._workspace = Workspace(
            self,
            "workspace",
            resource_group=self._resource_group,
            name=environment.workspace.name,
            storage=self._storage,
            key_vault=self._key_vault,
            container_registry=self._container_registry,
            monitoring=self._monitoring,
            identity=environment.security.managed_identity,
            isolation_mode=network.isolation_mode if network else "Disabled",
            public_network_access=public,
            image_build_cluster=None if public else environment.compute.scoring_cluster.name,
            private_registry_id=None if self._registry.public_network_access else self._shared_registry_id,
        )

    def _compose_compute(self) -> None:
        environment = self._environment
        identity = ManagedIdentity(
            self,
            "compute_identity",
            resource_group=self._resource_group,
            name=f"{environment.workspace.name}-compute",
        )
        RoleAssignments(
            self,
            "compute_identity_roles",
            principal_id=identity.principal_id,
            roles=[
                ("storage", self._storage.id, "Storage Blob Data Contributor"),
                ("storage", self._storage.id, "Storage File Data Privileged Contributor"),
                ("key_vault", self._key_vault.id, "Key Vault Secrets User"),
                ("container_registry", self._container_registry.id, "AcrPull"),
                (
                    "application_insights",
                    self._monitoring.application_insights_id,
                    "Monitoring Metrics Publisher",
                ),
            ],
        )
        clusters = {
            "training_cluster": environment.compute.training_cluster,
            "scoring_cluster": environment.compute.scoring_cluster,
        }
        for id_, cluster in clusters.items():
            if cluster:
                ComputeCluster(
                    self,
                    id_,
                    workspace=self._workspace,
                    location=environment.location,
                    name=cluster.name,
                    vm_size=cluster.vm_size,
                    vm_priority=cluster.vm_priority,
                    min_nodes=cluster.min_nodes,
                    max_nodes=cluster.max_nodes,
                    idle_time=cluster.idle_time,
                    identity=identity,
                    node_public_ip=not environment.security.vnet,
                )

    def _compose_connection(self) -> None:
        environment = self._environment
        identity = ManagedIdentity(
            self,
            "connection_identity",
            resource_group=self._resource_group,
            name=f"{environment.workspace.name}-connection",
        )
        roles = [
            ("workspace", self._workspace.id, "AzureML Data Scientist"),
            ("storage", self._storage.id, "Storage Blob Data Contributor"),
            ("registry", self._shared_registry_id, "AzureML Registry User"),
        ]
        if environment.auto_rollback and environment.auto_rollback.enabled:
            # The pipeline of the rollback asks Azure whether the alert that it was told of is real.
            roles.append(("resource_group", self._resource_group.id, "Monitoring Reader"))
        linked = environment.key_vault_variable_group
        if linked:
            roles.append(("key_vault", self._key_vault.id, "Key Vault Secrets User"))
        assignments = RoleAssignments(
            self, "connection_identity_roles", principal_id=identity.principal_id, roles=roles
        )
        connection = self.add_service_connection(
            "connection",
            environment.service_connection,
            identity=identity,
            subscription_id=environment.subscription_id,
        )
        if linked:
            self.add_key_vault_variable_group(
                "key_vault_variables",
                linked,
                key_vault=environment.security.key_vault,
                connection=connection,
                depends_on=assignments.all,
            )

    def _compose_network_and_logs(self) -> None:
        network = add_private_network(
            self,
            self._environment,
            resource_group=self._resource_group,
            reached=Reached(
                workspace=self._workspace,
                storage=self._storage,
                key_vault=self._key_vault,
                container_registry=self._container_registry,
                monitoring=self._monitoring,
                shared_registry_id=self._shared_registry_id,
                shared_registry_is_private=not self._registry.public_network_access,
            ),
        )
        targets = {
            "workspace": self._workspace.id,
            "storage": self._storage.blob_service_id,
            "key_vault": self._key_vault.id,
            "container_registry": self._container_registry.id,
            "log_analytics": self._monitoring.log_analytics_id,
        }
        if network:
            targets["network"] = network.id
            targets |= {f"network_{subnet}": id_ for subnet, id_ in network.security_group_ids.items()}
        DiagnosticSettings(
            self, "diagnostics", log_analytics_id=self._monitoring.log_analytics_id, targets=targets
        )
        EndpointLogging(
            self,
            "endpoint_logging",
            resource_group=self._resource_group,
            log_analytics_id=self._monitoring.log_analytics_id,
        )

    def _compose_protection(self) -> None:
        environment, group = self._environment, self._resource_group
        containers = add_retention(self, environment, account=self._storage, workspace=self._workspace)
        backup = add_backup(
            self,
            environment,
            resource_group=group,
            account=self._storage,
            workspace=self._workspace,
            containers=containers,
            log_analytics_id=self._monitoring.log_analytics_id,
        )
        action_group = add_alerts(
            self, environment, resource_group=group, log_analytics_id=self._monitoring.log_analytics_id
        )
        add_budget(self, environment, resource_group=group, action_group_id=action_group)
        add_delete_locks(self, environment, account=self._storage, key_vault=self._key_vault, backup=backup)

    def _let_validation_read(self) -> None:
        """Pull-request validation checks that the workspaces it names are there."""
        RoleAssignments(
            self,
            "shared_identity_roles",
            principal_id=existing_principal_id(
                self,
                "shared_identity",
                name=SHARED_IDENTITY,
                resource_group=self._registry.resource_group,
                provider=self.second_subscription("registry", self._registry.subscription_id),
            ),
            roles=[("workspace", self._workspace.id, "Reader")],
        )
