"""Azure's resources: their ids, what is there, and the values that Azure computes."""

from __future__ import annotations

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.client import Client, RefusedError, Values
from tests.unit.sandbox.resources import (
    GROUP,
    IN_GROUP,
    REGISTRY,
    STORAGE,
    TENANT,
    VAULT,
    storage,
    vault,
    workspace_arguments,
)

GUID = "12345678-1234-4234-8234-123456789abc"

# --- Ids and what is there ------------------------------------------------------------------------------------


def test_an_id_is_the_one_that_azure_would_give(azure: Client) -> None:
    account = storage(azure)
    assert account["id"] == f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acc"
    container = azure.create("azurerm_storage_container", name="data", storage_account_id=account["id"])
    assert container["id"] == f"{account['id']}/blobServices/default/containers/data"
    assert container["url"] == "https://acc.blob.core.windows.net/data"


def test_an_argument_that_the_id_is_made_of_has_to_be_set(azure: Client) -> None:
    with pytest.raises(RefusedError, match="`storage_account_id` is not set") as refused:
        azure.create("azurerm_storage_container", name="data", storage_account_name="acc")
    assert refused.value.attributes == ["storage_account_id"]


def test_what_is_there_cannot_be_created_again(azure: Client) -> None:
    account = storage(azure)
    with pytest.raises(RefusedError, match=f'a resource with the ID "{account["id"]}" already exists'):
        storage(azure)


@pytest.mark.parametrize(
    ("type_name", "arguments", "message"),
    [
        ("azurerm_storage_account", STORAGE, "The storage account named acc is already taken"),
        ("azurerm_key_vault", VAULT, "The vault name 'vault' is already in use"),
        (
            "azurerm_container_registry",
            REGISTRY,
            "The registry DNS name mlopsacr.azurecr.io is already in use",
        ),
    ],
)
def test_some_names_are_taken_in_all_of_azure(
    azure: Client, cloud: Cloud, type_name: str, arguments: Values, message: str
) -> None:
    azure.create("azurerm_resource_group", name="other", location="eastus")
    azure.create(type_name, **arguments)
    elsewhere = {**arguments, "resource_group_name": "other"}
    with pytest.raises(RefusedError, match=message):
        azure.create(type_name, **elsewhere)
    # Somebody deletes the first group, by hand, and with it everything inside.
    (group,) = [item for item in cloud.resources("azurerm_resource_group") if item.name == "rg"]
    cloud.remove(group)
    azure.create(type_name, **elsewhere)


def test_a_group_that_does_not_exist(azure: Client) -> None:
    with pytest.raises(RefusedError, match="ResourceGroupNotFound: Resource group 'nowhere'") as refused:
        storage(azure, resource_group_name="nowhere")
    assert refused.value.attributes == ["resource_group_name"]


def test_a_subscription_that_does_not_exist(cloud: Cloud) -> None:
    with pytest.raises(RefusedError, match=f"SubscriptionNotFound: The subscription '{GUID}'"):
        Client("azurerm", subscription_id=GUID, features=[{}]).create(
            "azurerm_resource_group", name="rg", location="eastus"
        )


def test_a_parent_that_does_not_exist(azure: Client) -> None:
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/acc"
    with pytest.raises(
        RefusedError, match=r"The Resource 'Microsoft\.Storage/storageAccounts/acc' under resource"
    ):
        azure.create("azurerm_storage_container", name="data", storage_account_id=account)


def test_a_reference_to_what_does_not_exist(azure: Client) -> None:
    arguments = workspace_arguments(azure)
    arguments["container_registry_id"] = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/acr"
    with pytest.raises(
        RefusedError, match=r"The Resource 'Microsoft\.ContainerRegistry/registries/acr'"
    ) as refused:
        azure.create("azurerm_machine_learning_workspace", **arguments)
    assert refused.value.attributes == ["container_registry_id"]


def test_deleted_by_hand_is_gone_and_so_is_what_was_inside(azure: Client, cloud: Cloud) -> None:
    account = storage(azure)
    container = azure.create("azurerm_storage_container", name="data", storage_account_id=account["id"])
    resource = cloud.find(account["id"])
    assert resource is not None
    cloud.remove(resource)
    assert azure.read("azurerm_storage_account", account) is None
    assert azure.read("azurerm_storage_container", container) is None
    storage(azure)
    azure.create("azurerm_storage_container", name="data", storage_account_id=account["id"])


def test_edited_by_hand_is_drift(azure: Client, cloud: Cloud) -> None:
    account = storage(azure)
    resource = cloud.find(account["id"])
    assert resource is not None
    assert resource.path is not None
    resource.path.write_text(resource.path.read_text().replace("TLS1_2", "TLS1_0"))
    found = azure.read("azurerm_storage_account", account)
    assert found == {**account, "min_tls_version": "TLS1_0"}
    assert azure.change("azurerm_storage_account", found, **STORAGE) == account


def test_a_file_with_a_mistake_is_named(azure: Client, cloud: Cloud) -> None:
    account = storage(azure)
    resource = cloud.find(account["id"])
    assert resource is not None
    assert resource.path is not None
    resource.path.write_text("{")
    with pytest.raises(RefusedError, match=f"^{resource.path} is not valid JSON"):
        azure.read("azurerm_storage_account", account)


