"""State comes into the storage that a stack makes: the real terraform between files, killed at each of its commands.

A file in another folder stands for a blob: the account is not there before that folder is, which the state stack makes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.moving import OVERRIDE
from tests.project import REPOSITORY

STATE, REGISTRY = "mlops-state", "mlops-registry"
# Writes the stacks anew, as a synthesis does: their state in files, or where the state stack is to keep it.
APP = """
import json
from pathlib import Path

azure = Path("azure.yes").exists()
names = ["mlops-registry", *(["mlops-state"] if azure else [])]
for name in names:
    folder = Path("cdktf.out/stacks", name)
    folder.mkdir(parents=True, exist_ok=True)
    where = f"azure/{name}" if azure else ".state"
    resource = {"input": name}
    if name == "mlops-state":
        resource["provisioner"] = [{"local-exec": {"command": "mkdir -p ../../../azure && echo >>../../../made"}}]
    (folder / "cdk.tf.json").write_text(json.dumps({
        "terraform": {"backend": {"local": {"path": f"../../../{where}/terraform.{name}.tfstate"}}},
        "resource": {"terraform_data": {"kept": resource}},
    }))
manifest = {name: {"workingDirectory": f"stacks/{name}", "dependencies": []} for name in names}
Path("cdktf.out/manifest.json").write_text(json.dumps({"stacks": manifest}))
"""
# Terraform, that kills whoever has started it before or after its n-th command, and finds no account before there is.
PROGRAM = """#!/bin/bash
test "$1" = version && exec {terraform} "$@"
number=$(($(cat {folder}/count 2>/dev/null || echo 0) + 1))
echo $number >{folder}/count
deadly() {{ test "$(cat {folder}/deadly 2>/dev/null)" = "$1 $number" && kill -9 $PPID; }}
deadly before
if test -e backend.tf.json -a ! -e {folder}/azure && grep -q {folder}/azure backend.tf.json; then
  echo "Error: lookup mlopsstate.blob.core.windows.net on 10.0.0.1:53: no such host" >&2
  code=1
else
  {terraform} "$@"
  code=$?
fi
deadly after
exit $code
"""


class Project:
    """A folder with the registry's state in a file, and a configuration that wants it in Azure."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state, self.azure = folder / ".state", folder / "azure"
        self.stacks = folder / "cdktf.out" / "stacks"

    def deploy_the_registry(self) -> None:
        (self.folder / "main.py").write_text(APP)
        subprocess.run([sys.executable, "main.py"], cwd=self.folder, check=True)
        self.state.mkdir(mode=0o700)
        for step in (["init"], ["apply", "-auto-approve"]):
            self.terraform(REGISTRY, *step)
        (self.folder / "azure.yes").touch()

    def terraform(self, stack: str, *arguments: str) -> str:
        done = subprocess.run(
            ["terraform", f"-chdir={self.stacks / stack}", *arguments, "-input=false", "-no-color"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def copy(self, folder: Path) -> Project:
        return Project(Path(shutil.copytree(self.folder, folder, symlinks=True)))

    def run(self, *arguments: str, deadly: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command; ``deadly`` is where it is killed, such as ``after 3``."""
        program = self.folder / "terraform-that-kills"
        program.write_text(PROGRAM.format(terraform=shutil.which("terraform"), folder=self.folder))
        program.chmod(0o755)
        (self.folder / "count").unlink(missing_ok=True)
        (self.folder / "deadly").write_text(deadly)
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments, "--auto-approve"],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "TERRAFORM_BINARY_NAME": str(program),
                "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def resources(self, path: Path) -> dict[str, str]:
        content = json.loads(path.read_text()) if path.exists() and path.stat().st_size else {"resources": []}
        return {
            f"{found['type']}.{found['name']}": found["instances"][0]["attributes"]["id"]
            for found in content["resources"]
        }

    def blob(self, stack: str) -> Path:
        return self.azure / stack / f"terraform.{stack}.tfstate"

    def file(self, stack: str) -> Path:
        return self.state / f"terraform.{stack}.tfstate"


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("bootstrap") / "project")
    project.folder.mkdir()
    project.deploy_the_registry()
    return project


def assert_all_is_in_azure(project: Project, registry: dict[str, str]) -> None:
    assert project.resources(project.blob(REGISTRY)) == registry
    assert list(project.resources(project.blob(STATE))) == ["terraform_data.kept"]
    assert (project.folder / "made").read_text() == "\n", "the storage was made once"
    assert sorted(path.name for path in project.state.glob("*.tfstate")) == []
    assert not list(project.stacks.rglob(OVERRIDE))
    for stack in (STATE, REGISTRY):
        # Terraform asks nothing about another backend, and finds what it has made.
        project.terraform(stack, "init")
        assert "No changes." in project.terraform(stack, "plan")


def test_state_comes_into_the_storage_and_another_run_changes_nothing(start: Project, tmp_path: Path) -> None:
    project = start.copy(tmp_path / "project")
    registry = project.resources(project.file(REGISTRY))
    done = project.run("bootstrap")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{REGISTRY}: the state of 1 resource lies in its backend now." in done.stdout
    assert_all_is_in_azure(project, registry)
    before = {path: path.read_bytes() for path in project.azure.rglob("*.tfstate")}
    assert len(before) == 2
    # From a fresh clone: what this machine knew of it is gone.
    shutil.rmtree(project.stacks)
    shutil.rmtree(project.state)
    done = project.run("bootstrap")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lies in its backend now" not in done.stdout
    assert {path: path.read_bytes() for path in project.azure.rglob("*.tfstate")} == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_at_any_command_is_gone_on_with(
    start: Project, tmp_path: Path, when: str
) -> None:
    registry = start.resources(start.file(REGISTRY))
    number, killed = 0, True
    while killed:
        number += 1
        project = start.copy(tmp_path / str(number))
        killed = project.run("bootstrap", deadly=f"{when} {number}").returncode == -9
        done = project.run("bootstrap")
        assert done.returncode == 0, f"{when} {number}: {done.stdout}{done.stderr}"
        assert_all_is_in_azure(project, registry)
    assert number > 8, "it was killed at each command"


def test_a_stack_that_was_only_looked_at_has_nothing_to_move(start: Project, tmp_path: Path) -> None:
    project = start.copy(tmp_path / "project")
    project.file(REGISTRY).unlink()
    assert project.run("bootstrap").returncode == 0
    project.terraform(REGISTRY, "init")
    assert "Plan: 1 to add" in project.terraform(REGISTRY, "plan")


def test_the_storage_is_destroyed_last_alone_and_by_the_word(start: Project, tmp_path: Path) -> None:
    project = start.copy(tmp_path / "project")
    assert project.run("bootstrap").returncode == 0
    for names, word in (([STATE], ""), ([STATE, REGISTRY], "1")):
        refused = project.run("destroy", *names, DESTROY_PROTECTED=word)
        assert refused.returncode == 2
        assert f"only by the word: DESTROY_PROTECTED=1 make destroy STACK={STATE}" in refused.stderr
    refused = project.run("destroy", STATE, DESTROY_PROTECTED="1")
    assert refused.returncode == 3
    assert f"{STATE} holds the state of what is still there: {REGISTRY} (1 resource)." in refused.stderr
    project.terraform(REGISTRY, "init")
    project.terraform(REGISTRY, "destroy", "-auto-approve")
    done = project.run("destroy", STATE, DESTROY_PROTECTED="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Destroy complete! Resources: 1 destroyed." in done.stdout
    assert not (project.stacks / STATE).exists()
    assert project.resources(project.file(STATE)) == {}
