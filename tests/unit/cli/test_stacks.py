"""``python -m cli deploy`` and ``destroy``: what they start, what they say, what they refuse.

cdktf and terraform are programs here that print what the real ones do. The real ones are in
``tests/e2e/test_environment_removed.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.stacks import STACKS
from tests.project import REPOSITORY

REGISTRY, DEV = "mlops-registry", "mlops-dev"
APP = """
import os, sys
if os.path.exists("mistake"):
    sys.exit("config/platform.yaml:1:1: no")
print("Wrote 4 stacks", os.environ.get("ONLY_PROTECTED", ""))
"""
PROGRAM = """#!/bin/sh
echo "$(basename $0) $*" >> {calls}
cat {says}/$(basename $0) 2>/dev/null
exit $(cat {says}/code 2>/dev/null || echo 0)
"""


class Project:
    """A folder with what was synthesized, and programs in the place of cdktf and terraform."""

    def __init__(self, folder: Path, written: Path) -> None:
        self.out = folder / "cdktf.out"
        shutil.copytree(written, self.out)
        (folder / "main.py").write_text(APP)
        self.folder, self.says, self._programs = folder, folder / "says", folder / "programs"
        self._programs.mkdir()
        self.says.mkdir()
        for name in ("npx", "terraform"):
            program = self._programs / name
            program.write_text(PROGRAM.format(calls=folder / "calls", says=self.says))
            program.chmod(0o755)

    def remove(self, name: str) -> None:
        (self.out / "removed").mkdir(exist_ok=True)
        shutil.copytree(self.out / STACKS / DEV, self.out / "removed" / name)

    def say(self, program: str, text: str, code: int = 0) -> None:
        (self.says / program).write_text(text)
        (self.says / "code").write_text(str(code))

    def run(self, *arguments: str, path: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        keep = {
            name: value for name, value in os.environ.items() if not name.startswith(("CDKTF_", "DESTROY_"))
        }
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.folder,
            env={
                **keep,
                "PYTHONPATH": str(REPOSITORY),
                "PATH": path or f"{self._programs}:{os.environ['PATH']}",
                "COLUMNS": "80",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Return what was started; a question about Terraform's version starts nothing."""
        path = self.folder / "calls"
        calls = path.read_text().splitlines() if path.exists() else []
        return [call for call in calls if call != "terraform version -json"]


@pytest.fixture
def project(tmp_path: Path, written: Path) -> Project:
    return Project(tmp_path, written)


PLACE = "--skip-synth --output cdktf.out"
DEPLOYED = """\
mlops-registry  Apply complete! Resources: 80 added, 0 changed, 0 destroyed.
mlops-dev  Apply complete! Resources: 117 added, 0 changed, 0 destroyed.
"""


def test_a_deployment_ends_with_what_is_there_and_names_its_log(project: Project) -> None:
    project.say("npx", DEPLOYED)
    done = project.run("deploy", REGISTRY, DEV, "--auto-approve")
    assert (done.returncode, done.stderr) == (0, "")
    assert project.calls() == [f"npx cdktf deploy {REGISTRY} {DEV} {PLACE} --auto-approve"]
    assert DEPLOYED in done.stdout  # cdktf's own words
    after = done.stdout.partition(DEPLOYED)[2]
    assert "mlops-dev-workspace" in after
    assert "mlops-prod" not in after
    assert "make diff STACK=mlops-dev" in after
    (log,) = (project.out / "logs").iterdir()
    assert done.stdout.endswith(f"Log: cdktf.out/logs/{log.name}\n")
    assert DEPLOYED in log.read_text()


def test_all_stacks_without_names(project: Project) -> None:
    project.run("deploy")
    assert project.calls() == [f"npx cdktf deploy * {PLACE}"]


def test_who_says_no_to_cdktf_is_not_told_that_something_is_there(project: Project) -> None:
    done = project.run("deploy")
    assert done.returncode == 0
    assert "What is there" not in done.stdout


