"""Somebody edits the Library that the real terraform has deployed, and the edit comes into the configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox.commands.library import set_variable
from sandbox.commands.platform import Platform
from tests.e2e.plans import actions
from tests.project import REPOSITORY

_DEV = "mlops-dev-variables"


def mlops(cloud: Path, *arguments: str, expected: int = 0) -> Any:
    """Run a command with the door, as the pages say, and return its JSON."""
    command = [sys.executable, "-m", "cli", *arguments, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "serve", "--cloud", str(cloud), "--", *command],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (expected, "")
    return json.loads(done.stdout)


def test_a_round_trip(deployed: Platform, edited: Path) -> None:
    cloud, config = deployed.cloud_folder, ("--config", str(edited))
    assert mlops(cloud, "library", "--diff", *config)["differences"] == []
    try:
        set_variable(cloud, _DEV, "validationMinAccuracy", "0.750")
        set_variable(cloud, _DEV, "workspaceName", "another")
        found = mlops(cloud, "library", "--diff", *config, expected=1)
        assert (found["findings"], found["by_people"]) == (1, 1)
        before = (edited / "environments" / "dev.yaml").read_text()
        assert mlops(cloud, "pull", *config)["written"]
        assert (edited / "environments" / "dev.yaml").read_text() == before.replace('"0.70"', '"0.750"')
        (left,) = mlops(cloud, "library", "--diff", *config, expected=1)["differences"]
        assert (left["variable"], left["difference"]) == ("workspaceName", "changed")
        deployed.synthesize()
        assert actions(deployed.diff("mlops-dev")) == {
            "azuredevops_variable_group_variable.variables_workspaceName": "will be updated in-place"
        }
    finally:
        set_variable(cloud, _DEV, "validationMinAccuracy", "0.70")
        set_variable(cloud, _DEV, "workspaceName", "mlops-dev-workspace")
