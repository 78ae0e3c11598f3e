"""The stack of the state in the sandbox: deployed, changed and destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.commands.platform import Platform, SandboxError
from sandbox.services.azure.authorization import DEPLOYER
from tests.project import add_staging, copy_project, fill_in_ids, make_state_storage, replace

NAME = "mlops-state"
STAGING = 'azurerm_storage_container.{}["mlops-staging"]'


def planned(platform: Platform) -> dict[str, list[str]]:
    """Return what a plan would do with each resource that would not stay as it is."""
    changes = {change["address"]: change["change"]["actions"] for change in platform.plan(NAME)}
    return {address: actions for address, actions in changes.items() if actions != ["no-op"]}


def test_the_storage_of_the_state(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    config = project / "config"
    fill_in_ids(config)
    make_state_storage(config)
    platform = Platform(tmp_path / "sandbox", project)
    platform.synthesize()
    platform.deploy(NAME)
    assert planned(platform) == {}, "a second plan is empty"
    containers = {item["name"] for item in platform.every(NAME, "azurerm_storage_container").values()}
    assert containers == {"mlops-registry", "mlops-dev", "mlops-test", "mlops-prod", NAME}
    role = platform.attributes(NAME, "azurerm_role_assignment.deployer")
    assert role["principal_id"] == DEPLOYER

    add_staging(config)
    platform.synthesize()
    both = [STAGING.format("plan_containers"), STAGING.format("state_containers")]
    assert planned(platform) == {address: ["create"] for address in both}
    platform.deploy(NAME)
    (config / "environments" / "staging.yaml").unlink()
    platform.synthesize()
    with pytest.raises(SandboxError, match="prevent_destroy"):
        platform.diff(NAME)
    replace(
        config / "platform.yaml",
        (
            "    location: eastus\n    plan",
            "    location: eastus\n    former_environments: [staging]\n    plan",
        ),
    )
    platform.synthesize()
    assert planned(platform) == {STAGING.format("plan_containers"): ["delete"]}

    with pytest.raises(SandboxError, match="prevent_destroy"):
        platform.destroy(NAME)
    platform.synthesize(DESTROY_PROTECTED="1")
    platform.destroy(NAME)
    assert platform.managed(NAME) == []
