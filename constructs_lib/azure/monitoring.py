"""Log Analytics and Application Insights, and how long they keep what they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from cdktf import TerraformStack

from constructs_lib.azure.existing import use_existing
from constructs_lib.azure.resource_group import ResourceGroup
from constructs_lib.azure.smart_detection import SmartDetection
from constructs_lib.bindings import azurerm, time

LOG_ANALYTICS_DAYS = (30, 730)
"""Least and most retention of a Log Analytics workspace (days). A single table goes down to 4."""

APPLICATION_INSIGHTS_DAYS = (30, 60, 90, 120, 180, 270, 365, 550, 730)
"""The only retentions that Application Insights takes (days)."""

APPLICATION_INSIGHTS_TABLES_DAYS = 90
"""How long Azure keeps the tables of Application Insights, unless each is told otherwise (days)."""

APPLICATION_INSIGHTS_TABLES = (
    "AppAvailabilityResults",
    "AppBrowserTimings",
    "AppDependencies",
    "AppEvents",
    "AppExceptions",
    "AppMetrics",
    "AppPageViews",
    "AppPerformanceCounters",
    "AppRequests",
    "AppSystemEvents",
    "AppTraces",
)
"""Tables that Application Insights writes to."""

RESOURCE_LOG_TABLES = (
    "AmlComputeClusterEvent",
    "AmlComputeCpuGpuUtilization",
    "AmlComputeInstanceEvent",
    "AmlComputeJobEvent",
    "AmlDataLabelEvent",
    "AmlDataSetEvent",
    "AmlDataStoreEvent",
    "AmlDeploymentEvent",
    "AmlEnvironmentEvent",
    "AmlInferencingEvent",
    "AmlModelsEvent",
    "AmlOnlineEndpointConsoleLog",
    "AmlOnlineEndpointEventLog",
    "AmlOnlineEndpointTrafficLog",
    "AmlPipelineEvent",
    "AmlRunEvent",
    "AmlRunStatusChangedEvent",
    "AzureDiagnostics",  # key vaults, networks, network security groups, Logic Apps
    "ContainerRegistryLoginEvents",
    "ContainerRegistryRepositoryEvents",
    "LAQueryLogs",
    "StorageBlobLogs",
)
"""Tables that the diagnostic settings of an environment fill."""


TABLES_APPEAR = "90s"
"""How long after its creation a workspace may still answer "Workspace not active" (Terraform duration)."""


def log_analytics_retention(days: int) -> int:
    """Return the shortest retention of a Log Analytics workspace that keeps logs for ``days``."""
    least, most = LOG_ANALYTICS_DAYS
    return min(max(days, least), most)


def application_insights_retention(days: int) -> int:
    """Return the shortest retention of Application Insights that keeps telemetry for ``days``."""
    return next((choice for choice in APPLICATION_INSIGHTS_DAYS if choice >= days), 730)


def tables_kept_too_long(days: int) -> tuple[str, ...]:
    """Return the tables that a workspace would keep longer than ``days``, though that is the wish."""
    tables = APPLICATION_INSIGHTS_TABLES if days < APPLICATION_INSIGHTS_TABLES_DAYS else ()
    return tables + RESOURCE_LOG_TABLES if days < LOG_ANALYTICS_DAYS[0] else tables


class LogAnalytics:
    """A Log Analytics workspace: one that nothing signs in to with a key, or one that is there already."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        name: str,
        retention_days: int | None,
        public_query: bool,
        daily_quota_gb: int | None = None,
        existing_id: str | None = None,
        instead_of: Iterable[str] = (),
    ) -> None:
        """Create the workspace, unless ``existing_id``, an ARM id, says that it is there already.

        All the rest is its owner's then, and what was made before under this id and ``instead_of`` (Terraform
        addresses) is forgotten with all its logs.

        ``retention_days`` is how long logs are wanted (days); the workspace itself keeps them for 30 at least. It is
        ``None`` only where the workspace is there. Without ``public_query`` only a private link reaches the workspace.
        Azure's own services, such as diagnostic settings and alert rules, are not affected by that. Above
        ``daily_quota_gb`` (gigabytes a day)
        nothing is taken in until the next day, and alert rules over logs see nothing.
        """
        self.is_existing = existing_id is not None
        if existing_id:
            self.id = use_existing(
                scope,
                id_,
                kind="Log Analytics workspace",
                resource_id=existing_id,
                instead_of=[f"azurerm_log_analytics_workspace.{id_}", *instead_of],
            )
            return
        self.id = azurerm.LogAnalyticsWorkspace(
            scope,
            id_,
            name=name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            sku="PerGB2018",
            retention_in_days=log_analytics_retention(retention_days or 0),
            local_authentication_enabled=False,
            internet_ingestion_enabled=public_query,
            internet_query_enabled=public_query,
            daily_quota_gb=daily_quota_gb,
        ).id
        """ARM id of the workspace."""


