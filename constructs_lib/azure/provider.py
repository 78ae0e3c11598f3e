"""How Terraform signs in to Azure. Credentials come from the environment, never from here."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.bindings import azapi, azurerm, time
from settings.models.resource_providers import RESOURCE_PROVIDERS

AZURERM_VERSION = "~> 4.81"
"""Versions of hashicorp/azurerm this project is made for."""

ADOPTING = "adopting"
"""Alias of the configuration that overwrites. A guard-rail keeps every type from it but those that need it."""


def configure_azurerm(
    scope: TerraformStack,
    *,
    tenant_id: str,
    subscription_id: str,
    purge_deleted_workspaces: bool = False,
    alias: str | None = None,
    overwrite: bool = False,
    register: bool = True,
) -> azurerm.AzurermProvider:
    """Configure azurerm for one subscription.

    A deleted workspace keeps its name for 14 days; ``purge_deleted_workspaces`` gives it up at once, and
    with it the way back. ``alias`` names a second configuration, for another subscription or
    with other switches. With ``overwrite`` a create takes the place of what is there; only for what Azure may make by
    itself, and make first. Without ``register`` no resource provider is registered: for a subscription of others, where
    something is only looked up.
    """
    # The package asks for exactly the version it was generated from; this project needs later arguments.
    scope.add_override(
        "terraform.required_providers.azurerm", {"source": "hashicorp/azurerm", "version": AZURERM_VERSION}
    )
    provider = azurerm.AzurermProvider(
        scope,
        f"azurerm_{alias}" if alias else "azurerm",
        alias=alias,
        tenant_id=tenant_id,
        subscription_id=subscription_id,
        # Storage accounts have no keys, so that blobs are reached by Entra identity.
        storage_use_azuread=True,
        resource_provider_registrations="none",
        resource_providers_to_register=list(RESOURCE_PROVIDERS) if register else [],
        features=[
            azurerm.AzurermProviderFeatures(
                key_vault=[
                    azurerm.AzurermProviderFeaturesKeyVault(
                        purge_soft_delete_on_destroy=False, recover_soft_deleted_key_vaults=True
                    )
                ],
                machine_learning=[
                    azurerm.AzurermProviderFeaturesMachineLearning(
                        purge_soft_deleted_workspace_on_destroy=purge_deleted_workspaces
                    )
                ],
                resource_group=[
                    azurerm.AzurermProviderFeaturesResourceGroup(prevent_deletion_if_contains_resources=True)
                ],
                # Nothing here needs the data plane, and a private account would not answer there.
                storage=[azurerm.AzurermProviderFeaturesStorage(data_plane_available=False)],
            )
        ],
    )
    if overwrite:
        # Not in the package yet.
        provider.add_override(
            "features.0.skip_import_check_on_create_and_allow_overwriting_existing_resources", True
        )
    return provider


def configure_time(scope: TerraformStack) -> None:
    """Configure the provider that waits."""
    time.TimeProvider(scope, "time")


def configure_azapi(scope: TerraformStack, *, tenant_id: str, subscription_id: str) -> None:
    """Configure azapi for one subscription."""
    azapi.AzapiProvider(scope, "azapi", tenant_id=tenant_id, subscription_id=subscription_id)
