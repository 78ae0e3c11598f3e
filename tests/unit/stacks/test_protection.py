"""Retention, backup, locks and budgets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.synthesized import Stack

Stacks = dict[str, Stack]


def deletions(stack: Stack) -> dict[str, set[int]]:
    """Return after how many days the blobs of each container go: current ones, snapshots and versions."""
    rules: list[Any] = stack.at("azurerm_storage_management_policy.retention.rule")
    return {
        rule["filters"]["prefix_match"][0]: {
            rule["actions"]["base_blob"]["delete_after_days_since_modification_greater_than"],
            rule["actions"]["snapshot"]["delete_after_days_since_creation_greater_than"],
            rule["actions"]["version"]["delete_after_days_since_creation"],
        }
        for rule in rules
        if rule["enabled"] and "base_blob" in rule["actions"]
    }


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("mlops-dev", {"datasets/": {60}}),
        ("mlops-test", {"datasets/": {180}}),
        ("mlops-prod", {"datasets/": {730}, "predictions/": {180}}),
    ],
)
def test_blobs_are_kept_as_long_as_the_guide_says(
    stacks: Stacks, name: str, days: dict[str, set[int]]
) -> None:
    assert deletions(stacks[name]) == days


@pytest.mark.parametrize("name", ["mlops-dev", "mlops-test", "mlops-prod"])
def test_every_limited_container_is_there_and_a_datastore_without_key(stacks: Stacks, name: str) -> None:
    stack = stacks[name]
    containers = {body["name"] for body in stack.resources("azurerm_storage_container").values()}
    assert {prefix.removesuffix("/") for prefix in deletions(stack)} == containers
    datastores = stack.resources("azurerm_machine_learning_datastore_blobstorage")
    assert {body["name"] for body in datastores.values()} == containers
    for body in datastores.values():
        assert body["service_data_auth_identity"] == "WorkspaceUserAssignedIdentity"
        assert "account_key" not in body
        assert "shared_access_signature" not in body


def test_a_system_assigned_workspace_reads_its_datastores_with_that_identity(variant: Stacks) -> None:
    datastore = variant["mlops-staging"].at(
        "azurerm_machine_learning_datastore_blobstorage.datasets_datastore"
    )
    assert datastore["service_data_auth_identity"] == "WorkspaceSystemAssignedIdentity"


def test_old_versions_that_a_backup_makes_do_not_stay_for_ever(stacks: Stacks) -> None:
    def rules(name: str) -> list[Any]:
        found: list[Any] = stacks[name].at("azurerm_storage_management_policy.retention.rule")
        return [rule for rule in found if "base_blob" not in rule["actions"]]

    (rule,) = rules("mlops-prod")
    assert rule["filters"]["prefix_match"] == [
        "azureml-blobstore-${azurerm_machine_learning_workspace.workspace.workspace_id}/"
    ]
    assert rule["actions"]["version"] == {"delete_after_days_since_creation": 30}
    assert rules("mlops-dev") == []


# --- Backup ---------------------------------------------------------------------------------------------


def test_the_backup_is_daily_kept_30_days_and_in_two_regions(stacks: Stacks) -> None:
    prod = stacks["mlops-prod"]
    vault = prod.at("azurerm_data_protection_backup_vault.backup_vault")
    assert (vault["datastore_type"], vault["redundancy"]) == ("VaultStore", "GeoRedundant")
    assert vault["cross_region_restore_enabled"] is True
    assert vault["soft_delete"] == "On"
    policy = prod.at("azurerm_data_protection_backup_policy_blob_storage.backup_policy")
    assert policy["backup_repeating_time_intervals"] == ["R/2025-01-01T02:00:00+00:00/P1D"]
    assert policy["vault_default_retention_duration"] == "P30D"
    assert policy["lifecycle"] == {"create_before_destroy": True}
    assert "30" in policy["name"]


def test_the_backup_names_every_container_in_order(stacks: Stacks) -> None:
    instance = stacks["mlops-prod"].at("azurerm_data_protection_backup_instance_blob_storage.backup_instance")
    containers = instance["storage_account_container_names"]
    assert containers == sorted(containers)
    assert containers == [
        "azureml-blobstore-${azurerm_machine_learning_workspace.workspace.workspace_id}",
        "datasets",
        "predictions",
    ]


def test_an_account_that_is_backed_up_lets_the_vault_copy(stacks: Stacks) -> None:
    for name in ("mlops-dev", "mlops-test", "mlops-prod"):
        account = stacks[name].at("azurerm_storage_account.storage")
        backed_up = name == "mlops-prod"
        assert account["cross_tenant_replication_enabled"] is backed_up
        assert account["blob_properties"]["versioning_enabled"] is backed_up
        assert account["blob_properties"]["change_feed_enabled"] is backed_up
        assert bool(stacks[name].resources("azurerm_data_protection_backup_vault")) is backed_up


# --- Locks ----------------------------------------------------------------------------------------------


def test_locks_are_on_what_holds_data_and_not_on_the_workspace(
    stacks: Stacks, variant: Stacks, closed: Stacks
) -> None:
    def locked(stack: Stack) -> list[str]:
        return [body["scope"] for body in stack.resources("azurerm_management_lock").values()]

    assert sorted(locked(stacks["mlops-prod"])) == [
        "${azurerm_data_protection_backup_vault.backup_vault.id}",
        "${azurerm_key_vault.key_vault.id}",
        "${azurerm_storage_account.storage.id}",
    ]
    assert sorted(locked(stacks["mlops-registry"])) == [
        "${azapi_resource.registry.id}",
        "${azurerm_storage_account.shared_storage.id}",
    ]
    for unlocked in (variant["mlops-registry"], stacks["mlops-dev"], closed["mlops-prod"]):
        assert locked(unlocked) == []


def test_a_locked_container_stays_when_it_is_left_out(stacks: Stacks, variant: Stacks) -> None:
    """What is left out is not there, and Terraform refuses the plan that would take it away."""
    container = variant["mlops-staging"].at("azurerm_storage_container.predictions")
    assert (container["count"], container["lifecycle"]) == (0, {"prevent_destroy": True})
    assert "count" not in stacks["mlops-prod"].at("azurerm_storage_container.predictions")
    assert "predictions" not in stacks["mlops-dev"].resources("azurerm_storage_container")


@pytest.mark.parametrize("name", ["mlops-prod", "mlops-registry"])
def test_locks_are_made_last_and_go_first(stacks: Stacks, name: str) -> None:
    stack = stacks[name]
    locks = stack.resources("azurerm_management_lock")
    reached: set[str] = set()
    for body in locks.values():
        reached |= set(body["depends_on"])
    inside = {
        f"{type_}.{logical}"
        for type_ in (
            "azurerm_role_assignment",
            "azurerm_storage_container",
            "azurerm_monitor_diagnostic_setting",
        )
        for logical, body in stack.resources(type_).items()
        if not str(body.get("scope", "")).startswith("/subscriptions/")
    }
    assert inside <= reached


# --- Budget ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "amount"), [("mlops-dev", 1000), ("mlops-test", 500), ("mlops-prod", 3000)])
def test_each_environment_has_a_monthly_budget(stacks: Stacks, name: str, amount: int) -> None:
    budget = stacks[name].at("azurerm_consumption_budget_resource_group.budget")
    assert (budget["amount"], budget["time_grain"]) == (amount, "Monthly")
    assert budget["resource_group_id"] == "${azurerm_resource_group.resource_group.id}"


def test_notices_go_by_mail_alone(stacks: Stacks) -> None:
    def notices(name: str) -> list[Any]:
        found: list[Any] = stacks[name].at("azurerm_consumption_budget_resource_group.budget.notification")
        return found

    assert [(n["threshold"], n["threshold_type"]) for n in notices("mlops-prod")] == [
        (80, "Actual"),
        (100, "Actual"),
        (100, "Forecasted"),
    ]
    for notice in (*notices("mlops-prod"), *notices("mlops-dev")):
        assert notice["contact_emails"] == ["ml-team@company.com"]
        assert "contact_groups" not in notice
