"""Rules within one file: one message for each mistake, and none for what is just allowed."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
from settings.models.existing import ExistingInEnvironment
from settings.models.texts import DNS_ZONES, MONITOR_DNS_ZONES
from settings.reading.problems import dotted
from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    PROD,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups"
LOGS = f"{GROUP}/platform-rg/providers/Microsoft.OperationalInsights/workspaces/platform-logs"
ACTION_GROUP = f"{GROUP}/platform-rg/providers/Microsoft.Insights/actionGroups/on-call"
APPROVERS = "[senior_engineers, platform_lead]"
LINKED_GROUP = """\
key_vault_variable_group:
  name: linked-secrets
  used_by: []
  permissions: {}
  secrets: [one, two]

"""
NETWORK = """\
private_network:
  address_space: 10.10.0.0/24
  isolation_mode: AllowInternetOutbound

"""
HUB = "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub-rg/providers/Microsoft.Network"
ZONE_ID = f"{HUB}/privateDnsZones/privatelink.azurecr.io"
SPOKE = f"{HUB}/virtualNetworks/spoke"
THEIRS = f"  virtual_network: {SPOKE}\n  subnets: {{private_endpoints: ml-endpoints}}\n"
RANGE = "  address_space: 10.30.0.0/24\n"
NEEDED_ZONES = [zone for zone in DNS_ZONES if zone not in MONITOR_DNS_ZONES]


def zones(*names: str) -> str:
    """Return entries of dns_zones."""
    return "".join(f"    {name}: {HUB}/privateDnsZones/{name}\n" for name in names)


WEBHOOK = "  webhook:\n    name: mlops-prod-rollback\n    used_by: [Auto Rollback]\n"
SCHEDULE = """\
training_schedule:
  frequency: "0 2 * * *" # daily at 2 AM
  time_zone: UTC
  lookback_days: 90
  forecast_horizon: 7

