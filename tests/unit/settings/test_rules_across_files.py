"""Rules across files: references, names that are taken, and thresholds that never get looser."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
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

LINKED_GROUP = """\
key_vault_variable_group:
  name: «linked-secrets
  used_by: []
  permissions: {}
  secrets: [one, two]

compute:
"""
NETWORK = """\
private_network:
  address_space: «10.30.0.0/16
  isolation_mode: AllowInternetOutbound

security:
  vnet: true
"""
SPOKE = """\
private_network:
  virtual_network: /subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke
  subnets: {private_endpoints: ml-endpoints}
  create_dns_zones: «true
  isolation_mode: AllowInternetOutbound

security:
  vnet: true
  private_endpoints: true
"""  # noqa: E501
PUBLIC_REGISTRY = "public_network_access: true"
PIPELINES = "a name from pipelines in platform.yaml: Training, Promotion, Test Deployment"
TEAMS = "a name from teams in platform.yaml: developers, qa_team"
OWN_NAME = "choose another name in one of the two places"
HERE = "choose another name here"

MISTAKES = {
    "a tag of platform.yaml in another case": Mistake(
        DEV, "tier: dev\n", "tier: dev\ntags:\n  «Platform: mine\n", "tags.Platform",
        "the tag Platform, and platform in config/platform.yaml, line 22", "one spelling", "write platform",
    ),
    "too many tags together": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«tags:\n" + "".join(f"  tag{i}: x\n" for i in range(13)), "tags",
        "15 tags with those of platform.yaml", "at most 14: private DNS zones take 15", "remove 1",
    ),
    "a tag that is set and left to a policy": Mistake(
        PLATFORM, "tags:\n", "ignored_tags: [owner, «Managed-By]\ntags:\n", "ignored_tags[1]",
        '"Managed-By", which is set in config/platform.yaml, line 24', "tags that policies write",
        "take it out here, or out of tags",
    ),
    "the stack's own tag left to a policy": Mistake(
        PLATFORM, "tags:\n", "ignored_tags: [«environment]\ntags:\n", "ignored_tags[0]",
        '"environment", which each stack sets', "tags that policies write", "take it out here",
    ),
    "an environment where the registry is not": Mistake(
        DEV, "location: eastus", "location: «westeurope", "location",
        '"westeurope", where the model registry is not', "a region of the registry in platform.yaml: eastus",
        "write under registry in platform.yaml: regions: [westeurope]",
    ),
    "a region misspelt": Mistake(
        DEV, "location: eastus", "location: «eastu", "location",
        '"eastu", where the model registry is not', "a region of the registry in platform.yaml: eastus",
        "did you mean eastus? Otherwise write under registry in platform.yaml: regions: [eastu]",
    ),
    "the registry's own region as a further one": Mistake(
        PLATFORM, "  log_retention: 90\n", "  log_retention: 90\n  regions: [northeurope, «eastus]\n",
        "registry.regions[1]",
        '"eastus", the registry\'s location', "further regions", "remove it",
    ),
    "a mistyped pipeline": Mistake(
        DEV, "[Training, Promotion]", "[«Trainin, Promotion]", "variable_group.used_by[0]",
        '"Trainin"', PIPELINES, "did you mean Training?",
    ),
    "a pipeline in another case": Mistake(
        DEV, "[Training, Promotion]", "[«training, Promotion]", "variable_group.used_by[0]",
        '"training"', PIPELINES, "did you mean Training?",
    ),
    "an unknown pipeline": Mistake(
        DEV, "[Training, Promotion]", "[«Nightly, Promotion]", "variable_group.used_by[0]",
        '"Nightly"', PIPELINES, "add it to pipelines in platform.yaml, or choose one of them",
    ),
    "a connection's pipeline": Mistake(
        DEV, "Azure-MLOps-Dev\n  used_by: [Training", "Azure-MLOps-Dev\n  used_by: [«Trainin",
        "service_connection.used_by[0]",
        '"Trainin"', PIPELINES, "did you mean Training?",
    ),
    "a gate's pipeline": Mistake(
        PLATFORM, "used_by: [Promotion]", "used_by: [«Promotoin]", "registry.approval_environment.used_by[0]",
        '"Promotoin"', PIPELINES, "did you mean Promotion?",
    ),
    "a webhook's pipeline": Mistake(
        PROD, "used_by: [Auto Rollback]", "used_by: [«Auto Rolback]", "auto_rollback.webhook.used_by[0]",
        '"Auto Rolback"', PIPELINES, "did you mean Auto Rollback?",
    ),
    "a linked group's pipeline": Mistake(
        DEV, "compute:\n", LINKED_GROUP.replace("«", "").replace("[]", "[«Promotoin]"),
        "key_vault_variable_group.used_by[0]",
        '"Promotoin"', PIPELINES, "did you mean Promotion?",
    ),
    "a linked group's team": Mistake(
        DEV, "compute:\n", LINKED_GROUP.replace("«", "").replace("{}", "{ «leeds: Reader }"),
        "key_vault_variable_group.permissions.leeds",
        '"leeds"', TEAMS, "did you mean leads?",
    ),
    "a mistyped approver": Mistake(
        PROD, "[senior_engineers, platform_lead]", "[senior_engineers, «platform_leed]",
        "approval_environment.approvers[1]",
        '"platform_leed"', TEAMS, "did you mean platform_lead?",
    ),
    "an unknown team": Mistake(
        TEST, "qa_team: Reader", "«everybody: Reader", "variable_group.permissions.everybody",
        '"everybody"', TEAMS, "add it to teams in platform.yaml, or choose one of them",
    ),
    "an unknown environment": Mistake(
        PLATFORM, "[dev, test, prod]", "[dev, «tst, prod]", "shared.environments[1]",
        '"tst"', "a name from the files in environments/: dev, prod, test", "did you mean test?",
    ),
    "a stack's name": Mistake(
        PLATFORM, "[dev, test, prod]", "[test, prod, «registry]", "shared.environments[2]",
        '"registry"', "dev, prod, test", "add it to the files in environments/",
    ),
    "a resource group": Mistake(
        TEST, "resource_group: mlops-test-rg", "resource_group: «MLOps-prod-rg", "resource_group",
        '"MLOps-prod-rg", like "mlops-prod-rg" in config/environments/prod.yaml, line 8',
        "each resource group", HERE,
    ),
    "the registry's resource group": Mistake(
        DEV, "resource_group: mlops-dev-rg", "resource_group: «mlops-registry-rg", "resource_group",
        'like "mlops-registry-rg" in config/platform.yaml, line', "each resource group", OWN_NAME,
    ),
    "a workspace": Mistake(
        PROD, "name: mlops-prod-workspace", "name: «mlops-dev-workspace", "workspace.name",
        'like "mlops-dev-workspace" in config/environments/dev.yaml, line 12', "each workspace", HERE,
    ),
    "a storage account": Mistake(
        PROD, "storage_account: mlopsprodstorage", "storage_account: «mlopsdevstorage",
        "workspace.storage_account",
        'like "mlopsdevstorage" in config/environments/dev.yaml, line 13', "each storage account", HERE,
    ),
    "the shared storage account": Mistake(
        PROD, "storage_account: mlopsprodstorage", "storage_account: «mlopsstorage",
        "workspace.storage_account",
        'like "mlopsstorage" in config/platform.yaml', "each storage account", OWN_NAME,
    ),
    "a container registry": Mistake(
        PROD, "container_registry: mlopsprodregistry", "container_registry: «MLOpsDevRegistry",
        "workspace.container_registry",
        '"MLOpsDevRegistry", like "mlopsdevregistry" in', "each container registry", HERE,
    ),
    "a key vault": Mistake(
        PROD, "key_vault: mlops-prod-keyvault", "key_vault: «mlops-dev-keyvault", "security.key_vault",
        'like "mlops-dev-keyvault" in config/environments/dev.yaml', "each key vault", HERE,
    ),
    "a cluster of the same workspace": Mistake(
        DEV, "name: dev-scoring-cluster", "name: «Dev-Training-Cluster", "compute.scoring_cluster.name",
        'like "dev-training-cluster" in config/environments/dev.yaml', "each compute cluster", OWN_NAME,
    ),
    "a variable group": Mistake(
        TEST, "name: mlops-test-variables", "name: «mlops-shared-variables", "variable_group.name",
        'like "mlops-shared-variables" in config/platform.yaml', "each variable group", OWN_NAME,
    ),
    "a linked group": Mistake(
        DEV, "compute:\n", LINKED_GROUP.replace("linked-secrets", "mlops-dev-variables"),
        "key_vault_variable_group.name",
        'like "mlops-dev-variables" in config/environments/dev.yaml', "each variable group", OWN_NAME,
    ),
    "a service connection": Mistake(
        TEST, "name: Azure-MLOps-Test", "name: «azure-mlops-shared", "service_connection.name",
        '"azure-mlops-shared", like "Azure-MLOps-Shared" in', "each service connection", OWN_NAME,
    ),
    "a webhook": Mistake(
        PROD, "name: mlops-prod-rollback", "name: «azure-mlops-prod", "auto_rollback.webhook.name",
        '"azure-mlops-prod", like "Azure-MLOps-Prod" in config/environments/prod.yaml',
        "each service connection", OWN_NAME,
    ),
    "a webhook of another environment": Mistake(
        TEST, "retention:",
        "auto_rollback:\n  enabled: false\n  error_threshold: 5\n  latency_threshold: 2000\n"
        "  webhook: { name: «MLOps-prod-rollback, used_by: [] }\n\nretention:",
        "auto_rollback.webhook.name",
        '"MLOps-prod-rollback", like "mlops-prod-rollback" in config/environments/prod.yaml',
        "each service connection", HERE,
    ),
    "ranges that overlap": Mistake(
        TEST, "security:\n  vnet: false\n", NETWORK, "private_network.address_space",
        "10.30.0.0/16, which overlaps 10.30.0.0/24 in config/environments/prod.yaml, line",
        "a range of its own for each environment", "choose another range in one of the two places",
    ),
    "the same range": Mistake(
        TEST, "security:\n  vnet: false\n", NETWORK.replace("/16", "/24"), "private_network.address_space",
        "10.30.0.0/24, which overlaps 10.30.0.0/24 in", "a range of its own", "choose another range",
    ),
    "an approval environment": Mistake(
        TEST, "name: test-deployment", "name: «registry-promotion", "approval_environment.name",
        'like "registry-promotion" in config/platform.yaml', "each approval environment", OWN_NAME,
    ),
    "a team": Mistake(
        PLATFORM, "name: Leads,", "name: «developers,", "teams.leads.name",
        '"developers", like "Developers" in config/platform.yaml', "each team", OWN_NAME,
    ),
    "a pipeline": Mistake(
        PLATFORM, "{ name: PR Validation }", "{ name: «training, folder: \\ }",
        "pipelines.PR Validation.name",
        '"training", like "Training" in config/platform.yaml', "each pipeline", OWN_NAME,
    ),
}  # fmt: skip

# One threshold a row: how its line in the later file gets too loose, and what is the loosest value there.
THRESHOLDS = [
    (TEST, 'min_accuracy: "0.80"', '"0.69"', "at least 0.70, as in config/environments/dev.yaml", '"0.70"'),
    (TEST, 'max_mae: "7.0"', '"10.1"', "at most 10.0, as in config/environments/dev.yaml", '"10.00"'),
    (TEST, 'max_rmse: "10.0"', "16", "at most 15.0, as in config/environments/dev.yaml", "15"),
    (PROD, 'min_accuracy: "0.85"', '"0.60"', "at least 0.80, as in config/environments/test.yaml", '"0.80"'),
    (PROD, 'model_drift: "0.10"', '"0.16"', "at most 0.15, as in config/environments/test.yaml", '"0.15"'),
    (PROD, 'data_drift: "0.15"', '"0.201"', "at most 0.20, as in config/environments/test.yaml", '"0.2"'),
    (PROD, "prediction_latency_ms: 500", "1001", "at most 1000, as in config/environments/test.yaml", "1000"),
    (PROD, "error_rate_percent: 2", '"5.1"', "at most 5, as in config/environments/test.yaml", "5"),
]


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


@pytest.mark.parametrize(("file", "line", "looser", "allowed", "equal"), THRESHOLDS)
def test_a_threshold_gets_looser(
    configuration: Configuration, file: str, line: str, looser: str, allowed: str, equal: str
) -> None:
    key = line.split(":")[0]
    place = configuration.edit(file, line, f"{key}: «{looser}")
    (problem,) = configuration.problems()
    assert (problem.path[-1], (problem.line, problem.column)) == (key, place)
    assert problem.found == looser
    assert problem.allowed.startswith(allowed)


@pytest.mark.parametrize(("file", "line", "looser", "allowed", "equal"), THRESHOLDS)
def test_a_threshold_stays_the_same(
    configuration: Configuration, file: str, line: str, looser: str, allowed: str, equal: str
) -> None:
    configuration.edit(file, line, f"{line.split(':')[0]}: {equal}")
    assert load_settings(configuration.folder)


@pytest.mark.parametrize("key", ["min_precision", "min_recall"])
def test_a_threshold_of_test_is_missing_in_prod(configuration: Configuration, key: str) -> None:
    configuration.edit(TEST, "validation: # stricter\n", f'validation:\n  {key}: "0.1"\n')
    text = configuration.text(PROD)
    (removed,) = [line for line in text.splitlines(keepends=True) if line.strip().startswith(key)]
    place = configuration.write(PROD, text.replace(removed, "").replace("validation:", "«validation:"))
    (problem,) = configuration.problems()
    assert (dotted(problem.path), (problem.line, problem.column)) == (f"validation.{key}", place)
    assert (
        problem.allowed == "at least 0.1, as in config/environments/test.yaml: prod is never looser than test"
    )


@pytest.mark.parametrize(
    ("section", "key", "in_test", "is_looser"),
    [
        ("validation", "min_precision", '"0.85"', False),
        ("validation", "min_precision", '"0.86"', True),
        ("validation", "min_recall", '"0.80"', False),
        ("validation", "min_recall", '"0.81"', True),
        ("alert_thresholds", "endpoint_availability_percent", '"99.50"', False),
        ("alert_thresholds", "endpoint_availability_percent", '"99.51"', True),
        ("alert_thresholds", "endpoint_availability_percent", "99", False),
    ],
)
def test_a_threshold_that_only_prod_has_by_default(
    configuration: Configuration, section: str, key: str, in_test: str, is_looser: bool
) -> None:
    before, found, after = configuration.text(TEST).partition(f"\n{section}:")
    line, _, rest = after.partition("\n")
    configuration.write(TEST, f"{before}{found}{line}\n  {key}: {in_test}\n{rest}")
    if is_looser:
        assert [dotted(problem.path) for problem in configuration.problems()] == [f"{section}.{key}"]
    else:
        assert load_settings(configuration.folder)


@pytest.mark.parametrize(
    ("looser", "key"),
    [
        ("enabled: false\n  error_threshold: 4\n  latency_threshold: 2000\n", "error_threshold"),
        ("enabled: false\n  error_threshold: 5\n  latency_threshold: 1999\n", "latency_threshold"),
    ],
)
def test_prod_rolls_back_later_than_test(configuration: Configuration, looser: str, key: str) -> None:
    configuration.edit(TEST, "retention:", f"auto_rollback:\n  {looser}\nretention:")
    assert [dotted(problem.path) for problem in configuration.problems()] == [f"auto_rollback.{key}"]


def test_a_section_of_thresholds_is_missing_in_prod(configuration: Configuration) -> None:
    rollback = (
        "auto_rollback:\n  enabled: true\n  error_threshold: 5\n  latency_threshold: 2000\n"
        "  webhook:\n    name: mlops-prod-rollback\n    used_by: [Auto Rollback]\n\n"
    )
    configuration.edit(TEST, "retention:", f"{rollback}retention:")
    configuration.edit(PROD, rollback, "")
    (problem,) = configuration.problems()
    assert (dotted(problem.path), problem.found, problem.fix) == (
        "auto_rollback",
        "nothing",
        "add auto_rollback",
    )
    assert problem.allowed == (
        "auto_rollback, as in config/environments/test.yaml: prod is never looser than test"
    )


def test_alerts_without_their_section_are_one_mistake(configuration: Configuration) -> None:
    head, _, tail = configuration.text(PROD).partition("alert_thresholds: # strict\n")
    configuration.write(PROD, head + "auto_rollback:\n" + tail.partition("auto_rollback:\n")[2])
    (problem,) = configuration.problems()
    assert dotted(problem.path) == "monitoring.alerts"


def test_a_tier_without_the_threshold_is_passed_over(configuration: Configuration) -> None:
    configuration.edit(DEV, 'max_rmse: "15.0"', 'max_rmse: "15.0"\n  min_recall: "0.90"')
    configuration.edit(TEST, "validation: # stricter\n", 'validation:\n  min_recall: "0.95"\n')
    (problem,) = configuration.problems()
    assert (dotted(problem.path), problem.found) == ("validation.min_recall", '"0.80"')
    assert problem.allowed.startswith("at least 0.95, as in config/environments/test.yaml")


def test_prod_is_compared_with_dev_where_there_is_no_test(configuration: Configuration) -> None:
    (configuration.folder / TEST).unlink()
    configuration.edit(PLATFORM, "[dev, test, prod]", "[dev, prod]")
    configuration.edit(PROD, '"0.85"', '"0.60"')
    (problem,) = configuration.problems()
    assert problem.allowed.startswith("at least 0.70, as in config/environments/dev.yaml")


def test_the_strictest_of_two_environments_counts(configuration: Configuration) -> None:
    configuration.edit(DEV, "tier: dev", "tier: test")
    configuration.edit(DEV, '"0.70"', '"0.84"')
    configuration.edit(PROD, '"0.85"', '"0.83"')
    (problem,) = configuration.problems()
    assert problem.allowed.startswith("at least 0.84, as in config/environments/dev.yaml")


@pytest.mark.parametrize("name", ["registry", "state"])
def test_an_environment_is_named_like_a_stack_of_the_platform(
    configuration: Configuration, name: str
) -> None:
    configuration.edit(PLATFORM, "[dev, test, prod]", "[test, prod]")
    configuration.edit(PLATFORM, "promoted_from: [dev]", "promoted_from: []")
    place = configuration.edit(DEV, "name: dev\n", f"name: «{name}\n")
    (problem,) = configuration.problems()
    assert (dotted(problem.path), (problem.line, problem.column)) == ("name", place)
    assert problem.allowed == "another name: the platform has stacks for registry and state"


@pytest.mark.parametrize("name", ["prod", "pr-od"])
def test_two_environments_share_a_name(configuration: Configuration, name: str) -> None:
    configuration.edit(PLATFORM, "[dev, test, prod]", "[dev, prod]")
    place = configuration.edit(TEST, "name: test\n", f"name: «{name}\n")
    (problem,) = configuration.problems()
    assert (dotted(problem.path), (problem.line, problem.column)) == ("name", place)
    assert problem.found == f'"{name}", like "prod" in config/environments/prod.yaml, line 5'


def test_ranges_side_by_side_do_not_overlap(configuration: Configuration) -> None:
    network = NETWORK.replace("«10.30.0.0/16", "10.30.1.0/24")
    configuration.edit(TEST, "security:\n  vnet: false\n", network)
    assert load_settings(configuration.folder)


def test_a_third_range_is_compared_with_both(configuration: Configuration) -> None:
    lines = {}
    for file, space in ((DEV, "10.20.0.0/24"), (TEST, "10.20.0.0/16")):
        network = NETWORK.replace("10.30.0.0/16", space)
        lines[file] = configuration.edit(file, "security:\n  vnet: false\n", network).line
    (problem,) = configuration.problems()
    assert (problem.file.name, problem.line) == ("test.yaml", lines[TEST])
    assert problem.found == (
        f"10.20.0.0/16, which overlaps 10.20.0.0/24 in config/environments/dev.yaml, line {lines[DEV]}"
    )


def test_a_range_that_is_wrong_overlaps_nothing(configuration: Configuration) -> None:
    configuration.edit(TEST, "security:\n  vnet: false\n", NETWORK.replace("/16", "/8"))
    (problem,) = configuration.problems()
    assert problem.found == '"10.30.0.0/8"'


def test_a_private_registry_beside_public_environments(configuration: Configuration) -> None:
    place = configuration.edit(PLATFORM, PUBLIC_REGISTRY, PUBLIC_REGISTRY.replace("true", "«false"))
    (problem,) = configuration.problems()
    assert (dotted(problem.path), (problem.line, problem.column)) == ("registry.public_network_access", place)
    assert problem.found == (
        "false, with private_endpoints: false in config/environments/dev.yaml, config/environments/test.yaml"
    )
    assert problem.allowed == "true as long as an environment has no private endpoint to the registry"
    assert problem.fix == "set it to true, or private_endpoints to true in every environment"


def make_private(configuration: Configuration) -> None:
    """Take away what still reaches the registry from public networks."""
    configuration.edit(PLATFORM, PUBLIC_REGISTRY, "public_network_access: false")
    for file, space in ((DEV, "10.10.0.0/24"), (TEST, "10.20.0.0/24")):
        configuration.edit(file, "security:\n  vnet: false\n", NETWORK.replace("«10.30.0.0/16", space))
        configuration.edit(file, "private_endpoints: false", "private_endpoints: true")


def test_a_private_registry_beside_private_environments(configuration: Configuration) -> None:
    make_private(configuration)
    assert load_settings(configuration.folder).platform.registry.public_network_access is False


@pytest.mark.parametrize("value", ["false", "0"])
def test_what_opens_prod_is_not_reported_at_the_registry_again(
    configuration: Configuration, value: str
) -> None:
    make_private(configuration)
    configuration.edit(PROD, "private_endpoints: true", f"private_endpoints: {value}")
    paths = [dotted(problem.path) for problem in configuration.problems()]
    assert paths == ["security.private_endpoints"]


def test_a_wrong_word_about_public_networks_is_one_mistake(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, PUBLIC_REGISTRY, "public_network_access: no")
    (problem,) = configuration.problems()
    assert problem.found == '"no"'


@pytest.mark.parametrize("name", ["acme", "staging"])  # before and after the others in the order of names
@pytest.mark.parametrize("original", ["dev", "prod"])
def test_what_a_copied_environment_must_change_is_said_of_the_copy(
    configuration: Configuration, original: str, name: str
) -> None:
    copy, file = f"environments/{name}.yaml", f"environments/{original}.yaml"
    configuration.write(copy, configuration.text(file).replace(f"name: {original}\n", f"name: {name}\n"))
    problems = configuration.problems()
    assert {str(problem.file) for problem in problems} == {f"config/{copy}"}
    paths = {dotted(problem.path) for problem in problems}
    assert paths >= {"resource_group", "workspace.name", "security.key_vault"}
    assert ("private_network.address_space" in paths) is (original == "prod")
    assert all(f"in config/{file}, line" in problem.found for problem in problems)
    assert all(problem.fix in (HERE, "choose another range here") for problem in problems)


def test_a_copy_that_still_has_the_name_is_the_one_to_change(configuration: Configuration) -> None:
    configuration.write("environments/acme.yaml", configuration.text(DEV))
    files = {str(problem.file) for problem in configuration.problems()}
    assert files == {"config/environments/acme.yaml"}


def test_the_state_is_in_an_account_of_its_own(configuration: Configuration) -> None:
    configuration.edit(
        PLATFORM,
        "type: local",
        'type: azurerm\n  subscription_id: "00000000-0000-0000-0000-000000000000"\n'
        "  resource_group: mlops-dev-rg\n  storage_account: mlopsstorage\n  container: tfs",
    )
    paths = [dotted(problem.path) for problem in configuration.problems()]
    assert paths == ["backend.resource_group", "shared.storage_account"]


def test_a_name_that_is_missing_is_reported_once_with_every_place(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "  developers: {", "  coders: {")
    line = configuration.edit(DEV, "developers: Administrator", "«developers: Administrator").line
    (problem,) = configuration.problems()
    assert dotted(problem.path) == "pipeline_settings.variable_group.permissions.developers"
    assert problem.found == f'"developers", also in config/environments/dev.yaml, line {line}'


def test_a_key_with_a_mistake_makes_no_reference_to_it_wrong(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "  developers: {", "  Developers: {")
    assert [dotted(problem.path) for problem in configuration.problems()] == ["teams.Developers"]


def test_a_file_that_cannot_be_read_makes_no_reference_wrong(configuration: Configuration) -> None:
    configuration.write(DEV, "name: [")
    configuration.edit(PLATFORM, "[dev, test, prod]", "[dev, test, prod, qa]")
    assert [problem.found for problem in configuration.problems()] == ["the end of the file"]


def test_mistakes_in_a_team_do_not_hide_a_wrong_reference_to_another(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "Developers, create: true", "Developers, create: maybe")
    configuration.edit(TEST, "[qa_team]", "[qa_taem]")
    paths = [dotted(problem.path) for problem in configuration.problems()]
    assert paths == ["approval_environment.approvers[0]", "teams.developers.create"]


def test_an_environment_may_be_in_any_region_of_the_registry(configuration: Configuration) -> None:
    configuration.edit(
        PLATFORM, "  log_retention: 90\n", "  log_retention: 90\n  regions: [westeurope, northeurope]\n"
    )
    configuration.edit(DEV, "location: eastus", "location: northeurope")
    configuration.edit(TEST, "location: eastus", "location: westeurope")
    assert load_settings(configuration.folder).platform.registry.regions == ("westeurope", "northeurope")


def test_the_line_that_adds_a_region_keeps_the_others(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "  log_retention: 90\n", "  log_retention: 90\n  regions: [northeurope]\n")
    configuration.edit(DEV, "location: eastus", "location: westeurope")
    (problem,) = configuration.problems()
    assert problem.fix == "write under registry in platform.yaml: regions: [northeurope, westeurope]"


def test_a_region_of_the_registry_with_a_mistake_is_one_mistake(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, "  log_retention: 90\n", "  log_retention: 90\n  regions: [West Europe]\n")
    configuration.edit(DEV, "location: eastus", "location: westeurope")
    assert [dotted(problem.path) for problem in configuration.problems()] == ["registry.regions[0]"]


def share_a_network(configuration: Configuration, network: str) -> None:
    """Put test and prod into one network."""
    public = "security:\n  vnet: false\n  private_endpoints: false\n"
    configuration.edit(TEST, public, SPOKE)
    text = configuration.text(PROD)
    start, end = text.index("private_network:"), text.index("# Who works with it")
    configuration.edit(PROD, text[start:end], "")
    configuration.edit(PROD, "security:\n  vnet: true\n  private_endpoints: true\n", network)


def test_two_environments_do_not_both_link_zones_to_a_network(configuration: Configuration) -> None:
    # Azure does not tell case apart.
    share_a_network(configuration, SPOKE.replace("spoke", "Spoke"))
    (problem,) = configuration.problems()
    assert (str(problem.file), dotted(problem.path)) == (f"config/{TEST}", "private_network.create_dns_zones")
    assert "true, as in config/environments/prod.yaml" in problem.found
    assert "Azure links it to one of a name" in problem.allowed


def test_two_environments_share_a_network_where_others_register_one(configuration: Configuration) -> None:
    share_a_network(configuration, SPOKE.replace("create_dns_zones: «true", "dns_zones: by_policy"))
    assert len(load_settings(configuration.folder).environments) == 3
