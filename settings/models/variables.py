"""The variables of the six Library groups: which setting each comes from, and who owns its value.

``terraform`` owns facts of the infrastructure (names, ids, connections, what alert rules and lifecycle rules
follow): a different value in the Library is put right by the next deployment. ``library`` owns settings: they are
seeded once, and what people then set in the Library stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from settings.models.environment import Environment
from settings.models.platform import PipelineSettings, Platform

Owner = Literal["terraform", "library"]
PlatformGroup = Literal["registry", "pipeline_settings", "shared"]


@dataclass(frozen=True)
class Variable:
    """One variable of a group. The value is text, exactly as pipelines read it."""

    name: str
    value: str
    owner: Owner
    setting: str
    """The key it comes from, for the documentation: ``validation.min_accuracy``."""


def _text(value: Any) -> str:
    """Write a value as pipelines read it: booleans in lower case, lists with commas, the rest as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _is_any(value: tuple[str, ...]) -> str:
    return _text(bool(value))


class _Row(NamedTuple):
    """A variable and the setting it comes from. Where the setting is absent or empty, so is the variable."""

    name: str
    setting: str
    owner: Owner
    write: Callable[[Any], str] = _text


_REGISTRY = (
    _Row("registryName", "registry.name", "terraform"),
    _Row("registryResourceGroup", "registry.resource_group", "terraform"),
    _Row("registryPropagationMaxWaitSeconds", "registry.registryPropagationMaxWaitSeconds", "library"),
    _Row(
        "registryPropagationInitialDelaySeconds", "registry.registryPropagationInitialDelaySeconds", "library"
    ),
    _Row("registryPropagationMaxDelaySeconds", "registry.registryPropagationMaxDelaySeconds", "library"),
)
# The fields with an alias are the variables; the alias is the variable's name.
_PIPELINE_SETTINGS = tuple(
    _Row(field.alias, f"pipeline_settings.{field.alias}", "library")
    for field in PipelineSettings.model_fields.values()
    if field.alias
)
_SHARED = (
    _Row("azureServiceConnection", "shared.service_connection.name", "terraform"),
    _Row("storageAccountName", "shared.storage_account", "terraform"),
    _Row("dataContainer", "shared.data_container", "terraform"),
)
# The shared group has these for each environment that pull-request validation checks.
_SHARED_ENVIRONMENT = (
    _Row("mlops{Environment}Workspace", "workspace.name", "terraform"),
    _Row("mlops{Environment}ResourceGroup", "resource_group", "terraform"),
)
_ENVIRONMENT = (
    _Row("azureServiceConnection", "service_connection.name", "terraform"),
    _Row("subscriptionId", "subscription_id", "terraform"),
    _Row("resourceGroup", "resource_group", "terraform"),
    _Row("workspaceName", "workspace.name", "terraform"),
    _Row("location", "location", "terraform"),
    _Row("keyVaultName", "security.key_vault", "terraform"),
    _Row("{environment}ScoringCluster", "compute.scoring_cluster.name", "terraform"),
    _Row("{environment}TrainingCluster", "compute.training_cluster.name", "terraform"),
    _Row("backupFrequency", "backup.frequency", "terraform"),
    _Row("backupRetentionDays", "backup.retention", "terraform"),
    _Row("backupGeoRedundant", "backup.geo_redundant", "terraform"),
    _Row("trainingSchedule", "training_schedule.frequency", "library"),
    _Row("trainingScheduleTimeZone", "training_schedule.time_zone", "terraform"),
    _Row("trainingLookbackDays", "training_schedule.lookback_days", "library"),
    _Row("trainingForecastHorizon", "training_schedule.forecast_horizon", "library"),
    _Row("validationMinAccuracy", "validation.min_accuracy", "library"),
    _Row("validationMaxMae", "validation.max_mae", "library"),
    _Row("validationMaxRmse", "validation.max_rmse", "library"),
    _Row("validationMinPrecision", "validation.min_precision", "library"),
    _Row("validationMinRecall", "validation.min_recall", "library"),
    _Row("autoDeploy", "deployment.auto_deploy", "library"),
    _Row("approvalRequired", "deployment.approval_required", "library"),
    _Row("deploymentTraffic", "deployment.traffic", "library"),
    _Row("canaryDeployment", "deployment.canary_deployment", "library"),
    _Row("canaryTraffic", "deployment.canary_traffic", "library"),
    _Row("blueGreenDeployment", "deployment.blue_green_deployment", "library"),
    _Row("trafficRamp", "deployment.traffic_ramp", "library"),
    _Row("monitoringLogLevel", "monitoring.log_level", "library"),
    _Row("alertsEnabled", "monitoring.alerts", "terraform", _is_any),
    _Row("alertChannels", "monitoring.alerts", "terraform"),
    _Row("alertModelDrift", "alert_thresholds.model_drift", "terraform"),
    _Row("alertDataDrift", "alert_thresholds.data_drift", "terraform"),
    _Row("alertPredictionLatencyMs", "alert_thresholds.prediction_latency_ms", "terraform"),
    _Row("alertErrorRatePercent", "alert_thresholds.error_rate_percent", "terraform"),
    _Row("alertEndpointAvailabilityPercent", "alert_thresholds.endpoint_availability_percent", "terraform"),
    _Row("autoRollbackEnabled", "auto_rollback.enabled", "library"),
    _Row("autoRollbackErrorThreshold", "auto_rollback.error_threshold", "terraform"),
    _Row("autoRollbackLatencyThreshold", "auto_rollback.latency_threshold", "terraform"),
    _Row("retentionModelsDays", "retention.models", "library"),
    _Row("retentionLogsDays", "retention.logs", "terraform"),
    _Row("retentionDatasetsDays", "retention.datasets", "terraform"),
    _Row("retentionPredictionsDays", "retention.predictions", "terraform"),
)


