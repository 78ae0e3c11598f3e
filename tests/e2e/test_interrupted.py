"""``deploy`` in a terminal of its own: interrupted at the keyboard, and killed with all that it has started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox.cloud.faults import DELAY_MS, KILL_AT
from sandbox.commands.platform import Platform, without_accounts
from sandbox.commands.recovery import missing_from_state, recover, warnings
from tests.e2e.plans import is_empty
from tests.project import REPOSITORY, copy_project

STACK = "mlops-registry"
PROGRAM = """
import sys
from pathlib import Path
from deployment.failure import wrapped
from sandbox.commands.platform import Platform, SandboxError
try:
    Platform(Path(sys.argv[1]), Path(sys.argv[2])).deploy(sys.argv[3])
except SandboxError as error:
    sys.exit(wrapped(str(error)))
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The stacks, synthesized, in a project of their own: recovering writes to its configuration."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    for name in ("cdktf.json", "package.json"):
        shutil.copy(REPOSITORY / name, project)
    (project / "node_modules").symlink_to(REPOSITORY / "node_modules")
    platform = Platform(tmp_path_factory.mktemp("sandbox"), project)
    platform.synthesize()
    return platform


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """A shell lets what it starts in the background ignore interrupts, and so would all that is started here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def started(platform: Platform) -> Iterator[list[subprocess.Popen[str]]]:
    """What a test has started; none of it outlives the test."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def start(platform: Platform, command: list[str], **variables: str) -> subprocess.Popen[str]:
    """Start a command as the leader of a session, as a terminal does."""
    environment = platform.installation().environment(platform.cloud_folder)
    place = {"CDKTF_OUTDIR": str(platform.out), "PYTHONPATH": str(REPOSITORY), "CI": "1"}
    return subprocess.Popen(
        command,
        cwd=platform.configuration.parent,
        env={**without_accounts(), **environment, **place, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for_resources(platform: Platform, number: int) -> None:
    before, deadline = len(platform.cloud().resources()), time.monotonic() + 90
    while len(platform.cloud().resources()) < before + number:
        assert time.monotonic() < deadline, "the deployment did not begin"
        time.sleep(0.05)


COMMANDS = {
    "make deploy": [
        *(sys.executable, "-m", "cli", "deploy", STACK),
        *("--auto-approve", "--skip-provider-lock"),
    ],
    "the sandbox's": [sys.executable, "-c", PROGRAM, "{folder}", "{project}", STACK],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_interrupt_at_the_keyboard_loses_nothing(
    platform: Platform, started: list[subprocess.Popen[str]], name: str
) -> None:
    places = {"folder": platform.folder, "project": platform.configuration.parent}
    command = [word.format_map(places) for word in COMMANDS[name]]
    process = start(platform, command, **{DELAY_MS: "300"})
    started.append(process)
    wait_for_resources(platform, 3)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=90)
    assert process.returncode == (3 if "make" in name else 1)
    told = " ".join(printed.split())
    assert "Interrupted. Terraform has ended what it had begun, and its state has it." in told
    assert "What stands after" in told
    assert "changes are made" in told
    assert f"Next: go on from here: {'make deploy STACK=' if 'make' in name else ''}" in told
    assert platform.managed(STACK)
    assert missing_from_state(platform, STACK) == {}, "it is there, and the state lacks it"


def test_killed_with_all_that_it_started(platform: Platform, started: list[subprocess.Popen[str]]) -> None:
    """What the two before have left is gone on with."""
    command = [sys.executable, "-c", PROGRAM, str(platform.folder), str(platform.configuration.parent), STACK]
    process = start(platform, command, **{KILL_AT: "group:9"})
    started.append(process)
    process.communicate(timeout=90)
    found = recover(platform, STACK)
    assert found is not None
    platform.synthesize()
    platform.deploy(STACK)
    assert is_empty(platform.diff(STACK))
    assert warnings(platform, [STACK]) == ""
