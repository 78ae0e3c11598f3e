"""What watches, and what it answers: the whole body, for one of each type."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cloud.store import Cloud
from tests.unit.sandbox.resources import GROUP
from tests.unit.sandbox.rest.bodies import body, body_at


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_an_alert(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_monitor_scheduled_query_rules_alert_v2",
        "Microsoft.Insights/scheduledQueryRules",
        window_duration="PT1H",
        mute_actions_after_alert_duration="PT2H",
        query_time_range_override="PT3H",
        auto_mitigation_enabled=True,
        action=[{"action_groups": ["/people"], "custom_properties": {"a": "b"}}],
        criteria=[
            {
                "query": "x",
                "operator": "GreaterThan",
                "threshold": 1,
                "time_aggregation_method": "Count",
                "metric_measure_column": None,
                "dimension": [{"name": "d", "operator": "Include", "values": ["*"]}],
                "failing_periods": [
                    {"minimum_failing_periods_to_trigger_alert": 1, "number_of_evaluation_periods": 2}
                ],
            },
            {"query": "y", "time_aggregation_method": "Total"},
        ],
    )
    assert made["properties"] == {
        "windowSize": "PT1H",
        "muteActionsDuration": "PT2H",
        "overrideQueryTimeRange": "PT3H",
        "autoMitigate": True,
        "actions": {"actionGroups": ["/people"], "customProperties": {"a": "b"}},
        "criteria": {
            "allOf": [
                {
                    "query": "x",
                    "operator": "GreaterThan",
                    "threshold": 1,
                    "timeAggregation": "Count",
                    "dimensions": [{"name": "d", "operator": "Include", "values": ["*"]}],
                    "failingPeriods": {"minFailingPeriodsToAlert": 1, "numberOfEvaluationPeriods": 2},
                },
                {"query": "y", "timeAggregation": "Total", "dimensions": []},
            ]
        },
    }


def test_what_watches_a_resource(cloud: Cloud) -> None:
    target = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
    attributes = {
        "name": "logs",
        "log_analytics_workspace_id": "/logs",
        "eventhub_name": "hub",
        "enabled_log": [{"category": "AuditEvent"}, {"category_group": "allLogs", "category": ""}],
        "enabled_metric": [{"category": "AllMetrics"}],
        "metric": [{"category": "Old", "enabled": False}],
    }
    made = body_at(cloud, "azurerm_monitor_diagnostic_setting", f"{target}|logs", **attributes)
    assert made["id"] == f"{target}/providers/Microsoft.Insights/diagnosticSettings/logs"
    assert (made["name"], made["type"]) == ("logs", "Microsoft.Insights/diagnosticSettings")
    assert made["properties"] == {
        "workspaceId": "/logs",
        "eventHubName": "hub",
        "logs": [
            {"category": "AuditEvent", "enabled": True},
            {"categoryGroup": "allLogs", "enabled": True},
        ],
        "metrics": [{"category": "AllMetrics", "enabled": True}, {"category": "Old", "enabled": False}],
    }


def test_a_budget(cloud: Cloud) -> None:
    notification = {
        "enabled": True,
        "operator": "GreaterThan",
        "threshold": 80.0,
        "threshold_type": "Forecasted",
        "contact_emails": ["a@contoso.com"],
        "contact_roles": [],
    }
    made = body(
        cloud,
        "azurerm_consumption_budget_resource_group",
        "Microsoft.Consumption/budgets",
        amount=100,
        time_grain="Monthly",
        etag="e",
        time_period=[{"start_date": "2026-01-01", "end_date": None}],
        notification=[notification, {**notification, "threshold_type": "", "threshold": 99.5}],
    )
    shown = {
        "enabled": True,
        "operator": "GreaterThan",
        "threshold": 80.0,
        "thresholdType": "Forecasted",
        "contactEmails": ["a@contoso.com"],
    }
    assert made["eTag"] == "e"
    assert made["properties"] == {
        "amount": 100,
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-01-01"},
        "category": "Cost",
        "currentSpend": {"amount": 0, "unit": "USD"},
        "notifications": {
            "forecasted_GreaterThan_80_Percent": shown,
            "actual_GreaterThan_99.5_Percent": {**shown, "thresholdType": "", "threshold": 99.5},
        },
    }


def test_whom_an_alert_tells(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_monitor_action_group",
        "Microsoft.Insights/actionGroups",
        short_name="people",
        enabled=True,
        email_receiver=[{"name": "e", "email_address": "a@contoso.com", "use_common_alert_schema": None}],
    )
    nobody = ["armRole", "automationRunbook", "azureAppPush", "azureFunction", "eventHub", "itsm"]
    assert made["properties"] == {
        "groupShortName": "people",
        "enabled": True,
        "emailReceivers": [{"name": "e", "emailAddress": "a@contoso.com"}],
        **{f"{kind}Receivers": [] for kind in (*nobody, "logicApp", "sms", "voice", "webhook")},
    }


def test_a_rule_that_looks_for_what_is_unusual(cloud: Cloud) -> None:
    made = body(
        cloud,
        "azurerm_monitor_smart_detector_alert_rule",
        "Microsoft.AlertsManagement/smartDetectorAlertRules",
        enabled=True,
        detector_type="FailureAnomaliesDetector",
        scope_resource_ids=["/insights"],
        throttling_duration="PT1H",
        action_group=[{"ids": ["/people"]}],
    )
    assert made["location"] == "global"
    assert made["properties"] == {
        "state": "Enabled",
        "detector": {"id": "FailureAnomaliesDetector"},
        "scope": ["/insights"],
        "throttling": {"duration": "PT1H"},
        "actionGroups": {"groupIds": ["/people"]},
    }


def test_logs_and_insights(cloud: Cloud) -> None:
    logs = body(
        cloud,
        "azurerm_log_analytics_workspace",
        "Microsoft.OperationalInsights/workspaces",
        sku="PerGB2018",
        workspace_id="guid",
        daily_quota_gb=1,
        cmk_for_query_forced=False,
        immediate_data_purge_on_30_days_enabled=True,
        allow_resource_only_permissions=True,
        local_authentication_disabled=True,
        internet_ingestion_enabled=False,
        internet_query_enabled=True,
        reservation_capacity_in_gb_per_day=100,
        data_collection_rule_id="/rule",
    )
    assert logs["properties"] == {
        "provisioningState": "Succeeded",
        "customerId": "guid",
        "sku": {"name": "PerGB2018", "capacityReservationLevel": 100},
        "workspaceCapping": {"dailyQuotaGb": 1},
        "forceCmkForQuery": False,
        "defaultDataCollectionRuleResourceId": "/rule",
        "features": {
            "immediatePurgeDataOn30Days": True,
            "enableLogAccessUsingOnlyResourcePermissions": True,
            "disableLocalAuth": True,
        },
        "publicNetworkAccessForIngestion": "Disabled",
        "publicNetworkAccessForQuery": "Enabled",
    }
    insights = body(
        cloud,
        "azurerm_application_insights",
        "Microsoft.Insights/components",
        application_type="web",
        app_id="guid",
        workspace_id="/logs",
        retention_in_days=90,
        sampling_percentage=100,
        connection_string="c",
        instrumentation_key="k",
        force_customer_storage_for_profiler=False,
    )
    assert insights["kind"] == "web"
    assert insights["properties"] == {
        "provisioningState": "Succeeded",
        "AppId": "guid",
        "ApplicationId": "it",
        "Application_Type": "web",
        "Flow_Type": "Bluefield",
        "WorkspaceResourceId": "/logs",
        "RetentionInDays": 90,
        "SamplingPercentage": 100,
        "ConnectionString": "c",
        "InstrumentationKey": "k",
        "ForceCustomerStorageForProfiler": False,
    }
