"""A service connection to Azure by workload identity federation: nothing to leak, nothing to renew."""

from __future__ import annotations

from functools import cached_property

from cdktf import ITerraformDependable, TerraformStack

from constructs_lib.azure.identity import ManagedIdentity
from constructs_lib.bindings import azuredevops, azurerm
from constructs_lib.devops.access import grant_access
from constructs_lib.devops.checks import add_approval, add_branch_control
from constructs_lib.devops.project import Project
from settings.models import devops


class ServiceConnection:
    """A connection that signs in as a managed identity. What it may do is that identity's roles."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        settings: devops.ServiceConnection,
        identity: ManagedIdentity,
        tenant_id: str,
        subscription_id: str,
        approval: devops.ApprovalEnvironment | None = None,
    ) -> None:
        """Create the connection to a subscription, and the credential that lets it sign in as ``identity``.

        With ``approval``, each run that uses it needs one, as a run that enters that environment does.
        """
        subscription = azurerm.DataAzurermSubscription(
            scope, f"{id_}_subscription", subscription_id=subscription_id
        )
        self._endpoint = azuredevops.ServiceendpointAzurerm(
            scope,
            id_,
            project_id=project.id,
            service_endpoint_name=settings.name,
            service_endpoint_authentication_scheme="WorkloadIdentityFederation",
            azurerm_spn_tenantid=tenant_id,
            azurerm_subscription_id=subscription_id,
            azurerm_subscription_name=subscription.display_name,
            credentials=azuredevops.ServiceendpointAzurermCredentials(serviceprincipalid=identity.client_id),
            # The credential below needs the connection first, so that a sign-in cannot work yet.
            features=azuredevops.ServiceendpointAzurermFeatures(validate=False),
        )
        self._credential = azurerm.FederatedIdentityCredential(
            scope,
            f"{id_}_federated_credential",
            name="azure-devops",
            audience=["api://AzureADTokenExchange"],
            issuer=self._endpoint.workload_identity_federation_issuer,
            subject=self._endpoint.workload_identity_federation_subject,
            # Required by the package, deprecated by the provider: replaced by the override below.
            parent_id=identity.id,
            resource_group_name="",
        )
        self._credential.add_override("parent_id", None)
        self._credential.add_override("resource_group_name", None)
        self._credential.add_override("user_assigned_identity_id", identity.id)
        checks: list[azuredevops.Check] = []
        if settings.branches:
            branch_control = add_branch_control(
                scope,
                f"{id_}_branch_control",
                project=project,
                resource_type="endpoint",
                resource_id=self._endpoint.id,
                branches=settings.branches,
                verify_branch_protection=settings.verify_branch_protection,
            )
            checks.append(branch_control)
        if approval:
            asked = add_approval(
                scope,
                f"{id_}_approval",
                project=project,
                resource_type="endpoint",
                resource_id=self._endpoint.id,
                settings=approval,
            )
            checks.append(asked)
        grant_access(
            scope,
            id_,
            project=project,
            resource_type="endpoint",
            resource_id=self._endpoint.id,
            roles={},
            pipelines=settings.used_by,
            checks=checks,
        )

    @cached_property
    def id(self) -> str:
        """Id of the connection (GUID)."""
        return self._endpoint.id

    @property
    def ready(self) -> list[ITerraformDependable]:
        """What must exist before the connection can sign in."""
        return [self._credential]
