"""Settings of one environment: a file in ``config/environments/``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.compute import Cluster, Workstation
from settings.models.devops import (
    ApprovalEnvironment,
    EntraGroup,
    IncomingWebhook,
    KeyVaultVariableGroup,
    ServiceConnection,
    VariableGroup,
)
from settings.models.endpoint import Endpoint
from settings.models.existing import ExistingInEnvironment
from settings.models.markers import AsVariable, Unique
from settings.models.network import PrivateNetwork
from settings.models.platform import Days, LogLevel
from settings.models.resource_ids import StorageAccountId
from settings.models.text_rules import OneOrSeveral
from settings.models.texts import (
    EMAIL,
    AgentPoolName,
    ApplicationInsightsName,
    BackupVaultName,
    ClusterKey,
    ContainerName,
    ContainerRegistryName,
    Cron,
    DatastoreName,
    EmailAddress,
    EnvironmentName,
    Guid,
    KeyVaultName,
    Location,
    LogAnalyticsName,
    Measure,
    PackageFeed,
    Percent,
    ResourceGroupName,
    Share,
    StorageAccountName,
    TagName,
    TagValue,
    VmFamily,
    WorkspaceName,
)

Tier = Literal["dev", "test", "prod"]
TIERS: tuple[Tier, ...] = ("dev", "test", "prod")
Channel = Literal["email", "slack", "pagerduty"]
ENDPOINT_IDENTITY = (
    "/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{workspace[name]}-endpoint"
)
"""The ARM id of the endpoint's identity, with the values of the environment's file that it is made of."""
Milliseconds = Annotated[int, Field(ge=1, le=600_000)]
TrafficPercent = Annotated[int, Field(ge=0, le=100)]
BACKUP_NEEDS_DAYS = 7
"""How long earlier versions of a blob must be kept where there is a backup (days). One that goes while Azure copies it
fails the job. Source: Azure Backup, "Troubleshoot Azure Blob backup"."""
EmailAddresses = Annotated[
    # A budget writes to no more of them. Source: Azure Consumption, Budgets, contactEmails.
    tuple[EmailAddress, ...], Field(min_length=1, max_length=50), OneOrSeveral(EMAIL)
]
BudgetPercent = Annotated[int, Field(ge=1, le=1000)]


class Workspace(Model):
    """The Azure Machine Learning workspace and what it stands on."""

    name: Annotated[
        WorkspaceName,
        Unique("workspace"),
        AsVariable("terraform", "workspaceName"),
        AsVariable("terraform", "mlops{Environment}Workspace", in_shared_group=True),
    ]
    """Name of the workspace."""
    storage_account: StorageAccountName
    """Storage account of the workspace. The name is global in Azure."""
    container_registry: ContainerRegistryName
    """Container registry of the workspace. The name is global in Azure."""
    application_insights: ApplicationInsightsName
    """Application Insights of the workspace."""
    log_analytics: LogAnalyticsName
    """Log Analytics workspace that Application Insights writes to."""


class TrainingSchedule(Model):
    """When and on what the training pipeline trains."""

    frequency: Annotated[Cron, AsVariable("terraform", "trainingSchedule")]
    """Cron expression of five fields, as Azure DevOps reads it: in the pipeline's YAML, never in a variable."""
    time_zone: Annotated[Literal["UTC"], AsVariable("terraform", "trainingScheduleTimeZone")] = "UTC"
    """Time zone of the cron expression. Azure DevOps reads all of them in UTC, in summer and in winter."""
    lookback_days: Annotated[Days, AsVariable("library", "trainingLookbackDays")]
    """How far back the training data goes (days)."""
    forecast_horizon: Annotated[Days, AsVariable("library", "trainingForecastHorizon")]
    """How far ahead the model forecasts (days)."""


