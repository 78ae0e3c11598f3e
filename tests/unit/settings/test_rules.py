"""Rules within one file: one message for each mistake, and none for what is just allowed."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    PROD,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

APPROVERS = "[senior_engineers, platform_lead]"
LINKED_GROUP = """\
key_vault_variable_group:
  name: linked-secrets
  used_by: []
  permissions: {}
  secrets: [one, two]

"""
SCHEDULE = """\
training_schedule:
  frequency: "0 2 * * *" # daily at 2 AM UTC
  lookback_days: 90
  forecast_horizon: 7

"""

MISTAKES = {
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
        "3 approvals from 2 approver entries", "at least as many approver entries", "add a team to approvers",
    ),
    "more approvals than approvers, for the registry": Mistake(
        PLATFORM, "minimum_approvers: 1", "minimum_approvers: «2",
        "registry.approval_environment.minimum_approvers",
        "2 approvals from 1 approver entries", "a team counts as one entry", "ask for fewer approvals",
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
        "training_schedule without compute.training_cluster", "both where models are trained",
        "add compute.training_cluster, or remove training_schedule",
    ),
    "alerts without thresholds": Mistake(
        DEV, "alerts: []", "alerts: «[email]", "monitoring.alerts",
        "alerts without alert_thresholds", "alert_thresholds wherever alerts go out", "or set alerts to []",
    ),
    "private endpoints without a network": Mistake(
        PROD, "vnet: true", "vnet: «false", "security.vnet",
        "vnet: false with private_endpoints: true", "vnet: true",
        "set vnet to true, or private_endpoints to false",
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
    "a network without private endpoints": (PROD, "private_endpoints: true", "private_endpoints: false"),
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


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PROD, "approval_environment:", "approval_environmnt:"),
        (PROD, "alert_thresholds:", "alert_threshold:"),
        (DEV, "training_schedule:", "trainingschedule:"),
        (DEV, "  training_cluster:", "  trainng_cluster:"),
        (PROD, "  traffic_ramp:", "  traffic_rmp:"),
        (DEV, "  traffic:", "  trafic:"),
        (PROD, "minimum_approvers: 2", "minimum_approvers: two"),
        (PROD, "private_endpoints: true", "private_endpoints: 1"),
    ],
)
def test_what_is_reported_already_breaks_no_rule(
    configuration: Configuration, file: str, old: str, new: str
) -> None:
    configuration.edit(file, old, new)
    assert len(configuration.problems()) == 1
