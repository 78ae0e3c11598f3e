"""Settings that all environments share: ``config/platform.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model
from settings.models.devops import ApprovalEnvironment, ServiceConnection, VariableGroup
from settings.models.existing import Existing
from settings.models.infrastructure import InfrastructurePipelines
from settings.models.markers import AsVariable, RefersTo, Unique
from settings.models.state import StateStorage
from settings.models.texts import (
    ContainerName,
    DisplayName,
    EmailAddress,
    EnvironmentName,
    Guid,
    IgnoredTagName,
    Location,
    LogAnalyticsName,
    Measure,
    OrganizationUrl,
    PipelineFolder,
    PipelineKey,
    PythonVersion,
    ResourceGroupName,
    Share,
    StackPrefix,
    StorageAccountName,
    TagName,
    TagValue,
    TeamKey,
    WorkspaceName,
)

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Days = Annotated[int, Field(ge=1, le=36500)]
Seconds = Annotated[int, Field(ge=1, le=86400)]


class Project(Model):
    """The Azure DevOps project that holds the Library, the environments and the connections."""

    name: DisplayName
    """Name of the project."""
    create: bool = False
    """Whether the registry stack creates the project. When false, it is looked up and must exist."""


class AzureDevOps(Model):
    """Where the pipelines run."""

    organization_url: OrganizationUrl
    """Address of the organization, such as https://dev.azure.com/contoso. All zeros: not filled in yet."""
    project: Project
    """The project in that organization."""


class Azure(Model):
    """The Azure tenant."""

    tenant_id: Guid
    """Microsoft Entra tenant (GUID). All zeros: not filled in yet."""


class Team(Model):
    """A group of people in Azure DevOps that permissions and approvals refer to by its key."""

    name: Annotated[DisplayName, Unique("team")]
    """Name of the group in the Azure DevOps project."""
    create: bool
    """Whether the registry stack creates the group. When false, it is looked up and must exist."""
    entra_group: Guid | None = None
    """Object id of an Entra group (GUID), which becomes a member of the team. Who else is in the team stays there."""


class Pipeline(Model):
    """A pipeline of the "Used by" column. Only pipelines named here can be authorized for anything."""

    name: Annotated[DisplayName, Unique("pipeline", within="folder")]
    """Name of the pipeline in Azure DevOps."""
    folder: PipelineFolder = "\\"
    """Folder of the pipeline in Azure DevOps."""
    exists: bool = True
    """Whether the pipeline has been created. When false, it is left out until you change this to true."""


class Registry(Model):
    """The shared Azure Machine Learning registry and the waiting times for a model to arrive in it."""

    name: Annotated[WorkspaceName, AsVariable("terraform", "registryName")]
    """Name of the registry."""
    subscription_id: Guid
    """Subscription of the registry and the shared resources (GUID). All zeros: not filled in yet."""
    resource_group: Annotated[ResourceGroupName, AsVariable("terraform", "registryResourceGroup")]
    """Resource group of the registry and the shared resources."""
    location: Location
    """Azure region of the registry and the shared resources."""
    existing: Existing = Field(default_factory=Existing)
    """What is there already and used as it is."""
    regions: tuple[Location, ...] = ()
    """Further Azure regions of the registry: those of environments that are elsewhere. One can be added at any time."""
    log_analytics: LogAnalyticsName
    """Log Analytics workspace that records what is done with the registry and the shared resources."""
    log_retention: Annotated[int, Field(ge=30, le=730)] | None = None
    """How long those records are kept (days); given exactly where ``existing`` has no Log Analytics workspace."""
    public_network_access: bool
    """Whether public networks reach the registry. Needed as long as an environment has no private endpoints."""
    delete_locks: bool = True
    """Whether locks keep the registry and the shared storage from being deleted."""
    variable_group: VariableGroup
    """The group with the registry connection and propagation settings."""
    propagation_max_wait_seconds: Annotated[
        Seconds, Field(alias="registryPropagationMaxWaitSeconds"), AsVariable("library")
    ]
    """Longest time a pipeline waits for a model to appear in the registry (seconds)."""
    propagation_initial_delay_seconds: Annotated[
        Seconds, Field(alias="registryPropagationInitialDelaySeconds"), AsVariable("library")
    ]
    """First pause between two looks; it doubles each time (seconds)."""
    propagation_max_delay_seconds: Annotated[
        Seconds, Field(alias="registryPropagationMaxDelaySeconds"), AsVariable("library")
    ]
    """Longest pause between two looks (seconds)."""
    approval_environment: ApprovalEnvironment
    """The gate in front of the registry, and in front of the connection that writes to it."""
    service_connection: Annotated[
        ServiceConnection, AsVariable("terraform", "registryServiceConnection", of="name")
    ]
    """The connection that puts models into the registry, and the only one that can; none can delete them."""
    promoted_from: tuple[Annotated[EnvironmentName, RefersTo("environments")], ...]
    """Environments whose models are promoted: that connection may read their workspaces and storage accounts."""


