"""The variables of the six Library groups: name, first value, owner, and the key each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest

from settings.loader import Settings, load_settings
from settings.models.compute import PURPOSE_OF_KEY
from settings.models.declarations import Declaration, declared
from settings.models.environment import Environment
from settings.models.markers import AsVariable, Owner
from settings.models.platform import Platform
from settings.models.variables import (
    Variable,
    environment_variable_names,
    environment_variables,
    platform_variable_names,
    platform_variables,
)
from settings.reading.problems import dotted
from settings.variables_table import FILE, render
from tests.project import COMPANY, GUIDE
from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

NO_ID = "00000000-0000-0000-0000-000000000000"
# Group, owner: name = first value < key of the configuration.
TABLE = """
registry terraform
    registryName = mlops-central-registry < registry.name
    registryResourceGroup = mlops-registry-rg < registry.resource_group
registry library
    registryPropagationMaxWaitSeconds = 120 < registry.registryPropagationMaxWaitSeconds
    registryPropagationInitialDelaySeconds = 2 < registry.registryPropagationInitialDelaySeconds
    registryPropagationMaxDelaySeconds = 30 < registry.registryPropagationMaxDelaySeconds
registry terraform
    registryServiceConnection = Azure-MLOps-Registry < registry.service_connection.name
pipeline_settings library
    pythonVersion = 3.9 < pipeline_settings.pythonVersion
    longRunningJobNotificationIntervalHours = 4 < pipeline_settings.longRunningJobNotificationIntervalHours
    mlEngineersEmail = ml-team@company.com < pipeline_settings.mlEngineersEmail
    monitoringMaxWaitHours = 3 < pipeline_settings.monitoringMaxWaitHours
    monitoringPollIntervalSeconds = 30 < pipeline_settings.monitoringPollIntervalSeconds
    monitoringLogLevel = DEBUG < pipeline_settings.monitoringLogLevel
    validationMinAccuracy = 0.70 < pipeline_settings.validationMinAccuracy
    validationMaxMae = 10.0 < pipeline_settings.validationMaxMae
    validationMaxRmse = 15.0 < pipeline_settings.validationMaxRmse
    retentionModelsDays = 30 < pipeline_settings.retentionModelsDays
    retentionLogsDays = 14 < pipeline_settings.retentionLogsDays
shared terraform
    azureServiceConnection = Azure-MLOps-Shared < shared.service_connection.name
    storageAccountName = mlopsstorage < shared.storage_account
    dataContainer = validation-data < shared.data_container
    mlopsDevResourceGroup = mlops-dev-rg < dev: resource_group
    mlopsDevWorkspace = mlops-dev-workspace < dev: workspace.name
    mlopsTestResourceGroup = mlops-test-rg < test: resource_group
    mlopsTestWorkspace = mlops-test-workspace < test: workspace.name
    mlopsProdResourceGroup = mlops-prod-rg < prod: resource_group
    mlopsProdWorkspace = mlops-prod-workspace < prod: workspace.name
dev terraform
    subscriptionId = NO_ID < subscription_id
    resourceGroup = mlops-dev-rg < resource_group
    location = eastus < location
    workspaceName = mlops-dev-workspace < workspace.name
    azureServiceConnection = Azure-MLOps-Dev < service_connection.name
    devTrainingCluster = dev-training-cluster < compute.training_cluster.name
    devScoringCluster = dev-scoring-cluster < compute.scoring_cluster.name
    trainingSchedule = 0 2 * * * < training_schedule.frequency
    trainingScheduleTimeZone = UTC < training_schedule.time_zone
dev library
    trainingLookbackDays = 90 < training_schedule.lookback_days
    trainingForecastHorizon = 7 < training_schedule.forecast_horizon
    validationMinAccuracy = 0.70 < validation.min_accuracy
    validationMaxMae = 10.0 < validation.max_mae
    validationMaxRmse = 15.0 < validation.max_rmse
    autoDeploy = true < deployment.auto_deploy
dev terraform
    approvalRequired = false < deployment.approval_required
dev library
    deploymentTraffic = 100 < deployment.traffic
    canaryDeployment = false < deployment.canary_deployment
    blueGreenDeployment = false < deployment.blue_green_deployment
    monitoringLogLevel = DEBUG < monitoring.log_level
dev terraform
    alertsEnabled = false < monitoring.alerts
dev library
    retentionModelsDays = 30 < retention.models
