"""How Terraform signs in, and with which providers."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.provider import (
    configure_azapi,
    configure_azurerm,
    configure_time,
)
from constructs_lib.devops.provider import configure_azuredevops
from facts.reader import facts
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.types import resource_type
from settings.models.resource_providers import RESOURCE_PROVIDERS
from tests.project import TENANT
from tests.unit.constructs.examples import synthesized


def test_azurerm_for_two_subscriptions(stack: TerraformStack) -> None:
    configure_azurerm(stack, tenant_id=TENANT, subscription_id="one", purge_deleted_workspaces=True)
    configure_azurerm(stack, tenant_id=TENANT, subscription_id="two", alias="other")
    first, other = synthesized(stack).terraform["provider"]["azurerm"]
    assert "alias" not in first
    assert other["alias"] == "other"
    assert [provider["subscription_id"] for provider in (first, other)] == ["one", "two"]
    for provider, purged in ((first, True), (other, False)):
        # Accounts have no keys; and a subscription gets what the platform needs, nothing else.
        assert provider["storage_use_azuread"] is True
        assert provider["resource_provider_registrations"] == "none"
        assert provider["resource_providers_to_register"] == list(RESOURCE_PROVIDERS)
        (features,) = provider["features"]
        assert features["machine_learning"] == [{"purge_soft_deleted_workspace_on_destroy": purged}]
        assert features["key_vault"][0]["purge_soft_delete_on_destroy"] is False


@pytest.mark.parametrize("type_name", sorted(facts("azurerm").resources))
def test_the_namespace_of_every_type_gets_registered(type_name: str) -> None:
    declaration = resource_type(type_name)
    assert isinstance(declaration, AzureResource)
    _, _, typed = declaration.arm_id.rpartition("/providers/")
    namespace = typed.partition("/")[0].lower()
    # Without one, the type is inside another, or a resource group, which every subscription knows.
    if "/providers/" in declaration.arm_id:
        assert namespace in {known.lower() for known in RESOURCE_PROVIDERS}, "add it to RESOURCE_PROVIDERS"


def test_what_only_endpoints_need_gets_registered_too() -> None:
    """No type in the stacks has these namespaces: pipelines make endpoints, and the first one fails without them."""
    assert {"Microsoft.Cdn", "Microsoft.Compute", "Microsoft.PolicyInsights"} <= set(RESOURCE_PROVIDERS)


def test_only_one_that_is_told_to_takes_the_place_of_what_is_there(stack: TerraformStack) -> None:
    switch = "skip_import_check_on_create_and_allow_overwriting_existing_resources"
    configure_azurerm(stack, tenant_id=TENANT, subscription_id="one")
    configure_azurerm(stack, tenant_id=TENANT, subscription_id="one", alias="adopting", overwrite=True)
    first, other = (
        provider["features"][0] for provider in synthesized(stack).terraform["provider"]["azurerm"]
    )
    assert switch not in first
    assert other == {**first, switch: True}


def test_the_others(stack: TerraformStack) -> None:
    configure_azapi(stack, tenant_id=TENANT, subscription_id="one")
    configure_azuredevops(stack, organization_url="https://dev.azure.com/contoso", tenant_id=TENANT)
    configure_time(stack)
    assert synthesized(stack).terraform["provider"] == {
        "azapi": [{"tenant_id": TENANT, "subscription_id": "one"}],
        # Left out, the tenant would be that of whoever applies.
        "azuredevops": [{"org_service_url": "https://dev.azure.com/contoso", "tenant_id": TENANT}],
        "time": [{}],
    }
