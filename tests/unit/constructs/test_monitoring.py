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