class Validation(Model):
    """What a model must reach. Never looser than in an earlier tier."""

    min_accuracy: Annotated[Share, AsVariable("library", "validationMinAccuracy")]
    """Least accuracy (share from 0 to 1), in quotes."""
    max_mae: Annotated[Measure, AsVariable("library", "validationMaxMae")]
    """Largest mean absolute error (unit of the forecast), in quotes."""
    max_rmse: Annotated[Measure, AsVariable("library", "validationMaxRmse")]
    """Largest root mean square error (unit of the forecast), in quotes."""
    min_precision: Annotated[Share, AsVariable("library", "validationMinPrecision")] | None = None
    """Least precision (share from 0 to 1), in quotes."""
    min_recall: Annotated[Share, AsVariable("library", "validationMinRecall")] | None = None
    """Least recall (share from 0 to 1), in quotes."""


class Deployment(Model):
    """How a model reaches its users: all traffic at once, a canary, or blue-green with a ramp."""

    auto_deploy: Annotated[bool, AsVariable("library", "autoDeploy")]
    """Whether a deployment starts by itself after the pipeline's earlier stages."""
    approval_required: Annotated[bool, AsVariable("terraform", "approvalRequired")]
    """Whether the environment has an approval gate."""
    traffic: Annotated[TrafficPercent, AsVariable("library", "deploymentTraffic")] | None = None
    """Traffic of the new model from the start (percent)."""
    canary_deployment: Annotated[bool, AsVariable("library", "canaryDeployment")] = False
    """Whether the new model first gets only a part of the traffic."""
    canary_traffic: Annotated[int, Field(ge=1, le=99), AsVariable("library", "canaryTraffic")] | None = None
    """Traffic of the canary (percent, 1 to 99)."""
    blue_green_deployment: Annotated[bool, AsVariable("library", "blueGreenDeployment")] = False
    """Whether the new model stands beside the old one and takes over step by step."""
    traffic_ramp: (
        Annotated[tuple[TrafficPercent, ...], Field(min_length=2), AsVariable("library", "trafficRamp")]
        | None
    ) = None
    """Traffic of the new model at each step (percent): rising, from 0 to 100."""


class Monitoring(Model):
    """Logs, alerts and telemetry."""

    log_level: Annotated[LogLevel, AsVariable("library", "monitoringLogLevel")]
    """Log level of the environment's scripts."""
    alerts: Annotated[
        tuple[Channel, ...],
        AsVariable("terraform", "alertsEnabled", whether_any=True),
        AsVariable("terraform", "alertChannels"),
    ]
    """Channels that alerts go to. Empty: alerts are disabled."""
    email: EmailAddresses | None = None
    """Where alerts by email and notices about the budget go: one address, or a list of them."""
    application_insights_sampling: Annotated[int, Field(ge=1, le=100)] = 100
    """Share of telemetry that Application Insights keeps (percent)."""
    application_insights_keys: bool = False
    """Whether telemetry may also come in with the instrumentation key, as the built-in scoring server sends it."""
    storage_reads: bool = False
    """Whether each read of a blob is logged, beside writes and deletions. Training jobs read much: it costs."""
    daily_log_quota: Annotated[int, Field(ge=1, le=4000)] | None = None
    """Most logs a day (GB). Above that nothing is taken in until the next day, and alerts see nothing."""


class AlertThresholds(Model):
    """Where alerts fire. Never looser than in an earlier tier."""

    model_drift: Annotated[Share, AsVariable("terraform", "alertModelDrift")]
    """Largest drift of the model's predictions (share from 0 to 1), in quotes."""
    data_drift: Annotated[Share, AsVariable("terraform", "alertDataDrift")]
    """Largest drift of the input data (share from 0 to 1), in quotes."""
    prediction_latency_ms: Annotated[Milliseconds, AsVariable("terraform", "alertPredictionLatencyMs")]
    """Longest time a prediction takes (milliseconds)."""
    error_rate_percent: Annotated[Percent, AsVariable("terraform", "alertErrorRatePercent")]
    """Largest share of failed predictions (percent)."""
    endpoint_availability_percent: (
        Annotated[Percent, AsVariable("terraform", "alertEndpointAvailabilityPercent")] | None
    ) = None
    """Least availability of an endpoint (percent), in quotes."""


