"""The steps of the platform's own pipelines, as they stand in their YAML, run against the sandbox.

``tests/unit/plans/test_azure_pipelines.py`` holds what stands around the steps. The tests go on from each other's state
and run in this order.
"""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from client.devops.pull_requests import PullRequest, threads
from client.services import connect
from deployment.tools import terraform_version
from sandbox.rest.server import OpenDoor, open_door
from sandbox.services.devops.git import add_pull_request
from tests.plans.azure_pipelines import Run, copy_pipelines, with_pipelines
from tests.plans.project import Project
from tests.plans.record import CONFIG
from tests.project import ANY_NODE, REPOSITORY, copy_project

STACK, STAGE = "mlops-registry", "mlops_registry"
STACKS = (STACK, "mlops-dev", "mlops-test", "mlops-prod")
MAKEFILE = "setup synth test:\n\t@echo $@ >>made\n"
"""What a step calls is tested elsewhere: this only notes that it was called."""


def gates() -> dict[str, Any]:
    """Return the Terraform of the environments in which changes of stacks are approved."""
    config = copy.deepcopy(CONFIG)
    project_id = "${data.azuredevops_project.project.id}"
    config["resource"] |= {
        "azuredevops_group": {"people": {"scope": project_id, "display_name": "Platform team"}},
        "azuredevops_environment": {
            name: {"project_id": project_id, "name": f"{name}-infrastructure"} for name in STACKS
        },
        "azuredevops_check_approval": {
            name: {
                "project_id": project_id,
                "target_resource_id": f"${{azuredevops_environment.{name}.id}}",
                "target_resource_type": "environment",
                "approvers": ["${azuredevops_group.people.group_id}"],
            }
            for name in STACKS
        },
    }
    return config


