"""From what the platform has made to what exists: nothing is destroyed, whatever Terraform had of it before."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.commands.platform import Platform, SandboxError
from tests.e2e.plans import is_empty
from tests.project import copy_project, replace

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups"
GROUP = f"{SUBSCRIPTION}/mlops-dev-rg"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/mlops-dev-logs"
KEPT = (
    "azurerm_resource_group.resource_group",
    "azurerm_log_analytics_workspace.monitoring_log_analytics",
    "azurerm_log_analytics_workspace_table.monitoring_AppTraces",
    "azurerm_monitor_action_group.smart_detection",
)


@pytest.fixture(scope="module")
def own_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of these tests alone: what they deploy does not come back."""
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def dev(own_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The registry and dev as the guide has them, dev."""
    platform = Platform(tmp_path_factory.mktemp("sandbox"), own_project)
    platform.synthesize()
    platform.deploy("mlops-registry", "mlops-dev")
    return platform


def test_what_moves_out_of_terraform_stays_in_the_cloud(dev: Platform, own_project: Path) -> None:
    before = {resource.id for resource in dev.cloud().resources()}
    replace(
        own_project / "config" / "environments" / "dev.yaml",
        (
            "location: eastus\n",
            f"location: eastus\nexisting:\n  resource_group: {GROUP}\n  log_analytics: {LOGS}\n",
        ),
    )
    dev.synthesize()
    plan = " ".join(dev.diff("mlops-dev").split())
    for address in KEPT:
        assert f"# {address} will no longer be managed by Terraform" in plan
        assert f"# {address} will be destroyed" not in plan
    dev.deploy("mlops-registry", "mlops-dev")
    assert is_empty(dev.diff("mlops-dev"))
    assert not set(KEPT) & set(dev.managed("mlops-dev"))
    gone = before - {resource.id for resource in dev.cloud().resources()}
    # Logs of the workspace about itself, and the wait for its tables, were the platform's.
    assert [resource_id for resource_id in gone if "/resourcegroups/" in resource_id.lower()] == [
        f"{LOGS}|log-analytics"
    ]


def test_what_is_missing_is_named_by_the_plan(dev: Platform, own_project: Path) -> None:
    replace(
        own_project / "config" / "environments" / "test.yaml",
        ("log_analytics: mlops-test-logs", "log_analytics: platform-logs"),
        (
            "location: eastus\n",
            "location: eastus\nexisting:\n  log_analytics: "
            f"{SUBSCRIPTION}/platform-rg/providers/Microsoft.OperationalInsights/workspaces/platform-logs\n",
        ),
    )
    dev.synthesize()
    for resource in dev.cloud().resources("azapi_resource"):
        if resource.id.endswith("/platform-logs"):
            dev.cloud().remove(resource)
    with pytest.raises(SandboxError, match="platform-logs' under resource group 'platform-rg' was not"):
        dev.diff("mlops-test")
