"""What is there already: looked up, used, and neither made, changed nor destroyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_lib.azure.monitoring import APPLICATION_INSIGHTS_TABLES, RESOURCE_LOG_TABLES
from settings.loader import load_settings
from tests.project import copy_configuration, replace
from tests.schema import problems
from tests.synthesized import Stack, role_name, synthesize_to

Stacks = dict[str, Stack]

SHARED = "/subscriptions/3a1c5e70-0d1f-4b52-9f0a-5f4f6f6c1d04/resourceGroups"
GROUP = "/subscriptions/3a1c5e70-0d1f-4b52-9f0a-5f4f6f6c1d03/resourceGroups/mlops-prod-rg"
LOGS = f"{SHARED}/platform-logs-rg/providers/Microsoft.OperationalInsights/workspaces/platform-logs"
ACTION_GROUP = f"{SHARED}/platform-oncall-rg/providers/Microsoft.Insights/actionGroups/on-call"


@pytest.fixture
def prod(company: Stacks) -> Stack:
    return company["mlops-prod"]


@pytest.fixture
def registry(company: Stacks) -> Stack:
    return company["mlops-registry"]


@pytest.mark.parametrize("name", ["mlops-prod", "mlops-registry"])
def test_nothing_is_wrong_with_it(company: Stacks, name: str) -> None:
    assert problems(name, company[name].terraform) == []


def test_a_plan_finds_out_that_something_is_missing(prod: Stack, registry: Stack) -> None:
    found = {key: body["resource_id"] for key, body in prod.data("azapi_resource").items()}
    assert found == {"resource_group": GROUP, "monitoring_log_analytics": LOGS, "alerts": ACTION_GROUP}
    # Nothing that the service answers gets into the state.
    assert all(body["response_export_values"] == [] for body in prod.data("azapi_resource").values())
    assert {body["resource_id"] for body in registry.data("azapi_resource").values()} == {
        GROUP.replace("d03", "d00").replace("prod", "registry"),
        LOGS,
    }


def test_nothing_of_it_is_made_or_tagged(prod: Stack, registry: Stack) -> None:
    for stack in (prod, registry):
        assert not stack.resources("azurerm_resource_group")
        assert not stack.resources("azurerm_log_analytics_workspace")
        assert not stack.resources("azurerm_log_analytics_workspace_table")
        targets = [
            body["target_resource_id"]
            for body in stack.resources("azurerm_monitor_diagnostic_setting").values()
        ]
        assert targets
        assert LOGS not in targets
    # The one of the rollback starts a pipeline, which no group of others does.
    assert list(prod.resources("azurerm_monitor_action_group")) == ["rollback"]
    assert not prod.resources("azurerm_monitor_smart_detector_alert_rule")


def test_everything_stands_in_the_group(prod: Stack) -> None:
    assert prod.at("azurerm_storage_account.storage.resource_group_name") == "mlops-prod-rg"
    assert prod.at("azurerm_storage_account.storage.location") == "eastus"
    assert prod.at("azurerm_consumption_budget_resource_group.budget.resource_group_id") == GROUP


def test_logs_go_there_and_alerts_look_only_at_our_own(prod: Stack) -> None:
    insights = prod.at("azurerm_application_insights.monitoring_application_insights")
    assert insights["workspace_id"] == LOGS
    settings = prod.resources("azurerm_monitor_diagnostic_setting").values()
    assert {body["log_analytics_workspace_id"] for body in settings} == {LOGS}
    rules = prod.resources("azurerm_monitor_scheduled_query_rules_alert_v2")
    assert len(rules) > 6
    own = f'\n| where _ResourceId startswith "{GROUP}/"\n| '
    for rule in rules.values():
        assert rule["scopes"] == [LOGS]
        (criteria,) = rule["criteria"]
        table, _, rest = criteria["query"].partition(own)
        assert table.splitlines()[-1] in ("AppMetrics", "AmlComputeJobEvent", "AmlOnlineEndpointTrafficLog")
        assert "| " not in table
        assert "summarize" in rest


def test_alerts_of_a_workspace_of_our_own_need_no_filter(company: Stacks) -> None:
    queries = json.dumps(company["mlops-test"].resources("azurerm_monitor_scheduled_query_rules_alert_v2"))
    assert "AppMetrics" in queries
    assert "_ResourceId" not in queries


def test_alerts_call_the_group_instead_of_one_of_our_own(prod: Stack) -> None:
    rules = prod.resources("azurerm_monitor_scheduled_query_rules_alert_v2")
    assert rules["alert_model_drift"]["action"]["action_groups"] == [ACTION_GROUP]
    # Nobody is asked for addresses that would not be used.
    assert not prod.terraform.get("variable")
    assert "slack" not in prod.resources("azapi_resource")
    assert prod.variables("mlops-prod-variables")["alertChannels"]["value"] == "pagerduty,email,slack"


def test_the_policy_of_endpoint_logs_may_have_them_lead_there(prod: Stack, company: Stacks) -> None:
    def scopes(stack: Stack) -> list[str]:
        roles = stack.resources("azurerm_role_assignment").values()
        return sorted(body["scope"] for body in roles if role_name(body) == "Log Analytics Contributor")

    assert scopes(prod) == [GROUP, LOGS]
    assert scopes(company["mlops-test"]) == ["${azurerm_resource_group.resource_group.id}"]


def forgotten(stack: Stack) -> list[str]:
    return [body["from"] for body in stack.terraform["removed"] if body["lifecycle"] == {"destroy": False}]


def test_what_was_made_before_is_forgotten_and_not_destroyed(prod: Stack, registry: Stack) -> None:
    tables = [
        f"azurerm_log_analytics_workspace_table.monitoring_{table}"
        for table in (*APPLICATION_INSIGHTS_TABLES, *RESOURCE_LOG_TABLES)
    ]
    assert forgotten(prod) == [
        "azurerm_resource_group.resource_group",
        "azurerm_monitor_action_group.smart_detection",
        "azurerm_monitor_smart_detector_alert_rule.smart_detection_rule",
        "azurerm_log_analytics_workspace.monitoring_log_analytics",
        *tables,
    ]
    assert [address for address in forgotten(registry) if address.startswith("azurerm_")] == [
        "azurerm_resource_group.resource_group",
        "azurerm_log_analytics_workspace.log_analytics",
    ]
    # What Azure DevOps has was forgotten before, and still is.
    assert "azuredevops_project.project" in forgotten(registry)
    # Terraform needs it to forget what was made with it.
    aliases = [body.get("alias") for body in prod.terraform["provider"]["azurerm"]]
    assert "adopting" in aliases


@pytest.mark.parametrize("key", ["log_analytics", "action_group"])
def test_each_can_be_given_alone(tmp_path: Path, key: str) -> None:
    config = copy_configuration(tmp_path)
    given = {"log_analytics": LOGS, "action_group": ACTION_GROUP}[key]
    test = config / "environments" / "test.yaml"
    replace(test, ("location: eastus\n", f"location: eastus\nexisting:\n  {key}: {given}\n"))
    if key == "log_analytics":
        replace(test, ("log_analytics: mlops-test-logs", "log_analytics: platform-logs"))
    stack = synthesize_to(load_settings(config), tmp_path / "out")["mlops-test"]
    assert [body["resource_id"] for body in stack.data("azapi_resource").values()] == [given]
    assert bool(stack.resources("azurerm_log_analytics_workspace")) is (key != "log_analytics")
    assert ("alerts" in stack.resources("azurerm_monitor_action_group")) is (key != "action_group")
    assert stack.resources("azurerm_resource_group")
    assert stack.resources("azurerm_monitor_smart_detector_alert_rule")
    assert problems("mlops-test", stack.terraform) == []
