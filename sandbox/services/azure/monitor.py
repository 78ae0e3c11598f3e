"""Microsoft.Insights: Application Insights, alerts, diagnostic settings, private link scopes."""

from __future__ import annotations

import uuid

from sandbox.cloud.request import CONFLICT, Request, ServiceError
from sandbox.cloud.store import Resource
from sandbox.services.azure import arm
from sandbox.services.azure.alerts_management import (
    SMART_DETECTION,
    bring_back,
    bring_smart_detection,
    take_smart_detection,
)
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.azure.spellings import both_spellings
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import ProviderRules, Value, values_at


class ApplicationInsights(AzureResource, type_name="azurerm_application_insights"):
    """Application Insights."""

    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "application_type"),
        defaults={
            "daily_data_cap_in_gb": 100,
            "internet_ingestion_enabled": True,
            "internet_query_enabled": True,
            "retention_in_days": 90,
            "sampling_percentage": 100,
        },
        values={
            "application_type": Value(
                one_of=("web", "other", "java", "MobileCenter", "phone", "store", "ios", "Node.JS")
            ),
            "retention_in_days": Value(one_of=(30, 60, 90, 120, 180, 270, 365, 550, 730)),
            "sampling_percentage": Value(between=(0, 100)),
        },
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return its own id, its key, and its switches by both of their names."""
        key, app = str(uuid.uuid4()), str(uuid.uuid4())
        host = f"{arguments['location']}-0.in.applicationinsights.azure.com"
        return {
            "app_id": app,
            "instrumentation_key": key,
            "connection_string": f"InstrumentationKey={key};IngestionEndpoint=https://{host}/;ApplicationId={app}",
            **both_spellings(arguments, "ip_masking_enabled", "disable_ip_masking"),
            **both_spellings(arguments, "local_authentication_enabled", "local_authentication_disabled"),
            **both_spellings(
                arguments, "daily_data_cap_notifications_enabled", "daily_data_cap_notifications_disabled"
            ),
        }

    def after_create(self, request: Request, resource: Resource) -> None:
        """Bring an action group and a rule."""
        bring_smart_detection(request, resource)

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Take the rule away."""
        take_smart_detection(request, resource)


class ActionGroup(AzureResource, type_name="azurerm_monitor_action_group"):
    """Whom alerts reach, and how."""

    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name"),
        defaults={"enabled": True, "location": "global"},
        values={"short_name": Value(pattern="^.{1,12}$", says="must be between 1 and 12 characters long")},
    )

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Come back, if it is the one that Azure makes for Application Insights."""
        if resource.name == SMART_DETECTION:
            bring_back(request, resource)


_FREQUENCIES = (
    "PT1M",
    "PT5M",
    "PT10M",
    "PT15M",
    "PT30M",
    "PT45M",
    "PT1H",
    "PT2H",
    "PT3H",
    "PT4H",
    "PT5H",
    "PT6H",
    "P1D",
)


class ScheduledQueryRule(AzureResource, type_name="azurerm_monitor_scheduled_query_rules_alert_v2"):
    """An alert rule over logs."""

    rules = ProviderRules(
        force_new=("name", "location", "resource_group_name", "scopes"),
        defaults={
            "auto_mitigation_enabled": False,
            "enabled": True,
            "workspace_alerts_storage_enabled": False,
        },
        values={
            "severity": Value(between=(0, 4)),
            "evaluation_frequency": Value(one_of=_FREQUENCIES),
            "window_duration": Value(one_of=(*_FREQUENCIES, "P2D")),
            "criteria.failing_periods.number_of_evaluation_periods": Value(between=(1, 6)),
            "criteria.failing_periods.minimum_failing_periods_to_trigger_alert": Value(between=(1, 6)),
        },
    )

    def computed(self, request: Request, resource_id: str, arguments: Arguments) -> Arguments:
        """Return what Azure tells about the age of the rule."""
        return {
            "created_with_api_version": "2023-12-01",
            "is_a_legacy_log_analytics_rule": False,
            "is_workspace_alerts_storage_configured": False,
        }


class DiagnosticSetting(AzureResource, type_name="azurerm_monitor_diagnostic_setting"):
    """Where the logs of a resource go. Its id is the provider's own: the two halves of its address."""

    rules = ProviderRules(force_new=("name", "target_resource_id"), conflicts=(("enabled_metric", "metric"),))

    def imported(self, request: Request, text: str) -> Resource | None:
        """Return the setting; ServiceError for anything but two halves.

        azurerm 4.81.0, ``monitor/monitor_diagnostic_setting_resource.go``.
        """
        if (halves := len(text.split("|"))) != 2:
            raise ServiceError(
                "expected the Monitor Diagnostics ID to be in the format `{resourceId}|{name}` but got "
                f"{halves} segments"
            )
        return self.read(request, text)

    def check(self, request: Request, arguments: Arguments) -> None:
        """Refuse two settings of a resource that send one category of logs to the same workspace."""
        super().check(request, arguments)
        sink = arguments.get("log_analytics_workspace_id")
        wanted = set(filter(None, values_at(arguments, "enabled_log.category")))
        for other in arm.existing(request.cloud, self.name):
            same = ("target_resource_id", "log_analytics_workspace_id")
            both = wanted.intersection(values_at(other.attributes, "enabled_log.category"))
            if (
                sink
                and both
                and other.id != arguments.get("id")
                and all(str(other.attributes[name]).lower() == str(arguments[name]).lower() for name in same)
            ):
                raise ServiceError(
                    f"{CONFLICT} Conflict: Data sink '{sink}' is already used in diagnostic setting '{other.name}' for "
                    f"category '{min(both)}'.",
                    "enabled_log",
                )


class PrivateLinkScope(AzureResource, type_name="azurerm_monitor_private_link_scope"):
    """What is reached through one private endpoint of Azure Monitor."""

    rules = ProviderRules(
        force_new=("name", "resource_group_name"),
        defaults={"ingestion_access_mode": "Open", "query_access_mode": "Open"},
    )


class PrivateLinkScopedService(AzureResource, type_name="azurerm_monitor_private_link_scoped_service"):
    """A resource in such a scope."""

    rules = ProviderRules(force_new=("name", "resource_group_name", "scope_name", "linked_resource_id"))
