"""Bodies of Microsoft.Insights, Microsoft.OperationalInsights, Microsoft.AlertsManagement and Microsoft.Consumption.

Azure Monitor REST reference: Components, Action Groups, Scheduled Query Rules, Diagnostic Settings, Private Link
Scopes, Smart Detector Alert Rules; Log Analytics: Workspaces, Tables; Consumption: Budgets; each of them "Get".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.cloud.store import Cloud, Resource
from sandbox.rest.azure.shape import Body, Place, Shape, camel, enabled, renamed

_RECEIVERS = (
    *("arm_role", "automation_runbook", "azure_app_push", "azure_function", "email", "event_hub", "itsm"),
    *("logic_app", "sms", "voice", "webhook"),
)


def _insights(cloud: Cloud, resource: Resource) -> Body:
    return {
        "kind": resource.attributes["application_type"],
        "properties": {"ApplicationId": resource.id.rpartition("/")[2], "Flow_Type": "Bluefield"},
    }


def _receivers(blocks: Any) -> list[Body]:
    return [
        {camel(name): value for name, value in item.items() if value not in (None, [])} for item in blocks
    ]


def _action_group(cloud: Cloud, resource: Resource) -> Body:
    return {
        "properties": {
            f"{camel(kind)}Receivers": _receivers(resource.attributes.get(f"{kind}_receiver") or [])
            for kind in _RECEIVERS
        }
    }


def _criteria(blocks: Any) -> Body:
    return {"allOf": [_criterion(item) for item in blocks]}


def _criterion(given: Mapping[str, Any]) -> Body:
    kept = {
        camel(name): value
        for name, value in given.items()
        if name not in ("dimension", "failing_periods", "time_aggregation_method") and value is not None
    }
    periods = given.get("failing_periods") or []
    return {
        **kept,
        "timeAggregation": given["time_aggregation_method"],
        "dimensions": [dict(item) for item in given.get("dimension") or []],
        **(
            {
                "failingPeriods": {
                    "minFailingPeriodsToAlert": periods[0]["minimum_failing_periods_to_trigger_alert"],
                    "numberOfEvaluationPeriods": periods[0]["number_of_evaluation_periods"],
                }
            }
            if periods
            else {}
        ),
    }


def _action(blocks: Any) -> Body | None:
    if not blocks:
        return None
    return {
        "actionGroups": blocks[0].get("action_groups") or [],
        "customProperties": blocks[0].get("custom_properties") or {},
    }


def setting_id(resource: Resource) -> str:
    """Return the id that the service knows a diagnostic setting by: that of azurerm has a bar in the middle."""
    target, _, name = resource.id.partition("|")
    return f"{target}/providers/Microsoft.Insights/diagnosticSettings/{name}"


def _diagnostic(cloud: Cloud, resource: Resource) -> Body:
    """Return the logs and metrics of a setting, and its names by the id of the service."""
    given = resource.attributes
    return {
        "id": setting_id(resource),
        "name": given["name"],
        "type": "Microsoft.Insights/diagnosticSettings",
        "properties": {
            "logs": [_category(item) for item in given.get("enabled_log") or []],
            "metrics": [
                {**_category(item), "enabled": item.get("enabled") is not False}
                for item in (*(given.get("enabled_metric") or []), *(given.get("metric") or []))
            ],
        },
    }


def _category(item: Mapping[str, Any]) -> Body:
    given = {camel(name): item.get(name) for name in ("category", "category_group")}
    return {**{name: value for name, value in given.items() if value}, "enabled": True}


def _detector(blocks: Any) -> Body:
    return {"groupIds": blocks[0]["ids"]}


def _budget(cloud: Cloud, resource: Resource) -> Body:
    """Return the notifications of a budget by names: azurerm makes a name of each one's condition."""
    made = {}
    for item in resource.attributes["notification"]:
        name = (
            f"{(item['threshold_type'] or 'Actual').lower()}_{item['operator']}_{item['threshold']:g}_Percent"
        )
        made[name] = {camel(key): value for key, value in item.items() if value not in (None, [])}
    return {
        "properties": {
            "category": "Cost",
            "notifications": made,
            "currentSpend": {"amount": 0, "unit": "USD"},
        }
    }


