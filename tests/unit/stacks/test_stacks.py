"""What holds for every stack of the guide."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from facts.reader import PROVIDERS, facts
from plans.stateful import VARIABLE, is_stateful
from settings.loader import Settings
from tests.schema import problems
from tests.synthesized import Stack, synthesize_to

Stacks = dict[str, Stack]
NAMES = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]

STATEFUL = {
    "mlops-registry": [
        "azapi_resource.registry",
        "azuredevops_environment.promotion",
        "azuredevops_group.team",
        "azuredevops_serviceendpoint_azurerm.promotion_connection",
        "azuredevops_serviceendpoint_azurerm.shared_connection",
        "azuredevops_variable_group.pipeline_settings",
        "azuredevops_variable_group.registry_variables",
        "azuredevops_variable_group.shared_variables",
        "azurerm_log_analytics_workspace.log_analytics",
        "azurerm_resource_group.resource_group",
        "azurerm_storage_account.shared_storage",
        "azurerm_storage_container.validation_data",
        "azurerm_user_assigned_identity.promotion_identity",
        "azurerm_user_assigned_identity.shared_identity",
    ],
    **{
        f"mlops-{name}": [
            *(["azapi_resource.slack", "azuredevops_environment.approval"] if name != "dev" else []),
            "azuredevops_serviceendpoint_azurerm.connection",
            *(["azuredevops_serviceendpoint_incomingwebhook.rollback_webhook"] if name == "prod" else []),
            "azuredevops_variable_group.variables",
            "azurerm_application_insights.monitoring_application_insights",
            "azurerm_container_registry.container_registry",
            *(
                [
                    "azurerm_data_protection_backup_instance_blob_storage.backup_instance",
                    "azurerm_data_protection_backup_vault.backup_vault",
                ]
                if name == "prod"
                else []
            ),
            "azurerm_key_vault.key_vault",
            "azurerm_log_analytics_workspace.monitoring_log_analytics",
            "azurerm_machine_learning_compute_cluster.scoring_cluster",
            *(["azurerm_machine_learning_compute_cluster.training_cluster"] if name == "dev" else []),
            "azurerm_machine_learning_workspace.workspace",
            "azurerm_resource_group.resource_group",
            "azurerm_storage_account.storage",
            "azurerm_storage_container.datasets",
            *(["azurerm_storage_container.predictions"] if name == "prod" else []),
            *(
                ["azurerm_subnet.network_agents", "azurerm_subnet.network_private_endpoints"]
                if name == "prod"
                else []
            ),
            "azurerm_user_assigned_identity.compute_identity",
            "azurerm_user_assigned_identity.connection_identity",
            "azurerm_user_assigned_identity.workspace_identity",
            *(["azurerm_virtual_network.network"] if name == "prod" else []),
        ]
        for name in ("dev", "test", "prod")
    },
}
"""Addresses that must never change without a ``moved`` block and an ADR: losing one loses what it holds."""


def test_there_is_a_stack_for_the_registry_and_one_for_each_environment(stacks: Stacks) -> None:
    assert sorted(stacks) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_addresses_of_stateful_resources_are_frozen(stacks: Stacks, name: str) -> None:
    kept = [a for a in stacks[name].addresses() if is_stateful(a.split(".")[0])]
    assert kept == STATEFUL[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_address_of_a_variable_is_its_group_and_name(stacks: Stacks, name: str) -> None:
    stack = stacks[name]
    for logical, body in stack.resources(VARIABLE).items():
        group = body["variable_group_id"].removeprefix("${azuredevops_variable_group.").removesuffix(".id}")
        assert logical == f"{group}_{body['name']}"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_that_terraform_lets_pass(stacks: Stacks, name: str) -> None:
    assert problems(name, stacks[name].terraform) == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_takes_tags_has_them(stacks: Stacks, name: str) -> None:
    expected = {
        "environment": name.removeprefix("mlops-"),
        "managed-by": "terraform",
        "platform": "mlops",
    }
    taggable = {
        type_
        for provider in PROVIDERS
        for type_, schema in facts(provider).resources.items()
        if "tags" in schema.block.attributes and type_ != "azurerm_machine_learning_datastore_blobstorage"
    }
    tagged = 0
    for type_, bodies in stacks[name].terraform["resource"].items():
        for logical, body in bodies.items():
            assert body.get("tags") == (expected if type_ in taggable else None), f"{type_}.{logical}"
            tagged += type_ in taggable
    assert tagged


@pytest.mark.parametrize("name", NAMES)
def test_there_is_no_secret(stacks: Stacks, name: str) -> None:
    text = json.dumps(stacks[name].terraform)
    assert not re.findall(
        r'"[^"]*(?:password|secret_value|client_secret|serviceprincipalkey)[^"]*": *"', text
    )


@pytest.mark.parametrize("name", NAMES)
def test_provider_versions_are_bounded(stacks: Stacks, name: str) -> None:
    required = stacks[name].terraform["terraform"]["required_providers"]
    assert required["azurerm"] == {"source": "hashicorp/azurerm", "version": "~> 4.81"}
    assert required["azuredevops"] == {"source": "microsoft/azuredevops", "version": "~> 1.16"}


@pytest.mark.parametrize("name", NAMES)
def test_every_stack_asks_for_a_terraform_that_renews_its_token(stacks: Stacks, name: str) -> None:
    assert stacks[name].terraform["terraform"]["required_version"] == ">= 1.11.2"


@pytest.mark.parametrize("name", NAMES)
def test_local_state_stands_beside_the_project_on_any_machine(stacks: Stacks, name: str) -> None:
    assert stacks[name].terraform["terraform"]["backend"] == {
        "local": {"path": f"../../../.state/terraform.{name}.tfstate"}
    }


@pytest.mark.parametrize("name", NAMES)
def test_placeholders_are_refused_before_any_provider_is_asked(stacks: Stacks, name: str) -> None:
    variable = stacks[name].terraform["variable"]["allow_placeholder_ids"]
    assert variable["default"] is False
    (validation,) = variable["validation"]
    assert validation["condition"] == "${var.allow_placeholder_ids}"
    assert "azure.tenant_id (config/platform.yaml, line 7)" in validation["error_message"]
    for provider, bodies in stacks[name].terraform["provider"].items():
        for body in bodies if provider != "time" else []:  # it only waits, and has no settings
            assert body["tenant_id"].startswith("${var.allow_placeholder_ids ? ")


@pytest.mark.parametrize("name", NAMES)
def test_a_pipeline_is_authorized_once_every_check_is_there(stacks: Stacks, name: str) -> None:
    stack = stacks[name]
    checks = {
        f"{type_}.{logical}.id": body["target_resource_id"]
        for type_ in stack.terraform["resource"]
        if type_.startswith("azuredevops_check_")
        for logical, body in stack.resources(type_).items()
    }
    for logical, body in stack.resources("azuredevops_pipeline_authorization").items():
        closed_by = [check for check, target in checks.items() if target == body["resource_id"]]
        behind = body.get("lifecycle", {}).get("replace_triggered_by", [])
        assert sorted(behind) == sorted(closed_by), logical


def test_storage_is_reached_by_identity_only(stacks: Stacks) -> None:
    for stack in stacks.values():
        for account in stack.resources("azurerm_storage_account").values():
            assert account["shared_access_key_enabled"] is False
            assert account["allow_nested_items_to_be_public"] is False
            assert account["min_tls_version"] == "TLS1_2"
        for workspace in stack.resources("azurerm_machine_learning_workspace").values():
            assert workspace["storage_account_access_type"] == "Identity"


@pytest.mark.parametrize(("name", "days"), [("mlops-dev", 30), ("mlops-test", 30), ("mlops-prod", 90)])
def test_logs_are_kept_as_long_as_the_services_allow(stacks: Stacks, name: str, days: int) -> None:
    stack = stacks[name]
    log_analytics = stack.at("azurerm_log_analytics_workspace.monitoring_log_analytics")
    insights = stack.at("azurerm_application_insights.monitoring_application_insights")
    assert (log_analytics["retention_in_days"], insights["retention_in_days"]) == (days, days)


def test_a_deleted_workspace_is_purged_except_in_prod(stacks: Stacks) -> None:
    for name in NAMES[1:]:
        features = stacks[name].terraform["provider"]["azurerm"][0]["features"][0]
        purged = features["machine_learning"][0]["purge_soft_deleted_workspace_on_destroy"]
        assert purged is (name != "mlops-prod")


RULE = "azurerm_machine_learning_workspace_network_outbound_rule"
SLOW = {
    "azapi_resource.registry": {"create": "60m", "delete": "60m"},
    "azapi_resource.outbound_registry": {"create": "60m", "delete": "60m"},
    "azurerm_data_protection_backup_instance_blob_storage": {"create": "60m"},
    "azurerm_log_analytics_workspace_table": {"create": "30m", "update": "30m"},
    "azurerm_machine_learning_compute_cluster": {"create": "90m", "delete": "60m"},
    "azurerm_machine_learning_workspace": {"create": "60m", "delete": "120m", "update": "60m"},
    f"{RULE}_fqdn": {"create": "60m", "delete": "60m"},
    f"{RULE}_private_endpoint": {"create": "60m", "delete": "60m"},
}


@pytest.mark.parametrize("slow", SLOW)
def test_terraform_waits_as_long_as_azure_takes(stacks: Stacks, closed: Stacks, slow: str) -> None:
    """Longer than the providers do by themselves, which is 30 minutes, and 5 for a table of logs."""
    type_, _, wanted = slow.partition(".")
    waits = [
        body["timeouts"]
        for configuration in (stacks, closed)
        for stack in configuration.values()
        for name, body in stack.resources(type_).items()
        if wanted in ("", name)
    ]
    assert waits
    assert all(each == SLOW[slow] for each in waits)


def test_environments_wait_for_the_registry_stack(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())["stacks"]
    assert {name: stack["dependencies"] for name, stack in manifest.items()} == {
        "mlops-registry": [],
        "mlops-dev": ["mlops-registry"],
        "mlops-test": ["mlops-registry"],
        "mlops-prod": ["mlops-registry"],
    }


def test_two_runs_write_the_same(settings: Settings, stacks: Stacks, tmp_path: Path) -> None:
    again = synthesize_to(settings, tmp_path)
    assert {name: stack.terraform for name, stack in again.items()} == {
        name: stack.terraform for name, stack in stacks.items()
    }
