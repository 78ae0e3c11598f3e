"""The pipelines of the platform itself: what stands in their YAML. ``tests/e2e/test_azure_pipelines.py`` runs it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from checks import test_configuration
from doctor.examine import examine
from doctor.platform import Platform
from plans.stack_list import FILE, stack_list
from settings.loader import Settings, load_settings
from settings.models.infrastructure import PIPELINES
from tests.plans.azure_pipelines import AZURE, Run, copy_pipelines, with_pipelines
from tests.project import REPOSITORY, copy_configuration

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return with_pipelines(tmp_path_factory.mktemp("configuration"))


@pytest.fixture(scope="module")
def pipelines(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_pipelines(tmp_path_factory.mktemp("repository"), settings)


def steps(pipelines: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return every step of every pipeline, with the job that it is in."""
    return [
        (f"{name}: {stage}.{job.get('job') or job['deployment']}", step)
        for name in PIPELINES
        for run in [Run.of(pipelines, name)]
        for stage in run.stages
        for job in run.stages[stage]["jobs"]
        for step in run.steps(stage, job.get("job") or job["deployment"])
    ]


def test_the_doctor_finds_nothing(pipelines: Path, settings: Settings) -> None:
    examination = examine([pipelines], Platform(settings), pipelines.parent)
    assert len(examination.pipelines) == 3
    assert [str(finding) for finding in examination.findings] == []


def test_the_doctor_finds_nothing_in_what_is_shipped(tmp_path: Path) -> None:
    guide = load_settings(copy_configuration(tmp_path))
    copied = copy_pipelines(tmp_path, guide)
    assert [str(finding) for finding in examine([copied], Platform(guide), tmp_path).findings] == []


def test_a_misspelt_connection_or_environment_is_found(tmp_path: Path, settings: Settings) -> None:
    copied = copy_pipelines(tmp_path, settings)
    listed = copied / "stacks.yml"
    text = listed.read_text()
    listed.write_text(
        text.replace("mlops-dev-plan", "mlops-dev-plam").replace("dev-infrastructure", "dev-infra")
    )
    kinds = {finding.kind.id for finding in examine([copied], Platform(settings), tmp_path).findings}
    assert kinds == {"unknown-connection", "unknown-environment"}


def test_the_files_are_those_that_the_registry_stack_names() -> None:
    assert [path for path in PIPELINES.values() if not (REPOSITORY / path).exists()] == []
    assert FILE.parent == Path(".azuredevops")


def test_without_pipelines_in_the_configuration_no_stack_is_listed(tmp_path: Path) -> None:
    guide = load_settings(copy_configuration(tmp_path))
    assert stack_list(guide).endswith('plan_storage_account: ""\n      stacks: []\n')


@pytest.mark.parametrize(
    ("name", "stage", "job"), [("deploy", "ready", "ready"), ("drift", "drift", "nothing")]
)
def test_a_run_without_stacks_says_what_to_write(tmp_path: Path, name: str, stage: str, job: str) -> None:
    """As it is shipped. A stage without a job would be refused in the service's own words."""
    pipelines = copy_pipelines(tmp_path, load_settings(copy_configuration(tmp_path)))
    run = Run.of(pipelines, name)
    assert [each["job"] for each in run.stages[stage]["jobs"]] == [job]
    run.run(stage, job, tmp_path, {"PATH": os.environ["PATH"]})
    assert run.results[stage] == "Failed"
    assert "No stack is listed: write infrastructure_pipelines in config/platform.yaml" in run.last.stdout


def test_with_stacks_drift_has_jobs_for_them_alone(pipelines: Path) -> None:
    jobs = [each["job"] for each in Run.of(pipelines, "drift").stages["drift"]["jobs"]]
    assert sorted(jobs) == sorted([*(f"plan_{stack.replace('-', '_')}" for stack in STACKS), "library"])


def test_every_name_is_written_out(pipelines: Path) -> None:
    """Connections and environments are looked up before there are variables."""
    names = [
        step["inputs"]["azureSubscription"]
        for _, step in steps(pipelines)
        if step.get("task") == "AzureCLI@2"
    ]
    assert set(names) == {*(f"{stack}-plan" for stack in STACKS), *(f"{stack}-apply" for stack in STACKS)}


def test_only_the_deployment_signs_in_as_what_applies(pipelines: Path) -> None:
    using = {
        where
        for where, step in steps(pipelines)
        if step.get("inputs", {}).get("azureSubscription", "").endswith("-apply")
    }
    assert using == {f"deploy: apply_{stack.replace('-', '_')}.apply" for stack in STACKS}


def test_each_stack_is_approved_in_its_own_environment(pipelines: Path) -> None:
    run = Run.of(pipelines, "deploy")
    for stack in STACKS:
        job = run.job(f"apply_{stack.replace('-', '_')}", "apply")
        assert job["environment"] == f"{stack}-infrastructure"


def test_a_plan_is_in_no_artifact(pipelines: Path) -> None:
    published = {step["publish"] for _, step in steps(pipelines) if "publish" in step}
    assert published == {"build/plans"}
    kept = {match for _, step in steps(pipelines) for match in re.findall(r"build/kept/\S+", str(step))}
    assert kept, "plans are kept elsewhere"
    assert not any(path.startswith("build/plans/") for path in kept)


