"""Logs, alerts, the channels they go to, and what starts the rollback."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from constructs_lib.azure.monitoring import APPLICATION_INSIGHTS_TABLES, RESOURCE_LOG_TABLES
from tests.project import REPOSITORY
from tests.synthesized import Json, Stack, role_name

Stacks = dict[str, Stack]
ENVIRONMENTS = ["mlops-dev", "mlops-test", "mlops-prod"]
RULE = "azurerm_monitor_scheduled_query_rules_alert_v2"
GROUP = "azurerm_monitor_action_group"


def criteria(rule: Json) -> Json:
    (only,) = rule["criteria"]
    found: Json = only
    return found


def fires(stack: Stack) -> dict[str, tuple[str, float]]:
    """Return above or below what each rule fires."""
    return {
        name.removeprefix("alert_"): (criteria(rule)["operator"], criteria(rule)["threshold"])
        for name, rule in stack.resources(RULE).items()
    }


def groups(rule: Json) -> list[str]:
    return [reference.split(".")[1] for reference in rule["action"]["action_groups"]]


# --- Thresholds -----------------------------------------------------------------------------------------


def test_dev_has_no_alerts(stacks: Stacks) -> None:
    dev = stacks["mlops-dev"]
    assert fires(dev) == {}
    assert set(dev.resources(GROUP)) == {"smart_detection"}
    assert "email_receiver" not in dev.at(f"{GROUP}.smart_detection")
    assert set(dev.terraform["variable"]) == {"allow_placeholder_ids"}


@pytest.mark.parametrize(
    ("name", "enabled"), [("mlops-dev", False), ("mlops-test", True), ("mlops-prod", True)]
)
def test_the_rule_that_azure_adds_alerts_only_where_alerts_are_on(
    stacks: Stacks, name: str, enabled: bool
) -> None:
    (rule,) = stacks[name].resources("azurerm_monitor_smart_detector_alert_rule").values()
    assert rule["enabled"] is enabled
    assert ("email_receiver" in stacks[name].at(f"{GROUP}.smart_detection")) is enabled


def test_thresholds_of_test_are_the_guides(stacks: Stacks) -> None:
    assert fires(stacks["mlops-test"]) == {
        "failed_jobs": ("GreaterThan", 0),
        "model_drift": ("GreaterThan", 0.15),
        "data_drift": ("GreaterThan", 0.20),
        "prediction_latency": ("GreaterThan", 1000),
        "error_rate": ("GreaterThan", 5),
    }


def test_thresholds_of_prod_are_the_guides(stacks: Stacks) -> None:
    assert fires(stacks["mlops-prod"]) == {
        "failed_jobs": ("GreaterThan", 0),
        "model_drift": ("GreaterThan", 0.10),
        "data_drift": ("GreaterThan", 0.15),
        "prediction_latency": ("GreaterThan", 500),
        "error_rate": ("GreaterThan", 2),
        "endpoint_availability": ("LessThan", 99.5),
        "rollback_error_rate": ("GreaterThan", 5),
        "rollback_latency": ("GreaterThan", 2000),
    }


@pytest.mark.parametrize("name", ["mlops-test", "mlops-prod"])
def test_every_rule_reads_the_logs_of_its_environment(stacks: Stacks, name: str) -> None:
    for rule in stacks[name].resources(RULE).values():
        assert rule["scopes"] == ["${azurerm_log_analytics_workspace.monitoring_log_analytics.id}"]


def test_a_failed_model_counts_as_an_error(stacks: Stacks) -> None:
    """An online endpoint answers 424 when the model answers 500."""
    for name in ("alert_error_rate", "alert_rollback_error_rate"):
        query = criteria(stacks["mlops-prod"].resources(RULE)[name])["query"]
        assert "Status >= 500 or Status in (408, 424)" in query


@pytest.mark.parametrize("name", ["mlops-test", "mlops-prod"])
def test_a_job_that_fails_is_told_for_each_cluster(stacks: Stacks, name: str) -> None:
    rule = criteria(stacks[name].resources(RULE)["alert_failed_jobs"])
    assert 'EventType == "JobFailed"' in rule["query"]
    assert [dimension["name"] for dimension in rule["dimension"]] == ["ClusterName"]


def test_a_rollback_needs_more_than_a_handful_of_requests(stacks: Stacks) -> None:
    for name, rule in stacks["mlops-prod"].resources(RULE).items():
        is_rollback = name.startswith("alert_rollback")
        assert ("| where Requests >= 20" in criteria(rule)["query"]) is is_rollback


@pytest.mark.parametrize(("name", "column"), [("mlops-test", 2), ("mlops-prod", 3)])
def test_the_page_about_alerts_says_what_is_deployed(stacks: Stacks, name: str, column: int) -> None:
    page = (REPOSITORY / "docs" / "alerts.md").read_text()
    rows = [
        [cell.strip() for cell in line.split("|")] for line in page.splitlines() if line.startswith("| `")
    ]
    said = {
        row[1].split("`")[1]: (row[column].replace("above ", "> ").replace("below ", "< "), *row[5:8])
        for row in rows
        if len(row) == 9 and row[column] != "none"
    }
    signs = {"GreaterThan": ">", "LessThan": "<"}
    deployed = {
        key.removeprefix("alert_"): (signs[criteria(rule)["operator"]], criteria(rule)["threshold"], rule)
        for key, rule in stacks[name].resources(RULE).items()
    }
    assert said.keys() == deployed.keys()
    for key, (sign, threshold, rule) in deployed.items():
        limit, *timing = said[key]
        assert (limit[0], float(limit[1:])) == (sign, threshold)
        assert timing == [rule["evaluation_frequency"], rule["window_duration"], str(rule["severity"])]


# --- Channels -------------------------------------------------------------------------------------------


def test_alerts_of_test_go_to_email_and_slack(stacks: Stacks) -> None:
    test = stacks["mlops-test"]
    group = test.resources(GROUP)
    assert set(group) == {"alerts", "smart_detection"}
    assert [receiver["email_address"] for receiver in group["alerts"]["email_receiver"]] == [
        "ml-team@company.com"
    ]
    assert [receiver["name"] for receiver in group["alerts"]["logic_app_receiver"]] == ["slack"]
    assert "webhook_receiver" not in group["alerts"]
    assert {tuple(groups(rule)) for rule in test.resources(RULE).values()} == {("alerts",)}


def test_alerts_of_prod_go_to_pagerduty_email_and_slack(stacks: Stacks) -> None:
    group = stacks["mlops-prod"].at(f"{GROUP}.alerts")
    assert [receiver["name"] for receiver in group["email_receiver"]] == ["email"]
    assert [receiver["name"] for receiver in group["logic_app_receiver"]] == ["slack"]
    assert [(receiver["name"], receiver["service_uri"]) for receiver in group["webhook_receiver"]] == [
        ("pagerduty", "${var.pagerduty_webhook_url}")
    ]


@pytest.mark.parametrize("name", ["mlops-test", "mlops-prod"])
def test_everybody_gets_the_common_alert_schema_under_a_short_name(stacks: Stacks, name: str) -> None:
    for group in stacks[name].resources(GROUP).values():
        assert 1 <= len(group["short_name"]) <= 12
        for kind in ("email_receiver", "logic_app_receiver", "webhook_receiver"):
            assert all(receiver["use_common_alert_schema"] for receiver in group.get(kind, []))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_file_has_the_address_of_a_channel(stacks: Stacks, name: str) -> None:
    text = json.dumps(stacks[name].terraform)
    for host in ("hooks.slack.com", "events.pagerduty.com", "events.eu.pagerduty.com"):
        assert not re.search(rf"https://{host}/\w", text)


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("mlops-dev", set()),
        ("mlops-test", {"slack_webhook_url"}),
        ("mlops-prod", {"slack_webhook_url", "pagerduty_webhook_url"}),
    ],
)
def test_only_what_a_channel_needs_is_asked_for(stacks: Stacks, name: str, variables: set[str]) -> None:
    assert set(stacks[name].terraform["variable"]) - {"allow_placeholder_ids"} == variables


@pytest.mark.parametrize(
    ("variable", "channel", "start", "receiver"),
    [
        ("slack_webhook_url", "slack", "https://hooks.slack.com/", "azapi_resource.slack"),
        ("pagerduty_webhook_url", "pagerduty", "https://events.pagerduty.com/", f"{GROUP}.alerts"),
    ],
)
def test_a_channel_without_its_address_is_an_error_that_says_what_to_do(
    stacks: Stacks, variable: str, channel: str, start: str, receiver: str
) -> None:
    prod = stacks["mlops-prod"]
    body = prod.terraform["variable"][variable]
    assert (body["sensitive"], body["nullable"], body["default"]) == (True, False, "")
    (missing,) = body["validation"]
    # Where a validation fails Terraform prints the value, though it is sensitive; an empty one tells nothing.
    assert missing["condition"] == f'${{var.{variable} != ""}}'
    (wrong,) = prod.at(f"{receiver}.lifecycle.precondition")
    assert f'startswith(var.{variable}, "{start}")' in wrong["condition"]
    for check in (missing, wrong):
        message = check["error_message"]
        assert message.startswith(f"prod: alerts go to {channel} (monitoring.alerts")
        assert f"Set TF_VAR_{variable} " in message
        assert f"or remove {channel}" in message
        assert "${" not in message


# --- Rollback -------------------------------------------------------------------------------------------


def test_only_rollback_rules_call_the_webhook(stacks: Stacks) -> None:
    prod = stacks["mlops-prod"]
    called = {name: groups(rule) for name, rule in prod.resources(RULE).items()}
    assert {name for name, ids in called.items() if "rollback" in ids} == {
        "alert_rollback_error_rate",
        "alert_rollback_latency",
    }
    assert all("alerts" in ids for ids in called.values())


def test_the_webhook_is_the_one_of_the_service_connection(variant: Stacks) -> None:
    prod = variant["mlops-prod"]
    connection = prod.at("azuredevops_serviceendpoint_incomingwebhook.rollback_webhook")
    assert connection["webhook_name"] == "mlops-prod-rollback"
    (receiver,) = prod.at(f"{GROUP}.rollback.webhook_receiver")
    assert receiver["service_uri"] == (
        "https://dev.azure.com/contoso/_apis/public/distributedtask/webhooks/mlops-prod-rollback"
        "?api-version=6.0-preview"
    )


def test_the_rollback_pipeline_may_read_the_alert_and_nobody_else_needs_to(stacks: Stacks) -> None:
    def readers(stack: Stack) -> list[tuple[str, str]]:
        return [
            (body["principal_id"], body["scope"])
            for body in stack.resources("azurerm_role_assignment").values()
            if role_name(body) == "Monitoring Reader"
        ]

    assert readers(stacks["mlops-prod"]) == [
        (
            "${azurerm_user_assigned_identity.connection_identity.principal_id}",
            "${azurerm_resource_group.resource_group.id}",
        )
    ]
    assert readers(stacks["mlops-dev"]) == readers(stacks["mlops-test"]) == []


@pytest.mark.parametrize("name", ["mlops-dev", "mlops-test"])
def test_without_rollback_there_is_no_webhook(stacks: Stacks, name: str) -> None:
    assert stacks[name].resources("azuredevops_serviceendpoint_incomingwebhook") == {}


# --- Logs -----------------------------------------------------------------------------------------------


def kept(stack: Stack) -> dict[str, tuple[Any, Any]]:
    return {
        body["name"]: (body["retention_in_days"], body["total_retention_in_days"])
        for body in stack.resources("azurerm_log_analytics_workspace_table").values()
    }


def test_dev_keeps_every_table_for_14_days(stacks: Stacks) -> None:
    tables = {*APPLICATION_INSIGHTS_TABLES, *RESOURCE_LOG_TABLES}
    assert kept(stacks["mlops-dev"]) == dict.fromkeys(tables, (14, 14))


def test_test_keeps_application_insights_no_longer_than_the_rest(stacks: Stacks) -> None:
    assert kept(stacks["mlops-test"]) == dict.fromkeys(APPLICATION_INSIGHTS_TABLES, (30, 30))


def test_prod_needs_nothing_but_the_retention_of_the_workspace(stacks: Stacks) -> None:
    prod = stacks["mlops-prod"]
    assert kept(prod) == {}
    assert prod.at("azurerm_log_analytics_workspace.monitoring_log_analytics.retention_in_days") == 90


@pytest.mark.parametrize(("name", "percent"), [("mlops-dev", 100), ("mlops-test", 100), ("mlops-prod", 10)])
def test_sampling_is_the_guides(stacks: Stacks, name: str, percent: int) -> None:
    insights = stacks[name].at("azurerm_application_insights.monitoring_application_insights")
    assert insights["sampling_percentage"] == percent


def test_nothing_signs_in_with_a_key(stacks: Stacks) -> None:
    for stack in stacks.values():
        for type_ in ("azurerm_log_analytics_workspace", "azurerm_application_insights"):
            for body in stack.resources(type_).values():
                assert body["local_authentication_enabled"] is False


@pytest.mark.parametrize(
    ("name", "public"), [("mlops-dev", True), ("mlops-test", True), ("mlops-prod", False)]
)
def test_logs_of_a_private_environment_are_read_privately(stacks: Stacks, name: str, public: bool) -> None:
    logs = stacks[name].at("azurerm_log_analytics_workspace.monitoring_log_analytics")
    insights = stacks[name].at("azurerm_application_insights.monitoring_application_insights")
    assert logs["internet_query_enabled"] is logs["internet_ingestion_enabled"] is public
    assert insights["internet_query_enabled"] is public
    # The managed network of the compute is not our virtual network.
    assert insights["internet_ingestion_enabled"] is True


@pytest.mark.parametrize("name", ["mlops-registry", *ENVIRONMENTS])
def test_diagnostic_settings_send_what_audits_need_and_leave_the_table_to_azure(
    stacks: Stacks, name: str
) -> None:
    settings = stacks[name].resources("azurerm_monitor_diagnostic_setting")
    assert settings
    for logical, body in settings.items():
        # Each read of a blob by a training job would be a line.
        audit = [{"category": "StorageDelete"}, {"category": "StorageWrite"}]
        assert body["enabled_log"] == (audit if "storage" in logical else [{"category_group": "allLogs"}])
        assert "log_analytics_destination_type" not in body
        assert "enabled_metric" not in body
    targets = [body["target_resource_id"] for body in settings.values()]
    assert len(targets) == len(set(targets))


def test_telemetry_may_come_in_by_key_where_the_configuration_says_so(variant: Stacks) -> None:
    address = "azurerm_application_insights.monitoring_application_insights.local_authentication_enabled"
    assert variant["mlops-staging"].at(address) is True
    assert variant["mlops-dev"].at(address) is False


def test_reads_are_logged_and_logs_are_capped_where_the_configuration_says_so(
    stacks: Stacks, variant: Stacks
) -> None:
    logs = "azurerm_log_analytics_workspace.monitoring_log_analytics"
    assert variant["mlops-staging"].at(f"{logs}.daily_quota_gb") == 5
    assert "daily_quota_gb" not in stacks["mlops-dev"].at(logs)
    reads = variant["mlops-staging"].at("azurerm_monitor_diagnostic_setting.diagnostics_storage.enabled_log")
    assert {"category": "StorageRead"} in reads


def test_what_is_done_with_the_registry_and_with_its_logs_is_recorded(stacks: dict[str, Stack]) -> None:
    settings = stacks["mlops-registry"].resources("azurerm_monitor_diagnostic_setting")
    assert {body["target_resource_id"] for body in settings.values()} >= {
        "${azapi_resource.registry.id}",
        "${azurerm_log_analytics_workspace.log_analytics.id}",
    }