def test_a_failure_ends_with_the_error_and_what_to_run(project: Project) -> None:
    project.say(
        "npx",
        "mlops-dev  Plan: 2 to add, 0 to change, 0 to destroy.\n"
        "mlops-dev  Error: the name is taken\n\n             with azurerm_key_vault.key_vault (key_vault),\n",
        1,
    )
    done = project.run("deploy", REGISTRY, DEV)
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert lines[:2] == ["Error: mlops-dev, azurerm_key_vault.key_vault:", "  the name is taken"]
    assert "  mlops-dev       stopped: 0 of 2 changes are made" in lines
    assert "go on from here: make deploy STACK='mlops-registry mlops-dev'" in lines[-2]
    assert lines[-1].startswith("Log:  cdktf.out/logs/")


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_a_mistake_in_the_configuration_is_told_once_and_nothing_starts(
    project: Project, command: str
) -> None:
    (project.folder / "mistake").touch()
    done = project.run(command)
    assert (done.returncode, done.stderr) == (3, "config/platform.yaml:1:1: no\n")
    assert project.calls() == []


def test_a_stack_that_is_not_there(project: Project) -> None:
    project.remove("mlops-old")
    done = project.run("destroy", "mlops-x")
    assert done.returncode == 2
    assert (
        "Error: There is no stack mlops-x, only mlops-registry, mlops-dev, mlops-test, mlops-prod, mlops-old."
        in done.stderr
    )
    done = project.run("deploy", "mlops-old")
    assert (done.returncode, done.stderr) == (
        2,
        "Error: The stack mlops-old is no longer configured. To take it down: make destroy STACK=mlops-old\n",
    )
    assert project.calls() == []


def test_a_program_that_is_not_there(project: Project) -> None:
    project.remove("mlops-old")
    done = project.run("destroy", "mlops-old", path=str(project.folder / "nothing"))
    assert done.returncode == 3
    assert done.stderr.startswith("terraform is not on PATH. Install ")
    assert (project.out / "removed" / "mlops-old").exists()


def test_a_diff_is_cdktfs_own(project: Project) -> None:
    done = project.run("diff", DEV)
    assert (done.returncode, done.stderr) == (0, "")
    assert project.calls() == [f"npx cdktf diff {DEV} {PLACE}"]


def test_a_diff_of_a_removed_stack_shows_what_goes(project: Project) -> None:
    project.remove("mlops-old")
    project.run("diff", "mlops-old")
    folder = "-chdir=cdktf.out/removed/mlops-old"
    assert project.calls() == [
        f"terraform {folder} init -input=false",
        f"terraform {folder} plan -destroy -input=false",
    ]
    assert (project.out / "removed" / "mlops-old").exists()


def test_a_removed_stack_is_destroyed_by_terraform_and_forgotten(project: Project) -> None:
    project.remove("mlops-old")
    done = project.run("destroy", "mlops-old", "--auto-approve")
    assert (done.returncode, done.stderr) == (0, "")
    folder = "-chdir=cdktf.out/removed/mlops-old"
    assert project.calls() == [
        f"terraform {folder} init -input=false",
        f"terraform {folder} destroy -auto-approve -input=false",
    ]
    assert not (project.out / "removed" / "mlops-old").exists()
    assert "mlops-old is destroyed, and its folder is gone." in done.stdout


def test_a_removed_stack_that_stays_keeps_its_folder(project: Project) -> None:
    project.remove("mlops-old")
    project.say("terraform", "Error: Destroy cancelled.\n", 1)
    done = project.run("destroy", "mlops-old")
    assert done.returncode == 3
    assert done.stderr.startswith("Error: mlops-old:\n  Destroy cancelled.\n")
    assert (project.out / "removed" / "mlops-old" / "cdk.tf.json").exists()


def test_a_configured_stack_is_destroyed_by_cdktf_and_forgotten(project: Project) -> None:
    project.remove("mlops-old")
    project.say("npx", "mlops-dev  Destroy complete! Resources: 117 destroyed.\n")
    assert project.run("destroy", DEV).returncode == 0
    assert project.calls() == [f"npx cdktf destroy {DEV} {PLACE}"]
    assert not (project.out / STACKS / DEV).exists()
    assert (project.out / STACKS / REGISTRY).exists()


ALL = "".join(
    f"{name}  Destroy complete! Resources: 1 destroyed.\n" for name in (DEV, "mlops-test", "mlops-prod")
)


def test_everything_is_destroyed_but_what_people_have_put_their_work_into(project: Project) -> None:
    project.remove("mlops-old")
    project.say("npx", ALL)
    done = project.run("destroy")
    assert done.returncode == 0, done.stderr
    assert [call.split(" --")[0] for call in project.calls()][2:] == [
        "npx cdktf destroy mlops-dev mlops-test mlops-prod",
        "npx cdktf deploy mlops-registry",
    ]
    assert project.calls()[0].startswith("terraform")  # what is no longer configured comes first
    assert "Wrote 4 stacks 1" in done.stdout
    assert "DESTROY_PROTECTED=1 make destroy destroys them too." in done.stdout


