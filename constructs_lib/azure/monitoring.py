"""Log Analytics and Application Insights of a workspace."""

from __future__ import annotations

from functools import cached_property

from constructs import Construct

from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.bindings import azurerm

LOG_ANALYTICS_DAYS = (30, 730)
"""Least and most retention of a Log Analytics workspace (days)."""

APPLICATION_INSIGHTS_DAYS = (30, 60, 90, 120, 180, 270, 365, 550, 730)
"""The only retentions that Application Insights takes (days)."""


def log_analytics_retention(days: int) -> int:
    """Return the shortest retention of a Log Analytics workspace that keeps logs for ``days``."""
    least, most = LOG_ANALYTICS_DAYS
    return min(max(days, least), most)


def application_insights_retention(days: int) -> int:
    """Return the shortest retention of Application Insights that keeps telemetry for ``days``."""
    return next((choice for choice in APPLICATION_INSIGHTS_DAYS if choice >= days), 730)


class Monitoring:
    """A Log Analytics workspace, and Application Insights that writes to it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        resource_group: ResourceGroup,
        log_analytics_name: str,
        application_insights_name: str,
        retention_days: int,
        sampling_percent: int,
    ) -> None:
        """Create both.

        ``retention_days`` is how long logs are wanted (days). The services keep at least 30 days at this
        level, so that a shorter wish gives 30. ``sampling_percent`` is the share of telemetry kept (percent).
        """
        log_analytics = azurerm.LogAnalyticsWorkspace(
            scope,
            f"{id_}_log_analytics",
            name=log_analytics_name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            sku="PerGB2018",
            retention_in_days=log_analytics_retention(retention_days),
        )
        self._application_insights = azurerm.ApplicationInsights(
            scope,
            f"{id_}_application_insights",
            name=application_insights_name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            workspace_id=log_analytics.id,
            application_type="web",
            retention_in_days=application_insights_retention(retention_days),
            sampling_percentage=sampling_percent,
        )

    @cached_property
    def application_insights_id(self) -> str:
        """ARM id of Application Insights."""
        return self._application_insights.id