class Shared(Model):
    """What pull-request validation uses: its connection, storage and variable group."""

    service_connection: Annotated[
        ServiceConnection, AsVariable("terraform", "azureServiceConnection", of="name")
    ]
    """The connection pull-request validation uses: it can read, not change."""
    storage_account: Annotated[StorageAccountName, AsVariable("terraform", "storageAccountName")]
    """Storage account with the validation data. The name is global in Azure."""
    data_container: Annotated[ContainerName, AsVariable("terraform", "dataContainer")]
    """Blob container with the validation data."""
    environments: tuple[Annotated[EnvironmentName, RefersTo("environments")], ...]
    """Environments whose workspaces pull-request validation checks: it may read them."""
    variable_group: VariableGroup
    """The group with the shared resources."""


class PipelineSettings(Model):
    """The variable group of pipeline execution settings; its keys are the variables' own names."""

    variable_group: VariableGroup
    """The group that holds the settings below."""
    python_version: Annotated[PythonVersion, Field(alias="pythonVersion"), AsVariable("library")]
    """Python version the pipelines run with, in quotes."""
    notification_interval_hours: Annotated[
        int, Field(alias="longRunningJobNotificationIntervalHours", ge=1, le=168), AsVariable("library")
    ]
    """How often a long-running job is reported (hours)."""
    ml_engineers_email: Annotated[EmailAddress, Field(alias="mlEngineersEmail"), AsVariable("library")]
    """Where those reports go."""
    monitoring_max_wait_hours: Annotated[
        int, Field(alias="monitoringMaxWaitHours", ge=1, le=168), AsVariable("library")
    ]
    """Longest time a pipeline watches a job (hours)."""
    monitoring_poll_interval_seconds: Annotated[
        int, Field(alias="monitoringPollIntervalSeconds", ge=1, le=3600), AsVariable("library")
    ]
    """Pause between two looks at a job (seconds)."""
    monitoring_log_level: Annotated[LogLevel, Field(alias="monitoringLogLevel"), AsVariable("library")]
    """Log level of the pipelines' scripts."""
    validation_min_accuracy: Annotated[Share, Field(alias="validationMinAccuracy"), AsVariable("library")]
    """Least accuracy of a model (share from 0 to 1), in quotes."""
    validation_max_mae: Annotated[Measure, Field(alias="validationMaxMae"), AsVariable("library")]
    """Largest mean absolute error of a model (unit of the forecast), in quotes."""
    validation_max_rmse: Annotated[Measure, Field(alias="validationMaxRmse"), AsVariable("library")]
    """Largest root mean square error of a model (unit of the forecast), in quotes."""
    retention_models_days: Annotated[Days, Field(alias="retentionModelsDays"), AsVariable("library")]
    """How long models are kept (days)."""
    retention_logs_days: Annotated[Days, Field(alias="retentionLogsDays"), AsVariable("library")]
    """How long logs are kept (days)."""


class LocalBackend(Model):
    """Terraform state in files in this project's folder ``.state``: to try things out, or for one person alone."""

    type: Literal["local"]
    """Kind of the backend."""


class AzurermBackend(Model):
    """Terraform state in an Azure storage account, one blob a stack, reached by Entra sign-in, no key."""

    type: Literal["azurerm"]
    """Kind of the backend."""
    subscription_id: Guid
    """Subscription of the storage account (GUID)."""
    resource_group: ResourceGroupName
    """Resource group of the storage account."""
    storage_account: StorageAccountName
    """Storage account that holds the state. The name is global in Azure."""
    container: ContainerName | None = None
    """Blob container that holds the state of all stacks, where the account exists already and is somebody else's."""
    create: StateStorage | None = None
    """Instead of container: ``make bootstrap`` makes the account, with a container for each stack."""


class Platform(Model):
    """The whole of ``config/platform.yaml``."""

    version: Annotated[int, Field(ge=1)] = 1
    """Major version of this project that these files are written for. Left out: 1."""
    azure: Azure
    """The Azure tenant."""
    azure_devops: AzureDevOps
    """The Azure DevOps organization and project."""
    backend: Annotated[LocalBackend | AzurermBackend, Field(discriminator="type")]
    """Where Terraform keeps its state."""
    tags: dict[TagName, TagValue]
    """Tags of every Azure resource. Each stack adds the tag ``environment``."""
    ignored_tags: tuple[IgnoredTagName, ...] = ()
    """Names of tags that Azure policies write. Terraform leaves them as they are."""
    stack_prefix: StackPrefix = "mlops"
    """What the names of stacks begin with. Fixed once something is deployed: the state goes by these names."""
    teams: dict[TeamKey, Team]
    """The people, by the keys that permissions and approvers use."""
    pipelines: dict[PipelineKey, Pipeline]
    """The pipelines, by the names that used_by uses."""
    registry: Registry
    """The shared model registry."""
    shared: Shared
    """Shared resources for pull-request validation."""
    pipeline_settings: PipelineSettings
    """Pipeline execution settings."""
    infrastructure_pipelines: InfrastructurePipelines | None = None
    """The pipelines that check and deploy this platform itself. Without it there are none."""