class Monitoring:
    """A Log Analytics workspace, and Application Insights that writes to it."""

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        resource_group: ResourceGroup,
        log_analytics_name: str,
        application_insights_name: str,
        retention_days: int,
        sampling_percent: int,
        keys: bool,
        public_query: bool,
        daily_quota_gb: int | None,
        smart_detection: SmartDetection | None,
        failure_anomalies: bool,
        existing_log_analytics: str | None = None,
    ) -> None:
        """Create both, and shorten the retention of the tables that would be kept longer than wanted.

        ``retention_days`` is how long logs are wanted (days, 4 to 730). ``sampling_percent`` is the share of
        telemetry kept (percent); metrics are never sampled. ``keys`` is whether telemetry that is signed with the
        instrumentation key is taken too: it lets nobody read. ``public_query`` and ``daily_quota_gb`` are those of
        `LogAnalytics`; the former holds for queries to Application Insights too. ``failure_anomalies`` is whether
        Azure's own rule of ``smart_detection`` watches it; without that it is left to Azure.

        With ``existing_log_analytics``, an ARM id, the workspace is there already. How long it keeps its tables is then
        its owner's.
        """
        self._log_analytics = LogAnalytics(
            scope,
            f"{id_}_log_analytics",
            resource_group=resource_group,
            name=log_analytics_name,
            retention_days=retention_days,
            public_query=public_query,
            daily_quota_gb=daily_quota_gb,
            existing_id=existing_log_analytics,
            instead_of=[
                f"azurerm_log_analytics_workspace_table.{id_}_{table}"
                for table in (*APPLICATION_INSIGHTS_TABLES, *RESOURCE_LOG_TABLES)
            ],
        )
        self._application_insights = azurerm.ApplicationInsights(
            scope,
            f"{id_}_application_insights",
            name=application_insights_name,
            resource_group_name=resource_group.name_reference,
            location=resource_group.location,
            workspace_id=self.log_analytics_id,
            application_type="web",
            retention_in_days=application_insights_retention(retention_days),
            sampling_percentage=sampling_percent,
            # Compute in a managed network sends from outside the virtual network, signed in with Entra.
            internet_ingestion_enabled=True,
            internet_query_enabled=public_query,
            depends_on=[smart_detection.dependable] if smart_detection else None,
        )
        # Not in the package yet; the older name that it has is deprecated.
        self._application_insights.add_override("local_authentication_enabled", keys)
        if smart_detection:
            smart_detection.watch(
                self._application_insights, name=application_insights_name, enabled=failure_anomalies
            )
        tables = () if existing_log_analytics else tables_kept_too_long(retention_days)
        if tables:
            active = time.Sleep(
                scope,
                f"{id_}_tables_wait",
                create_duration=TABLES_APPEAR,
                triggers={"log_analytics": self.log_analytics_id},
                depends_on=[self._application_insights],
            )
            for table in tables:
                azurerm.LogAnalyticsWorkspaceTable(
                    scope,
                    f"{id_}_{table}",
                    workspace_id=self.log_analytics_id,
                    name=table,
                    retention_in_days=retention_days,
                    total_retention_in_days=retention_days,
                    depends_on=[active],
                    # 33 tables of one workspace at once wait for each other; azurerm gives up after 5 minutes.
                    timeouts={"create": "30m", "update": "30m"},
                )

    @property
    def log_analytics_id(self) -> str:
        """ARM id of the Log Analytics workspace."""
        return self._log_analytics.id

    @property
    def has_existing_log_analytics(self) -> bool:
        """Whether the Log Analytics workspace is somebody else's, and may hold the logs of others."""
        return self._log_analytics.is_existing

    @cached_property
    def application_insights_id(self) -> str:
        """ARM id of Application Insights."""
        return self._application_insights.id
