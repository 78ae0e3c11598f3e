"""The shared model registry."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.registry import Registry, let_promote, registry_group_id, registry_id
from settings.loader import Settings
from tests.unit.constructs.examples import identity, resource_group, synthesized


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


def test_a_further_region_has_all_that_the_first_one_has(stack: TerraformStack) -> None:
    Registry(
        stack,
        "registry",
        resource_group=resource_group(stack),
        name="example-registry",
        regions=["westeurope", "swedencentral"],
        public_network_access=True,
    )
    resource = synthesized(stack).at("azapi_resource.registry")
    assert resource["location"] == "eastus"
    first, *further = resource["body"]["properties"]["regionDetails"]
    assert further == [{**first, "location": "westeurope"}, {**first, "location": "swedencentral"}]


def test_its_id_is_known_before_it_exists(settings: Settings) -> None:
    assert registry_id(settings.platform.registry) == (
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mlops-registry-rg"
        "/providers/Microsoft.MachineLearningServices/registries/mlops-central-registry"
    )


def test_roles_on_it_are_assigned_around_it(settings: Settings) -> None:
    assert registry_id(settings.platform.registry).startswith(
        f"{registry_group_id(settings.platform.registry)}/"
    )


def test_who_promotes_can_write_and_not_delete(stack: TerraformStack) -> None:
    group = resource_group(stack)
    let_promote(
        stack,
        "promotion",
        resource_group=group,
        registry_name="example-registry",
        identity=identity(stack, group),
    )
    written = synthesized(stack)
    role = written.at("azurerm_role_definition.promotion_role")
    assert role["name"] == "Model promotion to example-registry"
    assert role["scope"] == "${azurerm_resource_group.resource_group.id}"
    (permissions,) = role["permissions"]
    assert not [action for action in permissions["actions"] if "delete" in action or "*" in action]
    assignment = written.at("azurerm_role_assignment.promotion_identity_roles_registry")
    assert assignment["role_definition_id"] == (
        "${azurerm_role_definition.promotion_role.role_definition_resource_id}"
    )
