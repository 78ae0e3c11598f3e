"""``mlops unlock``: who is named, what is refused, and what is lifted. Terraform is a program that says what it would.

The real one is in ``tests/e2e/test_moving.py``.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.exit_codes import ExitCode
from cli.unlock import unlock
from client.errors import UnreachableError
from deployment.backend import Lock
from deployment.locks import note_of

DEV = "mlops-dev"
NOTE = {
    "ID": "8f1a",
    "Operation": "OperationTypeApply",
    "Info": "",
    "Who": "anna@laptop",
    "Version": "1.11.4",
    "Created": "2026-11-25T09:12:40.19786639Z",
    "Path": "mlops-dev.tfstate",
}
# What Terraform 1.11.4 prints when a state is locked.
LOCKED = """\
╷
│ Error: Error acquiring the state lock
│
│ Error message: state blob is already locked
│ Lock Info:
│   ID:        8f1a
│   Path:      mlops-dev/mlops-dev.tfstate
│   Operation: OperationTypeApply
│   Who:       AzDevOps@agent-3
│   Version:   1.11.4
│   Created:   2026-11-25 09:12:40.19786639 +0000 UTC
│   Info:
│
│ Terraform acquires a state lock to protect the state.
╵
"""
PROGRAM = """#!/bin/sh
echo "$*" >>{folder}/calls
case "$1" in
  taint) test -e {folder}/locked && cat {folder}/locked >&2 && exit 1;;
esac
exit 0
"""


def nobody(_lock: Lock) -> list[str]:
    return []


@pytest.fixture
def project(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(written, tmp_path / "cdktf.out")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    program = tmp_path / "terraform"
    program.write_text(PROGRAM.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(program))
    return tmp_path


@pytest.fixture
def local(project: Path) -> Path:
    """The file of the state of dev, with a note that it is locked."""
    path = project / ".state" / "terraform.mlops-dev.tfstate"
    path.parent.mkdir()
    path.write_text("{}")
    note_of(path).write_text(json.dumps(NOTE))
    return path


@pytest.fixture
def remote(project: Path) -> Path:
    """The same project with its state in Azure, which a run has locked."""
    path = project / "cdktf.out" / "stacks" / DEV / "cdk.tf.json"
    content = json.loads(path.read_text())
    content["terraform"]["backend"] = {"azurerm": {"storage_account_name": "mlopsstate", "key": "k"}}
    path.write_text(json.dumps(content))
    (project / "locked").write_text(LOCKED)
    return project


def ended(*arguments: object) -> int:
    with pytest.raises(typer.Exit) as ending:
        unlock(*arguments, active_runs=nobody)  # type: ignore[arg-type]
    return ending.value.exit_code


@pytest.fixture
def held(local: Path) -> Iterator[None]:
    """Another process holds the lock."""
    code = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(local)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    process.stdout.readline()
    yield
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("lift", [None, "8f1a"])
def test_a_terraform_at_work_is_named_and_left_alone(
    local: Path, capsys: pytest.CaptureFixture[str], lift: str | None
) -> None:
    assert ended(DEV, lift) == ExitCode.FAILED
    printed = capsys.readouterr()
    assert "  Who:       anna@laptop\n" in printed.err
    assert "A Terraform on this machine has it open and is at work" in printed.err
    assert note_of(local).exists()


def test_a_note_that_was_left_behind_goes_by_its_id(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(DEV, None) == ExitCode.FINDINGS
    printed = capsys.readouterr().out
    assert "locked by a Terraform that is gone" in printed
    assert "  Operation: OperationTypeApply\n" in printed
    assert printed.endswith("To lift it: mlops unlock mlops-dev --lift 8f1a\n")
    assert ended(DEV, "another") == ExitCode.FAILED
    assert "another lock than another" in capsys.readouterr().err
    assert note_of(local).exists()
    unlock(DEV, "8f1a", active_runs=nobody)
    assert not note_of(local).exists()
    unlock(DEV, None, active_runs=nobody)
    assert "mlops-dev: nobody holds the lock." in capsys.readouterr().out


@pytest.mark.usefixtures("local")
def test_the_system_lets_two_look_at_once(local: Path) -> None:
    with local.open("rb") as file:
        fcntl.lockf(file, fcntl.LOCK_SH)
        assert ended(DEV, None) == ExitCode.FINDINGS


def test_a_lock_in_azure_goes_by_its_id_once_no_run_is_active(
    remote: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(DEV, None) == ExitCode.FINDINGS
    printed = capsys.readouterr().out
    assert "  Who:       AzDevOps@agent-3\n" in printed
    assert "  Created:   2026-11-25 09:12:40.19786639 +0000 UTC\n" in printed
    assert ended(DEV, "other") == ExitCode.FAILED
    unlock(DEV, "8f1a", active_runs=nobody)
    calls = (remote / "calls").read_text().splitlines()
    assert [call for call in calls if call.startswith("force-unlock")] == ["force-unlock -force 8f1a"]


@pytest.mark.parametrize("lift", [None, "8f1a"])
def test_while_its_run_is_active_it_is_not_lifted(
    remote: Path, capsys: pytest.CaptureFixture[str], lift: str | None
) -> None:
    with pytest.raises(typer.Exit) as ending:
        unlock(DEV, lift, active_runs=lambda lock: [f"Deploy 7, of {lock.who}"])
    assert ending.value.exit_code == ExitCode.FAILED
    assert "still are:\n  Deploy 7, of AzDevOps@agent-3\n" in capsys.readouterr().err
    assert "force-unlock" not in (remote / "calls").read_text()


@pytest.mark.usefixtures("remote")
def test_where_azure_devops_does_not_answer_a_person_has_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    def asked(_lock: Lock) -> list[str]:
        raise UnreachableError("GET builds", "no answer", "look at your network")

    with pytest.raises(typer.Exit) as ending:
        unlock(DEV, None, active_runs=asked)
    assert ending.value.exit_code == ExitCode.FINDINGS
    printed = capsys.readouterr().out
    assert "Azure DevOps was asked in vain" in printed
    assert "look at your network" in printed


def test_nothing_is_locked_or_the_backend_does_not_answer(
    remote: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (remote / "locked").unlink()
    unlock(DEV, None, active_runs=nobody)
    assert "mlops-dev: nobody holds the lock." in capsys.readouterr().out
    (remote / "locked").write_text("│ Error: Failed to get existing workspaces\n│ 403\n")
    assert ended(DEV, None) == ExitCode.FAILED
    assert "cannot get at the state of mlops-dev.\nError: Failed to get existing workspaces\n403" in (
        capsys.readouterr().err
    )


def test_a_stack_that_there_is_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("mlops-dve", None) == ExitCode.USAGE
    assert "There is no stack mlops-dve, only mlops-registry, mlops-dev" in capsys.readouterr().err
    shutil.rmtree(project / "cdktf.out")
    assert ended(DEV, None) == ExitCode.FAILED
    assert "Run make synth first." in capsys.readouterr().err