class Agent:
    """A machine with a checkout, which runs jobs of the pipelines."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder, name=STACK)
        self.pipelines = copy_pipelines(folder, with_pipelines(folder))
        (folder / "Makefile").write_text(MAKEFILE)
        python = folder / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        self.plans = self.project.az.add_container("mlopsplans", STACK)
        self.door: OpenDoor | None = None

    def start(self, name: str, **parameters: str) -> Run:
        run = Run.of(self.pipelines, name, **parameters)
        run.variables["terraformVersion"] = terraform_version()
        return run

    def run(self, run: Run, stage: str, job: str, **variables: str) -> list[str]:
        door = self.door.environment() if self.door else {}
        environment = {
            **self.project.environment,
            **door,
            "PIPELINE_WORKSPACE": str(self.project.folder),
            **variables,
        }
        return run.run(stage, job, self.project.folder, environment)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    agent = Agent(tmp_path_factory.mktemp("agent"))
    agent.project.write(gates())
    with open_door(agent.project.cloud) as door:
        agent.door = door
        yield agent


def test_nothing_is_deployed_before_a_person_has_made_state_and_registry(agent: Agent) -> None:
    run = agent.start("deploy")
    agent.run(run, "ready", "ready")
    assert run.results["ready"] == "Failed"
    assert f"a person deploys {STACK} once" in run.last.stderr
    assert (agent.project.folder / "made").read_text() == "setup\nsynth\n"


def test_nothing_is_deployed_where_nobody_would_be_asked(agent: Agent) -> None:
    agent.project.write(CONFIG)
    assert agent.project.apply(agent.project.plan()).returncode == 0
    run = agent.start("deploy")
    agent.run(run, "ready", "ready")
    assert run.results["ready"] == "Failed"
    assert "The environment mlops-prod-infrastructure is not there." in run.last.stderr


def test_what_was_planned_is_approved_and_applied(agent: Agent) -> None:
    agent.project.write(gates())
    assert agent.project.apply(agent.project.plan()).returncode == 0, "a person does"
    changed = gates()
    changed["resource"]["azurerm_resource_group"]["group"]["tags"] = {"team": "changed"}
    agent.project.write(changed)

    run = agent.start("deploy")
    agent.run(run, "ready", "ready")
    assert run.results["ready"] == "Succeeded", run.last.stdout + run.last.stderr
    ran = agent.run(run, f"plan_{STAGE}", "plan")
    assert run.results[f"plan_{STAGE}"] == "Succeeded", run.last.stdout + run.last.stderr
    assert ran[-3:] == ["Plan", "Attach the summary", "Put the plan where it waits for its approval"]
    (waiting,) = agent.plans.iterdir()
    assert waiting.name == f"{run.outputs[f'plan_{STAGE}.plan.plan.sha256']}.plan"
    assert not (agent.project.folder / "build/kept/the.plan").exists()
    assert 'tags.team: "ml" -> "changed"' in (agent.project.folder / "plans.md").read_text()

    # Whoever approves has read that. The next stage runs on another machine.
    assert run.holds(run.stages[f"apply_{STAGE}"]["condition"], stage=f"apply_{STAGE}")
    shutil.rmtree(agent.project.stack / ".terraform")
    (agent.project.stack / ".terraform.lock.hcl").unlink()
    agent.run(run, f"apply_{STAGE}", "apply")
    assert run.results[f"apply_{STAGE}"] == "Succeeded", run.last.stdout + run.last.stderr
    assert "what was approved is applied" in run.last.stdout
    assert not (agent.project.folder / "build/kept/the.plan").exists()
    waiting.unlink()  # the storage does, after a day


def test_an_empty_plan_waits_for_nobody(agent: Agent) -> None:
    run = agent.start("deploy")
    ran = agent.run(run, f"plan_{STAGE}", "plan")
    assert ran[-1] == "Attach the summary"
    assert run.outputs[f"plan_{STAGE}.plan.plan.changes"] == "false"
    assert list(agent.plans.iterdir()) == []


def test_a_loss_stops_the_run_before_anybody_is_asked(agent: Agent) -> None:
    changed = gates()
    changed["resource"]["azurerm_resource_group"]["group"]["tags"] = {"team": "changed"}
    del changed["resource"]["azuredevops_variable_group"]
    agent.project.write(changed)
    run = agent.start("deploy")
    ran = agent.run(run, f"plan_{STAGE}", "plan")
    assert run.results[f"plan_{STAGE}"] == "Failed"
    assert ran[-2:] == ["Plan", "Attach the summary"]
    assert not run.holds(run.stages[f"apply_{STAGE}"]["condition"], stage=f"apply_{STAGE}")
    assert "What these hold is lost" in (agent.project.folder / "plans.md").read_text()


def test_a_pull_request_has_one_comment_that_later_runs_edit(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change of the test before is still there: it loses a variable group."""
    with agent.project.cloud.locked():
        (project,) = agent.project.cloud.resources("azuredevops_project")
    number = add_pull_request(agent.project.cloud, project.id, source="feature").id
    place = {
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
        "SYSTEM_TEAMPROJECT": "mlops",
        "BUILD_REPOSITORY_ID": "mlops",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": number,
    }
    assert agent.door
    for name, value in agent.door.environment().items():
        monkeypatch.setenv(name, value)
    results = agent.project.folder / "results"
    said = []
    for _ in range(2):
        run = agent.start("pull-request")
        run.outputs |= {
            "affected.find.stacks.plan": f'["{STACK}"]',
            "affected.find.stacks.removed": '["mlops-old"]',
        }
        agent.run(run, "plan", f"plan_{STAGE}")
        assert run.results["plan"] == "Succeeded", run.last.stdout + run.last.stderr
        shutil.copytree(agent.project.folder / "build/plans", results, dirs_exist_ok=True)
        agent.run(run, "plan", "comment", **place)
        assert run.results["plan"] == "Succeeded", run.last.stdout + run.last.stderr
        with connect("https://dev.azure.com/contoso", services=agent.door.address) as services:
            (thread,) = threads(services, PullRequest("mlops", "mlops", int(number)))
        (comment,) = thread.comments
        said.append((thread.status, comment.content))
        agent.project.write(CONFIG | {"resource": gates()["resource"]})
    assert [status for status, _ in said] == ["active", "closed"]
    assert "azuredevops_variable_group.settings" in said[0][1]
    assert 'tags.team: "changed" -> "ml"' in said[1][1]
    assert all("No longer configured: `mlops-old`" in text for _, text in said)