class AutoRollback(Model):
    """When traffic goes back to the earlier model without anybody asking."""

    enabled: Annotated[bool, AsVariable("terraform", "autoRollbackEnabled")]
    """Whether it does."""
    error_threshold: Annotated[Percent, AsVariable("terraform", "autoRollbackErrorThreshold")]
    """Share of failed predictions above which it does (percent)."""
    latency_threshold: Annotated[Milliseconds, AsVariable("terraform", "autoRollbackLatencyThreshold")]
    """Prediction latency above which it does (milliseconds)."""
    webhook: IncomingWebhook | None = None
    """The service connection that hears the alert and starts the pipeline."""


class Retention(Model):
    """How long things are kept."""

    models: Annotated[Days, AsVariable("library", "retentionModelsDays")]
    """Registered models (days)."""
    logs: Annotated[int, Field(ge=4, le=730), AsVariable("terraform", "retentionLogsDays")]
    """Logs (days, 4 to 730)."""
    datasets: Annotated[Days, AsVariable("terraform", "retentionDatasetsDays")]
    """Datasets (days)."""
    predictions: Annotated[Days, AsVariable("terraform", "retentionPredictionsDays")] | None = None
    """Recorded predictions (days). Without it there is no container for them; taken out, theirs is deleted, which
    a plan refuses while ``delete_locks`` is on."""


class Backup(Model):
    """Backup of the workspace's storage."""

    vault: BackupVaultName
    """Name of the backup vault."""
    frequency: Annotated[Literal["Daily"], AsVariable("terraform", "backupFrequency")]
    """How often."""
    retention: Annotated[int, Field(ge=1, le=365), AsVariable("terraform", "backupRetentionDays")]
    """How long a backup is kept (days)."""
    geo_redundant: Annotated[bool, AsVariable("terraform", "backupGeoRedundant")]
    """Whether the data is kept in the paired region too. A change replaces the backup vault."""


class Budget(Model):
    """What the environment may cost a month. Azure sends notices; it stops nothing."""

    amount: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """Amount a month (in the subscription's currency)."""
    thresholds: Annotated[tuple[BudgetPercent, ...], Field(min_length=1, max_length=4)]
    """Shares of the amount at which a notice goes out once they are spent (percent)."""
    forecast: BudgetPercent | None = None
    """Share of the amount at which a notice goes out once the month is forecast to reach it (percent)."""


class DataSource(Model):
    """Data that others own: a blob container, or a file system of a lake, in any subscription of the tenant."""

    storage_account: StorageAccountId
    """Resource id of the storage account."""
    container: ContainerName
    """Name of the container, or of the lake's file system."""
    kind: Literal["blob", "lake"]
    """lake: an account with hierarchical namespace (Data Lake Storage Gen2); blob: any other."""
    access: Literal["read", "write"]
    """What jobs may do with the data; who writes may delete too."""
    assign_roles: bool = True
    """Whether the deployment assigns the roles on the container. When false, whoever owns the account does."""


class Security(Model):
    """Network, identity and secrets."""

    vnet: bool
    """Whether there is a virtual network, and compute runs in a managed one. Cannot be turned off again."""
    private_endpoints: bool
    """Whether access from public networks is off and private endpoints are the only way in."""
    delete_locks: bool = False
    """Whether locks keep storage, key vault and backup vault from being deleted, with all that is in them."""
    managed_identity: Literal["system_assigned", "user_assigned"]
    """Kind of the workspace's managed identity. A system-assigned one administers the whole resource group. There is no
    way without one, and no way from one to the other."""
    key_vault: Annotated[KeyVaultName, AsVariable("terraform", "keyVaultName")]
    """Key vault of the environment. The name is global in Azure."""


class Access(Model):
    """Who works with the environment in Azure: Entra groups, by object ids or by teams that have one. A group may be
    in several."""

    data_scientist: tuple[EntraGroup, ...] = ()
    """Groups that train and deploy: they write data, and with it code that runs in the workspace's name."""
    reader: tuple[EntraGroup, ...] = ()
    """Groups that look at everything, data included, and change nothing."""
    operator: tuple[EntraGroup, ...] = ()
    """Groups that look at everything, data included, manage the clusters and see what is monitored."""


