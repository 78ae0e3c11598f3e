"""The company's configuration through the real cdktf and terraform: deployed twice, and destroyed."""

from __future__ import annotations

import pytest

from sandbox.commands.platform import Platform
from tests.e2e.plans import is_empty
from tests.project import COMPANY, copy_project

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """All stacks of the company, deployed through cdktf."""
    project = copy_project(tmp_path_factory.mktemp("project"), COMPANY)
    platform = Platform(tmp_path_factory.mktemp("sandbox"), project)
    platform.synthesize()
    platform.deploy()
    return platform


@pytest.mark.parametrize("name", STACKS)
def test_the_second_diff_is_empty(company: Platform, name: str) -> None:
    assert is_empty(company.diff(name))


def test_destroying_leaves_nothing_in_the_state_and_what_others_own_where_it_is(company: Platform) -> None:
    company.destroy_protected()
    assert [company.managed(name) for name in STACKS] == [[], [], [], []]
    # Whatever the word, what others own stays: Entra groups would be gone for the whole organization.
    cloud = company.cloud()
    with cloud.locked():
        groups = [item.attributes for item in cloud.resources("azuredevops_group")]
        containers = {item.name for item in cloud.resources("azurerm_storage_container")}
    assert sorted(group["origin_id"][-2:] for group in groups if group["origin"] == "aad") == [
        "01",
        "02",
        "03",
    ]
    assert containers == {"history", "forecasts"}
