"""The online endpoint and the quota: what is refused, and what reaches the pipelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import Settings, load_settings
from settings.models.variables import environment_variables
from settings.reading.problems import ConfigurationError, dotted
from tests.project import COMPANY, REPOSITORY, WORKSTATION, copy_configuration, replace
from tests.unit.settings.configuration import DEV, PROD, TEST, Configuration, Mistake, assert_one_problem

ENDPOINT = """\
endpoint:
  name: mlops-forecast
  vm_size: Standard_DS3_v2
  instance_count: 3
"""
OPEN = f"{ENDPOINT}  public_network_access: true\n"
VALIDATION = "\nvalidation:"


def add(configuration: Configuration, file: str, text: str) -> None:
    configuration.edit(file, VALIDATION, f"\n{text}{VALIDATION}")


def added(file: str, text: str, path: str, found: str, allowed: str, fix: str) -> Mistake:
    return Mistake(file, VALIDATION, f"\n{text}{VALIDATION}", path, found, allowed, fix)


MISTAKES = {
    "a name that starts with a digit": added(
        DEV, OPEN.replace("mlops-forecast", "«1-forecast"), "endpoint.name",
        '"1-forecast"', "3 to 32 letters, digits and single hyphens", "write it like mlops-dev-forecast",
    ),
    "a name with two hyphens": added(
        DEV, OPEN.replace("mlops-forecast", "«mlops--forecast"), "endpoint.name",
        '"mlops--forecast"', "single hyphens", "write it like mlops-dev-forecast",
    ),
    "more instances than a deployment may have": added(
        DEV, OPEN.replace(": 3", ": «51"), "endpoint.instance_count",
        "51", "a whole number from 1 to 50", "write a whole number in that range",
    ),
    "no authentication": added(
        DEV, f"{OPEN}  auth_mode: «None\n", "endpoint.auth_mode",
        '"None"', "one of AADToken, AMLToken, Key", "choose one of them",
    ),
    "a key in prod": added(
        PROD, f"{ENDPOINT}  auth_mode: «Key\n", "endpoint.auth_mode",
        '"Key" in an environment of tier prod', "AADToken: callers of prod sign in with Entra",
        "set it to AADToken, or remove auth_mode",
    ),
    "a workspace's token in prod": added(
        PROD, f"{ENDPOINT}  auth_mode: «AMLToken\n", "endpoint.auth_mode",
        '"AMLToken" in an environment of tier prod', "AADToken", "set it to AADToken",
    ),
    "a public endpoint in a private environment": added(
        PROD, OPEN.replace(": true", ": «true"), "endpoint.public_network_access",
        "true in a private environment", "false: it is reached through the workspace's private endpoint",
        "remove it, or set it to false",
    ),
    "a closed endpoint in a public environment": added(
        DEV, OPEN.replace(": true", ": «false"), "endpoint.public_network_access",
        "false, with private_endpoints: false", "true there", "set public_network_access to true",
    ),
    "an endpoint that nobody opened in a public environment": added(
        DEV, f"«{ENDPOINT}", "endpoint.public_network_access",
        "false, with private_endpoints: false", "true there", "set public_network_access to true",
    ),
    "a family that is none": added(
        DEV, "quota: { «DSv2: 20 }\n", "quota.DSv2",
        '"DSv2"', "a family of VM sizes as Azure's quotas have it", "write it like standardDSv2Family",
    ),
    "a family of another size": added(
        DEV, "quota: { «standardDSv3Family: 20 }\n", "quota.standardDSv3Family",
        "standardDSv3Family, which nothing here counts against",
        "the families of dedicated nodes, workstations and the endpoint: standardDSv2Family",
        "did you mean standardDSv2Family?",
    ),
    "a family far from all": added(
        DEV, "quota: { «standard NCASv3_T4 Family: 20 }\n", "quota.standard NCASv3_T4 Family",
        "standard NCASv3_T4 Family, which nothing here counts against", "standardDSv2Family", "",
    ),
    "too few cores for the clusters": added(
        DEV, "quota: { standardDSv2Family: «19 }\n", "quota.standardDSv2Family",
        "19 cores, with 20 asked for: training_cluster 4 nodes x 4, scoring_cluster 2 nodes x 2",
        "at least 20: clusters at their most nodes, workstations, and blue and green together",
        "have Azure raise the quota and write it here, or lower max_nodes or instance_count",
    ),
    "too few cores for a workstation": added(
        DEV, f"{WORKSTATION}quota: {{ standardDSv2Family: «23 }}\n", "quota.standardDSv2Family",
        "23 cores, with 24 asked for: training_cluster 4 nodes x 4, scoring_cluster 2 nodes x 2, "
        "workstations[0] 1 machine x 4",
        "at least 24", "lower max_nodes or instance_count",
    ),
    "too few cores for blue and green": added(
        DEV, f"{OPEN}\nquota: {{ standardDSv2Family: «51 }}\n", "quota.standardDSv2Family",
        "51 cores, with 52 asked for: training_cluster 4 nodes x 4, scoring_cluster 2 nodes x 2, "
        "blue and green 8 instances x 4",
        "at least 52", "lower max_nodes or instance_count",
    ),
    "too few cores of an exempt size": added(
        DEV,
        f"{OPEN.replace('DS3_v2', 'NC24ads_A100_v4')}\nquota: {{ standardNCADSA100v4Family: «143 }}\n",
        "quota.standardNCADSA100v4Family",
        "143 cores, with 144 asked for: blue and green 6 instances x 24", "at least 144", "instance_count",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


def test_two_environments_of_a_region_have_endpoints_of_two_names(configuration: Configuration) -> None:
    add(configuration, DEV, OPEN)
    add(configuration, PROD, ENDPOINT.replace("mlops-forecast", "MLOps-Forecast"))
    problems = configuration.problems()
    assert [dotted(problem.path) for problem in problems] == ["endpoint.name"]
    assert "each online endpoint with a name of its own" in problems[0].allowed
    configuration.edit(
        "platform.yaml", "  log_retention: 90\n", "  log_retention: 90\n  regions: [westeurope]\n"
    )
    configuration.edit(DEV, "location: eastus", "location: westeurope")
    assert load_settings(configuration.folder).environments[0].endpoint is not None


@pytest.mark.parametrize("mode", ["AADToken", "AMLToken", "Key"])
def test_outside_prod_callers_may_sign_in_in_any_way(configuration: Configuration, mode: str) -> None:
    add(configuration, TEST, f"{OPEN}  auth_mode: {mode}\n")
    (test,) = [e for e in load_settings(configuration.folder).environments if e.name == "test"]
    assert test.endpoint is not None
    assert test.endpoint.auth_mode == mode


@pytest.mark.parametrize(
    "quota",
    [
        "{ standardDSv2Family: 52 }",
        "{ StandardDSv2Family: 52 }",
        "{}",
    ],
)
def test_cores_that_are_enough_are_accepted(configuration: Configuration, quota: str) -> None:
    add(configuration, DEV, f"{OPEN}\nquota: {quota}\n")
    load_settings(configuration.folder)


@pytest.mark.parametrize(("count", "kept"), [(1, 2), (3, 4), (5, 6), (6, 8), (10, 12), (50, 60)])
def test_azure_keeps_a_fifth_of_each_deployment_free(
    configuration: Configuration, count: int, kept: int
) -> None:
    # "if you request 10 instances of a Standard_DS3_v2 … you should have a quota for 48 cores", of each deployment.
    cores = 20 + 2 * kept * 4
    add(
        configuration, DEV, f"{OPEN.replace(': 3', f': {count}')}\nquota: {{ standardDSv2Family: {cores} }}\n"
    )
    load_settings(configuration.folder)
    configuration.edit(DEV, f"standardDSv2Family: {cores}", f"standardDSv2Family: {cores - 1}")
    (problem,) = configuration.problems()
    assert f"blue and green {2 * kept} instances x 4" in problem.found


def test_nodes_of_low_priority_have_a_quota_of_their_own(configuration: Configuration) -> None:
    configuration.edit(DEV, "    max_nodes: 4\n", "    max_nodes: 4\n    vm_priority: LowPriority\n")
    add(configuration, DEV, "quota: { standardDSv2Family: 4 }\n")
    load_settings(configuration.folder)


@pytest.mark.parametrize(
    ("old", "new", "path", "quota"),
    [
        (
            "max_nodes: 4",
            "max_nodes: many",
            "compute.training_cluster.max_nodes",
            "{ standardDSv2Family: 1 }",
        ),
        (
            "vm_size: Standard_DS3_v2",
            "vm_size: DS3_v2",
            "compute.training_cluster.vm_size",
            "{ standardFSv2Family: 1 }",
        ),
    ],
)
def test_a_quota_is_not_judged_by_what_is_reported_already(
    configuration: Configuration, old: str, new: str, path: str, quota: str
) -> None:
    configuration.edit(DEV, old, new)
    add(configuration, DEV, f"quota: {quota}\n")
    assert [dotted(problem.path) for problem in configuration.problems()] == [path]


def test_a_size_that_is_not_known_is_noted_where_there_is_a_quota(configuration: Configuration) -> None:
    configuration.edit(DEV, "vm_size: Standard_DS3_v2", "vm_size: Standard_M64ms")
    assert not [note for note in load_settings(configuration.folder).notes if "quota" in note]
    add(configuration, DEV, "quota: { standardDSv2Family: 4 }\n")
    (note,) = [note for note in load_settings(configuration.folder).notes if "quota" in note]
    assert note.startswith("Note: compute.training_cluster.vm_size (config/environments/dev.yaml, line ")
    assert "is Standard_M64ms, whose family of VM sizes is not known here" in note


VARIABLES = {
    "onlineEndpointName": "mlops-forecast",
    "onlineEndpointVmSize": "Standard_DS3_v2",
    "onlineEndpointInstanceCount": "3",
    "onlineEndpointAuthMode": "AADToken",
    "onlineEndpointPublicNetworkAccess": "false",
    "onlineEndpointIdentity": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/mlops-prod-rg"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mlops-prod-workspace-endpoint",
}


def prod_variables(settings: Settings) -> dict[str, str]:
    (prod,) = [e for e in settings.environments if e.name == "prod"]
    return {
        variable.name: variable.value
        for variable in environment_variables(prod)
        if variable.name.startswith("online") and variable.owner == "terraform"
    }


def test_pipelines_read_all_of_it_as_variables(configuration: Configuration) -> None:
    assert prod_variables(load_settings(configuration.folder)) == {}
    add(configuration, PROD, ENDPOINT)
    assert prod_variables(load_settings(configuration.folder)) == VARIABLES


def test_no_variable_of_it_is_one_that_azure_pipelines_keeps_back() -> None:
    # A variable that starts with "endpoint" never reaches a script ("Define variables").
    assert not [name for name in VARIABLES if name.lower().startswith("endpoint")]


def test_the_page_shows_what_is_said(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path, COMPANY)
    replace(config / "environments/prod.yaml", ("standardDSv2Family: 100", "standardDSv2Family: 80"))
    with pytest.raises(ConfigurationError) as refused:
        load_settings(config)
    _, *said = str(refused.value.problems[0]).splitlines()
    assert len(refused.value.problems) == 1
    page = (REPOSITORY / "docs" / "company.md").read_text()
    assert "\n".join(f"    {line}" for line in said) in page


def test_the_page_explains_every_one_of_them() -> None:
    page = (REPOSITORY / "docs" / "company.md").read_text()
    assert [name for name in VARIABLES if f"| `{name}` |" not in page] == []


def test_private_endpoints_alone_and_prod_alone_close_the_endpoint(configuration: Configuration) -> None:
    configuration.edit(
        DEV,
        "security:\n  vnet: false",
        "private_network:\n  address_space: 10.10.0.0/24\n  isolation_mode: AllowInternetOutbound\n\n"
        "security:\n  vnet: true",
    )
    configuration.edit(DEV, "private_endpoints: false", "private_endpoints: true")
    configuration.edit(PROD, "private_endpoints: true", "private_endpoints: false")
    add(configuration, DEV, OPEN)
    add(configuration, PROD, OPEN.replace("forecast", "prices"))
    assert [(str(problem.file), dotted(problem.path)) for problem in configuration.problems()] == [
        (f"config/{DEV}", "endpoint.public_network_access"),
        (f"config/{PROD}", "endpoint.public_network_access"),
        (f"config/{PROD}", "security.private_endpoints"),
    ]


def test_a_wrong_word_about_private_endpoints_closes_prod_all_the_same(configuration: Configuration) -> None:
    """And a closed endpoint of prod is no second mistake beside private_endpoints: false."""
    configuration.edit(PROD, "private_endpoints: true", "private_endpoints: false")
    add(configuration, PROD, ENDPOINT)
    assert [dotted(problem.path) for problem in configuration.problems()] == ["security.private_endpoints"]
