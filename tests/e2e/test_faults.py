"""What can go wrong in the middle of a deployment. A plain re-run always puts it right, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from deployment.tools import ToolError
from sandbox.commands.platform import Platform, SandboxError
from tests.e2e.plans import is_empty

STACK = "mlops-registry"


@pytest.fixture
def platform(project: Path, tmp_path: Path) -> Platform:
    """The stacks, synthesized, and nothing deployed yet."""
    platform = Platform(tmp_path / "sandbox", project)
    platform.synthesize()
    return platform


def resources(platform: Platform) -> set[str]:
    cloud = platform.cloud()
    with cloud.locked():
        return {resource.id.lower() for resource in cloud.resources()}


def nothing_is_lost(platform: Platform) -> None:
    """Everything the state holds is in the cloud. A terraform_data is in the state alone."""
    state = platform.state(STACK)
    elsewhere = ("azuredevops_variable_group_variable", "terraform_data")
    held = [
        str(instance["attributes"]["id"]).lower()
        for resource in state.get("resources", ())
        if resource["mode"] == "managed" and resource["type"] not in elsewhere
        for instance in resource["instances"]
    ]
    assert set(held) <= resources(platform)


def rerun_puts_it_right(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_is_lost(platform)
    for name in [name for name in os.environ if name.startswith("SANDBOX_")]:
        monkeypatch.delenv(name)
    platform.deploy(STACK)
    assert is_empty(platform.diff(STACK))


@pytest.mark.parametrize("fault", ["SANDBOX_FAIL_CREATE", "SANDBOX_CRASH_AFTER"])
def test_a_create_that_fails_or_kills_the_provider(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv(fault, "azuredevops_variable_group:2")
    with pytest.raises(SandboxError, match="azuredevops_variable_group"):
        platform.deploy(STACK)
    assert platform.managed(STACK)
    rerun_puts_it_right(platform, monkeypatch)


def test_throttling_only_takes_longer(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_THROTTLE", "20")
    platform.deploy(STACK)
    rerun_puts_it_right(platform, monkeypatch)


def wait_for_the_first_resource(platform: Platform) -> None:
    before = resources(platform)
    deadline = time.monotonic() + 60
    while resources(platform) == before:
        assert time.monotonic() < deadline, "the deployment did not begin"
        time.sleep(0.05)


def test_an_interrupted_apply(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_DELAY_MS", "300")
    # Without cdktf in between: an interrupt at the keyboard reaches terraform itself.
    process = platform.start_terraform(STACK, "apply", "-auto-approve")
    wait_for_the_first_resource(platform)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Interrupt received" in printed
    rerun_puts_it_right(platform, monkeypatch)


def test_a_held_lock(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_DELAY_MS", "1500")
    process = platform.start_terraform(STACK, "apply", "-auto-approve")
    wait_for_the_first_resource(platform)
    try:
        with pytest.raises(SandboxError, match="Error acquiring the state lock"):
            platform.deploy(STACK)
    finally:
        printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    rerun_puts_it_right(platform, monkeypatch)


def test_without_terraform_a_person_is_told_what_to_install(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(shutil.which("node") or "").parent / "nothing"))
    with pytest.raises(ToolError, match=r"terraform is not on PATH\. Install Terraform"):
        platform.deploy(STACK)


def test_another_binary_by_its_name(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """cdktf and the sandbox start what TERRAFORM_BINARY_NAME names, and ask no registry for its lock file."""
    log, binary = tmp_path / "log", tmp_path / "tofu"
    binary.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {shutil.which("terraform")} "$@"\n')
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    assert "will be created" in platform.diff(STACK)
    commands = {line.split()[0] for line in log.read_text().splitlines()}
    assert {"init", "plan"} <= commands
    assert "providers" not in commands  # providers lock would ask a registry
