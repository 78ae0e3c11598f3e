"""The stack of the state: who gets in, what cannot vanish, and where the states of the others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_settings
from tests.project import (
    DEVELOPERS,
    SUBSCRIPTION,
    TENANT,
    copy_configuration,
    fill_in_ids,
    make_state_storage,
    replace,
)
from tests.synthesized import Stack, role_name, synthesize_to

NAMES = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]
HUB = "99999999-bbbb-4ccc-8ddd-eeeeeeeeeeee"
NETWORK = f"/subscriptions/{HUB}/resourceGroups/hub-rg/providers/Microsoft.Network"


def configured(folder: Path, more: str = "") -> Path:
    config = copy_configuration(folder)
    fill_in_ids(config)
    make_state_storage(config)
    replace(config / "platform.yaml", ("mlopsstateplans\n", f"mlopsstateplans\n{more}"))
    return config


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    folder = tmp_path_factory.mktemp("state")
    return synthesize_to(load_settings(configured(folder)), folder / "out")


@pytest.fixture(scope="module")
def state(stacks: dict[str, Stack]) -> Stack:
    return stacks["mlops-state"]


@pytest.mark.parametrize("name", [*NAMES, "mlops-state"])
def test_each_stack_keeps_its_state_in_a_container_of_its_own(stacks: dict[str, Stack], name: str) -> None:
    assert stacks[name].terraform["terraform"]["backend"] == {
        "azurerm": {
            "container_name": name,
            "key": f"{name}.tfstate",
            "resource_group_name": "mlops-state-rg",
            "storage_account_name": "mlopsstate",
            "subscription_id": SUBSCRIPTION,
            "tenant_id": TENANT,
            "use_azuread_auth": True,
        }
    }
    container = stacks["mlops-state"].at("azurerm_storage_container.state_containers")
    assert container["for_each"][name] == name
    assert container["storage_account_id"] == "${azurerm_storage_account.state.id}"


def test_state_keeps_its_earlier_versions_and_cannot_vanish(state: Stack) -> None:
    account = state.at("azurerm_storage_account.state")
    assert account["account_replication_type"] == "GRS"
    assert account["blob_properties"]["versioning_enabled"] is True
    assert account["blob_properties"]["delete_retention_policy"] == {"days": 90}
    assert account["blob_properties"]["container_delete_retention_policy"] == {"days": 90}
    assert account["lifecycle"]["prevent_destroy"] is True
    containers = state.at("azurerm_storage_container.state_containers")
    assert containers["lifecycle"] == {"prevent_destroy": True}
    (lock,) = state.resources("azurerm_management_lock").values()
    assert (lock["scope"], lock["lock_level"]) == ("${azurerm_storage_account.state.id}", "CanNotDelete")
    # The lock goes first on the way down: it is made after all that lies in what it locks.
    assert "azurerm_storage_container.state_containers" in lock["depends_on"]
    rule = state.at("azurerm_storage_management_policy.state_versions.rule.0")
    assert "base_blob" not in rule["actions"], "a state that nobody changes is kept"
    assert rule["actions"]["version"] == {"delete_after_days_since_creation": 90}
    assert "prefix_match" not in rule["filters"], "one rule for any number of stacks"


def test_a_plan_is_gone_after_a_day_and_leaves_nothing(state: Stack) -> None:
    account = state.at("azurerm_storage_account.plans")
    assert account["name"] == "mlopsstateplans"
    assert account["blob_properties"] == {"change_feed_enabled": False, "versioning_enabled": False}
    rule = state.at("azurerm_storage_management_policy.plan_expiry.rule.0")
    assert rule["actions"]["base_blob"] == {"delete_after_days_since_modification_greater_than": 1}
    assert "prefix_match" not in rule["filters"]
    containers = state.at("azurerm_storage_container.plan_containers")
    assert (sorted(containers["for_each"]), "lifecycle" in containers) == (
        sorted([*NAMES, "mlops-state"]),
        False,
    )


@pytest.mark.parametrize("account", ["state", "plans"])
def test_entra_identities_alone_get_in(state: Stack, account: str) -> None:
    body = state.at(f"azurerm_storage_account.{account}")
    assert body["shared_access_key_enabled"] is False
    assert body["default_to_oauth_authentication"] is True
    assert body["allow_nested_items_to_be_public"] is False
    assert body["min_tls_version"] == "TLS1_2"
    assert body["public_network_access_enabled"] is True


def test_whoever_makes_it_is_let_in_and_nobody_else_changes_that(state: Stack) -> None:
    role = state.at("azurerm_role_assignment.deployer")
    assert role_name(role) == "Storage Blob Data Contributor"
    # On the account, the lock would hold it.
    assert role["scope"] == "${azurerm_resource_group.resource_group.id}"
    assert role["principal_id"] == "${data.azurerm_client_config.deployer_identity.object_id}"
    assert role["lifecycle"] == {"ignore_changes": ["principal_id"]}
    wait = state.at("time_sleep.deployer_wait")
    assert wait["create_duration"] == "5m"
    assert wait["triggers"] == {"role": "${azurerm_role_assignment.deployer.id}"}


def test_nothing_of_azure_devops_is_needed_for_it(state: Stack) -> None:
    assert sorted(state.terraform["provider"]) == ["azurerm", "time"]


def test_a_word_takes_the_protection_away(tmp_path: Path) -> None:
    from stacks.synthesis import synthesize
    from tests.synthesized import read_stacks

    synthesize(load_settings(configured(tmp_path)), str(tmp_path / "out"), protect=False)
    state = read_stacks(tmp_path / "out")["mlops-state"]
    assert "prevent_destroy" not in state.at("azurerm_storage_account.state.lifecycle")
    assert "lifecycle" not in state.at("azurerm_storage_container.state_containers")


def test_administrators_former_environments_and_one_region(tmp_path: Path) -> None:
    more = f"    administrators: [{DEVELOPERS.upper()}]\n    former_environments: [staging]\n    geo_redundant: false\n"
    state = synthesize_to(load_settings(configured(tmp_path, more)), tmp_path / "out")["mlops-state"]
    role = state.at(
        f"azurerm_role_assignment.access_{DEVELOPERS}_resource_group_storage_blob_data_contributor"
    )
    assert (role["principal_id"], role["principal_type"]) == (DEVELOPERS, "Group")
    assert "mlops-staging" in state.at("azurerm_storage_container.state_containers.for_each")
    assert "mlops-staging" not in state.at("azurerm_storage_container.plan_containers.for_each")
    assert state.at("azurerm_storage_account.state.account_replication_type") == "LRS"


def test_a_private_network_in_another_subscription(tmp_path: Path) -> None:
    zone = f"{NETWORK}/privateDnsZones/privatelink.blob.core.windows.net"
    more = (
        "    private_network:\n"
        f"      virtual_network: {NETWORK}/virtualNetworks/hub\n"
        "      subnets: { private_endpoints: state }\n"
        f"      dns_zones: {{ privatelink.blob.core.windows.net: {zone} }}\n"
    )
    state = synthesize_to(load_settings(configured(tmp_path, more)), tmp_path / "out")["mlops-state"]
    for account in ("state", "plans"):
        body = state.at(f"azurerm_storage_account.{account}")
        assert body["public_network_access_enabled"] is False
        assert body["network_rules"]["default_action"] == "Deny"
        endpoint = state.at(f"azurerm_private_endpoint.network_endpoint_{account}")
        connection = endpoint["private_service_connection"]
        assert connection["private_connection_resource_id"] == f"${{azurerm_storage_account.{account}.id}}"
        assert connection["subresource_names"] == ["blob"]
        assert endpoint["private_dns_zone_group"]["private_dns_zone_ids"] == [zone]
        assert endpoint["subnet_id"] == "${data.azurerm_virtual_network.network.id}/subnets/state"
    assert state.data("azurerm_virtual_network")["network"]["provider"] == "azurerm.network"
    assert state.resources("azurerm_private_dns_zone") == {}