def test_drift_fails_the_run(agent: Agent) -> None:
    run = agent.start("drift")
    ran = agent.run(run, "drift", f"plan_{STAGE}")
    assert run.results["drift"] == "Failed"
    assert ran[-2:] == ["Plan", "Attach the summary"]


def test_edits_in_the_library_are_looked_at_apart(agent: Agent) -> None:
    """No group of the guide is deployed here, which is no edit."""
    run = agent.start("drift")
    assert agent.run(run, "drift", "library")[-1] == "What people have set in the Library"
    assert run.results["drift"] == "Failed"
    assert "mlops-dev-variables" in run.last.stdout, run.last.stderr


def test_an_approval_may_come_when_every_token_has_expired(agent: Agent) -> None:
    """A token lives three seconds here, and ten minutes in Azure Pipelines."""
    changed = gates()
    changed["resource"]["azurerm_resource_group"]["group"]["tags"] = {"team": "later"}
    agent.project.write(changed)
    hour_door = agent.door
    with open_door(agent.project.cloud, token_seconds=3) as agent.door:
        job = dict(agent.door.job())
        run = agent.start("deploy")
        run.variables["System.AccessToken"] = job.pop("SYSTEM_ACCESSTOKEN")
        fixed = identity_token(agent.door)
        agent.run(run, f"plan_{STAGE}", "plan", **job)
        assert run.results[f"plan_{STAGE}"] == "Succeeded", run.last.stdout + run.last.stderr
        (waiting,) = agent.plans.iterdir()
        time.sleep(3)

        agent.run(run, f"apply_{STAGE}", "apply", **job)
        assert run.results[f"apply_{STAGE}"] == "Succeeded", run.last.stdout + run.last.stderr
        assert "what was approved is applied" in run.last.stdout

        done = agent.project.run("make", STACK, **agent.door.environment(), **sign_in(agent.door, fixed))
        assert done.returncode == 3, "who is given a token once does not get another"
        assert "AADSTS700024: Client assertion is not within its valid time range." in done.stderr
        assert fixed not in done.stdout + done.stderr
    agent.door = hour_door
    waiting.unlink()


def sign_in(door: OpenDoor, token: str) -> dict[str, str]:
    """Return the variables with which Terraform signs in by a token that it was given."""
    directory = door.directory
    return {
        "ARM_USE_OIDC": "true",
        "ARM_CLIENT_ID": directory.client_id,
        "ARM_TENANT_ID": directory.tenant,
        "ARM_OIDC_TOKEN": token,
    }


def identity_token(door: OpenDoor) -> str:
    """Ask for an identity token as a job does."""
    job = door.job()
    answer = requests.post(
        job["SYSTEM_OIDCREQUESTURI"],
        headers={"Authorization": f"Bearer {job['SYSTEM_ACCESSTOKEN']}"},
        verify=str(door.certificate),
        timeout=10,
    )
    return str(answer.json()["oidcToken"])


def test_the_stacks_that_a_pull_request_affects_are_found(tmp_path: Path) -> None:
    """In a real repository, with a real synthesis of its merge base."""
    folder = copy_project(tmp_path)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ".gitignore").write_text("/cdktf.out/\n/.venv/\n/.cache/\n__pycache__/\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(folder, "checkout", "--quiet", "-b", "feature")
    dev = folder / "config/environments/dev.yaml"
    text = dev.read_text()
    assert "max_nodes: 4" in text
    dev.write_text(text.replace("max_nodes: 4", "max_nodes: 6", 1))
    environment = {"PYTHONPATH": str(REPOSITORY), **ANY_NODE}
    python(folder, ["main.py"], environment)
    said = python(folder, ["-m", "cli", "plans", "affected", "--json"], environment)
    assert (
        said == '{\n  "changed": [\n    "mlops-dev"\n  ],\n  "added": [],\n  "removed": [],\n  "why": ""\n}\n'
    )
    assert git(folder, "worktree", "list").count("\n") == 1


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def python(folder: Path, arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
