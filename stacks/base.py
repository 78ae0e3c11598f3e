"""What every stack has: its state, its providers, its tags, and the Azure DevOps things it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cdktf import (
    AzurermBackend,
    ITerraformDependable,
    LocalBackend,
    TerraformProvider,
    TerraformStack,
)
from constructs import Construct

from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.azure.provider import configure_azapi, configure_azurerm
from constructs_lib.devops.access import Role
from constructs_lib.devops.approval_environment import ApprovalEnvironment
from constructs_lib.devops.incoming_webhook import IncomingWebhook
from constructs_lib.devops.project import Pipeline, Project, Team
from constructs_lib.devops.provider import configure_azuredevops
from constructs_lib.devops.service_connection import ServiceConnection
from constructs_lib.devops.variable_group import KeyVaultVariableGroup, VariableGroup
from constructs_lib.placeholders import PlaceholderGuard
from constructs_lib.tags import tag_everything
from settings.loader import Settings
from settings.models import devops
from settings.models import platform as settings
from settings.models.texts import minutes
from settings.models.variables import Variable

PREFIX = "mlops"


class PlatformStack(TerraformStack):
    """A stack of this platform, named ``mlops-<name>``, with its state, its providers and its tags."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        configuration: Settings,
        subscription_id: str,
        purge_deleted_workspaces: bool,
        creates_shared: bool,
    ) -> None:
        """Prepare the stack.

        With ``creates_shared`` this stack creates the project and the teams that the configuration wants
        created; any other stack looks them up.
        """
        super().__init__(scope, f"{PREFIX}-{name}")
        platform = configuration.platform
        self._platform = platform
        self._creates_shared = creates_shared
        self._teams: dict[str, Team] = {}
        self._pipelines: dict[str, Pipeline] = {}
        self.tenant_id = platform.azure.tenant_id
        self._subscription_id = subscription_id
        self._has_azapi = False
        self._keep_state(platform.backend)
        self.guarded = PlaceholderGuard(
            self, placeholders=[str(placeholder) for placeholder in configuration.placeholders]
        ).guard
        configure_azurerm(
            self,
            tenant_id=self.guarded(self.tenant_id),
            subscription_id=self.guarded(subscription_id),
            purge_deleted_workspaces=purge_deleted_workspaces,
        )
        configure_azuredevops(
            self,
            organization_url=self.guarded(platform.azure_devops.organization_url),
            tenant_id=self.guarded(self.tenant_id),
        )
        self._tags = {**platform.tags, "environment": name}
        project = platform.azure_devops.project
        self.project = Project(self, "project", name=project.name, create=project.create and creates_shared)

    def prepare_stack(self) -> None:
        """Finish the stack before cdktf writes it: everything that takes tags gets them.

        cdktf's own preparation is left out. It resolves the whole stack once more to find references to other
        stacks and give them a backend; these stacks have a backend, and never refer to each other (ADR 3).
        """
        tag_everything(self, self._tags)

    def _keep_state(self, backend: settings.LocalBackend | settings.AzurermBackend) -> None:
        name = self.node.id
        if isinstance(backend, settings.AzurermBackend):
            AzurermBackend(
                self,
                tenant_id=self.tenant_id,
                subscription_id=backend.subscription_id,
                resource_group_name=backend.resource_group,
                storage_account_name=backend.storage_account,
                container_name=backend.container,
                key=f"{name}.tfstate",
                use_azuread_auth=True,
            )
        else:
            # Relative to cdktf.out/stacks/<name>, so that the output is the same on every machine.
            LocalBackend(self, path=f"../../../terraform.{name}.tfstate")

    def need_azapi(self) -> None:
        """Configure azapi, for resources that azurerm does not have."""
        if not self._has_azapi:
            self._has_azapi = True
            configure_azapi(
                self,
                tenant_id=self.guarded(self.tenant_id),
                subscription_id=self.guarded(self._subscription_id),
            )

    def second_subscription(self, alias: str, subscription_id: str) -> TerraformProvider:
        """Return a provider for another subscription of the tenant."""
        return configure_azurerm(
            self,
            alias=alias,
            tenant_id=self.guarded(self.tenant_id),
            subscription_id=self.guarded(subscription_id),
        )

    def add_variable_group(
        self, id_: str, group: devops.VariableGroup, variables: Iterable[Variable]
    ) -> VariableGroup:
        """Add a variable group with its permissions and pipelines."""
        return VariableGroup(
            self,
            id_,
            project=self.project,
            name=group.name,
            purpose=group.purpose,
            variables=variables,
            roles=self._roles(group.permissions),
            pipelines=self._found(group.used_by),
        )

    def add_key_vault_variable_group(
        self,
        id_: str,
        group: devops.KeyVaultVariableGroup,
        *,
        key_vault: str,
        connection: ServiceConnection,
        depends_on: Sequence[ITerraformDependable],
    ) -> KeyVaultVariableGroup:
        """Add a group with secrets of ``key_vault`` (its name), read through ``connection``."""
        return KeyVaultVariableGroup(
            self,
            id_,
            project=self.project,
            name=group.name,
            key_vault=key_vault,
            service_connection_id=connection.id,
            secrets=group.secrets,
            roles=self._roles(group.permissions),
            pipelines=self._found(group.used_by),
            depends_on=[*connection.ready, *depends_on],
        )

    def add_approval_environment(self, id_: str, gate: devops.ApprovalEnvironment) -> ApprovalEnvironment:
        """Add an approval environment with its checks."""
        return ApprovalEnvironment(
            self,
            id_,
            project=self.project,
            name=gate.name,
            approvers={key: self.team(key) for key in gate.approvers},
            minimum_approvers=gate.minimum_approvers,
            timeout_minutes=minutes(gate.timeout),
            instructions=gate.instructions,
            branches=gate.branches,
            verify_branch_protection=gate.verify_branch_protection,
            pipelines=self._found(gate.used_by),
        )

    def add_service_connection(
        self,
        id_: str,
        connection: devops.ServiceConnection,
        *,
        identity: ManagedIdentity,
        subscription_id: str,
    ) -> ServiceConnection:
        """Add a service connection that signs in as ``identity``."""
        return ServiceConnection(
            self,
            id_,
            project=self.project,
            name=connection.name,
            identity=identity,
            tenant_id=self.tenant_id,
            subscription_id=subscription_id,
            branches=connection.branches,
            verify_branch_protection=connection.verify_branch_protection,
            pipelines=self._found(connection.used_by),
        )

    def add_incoming_webhook(self, id_: str, webhook: devops.IncomingWebhook) -> IncomingWebhook:
        """Add a webhook with the pipelines that listen to it."""
        return IncomingWebhook(
            self,
            id_,
            project=self.project,
            organization_url=self._platform.azure_devops.organization_url,
            name=webhook.name,
            pipelines=self._found(webhook.used_by),
        )

    def team(self, key: str) -> Team:
        """Return the team of this key in the configuration."""
        if key not in self._teams:
            team = self._platform.teams[key]
            self._teams[key] = Team(
                self,
                f"team_{key}",
                project=self.project,
                name=team.name,
                create=team.create and self._creates_shared,
            )
        return self._teams[key]

    def _roles(self, permissions: Mapping[str, Role]) -> dict[str, tuple[Team, Role]]:
        """Return the teams that these permissions name, with their roles."""
        return {key: (self.team(key), role) for key, role in permissions.items()}

    def _found(self, names: Iterable[str]) -> dict[str, Pipeline]:
        """Return the pipelines of these names, by the part of an address that each name becomes.

        Those that do not exist yet are left out.
        """
        found = {}
        for name in names:
            pipeline, key = self._platform.pipelines[name], name.replace(" ", "_")
            if not pipeline.exists:
                continue
            if key not in self._pipelines:
                self._pipelines[key] = Pipeline(
                    self,
                    f"pipeline_{key}",
                    project=self.project,
                    name=pipeline.name,
                    folder=pipeline.folder,
                )
            found[key] = self._pipelines[key]
        return found
