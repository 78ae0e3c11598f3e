"""Log Analytics and Application Insights."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from constructs_lib.azure.monitoring import (
    LogAnalytics,
    application_insights_retention,
    log_analytics_retention,
    tables_kept_too_long,
)
from tests.unit.constructs.examples import monitoring, resource_group, synthesized


@pytest.mark.parametrize(
    ("wanted", "log_analytics", "application_insights"),
    [(4, 30, 30), (31, 31, 60), (90, 90, 90), (731, 730, 730)],
)
def test_the_shortest_retention_that_keeps_long_enough(
    wanted: int, log_analytics: int, application_insights: int
) -> None:
    assert log_analytics_retention(wanted) == log_analytics
    assert application_insights_retention(wanted) == application_insights


def test_only_tables_that_would_be_kept_longer_are_shortened() -> None:
    assert {"AppTraces", "AmlRunEvent"} <= set(tables_kept_too_long(29))
    assert "AppTraces" in tables_kept_too_long(30)
    assert "AmlRunEvent" not in tables_kept_too_long(30)
    assert tables_kept_too_long(90) == ()


def test_each_retention_that_application_insights_takes() -> None:
    """As its documentation lists them: Azure refuses every number between."""
    takes = (30, 60, 90, 120, 180, 270, 365, 550, 730)
    for less, days in zip((0, *takes), takes, strict=False):
        assert application_insights_retention(less + 1) == application_insights_retention(days) == days


def test_the_tables_of_an_environment() -> None:
    """Those of Application Insights, and those that the categories of diagnostic settings go to."""
    application_insights = (
        *("AppAvailabilityResults", "AppBrowserTimings", "AppDependencies", "AppEvents", "AppExceptions"),
        *(
            "AppMetrics",
            "AppPageViews",
            "AppPerformanceCounters",
            "AppRequests",
            "AppSystemEvents",
            "AppTraces",
        ),
    )
    others = (
        *("AmlComputeClusterEvent", "AmlComputeCpuGpuUtilization", "AmlComputeInstanceEvent"),
        *("AmlComputeJobEvent", "AmlDataLabelEvent", "AmlDataSetEvent", "AmlDataStoreEvent"),
        *("AmlDeploymentEvent", "AmlEnvironmentEvent", "AmlInferencingEvent", "AmlModelsEvent"),
        *("AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog", "AmlOnlineEndpointTrafficLog"),
        *("AmlPipelineEvent", "AmlRunEvent", "AmlRunStatusChangedEvent", "AzureDiagnostics"),
        *(
            "ContainerRegistryLoginEvents",
            "ContainerRegistryRepositoryEvents",
            "LAQueryLogs",
            "StorageBlobLogs",
        ),
    )
    assert set(tables_kept_too_long(29)) == {*application_insights, *others}
    assert set(tables_kept_too_long(30)) == set(application_insights)


def test_tables_wait_until_the_workspace_is_active(stack: TerraformStack) -> None:
    """Azure answers "Workspace not active" for some time after it was created."""
    monitoring(stack, resource_group(stack), retention_days=14)
    written = synthesized(stack)
    for table in written.resources("azurerm_log_analytics_workspace_table").values():
        assert table["depends_on"] == ["time_sleep.monitoring_tables_wait"]
    wait = written.at("time_sleep.monitoring_tables_wait")
    assert wait["depends_on"] == ["azurerm_application_insights.monitoring_application_insights"]
    # A workspace that is made anew is not active at once either.
    assert wait["triggers"] == {
        "log_analytics": "${azurerm_log_analytics_workspace.monitoring_log_analytics.id}"
    }


def test_a_workspace_by_itself(stack: TerraformStack) -> None:
    LogAnalytics(
        stack,
        "logs",
        resource_group=resource_group(stack),
        name="example-logs",
        retention_days=365,
        public_query=False,
    )
    logs = synthesized(stack).at("azurerm_log_analytics_workspace.logs")
    assert logs["retention_in_days"] == 365
    assert (logs["internet_ingestion_enabled"], logs["internet_query_enabled"]) == (False, False)