def test_no_step_is_given_a_credential(pipelines: Path) -> None:
    """Providers and backend renew their tokens themselves: an approval may take an hour."""
    text = "".join(path.read_text() for path in AZURE.rglob("*.yml"))
    assert "-backend-config" not in text
    assert "addSpnToEnvironment" not in text
    assert "idToken" not in text
    for where, step in steps(pipelines):
        if re.search(r"plans (make|apply) ", str(step.get("bash"))):
            assert step["env"]["SYSTEM_ACCESSTOKEN"] == "$(System.AccessToken)", where


def test_what_runs_terraform_hears_of_a_cancelled_run(pipelines: Path) -> None:
    """Only a bash step hands the interrupt on (azure-pipelines-tasks, bash.ts), and only to what has its process."""
    found = 0
    for name in PIPELINES:
        run = Run.of(pipelines, name)
        for stage in run.stages:
            for job in run.stages[stage]["jobs"]:
                for step in run.steps(stage, job.get("job") or job["deployment"]):
                    script = str(step.get("bash") or step.get("inputs", {}).get("inlineScript"))
                    if re.search(r"plans (make|apply) ", script):
                        found += 1
                        assert "bash" in step
                        assert re.search(r"^exec .*plans (make|apply) ", script, re.M)
                        assert int(job["variables"]["PROCESS_SIGINT_TIMEOUT"]) >= 60_000
    assert found == 4 * 4


def test_every_make_target_exists(pipelines: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.M))
    named = {
        target
        for _, step in steps(pipelines)
        for target in re.findall(r"^make (\w+)", str(step.get("bash")), re.M)
    }
    assert named == {"setup", "synth", "test"}
    assert named <= targets


def test_only_affected_stacks_are_planned(pipelines: Path) -> None:
    run = Run.of(pipelines, "pull-request")
    run.results["affected"] = "Succeeded"
    run.outputs["affected.find.stacks.plan"] = '["mlops-dev"]'
    planned = [
        stack
        for stack in STACKS
        if run.holds(run.job("plan", f"plan_{stack.replace('-', '_')}")["condition"], stage="plan")
    ]
    assert planned == ["mlops-dev"]


@pytest.mark.parametrize(
    ("planned", "changes", "applied", "goes_on"),
    [
        ("Succeeded", "true", "Succeeded", True),
        ("Succeeded", "false", "Skipped", True),
        ("Succeeded", "true", "Failed", False),
        ("Succeeded", "true", "Skipped", False),
        ("Succeeded", "true", "Rejected", False),
        ("Failed", None, "Skipped", False),
        ("Skipped", None, "Skipped", False),
    ],
)
def test_a_stack_is_planned_once_the_one_before_is_done(
    pipelines: Path, planned: str, changes: str | None, applied: str, goes_on: bool
) -> None:
    run = Run.of(pipelines, "deploy")
    run.results |= {"plan_mlops_registry": planned, "apply_mlops_registry": applied}
    if changes:
        run.outputs["plan_mlops_registry.plan.plan.changes"] = changes
    stage = run.stages["plan_mlops_dev"]
    assert stage["dependsOn"] == ["plan_mlops_registry", "apply_mlops_registry"]
    assert run.holds(stage["condition"], stage="plan_mlops_dev") == goes_on
    assert not run.holds(stage["condition"], stage="plan_mlops_dev", canceled=True)


@pytest.mark.parametrize(("changes", "asked"), [("true", True), ("false", False)])
def test_nobody_is_asked_about_an_empty_plan(pipelines: Path, changes: str, asked: bool) -> None:
    run = Run.of(pipelines, "deploy")
    run.results["plan_mlops_dev"] = "Succeeded"
    run.outputs["plan_mlops_dev.plan.plan.changes"] = changes
    assert run.holds(run.stages["apply_mlops_dev"]["condition"], stage="apply_mlops_dev") == asked


@pytest.mark.parametrize(("given", "options"), [("false", ""), ("true", " --allow-destroy")])
def test_the_word_for_a_loss_reaches_plan_and_apply(pipelines: Path, given: str, options: str) -> None:
    run = Run.of(pipelines, "deploy", allow_destroy=given)
    (plan,) = [step for step in run.steps("plan_mlops_dev", "plan") if step.get("name") == "plan"]
    assert plan["env"]["OPTIONS"] == f"--keep build/kept/the.plan{options}"
    (apply,) = [step for step in run.steps("apply_mlops_dev", "apply") if step.get("displayName") == "Apply"]
    assert apply["env"]["ALLOW_DESTROY"] == given.capitalize()


def test_a_list_that_is_no_longer_current_is_a_finding_of_make_check(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = copy_pipelines(tmp_path, settings)
    monkeypatch.chdir(tmp_path)
    test_configuration.test_the_pipelines_know_every_stack(settings)
    listed = copied / "stacks.yml"
    listed.write_text(listed.read_text().replace("mlops-test", "mlops-staging"))
    with pytest.raises(pytest.fail.Exception, match="make generate, and commit it"):
        test_configuration.test_the_pipelines_know_every_stack(settings)
