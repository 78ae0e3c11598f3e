"""The set-up guide as tables: what it says, word for word, and where that stands in the Terraform.

A value the guide abbreviates (``subscriptionId: "12345678-1234-..."``) is the configuration's placeholder.
"""

from __future__ import annotations

from dataclasses import dataclass

PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


# --- Variable groups: "Required Variable Groups (6)" and the six listings ------------------------------

GROUPS = {
    # group: (stack, purpose, used by)
    "mlops-dev-variables": ("mlops-dev", "Dev workspace connection", ["Training", "Promotion"]),
    "mlops-test-variables": ("mlops-test", "Test workspace connection", ["Test Deployment"]),
    "mlops-prod-variables": ("mlops-prod", "Prod workspace connection", ["Prod Deployment"]),
    "mlops-registry-variables": (
        "mlops-registry",
        "Registry connection & propagation",
        ["Training", "Promotion", "Test Deployment", "Prod Deployment", "PR Validation"],
    ),
    "mlops-pipeline-settings": (
        "mlops-registry",
        "Pipeline execution settings",
        ["Training", "PR Validation"],
    ),
    "mlops-shared-variables": ("mlops-registry", "Shared resources (PR validation)", ["PR Validation"]),
}

VARIABLES = {
    "mlops-dev-variables": {
        "azureServiceConnection": "Azure-MLOps-Dev",
        "subscriptionId": PLACEHOLDER,
        "resourceGroup": "mlops-dev-rg",
        "workspaceName": "mlops-dev-workspace",
        "location": "eastus",
    },
    "mlops-test-variables": {
        "azureServiceConnection": "Azure-MLOps-Test",
        "subscriptionId": PLACEHOLDER,
        "resourceGroup": "mlops-test-rg",
        "workspaceName": "mlops-test-workspace",
        "location": "eastus",
        "testScoringCluster": "test-scoring-cluster",
    },
    "mlops-prod-variables": {
        "azureServiceConnection": "Azure-MLOps-Prod",
        "subscriptionId": PLACEHOLDER,
        "resourceGroup": "mlops-prod-rg",
        "workspaceName": "mlops-prod-workspace",
        "location": "eastus",
        "prodScoringCluster": "prod-scoring-cluster",
    },
    "mlops-registry-variables": {
        "registryName": "mlops-central-registry",
        "registryResourceGroup": "mlops-registry-rg",
        "registryPropagationMaxWaitSeconds": "120",
        "registryPropagationInitialDelaySeconds": "2",
        "registryPropagationMaxDelaySeconds": "30",
    },
    "mlops-pipeline-settings": {
        "pythonVersion": "3.9",
        "longRunningJobNotificationIntervalHours": "4",
        "mlEngineersEmail": "ml-team@company.com",
        "monitoringMaxWaitHours": "3",
        "monitoringPollIntervalSeconds": "30",
        "monitoringLogLevel": "DEBUG",
        "validationMinAccuracy": "0.70",
        "validationMaxMae": "10.0",
        "validationMaxRmse": "15.0",
        "retentionModelsDays": "30",
        "retentionLogsDays": "14",
    },
    "mlops-shared-variables": {
        "azureServiceConnection": "Azure-MLOps-Shared",
        "storageAccountName": "mlopsstorage",
        "dataContainer": "validation-data",
        "mlopsDevWorkspace": "mlops-dev-workspace",
        "mlopsDevResourceGroup": "mlops-dev-rg",
        "mlopsTestWorkspace": "mlops-test-workspace",
        "mlopsTestResourceGroup": "mlops-test-rg",
        "mlopsProdWorkspace": "mlops-prod-workspace",
        "mlopsProdResourceGroup": "mlops-prod-rg",
    },
}

FURTHER_VARIABLES = {"mlops-registry-variables": {"registryServiceConnection": "Azure-MLOps-Registry"}}
"""Variables of shared groups that the guide does not have."""

# What the guide calls settings to edit in the Library. Everything else is a fact of the infrastructure.
LIBRARY_OWNED = {
    "registryPropagationMaxWaitSeconds",
    "registryPropagationInitialDelaySeconds",
    "registryPropagationMaxDelaySeconds",
    *VARIABLES["mlops-pipeline-settings"],
}


# --- Environment configuration -------------------------------------------------------------------------


@dataclass(frozen=True)
class Variable:
    """The guide's value is a variable of the environment's own group."""

    name: str
    value: str


@dataclass(frozen=True)
class Argument:
    """The guide's value is an argument of a resource."""

    address: str
    value: object


