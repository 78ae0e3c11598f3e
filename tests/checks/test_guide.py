"""A variable of the guide that a stack lacks is named."""

from __future__ import annotations

import copy

import pytest

from checks import test_configuration
from checks.guide import missing_variables
from settings.loader import Settings, load_settings
from tests.guide.tables import GROUPS, VARIABLES
from tests.project import copy_configuration, replace
from tests.synthesized import Stack


@pytest.fixture
def changed(stacks: dict[str, Stack]) -> dict[str, Stack]:
    """The stacks of the guide, to be changed."""
    return {name: Stack(name, copy.deepcopy(stack.terraform)) for name, stack in stacks.items()}


def test_the_guide_lacks_nothing(settings: Settings, stacks: dict[str, Stack]) -> None:
    assert missing_variables(settings, stacks) == []


@pytest.mark.parametrize("group", VARIABLES)
def test_each_variable_is_missed_that_is_empty_or_not_there(
    settings: Settings, changed: dict[str, Stack], group: str
) -> None:
    stack = GROUPS[group][0]
    names = sorted(VARIABLES[group])
    found = changed[stack].variables(group)
    for number, name in enumerate(names):
        found[name].update({"value": ""} if number % 2 else {"name": "other"})
    missing = missing_variables(settings, changed)
    assert missing == [f"{stack}: the variable {name} of {group}" for name in names]


def test_no_variable_of_a_cluster_is_missed_that_the_configuration_does_not_have(
    changed: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = copy_configuration(tmp_path_factory.mktemp("nightly"))
    replace(
        config / "environments" / "test.yaml",
        ("  scoring_cluster:\n", "  nightly:\n    purpose: batch\n"),
    )
    changed["mlops-test"].variables("mlops-test-variables")["testScoringCluster"]["name"] = "testNightly"
    assert missing_variables(load_settings(config), changed) == []


def test_a_group_is_missed(settings: Settings, changed: dict[str, Stack]) -> None:
    changed["mlops-test"].at("azuredevops_variable_group.variables")["name"] = "other"
    assert missing_variables(settings, changed) == ["mlops-test: the variable group mlops-test-variables"]


def test_groups_and_environments_go_by_their_own_names(
    changed: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = copy_configuration(tmp_path_factory.mktemp("renamed"))
    replace(
        config / "environments" / "test.yaml",
        ("name: test\n", "name: eu-qa\n"),
        ("mlops-test-variables", "qa-variables"),
    )
    replace(config / "platform.yaml", ("[dev, test, prod]", "[eu-qa]"))
    changed["mlops-eu-qa"] = changed.pop("mlops-test")
    assert missing_variables(load_settings(config), changed) == [
        "mlops-registry: the variable mlopsEuQaResourceGroup of mlops-shared-variables",
        "mlops-registry: the variable mlopsEuQaWorkspace of mlops-shared-variables",
        "mlops-eu-qa: the variable group qa-variables",
    ]


def test_stacks_go_by_their_prefix(
    changed: dict[str, Stack], tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = copy_configuration(tmp_path_factory.mktemp("prefixed"))
    replace(config / "platform.yaml", ("tags:\n", "stack_prefix: ml\n\ntags:\n"))
    renamed = {name.replace("mlops-", "ml-"): stack for name, stack in changed.items()}
    own = load_settings(config)
    assert missing_variables(own, renamed) == []
    test_configuration.test_each_environment_is_a_stack(own, renamed)
    with pytest.raises(pytest.fail.Exception, match="The stacks are mlops-dev"):
        test_configuration.test_each_environment_is_a_stack(own, changed)
