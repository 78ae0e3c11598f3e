"""The registry stack with the platform's own pipelines: deployed, an environment added, taken away, and destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.commands.platform import Platform
from tests.e2e.plans import is_empty
from tests.project import (
    add_infrastructure_pipelines,
    add_staging,
    copy_project,
    fill_in_ids,
    make_state_storage,
)

REGISTRY, STATE = "mlops-registry", "mlops-state"
MEMBERS = "azuredevops_service_principal_entitlement"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("project"))
    fill_in_ids(folder / "config")
    make_state_storage(folder / "config")
    add_infrastructure_pipelines(folder / "config")
    return folder


@pytest.fixture(scope="module")
def registry(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    platform = Platform(tmp_path_factory.mktemp("sandbox"), project)
    platform.synthesize()
    platform.deploy(STATE)
    platform.deploy(REGISTRY)
    return platform


def test_the_second_diff_is_empty(registry: Platform) -> None:
    assert len(registry.every(REGISTRY, MEMBERS)) == 8
    assert is_empty(registry.diff(REGISTRY))


def test_an_environment_more_is_two_identities_more_and_nothing_else_changes(
    registry: Platform, project: Path
) -> None:
    before = registry.state(REGISTRY)["resources"]
    add_staging(project / "config")
    registry.synthesize()
    registry.deploy(STATE)  # the state of the new stack has to have a place first
    registry.deploy(REGISTRY)
    added = set(registry.every(REGISTRY, MEMBERS))
    assert {name for name in added if "staging" in name} == {
        "infrastructure_staging_plan_member",
        "infrastructure_staging_apply_member",
    }
    ids = {(item["type"], item["name"]): item["instances"][0]["attributes"].get("id") for item in before}
    after = registry.state(REGISTRY)["resources"]
    now = {(item["type"], item["name"]): item["instances"][0]["attributes"].get("id") for item in after}
    assert {key for key, id_ in ids.items() if now.get(key) != id_} <= {
        ("azuredevops_users", "infrastructure-repository_build_service")
    }
    (project / "config" / "environments" / "staging.yaml").unlink()
    registry.synthesize()
    registry.deploy(REGISTRY)
    assert len(registry.every(REGISTRY, MEMBERS)) == 8
    assert is_empty(registry.diff(REGISTRY))


def destroy(registry: Platform) -> str:
    """Destroy the stack, which cdktf would do only with all others, and return what Terraform prints."""
    process = registry.start_terraform(REGISTRY, "destroy", "-auto-approve")
    return process.communicate()[0]


def test_a_pipeline_with_its_runs_is_not_destroyed_but_by_the_word(registry: Platform) -> None:
    printed = " ".join(destroy(registry).split())
    assert (
        "azuredevops_build_definition.infrastructure-pipeline-deploy has lifecycle.prevent_destroy" in printed
    )
    assert len(registry.every(REGISTRY, "azuredevops_build_definition")) == 3
    registry.synthesize(DESTROY_PROTECTED="1")
    assert "Destroy complete!" in destroy(registry)
    assert registry.managed(REGISTRY) == []
    kept = {item.name for item in registry.cloud().resources("azuredevops_git_repository")}
    assert kept == {"mlops-platform"}