_TRAINING = "azurerm_machine_learning_compute_cluster.training_cluster"
_SCORING = "azurerm_machine_learning_compute_cluster.scoring_cluster"
_STORAGE = "azurerm_storage_account.storage"
_WORKSPACE = "azurerm_machine_learning_workspace.workspace"
_VAULT = "azurerm_key_vault.key_vault"
_LOGS = "azurerm_log_analytics_workspace.monitoring_log_analytics"
_TABLE = "azurerm_log_analytics_workspace_table.monitoring_"
_RETENTION = "azurerm_storage_management_policy.retention.rule"
_ALERT = "azurerm_monitor_scheduled_query_rules_alert_v2.alert_"
_CHANNELS = "azurerm_monitor_action_group.alerts"
_BACKUP = "azurerm_data_protection_backup"
_ENDPOINT = "azurerm_private_endpoint.network_endpoint_"


def _kept(rule: int, days: int) -> list[Argument]:
    """Where a lifecycle rule says how long blobs, their snapshots and their versions are kept."""
    actions = f"{_RETENTION}.{rule}.actions"
    return [
        Argument(f"{actions}.base_blob.delete_after_days_since_modification_greater_than", days),
        Argument(f"{actions}.snapshot.delete_after_days_since_creation_greater_than", days),
        Argument(f"{actions}.version.delete_after_days_since_creation", days),
    ]