def platform_variables(
    platform: Platform, environments: tuple[Environment, ...] = ()
) -> dict[PlatformGroup, tuple[Variable, ...]]:
    """Return the variables of the three shared groups, by the section of platform.yaml they belong to."""
    values = platform.model_dump(by_alias=True)
    checked = [e for e in environments if e.name in platform.shared.environments]
    of_environments = [
        Variable(v.name, v.value, v.owner, f"{environment.name}: {v.setting}")
        for environment in checked
        for v in _variables(_SHARED_ENVIRONMENT, environment.model_dump(by_alias=True), environment.name)
    ]
    return {
        "registry": (*_variables(_REGISTRY, values), *_extra(values, "registry.variable_group")),
        "pipeline_settings": (
            *_variables(_PIPELINE_SETTINGS, values),
            *_extra(values, "pipeline_settings.variable_group"),
        ),
        "shared": (
            *_variables(_SHARED, values),
            *of_environments,
            *_extra(values, "shared.variable_group"),
        ),
    }


def environment_variables(environment: Environment) -> tuple[Variable, ...]:
    """Return the variables of the environment's own group: the guide's, then its further settings."""
    values = environment.model_dump(by_alias=True)
    return (*_variables(_ENVIRONMENT, values, environment.name), *_extra(values, "variable_group"))


def platform_variable_names(environments: list[str]) -> dict[PlatformGroup, list[str]]:
    """Return every name the platform may use in each of the shared groups, beside these environments."""
    shared = [row.name for row in _SHARED]
    return {
        "registry": [row.name for row in _REGISTRY],
        "pipeline_settings": [row.name for row in _PIPELINE_SETTINGS],
        "shared": shared + [_named(row.name, name) for name in environments for row in _SHARED_ENVIRONMENT],
    }


def environment_variable_names(environment: str) -> list[str]:
    """Return every name the platform may use in this environment's group, also with other settings."""
    return [_named(row.name, environment) for row in _ENVIRONMENT]


def _variables(rows: Iterable[_Row], values: dict[str, Any], environment: str = "") -> Iterator[Variable]:
    for row in rows:
        value = _value(values, row.setting)
        if value is None or (value == () and row.write is _text):
            continue
        yield Variable(_named(row.name, environment), row.write(value), row.owner, row.setting)


def _extra(values: dict[str, Any], group: str) -> Iterator[Variable]:
    for name, value in _value(values, f"{group}.extra_variables").items():
        yield Variable(name, value, "library", f"{group}.extra_variables.{name}")


def _value(values: Any, setting: str) -> Any:
    """Return the value of a setting; ``None`` below a section that is absent."""
    for key in setting.split("."):
        values = None if values is None else values[key]
    return values


def _named(name: str, environment: str) -> str:
    """Put the environment's name into a variable's name: ``eu-prod`` becomes ``euProd`` or ``EuProd``."""
    pascal = "".join(part.capitalize() for part in environment.split("-"))
    return name.format(Environment=pascal, environment=pascal[:1].lower() + pascal[1:])
