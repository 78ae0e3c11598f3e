"""What Azure adds to Application Insights, in Terraform's hands."""

from __future__ import annotations

from cdktf import TerraformStack

from tests.unit.constructs.examples import monitoring, resource_group, synthesized

GROUP = "azurerm_monitor_action_group.smart_detection"
INSIGHTS = "azurerm_application_insights.monitoring_application_insights"


def test_azures_own_names_are_written_over_what_is_there_and_go_in_an_order_that_leaves_nothing(
    stack: TerraformStack,
) -> None:
    monitoring(stack, resource_group(stack))
    written = synthesized(stack)
    group = written.at(GROUP)
    rule = written.at("azurerm_monitor_smart_detector_alert_rule.smart_detection_rule")
    assert group["name"] == "Application Insights Smart Detection"
    assert rule["name"] == "Failure Anomalies - example-insights"
    assert group["provider"] == rule["provider"] == "azurerm.adopting"
    # Destroyed are the rule, the component that brings both, and the group last.
    assert written.at(f"{INSIGHTS}.depends_on") == [GROUP]
    assert rule["scope_resource_ids"] == [f"${{{INSIGHTS}.id}}"]
    assert rule["enabled"] is False