class Environment(Model):
    """The whole of one file in ``config/environments/``."""

    # Variables are called after their environment, without its hyphens.
    name: Annotated[EnvironmentName, Unique("environment", without="-")]
    """Short name; the stack is called ``mlops-<name>``, or after another ``stack_prefix``."""
    tier: Tier
    """dev, test or prod: which rules apply, and the order in which thresholds get stricter."""
    subscription_id: Annotated[Guid, AsVariable("terraform", "subscriptionId")]
    """Azure subscription (GUID). All zeros: not filled in yet."""
    resource_group: Annotated[
        ResourceGroupName,
        AsVariable("terraform", "resourceGroup"),
        AsVariable("terraform", "mlops{Environment}ResourceGroup", in_shared_group=True),
    ]
    """Resource group of everything in this environment."""
    location: Annotated[Location, AsVariable("terraform", "location")]
    """Azure region."""
    existing: ExistingInEnvironment = Field(default_factory=ExistingInEnvironment)
    """What is there already and used as it is."""
    tags: dict[TagName, TagValue] = Field(default_factory=dict)
    """Tags of every Azure resource of this environment, beside those of platform.yaml. Of two with one name, this."""
    workspace: Workspace
    """The workspace and what it stands on."""
    variable_group: VariableGroup
    """The environment's variable group."""
    service_connection: Annotated[
        ServiceConnection, AsVariable("terraform", "azureServiceConnection", of="name")
    ]
    """The environment's service connection."""
    approval_environment: ApprovalEnvironment | None = None
    """The environment's approval gate."""
    key_vault_variable_group: KeyVaultVariableGroup | None = None
    """A further variable group with secrets of the environment's key vault."""
    compute: Annotated[dict[ClusterKey, Cluster], AsVariable("terraform", "{environment}{Key}", of="name")]
    """Compute clusters, by their keys. Those of the guide are ``training_cluster`` and ``scoring_cluster``."""
    workstations: tuple[Workstation, ...] = ()
    """Compute instances, each the machine of one person."""
    endpoint: (
        Annotated[Endpoint, AsVariable("terraform", "onlineEndpointIdentity", text=ENDPOINT_IDENTITY)] | None
    ) = None
    """The online endpoint that pipelines create."""
    quota: dict[VmFamily, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(default_factory=dict)
    """Cores that the environment may use of each family of VM sizes (cores). What clusters, workstations and the
    endpoint ask for is held against it; families that are left out are not."""
    training_schedule: TrainingSchedule | None = None
    """The training schedule; only where models are trained."""
    validation: Validation
    """What a model must reach."""
    deployment: Deployment
    """How a model reaches its users."""
    monitoring: Monitoring
    """Logs, alerts and telemetry."""
    alert_thresholds: AlertThresholds | None = None
    """Where alerts fire."""
    auto_rollback: AutoRollback | None = None
    """When traffic goes back by itself."""
    retention: Retention
    """How long things are kept."""
    backup: Backup | None = None
    """Backup of the workspace's storage."""
    budget: Budget | None = None
    """What the environment may cost a month."""
    private_network: PrivateNetwork | None = None
    """The virtual network; given exactly where ``security.vnet`` is true."""
    agent_pool: Annotated[AgentPoolName, AsVariable("terraform", "agentPool")] | None = None
    """Agent pool of your own that the environment's pipelines run on. The Azure DevOps project must have it."""
    package_feeds: Annotated[tuple[PackageFeed, ...], AsVariable("terraform", "packageFeeds")] = ()
    """Private Python package indexes, by their addresses, without credentials. With AllowOnlyApprovedOutbound, compute
    is let out to their hosts."""
    security: Security
    """Network, identity and secrets."""
    access: Access | None = None
    """Who works with the environment in Azure. Without it nobody, apart from whoever administers the subscription."""
    data_sources: dict[DatastoreName, DataSource] = Field(default_factory=dict)
    """Data of others that jobs use, each as a datastore of this name."""
