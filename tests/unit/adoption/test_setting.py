"""Which setting a value in the Terraform comes from: the one that a person would change."""

from __future__ import annotations

from typing import Any

import pytest

from adoption.setting import settings_behind
from settings.loader import Settings

WORKSPACE = "azurerm_machine_learning_workspace.workspace"
STORAGE_ID = (
    "/subscriptions/s/resourceGroups/mlops-dev-rg/providers/Microsoft.Storage/storageAccounts/mlopsdevstorage"
)


@pytest.mark.parametrize(
    ("environment", "address", "attribute", "value", "keys"),
    [
        ("dev", "azurerm_key_vault.key_vault", "location", "eastus", ["location"]),
        ("dev", "azurerm_key_vault.key_vault", "name", "mlops-dev-keyvault", ["security.key_vault"]),
        ("dev", WORKSPACE, "name", "mlops-dev-workspace", ["workspace.name"]),
        ("dev", WORKSPACE, "storage_account_id", STORAGE_ID, ["workspace.storage_account"]),
        (
            "dev",
            "azurerm_machine_learning_compute_cluster.training_cluster",
            "vm_size",
            "STANDARD_DS3_V2",
            ["compute.training_cluster.vm_size"],
        ),
        (
            "prod",
            "azurerm_data_protection_backup_vault.backup_vault",
            "redundancy",
            "GeoRedundant",
            ["backup.geo_redundant"],
        ),
        ("", "azapi_resource.registry", "location", "eastus", ["registry.location"]),
        (
            "",
            "azuredevops_serviceendpoint_azurerm.shared_connection",
            "service_endpoint_name",
            "Azure-MLOps-Shared",
            ["shared.service_connection.name"],
        ),
        # What the project itself decides comes from no setting, and a switch alone says nothing.
        ("dev", "azurerm_storage_account.storage", "account_kind", "StorageV2", []),
        ("dev", "azurerm_storage_account.storage", "is_hns_enabled", False, []),
        ("dev", "azurerm_key_vault.key_vault", "name", None, []),
    ],
)
def test_the_setting_behind_a_value(
    settings: Settings, environment: str, address: str, attribute: str, value: Any, keys: list[str]
) -> None:
    found = settings_behind(settings, environment, address, attribute, value)
    assert [".".join(map(str, setting.path)) for setting in found] == keys


def test_it_is_named_with_its_place(settings: Settings) -> None:
    (found,) = settings_behind(settings, "dev", WORKSPACE, "name", "mlops-dev-workspace")
    line = settings.files["dev"].place(("workspace", "name")).line
    assert str(found) == f"workspace.name ({settings.files['dev'].name}, line {line})"


def test_of_several_environments_only_the_one_is_meant(settings: Settings) -> None:
    (found,) = settings_behind(settings, "test", "azurerm_key_vault.key_vault", "location", "eastus")
    assert found.file.name == "test.yaml"
    registry = settings_behind(settings, "", "azurerm_key_vault.key_vault", "name", "mlops-dev-keyvault")
    assert [setting.file.name for setting in registry] == []
