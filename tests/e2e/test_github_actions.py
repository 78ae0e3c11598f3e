"""The steps of the workflows for GitHub, as they stand in their YAML, run against the sandbox.

``tests/unit/plans/test_github.py`` holds what stands around the steps. The tests go on from each other's state and run
in this order.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plans.github_actions import GitHubCli, Workflow
from tests.plans.project import Project
from tests.plans.record import CONFIG, without

STACK = "mlops-registry"
STACK_CONFIG = without(CONFIG, "azurerm_monitor_action_group.people")
"""Without the alert channel: no vault has its address here."""
MAKEFILE = "setup test:\n\t@echo $@ >>made\nsynth:\n\t@echo $@ >>made\n\t@.venv/bin/python main.py\n"
SYNTH = """import os, shutil
shutil.copytree("written", os.environ.get("CDKTF_OUTDIR", "cdktf.out"), dirs_exist_ok=True)
"""
"""In the place of the project's own, which takes longer: what it writes stands in the repository."""
PULL_REQUEST = {"number": 7, "head": {"repo": {"full_name": "contoso/mlops"}}}


class Runner:
    """A machine with a checkout of a pull request, which runs whole workflows."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder, name=STACK)
        self.folder, self.gh = folder, GitHubCli(folder / "github-cli")
        (folder / "Makefile").write_text(MAKEFILE)
        (folder / "main.py").write_text(SYNTH)
        python = folder / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        self.write(STACK_CONFIG)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "main.py", "written")
        self.git("commit", "--quiet", "--message", "Begin")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.runs = 0

    def write(self, config: dict[str, Any], *more: str) -> None:
        """Make this what is synthesized, with ``more`` stacks that only have a name."""
        self.project.write(config)
        written = self.folder / "written"
        shutil.rmtree(written, ignore_errors=True)
        for name in (STACK, *more):
            shutil.copytree(
                self.project.stack, written / "stacks" / name, ignore=shutil.ignore_patterns(".*")
            )
        stacks = {name: {"dependencies": [], "workingDirectory": f"stacks/{name}"} for name in (STACK, *more)}
        (written / "manifest.json").write_text(json.dumps({"stacks": stacks}))

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.folder, check=True)

    def run(
        self, name: str, *, fork: bool = False, plans: str = "true"
    ) -> tuple[Workflow, dict[str, list[str]]]:
        self.runs += 1
        head = {"repo": {"full_name": "somebody/mlops"}} if fork else PULL_REQUEST["head"]
        workflow = Workflow.of(
            name,
            self.folder / f"run-{self.runs}",
            github={
                "base_ref": "main",
                "repository": "contoso/mlops",
                "token": "token-of-the-job",
                "event": {"pull_request": {**PULL_REQUEST, "head": head}},
            },
            vars={"MLOPS_PLANS": plans},
        )
        environment = {
            **{key: value for key, value in self.project.environment.items() if key != "TF_BUILD"},
            "PATH": f"{self.gh.path}:{self.project.environment['PATH']}",
            "GITHUB_ACTIONS": "true",
        }
        (self.folder / "made").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "results", ignore_errors=True)
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        return workflow, workflow.run(self.folder, environment)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(tmp_path_factory.mktemp("runner"))


def said(workflow: Workflow) -> str:
    assert workflow.last
    return workflow.last.stdout + workflow.last.stderr + workflow.summaries


def test_a_pull_request_that_changes_no_stack_plans_none(runner: Runner) -> None:
    workflow, ran = runner.run("pull-request")
    assert workflow.outputs["affected"] == {"plan": "[]", "removed": "[]"}, said(workflow)
    assert workflow.results == {
        "check": "success",
        "affected": "success",
        "plan": "skipped",
        "comment": "success",
    }, said(workflow)
    assert ran["Lint, types, configuration, policies, tests"] == ["make setup", "make synth", "make test"]
    assert "No stack" in runner.gh.comments()["7"]


@pytest.mark.parametrize("how", [{"fork": True}, {"plans": ""}])
def test_a_fork_and_who_has_not_asked_for_plans_get_none(runner: Runner, how: dict[str, Any]) -> None:
    workflow, _ = runner.run("pull-request", **how)
    assert workflow.results == {
        "check": "success",
        "affected": "skipped",
        "plan": "skipped",
        "comment": "skipped",
    }
    assert (runner.folder / "made").read_text() == "setup\nsynth\ntest\n"


def test_a_pull_request_has_one_comment_that_later_runs_edit(runner: Runner) -> None:
    runner.write({**STACK_CONFIG, "locals": {"changed": True}})
    workflow, ran = runner.run("pull-request")
    assert set(workflow.results.values()) == {"success"}, said(workflow)
    assert ran[STACK] == ["make setup", "make synth", "Look for state", "Plan", "Attach the summary"]
    before = runner.gh.comments()["7"]
    assert "azurerm_resource_group.group" in before
    assert before.strip() == workflow.summaries.strip()

    assert runner.project.apply(runner.project.plan()).returncode == 0, "a person does"
    runner.write(without(STACK_CONFIG, "azuredevops_variable_group.settings"))
    workflow, _ = runner.run("pull-request")
    assert set(workflow.results.values()) == {"success"}, said(workflow)
    after = runner.gh.comments()["7"]
    assert "`azuredevops_variable_group.settings` is destroyed" in after
    assert "azurerm_resource_group.group" not in after


def test_a_stack_that_is_no_longer_configured_is_named(runner: Runner) -> None:
    runner.write(STACK_CONFIG, "mlops-old")
    runner.git("add", "written")
    runner.git("commit", "--quiet", "--message", "Two")
    runner.git("update-ref", "refs/remotes/origin/main", "HEAD")
    runner.write(STACK_CONFIG)
    workflow, _ = runner.run("pull-request")
    assert workflow.outputs["affected"] == {"plan": "[]", "removed": '["mlops-old"]'}
    assert "No longer configured: `mlops-old`" in runner.gh.comments()["7"]


def test_a_plan_that_fails_is_in_the_comment(runner: Runner) -> None:
    broken = without(STACK_CONFIG, "azurerm_storage_account.account")
    runner.write(broken)
    workflow, _ = runner.run("pull-request")
    assert workflow.results == {
        "check": "success",
        "affected": "success",
        "plan": "failure",
        "comment": "success",
    }
    assert "Reference to undeclared resource" in runner.gh.comments()["7"]


def test_drift_fails_the_run(runner: Runner) -> None:
    """A person deploys the storage of the state: it is not looked at."""
    runner.write(STACK_CONFIG, "mlops-state")
    workflow, ran = runner.run("drift")
    assert set(workflow.results.values()) == {"success"}, said(workflow)
    assert list(ran) == ["Which stacks", STACK]
    with runner.project.cloud.locked():
        (found,) = runner.project.cloud.resources("azurerm_resource_group")
    assert found.path
    found.path.write_text(found.path.read_text().replace('"ml"', '"somebody"'))
    workflow, ran = runner.run("drift")
    assert workflow.results == {"stacks": "success", "plan": "failure"}
    assert ran[STACK][-2:] == ["Plan", "Attach the summary"]
    assert "somebody has changed it outside of Terraform" in workflow.summaries
