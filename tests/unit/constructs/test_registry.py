"""The shared model registry."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.registry import Registry, registry_id
from settings.loader import Settings
from tests.unit.constructs.examples import resource_group, synthesized


@pytest.mark.parametrize(("public", "access"), [(True, "Enabled"), (False, "Disabled")])
def test_azure_makes_its_storage_without_anonymous_access(
    stack: TerraformStack, public: bool, access: str
) -> None:
    Registry(
        stack,
        "registry",
        resource_group=resource_group(stack),
        name="example-registry",
        public_network_access=public,
    )
    properties = synthesized(stack).at("azapi_resource.registry.body.properties")
    assert properties["publicNetworkAccess"] == access
    (region,) = properties["regionDetails"]
    assert region["location"] == "eastus"
    (account,) = region["storageAccountDetails"]
    assert account["systemCreatedStorageAccount"]["allowBlobPublicAccess"] is False


def test_its_id_is_known_before_it_exists(settings: Settings) -> None:
    assert registry_id(settings.platform.registry) == (
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mlops-registry-rg"
        "/providers/Microsoft.MachineLearningServices/registries/mlops-central-registry"
    )
