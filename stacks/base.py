"""What every stack has: its state, its providers, its tags and the Azure DevOps project."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import AzurermBackend, LocalBackend, TerraformProvider, TerraformStack
from constructs import Construct

from constructs_lib.azure.provider import ADOPTING, configure_azapi, configure_azurerm
from constructs_lib.devops.project import Project
from constructs_lib.devops.provider import configure_azuredevops
from constructs_lib.placeholders import PlaceholderGuard
from constructs_lib.tags import tag_everything
from deployment.state import local_state
from deployment.tools import OLDEST_TERRAFORM
from settings.loader import Settings
from settings.models import platform as models


class AzureStack(TerraformStack):
    """A stack of this platform, named ``<prefix>-<name>``, with its state, its tags and the providers of Azure."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        configuration: Settings,
        subscription_id: str,
        purge_deleted_workspaces: bool,
        tags: Mapping[str, str],
    ) -> None:
        """Prepare the stack. ``tags`` (names and values) go on its resources, beside the tag ``environment``."""
        platform = configuration.platform
        super().__init__(scope, f"{platform.stack_prefix}-{name}")
        self.tenant_id = platform.azure.tenant_id
        self._subscription_id = subscription_id
        self._tags = {**tags, "environment": name}
        self._ignored_tags = platform.ignored_tags
        self._has_azapi = False
        self._guarded = PlaceholderGuard(
            self, placeholders=[str(placeholder) for placeholder in configuration.placeholders]
        ).guard
        self.add_override("terraform.required_version", f">= {OLDEST_TERRAFORM}")
        self._keep_state(platform.backend)
        configure_azurerm(
            self,
            tenant_id=self._guarded(self.tenant_id),
            subscription_id=self._guarded(subscription_id),
            purge_deleted_workspaces=purge_deleted_workspaces,
        )

    def prepare_stack(self) -> None:
        """Finish the stack before cdktf writes it: everything that takes tags gets them.

        cdktf's own preparation is left out. It resolves the whole stack once more to find references to other
        stacks and give them a backend; these stacks have a backend, and never refer to each other (ADR 3).
        """
        tag_everything(self, self._tags, ignored=self._ignored_tags)

    def need_azapi(self) -> None:
        """Configure azapi, for resources that azurerm does not have."""
        if not self._has_azapi:
            self._has_azapi = True
            configure_azapi(
                self,
                tenant_id=self._guarded(self.tenant_id),
                subscription_id=self._guarded(self._subscription_id),
            )

    def second_subscription(
        self, alias: str, subscription_id: str, *, register: bool = True
    ) -> TerraformProvider:
        """Return a provider for another subscription of the tenant; without ``register`` it only looks things up."""
        return configure_azurerm(
            self,
            alias=alias,
            tenant_id=self._guarded(self.tenant_id),
            subscription_id=self._guarded(subscription_id),
            register=register,
        )

    def adopting_provider(self) -> TerraformProvider:
        """Return a provider that overwrites what Azure has made by itself."""
        return configure_azurerm(
            self,
            alias=ADOPTING,
            tenant_id=self._guarded(self.tenant_id),
            subscription_id=self._guarded(self._subscription_id),
            overwrite=True,
        )

    def _keep_state(self, backend: models.LocalBackend | models.AzurermBackend) -> None:
        name = self.node.id
        if isinstance(backend, models.AzurermBackend):
            AzurermBackend(
                self,
                tenant_id=self.tenant_id,
                subscription_id=backend.subscription_id,
                resource_group_name=backend.resource_group,
                storage_account_name=backend.storage_account,
                # A stack has a container of its own where we make them.
                container_name=backend.container or name,
                key=f"{name}.tfstate",
                use_azuread_auth=True,
            )
        else:
            LocalBackend(self, path=local_state(name))


class PlatformStack(AzureStack):
    """The same, with the Azure DevOps project."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        configuration: Settings,
        subscription_id: str,
        purge_deleted_workspaces: bool,
        creates_shared: bool,
        tags: Mapping[str, str],
        protect: bool = True,
        forget_entra_groups: bool = False,
    ) -> None:
        """Prepare the stack.

        With ``creates_shared`` this stack creates the project and the teams that the configuration wants
        created, and protects them unless told not to; any other stack looks them up. With ``forget_entra_groups`` it
        forgets the Entra groups of the teams.
        """
        super().__init__(
            scope,
            name,
            configuration=configuration,
            subscription_id=subscription_id,
            purge_deleted_workspaces=purge_deleted_workspaces,
            tags=tags,
        )
        platform = configuration.platform
        configure_azuredevops(
            self,
            organization_url=self._guarded(platform.azure_devops.organization_url),
            tenant_id=self._guarded(self.tenant_id),
        )
        pipelines = platform.infrastructure_pipelines
        self.project = Project(
            self,
            "project",
            settings=platform.azure_devops,
            teams=platform.teams,
            pipelines=platform.pipelines,
            create=creates_shared,
            agent_pools=[e.agent_pool for e in configuration.environments if e.agent_pool],
            repository=pipelines.repository if pipelines else None,
            protect=protect,
            forget_entra_groups=forget_entra_groups,
        )
