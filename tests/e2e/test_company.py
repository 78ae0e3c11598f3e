"""The company's configuration through the real cdktf and terraform: deployed twice, and destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from sandbox.commands.platform import Platform
from sandbox.rest.server import open_door
from sandbox.services.azure import landing_zone
from tests.e2e.plans import is_empty
from tests.project import COMPANY, copy_project

TAGS = {"platform": "mlops", "managed-by": "terraform", "owner": "data-science", "environment": "dev"}
STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod", "mlops-state"]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """All stacks of the company, deployed through cdktf where policies tag and register what they find."""
    project = copy_project(tmp_path_factory.mktemp("project"), COMPANY)
    platform = Platform(tmp_path_factory.mktemp("sandbox"), project)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(landing_zone.VARIABLE, f"{landing_zone.TAGS},{landing_zone.DNS_ZONE_GROUPS}")
        platform.synthesize()
        platform.deploy("mlops-state")  # as make bootstrap does it: the registry gives roles on it
        platform.deploy()
        yield platform


def test_what_a_policy_tags_is_tagged(company: Platform) -> None:
    tags = company.attributes("mlops-dev", "azurerm_storage_account.storage")["tags"]
    assert tags == {**TAGS, **landing_zone.TAG}


def zones(company: Platform, stack: str) -> set[str]:
    """Return the names of the groups of zones that the endpoints of a stack have in the cloud."""
    endpoints = company.cloud().resources("azurerm_private_endpoint")
    return {
        group["name"]
        for endpoint in endpoints
        if endpoint.name.startswith(stack)
        for group in endpoint.attributes["private_dns_zone_group"]
    }


def test_a_policy_registers_the_endpoints_that_are_left_to_it(company: Platform) -> None:
    assert zones(company, "mlops-prod") == {landing_zone.ZONE_GROUP}
    assert zones(company, "mlops-test") == {"default"}


@pytest.mark.parametrize("name", STACKS)
def test_the_second_diff_is_empty(company: Platform, name: str) -> None:
    assert is_empty(company.diff(name))


def test_nothing_live_is_wrong_but_that_people_are_missing(
    company: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that the guide does not have: pools, identities elsewhere, Entra groups, linked vaults."""
    monkeypatch.chdir(company.configuration.parent)
    monkeypatch.setenv("CDKTF_OUTDIR", str(company.out))
    with open_door(company.cloud()) as door:
        done = CliRunner(env=dict(door.environment())).invoke(app, ["doctor", "live", "--json"])
    found = json.loads(done.stdout)
    assert [(one["rule"], one["place"]) for one in found["findings"]] == [
        ("no-approvers", "team QA team"),
        ("no-approvers", "team Platform lead"),
    ]
    assert {one["rule"] for one in found["notes"]} == {"note-access", "note-not-visible"}
    assert found["unseen"] == []


def test_destroying_leaves_nothing_in_the_state_and_what_others_own_where_it_is(company: Platform) -> None:
    company.destroy_protected()
    assert [company.managed(name) for name in STACKS] == [[], [], [], [], []]
    # Whatever the word, what others own stays: Entra groups would be gone for the whole organization.
    cloud = company.cloud()
    with cloud.locked():
        groups = [item.attributes for item in cloud.resources("azuredevops_group")]
        containers = {item.name for item in cloud.resources("azurerm_storage_container")}
        networks = {item.name for item in cloud.resources("azurerm_virtual_network")}
        pools = {item.name for item in cloud.resources("azuredevops_agent_queue")}
        repositories = {item.name for item in cloud.resources("azuredevops_git_repository")}
    assert sorted(group["origin_id"][-2:] for group in groups if group["origin"] == "aad") == [
        "01",
        "02",
        "03",
    ]
    assert containers == {"history", "forecasts"}
    assert networks == {"hub", "mlops-test-spoke", "mlops-state-spoke"}
    assert repositories == {"mlops-platform"}
    assert pools == {"mlops-prod-agents", "mlops-test-agents"}
