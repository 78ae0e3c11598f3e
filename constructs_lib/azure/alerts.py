"""Alert rules over logs: what is measured, how often, and what happens above or below a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cdktf import TerraformStack

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

QUERIES = Path(__file__).parent / "queries"
"""Folder of the queries, one file for each measure."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number that a query gives for each endpoint or each cluster, and when it is looked at.

    ``query`` is the name of the file, ``column`` the number's, and ``dimension`` the column that tells one endpoint or
    cluster from another: each has alerts of its own. The query runs every ``frequency`` over the
    last ``window`` (ISO 8601 durations). ``severity`` is from 0 (critical) to 4 (verbose).
    """

    query: str
    column: str
    alarming: Literal["above", "below"]
    frequency: str
    window: str
    severity: int
    dimension: str = "EndpointName"


# A monitoring job runs about once a day: two days hold at least one run, however late it is.
MODEL_DRIFT = Measure(
    query="model_drift", column="Drift", alarming="above", frequency="PT1H", window="P2D", severity=2
)
DATA_DRIFT = replace(MODEL_DRIFT, query="data_drift")
# A quarter of an hour: long enough for a rate to mean something, short enough to act on.
ERROR_RATE = Measure(
    query="error_rate",
    column="ErrorRatePercent",
    alarming="above",
    frequency="PT5M",
    window="PT15M",
    severity=1,
)
PREDICTION_LATENCY = Measure(
    query="prediction_latency",
    column="LatencyMs",
    alarming="above",
    frequency="PT5M",
    window="PT15M",
    severity=2,
)
# Half an hour, looked at twice: the log of a job arrives some minutes after it failed.
FAILED_JOBS = Measure(
    query="failed_jobs",
    column="Failed",
    alarming="above",
    frequency="PT15M",
    window="PT30M",
    severity=2,
    dimension="ClusterName",
)
# Availability is promised over time: a bad minute is the error rate's, a bad day is this one's.
ENDPOINT_AVAILABILITY = Measure(
    query="endpoint_availability",
    column="AvailabilityPercent",
    alarming="below",
    frequency="PT1H",
    window="P1D",
    severity=1,
)


def add_alert_rule(
    scope: TerraformStack,
    id_: str,
    *,
    resource_group: ResourceGroup,
    log_analytics_id: str,
    name: str,
    title: str,
    advice: str,
    measure: Measure,
    threshold: float,
    action_group_ids: Sequence[str],
    least_requests: int | None = None,
    only_own_logs: bool = False,
) -> None:
    """Add an alert rule over a measure. It fires once when the threshold is passed, and resolves by itself.

    ``title`` is what people read first, ``advice`` what they are to do. With ``least_requests`` an endpoint
    with fewer requests in the window counts as sound; only for measures of requests. ``only_own_logs`` passes over what
    is not of ``resource_group``, where Log Analytics holds the logs of others too.
    """
    query = (QUERIES / f"{measure.query}.kql").read_text(encoding="utf-8")
    if only_own_logs:
        table, _, rest = query.partition("\n| ")
        group = f"/subscriptions/{resource_group.subscription_id}/resourceGroups/{resource_group.name}/"
        query = f'{table}\n| where _ResourceId startswith "{group}"\n| {rest}'
    if least_requests is not None:
        query += f"| where Requests >= {least_requests}\n"
    azurerm.MonitorScheduledQueryRulesAlertV2(
        scope,
        id_,
        name=name,
        display_name=title,
        description=advice,
        resource_group_name=resource_group.name_reference,
        location=resource_group.location,
        scopes=[log_analytics_id],
        severity=measure.severity,
        evaluation_frequency=measure.frequency,
        window_duration=measure.window,
        criteria=[
            azurerm.MonitorScheduledQueryRulesAlertV2Criteria(
                query=query,
                metric_measure_column=measure.column,
                # The query gives one row an endpoint or a cluster, so that this only picks that one.
                time_aggregation_method="Maximum" if measure.alarming == "above" else "Minimum",
                operator="GreaterThan" if measure.alarming == "above" else "LessThan",
                threshold=threshold,
                dimension=[
                    azurerm.MonitorScheduledQueryRulesAlertV2CriteriaDimension(
                        name=measure.dimension, operator="Include", values=["*"]
                    )
                ],
                failing_periods=azurerm.MonitorScheduledQueryRulesAlertV2CriteriaFailingPeriods(
                    number_of_evaluation_periods=1, minimum_failing_periods_to_trigger_alert=1
                ),
            )
        ],
        auto_mitigation_enabled=True,
        # Azure would refuse the rule while a table has no columns yet.
        skip_query_validation=True,
        action=azurerm.MonitorScheduledQueryRulesAlertV2Action(action_groups=list(action_group_ids)),
    )
