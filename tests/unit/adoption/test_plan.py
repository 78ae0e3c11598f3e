"""What a plan would lose, why, and the setting that would avoid it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adoption.plan import losses
from adoption.wanted import Terraform
from deployment.stacks import Stack
from plans.reading import read_changes
from settings.loader import Settings

WORKSPACE = "azurerm_machine_learning_workspace.workspace"
INSIGHTS = "azurerm_application_insights.insights"
TERRAFORM = {
    "resource": {
        "azurerm_application_insights": {"insights": {"name": "mlops-dev-insights"}},
        "azurerm_machine_learning_workspace": {
            "workspace": {
                "name": "mlops-dev-workspace",
                "application_insights_id": "${azurerm_application_insights.insights.id}",
            }
        },
    }
}


def changed(address: str, actions: list[str], **change: Any) -> dict[str, Any]:
    return {
        "address": address,
        "mode": "managed",
        "type": address.partition(".")[0],
        "name": "x",
        "provider_name": "registry.terraform.io/hashicorp/azurerm",
        "change": {"actions": actions, **change},
    }


def lost(settings: Settings, *items: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, list[str]]]]]:
    plan = {"resource_changes": list(items)}
    terraform = Terraform(Stack("mlops-dev", Path(), TERRAFORM))
    found = losses(settings, "dev", terraform, read_changes("mlops-dev", plan), plan)
    return [
        (
            loss.change.address,
            [
                (cause.field.path, cause.field.before, [".".join(map(str, s.path)) for s in cause.settings])
                for cause in loss.causes
            ],
        )
        for loss in found
    ]


def test_each_attribute_that_forces_it_is_named_with_its_setting(settings: Settings) -> None:
    before = {"name": "by-hand", "location": "westeurope", "description": "a"}
    after = {"name": "mlops-dev-workspace", "location": "eastus", "description": "b"}
    change = changed(
        WORKSPACE, ["delete", "create"], before=before, after=after, replace_paths=[["name"], ["location"]]
    )
    assert lost(settings, change) == [
        (WORKSPACE, [("name", '"by-hand"', ["workspace.name"]), ("location", '"westeurope"', ["location"])])
    ]


def test_a_value_that_is_not_known_yet_goes_by_what_it_refers_to(settings: Settings) -> None:
    """Its id is not there before it is made; its name is."""
    change = changed(
        WORKSPACE,
        ["create", "delete"],
        before={"application_insights_id": "/subscriptions/s/by-hand"},
        after={},
        after_unknown={"application_insights_id": True},
        replace_paths=[["application_insights_id"]],
    )
    ((address, causes),) = lost(settings, change)
    assert address == WORKSPACE
    assert causes == [
        ("application_insights_id", '"/subscriptions/s/by-hand"', ["workspace.application_insights"])
    ]


def test_a_setting_within_a_block_is_found(settings: Settings) -> None:
    cluster = "azurerm_machine_learning_compute_cluster.training_cluster"
    before, after = {"a": [{"vm_size": "S1"}]}, {"a": [{"vm_size": "STANDARD_DS3_V2"}]}
    change = changed(cluster, ["delete", "create"], before=before, after=after, replace_paths=[["a"]])
    assert lost(settings, change) == [
        (cluster, [("a[0].vm_size", '"S1"', ["compute.training_cluster.vm_size"])])
    ]


def test_what_is_destroyed_has_no_attribute_to_blame(settings: Settings) -> None:
    assert lost(settings, changed(WORKSPACE, ["delete"], before={"name": "a"}, after=None)) == [
        (WORKSPACE, [])
    ]


def test_what_holds_nothing_may_be_made_anew(settings: Settings) -> None:
    before, after = {"name": "by-hand"}, {"name": "mlops"}
    credential = "azurerm_federated_identity_credential.a"
    change = changed(credential, ["delete", "create"], before=before, after=after, replace_paths=[["name"]])
    assert lost(settings, change) == []
    assert lost(settings, changed(WORKSPACE, ["update"], before=before, after=after)) == []
