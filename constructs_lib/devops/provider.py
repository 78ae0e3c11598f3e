"""How Terraform signs in to Azure DevOps. Credentials come from the environment, never from here."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops


def configure_azuredevops(scope: TerraformStack, *, organization_url: str, tenant_id: str) -> None:
    """Configure azuredevops for one organization.

    The tenant is given too: left out, the provider would take it from ``ARM_TENANT_ID`` of whoever applies.
    """
    azuredevops.AzuredevopsProvider(
        scope, "azuredevops", org_service_url=organization_url, tenant_id=tenant_id
    )
