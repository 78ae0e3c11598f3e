"""Agent pools: one guard for each, whichever environments share it."""

from __future__ import annotations

from pathlib import Path

from settings.loader import load_settings
from tests.project import copy_configuration, replace
from tests.synthesized import Stack, synthesize_to

Stacks = dict[str, Stack]
POOL = "agent_pool: {}\n\nsecurity:\n"


def with_pools(tmp_path: Path, pools: dict[str, str]) -> Stacks:
    """Return the stacks of the guide when its environments have these pools."""
    config = copy_configuration(tmp_path)
    for name, pool in pools.items():
        path = config / "environments" / f"{name}.yaml"
        replace(path, ("security:\n", POOL.format(pool)))
    return synthesize_to(load_settings(config), tmp_path / "out")


def authorized(registry: Stack, pool: str) -> set[str]:
    """Return the keys of the pipelines that may run on a pool."""
    start = f"agent_pool_{pool}-pipeline-"
    names = registry.resources("azuredevops_pipeline_authorization")
    return {name.removeprefix(start) for name in names if name.startswith(start)}


def checks(stack: Stack) -> dict[str, str]:
    """Return the branches of the checks on pools."""
    return {
        name: body["allowed_branches"]
        for name, body in stack.resources("azuredevops_check_branch_control").items()
        if body["target_resource_type"] == "queue"
    }


def test_a_pool_of_one_environment_is_for_its_branches_and_pipelines(company: Stacks) -> None:
    registry = company["mlops-registry"]
    assert checks(registry) == {
        "agent_pool_mlops-prod-agents_branch_control": "refs/heads/main",
        "agent_pool_mlops-test-agents_branch_control": "refs/heads/release/*",
    }
    check = registry.at("azuredevops_check_branch_control.agent_pool_mlops-prod-agents_branch_control")
    assert check["verify_branch_protection"] is True
    assert authorized(registry, "mlops-prod-agents") == {"Prod_Deployment"}
    assert authorized(registry, "mlops-test-agents") == {"Test_Deployment"}
    variable = company["mlops-prod"].variables("mlops-prod-variables")["agentPool"]
    assert variable["value"] == "mlops-prod-agents"
    assert "lifecycle" not in variable  # it is Terraform's
    assert "agentPool" not in company["mlops-dev"].variables("mlops-dev-variables")


def test_a_pool_of_several_environments_is_for_what_any_of_them_lets_in(tmp_path: Path) -> None:
    """All checks of a pool have to pass: one check for each environment would let nobody in."""
    stacks = with_pools(tmp_path, {"dev": "Ours inside", "test": "ours inside", "prod": "other"})
    registry = stacks["mlops-registry"]
    assert checks(registry) == {
        "agent_pool_other_branch_control": "refs/heads/main",
        "agent_pool_ours--inside_branch_control": "refs/heads/develop, refs/heads/release/*",
    }
    # Dev's branch need not be protected.
    check = registry.at("azuredevops_check_branch_control.agent_pool_ours--inside_branch_control")
    assert check["verify_branch_protection"] is False
    assert authorized(registry, "ours--inside") == {"Training", "Promotion", "Test_Deployment"}
    for name in ("mlops-dev", "mlops-test", "mlops-prod"):
        assert checks(stacks[name]) == {}


def test_without_a_pool_nothing_is_looked_up(stacks: Stacks) -> None:
    assert not stacks["mlops-registry"].data("azuredevops_agent_queue")
    assert checks(stacks["mlops-registry"]) == {}


def test_pull_requests_run_on_no_pool_of_an_environment(company: Stacks) -> None:
    registry = company["mlops-registry"]
    assert "PR_Validation" in {
        name.rpartition("-pipeline-")[2] for name in registry.resources("azuredevops_pipeline_authorization")
    }
    assert "PR_Validation" not in authorized(registry, "mlops-prod-agents") | authorized(
        registry, "mlops-test-agents"
    )