# environment: [(what the guide says, where it stands), ...]
ENVIRONMENTS: dict[str, list[tuple[str, Variable | Argument]]] = {
    "dev": [
        ('training_cluster: "Standard_DS3_v2"', Argument(f"{_TRAINING}.vm_size", "STANDARD_DS3_V2")),
        ("training_cluster: from 0 nodes", Argument(f"{_TRAINING}.scale_settings.min_node_count", 0)),
        ("training_cluster: to 4 nodes", Argument(f"{_TRAINING}.scale_settings.max_node_count", 4)),
        ('scoring_cluster: "Standard_DS2_v2"', Argument(f"{_SCORING}.vm_size", "STANDARD_DS2_V2")),
        ("scoring_cluster: from 0 nodes", Argument(f"{_SCORING}.scale_settings.min_node_count", 0)),
        ("scoring_cluster: to 2 nodes", Argument(f"{_SCORING}.scale_settings.max_node_count", 2)),
        ('frequency: "Daily at 2 AM"', Variable("trainingSchedule", "0 2 * * *")),
        ('frequency: "Daily at 2 AM", of which zone', Variable("trainingScheduleTimeZone", "UTC")),
        ("lookback_days: 90", Variable("trainingLookbackDays", "90")),
        ("forecast_horizon: 7", Variable("trainingForecastHorizon", "7")),
        ("min_accuracy: 0.70", Variable("validationMinAccuracy", "0.70")),
        ("max_mae: 10.0", Variable("validationMaxMae", "10.0")),
        ("max_rmse: 15.0", Variable("validationMaxRmse", "15.0")),
        ("auto_deploy: Yes", Variable("autoDeploy", "true")),
        ("approval_required: No", Variable("approvalRequired", "false")),
        ("traffic: 100%", Variable("deploymentTraffic", "100")),
        ("log_level: DEBUG", Variable("monitoringLogLevel", "DEBUG")),
        ("alerts: Disabled", Variable("alertsEnabled", "false")),
        ("models: 30 days", Variable("retentionModelsDays", "30")),
        ("logs: 14 days", Variable("retentionLogsDays", "14")),
        *(
            (f"logs: 14 days, {table}", Argument(f"{_TABLE}{table}.{argument}", 14))
            for table in ("AmlComputeJobEvent", "AmlOnlineEndpointTrafficLog", "AppTraces", "StorageBlobLogs")
            for argument in ("retention_in_days", "total_retention_in_days")
        ),
        ("datasets: 60 days", Variable("retentionDatasetsDays", "60")),
        *(("datasets: 60 days, deleted", argument) for argument in _kept(0, 60)),
    ],
    "test": [
        ('scoring_cluster: "Standard_DS3_v2"', Argument(f"{_SCORING}.vm_size", "STANDARD_DS3_V2")),
        ("scoring_cluster: from 0 nodes", Argument(f"{_SCORING}.scale_settings.min_node_count", 0)),
        ("scoring_cluster: to 4 nodes", Argument(f"{_SCORING}.scale_settings.max_node_count", 4)),
        ("testScoringCluster", Argument(f"{_SCORING}.name", "test-scoring-cluster")),
        ("auto_deploy: No", Variable("autoDeploy", "false")),
        ("approval_required: Yes", Variable("approvalRequired", "true")),
        ("canary_deployment: Yes", Variable("canaryDeployment", "true")),
        ("canary_deployment: 50% traffic", Variable("canaryTraffic", "50")),
        ("min_accuracy: 0.80", Variable("validationMinAccuracy", "0.80")),
        ("max_mae: 7.0", Variable("validationMaxMae", "7.0")),
        ("max_rmse: 10.0", Variable("validationMaxRmse", "10.0")),
        ("log_level: INFO", Variable("monitoringLogLevel", "INFO")),
        ("alerts: Enabled", Variable("alertsEnabled", "true")),
        ("alerts: email + Slack", Variable("alertChannels", "email,slack")),
        (
            "alerts: email",
            Argument(f"{_CHANNELS}.email_receiver.0.email_address", "ml-team@company.com"),
        ),
        ("alerts: Slack", Argument(f"{_CHANNELS}.logic_app_receiver.0.name", "slack")),
        ("model_drift: 0.15", Variable("alertModelDrift", "0.15")),
        ("model_drift: 0.15, the rule", Argument(f"{_ALERT}model_drift.criteria.0.threshold", 0.15)),
        ("data_drift: 0.20", Variable("alertDataDrift", "0.20")),
        ("data_drift: 0.20, the rule", Argument(f"{_ALERT}data_drift.criteria.0.threshold", 0.20)),
        ("prediction_latency_ms: 1000", Variable("alertPredictionLatencyMs", "1000")),
        (
            "prediction_latency_ms: 1000, the rule",
            Argument(f"{_ALERT}prediction_latency.criteria.0.threshold", 1000),
        ),
        ("error_rate_percent: 5", Variable("alertErrorRatePercent", "5")),
        ("error_rate_percent: 5, the rule", Argument(f"{_ALERT}error_rate.criteria.0.threshold", 5)),
        ("models: 90 days", Variable("retentionModelsDays", "90")),
        ("logs: 30 days", Variable("retentionLogsDays", "30")),
        ("logs: 30 days, in Log Analytics", Argument(f"{_LOGS}.retention_in_days", 30)),
        ("logs: 30 days, telemetry", Argument(f"{_TABLE}AppTraces.retention_in_days", 30)),
        ("datasets: 180 days", Variable("retentionDatasetsDays", "180")),
        *(("datasets: 180 days, deleted", argument) for argument in _kept(0, 180)),
    ],
    "prod": [
        ('scoring_cluster: "Standard_DS4_v2"', Argument(f"{_SCORING}.vm_size", "STANDARD_DS4_V2")),
        ("scoring_cluster: 2 warm for HA", Argument(f"{_SCORING}.scale_settings.min_node_count", 2)),
        ("scoring_cluster: to 8 nodes", Argument(f"{_SCORING}.scale_settings.max_node_count", 8)),
        ("prodScoringCluster", Argument(f"{_SCORING}.name", "prod-scoring-cluster")),
        ("auto_deploy: No", Variable("autoDeploy", "false")),
        ("approval_required: Yes", Variable("approvalRequired", "true")),
        (
            "approval_required: 2 approvers",
            Argument("azuredevops_check_approval.approval_approval.minimum_required_approvers", 2),
        ),
        ("blue_green_deployment: Yes", Variable("blueGreenDeployment", "true")),
        ("traffic_ramp: 0% → 10% → 25% → 50% → 100%", Variable("trafficRamp", "0,10,25,50,100")),
        ("min_accuracy: 0.85", Variable("validationMinAccuracy", "0.85")),
        ("max_mae: 5.0", Variable("validationMaxMae", "5.0")),
        ("max_rmse: 7.0", Variable("validationMaxRmse", "7.0")),
        ("min_precision: 0.85", Variable("validationMinPrecision", "0.85")),
        ("min_recall: 0.80", Variable("validationMinRecall", "0.80")),
        ("log_level: WARNING", Variable("monitoringLogLevel", "WARNING")),
        ("alerts: Enabled", Variable("alertsEnabled", "true")),
        ("alerts: PagerDuty + email + Slack", Variable("alertChannels", "pagerduty,email,slack")),
        ("alerts: PagerDuty", Argument(f"{_CHANNELS}.webhook_receiver.0.name", "pagerduty")),
        (
            "alerts: email",
            Argument(f"{_CHANNELS}.email_receiver.0.email_address", "ml-team@company.com"),
        ),
        ("alerts: Slack", Argument(f"{_CHANNELS}.logic_app_receiver.0.name", "slack")),
        (
            "application_insights: Enabled (10% sampling)",
            Argument("azurerm_application_insights.monitoring_application_insights.sampling_percentage", 10),
        ),
        ("model_drift: 0.10", Variable("alertModelDrift", "0.10")),
        ("model_drift: 0.10, the rule", Argument(f"{_ALERT}model_drift.criteria.0.threshold", 0.10)),
        ("data_drift: 0.15", Variable("alertDataDrift", "0.15")),
        ("data_drift: 0.15, the rule", Argument(f"{_ALERT}data_drift.criteria.0.threshold", 0.15)),
        ("prediction_latency_ms: 500", Variable("alertPredictionLatencyMs", "500")),
        (
            "prediction_latency_ms: 500, the rule",
            Argument(f"{_ALERT}prediction_latency.criteria.0.threshold", 500),
        ),
        ("error_rate_percent: 2", Variable("alertErrorRatePercent", "2")),
        ("error_rate_percent: 2, the rule", Argument(f"{_ALERT}error_rate.criteria.0.threshold", 2)),
        ("endpoint_availability_percent: 99.5", Variable("alertEndpointAvailabilityPercent", "99.5")),
        (
            "endpoint_availability_percent: 99.5, the rule",
            Argument(f"{_ALERT}endpoint_availability.criteria.0.threshold", 99.5),
        ),
        ("auto_rollback enabled: Yes", Variable("autoRollbackEnabled", "true")),
        (
            "auto_rollback enabled: Yes, the webhook",
            Argument(
                "azuredevops_serviceendpoint_incomingwebhook.rollback_webhook.webhook_name",
                "mlops-prod-rollback",
            ),
        ),
        ("error_threshold: 5%", Variable("autoRollbackErrorThreshold", "5")),
        ("error_threshold: 5%, the rule", Argument(f"{_ALERT}rollback_error_rate.criteria.0.threshold", 5)),
        ("latency_threshold: 2000ms", Variable("autoRollbackLatencyThreshold", "2000")),
        (
            "latency_threshold: 2000ms, the rule",
            Argument(f"{_ALERT}rollback_latency.criteria.0.threshold", 2000),
        ),
        ("models: 365 days", Variable("retentionModelsDays", "365")),
        ("logs: 90 days", Variable("retentionLogsDays", "90")),
        (
            "logs: 90 days, in Log Analytics",
            Argument(f"{_LOGS}.retention_in_days", 90),
        ),
        ("datasets: 730 days", Variable("retentionDatasetsDays", "730")),
        *(("datasets: 730 days, deleted", argument) for argument in _kept(0, 730)),
        ("predictions: 180 days", Variable("retentionPredictionsDays", "180")),
        *(("predictions: 180 days, deleted", argument) for argument in _kept(1, 180)),
        ("backup frequency: Daily", Variable("backupFrequency", "Daily")),
        (
            "backup frequency: Daily, the policy",
            Argument(
                f"{_BACKUP}_policy_blob_storage.backup_policy.backup_repeating_time_intervals.0",
                "R/2025-01-01T02:00:00+00:00/P1D",
            ),
        ),
        ("backup retention: 30 days", Variable("backupRetentionDays", "30")),
        (
            "backup retention: 30 days, the policy",
            Argument(f"{_BACKUP}_policy_blob_storage.backup_policy.vault_default_retention_duration", "P30D"),
        ),
        (
            "backup retention: 30 days of soft delete",
            Argument(f"{_STORAGE}.blob_properties.delete_retention_policy.days", 30),
        ),
        ("geo_redundant: Yes", Variable("backupGeoRedundant", "true")),
        ("geo_redundant: Yes, the account", Argument(f"{_STORAGE}.account_replication_type", "GRS")),
        (
            "geo_redundant: Yes, the vault",
            Argument(f"{_BACKUP}_vault.backup_vault.redundancy", "GeoRedundant"),
        ),
        ("vnet: Enabled", Argument("azurerm_virtual_network.network.name", "mlops-prod-network")),
        (
            "vnet: Enabled, for compute",
            Argument(f"{_WORKSPACE}.managed_network.isolation_mode", "AllowInternetOutbound"),
        ),
        ("vnet: Enabled, no public nodes", Argument(f"{_SCORING}.node_public_ip_enabled", False)),
        ("private_endpoints: Yes", Argument(f"{_WORKSPACE}.public_network_access_enabled", False)),
        ("private_endpoints: Yes, storage", Argument(f"{_STORAGE}.public_network_access_enabled", False)),
        ("private_endpoints: Yes, vault", Argument(f"{_VAULT}.public_network_access_enabled", False)),
        (
            "private_endpoints: Yes, images",
            Argument("azurerm_container_registry.container_registry.public_network_access_enabled", False),
        ),
        *(
            (
                f"private_endpoints: Yes, to {part}",
                Argument(f"{_ENDPOINT}{part}.private_service_connection.subresource_names.0", subresource),
            )
            for part, subresource in {
                "workspace": "amlworkspace",
                "storage_blob": "blob",
                "storage_file": "file",
                "key_vault": "vault",
                "container_registry": "registry",
                "shared_registry": "amlregistry",
                "monitor": "azuremonitor",
            }.items()
        ),
        ("managed_identity: Yes", Argument(f"{_WORKSPACE}.identity.type", "UserAssigned")),
        ('key_vault: "mlops-prod-keyvault"', Argument(f"{_VAULT}.name", "mlops-prod-keyvault")),
    ],
}


