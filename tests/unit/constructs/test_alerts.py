"""Alert rules over logs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cdktf import TerraformStack

from constructs_lib.azure import alerts
from constructs_lib.azure.alerts import ENDPOINT_AVAILABILITY, ERROR_RATE, Measure, add_alert_rule
from tests.unit.constructs.examples import LOGS, resource_group, synthesized

MEASURES = [value for value in vars(alerts).values() if isinstance(value, Measure)]


def rule(stack: TerraformStack, measure: Measure, least_requests: int | None = None) -> Any:
    """Add a rule over ``measure``, and return what it becomes."""
    add_alert_rule(
        stack,
        "alert",
        resource_group=resource_group(stack),
        log_analytics_id=LOGS,
        name="example-alert",
        title="prod: something is above 5",
        advice="Look at the deployment's console log.",
        measure=measure,
        threshold=5,
        action_group_ids=["/subscriptions/s/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/a"],
        least_requests=least_requests,
    )
    return synthesized(stack).at("azurerm_monitor_scheduled_query_rules_alert_v2.alert")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.query)
def test_a_rule_tells_endpoints_apart_and_resolves_by_itself(stack: TerraformStack, measure: Measure) -> None:
    body = rule(stack, measure)
    assert body["scopes"] == [LOGS]
    assert body["auto_mitigation_enabled"] is True
    # Azure would refuse the rule while a table has no columns yet.
    assert body["skip_query_validation"] is True
    (criteria,) = body["criteria"]
    assert criteria["dimension"] == [{"name": measure.dimension, "operator": "Include", "values": ["*"]}]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.query)
def test_what_a_rule_measures_is_a_column_of_its_query(stack: TerraformStack, measure: Measure) -> None:
    (criteria,) = rule(stack, measure)["criteria"]
    query, column = criteria["query"], criteria["metric_measure_column"]
    result = [line for line in query.splitlines() if re.match(r"\| (project|summarize) ", line)][-1]
    assert re.search(rf"\b{column} = ", result), query
    assert measure.dimension in result
    # More than one period would need TimeGenerated in the result.
    assert criteria["failing_periods"]["number_of_evaluation_periods"] == 1


@pytest.mark.parametrize(
    ("measure", "operator", "aggregation"),
    [(ERROR_RATE, "GreaterThan", "Maximum"), (ENDPOINT_AVAILABILITY, "LessThan", "Minimum")],
)
def test_it_fires_on_the_alarming_side(
    stack: TerraformStack, measure: Measure, operator: str, aggregation: str
) -> None:
    (criteria,) = rule(stack, measure)["criteria"]
    assert (criteria["operator"], criteria["threshold"]) == (operator, 5)
    assert criteria["time_aggregation_method"] == aggregation


def test_an_endpoint_with_few_requests_counts_as_sound(stack: TerraformStack) -> None:
    (criteria,) = rule(stack, ERROR_RATE, least_requests=20)["criteria"]
    assert criteria["query"].splitlines()[-1] == "| where Requests >= 20"