SHAPES = {
    "azurerm_application_insights": Shape(
        places={
            "app_id": "AppId",
            "application_type": "Application_Type",
            "connection_string": "ConnectionString",
            "disable_ip_masking": "DisableIpMasking",
            "force_customer_storage_for_profiler": "ForceCustomerStorageForProfiler",
            "instrumentation_key": "InstrumentationKey",
            "internet_ingestion_enabled": Place("publicNetworkAccessForIngestion", enabled),
            "internet_query_enabled": Place("publicNetworkAccessForQuery", enabled),
            "local_authentication_disabled": "DisableLocalAuth",
            "retention_in_days": "RetentionInDays",
            "sampling_percentage": "SamplingPercentage",
            "workspace_id": "WorkspaceResourceId",
        },
        # The cap is another resource of the component, and three switches have an old and a new name in azurerm.
        untold=(
            *("daily_data_cap_in_gb", "daily_data_cap_notifications_enabled"),
            *("daily_data_cap_notifications_disabled", "ip_masking_enabled", "local_authentication_enabled"),
        ),
        more=_insights,
    ),
    "azurerm_monitor_action_group": Shape(
        places={"short_name": "groupShortName"},
        untold=tuple(f"{kind}_receiver" for kind in _RECEIVERS),
        more=_action_group,
        provisioned=False,
    ),
    "azurerm_monitor_scheduled_query_rules_alert_v2": Shape(
        places={
            "action": Place("actions", _action),
            "auto_mitigation_enabled": "autoMitigate",
            "criteria": Place("criteria", _criteria),
            "is_workspace_alerts_storage_configured": "isWorkspaceAlertsStorageConfigured",
            "mute_actions_after_alert_duration": "muteActionsDuration",
            "query_time_range_override": "overrideQueryTimeRange",
            "window_duration": "windowSize",
            "workspace_alerts_storage_enabled": "checkWorkspaceAlertsStorageConfigured",
        },
        provisioned=False,
    ),
    "azurerm_monitor_diagnostic_setting": Shape(
        places={
            "eventhub_authorization_rule_id": "eventHubAuthorizationRuleId",
            "eventhub_name": "eventHubName",
            "log_analytics_workspace_id": "workspaceId",
            "partner_solution_id": "marketplacePartnerId",
        },
        untold=("enabled_log", "enabled_metric", "metric"),
        more=_diagnostic,
        provisioned=False,
    ),
    "azurerm_monitor_private_link_scope": Shape(
        places={
            "ingestion_access_mode": "accessModeSettings.ingestionAccessMode",
            "query_access_mode": "accessModeSettings.queryAccessMode",
        }
    ),
    "azurerm_monitor_private_link_scoped_service": Shape(),
    "azurerm_monitor_smart_detector_alert_rule": Shape(
        places={
            "action_group": Place("actionGroups", _detector),
            "detector_type": "detector.id",
            "enabled": Place("state", enabled),
            "scope_resource_ids": "scope",
            "throttling_duration": "throttling.duration",
        },
        more=lambda cloud, resource: {"location": "global"},
        provisioned=False,
    ),
    "azurerm_log_analytics_workspace": Shape(
        places={
            "allow_resource_only_permissions": "features.enableLogAccessUsingOnlyResourcePermissions",
            "cmk_for_query_forced": "forceCmkForQuery",
            "daily_quota_gb": "workspaceCapping.dailyQuotaGb",
            "data_collection_rule_id": "defaultDataCollectionRuleResourceId",
            "immediate_data_purge_on_30_days_enabled": "features.immediatePurgeDataOn30Days",
            "internet_ingestion_enabled": Place("publicNetworkAccessForIngestion", enabled),
            "internet_query_enabled": Place("publicNetworkAccessForQuery", enabled),
            "local_authentication_disabled": "features.disableLocalAuth",
            "reservation_capacity_in_gb_per_day": "sku.capacityReservationLevel",
            "sku": "sku.name",
            "workspace_id": "customerId",
        },
        untold=("primary_shared_key", "secondary_shared_key", "local_authentication_enabled"),
    ),
    "azurerm_log_analytics_workspace_table": Shape(),
    "azurerm_consumption_budget_resource_group": Shape(
        places={
            "etag": "/eTag",
            "filter": Place("filter", renamed()),
            "time_period": Place("timePeriod", lambda value: renamed()(value[0])),
        },
        untold=("notification",),
        more=_budget,
        provisioned=False,
    ),
}
