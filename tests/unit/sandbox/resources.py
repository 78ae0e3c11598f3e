"""A provider that is signed in, and arguments of resources that many tests need, in the group ``rg``."""

from __future__ import annotations

from typing import Any

from sandbox.provider.values import typed
from tests.unit.sandbox.client import Client, Values

SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
TENANT = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
IN_GROUP = {"resource_group_name": "rg", "location": "eastus"}
STORAGE = {**IN_GROUP, "name": "acc", "account_tier": "Standard", "account_replication_type": "LRS"}
VAULT = {**IN_GROUP, "name": "vault", "tenant_id": TENANT, "sku_name": "standard"}
REGISTRY = {**IN_GROUP, "name": "mlopsacr", "sku": "Basic"}


def sign_in(**features: dict[str, bool]) -> Client:
    """Return azurerm with these features, such as ``key_vault={"purge_soft_delete_on_destroy": False}``."""
    blocks: Any = {name: [switches] for name, switches in features.items()}
    return Client("azurerm", subscription_id=SUBSCRIPTION, tenant_id=TENANT, features=[blocks])


def storage(azure: Client, **arguments: Any) -> Values:
    return azure.create("azurerm_storage_account", **{**STORAGE, **arguments})


def vault(azure: Client, **arguments: Any) -> Values:
    return azure.create("azurerm_key_vault", **{**VAULT, **arguments})


def workspace_arguments(azure: Client) -> Values:
    insights = {**IN_GROUP, "name": "insights", "application_type": "web"}
    return {
        **IN_GROUP,
        "name": "workspace",
        "application_insights_id": azure.create("azurerm_application_insights", **insights)["id"],
        "key_vault_id": vault(azure)["id"],
        "storage_account_id": storage(azure)["id"],
        "identity": [{"type": "SystemAssigned"}],
    }


def model_registry(**arguments: Any) -> Values:
    return {
        "type": "Microsoft.MachineLearningServices/registries@2025-12-01",
        "parent_id": GROUP,
        "name": "models",
        "location": "East US",
        "identity": [{"type": "SystemAssigned"}],
        "body": typed({"properties": {"publicNetworkAccess": "Enabled"}}),
        **arguments,
    }
