"""How Terraform is asked in the folder of a stack, by a program in its place. The real one is in tests/e2e."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deployment.stacks import Stack
from plans.terraform import StalePlanError, Terraform, TerraformError

PROGRAM = """#!/bin/sh
[ "$1" = version ] && { echo '{"terraform_version": "1.13.0"}'; exit; }
echo "$*" >> calls
[ "$1" = show ] && { cat shown 2>/dev/null || { echo 'Error: no plan' >&2; exit 1; }; exit; }
[ "$1" = plan ] && { echo secrets > plan; cp without_state_override.tf.json backend_then 2>/dev/null; }
env | grep -E '^(TF_IN_AUTOMATION|CHECKPOINT_DISABLE)=' | sort > environment
[ -f "says_$1" ] || exit 0
cat "says_$1"
exit 1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stack; there Terraform writes down what it is called with, and fails where a file says so."""
    for name in ("bin", "stack"):
        (tmp_path / name).mkdir()
    program = tmp_path / "bin" / "terraform"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    folder = tmp_path / "stack"
    (folder / "shown").write_text('{"resource_changes": []}')
    return folder


@pytest.fixture
def terraform(folder: Path) -> Terraform:
    return Terraform(Stack("mlops-dev", folder, {"terraform": {"backend": {"local": {"path": "a"}}}}))


def calls(folder: Path) -> list[list[str]]:
    return [line.split() for line in (folder / "calls").read_text().splitlines()]


def test_a_plan_only_reads_the_state_and_asks_nobody(terraform: Terraform, folder: Path) -> None:
    assert terraform.plan() == {"resource_changes": []}
    init, plan, show = calls(folder)
    assert (init[0], plan[0]) == ("init", "plan")
    assert "-input=false" in init
    assert "-input=false" in plan
    assert "-reconfigure" in init, "the backend of an earlier run would be kept"
    assert "-lock=false" in plan
    assert show == ["show", "-json", "plan"]
    assert not (folder / "backend_then").exists()


def test_nobody_else_may_read_a_plan(terraform: Terraform, folder: Path) -> None:
    terraform.plan()
    assert stat.S_IMODE((folder / "plan").stat().st_mode) == 0o600
    terraform.forget_plan()
    assert not (folder / "plan").exists()
    terraform.forget_plan()


def test_a_plan_of_an_earlier_run_does_not_stay(terraform: Terraform, folder: Path) -> None:
    (folder / "plan").write_text("of yesterday")
    (folder / "says_init").write_text("Error: no backend")
    with pytest.raises(TerraformError):
        terraform.plan()
    assert not (folder / "plan").exists()


def test_without_state_the_plan_is_made_against_an_empty_one(terraform: Terraform, folder: Path) -> None:
    terraform.plan(with_state=False)
    backend = json.loads((folder / "backend_then").read_text())["terraform"]["backend"]
    assert not (folder / backend["local"]["path"]).exists()
    assert not list(folder.glob("*_override.tf.json")), "later commands use the state again"


def test_the_state_is_used_again_after_a_plan_that_failed(terraform: Terraform, folder: Path) -> None:
    (folder / "says_plan").write_text("Error: no")
    with pytest.raises(TerraformError):
        terraform.plan(with_state=False)
    assert not list(folder.glob("*_override.tf.json"))


def test_a_plan_is_applied_that_was_made_before_and_a_lock_is_waited_for(
    terraform: Terraform, folder: Path
) -> None:
    terraform.apply()
    (apply,) = calls(folder)
    assert apply[0] == "apply"
    assert apply[-1] == "plan"
    assert "-lock-timeout=10m" in apply


@pytest.mark.parametrize("locked", [True, False])
def test_what_applies_takes_the_versions_of_providers_of_the_plan(
    terraform: Terraform, folder: Path, locked: bool
) -> None:
    terraform.initialize(locked=locked)
    (init,) = calls(folder)
    assert ("-lockfile=readonly" in init) == locked
    assert "-reconfigure" in init


def test_terraform_knows_that_a_program_runs_it(terraform: Terraform, folder: Path) -> None:
    terraform.apply()
    assert (folder / "environment").read_text().split() == ["CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1"]


def test_what_changed_since_the_plan_is_an_error_of_its_own(terraform: Terraform, folder: Path) -> None:
    (folder / "says_apply").write_text("Error: Saved plan is stale\n\nThe state was changed.\n")
    with pytest.raises(StalePlanError, match="Saved plan is stale"):
        terraform.apply()


def test_an_error_of_terraform_is_the_message(terraform: Terraform, folder: Path) -> None:
    (folder / "says_apply").write_text("Working\nError: quota exceeded\n\n  with a.b,\n\nAsk for more.\n")
    with pytest.raises(TerraformError, match=r"a\.b\nquota exceeded") as failed:
        terraform.apply()
    assert not isinstance(failed.value, StalePlanError)
    assert "Working" not in str(failed.value)


def test_without_an_error_the_last_lines_are_the_message(terraform: Terraform, folder: Path) -> None:
    (folder / "says_apply").write_text("".join(f"line {number}.\n" for number in range(1, 31)))
    with pytest.raises(TerraformError) as failed:
        terraform.apply()
    assert str(failed.value).splitlines() == [f"line {number}." for number in range(11, 31)]


def test_a_failure_without_a_word_is_said_too(terraform: Terraform, folder: Path) -> None:
    (folder / "says_apply").touch()
    with pytest.raises(TerraformError, match="terraform apply failed and said nothing"):
        terraform.apply()
    (folder / "shown").unlink()
    with pytest.raises(TerraformError, match="Error: no plan"):
        terraform.show()


def test_what_terraform_prints_is_shown_without_secrets_and_commands(
    terraform: Terraform, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = ["##vso[task.complete]", "AccountKey=aaaaaaaaaaaa", "\x1b[1mgood\x1b[0m"]
    (folder / "says_apply").write_text("\n".join([*lines, "Error: AccountKey=aaaaaaaaaaaa", ""]))
    with pytest.raises(TerraformError) as failed:
        terraform.apply()
    printed = capfd.readouterr().out.splitlines()
    assert printed[1] == "(looks like a secret)"
    assert printed[2] == "good"
    assert not printed[0].startswith("##vso")
    assert "aaaaaaaaaaaa" not in f"{printed}{failed.value}"


def test_the_version_is_that_of_the_program(terraform: Terraform) -> None:
    assert terraform.version == "1.13.0"
