"""Wrong values: one message each, at the right place, with what is allowed and a remedy."""

from __future__ import annotations

import pytest

from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    PROD,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

ZONE_ID = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io"
)
BACKEND = "backend:\n  type: local"
AZURERM = """\
  type: azurerm
  subscription_id: "00000000-0000-0000-0000-000000000000"
  resource_group: rg
  storage_account: mystate
"""
BACKUP = "backup:\n  vault: mlops-prod-backup\n  frequency: Daily\n  retention: 30\n  geo_redundant: true\n"
REGISTRY = """\
registry:
  name: mlops-central-registry
  subscription_id: "00000000-0000-0000-0000-000000000000"
  resource_group: mlops-registry-rg
  location: eastus
  log_analytics: mlops-registry-logs
  log_retention: 90
  public_network_access: true # dev and test have no private endpoints
"""
INSTRUCTIONS = (
    "  instructions: >-\n    Deploy this model to test? Check that it comes from the shared registry and that"
    " the validation report meets\n    the test thresholds.\n"
)

KINDS = {
    "a text for a number": Mistake(
        DEV, "max_nodes: 4", 'max_nodes: «"4"', "compute.training_cluster.max_nodes",
        '"4"', "a whole number from 1 to 1000. Most nodes", "without quotes",
    ),
    "a fraction for a whole number": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «4.0", "compute.training_cluster.max_nodes",
        "4.0 without quotes", "a whole number from 1 to 1000", "whole number",
    ),
    "an octal number": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «010", "compute.training_cluster.max_nodes",
        "010 without quotes", "a whole number", "whole number",
    ),
    "a number with underscores": Mistake(
        TEST, "prediction_latency_ms: 1000", "prediction_latency_ms: «1_000",
        "alert_thresholds.prediction_latency_ms",
        "1_000 without", "from 1 to 600000", "whole number",
    ),
    "a number of a thousand digits": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «" + "9" * 5000, "compute.training_cluster.max_nodes",
        "999... without quotes", "a whole number", "whole number",
    ),
    "a number below its range": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «0", "compute.training_cluster.max_nodes",
        "0", "a whole number from 1 to 1000", "in that range",
    ),
    "a number above its range": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «1001", "compute.training_cluster.max_nodes",
        "1001", "a whole number from 1 to 1000", "in that range",
    ),
    "a number without an upper bound": Mistake(
        PROD, "minimum_approvers: 2", "minimum_approvers: «0", "approval_environment.minimum_approvers",
        "0", "a whole number of 1 or more", "in that range",
    ),
    "a canary of no traffic": Mistake(
        TEST, "canary_traffic: 50", "canary_traffic: «0", "deployment.canary_traffic",
        "0", "from 1 to 99", "in that range",
    ),
    "a canary of all traffic": Mistake(
        TEST, "canary_traffic: 50", "canary_traffic: «100", "deployment.canary_traffic",
        "100", "from 1 to 99", "in that range",
    ),
    "a percentage with its sign": Mistake(
        TEST, "canary_traffic: 50", "canary_traffic: «50%", "deployment.canary_traffic",
        '"50%"', "from 1 to 99", "without quotes",
    ),
    "a number inside a list": Mistake(
        PROD, "25, 50, 100]", "25, «101, 100]", "deployment.traffic_ramp[3]",
        "101", "from 0 to 100. Traffic of the new model", "in that range",
    ),
    "a number for a text": Mistake(
        DEV, "location: eastus", "location: «5", "location",
        "5", "an Azure region in its short form, such as eastus. Azure", "write it like eastus",
    ),
    "a number for a text that may be one": Mistake(
        DEV, "purpose: Dev", "purpose: «5 # Dev", "variable_group.purpose",
        "5", "text. What the group is for", 'put it in quotes: "5"',
    ),
    "seconds for a duration": Mistake(
        DEV, "idle_time: PT15M", "idle_time: «900", "compute.training_cluster.idle_time",
        "900", "an ISO 8601 duration from PT2M to P7D", "write it like PT15M (15 minutes)",
    ),
    "half a range": Mistake(
        PROD, "address_space: 10.30.0.0/24", "address_space: «10.30", "private_network.address_space",
        "10.30 without quotes", "by its first address, such as 10.30.0.0/24", "take a part of 10.0.0.0/8",
    ),
    "a truth value for a text": Mistake(
        DEV, "location: eastus", "location: «True", "location",
        "true", "text", 'put it in quotes: "true"',
    ),
    "a version without quotes": Mistake(
        PLATFORM, '"3.9"', "«3.10", "pipeline_settings.pythonVersion",
        "3.10 without quotes", "text. Python version", 'put it in quotes: "3.10"',
    ),
    "a share without quotes": Mistake(
        DEV, '"0.70"', "«0.70", "validation.min_accuracy",
        "0.70 without quotes", 'a share from "0" to "1"', 'so that no digit of it is lost: "0.70"',
    ),
    "an error rate without quotes": Mistake(
        TEST, "error_rate_percent: 5", "error_rate_percent: «5.5", "alert_thresholds.error_rate_percent",
        "5.5 without quotes", "a percentage from 0 to 100", 'so that no digit of it is lost: "5.5"',
    ),
    "a truth value for a share": Mistake(
        DEV, '"0.70"', "«true", "validation.min_accuracy",
        "true", 'a share from "0" to "1"', "write a number",
    ),
    "a negative whole number for a measure": Mistake(
        DEV, '"10.0"', "«-1", "validation.max_mae",
        "-1", "a number of 0 or more", "write a number",
    ),
    "a share above 1": Mistake(
        DEV, '"0.70"', '«"1.01"', "validation.min_accuracy",
        '"1.01"', 'a share from "0" to "1"', "write a number",
    ),
    "a yes": Mistake(
        DEV, "auto_deploy: true", "auto_deploy: «yes", "deployment.auto_deploy",
        '"yes"', "true or false. Whether", "without quotes",
    ),
    "a quoted truth value": Mistake(
        DEV, "auto_deploy: true", 'auto_deploy: «"true"', "deployment.auto_deploy",
        '"true"', "true or false", "without quotes",
    ),
    "a number for a truth value": Mistake(
        DEV, "auto_deploy: true", "auto_deploy: «1", "deployment.auto_deploy",
        "1", "true or false", "true or false",
    ),
    "a mistyped choice": Mistake(
        DEV, "log_level: DEBUG", "log_level: «debg", "monitoring.log_level",
        '"debg"', "one of DEBUG, INFO, WARNING, ERROR, CRITICAL", "did you mean DEBUG?",
    ),
    "an unknown choice": Mistake(
        DEV, "log_level: DEBUG", "log_level: «verbose", "monitoring.log_level",
        '"verbose"', "one of DEBUG, INFO", "choose one of them",
    ),
    "the only choice": Mistake(
        PROD, "frequency: Daily", "frequency: «Weekly", "backup.frequency",
        '"Weekly"', "one of Daily", "choose one of them",
    ),
    "an unknown choice in a list": Mistake(
        TEST, "[email, slack]", "[email, «slak]", "monitoring.alerts[1]",
        '"slak"', "one of email, slack, pagerduty. Channels", "did you mean slack?",
    ),
    "an unknown role": Mistake(
        DEV, "developers: Administrator", "developers: «Admin", "variable_group.permissions.developers",
        '"Admin"', "one of Reader, User, Administrator", "did you mean Administrator?",
    ),
    "a word for a list": Mistake(
        DEV, "branches: [develop]", "branches: «develop", "service_connection.branches",
        '"develop"', "a list", "write it as a list: [develop]",
    ),
    "a mapping for a list": Mistake(
        DEV, "branches: [develop]", "branches: «{develop: 1}", "service_connection.branches",
        "keys and values", "a list", "write it as a list",
    ),
    "a list for a mapping": Mistake(
        DEV, "    developers: Administrator", "    «- developers", "variable_group.permissions",
        "a list", "keys and values. Role of each team", "write keys and values below it",
    ),
    "a word for a section": Mistake(
        DEV,
        "monitoring:\n  log_level: DEBUG\n  alerts: [] # disabled\n  email: ml-team@company.com\n",
        "monitoring: «off\n", "monitoring",
        '"off"', "keys and values. Logs", "write keys and values below it",
    ),
    "a list for a text": Mistake(
        DEV, "location: eastus", "location: «[eastus]", "location",
        "a list", "text", "write a text",
    ),
    "a mapping for a text": Mistake(
        DEV, "location: eastus", "location: «{a: b}", "location",
        "keys and values", "text", "write a text",
    ),
    "an empty list of approvers": Mistake(
        TEST, "[qa_team]", "«[]", "approval_environment.approvers",
        "an empty list", "a list of 1 or more. Teams", "add entries: 1 at least",
    ),
    "no branch at a gate": Mistake(
        TEST, "branches: [release/*]\n  verify_branch_protection: true\n\ncompute", "branches: «[]\ncompute",
        "approval_environment.branches",
        "an empty list", "a list of 1 or more", "add entries: 1 at least",
    ),
    "a ramp of one step": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[100]", "deployment.traffic_ramp",
        "a list", "a list of 2 or more", "add entries: 2 at least",
    ),
    "empty instructions": Mistake(
        TEST, INSTRUCTIONS, '  instructions: «""\n', "approval_environment.instructions",
        '""', "a text of 1 or more characters", "write 1 or more characters",
    ),
    "long instructions": Mistake(
        TEST, INSTRUCTIONS, f"  instructions: «{'a' * 2049}\n", "approval_environment.instructions",
        "aaa...", "a text of at most 2048 characters", "shorten it to 2048 characters",
    ),
    "nothing for a text": Mistake(
        DEV, "location: eastus", "«location:", "location",
        "nothing", "text. Azure region", "write a text",
    ),
    "null for a number": Mistake(
        DEV, "max_nodes: 4", "max_nodes: «null", "compute.training_cluster.max_nodes",
        "nothing", "a whole number from 1 to 1000", "whole number",
    ),
    "nothing for an optional section": Mistake(
        PROD, BACKUP, "«backup:\n", "backup",
        "nothing", "keys and values. Backup", "write keys and values below it",
    ),
    "nothing in a list": Mistake(
        DEV, "branches: [develop]", "branches:\n    - develop\n    -«\n", "service_connection.branches[1]",
        "nothing", "text. Branches", "write a text",
    ),
    "logs of the registry kept too short": Mistake(
        PLATFORM, "log_retention: 90", "log_retention: «29", "registry.log_retention",
        "29", "a whole number from 30 to 730", "in that range",
    ),
    "logs of the registry kept too long": Mistake(
        PLATFORM, "log_retention: 90", "log_retention: «731", "registry.log_retention",
        "731", "a whole number from 30 to 730. How long those records are kept (days)", "in that range",
    ),
    "a registry that says nothing about public networks": Mistake(
        PLATFORM, REGISTRY, REGISTRY.replace("registry:", "«registry:").partition("  public")[0],
        "registry.public_network_access",
        "nothing", "the key public_network_access. Whether public networks", "add public_network_access",
    ),
    "locks on the registry in a word": Mistake(
        PLATFORM, "delete_locks: true", "delete_locks: «all", "registry.delete_locks",
        '"all"', "true or false. Whether locks keep the registry", "without quotes",
    ),
    "locks in a word": Mistake(
        PROD, "delete_locks: true", "delete_locks: «'true'", "security.delete_locks",
        '"true"', "true or false. Whether locks keep storage", "without quotes",
    ),
    "a group of people by its name": Mistake(
        PROD, "security:\n", "access:\n  reader: [«Auditors]\n\nsecurity:\n", "access.reader[0]",
        '"Auditors"', "the object id of an Entra group", "copy the object id from the Microsoft Entra admin center",
    ),
    "a budget of nothing": Mistake(
        DEV, "amount: 1000", "amount: «0", "budget.amount",
        "0", "a whole number from 1 to 1000000000. Amount a month", "in that range",
    ),
    "a budget without notices": Mistake(
        DEV, "[80, 100]", "«[]", "budget.thresholds",
        "an empty list", "a list of 1 or more. Shares of the amount", "add entries: 1 at least",
    ),
    "a budget with too many notices": Mistake(
        DEV, "[80, 100]", "«[20, 40, 60, 80, 100]", "budget.thresholds",
        "a list", "a list of at most 4. Shares of the amount", "remove entries: 4 at most",
    ),
    "a notice at nothing": Mistake(
        DEV, "[80, 100]", "[«0, 100]", "budget.thresholds[0]",
        "0", "a whole number from 1 to 1000", "in that range",
    ),
    "a notice at eleven budgets": Mistake(
        DEV, "[80, 100]", "[80, «1001]", "budget.thresholds[1]",
        "1001", "a whole number from 1 to 1000", "in that range",
    ),
    "a forecast of nothing": Mistake(
        PROD, "forecast: 100", "forecast: «0", "budget.forecast",
        "0", "a whole number from 1 to 1000. Share of the amount", "in that range",
    ),
    "a forecast of eleven budgets": Mistake(
        PROD, "forecast: 100", "forecast: «1001", "budget.forecast",
        "1001", "a whole number from 1 to 1000", "in that range",
    ),
    "another time zone": Mistake(
        DEV, "time_zone: UTC", "time_zone: «Europe/Berlin", "training_schedule.time_zone",
        '"Europe/Berlin"', "one of UTC. Time zone of the cron expression", "choose one of them",
    ),
    "a mistyped isolation mode": Mistake(
        PROD, "isolation_mode: AllowInternetOutbound", "isolation_mode: «AllowInternet",
        "private_network.isolation_mode",
        '"AllowInternet"', "one of AllowInternetOutbound, AllowOnlyApprovedOutbound",
        "did you mean AllowInternetOutbound?",
    ),
    "a network without its range": Mistake(
        PROD, "private_network:\n  address_space: 10.30.0.0/24\n", "«private_network:\n", "private_network",
        "neither address_space nor virtual_network", "address_space for a network of its own", "add one of the two",
    ),
    "a host for a list of hosts": Mistake(
        PROD, "  isolation_mode:", "  outbound_fqdns: «pypi.org\n  isolation_mode:",
        "private_network.outbound_fqdns",
        '"pypi.org"', "a list, such as [one, two]. Hosts", "write it as a list: [pypi.org]",
    ),
    "an unknown kind of backend": Mistake(
        PLATFORM, "type: local", "type: «lokal", "backend.type",
        '"lokal"', "one of local, azurerm. Kind of the backend", "did you mean local?",
    ),
    "a mapping for the kind of backend": Mistake(
        PLATFORM, "type: local", "type: «{a: b}", "backend.type",
        "keys and values", "one of local, azurerm", "choose one of them",
    ),
    "a backend without its kind": Mistake(
        PLATFORM, BACKEND, "«backend: {}", "backend.type",
        "nothing", "the key type", "add type",
    ),
    "a list for the backend": Mistake(
        PLATFORM, BACKEND, "backend: «[local]", "backend",
        "a list", "keys and values", "write keys and values",
    ),
    "a wrong value in a backend": Mistake(
        PLATFORM, "  type: local\n", f"{AZURERM}  container: «A\n", "backend.container",
        '"A"', "3 to 63 lower-case letters", "write it like",
    ),
}  # fmt: skip

