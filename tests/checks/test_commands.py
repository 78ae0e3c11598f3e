"""What ``make check`` and ``make accept`` run, in a copy of the project whose configuration is another one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checks.accept import accept
from tests.customizations import keep_one_environment
from tests.project import REPOSITORY, copy_project, fill_in_ids
from tests.synthesized import Stack


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy with the checks, in which nothing has been accepted."""
    copy_project(tmp_path)
    ignored = shutil.ignore_patterns("accepted", "skips.yaml", "__pycache__")
    shutil.copytree(REPOSITORY / "checks", tmp_path / "checks", ignore=ignored)
    shutil.copytree(REPOSITORY / "plans", tmp_path / "plans", ignore=ignored)
    (tmp_path / "tests").symlink_to(REPOSITORY / "tests")
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CDKTF_OUTDIR"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def check(project: Path) -> subprocess.CompletedProcess[str]:
    """Run the checks without checkov, which takes its time."""
    return run(project, "-m", "pytest", "checks/test_configuration.py", "-rs", "--deployable")


def test_a_change_is_shown_accepted_and_then_green(project: Path, stacks: dict[str, Stack]) -> None:
    accept(stacks, project / "checks" / "accepted")
    fill_in_ids(project / "config")
    keep_one_environment(project / "config")
    assert run(project, "main.py").returncode == 0
    shown = check(project)
    assert shown.returncode == 1
    assert "mlops-prod\n  accepted, and no longer in the configuration" in shown.stdout
    assert ".azurerm_spn_tenantid: 00000000-" in shown.stdout
    assert "make accept" in shown.stdout
    assert "1 failed, 4 passed" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert len(shown.stdout.splitlines()) < 60
    done = run(project, "-m", "checks.accept")
    assert done.stdout == (
        "Accepted: mlops-dev (changed), mlops-prod (removed), mlops-registry (changed), mlops-test (removed). "
        "To read it: git diff checks/accepted\n"
    )
    assert "5 passed" in check(project).stdout
    assert run(project, "-m", "checks.accept").stdout == "Nothing has changed since you last accepted it.\n"


def test_before_anything_is_accepted_nothing_fails_but_ids_to_fill_in(project: Path, written: Path) -> None:
    shutil.copytree(written, project / "cdktf.out")
    (project / "cdktf.out" / "manifest.json").touch()
    done = check(project)
    assert "nothing is accepted yet: make accept" in done.stdout
    assert "azure.tenant_id (config/platform.yaml, line 7)" in done.stdout
    assert "1 failed, 3 passed, 1 skipped" in done.stdout


def test_what_is_not_synthesized_is_not_accepted(project: Path) -> None:
    done = run(project, "-m", "checks.accept")
    assert (done.returncode, done.stdout) == (1, "")
    assert "run make check" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "checks" / "accepted").exists()