dev terraform
    retentionLogsDays = 14 < retention.logs
    retentionDatasetsDays = 60 < retention.datasets
    keyVaultName = mlops-dev-keyvault < security.key_vault
test terraform
    subscriptionId = NO_ID < subscription_id
    resourceGroup = mlops-test-rg < resource_group
    location = eastus < location
    workspaceName = mlops-test-workspace < workspace.name
    azureServiceConnection = Azure-MLOps-Test < service_connection.name
    testScoringCluster = test-scoring-cluster < compute.scoring_cluster.name
test library
    validationMinAccuracy = 0.80 < validation.min_accuracy
    validationMaxMae = 7.0 < validation.max_mae
    validationMaxRmse = 10.0 < validation.max_rmse
    autoDeploy = false < deployment.auto_deploy
test terraform
    approvalRequired = true < deployment.approval_required
test library
    canaryDeployment = true < deployment.canary_deployment
    canaryTraffic = 50 < deployment.canary_traffic
    blueGreenDeployment = false < deployment.blue_green_deployment
    monitoringLogLevel = INFO < monitoring.log_level
test terraform
    alertsEnabled = true < monitoring.alerts
    alertChannels = email,slack < monitoring.alerts
    alertModelDrift = 0.15 < alert_thresholds.model_drift
    alertDataDrift = 0.20 < alert_thresholds.data_drift
    alertPredictionLatencyMs = 1000 < alert_thresholds.prediction_latency_ms
    alertErrorRatePercent = 5 < alert_thresholds.error_rate_percent
test library
    retentionModelsDays = 90 < retention.models
test terraform
    retentionLogsDays = 30 < retention.logs
    retentionDatasetsDays = 180 < retention.datasets
    keyVaultName = mlops-test-keyvault < security.key_vault
prod terraform
    subscriptionId = NO_ID < subscription_id
    resourceGroup = mlops-prod-rg < resource_group
    location = eastus < location
    workspaceName = mlops-prod-workspace < workspace.name
    azureServiceConnection = Azure-MLOps-Prod < service_connection.name
    prodScoringCluster = prod-scoring-cluster < compute.scoring_cluster.name
prod library
    validationMinAccuracy = 0.85 < validation.min_accuracy
    validationMaxMae = 5.0 < validation.max_mae
    validationMaxRmse = 7.0 < validation.max_rmse
    validationMinPrecision = 0.85 < validation.min_precision
    validationMinRecall = 0.80 < validation.min_recall
    autoDeploy = false < deployment.auto_deploy
prod terraform
    approvalRequired = true < deployment.approval_required
prod library
    canaryDeployment = false < deployment.canary_deployment
    blueGreenDeployment = true < deployment.blue_green_deployment
    trafficRamp = 0,10,25,50,100 < deployment.traffic_ramp
    monitoringLogLevel = WARNING < monitoring.log_level
prod terraform
    alertsEnabled = true < monitoring.alerts
    alertChannels = pagerduty,email,slack < monitoring.alerts
    alertModelDrift = 0.10 < alert_thresholds.model_drift
    alertDataDrift = 0.15 < alert_thresholds.data_drift
    alertPredictionLatencyMs = 500 < alert_thresholds.prediction_latency_ms
    alertErrorRatePercent = 2 < alert_thresholds.error_rate_percent
    alertEndpointAvailabilityPercent = 99.5 < alert_thresholds.endpoint_availability_percent
    autoRollbackEnabled = true < auto_rollback.enabled
    autoRollbackErrorThreshold = 5 < auto_rollback.error_threshold
    autoRollbackLatencyThreshold = 2000 < auto_rollback.latency_threshold
prod library
    retentionModelsDays = 365 < retention.models
prod terraform
    retentionLogsDays = 90 < retention.logs
    retentionDatasetsDays = 730 < retention.datasets
    retentionPredictionsDays = 180 < retention.predictions
    backupFrequency = Daily < backup.frequency
    backupRetentionDays = 30 < backup.retention
    backupGeoRedundant = true < backup.geo_redundant
    keyVaultName = mlops-prod-keyvault < security.key_vault
