"""State that an earlier version kept beside ``cdktf.out`` is found by the real terraform after it has moved."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from deployment.state import keep_state, local_state

EARLIER = "../../../terraform.mlops-dev.tfstate"


def write(folder: Path, path: str) -> None:
    content = {
        "terraform": {"backend": {"local": {"path": path}}},
        "resource": {"terraform_data": {"kept": {"input": "a"}}},
    }
    (folder / "cdk.tf.json").write_text(json.dumps(content))


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            os.environ.get("TERRAFORM_BINARY_NAME", "terraform"),
            f"-chdir={folder}",
            *arguments,
            "-input=false",
        ],
        env={**os.environ, "TF_IN_AUTOMATION": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def deployed(folder: Path) -> None:
    folder.mkdir(parents=True)
    write(folder, EARLIER)
    for step in (["init"], ["apply", "-auto-approve"]):
        done = terraform(folder, *step)
        assert done.returncode == 0, done.stderr


def test_a_stack_finds_its_state_again(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out" / "stacks" / "mlops-dev"
    deployed(folder)
    write(folder, local_state("mlops-dev"))
    assert "Backend configuration changed" in terraform(folder, "init").stderr, "without the move it is lost"
    keep_state(tmp_path / "cdktf.out", local=True)
    assert terraform(folder, "init").returncode == 0
    done = terraform(folder, "plan", "-detailed-exitcode")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_removed_stack_can_still_be_destroyed(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out" / "removed" / "mlops-dev"
    deployed(folder)
    keep_state(tmp_path / "cdktf.out", local=True)
    assert terraform(folder, "init").returncode == 0
    done = terraform(folder, "destroy", "-auto-approve")
    assert "Resources: 1 destroyed" in done.stdout, done.stderr
