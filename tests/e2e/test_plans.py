"""What pipelines do with plans, by the real terraform: made, kept for the approval, applied, or refused."""

from __future__ import annotations

import hashlib
import json
import signal
import stat
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.faults import DELAY_MS
from tests.plans.project import AZURERM, STACK, Project, outputs
from tests.plans.record import CONFIG, SECRETS, with_, without

TOKEN = "lives-ten-minutes"  # noqa: S105  # of nobody
GROUP = "/subscriptions/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/resourceGroups/rg"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A stack that was planned and applied."""
    project = Project(tmp_path_factory.mktemp("plans"))
    done = project.apply(project.plan())
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def repack(path: Path, **made: Any) -> str:
    """Change what a kept plan says of itself, and return the SHA-256 of what it is then."""
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members["made.json"] = json.dumps({**json.loads(members["made.json"]), **made}).encode()
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    path.write_bytes(content.getvalue())
    return hashlib.sha256(content.getvalue()).hexdigest()


def test_what_was_approved_is_what_is_applied(tmp_path: Path) -> None:
    project = Project(tmp_path)
    done = project.run("make", STACK, "--keep", "kept/a.plan", SYSTEM_ACCESSTOKEN=TOKEN)
    assert done.returncode == 0, done.stderr
    said = outputs(done.stdout)
    assert said["changes"] == "true"
    kept = tmp_path / "kept/a.plan"
    assert said["sha256"] == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert not (project.stack / "plan").exists(), "the plan itself holds secrets"
    for text in (done.stdout, (tmp_path / f"build/plans/{STACK}.json").read_text()):
        assert [secret for secret in SECRETS if secret in text] == []
    with zipfile.ZipFile(kept) as package:
        with zipfile.ZipFile(BytesIO(package.read("plan"))) as plan:
            everything = b"".join(plan.read(name) for name in plan.namelist())
        assert b"hunter2" in everything, "a plan file is a secret"
        assert TOKEN.encode() not in everything, "an hour later this token is good for nothing"

    (project.stack / ".terraform.lock.hcl").unlink()  # the agent of the next stage is a new machine
    applied = project.apply(said["sha256"])
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "7 to add" in applied.stdout
    assert not kept.exists()
    assert not (project.stack / "plan").exists()
    again = project.run("make", STACK, "--drift")
    assert (again.returncode, outputs(again.stdout)["changes"]) == (0, "false"), again.stdout


def test_a_plan_is_refused_when_the_state_moved_in_between(deployed: Project) -> None:
    deployed.write(CONFIG, tags={"by": "us"})
    sha256 = deployed.plan()
    deployed.terraform("state", "rm", "terraform_data.nested")
    done = deployed.apply(sha256)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: The state of {STACK} has changed since the plan was made: somebody has deployed in between. Run the "
        "pipeline again: it makes a new plan, and asks again.\n"
    )
    assert not (deployed.folder / "kept/a.plan").exists()
    deployed.write(CONFIG)
    assert deployed.apply(deployed.plan()).returncode == 0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            {"at": time.time() - 25 * 3600},
            f"The plan of {STACK} is 25 hours old, and a plan holds for a day.",
        ),
        ({"terraform": "1.12.0"}, f"The plan of {STACK} was made by Terraform 1.12.0, and this is "),
        ({"stack": "mlops-prod"}, f"This is a plan of mlops-prod, not of {STACK}."),
    ],
)
def test_a_plan_is_refused_for_what_it_says_of_itself(
    deployed: Project, made: dict[str, Any], said: str
) -> None:
    deployed.plan()
    done = deployed.apply(repack(deployed.folder / "kept/a.plan", **made))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert done.stderr.count("\n") == 1


def test_another_plan_than_the_approved_one_is_refused(deployed: Project) -> None:
    sha256 = deployed.plan()
    repack(deployed.folder / "kept/a.plan")
    done = deployed.apply(sha256)
    assert (done.returncode, "is not the one that was approved" in done.stderr) == (1, True)
    assert "has no SHA-256" in deployed.apply("$(plan.sha256)").stderr
    assert "is not there" in deployed.apply("0" * 64).stderr


def test_other_versions_of_providers_are_refused(deployed: Project) -> None:
    sha256 = deployed.plan()
    lock = deployed.stack / ".terraform.lock.hcl"
    before = lock.read_bytes()
    lock.write_bytes(before + b"\n# of another day\n")
    done = deployed.apply(sha256)
    lock.write_bytes(before)
    assert done.returncode == 1
    assert "was made with other versions of providers" in done.stderr


def test_changes_are_findings_of_a_look_for_drift(deployed: Project) -> None:
    found = deployed.cloud.find(GROUP)
    assert found is not None
    assert found.path is not None
    text = found.path.read_text()
    found.path.write_text(text.replace('"ml"', '"somebody"'))
    done = deployed.run("make", STACK, "--drift")
    found.path.write_text(text)
    assert (done.returncode, f"{STACK}: 1 to change." in done.stdout) == (1, True)
    result = json.loads((deployed.folder / f"build/plans/{STACK}.json").read_text())
    (change,) = result["changes"]
    assert change["note"] == "somebody has changed it outside of Terraform"


def test_what_holds_something_is_replaced_only_on_a_word(deployed: Project) -> None:
    deployed.write(with_(CONFIG, "azurerm_storage_account.account", name="another"))
    refused = deployed.run("make", STACK, "--keep", "kept/a.plan")
    assert refused.returncode == 1
    assert "  azurerm_storage_account.account\n  azurerm_storage_container.data\n" in refused.stdout
    assert "sha256" not in outputs(refused.stdout)
    kept = deployed.folder / "kept/a.plan"
    assert not kept.exists()
    sha256 = deployed.plan("--allow-destroy")
    content = kept.read_bytes()
    without_word = deployed.apply(sha256)
    assert (without_word.returncode, "would be lost" in without_word.stderr) == (1, True)
    kept.write_bytes(content)
    done = deployed.apply(sha256, "--allow-destroy")
    assert done.returncode == 0, done.stderr


def test_a_stack_that_was_never_deployed_is_planned_against_an_empty_state(tmp_path: Path) -> None:
    project = Project(tmp_path, backend=AZURERM)
    done = project.run("make", STACK, "--without-state")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 to add" in done.stdout
    assert not list(project.stack.glob("*override*"))


def test_the_error_of_a_plan_is_kept_for_the_comment(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write(without(CONFIG, "azuredevops_variable_group.settings", "azurerm_storage_account.account"))
    done = project.run("make", STACK)
    assert done.returncode == 3
    assert "Reference to undeclared resource" in done.stderr
    assert not done.stderr.count("Traceback")
    summed_up = project.run("summary", "build/plans", TF_BUILD="")
    assert "could not be planned" in summed_up.stdout
    assert "Reference to undeclared resource" in summed_up.stdout


def test_a_cancelled_run_ends_terraform_in_good_order(tmp_path: Path) -> None:
    project = Project(tmp_path)
    sha256 = project.plan()
    process = project.start("apply", STACK, "kept/a.plan", "--sha256", sha256, **{DELAY_MS: "1500"})
    assert process.stdout is not None
    for line in process.stdout:
        if "Creating..." in line:
            break
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "terraform apply was interrupted, and ended what it had begun." in error, out + error
    assert not list(tmp_path.glob(".terraform.tfstate.lock.info"))
    # What it had begun is in the state: nothing is there already.
    again = project.apply(project.plan())
    assert again.returncode == 0, again.stdout + again.stderr
