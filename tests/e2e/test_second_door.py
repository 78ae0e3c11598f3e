"""What the real terraform has deployed, through the REST door."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sandbox.commands.platform import Platform
from sandbox.rest.server import open_door
from tests.project import REPOSITORY
from tests.read_back import differences
from tests.unit.sandbox.rest.visitor import Visitor

_CLIENT = """
from tests.unit.sandbox.rest.visitor import Visitor
import os
visitor = Visitor(os.environ["MLOPS_SERVICES"])
(project,) = visitor.listed(f"{visitor.devops}/_apis/projects")
groups = visitor.listed(f"{visitor.devops}/{project['name']}/_apis/distributedtask/variablegroups")
print(sorted(group["name"] for group in groups))
raise SystemExit(7)
"""


def test_what_terraform_deployed_is_read_back_through_rest(
    deployed: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_door(deployed.cloud()) as door:
        for name, value in door.environment().items():
            monkeypatch.setenv(name, value)
        assert differences(deployed.cloud(), Visitor(door.address)) == []


def test_a_command_runs_with_the_door(deployed: Platform) -> None:
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "serve",
        "--cloud",
        str(deployed.cloud_folder),
        "--page-size",
        "2",
    ]
    done = subprocess.run(
        [*command, "--", sys.executable, "-c", _CLIENT],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, "")
    assert "mlops-dev-variables" in done.stdout
    assert "mlops-shared-variables" in done.stdout