def test_importing(azure: Client) -> None:
    account = storage(azure)
    assert azure.import_("azurerm_storage_account", account["id"]) == account
    assert azure.import_("azurerm_storage_account", f"{account['id']}x") is None


# --- Values ---------------------------------------------------------------------------------------------------


def test_replication_decides_about_the_second_region(azure: Client) -> None:
    local = storage(azure)
    assert (local["primary_location"], local["secondary_location"]) == ("eastus", "")
    redundant = storage(azure, name="grs", account_replication_type="GRS")
    assert redundant["secondary_location"] == "westus"
    assert redundant["secondary_blob_endpoint"] == ""
    readable = storage(azure, name="ragrs", account_replication_type="RAGRS")
    assert readable["secondary_blob_endpoint"] == "https://ragrs-secondary.blob.core.windows.net/"


def test_an_account_without_keys_has_none(azure: Client) -> None:
    account = storage(azure, shared_access_key_enabled=False)
    assert (account["primary_access_key"], account["primary_connection_string"]) == ("", "")
    assert storage(azure, name="keys")["primary_access_key"]


def test_a_change_of_replication_may_need_a_new_account(azure: Client) -> None:
    account = storage(azure)
    assert (
        azure.plan(
            "azurerm_storage_account", account, **{**STORAGE, "account_replication_type": "GRS"}
        ).replace
        == []
    )
    zones = {**STORAGE, "account_replication_type": "ZRS"}
    assert azure.plan("azurerm_storage_account", account, **zones).replace == ["account_replication_type"]


@pytest.mark.parametrize(
    ("type_name", "arguments", "message"),
    [
        ("azurerm_storage_account", {**STORAGE, "name": "Not_valid"}, '"name" can only consist of lowercase'),
        (
            "azurerm_storage_account",
            {**STORAGE, "account_tier": "Gold"},
            '"account_tier" is expected to be one of',
        ),
        (
            "azurerm_log_analytics_workspace",
            {**IN_GROUP, "name": "logs", "retention_in_days": 14},
            r'"retention_in_days" is expected to be in the range \(30 - 730\), got 14',
        ),
        (
            "azurerm_storage_account",
            {**STORAGE, "blob_properties": [{"delete_retention_policy": [{"days": 400}]}]},
            r'"blob_properties.delete_retention_policy.days" is expected to be in the range',
        ),
        (
            "azurerm_application_insights",
            {**IN_GROUP, "name": "a", "application_type": "web", "sampling_percentage": "100.5"},
            r"in the range \(0 - 100\), got 100\.5",
        ),
        (
            "azurerm_storage_container",
            {"name": "data"},
            "one of `storage_account_id,storage_account_name` must",
        ),
    ],
)
def test_a_value_that_the_provider_refuses(
    azure: Client, type_name: str, arguments: Values, message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        azure.plan(type_name, **arguments)


def test_a_fraction_is_a_number_in_the_cloud(azure: Client, cloud: Cloud) -> None:
    # Terraform sends what no float holds exactly as text.
    state = azure.create("azurerm_log_analytics_workspace", **IN_GROUP, name="logs", daily_quota_gb="0.05")
    assert state["daily_quota_gb"] == "0.05"
    (resource,) = cloud.resources("azurerm_log_analytics_workspace")
    assert resource.attributes["daily_quota_gb"] == 0.05


def test_a_system_assigned_identity_keeps_its_principal(azure: Client) -> None:
    arguments = {**workspace_arguments(azure), "description": "a"}
    state = azure.create("azurerm_machine_learning_workspace", **arguments)
    principal = state["identity"][0]["principal_id"]
    assert state["identity"][0]["tenant_id"] == TENANT
    changed = azure.change("azurerm_machine_learning_workspace", state, **{**arguments, "description": "b"})
    assert changed["identity"][0]["principal_id"] == principal
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")
    assigned = {"type": "UserAssigned", "identity_ids": [identity["id"]]}
    other = azure.change(
        "azurerm_machine_learning_workspace", changed, **{**arguments, "identity": [assigned]}
    )
    assert other["identity"][0]["principal_id"] == ""


def test_two_spellings_of_one_switch(azure: Client) -> None:
    state = azure.create(
        "azurerm_log_analytics_workspace", **IN_GROUP, name="logs", local_authentication_enabled=False
    )
    assert state["local_authentication_disabled"] is True
    state = vault(azure, rbac_authorization_enabled=True)
    assert state["enable_rbac_authorization"] is True


def test_a_federated_credential_by_the_old_or_the_new_name_of_its_identity(azure: Client) -> None:
    identity = azure.create("azurerm_user_assigned_identity", **IN_GROUP, name="who")
    common = {"audience": ["api://AzureADTokenExchange"], "issuer": "https://i", "subject": "s"}
    for name, argument in (("new", "user_assigned_identity_id"), ("old", "parent_id")):
        state = azure.create(
            "azurerm_federated_identity_credential", **common, name=name, **{argument: identity["id"]}
        )
        assert state["id"] == f"{identity['id']}/federatedIdentityCredentials/{name}"
        assert state["user_assigned_identity_id"] == state["parent_id"] == identity["id"]