"""

MISTAKES = {
    "predictions that go while they are backed up": Mistake(
        PROD, "predictions: 180", "predictions: «6", "retention.predictions",
        "6 days, with backup", "at least 7 days where there is a backup", "raise it, or remove backup",
    ),
    "datasets that go while they are backed up": Mistake(
        PROD, "datasets: 730", "datasets: «1", "retention.datasets",
        "1 days, with backup", "at least 7 days where there is a backup", "raise it, or remove backup",
    ),
    "more nodes at least than at most": Mistake(
        DEV, "min_nodes: 0\n    max_nodes: 4", "min_nodes: «5\n    max_nodes: 4",
        "compute.training_cluster.min_nodes",
        "5 nodes", "at most max_nodes (4 nodes)", "lower min_nodes or raise max_nodes",
    ),
    "more nodes at least, for scoring": Mistake(
        PROD, "min_nodes: 2", "min_nodes: «9", "compute.scoring_cluster.min_nodes",
        "9 nodes", "at most max_nodes (8 nodes)", "lower min_nodes or raise max_nodes",
    ),
    "a ramp that starts late": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[1, 10, 100]", "deployment.traffic_ramp",
        "1, 10, 100", "start at 0, rise at every step and end at 100", "[0, 10, 25, 50, 100]",
    ),
    "a ramp that ends early": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[0, 10, 99]", "deployment.traffic_ramp",
        "0, 10, 99", "start at 0, rise at every step and end at 100", "[0, 10, 25, 50, 100]",
    ),
    "a ramp that stands still": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[0, 10, 10, 100]", "deployment.traffic_ramp",
        "0, 10, 10, 100", "rise at every step", "[0, 10, 25, 50, 100]",
    ),
    "a ramp that falls": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[0, 50, 25, 100]", "deployment.traffic_ramp",
        "0, 50, 25, 100", "rise at every step", "[0, 10, 25, 50, 100]",
    ),
    "two strategies": Mistake(
        TEST, "canary_deployment: true", "traffic: 100\n  «canary_deployment: true",
        "deployment.canary_deployment",
        "traffic and canary_deployment", "exactly one of traffic, canary_deployment", "keep one of them",
    ),
    "no strategy": Mistake(
        DEV, "deployment:\n  auto_deploy: true\n  approval_required: false\n  traffic: 100\n",
        "«deployment:\n  auto_deploy: true\n  approval_required: false\n", "deployment",
        "no strategy", "exactly one of traffic, canary_deployment", "add one of them",
    ),
    "a strategy that is off": Mistake(
        TEST, "canary_deployment: true\n  canary_traffic: 50",
        "canary_deployment: false\n  «canary_traffic: 50", "deployment.canary_traffic",
        "canary_traffic without canary_deployment: true", "together",
        "add canary_deployment: true, or remove",
    ),
    "a canary without its traffic": Mistake(
        TEST, "canary_deployment: true\n  canary_traffic: 50", "«canary_deployment: true",
        "deployment.canary_deployment",
        "canary_deployment without canary_traffic", "together with canary_traffic", "add canary_traffic",
    ),
    "a ramp without blue-green": Mistake(
        DEV, "traffic: 100", "traffic: 100\n  «traffic_ramp: [0, 100]", "deployment.traffic_ramp",
        "traffic_ramp without blue_green_deployment: true", "together", "or remove traffic_ramp",
    ),
    "blue-green without a ramp": Mistake(
        PROD, "blue_green_deployment: true\n  traffic_ramp: [0, 10, 25, 50, 100]",
        "«blue_green_deployment: true", "deployment.blue_green_deployment",
        "blue_green_deployment without traffic_ramp", "together with traffic_ramp", "add traffic_ramp",
    ),
    "prod that deploys by itself": Mistake(
        PROD, "auto_deploy: false", "auto_deploy: «true", "deployment.auto_deploy",
        "true in an environment of tier prod", "false: prod never deploys by itself", "set it to false",
    ),
    "prod without approval": Mistake(
        PROD, "approval_required: true", "approval_required: «false", "deployment.approval_required",
        "false in an environment of tier prod", "true: prod is deployed with an approval", "set it to true",
    ),
    "an approval without a gate": Mistake(
        DEV, "approval_required: false", "approval_required: «true", "deployment.approval_required",
        "true without approval_environment", "an approval_environment that names its approvers",
        "add approval_environment with approvers",
    ),
    "a gate that is not required": Mistake(
        TEST, "approval_required: true", "approval_required: «false", "deployment.approval_required",
        "false with an approval_environment", "true where an approval_environment is given",
        "set approval_required to true, or remove approval_environment",
    ),
    "more approvals than approvers": Mistake(
        PROD, f"{APPROVERS}\n  minimum_approvers: 2", f"{APPROVERS}\n  minimum_approvers: «3",
        "approval_environment.minimum_approvers",
        "3 approvals from 2 approver entries", "at least as many approver entries", "add a team or a person",
    ),
    "more approvals than approvers, for the registry": Mistake(
        PLATFORM, "minimum_approvers: 1", "minimum_approvers: «2",
        "registry.approval_environment.minimum_approvers",
        "2 approvals from 1 approver entries", "a team or a person counts", "ask for fewer approvals",
    ),
    "an approver twice": Mistake(
        PROD, APPROVERS, "[platform_lead, «platform_lead]", "approval_environment.approvers[1]",
        '"platform_lead" a second time', "each entry once", "remove one of the two",
    ),
    "a pipeline twice": Mistake(
        DEV, "[Training, Promotion]", "[Training, Promotion, «Training]", "variable_group.used_by[2]",
        '"Training" a second time', "each entry once", "remove one of the two",
    ),
    "a channel twice": Mistake(
        TEST, "[email, slack]", "[email, slack, «email]", "monitoring.alerts[2]",
        '"email" a second time', "each entry once", "remove one of the two",
    ),
    "an environment twice": Mistake(
        PLATFORM, "[dev, test, prod]", "[dev, test, prod, «dev]", "shared.environments[3]",
        '"dev" a second time', "each entry once", "remove one of the two",
    ),
    "a schedule without a cluster": Mistake(
        TEST, "validation:", f"«{SCHEDULE}validation:", "training_schedule",
        "training_schedule without a cluster for training", "both where models are trained",
        "add compute.training_cluster, or remove training_schedule",
    ),
    "alerts without thresholds": Mistake(
        DEV, "alerts: []", "alerts: «[email]", "monitoring.alerts",
        "alerts without alert_thresholds", "alert_thresholds wherever alerts go out", "or set alerts to []",
    ),
    "private endpoints without a network": Mistake(
        PROD, "vnet: true", "vnet: «false", "security.vnet",
        "vnet: false with private_endpoints: true", "vnet: true",
        "set vnet to true, or, outside prod, private_endpoints to false",
    ),
    "alerts by email to nobody": Mistake(
        TEST, "monitoring:\n  log_level: INFO\n  alerts: [email, slack]\n  email: ml-team@company.com\n",
        "«monitoring:\n  log_level: INFO\n  alerts: [email, slack]\n", "monitoring.email",
        "nothing, with alerts by email and a budget", "the address that alerts", "add email",
    ),
    "notices about a budget to nobody": Mistake(
        DEV, "monitoring:\n  log_level: DEBUG\n  alerts: [] # disabled\n  email: ml-team@company.com\n",
        "«monitoring:\n  log_level: DEBUG\n  alerts: []\n", "monitoring.email",
        "nothing, with a budget", "notices about the budget", "add email",
    ),
    "a rollback that nobody starts": Mistake(
        PROD, f"enabled: true\n  error_threshold: 5\n  latency_threshold: 2000\n{WEBHOOK}",
        "enabled: «true\n  error_threshold: 5\n  latency_threshold: 2000\n", "auto_rollback.enabled",
        "true without webhook", "a webhook that starts the pipeline", "add webhook with name and used_by",
    ),
    "notices that stand still": Mistake(
        DEV, "[80, 100]", "«[80, 80]", "budget.thresholds",
        "80, 80", "percentages that rise", "[80, 100]",
    ),
    "notices that fall": Mistake(
        DEV, "[80, 100]", "«[50, 100, 80]", "budget.thresholds",
        "50, 100, 80", "percentages that rise", "[80, 100]",
    ),
    "prod open to public networks": Mistake(
        PROD, "private_endpoints: true", "private_endpoints: «false", "security.private_endpoints",
        "false in an environment of tier prod", "prod is not open to public networks",
        "set it to true, together with vnet: true and private_network",
    ),
    "prod open to public networks, and its network off": Mistake(
        PROD, "vnet: true\n  private_endpoints: true", "vnet: false\n  private_endpoints: «false",
        "security.private_endpoints",
        "false in an environment of tier prod", "prod is not open to public networks",
        "set it to true, together with vnet: true and private_network",
    ),
    "a network without settings": Mistake(
        DEV, "vnet: false", "vnet: «true", "security.vnet",
        "true without private_network", "private_network with address_space and isolation_mode",
        "add private_network (docs/network.md shows one), or, outside prod, set vnet to false",
    ),
    "settings of a network that is off": Mistake(
        DEV, "security:\n", f"«{NETWORK}security:\n", "private_network",
        "private_network with vnet: false", "only where security.vnet is true", "or remove private_network",
    ),
    "a network of two kinds": Mistake(
        PROD, "  isolation_mode:", f"  «virtual_network: {SPOKE}\n  isolation_mode:",
        "private_network.virtual_network",
        "virtual_network beside address_space", "one of the two", "remove one of the two",
    ),
    "a network of others without a subnet": Mistake(
        PROD, RANGE, f"  «virtual_network: {SPOKE}\n  dns_zones: by_policy\n", "private_network.virtual_network",
        "virtual_network without subnets", "name the subnet for private endpoints",
        "add subnets with private_endpoints",
    ),
    "subnets of a network of its own": Mistake(
        PROD, "  isolation_mode:", "  «subnets: {private_endpoints: a}\n  isolation_mode:", "private_network.subnets",
        "subnets with address_space", "cut from address_space", "remove subnets",
    ),
    "DNS servers in a network of others": Mistake(
        PROD, RANGE, f"{THEIRS}  dns_zones: by_policy\n  «dns_servers: [10.0.0.4]\n", "private_network.dns_servers",
        "dns_servers with virtual_network", "its owner's to decide", "ask the owner",
    ),
    "a way out of a network of others": Mistake(
        PROD, RANGE, f"{THEIRS}  dns_zones: by_policy\n  «egress: nat_gateway\n", "private_network.egress",
        "egress with virtual_network", "the way out of a network is its owner's to decide", "remove egress",
    ),
    "a network of others that nothing goes into": Mistake(
        DEV, "security:\n  vnet: false",
        f"private_network:\n{THEIRS.replace('  virtual', '  «virtual')}  dns_zones: by_policy\n"
        "  isolation_mode: AllowInternetOutbound\n\nsecurity:\n  vnet: true", "private_network.virtual_network",
        "virtual_network with private_endpoints: false", "nothing else goes into it",
        "or give address_space instead",
    ),
    "no zones for a network of others": Mistake(
        PROD, RANGE, THEIRS.replace("  virtual", "  «virtual"), "private_network.virtual_network",
        "virtual_network without dns_zones", "by_policy, or the id of every zone", "create_dns_zones: true",
    ),
    "too few zones for a network of others": Mistake(
        PROD, RANGE, f"{THEIRS}  «dns_zones: {{privatelink.azurecr.io: {ZONE_ID}}}\n", "private_network.dns_zones",
        "dns_zones without privatelink.api.azureml.ms, privatelink.notebooks.azure.net",
        "none is linked to a network of others unasked", "set dns_zones to by_policy or name the zones",
    ),
    "one of Azure Monitor's zones alone": Mistake(
        PROD, RANGE, f"{THEIRS}  «dns_zones:\n{zones(*NEEDED_ZONES, MONITOR_DNS_ZONES[0])}",
        "private_network.dns_zones",
        f"dns_zones without {', '.join(MONITOR_DNS_ZONES[1:])}", "named together, or left to the owner",
        "name the zones",
    ),
    "zones of a network of its own, by a word": Mistake(
        PROD, "  isolation_mode:", "  «create_dns_zones: true\n  isolation_mode:", "private_network.create_dns_zones",
        "create_dns_zones without virtual_network", "always has its zones", "remove create_dns_zones",
    ),
    "zones that are made, and by a policy": Mistake(
        PROD, RANGE, f"{THEIRS}  dns_zones: by_policy\n  create_dns_zones: «true\n",
        "private_network.create_dns_zones",
        "true with dns_zones: by_policy", "in zones of the landing zone", "remove create_dns_zones",
    ),
    "a pool for every branch": Mistake(
        PROD, "  branches: [main]\n  verify_branch_protection: true\n\napproval_environment:",
        "«agent_pool: agents\n\napproval_environment:", "agent_pool",
        "agent_pool without service_connection.branches", "the only ones that run on the pool",
        "add branches to service_connection",
    ),
    "hosts where all are allowed": Mistake(
        PROD, "  isolation_mode:", "  «outbound_fqdns: [pypi.org]\n  isolation_mode:",
        "private_network.outbound_fqdns",
        "hosts with isolation_mode: AllowInternetOutbound", "hosts only with AllowOnlyApprovedOutbound",
        "remove outbound_fqdns, or choose",
    ),
    "a host twice": Mistake(
        PROD, "  isolation_mode: AllowInternetOutbound",
        "  outbound_fqdns: [pypi.org, «pypi.org]\n  isolation_mode: AllowOnlyApprovedOutbound",
        "private_network.outbound_fqdns[1]",
        '"pypi.org" a second time', "each entry once", "remove one of the two",
    ),
    "the id of another DNS zone": Mistake(
        PROD, "  isolation_mode:",
        f"  dns_zones:\n    privatelink.api.azureml.ms: «{ZONE_ID}\n  isolation_mode:",
        "private_network.dns_zones.privatelink.api.azureml.ms",
        "the id of privatelink.azurecr.io", "the id of privatelink.api.azureml.ms", "copy the id of the zone",
    ),
    "a linked group on a private vault": Mistake(
        PROD, "compute:\n", f"«{LINKED_GROUP}compute:\n", "key_vault_variable_group",
        "a linked group with private_endpoints: true", "Azure DevOps cannot reach a private key vault",
        "AzureKeyVault task",
    ),
    "a first pause longer than the longest": Mistake(
        PLATFORM, "InitialDelaySeconds: 2", "InitialDelaySeconds: «31",
        "registry.registryPropagationInitialDelaySeconds",
        "31 seconds", "at most registryPropagationMaxDelaySeconds (30 seconds)", "lower",
    ),
    "a pause longer than the wait": Mistake(
        PLATFORM, "MaxDelaySeconds: 30", "MaxDelaySeconds: «121",
        "registry.registryPropagationMaxDelaySeconds",
        "121 seconds", "at most registryPropagationMaxWaitSeconds (120 seconds)", "lower",
    ),
    "a tag that each stack sets": Mistake(
        PLATFORM, "  platform: mlops", "  platform: mlops\n  «Environment: all", "tags.Environment",
        "the tag Environment", "each stack sets it itself", "remove the tag",
    ),
    "a tag twice but for its case": Mistake(
        PLATFORM, "  platform: mlops", "  platform: mlops\n  «Platform: mlops", "tags.Platform",
        "the tag Platform", "platform is there already", "remove the tag",
    ),
    "a tag that each stack sets, in an environment": Mistake(
        DEV, "tier: dev\n", "tier: dev\ntags:\n  «environment: all\n", "tags.environment",
        "the tag environment", "each stack sets it itself", "remove the tag",
    ),
    "an existing group of another name": Mistake(
        DEV, "location: eastus\n", f"location: eastus\nexisting:\n  resource_group: «{GROUP}/other-rg\n",
        "existing.resource_group",
        "the id of other-rg in 00000000-0000-0000-0000-000000000000",
        "the id of mlops-dev-rg in 00000000-0000-0000-0000-000000000000", "copy the id of that group",
    ),
    "an existing group in another subscription": Mistake(
        PLATFORM, "  log_retention: 90\n",
        "  log_retention: 90\n  existing:\n    resource_group: "
        "«/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/mlops-registry-rg\n",
        "registry.existing.resource_group",
        "the id of mlops-registry-rg in 12345678-abcd-4ef0-9876-0123456789ab",
        "the id of mlops-registry-rg in 00000000", "or change the two",
    ),
    "existing logs of another name": Mistake(
        DEV, "location: eastus\n", f"location: eastus\nexisting:\n  log_analytics: «{LOGS}\n",
        "existing.log_analytics",
        "the id of platform-logs", "the id of mlops-dev-logs, as workspace.log_analytics says",
        "copy the id of that workspace, or change workspace.log_analytics",
    ),
    "how long others keep their logs": Mistake(
        PLATFORM, "  log_analytics: mlops-registry-logs\n  log_retention: 90\n",
        f"  log_analytics: platform-logs\n  existing:\n    log_analytics: {LOGS}\n  «log_retention: 90\n",
        "registry.log_retention",
        "log_retention with existing.log_analytics", "the owner of that workspace decides", "remove log_retention",
    ),
    "an action group that nothing calls": Mistake(
        DEV, "location: eastus\n", f"location: eastus\nexisting:\n  «action_group: {ACTION_GROUP}\n",
        "existing.action_group",
        "an action group with alerts: []", "none where no alerts go out", "remove it, or name its channels",
    ),
    "the action group that is made here": Mistake(
        PROD, "location: eastus\n", "location: eastus\nexisting:\n  action_group: "
        f"«{GROUP}/MLOps-prod-rg/providers/Microsoft.Insights/actionGroups/mlops-prod-workspace-alerts\n",
        "existing.action_group",
        "the action group that is made here", "this one would be gone with its channels", "remove it",
    ),
    **{
        f"an existing {key}": Mistake(
            DEV, "location: eastus\n", f"location: eastus\nexisting:\n  «{key}: x\n", f"existing.{key}",
            f"the key {key}", f"{reason} (docs/company.md, section What exists already)",
            "remove it: one is made here",
        )
        for key, reason in ExistingInEnvironment.refused.items()
    },
    "an existing account for all": Mistake(
        PLATFORM, "  log_retention: 90\n", "  log_retention: 90\n  existing:\n    «storage_account: x\n",
        "registry.existing.storage_account",
        "the key storage_account", "its data isolation is set at creation only", "remove it",
    ),
    "a mistyped key of what exists": Mistake(
        DEV, "location: eastus\n", f"location: eastus\nexisting:\n  «log_analytic: {LOGS}\n",
        "existing.log_analytic",
        "the unknown key log_analytic", "resource_group, log_analytics, action_group", "did you mean log_analytics?",
    ),
    "a Terraform expression": Mistake(
        PROD, "instructions: >-\n    Deploy", "instructions: «>-\n    ${file('x')} Deploy",
        "approval_environment.instructions",
        "${ or %{", "text without ${ and %{", "$(name)",
    ),
    "a Terraform directive in a key": Mistake(
        PLATFORM, "  platform: mlops", "  «platform${x}: mlops", "tags.platform${x}",
        "${ or %{", "text without ${ and %{", "$(name)",
    ),
}  # fmt: skip

# An edit each that reaches a limit and is still allowed.
ALLOWED = {
    "as many nodes at least as at most": (PROD, "min_nodes: 2", "min_nodes: 8"),
    "the most nodes": (PROD, "max_nodes: 8", "max_nodes: 1000"),
    "the shortest ramp": (PROD, "[0, 10, 25, 50, 100]", "[0, 100]"),
    "the finest ramp": (PROD, "[0, 10, 25, 50, 100]", str(list(range(101)))),
    "the smallest canary": (TEST, "canary_traffic: 50", "canary_traffic: 1"),
    "the largest canary": (TEST, "canary_traffic: 50", "canary_traffic: 99"),
    "no traffic at first": (DEV, "traffic: 100", "traffic: 0"),
    "a strategy that is off beside one that is on": (
        DEV,
        "traffic: 100",
        "traffic: 100\n  canary_deployment: false",
    ),
    "one approval of two": (PROD, "minimum_approvers: 2", "minimum_approvers: 1"),
    "one approval when none is written": (PROD, "  minimum_approvers: 2\n", ""),
    "equal pauses": (PLATFORM, "InitialDelaySeconds: 2", "InitialDelaySeconds: 30"),
    "a pause as long as the wait": (PLATFORM, "MaxDelaySeconds: 30", "MaxDelaySeconds: 120"),
    "a linked group on a public vault": (DEV, "compute:\n", f"{LINKED_GROUP}compute:\n"),
    "a network without private endpoints": (
        DEV,
        "security:\n  vnet: false",
        f"{NETWORK}security:\n  vnet: true",
    ),
    "a network of others with zones by a policy": (PROD, RANGE, f"{THEIRS}  dns_zones: by_policy\n"),
    "a network of others with zones that are made": (PROD, RANGE, f"{THEIRS}  create_dns_zones: true\n"),
    "a network of others with all zones but Azure Monitor's": (
        PROD,
        RANGE,
        f"{THEIRS}  dns_zones:\n{zones(*NEEDED_ZONES)}",
    ),
    "a network of others with all zones": (PROD, RANGE, f"{THEIRS}  dns_zones:\n{zones(*DNS_ZONES)}"),
    "zones by a policy in a network of its own": (PROD, RANGE, f"{RANGE}  dns_zones: by_policy\n"),
    "a way out by a firewall": (PROD, RANGE, f"{RANGE}  egress: 10.0.0.4\n"),
    "a pool": (PROD, "private_network:\n", "agent_pool: agents\n\nprivate_network:\n"),
    "a rollback that is off, without webhook": (
        PROD,
        f"enabled: true\n  error_threshold: 5\n  latency_threshold: 2000\n{WEBHOOK}",
        "enabled: false\n  error_threshold: 5\n  latency_threshold: 2000\n",
    ),
    "the smallest budget": (DEV, "amount: 1000", "amount: 1"),
    "one notice": (DEV, "[80, 100]", "[1]"),
    "the most notices": (DEV, "[80, 100]", "[1, 2, 999, 1000]"),
    "the earliest forecast": (PROD, "forecast: 100", "forecast: 1"),
    "the latest forecast": (PROD, "forecast: 100", "forecast: 1000"),
    "no forecast": (PROD, "  forecast: 100\n", ""),
    "no time zone": (DEV, "  time_zone: UTC\n", ""),
    "no locks": (PROD, "  delete_locks: true\n", ""),
    "no word about locks on the registry": (
        PLATFORM,
        "  delete_locks: true\n",
        "",
    ),
    "the fewest days of the registry's logs": (PLATFORM, "log_retention: 90", "log_retention: 30"),
    "the most days of the registry's logs": (PLATFORM, "log_retention: 90", "log_retention: 730"),
    "hosts that are approved": (
        PROD,
        "  isolation_mode: AllowInternetOutbound",
        "  outbound_fqdns: [pypi.org, '*.pythonhosted.org']\n  isolation_mode: AllowOnlyApprovedOutbound",
    ),
    "no hosts where all are allowed": (PROD, "  isolation_mode:", "  outbound_fqdns: []\n  isolation_mode:"),
    "a DNS server and zone of a hub": (
        PROD,
        "  isolation_mode:",
        f"  dns_servers: [10.0.0.4]\n  dns_zones: {{privatelink.azurecr.io: {ZONE_ID}}}\n  isolation_mode:",
    ),
    "the fewest days of logs": (DEV, "logs: 14", "logs: 4"),
    "the most days of logs": (PROD, "logs: 90", "logs: 730"),
    "a dollar sign": (PROD, "Deploy this model", "Deploy this $model for 100%"),
    "nobody uses it": (DEV, "used_by: [Training, Promotion]", "used_by: []"),
    "a pipeline that does not exist yet": (
        PLATFORM,
        "Training: { name: Training }",
        "Training: { name: Training, exists: false, folder: \\ml }",
    ),
    "the same pipeline name in another folder": (
        PLATFORM,
        "Training: { name: Training }",
        "Training: { name: Promotion, folder: \\ml }",
    ),
    "the same resource group in another subscription": (
        DEV,
        f'"{"0" * 8}-0000-0000-0000-{"0" * 12}"\nresource_group: mlops-dev-rg',
        "12345678-abcd-4ef0-9876-0123456789ab\nresource_group: mlops-test-rg",
    ),
    "the same cluster name in another workspace": (
        DEV,
        "name: dev-scoring-cluster",
        "name: test-scoring-cluster",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


def test_nobody_administers_a_group_of_others(configuration: Configuration) -> None:
    configuration.edit(
        DEV, "location: eastus\n", f"location: eastus\nexisting:\n  resource_group: {GROUP}/mlops-dev-rg\n"
    )
    mistake = Mistake(
        DEV, "managed_identity: user_assigned", "managed_identity: «system_assigned", "security.managed_identity",
        "system_assigned with existing.resource_group", "administer the whole resource group",
        "set it to user_assigned",
    )  # fmt: skip
    assert_one_problem(configuration, mistake)


def test_logs_of_others_have_no_quota(configuration: Configuration) -> None:
    configuration.edit(DEV, "location: eastus\n", f"location: eastus\nexisting:\n  log_analytics: {LOGS}\n")
    configuration.edit(DEV, "log_analytics: mlops-dev-logs", "log_analytics: platform-logs")
    mistake = Mistake(
        DEV, "  alerts: []", "  «daily_log_quota: 5\n  alerts: []", "monitoring.daily_log_quota",
        "daily_log_quota with existing.log_analytics", "it would stop the logs of everybody",
        "remove daily_log_quota",
    )  # fmt: skip
    assert_one_problem(configuration, mistake)


def test_where_logs_are_made_here_their_retention_is_said(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "  log_retention: 90\n", "")
    (problem,) = configuration.problems()
    assert dotted(problem.path) == "registry.log_retention"
    assert (problem.found, problem.fix) == ("nothing", "add log_retention")
    configuration.assert_said(str(problem))


def test_an_action_group_of_others_needs_no_address_of_ours(configuration: Configuration) -> None:
    configuration.edit(
        TEST, "location: eastus\n", f"location: eastus\nexisting:\n  action_group: {ACTION_GROUP}\n"
    )
    configuration.edit(TEST, "  email: ml-team@company.com\n", "")
    (problem,) = configuration.problems()
    assert (dotted(problem.path), problem.found) == ("monitoring.email", "nothing, with a budget")
    text = configuration.text(TEST)
    budget = text[text.index("budget:") : text.index("security:")]
    configuration.edit(TEST, budget, "")
    assert len(load_settings(configuration.folder).environments) == 3


@pytest.mark.parametrize(("file", "old", "new"), ALLOWED.values(), ids=ALLOWED)
def test_just_allowed(configuration: Configuration, file: str, old: str, new: str) -> None:
    configuration.edit(file, old, new)
    assert len(load_settings(configuration.folder).environments) == 3


def test_a_training_cluster_without_a_schedule(configuration: Configuration) -> None:
    configuration.edit(DEV, SCHEDULE, "")
    mistake = Mistake(
        DEV, "  training_cluster:", "  «training_cluster:", "compute.training_cluster",
        "compute.training_cluster without training_schedule", "both where models are trained",
        "add training_schedule, or remove compute.training_cluster",
    )  # fmt: skip
    assert_one_problem(configuration, mistake)


def test_a_wrong_value_hides_no_broken_rule_beside_it(configuration: Configuration) -> None:
    configuration.edit(DEV, "vm_size: Standard_DS3_v2\n    min_nodes: 0", "vm_size: DS3\n    min_nodes: 9")
    configuration.edit(
        PROD, "auto_deploy: false # never to prod\n  approval_required: true", "auto_deploy: true"
    )
    configuration.edit(TEST, "canary_traffic: 50", "canary_traffic: 0\n  traffic: 5")
    assert [str(problem).splitlines()[0].split(": ")[1] for problem in configuration.problems()] == [
        "compute.training_cluster.vm_size",
        "compute.training_cluster.min_nodes",
        "deployment.approval_required",
        "deployment.auto_deploy",
        "deployment.canary_deployment",
        "deployment.canary_traffic",
    ]


def test_a_section_that_is_none_breaks_no_rule(configuration: Configuration) -> None:
    head, _, tail = configuration.text(DEV).partition("compute:\n")
    configuration.write(DEV, f"{head}compute: none\n\n{SCHEDULE}{tail.partition(SCHEDULE)[2]}")
    (problem,) = configuration.problems()
    assert (problem.path, problem.found) == (("compute",), '"none"')


def without_budget_and_address(configuration: Configuration, alerts: str) -> None:
    text = configuration.text(TEST).replace("  email: ml-team@company.com\n", "")
    head, _, tail = text.replace("[email, slack]", alerts).partition("budget:\n")
    configuration.write(TEST, head + "security:\n" + tail.partition("security:\n")[2])


def test_alerts_by_email_need_an_address(configuration: Configuration) -> None:
    without_budget_and_address(configuration, "[slack, email]")
    assert [problem.found for problem in configuration.problems()] == ["nothing, with alerts by email"]


@pytest.mark.parametrize("alerts", ["[]", "[slack, pagerduty]"])
def test_other_alerts_need_no_address(configuration: Configuration, alerts: str) -> None:
    without_budget_and_address(configuration, alerts)
    assert load_settings(configuration.folder).environments[1].monitoring.email is None


def test_one_address_is_a_list_of_one(configuration: Configuration) -> None:
    one = load_settings(configuration.folder).environments[1].monitoring.email
    configuration.edit(TEST, "ml-team@company.com", "[ml-team@company.com, on-call@company.com]")
    several = load_settings(configuration.folder).environments[1].monitoring.email
    assert (one, several) == (("ml-team@company.com",), ("ml-team@company.com", "on-call@company.com"))


def test_a_wrong_log_level_hides_no_missing_address(configuration: Configuration) -> None:
    configuration.edit(TEST, "  email: ml-team@company.com\n", "")
    configuration.edit(TEST, "log_level: INFO", "log_level: LOUD")
    paths = [dotted(problem.path) for problem in configuration.problems()]
    assert paths == ["monitoring.email", "monitoring.log_level"]


def test_an_environment_before_prod_may_be_private(configuration: Configuration) -> None:
    configuration.edit(DEV, "security:\n  vnet: false", f"{NETWORK}security:\n  vnet: true")
    configuration.edit(DEV, "private_endpoints: false", "private_endpoints: true")
    assert load_settings(configuration.folder).environments[0].private_network


def test_private_endpoints_without_a_network_are_one_mistake_in_dev(configuration: Configuration) -> None:
    configuration.edit(DEV, "security:\n", f"{NETWORK}security:\n")
    configuration.edit(DEV, "private_endpoints: false", "private_endpoints: true")
    assert [dotted(problem.path) for problem in configuration.problems()] == ["security.vnet"]


def test_without_backup_anything_may_go_after_a_day(configuration: Configuration) -> None:
    configuration.edit(DEV, "datasets: 60", "datasets: 1")
    assert load_settings(configuration.folder).environments[0].retention.datasets == 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PROD, "backup:\n  vault:", "backup:\n  vaul:"),
        (PROD, "predictions: 180", "predictions: none"),
        (PROD, "approval_environment:", "approval_environmnt:"),
        (PROD, "alert_thresholds:", "alert_threshold:"),
        (DEV, "training_schedule:", "trainingschedule:"),
        (DEV, "  training_cluster:", "  trainng_cluster:"),
        (PROD, "  traffic_ramp:", "  traffic_rmp:"),
        (DEV, "  traffic:", "  trafic:"),
        (PROD, "minimum_approvers: 2", "minimum_approvers: two"),
        (PROD, "private_endpoints: true", "private_endpoints: 1"),
        (TEST, "email: ml-team@company.com", "emial: ml-team@company.com"),
        (TEST, "email: ml-team@company.com", "email: ml-team"),
        (TEST, "monitoring:", "monitorng:"),
        (DEV, "[80, 100]", "[100, 0]"),
        (DEV, "thresholds: [80, 100]", "threshold: [100, 80]"),
        (PROD, "  webhook:", "  webhok:"),
        (PROD, "    name: mlops-prod-rollback", "    name: mlops_prod_rollback"),
        (PROD, "auto_rollback:\n  enabled: true", "auto_rollback:\n  enabled: yes"),
        (PROD, "private_network:", "private_netwrk:"),
        (PROD, "vnet: true", "vnet: 1"),
        (PROD, "isolation_mode: AllowInternetOutbound", "outbound_fqdns: [a.io]\n  isolation_mode: Allow"),
        (PROD, "  isolation_mode:", "  outbound_fqdns: [pypi]\n  isolation_mode:"),
        (PROD, "  isolation_mode:", "  outbound_fqdn: [pypi.org]\n  isolation_mode:"),
        (PROD, "  isolation_mode:", f"  dns_zones: {{azurecr.io: {ZONE_ID}}}\n  isolation_mode:"),
        (PROD, "  isolation_mode:", "  dns_zones: {privatelink.azurecr.io: hub}\n  isolation_mode:"),
        (PROD, "  isolation_mode:", f"  dns_zones: {ZONE_ID}\n  isolation_mode:"),
        (PROD, "  isolation_mode:", "  dns_zones: by_polcy\n  isolation_mode:"),
        (PROD, RANGE, "  address_space: 10.30\n"),
        (PROD, RANGE, "  address_spce: 10.30.0.0/24\n"),
        (PROD, RANGE, f"{THEIRS}  dns_zones: by_polcy\n"),
        (PROD, RANGE, f"{THEIRS}  dns_zones: by_policy\n  create_dns_zones: 1\n"),
        (PROD, RANGE, f"{THEIRS}  create_dns_zones: yes\n"),
        (PROD, RANGE, f"{THEIRS.replace('private_endpoints', 'private_endpoint')}  dns_zones: by_policy\n"),
    ],
)
def test_what_is_reported_already_breaks_no_rule(
    configuration: Configuration, file: str, old: str, new: str
) -> None:
    configuration.edit(file, old, new)
    assert len(configuration.problems()) == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, "is the datastore of what retention limits") for name in ("datasets", "predictions")),
        *(
            (f"workspace{end}", "is one of the datastores that Azure makes with the workspace")
            for end in ("artifactstore", "blobstore", "filestore", "workingdirectory")
        ),
    ],
)
def test_names_of_datastores_that_are_taken(configuration: Configuration, name: str, why: str) -> None:
    source = (
        f"data_sources:\n  {name}:\n"
        f"    storage_account: {GROUP}/lake-rg/providers/Microsoft.Storage/storageAccounts/lake\n"
        "    container: raw\n    kind: blob\n    access: read\n"
    )
    configuration.edit(DEV, "security:\n", f"{source}security:\n")
    (problem,) = configuration.problems()
    assert (dotted(problem.path), problem.found) == (f"data_sources.{name}", f"the name {name}, which {why}")
