"""An environment whose file is gone is taken down by the real terraform, with what was synthesized of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox.commands.platform import Platform, without_accounts
from tests.e2e.plans import actions, is_empty
from tests.project import REPOSITORY, add_staging

NAME = "mlops-staging"
OTHERS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


def run(deployed: Platform, project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a person's own shell, over the stand-in cloud."""
    environment = deployed.installation().environment(deployed.cloud_folder)
    return subprocess.run(
        command,
        cwd=project,
        env={
            **without_accounts(),
            **environment,
            "CDKTF_OUTDIR": str(deployed.out),
            "PYTHONPATH": str(REPOSITORY),
            "CI": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_environment_whose_file_is_gone(deployed: Platform, project: Path, edited: Path) -> None:
    add_staging(edited)
    deployed.synthesize()
    deployed.deploy("mlops-registry", NAME)
    held = deployed.managed(NAME)
    others = {name: deployed.managed(name) for name in OTHERS}
    assert "azurerm_machine_learning_workspace.workspace" in held
    (edited / "environments/staging.yaml").unlink()

    # The cdktf command line deletes folders of stacks that it does not know.
    shutil.copy(REPOSITORY / "cdktf.json", project)
    cdktf = str(REPOSITORY / "node_modules/.bin/cdktf")
    app = f"{sys.executable} main.py"
    done = run(deployed, project, cdktf, "synth", "--app", app, "--output", str(deployed.out))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "To take down: make destroy STACK=mlops-staging" in done.stdout
    deployed.synthesize()
    assert deployed.removed() == [NAME]
    assert set(actions(deployed.diff(NAME)).values()) == {"will be destroyed"}

    done = run(deployed, project, sys.executable, "-m", "cli", "destroy", NAME, "--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Destroy complete! Resources: {len(held)} destroyed." in done.stdout
    assert deployed.managed(NAME) == []
    assert deployed.removed() == []
    deployed.synthesize()
    # What is left of the others differs with the order in which the files of these tests run.
    assert {name: deployed.managed(name) for name in OTHERS} == others
    assert is_empty(deployed.diff("mlops-registry"))
    purge(deployed)


def purge(deployed: Platform) -> None:
    """Delete for good what Azure keeps of it for some days."""
    cloud = deployed.cloud()
    with cloud.locked():
        for type_name in ("azurerm_key_vault", "azurerm_log_analytics_workspace"):
            kept = [item for item in cloud.soft_deleted(type_name) if item.name.startswith(NAME)]
            assert kept
            for item in kept:
                cloud.remove(item)


def test_the_sandboxs_own_commands(deployed: Platform) -> None:
    folder = deployed.out / "removed" / "mlops-old"
    folder.mkdir(parents=True)
    state = {"local": {"path": str(deployed.folder / "mlops-old.tfstate")}}
    content = {"terraform": {"backend": state}, "resource": {"terraform_data": {"kept": {"input": "a"}}}}
    (folder / "cdk.tf.json").write_text(json.dumps(content))
    process = deployed.start_terraform("mlops-old", "apply", "-auto-approve")
    printed, _ = process.communicate()
    assert process.returncode == 0, printed

    def sandbox(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sandbox", *words, "mlops-old", "--folder", str(deployed.folder)]
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert actions(sandbox("diff").stdout) == {"terraform_data.kept": "will be destroyed"}
    refused = sandbox("deploy")
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "Error: The stack mlops-old is no longer configured. To take it down: .venv/bin/python -m sandbox "
        "destroy mlops-old"
    )
    done = sandbox("destroy")
    assert done.returncode == 0, done.stderr
    assert "mlops-old  done: 1 destroyed" in done.stdout
    assert not folder.exists()
    assert deployed.managed("mlops-old") == []