# --- Approval environments, roles, permissions ---------------------------------------------------------

APPROVALS = [
    # environment, stack, used by, approvers, branches
    ("registry-promotion", "mlops-registry", ["Promotion"], ["ML team leads"], "refs/heads/develop"),
    ("test-deployment", "mlops-test", ["Test Deployment"], ["QA team"], "refs/heads/release/*"),
    (
        "prod-deployment",
        "mlops-prod",
        ["Prod Deployment"],
        ["Senior engineers", "Platform lead"],
        "refs/heads/main",
    ),
]

CONNECTIONS = [
    # service connection, stack, used by, branches (None: pull requests run on refs of their own)
    ("Azure-MLOps-Dev", "mlops-dev", ["Training", "Promotion"], "refs/heads/develop"),
    ("Azure-MLOps-Test", "mlops-test", ["Test Deployment"], "refs/heads/release/*"),
    ("Azure-MLOps-Prod", "mlops-prod", ["Prod Deployment"], "refs/heads/main"),
    ("Azure-MLOps-Shared", "mlops-registry", ["PR Validation"], None),
]

FURTHER_CONNECTIONS = [
    # Only this one writes to the shared registry; the guide's own read it.
    ("Azure-MLOps-Registry", "mlops-registry", ["Promotion"], "refs/heads/develop"),
]
"""Connections that the guide does not have."""