# A wrong text for each kind of text; test_texts.py has the limits of each kind.
TEXTS = {
    "a tenant": Mistake(
        PLATFORM, 'tenant_id: "00000000-0000-0000-0000-000000000000"', "tenant_id: «1234", "azure.tenant_id",
        "1234", "a GUID such as", "copy the id from the Azure portal",
    ),
    "a tenant in quotes": Mistake(
        PLATFORM, 'tenant_id: "00000000-0000-0000-0000-000000000000"', 'tenant_id: «"1234"',
        "azure.tenant_id",
        '"1234"', "a GUID such as", "copy the id from the Azure portal",
    ),
    "an organization": Mistake(
        PLATFORM, '"https://dev.azure.com/', '«"http://dev.azure.com/', "azure_devops.organization_url",
        '"http://', "the address of an organization", "write it like",
    ),
    "a project": Mistake(
        PLATFORM, "    name: mlops", "    name: «/mlops", "azure_devops.project.name",
        '"/mlops"', "1 to 128 characters", "write it like",
    ),
    "a team": Mistake(
        PLATFORM, "{ name: Developers,", '{ name: «"Developers ",', "teams.developers.name",
        '"Developers "', "no blank at either end", "write it like",
    ),
    "a folder": Mistake(
        PLATFORM, "{ name: Training }", "{ name: Training, folder: «/ml }", "pipelines.Training.folder",
        '"/ml"', "starts with a backslash", "write it like",
    ),
    "a registry": Mistake(
        PLATFORM, "name: mlops-central-registry", "name: «ml", "registry.name",
        '"ml"', "3 to 33 letters", "write it like",
    ),
    "a shared storage account": Mistake(
        PLATFORM, "storage_account: mlopsstorage", "storage_account: «mlops-storage",
        "shared.storage_account",
        '"mlops-storage"', "3 to 24 lower-case letters", "write it like",
    ),
    "a container": Mistake(
        PLATFORM, "data_container: validation-data", "data_container: «validation--data",
        "shared.data_container",
        '"validation--data"', "single hyphens", "write it like",
    ),
    "an e-mail address": Mistake(
        PLATFORM, "mlEngineersEmail: ml-team@company.com", "mlEngineersEmail: «ml-team",
        "pipeline_settings.mlEngineersEmail",
        '"ml-team"', "one e-mail address", "write it like",
    ),
    "a Python version": Mistake(
        PLATFORM, '"3.9"', '«"2.7"', "pipeline_settings.pythonVersion",
        '"2.7"', 'such as "3.9"', "write it like",
    ),
    "a tag": Mistake(
        PLATFORM, "  platform: mlops", '  platform: «' + 'm' * 257, "tags.platform",
        'mmm..."', "at most 256 characters", "shorten it to 256 characters",
    ),
    "too many tags": Mistake(
        PLATFORM, "tags:\n", "«tags:\n" + "".join(f"  tag{i}: x\n" for i in range(13)), "tags",
        "15 tags", "at most 14", "remove",
    ),
    "the beginning of a policy's tags": Mistake(
        PLATFORM, "tags:\n", "ignored_tags: [«hidden-*]\ntags:\n", "ignored_tags[0]",
        '"hidden-*"', "the whole name of a tag", "write each name out",
    ),
    "a stack prefix": Mistake(
        PLATFORM, "tags:\n", "stack_prefix: «ML\ntags:\n", "stack_prefix",
        '"ML"', "2 to 20 lower-case letters", "write it like mlops",
    ),
    "an environment": Mistake(
        DEV, "name: dev\n", "name: «Dev\n", "name",
        '"Dev"', "2 to 20 lower-case letters", "write it like",
    ),
    "a subscription": Mistake(
        DEV, '"00000000-0000-0000-0000-000000000000"', '«"12345678-1234-..."', "subscription_id",
        '"12345678-1234-..."', "a GUID", "copy the id",
    ),
    "a resource group": Mistake(
        DEV, "resource_group: mlops-dev-rg", "resource_group: «mlops-dev-rg.", "resource_group",
        '"mlops-dev-rg."', "not ending with a dot", "write it like",
    ),
    "a region": Mistake(
        DEV, "location: eastus", "location: «East US", "location",
        '"East US"', "an Azure region in its short form", "write it like",
    ),
    "a workspace": Mistake(
        DEV, "name: mlops-dev-workspace", "name: «-dev", "workspace.name",
        '"-dev"', "3 to 33 letters", "write it like",
    ),
    "a storage account": Mistake(
        DEV, "storage_account: mlopsdevstorage", "storage_account: «mlopsDevStorage",
        "workspace.storage_account",
        '"mlopsDevStorage"', "3 to 24 lower-case letters", "write it like",
    ),
    "a container registry": Mistake(
        DEV, "container_registry: mlopsdevregistry", "container_registry: «mlops-dev",
        "workspace.container_registry",
        '"mlops-dev"', "5 to 50 letters and digits", "write it like",
    ),
    "an Application Insights": Mistake(
        DEV, "application_insights: mlops-dev-insights", "application_insights: «50%",
        "workspace.application_insights",
        '"50%"', "without % &", "write it like",
    ),
    "a Log Analytics": Mistake(
        DEV, "log_analytics: mlops-dev-logs", "log_analytics: «dev", "workspace.log_analytics",
        '"dev"', "4 to 63 letters", "write it like",
    ),
    "a cluster": Mistake(
        DEV, "name: dev-training-cluster", "name: «dev_training", "compute.training_cluster.name",
        '"dev_training"', "3 to 32 letters", "write it like",
    ),
    "a VM size": Mistake(
        DEV, "vm_size: Standard_DS3_v2", "vm_size: «DS3_v2", "compute.training_cluster.vm_size",
        '"DS3_v2"', "an Azure VM size", "write it like",
    ),
    "an idle time": Mistake(
        DEV, "idle_time: PT15M", "idle_time: «15m", "compute.training_cluster.idle_time",
        '"15m"', "from PT2M to P7D", "write it like PT15M",
    ),
    "a schedule": Mistake(
        DEV, '"0 2 * * *"', '«"0 2 * *"', "training_schedule.frequency",
        '"0 2 * *"', "five fields", "write all five fields",
    ),
    "an hour": Mistake(
        DEV, '"0 2 * * *"', '«"0 24 * * *"', "training_schedule.frequency",
        '"0 24 * * *"', "hour: 0 to 23", "write the hour like 0, 0-23, 0,23 or */2",
    ),
    "a timeout": Mistake(
        TEST, "timeout: P7D", "timeout: «PT90S", "approval_environment.timeout",
        '"PT90S"', "from PT1M to P30D in whole minutes", "write it like PT15M",
    ),
    "a branch": Mistake(
        DEV, "[develop]", "[«refs/heads/develop]", "service_connection.branches[0]",
        '"refs/heads/develop"', "without refs/heads/", "write it like",
    ),
    "a key vault": Mistake(
        DEV, "key_vault: mlops-dev-keyvault", "key_vault: «mlops--dev", "security.key_vault",
        '"mlops--dev"', "no '--'", "write it like",
    ),
    "a backup vault": Mistake(
        PROD, "vault: mlops-prod-backup", "vault: «1st-backup", "backup.vault",
        '"1st-backup"', "2 to 50 letters, digits and hyphens", "write it like",
    ),
    "an address for alerts": Mistake(
        DEV, "email: ml-team@company.com", "email: «ml-team", "monitoring.email",
        '"ml-team"', "one e-mail address of at most 254 characters. Where alerts by email", "write it like",
    ),
    "a webhook": Mistake(
        PROD, "name: mlops-prod-rollback", "name: «mlops_rollback", "auto_rollback.webhook.name",
        '"mlops_rollback"', "3 to 64 letters, digits and hyphens", "write it like",
    ),
    "a registry's Log Analytics": Mistake(
        PLATFORM, "log_analytics: mlops-registry-logs", "log_analytics: «reg", "registry.log_analytics",
        '"reg"', "4 to 63 letters", "write it like",
    ),
    "a range of the internet": Mistake(
        PROD, "10.30.0.0/24", "«8.8.8.0/24", "private_network.address_space",
        '"8.8.8.0/24"', "a private IPv4 range from /16 to /24", "take a part of 10.0.0.0/8",
    ),
    "an address in the middle of a range": Mistake(
        PROD, "10.30.0.0/24", "«10.30.0.1/24", "private_network.address_space",
        '"10.30.0.1/24"', "by its first address, such as 10.30.0.0/24", "take a part of",
    ),
    "a host": Mistake(
        PROD, "  isolation_mode:", "  outbound_fqdns: [pypi.org, «https://pypi.org]\n  isolation_mode:",
        "private_network.outbound_fqdns[1]",
        '"https://pypi.org"', "a host name in lower case", "write it like",
    ),
    "a feed with its token": Mistake(
        DEV, "\nsecurity:", "\npackage_feeds: [«https://ml:s3cr3t@pkgs.contoso.com/simple/]\nsecurity:",
        "package_feeds[0]",
        "a text", "the https address of a Python package index, its host in lower case, without port, user and token",
        "credentials are kept in a connection of the workspace",
    ),
    "a feed that is no list, with its token": Mistake(
        DEV, "\nsecurity:", "\npackage_feeds: «https://ml:s3cr3t@pkgs.contoso.com/simple/\nsecurity:",
        "package_feeds",
        "a text", "a list, such as [one, two]", "write it as a list",
    ),
    "a DNS server": Mistake(
        PROD, "  isolation_mode:", "  dns_servers: [«dns.hub]\n  isolation_mode:",
        "private_network.dns_servers[0]",
        '"dns.hub"', "an IPv4 address, such as 10.0.0.4", "write it like",
    ),
    "a DNS zone's name": Mistake(
        PROD, "  isolation_mode:", f"  dns_zones: {{«azurecr.io: {ZONE_ID}}}\n  isolation_mode:",
        "private_network.dns_zones.azurecr.io",
        '"azurecr.io"', "one of privatelink.api.azureml.ms, privatelink.notebooks", "the zone's whole name",
    ),
    "a DNS zone's id": Mistake(
        PROD, "  isolation_mode:", "  dns_zones: {privatelink.azurecr.io: «hub}\n  isolation_mode:",
        "private_network.dns_zones.privatelink.azurecr.io",
        '"hub"', "the resource id of a private DNS zone, such as /subscriptions/", "in the Azure portal",
    ),
    "an approver": Mistake(
        TEST, "[qa_team]", "[«QA team]", "approval_environment.approvers[0]",
        '"QA team"', "the key of a team, or the name that a person signs in with", "write a key from teams",
    ),
}  # fmt: skip


MISTAKES = KINDS | TEXTS


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


@pytest.mark.parametrize("name", ["a feed with its token", "a feed that is no list, with its token"])
def test_a_token_in_an_address_is_not_shown(configuration: Configuration, name: str) -> None:
    configuration.edit(*MISTAKES[name][:3])
    assert "s3cr3t" not in "".join(map(str, configuration.problems()))
