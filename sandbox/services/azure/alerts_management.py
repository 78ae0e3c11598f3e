"""Microsoft.AlertsManagement, and what it adds to Application Insights."""

from __future__ import annotations

from dataclasses import replace

from sandbox.cloud.request import Request
from sandbox.cloud.store import Resource
from sandbox.services.azure.azure_resource import AzureResource
from sandbox.services.resource_type import Arguments, declared
from sandbox.services.rules import ProviderRules, Value

_ACTION_GROUP, _COMPONENT = "azurerm_monitor_action_group", "azurerm_application_insights"
SMART_DETECTION = "Application Insights Smart Detection"
"""Name of the action group that Azure makes."""


class SmartDetectorRule(AzureResource, type_name="azurerm_monitor_smart_detector_alert_rule"):
    """An alert rule of a detector of Azure's. The one for failures comes back as long as its component is there."""

    rules = ProviderRules(
        force_new=("name", "resource_group_name"),
        defaults={"enabled": True},
        values={
            "detector_type": Value(
                one_of=(
                    "FailureAnomaliesDetector",
                    "RequestPerformanceDegradationDetector",
                    "DependencyPerformanceDegradationDetector",
                    "ExceptionVolumeChangedDetector",
                    "TraceSeverityDetector",
                    "MemoryLeakDetector",
                )
            ),
            "severity": Value(one_of=("Sev0", "Sev1", "Sev2", "Sev3", "Sev4")),
        },
    )

    def after_delete(self, request: Request, resource: Resource) -> None:
        """Come back."""
        bring_back(request, resource)


def bring_smart_detection(request: Request, component: Resource) -> None:
    """Make the action group and the rule of a component, where nothing of that name is there.

    Azure does so minutes after the component is there, or an hour (azurerm#10563, azurerm#16170); where it finds
    something of that name it leaves that as it is (azure-docs#117421).
    """
    group, rule = declared[_ACTION_GROUP], declared[SmartDetectorRule.name]
    place: Arguments = {"resource_group_name": component.attributes["resource_group_name"]}
    wanted: Arguments = {**place, "name": SMART_DETECTION, "short_name": "SmartDetect", "location": "global"}
    group_id = group.new_id(request, wanted)
    if not group.is_there(request, group_id):
        group.create(request, {**wanted, "enabled": True})
    wanted = {**place, "name": f"Failure Anomalies - {component.name}"}
    if not rule.is_there(request, rule.new_id(request, wanted)):
        made = rule.create(
            request,
            {
                **wanted,
                "action_group": [{"ids": [group_id]}],
                "detector_type": "FailureAnomaliesDetector",
                "enabled": True,
                "frequency": "PT1M",
                "scope_resource_ids": [component.id],
                "severity": "Sev3",
            },
        )
        request.cloud.write(replace(made, contents={"made_by": "Azure"}))


def take_smart_detection(request: Request, component: Resource) -> None:
    """Take a component's rule away that nobody has touched. The action group stays, and so does any other rule."""
    for rule in request.cloud.resources(SmartDetectorRule.name):
        if rule.contents.get("made_by") and component.id in rule.attributes["scope_resource_ids"]:
            request.cloud.remove(rule)


def bring_back(request: Request, resource: Resource) -> None:
    """Make again what was deleted, for every component of the same group that is still there."""
    group = resource.attributes["resource_group_name"]
    for component in request.cloud.resources(_COMPONENT):
        if component.attributes["resource_group_name"] == group:
            bring_smart_detection(request, component)