PERMISSIONS = {
    # group: {team: role}. Who may edit a value is Administrator, who may only look is Reader.
    "mlops-dev-variables": {"Developers": "Administrator"},
    "mlops-test-variables": {"QA team": "Reader", "Leads": "Administrator"},
    "mlops-prod-variables": {"Senior engineers": "Administrator"},
    "mlops-registry-variables": {"Platform team": "Administrator"},
    "mlops-shared-variables": {"Platform team": "Administrator"},
    # The guide names no role here. The values are Dev's, so that developers edit them as they do Dev's.
    "mlops-pipeline-settings": {"Developers": "Administrator", "Platform team": "Administrator"},
}

TRAINING = {"dev": True, "test": False, "prod": False}
"""The column "Training" of the environment roles: where there is a training cluster and a schedule."""

LINES = {
    # environment: every key of its configuration block, by the section it stands in
    "dev": [
        *("training_cluster", "scoring_cluster"),
        *("frequency", "lookback_days", "forecast_horizon"),
        *("min_accuracy", "max_mae", "max_rmse"),
        *("auto_deploy", "approval_required", "traffic"),
        *("log_level", "alerts"),
        *("models", "logs", "datasets"),
    ],
    "test": [
        "scoring_cluster",
        *("auto_deploy", "approval_required", "canary_deployment"),
        *("min_accuracy", "max_mae", "max_rmse"),
        *("log_level", "alerts"),
        *("model_drift", "data_drift", "prediction_latency_ms", "error_rate_percent"),
        *("models", "logs", "datasets"),
    ],
    "prod": [
        "scoring_cluster",
        *("auto_deploy", "approval_required", "blue_green_deployment", "traffic_ramp"),
        *("min_accuracy", "max_mae", "max_rmse", "min_precision", "min_recall"),
        *("log_level", "alerts", "application_insights"),
        *("model_drift", "data_drift", "prediction_latency_ms", "error_rate_percent"),
        "endpoint_availability_percent",
        *("auto_rollback enabled", "error_threshold", "latency_threshold"),
        *("models", "logs", "datasets", "predictions"),
        *("backup frequency", "backup retention", "geo_redundant"),
        *("vnet", "private_endpoints", "managed_identity", "key_vault"),
    ],
}