def test_the_registry_stays_when_somebody_says_no_to_an_environment(project: Project) -> None:
    project.say("npx", ALL.splitlines()[0])
    done = project.run("destroy")
    assert done.returncode == 0
    assert len(project.calls()) == 1
    assert "Left on purpose" not in done.stdout


def test_the_word_destroys_the_rest_too(project: Project) -> None:
    project.say("npx", f"{ALL}{REGISTRY}  Apply complete! Resources: 0 added, 0 changed, 9 destroyed.\n")
    done = project.run("destroy", DESTROY_PROTECTED="1")
    assert done.returncode == 0, done.stderr
    assert [call.split(" --")[0] for call in project.calls()] == [
        "npx cdktf destroy mlops-dev mlops-test mlops-prod",
        # Without it, Entra groups would be destroyed with the stack.
        "npx cdktf deploy mlops-registry",
        "npx cdktf destroy mlops-registry",
    ]
    assert "Left on purpose" not in done.stdout


def test_the_word_destroys_the_registry_alone_in_two_steps(project: Project) -> None:
    project.say("npx", f"{REGISTRY}  Apply complete! Resources: 0 added, 0 changed, 9 destroyed.\n")
    project.run("destroy", REGISTRY, DESTROY_PROTECTED="1")
    assert [call.split(" --")[0] for call in project.calls()] == [
        "npx cdktf deploy mlops-registry",
        "npx cdktf destroy mlops-registry",
    ]


def test_what_is_still_to_be_forgotten_is_not_destroyed(project: Project) -> None:
    """Somebody said no to the deployment that forgets."""
    project.say("npx", "")
    project.run("destroy", REGISTRY, DESTROY_PROTECTED="1")
    assert [call.split(" --")[0] for call in project.calls()] == ["npx cdktf deploy mlops-registry"]


def test_the_word_takes_no_pattern(project: Project) -> None:
    done = project.run("destroy", "mlops-*", DESTROY_PROTECTED="1")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "Error: With DESTROY_PROTECTED=1 stacks go by their whole names, and mlops-* is a"
    )
    assert project.calls() == []


def state(project: Project, name: str, text: str) -> Path:
    folder = project.folder / ".state"
    folder.mkdir(exist_ok=True)
    path = folder / f"terraform.{name}.tfstate"
    path.write_text(text)
    return path


HELD = (
    '{"version": 4, "serial": 3, "lineage": "a", "resources": '
    '[{"mode": "managed", "type": "a", "name": "b", "instances": [{}]}]}'
)


@pytest.mark.parametrize("command", ["diff", "deploy", "destroy"])
def test_damaged_state_is_told_before_terraform_runs(project: Project, command: str) -> None:
    state(project, DEV, HELD[:30])
    done = project.run(command, DEV)
    assert done.returncode == 3
    assert done.stderr == (
        "Error: .state/terraform.mlops-dev.tfstate is no state of Terraform: it is JSON up to character 28 of 30 only. "
        "There is no whole backup beside it. docs/recovering.md tells how to make it anew from what exists.\n"
    )
    assert project.calls() == []


def test_the_state_of_another_stack_is_no_matter(project: Project) -> None:
    state(project, REGISTRY, HELD[:30])
    assert project.run("diff", DEV).returncode == 0


def test_lost_state_is_a_warning(project: Project) -> None:
    state(project, DEV, "")
    state(project, f"{DEV}.tfstate.backup", HELD).rename(
        project.folder / ".state/terraform.mlops-dev.tfstate.backup"
    )
    left = project.out / STACKS / DEV / "errored.tfstate"
    left.write_text("{}")
    done = project.run("diff", DEV)
    assert done.returncode == 0
    assert (
        "Warning: .state/terraform.mlops-dev.tfstate is empty, and its backup holds 1 resource,"
        in done.stdout
    )
    assert "Warning: cdktf.out/stacks/mlops-dev/errored.tfstate is the state of a run" in done.stdout
    assert project.calls() == [f"npx cdktf diff {DEV} {PLACE}"]


def test_what_exists_already_has_a_page_that_helps(project: Project) -> None:
    project.say("npx", 'mlops-dev  Error: a resource with the ID "x" already exists\n', 1)
    told = " ".join(project.run("deploy", DEV).stderr.split())
    assert "Something is there, and the state lacks it: docs/recovering.md tells how to bring it in." in told