""".replace("NO_ID", NO_ID)


def groups(settings: Settings) -> dict[str, tuple[Variable, ...]]:
    """Return the variables of all six groups, by section of platform.yaml or name of environment."""
    own = {environment.name: environment_variables(environment) for environment in settings.environments}
    shared = platform_variables(settings.platform, settings.environments)
    return {str(section): variables for section, variables in shared.items()} | own


def expected() -> dict[str, list[Variable]]:
    table: dict[str, list[Variable]] = {}
    group, owner = "", ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            group, owner = line.split()
            continue
        name, _, rest = line.strip().partition(" = ")
        value, _, setting = rest.rpartition(" < ")
        owners: dict[str, Owner] = {"terraform": "terraform", "library": "library"}
        table.setdefault(group, []).append(Variable(name, value, owners[owner], setting))
    return table


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(GUIDE)


@pytest.mark.parametrize("group", ["registry", "pipeline_settings", "shared", "dev", "test", "prod"])
def test_the_variables_of_a_group(settings: Settings, group: str) -> None:
    assert list(groups(settings)[group]) == expected()[group]


def test_there_are_six_groups(settings: Settings) -> None:
    assert groups(settings).keys() == expected().keys()


def test_own_variables_come_last_and_belong_to_the_library(configuration: Configuration) -> None:
    for file, name in ((PLATFORM, "mlops-registry-variables"), (DEV, "mlops-dev-variables")):
        own = 'extra_variables: { rate: "0.10", note: "a, b" }'
        indent = "    " if file == PLATFORM else "  "
        configuration.edit(file, f"name: {name}\n", f"name: {name}\n{indent}{own}\n")
    found = groups(load_settings(configuration.folder))
    for group, path in (("registry", "registry.variable_group"), ("dev", "variable_group")):
        assert found[group][-2:] == (
            Variable("rate", "0.10", "library", f"{path}.extra_variables.rate"),
            Variable("note", "a, b", "library", f"{path}.extra_variables.note"),
        )


def test_a_hyphen_in_an_environment_s_name_is_no_part_of_a_variable_s_name(
    configuration: Configuration,
) -> None:
    configuration.edit(DEV, "name: dev\n", "name: eu-dev-2\n")
    configuration.edit(PLATFORM, "[dev, test, prod]", "[eu-dev-2, prod]")
    configuration.edit(PLATFORM, "promoted_from: [dev]", "promoted_from: [eu-dev-2]")
    found = groups(load_settings(configuration.folder))
    clusters = [variable.name for variable in found["eu-dev-2"] if variable.name.endswith("Cluster")]
    assert clusters == ["euDev2TrainingCluster", "euDev2ScoringCluster"]
    assert [variable.name for variable in found["shared"][3:]] == [
        *("mlopsEuDev2ResourceGroup", "mlopsEuDev2Workspace"),
        *("mlopsProdResourceGroup", "mlopsProdWorkspace"),
    ]


def test_every_cluster_is_a_variable_called_after_its_key(configuration: Configuration) -> None:
    keys = ("gpu_training", "batch2", "x")
    extra = "".join(
        f"  {key}: {{ name: {key.replace('_', '-')}-1a, purpose: batch, {SIZE} }}\n" for key in keys
    )
    configuration.edit(DEV, "compute:\n", f"compute:\n{extra}")
    found = [
        v
        for v in groups(load_settings(configuration.folder))["dev"]
        if ".name" in v.setting and "compute" in v.setting
    ]
    assert found == [
        Variable("devGpuTraining", "gpu-training-1a", "terraform", "compute.gpu_training.name"),
        Variable("devBatch2", "batch2-1a", "terraform", "compute.batch2.name"),
        Variable("devX", "x-1a", "terraform", "compute.x.name"),
        Variable("devTrainingCluster", "dev-training-cluster", "terraform", "compute.training_cluster.name"),
        Variable("devScoringCluster", "dev-scoring-cluster", "terraform", "compute.scoring_cluster.name"),
    ]


def test_every_variable_is_among_the_names_that_are_kept_free(settings: Settings) -> None:
    shared = platform_variable_names(["dev", "test", "prod"])
    kept = {str(section): names for section, names in shared.items()}
    for group, variables in groups(settings).items():
        names = kept.get(group) or environment_variable_names(group, [*PURPOSE_OF_KEY])
        assert {variable.name for variable in variables} <= set(names)


def markers(declaration: Declaration) -> Iterator[AsVariable]:
    yield from (marker for marker in declaration.markers if isinstance(marker, AsVariable))
    inner = [
        *declaration.fields.values(),
        *declaration.choices.values(),
        declaration.keys,
        declaration.entries,
    ]
    for below in filter(None, inner):
        yield from markers(below)


def test_every_marker_makes_a_variable_of_some_group() -> None:
    names = [*environment_variable_names("dev", ["a"]), *chain(*platform_variable_names(["dev"]).values())]
    assert len(names) == len([*markers(declared(Platform)), *markers(declared(Environment))])


SIZE = "vm_size: Standard_DS3_v2, min_nodes: 0, max_nodes: 1, idle_time: PT5M"
OWN = "    developers: Administrator\n  extra_variables: "
MISTAKES = {
    "a secret": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{«dbPassword: x}}",
        "variable_group.extra_variables.dbPassword",
        "dbPassword, which looks like a secret", "everybody who may look at the group",
        "key_vault_variable_group",
    ),
    "a name that pipelines do not get": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{«InputFolder: x}}",
        "variable_group.extra_variables.InputFolder",
        "InputFolder, which Azure Pipelines does not hand on",
        "names that do not start with endpoint, input, path", "choose another name",
    ),
    "a name of the group": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{«Location: x}}",
        "variable_group.extra_variables.Location",
        "Location, which the platform sets itself", "case does not count", "choose another name",
    ),
    "a name of the group under other settings": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{«canaryTraffic: x}}",
        "variable_group.extra_variables.canaryTraffic",
        "canaryTraffic, which the platform sets itself", "case does not count", "choose another name",
    ),
    "a name with the environment's name": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{«devScoringCluster: x}}",
        "variable_group.extra_variables.devScoringCluster",
        "devScoringCluster, which the platform sets itself", "case does not count", "choose another name",
    ),
    "a name that a cluster would have": Mistake(
        TEST, "    leads: Administrator", f"{OWN.replace('developers', 'leads')}{{«testTrainingCluster: x}}",
        "variable_group.extra_variables.testTrainingCluster",
        "testTrainingCluster, which the platform sets itself", "case does not count", "choose another name",
    ),
    "a name of the shared group": Mistake(
        PLATFORM, "    name: mlops-shared-variables",
        "    name: mlops-shared-variables\n    extra_variables: {«mlopsProdWorkspace: x}",
        "shared.variable_group.extra_variables.mlopsProdWorkspace",
        "mlopsProdWorkspace, which the platform sets itself", "case does not count", "choose another name",
    ),
    "a name twice": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{flag: x, «Flag: y}}",
        "variable_group.extra_variables.Flag",
        "Flag, which is there already", "case does not count", "choose another name",
    ),
    "a name of the group, with a wrong value": Mistake(
        DEV, "    developers: Administrator", f"{OWN}{{location: «5}}",
        "variable_group.extra_variables.location",
        "a value without quotes", "text", "put it in quotes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_variable_of_one_s_own_that_is_refused(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


def test_own_variables_are_checked_beside_other_mistakes(configuration: Configuration) -> None:
    configuration.edit(DEV, "    developers: Administrator", f"{OWN}{{location: x}}")
    configuration.edit(DEV, "log_level: DEBUG", "log_level: loud")
    assert [dotted(problem.path) for problem in configuration.problems()] == [
        "variable_group.extra_variables.location",
        "monitoring.log_level",
    ]


def test_the_page_is_current(settings: Settings) -> None:
    written = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    assert written == render(settings, load_settings(COMPANY)), "run: python -m settings.variables_table"


def test_the_page_names_the_variables_of_two_groups(settings: Settings) -> None:
    listed = (
        render(settings, load_settings(COMPANY))
        .partition("## The same name in two groups")[2]
        .partition("```")[0]
    )
    assert [line for line in listed.splitlines() if line.startswith("- ")] == [
        "- `monitoringLogLevel`",
        "- `validationMinAccuracy`",
        "- `validationMaxMae`",
        "- `validationMaxRmse`",
        "- `retentionModelsDays`",
        "- `retentionLogsDays`",
    ]


def test_the_page_has_every_variable_that_there_may_be() -> None:
    company = load_settings(COMPANY)
    page = FILE.read_text(encoding="utf-8")
    possible = {name for e in company.environments for name in environment_variable_names(e.name, e.compute)}
    assert [name for name in sorted(possible) if f"\n| {name} |" not in page] == []


def test_a_value_does_not_break_the_table_of_the_page(configuration: Configuration) -> None:
    configuration.edit(DEV, "    developers: Administrator", f'{OWN}{{odd: "a|b\\nc"}}')
    page = render(load_settings(configuration.folder), load_settings(COMPANY))
    assert "| odd | `a\\|b\\nc` | library | variable_group.extra_variables.odd |\n" in page
